#include "jobs/jobs.hpp"

#include "jobs/store.hpp"

namespace menkyo::jobs {

JobId create_job(db::Tx& tx, NewJob const& job) {
  Job row;
  row.job_id = tx.new_id<JobId>();
  row.kind = job.kind;
  row.state = job.state;
  row.status = job.prepared ? JobStatus::running : JobStatus::preparing;
  row.initiator_id = job.initiator_id;
  row.not_before_at = job.not_before_at;
  row.total = job.total;
  row.created_at = row.updated_at = tx.now();
  store::insert_job(tx, row);
  return row.job_id;
}

void start_job(db::Tx& tx, JobId id) {
  auto job = store::lock_job(tx, id);
  if (!job || job->status != JobStatus::preparing) return;
  job->status = JobStatus::running;
  job->updated_at = tx.now();
  store::save_job(tx, *job);
}

ClockState clock_state(db::ReadTx& tx, Duration limit) {
  auto const floor_at = store::clock_floor(tx);
  if (!floor_at) return {tx.now(), false};
  return {*floor_at, tx.now() - *floor_at > limit};
}

void accept_clock(db::Tx& tx, std::optional<Instant> at) {
  store::set_clock_floor(tx, at.value_or(tx.now()));
}

}  // namespace menkyo::jobs
