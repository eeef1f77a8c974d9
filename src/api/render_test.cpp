#include "api/render.hpp"

#include <gtest/gtest.h>

namespace menkyo::api {
namespace {

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(Render, WritesProblemDetails) {
  Problem problem(problems::invalid, "Two \"fields\"",
                  {{"/name", "too_long", "at most 80"}, {"/tags/0", "empty", ""}});
  problem.retry_after_s = 7;
  auto const response = render(problem, "req_1");
  EXPECT_EQ(response.status, 422);
  Headers const headers = {{"content-type", "application/problem+json"}, {"retry-after", "7"}};
  EXPECT_EQ(response.headers, headers);
  EXPECT_EQ(response.body,
            R"({"type":"urn:menkyo:problem:invalid","title":"Some fields are not valid","status":422,)"
            R"("code":"invalid","detail":"Two \"fields\"","fields":[{"path":"/name","code":"too_long",)"
            R"("detail":"at most 80"},{"path":"/tags/0","code":"empty"}],"request_id":"req_1"})");
}

TEST(Render, LeavesOutWhatIsEmpty) {
  EXPECT_EQ(render(Problem(problems::not_found), {}).body,
            R"({"type":"urn:menkyo:problem:not_found","title":"There is no such thing, or you may not see it",)"
            R"("status":404,"code":"not_found"})");
}

TEST(Render, EscapesToValidUtf8) {
  EXPECT_EQ(json_string("a\"\\\n\r\t\x01\x1f/"), R"("a\"\\\n\r\t\u0001\u001f/")");
  EXPECT_EQ(json_string("\u514d\u8a31 \U0001F600 \u00e9"), "\"\u514d\u8a31 \U0001F600 \u00e9\"");
  EXPECT_EQ(json_string("\x7f"), "\"\x7f\"");
  std::string const bad = "\xEF\xBF\xBD";
  EXPECT_EQ(json_string("\x80"), '"' + bad + '"');
  EXPECT_EQ(json_string("\xC0\xAF"), '"' + bad + bad + '"') << "overlong";
  EXPECT_EQ(json_string("\xE0\x80\xAF"), '"' + bad + bad + bad + '"') << "overlong";
  EXPECT_EQ(json_string("\xED\xA0\x80"), '"' + bad + bad + bad + '"') << "a surrogate";
  EXPECT_EQ(json_string("\xF4\x90\x80\x80"), '"' + bad + bad + bad + bad + '"') << "beyond U+10FFFF";
  EXPECT_EQ(json_string("a\xE5\x85"), "\"a" + bad + bad + '"') << "cut off";
}

TEST(Message, FindsHeadersByName) {
  Request request;
  request.headers = {{"host", "x"}, {"cookie", "a=b"}};
  EXPECT_EQ(request.header("cookie"), "a=b");
  EXPECT_EQ(request.header("origin"), "");
  EXPECT_EQ(to_text(Method::del), "DELETE");
}

}  // namespace
}  // namespace menkyo::api
