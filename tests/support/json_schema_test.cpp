#include "tests/support/json_schema.hpp"

#include <gtest/gtest.h>

namespace menkyo::test {
namespace {

using protocol::json::parse;

bool fits(std::string const& schema, std::string const& value) {
  wire::Schemas schemas;
  schemas.by_name["Pair"] =
      R"({"type":"object","properties":{"a":{"type":"integer","minimum":1},"b":{"type":"string"}},"required":["a"],"additionalProperties":false})";
  return check_schema(parse(schema), schemas, parse(value)).empty();
}

TEST(JsonSchema, tells_types_apart) {
  EXPECT_TRUE(fits(R"({"type":"integer"})", "1"));
  EXPECT_FALSE(fits(R"({"type":"integer"})", "1.5"));
  EXPECT_FALSE(fits(R"({"type":"integer"})", R"("1")"));
  EXPECT_TRUE(fits(R"({"type":["string","integer"]})", "1"));
  EXPECT_FALSE(fits(R"({"type":["string","integer"]})", "true"));
}

TEST(JsonSchema, holds_limits) {
  EXPECT_FALSE(fits(R"({"type":"integer","maximum":3})", "4"));
  EXPECT_FALSE(fits(R"({"type":"string","minLength":1})", R"("")"));
  EXPECT_TRUE(fits(R"({"type":"string","maxLength":2})", R"("東京")"));
  EXPECT_FALSE(fits(R"({"type":"string","maxLength":2})", R"("東京都")"));
  EXPECT_FALSE(fits(R"({"type":"string","pattern":"^va_"})", R"("sa_1")"));
  EXPECT_FALSE(fits(R"({"type":"string","format":"date-time"})", R"("yesterday")"));
  EXPECT_FALSE(fits(R"({"type":"string","enum":["a","b"]})", R"("c")"));
}

TEST(JsonSchema, looks_into_objects_and_lists) {
  EXPECT_TRUE(fits(R"({"$ref":"#/components/schemas/Pair"})", R"({"a":1,"b":"x"})"));
  EXPECT_FALSE(fits(R"({"$ref":"#/components/schemas/Pair"})", R"({"b":"x"})"));
  EXPECT_FALSE(fits(R"({"$ref":"#/components/schemas/Pair"})", R"({"a":0})"));
  EXPECT_FALSE(fits(R"({"$ref":"#/components/schemas/Pair"})", R"({"a":1,"c":1})"));
  EXPECT_FALSE(fits(R"({"type":"array","items":{"$ref":"#/components/schemas/Pair"}})", R"([{"a":1},{}])"));
  EXPECT_FALSE(fits(R"({"type":"object","additionalProperties":{"type":"string"}})", R"({"x":1})"));
}

TEST(JsonSchema, refuses_what_it_does_not_know) {
  EXPECT_FALSE(fits(R"({"oneOf":[]})", "1"));
  EXPECT_FALSE(fits(R"({"type":"string","format":"uuid"})", R"("x")"));
  EXPECT_FALSE(fits(R"({"$ref":"#/components/schemas/Missing"})", "1"));
}

}  // namespace
}  // namespace menkyo::test
