#pragma once
// Runs jobs, timers and housekeeping, on one server at a time: whoever holds the lease. It knows no capability; the
// kinds of work are registered before it starts. Correctness does not rest on the lease - each chunk holds its job's
// row, each timer is judged by what is stored - so two runners for a moment do no harm. One that stood still until
// another took the lease notices in its transaction, and does nothing of a job or a timer any more.

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "db/database.hpp"
#include "jobs/jobs.hpp"

namespace menkyo::jobs {

// What one chunk of a job sees and moves on.
struct Chunk {
  JobId job_id;
  std::string state;
  int64_t total = 0, done = 0;
  std::optional<PersonId> initiator_id;
  int64_t size = 1;  // how many items to take, so that the chunk keeps the writer for no more than its time
};

struct JobKind {
  std::string name;
  // Does the next `size` items; true if there are more. Runs again if the transaction does, so it touches nothing
  // else. A Problem (but one of storage or load) ends the job as failed, and nothing of the chunk stays.
  std::function<bool(db::Tx&, Chunk&)> step;
  // Proves again that the person who began the job may still do this; throws Problem. Runs before each chunk.
  std::function<void(db::ReadTx&, PersonId)> prove{};
};

struct TimerKind {
  std::string name;
  // Looks at what fell due; gives the next instant to look again, if there is one. It may as well set the timer
  // itself.
  std::function<std::optional<Instant>(db::Tx&, Timer const&)> look;
};

struct Periodic {
  std::string name;
  Duration every{};
  // Does a bounded part; true if there is more to do at once.
  std::function<bool(db::Database&)> run;
  // Rests while the clock is in doubt, as timers do.
  bool trusts_clock = true;
};
// The same, in a transaction of its own.
std::function<bool(db::Database&)> in_transaction(std::function<bool(db::Tx&)> run);

struct RunnerConfig {
  std::string lease = "jobs";                           // runners of the same lease take turns
  Duration chunk_time = std::chrono::milliseconds(5);   // of the writer, steady clock
  Duration lease_time = std::chrono::seconds(15);       // of the injected clock
  Duration idle_wait = std::chrono::milliseconds(200);  // between two looks, steady clock
  Duration clock_jump = clock_jump_limit;
  int64_t largest_chunk = 500;
  int failures_allowed = 5;  // of one job's chunk in a row, by faults of the program
};

struct RunnerStats {
  std::atomic<uint64_t> chunks{0}, timers{0}, failures{0};
  std::atomic<int64_t> longest_chunk_us{0};
};

class JobRunner {
 public:
  JobRunner(db::Database& database, RunnerConfig config = {});
  ~JobRunner();  // stops

  // Before start() and run_once() only.
  void add(JobKind kind);
  void add(TimerKind kind);
  void add(Periodic periodic);

  // Works on a thread of its own until stop(), which waits for the chunk in hand and gives back the lease.
  void start();
  void stop();
  // There may be something to do at once. From any thread.
  void wake();

  // One round at the database's time, without threads (tests, simulation): what is due of timers and housekeeping,
  // and one chunk of each job. True if there is more to do at once; false too if another runner holds the lease. Not
  // while started.
  bool run_once();

  // Sees one job through, by itself if no other runner holds the lease, else waiting for that one. `progress` is
  // called after each chunk or look. Not while started. Gives the job as it ended, or as it is if it may not run yet.
  Job run_to_end(JobId id, std::function<void(Job const&)> const& progress = {});

  RunnerStats const& stats() const { return stats_; }

 private:
  struct PeriodicState {
    Periodic what;
    Instant next_at{};
  };

  void loop();
  bool hold_lease();
  void prove_lease(db::ReadTx& tx) const;
  void give_back_lease();
  bool clock_is_sound();
  bool run_timers(TimerKind const& kind);
  size_t look_at(TimerKind const& kind, std::vector<Timer> const& timers);
  void postpone(TimerKind const& kind, Timer const& timer);
  bool run_periodic(PeriodicState& periodic);
  bool run_jobs();
  bool run_chunk(JobId id);
  bool attempt_chunk(db::Tx& tx, JobId id);
  void fail(JobId id, std::string const& why);
  void learn(int64_t& size, int64_t taken_us, int64_t used);

  db::Database& database_;
  RunnerConfig config_;
  std::map<std::string, JobKind, std::less<>> jobs_;
  std::vector<TimerKind> timers_;
  std::vector<PeriodicState> periodics_;
  std::map<std::string, int64_t, std::less<>> sizes_;  // learnt, by kind of job or timer
  std::map<JobId, int> failures_;
  std::array<uint8_t, 16> holder_;
  bool leads_ = false;
  Instant lease_until_{};
  Instant floor_written_at_{};
  bool told_of_jump_ = false;
  RunnerStats stats_;

  std::mutex mutex_;
  std::condition_variable woken_;
  bool stopping_ = false, wake_ = false;
  std::thread thread_;
};

}  // namespace menkyo::jobs
