#include "protocol/json.hpp"

#include <gtest/gtest.h>

#include "protocol/error.hpp"

namespace menkyo::protocol::json {
namespace {

std::string refusal(std::string_view text, Limits const& limits = {}) {
  try {
    parse(text, limits);
  } catch (Error const& e) {
    return e.what();
  }
  return "accepted";
}

TEST(Json, ReadsEveryKind) {
  auto const v = parse(R"( {"a":null,"b":[true,false],"c":-7,"d":2.50,"e":"x\u00e9\ud83d\ude00\n\/","f":{}} )");
  EXPECT_TRUE(v.at("a").is_null());
  EXPECT_TRUE(v.at("b").items()[0].as_bool());
  EXPECT_FALSE(v.at("b").items()[1].as_bool());
  EXPECT_EQ(v.at("c").as_int(), -7);
  EXPECT_EQ(v.at("d").as_double(), 2.5);
  EXPECT_EQ(v.at("d").number_text(), "2.50");
  EXPECT_EQ(v.at("e").as_string(), "x\u00e9\U0001F600\n/");
  EXPECT_TRUE(v.at("f").members().empty());
  EXPECT_EQ(v.find("g"), nullptr);
}

TEST(Json, IntegersAreExactAndDoublesAreNotIntegers) {
  EXPECT_EQ(parse("9223372036854775807").as_int(), INT64_MAX);
  EXPECT_EQ(parse("-9223372036854775808").as_int(), INT64_MIN);
  for (auto const* text : {"9223372036854775808", "1.0", "1e3", "-0.0"}) {
    auto const v = parse(text);
    EXPECT_THROW(v.as_int(), Error) << text;
    EXPECT_EQ(v.number_text(), text);
    EXPECT_NO_THROW(v.as_double());
  }
}

TEST(Json, AccessorsRefuseOtherKinds) {
  auto const v = parse(R"({"s":"1"})");
  EXPECT_THROW(v.at("s").as_int(), Error);
  EXPECT_THROW(v.at("s").as_bool(), Error);
  EXPECT_THROW(v.at("s").items(), Error);
  EXPECT_THROW(v.at("s").find("x"), Error);
  EXPECT_THROW(v.at("t"), Error);
  EXPECT_THROW(v.as_string(), Error);
}

TEST(Json, RefusalsNameTheByte) {
  EXPECT_EQ(refusal(R"({"a":1,"a":2})"), "json_invalid: repeated member name at byte 10");
  EXPECT_EQ(refusal(R"({"a":1,"\u0061":2})"), "json_invalid: repeated member name at byte 15");
  EXPECT_EQ(refusal("[1] x"), "json_invalid: unexpected bytes after the value at byte 4");
  EXPECT_EQ(refusal("\"\xff\""), "json_invalid: invalid UTF-8 at byte 1");
  EXPECT_EQ(refusal(R"("\ud800")"), "json_invalid: lone surrogate at byte 7");
  EXPECT_EQ(refusal("1e999"), "json_invalid: number out of range at byte 5");
}

TEST(Json, RepeatedNamesAreFoundInLargeObjects) {
  std::string text = "{";
  for (int i = 0; i < 500; ++i) text += "\"k" + std::to_string(i) + "\":0,";
  EXPECT_EQ(parse(text + "\"last\":1}").members().size(), 501u);
  EXPECT_NE(refusal(text + "\"k3\":1}"), "accepted");
  EXPECT_NE(refusal(text + "\"k499\":1}"), "accepted");
}

TEST(Json, LimitsHold) {
  std::string const deep(32, '[');
  EXPECT_EQ(refusal(deep + std::string(32, ']')), "accepted");
  EXPECT_EQ(refusal("[" + deep + std::string(33, ']')).substr(0, 14), "limit_exceeded");
  EXPECT_EQ(refusal("\"1234\"", {.max_bytes = 5}).substr(0, 14), "limit_exceeded");
  EXPECT_EQ(refusal("[1,2,3]", {.max_values = 3}).substr(0, 14), "limit_exceeded");
  EXPECT_EQ(refusal("[1,2,3]", {.max_values = 4}), "accepted");
}

TEST(Json, SourceRangesCutOutExactlyTheValue) {
  std::string const text = R"({"r":[ {"x" : 1} , "é" ]})";
  auto const v = parse(text);
  auto const cut = [&](Value const& x) { return text.substr(x.source_begin(), x.source_end() - x.source_begin()); };
  EXPECT_EQ(cut(v.at("r").items()[0]), R"({"x" : 1})");
  EXPECT_EQ(cut(v.at("r").items()[1]), "\"é\"");
  EXPECT_EQ(cut(v), text);
}

TEST(Json, WriterEscapesAndSeparates) {
  std::string out = ">";
  Writer w(out);
  w.begin_object()
      .member("t", "a\"b\\c\n\x01é")
      .member("i", INT64_MIN)
      .member("b", true)
      .member("s", std::string("x"));
  w.key("l")
      .begin_array()
      .integer(1)
      .null()
      .real(0.5)
      .begin_object()
      .end_object()
      .raw("[2]")
      .end_array()
      .end_object();
  EXPECT_EQ(out,
            ">{\"t\":\"a\\\"b\\\\c\\n\\u0001é\",\"i\":-9223372036854775808,\"b\":true,\"s\":\"x\","
            "\"l\":[1,null,0.5,{},[2]]}");
  EXPECT_THROW(Writer(out).real(1e308 * 10), Error);
}

TEST(Json, TextComesBackTheSame) {
  std::string const text = R"({"z":[1,-2,3.50,"\"\\\u0007é",{"a":null}],"a":{"b":[]},"t":true,"f":false})";
  EXPECT_EQ(to_text(parse(text)), text);
}

TEST(Json, TextCheck) {
  EXPECT_TRUE(is_text("é\U0010FFFF"));
  EXPECT_TRUE(is_text(""));
  EXPECT_FALSE(is_text(std::string_view("a\0b", 3)));
  EXPECT_FALSE(is_text("\xc0\x80"));
  EXPECT_FALSE(is_text("\xed\xa0\x80"));
  EXPECT_FALSE(is_text("\xf4\x90\x80\x80"));
  EXPECT_FALSE(is_text("\xe3\x81"));
}

}  // namespace
}  // namespace menkyo::protocol::json
