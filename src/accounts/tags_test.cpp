// Custom tags of an account, and the virtual accounts that carry them.

#include "accounts/tags.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/world.hpp"

namespace menkyo::accounts {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

std::string with_value(std::string const& tag, std::string const& value) {
  return R"({"custom_tag_id":")" + tag + R"(","value":")" + value + R"("})";
}
std::string label(std::string const& tag) {
  return R"({"custom_tag_id":")" + tag + R"("})";
}

class Tags : public ::testing::TestWithParam<std::string> {
 protected:
  Tags() {
    world.serve(routes());
    admin.emplace(world.as(world.administrator_of(account)));
  }
  ~Tags() override { EXPECT_THAT(broken(), IsEmpty()); }

  std::vector<std::string> broken() {
    return world.database->read([&](db::ReadTx& tx) { return broken_tags(tx, account); });
  }
  std::string tags() const { return "/api/v1/smart_accounts/" + account.text() + "/custom_tags"; }
  std::string nodes() const { return "/api/v1/smart_accounts/" + account.text() + "/virtual_accounts"; }
  test::Answer define(std::string const& name, std::string const& values = "") {
    return admin->send(api::Method::post, tags(), R"({"name":")" + name + R"(","values":[)" + values + "]}");
  }
  std::string tag(std::string const& name, std::string const& values = "") {
    auto const answer = define(name, values);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json.at("custom_tag_id").as_string();
  }
  test::Answer change(std::string const& id, std::string const& body) {
    return admin->send(api::Method::patch, tags() + "/" + id, body);
  }
  test::Answer carry(VirtualAccountId va, std::string const& choices, std::string const& version = {}) {
    api::Headers headers;
    if (!version.empty()) headers.push_back({"if-match", '"' + version + '"'});
    return admin->send(api::Method::put, nodes() + "/" + va.text() + "/tags", R"({"tags":[)" + choices + "]}",
                       headers);
  }
  std::vector<std::string> carried(VirtualAccountId va) {
    std::vector<std::string> out;
    auto const answer = admin->get(nodes() + "/" + va.text());
    for (auto const& each : answer.json.at("tags").items()) {
      auto const* value = each.find("value");
      out.push_back(each.at("name").as_string() + (value ? "=" + value->as_string() : ""));
    }
    return out;
  }
  std::vector<std::string> names(test::ApiClient& client, std::string const& query) {
    std::vector<std::string> out;
    auto const answer = client.get(nodes() + "?" + query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    for (auto const& item : answer.json.at("items").items()) out.push_back(item.at("name").as_string());
    return out;
  }
  int64_t count(std::string const& id) {
    auto const list = admin->get(tags());
    for (auto const& item : list.json.at("items").items())
      if (item.at("custom_tag_id").as_string() == id) return item.at("virtual_account_count").as_int();
    return -1;
  }
  std::vector<std::string> events(std::string const& kind) {
    std::vector<std::string> out;
    auto const answer = admin->get("/api/v1/smart_accounts/" + account.text() + "/events?kind=" + kind);
    for (auto const& event : answer.json.at("items").items())
      out.push_back(protocol::json::to_text(event.at("data")));
    return out;
  }
  VirtualAccountId add(std::string const& name, std::optional<VirtualAccountId> parent = {}) {
    return world.virtual_account(account, name, parent);
  }

  test::World world{GetParam()};
  SmartAccountId account = world.account("example.com");
  std::optional<test::ApiClient> admin;
};
MENKYO_ON_BOTH_DATABASES(Tags);

TEST_P(Tags, are_defined_with_values_or_without) {
  auto const region = tag("地域", R"("東京","Osaka 10","Osaka 9")");
  tag("Project");
  auto const list = admin->get(tags());
  ASSERT_EQ(list.json.at("items").items().size(), 2U);
  auto const& project = list.json.at("items").items()[0];
  auto const& regions = list.json.at("items").items()[1];
  EXPECT_EQ(project.at("name").as_string(), "Project");
  EXPECT_THAT(project.at("values").items(), IsEmpty());
  std::vector<std::string> values;
  for (auto const& value : regions.at("values").items()) values.push_back(value.as_string());
  EXPECT_THAT(values, ElementsAre("Osaka 9", "Osaka 10", "東京"));
  EXPECT_EQ(regions.at("version").as_int(), 1);
  EXPECT_THAT(events("custom_tag_created"), UnorderedElementsAre(HasSubstr("Project"), HasSubstr("地域")));

  auto const renamed = change(region, R"({"name":"Region"})");
  EXPECT_EQ(renamed.json.at("version").as_int(), 2) << renamed.body;
  EXPECT_EQ(renamed.json.at("values").items().size(), 3U);
  EXPECT_THAT(events("custom_tag_changed"), ElementsAre(AllOf(HasSubstr("Region"), HasSubstr("地域"))));
  EXPECT_EQ(change(region, R"({"name":"Region"})").json.at("version").as_int(), 2) << "nothing changed";
  auto const fewer = change(region, R"({"values":["TOKYO","osaka 9"]})");
  EXPECT_EQ(protocol::json::to_text(fewer.json.at("values")), R"(["osaka 9","TOKYO"])");
}

TEST_P(Tags, are_refused_where_people_would_mix_them_up) {
  auto const project = tag("Project");
  EXPECT_EQ(define(" ＰＲＯＪＥＣＴ ").code(), "name_taken");
  EXPECT_EQ(change(tag("Region"), R"({"name":"project"})").code(), "name_taken");
  EXPECT_EQ(change(project, R"({"name":"PROJECT"})").status, 200) << "its own name in another spelling";
  EXPECT_THAT(define("Size", R"("A","a")").body, AllOf(HasSubstr("/values/1"), HasSubstr("repeated")));
  EXPECT_EQ(define("").code(), "invalid");
  EXPECT_EQ(define(std::string(101, 'x')).code(), "invalid");
  EXPECT_EQ(define("Size", '"' + std::string(101, 'x') + '"').code(), "invalid");
  std::string many;
  for (size_t i = 0; i <= max_tag_values; ++i) many += (i ? ",\"" : "\"") + std::to_string(i) + '"';
  EXPECT_THAT(define("Size", many).body, HasSubstr("too_long"));
  EXPECT_EQ(
      admin->send(api::Method::patch, tags() + "/" + project, R"({"name":"X"})", {{"if-match", "\"1\""}}).code(),
      "changed_meanwhile");
  EXPECT_THAT(events("custom_tag_created"), UnorderedElementsAre(HasSubstr("Region"), HasSubstr("Project")));
  // Another account's names are its own, and its tags are nobody else's.
  auto const other = world.account("other.example");
  auto stranger = world.as(world.administrator_of(other));
  auto const others = "/api/v1/smart_accounts/" + other.text() + "/custom_tags";
  EXPECT_EQ(stranger.send(api::Method::post, others, R"({"name":"Project","values":[]})").status, 200);
  EXPECT_EQ(stranger.send(api::Method::del, others + "/" + project).status, 404);
}

TEST_P(Tags, of_an_account_are_not_more_than_it_may_have) {
  for (size_t i = 0; i < max_tags; ++i) tag("Tag " + std::to_string(i));
  EXPECT_EQ(define("One more").code(), "conflict");
  auto const first = admin->get(tags()).json.at("items").items().front().at("custom_tag_id").as_string();
  EXPECT_EQ(admin->send(api::Method::del, tags() + "/" + first).status, 200);
  EXPECT_EQ(define("One more").status, 200);
}

TEST_P(Tags, are_carried_with_one_of_their_values) {
  auto const tokyo = add("Tokyo");
  auto const region = tag("Region", R"("East","West")"), lab = tag("Lab");
  auto const answer = carry(tokyo, with_value(region, "ＥＡＳＴ") + "," + label(lab), "1");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.json.at("version").as_int(), 2);
  EXPECT_THAT(carried(tokyo), ElementsAre("Lab", "Region=East"));
  EXPECT_EQ(count(region), 1);
  EXPECT_THAT(events("virtual_account_tagged"), Contains(R"({"tag":"Region: East"})"));
  EXPECT_EQ(carry(tokyo, label(lab) + "," + with_value(region, "East")).json.at("version").as_int(), 2)
      << "it carries these already";
  EXPECT_EQ(carry(tokyo, label(lab), "1").code(), "changed_meanwhile");

