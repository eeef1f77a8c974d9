#include "base/token_buckets.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>

namespace menkyo {

TokenBuckets::TokenBuckets(RateRule rule, size_t capacity, Seed const& seed) : rule_(rule) {
  static_assert(crypto_shorthash_KEYBYTES == std::tuple_size_v<decltype(key_)>);
  Random(seed).fill(key_);
  if (rule_.per_s <= 0) return;
  rule_.burst = std::max<int64_t>(1, rule_.burst);
  each_ = std::max(Duration(1), Duration(std::chrono::seconds(1)) / rule_.per_s);
  store_ = each_ * rule_.burst;
  slots_.resize(std::max<size_t>(1, capacity / ways) * ways);
}

Duration TokenBuckets::take(std::string_view caller, Instant now) {
  if (slots_.empty()) return {};
  uint64_t hash = 0;
  crypto_shorthash(reinterpret_cast<uint8_t*>(&hash), reinterpret_cast<const uint8_t*>(caller.data()), caller.size(),
                   key_.data());
  std::lock_guard lock(mutex_);
  auto* const first = &slots_[(hash >> 32) % (slots_.size() / ways) * ways];
  auto* slot = std::find_if(first, first + ways, [&](Slot const& s) { return s.caller == hash; });
  if (slot == first + ways) {
    slot = std::min_element(first, first + ways,
                            [](Slot const& a, Slot const& b) { return a.empty_until < b.empty_until; });
    *slot = {hash, now};
  }
  auto const begin = std::max(slot->empty_until, now);
  if (auto const over = begin + each_ - now - store_; over > Duration{}) return over;
  slot->empty_until = begin + each_;
  return {};
}

}  // namespace menkyo
