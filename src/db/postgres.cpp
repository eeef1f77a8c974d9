#include <libpq-fe.h>
#include <poll.h>

#include <cstring>
#include <unordered_map>

#include "db/drivers.hpp"
#include "db/spell.hpp"

namespace menkyo::db {

namespace {

// Type numbers of PostgreSQL's built-in types (src/include/catalog/pg_type.dat); they never change.
enum : Oid {
  oid_bool = 16,
  oid_bytea = 17,
  oid_int8 = 20,
  oid_int2 = 21,
  oid_int4 = 23,
  oid_text = 25,
  oid_varchar = 1043,
  oid_bool_array = 1000,
  oid_bytea_array = 1001,
  oid_text_array = 1009,
  oid_int8_array = 1016
};

// SQLSTATE to failure (PostgreSQL documentation, appendix A).
Failure classify(std::string_view state) {
  if (state == "40001" || state == "40P01") return Failure::retry;
  if (state == "55P03" || state == "57014" || state == "53300") return Failure::busy;
  if (state.starts_with("23")) return Failure::constraint;
  if (state.starts_with("53")) return Failure::full;
  if (state.starts_with("58") || state.starts_with("XX")) return Failure::io;
  if (state.starts_with("08") || state.starts_with("57P")) return Failure::connection;
  return Failure::other;
}

struct Result {
  PGresult* result;
  explicit Result(PGresult* r) : result(r) {}
  ~Result() { PQclear(result); }
  Result(Result const&) = delete;
  Result& operator=(Result const&) = delete;
};

int64_t big_endian(const char* p, int length) {
  uint64_t value = 0;
  for (int i = 0; i < length; ++i) value = value << 8 | uint8_t(p[i]);
  int const unused = 64 - 8 * length;
  return unused ? int64_t(value << unused) >> unused : int64_t(value);
}

void append_be(std::string& out, uint64_t value, int length) {
  for (int i = length - 1; i >= 0; --i) out += char(value >> (8 * i));
}

class PostgresRow final : public Row {
 public:
  PostgresRow(PGresult* r, int row) : r_(r), row_(row) {}
  int columns() const override { return PQnfields(r_); }
  bool is_null(int i) const override { return PQgetisnull(r_, row_, i) != 0; }
  int64_t integer(int i) const override {
    auto const type = PQftype(r_, i);
    if (is_null(i) || (type != oid_int8 && type != oid_int4 && type != oid_int2 && type != oid_bool)) mismatch(i);
    return big_endian(PQgetvalue(r_, row_, i), PQgetlength(r_, row_, i));
  }
  std::string_view text(int i) const override {
    auto const type = PQftype(r_, i);
    if (is_null(i) || (type != oid_text && type != oid_varchar)) mismatch(i);
    return {PQgetvalue(r_, row_, i), size_t(PQgetlength(r_, row_, i))};
  }
  ByteView bytes(int i) const override {
    if (is_null(i) || PQftype(r_, i) != oid_bytea) mismatch(i);
    return {reinterpret_cast<const uint8_t*>(PQgetvalue(r_, row_, i)), size_t(PQgetlength(r_, row_, i))};
  }

