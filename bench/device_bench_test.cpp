// A small run of the measurement itself: every answer is right, the database holds what was acknowledged, and the
// figures can be read. How fast it is does not matter here.

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "protocol/json.hpp"

namespace menkyo::bench {
namespace {

int run(std::string const& arguments) {
  int const status = std::system((MENKYO_DEVICE_BENCH " " + arguments).c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(DeviceBench, MeasuresAndAllAnswersAreRight) {
  auto const file = std::filesystem::temp_directory_path() / ("device_bench." + std::to_string(getpid()) + ".json");
  ASSERT_EQ(run("--devices 60 --connections 6 --seconds 0.2 --json " + file.string()), 0);
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  std::filesystem::remove(file);
  auto const figures = protocol::json::parse(text.str());
  auto const& databases = figures.at("databases").items();
  ASSERT_EQ(databases.size(), 2u);
  for (auto const& database : databases) {
    std::vector<std::string> names;
    for (auto const& work : database.at("works").items()) {
      names.push_back(work.at("name").as_string());
      EXPECT_GE(work.at("answered").as_int(), 60) << names.back();
      EXPECT_EQ(work.at("refused").as_int(), 0) << names.back();
      EXPECT_GT(work.at("server_us").as_double(), 0) << names.back();
      EXPECT_GT(work.at("of_limit_by_processor").as_double(), 0) << names.back();
    }
    EXPECT_THAT(names, testing::ElementsAre("registration", "draw", "check-in", "report"));
    EXPECT_GT(database.at("storage").at("per_second").as_double(), 0);
  }
}

TEST(DeviceBench, TakesNoConnectionWithoutADevice) {
  EXPECT_EQ(run("--devices 3 --connections 4 2>/dev/null"), 2);
}

// A server that cannot be is a failure, not a figure.
TEST(DeviceBench, FailsWithTheServer) {
  EXPECT_EQ(run("--devices 2 --connections 2 --seconds 0.01 --database sqlite --program /bin/false 2>/dev/null"), 1);
}

}  // namespace
}  // namespace menkyo::bench
