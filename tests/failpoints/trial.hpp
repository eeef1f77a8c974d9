#pragma once
// What an operation does when nothing goes wrong, and what must hold when something does: it was done once or not at
// all, as its caller was told, and the same request once more leaves it done once.

#include "tests/failpoints/operations.hpp"

namespace menkyo::test {

// How many trials a test makes: MENKYO_TRIALS, or `otherwise`.
size_t trials_wanted(size_t otherwise = 60);

// How often each failpoint was come by so far.
std::map<std::string, int64_t> passes();

struct Known {
  Operation operation;
  Effects effects;
  std::map<std::string, int64_t> passed;  // failpoints, and how often
};

// Does everything once and once more, and expects that the repeats change nothing.
std::vector<Known> learn(Stage& stage);

std::function<Told()> make_ready(Stage& stage, Operation const& operation);
Effects effects_since(Stage& stage, Effects const& before, Operation const& operation);
void expect_done_once(Stage& stage, Known const& known, std::function<Told()> const& send, Effects const& before,
                      Told const& first, bool done);

// Tries the operation with things of its own; `attempt` sends the request while something is made to fail.
void try_with(Stage& stage, Known const& known,
              std::function<Told(std::function<Told()> const& send)> const& attempt);

}  // namespace menkyo::test
