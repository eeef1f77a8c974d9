// The clock of the whole server jumps: the app as it is wired for serving, with a clock that the test sets; and the
// real program after a pause.

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>

#include <future>
#include <thread>

#include "accounts/accounts.hpp"
#include "app/service.hpp"
#include "audit/seal.hpp"
#include "catalog/import.hpp"
#include "tests/support/api_client.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

char const* const catalog_csv =
    "record,code,family,name_en,name_ja,tag,license_types,enforced,export_controlled,product,entitlement,lender,"
    "borrower,priority\n"
    "family,KAZE,,Kaze routers,風ルーター,,,,,,,,,\n"
    "product,KZ-1,KAZE,Kaze 1,風1,,,,,,,,,\n"
    "entitlement,ESS,KAZE,ESS,ESS,\"regid.2026-01.example.kaze.ESS,1.0_ESS\",perpetual|term,false,false,,,,,\n";

class ClockJump : public ::testing::TestWithParam<std::string> {
 protected:
  // A day and more before the machine's own time, so that the real program can come after.
  ClockJump() : place(GetParam(), false), clock(system_clock().now() - hours(30)) {
    settings.data = folder.path;
    settings.database = place.url();
    begin();
    EXPECT_EQ(catalog::import_catalog(service->database(), service->vault(), catalog_csv, "kaze.csv", {},
                                      service->groups_changed())
                  .problems.count(),
              0);
    service->database().write([&](db::Tx& tx) {
      account = accounts::create_smart_account(
                    tx, service->vault(),
                    {"Aozora", "aozora.example", {"sora@aozora.example", "Sora", "Ao", people::Language::ja}}, {})
                    .smart_account.smart_account_id;
      va = accounts::default_virtual_account(tx, account);
      auto const catalog = service->catalogs().at(tx);
      licenses::deposit(tx, service->vault(), *catalog,
                        {account,
                         va,
                         catalog->find_entitlement("ESS")->entitlement_id,
                         licenses::LicenseType::TERM,
                         5,
                         tx.now(),
                         tx.now() + hours(3),
                         {},
                         "order",
                         "A-1/1",
                         {}});
    });
  }

  void begin() {
    service.reset();
    service = std::make_unique<app::Service>(settings, clock);
  }
  void run_jobs() {
    while (service->runner().run_once()) {
    }
  }
  void sign_in() {
    service->database().write([&](db::Tx& tx) {
      tx.exec(
          "insert into person_session (session_lookup, session_id, person_id, created_at, used_at, expires_at) "
          "values "
          "($1, $2, $3, $4, $4, $5)",
          service->vault().lookup("person_session", as_bytes(std::string("s") + std::to_string(++sessions))),
          tx.new_id<SessionId>(), *people::find_person(tx, service->vault(), "sora@aozora.example"), tx.now(),
          tx.now() + people::session_idle_period);
    });
  }
  // Of the person who signed in last.
  api::Response send(api::Method method, std::string path, std::string body = {}) {
    api::Request request;
    request.method = method;
    request.path = std::move(path);
    request.headers = {{"host", "menkyo.example"},
                       {"menkyo-request", "1"},
                       {"cookie", "menkyo_session=s" + std::to_string(sessions)}};
    if (!body.empty()) request.headers.emplace_back("content-type", "application/json");
    request.body = std::move(body);
    request.peer = "192.0.2.1";
    std::promise<api::Response> arrived;
    service->handle(std::move(request), [&](api::Response r) { arrived.set_value(std::move(r)); });
    return arrived.get_future().get();
  }
  int make_token() {
    return send(api::Method::post,
                "/api/v1/smart_accounts/" + account.text() + "/virtual_accounts/" + va.text() + "/tokens",
                R"({"description":"racks","export_controlled_allowed":false})")
        .status;
  }
  int look() { return send(api::Method::get, "/api/v1/me").status; }

  int64_t count(std::string_view sql) {
    return *service->database().read([&](db::ReadTx& tx) { return tx.one<int64_t>(sql); });
  }
  int64_t ended_terms() { return count("select count(*) from event where kind = 'term_ended'"); }
  int64_t unsealed() { return count("select count(*) from event_unsealed"); }
  // Every event is in its chain, and none is of an earlier time than one that was written before it.
  void expect_order() {
    service->database().read([&](db::ReadTx& tx) {
      EXPECT_THAT(audit::verify_chain(tx, service->vault(), account).faults, IsEmpty());
      auto const times = tx.all<int64_t>(
          "select e.at from event_seal s join event e on e.smart_account_id = s.smart_account_id and e.event_id = "
          "s.event_id where s.smart_account_id = $1 order by s.sequence",
          account);
      EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
    });
  }

  TemporaryFolder folder;
  TestDatabase place;
  ManualClock clock;
  app::Settings settings;
  std::unique_ptr<app::Service> service;
  SmartAccountId account;
  VirtualAccountId va;
  int sessions = 0;
};
MENKYO_ON_BOTH_DATABASES(ClockJump);

