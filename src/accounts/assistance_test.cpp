// How the operator's staff finds and helps customers, and what customers see of it.

#include "accounts/assistance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sent_mail.hpp"
#include "tests/support/world.hpp"

namespace menkyo::accounts {
namespace {

using access::OperatorRole;
using api::Method;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr auto reason = R"({"reason":"Case 17: the only administrator left"})";

class Assistances : public ::testing::TestWithParam<std::string> {
 protected:
  Assistances() {
    world.serve(routes());
    admin.emplace(world.as(world.administrator_of(account)));
    staff.emplace(world.as(world.operator_with(OperatorRole::operator_support)));
  }
  std::string at(std::string const& what) const {
    return "/api/v1/operator/smart_accounts/" + account.text() + "/" + what;
  }
  std::string own(std::string const& what) const { return "/api/v1/smart_accounts/" + account.text() + "/" + what; }
  test::Answer lock(bool locked) {
    return admin->send(Method::patch, own("properties"),
                       std::string(R"({"locked_against_staff":)") + (locked ? "true}" : "false}"));
  }
  std::vector<std::string> names_found(std::string const& query) {
    std::vector<std::string> out;
    auto const page = staff->get("/api/v1/operator/smart_accounts?" + query);
    EXPECT_EQ(page.status, 200) << page.body;
    for (auto const& item : page.json.at("items").items()) out.push_back(item.at("domain").as_string());
    return out;
  }

