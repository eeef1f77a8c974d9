#pragma once
// Time as the database keeps it: microseconds UTC. Nothing but the clocks here reads the machine's clock.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace menkyo {

using Duration = std::chrono::microseconds;
using Instant = std::chrono::sys_time<Duration>;

inline constexpr Instant forever{Duration{INT64_MAX}};

constexpr int64_t to_us(Instant t) {
  return t.time_since_epoch().count();
}
constexpr Instant from_us(int64_t us) {
  return Instant{Duration{us}};
}

// RFC 3339 in UTC; whole seconds are written without a fraction, otherwise six digits. Years 0000 to 9999.
std::string to_rfc3339(Instant t);
// Accepts RFC 3339 with any offset and up to six digits of fraction; nullopt for anything else.
std::optional<Instant> from_rfc3339(std::string_view text);

// Where "now" comes from. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

// The machine's clock.
Clock const& system_clock();
// Never goes back and never jumps; its zero means nothing. For rates, not for dates.
Clock const& monotonic_clock();

// A clock that tests set; safe to read and move from any thread.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start) : now_us_(to_us(start)) {}
  Instant now() const override { return from_us(__atomic_load_n(&now_us_, __ATOMIC_SEQ_CST)); }
  void set(Instant t) { __atomic_store_n(&now_us_, to_us(t), __ATOMIC_SEQ_CST); }
  void advance(Duration d) { __atomic_fetch_add(&now_us_, d.count(), __ATOMIC_SEQ_CST); }

 private:
  int64_t now_us_;
};

}  // namespace menkyo
