// What a transaction promises to the code inside it.
#include <gmock/gmock.h>

#include <barrier>
#include <latch>
#include <map>
#include <set>

#include "tests/support/test_database.hpp"

namespace menkyo::db {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class Transactions : public ::testing::TestWithParam<std::string> {
 protected:
  Transactions() { db.open(); }
  void put(std::string const& name, int64_t value) {
    db->write([&](Tx& tx) { tx.exec("insert into counter (name, value) values ($1, $2)", name, value); });
  }
  int64_t get(std::string const& name) {
    return db->read([&](ReadTx& tx) { return tx.one<int64_t>("select value from counter where name = $1", name); })
        .value_or(-1);
  }
  test::TestDatabase db{GetParam()};
};
MENKYO_ON_BOTH_DATABASES(Transactions);

TEST_P(Transactions, reading_cannot_write) {
  EXPECT_THROW(db->read([](ReadTx& tx) {
    tx.all<int64_t>("insert into counter (name, value) values ('x', 1) returning value");
  }),
               Problem);
  EXPECT_EQ(get("x"), -1);
  put("x", 2);  // and the connection still serves
  EXPECT_EQ(get("x"), 2);
}

TEST_P(Transactions, reading_sees_one_snapshot) {
  put("a", 1);
  db->read([&](ReadTx& tx) {
    EXPECT_EQ(tx.one<int64_t>("select value from counter where name = 'a'"), 1);
    db->write([](Tx& w) {
      w.exec("update counter set value = 2 where name = 'a'");
      w.exec("insert into counter (name, value) values ('b', 1)");
    });
    EXPECT_EQ(tx.one<int64_t>("select value from counter where name = 'a'"), 1);
    EXPECT_EQ(tx.one<int64_t>("select count(*) from counter"), 1);
  });
  EXPECT_EQ(get("a"), 2);
}

TEST_P(Transactions, reading_forgets_what_a_failed_reader_did) {
  EXPECT_THROW(db->read([](ReadTx& tx) { tx.one<int64_t>("select nothing from nowhere"); }), Problem);
  EXPECT_THROW(db->read([](ReadTx&) { throw Problem(problems::not_found); }), Problem);
  put("a", 1);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(get("a"), 1);
}

TEST_P(Transactions, every_attempt_has_the_same_time_and_chance) {
  std::vector<std::tuple<Instant, uint64_t, LotId>> seen;
  db->write([&](Tx& tx) {
    seen.emplace_back(tx.now(), tx.random().next(), tx.new_id<LotId>());
    db.clock.advance(seconds(1));
    if (seen.size() < 3) throw StorageError(Failure::retry, "lost a race");
  });
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0], seen[1]);
  EXPECT_EQ(seen[1], seen[2]);
  EXPECT_EQ(db->stats().retries, 2u);
}

TEST_P(Transactions, equal_seeds_make_equal_ids) {
  auto const ids = [](test::TestDatabase& one) {
    std::vector<LotId> out;
    for (int i = 0; i < 3; ++i) out.push_back(one->write([](Tx& tx) { return tx.new_id<LotId>(); }));
    return out;
  };
  test::TestDatabase other(GetParam());
  other.open();
  auto const mine = ids(db);
  EXPECT_EQ(mine, ids(other));
  EXPECT_NE(mine[0], mine[1]);
}

TEST_P(Transactions, give_up_after_some_attempts) {
  int attempts = 0;
  try {
    db->write([&](Tx&) {
      ++attempts;
      throw StorageError(Failure::retry, "lost a race");
    });
    FAIL();
  } catch (Problem const& problem) {
    EXPECT_EQ(problem.kind().code, "busy");
    EXPECT_TRUE(problem.retry_after_s);
  }
  EXPECT_EQ(attempts, 5);
}

TEST_P(Transactions, time_never_falls) {
  auto const start = db->now();
  db.clock.advance(hours(1));
  EXPECT_EQ(db->now(), start + hours(1));
  db.clock.set(start - hours(24));
  EXPECT_EQ(db->now(), start + hours(1));
  EXPECT_EQ(db->write([](Tx& tx) { return tx.now(); }), start + hours(1));
  EXPECT_EQ(db->read([](ReadTx& tx) { return tx.now(); }), start + hours(1));
  db->set_floor(start);  // lower than what was given out: no effect
  EXPECT_EQ(db->now(), start + hours(1));
  db->set_floor(start + hours(2));
  EXPECT_EQ(db->now(), start + hours(2));
  db.clock.set(start + hours(3));
  EXPECT_EQ(db->now(), start + hours(3));
}

TEST_P(Transactions, a_violated_constraint_is_a_conflict) {
  put("a", 1);
  try {
    put("a", 2);
    FAIL();
  } catch (Problem const& problem) {
    EXPECT_EQ(problem.kind().code, "conflict");
  }
  EXPECT_THROW(db->write([](Tx& tx) {
    tx.exec("insert into job_input (job_id, position, data) values ($1, 1, '')", tx.new_id<JobId>());
  }),
               Problem);  // a foreign key, checked at once
  EXPECT_EQ(get("a"), 1);
}

