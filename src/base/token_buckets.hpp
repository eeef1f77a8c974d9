#pragma once
// How often each of many callers may do something: a steady rate, and a store for bursts. The table is of a fixed
// size, so that no number of callers makes it grow.

#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"

namespace menkyo {

struct RateRule {
  int64_t per_s = 0;  // in the long run; nought: no limit
  int64_t burst = 1;  // at once, after a while of rest
};

// Thread-safe. Each bucket is one instant (the generic cell rate algorithm, ITU-T I.371). Where too many callers meet
// in one part of the table, the one that rested longest is forgotten, which can only be in its favour.
class TokenBuckets {
 public:
  // Room for about `capacity` callers at once, 16 bytes each; `seed` makes it unknown who meets whom in the table.
  TokenBuckets(RateRule rule, size_t capacity, Seed const& seed);

  // Takes a token of that caller and returns zero, or how long it takes until there is one. `now` must come from a
  // clock that goes on at an even pace; going back does no harm but to the rate.
  Duration take(std::string_view caller, Instant now);
  RateRule const& rule() const { return rule_; }

 private:
  static constexpr size_t ways = 8;
  struct Slot {
    uint64_t caller = 0;
    Instant empty_until{};  // when the bucket will be full again
  };

  RateRule rule_;
  Duration each_{}, store_{};  // the time of one token, and of a full bucket
  std::array<uint8_t, 16> key_;
  std::mutex mutex_;
  std::vector<Slot> slots_;
};

}  // namespace menkyo
