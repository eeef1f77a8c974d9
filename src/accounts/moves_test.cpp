// Moving subtrees of virtual accounts, and which one is the default.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/accounts.hpp"
#include "tests/support/world.hpp"

namespace menkyo::accounts {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Moves : public ::testing::TestWithParam<std::string> {
 protected:
  Moves() {
    world.serve(routes());
    admin.emplace(world.as(world.administrator_of(account)));
  }
  ~Moves() override { EXPECT_THAT(broken(), IsEmpty()); }

  std::vector<std::string> broken() {
    return world.database->read([&](db::ReadTx& tx) { return broken_tree(tx, account); });
  }
  std::string nodes() const { return "/api/v1/smart_accounts/" + account.text() + "/virtual_accounts"; }
  std::string node(VirtualAccountId id) const { return nodes() + "/" + id.text(); }
  test::Answer move(VirtualAccountId id, std::optional<VirtualAccountId> parent, std::string const& version = {}) {
    api::Headers headers;
    if (!version.empty()) headers.push_back({"if-match", '"' + version + '"'});
    return admin->send(api::Method::post, node(id) + "/move",
                       parent ? R"({"parent_id":")" + parent->text() + R"("})" : "{}", headers);
  }
  test::Answer make_default(VirtualAccountId id, std::string const& version = {}) {
    api::Headers headers;
    if (!version.empty()) headers.push_back({"if-match", '"' + version + '"'});
    return admin->send(api::Method::post, node(id) + "/default", "{}", headers);
  }
  std::vector<std::string> names(test::ApiClient& client) {
    std::vector<std::string> out;
    auto const answer = client.get(nodes());
    for (auto const& item : answer.json.at("items").items()) {
      std::string path;
      for (auto const& name : item.at("path_names").items()) path += (path.empty() ? "" : "/") + name.as_string();
      out.push_back(path);
    }
    return out;
  }
  VirtualAccountId add(std::string const& name, std::optional<VirtualAccountId> parent = {}) {
    return world.virtual_account(account, name, parent);
  }
  int64_t events(std::string const& kind) {
    return int64_t(admin->get("/api/v1/smart_accounts/" + account.text() + "/events?kind=" + kind)
                       .json.at("items")
                       .items()
                       .size());
  }

  test::World world{GetParam()};
  SmartAccountId account = world.account("example.com");
  std::optional<test::ApiClient> admin;
};
MENKYO_ON_BOTH_DATABASES(Moves);

TEST_P(Moves, take_the_subtree_along) {
  auto const east = add("東日本"), west = add("西日本"), tokyo = add("Tokyo", east), lab = add("Lab", tokyo);
  add("Bench", lab);
  auto const answer = move(tokyo, west, "1");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.json.at("version").as_int(), 2);
  EXPECT_EQ(answer.json.at("parent_id").as_string(), west.text());
  EXPECT_THAT(names(*admin), ElementsAre("DEFAULT", "東日本", "西日本", "西日本/Tokyo", "西日本/Tokyo/Lab",
                                         "西日本/Tokyo/Lab/Bench"));
  EXPECT_EQ(move(tokyo, east, "1").code(), "changed_meanwhile");
  // Where it is already: nothing happens.
  EXPECT_EQ(move(tokyo, west).json.at("version").as_int(), 2);
  EXPECT_EQ(events("virtual_account_moved"), 1);
  EXPECT_FALSE(move(tokyo, {}).json.find("parent_id"));
  EXPECT_THAT(names(*admin), ElementsAre("DEFAULT", "Tokyo", "Tokyo/Lab", "Tokyo/Lab/Bench", "東日本", "西日本"));
  EXPECT_EQ(events("virtual_account_moved"), 2);
  world.database->read([&](db::ReadTx& tx) { EXPECT_EQ(find_virtual_account(tx, account, "tokyo/lab"), lab); });
}

TEST_P(Moves, are_refused_where_the_tree_would_break) {
  auto const tokyo = add("Tokyo"), lab = add("Lab", tokyo), bench = add("Bench", lab), osaka = add("Osaka");
  add("ＴＯＫＹＯ", osaka);
  auto const before = names(*admin);
  for (auto const& inside : {tokyo, lab, bench}) {
    auto const answer = move(tokyo, inside);
    EXPECT_EQ(answer.code(), "invalid");
    EXPECT_THAT(answer.body, HasSubstr("inside_itself"));
  }
  EXPECT_THAT(move(tokyo, osaka).code(), "name_taken");
  auto const elsewhere = world.account("other.example");
  EXPECT_THAT(move(lab, world.virtual_account(elsewhere, "Theirs")).body, HasSubstr(R"("code":"unknown")"));
  EXPECT_EQ(move(world.virtual_account(elsewhere, "Ours"), tokyo).status, 404);
  // Tokyo/Lab/Bench is three levels; below the eighth it would be eleven deep.
  std::optional<VirtualAccountId> deep;
  for (int i = 1; i <= 8; ++i) deep = add("Level " + std::to_string(i), deep);
  EXPECT_EQ(move(tokyo, deep).code(), "too_deep");
  EXPECT_EQ(move(lab, deep).status, 200);
  EXPECT_EQ(move(lab, tokyo).status, 200);
  EXPECT_THAT(names(*admin), Contains("Tokyo/Lab/Bench"));
}

