#include "jobs/store.hpp"

namespace menkyo::jobs::store {

std::optional<Job> lock_job(db::Tx& tx, JobId id) {
  return tx.one<Job>(
      "select job_id, kind, state, status, initiator_id, not_before_at, total, done, problem, created_at, "
      "updated_at, "
      "finished_at from job where job_id = $1 {for update}",
      id);
}

void insert_job(db::Tx& tx, Job const& job) {
  tx.exec(
      "insert into job (job_id, kind, state, status, initiator_id, not_before_at, total, done, created_at, "
      "updated_at) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      job.job_id, job.kind, job.state, job.status, job.initiator_id, job.not_before_at, job.total, job.done,
      job.created_at, job.updated_at);
}

void save_job(db::Tx& tx, Job const& job) {
  tx.exec(
      "update job set state = $2, status = $3, total = $4, done = $5, problem = $6, updated_at = $7, finished_at = "
      "$8 "
      "where job_id = $1",
      job.job_id, job.state, job.status, job.total, job.done, job.problem, job.updated_at, job.finished_at);
}

std::vector<JobId> runnable_jobs(db::ReadTx& tx, Instant now, int64_t limit) {
  return tx.all<JobId>(
      "select job_id from job where status = 'running' and not_before_at <= $1 order by job_id limit $2", now, limit);
}

std::vector<Timer> due_timers(db::ReadTx& tx, std::string_view kind, Instant now, int64_t limit) {
  return tx.all<Timer>(
      "select smart_account_id, subject_id, due_at from timer where kind = $1 and due_at <= $2 order by due_at limit "
      "$3",
      kind, now, limit);
}

void move_timer(db::Tx& tx, std::string_view kind, Timer const& timer, Instant due_at) {
  tx.exec(
      "update timer set due_at = $5 where kind = $1 and smart_account_id = $2 and subject_id = $3 and due_at = $4",
      kind, timer.smart_account_id, timer.subject_id, timer.due_at, due_at);
}

void remove_timer(db::Tx& tx, std::string_view kind, Timer const& timer) {
  tx.exec("delete from timer where kind = $1 and smart_account_id = $2 and subject_id = $3 and due_at = $4", kind,
          timer.smart_account_id, timer.subject_id, timer.due_at);
}

std::optional<Lease> find_lease(db::ReadTx& tx, std::string_view name) {
  return tx.one<Lease>("select holder, expires_at from lease where name = $1", name);
}

bool take_lease(db::Tx& tx, std::string_view name, Lease const& lease) {
  return tx.exec(
             "insert into lease (name, holder, expires_at) values ($1, $2, $3) on conflict (name) do update set "
             "holder = "
             "excluded.holder, expires_at = excluded.expires_at where lease.holder = excluded.holder or "
             "lease.expires_at <= $4",
             name, lease.holder, lease.expires_at, tx.now()) == 1;
}

void give_back_lease(db::Tx& tx, std::string_view name, Holder const& holder) {
  tx.exec("delete from lease where name = $1 and holder = $2", name, holder);
}

std::optional<Instant> clock_floor(db::ReadTx& tx) {
  return tx.one<Instant>("select clock_floor_at from installation where id = 1");
}

void set_clock_floor(db::Tx& tx, Instant floor_at) {
  tx.exec("update installation set clock_floor_at = $1 where id = 1", floor_at);
}

}  // namespace menkyo::jobs::store

namespace menkyo::jobs {

void add_input(db::Tx& tx, JobId id, std::vector<InputLine> const& lines) {
  struct In {
    JobId job_id;
    int64_t position;
    std::string_view data;
  };
  std::vector<In> rows;
  for (auto const& line : lines) rows.push_back({id, line.position, line.data});
  tx.exec_many(
      "insert into job_input (job_id, position, data) select job_id, position, data from {rows: job_id bytea, "
      "position "
      "bigint, data text} r",
      rows);
}

std::vector<InputLine> next_input(db::ReadTx& tx, JobId id, int64_t limit) {
  return tx.all<InputLine>("select position, data from job_input where job_id = $1 order by position limit $2", id,
                           limit);
}

void drop_input(db::Tx& tx, JobId id, int64_t up_to_position) {
  tx.exec("delete from job_input where job_id = $1 and position <= $2", id, up_to_position);
}

std::optional<Job> find_job(db::ReadTx& tx, JobId id) {
  return tx.one<Job>(
      "select job_id, kind, state, status, initiator_id, not_before_at, total, done, problem, created_at, "
      "updated_at, "
      "finished_at from job where job_id = $1",
      id);
}

std::vector<Job> newest_jobs(db::ReadTx& tx, std::optional<JobId> before, int64_t limit) {
  JobId last;
  last.bytes.fill(0xFF);
  return tx.all<Job>(
      "select job_id, kind, state, status, initiator_id, not_before_at, total, done, problem, created_at, "
      "updated_at, "
      "finished_at from job where job_id < $1 order by job_id desc limit $2",
      before.value_or(last), limit);
}

bool clean_up_input(db::Tx& tx) {
  constexpr int64_t at_once = 500;
  auto const abandoned = tx.one<JobId>(
      "select j.job_id from job j where (j.status = 'failed' or (j.status = 'preparing' and j.updated_at < $1)) and "
      "exists "
      "(select 1 from job_input i where i.job_id = j.job_id) order by j.job_id limit 1",
      tx.now() - std::chrono::hours(24));
  if (!abandoned) return false;
  auto const lines = next_input(tx, *abandoned, at_once);
  drop_input(tx, *abandoned, lines.back().position);
  return true;
}

void set_timer(db::Tx& tx, std::string_view kind, Timer const& timer) {
  tx.exec(
      "insert into timer (kind, smart_account_id, subject_id, due_at) values ($1, $2, $3, $4) on conflict (kind, "
      "smart_account_id, subject_id) do update set due_at = excluded.due_at",
      kind, timer.smart_account_id, timer.subject_id, timer.due_at);
}

void set_timer_no_later(db::Tx& tx, std::string_view kind, Timer const& timer) {
  tx.exec(
      "insert into timer (kind, smart_account_id, subject_id, due_at) values ($1, $2, $3, $4) on conflict (kind, "
      "smart_account_id, subject_id) do update set due_at = excluded.due_at where timer.due_at > excluded.due_at",
      kind, timer.smart_account_id, timer.subject_id, timer.due_at);
}

void clear_timer(db::Tx& tx, std::string_view kind, SmartAccountId account,
                 std::array<uint8_t, 16> const& subject_id) {
  tx.exec("delete from timer where kind = $1 and smart_account_id = $2 and subject_id = $3", kind, account,
          subject_id);
}

}  // namespace menkyo::jobs
