#pragma once
#include "access/access.hpp"

namespace menkyo::access::store {

struct GrantRow {
  Role role;
  std::optional<std::string> path;  // of the virtual account that the grant is for
};

// The grants of a person on an account that hold at `at`.
std::vector<GrantRow> grants(db::ReadTx& tx, PersonId person, SmartAccountId account, Instant at);
std::optional<std::string> path_of(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va);
struct GrantPlace {
  std::optional<VirtualAccountId> virtual_account_id;
};
std::optional<GrantPlace> place_of_grant(db::ReadTx& tx, SmartAccountId account, RoleGrantId grant);
// Those that hold at `at`.
std::vector<OperatorRole> operator_roles(db::ReadTx& tx, PersonId person, Instant at);

// Nothing if there is no such account.
std::optional<bool> is_locked_against_staff(db::ReadTx& tx, SmartAccountId account);
bool is_assisting(db::ReadTx& tx, SmartAccountId account, PersonId person, Instant at);

}  // namespace menkyo::access::store
