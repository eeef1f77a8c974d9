#include "accounts/founding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/support/employment.hpp"
#include "tests/support/sent_mail.hpp"
#include "tests/support/world.hpp"

namespace menkyo::accounts {
namespace {

using access::OperatorRole;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr auto tokyo =
    R"({"country":"jp","postal_code":"１０７６２２７","region":"Tokyo","city":"Minato","line1":"9-7-1 Akasaka"})";

class Foundings : public ::testing::TestWithParam<std::string> {
 protected:
  Foundings() {
    auto table = people::routes();
    for (auto& route : routes()) table.push_back(std::move(route));
    world.serve(std::move(table));
    runner.emplace(*world.database);
    runner->add(request_timer_kind(world.vault, world.outbox));
  }

  test::ApiClient someone(std::string const& mail) { return world.as(employee(mail)); }
  PersonId employee(std::string const& mail) {
    auto const person = world.person(mail);
    world.database->write([&](db::Tx& tx) {
      if (!people::load_company(tx, world.vault, person).name) test::employ(tx, world.vault, person);
    });
    return person;
  }

  static std::string form(std::string const& name, std::string const& domain, std::string const& more = "") {
    return R"({"name":")" + name + R"(","domain":")" + domain + R"(","headquarters":)" + tokyo + more + "}";
  }
  // Mails are told apart by when they were written.
  test::Answer found(test::ApiClient& client, std::string const& name, std::string const& domain,
                     std::string const& more = "") {
    world.database.clock.advance(std::chrono::milliseconds(1));
    return client.post("/api/v1/smart_accounts", form(name, domain, more));
  }
  // The identifier of the request that this was.
  static std::string request_of(test::Answer const& answer) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json.at("account_request").at("account_request_id").as_string();
  }
  test::Answer decide(test::ApiClient& client, std::string const& base, std::string const& id,
                      std::string const& decision, std::string const& more = "") {
    world.database.clock.advance(std::chrono::milliseconds(1));
    return client.post(base + "/account_requests/" + id + "/decision",
                       R"({"decision":")" + decision + '"' + more + "}");
  }
  std::string base() const { return "/api/v1/smart_accounts/" + above.text(); }

  // The next ones come a moment later.
  std::vector<test::SentMail> new_mails() {
    world.database.clock.advance(std::chrono::milliseconds(1));
    return world.new_mails();
  }
  std::vector<std::string> letters() {
    world.database.clock.advance(std::chrono::milliseconds(1));
    return world.letters();
  }
  int64_t count(std::string const& sql) {
    return world.database->read([&](db::ReadTx& tx) { return tx.one<int64_t>(sql).value(); });
  }
  // What is due of the requests' timers.
  void run_timers() {
    while (runner->run_once()) {
    }
  }