 private:
  [[noreturn]] void mismatch(int i) const {
    throw ColumnMismatch(std::string("column ") + PQfname(r_, i) + " has another type than was read");
  }
  PGresult* r_;
  int row_;
};

// A parameter in PostgreSQL's binary form.
struct Encoded {
  Oid type = 0;
  std::string storage;
  const char* data = nullptr;
  int length = 0;
};

Encoded encode(Value const& value) {
  Encoded e;
  if (auto const* text = std::get_if<std::string_view>(&value)) {
    refuse_zero_character(*text);
    e.type = oid_text;
    e.data = text->data() ? text->data() : "";
    e.length = int(text->size());
  } else if (auto const* bytes = std::get_if<ByteView>(&value)) {
    e.type = oid_bytea;
    e.data = bytes->data() ? reinterpret_cast<const char*>(bytes->data()) : "";
    e.length = int(bytes->size());
  } else if (auto const* number = std::get_if<int64_t>(&value)) {
    e.type = oid_int8;
    append_be(e.storage, uint64_t(*number), 8);
  } else if (auto const* flag = std::get_if<bool>(&value)) {
    e.type = oid_bool;
    e.storage = *flag ? '\1' : '\0';
  }
  return e;
}

struct ArrayType {
  Oid array, element;
};

ArrayType array_type(ColumnType type) {
  switch (type) {
    case ColumnType::bigint:
      return {oid_int8_array, oid_int8};
    case ColumnType::bytea:
      return {oid_bytea_array, oid_bytea};
    case ColumnType::text:
      return {oid_text_array, oid_text};
    case ColumnType::boolean:
      return {oid_bool_array, oid_bool};
  }
  throw std::logic_error("an unknown column type");
}

std::string unnest_source(std::vector<RowColumn> const& columns) {
  std::string arrays, names;
  for (size_t i = 0; i < columns.size(); ++i) {
    arrays += (i ? ", $" : "$") + std::to_string(i + 1) + "::" + std::string(to_text(columns[i].type)) + "[]";
    names += (i ? ", " : "") + columns[i].name;
  }
  return "(select * from unnest(" + arrays + ") as given(" + names + "))";
}

// One column of all rows as a one-dimensional array in binary form (array_send in PostgreSQL's arrayfuncs.c: number
// of dimensions, has-null flag, element type, length, lower bound, then length-prefixed elements, -1 for null).
std::string encode_array(std::span<const Value> rows, size_t width, size_t column, Oid element) {
  std::string out, elements;
  bool has_null = false;
  uint32_t count = 0;
  for (size_t at = column; at < rows.size(); at += width, ++count) {
    auto const e = encode(rows[at]);
    if (e.type == 0) {
      has_null = true;
      append_be(elements, UINT32_MAX, 4);
      continue;
    }
    std::string_view const data = e.data ? std::string_view(e.data, size_t(e.length)) : std::string_view(e.storage);
    append_be(elements, data.size(), 4);
    elements += data;
  }
  append_be(out, 1, 4);
  append_be(out, has_null ? 1 : 0, 4);
  append_be(out, element, 4);
  append_be(out, count, 4);
  append_be(out, 1, 4);
  return out + elements;
}

// Statements kept prepared on one connection. Their texts are mostly literals; those composed at run time (filters of
// a list) must not fill the server's memory.
constexpr size_t statement_limit = 500;

class PostgresSession final : public Session {
 public:
  PostgresSession(std::string const& url, bool reader, Duration answer_limit)
      : silence_limit_ms_(int(answer_limit / std::chrono::milliseconds(1)) + 1000), conn_(connect(url)) {
    if (PQstatus(conn_) != CONNECTION_OK) {
      // libpq's message names host and user, never the password.
      StorageError const error(Failure::connection, std::string("PostgreSQL: ") + PQerrorMessage(conn_));
      PQfinish(conn_);
      throw error;
    }
    PQsetNoticeProcessor(
        conn_, [](void*, const char*) {}, nullptr);
    try {
      simple(
          // Statements are prepared, and a plan that was made while a table was nearly empty would read all of it
          // later, once for each row that is asked for. Every statement has an index that suits it.
          "set enable_seqscan = off; set jit = off;"
          "set lock_timeout = '4s'; set idle_in_transaction_session_timeout = '60s'; set synchronous_commit = on;"
          "set client_encoding = 'UTF8'; set statement_timeout = " +
          std::to_string(answer_limit / std::chrono::milliseconds(1)) +
          (reader ? "; set default_transaction_read_only = on" : ""));
    } catch (...) {
      PQfinish(conn_);
      throw;
    }
  }
  ~PostgresSession() override { PQfinish(conn_); }

  void begin_read() override {
    start();
    simple("begin isolation level repeatable read read only");
  }
  // One round trip for both. The insert waits for an earlier attempt with the same id that has not ended yet.
  void begin_write(RequestId const& id, Instant now) override {
    start();
    simple("begin isolation level read committed; insert into request_outcome (request_id, at) values ('\\x" +
           to_hex(id.bytes) + "', " + std::to_string(to_us(now)) + ")");
  }
  bool was_committed(RequestId const& id) override {
    bool found = false;
    Value const values[] = {to_value(id)};
    RowSink const sink = [&](Row const&) { found = true; };
    run("select 1 from request_outcome where request_id = $1", values, &sink);
    return found;
  }
  void commit() override {
    bool const sent = PQsendQuery(conn_, "commit") == 1;
    Result const r(sent ? answer(silence_limit_ms_) : nullptr);
    if (PQresultStatus(r.result) != PGRES_COMMAND_OK) {
      auto const state = state_of(r.result);
      // Without a state it is libpq that speaks (it had no memory for the answer), not the server.
      if (!usable() || state.empty() || state.starts_with("57P") || state.starts_with("08"))
        throw CommitUnknown("PostgreSQL: the answer was lost while committing");
      fail(r.result, "committing");
    }
    // A transaction that failed before answers COMMIT with ROLLBACK.
    if (std::string_view(PQcmdStatus(r.result)) != "COMMIT")
      throw StorageError(Failure::other, "PostgreSQL rolled the transaction back");
  }
  void rollback() noexcept override {
    if (!usable() || PQtransactionStatus(conn_) == PQTRANS_IDLE) return;
    if (PQsendQuery(conn_, "rollback") == 1) PQclear(answer(silence_limit_ms_));
    if (PQtransactionStatus(conn_) != PQTRANS_IDLE) lost_ = true;
  }
  void savepoint() override { simple("savepoint work"); }
  void release_savepoint() override { simple("release savepoint work"); }
  void rollback_to_savepoint() override { simple("rollback to savepoint work; release savepoint work"); }
  bool usable() const override { return !lost_ && PQstatus(conn_) == CONNECTION_OK; }

