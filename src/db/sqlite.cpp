#include <sqlite3.h>

#include <charconv>
#include <mutex>
#include <regex>
#include <unordered_map>

#include "db/drivers.hpp"
#include "db/spell.hpp"

namespace menkyo::db {

namespace {

Failure classify(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Failure::busy;
    case SQLITE_FULL:
    case SQLITE_NOMEM: return Failure::full;
    case SQLITE_CONSTRAINT: return Failure::constraint;
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_READONLY: return Failure::io;
    case SQLITE_CANTOPEN: return Failure::connection;
    default: return Failure::other;
  }
}

[[noreturn]] void fail(sqlite3* handle, int code, std::string_view doing) {
  std::string text = "SQLite, ";
  text += doing;
  text += ": ";
  text += handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  throw StorageError(classify(code), text);
}

std::string one_row_source(std::vector<std::pair<std::string, std::string>> const& columns) {
  std::string text = "(select ";
  for (size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) text += ", ";
    text += "$" + std::to_string(i + 1) + " as " + columns[i].first;
  }
  return text + ")";
}

struct Prepared {
  sqlite3_stmt* statement = nullptr;
  std::vector<int> parameter_of;  // SQLite's parameter i+1 is our $parameter_of[i]
};

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* s) : s_(s) {}
  int columns() const override { return sqlite3_column_count(s_); }
  bool is_null(int i) const override { return sqlite3_column_type(s_, i) == SQLITE_NULL; }
  int64_t integer(int i) const override {
    expect(i, SQLITE_INTEGER);
    return sqlite3_column_int64(s_, i);
  }
  std::string_view text(int i) const override {
    expect(i, SQLITE_TEXT);
    auto const* p = reinterpret_cast<const char*>(sqlite3_column_text(s_, i));
    return {p, size_t(sqlite3_column_bytes(s_, i))};
  }
  ByteView bytes(int i) const override {
    expect(i, SQLITE_BLOB);
    auto const* p = static_cast<const uint8_t*>(sqlite3_column_blob(s_, i));
    return {p, size_t(sqlite3_column_bytes(s_, i))};
  }

 private:
  void expect(int i, int type) const {
    if (sqlite3_column_type(s_, i) != type)
      throw ColumnMismatch(std::string("column ") + sqlite3_column_name(s_, i) + " has another type than was read");
  }
  sqlite3_stmt* s_;
};

