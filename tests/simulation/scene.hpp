#pragma once
// What everybody in a run shares: the installation, the model beside it, chance, and the diary of what happened.

#include "tests/simulation/model.hpp"

namespace menkyo::simulation {

// The service did otherwise than the model, or an agent otherwise than it must.
struct Unexpected : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <class A, class B>
void expect(A const& got, B const& wanted, std::string const& what) {
  if (!(got == wanted)) throw Unexpected(what);
}

struct Diary {
  std::map<std::string, int> counts;  // of each kind of thing
  std::string doing = "begin";
  std::string trace;  // everything in its order
};

// All must outlive it.
struct Scene {
  test::DeviceWorld& world;
  Model& model;
  Random& random;
  Diary& diary;

  Instant now() const { return world.now(); }
  uint64_t chance(uint64_t bound) const { return random.below(bound); }
  bool one_in(uint64_t n) const { return chance(n) == 0; }
  void note(std::string const& what) const {
    ++diary.counts[diary.doing = what];
    diary.trace += std::to_string(to_us(now())) + " " + what + "\n";
  }
  // With which a machine might come in. Late ones are those that people still speak of.
  Token const& any_token() const {
    auto const& tokens = model.tokens;
    return tokens[one_in(3)   ? 0
                  : one_in(2) ? tokens.size() - 1 - chance(std::min<size_t>(4, tokens.size()))
                              : chance(tokens.size())];
  }
};

}  // namespace menkyo::simulation
