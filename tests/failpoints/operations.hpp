#pragma once
// Everything that changes something: the rows of the route table, the messages of devices, imports and jobs.

#include "tests/failpoints/stage.hpp"

namespace menkyo::test {

struct Operation {
  std::string name;
  // Makes ready what it needs, and gives the request, which can be sent several times.
  std::function<std::function<Told()>(Stage&)> prepare;
  // Whether the same request again is answered well again; else it may be told that it was done already.
  bool repeats = true;
  // Tables in which it may leave more when it is done again, as records of the attempts.
  std::set<std::string> aside{};
};

std::vector<Operation> all_operations(Stage& stage);

}  // namespace menkyo::test
