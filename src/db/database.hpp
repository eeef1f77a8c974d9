#pragma once
// The database: where transactions come from. SQLite has one writer thread that commits queued work together;
// PostgreSQL has a few writer threads with a connection each, and one transaction for each piece of work.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/problem.hpp"
#include "db/tx.hpp"

namespace menkyo::db {

enum class Failure {
  retry,       // serialization failure or deadlock: the same work may run again
  busy,        // locked by another process beyond the time allowed
  connection,  // the connection is gone; nothing of the transaction remains unless it was being committed
  constraint,  // a unique or foreign key was violated
  full,        // no space or no memory
  io,          // the medium failed or the file is damaged
  other,
};

// Whatever a driver could not do. Its text is for the log, not for callers: it may hold values.
class StorageError : public std::runtime_error {
 public:
  StorageError(Failure failure, std::string const& text) : std::runtime_error(text), failure(failure) {}
  Failure failure;
};

// What callers are told when the database failed; the details stay in the log.
Problem to_problem(StorageError const& error);

// A connection that can begin and end transactions.
class Session : public Connection {
 public:
  virtual void begin_read() = 0;
  // On PostgreSQL `id` is recorded by the transaction, so that the outcome of a lost commit can be found.
  virtual void begin_write(RequestId const& id, Instant now) = 0;
  // Whether the transaction that recorded `id` was committed.
  virtual bool was_committed(RequestId const& id) = 0;
  // Throws CommitUnknown if the connection was lost while committing.
  virtual void commit() = 0;
  virtual void rollback() noexcept = 0;
  virtual void savepoint() = 0;
  virtual void release_savepoint() = 0;
  virtual void rollback_to_savepoint() = 0;
  virtual bool usable() const = 0;
  // Runs several statements without parameters (migrations, pragmas). Waits as long as they take.
  virtual void script(std::string const& sql) = 0;

  // Whether a row was handed out since the transaction began; until then a read can be repeated unnoticed.
  bool row_delivered = false;
};

// The connection was lost after COMMIT was sent.
struct CommitUnknown : StorageError {
  CommitUnknown(std::string const& text) : StorageError(Failure::connection, text) {}
};

class Driver {
 public:
  virtual ~Driver() = default;
  virtual std::unique_ptr<Session> open() = 0;         // for writing
  virtual std::unique_ptr<Session> open_reader() = 0;  // for reading only
  // True if several pieces of work may share one transaction and its fsync (SQLite's single writer).
  virtual bool shares_commits() const = 0;
  // Rewrites a migration written in PostgreSQL's spelling.
  virtual std::string spell_migration(std::string const& sql) const = 0;
  virtual std::string_view name() const = 0;
  // Called on an own thread every few milliseconds; SQLite moves its log into the database here.
  virtual void maintain() {}
};

// `sqlite:PATH`, `postgresql://...` or `postgres://...`. Throws StorageError if the URL is of another kind.
// A PostgreSQL that is silent for longer than `answer_limit` counts as lost; statements are bounded by the same time.
std::unique_ptr<Driver> make_driver(std::string const& url, Duration answer_limit = std::chrono::seconds(12));

struct DatabaseConfig {
  std::string url;
  int writers = 3;  // PostgreSQL only
  int readers = 4;
  size_t queue_limit = 8192;  // pieces of work waiting, and items of each batch queue; more are refused with `busy`
  Duration queue_age_limit = std::chrono::seconds(5);  // work that waited longer is refused with `busy`
  size_t group_limit = 256;                            // pieces of work to one commit
  Duration answer_limit = std::chrono::seconds(12);    // PostgreSQL only; see make_driver
};

// Forgets the request ids of commits that nobody can ask for any more (older than a day), at most `limit` of them.
// Returns how many; a job calls it until that is fewer than `limit`.
int64_t forget_old_outcomes(Tx& tx, int64_t limit);

struct DatabaseStats {
  std::atomic<uint64_t> commits{0}, grouped{0}, retries{0}, failures{0}, refused{0}, unknown_commits{0};
};

class Database {
 public:
  // Opens and connects; does not migrate. `clock` and `seeds` must outlive the database.
  Database(DatabaseConfig config, Clock const& clock, SeedSource& seeds);
  ~Database();  // finishes queued work first

  // Queues work for a writer. Exactly one of the outcomes is told to `done`: nullptr after the commit is durable, or
  // what went wrong (the exception that `work` threw, or the Problem `conflict` for a violated constraint, `busy`,
  // `storage_unavailable`, `outcome_unknown`). `done` runs on a thread of the database, or on the caller's if the
  // queue is full; it must not throw. `work` may run several times and must touch nothing but the transaction and
  // what it assigns anew on each run.
  void write_async(std::function<void(Tx&)> work, std::function<void(std::exception_ptr)> done);

