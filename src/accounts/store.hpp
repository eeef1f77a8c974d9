#pragma once
#include "accounts/accounts.hpp"

namespace menkyo::accounts::store {

int64_t next_number(db::Tx& tx, std::string_view counter);

// ---- Smart Accounts ----

struct AccountRow {
  SmartAccountId smart_account_id;
  int64_t number;
  std::string name, domain;
  AccountType type;
  AccountStatus status;
  Instant created_at;
};
void insert_account(db::Tx& tx, AccountRow const& row);
// False if the key is taken.
bool take_name(db::Tx& tx, std::string const& name_key, SmartAccountId account);
bool take_domain(db::Tx& tx, std::string const& domain, SmartAccountId account);
bool any_smart_account(db::ReadTx& tx);
std::vector<SmartAccountId> all_smart_accounts(db::ReadTx& tx);
std::optional<SmartAccountId> account_of_domain(db::ReadTx& tx, std::string const& domain);
std::optional<AccountRow> account(db::ReadTx& tx, SmartAccountId id);
void lock_account(db::Tx& tx, SmartAccountId id);
std::vector<AccountRow> accounts_of(db::ReadTx& tx, PersonId person, Instant now);
// Behind (name, id), in that order.
std::vector<AccountRow> accounts_after(db::ReadTx& tx, std::string const& name, SmartAccountId id, int64_t limit);
struct Counts {
  int64_t virtual_accounts;
  int64_t devices;
};
// In the subtree of a path.
Counts counts_below(db::ReadTx& tx, SmartAccountId account, std::string const& path);

// ---- Virtual accounts ----

struct NodeRow {
  VirtualAccountId virtual_account_id;
  int64_t number;
  std::optional<VirtualAccountId> parent_id;
  std::string path, sort_path;
  int64_t depth;
  std::string name, description;
  bool is_default;
  CommerceAccess commerce_access;
  Instant created_at;
  int64_t version;
};
void insert_node(db::Tx& tx, SmartAccountId account, NodeRow const& row);
std::optional<NodeRow> node(db::ReadTx& tx, SmartAccountId account, VirtualAccountId id);
std::optional<NodeRow> node_by_path(db::ReadTx& tx, SmartAccountId account, std::string const& path);
std::optional<VirtualAccountId> default_node(db::ReadTx& tx, SmartAccountId account);
// With `after` < sort_path < `before`.
std::vector<NodeRow> nodes_between(db::ReadTx& tx, SmartAccountId account, std::string const& after,
                                   std::string const& before, int64_t limit);
std::vector<NodeRow> children_between(db::ReadTx& tx, SmartAccountId account, VirtualAccountId parent,
                                      std::string const& after, std::string const& before, int64_t limit);
void update_node(db::Tx& tx, SmartAccountId account, VirtualAccountId id, std::string const& name,
                 std::string const& description, CommerceAccess commerce_access);
// Puts `to` in the place of `from` in all sort paths from `from` up to `before`.
void move_sort_paths(db::Tx& tx, SmartAccountId account, std::string const& from, std::string const& before,
                     std::string const& to);
// Of those in the subtree of a path.
int64_t greatest_depth(db::ReadTx& tx, SmartAccountId account, std::string const& path);
// Where the root of a subtree stands, and so all below it.
struct NodePosition {
  std::optional<VirtualAccountId> parent_id;
  std::string path, sort_path;
  int64_t depth;
};
// Moves a subtree, its root's version included, in one statement for all its virtual accounts: rights go by path.
void move_subtree(db::Tx& tx, SmartAccountId account, NodeRow const& root, NodePosition const& to);
// The other one, which must be the default, no longer is.
void set_default(db::Tx& tx, SmartAccountId account, VirtualAccountId from, VirtualAccountId to);
void count_node_version(db::Tx& tx, SmartAccountId account, VirtualAccountId id);
void delete_node(db::Tx& tx, SmartAccountId account, VirtualAccountId id);

struct PathKey {
  SmartAccountId smart_account_id;
  std::string path;
};
struct PathName {
  std::string path, name;
};
std::vector<PathName> names_of_paths(db::ReadTx& tx, std::vector<PathKey> const& keys);
struct NodeKey {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
};
struct NodePlace {
  VirtualAccountId virtual_account_id;
  std::string path, name;
};
// What people call product instances and registration tokens (by their description); only those that there are.
struct ThingKey {
  SmartAccountId smart_account_id;
  std::array<uint8_t, 16> id;
  auto operator<=>(ThingKey const&) const = default;
};
struct ThingName {
  std::array<uint8_t, 16> id;
  std::string name;
};
std::vector<ThingName> thing_names(db::ReadTx& tx, std::vector<ThingKey> const& keys);
std::vector<NodePlace> places(db::ReadTx& tx, std::vector<NodeKey> const& keys);
struct ChildCount {
  VirtualAccountId virtual_account_id;
  int64_t count;
};
std::vector<ChildCount> child_counts(db::ReadTx& tx, std::vector<NodeKey> const& keys);

bool has_children(db::ReadTx& tx, SmartAccountId account, VirtualAccountId id);
bool has_licenses(db::ReadTx& tx, SmartAccountId account, VirtualAccountId id);
bool has_devices(db::ReadTx& tx, SmartAccountId account, VirtualAccountId id);
bool has_usable_tokens(db::ReadTx& tx, SmartAccountId account, VirtualAccountId id, Instant now);

// ---- Roles ----

struct GrantRow {
  RoleGrantId role_grant_id;
  PersonId person_id;
  Role role;
  std::optional<VirtualAccountId> virtual_account_id;
  std::optional<Instant> ends_at;
  std::optional<GroupGrantId> group_grant_id{};  // of a group, through which it comes
};
void insert_grant(db::Tx& tx, SmartAccountId account, GrantRow const& row, Instant created_at);
std::optional<GrantRow> grant(db::ReadTx& tx, SmartAccountId account, RoleGrantId id);
std::vector<GrantRow> grants_of_person(db::ReadTx& tx, SmartAccountId account, PersonId person);
void set_grant_end(db::Tx& tx, SmartAccountId account, RoleGrantId id, std::optional<Instant> ends_at);
void delete_grant(db::Tx& tx, SmartAccountId account, RoleGrantId id);
void delete_grants_on(db::Tx& tx, SmartAccountId account, VirtualAccountId id);
// Persons who are not disabled and have a role that never ends by another grant than the one named.
int64_t lasting_grants(db::ReadTx& tx, SmartAccountId account, Role role, RoleGrantId without);
// Persons with a role in force, behind `after`.
std::vector<PersonId> members_after(db::ReadTx& tx, SmartAccountId account, PersonId after, Instant now,
                                    int64_t limit);
std::vector<PersonId> members_below_after(db::ReadTx& tx, SmartAccountId account, std::string const& path,
                                          PersonId after, Instant now, int64_t limit);
struct MemberKey {
  SmartAccountId smart_account_id;
  PersonId person_id;
};
struct MemberGrantRow {
  RoleGrantId role_grant_id;
  PersonId person_id;
  Role role;
  std::optional<VirtualAccountId> virtual_account_id;
  std::optional<Instant> ends_at;
  std::optional<std::string> path, group_name;
};
std::vector<MemberGrantRow> grants_of_members(db::ReadTx& tx, std::vector<MemberKey> const& keys);

}  // namespace menkyo::accounts::store
