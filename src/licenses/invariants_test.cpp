#include "licenses/invariants.hpp"

#include <gmock/gmock.h>

#include "tests/support/branches.hpp"

namespace menkyo::licenses {
namespace {

using std::chrono::days;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Invariants : public test::Branches {
 protected:
  std::vector<std::string> broken(db::ReadTx& tx) {
    return broken_invariants(tx, *tenant.catalogs.at(tx), tenant.account);
  }
  std::vector<std::string> broken_after(std::string const& damage) {
    std::vector<std::string> out;
    try {
      tenant.db->write([&](db::Tx& tx) {
        EXPECT_GT(tx.exec(damage), 0) << damage;
        out = broken(tx);
        throw Problem(problems::conflict);  // so that nothing of it stays
      });
    } catch (Problem const&) {
    }
    return out;
  }
};
MENKYO_ON_BOTH_DATABASES(Invariants);

// Whatever is damaged is told as what it is; the texts are read by operators of `menkyo verify`.
TEST_P(Invariants, notice_each_kind_of_damage) {
  auto const lost = tenant.db->write([](db::Tx& tx) { return tx.new_id<EntitlementId>(); });
  deposit_to(east, "PRM", 5);
  deposit_to(east, "ENC", 2, in(days(20)), days(10));
  deposit_to(west, "PRM", 1);
  deposit_to(west, lost, 1);
  use(east, "ESS", 2);
  use(west, "ESS", 3);
  EXPECT_THAT(tenant.db->read([&](db::ReadTx& tx) { return broken(tx); }), IsEmpty());
  constexpr auto total = "the stored total of";
  for (auto const& [damage, told] : std::initializer_list<std::pair<char const*, char const*>>{
           {"update ledger_entry set quantity = 0", "moves nothing"},
           {"delete from ledger_entry", "is not what its entries give"},
           {"update holding set quantity = 4 where quantity = 5", "is not what its entries give"},
           {"update holding set quantity = -1 where quantity = 5", "is below nought"},
           {"delete from holding where quantity = 5", "give a holding that is not stored"},
           {"update lot set quantity = 6 where quantity = 5", "have another sum than was deposited"},
           {"update position set owned = owned + 1",
            "is owned/in use/borrowed/lent/short 6/0/0/2/0, but should be 5/0"},
           {"delete from position where borrowed > 0", "is owned/in use/borrowed/lent/short 0/0/0/0/0"},
           {"delete from loan", "are not as calculated"},
           {"update loan set quantity = quantity + 1", "are not as calculated"},
           {"update device_use set quantity = -1", "cannot be calculated: quantity out of range"},
           {"update position set expiring = 9 where expiring = 0", "says 9 expiring, but should say 0"},
           {"delete from virtual_account_total", "is not stored"},
           {"update virtual_account_total set expiring = expiring + 1", total},
           {"update virtual_account_total set owned = owned + 1", total},
           {"update virtual_account_total set in_use = in_use + 1", total},
           {"update virtual_account_total set borrowed = borrowed + 1", total},
           {"update virtual_account_total set short = short + 1", total},
           {"update virtual_account_total set surplus = surplus + 1", total},
           {"update virtual_account_total set entitlement_count = entitlement_count + 1", total},
           {"update virtual_account_total set short_entitlement_count = short_entitlement_count + 1", total}})
    EXPECT_THAT(broken_after(damage), Contains(HasSubstr(told))) << damage;
}

}  // namespace
}  // namespace menkyo::licenses
