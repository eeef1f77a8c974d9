#pragma once
// How a partner asks for a Smart Account of its customer, knowing nothing of the customer but a mail address, and how
// the customer accepts, which founds the account, or declines (domain reference, section 3.6).
//
// Whatever depends on others - whether the address has a person, whether name or domain are in use, who would approve
// - is found out when the customer accepts, and is the customer's to know alone
// (docs/decisions/0039-partner-requests.md): until then a request does the same work and has the same answer for
// every address. Only a timer looks whether somebody has it, after the answer.

#include <optional>
#include <string>
#include <vector>

#include "accounts/founding.hpp"

namespace menkyo::accounts {

// LAPSED: the customer did neither for partner_request_period.
MENKYO_ENUM(PartnerRequestStatus, PENDING_CUSTOMER_ACCEPTANCE, ACCEPTED, DECLINED_BY_CUSTOMER, WITHDRAWN, LAPSED)

// The form "Request a Smart Account for Your Customer".
struct NewPartnerRequest {
  AccountName name;
  people::Mail customer_mail;          // of whoever accepts and becomes the administrator
  std::optional<WantedDomain> domain;  // that of customer_mail if it is not said
  std::optional<Note> note;            // to the customer
  std::optional<std::vector<NewMember>> members;
  std::optional<Note> members_note;  // in the mails to those
};
BOOST_DESCRIBE_STRUCT(NewPartnerRequest, (), (name, customer_mail, domain, note, members, members_note))

// Of one person; they write mails to others.
inline constexpr int64_t max_open_partner_requests = 50, max_partner_requests_a_day = 20;
inline constexpr Duration partner_request_period = std::chrono::days(30);

struct PartnerRequest {
  PartnerRequestId partner_request_id;
  PartnerRequestStatus status;
  std::string name, domain;
  ClaimKind kind;  // of the domain, with the customer's mail address
  std::optional<Note> note;
  std::vector<NewMember> members;
  std::optional<Note> members_note;
  Instant created_at, lapses_at;
  std::optional<Instant> decided_at;  // or withdrawn, or lapsed
  std::optional<Note> reason;         // as the customer gave it
};
BOOST_DESCRIBE_STRUCT(PartnerRequest, (),
                      (partner_request_id, status, name, domain, kind, note, members, members_note, created_at,
                       lapses_at, decided_at, reason))

// As the partner sees it, who learns nothing of the account.
struct OwnPartnerRequest : PartnerRequest {
  std::string customer_mail;
};
BOOST_DESCRIBE_STRUCT(OwnPartnerRequest, (PartnerRequest), (customer_mail))

// As the customer sees it.
struct ReceivedPartnerRequest : PartnerRequest {
  Requester partner;
  std::optional<std::string> company_name;             // the partner's
  std::optional<SmartAccountId> smart_account_id;      // once accepted: the account,
  std::optional<AccountRequestId> account_request_id;  // or the request that somebody has to approve
};
BOOST_DESCRIBE_STRUCT(ReceivedPartnerRequest, (PartnerRequest),
                      (partner, company_name, smart_account_id, account_request_id))

struct PartnerRequestAcceptance {
  PartnerRequestId partner_request_id;
  places::PostalAddress headquarters;
  std::optional<Note> note;                       // to whoever approves, if somebody has to
  std::optional<std::vector<NewMember>> members;  // those of the request who are added; all if it is not said
};
BOOST_DESCRIBE_STRUCT(PartnerRequestAcceptance, (), (partner_request_id, headquarters, note, members))

struct PartnerRequestRefusal {
  PartnerRequestId partner_request_id;
  std::optional<Note> reason;  // for the partner
};
BOOST_DESCRIBE_STRUCT(PartnerRequestRefusal, (), (partner_request_id, reason))

// Problem invalid, too_many_requests, conflict (the same was asked and waits); all judge by what the partner gave and
// did alone.
OwnPartnerRequest ask_for_customer(db::Tx& tx, keys::Vault const& vault, PersonId partner,
                                   NewPartnerRequest const& in);
// Problem not_found if it is not the person's own, conflict if it is not open any more.
void withdraw_partner_request(db::Tx& tx, keys::Vault const& vault, PersonId partner, PartnerRequestId id);

// Founds the account as found_smart_account does, whose problems it has, with the customer as its administrator, and
// tells the partner. Problem not_found unless the request is for the person's mail address, conflict if it is not
// open any more or the partner is no user any more.
Founded accept_partner_request(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, PersonId customer,
                               PartnerRequestAcceptance const& in);
// Tells the partner. Problem not_found and conflict likewise, but for the partner.
void decline_partner_request(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, PersonId customer,
                             PartnerRequestRefusal const& in);

// Tells the customer, reminds it after three days and after seven, and ends what it does not answer: the timer of a
// request, `partner_request`, whose subject is the request and whose account is all zero. Both must outlive the
// runner.
inline constexpr std::string_view partner_timer = "partner_request";
jobs::TimerKind partner_timer_kind(keys::Vault const& vault, mail::Outbox const& outbox);

// The operations on all of this.
std::vector<api::Route> partner_request_routes();

}  // namespace menkyo::accounts
