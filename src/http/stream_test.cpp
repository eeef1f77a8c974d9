// Event streams, and how a server ends.
#include <gmock/gmock.h>

#include <future>
#include <mutex>
#include <thread>

#include "http/test_client.hpp"
#include "http/timer_wheel.hpp"

namespace menkyo::http::test {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

// A handler that opens a stream, and the test's end of it.
class Stage {
 public:
  api::Handler handler() {
    return [this](api::Request const&, api::Reply const& reply) {
      api::Response response;
      response.headers = {{"content-type", "text/event-stream"}};
      response.stream = std::make_shared<api::EventStream>();
      dropped_ = response.stream;
      response.stream->start = [this](api::EventStream::Sink sink) { sink_.set_value(std::move(sink)); };
      reply(std::move(response));
    };
  }
  api::EventStream::Sink sink() { return sink_.get_future().get(); }
  bool started() { return sink_.get_future().wait_for(Milliseconds(0)) == std::future_status::ready; }
  bool dropped() const { return dropped_.expired(); }

 private:
  std::promise<api::EventStream::Sink> sink_;
  std::weak_ptr<api::EventStream> dropped_;
};

template <class Condition>
bool soon(Condition condition) {
  auto const until = steady_clock::now() + patience;
  while (!condition()) {
    if (steady_clock::now() > until) return false;
    std::this_thread::sleep_for(Milliseconds(2));
  }
  return true;
}

std::string const subscribe = "GET /events HTTP/1.1\r\nHost: x\r\n\r\n";

TEST(Stream, CarriesEventsFromAnyThread) {
  Stage stage;
  TestServer server(quick_config(), stage.handler());
  auto client = server.connect();
  client.send(subscribe);
  auto const head = client.until("\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("\r\ntransfer-encoding: chunked\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\ncontent-type: text/event-stream\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\ncache-control: no-store\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("content-length")));
  auto const sink = stage.sink();
  EXPECT_TRUE(sink("data: 1\n\n"));
  EXPECT_EQ(client.until("\n\n\r\n"), "9\r\ndata: 1\n\n\r\n");
  std::string all;
  std::thread writer([&] {
    for (int i = 0; i < 1000; ++i) sink("data: " + std::to_string(i) + "\n\n");
  });
  all = client.until("data: 999\n\n");
  writer.join();
  EXPECT_THAT(all, HasSubstr("data: 500\n\n"));
  EXPECT_EQ(server.server.stats().streams_open, 1u);
}

TEST(Stream, EndsWithAnEmptyText) {
  Stage stage;
  TestServer server(quick_config(), stage.handler());
  auto client = server.connect();
  client.send(subscribe);
  client.until("\r\n\r\n");
  auto const sink = stage.sink();
  EXPECT_TRUE(sink("data: last\n\n"));
  EXPECT_FALSE(sink(""));
  EXPECT_FALSE(sink("data: lost\n\n"));
  EXPECT_THAT(client.until("0\r\n\r\n"), HasSubstr("data: last\n\n"));
  EXPECT_TRUE(soon([&] { return server.server.stats().streams_open == 0; }));
}

TEST(Stream, SendsAHeartbeatWhenNothingHappens) {
  Stage stage;
  auto config = quick_config();
  config.limits.stream_heartbeat = Milliseconds(60);
  config.limits.write_timeout = config.limits.idle_timeout = Milliseconds(100);
  TestServer server(config, stage.handler());
  auto client = server.connect();
  client.send(subscribe);
  client.until("\r\n\r\n");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(client.until("\n\n\r\n"), "3\r\n:\n\n\r\n");
}

TEST(Stream, EndsWithItsReader) {
  Stage stage;
  TestServer server(quick_config(), stage.handler());
  std::optional<Client> client = server.connect();
  client->send(subscribe);
  auto const sink = stage.sink();
  EXPECT_TRUE(sink("data: 1\n\n"));
  client.reset();
  EXPECT_TRUE(soon([&] { return !sink("data: 2\n\n"); }));
  EXPECT_TRUE(soon([&] { return stage.dropped() && server.server.stats().connections_open == 0; }));
  EXPECT_EQ(server.server.stats().streams_open, 0u);
}

