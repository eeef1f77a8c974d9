// What an account tells about itself, and who may change it.

#include "accounts/properties.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/world.hpp"

namespace menkyo::accounts {
namespace {

using api::Method;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto fiji = R"({"country":"FJ","city":"Suva","line1":"1 Wharf"})";
constexpr auto tokyo =
    R"({"country":"JP","postal_code":"1076227","region":"Tokyo","city":"MINATO","line1":"9-7-1 AKASAKA"})";

class Properties : public ::testing::TestWithParam<std::string> {
 protected:
  Properties() {
    world.serve(routes());
    admin.emplace(world.as(world.administrator_of(account)));
  }
  std::string at(std::string const& what) const { return "/api/v1/smart_accounts/" + account.text() + "/" + what; }
  test::Answer change(Method method, std::string const& what, std::string const& body, int64_t version = 0) {
    api::Headers headers;
    if (version) headers.emplace_back("if-match", '"' + std::to_string(version) + '"');
    return admin->send(method, at(what), body, headers);
  }
  test::Answer now() { return admin->get(at("properties")); }
  size_t events(std::string const& kind) {
    return admin->get(at("events?kind=" + kind)).json.at("items").items().size();
  }

  test::World world{GetParam()};
  SmartAccountId account = world.account("example.com");
  std::optional<test::ApiClient> admin;
};
MENKYO_ON_BOTH_DATABASES(Properties);

TEST_P(Properties, have_a_name_that_nobody_else_has) {
  world.account("other.example");
  auto const before = now();
  ASSERT_EQ(before.status, 200) << before.body;
  EXPECT_EQ(before.json.at("version").as_int(), 1);
  auto const old = before.json.at("name").as_string();
  auto const renamed = change(Method::patch, "properties", R"({"name":"Kaede Works"})", 1);
  EXPECT_EQ(renamed.json.at("name").as_string(), "Kaede Works") << renamed.body;
  EXPECT_EQ(renamed.json.at("version").as_int(), 2);
  EXPECT_EQ(change(Method::patch, "properties", R"({"name":"Kaede"})", 1).code(), "changed_meanwhile");
  auto const other = world.database->read([&](db::ReadTx& tx) {
    return *tx.one<std::string>("select name from smart_account where domain = 'other.example'");
  });
  EXPECT_EQ(change(Method::patch, "properties", R"({"name":")" + other + R"("})").code(), "name_taken");
  // In another spelling it is the same name, and its own; nothing happens if nothing differs.
  EXPECT_EQ(change(Method::patch, "properties", R"({"name":"KAEDE works"})").json.at("version").as_int(), 3);
  EXPECT_EQ(change(Method::patch, "properties", R"({"name":"KAEDE works"})").json.at("version").as_int(), 3);
  EXPECT_EQ(events("smart_account_changed"), 2U);
  // The old name is free again, the new one is not.
  auto staff = world.as(world.operator_with(access::OperatorRole::operator_admin));
  auto const found = [&](std::string const& name, std::string const& domain) {
    return staff.post(
        "/api/v1/operator/smart_accounts",
        R"({"name":")" + name + R"(","domain":")" + domain +
            R"(","administrator":{"mail":"a@b.example","given_name":"A","family_name":"B","language":"en"}})");
  };
  EXPECT_EQ(found("kaede works", "one.example").code(), "name_taken");
  EXPECT_EQ(found(old, "two.example").status, 200);
}

TEST_P(Properties, have_headquarters_and_locations) {
  // The operator opened this account, which has none yet.
  EXPECT_FALSE(now().json.find("headquarters"));
  EXPECT_THAT(change(Method::put, "headquarters", R"({"country":"JP","city":"x","line1":"y"})").body,
              HasSubstr(R"("path":"/postal_code")"));
  auto const first = change(Method::put, "headquarters", tokyo, 1);
  ASSERT_EQ(first.status, 200) << first.body;
  auto const number = first.json.at("headquarters").at("site_number").as_int();
  EXPECT_EQ(first.json.at("headquarters").at("address").at("postal_code").as_string(), "107-6227");
  EXPECT_EQ(change(Method::put, "headquarters", tokyo).json.at("version").as_int(), 2) << "as it is";
  auto const moved = change(Method::put, "headquarters", fiji);
  EXPECT_EQ(moved.json.at("headquarters").at("site_number").as_int(), number);
  EXPECT_EQ(events("account_headquarters_changed"), 2U);

  EXPECT_THAT(change(Method::post, "locations", fiji).body, HasSubstr("known_location"));
  auto const added = change(Method::post, "locations", tokyo, 3);
  ASSERT_EQ(added.json.at("locations").items().size(), 1U) << added.body;
  auto const location = added.json.at("locations").items().at(0).at("site_number").as_int();
  EXPECT_NE(location, number);
  EXPECT_EQ(change(Method::del, "locations/" + std::to_string(number), "").status, 404) << "not the headquarters";
  EXPECT_EQ(change(Method::del, "locations/" + std::to_string(location), "", 1).code(), "changed_meanwhile");
  EXPECT_EQ(change(Method::del, "locations/" + std::to_string(location), "").json.at("locations").items().size(), 0U);
  EXPECT_EQ(change(Method::del, "locations/" + std::to_string(location), "").status, 404);

  auto const required = change(Method::patch, "properties", R"({"require_smart_account_on_orders":true})");
  EXPECT_TRUE(required.json.at("require_smart_account_on_orders").as_bool());
  // Addresses are sealed, and no event has one.
  EXPECT_EQ(world.database->read([](db::ReadTx& tx) {
    return *tx.one<int64_t>("select count(*) from event where data like '%AKASAKA%' or data like '%Wharf%'");
  }),
            0);
}

