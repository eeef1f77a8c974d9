#include "tests/simulation/simulation.hpp"

#include "tests/simulation/checks.hpp"
#include "tests/simulation/digest.hpp"
#include "tests/simulation/people.hpp"
#include "tests/simulation/vendor.hpp"

namespace menkyo::simulation {

namespace {

using devices::Looked;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::Outcome;
using test::Refused;
using test::Sent;
using test::TestDevice;

constexpr int64_t reports_in_a_message = 2;

devices::Policy brisk() {
  devices::Policy p;
  p.authorization_renew_s = 3 * 86400;
  p.authorization_period_s = 10 * 86400;
  p.identity_validity_s = 30 * 86400;
  p.identity_renew_s = 15 * 86400;
  return p;
}

// A device and what it remembers, wishes, and has lost.
struct Actor {
  TestDevice device;
  std::optional<TestDevice> backup;  // an image of it that somebody took
  std::optional<Sent> unanswered;    // sent, and the answer never came
  Quantities unanswered_wish;
  std::vector<Sent> past;  // what the network may deliver again
  Instant silent_until{};
  bool registered = false;
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
    for (int i = 0; i < config.devices; ++i)
      actors_.push_back({TestDevice(world_, "SN" + std::to_string(i)), {}, {}, {}, {}, {}});
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
      doing_ = "the end";
      Faults faults;
      chains_.check_all(faults);
      refuse(faults);
    } catch (std::exception const& error) {
      result.failure = "step " + std::to_string(n) + " (" + doing_ + "): " + error.what();
    }
    result.digest = digest_of(world_);
    result.counts = counts_;
    result.trace = to_hex(protocol::sha256(std::string_view(trace_)));
    return result;
  }

 private:
  uint64_t chance(uint64_t bound) { return random_.below(bound); }
  bool one_in(uint64_t n) { return chance(n) == 0; }
  void note(std::string const& what) {
    ++counts_[doing_ = what];
    trace_ += std::to_string(to_us(world_.now())) + " " + what + "\n";
  }
  template <class A, class B>
  void expect(A const& got, B const& wanted, std::string const& what) {
    if (!(got == wanted)) throw Unexpected(what);
  }

  static void refuse(Faults const& faults) {
    if (faults.empty()) return;
    std::string all;
    for (auto const& fault : faults) all += (all.empty() ? "" : "; ") + fault;
    throw Unexpected(all);
  }

  void step() {
    auto const before = world_.now();
    world_.advance(seconds(1 + int64_t(chance(uint64_t(config_.days) * 86400 * 2 / uint64_t(config_.steps)))));
    if (one_in(40)) set_clock();
    // Steps in which time stands still add to what came of the one before.
    if (world_.now() != before) model_.effects.clear();
    timers();
    if (one_in(40)) return restart();
    if (one_in(30)) return back_up();
    // Damage on purpose would go with what it was done to.
    if (one_in(30) && saved_ && !config_.meddle) return restore();
    jobs();
    if (one_in(10)) {
      doing_ = "the operator at work";
      return note(vendor_.act());
    }
    if (one_in(3)) {
      doing_ = "somebody at work";
      return note(people_.act());
    }
    auto& actor = somebody();
    if (actor.silent_until > world_.now()) return note("silence");
    if (one_in(25)) {
      actor.silent_until = world_.now() + hours(24 * int64_t(5 + chance(15)));
      return note("falls silent");
    }
    if (!actor.registered) return register_device(actor);
    if (one_in(20) && !actor.past.empty()) return deliver_again(actor);
    if (one_in(20)) {
      actor.backup = actor.device;
      return note("backup");
    }
    if (one_in(12) && actor.backup && actor.backup->id == actor.device.id) {
      actor.device.seq = actor.backup->seq;
      actor.device.last_report = actor.backup->last_report;
      actor.unanswered.reset();
      return note("rollback");
    }
    talk(actor);
  }

  void restart() {
    note("restart");
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
    note("back up");
    around([&] { world_.save(); });
    saved_ = model_;
    saved_at_ = world_.now();
  }

  // Devices, and whoever remembers what they were told, go on from where they are.
  void restore() {
    note("restore");
    auto const epoch = model_.epoch;
    around([&] { world_.restore(); });
    model_ = *saved_;
    model_.epoch = epoch + 1;
    if (saved_at_ != world_.now()) model_.effects.clear();
    chains_.begin_again();
    timers_ran_ = {};
  }

  void jobs() {
    doing_ = "jobs";
    if (one_in(3)) return;
    if (auto const what = vendor_.work(); !what.empty()) note(what);
  }

  // By whoever looks after the machine: back, whereupon time stands still until the clock has caught up, or ahead.
  void set_clock() {
    bool const back = one_in(2);
    note(back ? "clock set back" : "clock set ahead");
    auto const by = hours(int64_t(1 + chance(48)));
    world_.advance(back ? -by : by);
  }

