#pragma once
// Field types that carry their limits, so that decoding, the published schema and the portal's forms agree on them.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace menkyo::wire {

// Text of Min to Max characters (Unicode code points), trimmed of surrounding white space on the way in. Without
// control characters other than line breaks, and without those that turn the direction of writing around, which would
// show what follows in another order than it is read (U+202A to U+202E, U+2066 to U+2069; Unicode Standard Annex 9,
// section 2). The marks U+200E and U+200F, which right-to-left text needs, only act on their neighbours and are
// taken.
template <size_t Min, size_t Max>
struct Text : std::string {
  using std::string::string;
  Text(std::string text) : std::string(std::move(text)) {}
};

// The same on one line, for names and addresses: they stand in lists, subjects of mails and log lines. At least one
// character that is seen; text without counts as empty.
template <size_t Min, size_t Max>
struct Line : std::string {
  using std::string::string;
  Line(std::string text) : std::string(std::move(text)) {}
};

// Text taken exactly as it comes (a password, a token): no trimming.
template <size_t Min, size_t Max>
struct Exact : std::string {
  using std::string::string;
  Exact(std::string text) : std::string(std::move(text)) {}
};

// A whole file as text: nothing but its length is looked at, because whoever reads it tells more of what is wrong.
template <size_t Max>
struct File : std::string {
  using std::string::string;
  File(std::string text) : std::string(std::move(text)) {}
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
