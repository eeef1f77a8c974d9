#include "accounts/accounts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/world.hpp"

namespace menkyo::accounts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Accounts : public ::testing::TestWithParam<std::string> {
 protected:
  Accounts() {
    auto table = people::routes();
    for (auto& route : routes()) table.push_back(std::move(route));
    world.serve(std::move(table));
    admin.emplace(world.as(world.administrator_of(account)));
  }
  std::string base() const { return "/api/v1/smart_accounts/" + account.text(); }
  std::string node(VirtualAccountId id) const { return base() + "/virtual_accounts/" + id.text(); }
  static std::vector<std::string> names(test::Answer const& answer) {
    std::vector<std::string> out;
    for (auto const& item : answer.json.at("items").items()) {
      std::string path;
      for (auto const& name : item.at("path_names").items()) path += (path.empty() ? "" : "/") + name.as_string();
      out.push_back(path);
    }
    return out;
  }
  std::string grant_body(std::string const& mail, std::string const& role, std::optional<VirtualAccountId> where = {},
                         std::string const& more = "") {
    return R"({"mail":")" + mail + R"(","role":")" + role + '"' +
           (where ? R"(,"virtual_account_id":")" + where->text() + '"' : "") + more + "}";
  }

  test::World world{GetParam()};
  SmartAccountId account = world.account("example.com");
  std::optional<test::ApiClient> admin;
};
MENKYO_ON_BOTH_DATABASES(Accounts);

TEST_P(Accounts, begin_with_a_default_virtual_account_and_an_administrator) {
  auto const answer = admin->get(base());
  EXPECT_EQ(answer.json.at("domain").as_string(), "example.com");
  EXPECT_EQ(answer.json.at("virtual_account_count").as_int(), 1);
  EXPECT_EQ(answer.json.at("roles").items().at(0).as_string(), "sa_admin");
  auto const list = admin->get(base() + "/virtual_accounts");
  EXPECT_THAT(names(list), ElementsAre("DEFAULT"));
  EXPECT_TRUE(list.json.at("items").items().at(0).at("is_default").as_bool());
  world.database->read([&](db::ReadTx& tx) {
    EXPECT_EQ(find_account_by_domain(tx, "EXAMPLE.com."), account);
    EXPECT_EQ(find_virtual_account(tx, account, "default"), default_virtual_account(tx, account));
  });
}

TEST_P(Accounts, have_names_and_domains_of_their_own) {
  auto staff = world.as(world.operator_with(access::OperatorRole::operator_admin));
  auto const create = [&](std::string const& name, std::string const& domain,
                          std::string const& mail = "a@b.example") {
    return staff.post("/api/v1/operator/smart_accounts",
                      R"({"name":")" + name + R"(","domain":")" + domain + R"(","administrator":{"mail":")" + mail +
                          R"(","given_name":"Ada","family_name":"Admin","language":"ja"}})");
  };
  auto const first = create("Ｋａｍｅ  株式会社", "Kame.Example");
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.json.at("smart_account").at("domain").as_string(), "kame.example");
  // The administrator has it by mail.
  EXPECT_FALSE(first.json.find("one_time_link"));
  auto const same_name = create("kame 株式会社", "tsuru.example");
  EXPECT_EQ(same_name.code(), "name_taken");
  EXPECT_THAT(same_name.body, HasSubstr("/name"));
  auto const same_domain = create("Tsuru", "KAME.example");
  EXPECT_EQ(same_domain.code(), "name_taken");
  EXPECT_THAT(same_domain.body, HasSubstr("/domain"));
  EXPECT_EQ(create("Tsuru", "nodots").code(), "invalid");
  EXPECT_THAT(create("Tsuru", "tsuru.example", "nonsense").body, HasSubstr("/administrator/mail"));
  EXPECT_EQ(create("Tsuru", "tsuru.example").status, 200);
  auto const list = staff.get("/api/v1/operator/smart_accounts?search=tsuru");
  ASSERT_EQ(list.json.at("items").items().size(), 1U);
  EXPECT_EQ(list.json.at("items").items().at(0).at("name").as_string(), "Tsuru");
  auto const page = staff.get("/api/v1/operator/smart_accounts?limit=2");
  auto const rest =
      staff.get("/api/v1/operator/smart_accounts?limit=2&cursor=" + page.json.at("next_cursor").as_string());
  EXPECT_EQ(rest.json.at("items").items().size(), 1U);
}

