// Kills the real server while devices talk to it, and starts it again: what was acknowledged is kept, and nothing is
// done twice. MENKYO_SEED=<number> kill_test replays the moments of the kills.
//
// SIGKILL ends a process, not the kernel: what the server wrote stays in the page cache even if it was never synced.
// So this proves the order of commit and answer and the recovery after it; it cannot tell a synced commit from an
// unsynced one. Loss of power is for tests in which the medium itself forgets (faulty_vfs.hpp, PrivatePostgres).

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>

#include <filesystem>
#include <thread>

#include "accounts/accounts.hpp"
#include "app/service.hpp"
#include "devices/store.hpp"
#include "licenses/invariants.hpp"
#include "tests/support/deposit.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/test_device.hpp"

namespace menkyo::test {
namespace {

using Counts = std::map<std::string, int64_t>;

constexpr int client_count = 8, first_devices = 2, most_devices = 8, kill_count = 10;

char const* const catalog_csv =
    "record,code,family,name_en,name_ja,tag,license_types,enforced,export_controlled,product,entitlement,lender,"
    "borrower,priority\n"
    "family,KAZE,,Kaze routers,風ルーター,,,,,,,,,\n"
    "product,KZ-1,KAZE,Kaze 1,風1,,,,,,,,,\n"
    "entitlement,PRM,KAZE,PRM "
    "license,PRMライセンス,\"regid.2026-01.example.kaze.PRM,1.0_PRM\",perpetual,false,false,,,,,\n"
    "entitlement,ESS,KAZE,ESS "
    "license,ESSライセンス,\"regid.2026-01.example.kaze.ESS,1.0_ESS\",perpetual,false,false,,,,,\n"
    "entitlement,ENF,KAZE,ENF "
    "license,ENFライセンス,\"regid.2026-01.example.kaze.ENF,1.0_ENF\",perpetual,true,false,,,,,\n"
    "substitution,,,,,,,,,,,PRM,ESS,1\n"
    "compatibility,,,,,,,,,KZ-1,PRM,,,\n"
    "compatibility,,,,,,,,,KZ-1,ESS,,,\n"
    "compatibility,,,,,,,,,KZ-1,ENF,,,\n";
// ESS is too few, so that it is lent; ENF is too few, so that devices compete for it.
std::map<std::string, int64_t> const owned{{"PRM", 60}, {"ESS", 20}, {"ENF", 15}};

uint64_t seed_of_run() {
  auto const* given = std::getenv("MENKYO_SEED");
  return given ? std::strtoull(given, nullptr, 10) : Random(system_seeds().next()).below(1'000'000);
}

// ---- The installation ---------------------------------------------------------------------------------------------

// One made ready through the program's own parts; nothing here has its database open while the server may run.
// `devices_world` only stands for what devices know: the time, the root of trust, chance.
struct Installation {
  Installation(std::string const& kind, uint64_t seed) : place(kind, false), devices_world("sqlite", {.seed = seed}) {
    app::Settings settings;
    settings.data = folder.path;
    settings.database = place.url();
    app::Service service(settings);
    audit::Actor const command{audit::ActorKind::command, {}};
    auto const report = catalog::import_catalog(service.database(), service.vault(), catalog_csv, "kaze.csv", command,
                                                service.groups_changed());
    if (report.problems.count() != 0)
      throw std::logic_error("the catalogue: " + report.problems.first.front().reason);
    service.database().write([&](db::Tx& tx) {
      account =
          accounts::create_smart_account(
              tx, service.vault(),
              {accounts::AccountName("Aozora"),
               wire::Text<3, 253>("aozora.example"),
               {people::Mail("sora@aozora.example"), people::Name("Sora"), people::Name("Ao"), people::Language::ja}},
              command)
              .smart_account.smart_account_id;
      auto const va = accounts::default_virtual_account(tx, account);
      auto const catalog = service.catalogs().at(tx);
      for (auto const& [code, quantity] : owned) {
        auto const id = catalog->find_entitlement(code)->entitlement_id;
        code_of[id] = code;
        licenses::deposit(tx, service.vault(), *catalog,
                          test::perpetual(account, va, id, quantity, tx.now(), command));
      }
      // As many uses as devices: a registration counted twice would lock the last device out.
      token = devices::create_token(
          tx, service.vault(), service.authority(),
          {account, va, "racks", tx.now() + std::chrono::hours(24), client_count * most_devices, true, {}, command});
    });
    devices_world.desk.reset();
    devices_world.authority = keys::Authority::load(service.database(), service.vault());
    devices_world.desk = std::make_unique<devices::Desk>(devices::DeskConfig{
        &*devices_world.db, &devices_world.vault, devices_world.authority.get(), &devices_world.catalogs});
    tell_time();
  }

