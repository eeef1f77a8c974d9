#include "protocol/schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace menkyo::protocol {
namespace {

using std::chrono::seconds;

constexpr int64_t month = 30 * 86400;
Instant const start = *from_rfc3339("2026-03-01T09:00:00.25Z");

std::string device(int number) {
  return "dev_" + std::to_string(number);
}

TEST(Schedule, PlacesFollowFromTheIdAndTheErrand) {
  // SHA-256("check_in dev_1"), its first 8 bytes; by coreutils' sha256sum.
  EXPECT_EQ(place_of("dev_1", Errand::check_in), 0x37046a345d6c42aaULL);
  EXPECT_NE(place_of("dev_1", Errand::check_in), place_of("dev_2", Errand::check_in));
  EXPECT_NE(place_of("dev_1", Errand::check_in), place_of("dev_1", Errand::report));
  EXPECT_NE(place_of("dev_1", Errand::report), place_of("dev_1", Errand::renew_identity));
}

TEST(Schedule, WindowsLieWithinTheInterval) {
  for (int64_t const interval : std::initializer_list<int64_t>{10, 61, 3600, 12 * 3600, month, 3660 * 86400})
    for (int i = 0; i < 200; ++i) {
      auto const now = start + seconds(i * 7919);
      auto const w = window_after(place_of(device(i), Errand::check_in), interval, now);
      EXPECT_GE(w.from, now + seconds(interval / 10)) << interval;
      EXPECT_LE(w.to, now + seconds(interval)) << interval;
      EXPECT_EQ(w.to - w.from, seconds(interval / 10)) << interval;
    }
  // The shortest that a policy can say still leads forward.
  for (int64_t interval : {1, 2, 3}) EXPECT_GT(window_after(7, interval, start).from, start);
  // Devices' clocks may stand before 1970.
  auto const early = Instant{} - seconds(86400) - std::chrono::microseconds(1);
  auto const w = window_after(place_of("dev_1", Errand::report), 3600, early);
  EXPECT_GE(w.from, early + seconds(360));
  EXPECT_LE(w.to, early + seconds(3600));
}

// Whenever a device comes inside its window, its next one is the same place a period later.
TEST(Schedule, ADeviceKeepsItsPlace) {
  auto const place = place_of("dev_1", Errand::check_in);
  auto const first = window_after(place, month, start);
  for (auto const& came : {first.from, first.from + seconds(3601), first.to})
    EXPECT_EQ(window_after(place, month, came).from, first.from + seconds(period_s(month)));
  // Late by days, it returns to where it belongs.
  auto const late = window_after(place, month, first.to + seconds(5 * 86400));
  EXPECT_EQ((late.from - first.from) % seconds(period_s(month)), seconds(0));
}

// Devices that came in the same second are spread evenly: each tenth of the period has about a tenth of them.
TEST(Schedule, ThoseThatComeTogetherGoApart) {
  std::vector<int> tenths(10);
  for (int i = 0; i < 10'000; ++i) {
    auto const w = window_after(place_of(device(i), Errand::check_in), month, start);
    ++tenths[size_t(std::chrono::floor<seconds>(w.from - start).count() - month / 10) * 10 / size_t(period_s(month))];
  }
  // Five standard deviations of a binomial distribution, sqrt(10000 * 0.1 * 0.9) = 30.
  for (auto const count : tenths) EXPECT_NEAR(count, 1000, 150);
}

}  // namespace
}  // namespace menkyo::protocol
