#pragma once
#include "jobs/jobs.hpp"

namespace menkyo::jobs::store {

// The row guards everything that the job does.
std::optional<Job> lock_job(db::Tx& tx, JobId id);
void insert_job(db::Tx& tx, Job const& job);
void save_job(db::Tx& tx, Job const& job);
// Jobs that may run at `now`, oldest first.
std::vector<JobId> runnable_jobs(db::ReadTx& tx, Instant now, int64_t limit);

std::vector<Timer> due_timers(db::ReadTx& tx, std::string_view kind, Instant now, int64_t limit);
// Both do nothing if the timer was set anew since it was read.
void move_timer(db::Tx& tx, std::string_view kind, Timer const& timer, Instant due_at);
void remove_timer(db::Tx& tx, std::string_view kind, Timer const& timer);

using Holder = std::array<uint8_t, 16>;
struct Lease {
  Holder holder{};
  Instant expires_at{};
};
std::optional<Lease> find_lease(db::ReadTx& tx, std::string_view name);
// True if `holder` has it now; it was free, expired or the holder's own.
bool take_lease(db::Tx& tx, std::string_view name, Lease const& lease);
void give_back_lease(db::Tx& tx, std::string_view name, Holder const& holder);

// Nothing, before the installation is set up.
std::optional<Instant> clock_floor(db::ReadTx& tx);
void set_clock_floor(db::Tx& tx, Instant floor_at);

}  // namespace menkyo::jobs::store
