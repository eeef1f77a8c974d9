// Raw bytes over real sockets: what the server answers, refuses and survives.
#include "http/server.hpp"

#include <gmock/gmock.h>

#include <thread>

#include "http/test_client.hpp"

namespace menkyo::http::test {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Server, AnswersARequest) {
  TestServer server;
  auto client = server.connect();
  client.send("GET /a/b%20c?d=e HTTP/1.1\r\nHost: x\r\n\r\n");
  auto const answer = client.answer();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\ndate: "));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nGET /a/b%20c ?d=e []"));
  EXPECT_THAT(answer, HasSubstr("content-length: 20\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("connection:")));
}

TEST(Server, AddsSecurityHeadersUnlessTheHandlerSetThem) {
  TestServer server(quick_config(), [](api::Request const& request, api::Reply const& reply) {
    api::Response response;
    if (request.path == "/page") {
      response.headers = {{"Content-Type", "text/html; charset=utf-8"}, {"Cache-Control", "no-cache"}};
    }
    if (request.path == "/script") response.headers = {{"Content-Type", "text/javascript; charset=utf-8"}};
    reply(std::move(response));
  });
  auto client = server.connect();
  client.send(
      "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /page HTTP/1.1\r\nHost: x\r\n\r\nGET /script HTTP/1.1\r\nHost: "
      "x\r\n\r\n");
  auto const data = client.answer();
  EXPECT_THAT(data, HasSubstr("\r\nx-content-type-options: nosniff\r\n"));
  EXPECT_THAT(data, HasSubstr("\r\nreferrer-policy: same-origin\r\n"));
  EXPECT_THAT(data, HasSubstr("\r\ncache-control: no-store\r\n"));
  EXPECT_THAT(data, HasSubstr("\r\ncontent-security-policy: default-src 'none'; frame-ancestors 'none'\r\n"));
  EXPECT_THAT(data, Not(HasSubstr("strict-transport-security")));
  auto const page = client.answer();
  EXPECT_THAT(page, HasSubstr("\r\ncontent-security-policy: default-src 'self'; script-src 'self';"));
  EXPECT_THAT(page, HasSubstr("\r\nCache-Control: no-cache\r\n"));
  EXPECT_THAT(page, Not(HasSubstr("no-store")));
  // A shared worker must reach the server that its script came from.
  EXPECT_THAT(client.answer(), HasSubstr("\r\ncontent-security-policy: default-src 'none'; connect-src 'self';"));
}

TEST(Server, KeepsTheConnectionAndThePipelineInOrder) {
  // Later requests are answered sooner, if they are handed over at once.
  std::vector<std::thread> workers;
  TestServer server(quick_config(), [&](api::Request request, api::Reply reply) {
    workers.emplace_back([request = std::move(request), reply = std::move(reply)] {
      std::this_thread::sleep_for(Milliseconds(request.path == "/1" ? 60 : 1));
      echo(request, reply);
    });
  });
  auto client = server.connect();
  client.send(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
      "GET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET /4 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.answer(), EndsWith("GET /1 ? []"));
  EXPECT_THAT(client.answer(), EndsWith("POST /2 ? [abc]"));
  EXPECT_THAT(client.answer(), EndsWith("GET /3 ? []"));
  EXPECT_EQ(client.rest(), "");
  for (auto& worker : workers) worker.join();
  EXPECT_EQ(workers.size(), 3u) << "what follows Connection: close is not a request";
}

TEST(Server, AnswersHeadAsGetWithoutBody) {
  TestServer server;
  auto client = server.connect();
  client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
  auto const head = client.answer(true);
  EXPECT_THAT(head, HasSubstr("content-length: 11\r\n"));
  EXPECT_THAT(head, EndsWith("\r\n\r\n"));
  EXPECT_THAT(client.answer(), EndsWith("GET /b ? []"));
}

TEST(Server, SaysWhoAsks) {
  auto config = quick_config();
  config.listen = "[::]:0";
  config.allow_plain_beyond_loopback = true;
  TestServer server(config, [](api::Request const& request, api::Reply const& reply) {
    api::Response response;
    response.body = request.peer + (request.secure ? " secure" : " plain");
    reply(std::move(response));
  });
  auto const answer = server.exchange(
      "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: "
      "https\r\n\r\n");
  EXPECT_THAT(answer, EndsWith("\r\n\r\n127.0.0.1 plain")) << "forwarding headers are not believed";
}

TEST(Server, SpeaksHttp10) {
  TestServer server;
  EXPECT_THAT(server.exchange("GET / HTTP/1.0\r\n\r\n"), HasSubstr("\r\nconnection: close\r\n"));
  auto client = server.connect();
  client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(client.answer(), HasSubstr("\r\nconnection: keep-alive\r\n"));
  client.send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(status_of(client.rest().value_or("")), 200);
}

}  // namespace
}  // namespace menkyo::http::test