TEST_P(Moves, change_whom_a_role_reaches) {
  auto const east = add("East"), west = add("West"), tokyo = add("Tokyo", east), lab = add("Lab", tokyo);
  auto const with = [&](std::string const& name, VirtualAccountId where) {
    auto const person = world.person(name + "@partner.example");
    world.grant(account, person, Role::va_viewer, where);
    return world.as(person);
  };
  auto of_east = with("east", east), of_west = with("west", west), of_tokyo = with("tokyo", tokyo);
  ASSERT_EQ(move(tokyo, west).status, 200);
  EXPECT_THAT(names(of_east), ElementsAre("East"));
  EXPECT_THAT(names(of_west), ElementsAre("West", "West/Tokyo", "West/Tokyo/Lab"));
  EXPECT_THAT(names(of_tokyo), ElementsAre("Tokyo", "Tokyo/Lab"));
  EXPECT_EQ(of_east.get(node(lab)).status, 404);
  EXPECT_EQ(of_west.get(node(lab)).status, 200);
  // What it tells in the part of somebody names nothing outside it.
  auto const log = of_tokyo.get("/api/v1/smart_accounts/" + account.text() + "/events?kind=virtual_account_moved");
  EXPECT_EQ(log.json.at("items").items().size(), 1U);
  EXPECT_THAT(log.body, Not(HasSubstr("West")));

  // Only who administers the whole account moves anything.
  auto const local = world.person("local@example.com");
  world.grant(account, local, Role::va_admin, west);
  admin.emplace(world.as(local));
  EXPECT_EQ(move(tokyo, {}).status, 403);
  EXPECT_EQ(make_default(tokyo).status, 403);
}

TEST_P(Moves, of_the_default_leave_one) {
  auto const tokyo = add("Tokyo");
  auto const old = world.database->read([&](db::ReadTx& tx) { return default_virtual_account(tx, account); });
  ASSERT_EQ(move(old, tokyo).status, 200);
  auto const answer = make_default(tokyo, "1");
  EXPECT_TRUE(answer.json.at("is_default").as_bool()) << answer.body;
  EXPECT_EQ(answer.json.at("version").as_int(), 2);
  EXPECT_FALSE(admin->get(node(old)).json.at("is_default").as_bool());
  EXPECT_EQ(make_default(old, "1").code(), "changed_meanwhile");
  EXPECT_EQ(make_default(tokyo).json.at("version").as_int(), 2) << "it is the default already";
  EXPECT_EQ(events("virtual_account_made_default"), 1);
  // The former default is one like the others, and the new one is kept.
  EXPECT_EQ(admin->send(api::Method::del, node(old)).status, 200);
  EXPECT_EQ(admin->send(api::Method::del, node(tokyo)).code(), "conflict");
  // Not even a fault of the code makes two, or none of what is there.
  EXPECT_ANY_THROW(world.database->write([&](db::Tx& tx) {
    tx.exec(
        "insert into virtual_account (smart_account_id, virtual_account_id, number, path, sort_path, depth, name, "
        "description, is_default, commerce_access, created_at, version) select smart_account_id, $1, 99, '/99/', "
        "'99', 1, 'Second', '', is_default, commerce_access, 0, 1 from virtual_account where is_default",
        tx.new_id<VirtualAccountId>());
  }));
}

TEST_P(Moves, of_a_tree_that_was_damaged_are_noticed) {
  auto const tokyo = add("Tokyo"), lab = add("Lab", tokyo);
  auto const with = [&](std::string const& damage) {
    std::vector<std::string> found;
    try {
      world.database->write([&](db::Tx& tx) {
        tx.exec("update virtual_account set " + damage + " where virtual_account_id = $1", lab);
        found = broken_tree(tx, account);
        throw std::runtime_error("not to be kept");
      });
    } catch (std::runtime_error const&) {
    }
    return found;
  };
  EXPECT_THAT(with("depth = depth"), IsEmpty());
  for (auto const* damage : {"depth = 3", "path = '/7/'", "sort_path = 'x'", "parent_id = null",
                             "parent_id = virtual_account_id", "name = 'Other'"})
    EXPECT_THAT(with(damage), ElementsAre(HasSubstr("does not stand"))) << damage;
  world.database->write([&](db::Tx& tx) { tx.exec("update virtual_account set is_default = (1 = 0)"); });
  EXPECT_THAT(broken(), Contains(HasSubstr("0 default")));
  world.database->write([&](db::Tx& tx) {
    tx.exec("update virtual_account set is_default = (1 = 1) where virtual_account_id = $1", lab);
  });
}

}  // namespace
}  // namespace menkyo::accounts
