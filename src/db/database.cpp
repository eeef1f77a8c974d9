#include "db/database.hpp"

#include "base/failpoint.hpp"
#include "base/log.hpp"
#include "db/drivers.hpp"

namespace menkyo::db {

namespace {

constexpr int attempts = 5;
// A lost PostgreSQL is asked for the outcome of a commit for 100 + 200 + ... + 1,000 ms: it comes back in that time
// from a crash, or it is a matter for people.
constexpr int attempts_to_ask = 10;

thread_local bool on_writer_thread = false;

std::exception_ptr as_problem(StorageError const& error) {
  return std::make_exception_ptr(to_problem(error));
}

std::exception_ptr refused() {
  Problem problem(problems::busy);
  problem.retry_after_s = 1;
  return std::make_exception_ptr(problem);
}

std::exception_ptr unknown() {
  return std::make_exception_ptr(Problem(problems::outcome_unknown));
}

// The request id comes from the work's seed, so that every attempt has the same; but from a stream of its own,
// because it is stored in the clear and the work's own stream may become secrets.
RequestId request_id(Seed seed) {
  seed.back() ^= 0xff;
  RequestId id;
  Random(seed).fill(id.bytes);
  return id;
}

// What a refusal becomes when an earlier attempt may be found after a crash.
std::exception_ptr doubted(std::exception_ptr outcome) {
  try {
    if (outcome) std::rethrow_exception(outcome);
  } catch (Problem const& problem) {
    auto const code = problem.kind().code;
    if (code == problems::busy.code || code == problems::storage_unavailable.code) return unknown();
  } catch (...) {
  }
  return outcome;
}

}  // namespace

Problem to_problem(StorageError const& error) {
  if (error.failure == Failure::constraint) return Problem(problems::conflict);
  bool const busy = error.failure == Failure::busy || error.failure == Failure::retry;
  Problem problem(busy ? problems::busy : problems::storage_unavailable);
  problem.retry_after_s = 2;
  return problem;
}

std::unique_ptr<Driver> make_driver(std::string const& url, Duration answer_limit) {
  if (url.starts_with("sqlite:")) return make_sqlite_driver(url.substr(7));
  if (url.starts_with("postgresql://") || url.starts_with("postgres://"))
    return make_postgres_driver(url, answer_limit);
  throw StorageError(Failure::other, "a database URL begins with sqlite: or postgresql://");
}

int64_t forget_old_outcomes(Tx& tx, int64_t limit) {
  return tx.exec(
      "delete from request_outcome where request_id in"
      " (select request_id from request_outcome where at < $1 order by at limit $2)",
      tx.now() - std::chrono::hours(24), limit);
}

Database::Database(DatabaseConfig config, Clock const& clock, SeedSource& seeds)
    : config_(std::move(config)),
      clock_(clock),
      seeds_(seeds),
      driver_(make_driver(config_.url, config_.answer_limit)) {
  idle_readers_.push_back(driver_->open_reader());  // fails here, not later, if the database cannot be reached
  idle_readers_.reserve(size_t(config_.readers));
  int const writers = driver_->shares_commits() ? 1 : config_.writers;
  for (int i = 0; i < writers; ++i) writers_.emplace_back([this] { writer_loop(); });
  maintainer_ = std::thread([this] { maintain_loop(); });
}

Database::~Database() {
  {
    std::scoped_lock lock(queue_mutex_, maintain_mutex_);
    closing_ = true;
  }
  queue_filled_.notify_all();
  maintain_stop_.notify_all();
  for (auto& thread : writers_) thread.join();
  maintainer_.join();
}

void Database::maintain_loop() {
  std::unique_lock lock(maintain_mutex_);
  while (!maintain_stop_.wait_for(lock, std::chrono::milliseconds(20), [this] { return closing_; })) {
    lock.unlock();
    refuse_late_in_queue();
    driver_->maintain();
    lock.lock();
  }
}

Instant Database::now() {
  int64_t const clock_us = to_us(clock_.now());
  int64_t last = last_now_us_.load();
  while (clock_us > last && !last_now_us_.compare_exchange_weak(last, clock_us)) {
  }
  return from_us(std::max(clock_us, last));
}

void Database::set_floor(Instant t) {
  int64_t last = last_now_us_.load();
  while (to_us(t) > last && !last_now_us_.compare_exchange_weak(last, to_us(t))) {
  }
}

void Database::refuse_writer_thread() {
  if (on_writer_thread) throw std::logic_error("a writer thread cannot wait for a write");
}

void Database::write_async(std::function<void(Tx&)> work, std::function<void(std::exception_ptr)> done) {
  auto const seed = seeds_.next();
  {
    std::unique_lock lock(queue_mutex_);
    if (!closing_ && queue_.size() < config_.queue_limit) {
      queue_.push_back({std::move(work), std::move(done), now(), seed, std::chrono::steady_clock::now()});
      lock.unlock();
      queue_filled_.notify_one();
      return;
    }
  }
  Work rejected{std::move(work), std::move(done), now(), seed, {}};
  refuse(rejected);
}

void Database::writer_loop() {
  on_writer_thread = true;
  std::unique_ptr<Session> session;
  // Room for all that is ever taken at once: nothing that was taken can be lost for want of memory.
  size_t const limit = driver_->shares_commits() ? config_.group_limit : 1;
  Group group;
  group.reserve(limit);
  for (;;) {
    take_group(group, limit);
    if (group.empty()) return;
    run_group(session, group);
    group.clear();
  }
}

void Database::take_group(Group& group, size_t limit) {
  std::unique_lock lock(queue_mutex_);
  queue_filled_.wait(lock, [this] { return closing_ || !queue_.empty(); });
  while (!queue_.empty() && group.size() < limit) {
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
}

bool Database::is_late(Work const& work) const {
  return std::chrono::steady_clock::now() - work.queued_at > config_.queue_age_limit;
}

// A caller has nobody to throw to, hence noexcept. What gets no memory to pass its outcome on drops it, and whoever
// holds the other end of what it drops hears of that.
void Database::tell(Work& work) noexcept {
  failpoint<"db.before_telling", Failing::never>();
  try {
    work.done(work.in_doubt ? doubted(work.outcome) : work.outcome);
  } catch (std::exception const& error) {
    log::error("outcome_not_told", {{"what", error.what()}});
  }
}

void Database::refuse(Work& work) {
  ++stats_.refused;
  work.outcome = refused();
  tell(work);
}

void Database::refuse_late(Group& group) {
  std::erase_if(group, [&](Work& work) {
    if (!is_late(work)) return false;
    refuse(work);
    return true;
  });
}

std::optional<Database::Work> Database::take_late() {
  std::lock_guard lock(queue_mutex_);
  if (queue_.empty() || !is_late(queue_.front())) return {};
  std::optional<Work> work(std::move(queue_.front()));
  queue_.pop_front();
  return work;
}

// While every writer is held up, nobody takes work from the queue; whoever waits there is told in time all the same.
void Database::refuse_late_in_queue() {
  while (auto work = take_late()) refuse(*work);
}

void Database::run_group(std::unique_ptr<Session>& session, Group& group) {
  refuse_late(group);
  if (group.size() > 1 && run_shared(session, group)) return;
  for (size_t i = 0; i < group.size(); ++i) {
    // Replayed work may have waited long by now; the first of a group is always tried.
    if (i > 0 && is_late(group[i])) {
      refuse(group[i]);
    } else {
      run_alone(session, group[i]);
    }
  }
}

// Runs the whole group in one transaction. False if it failed as a whole and nothing was told.
bool Database::run_shared(std::unique_ptr<Session>& session, Group& group) {
  bool committing = false;
  try {
    if (!session) session = driver_->open();
    session->begin_write({}, group.front().now);
    failpoint<"db.begun">();
    for (auto& work : group) run_in_savepoint(*session, work);
    failpoint<"db.before_commit">();
    committing = true;
    session->commit();
    failpoint<"db.committed", Failing::never>();
    ++stats_.commits;
    stats_.grouped += group.size();
  } catch (StorageError const& error) {
    ++stats_.failures;
    if (session) session->rollback();
    // The log may hold the group though it could not be flushed, and be found with it after a crash. Whoever is not
    // committed after all must not be told that nothing was done.
    for (auto& work : group) work.in_doubt = committing && error.failure == Failure::io;
    // Locked for seconds already: each piece alone would wait as long again.
    if (error.failure != Failure::busy) return false;
    for (auto& work : group) work.outcome = as_problem(error);
  } catch (...) {
    // Memory ran out between the pieces: each is tried alone.
    ++stats_.failures;
    if (session) session->rollback();
    return false;
  }
  for (auto& work : group) tell(work);
  return true;
}

// What one piece does wrong is its own outcome; what fails the transaction is thrown.
void Database::run_in_savepoint(Session& session, Work& work) {
  work.outcome = nullptr;
  session.savepoint();
  try {
    attempt(session, work);
    failpoint<"db.before_release">();
    return session.release_savepoint();
  } catch (StorageError const& error) {
    if (error.failure != Failure::constraint && error.failure != Failure::other) throw;
    ++stats_.failures;
    work.outcome = as_problem(error);
  } catch (...) {
    work.outcome = std::current_exception();
  }
  session.rollback_to_savepoint();
}

void Database::attempt(Session& session, Work& work) {
  Tx tx(session, work.now, work.seed);
  work.run(tx);
}

void Database::run_alone(std::unique_ptr<Session>& session, Work& work) {
  Trial trial{request_id(work.seed)};
  // What has waited too long is not tried again, or a frozen database would hold it up by minutes.
  for (int n = 1; !try_alone(session, work, trial) && n < attempts && !is_late(work); ++n) {
    ++stats_.retries;
    // A lost database gets a moment to come back; a lost race is tried again at once.
    if (!session || !session->usable()) std::this_thread::sleep_for(std::chrono::milliseconds(50 * n));
  }
  work.outcome = trial.outcome;
  tell(work);
}

// One attempt in a transaction of its own. True if the outcome is final.
bool Database::try_alone(std::unique_ptr<Session>& session, Work& work, Trial& trial) {
  bool committing = false;
  try {
    if (session && !session->usable()) session.reset();
    if (!session) session = driver_->open();
    session->begin_write(trial.id, work.now);
    failpoint<"db.begun">();
    // The request id was free, and now it is ours: no earlier attempt can be committed any more.
    trial.in_doubt = false;
    attempt(*session, work);
    failpoint<"db.before_commit">();
    committing = true;
    session->commit();
    failpoint<"db.committed", Failing::never>();
    ++stats_.commits;
    ++stats_.grouped;
    trial.outcome = nullptr;
    return true;
  } catch (CommitUnknown const&) {
    ++stats_.unknown_commits;
    trial.in_doubt = true;
    trial.outcome = unknown();
    if (!committed_after_all(session, trial.id)) return !session;
    trial.outcome = nullptr;
    return true;
  } catch (StorageError const& error) {
    ++stats_.failures;
    if (session) session->rollback();
    bool const again = error.failure == Failure::retry || error.failure == Failure::connection;
    if (trial.in_doubt && error.failure == Failure::constraint) {
      trial.outcome = nullptr;  // the request id is there: the earlier attempt was committed meanwhile
      return true;
    }
    // A log that was written but could not be flushed may still be found after a crash.
    bool const in_doubt = trial.in_doubt || (committing && error.failure == Failure::io);
    trial.outcome = in_doubt ? unknown() : as_problem(error);
    return !again;
  } catch (...) {
    if (session) session->rollback();
    trial.outcome = std::current_exception();
    return true;
  }
}

// Asks a new connection for the outcome of a commit. Leaves `session` empty if nobody can be asked.
bool Database::committed_after_all(std::unique_ptr<Session>& session, RequestId const& id) {
  session.reset();
  for (int n = 1; n <= attempts_to_ask; ++n) {
    try {
      session = driver_->open();
      return session->was_committed(id);
    } catch (std::exception const&) {  // StorageError, or no memory
      session.reset();
      std::this_thread::sleep_for(std::chrono::milliseconds(100 * n));
    }
  }
  return false;
}

Database::Reader::Reader(Database& db) : database(db) {
  {
    std::unique_lock lock(db.readers_mutex_);
    bool const free = db.reader_returned_.wait_for(lock, db.config_.queue_age_limit,
                                                   [&] { return db.readers_out_ < db.config_.readers; });
    if (!free) {
      ++db.stats_.refused;
      std::rethrow_exception(refused());
    }
    ++db.readers_out_;
    if (!db.idle_readers_.empty()) {
      session = std::move(db.idle_readers_.back());
      db.idle_readers_.pop_back();
    }
  }
  try {
    begin();
  } catch (...) {
    {
      std::lock_guard lock(db.readers_mutex_);
      --db.readers_out_;
    }
    db.reader_returned_.notify_one();
    try {
      throw;
    } catch (StorageError const& error) {
      throw to_problem(error);
    }
  }
}

void Database::Reader::begin() {
  if (session) {
    try {
      return session->begin_read();
    } catch (StorageError const& error) {
      if (error.failure != Failure::connection) throw;  // a pooled connection may have died while it was idle
    }
  }
  session = database.driver_->open_reader();
  session->begin_read();
}

// All was read from one snapshot, so a connection lost now takes nothing away.
void Database::Reader::finish() {
  try {
    session->commit();
    finished = true;
  } catch (StorageError const&) {
    ++database.stats_.failures;
  }
}

bool Database::Reader::may_repeat(StorageError const& error) const {
  bool const passing = error.failure == Failure::connection || error.failure == Failure::retry;
  return passing && !session->row_delivered;
}

Database::Reader::~Reader() {
  if (!finished) session->rollback();
  {
    std::lock_guard lock(database.readers_mutex_);
    --database.readers_out_;
    if (session->usable()) database.idle_readers_.push_back(std::move(session));
  }
  database.reader_returned_.notify_one();
}

}  // namespace menkyo::db