  void script(std::string const& sql) override { simple(sql, -1); }

  int64_t run(std::string_view sql, std::span<const Value> parameters, RowSink const* sink) override {
    auto& statement = statement_for(sql);
    std::vector<Encoded> encoded;
    encoded.reserve(parameters.size());
    for (auto const& v : parameters) encoded.push_back(encode(v));
    return execute(statement, encoded, sink);
  }

  int64_t run_many(std::string_view sql, size_t width, std::span<const Value> rows, RowSink const* sink) override {
    auto& statement = statement_for(sql);
    check_rows(statement.spelling, width, rows);
    std::vector<Encoded> encoded(width);
    for (size_t c = 0; c < width; ++c) {
      auto const type = array_type(statement.spelling.row_columns[c].type);
      encoded[c].type = type.array;
      encoded[c].storage = encode_array(rows, width, c, type.element);
    }
    return execute(statement, encoded, sink);
  }

 private:
  // A statement is prepared once for each combination of types that comes; a null fits every type, so these are few.
  struct Variant {
    std::vector<Oid> types;
    std::string name;
  };
  struct Statement {
    Spelling spelling;
    std::vector<Variant> variants;
  };

  static PGconn* connect(std::string const& url) {
    // Later words win, so a URL may set another connect_timeout (seconds).
    const char* const words[] = {"connect_timeout", "fallback_application_name", "dbname", nullptr};
    const char* const values[] = {"5", "menkyo", url.c_str(), nullptr};
    return PQconnectdbParams(words, values, 1);
  }

  static std::string_view state_of(PGresult* result) {
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return state ? state : "";
  }

  void start() {
    row_delivered = false;
    if (prepared_ <= statement_limit) return;
    simple("deallocate all");
    statements_.clear();
    prepared_ = 0;
  }

  Statement& statement_for(std::string_view sql) {
    auto const found = statements_.find(sql);
    if (found != statements_.end()) return found->second;
    return statements_.emplace(std::string(sql), Statement{spell(sql, "for update", unnest_source), {}})
        .first->second;
  }

  // The answer to what was sent: its first error, or its last result. A server that is silent for too long (frozen,
  // or its machine gone) counts as lost. Null if the connection is.
  PGresult* answer(int silence_limit_ms) {
    PGresult* kept = nullptr;
    for (;;) {
      while (PQisBusy(conn_)) {
        pollfd readable{PQsocket(conn_), POLLIN, 0};
        int const ready = poll(&readable, 1, silence_limit_ms);
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) {
          lost_ = true;
          PQclear(kept);
          return nullptr;
        }
        if (PQconsumeInput(conn_) == 0) break;
      }
      PGresult* const next = PQgetResult(conn_);
      if (!next) return kept;
      if (kept && PQresultStatus(kept) == PGRES_FATAL_ERROR) {
        PQclear(next);
      } else {
        PQclear(kept);
        kept = next;
      }
      // A lost connection may go on answering with errors.
      if (PQstatus(conn_) != CONNECTION_OK) return kept;
    }
  }

  void check(PGresult* result, std::string_view doing) {
    auto const status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) fail(result, doing);
  }

  void simple(std::string const& sql) { simple(sql, silence_limit_ms_); }
  void simple(std::string const& sql, int silence_limit_ms) {
    bool const sent = PQsendQuery(conn_, sql.c_str()) == 1;
    Result const r(sent ? answer(silence_limit_ms) : nullptr);
    check(r.result, "running a script");
  }

