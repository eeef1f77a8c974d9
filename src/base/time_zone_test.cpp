#include "base/time_zone.hpp"

#include <gtest/gtest.h>

namespace menkyo {
namespace {

using namespace std::chrono;

TEST(TimeZone, a_day_ends_by_the_clocks_of_its_zone) {
  struct Case {
    year_month_day day;
    std::string_view zone;
    std::optional<std::string_view> end;
  };
  for (auto const& [day, zone, end] : std::vector<Case>{
           {2027y / 3 / 31, "Asia/Tokyo", "2027-03-31T14:59:59Z"},
           {2027y / 3 / 31, "UTC", "2027-03-31T23:59:59Z"},
           // Two days of the year on which the clocks are changed.
           {2027y / 3 / 27, "Europe/Berlin", "2027-03-27T22:59:59Z"},
           {2027y / 3 / 28, "Europe/Berlin", "2027-03-28T21:59:59Z"},
           {2027y / 12 / 31, "America/St_Johns", "2028-01-01T03:29:59Z"},
           {2028y / 2 / 29, "Pacific/Kiritimati", "2028-02-29T09:59:59Z"},
           {2027y / 3 / 31, "Asia/Nowhere", {}},
           {2027y / 3 / 31, "", {}},
       }) {
    auto const got = end_of_day(day, zone);
    EXPECT_EQ(got ? to_rfc3339(*got) : "", end.value_or("")) << zone;
  }
}

}  // namespace
}  // namespace menkyo