TEST_P(Accounts, have_names_that_people_can_tell_apart) {
  auto staff = world.as(world.operator_with(access::OperatorRole::operator_admin));
  int made = 0;
  auto const create = [&](std::string const& name) {
    return staff.post(
        "/api/v1/operator/smart_accounts",
        R"({"name":")" + name + R"(","domain":"d)" + std::to_string(++made) +
            R"(.example","administrator":{"mail":"a@b.example","given_name":"Ada","family_name":"Admin",)" +
            R"("language":"ja"}})");
  };
  auto const count = [&] { return staff.get("/api/v1/operator/smart_accounts").json.at("items").items().size(); };
  ASSERT_EQ(create("㈱パナガワ Works").status, 200);
  auto const before = count();
  for (auto* same : {"（株）ﾊﾟﾅｶﾞﾜ\u3000ＷＯＲＫＳ", "㈱パナガワ\u00A0Works", "㈱パナ\u200Bガワ works",
                     "\u200E㈱パナガワ Works\u200F", "㈱ハ\u309Aナカ\u3099ワ  works\u00AD"}) {
    auto const answer = create(same);
    EXPECT_EQ(answer.code(), "name_taken") << same;
    EXPECT_THAT(answer.body, HasSubstr(R"("path":"/name","code":"taken")")) << same;
  }
  for (auto const& [name, code] : {std::pair{"\u200B", "empty"},
                                   {"\u3000\u202E", "empty"},
                                   {"Kame\u202Eskrow", "control_character"},
                                   {"Kame\u0085Works", "control_character"},
                                   {R"(Kame\u0007Works)", "control_character"},
                                   {R"(Kame\r\nBcc: all@example.com)", "control_character"}}) {
    auto const answer = create(name);
    EXPECT_EQ(answer.code(), "invalid") << name;
    EXPECT_THAT(answer.body, HasSubstr(std::string(R"("path":"/name","code":")") + code)) << name;
  }
  EXPECT_EQ(count(), before);
}

TEST_P(Accounts, tell_the_operators_staff_what_it_may) {
  auto const me = world.as(world.operator_with(access::OperatorRole::operator_support)).get("/api/v1/me");
  EXPECT_EQ(me.json.at("operator_roles").items().at(0).as_string(), "operator_support");
  std::vector<std::string> abilities;
  for (auto const& each : me.json.at("operator_abilities").items()) abilities.push_back(each.as_string());
  EXPECT_EQ(abilities, (std::vector<std::string>{"catalog_view", "accounts_view", "account_requests_decide",
                                                 "accounts_assist", "enquiries_answer", "successions_decide"}));
}

TEST_P(Accounts, tell_who_is_signed_in) {
  auto const me = admin->get("/api/v1/me");
  EXPECT_EQ(me.json.at("person").at("mail").as_string(), "admin@example.com");
  EXPECT_EQ(me.json.at("accounts").items().size(), 1U);
  EXPECT_EQ(me.json.at("operator_roles").items().size(), 0U);
  EXPECT_EQ(me.json.at("operator_abilities").items().size(), 0U);
  auto const changed = admin->send(api::Method::patch, "/api/v1/me", R"({"language":"ja"})");
  EXPECT_EQ(changed.json.at("person").at("language").as_string(), "ja");
  EXPECT_EQ(admin->get("/api/v1/me").json.at("person").at("language").as_string(), "ja");
}

TEST_P(Accounts, order_their_tree_as_people_read_it) {
  auto const tokyo = world.virtual_account(account, "Tokyo");
  world.virtual_account(account, "Osaka 10");
  auto const osaka = world.virtual_account(account, "Osaka 2");
  world.virtual_account(account, "west", tokyo);
  world.virtual_account(account, "East", tokyo);
  world.virtual_account(account, "Lab", osaka);
  auto const whole = admin->get(base() + "/virtual_accounts");
  EXPECT_THAT(names(whole),
              ElementsAre("DEFAULT", "Osaka 2", "Osaka 2/Lab", "Osaka 10", "Tokyo", "Tokyo/East", "Tokyo/west"));
  std::vector<std::string> paged;
  std::string cursor;
  do {
    auto const page = admin->get(base() + "/virtual_accounts?limit=2" + cursor);
    for (auto& name : names(page)) paged.push_back(name);
    auto const* next = page.json.find("next_cursor");
    cursor = next ? "&cursor=" + next->as_string() : "";
  } while (!cursor.empty());
  EXPECT_EQ(paged, names(whole));
  EXPECT_THAT(names(admin->get(base() + "/virtual_accounts?parent=" + tokyo.text())),
              ElementsAre("Tokyo/East", "Tokyo/west"));
  EXPECT_THAT(names(admin->get(base() + "/virtual_accounts?search=WEST")), ElementsAre("Tokyo/west"));

  // A renamed virtual account takes its subtree along.
  auto const renamed = admin->send(api::Method::patch, node(tokyo), R"({"name":"Aomori"})", {{"if-match", "\"1\""}});
  EXPECT_EQ(renamed.json.at("version").as_int(), 2) << renamed.body;
  EXPECT_THAT(names(admin->get(base() + "/virtual_accounts")),
              ElementsAre("Aomori", "Aomori/East", "Aomori/west", "DEFAULT", "Osaka 2", "Osaka 2/Lab", "Osaka 10"));
  EXPECT_EQ(admin->send(api::Method::patch, node(tokyo), R"({"name":"X"})", {{"if-match", "\"1\""}}).code(),
            "changed_meanwhile");
  world.database->read([&](db::ReadTx& tx) {
    EXPECT_EQ(find_virtual_account(tx, account, "ａｏｍｏｒｉ"), tokyo);
    EXPECT_TRUE(find_virtual_account(tx, account, "Aomori/East"));
    EXPECT_FALSE(find_virtual_account(tx, account, "Aomori/East/Nothing"));
    EXPECT_FALSE(find_virtual_account(tx, account, "East"));
  });
}

TEST_P(Accounts, keep_names_apart_among_siblings) {
  auto const tokyo = world.virtual_account(account, "Tokyo");
  auto const body = [](std::string const& name, std::string const& more = "") {
    return R"({"name":")" + name + R"(","description":"","commerce_access":"PRIVATE")" + more + "}";
  };
  auto const below = R"(,"parent_id":")" + tokyo.text() + '"';
  EXPECT_EQ(admin->post(base() + "/virtual_accounts", body(" ＴＯＫＹＯ ")).code(), "name_taken");
  EXPECT_EQ(admin->post(base() + "/virtual_accounts", body("Tokyo", below)).status, 200);
  EXPECT_EQ(admin->post(base() + "/virtual_accounts", body("とうきょう")).status, 200);
  // The same order, another name.
  EXPECT_EQ(admin->post(base() + "/virtual_accounts", body("トウキョウ")).status, 200);
  EXPECT_EQ(admin->post(base() + "/virtual_accounts", body("とうきょう")).code(), "name_taken");
  EXPECT_EQ(admin->post(base() + "/virtual_accounts", body("a/b")).code(), "invalid");
  EXPECT_EQ(admin->send(api::Method::patch, node(tokyo), R"({"name":"default"})").code(), "name_taken");
  EXPECT_EQ(admin->send(api::Method::patch, node(tokyo), R"({"name":"tokyo"})").status, 200);
}

