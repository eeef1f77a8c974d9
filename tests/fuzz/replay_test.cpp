// Every committed input once through its target: what fuzzing found stays found.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "tests/fuzz/mutate.hpp"
#include "tests/fuzz/service_target.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::fuzz {
namespace {

using Target = std::function<void(const uint8_t*, size_t)>;

std::vector<std::string> corpus(std::string const& name) {
  std::vector<std::string> inputs;
  for (auto const& entry : std::filesystem::directory_iterator(std::string(MENKYO_CORPUS) + "/" + name)) {
    std::ifstream file(entry.path(), std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  EXPECT_GE(inputs.size(), 5u) << name;
  return inputs;
}

void replay(std::string const& name, Target const& target) {
  for (auto const& input : corpus(name)) {
    auto const* bytes = reinterpret_cast<const uint8_t*>(input.data());
    target(bytes, input.size());
    // Every prefix too: the reader's ends are where it goes wrong.
    for (size_t cut = 0; cut < input.size() && cut < 3000; cut += 7) target(bytes, cut);
  }
}

struct Named {
  std::string name;
  Target target;
};

class Corpus : public ::testing::TestWithParam<Named> {};
TEST_P(Corpus, Replays) {
  replay(GetParam().name, GetParam().target);
}
INSTANTIATE_TEST_SUITE_P(All, Corpus,
                         ::testing::ValuesIn(std::vector<Named>{{"json", json},
                                                                {"jws", jws},
                                                                {"x509", x509},
                                                                {"message", message},
                                                                {"token", token},
                                                                {"address", address},
                                                                {"cookie", cookie},
                                                                {"cursor", cursor},
                                                                {"request", request},
                                                                {"words", words},
                                                                {"names", names},
                                                                {"claim", claim},
                                                                {"csv", csv},
                                                                {"user_file", user_file},
                                                                {"catalog", catalog},
                                                                {"phone", phone},
                                                                {"postal_code", postal_code},
                                                                {"postal_address", postal_address}}),
                         [](auto const& tested) { return tested.param.name; });

// The fuzzer knows SQLite alone; here the same requests go to both databases.
class ServiceCorpus : public ::testing::TestWithParam<std::string> {};
TEST_P(ServiceCorpus, Replays) {
  ServiceTarget target(GetParam());
  for (auto const& input : corpus("service"))
    target.run(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

// What libFuzzer would try first, also where there is no Clang, and on PostgreSQL too.
TEST_P(ServiceCorpus, Mutants) {
  constexpr std::string_view telling("\"{}[],:&=%+-_.~/?0a1$\n\0\x80\xe3", 25);
  ServiceTarget target(GetParam());
  auto inputs = corpus("service");
  std::sort(inputs.begin(), inputs.end());
  FixedSeeds seeds(1);
  Random random(seeds.next());
  for (int i = 0; i < 1500; ++i) {
    auto input = inputs[random.below(inputs.size())];
    // The first bytes name the method; what follows is what is read.
    auto rest = input.substr(std::min<size_t>(input.size(), 5));
    for (auto changes = 1 + random.below(3); changes > 0; --changes) mutate(rest, random, inputs, telling);
    input = input.substr(0, 5) + rest;
    SCOPED_TRACE(input);
    target.run(reinterpret_cast<const uint8_t*>(input.data()), input.size());
  }
}
INSTANTIATE_TEST_SUITE_P(Both, ServiceCorpus, ::testing::ValuesIn(test::database_kinds()),
                         [](auto const& tested) { return tested.param; });

}  // namespace
}  // namespace menkyo::fuzz
