#pragma once
// A customer's installation under test by many devices at once, each with its own memory of what was acknowledged,
// and what must be in the database after the service was interrupted: all that was acknowledged, and nothing twice.
// For tests that kill the server, cut the power, or make parts of it fail.

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

#include "app/service.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/test_device.hpp"

namespace menkyo::test {

using Counts = std::map<std::string, int64_t>;

inline constexpr int fleet_clients = 8, most_devices = 8;

// What the customer owns of each entitlement: ESS is too few, so that it is lent; ENF is too few, so that devices
// compete for it.
std::map<std::string, int64_t> const& fleet_owned();

// MENKYO_SEED, so that a failed run can be seen again; else chance.
uint64_t seed_of_run();

// ---- The installation ---------------------------------------------------------------------------------------------

// One made ready through the program's own parts; nothing here has its database open afterwards. `devices_world` only
// stands for what devices know: the time, the root of trust, chance.
struct Installation {
  // `kind` as for TestDatabase. `clock` is the service's.
  Installation(std::string const& kind, uint64_t seed, Clock const& clock = system_clock());

  app::Settings settings() const;
  void tell_time() { devices_world.db.clock.set(clock.now()); }

  TemporaryFolder folder;
  TestDatabase place;
  Clock const& clock;
  DeviceWorld devices_world;
  SmartAccountId account;
  VirtualAccountId va;
  PersonId administrator;
  std::string session;  // of the administrator
  std::map<EntitlementId, std::string> code_of;
  devices::CreatedToken token;  // for as many uses as there may be devices

 private:
  void make_account(app::Service& service);
};

// One request to the service inside this process, and its answer. Throws std::future_error if it is lost.
api::Response ask(app::Service& service, api::Request request);
api::Request device_request(std::string const& message);

// ---- What a device knows ------------------------------------------------------------------------------------------

struct Acknowledged {
  std::string device_id;
  int64_t seq = 0;
  Counts granted;  // nothing is not listed
  Counts changes;  // of what was granted before, by entitlement
  int64_t reports = 0;
  bool left = false;
  std::optional<int64_t> under_way;  // the sequence number of a message not answered yet
};

struct Agent {
  Agent(DeviceWorld& world, std::string const& serial_number) : device(world, serial_number) {}

  // Makes the next message; `chance` decides which. One that `stays` does not leave.
  void prepare(Random& chance, bool stays);
  void acknowledge(Outcome const& outcome);

  TestDevice device;
  std::optional<Sent> pending, last;  // a message is kept until it is answered, and sent again as it is
  bool renews_key = false;
  int64_t reports_under_way = 0;
  std::string last_payload;
  Acknowledged known;

 private:
  void take_grants(Counts granted);
};

// ---- Clients ------------------------------------------------------------------------------------------------------

struct Tally {
  std::atomic<int64_t> acknowledged{0}, sent_again{0}, repeated{0};
  std::atomic<bool> broken{false};
  // Whether a failure of the server's own (500) is no answer, as 503 is, and not a failure of the test.
  std::atomic<bool> may_fail{false};
};

// The answer to a device message, if a whole one came.
using Post = std::function<std::optional<api::Response>(std::string const& message)>;

// Some devices, each of which waits for the answer to one message before it makes the next. What goes wrong is a
// failure of the test and marks the tally as broken.
class FleetClient {
 public:
  FleetClient(Installation& installation, Post post, Tally& tally, uint64_t seed, int number);
  ~FleetClient();

  void add_device();
  void register_all();
  void start();
  // Gets every answer that is still out and looks at all of them once more. The server must run.
  void finish();
  // Any thread: for each device what is acknowledged.
  std::vector<Acknowledged> known();

 private:
  template <class F>
  void guarded(F&& work);
  void talk();
  Agent* choose();
  bool exchange(Agent& agent);
  bool is_none(std::optional<api::Response> const& response) const;
  bool answers_stand();

  Installation& installation_;
  Tally& tally_;
  Post post_;
  Random random_;
  int number_;
  std::mutex mutex_;  // over what known() reads
  std::vector<std::unique_ptr<Agent>> agents_;
  bool outage_ = false;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

using Fleet = std::vector<std::unique_ptr<FleetClient>>;

// fleet_clients of them, with `devices` registered each. The server must run.
Fleet make_fleet(Installation& installation, std::function<Post()> const& connect, Tally& tally, uint64_t seed,
                 int devices);
std::vector<Acknowledged> known_to(Fleet const& fleet);

// ---- What the database holds --------------------------------------------------------------------------------------

// Sentences about what was acknowledged and is not there, or is there twice. A message under way may have been
// committed without its answer having come; no other may. Each begins with "lost: " or "doubled: ".
std::vector<std::string> lost_or_doubled(db::ReadTx& tx, Installation const& installation,
                                         std::vector<Acknowledged> const& known);
// Sentences about what contradicts itself, of whichever devices.
std::vector<std::string> broken_rows(db::ReadTx& tx, Installation const& installation);

}  // namespace menkyo::test
