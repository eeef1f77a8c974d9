#include "base/failpoint.hpp"

#include <gmock/gmock.h>

#include <future>
#include <set>
#include <stdexcept>

#include "db/migrate.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo {
namespace {

struct Told : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void come_by() {
  failpoint<"test.place">();
}

TEST(Failpoint, acts_once_at_the_time_named) {
  failpoints::arm(
      "test.place", [] { throw Told("here"); }, 3);
  come_by();
  come_by();
  EXPECT_FALSE(failpoints::acted());
  EXPECT_THROW(come_by(), Told);
  EXPECT_TRUE(failpoints::acted());
  come_by();
  failpoints::arm("test.place", [] { throw Told("never"); });
  failpoints::disarm();
  come_by();
  EXPECT_THROW(failpoints::arm("test.no_such_place", [] {}), std::logic_error);
}

TEST(Failpoint, is_known_before_anybody_comes_by) {
  std::set<std::string> names;
  for (auto const* site : failpoints::sites())
    EXPECT_TRUE(names.insert(site->name).second) << site->name << " is there twice";
  EXPECT_THAT(names, testing::IsSupersetOf({"db.begun", "db.before_commit", "db.committed", "db.before_release",
                                            "batch.handled", "desk.before_signing", "dispatch.answer_kept",
                                            "audit.before_head", "jobs.chunk_done", "orders.job_made",
                                            "migrate.before_commit", "sqlite.log_moved"}));
}

// Memory that runs out while several pieces of work share a commit ends neither the program nor the pieces.
TEST(Failpoint, under_a_shared_commit_leaves_each_piece_to_itself) {
  test::TestDatabase database("sqlite");
  database.open();
  for (std::string const place : {"db.begun", "db.before_commit"}) {
    std::promise<void> begun, release;
    database->write_async(
        [&](db::Tx&) {
          begun.set_value();
          release.get_future().wait();
          // The next transaction is the one that the others share.
          failpoints::arm(
              place, [] { throw std::bad_alloc(); }, place == "db.begun" ? 1 : 2);
        },
        [](std::exception_ptr) {});
    begun.get_future().wait();
    std::vector<std::future<std::exception_ptr>> outcomes;
    for (int i = 0; i < 3; ++i) {
      auto const told = std::make_shared<std::promise<std::exception_ptr>>();
      outcomes.push_back(told->get_future());
      database->write_async(
          [place, i](db::Tx& tx) {
            tx.exec("insert into counter (name, value) values ($1, 1)", place + std::to_string(i));
          },
          [told](std::exception_ptr error) { told->set_value(error); });
    }
    release.set_value();
    for (auto& outcome : outcomes) EXPECT_EQ(outcome.get(), nullptr);
    EXPECT_TRUE(failpoints::acted());
    failpoints::disarm();
    EXPECT_EQ(database->read([](db::ReadTx& tx) { return *tx.one<int64_t>("select count(*) from counter"); }),
              place == "db.begun" ? 3 : 6);
  }
}

// A migration that is interrupted is made whole by the next start.
class Migration : public testing::TestWithParam<std::string> {};
MENKYO_ON_BOTH_DATABASES(Migration);

TEST_P(Migration, interrupted_at_a_step_goes_on) {
  auto const steps = int64_t(db::migrations().size());
  for (std::string const place : {"migrate.before_commit", "migrate.committed"}) {
    for (int64_t const step : {int64_t{1}, steps / 2, steps}) {
      SCOPED_TRACE(place + " " + std::to_string(step));
      test::TestDatabase database(GetParam(), false);
      auto const driver = db::make_driver(database.url());
      failpoints::arm(
          place, [] { throw std::bad_alloc(); }, step);
      EXPECT_THROW(db::migrate(*driver, db::migrations(), database.clock.now()), std::bad_alloc);
      failpoints::disarm();
      auto const left = place == "migrate.committed" ? steps - step : steps - step + 1;
      EXPECT_EQ(db::migrate(*driver, db::migrations(), database.clock.now()), left);
      database.open();
      EXPECT_EQ(
          database->read([](db::ReadTx& tx) { return *tx.one<int64_t>("select count(*) from schema_migration"); }),
          steps);
    }
  }
}

}  // namespace
}  // namespace menkyo
