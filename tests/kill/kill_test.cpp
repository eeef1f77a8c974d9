// Kills the real server while devices talk to it, and starts it again: what was acknowledged is kept, and nothing is
// done twice. MENKYO_SEED=<number> kill_test replays the moments of the kills.
//
// SIGKILL ends a process, not the kernel: what the server wrote stays in the page cache even if it was never synced.
// So this proves the order of commit and answer and the recovery after it; it cannot tell a synced commit from an
// unsynced one. Loss of power is for tests/power, where the medium itself forgets.

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>

#include <thread>

#include "base/failpoint.hpp"
#include "tests/support/fleet.hpp"
#include "tests/support/server_process.hpp"

namespace menkyo::test {
namespace {

constexpr int first_devices = 2, kill_count = 10;

// While no server runs.
void expect_kept(Installation const& installation, Fleet const& clients) {
  db::DatabaseConfig config;
  config.url = installation.place.url();
  config.readers = 1;
  db::Database database(config, system_clock(), system_seeds());
  database.read([&](db::ReadTx& tx) {
    EXPECT_THAT(broken_rows(tx, installation), testing::IsEmpty());
    EXPECT_THAT(lost_or_doubled(tx, installation, known_to(clients)), testing::IsEmpty());
  });
}

// ---- The tests ----------------------------------------------------------------------------------------------------

class Kill : public testing::TestWithParam<std::string> {
 protected:
  Kill()
      : seed(seed_of_run()),
        random(FixedSeeds(seed).next()),
        installation(GetParam(), seed),
        server(installation.folder.path, installation.place.url()) {
    server.start();
    auto const connect = [&]() -> Post {
      return
          [http = std::make_shared<HttpClient>(server)](std::string const& message) { return http->post(message); };
    };
    clients = make_fleet(installation, connect, tally, seed, first_devices);
    for (auto& client : clients) client->start();
  }

  // The moment is counted in answers, so that a slow machine is killed in the midst of work too.
  void wait_for_the_moment() {
    auto const moment = tally.acknowledged + 5 + int64_t(random.below(80));
    auto const jitter = std::chrono::microseconds(random.below(20'000));
    for (int i = 0; tally.acknowledged < moment && !tally.broken && i < 30'000; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_GE(tally.acknowledged, moment) << "the server answers no more:\n" << server.log();
    std::this_thread::sleep_for(jitter);
  }

  bool sound() const { return !tally.broken && !HasFailure(); }

  void finish() {
    for (auto& client : clients) client->finish();
    int const status = server.end(SIGTERM);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status << "\n" << server.log();
    expect_kept(installation, clients);
    EXPECT_GT(tally.sent_again, 0) << "no message was ever under way";
    EXPECT_GT(tally.repeated, 0);
  }

  uint64_t const seed;
  Random random;
  Tally tally;
  Installation installation;
  ServerProcess server;
  Fleet clients;
  int ended_there = 0;
};

TEST_P(Kill, loses_no_answer_and_does_nothing_twice) {
  SCOPED_TRACE("replay with MENKYO_SEED=" + std::to_string(seed));
  for (int i = 0; i < kill_count && sound(); ++i) {
    wait_for_the_moment();
    int const status = server.end(SIGKILL);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "it was gone before:\n" << server.log();
    // Looking opens the database and so recovers it; every other time that is left to the server.
    if (i % 2 == 0) expect_kept(installation, clients);
    server.start();
  }
  finish();
}

TEST_P(Kill, ends_in_order_under_load) {
  SCOPED_TRACE("replay with MENKYO_SEED=" + std::to_string(seed));
  for (int i = 0; i < 3 && sound(); ++i) {
    wait_for_the_moment();
    int const status = server.end(SIGTERM);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status << "\n" << server.log();
    EXPECT_THAT(server.log(), testing::HasSubstr("\"event\":\"stopped\""));
    expect_kept(installation, clients);
    server.start();
  }
  finish();
}

size_t trials_wanted() {
  auto const* given = std::getenv("MENKYO_TRIALS");
  return given ? size_t(std::atoll(given)) : 6;
}

// Ends at a named place of the code, which chance would seldom find. Some places are come by at the start, some never
// by devices' messages; then it is killed after a while.
TEST_P(Kill, loses_no_answer_wherever_it_ends) {
  SCOPED_TRACE("replay with MENKYO_SEED=" + std::to_string(seed));
  auto places = failpoints::sites();
  for (size_t i = places.size(); i > 1; --i) std::swap(places[i - 1], places[random.below(i)]);
  places.resize(std::min(places.size(), trials_wanted()));
  for (auto const* place : places) {
    if (!sound()) break;
    SCOPED_TRACE(place->name);
    server.end(SIGKILL);
    auto const moment = tally.acknowledged + 100;
    bool gone = false;
    try {
      server.start("MENKYO_FAILPOINT=" + std::string(place->name) + ":" + std::to_string(1 + random.below(40)));
    } catch (std::runtime_error const&) {
      gone = true;
    }
    for (int i = 0; !gone && tally.acknowledged < moment && !tally.broken && i < 30'000; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      auto const status = server.ended();
      gone = status.has_value();
      EXPECT_TRUE(!gone || (WIFSIGNALED(*status) && WTERMSIG(*status) == SIGKILL)) << *status << "\n" << server.log();
    }
    if (!gone) server.end(SIGKILL);
    ended_there += gone;
    expect_kept(installation, clients);
    server.start();
  }
  EXPECT_GT(ended_there, 0);
  finish();
}

MENKYO_ON_BOTH_DATABASES(Kill);

}  // namespace
}  // namespace menkyo::test
