// Every bound and every malformed shape, each over a real socket, each with the problem that it is answered by.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "http/test_client.hpp"

namespace menkyo::http::test {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

ServerConfig small_config() {
  auto config = quick_config();
  config.limits.max_url_bytes = 200;
  config.limits.max_header_bytes = 1000;
  config.limits.max_header_fields = 10;
  config.limits.max_body_bytes = 100;
  config.limits.body_limit = [](std::string_view path) { return path == "/upload" ? size_t{200'000} : size_t{100}; };
  return config;
}

// For the tests that wait for them; the others are not to fail on a busy machine.
ServerConfig impatient_config() {
  auto config = small_config();
  config.limits.header_timeout = Milliseconds(150);
  config.limits.body_timeout = Milliseconds(300);
  config.limits.idle_timeout = Milliseconds(300);
  config.limits.handler_timeout = Milliseconds(200);
  return config;
}

void expect_problem(std::string const& answer, int status, std::string const& code) {
  EXPECT_EQ(status_of(answer), status) << answer;
  EXPECT_THAT(answer, HasSubstr("\r\ncontent-type: application/problem+json\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nconnection: close\r\n"));
  EXPECT_THAT(answer, HasSubstr("\"code\":\"" + code + "\""));
  EXPECT_THAT(answer, HasSubstr("\"request_id\":\"req_"));
}

std::string get(std::string const& target, std::string const& fields = {}) {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
}
std::string const closing = "Connection: close\r\n";

TEST(Limits, Url) {
  TestServer server(small_config());
  EXPECT_EQ(status_of(server.exchange(get("/" + std::string(199, 'a'), closing))), 200);
  expect_problem(server.exchange(get("/" + std::string(200, 'a'))), 414, "uri_too_long");
  // Without waiting for the end of the line.
  expect_problem(server.exchange("GET /" + std::string(300, 'a')), 414, "uri_too_long");
}

TEST(Limits, HeaderBytesAndFields) {
  TestServer server(small_config());
  auto const head = get("/", closing + "X: ");
  auto const padding = std::string(1000 - head.size() - 2, 'a');
  EXPECT_EQ(status_of(server.exchange(get("/", closing + "X: " + padding + "\r\n"))), 200);
  expect_problem(server.exchange(get("/", closing + "X: a" + padding + "\r\n")), 431, "headers_too_large");
  expect_problem(server.exchange("GET / HTTP/1.1\r\nX: " + std::string(2000, 'a')), 431, "headers_too_large");
  std::string fields;
  for (int i = 0; i < 8; ++i) fields += "a" + std::to_string(i) + ": b\r\n";
  EXPECT_EQ(status_of(server.exchange(get("/", closing + fields))), 200);
  expect_problem(server.exchange(get("/", closing + fields + "c: d\r\n")), 431, "headers_too_large");
}

TEST(Limits, BodyByLengthAndByPath) {
  TestServer server(small_config());
  auto const post = [](std::string const& path, size_t size) {
    return "POST " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + std::to_string(size) +
           "\r\n\r\n" + std::string(size, 'b');
  };
  EXPECT_EQ(status_of(server.exchange(post("/", 100))), 200);
  expect_problem(server.exchange(post("/", 101)), 413, "too_large");
  auto const large = server.exchange(post("/upload", 200'000));
  EXPECT_EQ(status_of(large), 200);
  EXPECT_THAT(large, EndsWith("[" + std::string(200'000, 'b') + "]"));
  // The refusal arrives although its reader is still sending.
  expect_problem(server.exchange(post("/upload", 200'001)), 413, "too_large");
  auto const absurd = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n";
  expect_problem(server.exchange(absurd), 400, "malformed");
}

TEST(Limits, ChunkedBody) {
  TestServer server(small_config());
  std::string const head = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_THAT(server.exchange(head + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n"), EndsWith("[abcde]"));
  EXPECT_EQ(status_of(server.exchange(head + "64\r\n" + std::string(100, 'c') + "\r\n0\r\n\r\n")), 200);
  expect_problem(server.exchange(head + "65\r\n"), 413, "too_large");
  expect_problem(server.exchange(head + "64\r\n" + std::string(100, 'c') + "\r\n1\r\nd\r\n0\r\n\r\n"), 413,
                 "too_large");
  expect_problem(server.exchange(head + "ffffffffffffffff\r\n"), 413, "too_large");
  expect_problem(server.exchange(head + "fffffffffffffffff\r\n"), 400, "malformed");
  expect_problem(server.exchange(head + "zz\r\n"), 400, "malformed");
  expect_problem(server.exchange(head + "3\r\nabcd\r\n0\r\n\r\n"), 400, "malformed");
  expect_problem(server.exchange(head + "1;" + std::string(3000, 'e')), 431, "headers_too_large");
}

TEST(Limits, UnknownMethods) {
  TestServer server(small_config());
  for (auto const* method : {"BREW", "OPTIONS", "TRACE", "CONNECT", "get"}) {
    auto const answer = server.exchange(std::string(method) + " / HTTP/1.1\r\nHost: x\r\n\r\n");
    expect_problem(answer, 405, "method_not_allowed");
    EXPECT_THAT(answer, HasSubstr("\r\nallow: GET, HEAD, POST, PUT, PATCH, DELETE\r\n"));
  }
}

// Shapes that two parsers might read differently (RFC 9112 sections 5, 6.1, 6.3 and 11.2), and plain nonsense.
TEST(Limits, MalformedAndSmuggled) {
  std::atomic<int> handled{0};
  TestServer server(small_config(), [&](api::Request const& request, api::Reply const& reply) {
    ++handled;
    echo(request, reply);
  });
  std::string const post = "POST / HTTP/1.1\r\nHost: x\r\n";
  for (std::string const& request : std::vector<std::string>{
           post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
           post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
           post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
           post + "Content-Length: 3, 3\r\n\r\nabc",
           post + "Content-Length: +3\r\n\r\nabc",
           post + "Content-Length: -3\r\n\r\nabc",
           post + "Content-Length: 0x3\r\n\r\nabc",
           post + "Content-Length: \r\n\r\nabc",
           post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding:\x0b"
                  "chunked\r\n\r\n0\r\n\r\n",
           "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           get("/", "A: b\r\n c\r\n"),
           get("/", "A: b\r\n\tc\r\n"),
           "GET / HTTP/1.1\r\n Host: x\r\n\r\n",
           get("/", "A b: c\r\n"),
           get("/", "A: b\x01\r\n"),
           get("/", std::string("A: b\0c\r\n", 8)),
           get("/", "A: b\x7f\r\n"),
           get("/", "A: b\rc\r\n"),
           get("/", ": b\r\n"),
           get("/", "A\r\n"),
           get("/", "Host: y\r\n"),
           get("/", "Authorization: a\r\nAuthorization: b\r\n"),
           get("/", "Expect: a\r\nExpect: b\r\n"),
           "GET / HTTP/1.1\nHost: x\n\n",
           "GET / HTTP/1.1\r\nHost: x\n\r\n",
           "GET / HTTP/1.1\r\nA: b\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",
           "GET / HTTP/1.2\r\nHost: x\r\n\r\n",
           "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
           "GET / http/1.1\r\nHost: x\r\n\r\n",
           "GET /\r\n\r\n",
           "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET / HTTP/1.1 \r\nHost: x\r\n\r\n",
           "GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n",
           get("a"),
           get("*"),
           get("/a#b"),
           get("/a\\b"),
           get("/a\x80"),
           get("/a\x01"),
           get("ftp://x/"),
           get("http:///a"),
           "\x16\x03\x01\x02\x01 a TLS client hello",
           "{}",
           "\n",
       }) {
    SCOPED_TRACE(request);
    expect_problem(server.exchange(request), 400, "malformed");
  }
  EXPECT_EQ(handled, 0);
}

TEST(Limits, AbsoluteFormAndRepeatedFields) {
  TestServer server(small_config(), [](api::Request const& request, api::Reply const& reply) {
    api::Response response;
    response.body = request.path + "?" + request.query + " " + std::string(request.header("a")) + " " +
                    std::string(request.header("cookie"));
    reply(std::move(response));
  });
  EXPECT_THAT(server.exchange(get("HTTP://x/a?b?c", closing + "A: 1\r\nCookie: a=b\r\na: 2\r\ncookie: c=d\r\n")),
              EndsWith("/a?b?c 1, 2 a=b; c=d"));
  EXPECT_THAT(server.exchange(get("http://x", closing)), EndsWith("/?  "));
  EXPECT_THAT(server.exchange(get("http://x?q", closing)), EndsWith("/?q  "));
  EXPECT_THAT(server.exchange("\r\n" + get("/", closing)), EndsWith("/?  "));
}

TEST(Limits, Expect100Continue) {
  TestServer server(small_config());
  auto client = server.connect();
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n");
  EXPECT_EQ(client.answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("abc");
  EXPECT_THAT(client.answer(), EndsWith("[abc]"));
  // The body is already there: no need to ask for it.
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc");
  EXPECT_THAT(client.answer(), EndsWith("[abc]"));
  // A body that would not be taken is not asked for.
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 300\r\nExpect: 100-continue\r\n\r\n");
  expect_problem(client.rest().value_or(""), 413, "too_large");
}

TEST(Limits, SlowHead) {
  TestServer server(impatient_config());
  auto client = server.connect();
  auto const start = steady_clock::now();
  // A byte now and then does not buy more time.
  for (char c : std::string("GET / HTTP/1.1\r\nHost: x\r\n")) {
    std::this_thread::sleep_for(Milliseconds(15));
    if (!client.send(std::string(1, c))) break;
  }
  expect_problem(client.rest().value_or(""), 408, "timed_out");
  EXPECT_LT(steady_clock::now() - start, Milliseconds(1500));
  EXPECT_EQ(server.server.stats().timeouts, 1u);
}

TEST(Limits, SlowAndTruncatedBody) {
  TestServer server(impatient_config());
  auto client = server.connect();
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  expect_problem(client.rest().value_or(""), 408, "timed_out");
  auto cut = server.connect();
  cut.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  cut.end_sending();
  EXPECT_EQ(cut.rest(), "") << "a truncated request is neither handled nor answered";
}

TEST(Limits, PeersThatDoNotRead) {
  size_t size = 8 * 1024 * 1024;
  auto const large = [&](api::Request const&, api::Reply const& reply) {
    api::Response response;
    response.body.assign(size, 'b');
    reply(std::move(response));
  };
  TestServer patient(small_config(), large);
  auto const answer = patient.exchange(get("/", closing));
  EXPECT_THAT(answer.substr(0, 500), HasSubstr("\r\ncontent-length: 8388608\r\n"));
  EXPECT_TRUE(answer.ends_with("\r\n\r\n" + std::string(size, 'b')));
  size = 32 * 1024 * 1024;  // more than the kernel takes for a peer that does not read
  auto config = small_config();
  config.limits.write_timeout = Milliseconds(100);
  TestServer server(config, large);
  auto deaf = server.connect();
  deaf.send(get("/"));
  auto const& stats = server.server.stats();
  for (int i = 0; i < 500 && (stats.timeouts == 0 || stats.connections_open > 0); ++i) {
    std::this_thread::sleep_for(Milliseconds(10));
  }
  EXPECT_EQ(stats.timeouts, 1u);
  EXPECT_EQ(stats.connections_open, 0u);
}

TEST(Limits, IdleConnections) {
  TestServer server(impatient_config());
  auto silent = server.connect();
  auto used = server.connect();
  used.send(get("/"));
  EXPECT_EQ(status_of(used.answer()), 200);
  EXPECT_EQ(silent.rest(Milliseconds(2000)), "");
  EXPECT_EQ(used.rest(Milliseconds(2000)), "");
}

TEST(Limits, SlowAndLostHandlers) {
  api::Reply kept;
  auto config = small_config();
  config.limits.handler_timeout = Milliseconds(200);
  TestServer server(config, [&](api::Request const& request, api::Reply reply) {
    if (request.path == "/kept") kept = std::move(reply);
    if (request.path == "/thrown") throw std::runtime_error("no");
  });
  expect_problem(server.exchange(get("/kept")), 503, "outcome_unknown");
  kept({});  // too late, and harmless
  kept = nullptr;
  auto client = server.connect();
  client.send(get("/lost") + get("/thrown"));
  EXPECT_THAT(client.answer(), HasSubstr("\"code\":\"internal\""));
  EXPECT_THAT(client.answer(), HasSubstr("\"code\":\"internal\""));
}

TEST(Limits, AnswersThatCannotBeSentAreNot) {
  TestServer server(small_config(), [](api::Request const& request, api::Reply const& reply) {
    api::Response response;
    if (request.path == "/split") response.headers = {{"location", "/a\r\nset-cookie: b"}};
    if (request.path == "/name") response.headers = {{"a: b\r\nc", "d"}};
    if (request.path == "/status") response.status = 1000;
    reply(std::move(response));
  });
  for (auto const* path : {"/split", "/name", "/status"}) {
    auto const answer = server.exchange(get(path, closing));
    EXPECT_EQ(status_of(answer), 500);
    EXPECT_THAT(answer, Not(HasSubstr("set-cookie")));
  }
}

TEST(Limits, TooManyConnections) {
  auto config = small_config();
  config.limits.max_connections = 2;
  TestServer server(config);
  std::optional<Client> first = server.connect();
  auto second = server.connect();
  first->send(get("/"));
  second.send(get("/"));
  EXPECT_EQ(status_of(first->answer()), 200);
  EXPECT_EQ(status_of(second.answer()), 200);
  auto const refused = server.exchange(get("/"));
  expect_problem(refused, 503, "busy");
  EXPECT_THAT(refused, HasSubstr("\r\nretry-after: 5\r\n"));
  EXPECT_EQ(server.server.stats().connections_accepted, 2u);
  EXPECT_EQ(server.server.stats().connections_rejected, 1u);
  first.reset();
  for (int i = 0; i < 100 && server.server.stats().connections_open > 1; ++i) {
    std::this_thread::sleep_for(Milliseconds(10));
  }
  EXPECT_EQ(status_of(server.exchange(get("/", closing))), 200) << "room again";
}

}  // namespace
}  // namespace menkyo::http::test
