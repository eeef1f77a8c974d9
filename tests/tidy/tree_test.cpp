// The project's own tree obeys every rule. Exceptions stand in tests/tidy/exceptions.txt, one a line: rule, path,
// reason.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "tests/tidy/rules.hpp"

namespace menkyo::tidy {
namespace {

namespace fs = std::filesystem;

std::string slurp(fs::path const& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Tracked files and new ones that git does not ignore; empty outside of a repository.
std::vector<std::string> paths_by_git(fs::path const& root) {
  std::string const command = "git -c safe.directory='*' -C '" + root.string() +
                              "' ls-files -z --cached --others --exclude-standard 2>/dev/null";
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string all;
  char buffer[4096];
  while (size_t const n = std::fread(buffer, 1, sizeof buffer, pipe.get())) all.append(buffer, n);
  std::vector<std::string> paths;
  std::istringstream in(all);
  for (std::string path; std::getline(in, path, '\0');) paths.push_back(path);
  return paths;
}

// A tree without git (a release archive) is walked, leaving out what builds make.
std::vector<std::string> paths_by_walk(fs::path const& root) {
  std::vector<std::string> paths;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator(); ++it) {
    auto const name = it->path().filename().string();
    bool const made = name == "build" || name == "out" || name == "var" || name == ".tools" ||
                      name == "node_modules" || name == "dist" || name == ".git";
    if (it->is_directory() && made) it.disable_recursion_pending();
    if (it->is_regular_file()) paths.push_back(fs::relative(it->path(), root).generic_string());
  }
  return paths;
}

std::vector<File> const& tree() {
  static std::vector<File> const files = [] {
    fs::path const root = MENKYO_SOURCE_DIR;
    auto paths = paths_by_git(root);
    if (paths.empty()) paths = paths_by_walk(root);
    std::vector<File> out;
    for (auto const& path : paths) {
      if (!fs::is_regular_file(root / path)) continue;
      std::string text = slurp(root / path);
      if (text.find('\0') != std::string::npos) text.clear();  // a picture or the like; only its name matters
      out.push_back({path, std::move(text)});
    }
    return out;
  }();
  return files;
}

struct Exception {
  std::string rule, path;
  bool used = false;
};

std::vector<Exception> exceptions() {
  std::vector<Exception> all;
  std::istringstream in(slurp(fs::path(MENKYO_SOURCE_DIR) / "tests/tidy/exceptions.txt"));
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.front() == '#') continue;
    auto const first = line.find(" | "), second = line.find(" | ", first + 3);
    EXPECT_NE(second, std::string::npos) << "an exception is 'rule | path | reason': " << line;
    if (second == std::string::npos) continue;
    all.push_back({line.substr(0, first), line.substr(first + 3, second - first - 3)});
  }
  return all;
}

TEST(Tree, holds_the_files_that_the_rules_are_about) {
  ASSERT_GT(tree().size(), 10u);
  auto const has = [](std::string_view path) {
    return std::any_of(tree().begin(), tree().end(), [&](auto const& file) { return file.path == path; });
  };
  EXPECT_TRUE(has("src/base/problem.cpp"));
  EXPECT_TRUE(has("tests/tidy/rules.cpp"));
  EXPECT_TRUE(has("dev"));
}

TEST(Tree, obeys_every_rule) {
  auto allowed = exceptions();
  for (auto const& finding : run_rules(tree())) {
    auto const exception = std::find_if(allowed.begin(), allowed.end(), [&](auto const& e) {
      return e.rule == finding.rule && e.path == finding.path;
    });
    if (exception != allowed.end()) {
      exception->used = true;
      continue;
    }
    ADD_FAILURE() << finding.path << ":" << finding.line << ": [" << finding.rule << "] " << finding.what;
  }
  for (auto const& exception : allowed) {
    EXPECT_TRUE(exception.used) << "exceptions.txt excuses what is not there: " << exception.rule << " "
                                << exception.path;
  }
}

// The bugs that ./dev mutations puts in would else be forgotten when the code around them changes.
TEST(Tree, takes_every_mutation) {
  size_t count = 0;
  for (auto const& entry : fs::directory_iterator(fs::path(MENKYO_SOURCE_DIR) / "tests/mutations")) {
    if (entry.path().extension() != ".patch") continue;
    std::string const command = std::string("patch -d '") + MENKYO_SOURCE_DIR + "' -p1 --dry-run --quiet --force <'" +
                                entry.path().string() + "' >/dev/null";
    EXPECT_EQ(std::system(command.c_str()), 0) << entry.path().filename() << " does not fit the source any more";
    ++count;
  }
  EXPECT_GE(count, 10u);
}

}  // namespace
}  // namespace menkyo::tidy
