#include "jobs/jobs.hpp"

#include <gmock/gmock.h>

#include "jobs/runner.hpp"
#include "jobs/store.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::jobs {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class Jobs : public ::testing::TestWithParam<std::string> {
 protected:
  Jobs() { db.open(); }

  // Counts its items in a table row, so that a doubled or lost chunk shows.
  JobKind counting() {
    return {"count",
            [this](db::Tx& tx, Chunk& chunk) {
              if (fail_at == chunk.done) {
                add(tx, 1000);  // must not stay
                fail_with();
              }
              int64_t const n = std::min(chunk.size, chunk.total - chunk.done);
              add(tx, n);
              chunk.done += n;
              chunk.state = "at " + std::to_string(chunk.done);
              return chunk.done < chunk.total;
            },
            [this](db::ReadTx&, PersonId person) {
              ++proofs;
              if (person == banned) throw Problem(problems::forbidden, "no longer");
            }};
  }
  static void add(db::Tx& tx, int64_t n) {
    tx.exec(
        "insert into counter (name, value) values ('items', $1) on conflict (name) do update set value = "
        "counter.value + excluded.value",
        n);
  }
  int64_t items() {
    return db->read([](db::ReadTx& tx) { return tx.one<int64_t>("select value from counter where name = 'items'"); })
        .value_or(0);
  }
  JobId create(int64_t total, std::optional<PersonId> person = {}, Instant not_before = {}) {
    return db->write([&](db::Tx& tx) { return create_job(tx, {"count", "", total, person, not_before}); });
  }
  Job job(JobId id) {
    return *db->read([&](db::ReadTx& tx) { return find_job(tx, id); });
  }
  std::unique_ptr<JobRunner> runner(RunnerConfig config = {}) {
    config.chunk_time = 1h;  // what a slow machine does must not change the steps
    auto made = std::make_unique<JobRunner>(*db, config);
    made->add(counting());
    return made;
  }
  // A runner that died without giving back its lease.
  void kill(std::unique_ptr<JobRunner>& victim) { dead.push_back(std::move(victim)); }
  void set_up_installation() {
    db->write([](db::Tx& tx) {
      tx.exec(
          "insert into installation (id, installation_id, epoch, created_at, clock_floor_at, is_sample) values (1, "
          "$1, 1, $2, $2, false)",
          Bytes(16), tx.now());
    });
  }

  test::TestDatabase db{GetParam()};
  std::vector<std::unique_ptr<JobRunner>> dead;
  int64_t fail_at = -1;
  std::function<void()> fail_with = [] { throw std::runtime_error("broken"); };
  int proofs = 0;
  PersonId banned{{9}};
};
MENKYO_ON_BOTH_DATABASES(Jobs);

TEST_P(Jobs, a_job_runs_in_chunks_to_its_end) {
  auto const id = create(1000);
  auto r = runner({.largest_chunk = 50});
  int rounds = 1;
  while (r->run_once()) ++rounds;
  EXPECT_EQ(items(), 1000);
  EXPECT_GE(rounds, 20);
  EXPECT_EQ(job(id).status, JobStatus::done);
  EXPECT_EQ(job(id).done, 1000);
  EXPECT_EQ(job(id).state, "at 1000");
  EXPECT_TRUE(job(id).finished_at);
  r->run_once();
  EXPECT_EQ(items(), 1000);
}

TEST_P(Jobs, goes_on_where_a_killed_server_was) {
  auto const id = create(100);
  for (int i = 0; i < 3; ++i) {
    auto r = runner({.largest_chunk = 8});
    EXPECT_TRUE(r->run_once());
    kill(r);
    auto next = runner();
    EXPECT_FALSE(next->run_once());  // the lease still holds
    db.clock.advance(16s);
  }
  EXPECT_EQ(items(), 24);
  EXPECT_EQ(job(id).status, JobStatus::running);
  auto r = runner();
  while (r->run_once()) {
  }
  EXPECT_EQ(items(), 100);
}

