#pragma once
// The agent's own rules of time: how long tick() waits after a failure, and where in a window it acts. Pure functions
// of what they are given, so that the behaviour of a whole fleet can be calculated (bench/herd.hpp).

#include <cstdint>
#include <functional>
#include <optional>

#include "protocol/messages.hpp"
#include "protocol/schedule.hpp"

namespace menkyo::agent {

// Even over [0, bound); bound > 0.
using Chance = std::function<int64_t(int64_t bound)>;

// What failed: something that a person or the product waits for, or what comes round anyway (check-in, report,
// renewal of the identity).
enum class Need : uint8_t { awaited, routine };

// Seconds until the next try, after `failures` earlier ones in a row. A server's `retry_after_s` is always kept.
int64_t wait_s(protocol::Policy const& policy, Need need, int64_t failures, std::optional<int64_t> retry_after_s,
               Chance const& chance);

protocol::Instant moment_in(protocol::Window const& window, Chance const& chance);

// A moment that the server named, on the device's own clock, however wrong that stands.
inline protocol::Instant on_own_clock(protocol::Instant named, protocol::Instant answered_at, protocol::Instant now) {
  return now + (named - answered_at);
}

// Also when `at` is further away than it can be meant: the clock was ahead when it was set, and has been put right.
inline bool is_due(std::optional<protocol::Instant> const& at, int64_t furthest_s, protocol::Instant now) {
  return at && (*at <= now || *at > now + std::chrono::seconds(furthest_s));
}

}  // namespace menkyo::agent
