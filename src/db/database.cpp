#include "db/database.hpp"

#include "db/drivers.hpp"

namespace menkyo::db {

namespace {

constexpr int attempts = 5;

std::exception_ptr as_problem(StorageError const& error) { return std::make_exception_ptr(to_problem(error)); }

std::exception_ptr refused() {
  Problem problem(problems::busy);
  problem.retry_after_s = 1;
  return std::make_exception_ptr(problem);
}

}  // namespace

Problem to_problem(StorageError const& error) {
  if (error.failure == Failure::constraint) return Problem(problems::conflict);
  bool const busy = error.failure == Failure::busy || error.failure == Failure::retry;
  Problem problem(busy ? problems::busy : problems::storage_unavailable);
  problem.retry_after_s = 2;
  return problem;
}

std::unique_ptr<Driver> make_driver(std::string const& url) {
  if (url.starts_with("sqlite:")) return make_sqlite_driver(url.substr(7));
  if (url.starts_with("postgresql://") || url.starts_with("postgres://")) return make_postgres_driver(url);
  throw StorageError(Failure::other, "a database URL begins with sqlite: or postgresql://");
}

Database::Database(DatabaseConfig config, Clock const& clock, SeedSource& seeds)
    : config_(std::move(config)), clock_(clock), seeds_(seeds), driver_(make_driver(config_.url)) {
  idle_readers_.push_back(driver_->open_reader());  // fails here, not later, if the database cannot be reached
  int const writers = driver_->shares_commits() ? 1 : config_.writers;
  for (int i = 0; i < writers; ++i) writers_.emplace_back([this] { writer_loop(); });
  maintainer_ = std::thread([this] {
    std::unique_lock lock(maintain_mutex_);
    while (!maintain_stop_.wait_for(lock, std::chrono::milliseconds(20), [this] { return closing_; })) driver_->maintain();
  });
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

void Database::write_async(std::function<void(Tx&)> work, std::function<void(std::exception_ptr)> done) {
  {
    std::unique_lock lock(queue_mutex_);
    if (!closing_ && queue_.size() < config_.queue_limit) {
      queue_.push_back({std::move(work), std::move(done), now(), seeds_.next(), std::chrono::steady_clock::now()});
      lock.unlock();
      queue_filled_.notify_one();
      return;
    }
  }
  ++stats_.refused;
  done(refused());
}

void Database::writer_loop() {
  std::unique_ptr<Session> session;
  for (;;) {
    auto group = take_group();
    if (group.empty()) return;
    run_group(session, group);
  }
}

Database::Group Database::take_group() {
  std::unique_lock lock(queue_mutex_);
  queue_filled_.wait(lock, [this] { return closing_ || !queue_.empty(); });
  size_t const limit = driver_->shares_commits() ? config_.group_limit : 1;
  Group group;
  while (!queue_.empty() && group.size() < limit) {
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return group;
}

void Database::run_group(std::unique_ptr<Session>& session, Group& group) {
  auto const now = std::chrono::steady_clock::now();
  std::erase_if(group, [&](Work& work) {
    if (now - work.queued_at <= config_.queue_age_limit) return false;
    ++stats_.refused;
    work.done(refused());
    return true;
  });
  if (group.empty()) return;
  if (group.size() > 1 && run_shared(session, group)) return;
  for (auto& work : group) run_alone(session, work);
}

// Runs the whole group in one transaction. False if it failed as a whole and nothing was kept or told.
bool Database::run_shared(std::unique_ptr<Session>& session, Group& group) {
  std::vector<std::exception_ptr> outcomes(group.size());
  try {
    if (!session) session = driver_->open();
    session->begin_write({}, group.front().now);
    for (size_t i = 0; i < group.size(); ++i) {
      session->savepoint();
      try {
        attempt(*session, group[i]);
        session->release_savepoint();
      } catch (StorageError const&) {
        throw;
      } catch (...) {
        outcomes[i] = std::current_exception();
        session->rollback_to_savepoint();
      }
    }
    session->commit();
  } catch (StorageError const&) {
    ++stats_.failures;
    if (session) session->rollback();
    return false;
  }
  ++stats_.commits;
  stats_.grouped += group.size();
  for (size_t i = 0; i < group.size(); ++i) group[i].done(outcomes[i]);
  return true;
}

void Database::attempt(Session& session, Work& work) {
  Tx tx(session, work.now, work.seed);
  work.run(tx);
}

void Database::run_alone(std::unique_ptr<Session>& session, Work& work) {
  RequestId id;
  Random(work.seed).fill(id.bytes);
  std::exception_ptr outcome;
  for (int n = 1;; ++n) {
    try {
      if (session && !session->usable()) session.reset();
      if (!session) session = driver_->open();
      session->begin_write(id, work.now);
      attempt(*session, work);
      session->commit();
      ++stats_.commits;
      ++stats_.grouped;
      return work.done(nullptr);
    } catch (CommitUnknown const&) {
      ++stats_.unknown_commits;
      if (committed_after_all(session, id)) return work.done(nullptr);
      if (!session) return work.done(std::make_exception_ptr(Problem(problems::outcome_unknown)));
      outcome = refused();
    } catch (StorageError const& error) {
      ++stats_.failures;
      if (session) session->rollback();
      outcome = as_problem(error);
      if (error.failure != Failure::retry && error.failure != Failure::connection) return work.done(outcome);
    } catch (...) {
      if (session) session->rollback();
      return work.done(std::current_exception());
    }
    if (n == attempts) return work.done(outcome);
    ++stats_.retries;
    // A lost database gets a moment to come back; a lost race is tried again at once.
    if (!session || !session->usable()) std::this_thread::sleep_for(std::chrono::milliseconds(50 * n));
  }
}

// Asks a new connection for the outcome of a commit. Leaves `session` empty if nobody can be asked.
bool Database::committed_after_all(std::unique_ptr<Session>& session, RequestId const& id) {
  session.reset();
  for (int n = 1; n <= attempts; ++n) {
    try {
      session = driver_->open();
      return session->was_committed(id);
    } catch (StorageError const&) {
      session.reset();
      std::this_thread::sleep_for(std::chrono::milliseconds(100 * n));
    }
  }
  return false;
}

Database::Reader::Reader(Database& db) : database(db) {
  std::unique_lock lock(db.readers_mutex_);
  db.reader_returned_.wait(lock, [&] { return db.readers_out_ < db.config_.readers; });
  ++db.readers_out_;
  if (!db.idle_readers_.empty()) {
    session = std::move(db.idle_readers_.back());
    db.idle_readers_.pop_back();
  }
  lock.unlock();
  try {
    begin();
  } catch (StorageError const& error) {
    lock.lock();
    --db.readers_out_;
    db.reader_returned_.notify_one();
    std::rethrow_exception(as_problem(error));
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

void Database::Reader::finish() {
  session->commit();
  finished = true;
}

Database::Reader::~Reader() {
  if (!finished) session->rollback();
  std::lock_guard lock(database.readers_mutex_);
  --database.readers_out_;
  if (session->usable()) database.idle_readers_.push_back(std::move(session));
  database.reader_returned_.notify_one();
}

}  // namespace menkyo::db
