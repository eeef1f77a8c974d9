// Two servers on one PostgreSQL, and the one that holds the lease of jobs stands still (SIGSTOP) until the other has
// taken it: an import is done once, and the late holder notices and changes nothing.

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>

#include <filesystem>

#include "orders/orders.hpp"
#include "tests/support/fleet.hpp"
#include "tests/support/server_process.hpp"

namespace menkyo::test {
namespace {

constexpr int lines = 60;
constexpr int polls = 60'000;  // of two milliseconds each

class Standstill : public testing::Test {
 protected:
  Standstill() {
    // Its own folder for its logs, but the same key.
    std::filesystem::copy(installation.folder.path / "master.key", folder.path / "master.key");
  }

  static bool wait_for(std::function<bool()> const& happened) {
    for (int i = 0; i < polls; ++i) {
      if (happened()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return false;
  }
  static bool says(ServerProcess const& server, std::string const& event) {
    return server.log().find("\"event\":\"" + event + "\"") != std::string::npos;
  }

  // Through a service of its own, which runs no jobs.
  template <class F>
  auto look(F&& f) {
    app::Service service(installation.settings());
    return f(service);
  }
  JobId hand_in(std::string const& order) {
    std::string csv =
        "order,line,ordered_at,account_domain,virtual_account,entitlement,license_type,quantity,starts_at,ends_at,"
        "subscription\n";
    for (int i = 1; i <= lines; ++i)
      csv += order + "," + std::to_string(i) + ",2026-01-01,aozora.example," + installation.va.text() +
             ",PRM,perpetual,1,,,\n";
    return look([&](app::Service& service) {
      return orders::start_orders_import(service.database(), service.catalogs(), csv, "orders.csv").job_id.value();
    });
  }
  jobs::Job job(JobId id) {
    return look([&](app::Service& service) {
      return service.database().read([&](db::ReadTx& tx) { return *jobs::find_job(tx, id); });
    });
  }
  int64_t count(std::string const& sql) {
    return look([&](app::Service& service) {
      return service.database().read([&](db::ReadTx& tx) { return *tx.one<int64_t>(sql); });
    });
  }

  // PostgreSQL ends a session that is idle in a transaction after a minute; nobody has to wait for that here.
  void end_sessions_that_stand_still() {
    db::make_driver(installation.place.url())
        ->open()
        ->script(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and state = "
            "'idle in transaction' and state_change < now() - interval '10 seconds'");
  }

  uint64_t const seed = seed_of_run();
  Installation installation{"postgres", seed};
  TemporaryFolder folder;
  ServerProcess first{installation.folder.path, installation.place.url()};
  ServerProcess second{folder.path, installation.place.url()};
};

// Before a chunk of the job, in the midst of its transaction, and after it.
TEST_F(Standstill, of_the_lease_holder_leaves_an_import_done_once) {
  std::vector<std::string> places{"jobs.before_chunk", "jobs.chunk_done", "jobs.chunk_committed"};
  if (!std::getenv("MENKYO_TRIALS")) places = {places[seed % places.size()]};
  for (auto const& place : places) {
    SCOPED_TRACE(place + ", replay with MENKYO_SEED=" + std::to_string(seed));
    auto const lots = count("select count(*) from lot");
    first.start("MENKYO_FAILPOINT=" + place + ":2:stop");
    ASSERT_TRUE(wait_for([&] { return says(first, R"(lease_taken","lease":"jobs)"); })) << first.log();
    second.start();
    auto const id = hand_in("of " + place);
    ASSERT_TRUE(wait_for([&] { return first.stopped(); })) << first.log();
    EXPECT_EQ(job(id).status, jobs::JobStatus::running);

    ASSERT_TRUE(wait_for([&] { return says(second, R"(lease_taken","lease":"jobs)"); })) << second.log();
    end_sessions_that_stand_still();
    ASSERT_TRUE(wait_for([&] { return job(id).status == jobs::JobStatus::done; })) << second.log();
    auto const done = job(id);
    first.signal(SIGCONT);
    ASSERT_TRUE(wait_for([&] { return says(first, R"(lease_lost","lease":"jobs)"); })) << first.log();

    auto const after = job(id);
    EXPECT_EQ(after.done, lines);
    EXPECT_EQ(to_us(after.updated_at), to_us(done.updated_at));
    EXPECT_EQ(count("select count(*) from lot"), lots + lines);
    EXPECT_THAT(look([&](app::Service& service) {
                  return service.database().read([&](db::ReadTx& tx) { return broken_rows(tx, installation); });
                }),
                testing::IsEmpty());
    for (auto* server : {&first, &second}) {
      int const status = server->end(SIGTERM);
      EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status << "\n" << server->log();
    }
  }
}

}  // namespace
}  // namespace menkyo::test
