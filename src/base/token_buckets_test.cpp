#include "base/token_buckets.hpp"

#include <gtest/gtest.h>

namespace menkyo {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Seed const seed = FixedSeeds(1).next();
Instant const start = from_us(1767225600000000);

int taken(TokenBuckets& buckets, std::string_view caller, Instant now, int tries) {
  int n = 0;
  for (int i = 0; i < tries; ++i) n += buckets.take(caller, now) == Duration{};
  return n;
}

TEST(TokenBuckets, gives_a_burst_and_then_the_rate) {
  TokenBuckets buckets({.per_s = 4, .burst = 10}, 64, seed);
  EXPECT_EQ(taken(buckets, "a", start, 50), 10);
  EXPECT_EQ(buckets.take("a", start), milliseconds(250));
  EXPECT_EQ(buckets.take("a", start + milliseconds(249)), milliseconds(1));
  EXPECT_EQ(buckets.take("a", start + milliseconds(250)), Duration{});
  EXPECT_EQ(taken(buckets, "a", start + milliseconds(1250), 50), 4);
  // What was refused costs nothing, and rest fills the bucket up, but not beyond.
  EXPECT_EQ(taken(buckets, "a", start + seconds(3600), 50), 10);
}

TEST(TokenBuckets, are_one_for_each_caller) {
  TokenBuckets buckets({.per_s = 1, .burst = 2}, 64, seed);
  EXPECT_EQ(taken(buckets, "a", start, 5), 2);
  EXPECT_EQ(taken(buckets, "b", start, 5), 2);
  EXPECT_EQ(taken(buckets, "", start, 5), 2);
}

TEST(TokenBuckets, without_a_rate_limit_nothing) {
  TokenBuckets buckets({}, 64, seed);
  EXPECT_EQ(taken(buckets, "a", start, 5000), 5000);
}

TEST(TokenBuckets, take_no_harm_when_time_goes_back) {
  TokenBuckets buckets({.per_s = 1, .burst = 2}, 64, seed);
  EXPECT_EQ(taken(buckets, "a", start, 5), 2);
  EXPECT_GT(buckets.take("a", start - seconds(10)), Duration{});
  EXPECT_EQ(taken(buckets, "a", start + seconds(2), 5), 2);
}

// Callers without number do not make it grow; whoever is busy is not forgotten for those who rest.
TEST(TokenBuckets, forget_those_who_rest) {
  TokenBuckets buckets({.per_s = 1, .burst = 100}, 64, seed);
  EXPECT_EQ(taken(buckets, "busy", start, 200), 100);
  for (int i = 0; i < 10'000; ++i) EXPECT_EQ(buckets.take("passer-by " + std::to_string(i), start), Duration{});
  EXPECT_GT(buckets.take("busy", start), Duration{});
}

}  // namespace
}  // namespace menkyo