TEST_P(Jobs, a_chunk_that_throws_leaves_nothing_and_is_tried_again) {
  auto const id = create(100);
  auto r = runner({.largest_chunk = 8});
  r->run_once();
  fail_at = 8;
  EXPECT_FALSE(r->run_once());
  EXPECT_EQ(items(), 8);
  EXPECT_EQ(job(id).status, JobStatus::running);
  fail_at = -1;
  while (r->run_once()) {
  }
  EXPECT_EQ(items(), 100);
  EXPECT_EQ(job(id).status, JobStatus::done);
}

TEST_P(Jobs, a_job_that_keeps_failing_ends_and_does_not_stop_others) {
  auto const bad = create(100);
  fail_at = 0;
  auto r = runner();
  for (int i = 0; i < 4; ++i) r->run_once();
  EXPECT_EQ(job(bad).status, JobStatus::running);
  r->run_once();
  EXPECT_EQ(job(bad).status, JobStatus::failed);
  EXPECT_EQ(job(bad).problem, "internal");
  fail_at = -1;
  auto const good = create(5);
  r->run_once();
  EXPECT_EQ(job(good).status, JobStatus::done);
  EXPECT_EQ(items(), 5);
}

TEST_P(Jobs, a_problem_fails_the_job_with_its_code_but_load_does_not) {
  auto const id = create(10);
  auto r = runner();
  fail_at = 0;
  fail_with = [] { throw Problem(problems::busy); };
  for (int i = 0; i < 10; ++i) r->run_once();
  EXPECT_EQ(job(id).status, JobStatus::running);
  fail_with = [] { throw Problem(problems::conflict, "line 3"); };
  r->run_once();
  EXPECT_EQ(job(id).status, JobStatus::failed);
  EXPECT_EQ(job(id).problem, "conflict: line 3");
  EXPECT_EQ(items(), 0);
}

TEST_P(Jobs, proves_its_initiator_before_each_chunk) {
  auto const fine = create(24, PersonId{{1}});
  auto r = runner({.largest_chunk = 8});
  while (r->run_once()) {
  }
  EXPECT_EQ(job(fine).status, JobStatus::done);
  EXPECT_EQ(proofs, 3);
  auto const refused = create(24, banned);
  r->run_once();
  EXPECT_EQ(job(refused).status, JobStatus::failed);
  EXPECT_EQ(job(refused).problem, "forbidden: no longer");
  EXPECT_EQ(items(), 24);
}

TEST_P(Jobs, waits_for_its_time_and_for_its_input) {
  auto const later = create(5, {}, db.clock.now() + 1h);
  auto const unready = db->write(
      [](db::Tx& tx) { return create_job(tx, {.kind = "count", .state = "", .total = 5, .prepared = false}); });
  auto r = runner();
  r->run_once();
  EXPECT_EQ(items(), 0);
  db.clock.advance(1h);
  r->run_once();
  EXPECT_EQ(job(later).status, JobStatus::done);
  EXPECT_EQ(job(unready).status, JobStatus::preparing);
  db->write([&](db::Tx& tx) { start_job(tx, unready); });
  r->run_once();
  EXPECT_EQ(job(unready).status, JobStatus::done);
}

TEST_P(Jobs, run_to_end_does_it_alone_or_waits_for_the_leader) {
  auto const id = create(100);
  int64_t seen = 0;
  EXPECT_EQ(runner()->run_to_end(id, [&](Job const& j) { seen = j.done; }).status, JobStatus::done);
  EXPECT_EQ(seen, 100);
  EXPECT_EQ(items(), 100);

  auto server = runner({.idle_wait = 5ms, .largest_chunk = 1});
  server->start();
  auto const other = create(30);
  EXPECT_EQ(runner({.idle_wait = 5ms})->run_to_end(other).status, JobStatus::done);
  EXPECT_EQ(items(), 130);
  server->stop();
  EXPECT_FALSE(db->read([](db::ReadTx& tx) { return store::find_lease(tx, "jobs"); }));
}

