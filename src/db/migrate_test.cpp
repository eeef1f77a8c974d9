#include "db/migrate.hpp"

#include <gmock/gmock.h>

#include "tests/support/test_database.hpp"

namespace menkyo::db {
namespace {

constexpr Migration first{
    1, "first", "create table one (\n  id bigint not null primary key,\n  name text not null\n);\n", {}, {}};
constexpr Migration second{
    2,
    "second",
    {},
    "create table two (\n  a integer not null primary key\n);\n",
    "create table two (\n  a bigint not null primary key\n);\ncreate index two_by_a on two (a);\n"};
constexpr Migration broken{3,
                           "broken",
                           "create table three (\n  id bigint not null primary key\n);\n"
                           "insert into three (id) values (1);\ninsert into nowhere (id) values (1);\n",
                           {},
                           {}};

class Migrating : public ::testing::TestWithParam<std::string> {
 protected:
  int run(std::vector<Migration> const& known) { return migrate(*make_driver(db.url()), known, db.clock.now()); }
  std::vector<std::string> applied() {
    db.open();
    return db->read(
        [](ReadTx& tx) { return tx.all<std::string>("select name from schema_migration order by number"); });
  }
  bool has_table(std::string const& name) {
    db.open();
    return db->read([&](ReadTx& tx) {
      return GetParam() == "sqlite"
                 ? tx.one<int64_t>("select count(*) from sqlite_schema where type = 'table' and name = $1", name) == 1
                 : tx.one<int64_t>("select count(*) from pg_tables where tablename = $1", name) == 1;
    });
  }
  test::TestDatabase db{GetParam(), false};
};
MENKYO_ON_BOTH_DATABASES(Migrating);

TEST_P(Migrating, applies_what_is_missing_once) {
  EXPECT_EQ(run({first}), 1);
  EXPECT_EQ(run({first}), 0);
  EXPECT_EQ(run({first, second}), 1);
  EXPECT_EQ(run({first, second}), 0);
  EXPECT_EQ(applied(), (std::vector<std::string>{"first", "second"}));
  EXPECT_TRUE(has_table("two"));
}

TEST_P(Migrating, refuses_a_newer_database) {
  run({first, second});
  try {
    run({first});
    FAIL();
  } catch (NewerDatabase const& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("2 (second)"));
    EXPECT_THAT(error.what(), ::testing::HasSubstr("newer"));
  }
  auto other = second;
  other.name = "another";
  EXPECT_THROW(run({first, other}), NewerDatabase);  // the same number, but not the same migration
  EXPECT_EQ(applied(), (std::vector<std::string>{"first", "second"}));
}

TEST_P(Migrating, keeps_nothing_of_a_step_that_fails) {
  EXPECT_THROW(run({first, second, broken}), StorageError);
  EXPECT_EQ(applied(), (std::vector<std::string>{"first", "second"}));  // whole steps stay
  EXPECT_FALSE(has_table("three"));
  auto mended = broken;
  mended.common = "create table three (\n  id bigint not null primary key\n);\n";
  EXPECT_EQ(run({first, second, mended}), 1);
}

TEST_P(Migrating, several_at_once_apply_each_step_once) {
  for (int round = 0; round < 3; ++round) {
    test::TestDatabase fresh(GetParam(), false);
    std::atomic<int> total{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        try {
          total += migrate(*make_driver(fresh.url()), migrations(), fresh.clock.now());
        } catch (std::exception const& error) {
          ADD_FAILURE() << error.what();
        }
      });
    for (auto& t : threads) t.join();
    EXPECT_EQ(total, int(migrations().size()));
  }
}

TEST_P(Migrating, every_migration_applies) {
  auto const all = migrations();
  ASSERT_GE(all.size(), 4u);
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].number, int(i) + 1);
    EXPECT_EQ(migrate(*make_driver(db.url()), all.first(i + 1), db.clock.now()), 1) << all[i].name;
  }
}

TEST_P(Migrating, tables_are_made_as_the_rules_say) {
  migrate(*make_driver(db.url()), migrations(), db.clock.now());
  db.open();
  db->read([&](ReadTx& tx) {
    if (GetParam() == "sqlite") {
      EXPECT_EQ(tx.all<std::string>("select name from pragma_table_list where type = 'table' and schema = 'main'"
                                    " and name not like 'sqlite_%' and not strict"),
                std::vector<std::string>{});
      EXPECT_EQ(tx.one<bool>("select wr from pragma_table_list where name = 'position'"), true);
      EXPECT_EQ(tx.one<bool>("select wr from pragma_table_list where name = 'person'"), false);
    } else {
      EXPECT_EQ(
          tx.all<std::string>("select cast(table_name || '.' || column_name as text) from information_schema.columns"
                              " where table_schema = 'public' and data_type = 'text' and"
                              " collation_name is distinct from 'C'"),
          std::vector<std::string>{});
    }
  });
}

}  // namespace
}  // namespace menkyo::db
