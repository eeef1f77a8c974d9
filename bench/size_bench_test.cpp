// A small run of the measurements against populated databases: every answer is right, the books balance afterwards,
// and what was measured gets into a document. How fast it is does not matter here.

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "protocol/json.hpp"

namespace menkyo::bench {
namespace {

namespace fs = std::filesystem;

int run(std::string const& command) {
  int const status = std::system((command + " >/dev/null").c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string text_of(fs::path const& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

class SizeBench : public testing::Test {
 protected:
  SizeBench() : folder_(fs::temp_directory_path() / ("size_bench." + std::to_string(getpid()))) {
    fs::create_directory(folder_);
  }
  ~SizeBench() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST_F(SizeBench, MeasuresAndItsFiguresGetIntoADocument) {
  auto const sizes = (folder_ / "sizes.json").string(), pages = (folder_ / "pages.json").string();
  ASSERT_EQ(run(MENKYO_SIZE_BENCH " --devices 150,300 --connections 6 --rounds 2 --seconds 0.05 --series 1,20 "
                                  "--fresh --tls --verify --json " +
                sizes),
            0);
  auto const figures = protocol::json::parse(text_of(sizes), {16, 1 << 20, 10'000});
  ASSERT_EQ(figures.at("sizes").items().size(), 4u);  // two sizes, two databases
  for (auto const& size : figures.at("sizes").items()) {
    EXPECT_GT(size.at("bytes_per_device").as_double(), 0);
    EXPECT_GT(size.at("idle_bytes").as_double(), 0);
    std::vector<std::string> names;
    for (auto const& work : size.at("works").items()) {
      names.push_back(work.at("name").as_string());
      EXPECT_GT(work.at("answered").as_int(), 0) << names.back();
      EXPECT_EQ(work.at("refused").as_int(), 0) << names.back();
    }
    EXPECT_THAT(names, testing::ElementsAre("check-in", "draw", "report", "registration", "token race"));
    ASSERT_EQ(size.at("series").items().size(), 4u);
    EXPECT_EQ(size.at("series").items()[1].at("name").as_string(), "check-in, 20");
    for (auto const& work : size.at("series").items()) EXPECT_GT(work.at("answered").as_int(), 0);
  }
  ASSERT_EQ(run(MENKYO_PAGE_BENCH " --devices 150 --seconds 0.01 --database sqlite --json " + pages), 0);
  auto const document = folder_ / "document.md";
  std::ofstream(document) << "before\n<!-- figures: sizes -->\nold\n<!-- end of figures -->\nbetween\n"
                             "<!-- figures: pages -->\n<!-- end of figures -->\nafter\n";
  ASSERT_EQ(run(MENKYO_BENCH_FIGURES " " + document.string() + " sizes=" + sizes + " pages=" + pages), 0);
  auto const text = text_of(document);
  EXPECT_THAT(text, testing::StartsWith("before\n"));
  EXPECT_THAT(text, testing::EndsWith("after\n"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("old")));
  EXPECT_THAT(text, testing::HasSubstr("PostgreSQL, 300 devices"));
  EXPECT_THAT(text, testing::HasSubstr("| overview |"));
  EXPECT_THAT(text, testing::HasSubstr("| check-in, 20 |"));
  auto const growth = text_of(folder_ / "figures/growth-sqlite.svg");
  EXPECT_THAT(growth, testing::AllOf(testing::HasSubstr(">token race</text>"), testing::EndsWith("</svg>\n")));
  EXPECT_THAT(text_of(folder_ / "figures/connections-postgres.svg"), testing::HasSubstr(">300 devices</text>"));
  EXPECT_EQ(run(MENKYO_BENCH_FIGURES " " + document.string() + " others=" + sizes + " 2>/dev/null"), 1);
}

TEST_F(SizeBench, PutsOffWhatIsTooMuch) {
  auto const out = (folder_ / "overload.json").string();
  ASSERT_EQ(
      run(MENKYO_OVERLOAD_BENCH " --devices 300 --connections 300 --usual-connections 8 --seconds 0.5 --json " + out),
      0);
  auto const figures = protocol::json::parse(text_of(out), {16, 1 << 20, 10'000});
  ASSERT_EQ(figures.at("databases").items().size(), 2u);
  for (auto const& database : figures.at("databases").items()) EXPECT_GT(database.at("goodput").as_double(), 0);
}

// What was kept is copied, not made again, and what is measured on the copy leaves it as it was.
TEST_F(SizeBench, UsesWhatItKept) {
  auto const command = MENKYO_SIZE_BENCH
                       " --devices 150 --connections 6 --rounds 1 --seconds 0.05 --database sqlite --keep " +
                       folder_.string() + "/kept --json " + (folder_ / "out.json").string();
  auto const seconds_to_make = [&] {
    return protocol::json::parse(text_of(folder_ / "out.json"), {16, 1 << 20, 10'000})
        .at("sizes")
        .items()
        .at(0)
        .at("seconds_to_make")
        .as_double();
  };
  ASSERT_EQ(run(command), 0);
  EXPECT_GT(seconds_to_make(), 0);
  ASSERT_EQ(run(command), 0);
  EXPECT_EQ(seconds_to_make(), 0);
  ASSERT_EQ(run(command), 0);
}

}  // namespace
}  // namespace menkyo::bench