  test::World world{GetParam()};
  SmartAccountId above = world.account("example.com");
  std::optional<jobs::JobRunner> runner;
};
MENKYO_ON_BOTH_DATABASES(Foundings);

TEST_P(Foundings, open_an_account_of_ones_own_domain_at_once) {
  auto hana = someone("hana@kame.example");
  auto const answer = found(hana, "Ｋａｍｅ  Works", "Kame.Example.");
  ASSERT_EQ(answer.status, 200) << answer.body;
  auto const& account = answer.json.at("smart_account");
  EXPECT_EQ(account.at("domain").as_string(), "kame.example");
  EXPECT_EQ(account.at("status").as_string(), "ACTIVE");
  EXPECT_EQ(account.at("type").as_string(), "CUSTOMER");
  EXPECT_EQ(account.at("roles").items().at(0).as_string(), "sa_admin");
  EXPECT_EQ(answer.json.find("account_request"), nullptr);
  auto const path = "/api/v1/smart_accounts/" + account.at("smart_account_id").as_string();
  EXPECT_EQ(hana.get(path + "/virtual_accounts").json.at("items").items().size(), 1U);
  EXPECT_EQ(hana.get(path + "/users").json.at("items").items().size(), 1U);
  auto const mails = new_mails();
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_EQ(mails[0].template_name, "account_activated");
  EXPECT_EQ(mails[0].message.to, "hana@kame.example");
  EXPECT_EQ(std::string(mails[0].message.subject), "Your Smart Account is set up - Ｋａｍｅ  Works");
  EXPECT_THAT(mails[0].message.text,
              AllOf(HasSubstr("kame.example"), HasSubstr("Works, 9-7-1 Akasaka, Minato, Tokyo, 107-6227, Japan"),
                    HasSubstr("Account approvers: -"), HasSubstr("hana Test <hana@kame.example>"),
                    Not(HasSubstr("Comment")), HasSubstr("https://licenses.example/accounts/")));
  EXPECT_EQ(found(hana, "Another", "kame.example").code(), "name_taken");
}

TEST_P(Foundings, send_a_prefix_to_the_administrators_of_the_mail_domain) {
  auto second = world.person("second@example.com");
  world.grant(above, second, Role::sa_admin);
  world.grant(above, world.person("reader@example.com"), Role::sa_viewer);
  world.grant(above, world.person("once@example.com"), Role::sa_admin, {}, world.database->now());
  auto taro = someone("taro@example.com");
  auto const asked = found(taro, "Example Japan", "jp.example.com", R"(,"note":"For\nJapan")");
  auto const id = request_of(asked);
  EXPECT_EQ(asked.json.at("account_request").at("decider").as_string(), "administrators");
  EXPECT_EQ(asked.json.at("account_request").at("status").as_string(), "PENDING");
  EXPECT_EQ(asked.json.find("smart_account"), nullptr);
  auto const mails = new_mails();
  ASSERT_EQ(mails.size(), 3U);
  for (auto const& mail : mails) {
    EXPECT_EQ(mail.message.subject, "Smart Account Setup Pending - Example Japan");
    EXPECT_THAT(mail.message.text, HasSubstr("jp.example.com"));
    if (mail.template_name == "setup_pending_requester") {
      EXPECT_EQ(mail.message.to, "taro@example.com");
      for (auto const& text : {mail.message.text, mail.message.html})
        EXPECT_THAT(text, AllOf(HasSubstr("taro Test"), HasSubstr("+39 06 6982"), Not(HasSubstr("Ada")),
                                Not(HasSubstr("admin@")), Not(HasSubstr("second"))));
    } else {
      EXPECT_EQ(mail.template_name, "setup_pending_approver");
      EXPECT_THAT(mail.message.text,
                  AllOf(HasSubstr("Approver: "), HasSubstr(mail.message.to), HasSubstr("taro@example.com"),
                        HasSubstr("Justification: For Japan"), HasSubstr("Account type: customer"),
                        HasSubstr("/accounts/" + above.text() + "/account_requests/" + id)));
    }
  }
  auto admin = world.as(world.administrator_of(above));
  auto const list = admin.get(base() + "/account_requests?status=PENDING");
  ASSERT_EQ(list.json.at("items").items().size(), 1U) << list.body;
  auto const& row = list.json.at("items").items().at(0);
  EXPECT_EQ(row.at("requester").at("mail").as_string(), "taro@example.com");
  EXPECT_EQ(admin.get(base() + "/account_requests/" + id).json.at("note").as_string(), "For\nJapan");
  auto const approved = decide(admin, base(), id, "approve", R"(,"reason":"Welcome")");
  ASSERT_EQ(approved.status, 200) << approved.body;
  EXPECT_EQ(approved.json.at("status").as_string(), "APPROVED");
  EXPECT_EQ(approved.json.at("decided_by").as_string(), "Ada Admin");
  auto const own = taro.get("/api/v1/account_requests/" + id);
  auto const account = own.json.at("smart_account_id").as_string();
  for (auto const& body :
       {own.body, taro.get("/api/v1/account_requests").body, taro.get("/api/v1/smart_accounts/" + account).body,
        taro.get("/api/v1/smart_accounts/" + account + "/events").body})
    EXPECT_THAT(body, AllOf(Not(HasSubstr("Ada")), Not(HasSubstr("admin@")), Not(HasSubstr("second@"))));
  auto const told = new_mails();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].template_name, "account_activated");
  EXPECT_EQ(told[0].message.to, "taro@example.com");
  EXPECT_THAT(told[0].message.text, AllOf(HasSubstr("Comment: Welcome"), Not(HasSubstr("Ada")),
                                          HasSubstr("authorized by: taro Test <taro@example.com>")));
  EXPECT_EQ(taro.get("/api/v1/smart_accounts/" + account).json.at("domain").as_string(), "jp.example.com");
  EXPECT_THAT(admin.get(base() + "/events").body,
              AllOf(HasSubstr("account_requested"), HasSubstr("account_request_approved")));
  EXPECT_EQ(admin.get("/api/v1/smart_accounts/" + account).code(), "not_found");
}

