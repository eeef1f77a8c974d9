#include "db/batch.hpp"

#include <gmock/gmock.h>

#include <latch>
#include <map>
#include <set>

#include "tests/support/test_database.hpp"

namespace menkyo::db {
namespace {

using std::chrono::milliseconds;

struct Named {
  std::string name;
  int64_t value;
};

class Batches : public ::testing::TestWithParam<std::string> {
 protected:
  using Item = BatchItem<int, int64_t>;
  using Queue = BatchQueue<int, int64_t>;

  Batches() { db.open(); }
  ~Batches() override { release(); }

  // Answers twice the number; even hundreds are a problem, 13 spoils its batch, 14 breaks a constraint in it.
  Queue::Handle handler() {
    return [this](Tx& tx, std::span<Item* const> items) {
      pass_gate();
      std::vector<Named> rows;
      std::unique_lock lock(mutex);
      sizes.push_back(items.size());
      for (auto* item : items) {
        seeds[item->in].insert(item->seed);
        if (item->in == 13) throw std::runtime_error("thirteen");
        if (item->in >= 100 && item->in % 200 == 0) {
          item->problem = Problem(problems::not_found);
          continue;
        }
        rows.push_back({item->in == 14 ? "taken" : std::to_string(item->in), 2 * item->in});
        item->out = 2 * item->in;
      }
      lock.unlock();
      tx.exec_many("insert into counter (name, value) select name, value from {rows: name text, value bigint} r",
                   rows);
    };
  }
  void submit(Queue& queue, int number) {
    queue.submit(number, [this](Item& item, std::exception_ptr error) {
      std::lock_guard lock(mutex);
      std::string text = item.out       ? std::to_string(*item.out)
                         : item.problem ? std::string(item.problem->kind().code)
                                        : "?";
      try {
        if (error) std::rethrow_exception(error);
      } catch (Problem const& problem) {
        text = problem.kind().code;
      } catch (std::exception const& other) {
        text = other.what();
      }
      EXPECT_TRUE(outcomes.emplace(item.in, text).second) << "told twice: " << item.in;
      changed.notify_all();
    });
  }
  void wait_for(size_t count) {
    std::unique_lock lock(mutex);
    ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return outcomes.size() >= count; }));
  }
  // The next batch stands still in the handler until release().
  void hold() {
    entered = false;
    gate = std::make_shared<std::latch>(1);
  }
  void release() {
    if (gate && !gate->try_wait()) gate->count_down();
  }
  void pass_gate() {
    entered = true;
    entered.notify_all();
    if (gate) gate->wait();
  }
  // Until a batch stands in the handler; what is submitted afterwards is in another one.
  void wait_until_held() { entered.wait(false); }
  int64_t stored() {
    return db->read([](ReadTx& tx) { return tx.one<int64_t>("select count(*) from counter").value(); });
  }

  test::TestDatabase db{GetParam()};
  std::shared_ptr<std::latch> gate;
  std::atomic<bool> entered{false};
  std::mutex mutex;
  std::condition_variable changed;
  std::map<int, std::string> outcomes;
  std::map<int, std::set<Seed>> seeds;
  std::vector<size_t> sizes;
};
MENKYO_ON_BOTH_DATABASES(Batches);

TEST_P(Batches, answer_each_item) {
  Queue queue(*db, handler());
  for (int i = 1; i <= 10; ++i) submit(queue, i);
  wait_for(10);
  for (int i = 1; i <= 10; ++i) EXPECT_EQ(outcomes[i], std::to_string(2 * i));
  EXPECT_EQ(stored(), 10);
}

TEST_P(Batches, gather_what_waits) {
  Queue queue(*db, handler(), Queue::tell, 64);
  hold();
  submit(queue, 1);
  wait_until_held();
  for (int i = 1001; i <= 1199; i += 2) submit(queue, i);
  release();
  wait_for(101);
  EXPECT_EQ(sizes, (std::vector<size_t>{1, 64, 36}));
  EXPECT_EQ(stored(), 101);
}

