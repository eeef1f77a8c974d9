// Real agents and the real server with a network between them that loses connections at any byte, closes half of
// them and delays: when it is well again, both agree on every number, use and report, and nothing was done twice.
//
// MENKYO_SEED=<number> replays what agents do and which fates there are; which connection meets which fate is up to
// the threads. MENKYO_CALLS says how many calls each agent makes (1,500 in ./dev soak).

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>

#include "devices/store.hpp"
#include "sdk/agent.hpp"
#include "sdk/machine.hpp"
#include "tests/support/fault_proxy.hpp"
#include "tests/support/fleet.hpp"
#include "tests/support/server_process.hpp"

namespace menkyo::test {
namespace {

constexpr int agents = 6;

int calls_wanted() {
  auto const* given = std::getenv("MENKYO_CALLS");
  return given ? std::atoi(given) : 120;
}

// What the agents are told the time is: a second later at each call, so that there is always something to report,
// but never by half an hour.
std::atomic<int64_t> seconds_ahead{0};

// The program around an agent: it does one thing after the other, and what fails again until it is done.
class Device {
 public:
  Device(Installation const& installation, std::string const& url, uint64_t seed, int number)
      : random_(FixedSeeds(seed * 100 + uint64_t(number)).next()),
        file_((installation.folder.path / ("agent" + std::to_string(number) + ".json")).string()) {
    options_.url = url;
    options_.token = installation.token.text;
    options_.product = "KZ-1";
    options_.udi.serial_number = "S-" + std::to_string(number);
    options_.host_name = "host" + std::to_string(number);
  }

  // One call, whatever becomes of it.
  void act() {
    seconds_ahead = (seconds_ahead + 1) % 1'800;
    auto const what = random_.below(100);
    std::string const code = std::next(fleet_owned().begin(), int64_t(random_.below(3)))->first;
    if (state().registration != agent::Registration::registered || what < 2) {
      attempt([&] { agent::register_device(file_, options_); });
    } else if (what < 35) {
      attempt([&] { agent::request(file_, code, 1 + int64_t(random_.below(4))); });
    } else if (what < 50) {
      attempt([&] { agent::release(file_, code); });
    } else if (what < 60) {
      attempt([&] { agent::authorize(file_); });
    } else if (what < 80) {
      attempt([&] { agent::report(file_); });
    } else if (what < 90) {
      attempt([&] { agent::renew(file_, random_.below(2) == 0); });
    } else if (what < 98 || registrations_ > 5) {
      attempt([&] { agent::tick(file_); });
    } else {
      attempt([&] { agent::deregister(file_, {}); });
    }
  }

  // Over a network that is well.
  void settle() {
    if (state().registration != agent::Registration::registered)
      attempt([&] { agent::register_device(file_, options_); });
    attempt([&] { agent::authorize(file_); });
    attempt([&] { agent::report(file_); });
    if (unanswered_ != unanswered_before_settling_) throw std::runtime_error("a network that is well gave no answer");
  }
  void expect_answers() { unanswered_before_settling_ = unanswered_; }

  agent::State state() const { return agent::load_state(file_); }
  agent::Status status() const { return agent::status(file_); }
  int registrations() const { return registrations_; }
  int left() const { return left_; }
  int unanswered() const { return unanswered_; }

 private:
  template <class F>
  void attempt(F&& call) {
    auto const before = state().registration;
    try {
      call();
    } catch (agent::Failure const& failure) {
      switch (failure.result) {
        case MENKYO_UNREACHABLE:
        case MENKYO_BUSY:
        case MENKYO_ANSWER_INVALID:
          ++unanswered_;
          break;
        case MENKYO_USAGE:  // it asks for nothing of the kind
        case MENKYO_ALREADY_REGISTERED:
        case MENKYO_NOT_REGISTERED:       // an earlier call to deregister was answered now
        case MENKYO_ENTITLEMENT_REFUSED:  // others have it
          break;
        default:
          throw std::runtime_error(failure.code + ": " + failure.sentence);
      }
    }
    auto const after = state().registration;
    auto const registered = agent::Registration::registered;
    registrations_ += before != registered && after == registered;
    left_ += before == registered && after != registered;
  }

  Random random_;
  std::string file_;
  agent::RegisterOptions options_;
  int registrations_ = 0, left_ = 0, unanswered_ = 0, unanswered_before_settling_ = 0;
};

class Network : public testing::TestWithParam<std::string> {
 protected:
  Network() {
    agent::clock_for_tests = [] { return system_clock().now() + std::chrono::seconds(seconds_ahead); };
    server.start();
  }
  ~Network() override { agent::clock_for_tests = nullptr; }

