#pragma once
// Days by the clocks of people. Pure functions, safe from any thread.

#include "base/time.hpp"

namespace menkyo {

// The last second of that day, 23:59:59, where clocks go by that zone of the IANA time zone database ("Asia/Tokyo").
// nullopt if there is no such zone; the day is one of the calendar.
std::optional<Instant> end_of_day(std::chrono::year_month_day day, std::string_view time_zone);

}  // namespace menkyo