TEST_P(Jobs, only_one_of_many_runners_leads) {
  create(200);
  auto a = runner({.largest_chunk = 1}), b = runner({.largest_chunk = 1});
  a->run_once();
  b->run_once();
  EXPECT_EQ(a->stats().chunks, 1u);
  EXPECT_EQ(b->stats().chunks, 0u);
  // It keeps the lease by renewing it, however long it works.
  for (int i = 0; i < 10; ++i) {
    db.clock.advance(6s);
    a->run_once();
    b->run_once();
  }
  EXPECT_EQ(b->stats().chunks, 0u);
  db.clock.advance(16s);
  b->run_once();
  EXPECT_EQ(b->stats().chunks, 1u);
  a->run_once();
  EXPECT_EQ(a->stats().chunks, 11u);
}

TEST_P(Jobs, timers_are_looked_at_when_due) {
  SmartAccountId const account{{1}};
  auto const at = [&](uint8_t subject, Duration in) { return Timer{account, {subject}, db.clock.now() + in}; };
  std::vector<int> looked;
  JobRunner r(*db, {.chunk_time = 1h});
  r.add(TimerKind{"ring", [&](db::Tx& tx, Timer const& timer) -> std::optional<Instant> {
                    looked.push_back(timer.subject_id[0]);
                    if (timer.subject_id[0] == 1) return tx.now() + 1h;                                  // again
                    if (timer.subject_id[0] == 2) set_timer(tx, "ring", {account, {2}, tx.now() + 2h});  // by itself
                    return {};
                  }});
  db->write([&](db::Tx& tx) {
    set_timer(tx, "ring", at(1, 1s));
    set_timer(tx, "ring", at(2, 2s));
    set_timer(tx, "ring", at(3, 3s));
    set_timer(tx, "ring", at(4, 1h));
    set_timer(tx, "other", at(5, 0s));
    set_timer_no_later(tx, "ring", at(4, 2h));
    set_timer(tx, "ring", at(6, 1s));
    clear_timer(tx, "ring", account, {6});
  });
  r.run_once();
  EXPECT_THAT(looked, ElementsAre());
  db.clock.advance(3s);
  r.run_once();
  EXPECT_THAT(looked, ElementsAre(1, 2, 3));
  looked.clear();
  r.run_once();
  EXPECT_THAT(looked, ElementsAre());
  db.clock.advance(1h);
  r.run_once();
  EXPECT_THAT(looked, ElementsAre(4, 1));
  looked.clear();
  db.clock.advance(1h);
  r.run_once();
  EXPECT_THAT(looked, testing::UnorderedElementsAre(1, 2));
}

TEST_P(Jobs, a_timer_that_fails_does_not_hold_up_the_others) {
  SmartAccountId const account{{1}};
  std::vector<int> looked;
  JobRunner r(*db, {.chunk_time = 1h});
  r.add(TimerKind{"ring", [&](db::Tx&, Timer const& timer) -> std::optional<Instant> {
                    if (timer.subject_id[0] == 2) throw std::runtime_error("broken");
                    looked.push_back(timer.subject_id[0]);
                    return {};
                  }});
  db->write([&](db::Tx& tx) {
    for (uint8_t i = 1; i <= 3; ++i) set_timer(tx, "ring", {account, {i}, tx.now()});
  });
  r.run_once();
  EXPECT_THAT(looked, testing::IsSupersetOf({1, 3}));
  EXPECT_EQ(r.stats().failures, 1u);
  auto const left = db->read([](db::ReadTx& tx) { return store::due_timers(tx, "ring", forever, 10); });
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].due_at, db.clock.now() + 5min);
}

TEST_P(Jobs, many_timers_go_in_batches) {
  JobRunner r(*db, {.chunk_time = 1h});
  int looked = 0;
  r.add(TimerKind{"ring", [&](db::Tx&, Timer const&) -> std::optional<Instant> { return ++looked, std::nullopt; }});
  db->write([&](db::Tx& tx) {
    for (int i = 0; i < 100; ++i) set_timer(tx, "ring", {{{1}}, {uint8_t(i)}, tx.now()});
  });
  int rounds = 1;
  while (r.run_once()) ++rounds;
  EXPECT_EQ(looked, 100);
  EXPECT_GE(rounds, 3);
}

