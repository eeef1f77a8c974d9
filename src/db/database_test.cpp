#include "db/database.hpp"

#include <gtest/gtest.h>

#include "db/migrate.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::db {
namespace {

class Storage : public ::testing::TestWithParam<std::string> {
 protected:
  Storage() { db.open(); }
  test::TestDatabase db{GetParam()};
};
MENKYO_ON_BOTH_DATABASES(Storage);

struct CounterRow {
  std::string name;
  int64_t value;
  bool operator==(CounterRow const&) const = default;
};

TEST_P(Storage, keeps_what_was_committed) {
  db->write([](Tx& tx) { tx.exec("insert into counter (name, value) values ($1, $2)", "a", 7); });
  auto const rows = db->read([](ReadTx& tx) { return tx.all<CounterRow>("select name, value from counter"); });
  EXPECT_EQ(rows, (std::vector<CounterRow>{{"a", 7}}));
}

TEST_P(Storage, a_problem_leaves_nothing_behind) {
  EXPECT_THROW(db->write([](Tx& tx) {
    tx.exec("insert into counter (name, value) values ($1, $2)", "a", 7);
    throw Problem(problems::conflict);
  }),
               Problem);
  EXPECT_EQ(db->read([](ReadTx& tx) { return tx.one<int64_t>("select count(*) from counter"); }), 0);
}

TEST_P(Storage, many_rows_go_through_one_statement) {
  std::vector<CounterRow> const rows{{"a", 1}, {"b", 2}, {"c", 3}};
  auto const changed = db->write([&](Tx& tx) {
    return tx.exec_many(
        "insert into counter (name, value) select name, value from {rows: name text, value bigint} r where true "
        "on conflict (name) do update set value = excluded.value",
        rows);
  });
  EXPECT_EQ(changed, 3);
  std::vector<std::string> const names{"a", "c", "x"};
  auto const found = db->read([&](ReadTx& tx) {
    return tx.all_many<CounterRow>(
        "select c.name, c.value from {rows: name text} r join counter c on c.name = r.name order by 1", names);
  });
  EXPECT_EQ(found, (std::vector<CounterRow>{{"a", 1}, {"c", 3}}));
  db->write([&](Tx& tx) {
    tx.exec_many(
        "update counter set value = r.value from {rows: name text, value bigint} r where counter.name = r.name",
        std::vector<CounterRow>{{"b", 20}});
  });
  EXPECT_EQ(db->read([](ReadTx& tx) { return tx.one<int64_t>("select value from counter where name = $1", "b"); }),
            20);
}

TEST_P(Storage, concurrent_writes_are_all_kept) {
  db->write([](Tx& tx) { tx.exec("insert into counter (name, value) values ($1, $2)", "n", 0); });
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i)
        db->write([](Tx& tx) { tx.exec("update counter set value = value + 1 where name = $1", "n"); });
    });
  for (auto& t : threads) t.join();
  EXPECT_EQ(db->read([](ReadTx& tx) { return tx.one<int64_t>("select value from counter"); }), 200);
}

}  // namespace
}  // namespace menkyo::db