  void tell_time() { devices_world.db.clock.set(system_clock().now()); }

  TemporaryFolder folder;
  TestDatabase place;
  DeviceWorld devices_world;
  SmartAccountId account;
  std::map<EntitlementId, std::string> code_of;
  devices::CreatedToken token;
};

// ---- What a device knows ------------------------------------------------------------------------------------------

struct Acknowledged {
  std::string device_id;
  int64_t seq = 0;
  Counts granted;  // nothing is not listed
  Counts changes;  // of what was granted before, by entitlement
};

struct Agent {
  Agent(DeviceWorld& world, std::string const& serial_number) : device(world, serial_number) {}

  void acknowledge(Outcome const& outcome) {
    if (pending->message == "register") {
      device.learn(protocol::decode_register_answer(outcome.payload));
      known.device_id = device.id;
    } else {
      Counts granted;
      for (auto const& e : protocol::decode_authorize_answer(outcome.payload).entitlements)
        if (e.granted > 0) granted[e.entitlement] = e.granted;
      for (auto const& [code, quantity] : owned) {
        auto const before = known.granted.contains(code) ? known.granted.at(code) : 0;
        auto const after = granted.contains(code) ? granted.at(code) : 0;
        if (before != after) ++known.changes[code];
      }
      known.granted = std::move(granted);
    }
    known.seq = pending->seq;
    last = std::move(pending);
    pending.reset();
    last_payload = outcome.payload;
  }

  TestDevice device;
  std::optional<Sent> pending, last;  // a message is kept until it is answered, and sent again as it is
  std::string last_payload;
  Acknowledged known;
};

struct Tally {
  std::atomic<int64_t> acknowledged{0}, sent_again{0}, repeated{0};
  std::atomic<bool> broken{false};
};

// ---- Clients ------------------------------------------------------------------------------------------------------

// Some devices, each of which waits for the answer to one message before it makes the next.
class Client {
 public:
  Client(Installation& installation, ServerProcess const& server, Tally& tally, uint64_t seed, int number)
      : installation_(installation),
        tally_(tally),
        http_(server),
        random_(FixedSeeds(seed * 1000 + number).next()),
        number_(number) {}
  ~Client() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }

  void start() {
    thread_ = std::thread([this] { guarded([this] { talk(); }); });
  }
  // Gets every answer that is still out and looks at all of them once more. The server must run.
  void finish() {
    stop_ = true;
    thread_.join();
    guarded([this] {
      for (auto& agent : agents_) {
        for (int i = 0; agent->pending && i < 100; ++i) exchange(*agent);
        if (agent->pending) throw std::runtime_error("no answer from a server that runs");
      }
      if (!answers_stand()) throw std::runtime_error("no answer from a server that runs");
    });
  }

  void add_device() {
    auto const serial = std::to_string(number_) + "-" + std::to_string(agents_.size());
    auto agent = std::make_unique<Agent>(installation_.devices_world, serial);
    agent->pending = agent->device.make_register(installation_.token.text);
    std::lock_guard lock(mutex_);
    agents_.push_back(std::move(agent));
  }

  // Any thread: for each device what is acknowledged, and the sequence number of the message under way.
  struct Known : Acknowledged {
    std::optional<int64_t> under_way;
  };
  std::vector<Known> known() {
    std::lock_guard lock(mutex_);
    std::vector<Known> out;
    for (auto const& a : agents_)
      out.push_back({a->known, a->pending ? std::optional(a->pending->seq) : std::nullopt});
    return out;
  }

