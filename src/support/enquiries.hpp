#pragma once
// Enquiries: what signed-in people ask the operator for help with, and the conversation that follows (domain
// reference, sections 2.1 and 2.3). Staff work through them as a queue.
//
// An account domain that is named is only passed on: nothing that the person gets depends on whether there is such an
// account.

#include <optional>
#include <string>
#include <vector>

#include "accounts/requests.hpp"

namespace menkyo::support {

MENKYO_ENUM(EnquirySubject, person_account, smart_account, access, licenses, product_instances, orders, other)
// OPEN: the operator's turn. ANSWERED: the person's, who may also leave it at that.
MENKYO_ENUM(EnquiryStatus, OPEN, ANSWERED, CLOSED)
MENKYO_ENUM(EnquiryEntryKind, question, answer, closed)

using EnquiryText = wire::Text<1, 4000>;

// Where people turn to; a service. What is empty is not offered.
struct SupportDesk {
  std::string mail;                // enquiries are mailed there, and it is shown to everybody
  std::string hours_ja, hours_en;  // when somebody is there, in words
};

struct NewEnquiry {
  EnquirySubject subject;
  std::optional<accounts::WantedDomain> domain;
  EnquiryText text;
};
BOOST_DESCRIBE_STRUCT(NewEnquiry, (), (subject, domain, text))

// Of one person; they write mails to others.
inline constexpr int64_t max_open_enquiries = 10, max_questions_a_day = 20;
// Of one enquiry, so that its page ends somewhere.
inline constexpr int64_t max_entries = 200;

struct Enquiry {
  EnquiryId enquiry_id;
  int64_t number;
  EnquirySubject subject;
  EnquiryStatus status;
  std::optional<std::string> domain;
  Instant created_at, changed_at;
  int64_t version;
};
BOOST_DESCRIBE_STRUCT(Enquiry, (), (enquiry_id, number, subject, status, domain, created_at, changed_at, version))

struct EnquiryEntry {
  EnquiryEntryKind kind;
  Instant created_at;
  std::optional<EnquiryText> text;    // all but `closed` have one
  std::optional<std::string> author;  // the name; people are not told who of the staff it was
};
BOOST_DESCRIBE_STRUCT(EnquiryEntry, (), (kind, created_at, text, author))

struct EnquiryWithHistory : Enquiry {
  std::vector<EnquiryEntry> history;  // oldest first
};
BOOST_DESCRIBE_STRUCT(EnquiryWithHistory, (Enquiry), (history))

// A line of the staff's queue.
struct QueuedEnquiry : Enquiry {
  accounts::Requester requester;
};
BOOST_DESCRIBE_STRUCT(QueuedEnquiry, (Enquiry), (requester))

struct ReceivedEnquiry : EnquiryWithHistory {
  accounts::Requester requester;
  std::optional<std::string> company_name, phone;  // the number as people dial it from abroad
  std::optional<std::string> account_name;         // of the account of that domain, if there is one
};
BOOST_DESCRIBE_STRUCT(ReceivedEnquiry, (EnquiryWithHistory), (requester, company_name, phone, account_name))

struct NewQuestion {
  EnquiryId enquiry_id;
  EnquiryText text;
};
BOOST_DESCRIBE_STRUCT(NewQuestion, (), (enquiry_id, text))

struct NewAnswer {
  EnquiryId enquiry_id;
  std::optional<int64_t> if_match;
  EnquiryText text;
};
BOOST_DESCRIBE_STRUCT(NewAnswer, (), (enquiry_id, if_match, text))

struct EnquiryClosing {
  EnquiryId enquiry_id;
  std::optional<int64_t> if_match;
};
BOOST_DESCRIBE_STRUCT(EnquiryClosing, (), (enquiry_id, if_match))

// Problem profile_incomplete, invalid, too_many_requests.
EnquiryWithHistory send_enquiry(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                                SupportDesk const& desk, PersonId person, NewEnquiry const& in);
// Opens it again. Problem not_found if it is not the person's own, too_many_requests, conflict if it is too long.
EnquiryWithHistory ask_on(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, SupportDesk const& desk,
                          PersonId person, NewQuestion const& in);

using EnquiryDesk = access::Access<access::Operator, access::OperatorPermission::enquiries_answer>;
// Both: Problem not_found, changed_meanwhile, conflict (closed already, or too long).
ReceivedEnquiry answer_enquiry(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                               EnquiryDesk const& access, NewAnswer const& in);
ReceivedEnquiry close_enquiry(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                              EnquiryDesk const& access, EnquiryClosing const& in);

// The operations on all of this.
std::vector<api::Route> routes();

}  // namespace menkyo::support

template <>
inline constexpr bool menkyo::api::is_service<menkyo::support::SupportDesk> = true;
