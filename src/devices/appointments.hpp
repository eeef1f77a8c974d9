#pragma once
// When devices that had to be refused are told to come again (Retry-After).

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace menkyo::devices {

// The last appointment that was given. Not thread-safe; each server has its own.
struct Appointments {
  Instant last{};
};

// How busy the server is: messages that wait, and messages that it answers in a second now.
struct Pressure {
  size_t waiting = 0;
  double answered_per_s = 0;
};

inline constexpr int64_t longest_appointment_s = 3600;

// Gives the next appointment, in seconds from now (1 to longest_appointment_s). Those who are refused one after the
// other come again one after the other, after those who wait already and at half of the rate at which messages are
// answered: the other half is left for devices that come by themselves. Beyond the longest appointment they get any
// moment of its later half; `chance` is a random number, even over all values. Never throws.
int64_t retry_after_s(Appointments& appointments, Pressure const& pressure, Instant now, uint64_t chance);

}  // namespace menkyo::devices
