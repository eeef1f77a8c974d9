#pragma once
// Structured logs: one JSON object a line on standard error. Values are facts about the program - ids, counts, codes,
// durations - never personal data and never secrets. Thread-safe.

#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace menkyo::log {

enum class Level { debug, info, warning, error, off };

struct Field {
  std::string_view name;
  std::variant<int64_t, std::string_view> value;
  Field(std::string_view n, std::string_view v) : name(n), value(v) {}
  Field(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
  Field(std::string_view n, std::string const& v) : name(n), value(std::string_view(v)) {}
  template <class I>
  requires std::is_integral_v<I> Field(std::string_view n, I v) : name(n), value(int64_t(v)) {}
};

// What is below `level` is not written. Set once at start.
void set_level(Level level);
void write(Level level, std::string_view event, std::initializer_list<Field> fields) noexcept;

inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::info, event, fields);
}
inline void warning(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::warning, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::error, event, fields);
}

}  // namespace menkyo::log
