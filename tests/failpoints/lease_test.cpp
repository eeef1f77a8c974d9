// A runner of jobs that stood still until another took its lease, at the last moment before it would do something.

#include <gmock/gmock.h>

#include "base/failpoint.hpp"
#include "jobs/runner.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::jobs {
namespace {

using std::chrono::minutes;

class Lease : public ::testing::TestWithParam<std::string> {
 protected:
  Lease() {
    database.open();
    first = runner("first");
    second = runner("second");
  }

  // One whose work leaves its name behind.
  std::unique_ptr<JobRunner> runner(std::string const& name) {
    auto out = std::make_unique<JobRunner>(*database);
    auto const leave = [name](db::Tx& tx) {
      tx.exec(
          "insert into counter (name, value) values ($1, 1) on conflict (name) do update set value = counter.value + "
          "1",
          name);
    };
    out->add(JobKind{"steps", [leave](db::Tx& tx, Chunk& chunk) {
                       leave(tx);
                       return ++chunk.done < chunk.total;
                     }});
    out->add(TimerKind{"once", [leave](db::Tx& tx, Timer const&) {
                         leave(tx);
                         return std::optional<Instant>{};
                       }});
    return out;
  }
  std::optional<int64_t> work_of(std::string const& name) {
    return database->read(
        [&](db::ReadTx& tx) { return tx.one<int64_t>("select value from counter where name = $1", name); });
  }
  // The first stands still at that place until the second has had its turn.
  void overtake(std::string const& place) {
    ASSERT_NO_FATAL_FAILURE(first->run_once());  // it has the lease now
    fill();
    failpoints::arm(place, [&] {
      database.clock.advance(minutes(1));
      second->run_once();
    });
    try {
      first->run_once();
    } catch (Problem const& problem) {
      EXPECT_EQ(problem.kind().code, "busy");
    }
    EXPECT_TRUE(failpoints::acted());
    failpoints::disarm();
  }

  test::TestDatabase database{GetParam()};
  std::unique_ptr<JobRunner> first, second;
  std::function<void()> fill;
};
MENKYO_ON_BOTH_DATABASES(Lease);

TEST_P(Lease, lost_before_a_chunk_leaves_the_chunk_to_the_next_holder) {
  JobId job;
  fill = [&] {
    job = database->write([](db::Tx& tx) { return create_job(tx, {.kind = "steps", .state = "", .total = 5}); });
  };
  overtake("jobs.before_chunk");
  EXPECT_EQ(work_of("first"), std::nullopt);
  EXPECT_EQ(work_of("second"), 1);
  EXPECT_FALSE(first->run_once());
  while (second->run_once()) {
  }
  EXPECT_EQ(work_of("first"), std::nullopt);
  EXPECT_EQ(work_of("second"), 5);
  EXPECT_EQ(database->read([&](db::ReadTx& tx) { return find_job(tx, job)->status; }), JobStatus::done);
}

TEST_P(Lease, lost_before_a_timer_leaves_the_timer_to_the_next_holder) {
  fill = [&] {
    database->write([](db::Tx& tx) { set_timer(tx, "once", {tx.new_id<SmartAccountId>(), {}, tx.now()}); });
  };
  overtake("jobs.timers_due");
  EXPECT_EQ(work_of("first"), std::nullopt);
  EXPECT_EQ(work_of("second"), 1);
}

}  // namespace
}  // namespace menkyo::jobs
