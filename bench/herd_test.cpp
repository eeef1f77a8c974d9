// A fleet that comes back after an outage is spread: to at most 1.5 times the planned peak, for now and for later,
// and the check notices a rule that is missing. A twentieth of the fleet of herd_bench; deterministic.

#include "bench/herd.hpp"

#include <gmock/gmock.h>

#include <map>

namespace menkyo::bench {
namespace {

constexpr size_t fleet = 50'000;

std::map<std::string, HerdCase> cases() {
  std::map<std::string, HerdCase> out;
  for (auto const& c : herd_cases(fleet, 4 * 3600, 1)) out.emplace(c.name, c);
  return out;
}

TEST(Herd, ComesBackWithinTheBound) {
  int kept = 0;
  for (auto const& [name, c] : cases()) {
    if (!c.keeps_bound) continue;
    auto const load = simulate(c.herd, c.rules);
    auto const p = peaks(c.herd, load);
    EXPECT_LE(p.highest(), herd_bound) << name;
    EXPECT_GT(p.after.hour, 1.1) << name << ": there was something to come back";
    EXPECT_GT(load.unreached, 0) << name;
    EXPECT_EQ(load.lapsed, 0) << name;
    ++kept;
  }
  EXPECT_EQ(kept, 3);
}

// The measure is not loose: without an outage the fleet's busiest hour is about the planned peak.
TEST(Herd, ThePlanIsWhatAFleetDoes) {
  for (auto const* name : {"in the field for long", "registered within an hour"}) {
    auto herd = cases().at(name).herd;
    herd.outage_s = 0;
    auto const load = simulate(herd);
    auto const p = peaks(herd, load);
    for (auto const& hour : {p.before.hour, p.later.hour}) {
      EXPECT_GT(hour, 0.85) << name;
      EXPECT_LT(hour, 1.1) << name;
    }
    EXPECT_EQ(load.unreached + load.refused, 0) << name;
    EXPECT_LE(load.latest_s, 1) << name;
  }
}

// Each rule is needed, and what is measured shows it.
TEST(Herd, IsNotSpreadWithoutTheRules) {
  auto const highest = [&](const char* name) {
    auto const c = cases().at(name);
    return peaks(c.herd, simulate(c.herd, c.rules));
  };
  EXPECT_GT(highest("agents that try again soon").after.minute, 2);
  EXPECT_GT(highest("agents that wait without chance").after.hour, herd_bound);
  EXPECT_GT(highest("windows without places, registered within an hour").later.hour, 3);
}

// One device in a hundred wants something new within a minute, far more than the server answers: those who are
// refused come again in their turn, and few are refused twice.
TEST(Herd, WhatIsRefusedComesInTurn) {
  auto herd = cases().at("in the field for long").herd;
  herd.outage_s = 0;
  herd.changing = 0.01;
  herd.changing_s = 60;
  herd.days = 12;
  auto const in_turn = simulate(herd).refused;
  HerdRules soon;
  soon.retry_after = [](auto&, auto const&, auto, auto) { return 1; };
  EXPECT_GT(in_turn, 400);
  EXPECT_LT(2 * in_turn, simulate(herd, soon).refused);
}

TEST(Herd, EqualSeedsGiveEqualFleets) {
  auto herd = cases().at("in the field for long").herd;
  herd.devices = 2000;
  auto const one = simulate(herd), same = simulate(herd);
  EXPECT_EQ(one.arrived, same.arrived);
  herd.seed = 2;
  EXPECT_NE(simulate(herd).arrived, one.arrived);
}

TEST(Herd, TheBusiestStretchIsFound) {
  std::vector<uint32_t> const load{9, 1, 2, 5, 0, 4};
  EXPECT_EQ(busiest(load, 0, 6, 1), 9);
  EXPECT_EQ(busiest(load, 1, 6, 1), 5);
  EXPECT_EQ(busiest(load, 1, 6, 3), 9);  // 5, 0, 4
  EXPECT_EQ(busiest(load, 1, 4, 2), 7);
}

}  // namespace
}  // namespace menkyo::bench