TEST_P(Jobs, housekeeping_comes_round) {
  JobRunner r(*db, {.chunk_time = 1h});
  int runs = 0;
  r.add(Periodic{"tidy", 1h, in_transaction([&](db::Tx&) { return ++runs == 1; })});
  EXPECT_TRUE(r.run_once());  // there was more
  EXPECT_FALSE(r.run_once());
  EXPECT_FALSE(r.run_once());
  EXPECT_EQ(runs, 2);
  db.clock.advance(1h);
  r.run_once();
  EXPECT_EQ(runs, 3);
}

TEST_P(Jobs, schedules_rest_when_the_clock_jumps_until_it_is_accepted) {
  set_up_installation();
  JobRunner r(*db, {.chunk_time = 1h});
  int looked = 0, tidied = 0, sealed = 0;
  r.add(TimerKind{"ring", [&](db::Tx&, Timer const&) -> std::optional<Instant> { return ++looked, std::nullopt; }});
  r.add(Periodic{"tidy", 1h, in_transaction([&](db::Tx&) { return ++tidied, false; })});
  r.add(Periodic{"seal", 1s, in_transaction([&](db::Tx&) { return ++sealed, false; }), false});
  r.run_once();
  EXPECT_EQ(tidied, 1);
  db->write([&](db::Tx& tx) { set_timer(tx, "ring", {{{1}}, {1}, tx.now() + 1h}); });
  for (int hour = 0; hour < 3; ++hour) {
    db.clock.advance(23h);
    r.run_once();
  }
  EXPECT_EQ(looked, 1);
  EXPECT_EQ(tidied, 4);
  db->write([&](db::Tx& tx) { set_timer(tx, "ring", {{{1}}, {1}, tx.now() + 1h}); });
  db.clock.advance(24h * 3650);
  r.run_once();
  EXPECT_EQ(looked, 1);
  EXPECT_EQ(tidied, 4);
  EXPECT_EQ(sealed, 5);
  EXPECT_TRUE(db->read([](db::ReadTx& tx) { return clock_state(tx); }).jumped);
  db->write([](db::Tx& tx) { accept_clock(tx); });
  r.run_once();
  EXPECT_EQ(looked, 2);
  EXPECT_EQ(tidied, 5);
}

TEST_P(Jobs, input_is_read_in_order_and_cleaned_up_when_nobody_wants_it) {
  auto const id = db->write([](db::Tx& tx) {
    auto const made = create_job(tx, {.kind = "count", .state = "", .total = 1200, .prepared = false});
    std::vector<InputLine> lines;
    for (int i = 0; i < 1200; ++i) lines.push_back({i, "line " + std::to_string(i)});
    add_input(tx, made, lines);
    return made;
  });
  db->write([&](db::Tx& tx) {
    auto const lines = next_input(tx, id, 3);
    EXPECT_EQ(lines.back().data, "line 2");
    drop_input(tx, id, lines.back().position);
    EXPECT_EQ(next_input(tx, id, 1)[0].data, "line 3");
  });
  EXPECT_FALSE(db->write([](db::Tx& tx) { return clean_up_input(tx); }));  // it may still be started
  db.clock.advance(25h);
  int parts = 0;
  while (db->write([](db::Tx& tx) { return clean_up_input(tx); })) ++parts;
  EXPECT_EQ(parts, 3);
  EXPECT_TRUE(db->read([&](db::ReadTx& tx) { return next_input(tx, id, 1); }).empty());
}

TEST_P(Jobs, newest_come_first) {
  std::vector<JobId> ids;
  for (int i = 0; i < 3; ++i) {
    ids.push_back(create(1));
    db.clock.advance(1s);
  }
  auto const list = [&](std::optional<JobId> before) {
    std::vector<JobId> out;
    for (auto const& j : db->read([&](db::ReadTx& tx) { return newest_jobs(tx, before, 2); }))
      out.push_back(j.job_id);
    return out;
  };
  EXPECT_THAT(list({}), ElementsAre(ids[2], ids[1]));
  EXPECT_THAT(list(ids[1]), ElementsAre(ids[0]));
}

}  // namespace
}  // namespace menkyo::jobs
