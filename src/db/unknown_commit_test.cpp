// The connection to PostgreSQL is lost while a transaction is being committed: the work is done once, whatever
// happened.
#include <gmock/gmock.h>

#include "db/batch.hpp"
#include "db/migrate.hpp"
#include "tests/support/cutting_proxy.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::db {
namespace {

using test::Cut;

class UnknownCommit : public ::testing::Test {
 protected:
  UnknownCommit() {
    direct.open();
    direct->write([](Tx& tx) { tx.exec("insert into counter (name, value) values ('n', 0)"); });
    DatabaseConfig config;
    config.url = proxy.url();
    config.writers = 1;
    database = std::make_unique<Database>(config, direct.clock, seeds);
  }
  // Adds one; the result is the new value and an id of the attempt that counted.
  std::pair<int64_t, LotId> add_one() {
    return database->write([this](Tx& tx) {
      attempts.push_back(tx.new_id<LotId>());
      tx.exec("update counter set value = value + 1 where name = 'n'");
      return std::pair(tx.one<int64_t>("select value from counter where name = 'n'").value(), attempts.back());
    });
  }
  int64_t value() {
    return direct->read(
        [](ReadTx& tx) { return tx.one<int64_t>("select value from counter where name = 'n'").value(); });
  }
  void all_attempts_are_alike() {
    for (auto const& id : attempts) EXPECT_EQ(id, attempts.front());
  }

  test::TestDatabase direct{"postgres"};
  test::CuttingProxy proxy{direct.url()};
  FixedSeeds seeds{7};
  std::unique_ptr<Database> database;
  std::vector<LotId> attempts;
};

TEST_F(UnknownCommit, was_not_committed_and_runs_again) {
  proxy.cut_next_commit(Cut::before);
  EXPECT_EQ(add_one().first, 1);
  EXPECT_EQ(value(), 1);
  EXPECT_EQ(attempts.size(), 2u);
  all_attempts_are_alike();
  EXPECT_EQ(database->stats().unknown_commits, 1u);
}

TEST_F(UnknownCommit, was_committed_and_does_not_run_again) {
  proxy.cut_next_commit(Cut::after);
  EXPECT_EQ(add_one().first, 1);
  EXPECT_EQ(value(), 1);
  EXPECT_EQ(attempts.size(), 1u);
  EXPECT_EQ(database->stats().unknown_commits, 1u);
}

// The server gets the COMMIT only after it was asked for the outcome and knew nothing of it.
TEST_F(UnknownCommit, is_committed_while_it_is_asked_for) {
  proxy.cut_next_commit(Cut::late);
  EXPECT_EQ(add_one().first, 1);
  EXPECT_EQ(value(), 1);
  EXPECT_EQ(attempts.size(), 1u);
  EXPECT_EQ(add_one().first, 2);
  EXPECT_EQ(value(), 2);
}

TEST_F(UnknownCommit, stays_unknown_if_nobody_can_be_asked) {
  proxy.stay_closed_after_cut(true);
  proxy.cut_next_commit(Cut::after);
  try {
    add_one();
    ADD_FAILURE() << "nobody could be asked";
  } catch (Problem const& problem) {
    EXPECT_EQ(problem.kind().code, "outcome_unknown");
  }
  EXPECT_EQ(value(), 1);
  EXPECT_EQ(attempts.size(), 1u);
  proxy.let_in();
  EXPECT_EQ(add_one().first, 2);  // and the service resumes
}

TEST_F(UnknownCommit, of_a_batch_is_resolved_for_all_its_items) {
  for (auto cut : {Cut::before, Cut::after, Cut::late}) {
    BatchQueue<int, int64_t> queue(*database, [](Tx& tx, std::span<BatchItem<int, int64_t>* const> items) {
      tx.exec("update counter set value = value + $1 where name = 'n'", int64_t(items.size()));
      for (auto* item : items) item->out = item->in;
    });
    auto const before = value();
    proxy.cut_next_commit(cut);
    std::atomic<int> good{0}, told{0};
    for (int i = 0; i < 20; ++i)
      queue.submit(i, [&](auto& item, std::exception_ptr error) {
        if (!error && item.out == item.in) ++good;
        ++told;
        told.notify_all();
      });
    for (int n = told; n < 20; n = told) told.wait(n);
    EXPECT_EQ(good, 20);
    EXPECT_EQ(value(), before + 20);
  }
}

TEST_F(UnknownCommit, every_answer_is_true_while_connections_are_ended_at_random) {
  std::atomic<bool> stop{false};
  std::thread killer([&] {
    auto session = make_driver(direct.url())->open();
    while (!stop) {
      session->script(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'menkyo' and datname = "
          "current_database()"
          " and pid <> pg_backend_pid() and backend_start < now() - interval '30 ms' order by random() limit 1");
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  DatabaseConfig config;
  config.url = direct.url();
  Database many(config, direct.clock, seeds);
  std::atomic<int> good{0}, unknown{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 150; ++i) {
        try {
          many.write([](Tx& tx) { tx.exec("update counter set value = value + 1 where name = 'n'"); });
          ++good;
        } catch (Problem const& problem) {
          if (problem.kind().code == "outcome_unknown") ++unknown;
        }
      }
    });
  for (auto& t : threads) t.join();
  stop = true;
  killer.join();
  EXPECT_GT(many.stats().failures + many.stats().unknown_commits, 0u) << "nothing was ended: the test proves nothing";
  EXPECT_GT(good, 100);
  EXPECT_GE(value(), good);
  EXPECT_LE(value(), good + unknown);
}

}  // namespace
}  // namespace menkyo::db