TEST_P(Foundings, send_everything_else_to_the_operator) {
  auto staff = world.as(world.operator_with(OperatorRole::operator_support));
  world.operator_with(OperatorRole::operator_admin);
  world.operator_with(OperatorRole::operator_catalog);
  auto rin = someone("rin@tsuru.example");
  EXPECT_THAT(faults(found(rin, "Tsuru Systems", "tsuru-systems.example")), ElementsAre("/note missing"));
  EXPECT_THAT(faults(found(rin, "Tsuru Systems", "tsuru-systems.example", R"(,"note":" \n ")")),
              ElementsAre("/note missing"));
  auto const different =
      request_of(found(rin, "Tsuru Systems", "tsuru-systems.example", R"(,"note":"Our brand","type":"HOLDING")"));
  EXPECT_THAT(letters(), UnorderedElementsAre("setup_pending_requester rin@tsuru.example",
                                              "setup_pending_approver operator_support@operator.example",
                                              "setup_pending_approver operator_admin@operator.example"));
  // Nobody has an account of tsuru.example yet.
  auto const prefix = request_of(found(rin, "Tsuru Osaka", "osaka.tsuru.example"));
  EXPECT_EQ(letters().size(), 3U);
  auto const list = staff.get("/api/v1/operator/account_requests");
  EXPECT_EQ(list.json.at("items").items().size(), 2U);
  EXPECT_EQ(decide(staff, "/api/v1/operator", prefix, "decline", R"(,"reason":"Open tsuru.example first")").status,
            200);
  auto const declined = new_mails();
  ASSERT_EQ(declined.size(), 1U);
  EXPECT_EQ(declined[0].template_name, "account_declined");
  EXPECT_THAT(declined[0].message.text, AllOf(HasSubstr("Reason: Open tsuru.example first"),
                                              HasSubstr("osaka.tsuru.example"), Not(HasSubstr("operator_support"))));
  EXPECT_EQ(rin.get("/api/v1/account_requests/" + prefix).json.at("reason").as_string(), "Open tsuru.example first");
  EXPECT_EQ(decide(staff, "/api/v1/operator", different, "approve").status, 200);
  EXPECT_THAT(letters(), ElementsAre("account_activated rin@tsuru.example"));
  EXPECT_EQ(rin.get("/api/v1/smart_accounts").json.at("items").items().at(0).at("type").as_string(), "HOLDING");
}

TEST_P(Foundings, tell_beforehand_what_will_happen) {
  auto taro = someone("taro@example.com");
  auto const ask = [&](std::string const& query) { return taro.get("/api/v1/smart_account_forecast?" + query).json; };
  auto const own = ask("domain=EXAMPLE.com&name=account%20OF%20example.com");
  EXPECT_EQ(own.at("kind").as_string(), "own");
  EXPECT_TRUE(own.at("domain_taken").as_bool());
  EXPECT_TRUE(own.at("name_taken").as_bool());
  EXPECT_EQ(own.at("decider").as_string(), "nobody");
  EXPECT_EQ(ask("domain=jp.example.com").at("decider").as_string(), "administrators");
  EXPECT_EQ(ask("domain=else.example").at("decider").as_string(), "staff");
  EXPECT_EQ(ask("domain=co.jp").at("refusal").as_string(), "public_suffix");
  EXPECT_EQ(ask("domain=gmail.com").at("refusal").as_string(), "free_mail");
  auto free = someone("taro@gmail.com");
  auto const wish = free.get("/api/v1/smart_account_forecast?domain=taro.example").json;
  EXPECT_TRUE(wish.at("shared_mail").as_bool());
  EXPECT_EQ(wish.at("decider").as_string(), "staff");
}

