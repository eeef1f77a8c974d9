#pragma once
// How people open Smart Accounts by themselves: who may have a domain at once, who has to ask for it, and how
// requests are decided (domain reference, sections 3.2 to 3.5). The rules about domains alone are in
// domain_claims.hpp.
//
// A request reserves neither name nor domain: whoever is approved first has them, and the others are told.

#include <optional>
#include <string>
#include <vector>

#include "accounts/accounts.hpp"
#include "accounts/domain_claims.hpp"
#include "jobs/runner.hpp"
#include "mail/mail.hpp"
#include "places/address.hpp"

namespace menkyo::accounts {

MENKYO_ENUM(AccountRequestStatus, PENDING, APPROVED, DECLINED, WITHDRAWN)
// Who decides about a request: nobody has to, the administrators of the account of the requester's mail domain, or
// the operator's staff.
MENKYO_ENUM(Decider, nobody, administrators, staff)
MENKYO_ENUM(Decision, approve, decline)

using Note = wire::Text<0, 1000>;
using WantedDomain = wire::Line<1, 253>;

// Somebody who is invited when the account becomes active: with a role on the whole account, or on its virtual
// account DEFAULT.
struct NewMember {
  people::Mail mail;
  Role role;
};
BOOST_DESCRIBE_STRUCT(NewMember, (), (mail, role))

// The form "Create a Smart Account".
struct Founding {
  AccountName name;
  WantedDomain domain;
  std::optional<AccountType> type;  // CUSTOMER if it is not said
  places::PostalAddress headquarters;
  std::optional<Note> note;  // to whoever approves
  std::optional<std::vector<NewMember>> members;
};
BOOST_DESCRIBE_STRUCT(Founding, (), (name, domain, type, headquarters, note, members))

inline constexpr size_t max_first_members = 50;
// Of one person; they write mails to others.
inline constexpr int64_t max_open_requests = 10, max_requests_a_day = 20;

// What would become of the form, before it is sent.
struct Forecast {
  ClaimKind kind;
  std::optional<ClaimRefusal> refusal;
  std::string domain, mail_domain;
  bool shared_mail, look_alike;
  bool name_taken, domain_taken;  // the domain's is told of domains of one's own alone
  Decider decider;                // nobody too if it would be refused
};
BOOST_DESCRIBE_STRUCT(Forecast, (),
                      (kind, refusal, domain, mail_domain, shared_mail, look_alike, name_taken, domain_taken,
                       decider))

struct AccountRequest {
  AccountRequestId account_request_id;
  std::string name, domain;
  ClaimKind kind;
  AccountType type;
  AccountRequestStatus status;
  places::PostalAddress headquarters;
  std::optional<Note> note;
  std::vector<NewMember> members;
  Instant created_at;
  std::optional<Instant> decided_at;  // or withdrawn
  std::optional<Note> reason;         // as the decider gave it
  int64_t version;
};
BOOST_DESCRIBE_STRUCT(AccountRequest, (),
                      (account_request_id, name, domain, kind, type, status, headquarters, note, members, created_at,
                       decided_at, reason, version))

// As the requester sees it, who never learns who decides or decided.
struct OwnAccountRequest : AccountRequest {
  Decider decider;
  std::optional<SmartAccountId> smart_account_id;  // once there is one
};
BOOST_DESCRIBE_STRUCT(OwnAccountRequest, (AccountRequest), (decider, smart_account_id))

struct Requester {
  std::string mail, given_name, family_name;
  std::optional<std::string> native_name;
};
BOOST_DESCRIBE_STRUCT(Requester, (), (mail, given_name, family_name, native_name))

// A line of the list of those who decide.
struct AccountRequestEntry {
  AccountRequestId account_request_id;
  std::string name, domain;
  AccountRequestStatus status;
  Instant created_at;
  Requester requester;
};
BOOST_DESCRIBE_STRUCT(AccountRequestEntry, (), (account_request_id, name, domain, status, created_at, requester))

// As those see it who decide.
struct ReceivedAccountRequest : AccountRequest {
  Requester requester;
  std::optional<std::string> company_name, phone;  // the number as people dial it from abroad
  bool shared_mail, look_alike;
  bool name_taken, domain_taken;          // by an account that is there now
  std::optional<std::string> decided_by;  // their name, if it was one of them
};
BOOST_DESCRIBE_STRUCT(ReceivedAccountRequest, (AccountRequest),
                      (requester, company_name, phone, shared_mail, look_alike, name_taken, domain_taken, decided_by))

struct Founded {
  std::optional<AccountSummary> smart_account;       // it is there
  std::optional<OwnAccountRequest> account_request;  // it has to be approved
};
BOOST_DESCRIBE_STRUCT(Founded, (), (smart_account, account_request))

// A partner who asked for an account on which its customer decided, and its words to the users whom it named.
struct AskingPartner {
  PersonId person_id;
  std::optional<Note> members_note;
};
BOOST_DESCRIBE_STRUCT(AskingPartner, (), (person_id, members_note))

struct DecisionInput {
  AccountRequestId account_request_id;
  std::optional<int64_t> if_match;
  Decision decision;
  std::optional<Note> reason;  // for the requester
};
BOOST_DESCRIBE_STRUCT(DecisionInput, (), (account_request_id, if_match, decision, reason))

// For a domain of the person's own an account at once, with the person as its administrator; else a request, of which
// those who decide hear by mail. Problem profile_incomplete, invalid, name_taken, too_many_requests.
Founded found_smart_account(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, PersonId founder,
                            Founding const& in, std::optional<AskingPartner> const& partner = {});
Forecast forecast(db::ReadTx& tx, keys::Vault const& vault, PersonId founder, std::string_view domain,
                  std::string_view name);

// Problem not_found if it is not the person's own, conflict if it was decided.
void withdraw_account_request(db::Tx& tx, keys::Vault const& vault, PersonId requester, AccountRequestId id);

// `decider_id` is the account that the decider proved its right in; empty for staff. Whatever the request was based
// on is judged again. Problem not_found, changed_meanwhile, conflict (decided already, or the requester's address is
// another one now), name_taken.
void decide_account_request(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                            SmartAccountId decider_id, PersonId decider, audit::Actor const& actor,
                            DecisionInput const& in);

// Reminds those who have to decide after three days and after seven, and tells the requester then whom to ask: the
// timer of a request, `account_request`, whose subject is the request. Both must outlive the runner.
inline constexpr std::string_view request_timer = "account_request";
inline constexpr Duration first_reminder = std::chrono::days(3), last_reminder = std::chrono::days(7);
jobs::TimerKind request_timer_kind(keys::Vault const& vault, mail::Outbox const& outbox);

// The operations on all of this.
std::vector<api::Route> founding_routes();

}  // namespace menkyo::accounts
