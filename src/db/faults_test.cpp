// A database that is locked, full or gone: a clear problem, nothing half done, and service again when it is back.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include "db/migrate.hpp"
#include "tests/support/faulty_vfs.hpp"
#include "tests/support/forgetful_disk.hpp"
#include "tests/support/private_postgres.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::db {
namespace {

std::string outcome(std::function<void()> const& work) {
  try {
    work();
    return "";
  } catch (Problem const& problem) {
    return std::string(problem.kind().code);
  }
}

void insert(Tx& tx, std::string const& name) {
  tx.exec("insert into counter (name, value) values ($1, 1)", name);
}

std::string write(Database& db, std::string const& name) {
  return outcome([&] { db.write([&](Tx& tx) { insert(tx, name); }); });
}

int64_t count(Database& db) {
  return db.read([](ReadTx& tx) { return tx.one<int64_t>("select count(*) from counter").value(); });
}

// Until the service is back, for at most ten seconds.
std::string write_patiently(Database& db, std::string const& name) {
  std::string last;
  for (int i = 0; i < 100; ++i) {
    last = write(db, name);
    if (last.empty() || last == "conflict") return last;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return last;
}

class Locked : public ::testing::TestWithParam<std::string> {
 protected:
  test::TestDatabase db{GetParam()};
};
MENKYO_ON_BOTH_DATABASES(Locked);

TEST_P(Locked, by_another_process_is_busy_and_recovers) {
  db.open();
  auto const driver = make_driver(db.url());
  auto const other = driver->open();
  other->script(GetParam() == "sqlite" ? "begin immediate" : "begin; lock table counter in access exclusive mode");
  if (GetParam() == "sqlite") {
    EXPECT_EQ(count(*db), 0);  // reading goes on
  }
  std::vector<std::string> outcomes(3);
  std::vector<std::thread> threads;
  for (auto& o : outcomes) threads.emplace_back([&] { o = write(*db, "a"); });
  for (auto& t : threads) t.join();
  EXPECT_THAT(outcomes, ::testing::Each("busy"));
  other->rollback();
  EXPECT_EQ(write(*db, "a"), "");
  EXPECT_EQ(count(*db), 1);
}

// A full or broken disk under SQLite, made by a virtual file system in front of the real one.
class SqliteDisk : public ::testing::Test {
 protected:
  SqliteDisk() {
    faults.clear();
    db.open();
    EXPECT_EQ(write(*db, "before"), "");
  }
  ~SqliteDisk() override { faults.clear(); }
  test::SqliteFaults& faults = test::sqlite_faults();
  test::TestDatabase db{"sqlite"};
};

TEST_F(SqliteDisk, full_keeps_nothing_and_recovers) {
  faults.on_write = SQLITE_FULL;
  EXPECT_EQ(write(*db, "a"), "storage_unavailable");
  std::vector<std::string> outcomes(8);
  std::vector<std::thread> threads;
  for (auto& o : outcomes) threads.emplace_back([&] { o = write(*db, "b"); });
  for (auto& t : threads) t.join();
  EXPECT_THAT(outcomes, ::testing::Each("storage_unavailable"));
  EXPECT_EQ(count(*db), 1);  // reading goes on
  faults.clear();
  EXPECT_EQ(write(*db, "a"), "");
  EXPECT_EQ(count(*db), 2);
  EXPECT_EQ(
      db->read([](ReadTx& tx) { return tx.one<std::string>("select integrity_check from pragma_integrity_check"); }),
      "ok");
}

TEST_F(SqliteDisk, a_statement_too_large_for_the_disk_keeps_nothing) {
  faults.on_write = SQLITE_FULL;
  // More than the page cache holds, so that the statement itself meets the full disk and SQLite ends the transaction.
  EXPECT_EQ(outcome([&] {
              db->write([](Tx& tx) {
                insert(tx, "small");
                tx.exec(
                    "with recursive n (i) as (select 1 union all select i + 1 from n where i < 160000)"
                    " insert into counter (name, value) select 'n' || i || printf('%.*c', 600, 'x'), i from n");
              });
            }),
            "storage_unavailable");
  faults.clear();
  EXPECT_EQ(count(*db), 1);
}

// Code that swallows the failure must not go on outside of a transaction.
TEST_F(SqliteDisk, a_swallowed_failure_keeps_nothing_either) {
  EXPECT_NE(outcome([&] {
              db->write([&](Tx& tx) {
                faults.on_write = SQLITE_FULL;
                try {
                  tx.exec(
                      "with recursive n (i) as (select 1 union all select i + 1 from n where i < 160000)"
                      " insert into counter (name, value) select 'n' || i || printf('%.*c', 600, 'x'), i from n");
                } catch (StorageError const&) {
                }
                faults.clear();
                insert(tx, "alone");
              });
            }),
            "");
  EXPECT_EQ(count(*db), 1);
}

// The log is gathered until it is synced: some 1,000 pages here, of which each would be two writes.
TEST_F(SqliteDisk, takes_the_pages_of_a_commit_in_a_few_writes) {
  auto const before = faults.log_writes.load();
  db->write([](Tx& tx) {
    tx.exec(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < 6000)"
        " insert into counter (name, value) select 'n' || i || printf('%.*c', 600, 'x'), i from n");
  });
  auto const writes = faults.log_writes - before;
  EXPECT_GT(writes, 0);
  EXPECT_LT(writes, 200);
  db.open();
  EXPECT_EQ(count(*db), 6001);
}

TEST_F(SqliteDisk, shows_a_transaction_larger_than_its_cache_to_itself_and_then_to_all) {
  auto const fill = [](Tx& tx) {
    tx.exec(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < 160000)"
        " insert into counter (name, value) select 'n' || i || printf('%.*c', 600, 'x'), i from n");
    return tx.one<int64_t>("select sum(value) from counter").value();
  };
  int64_t const sum = 160'000LL * 160'001 / 2 + 1;
  EXPECT_NE(outcome([&] {
              db->write([&](Tx& tx) {
                EXPECT_EQ(fill(tx), sum);
                throw Problem(problems::conflict);
              });
            }),
            "");
  EXPECT_EQ(count(*db), 1);
  EXPECT_EQ(db->write(fill), sum);
  EXPECT_EQ(count(*db), 160'001);
  EXPECT_EQ(
      db->read([](ReadTx& tx) { return tx.one<std::string>("select integrity_check from pragma_integrity_check"); }),
      "ok");
}

// What a transaction left in the log when it was rolled back is in the place of the next one, which may be another
// connection's: nothing of it may be written then.
TEST_F(SqliteDisk, keeps_what_another_connection_committed_after_a_rollback) {
  auto const driver = make_driver(db.url());
  auto const fill = [](Session& session, std::string const& name) {
    session.run(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < 600)"
        " insert into counter (name, value) select '" +
            name + "' || i || printf('%.*c', 600, 'x'), 1 from n",
        {}, nullptr);
  };
  auto const large = driver->open(), other = driver->open(), reader = driver->open_reader();
  auto const seen = [&](Session& session) {
    int64_t out = 0;
    RowSink const sink = [&](Row const& row) { out = row.integer(0); };
    session.run("select sum(value) from counter", {}, &sink);
    return out;
  };
  // While somebody reads, the log is not begun anew.
  reader->begin_read();
  EXPECT_EQ(seen(*reader), 1);
  large->script("pragma cache_size=20");
  large->begin_write(RequestId{}, {});
  fill(*large, "undone");
  large->rollback();
  other->begin_write(RequestId{}, {});
  fill(*other, "kept");
  other->commit();
  large->begin_write(RequestId{}, {});
  large->run("insert into counter (name, value) values ('last', 1)", {}, nullptr);
  large->commit();
  reader->rollback();
  auto const fresh = driver->open_reader();
  fresh->begin_read();
  EXPECT_EQ(seen(*fresh), 602);
  fresh->rollback();
  EXPECT_EQ(
      db->read([](ReadTx& tx) { return tx.one<std::string>("select integrity_check from pragma_integrity_check"); }),
      "ok");
}

