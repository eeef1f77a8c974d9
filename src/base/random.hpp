#pragma once
// Chance that can be repeated: a stream of bytes that one 32-byte seed determines. With a seed from the operating
// system it is fit for secrets (ChaCha20, libsodium's randombytes_buf_deterministic), with a fixed seed a test
// replays.

#include <array>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace menkyo {

using Seed = std::array<uint8_t, 32>;

// Where each request's seed comes from. Thread-safe.
class SeedSource {
 public:
  virtual ~SeedSource() = default;
  virtual Seed next() = 0;
};

// Seeds from the operating system.
SeedSource& system_seeds();

// One stream; not thread-safe. Equal seeds give equal streams.
class Random {
 public:
  explicit Random(Seed const& seed) : seed_(seed) {}

  void fill(std::span<uint8_t> out);
  uint64_t next();
  // Even over [0, bound); bound > 0.
  uint64_t below(uint64_t bound);
  Bytes bytes(size_t count);

  // UUIDv7 (RFC 9562 section 5.7) of the instant's milliseconds and 74 bits of this stream. Those of one stream
  // ascend while the instant does not go back: within a millisecond each is the one before and a random step more
  // (section 6.2, method 2).
  std::array<uint8_t, 16> uuid7(Instant now);

 private:
  void refill();

  Seed seed_;
  std::array<uint8_t, 256> block_{};
  size_t used_ = sizeof block_;
  uint64_t blocks_ = 0;
  std::array<uint8_t, 16> last_id_{};
};

// No UUIDv7 of that instant or later is smaller.
std::array<uint8_t, 16> first_uuid7(Instant at);

// Seeds that follow from one seed: equal sources give equal sequences. Thread-safe.
class FixedSeeds final : public SeedSource {
 public:
  explicit FixedSeeds(uint64_t seed);
  ~FixedSeeds() override;
  Seed next() override;

 private:
  struct State;
  State* state_;
};

}  // namespace menkyo
