#include "base/time_zone.hpp"

#include <unicode/gregocal.h>
#include <unicode/timezone.h>

#include <memory>
#include <stdexcept>

namespace menkyo {

std::optional<Instant> end_of_day(std::chrono::year_month_day day, std::string_view time_zone) {
  std::unique_ptr<icu::TimeZone> const zone(icu::TimeZone::createTimeZone(
      icu::UnicodeString::fromUTF8(icu::StringPiece(time_zone.data(), int32_t(time_zone.size())))));
  if (*zone == icu::TimeZone::getUnknown()) return {};
  UErrorCode status = U_ZERO_ERROR;
  icu::GregorianCalendar calendar(*zone, status);
  calendar.clear();
  // Its months begin with 0.
  calendar.set(int(day.year()), int(unsigned(day.month())) - 1, int(unsigned(day.day())), 23, 59, 59);
  auto const ms = calendar.getTime(status);
  if (U_FAILURE(status)) throw std::runtime_error(u_errorName(status));
  return Instant(std::chrono::milliseconds(int64_t(ms)));
}

}  // namespace menkyo
