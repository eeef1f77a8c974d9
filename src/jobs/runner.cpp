#include "jobs/runner.hpp"

#include <algorithm>

#include "base/failpoint.hpp"
#include "base/log.hpp"
#include "jobs/store.hpp"

namespace menkyo::jobs {

namespace {

using Steady = std::chrono::steady_clock;

constexpr Duration floor_interval = std::chrono::minutes(1);
constexpr Duration postponement = std::chrono::minutes(5);
constexpr int64_t jobs_at_once = 16;
constexpr int64_t first_size = 8;

int64_t us_since(Steady::time_point begin) {
  return std::chrono::duration_cast<Duration>(Steady::now() - begin).count();
}

// What passes by itself: the same work may succeed later.
bool passes(Problem const& problem) {
  return problem.kind().status == 503;
}

std::string describe(Problem const& problem) {
  return std::string(problem.kind().code) + (problem.detail().empty() ? "" : ": " + problem.detail());
}

}  // namespace

std::function<bool(db::Database&)> in_transaction(std::function<bool(db::Tx&)> run) {
  return
      [run = std::move(run)](db::Database& database) { return database.write([&](db::Tx& tx) { return run(tx); }); };
}

JobRunner::JobRunner(db::Database& database, RunnerConfig config) : database_(database), config_(config) {
  auto const seed = database.next_seed();
  std::copy_n(seed.begin(), holder_.size(), holder_.begin());
}

JobRunner::~JobRunner() {
  stop();
}

void JobRunner::add(JobKind kind) {
  auto name = kind.name;
  jobs_.insert_or_assign(std::move(name), std::move(kind));
}
void JobRunner::add(TimerKind kind) {
  timers_.push_back(std::move(kind));
}
void JobRunner::add(Periodic periodic) {
  periodics_.push_back({std::move(periodic), {}});
}

void JobRunner::start() {
  std::lock_guard lock(mutex_);
  if (thread_.joinable()) return;
  stopping_ = false;
  thread_ = std::thread([this] { loop(); });
}

void JobRunner::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  woken_.notify_all();
  if (!thread_.joinable()) return;
  thread_.join();
  give_back_lease();
}

void JobRunner::wake() {
  {
    std::lock_guard lock(mutex_);
    wake_ = true;
  }
  woken_.notify_all();
}

void JobRunner::loop() {
  for (;;) {
    bool more = false;
    try {
      more = run_once();
    } catch (std::exception const& error) {
      ++stats_.failures;
      log::warning("jobs_round_failed", {{"reason", error.what()}});
    }
    std::unique_lock lock(mutex_);
    if (!more) woken_.wait_for(lock, config_.idle_wait, [this] { return stopping_ || wake_; });
    wake_ = false;
    if (stopping_) return;
  }
}

bool JobRunner::run_once() {
  if (!hold_lease()) return false;
  bool const sound = clock_is_sound();
  bool more = false;
  if (sound)
    for (auto const& kind : timers_) more = run_timers(kind) || more;
  for (auto& periodic : periodics_)
    if (sound || !periodic.what.trusts_clock) more = run_periodic(periodic) || more;
  return run_jobs() || more;
}

// ---- Lease ------------------------------------------------------------------------------------------------------

bool JobRunner::hold_lease() {
  auto const now = database_.now();
  // Renewed when a third is used up, so that a slow commit does not lose it.
  if (leads_ && now + config_.lease_time * 2 / 3 < lease_until_) return true;
  if (!leads_) {
    auto const held = database_.read([&](db::ReadTx& tx) { return store::find_lease(tx, config_.lease); });
    if (held && held->holder != holder_ && held->expires_at > now) return false;
  }
  lease_until_ = now + config_.lease_time;
  bool const taken = database_.write([&](db::Tx& tx) {
    return store::take_lease(tx, config_.lease, {holder_, lease_until_});
  });
  if (taken != leads_) log::info(taken ? "lease_taken" : "lease_lost", {{"lease", config_.lease}});
  return leads_ = taken;
}

