#include "base/time.hpp"

#include <cstdio>

namespace menkyo {

std::string to_rfc3339(Instant t) {
  using namespace std::chrono;
  auto const day = floor<days>(t);
  year_month_day const date{day};
  hh_mm_ss const time{floor<seconds>(t) - day};
  auto const fraction = (t - floor<seconds>(t)).count();
  char text[64];
  int n = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", int(date.year()), unsigned(date.month()),
                        unsigned(date.day()), int(time.hours().count()), int(time.minutes().count()),
                        int(time.seconds().count()));
  if (fraction != 0) n += std::snprintf(text + n, sizeof text - size_t(n), ".%06d", int(fraction));
  return std::string(text, size_t(n)) + "Z";
}

namespace {

// Reads exactly `digits` decimal digits at `at`, moving past them; -1 if they are not there.
int read_number(std::string_view text, size_t& at, int digits) {
  int value = 0;
  for (int i = 0; i < digits; ++i, ++at) {
    if (at >= text.size() || text[at] < '0' || text[at] > '9') return -1;
    value = value * 10 + (text[at] - '0');
  }
  return value;
}

bool read_mark(std::string_view text, size_t& at, std::string_view any_of) {
  if (at >= text.size() || any_of.find(text[at]) == std::string_view::npos) return false;
  ++at;
  return true;
}

}  // namespace

std::optional<Instant> from_rfc3339(std::string_view text) {
  using namespace std::chrono;
  size_t at = 0;
  int const y = read_number(text, at, 4);
  if (y < 0 || !read_mark(text, at, "-")) return {};
  int const mo = read_number(text, at, 2);
  if (mo < 0 || !read_mark(text, at, "-")) return {};
  int const d = read_number(text, at, 2);
  if (d < 0 || !read_mark(text, at, "Tt ")) return {};
  int const h = read_number(text, at, 2);
  if (h < 0 || h > 23 || !read_mark(text, at, ":")) return {};
  int const mi = read_number(text, at, 2);
  if (mi < 0 || mi > 59 || !read_mark(text, at, ":")) return {};
  int const s = read_number(text, at, 2);
  if (s < 0 || s > 59) return {};
  int64_t fraction_us = 0;
  if (at < text.size() && text[at] == '.') {
    ++at;
    int digits = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++digits) {
      if (digits >= 6) return {};
      fraction_us = fraction_us * 10 + (text[at] - '0');
    }
    if (digits == 0) return {};
    for (; digits < 6; ++digits) fraction_us *= 10;
  }
  minutes offset{0};
  if (!read_mark(text, at, "Zz")) {
    bool const east = at < text.size() && text[at] == '+';
    if (!read_mark(text, at, "+-")) return {};
    int const oh = read_number(text, at, 2);
    if (oh < 0 || oh > 23 || !read_mark(text, at, ":")) return {};
    int const om = read_number(text, at, 2);
    if (om < 0 || om > 59) return {};
    offset = (east ? 1 : -1) * (hours{oh} + minutes{om});
  }
  if (at != text.size()) return {};
  year_month_day const date{year{y}, month{unsigned(mo)}, day{unsigned(d)}};
  if (!date.ok()) return {};
  return Instant{sys_days{date}} + hours{h} + minutes{mi} + seconds{s} + Duration{fraction_us} - offset;
}

namespace {
class SystemClock final : public Clock {
 public:
  Instant now() const override { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }
};
}  // namespace

Clock const& system_clock() {
  static SystemClock clock;
  return clock;
}

}  // namespace menkyo
