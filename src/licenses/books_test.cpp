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
  int64_t number(std::string const& query) {
    return *db->read([&](db::ReadTx& tx) { return tx.one<int64_t>(query); });
  }
  std::vector<std::string> broken() {
    return db->read([&](db::ReadTx& tx) { return broken_invariants(tx, catalog, account); });
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

TEST_P(BooksTest, a_lot_that_came_and_went_unseen_leaves_its_end) {
  auto const start = db.clock.now() + hours(24), end = start + hours(24);
  db->write([&](db::Tx& tx) { deposit(tx, vault, catalog, lot(a, 5, start, end)); });
  db.clock.set(end + hours(1));
  db->write([&](db::Tx& tx) { settle_due(tx, vault, catalog, account, va); });
  EXPECT_EQ(position(a).owned, 0);
  EXPECT_EQ(events("term_started"), 0);
  EXPECT_EQ(events("term_ended"), 1);
  EXPECT_EQ(broken(), std::vector<std::string>{});
}

TEST_P(BooksTest, the_timer_tells_what_began) {
  auto const start = db.clock.now() + hours(24);
  db->write([&](db::Tx& tx) { deposit(tx, vault, catalog, lot(a, 5, start, forever)); });
  use(b, 5);
  EXPECT_EQ(events("compliance_lost"), 1);
  db.clock.set(start);
  EXPECT_EQ(db->write([&](db::Tx& tx) { return settle_due(tx, vault, catalog, account, va); }), 1);
  EXPECT_EQ(position(a).owned, 5);
  EXPECT_EQ(events("term_started"), 1);
  EXPECT_EQ(events("compliance_regained"), 1);
  EXPECT_EQ(number("select count(*) from ledger_entry"), 1) << "what begins stays where it is";
  EXPECT_EQ(number("select count(*) from timer"), 0);
}

TEST_P(BooksTest, a_deposit_that_ended_before_is_history_at_once) {
  auto const end = db.clock.now() - hours(24);
  db->write([&](db::Tx& tx) { deposit(tx, vault, catalog, lot(a, 5, end - hours(24), end)); });
  EXPECT_EQ(position(a).owned, 0);
  EXPECT_EQ(db->read([](db::ReadTx& tx) {
    return tx.one<Instant>("select effective_at from ledger_entry where reason = 'term_ended'");
  }),
            end);
  EXPECT_EQ(number("select count(*) from timer"), 0);
  EXPECT_EQ(broken(), std::vector<std::string>{});
}

TEST_P(BooksTest, a_pool_holds_no_more_than_can_be_counted) {
  deposit_now(a, max_quantity);
  EXPECT_THROW(deposit_now(a, 1), Problem);
  EXPECT_EQ(position(a).owned, max_quantity);
  EXPECT_EQ(broken(), std::vector<std::string>{});
}

TEST_P(BooksTest, what_the_catalogue_lost_keeps_its_licenses) {
  auto const lost = entitlement(5);
  deposit_now(lost, 3, db.clock.now() + hours(1));
  EXPECT_EQ(broken(), std::vector<std::string>{});
  use(lost, 4);
  EXPECT_EQ(position(lost).short_quantity, 1);
  EXPECT_EQ(events("compliance_lost"), 1);
  db.clock.advance(hours(1));
  db->write([&](db::Tx& tx) { settle_due(tx, vault, catalog, account, va); });
  EXPECT_EQ(position(lost).short_quantity, 4);
}

TEST_P(BooksTest, only_what_was_loaded_can_be_used_and_only_what_is_used_given_back) {
  db->write([&](db::Tx& tx) {
    Books books(tx, vault, catalog);
    EXPECT_THROW(books.change_use(account, va, a, 1), std::logic_error);
    books.load({books.key_of(account, va, a)});
    books.change_use(account, va, a, 2);
    EXPECT_THROW(books.change_use(account, va, a, -3), std::logic_error);
    EXPECT_EQ(books.position(account, va, a).in_use, 2);
  });
}

TEST_P(BooksTest, a_holder_gives_no_more_than_it_has) {
  auto const now = db.clock.now();
  deposit_now(a, 5);
  EXPECT_THROW(db->write([&](db::Tx& tx) {
    auto const lot_id = *tx.one<LotId>("select lot_id from lot");
    Holder const returned{HolderKind::returned, {}};
    move(tx, {account, lot_id, now, held_by(va), returned, 6, "test"}, {lot_id, a, 5, now, forever});
  }),
               std::logic_error);
  EXPECT_EQ(broken(), std::vector<std::string>{});
}

TEST_P(BooksTest, only_what_changed_is_written) {
  auto const looked = db.clock.now();
  deposit_now(a, 1);
  deposit_now(alone, 1);
  db.clock.advance(hours(1));
  db->write([&](db::Tx& tx) {
    Books books(tx, vault, catalog);
    books.load({books.key_of(account, va, a), books.key_of(account, va, alone)});
    books.change_use(account, va, alone, 0);
    books.change_devices(account, va, 1);
    books.change_devices(account, va, -1);
    EXPECT_TRUE(books.total_changes().empty());
    books.change_use(account, va, a, 1);
    auto const changes = books.total_changes();
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].in_use, 1);
    EXPECT_EQ(changes[0].entitlement_count, 0);
    EXPECT_EQ(changes[0].device_count, 0);
    books.store({});
  });
  auto const changed_at = [&](EntitlementId group) {
    return db->read([&](db::ReadTx& tx) {
      return tx.one<Instant>("select changed_at from compliance where group_id = $1", group);
    });
  };
  EXPECT_EQ(changed_at(a), looked + hours(1));
  EXPECT_EQ(changed_at(alone), looked);
}

