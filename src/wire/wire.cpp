#include "wire/wire.hpp"

#include <charconv>

namespace menkyo::wire {

void add_error(Errors& errors, std::string const& path, std::string_view code, std::string detail) {
  // A request with thousands of faults is not answered with thousands of lines.
  if (errors.size() < 100) errors.push_back({path, std::string(code), std::move(detail)});
}

std::string pointer_to(std::string const& path, std::string_view name) {
  auto out = path + "/";
  for (char c : name) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

bool parse_whole(std::string_view text, int64_t& out) {
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

namespace {

// White space as people paste it: ASCII, no-break space and the ideographic space.
size_t space_at(std::string_view text) {
  if (text.empty()) return 0;
  if (text[0] == ' ' || text[0] == '\t' || text[0] == '\n' || text[0] == '\r') return 1;
  if (text.starts_with("\xC2\xA0")) return 2;
  if (text.starts_with("\xE3\x80\x80")) return 3;
  return 0;
}

void trim_spaces(std::string& text) {
  size_t begin = 0;
  while (size_t const n = space_at(std::string_view(text).substr(begin))) begin += n;
  text.erase(0, begin);
  for (bool again = true; again && !text.empty();) {
    again = false;
    for (size_t n = 1; n <= 3 && n <= text.size(); ++n)
      if (space_at(std::string_view(text).substr(text.size() - n)) == n) {
        text.resize(text.size() - n);
        again = true;
        break;
      }
  }
}

size_t code_points(std::string_view text) {
  size_t n = 0;
  for (char c : text) n += (uint8_t(c) & 0xC0) != 0x80;
  return n;
}

}  // namespace

void check_text(std::string& text, size_t min, size_t max, bool trim, std::string const& path, Errors& errors) {
  if (!json::is_text(text)) return add_error(errors, path, "not_text", "must be UTF-8 text");
  if (trim) trim_spaces(text);
  size_t const length = code_points(text);
  if (length == 0 && min > 0) return add_error(errors, path, "empty", "must not be empty");
  if (length < min) add_error(errors, path, "too_short", "must have at least " + std::to_string(min) + " characters");
  if (length > max) add_error(errors, path, "too_long", "must have at most " + std::to_string(max) + " characters");
  for (char c : text)
    if ((uint8_t(c) < 0x20 && c != '\n') || c == 0x7f)
      return add_error(errors, path, "control_character", "must not contain control characters");
}

}  // namespace menkyo::wire
