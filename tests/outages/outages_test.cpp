// PostgreSQL fails at moments of chance while devices and people are at the real program: it is killed, stopped,
// crashes, stands still, has no connection left, ends connections, and lets transactions fail. Afterwards, without
// anybody's help, the program answers, all that was acknowledged is there, and nothing is there twice.
//
// MENKYO_SEED=<number> replays the order and the moments of the outages; which message is under way then, and which
// transactions fail, is up to the processes. MENKYO_OUTAGES says how many there are (200 in ./dev soak).

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>

#include "tests/outages/trouble.hpp"
#include "tests/support/premises.hpp"
#include "tests/support/private_postgres.hpp"

namespace menkyo::test {
namespace {

using std::chrono::milliseconds;

size_t outages_wanted() {
  auto const* given = std::getenv("MENKYO_OUTAGES");
  return given ? size_t(std::atoll(given)) : 10;
}

struct Outage {
  char const* name;
  std::function<void()> happen;
};

class Outages : public testing::Test {
 protected:
  // Between some and many milliseconds.
  milliseconds some_time(uint64_t at_most_ms) { return milliseconds(1 + random.below(at_most_ms)); }
  void wait(milliseconds time) { std::this_thread::sleep_for(time); }

  // The database's own time away is short for most, and longer than the program waits for an answer for few.
  milliseconds standstill() { return random.below(8) == 0 ? milliseconds(15'000) : some_time(4'000); }

  std::vector<Outage> all() {
    return {{"killed",
             [this] {
               postgres.kill();
               wait(some_time(500));
               postgres.start();
             }},
            {"crashed",
             [this] {
               postgres.crash();
               postgres.start();
             }},
            {"stopped",
             [this] {
               postgres.stop();
               wait(some_time(2'000));
               postgres.start();
             }},
            {"frozen",
             [this] {
               postgres.freeze();
               wait(standstill());
               postgres.thaw();
             }},
            {"out of connections", [this] { trouble.take_all_connections(some_time(1'500)); }},
            {"ending connections",
             [this] {
               for (int i = 0; i < 20; ++i) {
                 ended += trouble.end_a_connection();
                 wait(some_time(30));
               }
             }},
            {"failing transactions", [this] {
               auto const enough = trouble.transactions_failed() + 60;
               trouble.let_transactions_fail(50 + int(random.below(150)));
               for (int i = 0; i < 600 && premises.sound() && trouble.transactions_failed() < enough; ++i)
                 wait(milliseconds(50));
               trouble.let_transactions_fail(0);
               EXPECT_GE(trouble.transactions_failed(), enough) << "nothing was made to fail";
             }}};
  }

  uint64_t const seed = seed_of_run();
  Random random{FixedSeeds(seed).next()};
  PrivatePostgres postgres;
  Premises premises{postgres.new_database("menkyo"), seed};
  Trouble trouble{premises.installation.place.url()};
  int64_t ended = 0;
};

TEST_F(Outages, of_postgresql_lose_and_double_nothing) {
  SCOPED_TRACE("replay with MENKYO_SEED=" + std::to_string(seed));
  auto const kinds = all();
  std::vector<size_t> order;
  for (size_t i = 0; i < std::max(outages_wanted(), kinds.size()); ++i) order.push_back(i % kinds.size());
  for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  for (size_t i = 0; i < order.size() && premises.sound() && !HasFailure(); ++i) {
    auto const& outage = kinds[order[i]];
    SCOPED_TRACE(outage.name);
    if (!premises.work_on(5 + int64_t(random.below(80)))) break;
    wait(some_time(20));
    outage.happen();
    EXPECT_TRUE(premises.work_on(20)) << "no service after the outage";
    EXPECT_THAT(premises.broken(), testing::IsEmpty());
  }
  EXPECT_GT(ended, 0);
  premises.finish();
  EXPECT_THAT(premises.faults(), testing::IsEmpty());
  int const status = premises.server.end(SIGTERM);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status << "\n" << premises.server.log();
}

}  // namespace
}  // namespace menkyo::test
