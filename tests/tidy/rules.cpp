#include "tests/tidy/rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>

namespace menkyo::tidy {
namespace {

constexpr size_t max_file_lines = 800;
constexpr size_t max_function_lines = 80;

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](auto prefix) { return text.starts_with(prefix); });
}

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> suffixes) {
  return std::any_of(suffixes.begin(), suffixes.end(), [&](auto suffix) { return text.ends_with(suffix); });
}

bool is_product(std::string_view path) {
  return is_cpp(path) && !is_test(path) && starts_with_any(path, {"src/", "protocol/", "sdk/"});
}

// --- SQL stands in store.cpp, in db/ and in migrations/ ---

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = char(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// A statement begins with its verb in one case throughout; "Select one from the list" is a sentence.
bool looks_like_sql(std::string_view literal) {
  auto const first = literal.find_first_not_of(" \n\t");
  if (first == std::string_view::npos) return false;
  literal.remove_prefix(first);
  auto const verb = literal.substr(0, literal.find_first_of(" \n\t"));
  bool const one_case =
      lower(verb) == verb || std::none_of(verb.begin(), verb.end(), [](char c) { return std::islower(c); });
  if (!one_case) return false;
  std::string const text = lower(literal) + " ";
  auto const has = [&](char const* word) { return !find_token(text, word).empty(); };
  if (text.starts_with("select ") || text.starts_with("select\n")) return has("from") || has("where");
  if (starts_with_any(text, {"insert into ", "delete from ", "create table ", "create index ", "create unique index ",
                             "alter table ", "drop table ", "pragma "})) {
    return true;
  }
  if (text.starts_with("update ")) return has("set");
  return text.starts_with("with ") && has("as") && has("select");
}

bool may_hold_sql(std::string_view path) {
  auto const name = file_name(path);
  bool const store = name == "store.cpp" || (name.starts_with("store_") && name.ends_with(".cpp"));
  return store || path.starts_with("src/db/");
}

std::vector<Finding> check_sql(std::vector<File> const& files) {
  std::vector<Finding> found;
  for (auto const& file : files) {
    if (!is_product(file.path) || may_hold_sql(file.path)) continue;
    for (auto const& literal : read_source(file.text).literals) {
      if (looks_like_sql(literal.value)) {
        found.push_back(
            {"sql", file.path, literal.line, "SQL belongs into store.cpp: " + literal.value.substr(0, 40)});
      }
    }
  }
  return found;
}

// --- time and chance come from base/ ---

constexpr std::array wall_clocks{"system_clock::now", "high_resolution_clock", "gettimeofday", "clock_gettime",
                                 "time("};
constexpr std::array chance{"rand(",        "srand(",    "RAND_bytes",    "RAND_priv_bytes",
                            "randombytes_", "getrandom", "random_device", "arc4random"};
constexpr std::array steady_clocks{"steady_clock"};

// `x.time(`, `x->time(` and `T::time(` are other functions, except in std; so is a declaration `Time time(`.
bool is_member(std::string_view code, size_t at) {
  if (at >= 5 && code.substr(at - 5, 5) == "std::") return false;
  if (at >= 1 && code[at - 1] == '.') return true;
  if (at >= 2 &&
      (code.substr(at - 2, 2) == "->" || (code.substr(at - 2, 2) == "::" && at >= 3 && is_word(code[at - 3]))))
    return true;
  return at >= 2 && code[at - 1] == ' ' && (is_word(code[at - 2]) || code[at - 2] == '&' || code[at - 2] == '*') &&
         !code.substr(0, at - 1).ends_with("return");
}

template <size_t n>
std::vector<Finding> uses(File const& file, std::string const& code, std::array<char const*, n> const& tokens,
                          std::string const& why) {
  std::vector<Finding> found;
  for (std::string_view token : tokens) {
    for (size_t at : find_token(code, token)) {
      if (token.back() == '(' && is_member(code, at)) continue;
      found.push_back({"time and chance", file.path, line_at(code, at), std::string(token) + ": " + why});
    }
  }
  return found;
}

void append(std::vector<Finding>& to, std::vector<Finding> const& more) {
  to.insert(to.end(), more.begin(), more.end());
}

std::vector<Finding> check_time_and_chance(std::vector<File> const& files) {
  std::vector<Finding> found, sdk_clocks, sdk_chance;
  for (auto const& file : files) {
    if (!is_product(file.path) || file.path.starts_with("src/base/")) continue;
    std::string const code = read_source(file.text).code;
    bool const sdk = file.path.starts_with("sdk/");
    append(sdk ? sdk_clocks : found, uses(file, code, wall_clocks, "the clock is injected; ask the transaction"));
    append(sdk ? sdk_chance : found, uses(file, code, chance, "chance is injected; ask the transaction"));
    if (!sdk && !starts_with_any(file.path, {"src/http/", "src/jobs/", "src/db/"})) {
      append(found, uses(file, code, steady_clocks, "timeouts belong to http/, jobs/ and the queues of db/"));
    }
  }
  // The agent has no transaction to ask; it has one function for each, so that a test can take its place.
  if (sdk_clocks.size() > 1) append(found, sdk_clocks);
  if (sdk_chance.size() > 1) append(found, sdk_chance);
  return found;
}

// --- size ---

std::vector<Finding> check_size(std::vector<File> const& files) {
  std::vector<Finding> found;
  for (auto const& file : files) {
    bool const measured =
        is_cpp(file.path) || file.path == "dev" ||
        ends_with_any(file.path, {".ts", ".tsx", ".css", ".sql", ".sh", ".cmake", "CMakeLists.txt"});
    if (!measured || is_generated(file.path)) continue;
    size_t const lines = lines_of(file.text).size();
    if (lines > max_file_lines) found.push_back({"size", file.path, lines, "more than 800 lines"});
    if (!is_cpp(file.path)) continue;
    for (auto const& function : functions_of(read_source(file.text).code)) {
      if (function.lines <= max_function_lines) continue;
      found.push_back(
          {"size", file.path, function.line,
           std::to_string(function.lines) + " lines are too many for one function: " + function.head.substr(0, 60)});
    }
  }
  return found;
}

// --- what no file may say ---

// Spelled in pieces, or this file would break its own rule.
std::vector<std::string> const& unfinished() {
  static std::vector<std::string> const words{std::string("TO") + "DO", std::string("FIX") + "ME"};
  return words;
}
std::vector<std::string> const& registries() {
  static std::vector<std::string> const hosts{
      std::string("registry") + ".npmjs.org", std::string("registry") + ".yarnpkg.com",
      std::string("npm") + "mirror.com",      std::string("deb.") + "debian.org",
      std::string("pypi") + ".org",           std::string("proxy.") + "golang.org",
      std::string("static.") + "crates.io"};
  return hosts;
}

// Whether an absolute path into somebody's home or work folder begins at `at`.
bool is_private_path(std::string_view text, size_t at) {
  if (at > 0 && (is_word(text[at - 1]) || std::string_view(".-/}*~").find(text[at - 1]) != std::string_view::npos))
    return false;
  text.remove_prefix(at);
  for (std::string_view folder : {"/home/", "/Users/"}) {
    if (text.starts_with(folder) && text.size() > folder.size() && is_word(text[folder.size()])) return true;
  }
  return starts_with_any(text, {"/"
                                "work/",
                                "/"
                                "root/"});
}

std::vector<Finding> check_words(std::vector<File> const& files) {
  std::vector<Finding> found;
  for (auto const& file : files) {
    auto const report = [&](size_t at, std::string const& what) {
      found.push_back({"words", file.path, line_at(file.text, at), what});
    };
    for (auto const& word : unfinished()) {
      for (size_t at : find_token(file.text, word)) report(at, "unfinished work is an issue, not a comment: " + word);
    }
    for (auto const& host : registries()) {
      for (size_t at : find_token(file.text, host)) report(at, "a registry is the reader's choice: " + host);
    }
    for (size_t at = file.text.find('/'); at != std::string::npos; at = file.text.find('/', at + 1)) {
      if (is_private_path(file.text, at)) report(at, "a path of one machine: " + file.text.substr(at, 24));
    }
  }
  return found;
}

// --- numbered files ---

// The number that a name begins with, or -1; sets `rest` to what follows.
int number_of(std::string_view name, std::string_view& rest) {
  if (name.size() < 5 ||
      !std::all_of(name.begin(), name.begin() + 4, [](unsigned char c) { return std::isdigit(c); }))
    return -1;
  rest = name.substr(4);
  return std::stoi(std::string(name.substr(0, 4)));
}

std::vector<Finding> check_decisions(std::vector<File> const& files) {
  std::vector<Finding> found;
  std::map<int, std::string> seen;
  std::string index;
  for (auto const& file : files) {
    if (file.path == "docs/decisions/README.md") index = file.text;
  }
  for (auto const& file : files) {
    if (!file.path.starts_with("docs/decisions/") || file.path == "docs/decisions/README.md") continue;
    std::string_view rest;
    int const number = number_of(file_name(file.path), rest);
    if (number < 0 || !rest.starts_with('-') || !rest.ends_with(".md")) {
      found.push_back({"decisions", file.path, 1, "a decision is called NNNN-name.md"});
      continue;
    }
    if (auto const [at, fresh] = seen.emplace(number, file.path); !fresh) {
      found.push_back({"decisions", file.path, 1, "has the number of " + at->second});
    }
    if (index.find("(" + std::string(file_name(file.path)) + ")") == std::string::npos) {
      found.push_back({"decisions", file.path, 1, "is not in docs/decisions/README.md"});
    }
  }
  return found;
}

// 0001_name.sql, or 0001_name.sqlite.sql and 0001_name.postgres.sql where the databases must differ.
std::vector<Finding> check_migrations(std::vector<File> const& files) {
  std::vector<Finding> found;
  std::map<int, std::string> names;
  std::set<std::string> paths;
  for (auto const& file : files) {
    if (!file.path.starts_with("migrations/") || !file.path.ends_with(".sql")) continue;
    std::string_view rest;
    int const number = number_of(file_name(file.path), rest);
    if (number < 0 || !rest.starts_with('_')) {
      found.push_back({"migrations", file.path, 1, "a migration is called NNNN_name.sql"});
      continue;
    }
    std::string const name(rest.substr(0, rest.find('.')));
    if (auto const [at, fresh] = names.emplace(number, name); !fresh && at->second != name) {
      found.push_back({"migrations", file.path, 1, "another migration has this number"});
    }
  }
  int expected = 1;
  for (auto const& [number, name] : names) {
    if (number != expected) {
      found.push_back({"migrations", "migrations/", 1, "number " + std::to_string(expected) + " is missing"});
      break;
    }
    ++expected;
  }
  return found;
}

// --- generated files ---

// A generated file is known as such to git (so that reviews fold it) and says so itself, where its format allows it.
std::vector<Finding> check_generated(std::vector<File> const& files) {
  std::vector<Finding> found;
  std::string attributes;
  for (auto const& file : files) {
    if (file.path == ".gitattributes") attributes = "\n" + file.text;
  }
  for (auto const& file : files) {
    if (!is_generated(file.path)) continue;
    if (attributes.find("\n" + file.path + " linguist-generated") == std::string::npos) {
      found.push_back({"generated", file.path, 1, ".gitattributes does not call it linguist-generated"});
    }
    if (file.path.ends_with(".json")) continue;
    if (lower(file.text.substr(0, 400)).find("generated by") == std::string::npos) {
      found.push_back({"generated", file.path, 1, "does not say near its beginning what it is generated by"});
    }
  }
  return found;
}

// --- links between documents ---

// "docs/a.md" and "../README.md" make "README.md".
std::string resolve(std::string_view from, std::string_view link) {
  std::vector<std::string> parts;
  auto const walk = [&](std::string_view path) {
    while (!path.empty()) {
      auto const slash = path.find('/');
      auto const part = path.substr(0, slash);
      if (part == "..") {
        if (!parts.empty()) parts.pop_back();
      } else if (part != "." && !part.empty()) {
        parts.emplace_back(part);
      }
      if (slash == std::string_view::npos) break;
      path.remove_prefix(slash + 1);
    }
  };
  walk(from.substr(0, from.size() - file_name(from).size()));
  walk(link);
  std::string out;
  for (auto const& part : parts) out += (out.empty() ? "" : "/") + part;
  return out;
}

std::vector<Finding> check_links(std::vector<File> const& files) {
  std::vector<Finding> found;
  std::set<std::string> paths;
  for (auto const& file : files) {
    for (std::string path = file.path; !path.empty();
         path.resize(path.find_last_of('/') == std::string::npos ? 0 : path.find_last_of('/'))) {
      paths.insert(path);
    }
  }
  for (auto const& file : files) {
    if (!file.path.ends_with(".md")) continue;
    for (size_t at = file.text.find("]("); at != std::string::npos; at = file.text.find("](", at + 1)) {
      auto const end = file.text.find_first_of(")# \n", at + 2);
      auto const link = std::string_view(file.text).substr(at + 2, end == std::string::npos ? end : end - at - 2);
      if (link.empty() || link.find("://") != std::string_view::npos || link.starts_with("mailto:")) continue;
      if (!paths.contains(resolve(file.path, link))) {
        found.push_back({"links", file.path, line_at(file.text, at), "leads nowhere: " + std::string(link)});
      }
    }
  }
  return found;
}

}  // namespace