TEST_P(Foundings, refuse_what_is_wrong_and_change_nothing) {
  auto hana = someone("hana@kame.example");
  auto const before = count("select count(*) from event");
  EXPECT_THAT(faults(found(hana, "Kame", "co.jp")), ElementsAre("/domain public_suffix"));
  EXPECT_THAT(faults(found(hana, "Kame", "gmail.com")), ElementsAre("/domain free_mail"));
  EXPECT_THAT(faults(found(hana, "Kame", "nodots")), ElementsAre("/domain not_a_domain"));
  EXPECT_THAT(faults(found(hana, " \u200B", "kame.example")), ElementsAre("/name empty"));
  EXPECT_THAT(faults(found(hana, "Kame\\r\\nBcc: x@y.example", "kame.example")),
              ElementsAre("/name control_character"));
  EXPECT_THAT(faults(found(hana, std::string(10000, 'a'), "kame.example")), ElementsAre("/name too_long"));
  EXPECT_THAT(faults(found(hana, "Kame", "kame.example", R"(,"note":")" + std::string(1001, 'n') + "\"")),
              ElementsAre("/note too_long"));
  EXPECT_THAT(faults(found(
                  hana, "Kame", "kame.example",
                  R"(,"members":[{"mail":"a@kame.example","role":"sa_user"},{"mail":"nonsense","role":"sa_user"}])")),
              ElementsAre("/members/1/mail not_a_mail"));
  EXPECT_THAT(faults(found(hana, "Kame", "kame.example", R"(,"members":[{"mail":"a@kame.example","role":"boss"}])")),
              ElementsAre("/members/0/role unknown_word"));
  std::string many;
  for (int i = 0; i < 51; ++i)
    many += std::string(i ? "," : "") + R"({"mail":"m)" + std::to_string(i) + R"(@kame.example","role":"sa_user"})";
  EXPECT_THAT(faults(found(hana, "Kame", "kame.example", R"(,"members":[)" + many + "]")),
              ElementsAre("/members too_long"));
  auto const bad_place =
      hana.post("/api/v1/smart_accounts",
                R"({"name":"Kame","domain":"kame.example","headquarters":{"country":"JP","city":"","line1":"1"}})");
  EXPECT_THAT(faults(bad_place), Not(IsEmpty())) << bad_place.body;
  EXPECT_EQ(count("select count(*) from event"), before);
  EXPECT_THAT(letters(), IsEmpty());
  auto incomplete = world.as(world.person("new@kame.example"));
  auto const refused = found(incomplete, "Kame", "kame.example");
  EXPECT_EQ(refused.code(), "profile_incomplete");
  EXPECT_THAT(refused.body, HasSubstr("company_name, company_address, company_phone"));
  test::ApiClient nobody(*world.dispatcher);
  EXPECT_EQ(found(nobody, "Kame", "kame.example").code(), "unauthenticated");
}

TEST_P(Foundings, have_names_that_nobody_else_has) {
  auto hana = someone("hana@kame.example"), rin = someone("rin@tsuru.example");
  EXPECT_EQ(found(hana, "Kame  Works", "kame.example").status, 200);
  auto const same = found(rin, "ＫＡＭＥ works", "tsuru.example");
  EXPECT_EQ(same.code(), "name_taken");
  EXPECT_THAT(faults(same), ElementsAre("/name taken"));
  // A request is not even made for a name or domain that is taken.
  EXPECT_THAT(faults(found(rin, "kame works", "jp.tsuru.example")), ElementsAre("/name taken"));
  world.account("osaka.tsuru.example");
  EXPECT_THAT(faults(found(rin, "Tsuru", "osaka.tsuru.example")), ElementsAre("/domain taken"));
  // Nobody learns by asking who else has an account; the operator does.
  EXPECT_FALSE(rin.get("/api/v1/smart_account_forecast?domain=kame.example").json.at("domain_taken").as_bool());
  auto staff = world.as(world.operator_with(OperatorRole::operator_admin));
  auto const id = request_of(found(rin, "Tsuru", "kame.example", R"(,"note":"ours")"));
  EXPECT_TRUE(staff.get("/api/v1/operator/account_requests/" + id).json.at("domain_taken").as_bool());
  EXPECT_EQ(decide(staff, "/api/v1/operator", id, "approve").code(), "name_taken");
}

