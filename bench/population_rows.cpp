#include "bench/population_rows.hpp"

namespace menkyo::bench {

namespace {

bool is_sqlite(db::Database& database) {
  return database.driver().shares_commits();
}

}  // namespace

void insert(db::Tx& tx, DeviceRows const& rows) {
  tx.exec_many(
      "insert into device (smart_account_id, device_id, virtual_account_id, product_id, registration_token_id, "
      "status, display_name, sort_name, udi_product_id, udi_serial_number, wrapped_details, public_key, "
      "identity_certificate, registered_at, removed_at) select a, i, v, p, t, s, n, o, u, m, w, k, c, r, g from "
      "{rows: a bytea, i bytea, v bytea, p bytea, t bytea, s text, n text, o text, u text, m text, w bytea, k bytea, "
      "c bytea, r bigint, g bigint} q",
      rows.devices);
  devices::store::put_contacts(tx, rows.contacts);
  tx.exec_many(
      "insert into registration (smart_account_id, message_hash, device_id, created_at) select a, h, i, t from "
      "{rows: a bytea, h bytea, i bytea, t bigint} r",
      rows.registrations);
  tx.exec_many(
      "insert into timer (kind, smart_account_id, subject_id, due_at) select 'device', a, i, t from {rows: a bytea, "
      "i bytea, t bigint} r",
      rows.timers);
  devices::store::put_uses(tx, rows.uses);
}

void insert(db::Tx& tx, std::vector<audit::store::EventRow> const& events,
            std::vector<PersonalRow> const& personals) {
  tx.exec_many(
      "insert into event (smart_account_id, event_id, at, kind, actor_kind, actor_id, virtual_account_id, "
      "subject_kind, subject_id, data, commitment) select a, e, t, k, l, i, v, s, j, d, c from {rows: a bytea, "
      "e bytea, t bigint, k text, l text, i bytea, v bytea, s text, j bytea, d text, c bytea} r",
      events);
  std::vector<audit::store::EventKey> keys;
  for (auto const& e : events) keys.push_back({e.smart_account_id, e.event_id});
  tx.exec_many("insert into event_unsealed (smart_account_id, event_id) select a, e from {rows: a bytea, e bytea} r",
               keys);
  tx.exec_many(
      "insert into event_personal (smart_account_id, event_id, salt, wrapped_value) select a, e, s, w from "
      "{rows: a bytea, e bytea, s bytea, w bytea} r",
      personals);
}

void set_token_uses(db::Tx& tx, std::vector<TokenUses> const& rows) {
  tx.exec_many(
      "update registration_token set uses = r.n from {rows: a bytea, v bytea, n bigint} r where "
      "registration_token.smart_account_id = r.a and registration_token.virtual_account_id = r.v",
      rows);
}

std::vector<TokenOfAccount> tokens_in_order(db::ReadTx& tx, SmartAccountId account) {
  return tx.all<TokenOfAccount>(
      "select t.registration_token_id, t.virtual_account_id, t.wrapped_secret from registration_token t join "
      "virtual_account v on v.smart_account_id = t.smart_account_id and v.virtual_account_id = t.virtual_account_id "
      "where t.smart_account_id = $1 order by v.number",
      account);
}

PutAsideIndexes::PutAsideIndexes(db::Database& database) {
  struct Index {
    std::string name, definition;
  };
  database.write([&](db::Tx& tx) {
    definitions_.clear();
    auto const indexes =
        is_sqlite(database)
            ? tx.all<Index>(
                  "select name, sql from sqlite_master where type = 'index' and tbl_name in ('device', "
                  "'device_contact', 'event', 'timer') and sql not like 'create unique%' order by name")
            : tx.all<Index>(
                  "select cast(indexname as text), indexdef from pg_indexes where schemaname = "
                  "current_schema() and tablename in ('device', 'device_contact', 'event', 'timer') and "
                  "indexdef not like 'CREATE UNIQUE%' order by indexname");
    for (auto const& index : indexes) {
      tx.exec("drop index " + index.name);
      definitions_.push_back(index.definition);
    }
  });
}

void PutAsideIndexes::restore(std::string const& url) {
  auto const session = db::make_driver(url, std::chrono::hours(2))->open();
  for (auto const& definition : definitions_) session->script(definition);
  // PostgreSQL's autovacuum would come by sooner or later; SQLite has nothing of the kind.
  if (!url.starts_with("sqlite:")) session->script("vacuum (analyze)");
}

void use_much_memory(db::Tx& tx) {
  tx.exec("pragma cache_size=-500000");
}

}  // namespace menkyo::bench
