// Runs the simulation. MENKYO_SEED=<number> simulation_test replays one seed on both databases. MENKYO_SEEDS=<number>
// runs so many new ones, and adds those that fail to tests/simulation/seeds, which every run replays.

#include "tests/simulation/simulation.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <random>

#include "tests/simulation/digest.hpp"

namespace menkyo::simulation {
namespace {

std::optional<uint64_t> number_from(char const* variable) {
  auto const* given = std::getenv(variable);
  return given ? std::optional(std::strtoull(given, nullptr, 10)) : std::nullopt;
}

// Those that failed once.
std::vector<uint64_t> kept_seeds() {
  std::vector<uint64_t> out;
  std::ifstream file(MENKYO_SEEDS_FILE);
  if (!file) throw std::runtime_error("there is no file of seeds");
  for (std::string line; std::getline(file, line);)
    if (!line.empty() && line.front() != '#') out.push_back(std::stoull(line));
  return out;
}

std::vector<uint64_t> seeds(uint64_t count) {
  if (auto const one = number_from("MENKYO_SEED")) return {*one};
  auto out = kept_seeds();
  auto const wanted = number_from("MENKYO_SEEDS");
  auto const first = wanted ? uint64_t(std::random_device{}()) : 1;
  for (uint64_t i = 0; i < wanted.value_or(count); ++i) out.push_back(first + i);
  return out;
}

std::map<std::string, int> expect_sound(std::string const& database_kind, uint64_t seed) {
  auto const result = run(database_kind, {.seed = seed});
  EXPECT_EQ(result.failure, "") << "on " << database_kind << "; replay it with MENKYO_SEED=" << seed
                                << " simulation_test";
  if (!result.failure.empty() && number_from("MENKYO_SEEDS"))
    std::ofstream(MENKYO_SEEDS_FILE, std::ios::app) << seed << "\n";
  return result.counts;
}

// What the sanitizers slow down runs a tenth.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr uint64_t seeds_on_sqlite = 20, seeds_on_postgres = 1;
#else
constexpr uint64_t seeds_on_sqlite = 200, seeds_on_postgres = 5;
#endif

// Runs in which nothing happens would prove nothing.
constexpr char const* must_happen[] = {"register",
                                       "restart",
                                       "back up",
                                       "restore",
                                       "message_invalid",
                                       "import orders",
                                       "import orders again",
                                       "import orders: conflict",
                                       "import orders: unknown",
                                       "import goes on",
                                       "import waits for a lease",
                                       "clock set back",
                                       "clock set ahead",
                                       "register again",
                                       "authorize",
                                       "report",
                                       "renew",
                                       "renew again",
                                       "deregister",
                                       "message lost",
                                       "answer lost",
                                       "message doubled",
                                       "old message",
                                       "repeat",
                                       "repeated",
                                       "resynced",
                                       "rollback",
                                       "sequence_conflict",
                                       "deposit",
                                       "create token",
                                       "create token: forbidden",
                                       "create token: not_found",
                                       "revoke token",
                                       "revoke token again",
                                       "revoke token: not_found",
                                       "read token",
                                       "read token: conflict",
                                       "create virtual account",
                                       "create virtual account: forbidden",
                                       "create virtual account: name_taken",
                                       "rename virtual account",
                                       "rename virtual account: forbidden",
                                       "rename virtual account: changed_meanwhile",
                                       "rename virtual account: name_taken",
                                       "delete virtual account",
                                       "delete virtual account: conflict",
                                       "delete virtual account: forbidden",
                                       "delete virtual account: not_empty",
                                       "remove device",
                                       "remove device again",
                                       "remove device: conflict",
                                       "remove device: forbidden",
                                       "remove device: not_found",
                                       "grant role",
                                       "grant role again",
                                       "grant role: conflict",
                                       "grant role: forbidden",
                                       "grant role: invalid",
                                       "grant role to a stranger",
                                       "change when a role ends",
                                       "revoke role",
                                       "revoke role: conflict",
                                       "revoke role: forbidden",
                                       "list virtual accounts",
                                       "list users",
                                       "look",
                                       "look: not_found",
                                       "token_revoked",
                                       "token_expired",
                                       "token_used_up",
                                       "released",
                                       "lapsed",
                                       "identity_expired",
                                       "device_unknown",
                                       "enforced_short",
                                       "export_controlled_short",
                                       "export_not_allowed_by_token",
                                       "entitlement_unknown",
                                       "incompatible_product",
                                       "agent: answer lost",
                                       "agent: answer_invalid",
                                       "agent: busy",
                                       "agent: clock_skewed",
                                       "agent: device_unknown",
                                       "agent: deregister",
                                       "agent: ends after sending",
                                       "agent: ends before its answer is stored",
                                       "agent: ends before sending",
                                       "agent: file lost",
                                       "agent: identity_expired",
                                       "agent: late message accepted",
                                       "agent: late message repeated",
                                       "agent: late message resynced",
                                       "agent: message accepted",
                                       "agent: message doubled",
                                       "agent: message lost",
                                       "agent: message message_invalid",
                                       "agent: message repeated",
                                       "agent: message resynced",
                                       "agent: message sequence_conflict",
                                       "agent: register anew",
                                       "agent: renew",
                                       "agent: report",
                                       "agent: rolled back and resynced",
                                       "agent: tick"};

TEST(Simulation, on_sqlite) {
  std::map<std::string, int> counts;
  auto const all = seeds(seeds_on_sqlite);
  for (auto const seed : all)
    for (auto const& [what, n] : expect_sound("sqlite", seed)) counts[what] += n;
  if (all.size() == 1) return;
  for (auto const* what : must_happen) EXPECT_GT(counts[what], 0) << what;
}

TEST(Simulation, on_postgres) {
  for (auto const seed : seeds(seeds_on_postgres)) expect_sound("postgres", seed);
}

// What one number decided, it decides again - on the other database too.
TEST(Simulation, a_seed_replays_exactly) {
  Config const config{.seed = number_from("MENKYO_SEED").value_or(1), .steps = 60};
  auto const first = run("sqlite", config), second = run("sqlite", config), elsewhere = run("postgres", config);
  EXPECT_EQ(first.failure, "");
  EXPECT_EQ(first.trace, second.trace);
  EXPECT_EQ(first.digest, second.digest);
  EXPECT_EQ(first.counts, second.counts);
  EXPECT_EQ(first.trace, elsewhere.trace);
  EXPECT_EQ(first.digest, elsewhere.digest);
  auto const other = run("sqlite", {.seed = config.seed + 1, .steps = 60});
  EXPECT_NE(first.trace, other.trace);
  EXPECT_NE(first.digest, other.digest);
}

// A run that fails does so again at the same step, for the same reason and after the same events.
TEST(Simulation, a_failing_seed_replays_exactly) {
  Config const config{.seed = 3, .meddle = [](db::Tx& tx, int step) {
                        if (step == 40)
                          tx.exec("delete from use_entry where device_id = (select max(device_id) from use_entry)");
                      }};
  auto const first = run("sqlite", config), second = run("sqlite", config);
  EXPECT_THAT(first.failure, ::testing::HasSubstr("step 40"));
  EXPECT_EQ(first.failure, second.failure);
  EXPECT_EQ(first.trace, second.trace);
  EXPECT_EQ(first.digest, second.digest);
}

// Each check that is made after every step notices damage that is done while the run goes on.
TEST(Simulation, notices_damage_at_the_step_at_which_it_is_done) {
  struct Case {
    char const* sql;  // done at the first step from 30 on at which it changes something; $1 is its instant
    char const* fault;
  };
  for (auto const& [sql, fault] : {
           // One effect per message and action.
           Case{"update event set actor_kind = 'staff' where actor_kind = 'person' and at = $1",
                "an effect that should not be: "},
           Case{"update event set kind = 'tea_served' where at = $1 and actor_kind = 'device' and kind = "
                "'use_changed'",
                "an effect that is missing: use_changed"},
           Case{
               "insert into use_entry (smart_account_id, virtual_account_id, entitlement_id, at, device_id, "
               "quantity, "
               "change) select e.smart_account_id, e.virtual_account_id, e.entitlement_id, e.at + 1, e.device_id, "
               "e.quantity, 1 from use_entry e join device_use u on u.device_id = e.device_id and u.entitlement_id = "
               "e.entitlement_id order by e.at desc limit 1",
               "not the sum of their history"},
           Case{"update device_contact set sequence = sequence + 1 where device_id = (select max(device_id) from "
                "device)",
                "a message's effect that should be otherwise: the last message of"},
           Case{"delete from usage_report where report_hash = (select max(report_hash) from usage_report)",
                "a message's effect that"},
           Case{"insert into registration (smart_account_id, message_hash, device_id, created_at) select "
                "smart_account_id, registration_token_id, device_id, 1 from device where device_id = (select "
                "max(device_id) from device)",
                "a message's effect that should be otherwise: the registrations of"},
           // Tokens within limits.
           Case{"update registration_token set uses = max_uses + 1 where max_uses is not null",
                "a token over its limit"},
           Case{"update registration_token set uses = uses + 1 where max_uses is null", "a token that should be"},
           Case{"update registration_token set revoked_at = null where revoked_at is not null",
                "a token that should be otherwise"},
           // Orders.
           Case{"update lot set quantity = quantity + 1 where lot_id in (select lot_id from order_line)",
                "an order line that should be otherwise"},
           Case{"delete from order_line", "an order line that is missing"},
           Case{"update job set status = 'done' where status = 'running'", "an import that is missing"},
           // Tree and roles.
           Case{"update virtual_account set parent_id = null where parent_id is not null",
                "a virtual account that should be otherwise"},
           Case{"delete from role_grant where role <> 'sa_admin'", "a role that is missing"},
           Case{"update role_grant set role = 'sa_admin' where role = 'sa_viewer' or role = 'va_viewer'",
                "a role that should be otherwise"},
           // The event chain: what was just sealed, its head, and what stands beside it.
           Case{"update event_seal set digest = event_id where event_id = (select max(event_id) from event) and "
                "smart_account_id = (select smart_account_id from smart_account)",
                "the event chain: "},
           Case{"update event_head set signature = 'e30.e30.AAAA'", "the event chain: the signature"},
           Case{"delete from event_unsealed", "was added past the program"},
           Case{"delete from event_seal where event_id in (select event_id from event where at = $1)",
                "the event chain: the chain ends"},
       }) {
    bool done = false;
    auto const meddle = [&, sql = sql](db::Tx& tx, int step) {
      if (step < 30 || done) return;
      bool const timed = std::string_view(sql).find("$1") != std::string_view::npos;
      done = (timed ? tx.exec(sql, tx.now()) : tx.exec(sql)) > 0;
    };
    Result result;
    // Not every run has what is to be damaged.
    for (uint64_t seed = 5; seed < 10 && !done; ++seed) result = run("sqlite", {.seed = seed, .meddle = meddle});
    EXPECT_TRUE(done) << sql;
    EXPECT_THAT(result.failure, ::testing::HasSubstr(fault)) << sql;
  }
}

// So does each check of an agent: of what it sends, of what its calls come to, of its file, and of its agreement with
// the service at the end.
TEST(Simulation, notices_damage_to_an_agents_state) {
  using agent::State;
  using Changed = std::function<bool(State&)>;  // false: there is nothing yet that could be
  struct Case {
    Moment moment;
    Changed damage;
    char const* fault;
  };
  // Of a device that has nothing under way.
  auto const at_rest = [](auto change) -> Changed {
    return [change](State& s) {
      if (s.registration != agent::Registration::registered || s.pending || s.seq < 2) return false;
      change(s);
      return true;
    };
  };
  for (auto const& c :
       {Case{Moment::before_sending, [](State& s) { return std::exchange(s.pending, {}).has_value(); },
             "an agent sent what its file does not hold"},
        Case{Moment::before_call, at_rest([](State& s) { --s.seq; }), "an agent used the number"},
        Case{Moment::after_call, at_rest([](State& s) { --s.seq; }), "an agent forgot a number that it has used"},
        Case{Moment::after_call, [](State& s) { return !std::exchange(s.wanted, {}).empty(); },
             "an agent wants something else than it was asked for"},
        Case{Moment::before_call, at_rest([](State& s) { ++s.last_report[0]; }), "an agent left out a report"},
        Case{Moment::before_call, at_rest([](State& s) { s.anchors.clear(); }), "an agent's call to"},
        Case{Moment::at_rest, at_rest([](State& s) { s.home.device_id.clear(); }), "differ in who it is"},
        Case{Moment::at_rest, at_rest([](State& s) { ++s.seq; }), "differ in the number"},
        Case{Moment::at_rest, at_rest([](State& s) { ++s.epoch; }), "differ in the epoch"},
        Case{Moment::at_rest, at_rest([](State& s) { s.authorization.clear(); }), "differ in the use"},
        Case{Moment::at_rest, at_rest([](State& s) { s.reports.emplace_back("{}"); }), "differ in the last report"},
        Case{Moment::at_rest, at_rest([](State& s) { ++s.last_report[0]; }),
             "differ in the reports before the last"}}) {
    // Other checks may notice it first.
    std::string failures;
    for (uint64_t seed = 5; seed < 15 && failures.find(c.fault) == std::string::npos; ++seed) {
      bool done = false;
      auto const meddle = [&](State& s, Moment moment) {
        return !done && moment == c.moment && (done = c.damage(s));
      };
      auto const result = run("sqlite", {.seed = seed, .steps = 80, .meddle_with_agent = meddle});
      failures += result.failure + "\n";
    }
    EXPECT_THAT(failures, ::testing::HasSubstr(c.fault));
  }
}

// What was sealed long ago is looked at again at the end.
TEST(Simulation, notices_damage_to_the_past_at_the_end) {
  auto const result = run("sqlite", {.seed = 5, .steps = 40, .meddle = [](db::Tx& tx, int step) {
                                       if (step == 39)
                                         tx.exec(
                                             "update event set data = 'x' where event_id = (select event_id from "
                                             "event_seal where sequence = 2 order by event_id desc limit 1)");
                                     }});
  EXPECT_THAT(result.failure, ::testing::HasSubstr("the end"));
  EXPECT_THAT(result.failure, ::testing::HasSubstr("the event chain: link 2: event"));
}

class Damage : public ::testing::TestWithParam<std::string> {};
MENKYO_ON_BOTH_DATABASES(Damage);

// The checks that every step relies on notice each kind of wrong row.
TEST_P(Damage, is_noticed) {
  test::DeviceWorld world(GetParam());
  world.deposit("PRM", 5);
  world.deposit("ENF", 2);
  auto const token = world.token({.max_uses = 3});
  test::TestDevice device(world, "SN1");
  device.register_with(token.text);
  device.authorize({{"ESS", 3}, {"ENF", 2}});
  ASSERT_THAT(world.broken(), ::testing::IsEmpty());
  for (auto const* damage :
       {"update position set in_use = in_use + 1 where in_use = 2",
        "update position set borrowed = 2 where borrowed = 3", "update loan set quantity = 2", "delete from loan",
        "update device_use set quantity = 1 where quantity = 2", "delete from device_use",
        "update use_entry set change = 1 where change = 2", "delete from use_entry",
        "update registration_token set uses = 4", "update registration_token set uses = 0",
        "update virtual_account_total set device_count = 2", "update virtual_account_total set in_use = 0",
        "update device set status = 'removed'", "update device_contact set status = 'removed'",
        "update device_contact set in_use = ''", "delete from timer",
        "update lot set quantity = 7 where quantity = 5", "delete from ledger_entry",
        "update holding set quantity = -1 where quantity = 2"}) {
    struct Undo {};
    try {
      world.db->write([&](db::Tx& tx) {
        tx.exec(damage);
        EXPECT_THAT(world.broken_in(tx), ::testing::Not(::testing::IsEmpty())) << damage;
        throw Undo{};
      });
    } catch (Undo const&) {
    }
  }
  EXPECT_THAT(world.broken(), ::testing::IsEmpty());
}

}  // namespace
}  // namespace menkyo::simulation