TEST_P(Foundings, of_one_name_at_once_give_it_to_one) {
  std::vector<std::thread> founders;
  std::atomic<int> opened{0}, refused{0};
  for (int i = 0; i < 6; ++i) {
    auto const person = employee("f" + std::to_string(i) + "@d" + std::to_string(i) + ".example");
    founders.emplace_back([this, person, i, &opened, &refused] {
      Founding in;
      in.name = "The One";
      in.domain = "d" + std::to_string(i) + ".example";
      in.headquarters = {"JP", "107-6227", "Tokyo", "Minato", "9-7-1 Akasaka", {}};
      try {
        world.database->write([&](db::Tx& tx) {
          return found_smart_account(tx, world.vault, world.outbox, person, in).smart_account.has_value();
        });
        ++opened;
      } catch (Problem const& problem) {
        EXPECT_EQ(problem.kind().code, "name_taken");
        ++refused;
      }
    });
  }
  for (auto& each : founders) each.join();
  EXPECT_EQ(opened, 1);
  EXPECT_EQ(refused, 5);
  EXPECT_EQ(count("select count(*) from smart_account where name = 'The One'"), 1);
  EXPECT_EQ(count("select count(*) from mail where template = 'account_activated'"), 1);
}

TEST_P(Foundings, bring_those_in_whom_the_form_names) {
  auto hana = someone("hana@kame.example");
  auto const known = world.person("known@kame.example");
  auto const answer = found(hana, "Kame", "kame.example",
                            R"(,"members":[{"mail":"known@kame.example","role":"sa_approver"},)"
                            R"({"mail":"New@Kame.example","role":"sa_admin"},)"
                            R"({"mail":"new@kame.example","role":"sa_admin"},)"
                            R"({"mail":"partner@other.example","role":"va_user"},)"
                            R"({"mail":"hana@kame.example","role":"sa_admin"}])");
  ASSERT_EQ(answer.status, 200) << answer.body;
  auto const id = answer.json.at("smart_account").at("smart_account_id").as_string();
  auto const users = hana.get("/api/v1/smart_accounts/" + id + "/users").json.at("items").items();
  ASSERT_EQ(users.size(), 4U);
  for (auto const& user : users) EXPECT_EQ(user.at("grants").items().size(), 1U) << user.at("mail").as_string();
  auto const mails = new_mails();
  std::vector<std::string> told;
  for (auto const& mail : mails) told.push_back(mail.template_name + " " + std::string(mail.message.to));
  EXPECT_THAT(told, UnorderedElementsAre("account_activated hana@kame.example", "invitation known@kame.example",
                                         "invitation New@Kame.example", "invitation partner@other.example"));
  auto const activated =
      std::find_if(mails.begin(), mails.end(), [](auto const& m) { return m.template_name == "account_activated"; });
  EXPECT_THAT(std::string(activated->message.text),
              AllOf(HasSubstr("Account approvers: known Test <known@kame.example>"),
                    HasSubstr("hana Test <hana@kame.example>"), HasSubstr("New@Kame.example")));
  auto as_known = world.as(known);
  EXPECT_EQ(as_known.get("/api/v1/smart_accounts/" + id).json.at("roles").items().at(0).as_string(), "sa_approver");
}