// Two borrowers and two lenders: a covers b and c, and b covers c where a has nothing left.
TEST_P(BooksTest, loans_come_and_go_one_by_one) {
  auto const c = entitlement(3);
  catalog::Catalog const tiers{
      {1, {}, {}}, {{}, {}, {named(a, "A"), named(b, "B"), named(c, "C")}, {{a, b, 1}, {a, c, 1}, {b, c, 2}}, {}}};
  auto const work = [&](EntitlementId e, int64_t owned, int64_t used) {
    db->write([&](db::Tx& tx) {
      if (owned > 0) deposit(tx, vault, tiers, lot(e, owned, tx.now(), forever));
      Books books(tx, vault, tiers);
      books.load({books.key_of(account, va, e)});
      books.change_use(account, va, e, used);
      books.store({});
    });
  };
  struct Stored {
    EntitlementId borrower, lender;
    int64_t quantity;
    bool operator==(Stored const&) const = default;
  };
  auto const loans = [&] {
    return db->read([](db::ReadTx& tx) {
      return tx.all<Stored>("select borrower_id, lender_id, quantity from loan order by borrower_id, lender_id");
    });
  };
  work(a, 6, 0);
  work(b, 0, 4);
  work(c, 0, 2);
  EXPECT_EQ(loans(), (std::vector<Stored>{{b, a, 4}, {c, a, 2}}));
  work(b, 10, 0);
  EXPECT_EQ(loans(), (std::vector<Stored>{{c, a, 2}}));
  work(a, 0, 5);
  EXPECT_EQ(loans(), (std::vector<Stored>{{c, a, 1}, {c, b, 1}}));
  work(a, 0, 1);
  EXPECT_EQ(loans(), (std::vector<Stored>{{c, b, 2}}));
}

// When entitlements become relatives their groups become one, named after the first.
class HierarchyTest : public BooksTest {
 protected:
  HierarchyTest() {
    db->write([&](db::Tx& tx) {
      deposit(tx, vault, strangers, lot(a, 5, tx.now(), forever));
      deposit(tx, vault, strangers, lot(b, 2, tx.now(), tx.now() + hours(24)));
      Books books(tx, vault, strangers);
      books.load({books.key_of(account, va, b)});
      books.change_use(account, va, b, 4);
      books.store({});
    });
    EXPECT_EQ(events("compliance_lost"), 1);
  }
  std::vector<EntitlementId> groups() {
    return db->read(
        [](db::ReadTx& tx) { return tx.all<EntitlementId>("select group_id from compliance order by group_id"); });
  }
  catalog::Catalog const strangers{{1, {}, {}}, {{}, {}, {named(a, "TIER-A"), named(b, "TIER-B")}, {}, {}}};
};
MENKYO_ON_BOTH_DATABASES(HierarchyTest);

TEST_P(HierarchyTest, groups_are_settled_again_and_what_is_gone_is_forgotten) {
  EXPECT_EQ(groups(), (std::vector{a, b}));
  for (int i = 0; i < 2; ++i) {
    db->write([&](db::Tx& tx) { settle_groups_again(tx, vault, catalog, account, va, {a}, {b}); });
    EXPECT_EQ(position(b).borrowed, 2);
    EXPECT_EQ(position(b).short_quantity, 0);
    EXPECT_EQ(events("compliance_regained"), 1);
    EXPECT_EQ(groups(), std::vector{a});
  }
}

TEST_P(HierarchyTest, a_term_that_ends_first_finds_the_new_group) {
  db.clock.advance(hours(24));
  EXPECT_EQ(db->write([&](db::Tx& tx) { return settle_due(tx, vault, catalog, account, va); }), 1);
  EXPECT_EQ(position(b).owned, 0);
  EXPECT_EQ(position(b).borrowed, 4);
  EXPECT_EQ(groups(), std::vector{a});
}

}  // namespace
}  // namespace menkyo::licenses
