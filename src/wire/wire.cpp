#include "wire/wire.hpp"

#include <charconv>

#include "base/text.hpp"

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

// In UTF-8: C0 and DEL, C1, line and paragraph separator, and the characters that turn the direction (see types.hpp).
bool is_control(std::string_view at) {
  auto const c = uint8_t(at[0]);
  if (c < 0x20 || c == 0x7F) return true;
  if (c == 0xC2) return uint8_t(at[1]) < 0xA0;
  if (!at.starts_with("\xE2\x80") && !at.starts_with("\xE2\x81")) return false;
  return (at >= "\u2028" && at < "\u202F") || (at >= "\u2066" && at < "\u206A");
}

}  // namespace

void check_text(std::string& text, TextKind kind, size_t min, size_t max, std::string const& path, Errors& errors) {
  if (!json::is_text(text)) return add_error(errors, path, "not_text", "must be UTF-8 text");
  if (kind != TextKind::exact && kind != TextKind::file) trim_spaces(text);
  if (kind == TextKind::line && fold_name(text).empty()) text.clear();
  size_t const length = code_points(text);
  if (length == 0 && min > 0) return add_error(errors, path, "empty", "must not be empty");
  if (length < min) add_error(errors, path, "too_short", "must have at least " + std::to_string(min) + " characters");
  if (length > max) add_error(errors, path, "too_long", "must have at most " + std::to_string(max) + " characters");
  if (kind == TextKind::file) return;
  for (size_t at = 0; at < text.size(); ++at)
    if (is_control(std::string_view(text).substr(at)) && (text[at] != '\n' || kind == TextKind::line))
      return add_error(errors, path, "control_character", "must not contain control characters");
}

}  // namespace menkyo::wire
