// The corpus, every prefix of it, and mutants that one seed determines.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/random.hpp"

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

// Changes a byte, drops a stretch, or copies one from another input.
void mutate(std::string& input, Random& random, std::vector<std::string> const& inputs) {
  constexpr std::string_view telling("\r\n\0\t :;,0F/?#%\x80\xff", 17);
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

TEST(HttpHead, Mutants) {
  auto const inputs = corpus();
  FixedSeeds seeds(1);
  Random random(seeds.next());
  for (int i = 0; i < 10'000; ++i) {
    auto input = inputs[random.below(inputs.size())];
    for (auto changes = 1 + random.below(4); changes > 0; --changes) mutate(input, random, inputs);
    run(input);
  }
}

}  // namespace
}  // namespace menkyo
