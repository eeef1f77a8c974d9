#include "devices/appointments.hpp"

#include <algorithm>

namespace menkyo::devices {

namespace {

using std::chrono::seconds;

constexpr double share_of_the_refused = 0.5;
// A server that answers nothing just now will do so again, and is not asked more often than it can refuse.
constexpr double slowest_per_s = 0.1;

Duration duration(double s) {
  return std::chrono::round<Duration>(std::chrono::duration<double>(std::min(s, double(longest_appointment_s) + 1)));
}

}  // namespace

int64_t retry_after_s(Appointments& appointments, Pressure const& pressure, Instant now, uint64_t chance) {
  auto const rate = std::max(pressure.answered_per_s, slowest_per_s);
  auto const drained = now + duration(double(pressure.waiting) / rate);
  auto const latest = now + seconds(longest_appointment_s);
  auto const next = std::max(appointments.last, drained) + duration(1 / (rate * share_of_the_refused));
  appointments.last = std::min(next, latest);
  constexpr auto half = longest_appointment_s / 2;
  if (next > latest) return half + 1 + int64_t(chance % uint64_t(half));
  return std::max<int64_t>(1, std::chrono::ceil<seconds>(next - now).count());
}

}  // namespace menkyo::devices
