#include "catalog/resettle.hpp"

#include <gmock/gmock.h>

#include "tests/support/test_database.hpp"

namespace menkyo::catalog {
namespace {

using testing::ElementsAre;

constexpr std::string_view header = "record,code,family,name_en,name_ja,tag,license_types,lender,borrower\n";

std::string entitlement(std::string const& code) {
  return "entitlement," + code + ",RTR,Name,名,\"regid.2019-04.example.aozora." + code + ",1\",term,,\n";
}

class ResettleTest : public ::testing::TestWithParam<std::string> {
 protected:
  ResettleTest() {
    db.open();
    import("family,RTR,,Routers,ルーター,,,,\n" + entitlement("A") + entitlement("B") + entitlement("C") +
           "substitution,,,,,,,A,B\n");
  }
  void import(std::string const& csv, std::optional<Instant> effective_at = {}) {
    db.clock.advance(std::chrono::seconds(1));
    EXPECT_TRUE(import_catalog(*db, vault, std::string(header) + csv, "test", {}, resettle_later(), effective_at)
                    .problems.empty());
  }
  EntitlementId id(std::string_view code) {
    return db->read([&](db::ReadTx& tx) { return cache.at(tx)->find_entitlement(code)->entitlement_id; });
  }
  GroupId group(std::string_view code) {
    return db->read([&](db::ReadTx& tx) { return cache.at(tx)->group_of(id(code))->group_id; });
  }
  void hold(uint8_t account, uint8_t va, std::string_view code) {
    auto const what = id(code);
    db->write([&](db::Tx& tx) {
      tx.exec(
          "insert into position (smart_account_id, virtual_account_id, entitlement_id, owned, in_use, reserved, "
          "borrowed, lent, short, next_boundary_at) values ($1, $2, $3, 0, 0, 0, 0, 0, 0, 0)",
          SmartAccountId{{account}}, VirtualAccountId{{va}}, what);
    });
  }
  void run() {
    settled.clear();
    gone.clear();
    jobs::JobRunner runner(*db, {.chunk_time = std::chrono::hours(1), .largest_chunk = 2});
    runner.add(resettle_kind(cache, [&](db::Tx&, SmartAccountId account, VirtualAccountId va,
                                        std::vector<GroupId> const& present, std::vector<GroupId> const& no_more) {
      for (auto const& g : present) settled.insert({int(account.bytes[0]), int(va.bytes[0]), g});
      gone = no_more;
    }));
    while (runner.run_once()) {
    }
    db.clock.advance(std::chrono::minutes(1));
  }

  test::TestDatabase db{GetParam()};
  keys::Vault vault{keys::MasterKey{}};
  CatalogCache cache;
  std::set<std::tuple<int, int, GroupId>> settled;
  std::vector<GroupId> gone;
};
MENKYO_ON_BOTH_DATABASES(ResettleTest);

TEST_P(ResettleTest, settles_those_that_hold_positions_in_a_changed_group) {
  run();  // the first import; nobody holds anything
  EXPECT_TRUE(settled.empty());
  hold(1, 1, "A");
  hold(1, 1, "B");
  hold(1, 2, "C");
  hold(2, 1, "B");
  hold(2, 2, "A");
  auto const old_c = group("C"), old_ab = group("A");
  import("substitution,,,,,,,B,C\n");
  run();
  auto const now = group("A");
  EXPECT_EQ(now, std::min(old_c, old_ab));
  EXPECT_EQ(settled, (std::set<std::tuple<int, int, GroupId>>{{1, 1, now}, {1, 2, now}, {2, 1, now}, {2, 2, now}}));
  EXPECT_THAT(gone, ElementsAre(std::max(old_c, old_ab)));
  import(entitlement("D"));
  run();
  EXPECT_TRUE(settled.empty());
}

TEST_P(ResettleTest, waits_until_the_catalogue_is_in_force) {
  run();
  hold(1, 1, "C");
  import("substitution,,,,,,,B,C\n", db.clock.now() + std::chrono::hours(1));
  run();
  EXPECT_TRUE(settled.empty());
  db.clock.advance(std::chrono::hours(1));
  run();
  EXPECT_EQ(settled.size(), 1u);
}

}  // namespace
}  // namespace menkyo::catalog
