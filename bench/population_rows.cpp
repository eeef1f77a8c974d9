#include "bench/population_rows.hpp"

namespace menkyo::bench {

namespace {

bool is_sqlite(db::Database& database) {
  return database.driver().shares_commits();
}

}  // namespace

void insert(db::Tx& tx, DeviceRows const& rows) {
  devices::store::insert_devices(tx, rows.devices);
  devices::store::put_contacts(tx, rows.contacts);
  devices::store::insert_registrations(tx, rows.registrations);
  devices::store::insert_timers(tx, rows.timers);
  devices::store::put_uses(tx, rows.uses);
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
