// Each rule is shown samples that break it and neighbours that do not, so that a rule that finds nothing is noticed.

#include <gtest/gtest.h>

#include "tests/tidy/rules.hpp"

namespace menkyo::tidy {
namespace {

std::vector<Finding> check(std::string const& rule, std::vector<File> const& files) {
  for (auto const& candidate : rules()) {
    if (candidate.name == rule) return candidate.check(files);
  }
  ADD_FAILURE() << "no rule is called " << rule;
  return {};
}

size_t findings(std::string const& rule, std::string path, std::string text) {
  return check(rule, {{std::move(path), std::move(text)}}).size();
}

std::string include(std::string const& header) {
  return "#include \"" + header + "\"\n";
}
std::string library(std::string const& header) {
  return "#include <" + header + ">\n";
}

TEST(Text, comments_and_literals_are_blanked_and_lines_stay) {
  auto const source = read_source("int a; // \"x\"\nchar q = '\"'; /* {\n} */ auto s = \"{\" ; int n = 1'000;\n");
  EXPECT_EQ(source.code.find('{'), std::string::npos);
  EXPECT_EQ(lines_of(source.code).size(), 3u);
  ASSERT_EQ(source.literals.size(), 1u);
  EXPECT_EQ(source.literals[0].value, "{");
  EXPECT_EQ(source.literals[0].line, 3u);
}

TEST(Text, neighbouring_literals_are_one) {
  auto const source = read_source("f(\"select a \"\n  \"from b\", R\"x(raw \" )\" text)x\", \"c\\\"d\");");
  ASSERT_EQ(source.literals.size(), 3u);
  EXPECT_EQ(source.literals[0].value, "select a from b");
  EXPECT_EQ(source.literals[1].value, "raw \" )\" text");
  EXPECT_EQ(source.literals[2].value, "c\"d");
}

TEST(Text, functions_are_found_with_their_length) {
  auto const functions = functions_of(
      "namespace a {\nstruct S {\n  int x{};\n  void f() {\n    if (x) {\n    }\n  }\n};\n"
      "constexpr int table[] = {\n  1,\n};\nbool operator==(S, S) {\n  return true;\n}\n"
      "S::S(int v)\n    : x{v} {\n  go([] {\n  });\n}\n#define M(x) { \\\n  x }\nenum class E {\n a };\n}\n");
  ASSERT_EQ(functions.size(), 3u);
  EXPECT_EQ(functions[0].head, "void f()");
  EXPECT_EQ(functions[0].line, 4u);
  EXPECT_EQ(functions[0].lines, 4u);
  EXPECT_EQ(functions[1].lines, 3u);
  EXPECT_EQ(functions[2].head.substr(0, 11), "S::S(int v)");
  EXPECT_EQ(functions[2].line, 15u);
  EXPECT_EQ(functions[2].lines, 5u);
}

TEST(Layers, lower_layers_do_not_know_higher_ones) {
  EXPECT_EQ(findings("layers", "src/base/a.hpp", include("wire/json.hpp")), 1u);
  EXPECT_EQ(findings("layers", "src/wire/a.cpp", include("db/tx.hpp")), 1u);
  EXPECT_EQ(findings("layers", "src/db/a.cpp", include("api/route.hpp")), 1u);
  EXPECT_EQ(findings("layers", "src/api/a.cpp", include("people/people.hpp")), 1u);
  EXPECT_EQ(findings("layers", "src/jobs/a.cpp", include("audit/audit.hpp")), 1u);
  EXPECT_EQ(findings("layers", "src/http/a.cpp", include("db/tx.hpp")), 1u);
  EXPECT_EQ(
      findings("layers", "src/api/a.cpp", include("base/id.hpp") + include("wire/json.hpp") + include("db/tx.hpp")),
      0u);
}

TEST(Layers, capabilities_know_only_those_before_them) {
  EXPECT_EQ(findings("layers", "src/licenses/a.cpp", include("devices/devices.hpp")), 1u);
  EXPECT_EQ(findings("layers", "src/devices/a.cpp", include("licenses/licenses.hpp")), 0u);
  EXPECT_EQ(findings("layers", "src/keys/a.cpp", include("app/main.hpp")), 1u);
  EXPECT_EQ(findings("layers", "src/people/a.cpp", include("http/server.hpp")), 1u);
  EXPECT_EQ(findings("layers", "src/app/a.cpp", include("http/server.hpp") + include("compat/compat.hpp")), 0u);
  EXPECT_EQ(findings("layers", "src/misc/a.cpp", ""), 1u) << "a folder without a place in the order";
  EXPECT_EQ(findings("layers", "src/licenses/licenses_test.cpp", include("devices/devices.hpp")), 0u);
}

TEST(Layers, the_agent_stands_on_the_protocol_alone) {
  EXPECT_EQ(findings("layers", "protocol/jws.cpp", include("base/bytes.hpp")), 1u);
  EXPECT_EQ(findings("layers", "protocol/jws.cpp", include("protocol/json.hpp")), 0u);
  EXPECT_EQ(findings("layers", "sdk/agent.cpp", include("base/bytes.hpp")), 1u);
  EXPECT_EQ(findings("layers", "sdk/agent.cpp", include("protocol/jws.hpp") + include("sdk/agent.hpp")), 0u);
  EXPECT_EQ(findings("layers", "src/devices/a.cpp", include("protocol/jws.hpp") + include("sdk/agent.hpp")), 1u);
  EXPECT_EQ(findings("layers", "src/db/a.cpp", include("protocol/jws.hpp")), 1u);
}

TEST(Libraries, each_has_one_home) {
  EXPECT_EQ(findings("libraries", "src/api/a.cpp", library("boost/beast/core.hpp")), 1u);
  EXPECT_EQ(findings("libraries", "src/http/a.cpp", library("boost/asio.hpp")), 0u);
  EXPECT_EQ(findings("libraries", "src/people/people.hpp", library("boost/describe.hpp")), 1u);
  EXPECT_EQ(findings("libraries", "src/people/describe.hpp", library("boost/describe.hpp")), 0u);
  EXPECT_EQ(findings("libraries", "src/people/routes.cpp", library("boost/json.hpp")), 1u);
  EXPECT_EQ(findings("libraries", "src/app/a.cpp", library("sqlite3.h")), 1u);
  EXPECT_EQ(findings("libraries", "bench/load.cpp", library("boost/beast.hpp")), 0u);
}

TEST(Sql, stands_in_stores_only) {
  for (auto const* text :
       {"f(\"select a\"\n \" from b\");", "f(\"insert into a values (1)\");", "f(\"UPDATE a SET b = 1\");",
        "f(R\"(\n  delete from a)\");", "f(\"with x as (select 1) select * from x\");"}) {
    EXPECT_EQ(findings("sql", "src/people/people.cpp", text), 1u) << text;
    EXPECT_EQ(findings("sql", "src/people/store.cpp", text), 0u) << text;
    EXPECT_EQ(findings("sql", "src/people/store_links.cpp", text), 0u) << text;
    EXPECT_EQ(findings("sql", "src/db/migrate.cpp", text), 0u) << text;
  }
  for (auto const* text :
       {"f(\"Select a person from the list\");", "f(\"update failed\");", "// select a from b", "f(\"\");"}) {
    EXPECT_EQ(findings("sql", "src/people/people.cpp", text), 0u) << text;
  }
}

TEST(TimeAndChance, come_from_base) {
  for (auto const* text :
       {"auto t = std::chrono::system_clock::now();", "auto t = time(nullptr);", "return std::time(0);",
        "x = rand();", "RAND_bytes(p, 1);", "randombytes_buf(p, 1);", "std::random_device d;", "return time(0);",
        "clock_gettime(CLOCK_REALTIME, &t);", "std::chrono::steady_clock::now();"}) {
    EXPECT_EQ(findings("time and chance", "src/people/people.cpp", text), 1u) << text;
    EXPECT_EQ(findings("time and chance", "protocol/jws.cpp", text), 1u) << text;
    EXPECT_EQ(findings("time and chance", "src/base/time.cpp", text), 0u) << text;
    EXPECT_EQ(findings("time and chance", "src/people/people_test.cpp", text), 0u) << text;
  }
  for (auto const* text :
       {"x.time();", "settime(1);", "// rand()", "f(\"time(\");", "Instant time(Tx& tx);", "tx.random();"}) {
    EXPECT_EQ(findings("time and chance", "src/people/people.cpp", text), 0u) << text;
  }
  EXPECT_EQ(findings("time and chance", "src/http/a.cpp", "std::chrono::steady_clock::now();"), 0u);
}

TEST(TimeAndChance, the_agent_has_one_function_for_each) {
  std::string const once = "auto t = std::chrono::system_clock::now();";
  EXPECT_EQ(check("time and chance", {{"sdk/a.cpp", once}}).size(), 0u);
  EXPECT_EQ(check("time and chance", {{"sdk/a.cpp", once}, {"sdk/b.cpp", once}}).size(), 2u);
}

std::string function_of_lines(int lines) {
  std::string text = "void f() {\n";
  for (int i = 2; i < lines; ++i) text += "  g();\n";
  return text + "}\n";
}

TEST(Size, of_files_and_functions) {
  EXPECT_EQ(findings("size", "src/a/a.cpp", function_of_lines(80)), 0u);
  EXPECT_EQ(findings("size", "src/a/a.cpp", function_of_lines(81)), 1u);
  EXPECT_EQ(findings("size", "src/a/a.cpp", "namespace x {\nclass C {\n" + function_of_lines(81) + "};\n}\n"), 1u);
  std::string table = "constexpr int t[] = {\n";
  for (int i = 0; i < 90; ++i) table += "  1,\n";
  EXPECT_EQ(findings("size", "src/a/a.cpp", table + "};\n"), 0u);
  EXPECT_EQ(findings("size", "portal/src/a.tsx", std::string(800, '\n')), 0u);
  EXPECT_EQ(findings("size", "portal/src/a.tsx", std::string(801, '\n')), 1u);
  EXPECT_EQ(findings("size", "portal/src/generated/a.ts", std::string(801, '\n')), 0u);
}

TEST(Words, that_no_file_says) {
  EXPECT_EQ(findings("words", "a.md", std::string("x TO") + "DO: y"), 1u);
  EXPECT_EQ(findings("words", "a.cpp", std::string("// FIX") + "ME"), 1u);
  EXPECT_EQ(findings("words", "a.cpp", "// toDOs and a METODOLOGY"), 0u);
  EXPECT_EQ(
      findings("words", "package-lock.json", std::string("\"resolved\": \"https://registry") + ".npmjs.org/x\""), 1u);
  EXPECT_EQ(findings("words", "a.md", std::string("see /ho") + "me/jane/menkyo"), 1u);
  EXPECT_EQ(findings("words", "a.sh", std::string("cd /wo") + "rk/x"), 1u);
  EXPECT_EQ(findings("words", "a.md", "paper/work/x and ./home/x"), 0u);
}

TEST(Numbers, of_decisions_are_unique_and_indexed) {
  File const index{"docs/decisions/README.md", "[1](0001-a.md) [1](0001-b.md)"};
  EXPECT_EQ(check("decisions", {index, {"docs/decisions/0001-a.md", ""}}).size(), 0u);
  EXPECT_EQ(check("decisions", {index, {"docs/decisions/0001-a.md", ""}, {"docs/decisions/0001-b.md", ""}}).size(),
            1u);
  EXPECT_EQ(check("decisions", {index, {"docs/decisions/0002-c.md", ""}}).size(), 1u);
  EXPECT_EQ(check("decisions", {index, {"docs/decisions/name.md", ""}}).size(), 1u);
}

TEST(Numbers, of_migrations_have_no_gap) {
  EXPECT_EQ(check("migrations", {{"migrations/0001_a.sql", ""}, {"migrations/0002_b.sql", ""}}).size(), 0u);
  EXPECT_EQ(
      check("migrations", {{"migrations/0001_a.sqlite.sql", ""}, {"migrations/0001_a.postgres.sql", ""}}).size(), 0u);
  EXPECT_EQ(check("migrations", {{"migrations/0001_a.sql", ""}, {"migrations/0003_b.sql", ""}}).size(), 1u);
  EXPECT_EQ(check("migrations", {{"migrations/0001_a.sql", ""}, {"migrations/0001_b.sql", ""}}).size(), 1u);
  EXPECT_EQ(check("migrations", {{"migrations/first.sql", ""}}).size(), 1u);
}

TEST(Generated, files_are_marked) {
  File const attributes{".gitattributes",
                        "api/openapi.json linguist-generated\nx/generated/a.ts linguist-generated\n"};
  EXPECT_EQ(check("generated", {attributes, {"api/openapi.json", "{}"}}).size(), 0u);
  EXPECT_EQ(check("generated", {{"api/openapi.json", "{}"}}).size(), 1u);
  EXPECT_EQ(check("generated", {attributes, {"x/generated/a.ts", "// Generated by menkyo gen\n"}}).size(), 0u);
  EXPECT_EQ(check("generated", {attributes, {"x/generated/a.ts", "export {}\n"}}).size(), 1u);
}

TEST(Links, lead_somewhere) {
  File const target{"docs/b.md", ""};
  EXPECT_EQ(check("links",
                  {{"docs/a.md", "[b](b.md) [b](../docs/b.md#part) [w](https://example.com/) [d](../docs)"}, target})
                .size(),
            0u);
  EXPECT_EQ(check("links", {{"docs/a.md", "[c](c.md)"}, target}).size(), 1u);
}

}  // namespace
}  // namespace menkyo::tidy