  [[noreturn]] void fail(PGresult* result, std::string_view doing) {
    auto const state = state_of(result);
    auto const failure = usable() ? classify(state) : Failure::connection;
    const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    throw StorageError(failure, "PostgreSQL, " + std::string(doing) + ": " +
                                    (state.empty() ? "-----" : std::string(state)) + " " +
                                    (lost_     ? "no answer"
                                     : primary ? primary
                                               : PQerrorMessage(conn_)));
  }

  int64_t execute(Statement& statement, std::vector<Encoded> const& encoded, RowSink const* sink) {
    size_t const n = encoded.size();
    std::vector<const char*> values(n);
    std::vector<int> lengths(n), formats(n, 1);
    for (size_t i = 0; i < n; ++i) {
      bool const stored = encoded[i].data == nullptr;
      values[i] = encoded[i].type == 0 ? nullptr : stored ? encoded[i].storage.data() : encoded[i].data;
      lengths[i] = stored ? int(encoded[i].storage.size()) : encoded[i].length;
    }
    auto const& name = prepare(statement, encoded);
    bool const sent =
        PQsendQueryPrepared(conn_, name.c_str(), int(n), values.data(), lengths.data(), formats.data(), 1) == 1;
    Result const r(sent ? answer(silence_limit_ms_) : nullptr);
    check(r.result, "running " + statement.spelling.sql);
    if (sink) {
      int const rows = PQntuples(r.result);
      row_delivered = row_delivered || rows > 0;
      for (int i = 0; i < rows; ++i) (*sink)(PostgresRow(r.result, i));
    }
    bool const selected = std::string_view(PQcmdStatus(r.result)).starts_with("SELECT");
    return selected ? 0 : std::strtoll(PQcmdTuples(r.result), nullptr, 10);
  }

  std::string const& prepare(Statement& statement, std::vector<Encoded> const& encoded) {
    std::vector<Oid> types;
    for (auto const& e : encoded) types.push_back(e.type);
    for (auto const& variant : statement.variants) {
      bool fit = variant.types.size() == types.size();
      for (size_t i = 0; fit && i < types.size(); ++i) fit = types[i] == 0 || types[i] == variant.types[i];
      if (fit) return variant.name;
    }
    // What is null now has perhaps shown its type before.
    if (!statement.variants.empty() && statement.variants.back().types.size() == types.size())
      for (size_t i = 0; i < types.size(); ++i)
        if (types[i] == 0) types[i] = statement.variants.back().types[i];
    auto name = "s" + std::to_string(next_name_++);
    auto const& sql = statement.spelling.sql;
    bool const sent = PQsendPrepare(conn_, name.c_str(), sql.c_str(), int(types.size()), types.data()) == 1;
    Result const r(sent ? answer(silence_limit_ms_) : nullptr);
    check(r.result, "preparing " + sql);
    ++prepared_;
    statement.variants.push_back({std::move(types), std::move(name)});
    return statement.variants.back().name;
  }

  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  int silence_limit_ms_;
  bool lost_ = false;  // given up while an answer was awaited
  PGconn* conn_;
  size_t prepared_ = 0;
  uint64_t next_name_ = 0;
  std::unordered_map<std::string, Statement, Hash, std::equal_to<>> statements_;
};

// A column's or cast's type; after `as` it is a cast, where no collation can stand.
void spell_type(std::string& out, std::string_view word, std::string_view before) {
  out += word;
  if (word == "text" && before != "as") out += " collate \"C\"";
}

class PostgresDriver final : public Driver {
 public:
  PostgresDriver(std::string url, Duration answer_limit) : url_(std::move(url)), answer_limit_(answer_limit) {}
  std::unique_ptr<Session> open() override { return std::make_unique<PostgresSession>(url_, false, answer_limit_); }
  std::unique_ptr<Session> open_reader() override {
    return std::make_unique<PostgresSession>(url_, true, answer_limit_);
  }
  bool shares_commits() const override { return false; }
  std::string_view name() const override { return "postgres"; }

  std::string spell_migration(std::string const& sql) const override { return replace_words(sql, spell_type); }

 private:
  std::string url_;
  Duration answer_limit_;
};

}  // namespace

std::unique_ptr<Driver> make_postgres_driver(std::string const& url, Duration answer_limit) {
  return std::make_unique<PostgresDriver>(url, answer_limit);
}

}  // namespace menkyo::db
