#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "tests/tidy/rules.hpp"

namespace menkyo::tidy {
namespace {

struct Include {
  size_t line;
  std::string target;
  bool quoted;
};

std::vector<Include> includes_of(std::string_view text) {
  std::vector<Include> found;
  size_t number = 0;
  for (auto line : lines_of(text)) {
    ++number;
    auto at = line.find_first_not_of(" \t");
    if (at == std::string_view::npos || !line.substr(at).starts_with("#include")) continue;
    auto const open = line.find_first_of("<\"", at);
    if (open == std::string_view::npos) continue;
    auto const close = line.find(line[open] == '<' ? '>' : '"', open + 1);
    if (close == std::string_view::npos) continue;
    found.push_back({number, std::string(line.substr(open + 1, close - open - 1)), line[open] == '"'});
  }
  return found;
}

// The modules that stand below all capabilities, with what each may include beside itself.
std::map<std::string, std::vector<std::string>> const& shells() {
  static std::map<std::string, std::vector<std::string>> const may{
      {"base", {"protocol"}},    {"wire", {"base", "protocol"}},
      {"db", {"base", "wire"}},  {"api", {"base", "wire", "db", "protocol"}},
      {"http", {"base", "api"}}, {"jobs", {"base", "wire", "db", "api", "http", "protocol"}},
  };
  return may;
}

// Each may include the shells but http/, protocol/, and the capabilities before it.
constexpr std::array capabilities{"keys",         "audit",    "mail",    "places",    "people",
                                  "access",       "accounts", "support", "companies", "catalog",
                                  "publications", "licenses", "devices", "alerts",    "reports",
                                  "orders",       "privacy",  "onprem",  "compat",    "live"};

std::optional<size_t> capability(std::string const& module) {
  auto const at = std::find(capabilities.begin(), capabilities.end(), module);
  if (at == capabilities.end()) return {};
  return size_t(at - capabilities.begin());
}

// The module that a path belongs to: "src/licenses/store.cpp" is of licenses; protocol and sdk are modules too.
std::string module_of(std::string_view path) {
  if (path.starts_with("src/")) path.remove_prefix(4);
  auto const slash = path.find('/');
  return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

bool is_module(std::string const& name) {
  return shells().contains(name) || capability(name) || name == "app" || name == "protocol" || name == "sdk";
}

bool may_include(std::string const& from, std::string const& to) {
  if (from == to) return true;
  if (from == "protocol") return false;
  if (from == "sdk") return to == "protocol";
  if (to == "sdk" || to == "app") return false;
  if (from == "app") return true;
  if (auto const shell = shells().find(from); shell != shells().end()) {
    return std::find(shell->second.begin(), shell->second.end(), to) != shell->second.end();
  }
  if (to == "protocol") return true;
  if (shells().contains(to)) return to != "http";
  return capability(to) < capability(from);
}

struct Home {
  std::string_view header;              // prefix of the header's name
  std::vector<std::string_view> paths;  // prefixes of the paths that may include it
  std::string_view file;                // or files of this name
};

std::vector<Home> const& homes() {
  static std::vector<Home> const all{
      {"boost/beast", {"src/http/"}, ""},   {"boost/asio", {"src/http/"}, ""},
      {"boost/json", {"src/wire/"}, ""},    {"boost/describe", {"src/wire/"}, "describe.hpp"},
      {"sqlite3.h", {"src/db/"}, ""},       {"libpq-fe.h", {"src/db/"}, ""},
      {"postgresql/", {"src/db/"}, ""},     {"phonenumbers/", {"src/places/"}, ""},
      {"curl/", {"src/mail/", "sdk/"}, ""},
  };
  return all;
}

}  // namespace

std::vector<Finding> check_layers(std::vector<File> const& files) {
  std::vector<Finding> found;
  for (auto const& file : files) {
    bool const ours =
        file.path.starts_with("src/") || file.path.starts_with("protocol/") || file.path.starts_with("sdk/");
    std::string const from = module_of(file.path);
    if (!ours || !is_cpp(file.path) || is_test(file.path) || from.empty()) continue;
    if (!is_module(from)) {
      found.push_back({"layers", file.path, 1, "the folder " + from + " has no place in the order of layers.cpp"});
      continue;
    }
    for (auto const& include : includes_of(file.text)) {
      std::string const to = module_of(include.target);
      if (!include.quoted || to.empty()) continue;
      bool const known = is_module(to);
      if (known && may_include(from, to)) continue;
      // sdk/ has folders of its own, which are included from there.
      if (!known && (from == "sdk" || from == "protocol")) continue;
      found.push_back({"layers", file.path, include.line, from + " may not include " + include.target});
    }
  }
  return found;
}

std::vector<Finding> check_libraries(std::vector<File> const& files) {
  std::vector<Finding> found;
  for (auto const& file : files) {
    bool const free = file.path.starts_with("tests/") || file.path.starts_with("bench/");
    if (!is_cpp(file.path) || free || is_test(file.path)) continue;
    for (auto const& include : includes_of(file.text)) {
      for (auto const& home : homes()) {
        if (!include.target.starts_with(home.header)) continue;
        bool const at_home = std::any_of(home.paths.begin(), home.paths.end(),
                                         [&](auto path) { return file.path.starts_with(path); }) ||
                             (!home.file.empty() && file_name(file.path) == home.file);
        if (!at_home) {
          found.push_back({"libraries", file.path, include.line,
                           include.target + " is for " + std::string(home.paths.front()) + " only"});
        }
      }
    }
  }
  return found;
}

}  // namespace menkyo::tidy
