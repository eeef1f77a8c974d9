#include "base/random.hpp"

#include <gtest/gtest.h>

namespace menkyo {
namespace {

Instant const noon = Instant(std::chrono::milliseconds(1'700'000'000'000));

TEST(Random, identifiers_of_one_stream_ascend_within_a_millisecond) {
  auto const seeds = std::make_unique<FixedSeeds>(7);
  for (int round = 0; round < 100; ++round) {
    Random random(seeds->next());
    auto last = random.uuid7(noon);
    for (int i = 0; i < 1000; ++i) {
      auto const next = random.uuid7(noon);
      ASSERT_LT(last, next);
      ASSERT_EQ(next[6] >> 4, 7);
      ASSERT_EQ(next[8] >> 6, 2);
      last = next;
    }
  }
}

TEST(Random, an_identifier_has_the_milliseconds_of_its_instant) {
  FixedSeeds seeds(7);
  Random random(seeds.next());
  for (auto const at : {noon, noon + std::chrono::milliseconds(1), noon - std::chrono::hours(1)}) {
    auto const first = first_uuid7(at), id = random.uuid7(at);
    EXPECT_TRUE(std::equal(first.begin(), first.begin() + 6, id.begin()));
  }
}

TEST(Random, streams_have_identifiers_of_their_own) {
  FixedSeeds seeds(7);
  EXPECT_NE(Random(seeds.next()).uuid7(noon), Random(seeds.next()).uuid7(noon));
}

}  // namespace
}  // namespace menkyo