TEST_P(Properties, have_no_more_locations_than_a_hundred) {
  for (size_t i = 0; i < max_locations; ++i)
    ASSERT_EQ(change(Method::post, "locations",
                     R"({"country":"FJ","city":"Suva","line1":")" + std::to_string(i) + R"( Wharf"})")
                  .status,
              200);
  EXPECT_EQ(change(Method::post, "locations", tokyo).code(), "conflict");
  EXPECT_EQ(change(Method::put, "headquarters", tokyo).status, 200);
}

TEST_P(Properties, name_an_administrator_as_the_creator) {
  EXPECT_FALSE(now().json.find("creator"));
  auto const put = [&](PersonId person) {
    return change(Method::put, "creator", R"({"person_id":")" + person.text() + R"("})");
  };
  auto const hana = world.person("hana@example.com"), taro = world.person("taro@example.com");
  EXPECT_THAT(put(hana).body, HasSubstr("not_an_administrator"));
  world.grant(account, hana, Role::sa_user);
  EXPECT_EQ(put(hana).code(), "invalid");
  world.grant(account, hana, Role::sa_admin, {}, world.database.clock.now());
  EXPECT_EQ(put(hana).code(), "invalid") << "the role ended";
  world.grant(account, taro, Role::sa_admin);
  auto const answer = put(taro);
  EXPECT_EQ(answer.json.at("creator").at("mail").as_string(), "taro@example.com") << answer.body;
  EXPECT_EQ(put(taro).json.at("version").as_int(), 2);
  EXPECT_EQ(events("account_creator_changed"), 1U);
}

TEST_P(Properties, are_shown_to_those_who_see_the_whole_account) {
  auto const as = [&](Role role, std::optional<VirtualAccountId> where = {}) {
    auto const person = world.person(std::string(to_text(role)) + "@example.com");
    world.grant(account, person, role, where);
    return world.as(person);
  };
  auto const administrator = world.administrator_of(account);
  change(Method::put, "creator", R"({"person_id":")" + administrator.text() + R"("})");
  change(Method::put, "headquarters", fiji);
  auto viewer = as(Role::sa_viewer), approver = as(Role::sa_approver);
  auto local = as(Role::va_admin, world.virtual_account(account, "Tokyo"));
  auto const seen = viewer.get(at("properties"));
  EXPECT_EQ(seen.status, 200);
  EXPECT_THAT(seen.body, HasSubstr("Suva"));
  EXPECT_THAT(seen.body, Not(HasSubstr("admin@example.com"))) << "who manages no users sees no names";
  EXPECT_EQ(approver.get(at("properties")).status, 403);
  EXPECT_EQ(local.get(at("properties")).status, 403);
  EXPECT_EQ(viewer.send(Method::patch, at("properties"), R"({"name":"X"})").status, 403);
  EXPECT_EQ(local.send(Method::patch, at("properties"), R"({"name":"X"})").status, 403);
}

TEST_P(Properties, tell_administrators_that_one_is_too_few) {
  auto const base = "/api/v1/smart_accounts/" + account.text();
  auto const is_alone = [&](test::ApiClient& client) {
    auto const told = client.get(base).json;
    auto const* field = told.find("has_one_administrator");
    auto const listed = client.get("/api/v1/smart_accounts").json;
    auto const* same = listed.at("items").items().at(0).find("has_one_administrator");
    EXPECT_EQ(field != nullptr, same != nullptr);
    if (!field) return std::string("untold");
    EXPECT_EQ(field->as_bool(), same->as_bool());
    return std::string(field->as_bool() ? "alone" : "not alone");
  };
  EXPECT_EQ(is_alone(*admin), "alone");
  // For a time does not count.
  world.grant(account, world.person("b@example.com"), Role::sa_admin, {},
              world.database.clock.now() + std::chrono::hours(1));
  EXPECT_EQ(is_alone(*admin), "alone");
  world.grant(account, world.person("c@example.com"), Role::sa_admin);
  EXPECT_EQ(is_alone(*admin), "not alone");
  auto const other = world.person("d@example.com");
  world.grant(account, other, Role::va_admin, world.virtual_account(account, "Tokyo"));
  auto local = world.as(other);
  EXPECT_EQ(is_alone(local), "untold");
}

}  // namespace
}  // namespace menkyo::accounts
