#include "orders/routes.hpp"

#include "access/access.hpp"
#include "api/page.hpp"
#include "jobs/jobs.hpp"

namespace menkyo::orders {

// A job whose input is still being written is running for those who look on.
MENKYO_ENUM(ImportJobStatus, running, done, failed)

struct ImportJob {
  JobId job_id;
  std::string kind;
  ImportJobStatus status = ImportJobStatus::running;
  int64_t total = 0, done = 0;
  Instant created_at{};
  std::optional<Instant> finished_at;
  std::vector<std::string> problems;
};
BOOST_DESCRIBE_STRUCT(ImportJob, (), (job_id, kind, status, total, done, created_at, finished_at, problems))

struct ImportJobsQuery {
  std::optional<api::CursorText> cursor;
  std::optional<api::Limit> limit;
};
BOOST_DESCRIBE_STRUCT(ImportJobsQuery, (), (cursor, limit))

using JobsViewer = access::Access<access::Operator, access::OperatorPermission::jobs_view>;

namespace {

ImportJob show(jobs::Job const& job) {
  auto const status = job.status == jobs::JobStatus::done     ? ImportJobStatus::done
                      : job.status == jobs::JobStatus::failed ? ImportJobStatus::failed
                                                              : ImportJobStatus::running;
  ImportJob out{job.job_id, job.kind, status, job.total, job.done, job.created_at, job.finished_at, {}};
  if (job.problem) out.problems.push_back(*job.problem);
  return out;
}

wire::Page<ImportJob> list_jobs(db::ReadTx& tx, JobsViewer const& access, ImportJobsQuery const& in,
                                api::Cursors const& cursors) {
  int64_t const limit = api::page_size(in.limit);
  auto const scope = "operator_jobs " + access.person_id().text();
  auto const after = cursors.decode(scope, in.cursor, 1);
  std::vector<ImportJob> rows;
  auto const before = after.empty() ? std::nullopt : JobId::parse(after[0]);
  for (auto const& job : jobs::newest_jobs(tx, before, limit + 1)) rows.push_back(show(job));
  return api::make_page(std::move(rows), limit, cursors, scope,
                        [](ImportJob const& row) { return std::vector<std::string>{row.job_id.text()}; });
}

}  // namespace

std::vector<api::Route> routes() {
  return {api::route<&list_jobs>(api::Method::get, "/api/v1/operator/jobs", "list_jobs",
                                 "Imports and other long work, newest first")};
}

}  // namespace menkyo::orders
