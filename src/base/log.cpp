#include "base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/time.hpp"

namespace menkyo::log {

namespace {

spdlog::logger& logger() {
  static auto instance = [] {
    auto l = std::make_shared<spdlog::logger>("menkyo", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    l->set_pattern("%v");
    l->set_level(spdlog::level::info);
    l->flush_on(spdlog::level::info);
    return l;
  }();
  return *instance;
}

spdlog::level::level_enum spd(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
    case Level::off:
      break;
  }
  return spdlog::level::off;
}

std::string_view word(Level level) {
  constexpr std::string_view words[] = {"debug", "info", "warning", "error", "off"};
  return words[size_t(level)];
}

// Escapes everything that could end the string or the line; bytes beyond ASCII pass through.
void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (uint8_t(c) < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", unsigned(uint8_t(c)));
      out += escaped;
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

void set_level(Level level) {
  logger().set_level(spd(level));
}

void write(Level level, std::string_view event, std::initializer_list<Field> fields) noexcept try {
  if (!logger().should_log(spd(level))) return;
  std::string line = "{\"at\":\"" + to_rfc3339(system_clock().now()) + "\",\"level\":\"";
  line += word(level);
  line += "\",\"event\":";
  append_quoted(line, event);
  for (auto const& field : fields) {
    line += ',';
    append_quoted(line, field.name);
    line += ':';
    if (auto const* number = std::get_if<int64_t>(&field.value))
      line += std::to_string(*number);
    else
      append_quoted(line, std::get<std::string_view>(field.value));
  }
  logger().log(spd(level), line + "}");
} catch (std::exception const&) {
  // No memory for the line: it is lost, and what it told of goes on.
}

}  // namespace menkyo::log
