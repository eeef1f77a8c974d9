// How many requests are taken of one person and of one address.

#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>
#include <future>
#include <thread>

#include "accounts/accounts.hpp"
#include "api/openapi.hpp"
#include "app/service.hpp"
#include "protocol/json.hpp"
#include "tests/program/raw_connection.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Rate : public ::testing::TestWithParam<std::string> {
 protected:
  Rate() : place(GetParam(), false) {
    settings.data = folder.path;
    settings.database = place.url();
  }

  // A session of that person, who is made if there is none.
  static void sign_in(app::Service& service, std::string const& mail, std::string const& token) {
    service.database().write([&](db::Tx& tx) {
      auto person = people::find_person(tx, service.vault(), mail);
      if (!person) person = people::create_person(tx, service.vault(), {{mail, "Sora", "Ao", {}}}, {});
      tx.exec(
          "insert into person_session (session_lookup, session_id, person_id, created_at, used_at, expires_at) "
          "values "
          "($1, $2, $3, $4, $4, $5)",
          service.vault().lookup("person_session", as_bytes(token)), tx.new_id<SessionId>(), *person, tx.now(),
          tx.now() + std::chrono::hours(12));
    });
  }

  TemporaryFolder folder;
  TestDatabase place;
  app::Settings settings;
};
MENKYO_ON_BOTH_DATABASES(Rate);

TEST_P(Rate, of_a_person_is_limited_over_http) {
  {
    app::Service service(settings);
    sign_in(service, "sora@aozora.example", "first");
    sign_in(service, "sora@aozora.example", "second");
    sign_in(service, "umi@aozora.example", "other");
  }
  std::ofstream(folder.path / "menkyo.toml") << "person_requests_per_s = 1\nperson_requests_burst = 5\n";
  ServerProcess server(folder.path, place.url());
  server.start();
  auto const get = [&](std::string const& path, std::string const& session) {
    RawConnection connection(server.port());
    connection.send("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nCookie: menkyo_session=" +
                    session + "\r\n\r\n");
    return connection.read();
  };
  // How many are answered before one is refused; the refusal.
  auto const until_refused = [&](std::string const& session, int& answered) {
    for (answered = 0; answered < 40; ++answered)
      if (auto answer = get("/api/v1/me", session); !answer.starts_with("HTTP/1.1 200 ")) return answer;
    return std::string("never refused");
  };
  int answered = 0;
  auto const refusal = until_refused("first", answered);
  EXPECT_GE(answered, 5);
  EXPECT_THAT(refusal,
              AllOf(StartsWith("HTTP/1.1 429 "), HasSubstr("\r\nretry-after: 1\r\n"),
                    HasSubstr("content-type: application/problem+json"), HasSubstr("menkyo-request-id: req_")));
  auto const problem = protocol::json::parse(body_of(refusal));
  EXPECT_EQ(problem.at("code").as_string(), "too_many_requests");
  EXPECT_EQ(problem.at("status").as_int(), 429);
  EXPECT_EQ(problem.at("detail").as_string(), "Too many requests came at once; wait a moment and try again.");
  // Another session of the same person has a store of its own, but the person has not.
  EXPECT_THAT(until_refused("second", answered), StartsWith("HTTP/1.1 429 "));
  EXPECT_LT(answered, 5);
  EXPECT_THAT(get("/api/v1/me", "other"), StartsWith("HTTP/1.1 200 "));
  // What monitors ask is not counted.
  for (int i = 0; i < 10; ++i) EXPECT_THAT(get("/healthz", "first"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(get("/metrics", ""), HasSubstr("\nmenkyo_throttled_total 2\n"));
  std::this_thread::sleep_for(milliseconds(1100));
  EXPECT_THAT(get("/api/v1/me", "first"), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(server.end(SIGTERM), 0);
}

TEST_P(Rate, of_an_address_is_limited_before_a_message_is_looked_at) {
  settings.rates.address = {.per_s = 2, .burst = 3};
  ManualClock steady(from_us(0));
  app::Service service(settings, system_clock(), system_seeds(), steady);
  auto const send = [&](std::string const& peer, std::string const& path = "/device/v1/messages") {
    api::Request request;
    request.method = path == "/device/v1/messages" ? api::Method::post : api::Method::get;
    request.path = path;
    request.headers = {{"host", "menkyo.example"}};
    if (request.method == api::Method::post) {
      request.headers.emplace_back("content-type", "application/jose");
      request.body = "no.jws.atall";
    }
    request.peer = peer;
    std::promise<api::Response> arrived;
    service.handle(std::move(request), [&](api::Response r) { arrived.set_value(std::move(r)); });
    return arrived.get_future().get();
  };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(send("198.51.100.7").status, 400);
  auto const refused = send("198.51.100.7");
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.headers, ::testing::Contains(std::pair<std::string, std::string>("retry-after", "1")));
  EXPECT_EQ(send("198.51.100.7", "/api/v1/me").status, 429);
  EXPECT_EQ(send("198.51.100.7", "/device/v1/trust").status, 429);
  EXPECT_EQ(send("198.51.100.7", "/readyz").status, 200);
  EXPECT_EQ(send("198.51.100.8").status, 400);
  // One network of IPv6 is one caller.
  for (auto const* peer : {"2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::3"}) EXPECT_EQ(send(peer).status, 400);
  EXPECT_EQ(send("2001:db8::4").status, 429);
  EXPECT_EQ(send("2001:db8:0:1::4").status, 400);
  // Behind an address of this machine may be anybody.
  for (auto const* peer : {"127.0.0.1", "::1", "::ffff:127.0.0.1"})
    for (int i = 0; i < 10; ++i) EXPECT_EQ(send(peer).status, 400);
  steady.advance(std::chrono::milliseconds(500));
  EXPECT_EQ(send("198.51.100.7").status, 400);
  EXPECT_EQ(send("198.51.100.7").status, 429);
  EXPECT_EQ(service.dispatcher().stats().throttled, 5U);
}

// What one person does in the portal never gets near the limits that are set when nobody sets any.
TEST_P(Rate, is_generous_unless_told_otherwise) {
  ManualClock steady(from_us(0));
  app::Rates rates({}, steady, system_seeds());
  api::Request request;
  request.peer = "198.51.100.7";
  request.headers = {{"cookie", "menkyo_session=first"}};
  api::Caller const caller{PersonId{{1}}, {}};
  // Ten pages opened in a second, of thirty requests each, and then a page every second for an hour.
  for (int i = 0; i < 300; ++i) {
    EXPECT_NO_THROW(rates.admit(request));
    EXPECT_NO_THROW(rates.admit(caller));
  }
  for (int s = 0; s < 3600; ++s) {
    steady.advance(std::chrono::seconds(1));
    for (int i = 0; i < 20; ++i) {
      EXPECT_NO_THROW(rates.admit(request));
      EXPECT_NO_THROW(rates.admit(caller));
    }
  }
}

// In the description that programs read, every operation but those of monitors tells of it.
TEST(RateDocument, names_the_refusal_for_every_operation) {
  int counted = 0;
  for (auto const& route : app::route_table()) {
    bool const monitor = route.path == "/healthz" || route.path == "/readyz" || route.path == "/metrics";
    EXPECT_EQ(api::is_rate_limited(route), !monitor) << route.operation_id;
    counted += !monitor;
  }
  auto const document = api::openapi(app::route_table(), "1");
  int named = 0;
  for (size_t at = 0; (at = document.find("\"429\": {", at)) != std::string::npos; ++at) ++named;
  EXPECT_EQ(named, counted);
}

}  // namespace
}  // namespace menkyo::test