std::string_view file_name(std::string_view path) {
  auto const slash = path.find_last_of('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool is_cpp(std::string_view path) {
  return ends_with_any(path, {".c", ".h", ".cpp", ".hpp"});
}

bool is_test(std::string_view path) {
  return path.starts_with("tests/") || path.find("/tests/") != std::string_view::npos ||
         file_name(path).find("_test.") != std::string_view::npos || path.find("/fuzz/") != std::string_view::npos;
}

bool is_generated(std::string_view path) {
  return path == "api/openapi.json" || path.find("/generated/") != std::string_view::npos ||
         file_name(path).find("generated") != std::string_view::npos || path == "docs/permissions.md" ||
         path == "portal/src/api/schema.ts";
}

std::vector<Rule> const& rules() {
  static std::vector<Rule> const all{
      {"layers", check_layers},
      {"libraries", check_libraries},
      {"sql", check_sql},
      {"time and chance", check_time_and_chance},
      {"size", check_size},
      {"words", check_words},
      {"decisions", check_decisions},
      {"migrations", check_migrations},
      {"generated", check_generated},
      {"links", check_links},
  };
  return all;
}

std::vector<Finding> run_rules(std::vector<File> const& files) {
  std::vector<Finding> found;
  for (auto const& rule : rules()) append(found, rule.check(files));
  return found;
}

}  // namespace menkyo::tidy
