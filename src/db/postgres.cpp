#include <libpq-fe.h>

#include <cstring>
#include <regex>
#include <unordered_map>

#include "db/drivers.hpp"
#include "db/spell.hpp"

namespace menkyo::db {

namespace {

// Type numbers of PostgreSQL's built-in types (src/include/catalog/pg_type.dat); they never change.
enum : Oid { oid_bool = 16, oid_bytea = 17, oid_int8 = 20, oid_int2 = 21, oid_int4 = 23, oid_text = 25, oid_varchar = 1043,
             oid_bool_array = 1000, oid_bytea_array = 1001, oid_text_array = 1009, oid_int8_array = 1016 };

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

struct Column {
  Oid array, element;
};

Column column_of(std::string const& type) {
  if (type == "bigint") return {oid_int8_array, oid_int8};
  if (type == "bytea") return {oid_bytea_array, oid_bytea};
  if (type == "text") return {oid_text_array, oid_text};
  if (type == "boolean") return {oid_bool_array, oid_bool};
  throw std::logic_error("row columns are bigint, bytea, text or boolean");
}

std::string unnest_source(std::vector<std::pair<std::string, std::string>> const& columns) {
  std::string arrays, names;
  for (size_t i = 0; i < columns.size(); ++i) {
    arrays += (i ? ", $" : "$") + std::to_string(i + 1) + "::" + columns[i].second + "[]";
    names += (i ? ", " : "") + columns[i].first;
  }
  return "(select * from unnest(" + arrays + ") as given(" + names + "))";
}

// One column of all rows as a one-dimensional array in binary form (array_send in PostgreSQL's arrayfuncs.c: number of
// dimensions, has-null flag, element type, length, lower bound, then length-prefixed elements, -1 for null).
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
    if (e.type != element) throw std::logic_error("a row's value has another type than its column");
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

class PostgresSession final : public Session {
 public:
  PostgresSession(std::string const& url, bool reader) : conn_(PQconnectdb(url.c_str())) {
    if (PQstatus(conn_) != CONNECTION_OK) {
      // libpq's message names host and user, never the password.
      StorageError const error(Failure::connection, std::string("PostgreSQL: ") + PQerrorMessage(conn_));
      PQfinish(conn_);
      throw error;
    }
    PQsetNoticeProcessor(conn_, [](void*, const char*) {}, nullptr);
    try {
      script("set lock_timeout = '4s'; set statement_timeout = '30s'; set idle_in_transaction_session_timeout = '60s';"
             "set synchronous_commit = on; set client_encoding = 'UTF8'");
      if (reader) script("set default_transaction_read_only = on");
    } catch (...) {
      PQfinish(conn_);
      throw;
    }
  }
  ~PostgresSession() override { PQfinish(conn_); }

  void begin_read() override { script("begin isolation level repeatable read read only"); }
  void begin_write(RequestId const& id, Instant now) override {
    script("begin isolation level read committed");
    Value const values[] = {to_value(id), to_value(now)};
    run("insert into request_outcome (request_id, at) values ($1, $2)", values, nullptr);
  }
  bool was_committed(RequestId const& id) override {
    bool found = false;
    Value const values[] = {to_value(id)};
    RowSink const sink = [&](Row const&) { found = true; };
    run("select 1 from request_outcome where request_id = $1", values, &sink);
    return found;
  }
  void commit() override {
    Result const r(PQexec(conn_, "commit"));
    if (PQresultStatus(r.result) != PGRES_COMMAND_OK) {
      if (PQstatus(conn_) != CONNECTION_OK) throw CommitUnknown("PostgreSQL: the connection was lost while committing");
      fail(r.result, "committing");
    }
    // A transaction that failed before answers COMMIT with ROLLBACK.
    if (std::string_view(PQcmdStatus(r.result)) != "COMMIT")
      throw StorageError(Failure::other, "PostgreSQL rolled the transaction back");
  }
  void rollback() noexcept override {
    if (PQtransactionStatus(conn_) != PQTRANS_IDLE) PQclear(PQexec(conn_, "rollback"));
  }
  void savepoint() override { script("savepoint work"); }
  void release_savepoint() override { script("release savepoint work"); }
  void rollback_to_savepoint() override { script("rollback to savepoint work; release savepoint work"); }
  bool usable() const override { return PQstatus(conn_) == CONNECTION_OK; }

