#include <sqlite3.h>

#include <atomic>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <unordered_map>

#include "base/failpoint.hpp"
#include "db/drivers.hpp"
#include "db/log_vfs.hpp"
#include "db/spell.hpp"

namespace menkyo::db {

namespace {

Failure classify(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Failure::busy;
    case SQLITE_FULL:
    case SQLITE_NOMEM:
      return Failure::full;
    case SQLITE_CONSTRAINT:
      return Failure::constraint;
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_READONLY:
      return Failure::io;
    case SQLITE_CANTOPEN:
      return Failure::connection;
    default:
      return Failure::other;
  }
}

[[noreturn]] void fail(sqlite3* handle, int code, std::string_view doing) {
  std::string text = "SQLite, ";
  text += doing;
  text += ": ";
  text += handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  throw StorageError(classify(code), text);
}

// One row of parameters. Because it selects from a table, if only from one with a single row, SQLite puts the
// parameters where the columns are used; without, it copies the row into a table of its own each time.
std::string one_row_source(std::vector<RowColumn> const& columns) {
  std::string text = "(select ";
  for (size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) text += ", ";
    text += "$" + std::to_string(i + 1) + " as " + columns[i].name;
  }
  return text + " from temp.one_row)";
}

struct Prepared {
  sqlite3_stmt* statement = nullptr;
  Spelling spelling;
  std::vector<int> parameter_of;  // SQLite's parameter i+1 is our $parameter_of[i]
};

// Statements kept prepared on one connection. Their texts are mostly literals; those composed at run time (filters of
// a list) must not fill the memory.
constexpr size_t statement_limit = 500;

// What the sessions of one driver and its checkpointer know of the write-ahead log. Thread-safe.
class Log {
 public:
  std::atomic<int> pages{0};  // after the last commit

