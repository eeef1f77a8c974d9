#pragma once
// What goes into a statement and what comes out of one: the conversions between C++ and the five kinds of SQL value.

#include <concepts>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/bytes.hpp"
#include "base/id.hpp"
#include "base/time.hpp"

namespace menkyo::db {

// A parameter. Text and bytes are views: they must outlive the call they are given to.
using Value = std::variant<std::monostate, bool, int64_t, std::string_view, ByteView>;

inline Value to_value(std::nullopt_t) {
  return {};
}
inline Value to_value(bool v) {
  return v;
}
template <std::integral T>
requires(!std::same_as<T, bool>) Value to_value(T v) {
  if (!std::in_range<int64_t>(v)) throw std::out_of_range("a number is too large for the database");
  return int64_t(v);
}
inline Value to_value(std::string_view v) {
  return v;
}
inline Value to_value(std::string const& v) {
  return std::string_view(v);
}
inline Value to_value(const char* v) {
  return std::string_view(v);
}
inline Value to_value(ByteView v) {
  return v;
}
inline Value to_value(Bytes const& v) {
  return ByteView(v);
}
inline Value to_value(Instant v) {
  return to_us(v);
}
template <size_t N>
Value to_value(std::array<uint8_t, N> const& v) {
  return ByteView(v);
}
template <class Tag>
Value to_value(Id<Tag> const& v) {
  return ByteView(v.bytes);
}
// Enumerations are stored as their word; a capability gives `std::string_view to_text(E)`.
template <class E>
requires std::is_enum_v<E> Value to_value(E v) {
  return std::string_view(to_text(v));
}
template <class T>
Value to_value(std::optional<T> const& v) {
  return v ? to_value(*v) : Value{};
}

// The current row of a result; valid until the next one is fetched.
class Row {
 public:
  virtual ~Row() = default;
  virtual int columns() const = 0;
  virtual bool is_null(int column) const = 0;
  virtual int64_t integer(int column) const = 0;
  virtual std::string_view text(int column) const = 0;
  virtual ByteView bytes(int column) const = 0;
};

// A column held something that the C++ type cannot take: a fault of the program or a damaged database.
struct ColumnMismatch : std::logic_error {
  using std::logic_error::logic_error;
};

inline void read(Row const& row, int i, bool& out) {
  out = row.integer(i) != 0;
}
template <std::integral T>
requires(!std::same_as<T, bool>) void read(Row const& row, int i, T& out) {
  int64_t const v = row.integer(i);
  if (!std::in_range<T>(v)) throw ColumnMismatch("column " + std::to_string(i) + " is out of range");
  out = T(v);
}
inline void read(Row const& row, int i, std::string& out) {
  out = row.text(i);
}
inline void read(Row const& row, int i, Bytes& out) {
  auto const v = row.bytes(i);
  out.assign(v.begin(), v.end());
}
inline void read(Row const& row, int i, Instant& out) {
  out = from_us(row.integer(i));
}
template <size_t N>
void read(Row const& row, int i, std::array<uint8_t, N>& out) {
  auto const v = row.bytes(i);
  if (v.size() != N) throw ColumnMismatch("column " + std::to_string(i) + " has the wrong length");
  std::copy(v.begin(), v.end(), out.begin());
}
template <class Tag>
void read(Row const& row, int i, Id<Tag>& out) {
  read(row, i, out.bytes);
}
// A capability gives `bool from_text(std::string_view, E&)` beside the enumeration.
template <class E>
requires std::is_enum_v<E>
void read(Row const& row, int i, E& out) {
  if (!from_text(row.text(i), out)) throw ColumnMismatch("column " + std::to_string(i) + " holds an unknown word");
}
template <class T>
void read(Row const& row, int i, std::optional<T>& out) {
  if (row.is_null(i)) {
    out.reset();
  } else {
    out.emplace();
    read(row, i, *out);
  }
}

namespace detail {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

// Converts to anything, only to count the members of an aggregate. std::optional is left to its own constructor.
struct Anything {
  size_t unused;
  template <class T>
  requires(!is_optional<T>) operator T() const;
};

template <class T, size_t... I>
constexpr bool takes(std::index_sequence<I...>) {
  return requires {
    T{Anything{I}...};
  };
}
template <class T, size_t N = 28>
constexpr size_t member_count() {
  if constexpr (N == 0 || takes<T>(std::make_index_sequence<N>{})) {
    return N;
  } else {
    return member_count<T, N - 1>();
  }
}

// Calls f(member...) with every member of an aggregate, in order.
template <class T, class F>
void with_members(T& t, F&& f) {
  constexpr size_t n = member_count<std::remove_const_t<T>>();
  static_assert(n >= 1 && n <= 28, "only aggregates of 1 to 28 members can be read from a row");
  // clang-format off
  if constexpr (n == 1) { auto& [a] = t; f(a); }
  else if constexpr (n == 2) { auto& [a, b] = t; f(a, b); }
  else if constexpr (n == 3) { auto& [a, b, c] = t; f(a, b, c); }
  else if constexpr (n == 4) { auto& [a, b, c, d] = t; f(a, b, c, d); }
  else if constexpr (n == 5) { auto& [a, b, c, d, e] = t; f(a, b, c, d, e); }
  else if constexpr (n == 6) { auto& [a, b, c, d, e, g] = t; f(a, b, c, d, e, g); }
  else if constexpr (n == 7) { auto& [a, b, c, d, e, g, h] = t; f(a, b, c, d, e, g, h); }
  else if constexpr (n == 8) { auto& [a, b, c, d, e, g, h, i] = t; f(a, b, c, d, e, g, h, i); }
  else if constexpr (n == 9) { auto& [a, b, c, d, e, g, h, i, j] = t; f(a, b, c, d, e, g, h, i, j); }
  else if constexpr (n == 10) { auto& [a, b, c, d, e, g, h, i, j, k] = t; f(a, b, c, d, e, g, h, i, j, k); }
  else if constexpr (n == 11) { auto& [a, b, c, d, e, g, h, i, j, k, l] = t; f(a, b, c, d, e, g, h, i, j, k, l); }
  else if constexpr (n == 12) { auto& [a, b, c, d, e, g, h, i, j, k, l, m] = t; f(a, b, c, d, e, g, h, i, j, k, l, m); }
  else if constexpr (n == 13) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, o] = t; f(a, b, c, d, e, g, h, i, j, k, l, m, o); }
  else if constexpr (n == 14) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, o, p] = t; f(a, b, c, d, e, g, h, i, j, k, l, m, o, p); }
  else if constexpr (n == 15) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, o, p, q] = t; f(a, b, c, d, e, g, h, i, j, k, l, m, o, p, q); }
  else if constexpr (n == 16) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r] = t; f(a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r); }
  else if constexpr (n == 17) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s] = t; f(a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s); }
  else if constexpr (n == 18) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s, u] = t; f(a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s, u); }
  else if constexpr (n == 19) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s, u, v] = t; f(a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s, u, v); }
  else if constexpr (n == 20) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s, u, v, w] = t; f(a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s, u, v, w); }
  else if constexpr (n == 21) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s, u, v, w, x] = t; f(a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s, u, v, w, x); }
  else if constexpr (n == 22) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s, u, v, w, x, y] = t; f(a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s, u, v, w, x, y); }
  else if constexpr (n == 23) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s, u, v, w, x, y, z] = t; f(a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s, u, v, w, x, y, z); }
  else if constexpr (n == 24) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s, u, v, w, x, y, z, a1] = t; f(a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s, u, v, w, x, y, z, a1); }
  else if constexpr (n == 25) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s, u, v, w, x, y, z, a1, b1] = t; f(a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s, u, v, w, x, y, z, a1, b1); }
  else if constexpr (n == 26) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s, u, v, w, x, y, z, a1, b1, c1] = t; f(a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s, u, v, w, x, y, z, a1, b1, c1); }
  else if constexpr (n == 27) { auto& [a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s, u, v, w, x, y, z, a1, b1, c1, d1] = t; f(a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s, u, v, w, x, y, z, a1, b1, c1, d1); }
  else { auto& [a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s, u, v, w, x, y, z, a1, b1, c1, d1, e1] = t; f(a, b, c, d, e, g, h, i, j, k, l, m, o, p, q, r, s, u, v, w, x, y, z, a1, b1, c1, d1, e1); }
  // clang-format on
}

template <class T>
concept Scalar = requires(Row const& row, T& t) {
  read(row, 0, t);
};

}  // namespace detail

// Reads a whole row: a scalar from the only column, an aggregate member by member in the order of its declaration.
template <class T>
T read_row(Row const& row) {
  T out{};
  if constexpr (detail::Scalar<T>) {
    read(row, 0, out);
  } else {
    detail::with_members(out, [&](auto&... member) {
      if (int(sizeof...(member)) != row.columns()) throw ColumnMismatch("the row and the struct differ in length");
      int i = 0;
      (read(row, i++, member), ...);
    });
  }
  return out;
}

}  // namespace menkyo::db
