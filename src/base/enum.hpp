#pragma once
// Enumerations whose words are the same in C++, SQL, JSON and TypeScript.
//
//   MENKYO_ENUM(LicenseType, PERPETUAL, TERM, DEMO)
//
// declares the enumeration with to_text, from_text and enum_words beside it, where argument-dependent look-up finds
// them.

#include <array>
#include <string_view>

namespace menkyo::detail {

template <size_t N>
constexpr std::array<std::string_view, N> split_words(std::string_view list) {
  std::array<std::string_view, N> words{};
  for (auto& word : words) {
    while (list.front() == ' ') list.remove_prefix(1);
    auto const end = std::min(list.find(','), list.size());
    word = list.substr(0, end);
    while (word.back() == ' ') word.remove_suffix(1);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return words;
}

constexpr size_t count_words(std::string_view list) {
  size_t n = 1;
  for (char c : list) n += c == ',';
  return n;
}

}  // namespace menkyo::detail

#define MENKYO_ENUM(Name, ...)                                                                       \
  enum class Name { __VA_ARGS__ };                                                                   \
  constexpr auto enum_words(Name) {                                                                  \
    return ::menkyo::detail::split_words<::menkyo::detail::count_words(#__VA_ARGS__)>(#__VA_ARGS__); \
  }                                                                                                  \
  inline std::string_view to_text(Name value) {                                                      \
    static constexpr auto words = enum_words(Name{});                                                \
    return words[size_t(value)];                                                                     \
  }                                                                                                  \
  inline bool from_text(std::string_view text, Name& value) {                                        \
    static constexpr auto words = enum_words(Name{});                                                \
    for (size_t i = 0; i < words.size(); ++i)                                                        \
      if (words[i] == text) return value = Name(i), true;                                            \
    return false;                                                                                    \
  }