  // A writer enters for each transaction. It waits while the log is begun anew, which is bounded by restart_limit.
  void enter() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !restarting_; });
    ++writing_;
  }
  void leave() {
    {
      std::lock_guard lock(mutex_);
      --writing_;
    }
    changed_.notify_all();
  }
  // Runs `restart` between two transactions; without this turn-taking a busy writer never leaves it a gap.
  template <class F>
  void between_writes(F&& restart) {
    std::unique_lock lock(mutex_);
    restarting_ = true;
    if (changed_.wait_for(lock, std::chrono::seconds(1), [this] { return writing_ == 0; })) restart();
    restarting_ = false;
    lock.unlock();
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int writing_ = 0;
  bool restarting_ = false;
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
  SqliteSession(std::string const& path, bool reader, std::shared_ptr<Log> log) : log_(std::move(log)) {
    int const code = sqlite3_open_v2(
        path.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, gathering_vfs());
    if (code != SQLITE_OK) {
      auto const error = StorageError(classify(code), "SQLite cannot open " + path + ": " + sqlite3_errstr(code));
      sqlite3_close_v2(db_);
      throw error;
    }
    sqlite3_extended_result_codes(db_, 1);
    sqlite3_busy_timeout(db_, 4000);
    try {
      use_log();
      script(
          "pragma synchronous=full; pragma foreign_keys=on; pragma wal_autocheckpoint=0;"
          "pragma trusted_schema=off; pragma cell_size_check=on; pragma temp_store=memory; ");
      // A reader forgets its cache whenever something was committed; a writer's holds the inner pages and the narrow
      // indexes of a million devices.
      script(reader ? "pragma cache_size=-16000" : "pragma cache_size=-64000");
      script("create table temp.one_row (one integer); insert into temp.one_row values (1);");
      if (reader) script("pragma query_only=on;");
      // The pragma about automatic checkpoints would take the hook's place, so this comes last.
      sqlite3_wal_hook(db_, note_log, log_.get());
    } catch (...) {
      sqlite3_close_v2(db_);
      throw;
    }
  }
  ~SqliteSession() override {
    forget_statements();
    sqlite3_close_v2(db_);
    leave();
  }

  void begin_read() override {
    start();
    simple("begin");
  }
  void begin_write(RequestId const&, Instant) override {
    start();
    log_->enter();
    entered_ = true;
    try {
      simple("begin immediate");
    } catch (...) {
      leave();
      throw;
    }
    in_transaction_ = true;
  }
  bool was_committed(RequestId const&) override { return false; }  // a commit here is never left unknown
  void commit() override {
    in_transaction_ = false;
    {
      GatheredCommit const gathered(db_);
      simple("commit");
    }
    leave();
  }
  void rollback() noexcept override {
    in_transaction_ = false;
    if (sqlite3_get_autocommit(db_) == 0) sqlite3_exec(db_, "rollback", nullptr, nullptr, nullptr);
    leave();
  }
  void savepoint() override { simple("savepoint work"); }
  void release_savepoint() override { simple("release work"); }
  void rollback_to_savepoint() override {
    simple("rollback to work");
    simple("release work");
  }
  bool usable() const override { return true; }

  void script(std::string const& sql) override {
    int const code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(db_, code, "running a script");
    row_delivered = false;
  }

  int64_t run(std::string_view sql, std::span<const Value> parameters, RowSink const* sink) override {
    return step(prepare(sql), parameters, sink);
  }

  int64_t run_many(std::string_view sql, size_t width, std::span<const Value> rows, RowSink const* sink) override {
    auto& prepared = prepare(sql);
    check_rows(prepared.spelling, width, rows);
    int64_t changed = 0;
    for (size_t at = 0; at < rows.size(); at += width) changed += step(prepared, rows.subspan(at, width), sink);
    return changed;
  }

 private:
  // A new file is turned to its log by whoever comes first; the others are told "busy" at once, however long they are
  // willing to wait.
  void use_log() {
    for (int tries = 1;; ++tries) {
      try {
        return script("pragma journal_mode=wal");
      } catch (StorageError const& error) {
        if (error.failure != Failure::busy || tries == 100) throw;
        sqlite3_sleep(40);
      }
    }
  }

  static int note_log(void* log, sqlite3*, const char*, int pages) {
    static_cast<Log*>(log)->pages = pages;
    return SQLITE_OK;
  }

  void leave() {
    if (entered_) log_->leave();
    entered_ = false;
  }

  void start() {
    row_delivered = false;
    if (statements_.size() > statement_limit) forget_statements();
  }

  void forget_statements() {
    for (auto& [sql, prepared] : statements_) sqlite3_finalize(prepared.statement);
    statements_.clear();
  }

  void simple(std::string_view sql) { step(prepare(sql), {}, nullptr); }

  Prepared& prepare(std::string_view sql) {
    auto const found = statements_.find(sql);
    if (found != statements_.end()) return found->second;
    Prepared prepared;
    prepared.spelling = spell(sql, "", one_row_source);
    auto const& text = prepared.spelling.sql;
    int const code = sqlite3_prepare_v3(db_, text.data(), int(text.size()), SQLITE_PREPARE_PERSISTENT,
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
            refuse_zero_character(v);
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
    if (sqlite3_stmt_busy(s)) throw std::logic_error("a statement is run again inside its own rows");
    // After some failures SQLite ends the transaction by itself; what would follow must not be kept one by one.
    if (in_transaction_ && sqlite3_get_autocommit(db_))
      throw StorageError(Failure::io, "SQLite ended the transaction");
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
      if (!sink) continue;
      row_delivered = true;
      (*sink)(SqliteRow(s));
    }
    return sqlite3_stmt_readonly(s) ? 0 : sqlite3_changes64(db_);
  }

  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  sqlite3* db_ = nullptr;
  std::shared_ptr<Log> log_;
  bool entered_ = false, in_transaction_ = false;
  std::unordered_map<std::string, Prepared, Hash, std::equal_to<>> statements_;
};

