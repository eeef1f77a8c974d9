#pragma once
// The project's rules that a program can check. Each looks at texts alone, so that tests can show it bad samples.

#include <string>
#include <vector>

#include "tests/tidy/text.hpp"

namespace menkyo::tidy {

struct Finding {
  std::string rule;
  std::string path;
  size_t line;
  std::string what;
};

struct Rule {
  std::string name;
  std::vector<Finding> (*check)(std::vector<File> const& files);
};

// All rules. Every one is given all files and chooses its own.
std::vector<Rule> const& rules();

// The includes of src/, protocol/ and sdk/ follow the order of the house, and a library has its one home.
std::vector<Finding> check_layers(std::vector<File> const& files);
std::vector<Finding> check_libraries(std::vector<File> const& files);

std::vector<Finding> run_rules(std::vector<File> const& files);

// Paths and their kinds.
bool is_cpp(std::string_view path);
bool is_test(std::string_view path);
bool is_generated(std::string_view path);
std::string_view file_name(std::string_view path);

}  // namespace menkyo::tidy
