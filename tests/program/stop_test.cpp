// SIGTERM to the real server while requests of every kind are under way: each is answered, or cut off as
// docs/operations.md says, and what was acknowledged is kept.

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "accounts/accounts.hpp"
#include "app/service.hpp"
#include "catalog/import.hpp"
#include "tests/program/raw_connection.hpp"
#include "tests/support/deposit.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/test_device.hpp"

namespace menkyo::test {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr int grace_s = 5;

char const* const catalog_csv =
    "record,code,family,name_en,name_ja,tag,license_types,enforced,export_controlled,product,entitlement,lender,"
    "borrower,priority\n"
    "family,KAZE,,Kaze routers,風ルーター,,,,,,,,,\n"
    "product,KZ-1,KAZE,Kaze 1,風1,,,,,,,,,\n"
    "entitlement,ESS,KAZE,ESS,ESS,\"regid.2026-01.example.kaze.ESS,1.0_ESS\",perpetual,false,false,,,,,\n"
    "compatibility,,,,,,,,,KZ-1,ESS,,,\n";

class Stop : public ::testing::TestWithParam<std::string> {
 protected:
  Stop() : place(GetParam(), false), world("sqlite"), server(folder.path, place.url()) {
    std::ofstream(folder.path / "menkyo.toml") << "stop_grace_s = " << grace_s << "\n";
    app::Settings settings;
    settings.data = folder.path;
    settings.database = place.url();
    app::Service service(settings);
    EXPECT_EQ(catalog::import_catalog(service.database(), service.vault(), catalog_csv, "kaze.csv", {},
                                      service.groups_changed())
                  .problems.count(),
              0);
    service.database().write([&](db::Tx& tx) { make_things(tx, service); });
    // What devices know: the time, the root of trust.
    world.desk.reset();
    world.authority = keys::Authority::load(service.database(), service.vault());
    world.desk = std::make_unique<devices::Desk>(
        devices::DeskConfig{&*world.db, &world.vault, world.authority.get(), &world.catalogs});
  }

  void make_things(db::Tx& tx, app::Service& service) {
    account = accounts::create_smart_account(
                  tx, service.vault(),
                  {"Aozora", "aozora.example", {"sora@aozora.example", "Sora", "Ao", people::Language::ja}}, {})
                  .smart_account.smart_account_id;
    auto const va = accounts::default_virtual_account(tx, account);
    at = "/api/v1/smart_accounts/" + account.text() + "/virtual_accounts/" + va.text();
    auto const catalog = service.catalogs().at(tx);
    licenses::deposit(tx, service.vault(), *catalog,
                      test::perpetual(account, va, catalog->find_entitlement("ESS")->entitlement_id, 50, tx.now()));
    token = devices::create_token(tx, service.vault(), service.authority(),
                                  {account, va, "racks", tx.now() + std::chrono::hours(24), {}, true, {}, {}})
                .text;
    tx.exec(
        "insert into person_session (session_lookup, session_id, person_id, created_at, used_at, expires_at) values "
        "($1, $2, $3, $4, $4, $5)",
        service.vault().lookup("person_session", as_bytes("s")), tx.new_id<SessionId>(),
        *people::find_person(tx, service.vault(), "sora@aozora.example"), tx.now(),
        tx.now() + std::chrono::hours(12));
    // A log that takes more than the buffers between server and reader hold.
    for (int i = 0; i < 9000; ++i)
      audit::record(tx, service.vault(),
                    {.smart_account_id = account,
                     .kind = audit::EventKind::virtual_account_changed,
                     .actor = {},
                     .virtual_account_id = va,
                     .subject_kind = "virtual_account",
                     .subject_id = va.bytes,
                     .data = {{"name", std::string(400, 'n')}}});
  }

  void tell_time() { world.db.clock.set(system_clock().now()); }

  std::string head(std::string const& method, std::string const& target, size_t length = 0,
                   std::string const& type = "application/json") const {
    return method + " " + target +
           " HTTP/1.1\r\nHost: 127.0.0.1\r\nMenkyo-Request: 1\r\nCookie: menkyo_session=s\r\n" +
           (length > 0 ? "Content-Type: " + type + "\r\nContent-Length: " + std::to_string(length) + "\r\n" : "") +
           "\r\n";
  }
  std::string post(std::string const& target, std::string const& body) const {
    return head("POST", target, body.size()) + body;
  }
  std::string post(Sent const& sent) const {
    return head("POST", "/device/v1/messages", sent.text.size(), "application/jose") + sent.text;
  }
  // Checks the answer to a device message as an agent does.
  Outcome check(TestDevice& device, Sent const& sent, std::string const& answer) {
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
    EXPECT_EQ(body_of(answer).size(), declared_length(answer));
    tell_time();
    return device.check(sent, {200, {}, body_of(answer), {}});
  }
  // The whole exchange.
  Outcome exchange(TestDevice& device, Sent const& sent) {
    RawConnection connection(server.port());
    connection.send(post(sent));
    auto answer = connection.read("\r\n\r\n");
    auto const length = declared_length(answer);
    while (body_of(answer).size() < length) answer += connection.read(".");  // a JWS holds two dots; read on
    return check(device, sent, answer);
  }

  // Nobody else can write until release().
  void hold_writers() {
    lock = db::make_driver(place.url())->open();
    lock->script(GetParam() == "sqlite" ? "begin immediate"
                                        : "begin; lock table event, device_contact in exclusive mode");
  }
  void release() {
    lock->script("rollback");
    lock.reset();
  }