TEST_P(Accounts, are_ten_levels_deep_at_most_whatever_the_names) {
  std::string long_name;
  for (int i = 0; i < 100; ++i) long_name += "課";
  std::optional<VirtualAccountId> parent;
  for (int depth = 1; depth <= 10; ++depth) parent = world.virtual_account(account, long_name, parent);
  auto const answer =
      admin->post(base() + "/virtual_accounts", R"({"name":"x","description":"","parent_id":")" + parent->text() +
                                                    R"(","commerce_access":"PUBLIC"})");
  EXPECT_EQ(answer.code(), "too_deep");
  EXPECT_EQ(admin->get(node(*parent)).json.at("depth").as_int(), 10);
}

TEST_P(Accounts, let_only_empty_virtual_accounts_go) {
  auto const tokyo = world.virtual_account(account, "Tokyo");
  auto const lab = world.virtual_account(account, "Lab", tokyo);
  auto const remove = [&](VirtualAccountId id) { return admin->send(api::Method::del, node(id)); };
  EXPECT_EQ(remove(tokyo).code(), "not_empty");
  auto const default_id = world.database->read([&](db::ReadTx& tx) { return default_virtual_account(tx, account); });
  EXPECT_EQ(remove(default_id).code(), "conflict");
  auto const sql = [&](std::string_view text) {
    world.database->write([&](db::Tx& tx) { tx.exec(text, account, lab); });
  };
  sql("insert into holding (smart_account_id, holder_kind, holder_id, entitlement_id, lot_id, quantity, "
      "starts_at, ends_at) values ($1, 'virtual_account', $2, $2, $2, 5, 0, 9000000000000000)");
  EXPECT_THAT(remove(lab).body, HasSubstr("licenses"));
  sql("delete from holding where smart_account_id = $1 and holder_id = $2");
  sql("insert into registration_token (smart_account_id, registration_token_id, virtual_account_id, secret_lookup, "
      "wrapped_secret, description, uses, expires_at, export_controlled_allowed, created_at) "
      "values ($1, $2, $2, $2, $2, '', 0, 9000000000000000, false, 0)");
  EXPECT_THAT(remove(lab).body, HasSubstr("tokens"));
  sql("update registration_token set revoked_at = 1 where smart_account_id = $1 and registration_token_id = $2");
  world.grant(account, world.person("taro@example.com"), Role::va_user, lab);
  EXPECT_EQ(remove(lab).status, 200);
  EXPECT_EQ(remove(lab).status, 404);
  EXPECT_EQ(remove(tokyo).status, 200);
}

