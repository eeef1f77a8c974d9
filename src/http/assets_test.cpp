// The embedded table is made from src/http/fixture, the way the portal's is made from portal/dist.
#include "http/assets.hpp"

#include <gmock/gmock.h>

#include "base/problem.hpp"
#include "http/test_client.hpp"

namespace menkyo::http {

std::span<const Asset> fixture_assets();

namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;

constexpr std::string_view script = "document.title = \"Menkyo, Menkyo, Menkyo\";\n";
constexpr auto page_accept = "text/html,application/xhtml+xml";

api::Request get(std::string path, api::Headers headers = {}) {
  api::Request request;
  request.path = std::move(path);
  request.headers = std::move(headers);
  return request;
}

std::string header(api::Response const& response, std::string_view name) {
  for (auto const& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

std::string problem_of(api::Request const& request, std::span<const Asset> assets = fixture_assets()) {
  try {
    (void)serve_asset(request, assets);
  } catch (Problem const& problem) {
    return std::string(problem.kind().code);
  }
  return {};
}

TEST(Assets, EmbedTheBytesOfAFolder) {
  EXPECT_THAT(fixture_assets(),
              ElementsAre(Field(&Asset::path, "/assets/app-1a2b.js"), Field(&Asset::path, "/empty.txt"),
                          Field(&Asset::path, "/icon.png"), Field(&Asset::path, "/index.html")))
      << "compressed copies and source maps have no address";
  auto const* found = find_asset("/assets/app-1a2b.js", fixture_assets());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->identity, script);
  EXPECT_EQ(found->content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(found->hash.size(), 32u);
  EXPECT_FALSE(found->brotli.empty());
  auto const* icon = find_asset("/icon.png", fixture_assets());
  ASSERT_TRUE(icon);
  EXPECT_EQ(icon->identity, std::string_view("\x89PNG\r\n\x1a\n\0\xff\"\\", 12));
  EXPECT_EQ(icon->content_type, "image/png");
  EXPECT_TRUE(icon->brotli.empty());
  EXPECT_EQ(find_asset("/empty.txt", fixture_assets())->identity, "");
  EXPECT_FALSE(find_asset("/assets", fixture_assets()));
}

TEST(Assets, AreCachedForeverOnlyIfTheirNameIsHashed) {
  auto const file = serve_asset(get("/assets/app-1a2b.js"), fixture_assets());
  EXPECT_EQ(header(file, "cache-control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(file.body, script);
  EXPECT_EQ(header(file, "content-encoding"), "");
  auto const page = serve_asset(get("/"), fixture_assets());
  EXPECT_EQ(header(page, "cache-control"), "no-cache");
  EXPECT_EQ(header(page, "content-type"), "text/html; charset=utf-8");
  EXPECT_THAT(page.body, HasSubstr("<title>Menkyo</title>"));
}

TEST(Assets, AreCompressedForThoseWhoTakeIt) {
  auto const* asset = find_asset("/assets/app-1a2b.js", fixture_assets());
  for (auto const* accept : {"br", "gzip, br", "gzip;q=1.0 , br;q=0.1", "br; q=1"}) {
    auto const response = serve_asset(get("/assets/app-1a2b.js", {{"accept-encoding", accept}}), fixture_assets());
    EXPECT_EQ(header(response, "content-encoding"), "br") << accept;
    EXPECT_EQ(response.body, asset->brotli);
    EXPECT_EQ(header(response, "vary"), "accept-encoding");
  }
  for (auto const* accept : {"", "gzip", "br;q=0", "br;q=0.000", "brx", "*;q=0"}) {
    auto const response = serve_asset(get("/assets/app-1a2b.js", {{"accept-encoding", accept}}), fixture_assets());
    EXPECT_EQ(header(response, "content-encoding"), "") << accept;
    EXPECT_EQ(response.body, script);
  }
}

TEST(Assets, AreNotSentAgainToThoseWhoHaveThem) {
  auto const first = serve_asset(get("/icon.png"), fixture_assets());
  auto const etag = header(first, "etag");
  for (auto const& known : {etag, "\"x\", " + etag, "W/" + etag, std::string("*")}) {
    auto const again = serve_asset(get("/icon.png", {{"if-none-match", known}}), fixture_assets());
    EXPECT_EQ(again.status, 304) << known;
    EXPECT_EQ(again.body, "");
    EXPECT_EQ(header(again, "etag"), etag);
  }
  EXPECT_EQ(serve_asset(get("/icon.png", {{"if-none-match", "\"x\""}}), fixture_assets()).status, 200);
  auto const plain = serve_asset(get("/"), fixture_assets());
  auto const brotli = serve_asset(get("/", {{"accept-encoding", "br"}}), fixture_assets());
  EXPECT_NE(header(plain, "etag"), header(brotli, "etag")) << "other bytes, other tag";
}

TEST(Assets, PagesOfThePortalAreTheIndex) {
  for (auto const* path : {"/licenses", "/licenses/va_1/overview", "/apiary", "/devices/1", "/deep/"}) {
    auto const response = serve_asset(get(path, {{"accept", page_accept}}), fixture_assets());
    EXPECT_EQ(header(response, "content-type"), "text/html; charset=utf-8") << path;
    EXPECT_EQ(problem_of(get(path, {{"accept", "application/json"}})), "not_found") << path;
  }
  for (auto const* path : {"/api", "/api/v1/nothing", "/device", "/device/v1/messages", "/assets/gone-1.js", "/x.png",
                           "/../etc/passwd.txt", "/index.html.br"}) {
    EXPECT_EQ(problem_of(get(path, {{"accept", page_accept}})), "not_found") << path;
  }
  auto post = get("/");
  post.method = api::Method::post;
  EXPECT_EQ(problem_of(post), "method_not_allowed");
}

TEST(Assets, WithoutAPortalThePlainPageSaysSo) {
  auto const response = serve_asset(get("/"), {});
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("The portal is not part of this build"));
  EXPECT_EQ(problem_of(get("/assets/app.js"), {}), "not_found");
}

TEST(Assets, GoOverTheWireWithTheirPolicy) {
  test::TestServer server(test::quick_config(), [](api::Request const& request, api::Reply const& reply) {
    reply(serve_asset(request, fixture_assets()));
  });
  auto client = server.connect();
  client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET /assets/app-1a2b.js HTTP/1.1\r\nHost: x\r\n\r\n");
  auto const page = client.answer(true);
  EXPECT_THAT(page,
              HasSubstr("\r\ncontent-security-policy: default-src 'self'; script-src 'self'; style-src 'self';"));
  EXPECT_THAT(page, HasSubstr("\r\ncontent-length: 94\r\n"));
  auto const file = client.answer();
  EXPECT_THAT(file, ::testing::EndsWith(std::string(script)));
  EXPECT_THAT(file, ::testing::Not(HasSubstr("no-store")));
  // Another policy would go onto the page that the browser kept, and leave it without its scripts.
  client.send("GET / HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\n\r\n");
  auto const kept = client.answer(true);
  EXPECT_THAT(kept, ::testing::StartsWith("HTTP/1.1 304 "));
  EXPECT_THAT(kept, ::testing::Not(HasSubstr("content-security-policy")));
}

}  // namespace
}  // namespace menkyo::http