TEST_F(SqliteDisk, failing_is_told_and_recovers) {
  faults.on_write = SQLITE_IOERR_WRITE;
  EXPECT_THAT(write(*db, "a"), ::testing::AnyOf("storage_unavailable", "outcome_unknown"));
  faults.clear();
  EXPECT_EQ(write(*db, "b"), "");
  db.open();  // without the pages that were kept in memory
  faults.on_read = SQLITE_IOERR_READ;
  EXPECT_EQ(outcome([&] { count(*db); }), "storage_unavailable");
  faults.clear();
  EXPECT_EQ(count(*db), 2);
}

TEST_F(SqliteDisk, gone_at_start_is_told) {
  db.close();
  faults.on_open = SQLITE_CANTOPEN;
  EXPECT_THROW(db.open(), StorageError);
  faults.clear();
  db.open();
  EXPECT_EQ(count(*db), 1);
}

TEST_F(SqliteDisk, gone_for_new_connections_and_back) {
  db.open();
  faults.on_open = SQLITE_CANTOPEN;  // the writer has no connection yet
  EXPECT_EQ(write(*db, "a"), "storage_unavailable");
  faults.clear();
  EXPECT_EQ(write(*db, "a"), "");
  EXPECT_EQ(count(*db), 2);
}

// A disk that hangs, fails, and loses its power. The log may hold a whole group that could not be flushed, and be
// found with it: whoever was told that nothing was done must not be in it.
TEST(SqliteGroup, that_could_not_be_flushed_is_not_called_undone) {
  std::set<std::string> told;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    test::ForgetfulDisk disk(seed);
    test::TestDatabase db("sqlite:" + disk.path("menkyo.db"));
    db.open();
    EXPECT_EQ(write(*db, "before"), "");
    DatabaseConfig config;
    config.queue_age_limit = std::chrono::milliseconds(20);
    db.open(config);

    std::promise<void> begun, release;
    db->write_async(
        [&](Tx&) {
          begun.set_value();
          release.get_future().wait();
        },
        [](std::exception_ptr) {});
    begun.get_future().wait();
    std::vector<std::future<std::string>> outcomes;
    for (int i = 0; i < 4; ++i) {
      auto const outcome_of_it = std::make_shared<std::promise<std::string>>();
      outcomes.push_back(outcome_of_it->get_future());
      db->write_async([i](Tx& tx) { insert(tx, std::to_string(i)); },
                      [outcome_of_it](std::exception_ptr error) {
                        outcome_of_it->set_value(outcome([&] {
                          if (error) std::rethrow_exception(error);
                        }));
                      });
    }
    disk.sync_takes(std::chrono::milliseconds(30));
    disk.fail_after(1 + int64_t(seed % 12), true);
    release.set_value();
    std::map<std::string, std::string> by_name;
    for (int i = 0; i < 4; ++i) by_name[std::to_string(i)] = outcomes[size_t(i)].get();
    disk.cut();
    db.close();
    disk.power_on();
    db.open();
    for (auto const& [name, what] : by_name) {
      told.insert(what);
      auto const there = db->read([&, name = name](ReadTx& tx) {
        return tx.one<int64_t>("select value from counter where name = $1", name).has_value();
      });
      bool const undone = what == "busy" || what == "storage_unavailable";
      EXPECT_FALSE(what.empty() && !there) << name << " was told as done";
      EXPECT_FALSE(undone && there) << name << " was told: " << what;
    }
  }
  EXPECT_THAT(told, ::testing::Contains("outcome_unknown"));
}

