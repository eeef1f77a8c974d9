#pragma once
// How people ask for access to a Smart Account, or write to its administrators, knowing nothing but its domain
// (domain reference, section 7), and how that is decided.
//
// Whoever asks never learns who the administrators are or how many, nor even whether the account exists
// (docs/decisions/0030-requests-for-access.md): a request does the same work and has the same answer for every
// domain. Only a timer looks for the account, after the answer.

#include <optional>
#include <string>
#include <vector>

#include "accounts/accounts.hpp"
#include "accounts/founding.hpp"

namespace menkyo::accounts {

// message: only passed on; there is nothing to decide, and the administrators answer by mail if they like.
MENKYO_ENUM(AccessPurpose, access, message)
// SENT is a message's. EXPIRED: nobody decided for access_request_period.
MENKYO_ENUM(AccessRequestStatus, PENDING, SENT, APPROVED, DECLINED, WITHDRAWN, EXPIRED)

using RequestText = wire::Text<0, 1000>;

struct NewAccessRequest {
  WantedDomain domain;
  AccessPurpose purpose;
  RequestText text;  // to the administrators; a message must have one
};
BOOST_DESCRIBE_STRUCT(NewAccessRequest, (), (domain, purpose, text))

// Of one person; they write mails to others.
inline constexpr int64_t max_open_access_requests = 10, max_access_requests_a_day = 20;
inline constexpr Duration access_request_period = std::chrono::days(30);

struct AccessRequest {
  AccessRequestId access_request_id;
  AccessPurpose purpose;
  AccessRequestStatus status;
  std::string domain;
  RequestText text;
  Instant created_at;
  std::optional<Instant> decided_at;  // or withdrawn, or expired
  std::optional<Note> reason;         // as the decider gave it
};
BOOST_DESCRIBE_STRUCT(AccessRequest, (),
                      (access_request_id, purpose, status, domain, text, created_at, decided_at, reason))

// An administrator who can be asked, where the customer wants that.
struct Contact {
  std::string name, mail;
  std::optional<std::string> phone;  // as people dial it from abroad
};
BOOST_DESCRIBE_STRUCT(Contact, (), (name, mail, phone))

// As the requester sees it.
struct OwnAccessRequest : AccessRequest {
  std::optional<SmartAccountId> smart_account_id;  // once approved
};
BOOST_DESCRIBE_STRUCT(OwnAccessRequest, (AccessRequest), (smart_account_id))
struct OwnAccessRequestWithContacts : OwnAccessRequest {
  std::vector<Contact> contacts;  // empty too if there is no such account
};
BOOST_DESCRIBE_STRUCT(OwnAccessRequestWithContacts, (OwnAccessRequest), (contacts))

// A line of the administrators' list.
struct AccessRequestEntry {
  AccessRequestId access_request_id;
  AccessRequestStatus status;
  Instant created_at;
  Requester requester;
};
BOOST_DESCRIBE_STRUCT(AccessRequestEntry, (), (access_request_id, status, created_at, requester))

// As the administrators see it.
struct ReceivedAccessRequest : AccessRequest {
  Requester requester;
  std::optional<std::string> company_name, phone;  // the number as people dial it from abroad
  bool shared_mail, look_alike;                    // as of DomainClaim
  std::optional<std::string> decided_by;           // their name, if it was one of them
  int64_t version;
};
BOOST_DESCRIBE_STRUCT(ReceivedAccessRequest, (AccessRequest),
                      (requester, company_name, phone, shared_mail, look_alike, decided_by, version))

inline constexpr size_t max_granted_virtual_accounts = 50;

// What is approved: a role of the whole account, or one of virtual accounts and which.
struct AccessDecision {
  SmartAccountId smart_account_id;
  AccessRequestId access_request_id;
  std::optional<int64_t> if_match;
  Decision decision;
  std::optional<Role> role;
  std::optional<std::vector<VirtualAccountId>> virtual_account_ids;
  std::optional<Instant> ends_at;
  std::optional<Note> reason;  // for the requester
};
BOOST_DESCRIBE_STRUCT(AccessDecision, (),
                      (smart_account_id, access_request_id, if_match, decision, role, virtual_account_ids, ends_at,
                       reason))

// Whether those who asked for access see the administrators' names, addresses and numbers.
struct ContactSetting {
  bool shown;
};
BOOST_DESCRIBE_STRUCT(ContactSetting, (), (shown))

// Problem invalid, too_many_requests; both judge by what the requester gave and did alone.
OwnAccessRequest ask_for_access(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, PersonId requester,
                                NewAccessRequest const& in);
// Problem not_found if it is not the person's own, conflict if it is not open any more.
void withdraw_access_request(db::Tx& tx, PersonId requester, AccessRequestId id);

using AccessDecider = Access<access::SmartAccount, Permission::access_requests_decide>;
// Problem not_found, changed_meanwhile, invalid, conflict (decided already, or the requester is no user any more).
void decide_access_request(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                           AccessDecider const& access, AccessDecision const& in);

// Looks for the account, tells its administrators, a few at a time, and ends what nobody decides: the timer of a
// request, `access_request`, whose subject is the request and whose account is all zero. Both must outlive the
// runner.
inline constexpr std::string_view access_timer = "access_request";
jobs::TimerKind access_timer_kind(keys::Vault const& vault, mail::Outbox const& outbox);

// The operations on all of this.
std::vector<api::Route> access_request_routes();

}  // namespace menkyo::accounts
