#include "tests/simulation/simulation.hpp"

#include <variant>

#include "tests/simulation/agent_device.hpp"
#include "tests/simulation/checks.hpp"
#include "tests/simulation/digest.hpp"
#include "tests/simulation/people.hpp"
#include "tests/simulation/played.hpp"
#include "tests/simulation/vendor.hpp"
#include "tests/support/temporary_folder.hpp"

namespace menkyo::simulation {

namespace {

using devices::Looked;
using std::chrono::hours;
using std::chrono::seconds;

devices::Policy brisk() {
  devices::Policy p;
  p.authorization_renew_s = 3 * 86400;
  p.authorization_period_s = 10 * 86400;
  p.identity_validity_s = 30 * 86400;
  p.identity_renew_s = 15 * 86400;
  return p;
}

constexpr uint64_t busy_devices = 5;

struct Actor {
  std::variant<PlayedDevice, AgentDevice> device;
  Instant silent_until{};
};

class Run {
 public:
  Run(std::string const& database_kind, Config const& config)
      : config_(config),
        world_(database_kind, {brisk(), config.seed}),
        model_(world_.policy, world_.va),
        random_(FixedSeeds(config.seed ^ 0xabcdef).next()),
        people_(world_, model_, random_, config.seed),
        vendor_(world_, model_, random_),
        chains_(world_) {
    // A third of the busier ones, on average.
    std::set<uint64_t> with_agent;
    while (with_agent.size() < size_t(config.agents)) with_agent.insert(scene_.chance(3 * busy_devices));
    for (int i = 0; i < config.devices; ++i) {
      auto const serial_number = "SN" + std::to_string(i);
      if (with_agent.contains(uint64_t(i)))
        actors_.push_back({AgentDevice(scene_, folder_.path.string(), serial_number, config_)});
      else
        actors_.push_back({PlayedDevice(scene_, serial_number)});
    }
    test::TokenWish const wish;
    auto const made = world_.token(wish);
    model_.tokens.push_back(
        {made.registration_token_id, world_.va, made.text, true, {}, 0, world_.now() + wish.lives, false});
    for (auto const* code : {"PRM", "ESS", "HI", "ENF", "EXP"}) vendor_.deposit(code, 10, forever, world_.now());
  }

  Result run() {
    Result result;
    int n = 0;
    try {
      for (; n < config_.steps; ++n) {
        step();
        check(n);
      }
      n = -1;
      come_to_rest();
      check(n);
      diary_.doing = "the end";
      Faults faults;
      world_.db->read(
          [&](db::ReadTx& tx) { each_agent([&](AgentDevice& agent) { agent.check_agreement(tx, faults); }); });
      chains_.check_all(faults);
      refuse(faults);
    } catch (std::exception const& error) {
      result.failure = "step " + std::to_string(n) + " (" + diary_.doing + "): " + error.what();
    }
    result.digest = digest_of(world_);
    result.counts = diary_.counts;
    result.trace = to_hex(protocol::sha256(std::string_view(diary_.trace)));
    return result;
  }

 private:
  static void refuse(Faults const& faults) {
    if (faults.empty()) return;
    std::string all;
    for (auto const& fault : faults) all += (all.empty() ? "" : "; ") + fault;
    throw Unexpected(all);
  }

  // Steps in which time stands still add to what came of the one before.
  void pass_time(std::function<void()> const& advance) {
    auto const before = world_.now();
    advance();
    if (world_.now() != before) model_.effects.clear();
  }

  void step() {
    pass_time([&] {
      world_.advance(
          seconds(1 + int64_t(scene_.chance(uint64_t(config_.days) * 86400 * 2 / uint64_t(config_.steps)))));
      if (scene_.one_in(40)) set_clock();
    });
    timers();
    if (scene_.one_in(40)) return restart();
    if (scene_.one_in(30)) return back_up();
    // Damage on purpose would go with what it was done to.
    if (scene_.one_in(30) && saved_ && !config_.meddle) return restore();
    jobs();
    if (scene_.one_in(10)) {
      diary_.doing = "the operator at work";
      return scene_.note(vendor_.act());
    }
    if (scene_.one_in(3)) {
      diary_.doing = "somebody at work";
      return scene_.note(people_.act());
    }
    auto& actor = somebody();
    if (actor.silent_until > world_.now()) return scene_.note("silence");
    if (scene_.one_in(25)) {
      actor.silent_until = world_.now() + hours(24 * int64_t(5 + scene_.chance(15)));
      return scene_.note("falls silent");
    }
    std::visit([](auto& device) { device.act(); }, actor.device);
  }

  template <class F>
  void each_agent(F&& f) {
    for (auto& actor : actors_)
      if (auto* agent = std::get_if<AgentDevice>(&actor.device)) f(*agent);
  }

  void come_to_rest() {
    pass_time([&] { world_.advance(seconds(1)); });
    each_agent([](AgentDevice& agent) { agent.settle(); });
  }

  void restart() {
    scene_.note("restart");
    around([&] { world_.restart(); });
  }

  void around(std::function<void()> const& change) {
    people_.close();
    vendor_.close();
    change();
    people_.open();
    vendor_.open();
  }

  void back_up() {
    scene_.note("back up");
    around([&] { world_.save(); });
    saved_ = model_;
    saved_at_ = world_.now();
  }