TEST(Stream, DropsAReaderThatFallsBehind) {
  Stage stage;
  auto config = quick_config();
  config.limits.max_stream_backlog_bytes = 256 * 1024;
  TestServer server(config, stage.handler());
  auto client = server.connect();
  client.send(subscribe);
  auto const sink = stage.sink();
  auto const event = std::string(64 * 1024, 'e') + "\n\n";
  // What it has read does not count, though it is twice the limit.
  for (int i = 0; i < 8; ++i) {
    ASSERT_TRUE(sink(event));
    client.until("\n\n");
  }
  // Then it reads no more. The kernel takes some megabytes.
  size_t pushed = 0;
  while (sink(event) && pushed < 10'000) ++pushed;
  EXPECT_LT(pushed, 10'000u);
  EXPECT_FALSE(sink("data: 1\n\n"));
  EXPECT_TRUE(soon([&] { return server.server.stats().connections_open == 0; })) << "long before the write timeout";
  EXPECT_TRUE(stage.dropped());
}

TEST(Stream, HeadAndHttp10) {
  {
    Stage stage;
    TestServer server(quick_config(), stage.handler());
    auto const head = server.exchange("HEAD /events HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(status_of(head), 200);
    EXPECT_THAT(head, EndsWith("\r\n\r\n"));
    EXPECT_FALSE(stage.started());
  }
  Stage stage;
  TestServer server(quick_config(), stage.handler());
  auto client = server.connect();
  client.send("GET /events HTTP/1.0\r\n\r\n");
  EXPECT_THAT(client.until("\r\n\r\n"), Not(HasSubstr("chunked")));
  auto const sink = stage.sink();
  sink("data: 1\n\n");
  EXPECT_EQ(client.until("\n\n"), "data: 1\n\n");
}

TEST(Stop, FinishesRequestsInFlightAndClosesTheRest) {
  std::promise<api::Reply> asked;
  TestServer server(quick_config(), [&](api::Request const& request, api::Reply reply) {
    if (request.path == "/slow") return asked.set_value(std::move(reply));
    echo(request, reply);
  });
  auto idle = server.connect();
  idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(status_of(idle.answer()), 200);
  auto busy = server.connect();
  busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n");
  auto const reply = asked.get_future().get();
  auto half = server.connect();
  half.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na");
  EXPECT_TRUE(soon([&] { return server.server.stats().bytes_received > 100; }));
  auto stopped = std::async([&] { server.server.stop_gracefully(patience); });
  EXPECT_EQ(idle.rest(), "");
  EXPECT_THROW(server.connect(), std::runtime_error) << "no longer accepting";
  EXPECT_NE(stopped.wait_for(Milliseconds(30)), std::future_status::ready);
  half.send("bc");
  auto const last = half.rest().value_or("");
  EXPECT_THAT(last, HasSubstr("\r\nconnection: close\r\n"));
  EXPECT_THAT(last, EndsWith("POST / ? [abc]"));
  std::thread worker([&] { reply({}); });
  auto const answer = busy.rest().value_or("");
  EXPECT_EQ(status_of(answer), 200);
  EXPECT_THAT(answer, HasSubstr("\r\nconnection: close\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n")) << "the pipelined request is not begun";
  worker.join();
  ::shutdown(busy.socket(), SHUT_RDWR);
  ::shutdown(half.socket(), SHUT_RDWR);
  stopped.get();
  EXPECT_EQ(server.server.stats().connections_open, 0u);
}

TEST(Stop, EndsStreamsProperly) {
  Stage stage;
  TestServer server(quick_config(), stage.handler());
  auto client = server.connect();
  client.send(subscribe);
  auto const sink = stage.sink();
  sink("data: last\n\n");
  auto stopped = std::async([&] { server.server.stop_gracefully(patience); });
  auto const rest = client.rest().value_or("");
  EXPECT_THAT(rest, EndsWith("c\r\ndata: last\n\n\r\n0\r\n\r\n"));
  EXPECT_FALSE(sink("data: more\n\n"));
  ::shutdown(client.socket(), SHUT_RDWR);
  stopped.get();
  EXPECT_TRUE(stage.dropped());
}

TEST(Stop, EndsAtAnyMoment) {
  // Long enough for ticks to be due just then.
  auto config = quick_config();
  config.threads = 2;
  auto const until = steady_clock::now() + Milliseconds(500);
  while (steady_clock::now() < until) {
    TestServer server(config);
    auto client = server.connect();
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    if (steady_clock::now().time_since_epoch().count() % 2) {
      std::this_thread::sleep_until(steady_clock::now() + TimerWheel::tick - std::chrono::microseconds(300));
    }
  }
}

TEST(Stop, DropsWhatIsLeftAtTheDeadline) {
  std::promise<api::Reply> asked;
  auto server = std::make_unique<TestServer>(
      quick_config(), [&](api::Request const&, api::Reply reply) { asked.set_value(std::move(reply)); });
  auto client = server->connect();
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  auto const reply = asked.get_future().get();
  auto const start = steady_clock::now();
  server->server.stop_gracefully(Milliseconds(60));
  EXPECT_GE(steady_clock::now() - start, Milliseconds(60));
  EXPECT_LT(steady_clock::now() - start, Milliseconds(1000));
  EXPECT_EQ(client.rest(), "");
  reply({});
  server.reset();
  reply({});  // a worker may be late even after the server is gone
}

TEST(Start, RefusesWhatWouldNotBeSafeOrCannotWork) {
  auto const why = [](auto change) -> std::string {
    auto config = quick_config();
    change(config);
    Server server(config, echo);
    try {
      server.start();
    } catch (StartError const& error) {
      return error.what();
    }
    return "";
  };
  for (auto const* listen : {"0.0.0.0:0", "[::]:0"}) {
    EXPECT_THAT(why([&](auto& c) { c.listen = listen; }), HasSubstr("refusing to serve plain HTTP"));
    EXPECT_EQ(why([&](auto& c) {
                c.listen = listen;
                c.allow_plain_beyond_loopback = true;
              }),
              "");
  }
  for (auto const* listen : {"localhost:0", "[::1]:0", "127.0.0.2:0"}) {
    EXPECT_EQ(why([&](auto& c) { c.listen = listen; }), "");
  }
  for (auto const* listen : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:1x", "::1:80", "example:80",
                             ":80", "[127.0.0.1]:80"}) {
    EXPECT_THAT(why([&](auto& c) { c.listen = listen; }), HasSubstr("is not an address to listen on"));
  }
  TestServer other;
  EXPECT_THAT(why([&](auto& c) { c.listen = "127.0.0.1:" + std::to_string(other.server.port()); }),
              HasSubstr("cannot listen on 127.0.0.1:"));
  EXPECT_THAT(why([&](auto& c) { c.tls_key_path = "/nowhere.pem"; }), HasSubstr("only one was given"));
  EXPECT_THAT(why([&](auto& c) { c.tls_certificate_path = c.tls_key_path = "/nowhere.pem"; }),
              HasSubstr("the TLS certificate /nowhere.pem cannot be used"));
}

TEST(Server, ServesManyConnectionsOnSeveralThreads) {
  auto config = quick_config();
  config.threads = 3;
  TestServer server(config);
  std::vector<std::thread> clients;
  std::atomic<int> answered{0};
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&] {
      auto client = server.connect();
      for (int i = 0; i < 50; ++i) {
        client.send("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\ny");
        answered += status_of(client.answer()) == 200;
      }
    });
  }
  for (auto& client : clients) client.join();
  EXPECT_EQ(answered, 400);
  EXPECT_EQ(server.server.stats().answers[2], 400u);
  EXPECT_EQ(server.server.stats().connections_accepted, 8u);
}

}  // namespace
}  // namespace menkyo::http::test
