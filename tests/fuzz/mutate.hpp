#pragma once
// Mutants that one seed determines, for tests that run without libFuzzer.

#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"

namespace menkyo::fuzz {

// Puts in or changes a byte to one of `telling`, drops a stretch, or copies one from another input.
inline void mutate(std::string& input, Random& random, std::vector<std::string> const& inputs,
                   std::string_view telling) {
  auto const at = random.below(input.size() + 1);
  switch (random.below(4)) {
    case 0:
      input.insert(at, 1, telling[random.below(telling.size())]);
      break;
    case 1:
      input.erase(at, random.below(8));
      break;
    case 2:
      if (at < input.size()) input[at] = telling[random.below(telling.size())];
      break;
    default: {
      auto const& other = inputs[random.below(inputs.size())];
      auto const from = random.below(other.size() + 1);
      input.insert(at, other.substr(from, random.below(40)));
    }
  }
}

}  // namespace menkyo::fuzz