  // Some devices are busier than others, and few steps are spent on those that say nothing.
  Actor& somebody() {
    auto* actor = &actors_.front();
    for (int n = 0; n < 3; ++n) {
      actor = &actors_[chance(one_in(3) ? actors_.size() : 5)];
      if (actor->silent_until <= world_.now()) break;
    }
    return *actor;
  }

  void timers() {
    doing_ = "timers";
    // Some days the job is late.
    if (one_in(4)) return;
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
      if (what == Looked::released) note("released");
      if (what == Looked::lapsed) note("lapsed");
    }
    timers_ran_ = world_.now();
  }

  // ---- devices
  // --------------------------------------------------------------------------------------------------------

  void register_device(Actor& actor) {
    note("register");
    // Late tokens are the ones that people still speak of.
    auto& tokens = model_.tokens;
    auto& token = tokens[one_in(3)   ? 0
                         : one_in(2) ? tokens.size() - 1 - chance(std::min<size_t>(4, tokens.size()))
                                     : chance(tokens.size())];
    actor.device.seq = int64_t(chance(3));
    auto const sent = actor.device.make_register(token.text);
    auto const wanted = token.refusal(world_.now());
    try {
      auto const outcome = actor.device.send(sent);
      expect(wanted, "", "a token let a device in that it should not");
      // The answer may get lost; the repeat then brings the same.
      for (; one_in(3); note("register again"))
        expect(actor.device.send(sent).payload, outcome.payload, "a repeat differs");
      ++token.uses;
      enroll(actor, token, sent, outcome);
    } catch (Refused const& refused) {
      expect(refused.code, wanted, std::string("a registration was refused: ") + refused.what());
      note(refused.code);
    }
  }

  void enroll(Actor& actor, Token const& token, Sent const& sent, Outcome const& outcome) {
    auto const answer = protocol::decode_register_answer(outcome.payload);
    // The same machine again: what it was before makes way.
    for (auto const& [former, known] : model_.devices)
      if (known.serial_number == actor.device.serial_number && !known.removed)
        model_.remove(former, "device_removed", by_device(answer.device_id));
    actor.device.learn(answer);
    actor.registered = true;
    actor.past.clear();
    actor.unanswered.reset();
    actor.backup.reset();
    Known known;
    known.va = token.va;
    known.serial_number = actor.device.serial_number;
    known.key = sent.key;
    known.export_allowed = token.export_allowed;
    known.identity_ends_at = world_.now() + seconds(world_.policy.identity_validity_s);
    model_.devices[actor.device.id] = known;
    model_.heard(actor.device.id, sent, outcome.payload, world_.now());
    model_.effect("device_registered", token.va, actor.device.id, by_device(actor.device.id));
  }

  Quantities wish() {
    static char const* const codes[] = {"PRM", "ADV", "ESS", "HI", "LO", "ENF", "EXP", "OTHER", "NONE"};
    Quantities wanted;
    for (uint64_t i = chance(5); i > 0; --i) wanted[codes[chance(one_in(5) ? 9 : 7)]] = int64_t(1 + chance(4));
    return wanted;
  }

  void talk(Actor& actor) {
    if (actor.unanswered) {
      note("repeat");
      auto const sent = *std::exchange(actor.unanswered, {});
      return deliver(actor, sent, actor.unanswered_wish, false);
    }
    switch (chance(12)) {
      case 0:
        return send_report(actor);
      case 1:
        return renew(actor, one_in(2));
      case 2:
        if (!one_in(4)) return;
        note("deregister");
        return deliver(actor, actor.device.make_deregister(), {}, true);
      default: {
        note("authorize");
        // Most check-ins ask for what there is.
        auto const known = model_.devices.find(actor.device.id);
        auto const wanted = one_in(3) && known != model_.devices.end() ? known->second.granted : wish();
        return deliver(actor, actor.device.make_authorize(wanted), wanted, true);
      }
    }
  }

  void send_report(Actor& actor) {
    note("report");
    deliver(actor, actor.device.make_report({{"ESS", int64_t(chance(5))}, {"ENF", 1}}), {}, true);
    static_assert(reports_in_a_message == 2);
  }

  void renew(Actor& actor, bool new_key) {
    note("renew");
    auto const id = actor.device.id;
    auto const sent = actor.device.make_renew(new_key);
    bool const taken = deliver_once(actor, sent, {}) == Expected::accepted;
    if (!taken) return;
    for (; one_in(3); note("renew again")) deliver_once(actor, sent, {});
    if (new_key) {
      // Another key makes other bytes of what was sent before.
      actor.device.key = *actor.device.new_key;
      actor.past.clear();
      actor.backup.reset();
    }
  }

  // Over the network: the message may get lost, come twice, or its answer may get lost.
  void deliver(Actor& actor, Sent const& sent, Quantities const& wanted, bool may_get_lost) {
    if (may_get_lost && one_in(8)) {
      note("message lost");
      actor.unanswered = sent;
      actor.unanswered_wish = wanted;
      return;
    }
    actor.past.push_back(sent);
    if (actor.past.size() > 8) actor.past.erase(actor.past.begin());
    deliver_once(actor, sent, wanted);
    if (one_in(8)) {
      note("message doubled");
      deliver_once(actor, sent, wanted);
    }
    if (may_get_lost && one_in(8)) {
      note("answer lost");
      actor.unanswered = sent;
      actor.unanswered_wish = wanted;
    }
  }

  // An old message arrives; whatever it once asked for, nothing may come of it.
  void deliver_again(Actor& actor) {
    note("old message");
    auto const sent = actor.past[chance(actor.past.size())];
    auto const verdict = model_.judge(actor.device.id, sent, world_.now());
    auto copy = actor;
    if (verdict == Expected::accepted) return;  // it was lost on its way before and is new to the service
    deliver_once(copy, sent, {});
  }

  Expected deliver_once(Actor& actor, Sent const& sent, Quantities const& wanted) {
    auto const id = actor.device.id;
    auto const verdict = model_.judge(id, sent, world_.now());
    try {
      auto const outcome = actor.device.send(sent);
      if (verdict == Expected::repeated) {
        expect(outcome.payload, model_.devices.at(id).payload, "a repeat got another answer");
        note("repeated");
      } else if (verdict == Expected::resync) {
        expect(outcome.resync(), true, "an old message was taken");
        expect(protocol::decode_resync_answer(outcome.payload).last_seq, model_.devices.at(id).seq,
               "a wrong last number");
        actor.device.follow(outcome);
        note("resynced");
      } else {
        expect(int(verdict), int(Expected::accepted), "a message was accepted");
        expect(outcome.resync(), false, "a new message was taken for an old one");
        accept(id, sent, outcome, wanted);
      }
    } catch (Refused const& refused) {
      std::string const code = verdict == Expected::conflict      ? "sequence_conflict"
                               : verdict == Expected::expired     ? "identity_expired"
                               : verdict == Expected::unknown     ? "device_unknown"
                               : verdict == Expected::foreign_key ? "message_invalid"
                                                                  : "";
      expect(refused.code, code, std::string("a message was refused: ") + refused.what());
      note(code);
      if (verdict != Expected::conflict)
        actor.registered = false;
      else
        ++actor.device.seq;
    }
    return verdict;
  }

  void accept(std::string const& id, Sent const& sent, Outcome const& outcome, Quantities const& wanted) {
    auto const now = world_.now();
    if (sent.message == "authorize") {
      auto const refused = model_.authorize(id, wanted, now);
      auto const answer = protocol::decode_authorize_answer(outcome.payload);
      expect(answer.entitlements.size(), wanted.size(), "another number of entitlements was answered");
      for (auto const& e : answer.entitlements) check_entitlement(id, e, refused);
    }
    auto& known = model_.devices.at(id);
    if (sent.message == "renew_identity") {
      known.identity_ends_at = now + seconds(world_.policy.identity_validity_s);
      if (sent.new_key) known.key = *sent.new_key;
      model_.effect("device_identity_renewed", known.va, id, by_device(id));
    }
    if (sent.message == "report") known.reports += reports_in_a_message;
    model_.heard(id, sent, outcome.payload, now);
    if (sent.message == "deregister") model_.remove(id, "device_deregistered", by_device(id));
  }

  void check_entitlement(std::string const& id, protocol::EntitlementAnswer const& e,
                         std::map<std::string, std::string> const& refused) {
    auto const& device = model_.devices.at(id);
    auto const granted = device.granted.find(e.entitlement);
    expect(e.granted, granted == device.granted.end() ? 0 : granted->second,
           e.entitlement + " was granted otherwise");
    auto const why = refused.find(e.entitlement);
    expect(e.code.value_or(""), why == refused.end() ? "" : why->second, e.entitlement + " was refused otherwise");
    if (why != refused.end()) note(why->second);
  }

  // ---- what must hold after every step
  // --------------------------------------------------------------------------------

  void check(int step) {
    auto const now = world_.now();
    // Some times the sealing is late as well.
    if (!one_in(4)) chains_.seal();
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
  People people_;
  Vendor vendor_;
  Chains chains_;
  std::optional<Model> saved_;  // as the backup has it
  Instant saved_at_{};
  std::vector<Actor> actors_;
  std::map<std::string, int> counts_;
  std::string doing_ = "begin", trace_;
  Instant timers_ran_{};
};

}  // namespace

Result run(std::string const& database_kind, Config const& config) {
  return Run(database_kind, config).run();
}

}  // namespace menkyo::simulation