  template <class F>
  void each(std::vector<std::unique_ptr<Device>>& devices, F&& f) {
    std::vector<std::thread> threads;
    for (auto& device : devices)
      threads.emplace_back([&] {
        try {
          f(*device);
        } catch (std::exception const& error) {
          ADD_FAILURE() << error.what();
        }
      });
    for (auto& thread : threads) thread.join();
  }

  // What the agent holds beside what the server holds.
  void expect_agreement(db::ReadTx& tx, Device const& device) {
    auto const status = device.status();
    auto const& state = status.state;
    auto const id = DeviceId::parse(state.home.device_id);
    ASSERT_TRUE(id) << state.home.device_id;
    SCOPED_TRACE(state.home.device_id);
    EXPECT_FALSE(state.pending);
    EXPECT_THAT(state.reports, testing::IsEmpty());
    EXPECT_EQ(tx.one<int64_t>("select sequence from device_contact where device_id = $1", *id), state.seq);
    ASSERT_TRUE(status.answer);
    Counts told, stored;
    for (auto const& e : status.answer->entitlements)
      if (e.granted > 0) told[e.entitlement] = e.granted;
    for (auto const& [entitlement, quantity] : devices::store::uses_of(tx, installation.account, *id))
      stored[installation.code_of.at(entitlement)] = quantity;
    EXPECT_EQ(stored, told);
    expect_every_report(tx, *id, state);
  }

  // Each report names the one before it by its hash, back to the first.
  void expect_every_report(db::ReadTx& tx, DeviceId const& id, agent::State const& state) {
    struct Link {
      protocol::Digest hash, previous;
    };
    std::map<protocol::Digest, protocol::Digest> before;
    for (auto const& link :
         tx.all<Link>("select report_hash, previous_hash from usage_report where device_id = $1", id))
      before[link.hash] = link.previous;
    size_t length = 0;
    auto at = state.last_report;
    for (auto const first = protocol::first_report_hash(state.home.device_id); at != first; ++length) {
      auto const found = before.find(at);
      ASSERT_NE(found, before.end()) << "a report is lost, " << length << " before the last";
      at = found->second;
    }
    EXPECT_EQ(length, before.size()) << "reports that the agent did not make";
    reports += int64_t(length);
  }

  uint64_t const seed = seed_of_run();
  Installation installation{GetParam(), seed};
  ServerProcess server{installation.folder.path, installation.place.url()};
  int64_t reports = 0;
};
MENKYO_ON_BOTH_DATABASES(Network);

TEST_P(Network, that_loses_connections_leaves_agents_and_server_in_agreement) {
  SCOPED_TRACE("replay with MENKYO_SEED=" + std::to_string(seed));
  FaultProxy proxy(server.port(), seed);
  auto const url = "http://127.0.0.1:" + std::to_string(proxy.port());
  std::vector<std::unique_ptr<Device>> devices;
  for (int i = 0; i < agents; ++i) devices.push_back(std::make_unique<Device>(installation, url, seed, i));
  each(devices, [&](Device& device) {
    for (int i = 0; i < calls_wanted() && !HasFailure(); ++i) device.act();
  });
  proxy.heal();
  each(devices, [](Device& device) {
    device.expect_answers();
    device.settle();
    device.settle();  // what an earlier call had left may have been a farewell
  });
  ASSERT_FALSE(HasFailure());

  int registrations = 0, left = 0, unanswered = 0;
  for (auto const& device : devices) {
    registrations += device->registrations();
    left += device->left();
    unanswered += device->unanswered();
  }
  db::DatabaseConfig config;
  config.url = installation.place.url();
  db::Database database(config, system_clock(), system_seeds());
  database.read([&](db::ReadTx& tx) {
    EXPECT_EQ(tx.one<int64_t>("select count(*) from device"), registrations);
    EXPECT_EQ(tx.one<int64_t>("select count(*) from device where removed_at is not null"), left);
    EXPECT_EQ(tx.one<int64_t>("select count(*) from event where kind = 'device_cloned'"), 0);
    EXPECT_THAT(broken_rows(tx, installation), testing::IsEmpty());
    for (auto const& device : devices) expect_agreement(tx, *device);
  });
  EXPECT_GT(unanswered, agents) << "the network was too good";
  EXPECT_GT(reports, 0);
  for (auto const fate : {Fate::whole, Fate::refused, Fate::cut_request, Fate::cut_answer, Fate::delayed,
                          Fate::half_request, Fate::half_answer})
    EXPECT_GT(proxy.count(fate), 0) << int(fate);
  int const status = server.end(SIGTERM);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status << "\n" << server.log();
}

}  // namespace
}  // namespace menkyo::test