  // The same, waiting; throws std::logic_error on a writer thread, which would wait for itself.
  template <class F>
  auto write(F&& work) {
    refuse_writer_thread();
    using Result = std::invoke_result_t<F, Tx&>;
    // Shared, because the waiting thread may leave while the writer is still inside set_value().
    auto const finished = std::make_shared<std::promise<void>>();
    auto const signal = [finished](std::exception_ptr e) { e ? finished->set_exception(e) : finished->set_value(); };
    if constexpr (std::is_void_v<Result>) {
      write_async([&](Tx& tx) { work(tx); }, signal);
      finished->get_future().get();
    } else {
      std::optional<Result> result;
      write_async([&](Tx& tx) { result.emplace(work(tx)); }, signal);
      finished->get_future().get();
      return std::move(*result);
    }
  }

  // Runs `work` here and now on a pooled connection, in one consistent snapshot. What the database cannot do is
  // thrown as a Problem. If the connection is lost before `work` got its first row, `work` runs once more on a new
  // one.
  template <class F>
  auto read(F&& work) {
    for (bool first = true;; first = false) {
      Reader reader(*this);
      try {
        ReadTx tx(*reader.session, now());
        if constexpr (std::is_void_v<std::invoke_result_t<F, ReadTx&>>) {
          work(tx);
          reader.finish();
          return;
        } else {
          auto result = work(tx);
          reader.finish();
          return result;
        }
      } catch (StorageError const& error) {
        if (!first || !reader.may_repeat(error)) throw to_problem(error);
      }
    }
  }

  // The clock's time, but never earlier than what was given out before.
  Instant now();
  // Raises the floor of now(), as read from the database at start.
  void set_floor(Instant t);
  Seed next_seed() { return seeds_.next(); }
  DatabaseStats const& stats() const { return stats_; }
  DatabaseConfig const& config() const { return config_; }
  Driver& driver() { return *driver_; }
  Clock const& clock() const { return clock_; }

 private:
  struct Work {
    std::function<void(Tx&)> run;
    std::function<void(std::exception_ptr)> done;
    Instant now;
    Seed seed;
    std::chrono::steady_clock::time_point queued_at;
    std::exception_ptr outcome{};
    bool in_doubt = false;  // it may be found committed after a crash, whatever becomes of it now
  };
  struct Reader {
    explicit Reader(Database& database);
    ~Reader();
    void begin();
    void finish();
    bool may_repeat(StorageError const& error) const;
    Database& database;
    std::unique_ptr<Session> session;
    bool finished = false;
  };

  using Group = std::vector<Work>;

  // What is known of one piece of work while it is tried.
  struct Trial {
    RequestId id;
    bool in_doubt = false;  // an earlier attempt may still turn out to be committed
    std::exception_ptr outcome;
  };

  static void refuse_writer_thread();
  void writer_loop();
  void maintain_loop();
  void take_group(Group& group, size_t limit);
  std::optional<Work> take_late();
  bool is_late(Work const& work) const;
  void refuse_late(Group& group);
  void refuse_late_in_queue();
  void run_group(std::unique_ptr<Session>& session, Group& group);
  bool run_shared(std::unique_ptr<Session>& session, Group& group);
  void run_in_savepoint(Session& session, Work& work);
  void refuse(Work& work);
  static void tell(Work& work) noexcept;
  void run_alone(std::unique_ptr<Session>& session, Work& work);
  bool try_alone(std::unique_ptr<Session>& session, Work& work, Trial& trial);
  void attempt(Session& session, Work& work);
  bool committed_after_all(std::unique_ptr<Session>& session, RequestId const& id);

  DatabaseConfig config_;
  Clock const& clock_;
  SeedSource& seeds_;
  std::unique_ptr<Driver> driver_;
  DatabaseStats stats_;
  std::atomic<int64_t> last_now_us_{INT64_MIN};

  std::mutex queue_mutex_;
  std::condition_variable queue_filled_;
  std::deque<Work> queue_;
  bool closing_ = false;
  std::vector<std::thread> writers_;

  std::mutex readers_mutex_;
  std::condition_variable reader_returned_;
  std::vector<std::unique_ptr<Session>> idle_readers_;
  int readers_out_ = 0;

  std::mutex maintain_mutex_;
  std::condition_variable maintain_stop_;
  std::thread maintainer_;
};

}  // namespace menkyo::db
