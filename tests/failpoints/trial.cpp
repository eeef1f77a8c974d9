#include "tests/failpoints/trial.hpp"

#include <gmock/gmock.h>

#include "base/failpoint.hpp"

namespace menkyo::test {

size_t trials_wanted(size_t otherwise) {
  auto const* given = std::getenv("MENKYO_TRIALS");
  return given ? size_t(std::atoll(given)) : otherwise;
}

std::map<std::string, int64_t> passes() {
  std::map<std::string, int64_t> out;
  for (auto const* site : failpoints::sites()) out[site->name] = site->passed;
  return out;
}

Effects effects_since(Stage& stage, Effects const& before, Operation const& operation) {
  auto out = difference(stage.measure(), before);
  std::erase_if(out, [&](auto const& effect) {
    return operation.aside.contains(effect.first.substr(0, effect.first.find('.')));
  });
  return out;
}

std::function<Told()> make_ready(Stage& stage, Operation const& operation) {
  stage.installation.tell_time();
  return operation.prepare(stage);
}

std::vector<Known> learn(Stage& stage) {
  std::vector<Known> out;
  for (auto& operation : all_operations(stage)) {
    auto const send = make_ready(stage, operation);
    auto const before = stage.measure();
    auto const passed_before = passes();
    auto const told = send();
    Known known{operation, effects_since(stage, before, operation), {}};
    for (auto const& [name, count] : passes())
      if (auto const n = count - passed_before.at(name); n > 0) known.passed[name] = n;
    EXPECT_TRUE(told.well() || told.status == 0)
        << operation.name << " is answered " << told.status << " " << told.body;
    auto const again = send();
    EXPECT_TRUE(!operation.repeats || again.well() || again.status == 0)
        << operation.name << " is answered " << again.body;
    EXPECT_EQ(text_of(effects_since(stage, before, operation)), text_of(known.effects))
        << operation.name << " does more when it is repeated";
    out.push_back(std::move(known));
  }
  return out;
}

void expect_done_once(Stage& stage, Known const& known, std::function<Told()> const& send, Effects const& before,
                      Told const& first, bool done) {
  auto const again = send();
  EXPECT_EQ(text_of(effects_since(stage, before, known.operation)), text_of(known.effects)) << "after the repeat";
  bool const must_be_well = known.operation.repeats || !done;
  EXPECT_TRUE(!must_be_well || again.well() || again.status == 0)
      << "the repeat is answered " << again.status << " " << again.body;
  EXPECT_NE(again.status / 100, 5) << again.body;
  if (first.well() && known.operation.repeats) {
    EXPECT_EQ(again.body, first.body) << "another answer to the same request";
  }
}

void try_with(Stage& stage, Known const& known,
              std::function<Told(std::function<Told()> const& send)> const& attempt) {
  auto const send = make_ready(stage, known.operation);
  auto const before = stage.measure();
  auto const told = attempt(send);
  auto const effects = effects_since(stage, before, known.operation);
  bool const done = effects == known.effects;
  EXPECT_TRUE(done || effects.empty() || told.status == 0 || known.operation.name.starts_with("import"))
      << "done in part:" << text_of(effects) << "\nwhole:" << text_of(known.effects);
  if (told.well()) {
    EXPECT_TRUE(done) << "told as done:" << text_of(effects) << "\nwhole:" << text_of(known.effects);
  } else if (told.refused() && !known.operation.name.starts_with("import")) {
    EXPECT_TRUE(effects.empty()) << "told as refused (" << told.code << "):" << text_of(effects);
  }
  expect_done_once(stage, known, send, before, told, done);
}

}  // namespace menkyo::test