  void script(std::string const& sql) override {
    Result const r(PQexec(conn_, sql.c_str()));
    auto const status = PQresultStatus(r.result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail(r.result, "running a script");
  }

  int64_t run(std::string_view sql, std::span<const Value> parameters, RowSink const* sink) override {
    auto const& spelled = spelled_for(sql);
    std::vector<Encoded> encoded;
    encoded.reserve(parameters.size());
    for (auto const& v : parameters) encoded.push_back(encode(v));
    return execute(spelled, encoded, sink);
  }

  int64_t run_many(std::string_view sql, size_t width, std::span<const Value> rows, RowSink const* sink) override {
    auto const& spelled = spelled_for(sql);
    if (spelled.row_columns.size() != width) throw std::logic_error("the rows and the statement differ in width");
    std::vector<Encoded> encoded(width);
    for (size_t c = 0; c < width; ++c) {
      auto const column = column_of(spelled.row_columns[c].second);
      encoded[c].type = column.array;
      encoded[c].storage = encode_array(rows, width, c, column.element);
    }
    return execute(spelled, encoded, sink);
  }

 private:
  Spelling const& spelled_for(std::string_view sql) {
    auto const found = spellings_.find(sql);
    if (found != spellings_.end()) return found->second;
    return spellings_.emplace(std::string(sql), spell(sql, "for update", unnest_source)).first->second;
  }

  [[noreturn]] void fail(PGresult* result, std::string_view doing) {
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    auto const failure = PQstatus(conn_) != CONNECTION_OK ? Failure::connection : classify(state ? state : "");
    const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    throw StorageError(failure, "PostgreSQL, " + std::string(doing) + ": " + (state ? state : "-----") + " " +
                                    (primary ? primary : PQerrorMessage(conn_)));
  }

  int64_t execute(Spelling const& spelled, std::vector<Encoded> const& encoded, RowSink const* sink) {
    size_t const n = encoded.size();
    std::vector<Oid> types(n);
    std::vector<const char*> values(n);
    std::vector<int> lengths(n), formats(n, 1);
    for (size_t i = 0; i < n; ++i) {
      types[i] = encoded[i].type;
      bool const stored = encoded[i].data == nullptr;
      values[i] = encoded[i].type == 0 ? nullptr : stored ? encoded[i].storage.data() : encoded[i].data;
      lengths[i] = stored ? int(encoded[i].storage.size()) : encoded[i].length;
    }
    auto const& name = prepare(spelled, types);
    Result const r(PQexecPrepared(conn_, name.c_str(), int(n), values.data(), lengths.data(), formats.data(), 1));
    auto const status = PQresultStatus(r.result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail(r.result, "running " + spelled.sql);
    if (sink) {
      int const rows = PQntuples(r.result);
      for (int i = 0; i < rows; ++i) (*sink)(PostgresRow(r.result, i));
    }
    const char* changed = PQcmdTuples(r.result);
    return status == PGRES_TUPLES_OK && std::string_view(PQcmdStatus(r.result)).starts_with("SELECT")
               ? 0
               : std::strtoll(changed, nullptr, 10);
  }

  // A null has no type of its own, so a statement may be prepared once for each combination of types that comes.
  std::string const& prepare(Spelling const& spelled, std::vector<Oid> const& types) {
    std::string key = spelled.sql;
    for (auto t : types) key += "," + std::to_string(t);
    auto const found = names_.find(key);
    if (found != names_.end()) return found->second;
    auto const name = "s" + std::to_string(names_.size());
    Result const r(PQprepare(conn_, name.c_str(), spelled.sql.c_str(), int(types.size()), types.data()));
    if (PQresultStatus(r.result) != PGRES_COMMAND_OK) fail(r.result, "preparing " + spelled.sql);
    return names_.emplace(std::move(key), name).first->second;
  }

  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  PGconn* conn_;
  std::unordered_map<std::string, Spelling, Hash, std::equal_to<>> spellings_;
  std::unordered_map<std::string, std::string> names_;
};

class PostgresDriver final : public Driver {
 public:
  explicit PostgresDriver(std::string url) : url_(std::move(url)) {}
  std::unique_ptr<Session> open() override { return std::make_unique<PostgresSession>(url_, false); }
  std::unique_ptr<Session> open_reader() override { return std::make_unique<PostgresSession>(url_, true); }
  bool shares_commits() const override { return false; }
  std::string_view name() const override { return "postgres"; }

  std::string spell_migration(std::string const& sql) const override {
    return std::regex_replace(sql, std::regex(R"(\btext\b)"), "text collate \"C\"");
  }

 private:
  std::string url_;
};

}  // namespace

std::unique_ptr<Driver> make_postgres_driver(std::string const& url) { return std::make_unique<PostgresDriver>(url); }

}  // namespace menkyo::db