class SqliteSession final : public Session {
 public:
  SqliteSession(std::string const& path, bool reader) {
    int const code = sqlite3_open_v2(path.c_str(), &db_,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    if (code != SQLITE_OK) {
      auto const error = StorageError(classify(code), "SQLite cannot open " + path + ": " + sqlite3_errstr(code));
      sqlite3_close_v2(db_);
      throw error;
    }
    sqlite3_extended_result_codes(db_, 1);
    sqlite3_busy_timeout(db_, 4000);
    try {
      script("pragma journal_mode=wal; pragma synchronous=full; pragma foreign_keys=on; pragma wal_autocheckpoint=0;"
             "pragma trusted_schema=off; pragma cell_size_check=on; pragma temp_store=memory; pragma cache_size=-16000;");
      if (reader) script("pragma query_only=on;");
    } catch (...) {
      sqlite3_close_v2(db_);
      throw;
    }
  }
  ~SqliteSession() override {
    for (auto& [sql, prepared] : statements_) sqlite3_finalize(prepared.statement);
    sqlite3_close_v2(db_);
  }

  void begin_read() override { simple("begin"); }
  void begin_write(RequestId const&, Instant) override { simple("begin immediate"); }
  bool was_committed(RequestId const&) override { return false; }  // a commit here is never left unknown
  void commit() override { simple("commit"); }
  void rollback() noexcept override {
    if (sqlite3_get_autocommit(db_) == 0) sqlite3_exec(db_, "rollback", nullptr, nullptr, nullptr);
  }
  void savepoint() override { simple("savepoint work"); }
  void release_savepoint() override { simple("release work"); }
  void rollback_to_savepoint() override {
    // Some failures end the whole transaction; then there is nothing to go back to.
    if (sqlite3_get_autocommit(db_)) throw StorageError(Failure::io, "SQLite ended the transaction");
    simple("rollback to work");
    simple("release work");
  }
  bool usable() const override { return true; }

  void script(std::string const& sql) override {
    int const code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(db_, code, "running a script");
  }

  int64_t run(std::string_view sql, std::span<const Value> parameters, RowSink const* sink) override {
    return step(prepare(sql), parameters, sink);
  }

  int64_t run_many(std::string_view sql, size_t width, std::span<const Value> rows, RowSink const* sink) override {
    auto& prepared = prepare(sql);
    int64_t changed = 0;
    for (size_t at = 0; at < rows.size(); at += width) changed += step(prepared, rows.subspan(at, width), sink);
    return changed;
  }

 private:
  void simple(std::string_view sql) { step(prepare(sql), {}, nullptr); }

  Prepared& prepare(std::string_view sql) {
    auto const found = statements_.find(sql);
    if (found != statements_.end()) return found->second;
    auto const spelled = spell(sql, "", one_row_source);
    Prepared prepared;
    int const code = sqlite3_prepare_v3(db_, spelled.sql.data(), int(spelled.sql.size()), SQLITE_PREPARE_PERSISTENT,
                                        &prepared.statement, nullptr);
    if (code != SQLITE_OK) fail(db_, code, "preparing " + std::string(sql));
    int const count = sqlite3_bind_parameter_count(prepared.statement);
    for (int i = 1; i <= count; ++i) {
      std::string_view const name = sqlite3_bind_parameter_name(prepared.statement, i);
      int number = 0;
      std::from_chars(name.data() + 1, name.data() + name.size(), number);
      prepared.parameter_of.push_back(number);
    }
    return statements_.emplace(std::string(sql), std::move(prepared)).first->second;
  }

  void bind(sqlite3_stmt* s, int index, Value const& value) {
    int code = SQLITE_OK;
    std::visit(
        [&](auto const& v) {
          using T = std::remove_cvref_t<decltype(v)>;
          if constexpr (std::is_same_v<T, std::monostate>) {
            code = sqlite3_bind_null(s, index);
          } else if constexpr (std::is_same_v<T, std::string_view>) {
            code = sqlite3_bind_text64(s, index, v.data() ? v.data() : "", v.size(), SQLITE_STATIC, SQLITE_UTF8);
          } else if constexpr (std::is_same_v<T, ByteView>) {
            code = v.empty() ? sqlite3_bind_zeroblob(s, index, 0)
                             : sqlite3_bind_blob64(s, index, v.data(), v.size(), SQLITE_STATIC);
          } else {
            code = sqlite3_bind_int64(s, index, int64_t(v));
          }
        },
        value);
    if (code != SQLITE_OK) fail(db_, code, "binding a parameter");
  }

  int64_t step(Prepared& prepared, std::span<const Value> parameters, RowSink const* sink) {
    auto* s = prepared.statement;
    struct Reset {
      sqlite3_stmt* s;
      ~Reset() {
        sqlite3_reset(s);
        sqlite3_clear_bindings(s);
      }
    } const reset{s};
    for (size_t i = 0; i < prepared.parameter_of.size(); ++i) {
      auto const number = size_t(prepared.parameter_of[i]);
      if (number < 1 || number > parameters.size()) throw std::logic_error("a statement names a parameter not given");
      bind(s, int(i) + 1, parameters[number - 1]);
    }
    for (;;) {
      int const code = sqlite3_step(s);
      if (code == SQLITE_DONE) break;
      if (code != SQLITE_ROW) fail(db_, code, "running a statement");
      if (sink) (*sink)(SqliteRow(s));
    }
    return sqlite3_stmt_readonly(s) ? 0 : sqlite3_changes64(db_);
  }

  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  sqlite3* db_ = nullptr;
  std::unordered_map<std::string, Prepared, Hash, std::equal_to<>> statements_;
};

// Moves the write-ahead log into the database beside the writer, so that no commit pays for it (design: a checkpoint
// inside the writer halves throughput at a million devices).
class Checkpointer {
 public:
  explicit Checkpointer(std::string path) : path_(std::move(path)) {}
  ~Checkpointer() { sqlite3_close_v2(db_); }

  void run() {
    if (!db_ && sqlite3_open_v2(path_.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK) {
      sqlite3_close_v2(db_);
      db_ = nullptr;
      return;
    }
    int pages = 0, moved = 0;
    sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
    // Once everything is moved, a restart lets the writer begin the log anew; 4,000 pages are 16 MB of log.
    if (pages > 4000) sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
  }

 private:
  std::string path_;
  sqlite3* db_ = nullptr;
};

class SqliteDriver final : public Driver {
 public:
  explicit SqliteDriver(std::string path) : path_(std::move(path)), checkpointer_(path_) {}
  std::unique_ptr<Session> open() override { return std::make_unique<SqliteSession>(path_, false); }
  std::unique_ptr<Session> open_reader() override { return std::make_unique<SqliteSession>(path_, true); }
  bool shares_commits() const override { return true; }
  std::string_view name() const override { return "sqlite"; }
  void maintain() override { checkpointer_.run(); }

  std::string spell_migration(std::string const& sql) const override {
    // Each table ends with a line ");" - see migrations/README.md for what may be written.
    static std::regex const table(R"(create table [^;]*?\n\);)");
    std::string out;
    size_t at = 0;
    for (std::sregex_iterator it(sql.begin(), sql.end(), table), end; it != end; ++it) {
      out.append(sql, at, size_t(it->position()) - at);
      std::string text = it->str();
      bool const composite = text.find("\n  primary key (") != std::string::npos;
      text.resize(text.size() - 1);
      out += text + (composite ? " strict, without rowid;" : " strict;");
      at = size_t(it->position() + it->length());
    }
    out.append(sql, at);
    for (auto const& [from, to] : {std::pair{"bytea", "blob"}, {"bigint", "integer"}, {"boolean", "integer"}})
      out = std::regex_replace(out, std::regex(std::string("\\b") + from + "\\b"), to);
    return out;
  }

 private:
  std::string path_;
  Checkpointer checkpointer_;
};

}  // namespace

std::unique_ptr<Driver> make_sqlite_driver(std::string const& path) { return std::make_unique<SqliteDriver>(path); }

}  // namespace menkyo::db
