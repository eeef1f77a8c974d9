#pragma once
// Groups of users (domain reference, section 9): people who receive roles together. A role of a group counts for each
// of its members as long as both last; whoever has it so and otherwise has it still when one of them ends.
//
// Each role of a group is kept for each member beside the roles of its own (docs/decisions/0034-user-groups.md), so
// proofs and lists read one table. Whoever changes a group locks the row of the Smart Account.

#include <optional>
#include <string>
#include <vector>

#include "accounts/accounts.hpp"

namespace menkyo::accounts {

// Members times roles is what one change may write.
inline constexpr size_t max_groups = 100, max_group_members = 200, max_group_roles = 20;

using GroupName = wire::Line<1, 100>;

struct GroupGrant {
  GroupGrantId group_grant_id;
  Role role;
  std::optional<VirtualAccountId> virtual_account_id;
  std::optional<Instant> ends_at;
};
BOOST_DESCRIBE_STRUCT(GroupGrant, (), (group_grant_id, role, virtual_account_id, ends_at))

struct UserGroup {
  UserGroupId user_group_id;
  std::string name;
  int64_t member_count;
  std::vector<GroupGrant> grants;  // in force
  Instant created_at;
  int64_t version;
};
BOOST_DESCRIBE_STRUCT(UserGroup, (), (user_group_id, name, member_count, grants, created_at, version))

struct GroupMember {
  PersonId person_id;
  std::string mail, given_name, family_name;
  bool is_invited;  // and has not accepted yet
};
BOOST_DESCRIBE_STRUCT(GroupMember, (), (person_id, mail, given_name, family_name, is_invited))

struct NewUserGroup {
  SmartAccountId smart_account_id;
  GroupName name;
};
BOOST_DESCRIBE_STRUCT(NewUserGroup, (), (smart_account_id, name))

struct UserGroupChange {
  SmartAccountId smart_account_id;
  UserGroupId user_group_id;
  std::optional<int64_t> if_match;
  GroupName name;
};
BOOST_DESCRIBE_STRUCT(UserGroupChange, (), (smart_account_id, user_group_id, if_match, name))

struct UserGroupKey {
  SmartAccountId smart_account_id;
  UserGroupId user_group_id;
};
BOOST_DESCRIBE_STRUCT(UserGroupKey, (), (smart_account_id, user_group_id))

struct UserGroupDeletion : UserGroupKey {
  std::optional<int64_t> if_match;
};
BOOST_DESCRIBE_STRUCT(UserGroupDeletion, (UserGroupKey), (if_match))

struct NewGroupMember : UserGroupKey {
  people::Mail mail;
};
BOOST_DESCRIBE_STRUCT(NewGroupMember, (UserGroupKey), (mail))

struct GroupMemberKey : UserGroupKey {
  PersonId person_id;
};
BOOST_DESCRIBE_STRUCT(GroupMemberKey, (UserGroupKey), (person_id))

struct NewGroupGrant : UserGroupKey {
  Role role;
  std::optional<VirtualAccountId> virtual_account_id;
  std::optional<Instant> ends_at;
};
BOOST_DESCRIBE_STRUCT(NewGroupGrant, (UserGroupKey), (role, virtual_account_id, ends_at))

struct GroupGrantKey : UserGroupKey {
  GroupGrantId group_grant_id;
};
BOOST_DESCRIBE_STRUCT(GroupGrantKey, (UserGroupKey), (group_grant_id))

// Of the whole account: a group may get any role.
using GroupEditor = Access<access::SmartAccount, Permission::users_manage>;

// Each of the following: Problem not_found, and conflict if no lasting administrator would be left, or the account or
// group has as many as it may. They answer the roles that people got or lost by it; nobody is told.

// Problem name_taken.
UserGroupId create_group(db::Tx& tx, keys::Vault const& vault, GroupEditor const& access, NewUserGroup const& in);
// Problem changed_meanwhile, name_taken. Changes nothing if it is called so.
void rename_group(db::Tx& tx, keys::Vault const& vault, GroupEditor const& access, UserGroupChange const& in);
// Problem changed_meanwhile.
std::vector<GivenRole> delete_group(db::Tx& tx, keys::Vault const& vault, GroupEditor const& access,
                                    UserGroupDeletion const& in);
// An address without an account becomes a person. Changes nothing if the person is a member.
std::vector<GivenRole> add_member(db::Tx& tx, keys::Vault const& vault, GroupEditor const& access,
                                  NewGroupMember const& in);
std::vector<GivenRole> remove_member(db::Tx& tx, keys::Vault const& vault, GroupEditor const& access,
                                     GroupMemberKey const& in);
// Giving the same role again changes when it ends. Problem invalid as for grant_role().
std::vector<GivenRole> grant_to_group(db::Tx& tx, keys::Vault const& vault, GroupEditor const& access,
                                      NewGroupGrant const& in);
std::vector<GivenRole> revoke_from_group(db::Tx& tx, keys::Vault const& vault, GroupEditor const& access,
                                         GroupGrantKey const& in);

// Sentences about groups whose members do not have just what the groups have; empty if all is well.
std::vector<std::string> broken_groups(db::ReadTx& tx, SmartAccountId account);

// The operations on all of this.
std::vector<api::Route> group_routes();

}  // namespace menkyo::accounts
