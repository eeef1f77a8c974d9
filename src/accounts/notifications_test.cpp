#include "accounts/notifications.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/access_requests.hpp"
#include "tests/support/employment.hpp"
#include "tests/support/sent_mail.hpp"
#include "tests/support/world.hpp"

namespace menkyo::accounts {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr auto team = R"({"mail":"licenses@example.com","language":"en"})";

class Notifications : public ::testing::TestWithParam<std::string> {
 protected:
  Notifications() { world.serve(routes()); }
  test::ApiClient admin() { return world.as(world.administrator_of(account)); }
  std::string addresses() const { return "/api/v1/smart_accounts/" + account.text() + "/notification_addresses"; }
  std::string add(std::string const& body = team) {
    auto const answer = admin().post(addresses(), body);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json.at("notification_address_id").as_string();
  }
  // The token of the newest mail's link to the page of an address.
  std::string token() {
    auto const text = test::sent_mails(*world.database, world.vault).back().message.text;
    std::string const before = "/notifications/";
    auto const at = text.rfind(before) + before.size();
    return text.substr(
        at, text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", at) - at);
  }
  static std::string link(std::string const& token) { return "/api/v1/notification_links/" + token; }
  // Of an address that has agreed.
  std::string agreed() {
    add();
    auto const t = token();
    EXPECT_EQ(world.as({}).post(link(t) + "/confirmation").status, 200);
    return t;
  }
  void ask_for_access() {
    auto pat = world.as(world.person("pat@partner.example"));
    EXPECT_EQ(
        pat.post("/api/v1/access_requests", R"({"domain":"example.com","purpose":"access","text":"Please"})").status,
        200);
    world.database.clock.advance(std::chrono::seconds(5));
    world.database->write([&](db::Tx& tx) {
      auto const id =
          tx.one<AccessRequestId>("select access_request_id from access_request order by access_request_id desc")
              .value();
      access_timer_kind(world.vault, world.outbox).look(tx, {{}, id.bytes, tx.now()});
    });
  }
  std::vector<std::string> events() {
    return world.database->read([&](db::ReadTx& tx) {
      return tx.all<std::string>(
          "select kind from event where smart_account_id = $1 and kind like 'notification_address_%' order by "
          "event_id",
          account);
    });
  }

  test::World world{GetParam()};
  SmartAccountId account = world.account("example.com");
};
MENKYO_ON_BOTH_DATABASES(Notifications);

TEST_P(Notifications, go_to_an_address_that_agrees_and_end_by_the_link_of_any_mail) {
  auto const id = add();
  EXPECT_THAT(world.letters(), ElementsAre("notification_question licenses@example.com"));
  auto const question = token();
  ask_for_access();
  EXPECT_THAT(world.letters(), Not(::testing::Contains("access_to_decide licenses@example.com")));

  auto anybody = world.as({});
  auto const before = anybody.get(link(question));
  EXPECT_EQ(before.json.at("account_name").as_string(),
            admin().get("/api/v1/smart_accounts/" + account.text()).json.at("name").as_string());
  EXPECT_EQ(before.json.at("mail").as_string(), "licenses@example.com");
  EXPECT_FALSE(before.json.at("is_confirmed").as_bool());
  for (int i = 0; i < 2; ++i) EXPECT_EQ(anybody.post(link(question) + "/confirmation").status, 200);
  EXPECT_TRUE(admin().get(addresses()).json.at("items").items().at(0).find("confirmed_at"));
  EXPECT_EQ(admin().post(addresses() + "/" + id + "/question").code(), "conflict");

  ask_for_access();
  EXPECT_THAT(world.letters(),
              UnorderedElementsAre("access_requested pat@partner.example", "access_to_decide admin@example.com",
                                   "access_to_decide licenses@example.com"));
  auto const copy = test::sent_mails(*world.database, world.vault).back().message;
  EXPECT_THAT(copy.text, AllOf(HasSubstr("Please"), HasSubstr("To get no more of them"), Not(HasSubstr("Dear"))));
  EXPECT_THAT(copy.html, HasSubstr("/notifications/" + question));

  EXPECT_EQ(anybody.post(link(token()) + "/end").status, 200);
  EXPECT_EQ(anybody.post(link(question) + "/end").code(), "link_invalid");
  EXPECT_EQ(anybody.post(link(question) + "/confirmation").code(), "link_invalid");
  EXPECT_EQ(anybody.get(link(question)).code(), "link_invalid");
  EXPECT_THAT(admin().get(addresses()).json.at("items").items(), IsEmpty());
  ask_for_access();
  EXPECT_THAT(world.letters(),
              UnorderedElementsAre("access_requested pat@partner.example", "access_to_decide admin@example.com"));
  EXPECT_THAT(events(), ElementsAre("notification_address_added", "notification_address_confirmed",
                                    "notification_address_stopped"));
}

TEST_P(Notifications, tell_of_requests_for_accounts_below) {
  agreed();
  world.letters();
  auto const rin = world.person("rin@example.com");
  world.database->write([&](db::Tx& tx) { test::employ(tx, world.vault, rin); });
  auto const asked = world.as(rin).post(
      "/api/v1/smart_accounts",
      R"({"name":"Osaka","domain":"osaka.example.com","headquarters":{"country":"JP","postal_code":"107-6227",)"
      R"("region":"Tokyo","city":"MINATO","line1":"9-7-1 AKASAKA"}})");
  EXPECT_EQ(asked.status, 200) << asked.body;
  EXPECT_THAT(world.letters(), UnorderedElementsAre("setup_pending_requester rin@example.com",
                                                    "setup_pending_approver admin@example.com",
                                                    "setup_pending_approver licenses@example.com"));
}

TEST_P(Notifications, are_refused_what_cannot_be) {
  for (auto const& [body, fault] : std::vector<std::pair<std::string, std::string>>{
           {R"({"mail":"","language":"en"})", "/mail"},
           {R"({"mail":"nobody","language":"en"})", "/mail"},
           {R"({"mail":"a@example.com\r\nBcc: b@example.com","language":"en"})", "/mail"},
           {R"({"mail":"a@example.com","language":"fr"})", "/language"}}) {
    auto const answer = admin().post(addresses(), body);
    EXPECT_EQ(answer.code(), "invalid") << body;
    EXPECT_EQ(answer.json.at("fields").items().at(0).at("path").as_string(), fault);
  }
  add();
  // The same address in another spelling.
  EXPECT_EQ(admin().post(addresses(), R"({"mail":"Licenses@EXAMPLE.com","language":"ja"})").code(), "conflict");
  for (size_t i = 1; i < max_notification_addresses; ++i)
    add(R"({"mail":"team)" + std::to_string(i) + R"(@example.com","language":"ja"})");
  EXPECT_EQ(admin().post(addresses(), R"({"mail":"one.more@example.com","language":"ja"})").code(), "conflict");
  EXPECT_EQ(events().size(), max_notification_addresses);
}

TEST_P(Notifications, are_not_asked_about_again_and_again) {
  auto const id = add();
  int sent = 1;
  for (; sent < 100; ++sent)
    if (auto const answer = admin().post(addresses() + "/" + id + "/question"); answer.status != 200) {
      EXPECT_EQ(answer.code(), "too_many_requests");
      break;
    }
  EXPECT_LT(sent, 20);
  EXPECT_EQ(int(world.letters().size()), sent);
}

TEST_P(Notifications, are_removed_by_administrators_alone) {
  auto const id = add();
  auto const approver = world.person("approver@example.com");
  world.grant(account, approver, Role::sa_approver);
  auto stranger = world.as(world.person("pat@partner.example"));
  EXPECT_EQ(world.as(approver).send(api::Method::del, addresses() + "/" + id).code(), "forbidden");
  EXPECT_EQ(stranger.send(api::Method::del, addresses() + "/" + id).code(), "not_found");
  EXPECT_EQ(stranger.get(addresses()).code(), "not_found");
  auto const question = token();
  EXPECT_EQ(admin().send(api::Method::del, addresses() + "/" + id).status, 200);
  EXPECT_EQ(admin().send(api::Method::del, addresses() + "/" + id).code(), "not_found");
  EXPECT_EQ(world.as({}).post(link(question) + "/confirmation").code(), "link_invalid");
  EXPECT_THAT(events(), ElementsAre("notification_address_added", "notification_address_removed"));
}

}  // namespace
}  // namespace menkyo::accounts