  int64_t count(std::string_view sql) {
    place.open({.readers = 1});
    auto const n = place->read([&](db::ReadTx& tx) { return *tx.one<int64_t>(sql); });
    place.close();
    return n;
  }
  void expect_ended_well(Steady::duration limit) {
    auto const since = stopped_at;
    int const status = server.wait();
    EXPECT_LT(Steady::now() - since, limit);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status << "\n" << server.log();
    EXPECT_THAT(server.log(), HasSubstr("\"event\":\"stopped\""));
  }
  void stop() {
    stopped_at = Steady::now();
    server.signal(SIGTERM);
    for (int i = 0; i < 500 && server.log().find("\"event\":\"stopping\"") == std::string::npos; ++i)
      std::this_thread::sleep_for(milliseconds(5));
    std::this_thread::sleep_for(milliseconds(100));
  }

  TemporaryFolder folder;
  TestDatabase place;
  DeviceWorld world;
  ServerProcess server;
  SmartAccountId account;
  std::string at, token;
  std::unique_ptr<db::Session> lock;
  Steady::time_point stopped_at;
};
MENKYO_ON_BOTH_DATABASES(Stop);

TEST_P(Stop, answers_what_was_under_way) {
  server.start();
  tell_time();
  TestDevice drawing(world, "S-1"), reporting(world, "S-2"), coming(world, "S-3");
  for (auto* device : {&drawing, &reporting}) {
    auto const sent = device->make_register(token);
    device->learn(protocol::decode_register_answer(exchange(*device, sent).payload));
  }
  auto const registration = coming.make_register(token);
  auto const draw = drawing.make_authorize({{"ESS", 7}});
  auto const report = reporting.make_report({{"ESS", 3}});

  int const port = server.port();
  RawConnection idle(port), page(port), action(port), stream(port), first(port), second(port), third(port),
      download(port, 4096);
  idle.send(head("GET", "/healthz"));
  EXPECT_THAT(idle.read("ok\n"), StartsWith("HTTP/1.1 200 "));
  stream.send(head("GET", "/api/v1/smart_accounts/" + account.text() + "/stream"));
  EXPECT_THAT(stream.read(": open"), HasSubstr("text/event-stream"));
  download.send(head("GET", at + "/events.csv"));
  auto csv = download.read("\r\n\r\n");
  // The page's request is half sent; the others wait for the database.
  auto const asked = head("GET", at + "/tokens");
  page.send(asked.substr(0, asked.size() / 2));
  hold_writers();
  action.send(post(at + "/tokens", R"({"description":"late","export_controlled_allowed":false})"));
  first.send(post(registration));
  second.send(post(draw));
  third.send(post(report));
  std::this_thread::sleep_for(milliseconds(300));

  stop();
  EXPECT_FALSE(RawConnection(port).connected()) << "a stopping server takes no new connection";
  EXPECT_EQ(idle.read(), "");
  EXPECT_THAT(stream.read(), EndsWith("0\r\n\r\n"));
  page.send(asked.substr(asked.size() / 2));
  auto const page_answer = page.read();
  EXPECT_THAT(page_answer, AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("\"racks\"")));
  EXPECT_EQ(body_of(page_answer).size(), declared_length(page_answer));
  release();
  auto const made = action.read();
  EXPECT_THAT(made, AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("\"late\"")));
  EXPECT_EQ(body_of(made).size(), declared_length(made));
  auto const welcome = check(coming, registration, first.read());
  auto const drawn = check(drawing, draw, second.read());
  EXPECT_EQ(protocol::decode_authorize_answer(drawn.payload).entitlements.at(0).granted, 7);
  auto const reported = check(reporting, report, third.read());
  csv += download.read();
  EXPECT_EQ(body_of(csv).size(), declared_length(csv));
  EXPECT_GT(body_of(csv).size(), size_t(1) << 20);
  expect_ended_well(std::chrono::seconds(grace_s));

  // Everything that was acknowledged is there, and the same messages get the same answers from the next server.
  EXPECT_EQ(count("select count(*) from registration_token where description = 'late'"), 1);
  EXPECT_EQ(count("select count(*) from device where status = 'registered'"), 3);
  EXPECT_EQ(count("select cast(sum(quantity) as bigint) from device_use"), 7);
  EXPECT_EQ(count("select count(*) from usage_report"), 1);
  server.start();
  EXPECT_EQ(exchange(coming, registration).payload, welcome.payload);
  EXPECT_EQ(exchange(drawing, draw).payload, drawn.payload);
  EXPECT_EQ(exchange(reporting, report).payload, reported.payload);
  EXPECT_EQ(server.end(SIGTERM), 0);
}

TEST_P(Stop, cuts_off_an_upload_that_does_not_end) {
  server.start();
  int const port = server.port();
  RawConnection slow(port), silent(port, 4096);
  slow.send(head("POST", at + "/tokens", 1000) + "{\"descr");
  std::this_thread::sleep_for(milliseconds(100));
  stop();
  EXPECT_EQ(slow.read(), "");  // closed, not answered
  EXPECT_GE(Steady::now() - stopped_at, std::chrono::seconds(grace_s) - milliseconds(500));
  expect_ended_well(std::chrono::seconds(grace_s + 3));
  EXPECT_EQ(count("select count(*) from registration_token"), 1);
}

}  // namespace
}  // namespace menkyo::test
