#pragma once
// Many roles given at once. A batch is one transaction, done as a whole or not at all, and each of its roles is what
// grant_role makes of it: the same rules, one event, one mail. Whoever has more to give sends several; repeating one
// changes nothing (docs/decisions/0038-users-from-files.md).

#include <optional>
#include <string>
#include <vector>

#include "accounts/accounts.hpp"

namespace menkyo::accounts {

// About 20 ms of SQLite's one writer, for which devices wait meanwhile (decision 38 has the figures).
inline constexpr size_t max_batch_roles = 50;

struct RoleWish {
  people::Mail mail;
  Role role;
  std::optional<VirtualAccountId> virtual_account_id;
  std::optional<Instant> ends_at;
};
BOOST_DESCRIBE_STRUCT(RoleWish, (), (mail, role, virtual_account_id, ends_at))

// What a role would change for whoever looks at the list of users. `user_added`: the address is not in that list, be
// it that of a stranger or of somebody whom the list does not show.
MENKYO_ENUM(RoleEffect, user_added, role_added, end_changed, nothing)

// What stands against a wish, named as in RoleWish.
struct WishFault {
  std::string_view field, code;
  std::string detail;               // a sentence for people
  std::optional<size_t> same_as{};  // the place of an earlier wish for the same
};

struct JudgedWish {
  RoleEffect effect = RoleEffect::nothing;  // if there is no fault
  std::vector<WishFault> faults;
};

// Anywhere in the account; each role is proved at its own place.
using UsersEditor = Access<access::VirtualAccounts, Permission::users_manage>;

// What each of the wishes would do if all were granted, in their order. What is outside the caller's reach is judged
// like what does not exist.
std::vector<JudgedWish> judge_wishes(db::ReadTx& tx, keys::Vault const& vault, UsersEditor const& access,
                                     std::vector<RoleWish> const& wishes);

struct RoleBatch {
  SmartAccountId smart_account_id;
  std::vector<RoleWish> roles;
};
BOOST_DESCRIBE_STRUCT(RoleBatch, (), (smart_account_id, roles))

// Roles without an end come first, so that one administrator can follow another in one batch. Problem invalid, with
// the fields of every role at fault, and then nothing changes. Nobody is told.
std::vector<GivenRole> grant_batch(db::Tx& tx, keys::Vault const& vault, UsersEditor const& access,
                                   RoleBatch const& in);

std::vector<api::Route> role_batch_routes();

}  // namespace menkyo::accounts
