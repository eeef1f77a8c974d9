#include "protocol/schedule.hpp"

#include <algorithm>
#include <string>

namespace menkyo::protocol {

namespace {

using std::chrono::seconds;

std::string_view name_of(Errand errand) {
  switch (errand) {
    case Errand::check_in:
      return "check_in";
    case Errand::report:
      return "report";
    case Errand::renew_identity:
      break;
  }
  return "renew_identity";
}

int64_t width_s(int64_t interval_s) {
  return std::max<int64_t>(1, interval_s / 10);
}

}  // namespace

uint64_t place_of(std::string_view device_id, Errand errand) {
  auto const digest = sha256(std::string(name_of(errand)).append(" ").append(device_id));
  uint64_t place = 0;
  for (size_t i = 0; i < 8; ++i) place = place << 8 | digest[i];
  return place;
}

int64_t period_s(int64_t interval_s) {
  return std::max<int64_t>(1, interval_s - 2 * width_s(interval_s));
}

Window window_after(uint64_t place, int64_t interval_s, Instant now) {
  auto const period = period_s(interval_s);
  auto const width = seconds(width_s(interval_s));
  auto const soonest = std::chrono::ceil<seconds>(now) + width;
  // The periods begin where the time of the system does, for all devices alike; their places differ.
  auto const at = static_cast<int64_t>(place % static_cast<uint64_t>(period));
  auto const ahead = (at - soonest.time_since_epoch().count() % period + 2 * period) % period;
  auto const from = soonest + seconds(ahead);
  return {from, from + width};
}

}  // namespace menkyo::protocol
