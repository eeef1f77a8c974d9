#include "accounts/store.hpp"

#include <algorithm>

namespace menkyo::accounts::store {

int64_t next_number(db::Tx& tx, std::string_view counter) {
  return tx
      .one<int64_t>(
          "insert into counter (name, value) values ($1, 1) on conflict (name) do update set value = counter.value + "
          "1 "
          "returning value",
          counter)
      .value();
}

// ---- Smart Accounts ----

void insert_account(db::Tx& tx, AccountRow const& a) {
  tx.exec(
      "insert into smart_account (smart_account_id, number, name, domain, type, status, created_at, version) "
      "values ($1, $2, $3, $4, $5, $6, $7, 1)",
      a.smart_account_id, a.number, a.name, a.domain, a.type, a.status, a.created_at);
}

bool take_name(db::Tx& tx, std::string const& name_key, SmartAccountId account) {
  return tx.exec(
             "insert into smart_account_name (name_key, smart_account_id) values ($1, $2) on conflict (name_key) "
             "do nothing",
             name_key, account) == 1;
}

bool take_domain(db::Tx& tx, std::string const& domain, SmartAccountId account) {
  return tx.exec(
             "insert into smart_account_domain (domain, smart_account_id) values ($1, $2) on conflict (domain) "
             "do nothing",
             domain, account) == 1;
}

std::vector<SmartAccountId> all_smart_accounts(db::ReadTx& tx) {
  return tx.all<SmartAccountId>("select smart_account_id from smart_account order by smart_account_id");
}

bool any_smart_account(db::ReadTx& tx) {
  return tx.one<int64_t>("select 1 from smart_account limit 1").has_value();
}

std::optional<SmartAccountId> account_of_domain(db::ReadTx& tx, std::string const& domain) {
  return tx.one<SmartAccountId>("select smart_account_id from smart_account_domain where domain = $1", domain);
}

std::optional<AccountRow> account(db::ReadTx& tx, SmartAccountId id) {
  return tx.one<AccountRow>(
      "select smart_account_id, number, name, domain, type, status, created_at from smart_account "
      "where smart_account_id = $1",
      id);
}

void lock_account(db::Tx& tx, SmartAccountId id) {
  tx.one<int64_t>("select number from smart_account where smart_account_id = $1 {for update}", id);
}

std::vector<AccountRow> accounts_of(db::ReadTx& tx, PersonId person, Instant now) {
  return tx.all<AccountRow>(
      "select a.smart_account_id, a.number, a.name, a.domain, a.type, a.status, a.created_at from smart_account a "
      "where a.smart_account_id in (select g.smart_account_id from role_grant g where g.person_id = $1 "
      "and (g.ends_at is null or g.ends_at > $2))",
      person, now);
}

std::vector<AccountRow> accounts_after(db::ReadTx& tx, std::string const& name, SmartAccountId id, int64_t limit) {
  return tx.all<AccountRow>(
      "select smart_account_id, number, name, domain, type, status, created_at from smart_account "
      "where name >= $1 and (name > $1 or smart_account_id > $2) order by name, smart_account_id limit $3",
      name, id, limit);
}

namespace {

// What follows the last path of a subtree: '0' is the character behind '/'.
std::string end_of_subtree(std::string path) {
  path.back() = '0';
  return path;
}

// As substr() counts.
int64_t code_points(std::string const& text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

}  // namespace

Counts counts_below(db::ReadTx& tx, SmartAccountId account, std::string const& path) {
  auto const end = end_of_subtree(path);
  // Devices are counted where they come and go, not here: there may be a million of them.
  return tx
      .one<Counts>(
          "select count(*), cast(coalesce(sum(t.device_count), 0) as bigint) from virtual_account v left join "
          "virtual_account_total t on t.smart_account_id = v.smart_account_id and t.virtual_account_id = "
          "v.virtual_account_id where v.smart_account_id = $1 and v.path >= $2 and v.path < $3",
          account, path, end)
      .value();
}

// ---- Virtual accounts ----

void insert_node(db::Tx& tx, SmartAccountId account, NodeRow const& v) {
  tx.exec(
      "insert into virtual_account (smart_account_id, virtual_account_id, number, parent_id, path, sort_path, depth, "
      "name, description, is_default, commerce_access, created_at, version) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
      account, v.virtual_account_id, v.number, v.parent_id, v.path, v.sort_path, v.depth, v.name, v.description,
      v.is_default, v.commerce_access, v.created_at, v.version);
}

std::optional<NodeRow> node(db::ReadTx& tx, SmartAccountId account, VirtualAccountId id) {
  return tx.one<NodeRow>(
      "select virtual_account_id, number, parent_id, path, sort_path, depth, name, description, is_default, "
      "commerce_access, created_at, version from virtual_account where smart_account_id = $1 "
      "and virtual_account_id = $2",
      account, id);
}

std::optional<NodeRow> node_by_path(db::ReadTx& tx, SmartAccountId account, std::string const& path) {
  return tx.one<NodeRow>(
      "select virtual_account_id, number, parent_id, path, sort_path, depth, name, description, is_default, "
      "commerce_access, created_at, version from virtual_account where smart_account_id = $1 and path = $2",
      account, path);
}

std::optional<VirtualAccountId> default_node(db::ReadTx& tx, SmartAccountId account) {
  return tx.one<VirtualAccountId>(
      "select virtual_account_id from virtual_account where smart_account_id = $1 and is_default", account);
}

std::vector<NodeRow> nodes_between(db::ReadTx& tx, SmartAccountId account, std::string const& after,
                                   std::string const& before, int64_t limit) {
  return tx.all<NodeRow>(
      "select virtual_account_id, number, parent_id, path, sort_path, depth, name, description, is_default, "
      "commerce_access, created_at, version from virtual_account where smart_account_id = $1 and sort_path > $2 "
      "and sort_path < $3 order by sort_path limit $4",
      account, after, before, limit);
}

std::vector<NodeRow> children_between(db::ReadTx& tx, SmartAccountId account, VirtualAccountId parent,
                                      std::string const& after, std::string const& before, int64_t limit) {
  return tx.all<NodeRow>(
      "select virtual_account_id, number, parent_id, path, sort_path, depth, name, description, is_default, "
      "commerce_access, created_at, version from virtual_account where smart_account_id = $1 and parent_id = $2 "
      "and sort_path > $3 and sort_path < $4 order by sort_path limit $5",
      account, parent, after, before, limit);
}

void update_node(db::Tx& tx, SmartAccountId account, VirtualAccountId id, std::string const& name,
                 std::string const& description, CommerceAccess commerce_access) {
  tx.exec(
      "update virtual_account set name = $3, description = $4, commerce_access = $5, version = version + 1 "
      "where smart_account_id = $1 and virtual_account_id = $2",
      account, id, name, description, commerce_access);
}

void move_sort_paths(db::Tx& tx, SmartAccountId account, std::string const& from, std::string const& before,
                     std::string const& to) {
  tx.exec(
      "update virtual_account set sort_path = $4 || substr(sort_path, cast($5 as integer)) where smart_account_id = "
      "$1 "
      "and sort_path >= $2 and sort_path < $3",
      account, from, before, to, code_points(from) + 1);
}

int64_t greatest_depth(db::ReadTx& tx, SmartAccountId account, std::string const& path) {
  return tx
      .one<int64_t>(
          "select coalesce(max(depth), 0) from virtual_account where smart_account_id = $1 and path >= $2 and path < "
          "$3",
          account, path, end_of_subtree(path))
      .value();
}

void move_subtree(db::Tx& tx, SmartAccountId account, NodeRow const& root, NodePosition const& to) {
  tx.exec(
      "update virtual_account set path = $4 || substr(path, cast($5 as integer)), "
      "sort_path = $6 || substr(sort_path, cast($7 as integer)), depth = depth + $8 "
      "where smart_account_id = $1 and path >= $2 and path < $3",
      account, root.path, end_of_subtree(root.path), to.path, code_points(root.path) + 1, to.sort_path,
      code_points(root.sort_path) + 1, to.depth - root.depth);
  tx.exec(
      "update virtual_account set parent_id = $3, version = version + 1 where smart_account_id = $1 "
      "and virtual_account_id = $2",
      account, root.virtual_account_id, to.parent_id);
}

void set_default(db::Tx& tx, SmartAccountId account, VirtualAccountId from, VirtualAccountId to) {
  // Two statements: there is never more than one, not even in the midst of a statement.
  auto const set = [&](VirtualAccountId id, bool is_default) {
    tx.exec(
        "update virtual_account set is_default = $3, version = version + 1 where smart_account_id = $1 "
        "and virtual_account_id = $2",
        account, id, is_default);
  };
  set(from, false);
  set(to, true);
}

void count_node_version(db::Tx& tx, SmartAccountId account, VirtualAccountId id) {
  tx.exec("update virtual_account set version = version + 1 where smart_account_id = $1 and virtual_account_id = $2",
          account, id);
}

void delete_node(db::Tx& tx, SmartAccountId account, VirtualAccountId id) {
  tx.exec("delete from virtual_account where smart_account_id = $1 and virtual_account_id = $2", account, id);
}

std::vector<PathName> names_of_paths(db::ReadTx& tx, std::vector<PathKey> const& keys) {
  return tx.all_many<PathName>(
      "select v.path, v.name from {rows: account bytea, path text} r join virtual_account v "
      "on v.smart_account_id = r.account and v.path = r.path",
      keys);
}

std::vector<ThingName> thing_names(db::ReadTx& tx, std::vector<ThingKey> const& keys) {
  auto out = tx.all_many<ThingName>(
      "select d.device_id, d.display_name from device d join {rows: a bytea, i bytea} r on d.smart_account_id = r.a "
      "and "
      "d.device_id = r.i",
      keys);
  auto tokens = tx.all_many<ThingName>(
      "select t.registration_token_id, t.description from registration_token t join {rows: a bytea, i bytea} r "
      "on t.smart_account_id = r.a and t.registration_token_id = r.i",
      keys);
  out.insert(out.end(), std::make_move_iterator(tokens.begin()), std::make_move_iterator(tokens.end()));
  return out;
}

std::vector<NodePlace> places(db::ReadTx& tx, std::vector<NodeKey> const& keys) {
  return tx.all_many<NodePlace>(
      "select v.virtual_account_id, v.path, v.name from {rows: account bytea, id bytea} r join virtual_account v "
      "on v.smart_account_id = r.account and v.virtual_account_id = r.id",
      keys);
}

std::vector<ChildCount> child_counts(db::ReadTx& tx, std::vector<NodeKey> const& keys) {
  return tx.all_many<ChildCount>(
      "select v.virtual_account_id, (select count(*) from virtual_account c where c.smart_account_id = r.account and "
      "c.parent_id = r.id) from {rows: account bytea, id bytea} r join virtual_account v on v.smart_account_id = "
      "r.account and v.virtual_account_id = r.id",
      keys);
}

bool has_children(db::ReadTx& tx, SmartAccountId account, VirtualAccountId id) {
  return tx
      .one<int64_t>("select 1 from virtual_account where smart_account_id = $1 and parent_id = $2 limit 1", account,
                    id)
      .has_value();
}

bool has_licenses(db::ReadTx& tx, SmartAccountId account, VirtualAccountId id) {
  return tx.one<int64_t>(
               "select 1 from holding where smart_account_id = $1 and holder_kind = 'virtual_account' "
               "and holder_id = $2 and quantity > 0 limit 1",
               account, id)
             .has_value() ||
         tx.one<int64_t>(
               "select 1 from position where smart_account_id = $1 and virtual_account_id = $2 "
               "and (owned > 0 or in_use > 0 or reserved > 0) limit 1",
               account, id)
             .has_value();
}

bool has_devices(db::ReadTx& tx, SmartAccountId account, VirtualAccountId id) {
  return tx
      .one<int64_t>(
          "select 1 from device where smart_account_id = $1 and virtual_account_id = $2 and status = 'registered' "
          "limit 1",
          account, id)
      .has_value();
}

bool has_usable_tokens(db::ReadTx& tx, SmartAccountId account, VirtualAccountId id, Instant now) {
  return tx
      .one<int64_t>(
          "select 1 from registration_token where smart_account_id = $1 and virtual_account_id = $2 "
          "and revoked_at is null and expires_at > $3 and (max_uses is null or uses < max_uses) limit 1",
          account, id, now)
      .has_value();
}

// ---- Roles ----

void insert_grant(db::Tx& tx, SmartAccountId account, GrantRow const& g, Instant created_at) {
  tx.exec(
      "insert into role_grant (smart_account_id, role_grant_id, person_id, role, virtual_account_id, created_at, "
      "ends_at, group_grant_id) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8)",
      account, g.role_grant_id, g.person_id, g.role, g.virtual_account_id, created_at, g.ends_at, g.group_grant_id);
}

std::optional<GrantRow> grant(db::ReadTx& tx, SmartAccountId account, RoleGrantId id) {
  return tx.one<GrantRow>(
      "select role_grant_id, person_id, role, virtual_account_id, ends_at, group_grant_id from role_grant "
      "where smart_account_id = $1 and role_grant_id = $2",
      account, id);
}

// These two go by the person, whose accounts are few: access/store.cpp says why the account is a range.
std::vector<GrantRow> grants_of_person(db::ReadTx& tx, SmartAccountId account, PersonId person) {
  return tx.all<GrantRow>(
      "select role_grant_id, person_id, role, virtual_account_id, ends_at, group_grant_id from role_grant "
      "where person_id = $2 and smart_account_id between $1 and $1 order by role_grant_id",
      account, person);
}

void set_grant_end(db::Tx& tx, SmartAccountId account, RoleGrantId id, std::optional<Instant> ends_at) {
  tx.exec("update role_grant set ends_at = $3 where smart_account_id = $1 and role_grant_id = $2", account, id,
          ends_at);
}

void delete_grant(db::Tx& tx, SmartAccountId account, RoleGrantId id) {
  tx.exec("delete from role_grant where smart_account_id = $1 and role_grant_id = $2", account, id);
}

void delete_grants_on(db::Tx& tx, SmartAccountId account, VirtualAccountId id) {
  tx.exec("delete from role_grant where smart_account_id = $1 and virtual_account_id = $2", account, id);
}

int64_t lasting_grants(db::ReadTx& tx, SmartAccountId account, Role role, RoleGrantId without) {
  return tx
      .one<int64_t>(
          "select count(distinct g.person_id) from role_grant g join person p on p.person_id = g.person_id where "
          "g.smart_account_id = "
          "$1 "
          "and g.role = $2 and g.ends_at is null and p.disabled_at is null and g.role_grant_id <> $3",
          account, role, without)
      .value();
}

std::vector<PersonId> members_after(db::ReadTx& tx, SmartAccountId account, PersonId after, Instant now,
                                    int64_t limit) {
  return tx.all<PersonId>(
      "select distinct person_id from role_grant where smart_account_id = $1 and person_id > $2 "
      "and (ends_at is null or ends_at > $3) order by person_id limit $4",
      account, after, now, limit);
}

std::vector<PersonId> members_below_after(db::ReadTx& tx, SmartAccountId account, std::string const& path,
                                          PersonId after, Instant now, int64_t limit) {
  auto const end = end_of_subtree(path);
  return tx.all<PersonId>(
      "select distinct g.person_id from role_grant g join virtual_account v on v.smart_account_id = "
      "g.smart_account_id "
      "and v.virtual_account_id = g.virtual_account_id where g.smart_account_id = $1 and g.person_id > $2 "
      "and v.path >= $3 and v.path < $4 and (g.ends_at is null or g.ends_at > $5) order by g.person_id limit $6",
      account, after, path, end, now, limit);
}

std::vector<MemberGrantRow> grants_of_members(db::ReadTx& tx, std::vector<MemberKey> const& keys) {
  return tx.all_many<MemberGrantRow>(
      "select g.role_grant_id, g.person_id, g.role, g.virtual_account_id, g.ends_at, v.path, u.name "
      "from {rows: account bytea, person bytea} r join role_grant g on g.person_id = r.person "
      "and g.smart_account_id between r.account and r.account left join virtual_account v on v.smart_account_id = "
      "g.smart_account_id "
      "and v.virtual_account_id = g.virtual_account_id "
      "left join user_group_grant w on w.smart_account_id = g.smart_account_id "
      "and w.group_grant_id = g.group_grant_id "
      "left join user_group u on u.smart_account_id = w.smart_account_id and u.user_group_id = w.user_group_id",
      keys);
}

}  // namespace menkyo::accounts::store
