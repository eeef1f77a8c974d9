#include "accounts/store_groups.hpp"

namespace menkyo::accounts::store {

std::vector<GroupRow> groups(db::ReadTx& tx, SmartAccountId account) {
  return tx.all<GroupRow>(
      "select user_group_id, name, name_key, member_count, created_at, version from user_group "
      "where smart_account_id = $1",
      account);
}

std::optional<GroupRow> group(db::ReadTx& tx, SmartAccountId account, UserGroupId id) {
  return tx.one<GroupRow>(
      "select user_group_id, name, name_key, member_count, created_at, version from user_group "
      "where smart_account_id = $1 and user_group_id = $2",
      account, id);
}

bool insert_group(db::Tx& tx, SmartAccountId account, GroupRow const& g) {
  return tx.exec(
             "insert into user_group (smart_account_id, user_group_id, name, name_key, member_count, created_at, "
             "version) values ($1, $2, $3, $4, $5, $6, $7) on conflict (smart_account_id, name_key) do nothing",
             account, g.user_group_id, g.name, g.name_key, g.member_count, g.created_at, g.version) == 1;
}

bool has_group_named(db::ReadTx& tx, SmartAccountId account, std::string const& name_key) {
  return tx.one<int64_t>("select 1 from user_group where smart_account_id = $1 and name_key = $2", account, name_key)
      .has_value();
}

void rename_group(db::Tx& tx, SmartAccountId account, UserGroupId id, std::string const& name,
                  std::string const& name_key) {
  tx.exec(
      "update user_group set name = $3, name_key = $4, version = version + 1 where smart_account_id = $1 "
      "and user_group_id = $2",
      account, id, name, name_key);
}

void delete_group(db::Tx& tx, SmartAccountId account, UserGroupId id) {
  tx.exec("delete from user_group_member where smart_account_id = $1 and user_group_id = $2", account, id);
  tx.exec("delete from user_group where smart_account_id = $1 and user_group_id = $2", account, id);
}

bool insert_group_member(db::Tx& tx, SmartAccountId account, UserGroupId id, PersonId person, Instant now) {
  return tx.exec(
             "insert into user_group_member (smart_account_id, user_group_id, person_id, created_at) "
             "values ($1, $2, $3, $4) on conflict (smart_account_id, user_group_id, person_id) do nothing",
             account, id, person, now) == 1;
}

bool delete_group_member(db::Tx& tx, SmartAccountId account, UserGroupId id, PersonId person) {
  return tx.exec(
             "delete from user_group_member where smart_account_id = $1 and user_group_id = $2 and person_id = $3",
             account, id, person) == 1;
}

void add_to_member_count(db::Tx& tx, SmartAccountId account, UserGroupId id, int64_t change) {
  tx.exec("update user_group set member_count = member_count + $3 where smart_account_id = $1 and user_group_id = $2",
          account, id, change);
}

std::vector<PersonId> group_members(db::ReadTx& tx, SmartAccountId account, UserGroupId id) {
  return tx.all<PersonId>(
      "select person_id from user_group_member where smart_account_id = $1 and user_group_id = $2 "
      "order by person_id",
      account, id);
}

std::vector<GroupGrantRow> group_grants(db::ReadTx& tx, SmartAccountId account) {
  return tx.all<GroupGrantRow>(
      "select group_grant_id, user_group_id, role, virtual_account_id, ends_at from user_group_grant "
      "where smart_account_id = $1 order by group_grant_id",
      account);
}

std::vector<GroupGrantRow> group_grants(db::ReadTx& tx, SmartAccountId account, UserGroupId id) {
  return tx.all<GroupGrantRow>(
      "select group_grant_id, user_group_id, role, virtual_account_id, ends_at from user_group_grant "
      "where smart_account_id = $1 and user_group_id = $2 order by group_grant_id",
      account, id);
}

void insert_group_grant(db::Tx& tx, SmartAccountId account, GroupGrantRow const& g, Instant created_at) {
  tx.exec(
      "insert into user_group_grant (smart_account_id, group_grant_id, user_group_id, role, virtual_account_id, "
      "created_at, ends_at) values ($1, $2, $3, $4, $5, $6, $7)",
      account, g.group_grant_id, g.user_group_id, g.role, g.virtual_account_id, created_at, g.ends_at);
}

void set_group_grant_end(db::Tx& tx, SmartAccountId account, GroupGrantId id, std::optional<Instant> ends_at) {
  tx.exec("update user_group_grant set ends_at = $3 where smart_account_id = $1 and group_grant_id = $2", account, id,
          ends_at);
  tx.exec("update role_grant set ends_at = $3 where smart_account_id = $1 and group_grant_id = $2", account, id,
          ends_at);
}

void delete_group_grant(db::Tx& tx, SmartAccountId account, GroupGrantId id) {
  tx.exec("delete from role_grant where smart_account_id = $1 and group_grant_id = $2", account, id);
  tx.exec("delete from user_group_grant where smart_account_id = $1 and group_grant_id = $2", account, id);
}

void delete_group_grants_on(db::Tx& tx, SmartAccountId account, VirtualAccountId node) {
  tx.exec("delete from user_group_grant where smart_account_id = $1 and virtual_account_id = $2", account, node);
}

// By the person: access/store.cpp says why the account is a range.
void delete_grants_of_member(db::Tx& tx, SmartAccountId account, UserGroupId id, PersonId person) {
  tx.exec(
      "delete from role_grant where person_id = $2 and smart_account_id between $1 and $1 and group_grant_id in "
      "(select group_grant_id from user_group_grant where smart_account_id = $1 and user_group_id = $3)",
      account, person, id);
}

std::vector<UserGroupId> miscounted_groups(db::ReadTx& tx, SmartAccountId account) {
  return tx.all<UserGroupId>(
      "select g.user_group_id from user_group g where g.smart_account_id = $1 and g.member_count <> "
      "(select count(*) from user_group_member m where m.smart_account_id = g.smart_account_id "
      "and m.user_group_id = g.user_group_id)",
      account);
}

std::vector<PersonId> members_without_roles(db::ReadTx& tx, SmartAccountId account) {
  return tx.all<PersonId>(
      "select m.person_id from user_group_member m join user_group_grant g "
      "on g.smart_account_id = m.smart_account_id and g.user_group_id = m.user_group_id "
      "where m.smart_account_id = $1 and (select count(*) from role_grant r "
      "where r.smart_account_id = m.smart_account_id and r.person_id = m.person_id "
      "and r.group_grant_id = g.group_grant_id and r.role = g.role "
      "and coalesce(r.virtual_account_id, r.smart_account_id) = coalesce(g.virtual_account_id, g.smart_account_id) "
      "and coalesce(r.ends_at, 0) = coalesce(g.ends_at, 0)) <> 1",
      account);
}

std::vector<PersonId> roles_without_groups(db::ReadTx& tx, SmartAccountId account) {
  return tx.all<PersonId>(
      "select r.person_id from role_grant r left join user_group_grant g "
      "on g.smart_account_id = r.smart_account_id and g.group_grant_id = r.group_grant_id "
      "left join user_group_member m on m.smart_account_id = g.smart_account_id "
      "and m.user_group_id = g.user_group_id and m.person_id = r.person_id "
      "where r.smart_account_id = $1 and r.group_grant_id is not null and m.person_id is null",
      account);
}

}  // namespace menkyo::accounts::store
