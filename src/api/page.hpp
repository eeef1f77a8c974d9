#pragma once
// Cursors of lists: opaque to the caller, and bound to the operation, its filters and the caller by a keyed hash.

#include <string>
#include <vector>

#include "api/services.hpp"
#include "base/bytes.hpp"
#include "base/id.hpp"
#include "base/problem.hpp"
#include "wire/types.hpp"

namespace menkyo::api {

using Limit = wire::Whole<1, 200>;
using CursorText = wire::Exact<1, 600>;
inline constexpr int64_t default_limit = 50;

inline int64_t page_size(std::optional<Limit> const& limit) {
  return limit ? int64_t(*limit) : default_limit;
}

class Cursors {
 public:
  explicit Cursors(Bytes key) : key_(std::move(key)) {}
  // `scope` names the operation, caller, filter and sort; `keys` are the sort keys of the last row of the page.
  std::string encode(std::string const& scope, std::vector<std::string> const& keys) const;
  // Problem invalid if the cursor was not made for this scope with this number of keys. No cursor: no keys.
  std::vector<std::string> decode(std::string const& scope, std::optional<CursorText> const& cursor,
                                  size_t count) const;

 private:
  Bytes tag(std::string const& scope, std::string const& payload) const;
  Bytes key_;
};

template <>
inline constexpr bool is_service<Cursors> = true;

// Cuts rows (read with one more than the limit) to a page; `keys(row)` gives the sort keys of a row.
template <class T, class F>
wire::Page<T> make_page(std::vector<T> rows, int64_t limit, Cursors const& cursors, std::string const& scope,
                        F&& keys) {
  wire::Page<T> page;
  bool const more = int64_t(rows.size()) > limit;
  if (more) rows.resize(size_t(limit));
  if (more) page.next_cursor = cursors.encode(scope, keys(rows.back()));
  page.items = std::move(rows);
  return page;
}

// The stretch that `query` (with `limit` and `cursor`) asks for in a list of those with such identifiers, newest
// first; one more than the page holds.
template <class AnyId, class Query>
Newest<AnyId> newest(Cursors const& cursors, std::string const& scope, Query const& query) {
  Newest<AnyId> range{.limit = page_size(query.limit) + 1};
  if (auto const keys = cursors.decode(scope, query.cursor, 1); !keys.empty())
    range.before = AnyId::parse(keys.front()).value_or(AnyId::last());
  return range;
}

// Cuts rows that were read by such a range to a page; `id` is the member that the list goes by.
template <class T, class AnyId, class Member>
wire::Page<T> make_page(std::vector<T> rows, Newest<AnyId> const& range, Cursors const& cursors,
                        std::string const& scope, Member id) {
  return make_page(std::move(rows), range.limit - 1, cursors, scope,
                   [id](T const& row) { return std::vector{(row.*id).text()}; });
}

}  // namespace menkyo::api
