#include "licenses/books.hpp"

#include <gtest/gtest.h>

#include "licenses/invariants.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::licenses {
namespace {

using std::chrono::hours;

EntitlementId entitlement(uint8_t n) {
  return {{{n}}};
}
EntitlementId const a = entitlement(1), b = entitlement(2), alone = entitlement(9);
SmartAccountId const account{{{7}}};
VirtualAccountId const va{{{8}}};

catalog::Entitlement named(EntitlementId id, std::string code, bool enforced = false) {
  catalog::Entitlement e;
  e.entitlement_id = id;
  e.code = e.tag = std::move(code);
  e.enforced = enforced;
  return e;
}

class BooksTest : public ::testing::TestWithParam<std::string> {
 protected:
  BooksTest() { db.open(); }

  catalog::Catalog const catalog{
      {1, {}, {}}, {{}, {}, {named(a, "TIER-A"), named(b, "TIER-B"), named(alone, "ALONE", true)}, {{a, b, 1}}, {}}};
  keys::Vault vault{keys::MasterKey{}};

  Deposit lot(EntitlementId e, int64_t quantity, Instant from, Instant to) {
    return {account, va,    e, to == forever ? LicenseType::PERPETUAL : LicenseType::TERM, quantity, from, to, {},
            "order", "A/1", {}};
  }
  void deposit_now(EntitlementId e, int64_t quantity, Instant to = forever) {
    db->write([&](db::Tx& tx) { deposit(tx, vault, catalog, lot(e, quantity, tx.now(), to)); });
  }
  void use(EntitlementId e, int64_t change) {
    db->write([&](db::Tx& tx) {
      Books books(tx, vault, catalog);
      books.load({books.key_of(account, va, e)});
      books.change_use(account, va, e, change);
      books.store({});
    });
  }
  PositionRow position(EntitlementId e) {
    return db->read([&](db::ReadTx& tx) {
      Books books(tx, catalog);
      books.load({books.key_of(account, va, e)});
      return books.position(account, va, e);
    });
  }
  int64_t events(std::string const& kind) {
    return *db->read(
        [&](db::ReadTx& tx) { return tx.one<int64_t>("select count(*) from event where kind = $1", kind); });
  }

  test::TestDatabase db{GetParam()};
};
MENKYO_ON_BOTH_DATABASES(BooksTest);

TEST_P(BooksTest, the_worked_example_of_the_domain) {
  deposit_now(a, 100);
  use(a, 10);
  use(b, 50);
  auto const upper = position(a), lower = position(b);
  EXPECT_EQ(upper.owned, 100);
  EXPECT_EQ(upper.lent, 50);
  EXPECT_EQ(upper.balance(), 40);
  EXPECT_EQ(lower.borrowed, 50);
  EXPECT_EQ(lower.balance(), 0);
  EXPECT_EQ(lower.short_quantity, 0);
  EXPECT_EQ(events("compliance_lost"), 0);
}

TEST_P(BooksTest, a_shortage_is_stored_and_told_once) {
  deposit_now(a, 3);
  use(b, 5);
  use(b, 1);
  EXPECT_EQ(position(b).short_quantity, 3);
  EXPECT_EQ(events("compliance_lost"), 1);
  use(b, -4);
  EXPECT_EQ(position(b).short_quantity, 0);
  EXPECT_EQ(events("compliance_regained"), 1);
}

TEST_P(BooksTest, a_term_counts_from_its_first_to_its_last_instant) {
  auto const start = db.clock.now() + hours(24), end = start + hours(24);
  db->write([&](db::Tx& tx) { deposit(tx, vault, catalog, lot(a, 5, start, end)); });
  EXPECT_EQ(position(a).owned, 0);
  db.clock.set(start - Duration(1));
  EXPECT_EQ(position(a).owned, 0);
  db.clock.set(start);
  EXPECT_EQ(position(a).owned, 5);
  db.clock.set(end - Duration(1));
  EXPECT_EQ(position(a).owned, 5);
  db.clock.set(end);
  EXPECT_EQ(position(a).owned, 0);
}

TEST_P(BooksTest, the_timer_settles_what_ended_and_moves_it_to_expired) {
  auto const end = db.clock.now() + hours(24);
  deposit_now(a, 5, end);
  deposit_now(a, 2, end + hours(24));
  use(a, 6);
  db.clock.set(end + hours(1));
  EXPECT_EQ(db->write([&](db::Tx& tx) { return settle_due(tx, vault, catalog, account, va); }), 1);
  EXPECT_EQ(position(a).owned, 2);
  EXPECT_EQ(position(a).short_quantity, 4);
  EXPECT_EQ(events("term_ended"), 1);
  auto const effective = db->read([](db::ReadTx& tx) {
    return tx.one<Instant>("select effective_at from ledger_entry where reason = 'term_ended'");
  });
  EXPECT_EQ(effective, end);
  auto const due = db->read([](db::ReadTx& tx) { return tx.one<Instant>("select due_at from timer"); });
  EXPECT_EQ(due, end + hours(24));
  EXPECT_EQ(db->write([&](db::Tx& tx) { return settle_due(tx, vault, catalog, account, va); }), 0);
}

TEST_P(BooksTest, invariants_hold_through_deposits_terms_and_a_time_with_nobody_looking) {
  for (int i = 1; i <= 10; ++i) {
    deposit_now(i % 2 ? a : b, i, db.clock.now() + hours(10 * i));
    deposit_now(alone, 1, i % 3 ? forever : db.clock.now() + hours(i));
    db.clock.advance(hours(7));
    auto const broken = db->read([&](db::ReadTx& tx) { return broken_invariants(tx, catalog, account); });
    // Between two looks stored totals may lag; positions as they are read never do.
    for (auto const& sentence : broken) EXPECT_NE(sentence.find("total"), std::string::npos) << sentence;
  }
  db->write([&](db::Tx& tx) { settle_due(tx, vault, catalog, account, va); });
  EXPECT_EQ(db->read([&](db::ReadTx& tx) { return broken_invariants(tx, catalog, account); }),
            std::vector<std::string>{});
}

TEST_P(BooksTest, the_checks_notice_a_changed_row) {
  deposit_now(a, 5);
  for (auto const* damage :
       {"update position set owned = owned + 1",
        "update holding set quantity = 4 where holder_kind = 'virtual_account'", "update lot set quantity = 6",
        "update virtual_account_total set short = 1", "update ledger_entry set quantity = 4"}) {
    try {
      db->write([&](db::Tx& tx) {
        tx.exec(damage);
        EXPECT_FALSE(broken_invariants(tx, catalog, account).empty()) << damage;
        throw Problem(problems::conflict);  // so that nothing of it stays
      });
    } catch (Problem const&) {
    }
  }
}

TEST_P(BooksTest, an_entitlement_without_relatives_borrows_nothing) {
  deposit_now(a, 10);
  db->write([&](db::Tx& tx) {
    Books books(tx, vault, catalog);
    books.load({books.key_of(account, va, alone)});
    EXPECT_FALSE(books.could_cover(account, va, alone, 1));
  });
  deposit_now(alone, 1);
  db->write([&](db::Tx& tx) {
    Books books(tx, vault, catalog);
    books.load({books.key_of(account, va, alone)});
    EXPECT_TRUE(books.could_cover(account, va, alone, 1));
    EXPECT_FALSE(books.could_cover(account, va, alone, 2));
  });
}

}  // namespace
}  // namespace menkyo::licenses
