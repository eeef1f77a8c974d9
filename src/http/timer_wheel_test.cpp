#include "http/timer_wheel.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace menkyo::http {
namespace {

struct Probe final : Timer {
  void on_timer() override {
    ++fired;
    if (then) then();
  }
  int fired = 0;
  std::function<void()> then;
};

void advance(TimerWheel& wheel, int64_t ticks) {
  for (int64_t i = 0; i < ticks; ++i) wheel.advance();
}

constexpr auto tick = TimerWheel::tick;

TEST(TimerWheel, FiresOnceNotBeforeItsTime) {
  TimerWheel wheel;
  Probe probe;
  // Up to one more tick, because part of the present one may have passed already.
  for (int64_t const ticks : {1, 2, 7, 1022, 1023, 1024, 1025, 5000}) {
    probe.fired = 0;
    wheel.arm(probe, tick * ticks);
    advance(wheel, ticks);
    EXPECT_EQ(probe.fired, 0) << ticks;
    wheel.advance();
    EXPECT_EQ(probe.fired, 1) << ticks;
    advance(wheel, 3000);
    EXPECT_EQ(probe.fired, 1) << ticks;
  }
}

TEST(TimerWheel, MovesBothWaysAndDisarms) {
  TimerWheel wheel;
  Probe probe;
  wheel.arm(probe, tick * 10);
  wheel.arm(probe, tick * 20);
  advance(wheel, 20);
  EXPECT_EQ(probe.fired, 0);
  wheel.arm(probe, tick * 500);
  wheel.arm(probe, tick * 2);
  advance(wheel, 3);
  EXPECT_EQ(probe.fired, 1);
  wheel.arm(probe, tick * 2);
  wheel.disarm(probe);
  wheel.disarm(probe);
  advance(wheel, 2000);
  EXPECT_EQ(probe.fired, 1);
}

TEST(TimerWheel, LetsThoseThatFireChangeTheOthers) {
  TimerWheel wheel;
  Probe first, second, third;
  for (auto* probe : {&first, &second, &third}) wheel.arm(*probe, tick);
  // Whichever of one slot comes first takes its neighbours off and hangs itself again.
  for (auto* probe : {&first, &second, &third}) {
    probe->then = [&, probe] {
      for (auto* other : {&first, &second, &third}) wheel.disarm(*other);
      wheel.arm(*probe, tick * 3);
    };
  }
  advance(wheel, 2);
  EXPECT_EQ(first.fired + second.fired + third.fired, 1);
  advance(wheel, 4);
  EXPECT_EQ(first.fired + second.fired + third.fired, 2);
  for (auto* probe : {&first, &second, &third}) wheel.disarm(*probe);
}

}  // namespace
}  // namespace menkyo::http