TEST(SqliteLog, is_moved_into_the_database_and_begun_anew) {
  test::sqlite_faults().clear();
  test::TestDatabase db("sqlite");
  db.open();
  auto const path = db.url().substr(7) + "-wal";
  auto const log_size = [&] {
    FILE* f = fopen(path.c_str(), "r");
    if (!f) return 0L;
    fseek(f, 0, SEEK_END);
    long const size = ftell(f);
    fclose(f);
    return size;
  };
  // 120 MB go through the log in all.
  for (int i = 0; i < 300; ++i)
    db->write([&](Tx& tx) {
      tx.exec("delete from job_input");
      tx.exec("delete from job");
      auto const id = tx.new_id<JobId>();
      tx.exec(
          "insert into job (job_id, kind, state, status, not_before_at, total, done, created_at, updated_at)"
          " values ($1, '', '', '', 0, 0, 0, 0, 0)",
          id);
      tx.exec("insert into job_input (job_id, position, data) values ($1, 0, $2)", id, std::string(400000, 'x'));
    });
  EXPECT_LT(log_size(), 50'000'000);
}

// PostgreSQL, each time a server of the test's own.
class OwnPostgres : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server = std::make_unique<test::PrivatePostgres>(); }
  static void TearDownTestSuite() { server.reset(); }
  OwnPostgres() {
    DatabaseConfig config;
    config.url = server->new_database("t" + std::to_string(++databases)) + "&connect_timeout=2";
    config.answer_limit = std::chrono::seconds(1);
    migrate(*make_driver(config.url), migrations(), clock.now());
    db = std::make_unique<Database>(config, clock, seeds);
    EXPECT_EQ(write(*db, "before"), "");
  }
  static std::unique_ptr<test::PrivatePostgres> server;
  static int databases;
  ManualClock clock{from_us(1767225600000000)};
  FixedSeeds seeds{1};
  std::unique_ptr<Database> db;
};
std::unique_ptr<test::PrivatePostgres> OwnPostgres::server;
int OwnPostgres::databases = 0;