  // Devices, and whoever remembers what they were told, go on from where they are.
  void restore() {
    scene_.note("restore");
    around([&] { world_.restore(); });
    model_.go_back_to(*saved_);
    if (saved_at_ != world_.now()) model_.effects.clear();
    chains_.begin_again();
    timers_ran_ = {};
  }

  void jobs() {
    diary_.doing = "jobs";
    if (scene_.one_in(3)) return;
    if (auto const what = vendor_.work(); !what.empty()) scene_.note(what);
  }

  // By whoever looks after the machine: back, whereupon time stands still until the clock has caught up, or ahead.
  void set_clock() {
    bool const back = scene_.one_in(2);
    scene_.note(back ? "clock set back" : "clock set ahead");
    auto const by = hours(int64_t(1 + scene_.chance(48)));
    world_.advance(back ? -by : by);
  }

  // Some devices are busier than others, and few steps are spent on those that say nothing.
  Actor& somebody() {
    auto* actor = &actors_.front();
    for (int n = 0; n < 3; ++n) {
      actor = &actors_[scene_.chance(scene_.one_in(3) ? actors_.size() : busy_devices)];
      if (actor->silent_until <= world_.now()) break;
    }
    return *actor;
  }

  void timers() {
    diary_.doing = "timers";
    // Some days the job is late.
    if (scene_.one_in(4)) return;
    auto const due = world_.db->read([](db::ReadTx& tx) {
      return tx.all<DeviceId>(
          "select subject_id from timer where kind = 'device' and due_at <= $1 order by due_at, subject_id",
          tx.now());
    });
    std::map<DeviceId, Looked> expected;
    for (auto const id : due) expected[id] = model_.look(id.text(), world_.now());
    auto const looked = world_.run_timers();
    expect(looked.size(), expected.size(), "other timers were due than before");
    for (auto const& [id, what] : looked) {
      expect(what, expected.at(id), "a look at " + id.text() + " found something else than the model");
      if (what == Looked::released) scene_.note("released");
      if (what == Looked::lapsed) scene_.note("lapsed");
    }
    timers_ran_ = world_.now();
  }

  // ---- what must hold after every step ----

  void check(int step) {
    auto const now = world_.now();
    // Some times the sealing is late as well.
    if (!scene_.one_in(4)) chains_.seal();
    if (config_.meddle) world_.db->write([&](db::Tx& tx) { config_.meddle(tx, step); });
    Faults faults;
    chains_.check(faults);
    world_.db->read([&](db::ReadTx& tx) {
      check_effects(tx, model_, faults);
      check_messages(tx, model_, faults);
      check_tokens(tx, model_, faults);
      check_orders(tx, model_, faults);
      check_people(tx, model_, faults);
    });
    refuse(faults);
    check_books(now);
  }

  void check_books(Instant now) {
    for (auto const& sentence : world_.broken()) {
      // Until the timer's job has come, stored totals are of the last look; positions never are.
      if (timers_ran_ == now || sentence.find("stored total") == std::string::npos) throw Unexpected(sentence);
    }
    check_uses();
    auto const rows = world_.db->read([&](db::ReadTx& tx) {
      auto const catalog = world_.catalogs.at(tx);
      std::map<std::string, int64_t> missing;
      licenses::Books books(tx, *catalog);
      for (auto const* code : {"PRM", "HI", "ENF", "EXP"}) {
        auto const top = catalog->find_entitlement(std::string_view(code))->entitlement_id;
        books.load({books.key_of(world_.account, world_.va, top)});
        for (auto const& p : books.positions_of(books.key_of(world_.account, world_.va, top)))
          missing[code] += p.short_quantity;
      }
      return missing;
    });
    for (auto const& [code, missing] : rows) {
      int64_t expected = 0;
      for (auto const& [member, quantity] : model_.shortage(Model::chain_of(code), model_.first, now))
        expected += quantity;
      expect(
          missing, expected,
          "the group of " + code + " is short of " + std::to_string(missing) + ", not " + std::to_string(expected));
    }
  }

  void check_uses() {
    struct Row {
      DeviceId device;
      EntitlementId entitlement;
      int64_t quantity;
    };
    auto const rows = world_.db->read(
        [](db::ReadTx& tx) { return tx.all<Row>("select device_id, entitlement_id, quantity from device_use"); });
    std::map<std::string, Quantities> stored, expected;
    for (auto const& row : rows) stored[row.device.text()][world_.code_of(row.entitlement)] = row.quantity;
    for (auto const& [id, device] : model_.devices)
      if (!device.granted.empty()) expected[id] = device.granted;
    expect(stored, expected, "devices use something else than the model says");
  }

  Config config_;
  test::DeviceWorld world_;
  Model model_;
  Random random_;
  Diary diary_;
  Scene scene_{world_, model_, random_, diary_};
  test::TemporaryFolder folder_{true};  // of the agents' state files
  People people_;
  Vendor vendor_;
  Chains chains_;
  std::optional<Model> saved_;  // as the backup has it
  Instant saved_at_{};
  std::vector<Actor> actors_;
  Instant timers_ran_{};
};

}  // namespace

Result run(std::string const& database_kind, Config const& config) {
  return Run(database_kind, config).run();
}

}  // namespace menkyo::simulation
