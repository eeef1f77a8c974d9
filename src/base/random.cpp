#include "base/random.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <mutex>

namespace menkyo {

namespace {
class SystemSeeds final : public SeedSource {
 public:
  Seed next() override {
    Seed seed;
    randombytes_buf(seed.data(), seed.size());
    return seed;
  }
};
}  // namespace

SeedSource& system_seeds() {
  static SystemSeeds seeds;
  return seeds;
}

void Random::refill() {
  // Each block has its own key, so the stream has no length limit: key = seed xor block number.
  Seed key = seed_;
  for (int i = 0; i < 8; ++i) key[size_t(i)] = uint8_t(key[size_t(i)] ^ uint8_t(blocks_ >> (8 * i)));
  static_assert(randombytes_SEEDBYTES == sizeof(Seed));
  randombytes_buf_deterministic(block_.data(), block_.size(), key.data());
  ++blocks_;
  used_ = 0;
}

void Random::fill(std::span<uint8_t> out) {
  for (uint8_t& b : out) {
    if (used_ == block_.size()) refill();
    b = block_[used_++];
  }
}

uint64_t Random::next() {
  uint8_t raw[8];
  fill(raw);
  uint64_t value;
  std::memcpy(&value, raw, sizeof value);
  return value;
}

uint64_t Random::below(uint64_t bound) {
  // Values in the last, incomplete stretch are drawn again, so that all results are equally likely.
  uint64_t const rest = UINT64_MAX % bound + 1;
  uint64_t const limit = rest == bound ? UINT64_MAX : UINT64_MAX - rest;
  for (;;) {
    uint64_t const value = next();
    if (value <= limit) return value % bound;
  }
}

Bytes Random::bytes(size_t count) {
  Bytes out(count);
  fill(out);
  return out;
}

namespace {

constexpr uint64_t rand_b_bits = (uint64_t(1) << 62) - 1;

// The 62 bits behind the variant (RFC 9562 section 5.7).
uint64_t rand_b(std::array<uint8_t, 16> const& id) {
  uint64_t value = 0;
  for (size_t i = 8; i < 16; ++i) value = value << 8 | id[i];
  return value & rand_b_bits;
}

}  // namespace

std::array<uint8_t, 16> Random::uuid7(Instant now) {
  std::array<uint8_t, 16> id;
  fill(id);
  auto const time = first_uuid7(now);
  if (std::equal(time.begin(), time.begin() + 6, last_id_.begin())) {
    // Steps of up to 2^32 leave room for 2^29 identifiers, more than any stream makes.
    uint64_t const tail = rand_b(last_id_) + 1 + (rand_b(id) & 0xffff'ffff);
    std::copy_n(last_id_.begin(), 8, id.begin());
    for (size_t i = 0; i < 8; ++i) id[8 + i] = uint8_t(tail >> (56 - 8 * i));
  } else {
    std::copy_n(time.begin(), 6, id.begin());
    id[6] = uint8_t((id[6] & 0x0f) | 0x70);
    // The highest of the 62 bits is left to those that follow (section 6.2).
    id[8] &= 0x1f;
  }
  id[8] = uint8_t((id[8] & 0x3f) | 0x80);
  return last_id_ = id;
}

std::array<uint8_t, 16> first_uuid7(Instant at) {
  auto const ms = uint64_t(std::chrono::floor<std::chrono::milliseconds>(at).time_since_epoch().count());
  std::array<uint8_t, 16> id{};
  for (size_t i = 0; i < 6; ++i) id[i] = uint8_t(ms >> (40 - 8 * i));
  return id;
}

struct FixedSeeds::State {
  std::mutex mutex;
  Random random;
};

namespace {
Seed widen(uint64_t seed) {
  Seed wide{};
  std::memcpy(wide.data(), &seed, sizeof seed);
  return wide;
}
}  // namespace

FixedSeeds::FixedSeeds(uint64_t seed) : state_(new State{{}, Random(widen(seed))}) {}
FixedSeeds::~FixedSeeds() {
  delete state_;
}

Seed FixedSeeds::next() {
  std::lock_guard lock(state_->mutex);
  Seed seed;
  state_->random.fill(seed);
  return seed;
}

}  // namespace menkyo
