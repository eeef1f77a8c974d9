#include "devices/appointments.hpp"

#include <gtest/gtest.h>

#include <map>

#include "base/random.hpp"

namespace menkyo::devices {
namespace {

using std::chrono::seconds;

Instant const start = *from_rfc3339("2026-03-01T09:00:00Z");

TEST(Appointments, TheFirstComesWhenThoseWhoWaitHaveBeenAnswered) {
  Appointments a;
  EXPECT_EQ(retry_after_s(a, {8000, 1000}, start, 0), 9);  // 8 s and the place of one, in whole seconds
  Appointments idle;
  EXPECT_EQ(retry_after_s(idle, {0, 1000}, start, 0), 1);
}

TEST(Appointments, ThoseWhoAreRefusedAtOnceComeOneAfterTheOther) {
  Appointments a;
  std::map<int64_t, int> at;
  for (int i = 0; i < 10'000; ++i) ++at[retry_after_s(a, {100, 20}, start, 0)];
  // 5 s for those who wait, then 10 in each second for 1000 s.
  EXPECT_EQ(at.begin()->first, 6);
  EXPECT_EQ(at.rbegin()->first, 1005);
  for (auto const& [second, count] : at) EXPECT_EQ(count, 10) << second;
}

TEST(Appointments, TheyGrowWithTheBacklogAndEndWithIt) {
  Appointments a;
  for (int i = 0; i < 1000; ++i) retry_after_s(a, {100, 20}, start, 0);
  EXPECT_EQ(retry_after_s(a, {100, 20}, start, 0), 106);
  EXPECT_EQ(retry_after_s(a, {100, 20}, start + seconds(60), 0), 46) << "who comes later waits as long as is left";
  EXPECT_EQ(retry_after_s(a, {100, 20}, start + seconds(3600), 0), 6);
}

// A backlog that does not fit is spread all the same, and leaves nothing behind.
TEST(Appointments, BeyondTheLongestTheyAreSpreadByChance) {
  Appointments a;
  Random random(Seed{});
  std::map<int64_t, int> quarters;
  for (int i = 0; i < 50'000; ++i) {
    auto const s = retry_after_s(a, {100, 1}, start, random.next());
    ASSERT_GE(s, 1);
    ASSERT_LE(s, longest_appointment_s);
    if (i >= 2000) ++quarters[(s - 1801) / 450];
  }
  ASSERT_EQ(quarters.size(), 4u);
  for (auto const& [quarter, count] : quarters) EXPECT_NEAR(count, 12'000, 500) << quarter;
  EXPECT_LE(retry_after_s(a, {0, 1}, start + seconds(longest_appointment_s), 0), 3);
}

TEST(Appointments, AServerThatStandsStillOrAClockThatFallsGivesSaneTimes) {
  Appointments a;
  EXPECT_EQ(retry_after_s(a, {0, 0}, start, 0), 20);
  EXPECT_LE(retry_after_s(a, {1'000'000'000, 0}, start, 5), longest_appointment_s);
  EXPECT_LE(retry_after_s(a, {0, 1000}, start - seconds(86400), 5), longest_appointment_s);
  EXPECT_EQ(retry_after_s(a, {0, 1000}, start - seconds(86400) + seconds(7200), 5), 1);
}

}  // namespace
}  // namespace menkyo::devices
