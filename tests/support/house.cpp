#include "tests/support/house.hpp"

#include <gtest/gtest.h>

#include "app/verify.hpp"
#include "base/log.hpp"

namespace menkyo::test {

namespace {

constexpr int first_devices = 2;
// As long as a lease may last, so that jobs go on after each start.
constexpr auto outage = std::chrono::seconds(20);
constexpr auto sync_time = std::chrono::microseconds(200);

}  // namespace

House::House(uint64_t seed, std::string const& kind) : disk(seed) {
  log::set_level(log::Level::off);  // thousands of failures are meant
  installation_ =
      std::make_unique<Installation>(kind.empty() ? "sqlite:" + disk.path("menkyo.db") : kind, seed, clock_);
  office_ = std::make_unique<Office>(*installation_, seed);
  disk.sync_takes(sync_time);
  open();
  let_in();
  fleet_ = make_fleet(
      *installation_, [this]() -> Post { return [this](std::string const& message) { return post(message); }; },
      tally_, seed, first_devices);
  close();
  for (auto& client : fleet_) client->start();
  clerk_ = std::thread([this] { office_hours(); });
}

House::~House() {
  stop_ = true;
  close();
  fleet_.clear();
  if (clerk_.joinable()) clerk_.join();
}

bool House::open() {
  clock_.shift(outage);
  try {
    service_ = std::make_shared<app::Service>(installation_->settings(), clock_);
    return true;
  } catch (std::exception const&) {
    if (!disk.is_off()) throw;
    return false;
  }
}

void House::let_in() {
  std::lock_guard lock(door_);
  inside_ = service_;
}

void House::close() {
  {
    std::lock_guard lock(door_);
    inside_.reset();
  }
  while (service_.use_count() > 1) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  service_.reset();
}

void House::power_on() {
  disk.power_on();
}

void House::work_on(int64_t answers) {
  auto const until = tally_.acknowledged + answers;
  if (!service_ && !open()) throw std::logic_error("there is no power");
  let_in();
  wait_for([&] { return tally_.acknowledged >= until; });
}

bool House::wait_for(std::function<bool()> const& happened) {
  for (int i = 0; i < 60'000 && !tally_.broken; ++i) {
    if (happened()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (!tally_.broken) ADD_FAILURE() << "the service stands still";
  tally_.broken = true;
  return false;
}

std::vector<std::string> House::faults(bool with_history) {
  auto& database = service_->database();
  std::vector<std::string> out;
  auto const add = [&](std::vector<std::string> const& more) { out.insert(out.end(), more.begin(), more.end()); };
  database.read([&](db::ReadTx& tx) {
    if (database.driver().name() == "sqlite")
      for (auto const& line : tx.all<std::string>("select integrity_check from pragma_integrity_check"))
        if (line != "ok") out.push_back(line);
    add(broken_rows(tx, *installation_));
    add(lost_or_doubled(tx, *installation_, known()));
    add(Office::lost_or_doubled(tx, office_->known()));
  });
  if (with_history) {
    app::Findings findings;
    app::verify_history(*service_, "", findings);
    add(findings.history);
  }
  return out;
}

void House::finish() {
  stop_ = true;
  clerk_.join();
  for (auto& client : fleet_) client->finish();
  if (!tally_.broken) office_->finish(*service_);
}

std::shared_ptr<app::Service> House::entered() {
  std::lock_guard lock(door_);
  return inside_;
}

// An answer that came after the power had gone reached nobody.
std::optional<api::Response> House::post(std::string const& message) {
  auto const service = entered();
  if (!service) return {};
  auto response = ask(*service, device_request(message));
  if (disk.is_off()) return {};
  return response;
}

void House::office_hours() {
  try {
    while (!stop_ && !tally_.broken) {
      if (auto const service = entered())
        office_->work(*service, [this] { return !disk.is_off(); });
      else
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  } catch (std::exception const& error) {
    ADD_FAILURE() << "the office: " << error.what();
    tally_.broken = true;
  }
}

}  // namespace menkyo::test
