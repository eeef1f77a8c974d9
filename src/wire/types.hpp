#pragma once
// Field types that carry their limits, so that decoding, the published schema and the portal's forms agree on them.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace menkyo::wire {

// Text of Min to Max characters (Unicode code points), without control characters other than line breaks, trimmed of
// surrounding white space on the way in.
template <size_t Min, size_t Max>
struct Text : std::string {
  using std::string::string;
  Text(std::string text) : std::string(std::move(text)) {}
};

// Text taken exactly as it comes (a password, a token): no trimming.
template <size_t Min, size_t Max>
struct Exact : std::string {
  using std::string::string;
  Exact(std::string text) : std::string(std::move(text)) {}
};

// A whole number from Min to Max.
template <int64_t Min, int64_t Max>
struct Whole {
  int64_t value = Min;
  operator int64_t() const { return value; }
};

// JSON that is already text: events keep their data so. Never decoded from requests.
struct Json {
  std::string text = "{}";
};

// A count that is not followed beyond its cap: "10,000+".
struct CappedCount {
  int64_t value = 0;
  bool capped = false;
};

// Nothing: the answer of an operation that only does.
struct Empty {};

// One page of a list. The cursor is opaque; without one this was the last page.
template <class T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next_cursor;
  std::optional<CappedCount> total;
};

}  // namespace menkyo::wire