TEST_F(OwnPostgres, stopped_is_told_and_recovers) {
  server->stop();
  EXPECT_EQ(write(*db, "a"), "storage_unavailable");
  EXPECT_EQ(outcome([&] { count(*db); }), "storage_unavailable");
  server->start();
  EXPECT_EQ(write(*db, "a"), "");
  EXPECT_EQ(count(*db), 2);
}

TEST_F(OwnPostgres, crashed_loses_nothing_that_was_answered) {
  std::atomic<bool> stop{false};
  std::atomic<int> good{0}, unknown{0}, next{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      while (!stop) {
        auto const o = write(*db, std::to_string(++next));
        if (o.empty()) ++good;
        if (o == "outcome_unknown") ++unknown;
      }
    });
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  server->crash();
  server->start();
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  stop = true;
  for (auto& t : threads) t.join();
  EXPECT_EQ(write_patiently(*db, "after"), "");
  EXPECT_GE(count(*db), good + 2);
  EXPECT_LE(count(*db), good + 2 + unknown);
}

TEST_F(OwnPostgres, a_connection_lost_while_idle_goes_unnoticed) {
  EXPECT_EQ(count(*db), 1);
  server->stop();
  server->start();
  EXPECT_EQ(count(*db), 1);
  EXPECT_EQ(write(*db, "a"), "");
}

TEST_F(OwnPostgres, a_connection_lost_before_the_first_row_is_read_again) {
  auto const kill_me = "select pg_terminate_backend(pg_backend_pid())";
  int runs = 0;
  auto const value = db->read([&](ReadTx& tx) {
    if (++runs == 1) tx.one<bool>(kill_me);
    return tx.one<int64_t>("select count(*) from counter").value();
  });
  EXPECT_EQ(value, 1);
  EXPECT_EQ(runs, 2);

  runs = 0;
  EXPECT_EQ(outcome([&] {
              db->read([&](ReadTx& tx) {
                ++runs;
                tx.one<int64_t>("select count(*) from counter");
                tx.one<bool>(kill_me);
              });
            }),
            "storage_unavailable");
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(count(*db), 1);
}

TEST_F(OwnPostgres, frozen_is_given_up_and_recovers) {
  server->freeze();
  std::string wrote, read;
  std::thread writer([&] { wrote = write(*db, "a"); }), reader([&] { read = outcome([&] { count(*db); }); });
  writer.join();
  reader.join();
  EXPECT_EQ(wrote, "storage_unavailable");
  EXPECT_EQ(read, "storage_unavailable");
  server->thaw();
  EXPECT_EQ(write_patiently(*db, "a"), "");
  EXPECT_EQ(count(*db), 2);
}

// The server may write no file beyond 4 MB, so that a table cannot grow: a disk that refuses to take more.
TEST_F(OwnPostgres, full_keeps_nothing_and_recovers) {
  server->stop();
  server->start(4 << 20);
  auto const fill = [&] {
    db->write([](Tx& tx) {
      insert(tx, "never without the rest");
      tx.exec(
          "insert into counter (name, value) select 'n' || i || repeat('x', 500), i from generate_series(1, 20000) "
          "i");
    });
  };
  EXPECT_EQ(outcome(fill), "storage_unavailable");
  EXPECT_EQ(count(*db), 1);
  // What still has room goes on.
  auto const add_lease = [](Tx& tx) {
    tx.exec("insert into lease (name, holder, expires_at) values ('l', $1, 0)", Bytes{1});
  };
  EXPECT_EQ(outcome([&] { db->write(add_lease); }), "");
  server->stop();
  server->start();
  EXPECT_EQ(outcome(fill), "");
  EXPECT_EQ(count(*db), 20002);
}

}  // namespace
}  // namespace menkyo::db
