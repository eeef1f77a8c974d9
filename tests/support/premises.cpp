#include "tests/support/premises.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace menkyo::test {

namespace {

constexpr int first_devices = 2;
constexpr int polls = 180'000;  // of a millisecond each

}  // namespace

Premises::Premises(std::string const& kind, uint64_t seed)
    : kind(kind),
      installation(kind, seed),
      server(installation.folder.path, installation.place.url()),
      office_(installation, seed),
      program_{
          [http = std::make_shared<HttpClient>(server)](api::Request const& request) { return http->send(request); },
          [this](std::string const& csv) { return import_orders(csv); }} {
  std::ofstream(installation.folder.path / "menkyo.toml")
      << "person_requests_per_s = 0\naddress_requests_per_s = 0\n";
  server.start();
  auto const connect = [&]() -> Post {
    return [http = std::make_shared<HttpClient>(server)](std::string const& message) { return http->post(message); };
  };
  fleet_ = make_fleet(installation, connect, tally, seed, first_devices);
  for (auto& client : fleet_) client->start();
  clerk_ = std::thread([this] { office_hours(); });
}

Premises::~Premises() {
  stop_ = true;
  if (clerk_.joinable()) clerk_.join();
}

void Premises::start(std::string const& variable) {
  {
    std::lock_guard lock(mutex_);
    variable_ = variable;
  }
  server.start(variable);
}

bool Premises::work_on(int64_t answers) {
  auto const moment = tally.acknowledged + answers;
  for (int i = 0; i < polls && !tally.broken; ++i) {
    if (tally.acknowledged >= moment) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (!tally.broken.exchange(true)) ADD_FAILURE() << "the program answers no more:\n" << server.log();
  return false;
}

std::vector<std::string> Premises::broken() {
  db::DatabaseConfig config;
  config.url = installation.place.url();
  config.readers = 1;
  db::Database database(config, system_clock(), system_seeds());
  return database.read([&](db::ReadTx& tx) { return broken_rows(tx, installation); });
}

std::vector<std::string> Premises::faults() {
  db::DatabaseConfig config;
  config.url = installation.place.url();
  config.readers = 1;
  db::Database database(config, system_clock(), system_seeds());
  auto const devices = known_to(fleet_);
  auto const deeds = office_.known();
  return database.read([&](db::ReadTx& tx) {
    auto out = broken_rows(tx, installation);
    for (auto& sentence : lost_or_doubled(tx, installation, devices)) out.push_back(std::move(sentence));
    for (auto& sentence : Office::lost_or_doubled(tx, deeds)) out.push_back(std::move(sentence));
    return out;
  });
}

void Premises::finish() {
  stop_ = true;
  clerk_.join();
  for (auto& client : fleet_) client->finish();
  if (tally.broken) return;
  office_.finish(program_);
  EXPECT_GT(tally.sent_again, 0) << "no message was ever under way";
  EXPECT_GT(tally.repeated, 0);
  EXPECT_GT(office_.acknowledged(), 0);
}

bool Premises::import_orders(std::string const& csv) {
  auto const file = installation.folder.path / "orders.csv";
  std::ofstream(file) << csv;
  std::string variable;
  {
    std::lock_guard lock(mutex_);
    variable = variable_;
  }
  auto const ended = run_program({"import", "orders", file.string(), "--data", installation.folder.path.string(),
                                  "--database", installation.place.url()},
                                 variable);
  if (ended.status == -1) ++commands_killed_;
  return ended.status == 0;
}

void Premises::office_hours() {
  try {
    while (!stop_ && !tally.broken) office_.work(program_);
  } catch (std::exception const& error) {
    ADD_FAILURE() << "the office: " << error.what();
    tally.broken = true;
  }
}

}  // namespace menkyo::test
