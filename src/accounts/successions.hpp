#pragma once
// Succession: how an organization whose last administrator is gone gets a new one (domain reference, section 26). A
// member, or somebody with a mail address of the account's domain, asks the operator; staff look at the proof, and an
// approval begins a week in which everybody with a role in the account may object
// (docs/decisions/0037-succession.md).
//
// A request does the same work and has the same answer whether or not there is an account of that domain. What the
// requester learns before staff decide rests on its own mail address and roles alone.

#include <optional>
#include <string>
#include <vector>

#include "accounts/founding.hpp"

namespace menkyo::accounts {

// WAITING: approved, and the period in which members object has not ended. STOPPED: an administrator objected.
// LAPSED: the requester was no longer entitled when the role was to be given.
MENKYO_ENUM(SuccessionStatus, PENDING, WAITING, GRANTED, DECLINED, WITHDRAWN, STOPPED, LAPSED)

using Proof = wire::Text<1, 4000>;

struct NewSuccession {
  WantedDomain domain;
  Proof proof;  // why nobody is left to ask, and who can vouch for the requester
};
BOOST_DESCRIBE_STRUCT(NewSuccession, (), (domain, proof))

inline constexpr Duration objection_period = std::chrono::days(7);
// Of one person; they write mails to staff.
inline constexpr int64_t max_open_successions = 3, max_successions_a_day = 5;

// As the requester sees it.
struct OwnSuccession {
  SuccessionId succession_id;
  SuccessionStatus status;
  std::string domain;
  Proof proof;
  Instant created_at;
  std::optional<Instant> decided_at;
  std::optional<Instant> due_at;                   // when the role is given, once staff approved
  std::optional<Instant> ended_at;                 // when it came to its end, whichever
  std::optional<Note> reason;                      // as staff gave it
  std::optional<SmartAccountId> smart_account_id;  // once the role was given
};
BOOST_DESCRIBE_STRUCT(OwnSuccession, (),
                      (succession_id, status, domain, proof, created_at, decided_at, due_at, ended_at, reason,
                       smart_account_id))

// A line of the staff's queue.
struct QueuedSuccession {
  SuccessionId succession_id;
  SuccessionStatus status;
  std::string domain;
  Instant created_at;
  std::optional<Instant> due_at;
  int64_t objection_count;
  Requester requester;
};
BOOST_DESCRIBE_STRUCT(QueuedSuccession, (),
                      (succession_id, status, domain, created_at, due_at, objection_count, requester))

struct Objection {
  std::string objector;  // name and mail address
  bool by_administrator;
  Note text;
  Instant created_at;
};
BOOST_DESCRIBE_STRUCT(Objection, (), (objector, by_administrator, text, created_at))

// An administrator of the account as it is now.
struct PresentAdministrator {
  std::string name, mail;
  std::optional<Instant> last_sign_in_at;  // of the last people::sign_ins_kept
  std::optional<Instant> ends_at;          // of the role
};
BOOST_DESCRIBE_STRUCT(PresentAdministrator, (), (name, mail, last_sign_in_at, ends_at))

// The account of the domain, as staff need it to judge.
struct SuccessionAccount {
  SmartAccountId smart_account_id;
  int64_t number;
  std::string name;
  Instant created_at;
  std::vector<PresentAdministrator> administrators;  // who can sign in, 50 at most
  std::vector<Role> requester_roles;
};
BOOST_DESCRIBE_STRUCT(SuccessionAccount, (),
                      (smart_account_id, number, name, created_at, administrators, requester_roles))

// As staff see it.
struct ReceivedSuccession : OwnSuccession {
  Requester requester;
  std::optional<std::string> company_name, phone;  // the number as people dial it from abroad
  bool has_mail_of_domain;                         // the requester's mail domain is the account's
  bool shared_mail, look_alike;                    // as of DomainClaim
  std::optional<SuccessionAccount> account;        // none if nobody has that domain
  std::vector<Objection> objections;               // oldest first
  std::optional<std::string> decided_by;           // the name of whoever of the staff it was
  int64_t version;
};
BOOST_DESCRIBE_STRUCT(ReceivedSuccession, (OwnSuccession),
                      (requester, company_name, phone, has_mail_of_domain, shared_mail, look_alike, account,
                       objections, decided_by, version))

// approve begins the waiting; decline also ends one that has begun.
struct SuccessionDecision {
  SuccessionId succession_id;
  std::optional<int64_t> if_match;
  Decision decision;
  std::optional<Note> reason;  // for the requester; needed to decline
};
BOOST_DESCRIBE_STRUCT(SuccessionDecision, (), (succession_id, if_match, decision, reason))

// What those with a role in the account are told while one waits.
struct AnnouncedSuccession {
  SuccessionId succession_id;
  std::optional<Requester> requester;  // to those who may be told of it
  Instant due_at;
  bool stops;         // the reader's objection ends it
  bool has_objected;  // the reader has
  bool is_own;        // the reader asked for it
};
BOOST_DESCRIBE_STRUCT(AnnouncedSuccession, (), (succession_id, requester, due_at, stops, has_objected, is_own))
struct AccountSuccession {
  std::optional<AnnouncedSuccession> announced;  // none waits
};
BOOST_DESCRIBE_STRUCT(AccountSuccession, (), (announced))

struct NewObjection {
  SmartAccountId smart_account_id;
  SuccessionId succession_id;
  wire::Text<1, 1000> text;
};
BOOST_DESCRIBE_STRUCT(NewObjection, (), (smart_account_id, succession_id, text))

// Problem invalid (/domain: not_a_domain, or not_yours if neither mail address nor roles have to do with it),
// too_many_requests.
OwnSuccession ask_for_succession(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, PersonId requester,
                                 NewSuccession const& in);
// Problem not_found if it is not the person's own, conflict if it has ended.
void withdraw_succession(db::Tx& tx, keys::Vault const& vault, PersonId requester, SuccessionId id);

using SuccessionDecider = Access<access::Operator, access::OperatorPermission::successions_decide>;
// Problem not_found, changed_meanwhile, invalid, conflict (not to be decided any more; to approve also: one's own,
// no such account, another one waits, the requester is an administrator or not entitled).
void decide_succession(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                       SuccessionDecider const& access, SuccessionDecision const& in);

using SuccessionWitness = Access<access::VirtualAccounts, Permission::account_view>;
// Ends it, if an administrator of the whole account objects; else staff are told. A second one of the same person
// changes nothing. Problem not_found, conflict (one's own, or it waits no longer).
void object_to_succession(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                          SuccessionWitness const& access, NewObjection const& in);

// Tells everybody with a role, a few at a time, and gives the role when the waiting is over: the timer of an approved
// request, `succession`, whose subject is the request and whose account is all zero. Both must outlive the runner.
inline constexpr std::string_view succession_timer = "succession";
jobs::TimerKind succession_timer_kind(keys::Vault const& vault, mail::Outbox const& outbox);

// The operations on all of this.
std::vector<api::Route> succession_routes();

}  // namespace menkyo::accounts
