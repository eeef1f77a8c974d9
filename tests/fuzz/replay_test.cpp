// Every committed input once through its target: what fuzzing found stays found.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/fuzz/targets.hpp"

namespace menkyo::fuzz {
namespace {

void replay(const char* name, void (*target)(const uint8_t*, size_t)) {
  size_t count = 0;
  for (auto const& entry : std::filesystem::directory_iterator(std::string(MENKYO_CORPUS) + "/" + name)) {
    SCOPED_TRACE(entry.path().string());
    std::ifstream file(entry.path(), std::ios::binary);
    std::string const bytes{std::istreambuf_iterator<char>(file), {}};
    target(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
    // Every prefix too: the reader's ends are where it goes wrong.
    for (size_t cut = 0; cut < bytes.size() && cut < 3000; cut += 7)
      target(reinterpret_cast<const uint8_t*>(bytes.data()), cut);
    ++count;
  }
  EXPECT_GE(count, 5u) << name;
}

TEST(Corpus, Json) {
  replay("json", json);
}
TEST(Corpus, Jws) {
  replay("jws", jws);
}
TEST(Corpus, X509) {
  replay("x509", x509);
}
TEST(Corpus, Message) {
  replay("message", message);
}
TEST(Corpus, Csv) {
  replay("csv", csv);
}

}  // namespace
}  // namespace menkyo::fuzz