TEST_P(Foundings, are_decided_once) {
  auto taro = someone("taro@example.com"), admin = world.as(world.administrator_of(above));
  auto const id = request_of(found(taro, "Japan", "jp.example.com"));
  EXPECT_EQ(admin
                .send(api::Method::post, base() + "/account_requests/" + id + "/decision",
                      R"({"decision":"approve"})", {{"if-match", "\"9\""}})
                .code(),
            "changed_meanwhile");
  EXPECT_EQ(decide(admin, base(), id, "perhaps").code(), "invalid");
  EXPECT_EQ(decide(admin, base(), id, "decline").status, 200);
  EXPECT_EQ(decide(admin, base(), id, "approve").code(), "conflict");
  EXPECT_EQ(taro.post("/api/v1/account_requests/" + id + "/withdrawal").code(), "conflict");
  EXPECT_EQ(count("select count(*) from smart_account"), 1);
  // The same may be asked again.
  auto const again = request_of(found(taro, "Japan", "jp.example.com"));
  EXPECT_EQ(taro.post("/api/v1/account_requests/" + again + "/withdrawal").status, 200);
  EXPECT_EQ(taro.post("/api/v1/account_requests/" + again + "/withdrawal").status, 200);
  EXPECT_EQ(decide(admin, base(), again, "approve").code(), "conflict");
  EXPECT_EQ(count("select count(*) from event where kind = 'account_request_withdrawn'"), 1);
  EXPECT_EQ(admin.get(base() + "/account_requests").json.at("items").items().size(), 2U);
  EXPECT_EQ(admin.get(base() + "/account_requests?status=PENDING").json.at("items").items().size(), 0U);
}

TEST_P(Foundings, are_decided_once_when_two_press_at_once) {
  auto taro = someone("taro@example.com");
  auto const id = *AccountRequestId::parse(request_of(found(taro, "Japan", "jp.example.com")));
  std::atomic<int> done{0}, late{0};
  std::vector<std::thread> approvers;
  for (int i = 0; i < 4; ++i) {
    auto const person = world.person("approver" + std::to_string(i) + "@example.com");
    world.grant(above, person, Role::sa_admin);
    approvers.emplace_back([this, person, id, i, &done, &late] {
      DecisionInput in{id, {}, i % 2 ? Decision::approve : Decision::decline, {}};
      try {
        world.database->write([&](db::Tx& tx) {
          decide_account_request(tx, world.vault, world.outbox, above, person,
                                 audit::actor(audit::ActorKind::person, person), in);
        });
        ++done;
      } catch (Problem const& problem) {
        EXPECT_EQ(problem.kind().code, "conflict");
        ++late;
      }
    });
  }
  for (auto& each : approvers) each.join();
  EXPECT_EQ(done, 1);
  EXPECT_EQ(late, 3);
  EXPECT_EQ(count("select count(*) from event where kind = 'account_request_approved' or kind = "
                  "'account_request_declined'"),
            1);
  EXPECT_EQ(count("select count(*) from mail where template = 'account_activated' or template = 'account_declined'"),
            1);
}

TEST_P(Foundings, are_for_those_to_decide_who_may) {
  auto taro = someone("taro@example.com");
  auto const id = request_of(found(taro, "Japan", "jp.example.com"));
  auto const other = world.account("other.example");
  auto stranger = world.as(world.administrator_of(other));
  EXPECT_EQ(decide(stranger, base(), id, "approve").code(), "not_found");
  EXPECT_EQ(decide(stranger, "/api/v1/smart_accounts/" + other.text(), id, "approve").code(), "not_found");
  EXPECT_EQ(decide(taro, base(), id, "approve").code(), "not_found");
  auto const user = world.person("user@example.com");
  world.grant(above, user, Role::sa_user);
  auto as_user = world.as(user);
  EXPECT_EQ(decide(as_user, base(), id, "approve").code(), "forbidden");
  auto staff = world.as(world.operator_with(OperatorRole::operator_admin));
  EXPECT_EQ(decide(staff, "/api/v1/operator", id, "approve").code(), "not_found");
  EXPECT_EQ(stranger.get("/api/v1/account_requests/" + id).code(), "not_found");
  EXPECT_EQ(stranger.post("/api/v1/account_requests/" + id + "/withdrawal").code(), "not_found");
  // An approver who lost the role meanwhile.
  auto const late = world.person("late@example.com");
  auto const grant = world.grant(above, late, Role::sa_admin);
  auto as_late = world.as(late);
  EXPECT_EQ(as_late.get(base() + "/account_requests/" + id).status, 200);
  world.database->write([&](db::Tx& tx) { tx.exec("delete from role_grant where role_grant_id = $1", grant); });
  EXPECT_EQ(decide(as_late, base(), id, "approve").code(), "not_found");
}