TEST_P(Transactions, other_exceptions_pass_through) {
  struct Mine {};
  EXPECT_THROW(db->write([](Tx&) { throw Mine(); }), Mine);
  EXPECT_THROW(db->read([](ReadTx&) { throw Mine(); }), Mine);
  EXPECT_THROW(db->write([&](Tx&) { db->write([](Tx&) {}); }), std::logic_error);  // a writer cannot wait for itself
}

TEST_P(Transactions, rows_locked_in_order_never_deadlock) {
  put("a", 0);
  put("b", 0);
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i)
        db->write([](Tx& tx) {
          tx.all<std::string>("select name from counter where name in ('a', 'b') order by name {for update}");
          tx.exec("update counter set value = value + 1 where name = 'b'");
          tx.exec("update counter set value = value - 1 where name = 'a'");
        });
    });
  for (auto& t : threads) t.join();
  EXPECT_EQ(get("b"), 120);
  EXPECT_EQ(get("a"), -120);
  EXPECT_EQ(db->stats().retries, 0u);
}

TEST_P(Transactions, too_many_readers_are_told_so) {
  DatabaseConfig config;
  config.readers = 1;
  config.queue_age_limit = std::chrono::milliseconds(100);
  db.open(config);
  std::latch reading(1), release(1);
  std::thread holder([&] {
    db->read([&](ReadTx&) {
      reading.count_down();
      release.wait();
    });
  });
  reading.wait();
  try {
    get("a");
    ADD_FAILURE() << "there was no reader left";
  } catch (Problem const& problem) {
    EXPECT_EQ(problem.kind().code, "busy");
  }
  release.count_down();
  holder.join();
  EXPECT_EQ(get("a"), -1);
}

TEST_P(Transactions, old_outcomes_are_forgotten_in_bounded_steps) {
  auto const count = [&] {
    return db->read([](ReadTx& tx) { return tx.one<int64_t>("select count(*) from request_outcome").value(); });
  };
  db->write([](Tx& tx) {
    for (int i = 0; i < 10; ++i)
      tx.exec("insert into request_outcome (request_id, at) values ($1, $2)", tx.new_id<RequestId>(),
              tx.now() - hours(23) - hours(i));
  });
  auto const before = count();
  EXPECT_EQ(db->write([](Tx& tx) { return forget_old_outcomes(tx, 5); }), 5);
  EXPECT_EQ(db->write([](Tx& tx) { return forget_old_outcomes(tx, 5); }), 3);
  EXPECT_EQ(db->write([](Tx& tx) { return forget_old_outcomes(tx, 5); }), 0);
  bool const own = GetParam() == "postgres";  // these writes recorded their own outcome
  EXPECT_EQ(count(), before - 8 + (own ? 3 : 0));
}

// Two transactions that wait for each other: PostgreSQL ends one of them, which then runs again with the same seed.
TEST(Deadlock, is_resolved_by_running_again) {
  test::TestDatabase db("postgres");
  db.open();
  db->write([](Tx& tx) { tx.exec("insert into counter (name, value) values ('a', 0), ('b', 0)"); });
  std::barrier both_hold_one(2);
  std::mutex mutex;
  std::map<std::string, std::set<LotId>> ids;
  auto const work = [&](std::string const& first, std::string const& second) {
    bool waited = false;
    db->write([&](Tx& tx) {
      {
        std::lock_guard lock(mutex);
        ids[first].insert(tx.new_id<LotId>());
      }
      tx.exec("update counter set value = value + 1 where name = $1", first);
      if (!std::exchange(waited, true)) both_hold_one.arrive_and_wait();
      tx.exec("update counter set value = value + 1 where name = $1", second);
    });
  };
  std::thread one([&] { work("a", "b"); }), other([&] { work("b", "a"); });
  one.join();
  other.join();
  EXPECT_GE(db->stats().retries, 1u);
  EXPECT_EQ(ids["a"].size(), 1u);
  EXPECT_EQ(ids["b"].size(), 1u);
  EXPECT_EQ(db->read([](ReadTx& tx) { return tx.all<int64_t>("select value from counter"); }),
            (std::vector<int64_t>{2, 2}));
}

// What is stored in the clear must tell nothing of the secrets that a transaction makes.
TEST(RequestOutcome, is_not_the_transactions_own_chance) {
  test::TestDatabase db("postgres");
  db.open();
  auto const chance = db->write([](Tx& tx) { return tx.random().bytes(16); });
  auto const ids = db->read([](ReadTx& tx) { return tx.all<Bytes>("select request_id from request_outcome"); });
  ASSERT_EQ(ids.size(), 1u);
  EXPECT_NE(ids[0], chance);
}

}  // namespace
}  // namespace menkyo::db
