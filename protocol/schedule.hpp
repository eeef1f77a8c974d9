#pragma once
// When a device does what it does again and again, so that a fleet is spread evenly whatever made its devices speak
// at once: a roll-out, an outage, a shortage. Each device has a place of its own in the period, which follows from
// its id. From whatever moment it comes, it is sent back to its place, so that no bunch outlives one period. Values
// and pure functions: any thread.

#include <string_view>

#include "protocol/bytes.hpp"

namespace menkyo::protocol {

enum class Errand : uint8_t { check_in, report, renew_identity };

struct Window {
  Instant from{}, to{};
};

// A number that is the device's own, different for each errand: the first 8 bytes of a SHA-256.
uint64_t place_of(std::string_view device_id, Errand errand);

// The seconds after which a device comes to the same place again: eight tenths of the interval.
int64_t period_s(int64_t interval_s);

// The window for the next time, for a device that came at `now`: it begins at the device's place, a tenth of the
// interval from now at the soonest, and ends within the interval. It is a tenth of the interval long.
Window window_after(uint64_t place, int64_t interval_s, Instant now);
inline Window window_after(std::string_view device_id, Errand errand, int64_t interval_s, Instant now) {
  return window_after(place_of(device_id, errand), interval_s, now);
}

}  // namespace menkyo::protocol
