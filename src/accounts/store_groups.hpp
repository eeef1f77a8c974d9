#pragma once
// SQL of groups of users.
#include "accounts/groups.hpp"
#include "accounts/store.hpp"

namespace menkyo::accounts::store {

struct GroupRow {
  UserGroupId user_group_id;
  std::string name, name_key;
  int64_t member_count;
  Instant created_at;
  int64_t version;
};
// In no order; an account has few.
std::vector<GroupRow> groups(db::ReadTx& tx, SmartAccountId account);
std::optional<GroupRow> group(db::ReadTx& tx, SmartAccountId account, UserGroupId id);
// False if another group of the account has that key; nothing is changed then.
bool insert_group(db::Tx& tx, SmartAccountId account, GroupRow const& row);
bool has_group_named(db::ReadTx& tx, SmartAccountId account, std::string const& name_key);
// And counts its version.
void rename_group(db::Tx& tx, SmartAccountId account, UserGroupId id, std::string const& name,
                  std::string const& name_key);
// The group alone.
void delete_group(db::Tx& tx, SmartAccountId account, UserGroupId id);

// False if the person is one already.
bool insert_group_member(db::Tx& tx, SmartAccountId account, UserGroupId id, PersonId person, Instant now);
// False if the person was none.
bool delete_group_member(db::Tx& tx, SmartAccountId account, UserGroupId id, PersonId person);
void add_to_member_count(db::Tx& tx, SmartAccountId account, UserGroupId id, int64_t change);
// Sorted.
std::vector<PersonId> group_members(db::ReadTx& tx, SmartAccountId account, UserGroupId id);

struct GroupGrantRow {
  GroupGrantId group_grant_id;
  UserGroupId user_group_id;
  Role role;
  std::optional<VirtualAccountId> virtual_account_id;
  std::optional<Instant> ends_at;
};
// Of all groups of the account; in the order in which they were given.
std::vector<GroupGrantRow> group_grants(db::ReadTx& tx, SmartAccountId account);
std::vector<GroupGrantRow> group_grants(db::ReadTx& tx, SmartAccountId account, UserGroupId id);
void insert_group_grant(db::Tx& tx, SmartAccountId account, GroupGrantRow const& row, Instant created_at);
// With what its members have of it.
void set_group_grant_end(db::Tx& tx, SmartAccountId account, GroupGrantId id, std::optional<Instant> ends_at);
void delete_group_grant(db::Tx& tx, SmartAccountId account, GroupGrantId id);
// Those on a virtual account that is about to go; what members have of them is left to delete_grants_on().
void delete_group_grants_on(db::Tx& tx, SmartAccountId account, VirtualAccountId node);
void delete_grants_of_member(db::Tx& tx, SmartAccountId account, UserGroupId id, PersonId person);

// Groups that do not count their members, and members that do not have just the roles of their groups.
std::vector<UserGroupId> miscounted_groups(db::ReadTx& tx, SmartAccountId account);
std::vector<PersonId> members_without_roles(db::ReadTx& tx, SmartAccountId account);
std::vector<PersonId> roles_without_groups(db::ReadTx& tx, SmartAccountId account);

}  // namespace menkyo::accounts::store
