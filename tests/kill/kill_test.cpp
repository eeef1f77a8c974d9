// Kills the real server while devices and people are at it, and starts it again: what was acknowledged is kept, and
// nothing is done twice. MENKYO_SEED=<number> kill_test replays the moments of the kills; MENKYO_KILLS says how many
// there are on each database, MENKYO_TRIALS at how many named places it ends (both in ./dev soak).
//
// SIGKILL ends a process, not the kernel: what the server wrote stays in the page cache even if it was never synced.
// So this proves the order of commit and answer and the recovery after it; it cannot tell a synced commit from an
// unsynced one. Loss of power is for tests/power, where the medium itself forgets.

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>

#include <iostream>

#include "base/failpoint.hpp"
#include "tests/kill/places.hpp"

namespace menkyo::test {
namespace {

int64_t number_of(char const* variable, int64_t otherwise) {
  auto const* given = std::getenv(variable);
  return given ? std::atoll(given) : otherwise;
}

class Kill : public testing::TestWithParam<std::string> {
 protected:
  // The moment is counted in answers, so that a slow machine is killed in the midst of work too.
  void wait_for_the_moment() {
    auto const answers = 5 + int64_t(random.below(80));
    auto const jitter = std::chrono::microseconds(random.below(20'000));
    premises.work_on(answers);
    std::this_thread::sleep_for(jitter);
  }

  bool sound() const { return premises.sound() && !HasFailure(); }

  void expect_kept() { found.add(premises.faults()); }

  void end_in_order() {
    int const status = premises.server.end(SIGTERM);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status << "\n" << premises.server.log();
  }

  void finish() {
    premises.finish();
    end_in_order();
    expect_kept();
    EXPECT_THAT(found.all, testing::IsEmpty());
  }

  struct Found {
    std::vector<std::string> all;
    int64_t lost = 0, doubled = 0;
    void add(std::vector<std::string> const& faults) {
      for (auto const& fault : faults) {
        lost += fault.starts_with("lost: ");
        doubled += fault.starts_with("doubled: ");
        all.push_back(fault);
      }
      EXPECT_THAT(faults, testing::IsEmpty());
    }
  };

  uint64_t const seed = seed_of_run();
  Random random{FixedSeeds(seed).next()};
  Premises premises{GetParam(), seed};
  Found found;
};

TEST_P(Kill, loses_no_answer_and_does_nothing_twice) {
  SCOPED_TRACE("replay with MENKYO_SEED=" + std::to_string(seed));
  auto const wanted = number_of("MENKYO_KILLS", 10);
  int64_t made = 0;
  for (; made < wanted && sound(); ++made) {
    wait_for_the_moment();
    int const status = premises.server.end(SIGKILL);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "it was gone before:\n"
                                                                    << premises.server.log();
    // Looking opens the database and so recovers it; every other time that is left to the server.
    if (made % 2 == 0) expect_kept();
    premises.start();
  }
  finish();
  std::cout << "kills on " << GetParam() << ": " << made << " kills, " << premises.acknowledged() << " acknowledged, "
            << found.lost << " lost, " << found.doubled << " doubled" << std::endl;
}

TEST_P(Kill, ends_in_order_under_load) {
  SCOPED_TRACE("replay with MENKYO_SEED=" + std::to_string(seed));
  for (int i = 0; i < 3 && sound(); ++i) {
    wait_for_the_moment();
    end_in_order();
    EXPECT_THAT(premises.server.log(), testing::HasSubstr("\"event\":\"stopped\""));
    expect_kept();
    premises.start();
  }
  finish();
}

// Ends at a named place of the code, which chance would seldom find: the server, or the command that imports. Each
// place must be come by, but those of the other database.
TEST_P(Kill, loses_no_answer_wherever_it_ends) {
  SCOPED_TRACE("replay with MENKYO_SEED=" + std::to_string(seed));
  std::vector<std::string> places;
  for (auto const* site : failpoints::sites())
    if (can_come_by(site->name, GetParam())) places.emplace_back(site->name);
  ASSERT_GT(places.size(), 20u);
  for (size_t i = places.size(); i > 1; --i) std::swap(places[i - 1], places[random.below(i)]);
  places.resize(std::min(places.size(), size_t(number_of("MENKYO_TRIALS", 6))));
  for (auto const& place : places) {
    if (!sound()) break;
    SCOPED_TRACE(place);
    premises.server.end(SIGKILL);
    EXPECT_TRUE(ends_at(premises, place, random)) << "nobody came by " << place;
    expect_kept();
    premises.start();
  }
  finish();
}

MENKYO_ON_BOTH_DATABASES(Kill);

}  // namespace
}  // namespace menkyo::test
