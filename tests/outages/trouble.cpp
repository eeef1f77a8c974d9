#include "tests/outages/trouble.hpp"

#include <thread>

namespace menkyo::test {

namespace {

int64_t number(db::Session& session, std::string const& sql) {
  int64_t out = 0;
  db::RowSink const sink = [&](db::Row const& row) { out = row.integer(0); };
  session.run(sql, {}, &sink);
  return out;
}

// What stands in the way of a transaction, as often of its commit as of its several statements together. A sequence
// counts, because it does not go back with the transaction.
char const* const failing_function =
    "create or replace function made_to_fail() returns trigger language plpgsql as $$ begin"
    " if (random() * case tg_name when 'made_to_fail_at_commit' then 1000 else 5000 end) < %PER_MILLE% then"
    "  perform nextval('made_to_fail');"
    "  if random() < 0.5 then raise exception 'made to fail' using errcode = '40001';"
    "  else raise exception 'made to fail' using errcode = '40P01'; end if;"
    " end if;"
    " return null; end $$;";

}  // namespace

// The request id is written by every transaction first; its deferred trigger fails the commit itself.
Trouble::Trouble(std::string const& database_url) : url_(database_url + "&application_name=trouble") {
  auto const session = open();
  session->script("create sequence made_to_fail");
  let_transactions_fail(0);
  for (auto const* table : {"request_outcome", "device_contact", "use_entry", "event", "job"})
    session->script("create trigger made_to_fail after insert or update on " + std::string(table) +
                    " for each statement execute function made_to_fail()");
  session->script(
      "create constraint trigger made_to_fail_at_commit after insert on request_outcome deferrable initially "
      "deferred "
      "for each row execute function made_to_fail()");
}

std::unique_ptr<db::Session> Trouble::open() const {
  return db::make_driver(url_)->open();
}

bool Trouble::end_a_connection() {
  return number(*open(),
                "select count(pg_terminate_backend(pid)) from (select pid from pg_stat_activity where "
                "application_name = 'menkyo' order by random() limit 1) one") > 0;
}

void Trouble::take_all_connections(Duration how_long) {
  auto const until = std::chrono::steady_clock::now() + how_long;
  auto const first = open();
  std::vector<std::unique_ptr<db::Session>> taken;
  while (std::chrono::steady_clock::now() < until) {
    number(*first, "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'menkyo'");
    try {
      for (;;) taken.push_back(open());
    } catch (db::StorageError const&) {
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

void Trouble::let_transactions_fail(int per_mille) {
  std::string sql = failing_function;
  sql.replace(sql.find("%PER_MILLE%"), 11, std::to_string(per_mille));
  open()->script(sql);
}

int64_t Trouble::transactions_failed() {
  return number(*open(), "select case when is_called then last_value else 0 end from made_to_fail");
}

}  // namespace menkyo::test
