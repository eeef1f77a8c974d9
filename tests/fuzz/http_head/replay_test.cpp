// The corpus, every prefix of it, and mutants that one seed determines.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "tests/fuzz/mutate.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace menkyo {
namespace {

std::vector<std::string> corpus() {
  std::vector<std::filesystem::path> paths;
  for (auto const& entry : std::filesystem::directory_iterator(MENKYO_CORPUS)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> inputs;
  for (auto const& path : paths) {
    std::ifstream file(path, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

void run(std::string_view input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

TEST(HttpHead, CorpusAndItsPrefixes) {
  auto const inputs = corpus();
  EXPECT_GE(inputs.size(), 8u);
  for (auto const& input : inputs) {
    for (size_t size = 0; size <= input.size(); ++size) run(std::string_view(input).substr(0, size));
  }
}

TEST(HttpHead, Mutants) {
  constexpr std::string_view telling("\r\n\0\t :;,0F/?#%\x80\xff", 17);
  auto const inputs = corpus();
  FixedSeeds seeds(1);
  Random random(seeds.next());
  for (int i = 0; i < 10'000; ++i) {
    auto input = inputs[random.below(inputs.size())];
    for (auto changes = 1 + random.below(4); changes > 0; --changes) fuzz::mutate(input, random, inputs, telling);
    run(input);
  }
}

}  // namespace
}  // namespace menkyo
