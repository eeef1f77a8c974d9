#include "sdk/pace.hpp"

#include <gtest/gtest.h>

namespace menkyo::agent {
namespace {

using protocol::Policy;

constexpr int64_t hour = 3600;
int64_t smallest(int64_t) {
  return 0;
}
int64_t largest(int64_t bound) {
  return bound - 1;
}

TEST(Pace, WhatSomebodyWaitsForIsTriedSoonAndThenMoreSeldom) {
  for (auto const& [failures, full] :
       {std::pair<int64_t, int64_t>{0, 30}, {1, 60}, {5, 960}, {10, 6 * hour}, {1000, 6 * hour}}) {
    EXPECT_EQ(wait_s({}, Need::awaited, failures, {}, smallest), full / 2) << failures;
    EXPECT_EQ(wait_s({}, Need::awaited, failures, {}, largest), full) << failures;
  }
}

TEST(Pace, WhatComesRoundIsPutOffToAnyMomentOfHalfADay) {
  for (int64_t const failures : {0, 1, 1000}) {
    EXPECT_EQ(wait_s({}, Need::routine, failures, {}, smallest), 30) << failures;
    EXPECT_EQ(wait_s({}, Need::routine, failures, {}, largest), 30 + 12 * hour - 1) << failures;
  }
}

TEST(Pace, APolicyOfShortTimesShortensTheWait) {
  Policy quick;
  quick.out_of_compliance_renew_s = hour;
  EXPECT_EQ(wait_s(quick, Need::routine, 0, {}, largest), 30 + hour - 1);
  EXPECT_EQ(wait_s(quick, Need::routine, 2, {}, largest), 30 + 4 * hour - 1);
  EXPECT_EQ(wait_s(quick, Need::routine, 1000, {}, largest), 30 + 12 * hour - 1);
  // Between the last moment of a check-in and the lapse there is time for several tries.
  Policy tight;
  tight.authorization_renew_s = 10 * hour;
  tight.authorization_period_s = 18 * hour;
  EXPECT_EQ(wait_s(tight, Need::routine, 3, {}, largest), 30 + 2 * hour - 1);
  tight.authorization_period_s = tight.authorization_renew_s;
  EXPECT_EQ(wait_s(tight, Need::routine, 3, {}, largest), 59);
}

TEST(Pace, RetryAfterIsAlwaysKept) {
  EXPECT_EQ(wait_s({}, Need::awaited, 0, 1000, smallest), 1000);
  EXPECT_EQ(wait_s({}, Need::awaited, 0, 1000, largest), 1100);
  EXPECT_EQ(wait_s({}, Need::awaited, 0, 1, largest), 30) << "and its own wait too";
  EXPECT_EQ(wait_s({}, Need::routine, 0, 86400, smallest), 86400);
  EXPECT_EQ(wait_s({}, Need::routine, 0, 1, largest), 30 + 12 * hour - 1);
}

TEST(Pace, AMomentLiesInsideItsWindow) {
  auto const from = *protocol::from_rfc3339("2026-03-01T09:00:00Z");
  protocol::Window const window{from, from + std::chrono::hours(1)};
  EXPECT_EQ(moment_in(window, smallest), window.from);
  EXPECT_EQ(moment_in(window, largest), window.to);
  EXPECT_EQ(moment_in({from, from}, largest), from);
}

TEST(Pace, AMomentThatCannotBeMeantIsDue) {
  auto const now = *protocol::from_rfc3339("2026-03-01T09:00:00Z");
  EXPECT_FALSE(is_due({}, 60, now));
  EXPECT_TRUE(is_due(now, 60, now));
  EXPECT_FALSE(is_due(now + std::chrono::seconds(60), 60, now));
  EXPECT_TRUE(is_due(now + std::chrono::seconds(61), 60, now));
}

}  // namespace
}  // namespace menkyo::agent
