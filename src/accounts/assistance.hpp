#pragma once
// How the operator's staff helps a customer with the users of its account: after one of them said why, for an hour,
// and never while the account is locked against the staff (domain reference, sections 4 and 24). That help began, and
// each act, stands in the customer's event log with the reason; who of the staff it was stands in the sealed log, and
// is told to no customer.

#include "accounts/accounts.hpp"

namespace menkyo::accounts {

inline constexpr Duration assistance_period = std::chrono::hours(1);
inline constexpr std::string_view assistance_purpose = "assistance";  // its wrapped_reason

inline constexpr size_t shortest_reason = 10, longest_reason = 500;
using AssistanceReason = wire::Text<shortest_reason, longest_reason>;

struct Assistance {
  std::string reason;
  Instant created_at, ends_at;
};
BOOST_DESCRIBE_STRUCT(Assistance, (), (reason, created_at, ends_at))

// As somebody of the staff sees it.
struct AssistedAccount {
  SmartAccountId smart_account_id;
  int64_t number;
  std::string name, domain;
  bool locked_against_staff;
  std::optional<Assistance> assistance;  // the reader's own, while it lasts
};
BOOST_DESCRIBE_STRUCT(AssistedAccount, (), (smart_account_id, number, name, domain, locked_against_staff, assistance))

struct NewAssistance {
  SmartAccountId smart_account_id;
  AssistanceReason reason;
};
BOOST_DESCRIBE_STRUCT(NewAssistance, (), (smart_account_id, reason))

struct AssistedAdministrator {
  SmartAccountId smart_account_id;
  people::Mail mail;
};
BOOST_DESCRIBE_STRUCT(AssistedAdministrator, (), (smart_account_id, mail))

using HelpProof = Access<access::Operator, access::OperatorPermission::accounts_assist>;
using Helper = Access<access::Assisted, access::OperatorPermission::accounts_assist>;

// In place of what the caller opened before. Problem not_found, invalid, locked_against_staff.
void open_assistance(db::Tx& tx, keys::Vault const& vault, HelpProof const& access, NewAssistance const& in);

// What the caller opened, before its hour is over. Nothing happens if it has none that lasts.
void end_assistance(db::Tx& tx, keys::Vault const& vault, HelpProof const& access, SmartAccountId account);

// Each of the following: Problem locked_against_staff if the customer locked the account meanwhile; nobody is told.

// Problem as revoke_role.
GivenRole end_assisted_grant(db::Tx& tx, keys::Vault const& vault, Helper const& access, RoleGrantId grant);
// Without an end. An address without an account becomes a person. Problem invalid, also for the operator's staff.
GivenRole name_administrator(db::Tx& tx, keys::Vault const& vault, Helper const& access,
                             AssistedAdministrator const& in);

// The operations on all of this.
std::vector<api::Route> assistance_routes();

}  // namespace menkyo::accounts