TEST_P(Batches, a_problem_is_one_items_own) {
  Queue queue(*db, handler());
  hold();
  for (int i : {1, 2, 200, 3, 400}) submit(queue, i);
  release();
  wait_for(5);
  EXPECT_EQ(outcomes,
            (std::map<int, std::string>{{1, "2"}, {2, "4"}, {3, "6"}, {200, "not_found"}, {400, "not_found"}}));
  EXPECT_EQ(stored(), 3);
}

TEST_P(Batches, one_bad_item_spoils_no_other) {
  db->write([](Tx& tx) { tx.exec("insert into counter (name, value) values ('taken', 1)"); });
  Queue queue(*db, handler());
  hold();
  for (int i : {1, 2, 13, 3, 14, 200}) submit(queue, i);
  release();
  wait_for(6);
  EXPECT_EQ(outcomes, (std::map<int, std::string>{
                          {1, "2"}, {2, "4"}, {3, "6"}, {13, "thirteen"}, {14, "conflict"}, {200, "not_found"}}));
  EXPECT_EQ(stored(), 4);
  for (auto const& [item, used] : seeds) EXPECT_EQ(used.size(), 1u) << "each attempt has the same seed";
}

TEST_P(Batches, an_unknown_outcome_is_never_run_again) {
  for (auto const* kind : {&problems::outcome_unknown, &problems::storage_unavailable, &problems::busy}) {
    int runs = 0;
    outcomes.clear();
    hold();
    Queue queue(*db, [&](Tx&, std::span<Item* const>) {
      pass_gate();
      ++runs;
      throw Problem(*kind);
    });
    submit(queue, 1);
    wait_until_held();
    submit(queue, 2);
    submit(queue, 3);
    release();
    wait_for(3);
    EXPECT_EQ(runs, 2);
    for (auto const& [item, outcome] : outcomes) EXPECT_EQ(outcome, kind->code);
  }
}

TEST_P(Batches, are_bounded_in_depth) {
  DatabaseConfig config;
  config.queue_limit = 5;
  db.open(config);
  Queue queue(*db, handler());
  hold();
  submit(queue, 1);
  wait_until_held();
  int accepted = 1;
  try {
    for (int i = 2; i <= 20; ++i, ++accepted) submit(queue, i);
    ADD_FAILURE() << "the queue has no bound";
  } catch (Problem const& problem) {
    EXPECT_EQ(problem.kind().code, "busy");
    EXPECT_EQ(problem.retry_after_s, 1);
  }
  EXPECT_EQ(accepted, 6);
  release();
  wait_for(size_t(accepted));
  EXPECT_EQ(stored(), accepted);
}

TEST_P(Batches, are_bounded_in_age) {
  DatabaseConfig config;
  config.queue_age_limit = milliseconds(1000);
  db.open(config);
  Queue queue(*db, handler());
  hold();
  submit(queue, 1);
  wait_until_held();
  submit(queue, 2);
  std::this_thread::sleep_for(milliseconds(1200));
  release();
  wait_for(2);
  EXPECT_EQ(outcomes, (std::map<int, std::string>{{1, "2"}, {2, "busy"}}));
  submit(queue, 3);
  wait_for(3);
  EXPECT_EQ(outcomes[3], "6");
}

TEST_P(Batches, several_in_flight_lose_nothing) {
  Queue queue(*db, handler(), Queue::tell, 16, 3);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) submit(queue, 100001 + 1000 * t + 2 * i);
    });
  for (auto& t : threads) t.join();
  wait_for(800);
  for (auto const& [item, outcome] : outcomes) EXPECT_EQ(outcome, std::to_string(2 * item));
  EXPECT_EQ(stored(), 800);
}

TEST_P(Batches, every_item_is_told_when_the_database_closes) {
  {
    Queue queue(*db, handler(), Queue::tell, 4);
    hold();
    for (int i = 1; i <= 12; ++i) submit(queue, i);
    std::thread releaser([&] {
      std::this_thread::sleep_for(milliseconds(50));
      release();
    });
    db.close();
    releaser.join();
  }
  ASSERT_EQ(outcomes.size(), 12u);
  db.open();
  int64_t done = 0;
  for (auto const& [item, outcome] : outcomes)
    if (outcome != "busy") ++done;
  EXPECT_EQ(stored(), done);
}

}  // namespace
}  // namespace menkyo::db