  // The answer to the message under way, if one comes. False if none came.
  bool exchange(Agent& agent) {
    installation_.tell_time();
    auto const response = http_.post(agent.pending->text);
    if (!response || response->status == 503) return false;
    auto const outcome = agent.device.check(*agent.pending, *response);
    if (outcome.resync())
      throw std::runtime_error("a device was told that the server knows another sequence: " + outcome.payload);
    std::lock_guard lock(mutex_);
    agent.acknowledge(outcome);
    ++tally_.acknowledged;
    return true;
  }

  void register_all() {
    for (auto& agent : agents_)
      if (!exchange(*agent)) throw std::runtime_error("a registration got no answer");
  }

 private:
  template <class F>
  void guarded(F&& work) {
    try {
      work();
    } catch (std::exception const& error) {
      ADD_FAILURE() << "client " << number_ << ": " << error.what();
      tally_.broken = true;
    }
  }

  void talk() {
    while (!stop_ && !tally_.broken) {
      if (outage_ && !answers_stand()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        continue;
      }
      outage_ = false;
      if (agents_.size() < most_devices && random_.below(15) == 0) add_device();
      auto& agent = *agents_[random_.below(agents_.size())];
      if (agent.pending)
        ++tally_.sent_again;
      else
        make_message(agent);
      outage_ = !exchange(agent);
    }
  }

  void make_message(Agent& agent) {
    Quantities wanted;
    for (auto const& [code, quantity] : owned) {
      // Half of the messages change little, so that unchanged check-ins are among them.
      auto const had = agent.known.granted.contains(code) ? agent.known.granted.at(code) : 0;
      auto const quantity_now = random_.below(2) == 0 ? had : int64_t(random_.below(5));
      if (quantity_now > 0) wanted[code] = quantity_now;
    }
    auto message = agent.device.make_authorize(wanted);
    std::lock_guard lock(mutex_);
    agent.pending = std::move(message);
  }

  // Sends the last acknowledged message of every idle device again. False if the server did not answer.
  bool answers_stand() {
    for (auto& agent : agents_) {
      if (agent->pending || !agent->last) continue;
      installation_.tell_time();
      auto const response = http_.post(agent->last->text);
      if (!response || response->status == 503) return false;
      auto const outcome = agent->device.check(*agent->last, *response);
      if (outcome.payload != agent->last_payload)
        throw std::runtime_error("an acknowledged answer became another:\n" + agent->last_payload + "\n" +
                                 outcome.payload);
      ++tally_.repeated;
    }
    return true;
  }

