// The queue of work: many pieces to one commit, and each piece with its own outcome.
#include <gmock/gmock.h>

#include <latch>
#include <map>
#include <set>

#include "tests/support/faulty_vfs.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::db {
namespace {

using std::chrono::milliseconds;

std::string code_of(std::exception_ptr error) {
  if (!error) return "";
  try {
    std::rethrow_exception(error);
  } catch (Problem const& problem) {
    return std::string(problem.kind().code);
  } catch (...) {
    return "other";
  }
}

class Queue : public ::testing::TestWithParam<std::string> {
 protected:
  Queue() { open({}); }
  ~Queue() override {
    test::sqlite_faults().clear();
    release();
  }

  void open(DatabaseConfig config) {
    test::sqlite_faults();
    config.writers = 1;
    db.open(config);
  }
  // Occupies the only writer until release().
  void hold_writer() {
    auto const holds = std::make_shared<std::latch>(1);
    gate = std::make_shared<std::latch>(1);
    db->write_async(
        [holds, gate = gate](Tx&) {
          if (!holds->try_wait()) holds->count_down();
          gate->wait();
        },
        [](std::exception_ptr) {});
    holds->wait();
  }
  void release() {
    if (gate && !gate->try_wait()) gate->count_down();
  }
  // Queues a piece of work whose outcome lands in outcomes[index].
  void queue(size_t index, std::function<void(Tx&)> work) {
    db->write_async(std::move(work), [this, index](std::exception_ptr error) {
      std::lock_guard lock(mutex);
      outcomes[index] = code_of(error);
      changed.notify_all();
    });
  }
  void wait_for(size_t count) {
    std::unique_lock lock(mutex);
    ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return outcomes.size() >= count; }));
  }
  static void insert(Tx& tx, std::string const& name) {
    tx.exec("insert into counter (name, value) values ($1, 1)", name);
  }
  std::vector<std::string> names() {
    return db->read([](ReadTx& tx) { return tx.all<std::string>("select name from counter order by name"); });
  }
  bool shares() { return db->driver().shares_commits(); }

  test::TestDatabase db{GetParam()};
  std::shared_ptr<std::latch> gate;
  std::mutex mutex;
  std::condition_variable changed;
  std::map<size_t, std::string> outcomes;
};
MENKYO_ON_BOTH_DATABASES(Queue);

TEST_P(Queue, commits_waiting_work_together) {
  hold_writer();
  for (size_t i = 0; i < 10; ++i) queue(i, [i](Tx& tx) { insert(tx, std::to_string(i)); });
  uint64_t const commits = db->stats().commits, grouped = db->stats().grouped;
  release();
  wait_for(10);
  for (auto const& [index, outcome] : outcomes) EXPECT_EQ(outcome, "") << index;
  EXPECT_EQ(names().size(), 10u);
  EXPECT_EQ(db->stats().grouped - grouped, 11u);  // with the one that held the writer
  EXPECT_EQ(db->stats().commits - commits, shares() ? 2u : 11u);
}

TEST_P(Queue, one_failure_harms_no_other) {
  db->write([](Tx& tx) { insert(tx, "taken"); });
  hold_writer();
  queue(0, [](Tx& tx) { insert(tx, "a"); });
  queue(1, [](Tx& tx) {
    insert(tx, "never");
    throw Problem(problems::not_found);
  });
  queue(2, [](Tx& tx) {
    insert(tx, "never2");
    insert(tx, "taken");
  });
  queue(3, [](Tx& tx) {
    insert(tx, "never3");
    tx.exec("insert into nowhere (name) values ('x')");
  });
  queue(4, [](Tx& tx) {
    insert(tx, "never4");
    throw std::runtime_error("a fault of the program");
  });
  queue(5, [](Tx& tx) { insert(tx, "b"); });
  uint64_t const commits = db->stats().commits;
  release();
  wait_for(6);
  EXPECT_EQ(outcomes,
            (std::map<size_t, std::string>{
                {0, ""}, {1, "not_found"}, {2, "conflict"}, {3, "storage_unavailable"}, {4, "other"}, {5, ""}}));
  EXPECT_EQ(names(), (std::vector<std::string>{"a", "b", "taken"}));
  if (shares()) {
    EXPECT_EQ(db->stats().commits - commits, 2u);
  }
}