  test::World world{GetParam()};
  SmartAccountId account = world.account("example.com");
  std::optional<test::ApiClient> admin, staff;
};
MENKYO_ON_BOTH_DATABASES(Assistances);

TEST_P(Assistances, need_a_reason_and_last_an_hour) {
  EXPECT_EQ(staff->get(at("users")).code(), "assistance_needed");
  for (auto const* wrong :
       {R"({"reason":"too short"})", R"({"reason":""})", R"({"reason":"a               b"})", "{}"})
    EXPECT_EQ(staff->post(at("assistance"), wrong).code(), "invalid") << wrong;
  EXPECT_EQ(staff->post(at("assistance"), R"({"reason":")" + std::string(501, 'x') + R"("})").code(), "invalid");
  EXPECT_EQ(staff->get(at("users")).code(), "assistance_needed");

  auto const opened = staff->post(at("assistance"), reason);
  ASSERT_EQ(opened.status, 200) << opened.body;
  EXPECT_EQ(opened.json.at("assistance").at("ends_at").as_string(),
            to_rfc3339(world.database->now() + std::chrono::hours(1)));
  EXPECT_EQ(opened.json.at("assistance").at("reason").as_string(), "Case 17: the only administrator left");
  EXPECT_THAT(staff->get(at("users")).body, HasSubstr("admin@example.com"));
  auto other = world.as(world.operator_with(OperatorRole::operator_admin));
  EXPECT_EQ(other.get(at("users")).code(), "assistance_needed") << "each gives a reason of their own";
  EXPECT_FALSE(other.get(at("assistance")).json.find("assistance"));
  EXPECT_EQ(staff->get("/api/v1/operator/smart_accounts/" + SmartAccountId{}.text() + "/users").code(), "not_found");
  auto const elsewhere = world.account("other.example");
  EXPECT_EQ(staff->get("/api/v1/operator/smart_accounts/" + elsewhere.text() + "/users").code(), "assistance_needed");

  world.database.clock.advance(std::chrono::hours(1));
  EXPECT_EQ(staff->get(at("users")).code(), "assistance_needed");
  EXPECT_FALSE(staff->get(at("assistance")).json.find("assistance"));
}

TEST_P(Assistances, end_before_their_hour) {
  staff->post(at("assistance"), reason);
  world.database.clock.advance(std::chrono::minutes(1));
  auto other = world.as(world.operator_with(OperatorRole::operator_admin));
  EXPECT_EQ(other.send(api::Method::del, at("assistance"), "").status, 200) << "it has none";
  EXPECT_EQ(staff->get(at("users")).status, 200);
  EXPECT_EQ(staff->send(api::Method::del, at("assistance"), "").status, 200);
  EXPECT_EQ(staff->get(at("users")).code(), "assistance_needed");
  EXPECT_EQ(staff->send(api::Method::del, at("assistance"), "").status, 200);
  auto const log = admin->get("/api/v1/smart_accounts/" + account.text() + "/events?kind=assistance_ended");
  ASSERT_EQ(log.json.at("items").items().size(), 1U) << log.body;
  EXPECT_THAT(log.body, HasSubstr("Case 17: the only administrator left"));
  // The next one is opened as the first was.
  world.database.clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(staff->post(at("assistance"), reason).status, 200);
  EXPECT_EQ(staff->get(at("users")).status, 200);
}

TEST_P(Assistances, stand_in_the_customers_log_with_the_reason_and_without_a_name) {
  staff->post(at("assistance"), reason);
  auto const grant = world.grant(account, world.person("taro@example.com"), Role::sa_user);
  world.database.clock.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(staff->send(Method::del, at("role_grants/" + grant.text())).status, 200);
  auto const log = admin->get(own("events?limit=3"));
  std::vector<std::string> kinds;
  for (auto const& event : log.json.at("items").items()) {
    kinds.push_back(event.at("kind").as_string());
    EXPECT_EQ(event.at("actor").at("kind").as_string(), "staff");
    EXPECT_FALSE(event.at("actor").find("name"));
  }
  EXPECT_THAT(kinds, ElementsAre("role_revoked", "assistance_used", "assistance_opened"));
  for (auto const& event : log.json.at("items").items())
    if (event.at("kind").as_string() != "role_revoked") {
      EXPECT_EQ(event.at("subject").at("name").as_string(), "Case 17: the only administrator left");
    }
  EXPECT_THAT(log.body, Not(HasSubstr("operator.example")));
  // The reason may name people: it is nowhere in clear.
  EXPECT_EQ(world.database->read([](db::ReadTx& tx) {
    return *tx.one<int64_t>("select count(*) from event where data like '%Case 17%'");
  }),
            0);
}

TEST_P(Assistances, end_roles_and_name_administrators) {
  staff->post(at("assistance"), reason);
  auto const named = staff->post(at("administrators"), R"({"mail":"new@example.com"})");
  ASSERT_EQ(named.status, 200) << named.body;
  EXPECT_EQ(named.json.at("role").as_string(), "sa_admin");
  EXPECT_EQ(staff->post(at("administrators"), R"({"mail":"nonsense"})").code(), "invalid");
  auto const users = staff->get(at("users?limit=1"));
  ASSERT_TRUE(users.json.find("next_cursor")) << users.body;
  auto const rest = staff->get(at("users?cursor=" + users.json.at("next_cursor").as_string()));
  EXPECT_EQ(rest.json.at("items").items().size(), 1U);
  for (auto const* page : {&users, &rest})
    for (auto const& user : page->json.at("items").items()) {
      auto const grant = user.at("grants").items().at(0).at("role_grant_id").as_string();
      bool const is_last = page == &rest;
      EXPECT_EQ(staff->send(Method::del, at("role_grants/" + grant)).code(), is_last ? "conflict" : "");
    }
  auto const mails = test::sent_mails(*world.database, world.vault);
  ASSERT_EQ(mails.size(), 2U);
  for (auto const& mail : mails)
    EXPECT_THAT(mail.message.text, Not(HasSubstr("operator_support"))) << mail.message.text;
}

TEST_P(Assistances, make_nobody_of_the_staff_an_administrator) {
  staff->post(at("assistance"), reason);
  for (auto const role : {OperatorRole::operator_support, OperatorRole::operator_admin}) {
    world.operator_with(role);
    auto const mail = std::string(to_text(role)) + "@operator.example";
    EXPECT_THAT(staff->post(at("administrators"), R"({"mail":")" + mail + R"("})").body, HasSubstr("is_staff"));
  }
  EXPECT_THAT(admin->get(own("users")).body, Not(HasSubstr("operator")));
  EXPECT_THAT(admin->get(own("events")).body, Not(HasSubstr("assistance_used")));
}

TEST_P(Assistances, are_refused_while_the_customer_locks_the_account) {
  staff->post(at("assistance"), reason);
  EXPECT_EQ(lock(true).status, 200);
  EXPECT_EQ(lock(true).json.at("version").as_int(), 2) << "as it is";
  EXPECT_EQ(staff->get(at("users")).code(), "locked_against_staff");
  EXPECT_EQ(staff->post(at("assistance"), reason).code(), "locked_against_staff");
  EXPECT_EQ(staff->post(at("administrators"), R"({"mail":"new@example.com"})").code(), "locked_against_staff");
  EXPECT_TRUE(staff->get(at("assistance")).json.at("locked_against_staff").as_bool());
  EXPECT_THAT(admin->get(own("events?kind=smart_account_changed")).body,
              HasSubstr(R"("locked_against_staff":"true")"));
  EXPECT_EQ(lock(false).status, 200);
  EXPECT_EQ(staff->get(at("users")).status, 200);
  auto viewer = world.as(world.person("viewer@example.com"));
  world.grant(account, world.person("viewer@example.com"), Role::sa_user);
  EXPECT_EQ(viewer.send(Method::patch, own("properties"), R"({"locked_against_staff":true})").code(), "forbidden");
}

TEST_P(Assistances, find_people_by_their_whole_address) {
  auto const look = [&](std::string const& mail) {
    return staff->post("/api/v1/operator/person_lookup", R"({"mail":")" + mail + R"("})");
  };
  EXPECT_EQ(look("admin@example").code(), "not_found");
  EXPECT_EQ(look("nonsense").code(), "invalid");
  auto const found = look("ADMIN@example.com");
  ASSERT_EQ(found.status, 200) << found.body;
  EXPECT_THAT(found.json.at("smart_accounts").items(), IsEmpty()) << "without a reason";
  staff->post(at("assistance"), reason);
  EXPECT_THAT(look("admin@example.com").body, HasSubstr(R"("domain":"example.com")"));
  lock(true);
  EXPECT_THAT(look("admin@example.com").json.at("smart_accounts").items(), IsEmpty());
  EXPECT_EQ(world.database->read([](db::ReadTx& tx) {
    return *tx.one<int64_t>("select count(*) from event where kind = 'person_looked_up' and actor_kind = 'staff'");
  }),
            3);
}

TEST_P(Assistances, find_accounts_by_the_beginning_of_a_name_or_domain_or_by_the_number) {
  auto const rename = [&](std::string const& domain, std::string const& name) {
    auto const id = world.account(domain);
    world.as(world.administrator_of(id))
        .send(Method::patch, "/api/v1/smart_accounts/" + id.text() + "/properties", R"({"name":")" + name + R"("})");
    return world.database->read([&](db::ReadTx& tx) {
      return tx.one<int64_t>("select number from smart_account where smart_account_id = $1", id).value();
    });
  };
  auto const number = rename("kaede.example", "Ｋａｅｄｅ Works");
  rename("works.example", "Kaede Foods");
  rename("sakura.example", "Works of Sakura");
  EXPECT_THAT(names_found("search=KAEDE"), ElementsAre("works.example", "kaede.example"));
  EXPECT_THAT(names_found("search=kaede%20w"), ElementsAre("kaede.example"));
  EXPECT_THAT(names_found("search=Works"), ElementsAre("sakura.example", "works.example"));
  EXPECT_THAT(names_found("search=orks"), IsEmpty());
  EXPECT_THAT(names_found("search=" + std::to_string(number)), ElementsAre("kaede.example"));
  // Page by page it is the same, and none comes twice.
  for (std::string const search : {"kaede", "works", "w", "k", "s"}) {
    std::vector<std::string> seen;
    std::string cursor;
    for (int pages = 0; pages < 10; ++pages) {
      auto const page = staff->get("/api/v1/operator/smart_accounts?limit=1&search=" + search + cursor);
      for (auto const& item : page.json.at("items").items()) seen.push_back(item.at("domain").as_string());
      auto const* next = page.json.find("next_cursor");
      if (!next) break;
      cursor = "&cursor=" + next->as_string();
    }
    EXPECT_EQ(seen, names_found("search=" + search)) << search;
  }
}

}  // namespace
}  // namespace menkyo::accounts