  Installation& installation_;
  Tally& tally_;
  HttpClient http_;
  Random random_;
  int number_;
  std::mutex mutex_;  // over what known() reads
  std::vector<std::unique_ptr<Agent>> agents_;
  bool outage_ = false;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

// ---- What the database holds --------------------------------------------------------------------------------------

struct Stored {
  int64_t seq = 0;
  Counts granted, changes;
};

Stored stored(db::ReadTx& tx, Installation const& installation, DeviceId device) {
  struct ChangeCount {
    EntitlementId entitlement_id;
    int64_t count;
  };
  Stored out;
  out.seq = tx.one<int64_t>("select sequence from device_contact where device_id = $1", device).value_or(0);
  for (auto const& [entitlement, quantity] : devices::store::uses_of(tx, installation.account, device))
    out.granted[installation.code_of.at(entitlement)] = quantity;
  for (auto const& row : tx.all<ChangeCount>("select entitlement_id, count(*) from use_entry where device_id = $1 "
                                             "group by entitlement_id order by entitlement_id",
                                             device))
    out.changes[installation.code_of.at(row.entitlement_id)] = row.count;
  return out;
}

void expect_whole(db::ReadTx& tx, Installation const& installation) {
  catalog::CatalogCache catalogs;
  EXPECT_THAT(licenses::broken_invariants(tx, *catalogs.at(tx), installation.account), testing::IsEmpty());
  auto const uses = *tx.one<int64_t>("select uses from registration_token where registration_token_id = $1",
                                     installation.token.registration_token_id);
  EXPECT_EQ(*tx.one<int64_t>("select count(*) from device"), uses) << "token uses are not devices";
  EXPECT_EQ(*tx.one<int64_t>("select count(*) from registration"), uses) << "registrations are not devices";
  EXPECT_EQ(
      *tx.one<int64_t>("select count(*) from device_use u where u.quantity <> (select sum(e.change) from use_entry e "
                       "where e.device_id = u.device_id and e.entitlement_id = u.entitlement_id)"),
      0)
      << "uses are not the sum of their history";
}

// While no server runs. A message under way may have been committed without its answer having come; no other may.
void expect_kept(Installation const& installation, std::vector<std::unique_ptr<Client>> const& clients) {
  db::DatabaseConfig config;
  config.url = installation.place.url();
  config.readers = 1;
  db::Database database(config, system_clock(), system_seeds());
  database.read([&](db::ReadTx& tx) {
    expect_whole(tx, installation);
    int64_t registered = 0, registering = 0;
    for (auto const& client : clients) {
      for (auto const& known : client->known()) {
        if (known.device_id.empty()) {
          ++registering;
          continue;
        }
        ++registered;
        auto const is = stored(tx, installation, *DeviceId::parse(known.device_id));
        SCOPED_TRACE("device " + known.device_id);
        if (known.under_way && is.seq == *known.under_way) continue;
        EXPECT_EQ(is.seq, known.seq);
        EXPECT_EQ(is.granted, known.granted);
        EXPECT_EQ(is.changes, known.changes);
      }
    }
    auto const devices = *tx.one<int64_t>("select count(*) from device");
    EXPECT_GE(devices, registered);
    EXPECT_LE(devices, registered + registering);
  });
}

// ---- The tests ----------------------------------------------------------------------------------------------------

class Kill : public testing::TestWithParam<std::string> {
 protected:
  Kill()
      : seed(seed_of_run()),
        random(FixedSeeds(seed).next()),
        installation(GetParam(), seed),
        server(installation.folder.path, installation.place.url()) {
    server.start();
    for (int i = 0; i < client_count; ++i) {
      clients.push_back(std::make_unique<Client>(installation, server, tally, seed, i));
      for (int d = 0; d < first_devices; ++d) clients.back()->add_device();
      clients.back()->register_all();
    }
    for (auto& client : clients) client->start();
  }

  // The moment is counted in answers, so that a slow machine is killed in the midst of work too.
  void wait_for_the_moment() {
    auto const moment = tally.acknowledged + 5 + int64_t(random.below(80));
    auto const jitter = std::chrono::microseconds(random.below(20'000));
    for (int i = 0; tally.acknowledged < moment && !tally.broken && i < 30'000; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_GE(tally.acknowledged, moment) << "the server answers no more:\n" << server.log();
    std::this_thread::sleep_for(jitter);
  }

  bool sound() const { return !tally.broken && !HasFailure(); }

  void finish() {
    for (auto& client : clients) client->finish();
    int const status = server.end(SIGTERM);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status << "\n" << server.log();
    expect_kept(installation, clients);
    EXPECT_GT(tally.sent_again, 0) << "no message was ever under way";
    EXPECT_GT(tally.repeated, 0);
  }

  uint64_t const seed;
  Random random;
  Tally tally;
  Installation installation;
  ServerProcess server;
  std::vector<std::unique_ptr<Client>> clients;
};

TEST_P(Kill, loses_no_answer_and_does_nothing_twice) {
  SCOPED_TRACE("replay with MENKYO_SEED=" + std::to_string(seed));
  for (int i = 0; i < kill_count && sound(); ++i) {
    wait_for_the_moment();
    int const status = server.end(SIGKILL);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "it was gone before:\n" << server.log();
    // Looking opens the database and so recovers it; every other time that is left to the server.
    if (i % 2 == 0) expect_kept(installation, clients);
    server.start();
  }
  finish();
}

TEST_P(Kill, ends_in_order_under_load) {
  SCOPED_TRACE("replay with MENKYO_SEED=" + std::to_string(seed));
  for (int i = 0; i < 3 && sound(); ++i) {
    wait_for_the_moment();
    int const status = server.end(SIGTERM);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status << "\n" << server.log();
    EXPECT_THAT(server.log(), testing::HasSubstr("\"event\":\"stopped\""));
    expect_kept(installation, clients);
    server.start();
  }
  finish();
}

MENKYO_ON_BOTH_DATABASES(Kill);

}  // namespace
}  // namespace menkyo::test
