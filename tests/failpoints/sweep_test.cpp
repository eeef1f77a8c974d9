// Every place where the program may be interrupted, with every operation that changes something, on both databases:
// what was answered well is done, what was refused is not, and the same request once more leaves it done once.
//
// MENKYO_SEED=<number> replays a run; MENKYO_TRIALS says how many trials each test makes (all of them in ./dev soak).

#include <gmock/gmock.h>

#include "base/failpoint.hpp"
#include "tests/failpoints/trial.hpp"

namespace menkyo::test {
namespace {

using failpoints::Site;

constexpr size_t trials_on_one_stage = 200;

struct Act {
  std::string name;
  std::function<void()> run;
};

std::vector<Act> acts_at(Failing failing) {
  Act const short_of_memory{"no memory", [] { throw std::bad_alloc(); }};
  if (failing == Failing::memory) return {short_of_memory};
  auto const storage = [](std::string name, db::Failure failure) {
    return Act{std::move(name), [failure] { throw db::StorageError(failure, "made to fail"); }};
  };
  return {short_of_memory,
          storage("io", db::Failure::io),
          storage("full", db::Failure::full),
          storage("retry", db::Failure::retry),
          storage("busy", db::Failure::busy),
          storage("connection", db::Failure::connection)};
}

struct Trial {
  size_t operation;
  Site const* site;
  int64_t nth;
  std::optional<Act> act;  // none: the power goes
};

class Sweep : public testing::TestWithParam<std::string> {
 protected:
  // All trials of operations with places that they come by, in an order of chance.
  static std::vector<Trial> choose(std::vector<Known> const& known, Random& chance, bool with_acts) {
    std::vector<Trial> all;
    for (size_t i = 0; i < known.size(); ++i) {
      for (auto const* site : failpoints::sites()) {
        auto const passed = known[i].passed.find(site->name);
        if (passed == known[i].passed.end()) continue;
        auto const nth = 1 + int64_t(chance.below(uint64_t(passed->second)));
        if (!with_acts) {
          all.push_back({i, site, nth, {}});
        } else if (site->failing != Failing::never) {
          for (auto& act : acts_at(site->failing)) all.push_back({i, site, nth, std::move(act)});
        }
      }
    }
    for (size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[chance.below(i)]);
    if (all.size() > trials_wanted()) all.resize(trials_wanted());
    return all;
  }

  static void try_failing(Stage& stage, Known const& known, Trial const& trial) {
    try_with(stage, known, [&](std::function<Told()> const& send) {
      failpoints::arm(trial.site->name, trial.act->run, trial.nth);
      auto told = send();
      failpoints::disarm();
      return told;
    });
  }

  static void try_cutting(Stage& stage, ForgetfulDisk& disk, Known const& known, Trial const& trial) {
    auto const send = make_ready(stage, known.operation);
    auto const before = stage.measure();
    failpoints::arm(
        trial.site->name, [&] { disk.cut(); }, trial.nth);
    send();
    failpoints::disarm();
    disk.cut();
    stage.close();
    disk.power_on();
    stage.open();
    auto const effects = effects_since(stage, before, known.operation);
    bool const done = effects == known.effects;
    EXPECT_TRUE(done || effects.empty() || known.operation.name.starts_with("import"))
        << "done in part:" << text_of(effects) << "\nwhole:" << text_of(known.effects);
    expect_done_once(stage, known, send, before, {}, done);
  }

  template <class F>
  static void each(std::vector<Trial> const& trials, std::vector<Known> const& known, F&& f) {
    for (auto const& trial : trials) {
      if (HasFailure()) return;
      SCOPED_TRACE(known[trial.operation].operation.name + ", " + trial.site->name + " (time " +
                   std::to_string(trial.nth) + "): " + (trial.act ? trial.act->name : "the power goes"));
      f(known[trial.operation], trial);
    }
  }

  uint64_t const seed = seed_of_run();
  Random chance{FixedSeeds(seed).next()};
};
MENKYO_ON_BOTH_DATABASES(Sweep);

TEST_P(Sweep, of_failures_leaves_everything_done_once_or_not_at_all) {
  SCOPED_TRACE("replay with MENKYO_SEED=" + std::to_string(seed));
  auto stage = std::make_unique<Stage>(GetParam(), seed);
  auto known = learn(*stage);
  ASSERT_FALSE(HasFailure());
  auto const trials = choose(known, chance, true);
  size_t made = 0;
  each(trials, known, [&](Known const& k, Trial const& trial) {
    try_failing(*stage, k, trial);
    if (++made % trials_on_one_stage != 0) return;
    EXPECT_THAT(stage->broken(), testing::IsEmpty());
    stage.reset();  // so that measuring stays quick
    stage = std::make_unique<Stage>(GetParam(), seed + made);
  });
  EXPECT_THAT(stage->broken(), testing::IsEmpty());
}

// The same while many are at work, so that they share transactions and batches.
TEST_P(Sweep, of_failures_under_load_loses_and_doubles_nothing) {
  SCOPED_TRACE("replay with MENKYO_SEED=" + std::to_string(seed));
  House house(seed, GetParam());
  ASSERT_TRUE(house.open());
  house.expect_failures();
  house.let_in();
  // Only where this load comes by: most of the rest would not act.
  auto const before = passes();
  house.work_on(200);
  auto const after = passes();
  std::vector<Site const*> places;
  for (auto const* site : failpoints::sites())
    if (site->failing != Failing::never && after.at(site->name) > before.at(site->name)) places.push_back(site);
  ASSERT_GT(places.size(), 5u);
  auto const rounds = std::min<size_t>(trials_wanted() / 2, 500);
  size_t acted = 0;
  for (size_t i = 0; i < rounds && !house.broken() && !HasFailure(); ++i) {
    auto const* site = places[chance.below(places.size())];
    auto const acts = acts_at(site->failing);
    auto const& act = acts[chance.below(acts.size())];
    SCOPED_TRACE(std::string(site->name) + ": " + act.name);
    failpoints::arm(site->name, act.run, 1 + int64_t(chance.below(5)));
    house.work_on(5 + int64_t(chance.below(20)));
    acted += failpoints::acted();
    failpoints::disarm();
  }
  EXPECT_GT(acted, rounds / 10);
  house.finish();
  EXPECT_THAT(house.faults(true), testing::IsEmpty());
  house.close();
}

// A cut at each place. On PostgreSQL tests/kill ends the program there.
class CutSweep : public Sweep {};

TEST_F(CutSweep, of_cuts_leaves_everything_done_once_or_not_at_all) {
  SCOPED_TRACE("replay with MENKYO_SEED=" + std::to_string(seed));
  ForgetfulDisk disk(seed);
  Stage stage("sqlite:" + disk.path("menkyo.db"), seed);
  auto known = learn(stage);
  ASSERT_FALSE(HasFailure());
  auto trials = choose(known, chance, false);
  trials.resize(std::min(trials.size(), trials_wanted() / 3));
  each(trials, known, [&](Known const& k, Trial const& trial) { try_cutting(stage, disk, k, trial); });
  EXPECT_THAT(stage.broken(), testing::IsEmpty());
}

}  // namespace
}  // namespace menkyo::test
