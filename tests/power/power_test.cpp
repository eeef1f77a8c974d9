// The power goes while devices and people are at work, at every kind of moment, and the disk forgets what was not
// synced: after the service has opened what is left, by itself, all that was acknowledged is there, nothing is there
// twice, and work goes on. The same where the disk fails or is full.
//
// MENKYO_SEED=<number> replays the moments and what the disk keeps; which message is under way then is up to the
// threads. MENKYO_POWER_CUTS says how many cuts (2,000 in ./dev soak).

#include <gmock/gmock.h>

#include "tests/support/house.hpp"

namespace menkyo::test {
namespace {

constexpr int cuts_at_a_time = 20;  // in the life of one installation

int cuts_wanted() {
  auto const* given = std::getenv("MENKYO_POWER_CUTS");
  return given ? std::atoi(given) : 40;
}

// When the power goes: while the service opens, soon after, or after some checkpoints; and often in the midst of a
// sync, for that is when it shows who does not wait for it.
struct Moment {
  bool in_opening = false;
  int64_t operations = 0, syncs = 0;

  void set(ForgetfulDisk& disk) const { syncs > 0 ? disk.cut_in_sync(syncs) : disk.cut_after(operations); }
};

Moment choose_moment(Random& random) {
  switch (random.below(6)) {
    case 0:
      return {true, 1 + int64_t(random.below(60))};
    case 1:
      return {false, 1 + int64_t(random.below(1500))};
    case 2:
    case 3:
      return {false, 0, 1 + int64_t(random.below(20))};
    default:
      return {false, 1 + int64_t(random.below(300))};
  }
}

class Power : public testing::Test {
 protected:
  bool sound(House const& house) const { return !house.broken() && !HasFailure(); }

  // The power goes once and comes back.
  static void cut(House& house, Moment moment) {
    if (moment.in_opening) moment.set(house.disk);
    if (house.open()) {
      if (!moment.in_opening) moment.set(house.disk);
      house.let_in();
      house.wait_for([&] { return house.disk.is_off(); });
    }
    house.disk.cut();
    house.close();
    house.power_on();
  }

  static void expect_sound(House& house, bool with_history) {
    ASSERT_TRUE(house.open());
    EXPECT_THAT(house.faults(with_history), testing::IsEmpty());
    house.close();
  }

  static void end(House& house) {
    house.work_on(50);
    house.finish();
    EXPECT_THAT(house.faults(true), testing::IsEmpty());
    EXPECT_GT(house.repeated(), 0);
    EXPECT_GT(house.office().acknowledged(), 0);
    house.close();
  }
};

TEST_F(Power, loses_nothing_acknowledged_when_it_is_cut) {
  auto const first = seed_of_run();
  int const wanted = cuts_wanted();
  for (int made = 0, life = 0; made < wanted && !HasFailure(); ++life) {
    auto const seed = first + uint64_t(life);
    SCOPED_TRACE("replay with MENKYO_SEED=" + std::to_string(seed));
    House house(seed);
    Random random(FixedSeeds(seed).next());
    for (int i = 0; i < cuts_at_a_time && made < wanted && sound(house); ++i, ++made) {
      cut(house, choose_moment(random));
      // Looking opens the database and so repairs it; at times that is left to the next opening, which may be cut
      // short in turn.
      if (random.below(3) != 0) expect_sound(house, i % 5 == 0);
    }
    if (sound(house)) end(house);
  }
}

// One input or output fails, or all from some moment on, and later the disk is well again, or the power goes before
// it is.
TEST_F(Power, tells_the_truth_when_the_disk_fails) {
  auto const seed = seed_of_run();
  SCOPED_TRACE("replay with MENKYO_SEED=" + std::to_string(seed));
  House house(seed);
  Random random(FixedSeeds(seed).next());
  int const wanted = cuts_wanted() / 5;
  for (int i = 0; i < wanted && sound(house); ++i) {
    ASSERT_TRUE(house.open());
    auto const before = house.disk.failures();
    house.disk.fail_after(1 + int64_t(random.below(200)), random.below(2) == 0);
    house.let_in();
    house.wait_for(
        [&] { return house.disk.failures() > before + int64_t(random.below(5)) || random.below(50) == 0; });
    if (random.below(2) == 0) {
      house.disk.cut();
      house.close();
      house.power_on();
    } else {
      house.disk.heal();
      house.work_on(20);
      house.close();
    }
    expect_sound(house, false);
  }
  if (sound(house)) end(house);
}

TEST_F(Power, tells_the_truth_when_the_disk_is_full) {
  auto const seed = seed_of_run();
  SCOPED_TRACE("replay with MENKYO_SEED=" + std::to_string(seed));
  House house(seed);
  Random random(FixedSeeds(seed).next());
  int const wanted = cuts_wanted() / 10;
  for (int i = 0; i < wanted && sound(house); ++i) {
    ASSERT_TRUE(house.open());
    auto const before = house.disk.failures();
    house.disk.hold_at_most(house.disk.bytes() + int64_t(random.below(100'000)));
    house.let_in();
    house.wait_for([&] { return house.disk.failures() > before + 3; });
    bool const cut = random.below(2) == 0;
    if (cut) {
      house.disk.cut();
      house.close();
      house.power_on();
    } else {
      house.disk.heal();
      house.work_on(20);
      house.close();
    }
    expect_sound(house, false);
  }
  if (sound(house)) end(house);
}

}  // namespace
}  // namespace menkyo::test