// Begun under a lease that another runner has meanwhile. It is told as a matter of load, because it passes: the next
// round notices that the lease is lost.
void JobRunner::prove_lease(db::ReadTx& tx) const {
  auto const held = store::find_lease(tx, config_.lease);
  if (!held || held->holder != holder_) throw Problem(problems::busy, "Another runner holds the lease.");
}

void JobRunner::give_back_lease() {
  if (!leads_) return;
  leads_ = false;
  try {
    database_.write([&](db::Tx& tx) { store::give_back_lease(tx, config_.lease, holder_); });
  } catch (std::exception const& error) {
    log::warning("lease_not_given_back",
                 {{"lease", config_.lease}, {"reason", error.what()}});  // it expires by itself
  }
}

// ---- Clock ------------------------------------------------------------------------------------------------------

bool JobRunner::clock_is_sound() {
  auto const now = database_.now();
  if (floor_written_at_ != Instant{} && now - floor_written_at_ < floor_interval) return true;
  auto const state = database_.read([&](db::ReadTx& tx) { return clock_state(tx, config_.clock_jump); });
  if (state.jumped) {
    if (!told_of_jump_)
      log::error("clock_jumped", {{"accepted_at", to_rfc3339(state.floor_at)}, {"now", to_rfc3339(now)}});
    told_of_jump_ = true;
    return false;
  }
  told_of_jump_ = false;
  if (now - state.floor_at >= floor_interval) database_.write([](db::Tx& tx) { accept_clock(tx); });
  floor_written_at_ = now;
  return true;
}

// ---- Timers -----------------------------------------------------------------------------------------------------

// More when the time allowed was not used, fewer when it was overdrawn.
void JobRunner::learn(int64_t& size, int64_t taken_us, int64_t used) {
  if (taken_us > config_.chunk_time.count()) {
    size = std::max<int64_t>(1, used * config_.chunk_time.count() / taken_us * 3 / 4);
  } else if (used >= size && taken_us < config_.chunk_time.count() / 2) {
    size = std::min(config_.largest_chunk, size * 2);
  }
}

bool JobRunner::run_timers(TimerKind const& kind) {
  auto& size = sizes_.try_emplace(kind.name, std::min(first_size, config_.largest_chunk)).first->second;
  auto const due = database_.read([&](db::ReadTx& tx) { return store::due_timers(tx, kind.name, tx.now(), size); });
  if (due.empty()) return false;
  bool const full = int64_t(due.size()) == size;
  try {
    auto const begin = Steady::now();
    size_t const looked = look_at(kind, due);
    learn(size, us_since(begin), int64_t(looked));
    return full || looked < due.size();
  } catch (Problem const& problem) {
    if (passes(problem)) throw;
  } catch (std::exception const&) {
  }
  // One of them fails; the others must not wait for it.
  for (auto const& timer : due) {
    try {
      look_at(kind, {timer});
    } catch (std::exception const& error) {
      ++stats_.failures;
      log::error("timer_failed",
                 {{"kind", kind.name}, {"account", timer.smart_account_id.text()}, {"reason", error.what()}});
      postpone(kind, timer);
    }
  }
  return full;
}

// Returns how many of them fitted into the time.
size_t JobRunner::look_at(TimerKind const& kind, std::vector<Timer> const& timers) {
  failpoint<"jobs.timers_due", Failing::memory>();
  size_t const looked = database_.write([&](db::Tx& tx) {
    prove_lease(tx);
    auto const begin = Steady::now();
    size_t count = 0;
    for (auto const& timer : timers) {
      if (count > 0 && us_since(begin) > config_.chunk_time.count()) break;
      auto const next = kind.look(tx, timer);
      failpoint<"jobs.timer_looked_at">();
      next ? store::move_timer(tx, kind.name, timer, *next) : store::remove_timer(tx, kind.name, timer);
      ++count;
    }
    return count;
  });
  stats_.timers += looked;
  return looked;
}

void JobRunner::postpone(TimerKind const& kind, Timer const& timer) {
  database_.write([&](db::Tx& tx) {
    prove_lease(tx);
    store::move_timer(tx, kind.name, timer, tx.now() + postponement);
  });
}

// ---- Housekeeping -----------------------------------------------------------------------------------------------

