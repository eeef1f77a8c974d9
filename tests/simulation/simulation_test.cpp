// Runs the simulation. MENKYO_SEED=<number> simulation_test replays one seed on both databases.

#include "tests/simulation/simulation.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

#include "tests/simulation/digest.hpp"

namespace menkyo::simulation {
namespace {

std::map<std::string, int> expect_sound(std::string const& database_kind, uint64_t seed) {
  auto const result = run(database_kind, {.seed = seed});
  EXPECT_EQ(result.failure, "") << "on " << database_kind << "; replay it with MENKYO_SEED=" << seed
                                << " simulation_test";
  return result.counts;
}

std::vector<uint64_t> seeds(uint64_t count) {
  if (auto const* given = std::getenv("MENKYO_SEED")) return {std::strtoull(given, nullptr, 10)};
  std::vector<uint64_t> out;
  for (uint64_t seed = 1; seed <= count; ++seed) out.push_back(seed);
  return out;
}

TEST(Simulation, on_sqlite) {
  std::map<std::string, int> counts;
  auto const all = seeds(20);
  for (auto const seed : all)
    for (auto const& [what, n] : expect_sound("sqlite", seed)) counts[what] += n;
  if (all.size() == 1) return;
  // Runs in which nothing happens would prove nothing.
  for (auto const* what : {"register",
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
                           "token",
                           "revoke",
                           "remove",
                           "remove refused",
                           "released",
                           "lapsed",
                           "identity_expired",
                           "device_unknown",
                           "enforced_short",
                           "export_controlled_short",
                           "export_not_allowed_by_token",
                           "entitlement_unknown",
                           "incompatible_product"})
    EXPECT_GT(counts[what], 0) << what;
}

TEST(Simulation, on_postgres) {
  for (auto const seed : seeds(3)) expect_sound("postgres", seed);
}

// What one number decided, it decides again - on the other database too.
TEST(Simulation, a_seed_replays_exactly) {
  Config const config{.seed = seeds(1).front(), .steps = 40};
  auto const first = run("sqlite", config), second = run("sqlite", config), elsewhere = run("postgres", config);
  EXPECT_EQ(first.failure, "");
  EXPECT_EQ(first.digest, second.digest);
  EXPECT_EQ(first.counts, second.counts);
  EXPECT_EQ(first.digest, elsewhere.digest);
  EXPECT_NE(first.digest, run("sqlite", {.seed = config.seed + 1, .steps = 40}).digest);
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
        "update device set status = 'removed'", "delete from timer", "update lot set quantity = 7 where quantity = 5",
        "delete from ledger_entry", "update holding set quantity = -1 where quantity = 2"}) {
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