TEST_P(Queue, later_work_sees_what_earlier_work_did) {
  hold_writer();
  queue(0, [](Tx& tx) { insert(tx, "a"); });
  for (size_t i = 1; i <= 50; ++i)
    queue(i, [](Tx& tx) { tx.exec("update counter set value = value + 1 where name = 'a'"); });
  release();
  wait_for(51);
  EXPECT_EQ(db->read([](ReadTx& tx) { return tx.one<int64_t>("select value from counter where name = 'a'"); }), 51);
}

TEST_P(Queue, refuses_beyond_its_depth) {
  DatabaseConfig config;
  config.queue_limit = 3;
  open(config);
  hold_writer();
  for (size_t i = 0; i < 3; ++i) queue(i, [i](Tx& tx) { insert(tx, std::to_string(i)); });
  try {
    db->write([](Tx& tx) { insert(tx, "too many"); });
    ADD_FAILURE() << "the queue was full";
  } catch (Problem const& problem) {
    EXPECT_EQ(problem.kind().code, "busy");
    EXPECT_EQ(problem.retry_after_s, 1);
  }
  EXPECT_EQ(db->stats().refused, 1u);
  release();
  wait_for(3);
  EXPECT_EQ(names(), (std::vector<std::string>{"0", "1", "2"}));
}

TEST_P(Queue, refuses_what_waited_too_long) {
  DatabaseConfig config;
  config.queue_age_limit = milliseconds(1000);
  open(config);
  hold_writer();
  queue(0, [](Tx& tx) { insert(tx, "late"); });
  wait_for(1);  // although the writer is still held up
  EXPECT_EQ(outcomes[0], "busy");
  EXPECT_EQ(db->stats().refused, 1u);
  release();
  queue(1, [](Tx& tx) { insert(tx, "in time"); });
  wait_for(2);
  EXPECT_EQ(names(), (std::vector<std::string>{"in time"}));
}

TEST_P(Queue, is_finished_before_the_database_closes) {
  hold_writer();
  for (size_t i = 0; i < 20; ++i) queue(i, [i](Tx& tx) { insert(tx, std::to_string(100 + i)); });
  std::thread releaser([&] {
    std::this_thread::sleep_for(milliseconds(50));
    release();
  });
  db.close();
  releaser.join();
  ASSERT_EQ(outcomes.size(), 20u);
  for (auto const& [index, outcome] : outcomes) EXPECT_EQ(outcome, "") << index;
  open({});
  EXPECT_EQ(names().size(), 20u);
}

class SqliteQueue : public Queue {};
INSTANTIATE_TEST_SUITE_P(Sqlite, SqliteQueue, ::testing::Values("sqlite"));

TEST_P(SqliteQueue, replays_a_failed_commit_one_by_one) {
  hold_writer();
  std::vector<std::set<uint64_t>> chance(5);
  for (size_t i = 0; i < 5; ++i)
    queue(i, [i, &chance](Tx& tx) {
      chance[i].insert(tx.random().next());
      insert(tx, std::to_string(i));
    });
  queue(5, [](Tx&) { throw Problem(problems::not_found); });
  uint64_t const commits = db->stats().commits;
  test::sqlite_faults().flushes_to_fail = 1;
  // The work that held the writer meets the failure first, alone: whether it lasts is then not known.
  release();
  wait_for(6);
  test::sqlite_faults().clear();
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(outcomes[i], "");
    EXPECT_EQ(chance[i].size(), 1u) << "each attempt has the same chance";
  }
  EXPECT_EQ(outcomes[5], "not_found");
  EXPECT_EQ(names().size(), 5u);
  EXPECT_GE(db->stats().failures, 1u);
  EXPECT_EQ(db->stats().commits - commits, 6u);  // one for the holder, five one by one
}

TEST_P(SqliteQueue, a_flush_that_fails_leaves_the_outcome_open) {
  test::sqlite_faults().on_flush = 10 | (4 << 8);  // SQLITE_IOERR_FSYNC
  queue(0, [](Tx& tx) { insert(tx, "a"); });
  wait_for(1);
  EXPECT_EQ(outcomes[0], "outcome_unknown");
  test::sqlite_faults().clear();
  queue(1, [](Tx& tx) { insert(tx, "b"); });
  wait_for(2);
  EXPECT_EQ(outcomes[1], "");
  EXPECT_EQ(names(), (std::vector<std::string>{"b"}));
}

}  // namespace
}  // namespace menkyo::db