// Moves the write-ahead log into the database beside the writer, so that no commit pays for it. A log without new
// pages is left alone; one that has grown long is begun anew between two transactions.
class Checkpointer {
 public:
  Checkpointer(std::string path, std::shared_ptr<Log> log) : path_(std::move(path)), log_(std::move(log)) {}
  ~Checkpointer() { sqlite3_close_v2(db_); }

  void run() {
    int const pages = log_->pages;
    if (pages == done_ || !open()) return;
    int written = 0, moved = 0;
    if (sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_PASSIVE, &written, &moved) != SQLITE_OK) return;
    failpoint<"sqlite.log_moved", Failing::never>();
    if (written < restart_at_) {
      if (moved == written) done_ = pages;
      return;
    }
    // Most is moved by now, so the writer waits only for what it has added meanwhile. A reader that needs the old log
    // makes this fail at once; then the log may grow by as much again before the next try.
    int code = SQLITE_BUSY;
    log_->between_writes([&] {
      failpoint<"sqlite.before_restart", Failing::never>();
      code = sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
      if (code == SQLITE_OK) log_->pages = 0;
    });
    restart_at_ = code == SQLITE_OK ? long_log : written + long_log;
    done_ = code == SQLITE_OK ? 0 : -1;
  }

 private:
  static constexpr int long_log = 4000;  // pages, 16 MB

  bool open() {
    if (db_) return true;
    int code = sqlite3_open_v2(path_.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    // A connection that has not looked at the database yet does not know of its log, and a checkpoint does nothing.
    if (code == SQLITE_OK)
      code = sqlite3_exec(db_, "pragma journal_mode=wal; pragma synchronous=full; pragma wal_autocheckpoint=0;",
                          nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) return true;
    sqlite3_close_v2(db_);
    db_ = nullptr;
    return false;
  }

  std::string path_;
  std::shared_ptr<Log> log_;
  sqlite3* db_ = nullptr;
  int done_ = 0;  // the length of the log up to which all is moved
  int restart_at_ = long_log;
};

// `word` in SQLite's spelling of a migration.
void spell_type(std::string& out, std::string_view word, std::string_view) {
  if (word == "bytea") {
    out += "blob";
  } else if (word == "bigint" || word == "boolean") {
    out += "integer";
  } else {
    out += word;
  }
}

class SqliteDriver final : public Driver {
 public:
  explicit SqliteDriver(std::string path) : path_(std::move(path)), checkpointer_(path_, log_) {}
  std::unique_ptr<Session> open() override { return std::make_unique<SqliteSession>(path_, false, log_); }
  std::unique_ptr<Session> open_reader() override { return std::make_unique<SqliteSession>(path_, true, log_); }
  bool shares_commits() const override { return true; }
  std::string_view name() const override { return "sqlite"; }
  void maintain() override { checkpointer_.run(); }

  std::string spell_migration(std::string const& sql) const override {
    // Each table ends with a line ");" - see migrations/README.md for what may be written.
    std::string const text = replace_words(sql, spell_type);
    std::string out;
    size_t at = 0;
    for (size_t table; (table = text.find("create table ", at)) != std::string::npos;) {
      size_t const end = text.find("\n);", table);
      if (end == std::string::npos) break;
      bool const composite = text.find("\n  primary key (", table) < end;
      out.append(text, at, end + 2 - at);
      out += composite ? " strict, without rowid;" : " strict;";
      at = end + 3;
    }
    return out + text.substr(at);
  }

 private:
  std::string path_;
  std::shared_ptr<Log> log_ = std::make_shared<Log>();
  Checkpointer checkpointer_;
};

}  // namespace

std::unique_ptr<Driver> make_sqlite_driver(std::string const& path) {
  return std::make_unique<SqliteDriver>(path);
}

}  // namespace menkyo::db
