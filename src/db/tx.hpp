#pragma once
// Transactions as the capabilities see them. A ReadTx can only read; a Tx can write and has time and chance of its
// own. Neither is thread-safe, and neither outlives the function it was given to.
//
// One SQL text serves both databases, in PostgreSQL's spelling with $1, $2, ... Two words in braces are spelled by
// the driver: {for update} locks the rows read (SQLite has one writer, so nothing there), and {rows: a bytea, b
// bigint} stands for the rows handed to exec_many / all_many - a table source with those columns, to be given an
// alias. A column is bigint, bytea, text or boolean, and the rows' members are exactly those. Text with a zero
// character is refused with the Problem `invalid`, because PostgreSQL cannot hold it. A statement must not be run
// again inside its own each().

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "db/value.hpp"

namespace menkyo::db {

using RowSink = std::function<void(Row const&)>;

// One connection as the drivers implement it. Errors are thrown as StorageError (see database.hpp).
class Connection {
 public:
  virtual ~Connection() = default;
  // Runs one statement; returns the number of rows changed. Statements are kept prepared by their text.
  virtual int64_t run(std::string_view sql, std::span<const Value> parameters, RowSink const* sink) = 0;
  // Runs one statement for `rows` (each `width` values, row after row) as described above.
  virtual int64_t run_many(std::string_view sql, size_t width, std::span<const Value> rows, RowSink const* sink) = 0;
};

class ReadTx {
 public:
  ReadTx(Connection& connection, Instant now) : connection_(connection), now_(now) {}
  ReadTx(ReadTx const&) = delete;
  ReadTx& operator=(ReadTx const&) = delete;

  // The instant of the whole request; the same on every attempt's every call.
  Instant now() const { return now_; }

  template <class T, class... A>
  std::vector<T> all(std::string_view sql, A const&... args) {
    std::vector<T> out;
    each<T>(
        sql, [&](T&& t) { out.push_back(std::move(t)); }, args...);
    return out;
  }
  // The first row, if there is one.
  template <class T, class... A>
  std::optional<T> one(std::string_view sql, A const&... args) {
    std::optional<T> out;
    Value const values[] = {to_value(args)..., Value{}};
    RowSink const sink = [&](Row const& row) {
      if (!out) out = read_row<T>(row);
    };
    connection_.run(sql, {values, sizeof...(args)}, &sink);
    return out;
  }
  template <class T, class F, class... A>
  void each(std::string_view sql, F&& f, A const&... args) {
    Value const values[] = {to_value(args)..., Value{}};
    RowSink const sink = [&](Row const& row) { f(read_row<T>(row)); };
    connection_.run(sql, {values, sizeof...(args)}, &sink);
  }
  // Reads for many rows of parameters at once; `rows` is a range of aggregates whose members are the named columns.
  template <class T, class R>
  std::vector<T> all_many(std::string_view sql, R const& rows) {
    std::vector<T> out;
    RowSink const sink = [&](Row const& row) { out.push_back(read_row<T>(row)); };
    run_rows(sql, rows, &sink);
    return out;
  }

 protected:
  template <class R>
  int64_t run_rows(std::string_view sql, R const& rows, RowSink const* sink) {
    std::vector<Value> values;
    size_t width = 0;
    for (auto const& row : rows) {
      using Item = std::remove_cvref_t<decltype(row)>;
      if constexpr (requires { to_value(row); }) {
        width = 1;
        values.push_back(to_value(row));
      } else {
        detail::with_members<Item const>(row, [&](auto const&... member) {
          width = sizeof...(member);
          (values.push_back(to_value(member)), ...);
        });
      }
    }
    if (values.empty()) return 0;
    return connection_.run_many(sql, width, values, sink);
  }

  Connection& connection_;

 private:
  Instant now_;
};

class Tx : public ReadTx {
 public:
  Tx(Connection& connection, Instant now, Seed const& seed) : ReadTx(connection, now), random_(seed) {}

  // Returns the number of rows changed.
  template <class... A>
  int64_t exec(std::string_view sql, A const&... args) {
    Value const values[] = {to_value(args)..., Value{}};
    return connection_.run(sql, {values, sizeof...(args)}, nullptr);
  }
  // The same statement for many rows; no key may come twice, and rows are best sorted by key.
  template <class R>
  int64_t exec_many(std::string_view sql, R const& rows) {
    return run_rows(sql, rows, nullptr);
  }

  // This request's own stream of chance, started anew on each attempt.
  Random& random() { return random_; }
  template <class TypedId>
  TypedId new_id() {
    return {random_.uuid7(now())};
  }

 private:
  Random random_;
};

}  // namespace menkyo::db
