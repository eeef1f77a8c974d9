#include "tests/support/office.hpp"

#include "orders/orders.hpp"

namespace menkyo::test {

namespace {

constexpr int lines_of_order = 5;

std::string reference(std::string const& order, int line) {
  return order + "/" + std::to_string(line);
}

}  // namespace

Office::Office(Installation& installation, uint64_t seed)
    : installation_(installation), random_(FixedSeeds(seed ^ 0x0ff1ce).next()) {}

// Mostly a new one; else one that got no answer, or one whose answer must be the same again.
Office::Deed& Office::next_deed() {
  std::lock_guard lock(mutex_);
  if (!deeds_.empty() && random_.below(3) == 0)
    return deeds_[deeds_.size() - 1 - random_.below(std::min<size_t>(deeds_.size(), 5))];
  auto const kind = Kind(random_.below(3));
  char const* const words[] = {"Room ", "Rack ", "O-"};
  deeds_.reserve(10'000);  // so that what is handed out stays where it is
  if (deeds_.size() == deeds_.capacity()) throw std::logic_error("the office has no room for more");
  deeds_.push_back({kind, words[int(kind)] + std::to_string(deeds_.size())});
  return deeds_.back();
}

void Office::work(app::Service& service, std::function<bool()> const& heard) {
  if (random_.below(3) == 0) return run_jobs(service, heard);
  attempt(service, next_deed(), heard);
}

void Office::work(Program const& program) {
  attempt(program, next_deed());
}

void Office::finish(Program const& program) {
  for (auto& deed : deeds_) {
    for (int i = 0; i < 10 && !deed.acknowledged; ++i) attempt(program, deed);
    attempt(program, deed);
    if (!deed.acknowledged) throw std::runtime_error("no answer about " + deed.name + " from a program that runs");
  }
}

void Office::finish(app::Service& service) {
  auto const always = [] { return true; };
  for (auto& deed : deeds_) {
    attempt(service, deed, always);
    if (!deed.acknowledged) throw std::runtime_error("no answer about " + deed.name + " from a service that runs");
  }
  for (auto& deed : deeds_)
    if (deed.job && !deed.deposited && service.runner().run_to_end(*deed.job).status != jobs::JobStatus::done)
      throw std::runtime_error("the order " + deed.name + " was not deposited");
  run_jobs(service, always);
}

int64_t Office::acknowledged() const {
  std::lock_guard lock(mutex_);
  return std::count_if(deeds_.begin(), deeds_.end(), [](Deed const& deed) { return deed.acknowledged; });
}

// Whatever job and housekeeping is due, the sealing of events among it.
void Office::run_jobs(app::Service& service, std::function<bool()> const& heard) {
  try {
    for (int i = 0; i < 50 && service.runner().run_once(); ++i) {
    }
    for (auto& deed : deeds_) {
      if (!deed.job || deed.deposited) continue;
      auto const job = service.database().read([&](db::ReadTx& tx) { return jobs::find_job(tx, *deed.job); });
      if (!job) throw std::runtime_error("the job of the order " + deed.name + " is gone");
      if (job->status == jobs::JobStatus::failed) throw std::runtime_error("an order's job failed: " + *job->problem);
      if (!heard()) return;
      std::lock_guard lock(mutex_);
      deed.deposited = job->status == jobs::JobStatus::done;
    }
  } catch (Problem const& problem) {
    if (problem.kind().status != 503) throw;
  } catch (std::bad_alloc const&) {
    // Where a test makes memory run out.
  }
}

api::Request Office::request_for(Deed const& deed) const {
  auto const nodes = "/api/v1/smart_accounts/" + installation_.account.text() + "/virtual_accounts";
  api::Request request;
  request.method = api::Method::post;
  request.headers = {{"host", "menkyo.example"},
                     {"menkyo-request", "1"},
                     {"content-type", "application/json"},
                     {"cookie", "menkyo_session=" + installation_.session},
                     {"idempotency-key", "key of " + deed.name}};
  request.peer = "192.0.2.1";
  if (deed.kind == Kind::room) {
    request.path = nodes;
    request.body = R"({"name":")" + deed.name + R"(","description":"","commerce_access":"PUBLIC"})";
  } else {
    request.path = nodes + "/" + installation_.va.text() + "/tokens";
    request.body = R"({"description":")" + deed.name + R"(","export_controlled_allowed":true})";
  }
  return request;
}

void Office::attempt(app::Service& service, Deed& deed, std::function<bool()> const& heard) {
  if (deed.kind == Kind::order) return attempt_order(service, deed, heard);
  auto const response = ask(service, request_for(deed));
  if (heard()) take(deed, response);
}

void Office::attempt(Program const& program, Deed& deed) {
  if (deed.kind != Kind::order) {
    if (auto const response = program.ask(request_for(deed))) take(deed, *response);
  } else if (!deed.acknowledged && program.import_orders(lines_of(deed))) {
    std::lock_guard lock(mutex_);
    deed.acknowledged = deed.deposited = true;
  }
}

void Office::take(Deed& deed, api::Response const& response) {
  if (response.status >= 500) return;
  if (response.status >= 300) throw std::runtime_error(deed.name + " was answered " + response.body);
  if (deed.acknowledged && deed.answer != response.body)
    throw std::runtime_error("another answer about " + deed.name + ":\n" + deed.answer + "\n" + response.body);
  std::lock_guard lock(mutex_);
  deed.acknowledged = true;
  deed.answer = response.body;
}

std::string Office::lines_of(Deed const& deed) const {
  std::string csv =
      "order,line,ordered_at,account_domain,virtual_account,entitlement,license_type,quantity,starts_at,ends_at,"
      "subscription\n";
  for (int i = 1; i <= lines_of_order; ++i)
    csv += deed.name + "," + std::to_string(i) + ",2026-01-01,aozora.example," + installation_.va.text() +
           (i % 2 == 0 ? ",PRM" : ",ESS") + ",perpetual,1,,,\n";
  return csv;
}

// A file that was taken once is not handed in again; one of which nothing is known is.
void Office::attempt_order(app::Service& service, Deed& deed, std::function<bool()> const& heard) {
  if (deed.acknowledged) return;
  try {
    auto const started =
        orders::start_orders_import(service.database(), service.catalogs(), lines_of(deed), "orders.csv");
    if (!started.report.problems.empty())
      throw std::runtime_error("the order " + deed.name + ": " + started.report.problems.first.front().reason);
    if (!heard()) return;
    std::lock_guard lock(mutex_);
    deed.acknowledged = true;
    deed.job = started.job_id;
    deed.deposited = !started.job_id;
  } catch (Problem const& problem) {
    if (problem.kind().status != 503) throw;
  } catch (std::bad_alloc const&) {
    // Where a test makes memory run out.
  }
}

std::vector<Office::Deed> Office::known() const {
  std::lock_guard lock(mutex_);
  return deeds_;
}

std::vector<std::string> Office::lost_or_doubled(db::ReadTx& tx, std::vector<Deed> const& known) {
  std::vector<std::string> out;
  auto const expect = [&](std::string const& what, int64_t is, bool must_be) {
    if (is > 1 || (must_be && is == 0))
      out.push_back((is > 1 ? "doubled: " : "lost: ") + what + " is there " + std::to_string(is) + " times");
  };
  for (auto const& deed : known) {
    if (deed.kind == Kind::room) {
      expect(deed.name, *tx.one<int64_t>("select count(*) from virtual_account where name = $1", deed.name),
             deed.acknowledged);
    } else if (deed.kind == Kind::token) {
      expect(deed.name, *tx.one<int64_t>("select count(*) from registration_token where description = $1", deed.name),
             deed.acknowledged);
    } else {
      for (int i = 1; i <= lines_of_order; ++i)
        expect("the lot of " + reference(deed.name, i),
               *tx.one<int64_t>("select count(*) from lot where source_reference = $1", reference(deed.name, i)),
               deed.deposited);
      if (deed.job)
        expect("the job of " + deed.name, *tx.one<int64_t>("select count(*) from job where job_id = $1", *deed.job),
               true);
    }
  }
  return out;
}

}  // namespace menkyo::test