TEST_P(Accounts, show_a_partner_its_part_only) {
  auto const tokyo = world.virtual_account(account, "Tokyo");
  auto const lab = world.virtual_account(account, "Lab", tokyo);
  world.virtual_account(account, "Bench", lab);
  world.virtual_account(account, "Osaka");
  auto const person = world.person("partner@partner.example");
  world.grant(account, person, Role::va_admin, lab);
  auto partner = world.as(person);
  auto const list = partner.get(base() + "/virtual_accounts");
  EXPECT_THAT(names(list), ElementsAre("Lab", "Lab/Bench"));
  EXPECT_THAT(list.body, Not(HasSubstr("Tokyo")));
  EXPECT_THAT(list.body, Not(HasSubstr(tokyo.text())));
  EXPECT_EQ(partner.get(base()).json.at("virtual_account_count").as_int(), 2);
  EXPECT_EQ(partner.get(node(tokyo)).status, 404);
  auto const users = partner.get(base() + "/users");
  ASSERT_EQ(users.json.at("items").items().size(), 1U);
  EXPECT_THAT(users.body, Not(HasSubstr("admin@example.com")));
  auto const create = [&](std::string const& parent) {
    return partner.post(base() + "/virtual_accounts",
                        R"({"name":"New","description":"","commerce_access":"PUBLIC")" + parent + "}");
  };
  EXPECT_EQ(create("").status, 403);
  EXPECT_EQ(create(R"(,"parent_id":")" + tokyo.text() + '"').status, 404);
  EXPECT_EQ(create(R"(,"parent_id":")" + lab.text() + '"').status, 200);
}

TEST_P(Accounts, give_roles_within_what_one_manages) {
  auto const tokyo = world.virtual_account(account, "Tokyo");
  auto const osaka = world.virtual_account(account, "Osaka");
  auto const person = world.person("va@example.com");
  world.grant(account, person, Role::va_admin, tokyo);
  auto local = world.as(person);
  auto const grants = base() + "/role_grants";
  EXPECT_EQ(local.post(grants, grant_body("new@example.com", "va_user", osaka)).status, 404);
  EXPECT_EQ(local.post(grants, grant_body("new@example.com", "sa_admin")).status, 403);
  EXPECT_EQ(local.post(grants, grant_body("new@example.com", "sa_admin", tokyo)).code(), "invalid");
  auto const given = local.post(grants, grant_body("new@example.com", "va_user", tokyo));
  ASSERT_EQ(given.status, 200) << given.body;
  auto const again = local.post(grants, grant_body("NEW@example.com", "va_user", tokyo));
  EXPECT_EQ(again.json.at("role_grant_id").as_string(), given.json.at("role_grant_id").as_string());
  EXPECT_EQ(admin->post(grants, grant_body("new@example.com", "sa_viewer")).status, 200);
  EXPECT_EQ(admin->post(grants, grant_body("nonsense", "sa_viewer")).code(), "invalid");
  EXPECT_EQ(admin->post(grants, grant_body("new@example.com", "va_user")).code(), "invalid");
  EXPECT_EQ(admin->post(grants, grant_body("new@example.com", "sa_user", {}, R"(,"ends_at":"2020-01-01T00:00:00Z")"))
                .code(),
            "invalid");
  auto const id = given.json.at("role_grant_id").as_string();
  EXPECT_EQ(local.send(api::Method::del, grants + "/" + id).status, 200);
  EXPECT_EQ(local.send(api::Method::del, grants + "/" + id).status, 404);
  EXPECT_EQ(admin->get(base() + "/users").json.at("items").items().size(), 3U);
}

TEST_P(Accounts, keep_an_administrator) {
  auto const grants = base() + "/role_grants";
  auto const users = admin->get(base() + "/users");
  auto const id = users.json.at("items").items().at(0).at("grants").items().at(0).at("role_grant_id").as_string();
  EXPECT_EQ(admin->send(api::Method::del, grants + "/" + id).code(), "conflict");
  // An administrator for a time does not count.
  EXPECT_EQ(
      admin->post(grants, grant_body("b@example.com", "sa_admin", {}, R"(,"ends_at":"2030-01-01T00:00:00Z")")).status,
      200);
  EXPECT_EQ(admin->send(api::Method::del, grants + "/" + id).code(), "conflict");
  EXPECT_EQ(
      admin->post(grants, grant_body("admin@example.com", "sa_admin", {}, R"(,"ends_at":"2030-01-01T00:00:00Z")"))
          .code(),
      "conflict");
  EXPECT_EQ(admin->post(grants, grant_body("b@example.com", "sa_admin")).status, 200);
  EXPECT_EQ(admin->send(api::Method::del, grants + "/" + id).status, 200);
  EXPECT_EQ(admin->get(base()).status, 404);
}

TEST_P(Accounts, page_through_users) {
  for (int i = 0; i < 5; ++i)
    world.grant(account, world.person("u" + std::to_string(i) + "@example.com"), Role::sa_user);
  auto const first = admin->get(base() + "/users?limit=4");
  EXPECT_EQ(first.json.at("items").items().size(), 4U);
  auto const rest = admin->get(base() + "/users?limit=4&cursor=" + first.json.at("next_cursor").as_string());
  EXPECT_EQ(rest.json.at("items").items().size(), 2U);
  EXPECT_FALSE(rest.json.find("next_cursor"));
}

TEST_P(Accounts, have_a_history_that_everybody_reads_as_far_as_he_may) {
  auto const tokyo = world.virtual_account(account, "=Tokyo");
  auto const lab = world.virtual_account(account, "Lab", tokyo);
  auto const grants = base() + "/role_grants";
  admin->post(grants, grant_body("local@example.com", "va_viewer", lab));
  world.database.clock.advance(std::chrono::seconds(1));
  world.virtual_account(account, "Osaka");
  auto const all = admin->get(base() + "/events");
  auto const& items = all.json.at("items").items();
  ASSERT_EQ(items.size(), 7U) << all.body;
  EXPECT_EQ(items.at(0).at("kind").as_string(), "virtual_account_created");
  EXPECT_EQ(items.at(0).at("subject").at("name").as_string(), "Osaka");
  EXPECT_EQ(items.at(0).at("actor").at("name").as_string(), "Ada Admin");
  EXPECT_EQ(items.back().at("kind").as_string(), "smart_account_created");
  EXPECT_FALSE(items.back().find("subject")) << "it is about the account itself";

  auto const kinds = admin->get(base() + "/events?kind=role_granted&limit=1");
  ASSERT_EQ(kinds.json.at("items").items().size(), 1U);
  EXPECT_EQ(kinds.json.at("items").items().at(0).at("subject").at("name").as_string(), "local@example.com");
  auto const cursor = "&cursor=" + kinds.json.at("next_cursor").as_string();
  EXPECT_EQ(admin->get(base() + "/events?kind=role_granted" + cursor).json.at("items").items().size(), 1U);
  EXPECT_EQ(admin->get(base() + "/events?kind=role_revoked" + cursor).code(), "invalid")
      << "it belongs to its filter";
  EXPECT_EQ(admin->get(node(tokyo) + "/events").json.at("items").items().size(), 1U);
  EXPECT_EQ(admin->get(base() + "/events?kind=nonsense").code(), "invalid");

  auto local = world.as(world.person("local@example.com"));
  auto const part = local.get(base() + "/events");
  EXPECT_EQ(part.json.at("items").items().size(), 2U) << part.body;
  EXPECT_THAT(part.body, Not(HasSubstr("Ada")));
  EXPECT_THAT(part.body, Not(HasSubstr(world.administrator_of(account).text())));
  EXPECT_EQ(local.get(node(tokyo) + "/events").status, 404);

  auto const csv = admin->get(base() + "/events.csv");
  EXPECT_THAT(csv.body, StartsWith("\xEF\xBB\xBF"
                                   "at,kind,actor_kind,actor,virtual_account,subject_kind,subject,data"));
  EXPECT_THAT(csv.body, HasSubstr("'=Tokyo"));
  EXPECT_EQ(std::count(csv.body.begin(), csv.body.end(), '\n'), 8);
  EXPECT_EQ(local.get(node(lab) + "/events.csv").status, 200);
}

TEST_P(Accounts, the_operator_gets_in_and_in_again) {
  auto const [first, second] = world.database->write([&](db::Tx& tx) {
    auto one = create_first_operator(tx, world.vault, "operator@localhost");
    return std::pair(one, create_first_operator(tx, world.vault, "Operator@localhost"));
  });
  auto nobody = world.as({});
  EXPECT_EQ(nobody.get("/api/v1/one_time_links/" + first).status, 410);
  EXPECT_EQ(nobody.get("/api/v1/one_time_links/" + second).status, 200);
  auto const id = world.person("operator@localhost");
  EXPECT_EQ(world.as(id).get("/api/v1/operator/smart_accounts").status, 200);
}

}  // namespace
}  // namespace menkyo::accounts
