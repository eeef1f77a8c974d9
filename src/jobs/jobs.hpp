#pragma once
// Work that is too long for one request, and work that falls due. A job is a row with its state: each of its chunks
// is one short transaction that moves the state on, so a killed server goes on where the last commit was. A timer is
// a row that says when to look at something again. Both are run by whoever holds the lease (see runner.hpp).

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/enum.hpp"
#include "base/id.hpp"
#include "db/tx.hpp"

namespace menkyo::jobs {

// While `preparing`, its input is still being written and nobody runs it.
MENKYO_ENUM(JobStatus, preparing, running, done, failed)

struct Job {
  JobId job_id;
  std::string kind;
  std::string state;  // the kind's own text, usually JSON
  JobStatus status = JobStatus::running;
  std::optional<PersonId> initiator_id;  // absent: the command line or the program itself
  Instant not_before_at{};
  int64_t total = 0, done = 0;  // for progress; in units of the kind
  std::optional<std::string> problem;
  Instant created_at{}, updated_at{};
  std::optional<Instant> finished_at;
};

struct NewJob {
  std::string kind;
  std::string state;
  int64_t total = 0;
  std::optional<PersonId> initiator_id{};
  Instant not_before_at{};
  bool prepared = true;  // false: add_input follows, then start_job
};

JobId create_job(db::Tx& tx, NewJob const& job);
void start_job(db::Tx& tx, JobId id);

struct InputLine {
  int64_t position = 0;  // from 0
  std::string data;
};
void add_input(db::Tx& tx, JobId id, std::vector<InputLine> const& lines);
// The first `limit` lines that are left, and their removal once they are done.
std::vector<InputLine> next_input(db::ReadTx& tx, JobId id, int64_t limit);
void drop_input(db::Tx& tx, JobId id, int64_t up_to_position);

std::optional<Job> find_job(db::ReadTx& tx, JobId id);
// Newest first, those before `before` if given.
std::vector<Job> newest_jobs(db::ReadTx& tx, std::optional<JobId> before, int64_t limit);

// Removes input that nobody will ever run (its job was never started, or failed), a bounded part at a time. True if
// there is more.
bool clean_up_input(db::Tx& tx);

// Timers: at most one for each kind and subject.
struct Timer {
  SmartAccountId smart_account_id;
  std::array<uint8_t, 16> subject_id{};
  Instant due_at{};
};
void set_timer(db::Tx& tx, std::string_view kind, Timer const& timer);
// Leaves a timer that is due earlier as it is.
void set_timer_no_later(db::Tx& tx, std::string_view kind, Timer const& timer);
void clear_timer(db::Tx& tx, std::string_view kind, SmartAccountId account,
                 std::array<uint8_t, 16> const& subject_id);

// The guard against a clock that jumps ahead: schedules rest when time is more than `limit` beyond the last accepted
// time, until somebody who looked accepts it.
inline constexpr Duration clock_jump_limit = std::chrono::hours(24);
struct ClockState {
  Instant floor_at{};  // the last accepted time
  bool jumped = false;
};
ClockState clock_state(db::ReadTx& tx, Duration limit = clock_jump_limit);
// Takes that time for right; the transaction's own if none is given.
void accept_clock(db::Tx& tx, std::optional<Instant> at = {});

}  // namespace menkyo::jobs