TEST_P(Foundings, are_judged_again_when_they_are_approved) {
  auto taro = someone("taro@example.com"), rin = someone("rin@example.com");
  auto admin = world.as(world.administrator_of(above));
  auto const first = request_of(found(taro, "Japan", "jp.example.com"));
  auto const second = request_of(found(rin, "Nippon", "jp.example.com"));
  EXPECT_EQ(decide(admin, base(), first, "approve").status, 200);
  EXPECT_TRUE(admin.get(base() + "/account_requests/" + second).json.at("domain_taken").as_bool());
  auto const taken = decide(admin, base(), second, "approve");
  EXPECT_EQ(taken.code(), "name_taken");
  EXPECT_EQ(rin.get("/api/v1/account_requests/" + second).json.at("status").as_string(), "PENDING");
  EXPECT_EQ(decide(admin, base(), second, "decline").status, 200);
  auto const gone = request_of(found(rin, "Nippon", "nippon.example.com"));
  auto const gone_person = world.person("rin@example.com");
  world.database->write([&](db::Tx& tx) { people::disable_person(tx, gone_person); });
  EXPECT_EQ(decide(admin, base(), gone, "approve").code(), "conflict");
}

TEST_P(Foundings, remind_after_three_days_and_seven) {
  using std::chrono::days;
  auto taro = someone("taro@example.com");
  auto const id = request_of(found(taro, "Japan", "jp.example.com"));
  letters();
  world.database.clock.advance(days(3) - std::chrono::minutes(1));
  run_timers();
  EXPECT_THAT(letters(), IsEmpty());
  world.database.clock.advance(std::chrono::minutes(2));
  run_timers();
  run_timers();
  EXPECT_THAT(letters(), ElementsAre("setup_pending_reminder admin@example.com"));
  world.database.clock.advance(days(4));
  run_timers();
  EXPECT_THAT(letters(), UnorderedElementsAre("setup_pending_reminder admin@example.com",
                                              "setup_still_pending taro@example.com"));
  world.database.clock.advance(days(30));
  run_timers();
  EXPECT_THAT(letters(), IsEmpty());
  EXPECT_EQ(count("select count(*) from timer where kind = 'account_request'"), 0);
  auto again = someone("taro@example.com");
  auto const other = request_of(found(again, "Korea", "kr.example.com"));
  EXPECT_EQ(again.post("/api/v1/account_requests/" + other + "/withdrawal").status, 200);
  EXPECT_EQ(count("select count(*) from timer where kind = 'account_request'"), 0);
}

TEST_P(Foundings, are_bounded_for_one_person) {
  auto taro = someone("taro@example.com");
  std::vector<std::string> ids;
  for (int i = 0; i < max_open_requests; ++i)
    ids.push_back(request_of(found(taro, "N" + std::to_string(i), "d" + std::to_string(i) + ".example.com")));
  EXPECT_EQ(found(taro, "One more", "more.example.com").code(), "too_many_requests");
  for (auto const& id : ids) EXPECT_EQ(taro.post("/api/v1/account_requests/" + id + "/withdrawal").status, 200);
  for (int64_t i = max_open_requests; i < max_requests_a_day; ++i) {
    auto const id = request_of(found(taro, "N" + std::to_string(i), "d" + std::to_string(i) + ".example.com"));
    EXPECT_EQ(taro.post("/api/v1/account_requests/" + id + "/withdrawal").status, 200);
  }
  EXPECT_EQ(found(taro, "One more", "more.example.com").code(), "too_many_requests");
  world.database.clock.advance(std::chrono::hours(25));
  EXPECT_EQ(found(taro, "One more", "more.example.com").status, 200);
  auto const page = taro.get("/api/v1/account_requests?limit=15");
  auto const rest = taro.get("/api/v1/account_requests?limit=15&cursor=" + page.json.at("next_cursor").as_string());
  EXPECT_EQ(page.json.at("items").items().size() + rest.json.at("items").items().size(), 21U);
}

}  // namespace
}  // namespace menkyo::accounts
