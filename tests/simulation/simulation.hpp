#pragma once
// Weeks in the life of an installation, decided by one number: devices that draw, report, renew, get lost and come
// back over a network that loses, doubles and reorders - some played by the test, some the real agent with a state
// file -, while five people shape the account, hand out tokens and roles and remove what they may - or try to - and
// the operator deposits and imports orders. The program ends and begins again, clocks are set, backups come back.
// After every step the service is compared with the model and with its own invariants, and the sealed event chain is
// followed; each call of an agent is compared with what it must come to.

#include <functional>

#include "sdk/state.hpp"
#include "tests/simulation/model.hpp"

namespace menkyo::simulation {

// When damage is done to an agent's state file.
enum class Moment : uint8_t { before_call, before_sending, after_call, at_rest };

struct Config {
  uint64_t seed = 1;
  int devices = 20;
  int agents = 5;  // of the devices: those with the real agent
  int days = 60;
  int steps = 150;
  // Does damage before the checks of a step; for tests of the checks.
  std::function<void(db::Tx&, int step)> meddle{};
  // The same with an agent's state; true: it is changed.
  std::function<bool(agent::State&, Moment)> meddle_with_agent{};
};

struct Result {
  std::string failure;  // empty if all was well
  std::string digest;   // of what is in the database
  std::string trace;    // of everything that happened, in its order
  // How often each kind of thing happened, so that a test can tell that it was not an idle run.
  std::map<std::string, int> counts;
};

Result run(std::string const& database_kind, Config const& config);

}  // namespace menkyo::simulation