TEST_P(ClockJump, back_by_hours_lets_time_stand_still_until_it_is_reached) {
  sign_in();
  clock.advance(minutes(10));
  ASSERT_EQ(make_token(), 200);
  run_jobs();
  auto const reached = service->database().now();
  clock.advance(-hours(2));
  EXPECT_EQ(service->database().now(), reached);
  EXPECT_EQ(look(), 200);
  EXPECT_EQ(make_token(), 200);
  run_jobs();
  EXPECT_EQ(ended_terms(), 0);
  clock.advance(hours(1) + minutes(59));
  EXPECT_EQ(service->database().now(), reached);
  clock.advance(minutes(2));
  EXPECT_EQ(service->database().now(), reached + minutes(1));
  EXPECT_EQ(make_token(), 200);
  run_jobs();
  EXPECT_EQ(unsealed(), 0);
  EXPECT_EQ(count("select count(*) from event where kind = 'token_created'"), 3);
  expect_order();
  // The term ends when it should, counted in the time that was reached.
  clock.advance(hours(3));
  run_jobs();
  EXPECT_EQ(ended_terms(), 1);
}

// As after a crash: the old server gave nothing back, least of all the lease of the jobs.
TEST_P(ClockJump, back_by_hours_while_the_server_was_away_does_not_turn_time_back) {
  sign_in();
  clock.advance(minutes(10));
  run_jobs();
  ASSERT_EQ(make_token(), 200);
  auto const reached = service->database().now();
  clock.advance(-hours(2));
  begin();
  // The last accepted time is written every minute.
  EXPECT_GE(service->database().now(), reached - minutes(1));
  EXPECT_EQ(look(), 200);
  EXPECT_EQ(make_token(), 200);
  // Two hours by the machine's clock and some seconds later the lease has run out; no two hours are lost beyond.
  clock.set(reached + seconds(20));
  run_jobs();
  EXPECT_EQ(unsealed(), 0);
  expect_order();
}

TEST_P(ClockJump, ahead_by_less_than_a_day_is_time_that_passed) {
  run_jobs();
  clock.advance(hours(23));
  run_jobs();
  EXPECT_EQ(ended_terms(), 1);
}

TEST_P(ClockJump, ahead_by_more_than_a_day_lets_schedules_rest_until_somebody_accepts_it) {
  sign_in();
  run_jobs();
  clock.advance(hours(30));
  run_jobs();
  EXPECT_EQ(ended_terms(), 0);
  // People and the sealing go on, at the new time: the old session is long over.
  EXPECT_EQ(look(), 401);
  sign_in();
  EXPECT_EQ(make_token(), 200);
  clock.advance(seconds(2));
  run_jobs();
  EXPECT_EQ(unsealed(), 0);
  EXPECT_EQ(ended_terms(), 0);
  auto const accepted = run_program({"clock", "accept", "--data", folder.path.string(), "--database", place.url()});
  EXPECT_EQ(accepted.status, 0) << accepted.output;
  EXPECT_THAT(accepted.output, HasSubstr("The present time is accepted"));
  clock.set(system_clock().now());
  run_jobs();
  EXPECT_EQ(ended_terms(), 1);
  expect_order();
}

// The way back from a time in the future that somebody accepted.
TEST_P(ClockJump, a_wrong_time_that_was_accepted_can_be_taken_back) {
  auto const right = system_clock().now();
  clock.set(right + hours(24 * 365));
  service->database().write([](db::Tx& tx) { jobs::accept_clock(tx); });
  clock.set(right);
  begin();
  EXPECT_GE(service->database().now(), right + hours(24 * 364));
  service.reset();
  EXPECT_EQ(run_program({"clock", "accept", "--data", folder.path.string(), "--database", place.url()}).status, 0);
  clock.set(system_clock().now());
  begin();
  EXPECT_LT(service->database().now(), right + hours(1));
}

// The real server, thirty hours after it was last heard of.
TEST_P(ClockJump, stops_the_timers_of_the_real_server_until_it_is_accepted) {
  run_jobs();
  service.reset();
  ServerProcess server(folder.path, place.url());
  server.start();
  auto const soon = [&](auto const& holds) {
    for (int i = 0; i < 1000 && !holds(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return holds();
  };
  auto const ended = [&] {
    place.open({.readers = 1});
    auto const n = place->read(
        [](db::ReadTx& tx) { return *tx.one<int64_t>("select count(*) from event where kind = 'term_ended'"); });
    place.close();
    return n;
  };
  EXPECT_TRUE(soon([&] { return server.log().find("clock_jumped") != std::string::npos; })) << server.log();
  EXPECT_EQ(ended(), 0);
  EXPECT_EQ(run_program({"clock", "accept", "--data", folder.path.string(), "--database", place.url()}).status, 0);
  EXPECT_TRUE(soon([&] { return ended() == 1; })) << server.log();
  int const status = server.end(SIGTERM);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

}  // namespace
}  // namespace menkyo::test