  EXPECT_EQ(carry(tokyo, with_value(region, "West")).status, 200);
  EXPECT_THAT(carried(tokyo), ElementsAre("Region=West"));
  EXPECT_EQ(count(region), 1);
  EXPECT_EQ(count(lab), 0);
  EXPECT_THAT(events("virtual_account_untagged"), ElementsAre(R"({"tag":"Lab"})"));
  EXPECT_EQ(events("virtual_account_tagged").size(), 3U);
  EXPECT_EQ(carry(tokyo, label(region)).status, 200);
  EXPECT_THAT(carried(tokyo), ElementsAre("Region"));
}

TEST_P(Tags, that_cannot_be_carried_change_nothing) {
  auto const tokyo = add("Tokyo");
  auto const region = tag("Region", R"("East")"), lab = tag("Lab");
  EXPECT_THAT(carry(tokyo, label(lab) + "," + with_value(region, "North")).body,
              AllOf(HasSubstr("/tags/1/value"), HasSubstr("unknown")));
  EXPECT_THAT(carry(tokyo, with_value(lab, "North")).body, HasSubstr("/tags/0/value"));
  EXPECT_THAT(carry(tokyo, label(lab) + "," + label(lab)).body, HasSubstr("repeated"));
  EXPECT_THAT(carry(tokyo, label(CustomTagId{}.text())).body, HasSubstr("/tags/0/custom_tag_id"));
  std::string many;
  for (size_t i = 0; i <= max_carried_tags; ++i) many += (i ? "," : "") + label(tag("Tag " + std::to_string(i)));
  EXPECT_THAT(carry(tokyo, many).body, AllOf(HasSubstr("\"/tags\""), HasSubstr("too_long")));
  EXPECT_THAT(carried(tokyo), IsEmpty());
  EXPECT_THAT(events("virtual_account_tagged"), IsEmpty());
  many.resize(many.rfind(','));
  EXPECT_EQ(carry(tokyo, many).status, 200);
}

TEST_P(Tags, keep_the_values_that_are_carried) {
  auto const tokyo = add("Tokyo");
  auto const region = tag("Region", R"("East","West")");
  ASSERT_EQ(carry(tokyo, with_value(region, "East")).status, 200);
  auto const refused = change(region, R"({"values":["West"]})");
  EXPECT_THAT(refused.body, AllOf(HasSubstr("\"/values\""), HasSubstr("in_use")));
  EXPECT_EQ(change(region, R"({"values":["EAST"]})").status, 200);
  EXPECT_THAT(carried(tokyo), ElementsAre("Region=EAST"));
  // The tag itself goes, with all that it says of virtual accounts.
  EXPECT_EQ(admin->send(api::Method::del, tags() + "/" + region, "", {{"if-match", "\"1\""}}).code(),
            "changed_meanwhile");
  EXPECT_EQ(admin->send(api::Method::del, tags() + "/" + region, "", {{"if-match", "\"2\""}}).status, 200);
  EXPECT_THAT(carried(tokyo), IsEmpty());
  EXPECT_THAT(events("custom_tag_deleted"), ElementsAre(HasSubstr(R"("virtual_account_count":1)")));
  EXPECT_EQ(admin->send(api::Method::del, tags() + "/" + region).status, 404);
}

TEST_P(Tags, find_virtual_accounts_in_the_order_of_the_tree) {
  auto const east = add("East"), west = add("West"), tokyo = add("Tokyo", east), kobe = add("Kobe", west);
  add("Nagoya");
  auto const city = tag("City", R"("Big","Small")");
  for (auto const& each : {kobe, tokyo}) ASSERT_EQ(carry(each, with_value(city, "Big")).status, 200);
  ASSERT_EQ(carry(west, with_value(city, "Small")).status, 200);
  auto const by_tag = "custom_tag_id=" + city;
  EXPECT_THAT(names(*admin, by_tag), ElementsAre("Tokyo", "West", "Kobe"));
  EXPECT_THAT(names(*admin, by_tag + "&tag_value=big"), ElementsAre("Tokyo", "Kobe"));
  EXPECT_THAT(names(*admin, by_tag + "&tag_value=none"), IsEmpty());
  EXPECT_THAT(names(*admin, by_tag + "&search=ko"), ElementsAre("Kobe"));
  EXPECT_THAT(names(*admin, by_tag + "&parent=" + east.text()), ElementsAre("Tokyo"));
  EXPECT_THAT(names(*admin, "custom_tag_id=" + CustomTagId{}.text()), IsEmpty());
  EXPECT_EQ(admin->get(nodes() + "?tag_value=Big").code(), "invalid");

  // Page by page; a cursor of another filter leads nowhere.
  auto const first = admin->get(nodes() + "?limit=2&" + by_tag);
  ASSERT_TRUE(first.json.find("next_cursor")) << first.body;
  auto const cursor = "&cursor=" + first.json.at("next_cursor").as_string();
  EXPECT_THAT(names(*admin, "limit=2&" + by_tag + cursor), ElementsAre("Kobe"));
  EXPECT_EQ(admin->get(nodes() + "?limit=2" + cursor).code(), "invalid");
  EXPECT_EQ(admin->get(nodes() + "?limit=2&tag_value=Big&" + by_tag + cursor).code(), "invalid");

  // Who stands elsewhere, or is called otherwise, is found there.
  EXPECT_EQ(admin
                ->send(api::Method::post, nodes() + "/" + west.text() + "/move",
                       R"({"parent_id":")" + tokyo.text() + R"("})")
                .status,
            200);
  EXPECT_EQ(admin->send(api::Method::patch, nodes() + "/" + east.text(), R"({"name":"Zone"})").status, 200);
  EXPECT_THAT(names(*admin, by_tag), ElementsAre("Tokyo", "West", "Kobe"));
  EXPECT_THAT(names(*admin, by_tag + "&search=e"), ElementsAre("West", "Kobe"));
  EXPECT_THAT(broken(), IsEmpty());
  // What is deleted carries nothing any more.
  EXPECT_EQ(admin->send(api::Method::del, nodes() + "/" + kobe.text()).status, 200);
  EXPECT_EQ(count(city), 2);
  EXPECT_THAT(names(*admin, by_tag + "&tag_value=Big"), ElementsAre("Tokyo"));
}

TEST_P(Tags, are_shown_to_partners_where_they_see_what_carries_them) {
  auto const east = add("East"), west = add("West");
  auto const secret = tag("Merger"), open = tag("Lab");
  ASSERT_EQ(carry(east, label(open)).status, 200);
  ASSERT_EQ(carry(west, label(secret) + "," + label(open)).status, 200);
  auto const person = world.person("partner@partner.example");
  world.grant(account, person, Role::va_admin, east);
  auto partner = world.as(person);
  EXPECT_THAT(partner.get(nodes()).body, AllOf(HasSubstr("Lab"), Not(HasSubstr("Merger"))));
  EXPECT_THAT(names(partner, "custom_tag_id=" + open), ElementsAre("East"));
  EXPECT_THAT(names(partner, "custom_tag_id=" + secret), IsEmpty());
  EXPECT_EQ(partner.get(tags()).status, 403);
  EXPECT_EQ(partner.send(api::Method::put, nodes() + "/" + east.text() + "/tags", R"({"tags":[]})").status, 403);
  EXPECT_EQ(partner.send(api::Method::put, nodes() + "/" + west.text() + "/tags", R"({"tags":[]})").status, 404);
  auto const viewer = world.person("viewer@example.com");
  world.grant(account, viewer, Role::sa_viewer);
  auto looking = world.as(viewer);
  EXPECT_THAT(looking.get(tags()).body, HasSubstr("Merger"));
  EXPECT_EQ(looking.send(api::Method::post, tags(), R"({"name":"Mine","values":[]})").status, 403);
}

TEST_P(Tags, that_were_damaged_are_noticed) {
  auto const tokyo = add("Tokyo");
  ASSERT_EQ(carry(tokyo, with_value(tag("Region", R"("East")"), "East")).status, 200);
  auto const with = [&](std::string const& damage) {
    std::vector<std::string> found;
    try {
      world.database->write([&](db::Tx& tx) {
        tx.exec(damage);
        found = broken_tags(tx, account);
        throw std::runtime_error("not to be kept");
      });
    } catch (std::runtime_error const&) {
    }
    return found;
  };
  EXPECT_THAT(with("update custom_tag set virtual_account_count = 1"), IsEmpty());
  EXPECT_THAT(with("update custom_tag set virtual_account_count = 2"), ElementsAre(HasSubstr("counts")));
  for (auto const* damage : {"update virtual_account_tag set sort_path = 'x'",
                             "update virtual_account_tag set value_key = 'north'", "delete from custom_tag",
                             "delete from custom_tag_value", "update virtual_account set sort_path = 'y' || number"})
    EXPECT_THAT(with(damage), ElementsAre(HasSubstr("carries"))) << damage;
}

}  // namespace
}  // namespace menkyo::accounts