bool JobRunner::run_periodic(PeriodicState& periodic) {
  auto const now = database_.now();
  if (now < periodic.next_at) return false;
  try {
    if (periodic.what.run(database_)) return true;
  } catch (std::exception const& error) {
    ++stats_.failures;
    log::warning("housekeeping_failed", {{"name", periodic.what.name}, {"reason", error.what()}});
  }
  periodic.next_at = now + periodic.what.every;
  return false;
}

// ---- Jobs -------------------------------------------------------------------------------------------------------

bool JobRunner::run_jobs() {
  if (jobs_.empty()) return false;
  auto const jobs = database_.read([&](db::ReadTx& tx) { return store::runnable_jobs(tx, tx.now(), jobs_at_once); });
  bool more = false;
  for (auto const& id : jobs) more = run_chunk(id) || more;
  return more;
}

// One chunk; true if the job has more that may be done at once.
bool JobRunner::run_chunk(JobId id) {
  try {
    failpoint<"jobs.before_chunk", Failing::memory>();
    bool const more = database_.write([&](db::Tx& tx) { return attempt_chunk(tx, id); });
    failpoint<"jobs.chunk_committed", Failing::memory>();
    ++stats_.chunks;
    failures_.erase(id);
    return more;
  } catch (Problem const& problem) {
    if (passes(problem)) {
      log::warning("job_waits", {{"job", id.text()}, {"reason", problem.kind().code}});
      return false;
    }
    fail(id, describe(problem));
  } catch (std::exception const& error) {
    ++stats_.failures;
    log::error("job_chunk_failed", {{"job", id.text()}, {"reason", error.what()}});
    if (++failures_[id] < config_.failures_allowed) return false;
    fail(id, std::string(problems::internal.code));
  }
  return false;
}

bool JobRunner::attempt_chunk(db::Tx& tx, JobId id) {
  auto const begin = Steady::now();
  prove_lease(tx);
  auto job = store::lock_job(tx, id);
  if (!job || job->status != JobStatus::running) return false;
  auto const kind = jobs_.find(job->kind);
  if (kind == jobs_.end()) return false;  // of a newer program
  if (job->initiator_id) {
    if (!kind->second.prove) throw std::logic_error("a person began a job of a kind that cannot prove persons");
    kind->second.prove(tx, *job->initiator_id);
  }
  auto& size = sizes_.try_emplace(job->kind, std::min(first_size, config_.largest_chunk)).first->second;
  Chunk chunk{id, std::move(job->state), job->total, job->done, job->initiator_id, size};
  bool const more = kind->second.step(tx, chunk);
  job->state = std::move(chunk.state);
  job->total = chunk.total;
  job->done = chunk.done;
  job->updated_at = tx.now();
  if (!more) {
    job->status = JobStatus::done;
    job->finished_at = tx.now();
  }
  store::save_job(tx, *job);
  failpoint<"jobs.chunk_done">();
  int64_t const taken = us_since(begin);
  learn(size, taken, chunk.size);
  if (taken > stats_.longest_chunk_us) stats_.longest_chunk_us = taken;
  return more;
}

void JobRunner::fail(JobId id, std::string const& why) {
  failures_.erase(id);
  database_.write([&](db::Tx& tx) {
    prove_lease(tx);
    auto job = store::lock_job(tx, id);
    if (!job || job->status != JobStatus::running) return;
    job->status = JobStatus::failed;
    job->problem = why;
    job->updated_at = tx.now();
    job->finished_at = tx.now();
    store::save_job(tx, *job);
  });
  log::warning("job_failed", {{"job", id.text()}, {"reason", why}});
}

Job JobRunner::run_to_end(JobId id, std::function<void(Job const&)> const& progress) {
  for (;;) {
    auto job = database_.read([&](db::ReadTx& tx) { return find_job(tx, id); });
    if (!job) throw Problem(problems::not_found, "There is no such job.");
    if (progress) progress(*job);
    if (job->status != JobStatus::running || job->not_before_at > database_.now()) {
      give_back_lease();
      return *job;
    }
    if (hold_lease() && run_chunk(id)) continue;
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, leads_ ? Duration(std::chrono::milliseconds(1)) : config_.idle_wait,
                    [this] { return stopping_; });
  }
}

}  // namespace menkyo::jobs
