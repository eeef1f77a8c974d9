#include <gmock/gmock.h>

#include "api/route.hpp"

namespace menkyo::api {
namespace {

using ::testing::ElementsAre;

struct Change {
  VirtualAccountId virtual_account_id;
  std::optional<int64_t> if_match;
  std::optional<wire::Text<1, 20>> name;
};
BOOST_DESCRIBE_STRUCT(Change, (), (virtual_account_id, if_match, name))

VirtualAccountId number(uint8_t last) {
  VirtualAccountId id;
  id.bytes.back() = last;
  return id;
}

Change read(Request request) {
  Change in;
  auto const id = number(1).text();
  read_request(request, {{"virtual_account_id", id}}, in);
  return in;
}

// The pointers of what was refused, each with its code.
std::vector<std::string> refused(Request request) {
  try {
    read(std::move(request));
  } catch (Problem const& problem) {
    std::vector<std::string> out{std::string(problem.kind().code)};
    for (auto const& field : problem.fields()) out.push_back(field.path + " " + field.code);
    return out;
  }
  return {};
}

Request get(std::string query) {
  return {.method = Method::get, .path = "/", .query = std::move(query)};
}

Request patch(std::string query, std::string body) {
  return {.method = Method::patch,
          .path = "/",
          .query = std::move(query),
          .headers = {{"content-type", "application/json"}, {"if-match", "\"3\""}},
          .body = std::move(body)};
}

TEST(ReadRequest, TakesEachMemberFromItsPlace) {
  auto const in = read(patch("", R"({"name":"Tokyo"})"));
  EXPECT_EQ(in.virtual_account_id, number(1));
  EXPECT_EQ(in.if_match, 3);
  EXPECT_EQ(in.name, "Tokyo");
  EXPECT_EQ(read(get("name=Tokyo")).name, "Tokyo");
}

// Or the address would not say what a request is about, to proxies and to whoever reads it.
TEST(ReadRequest, TakesWhatThePathSaysFromThePathAlone) {
  EXPECT_THAT(refused(get("virtual_account_id=" + number(2).text())),
              ElementsAre("invalid", "/virtual_account_id unknown_field"));
  EXPECT_THAT(refused(patch("virtual_account_id=" + number(2).text(), "{}")),
              ElementsAre("invalid", "/virtual_account_id unknown_field"));
  EXPECT_THAT(refused(patch("", R"({"virtual_account_id":")" + number(2).text() + R"("})")),
              ElementsAre("invalid", "/virtual_account_id unknown_field"));
}

TEST(ReadRequest, TakesIfMatchFromItsHeaderAlone) {
  EXPECT_THAT(refused(get("if_match=3")), ElementsAre("invalid", "/if_match unknown_field"));
  EXPECT_THAT(refused(patch("", R"({"if_match":4})")), ElementsAre("invalid", "/if_match unknown_field"));
  auto bare = patch("", R"({"if_match":4})");
  bare.headers.pop_back();
  EXPECT_THAT(refused(bare), ElementsAre("invalid", "/if_match unknown_field"));
}

TEST(ReadRequest, TakesABodysMembersFromTheBodyAlone) {
  EXPECT_THAT(refused(patch("name=Osaka", "{}")), ElementsAre("invalid", "/name unknown_field"));
  EXPECT_THAT(refused(patch("name=Osaka", R"({"name":"Tokyo"})")), ElementsAre("invalid", "/name unknown_field"));
}

// RFC 6901 section 3.
TEST(ReadRequest, PointsAtUnknownMembersWhateverTheirNames) {
  EXPECT_THAT(refused(patch("", R"({"a/b~c":1})")), ElementsAre("invalid", "/a~1b~0c unknown_field"));
  EXPECT_THAT(refused(get("a/b~c=1")), ElementsAre("invalid", "/a~1b~0c unknown_field"));
}

TEST(ReadRequest, RefusesWhatIsNoObjectAndBodiesWhereThereAreNone) {
  EXPECT_THAT(refused(patch("", "[]")), ElementsAre("malformed"));
  auto with_body = get("");
  with_body.body = "{}";
  EXPECT_THAT(refused(with_body), ElementsAre("malformed"));
}

// An operation that takes nothing, called as the dispatcher does.
wire::Empty do_nothing(db::ReadTx&, Caller const&) {
  return {};
}

std::vector<std::string> refused_by_nothing(Request const& request) {
  try {
    read_no_input(request);
  } catch (Problem const& problem) {
    std::vector<std::string> out{std::string(problem.kind().code)};
    for (auto const& field : problem.fields()) out.push_back(field.path + " " + field.code);
    return out;
  }
  return {};
}

TEST(ReadRequest, NothingIsTakenByWhatTakesNothing) {
  auto const post = [](std::string body) {
    Request request{.method = Method::post, .path = "/"};
    request.headers = {{"content-type", "application/json"}};
    request.body = std::move(body);
    return request;
  };
  EXPECT_THAT(refused_by_nothing(post("")), ElementsAre());
  EXPECT_THAT(refused_by_nothing(post("{}")), ElementsAre());
  EXPECT_THAT(refused_by_nothing(post(R"({"a/b":1,"second":[2]})")),
              ElementsAre("invalid", "/a~1b unknown_field", "/second unknown_field"));
  EXPECT_THAT(refused_by_nothing(get("a=1")), ElementsAre("invalid", "/a unknown_field"));
  // What is no object is the caller's fault, not a failure of the server.
  EXPECT_THAT(refused_by_nothing(post("[]")), ElementsAre("malformed"));
  EXPECT_THAT(refused_by_nothing(post("7")), ElementsAre("malformed"));
  auto const row = route<&do_nothing>(Method::post, "/", "do_nothing", "Does nothing");
  EXPECT_NO_THROW(row.decode(post("[]"), {}, Services{}));
}

}  // namespace
}  // namespace menkyo::api
