#pragma once
// Weeks in the life of an installation, decided by one number: devices that draw, report, renew, get lost and come
// back over a network that loses, doubles and reorders, while people deposit, hand out tokens and remove. After every
// step the service is compared with the model and with its own invariants.

#include "tests/simulation/model.hpp"

namespace menkyo::simulation {

struct Config {
  uint64_t seed = 1;
  int devices = 20;
  int days = 60;
  int steps = 110;
};

struct Result {
  std::string failure;  // empty if all was well
  std::string digest;
  // How often each kind of thing happened, so that a test can tell that it was not an idle run.
  std::map<std::string, int> counts;
};

Result run(std::string const& database_kind, Config const& config);

}  // namespace menkyo::simulation
