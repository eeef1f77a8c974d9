#include "base/time.hpp"

#include "protocol/bytes.hpp"

namespace menkyo {

std::string to_rfc3339(Instant t) {
  return protocol::to_rfc3339(t);
}
std::optional<Instant> from_rfc3339(std::string_view text) {
  return protocol::from_rfc3339(text);
}

namespace {
class SystemClock final : public Clock {
 public:
  Instant now() const override { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }
};

class MonotonicClock final : public Clock {
 public:
  Instant now() const override {
    return Instant(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
  }
};
}  // namespace

Clock const& monotonic_clock() {
  static MonotonicClock clock;
  return clock;
}

Clock const& system_clock() {
  static SystemClock clock;
  return clock;
}

}  // namespace menkyo
