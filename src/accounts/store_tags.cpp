#include "accounts/store_tags.hpp"

namespace menkyo::accounts::store {

std::vector<TagRow> tags(db::ReadTx& tx, SmartAccountId account) {
  return tx.all<TagRow>(
      "select custom_tag_id, name, name_key, virtual_account_count, created_at, version from custom_tag "
      "where smart_account_id = $1",
      account);
}

std::optional<TagRow> tag(db::ReadTx& tx, SmartAccountId account, CustomTagId id) {
  return tx.one<TagRow>(
      "select custom_tag_id, name, name_key, virtual_account_count, created_at, version from custom_tag "
      "where smart_account_id = $1 and custom_tag_id = $2",
      account, id);
}

bool insert_tag(db::Tx& tx, SmartAccountId account, TagRow const& t) {
  return tx.exec(
             "insert into custom_tag (smart_account_id, custom_tag_id, name, name_key, virtual_account_count, "
             "created_at, version) values ($1, $2, $3, $4, $5, $6, $7) on conflict (smart_account_id, name_key) "
             "do nothing",
             account, t.custom_tag_id, t.name, t.name_key, t.virtual_account_count, t.created_at, t.version) == 1;
}

bool has_tag_named(db::ReadTx& tx, SmartAccountId account, std::string const& name_key) {
  return tx.one<int64_t>("select 1 from custom_tag where smart_account_id = $1 and name_key = $2", account, name_key)
      .has_value();
}

void rename_tag(db::Tx& tx, SmartAccountId account, CustomTagId id, std::string const& name,
                std::string const& name_key) {
  tx.exec("update custom_tag set name = $3, name_key = $4 where smart_account_id = $1 and custom_tag_id = $2",
          account, id, name, name_key);
}

void count_tag_version(db::Tx& tx, SmartAccountId account, CustomTagId id) {
  tx.exec("update custom_tag set version = version + 1 where smart_account_id = $1 and custom_tag_id = $2", account,
          id);
}

void delete_tag(db::Tx& tx, SmartAccountId account, CustomTagId id) {
  tx.exec("delete from virtual_account_tag where smart_account_id = $1 and custom_tag_id = $2", account, id);
  tx.exec("delete from custom_tag_value where smart_account_id = $1 and custom_tag_id = $2", account, id);
  tx.exec("delete from custom_tag where smart_account_id = $1 and custom_tag_id = $2", account, id);
}

std::vector<TagValueRow> tag_values(db::ReadTx& tx, SmartAccountId account) {
  return tx.all<TagValueRow>(
      "select custom_tag_id, value_key, value from custom_tag_value where smart_account_id = $1", account);
}

std::vector<TagValueRow> tag_values(db::ReadTx& tx, SmartAccountId account, CustomTagId id) {
  return tx.all<TagValueRow>(
      "select custom_tag_id, value_key, value from custom_tag_value where smart_account_id = $1 "
      "and custom_tag_id = $2",
      account, id);
}

void put_tag_value(db::Tx& tx, SmartAccountId account, TagValueRow const& row) {
  tx.exec(
      "insert into custom_tag_value (smart_account_id, custom_tag_id, value_key, value) values ($1, $2, $3, $4) "
      "on conflict (smart_account_id, custom_tag_id, value_key) do update set value = excluded.value",
      account, row.custom_tag_id, row.value_key, row.value);
}

void delete_tag_value(db::Tx& tx, SmartAccountId account, CustomTagId id, std::string const& value_key) {
  tx.exec("delete from custom_tag_value where smart_account_id = $1 and custom_tag_id = $2 and value_key = $3",
          account, id, value_key);
}

bool is_value_carried(db::ReadTx& tx, SmartAccountId account, CustomTagId id, std::string const& value_key) {
  return tx
      .one<int64_t>(
          "select 1 from virtual_account_tag where smart_account_id = $1 and custom_tag_id = $2 and value_key = $3 "
          "limit 1",
          account, id, value_key)
      .has_value();
}

// ---- What carries them ----

std::vector<CarriedRow> carried_tags(db::ReadTx& tx, std::vector<NodeKey> const& keys) {
  return tx.all_many<CarriedRow>(
      "select c.virtual_account_id, c.custom_tag_id, t.name, c.value_key, v.value "
      "from {rows: account bytea, id bytea} r "
      "join virtual_account_tag c on c.smart_account_id = r.account and c.virtual_account_id = r.id "
      "join custom_tag t on t.smart_account_id = c.smart_account_id and t.custom_tag_id = c.custom_tag_id "
      "left join custom_tag_value v on v.smart_account_id = c.smart_account_id "
      "and v.custom_tag_id = c.custom_tag_id and v.value_key = c.value_key",
      keys);
}

void put_carried(db::Tx& tx, SmartAccountId account, NodeRow const& node, CustomTagId id,
                 std::string const& value_key) {
  tx.exec(
      "insert into virtual_account_tag (smart_account_id, virtual_account_id, custom_tag_id, value_key, sort_path) "
      "values ($1, $2, $3, $4, $5) on conflict (smart_account_id, virtual_account_id, custom_tag_id) "
      "do update set value_key = excluded.value_key",
      account, node.virtual_account_id, id, value_key, node.sort_path);
}

void delete_carried(db::Tx& tx, SmartAccountId account, VirtualAccountId node, CustomTagId id) {
  tx.exec(
      "delete from virtual_account_tag where smart_account_id = $1 and virtual_account_id = $2 "
      "and custom_tag_id = $3",
      account, node, id);
}

void add_to_tag_count(db::Tx& tx, SmartAccountId account, CustomTagId id, int64_t change) {
  tx.exec(
      "update custom_tag set virtual_account_count = virtual_account_count + $3 where smart_account_id = $1 "
      "and custom_tag_id = $2",
      account, id, change);
}

void delete_all_carried(db::Tx& tx, SmartAccountId account, VirtualAccountId node) {
  tx.exec(
      "update custom_tag set virtual_account_count = virtual_account_count - 1 where smart_account_id = $1 "
      "and custom_tag_id in (select custom_tag_id from virtual_account_tag where smart_account_id = $1 "
      "and virtual_account_id = $2)",
      account, node);
  tx.exec("delete from virtual_account_tag where smart_account_id = $1 and virtual_account_id = $2", account, node);
}

void follow_sort_paths(db::Tx& tx, SmartAccountId account, std::string const& from, std::string const& before) {
  tx.exec(
      "update virtual_account_tag set sort_path = (select v.sort_path from virtual_account v "
      "where v.smart_account_id = virtual_account_tag.smart_account_id "
      "and v.virtual_account_id = virtual_account_tag.virtual_account_id) "
      "where smart_account_id = $1 and virtual_account_id in (select virtual_account_id from virtual_account "
      "where smart_account_id = $1 and sort_path >= $2 and sort_path < $3)",
      account, from, before);
}

std::vector<NodeRow> tagged_between(db::ReadTx& tx, SmartAccountId account, CustomTagId id,
                                    std::optional<std::string> const& value_key, std::string const& after,
                                    std::string const& before, int64_t limit) {
  // SQLite takes the tables of a cross join in the order in which they stand.
  if (value_key)
    return tx.all<NodeRow>(
        "select v.virtual_account_id, v.number, v.parent_id, v.path, v.sort_path, v.depth, v.name, v.description, "
        "v.is_default, v.commerce_access, v.created_at, v.version from virtual_account_tag t cross join "
        "virtual_account v where t.smart_account_id = $1 and t.custom_tag_id = $2 and t.value_key = $3 "
        "and t.sort_path > $4 and t.sort_path < $5 and v.smart_account_id = $1 "
        "and v.virtual_account_id = t.virtual_account_id order by t.sort_path limit $6",
        account, id, *value_key, after, before, limit);
  return tx.all<NodeRow>(
      "select v.virtual_account_id, v.number, v.parent_id, v.path, v.sort_path, v.depth, v.name, v.description, "
      "v.is_default, v.commerce_access, v.created_at, v.version from virtual_account_tag t cross join "
      "virtual_account v where t.smart_account_id = $1 and t.custom_tag_id = $2 "
      "and t.sort_path > $3 and t.sort_path < $4 and v.smart_account_id = $1 "
      "and v.virtual_account_id = t.virtual_account_id order by t.sort_path limit $5",
      account, id, after, before, limit);
}

std::vector<CustomTagId> miscounted_tags(db::ReadTx& tx, SmartAccountId account) {
  return tx.all<CustomTagId>(
      "select t.custom_tag_id from custom_tag t where t.smart_account_id = $1 and t.virtual_account_count <> "
      "(select count(*) from virtual_account_tag c where c.smart_account_id = t.smart_account_id "
      "and c.custom_tag_id = t.custom_tag_id)",
      account);
}

std::vector<VirtualAccountId> mistagged_nodes(db::ReadTx& tx, SmartAccountId account) {
  return tx.all<VirtualAccountId>(
      "select c.virtual_account_id from virtual_account_tag c "
      "left join virtual_account n on n.smart_account_id = c.smart_account_id "
      "and n.virtual_account_id = c.virtual_account_id "
      "left join custom_tag t on t.smart_account_id = c.smart_account_id and t.custom_tag_id = c.custom_tag_id "
      "left join custom_tag_value v on v.smart_account_id = c.smart_account_id "
      "and v.custom_tag_id = c.custom_tag_id and v.value_key = c.value_key "
      "where c.smart_account_id = $1 and (n.sort_path is null or n.sort_path <> c.sort_path or t.name is null "
      "or (c.value_key <> '' and v.value is null))",
      account);
}

}  // namespace menkyo::accounts::store
