#include "accounts/successions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/support/employment.hpp"
#include "tests/support/sent_mail.hpp"
#include "tests/support/world.hpp"

namespace menkyo::accounts {
namespace {

using std::chrono::days;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class Successions : public ::testing::TestWithParam<std::string> {
 protected:
  Successions() {
    auto table = people::routes();
    for (auto& route : routes()) table.push_back(std::move(route));
    world.serve(std::move(table));
    for (auto const& who : {heir, helper})
      world.database->write([&](db::Tx& tx) { test::employ(tx, world.vault, who); });
  }

  test::Answer post(test::ApiClient& client, std::string const& path, std::string const& body = "{}",
                    api::Headers const& headers = {}) {
    world.database.clock.advance(std::chrono::milliseconds(1));
    return client.send(api::Method::post, path, body, headers);
  }
  test::Answer ask(test::ApiClient& client, std::string const& domain = "example.com") {
    return post(client, "/api/v1/successions", R"({"domain":")" + domain + R"(","proof":"Ada has left"})");
  }
  std::string asked(test::ApiClient& client) {
    auto const answer = ask(client);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json.at("succession_id").as_string();
  }
  test::Answer decide(test::ApiClient& client, std::string const& id, std::string const& what,
                      api::Headers const& headers = {}) {
    return post(client, staff_page(id) + "/decision", R"({"decision":")" + what + R"(","reason":"Seen"})", headers);
  }
  // Asked and approved.
  std::string waiting(test::ApiClient& client) {
    auto const id = asked(client);
    auto support = world.as(staff);
    auto const answer = decide(support, id, "approve");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return id;
  }
  test::Answer object(test::ApiClient& client, std::string const& id) {
    return post(client, account_page() + id + "/objections", R"({"text":"I am here"})");
  }
  static std::string own(std::string const& id) { return "/api/v1/successions/" + id; }
  static std::string staff_page(std::string const& id) { return "/api/v1/operator/successions/" + id; }
  std::string account_page() const { return "/api/v1/smart_accounts/" + account.text() + "/succession/"; }
  std::string banner() const { return "/api/v1/smart_accounts/" + account.text() + "/succession"; }
  std::string status(std::string const& id) {
    return world.as(staff).get(staff_page(id)).json.at("status").as_string();
  }

  // Lets that time pass, looking at the timers as they fall due.
  void pass(Duration time) {
    auto const end = world.database.clock.now() + time;
    for (;;) {
      auto const due = world.database->read([](db::ReadTx& tx) {
        return tx.one<Instant>("select due_at from timer where kind = 'succession' order by due_at limit 1");
      });
      if (!due || *due > end) break;
      if (*due > world.database.clock.now()) world.database.clock.advance(*due - world.database.clock.now());
      look();
    }
    if (end > world.database.clock.now()) world.database.clock.advance(end - world.database.clock.now());
  }
  void look() {
    world.database.clock.advance(std::chrono::milliseconds(1));
    world.database->write([&](db::Tx& tx) {
      for (auto const& id : tx.all<std::array<uint8_t, 16>>(
               "select subject_id from timer where kind = 'succession' and due_at <= $1 order by subject_id",
               tx.now())) {
        jobs::clear_timer(tx, succession_timer, {}, id);
        if (auto const next = succession_timer_kind(world.vault, world.outbox).look(tx, {{}, id, tx.now()}))
          jobs::set_timer(tx, succession_timer, {{}, id, *next});
      }
    });
  }
  // "template to" of those that were written since this was asked last, in the order of their names.
  std::vector<std::string> letters() {
    auto out = world.letters();
    std::sort(out.begin(), out.end());
    return out;
  }
  std::vector<std::string> events(SmartAccountId log) {
    return world.database->read([&](db::ReadTx& tx) {
      return tx.all<std::string>(
          "select kind from event where smart_account_id = $1 and kind like 'succession%' order by event_id", log);
    });
  }
  bool is_administrator(PersonId who) {
    auto const roles =
        world.database->read([&](db::ReadTx& tx) { return access::holdings(tx, who, account).roles(); });
    return std::find(roles.begin(), roles.end(), Role::sa_admin) != roles.end();
  }

  test::World world{GetParam()};
  SmartAccountId account = world.account("example.com");
  PersonId heir = world.person("hana@example.com"), helper = world.person("pat@partner.example");
  PersonId staff = world.operator_with(access::OperatorRole::operator_support);
};
MENKYO_ON_BOTH_DATABASES(Successions);

TEST_P(Successions, give_the_role_a_week_after_everybody_was_told) {
  std::vector<std::string> told{"succession_announced admin@example.com"};
  for (int i = 10; i < 33; ++i) {
    auto const mail = "m" + std::to_string(i) + "@example.com";
    world.grant(account, world.person(mail), Role::sa_user);
    told.push_back("succession_announced " + mail);
  }
  world.grant(account, helper, Role::va_user, world.virtual_account(account, "Branch"));
  told.push_back("succession_announced pat@partner.example");
  auto hana = world.as(heir), support = world.as(staff);
  auto const id = asked(hana);
  EXPECT_THAT(letters(),
              UnorderedElementsAre("succession_requested hana@example.com", HasSubstr("succession_to_decide")));
  auto const seen = support.get(staff_page(id));
  ASSERT_EQ(seen.status, 200) << seen.body;
  EXPECT_TRUE(seen.json.at("has_mail_of_domain").as_bool());
  EXPECT_EQ(seen.json.at("account").at("administrators").items().at(0).at("mail").as_string(), "admin@example.com");
  EXPECT_EQ(seen.json.at("account").at("administrators").items().at(0).find("last_sign_in_at"), nullptr);

  ASSERT_EQ(decide(support, id, "approve").status, 200);
  EXPECT_THAT(letters(), ElementsAre("succession_approved hana@example.com"));
  look();
  auto announced = letters();
  EXPECT_EQ(announced.size(), 10U);
  for (int i = 0; i < 3; ++i) pass(std::chrono::seconds(2));
  for (auto& rest : letters()) announced.push_back(std::move(rest));
  std::sort(announced.begin(), announced.end());
  std::sort(told.begin(), told.end());
  EXPECT_THAT(announced, ::testing::ElementsAreArray(told));
  EXPECT_FALSE(is_administrator(heir));
  EXPECT_EQ(hana.get(own(id)).json.find("smart_account_id"), nullptr);

  pass(days(6) + std::chrono::hours(23));
  EXPECT_FALSE(is_administrator(heir));
  pass(std::chrono::hours(1));
  EXPECT_TRUE(is_administrator(heir));
  EXPECT_THAT(letters(), ElementsAre("succession_done admin@example.com", "succession_granted hana@example.com"));
  EXPECT_EQ(hana.get(own(id)).json.at("smart_account_id").as_string(), account.text());
  EXPECT_THAT(events(account), ElementsAre("succession_approved", "succession_granted"));
  EXPECT_THAT(events({}), ElementsAre("succession_requested", "succession_approved", "succession_granted"));
  EXPECT_EQ(world.database->read([](db::ReadTx& tx) {
    return tx.one<int64_t>("select count(*) from timer where kind = 'succession'");
  }),
            0);
  EXPECT_EQ(decide(support, id, "decline").code(), "conflict");
}

// The answer rests on what the requester has itself.
TEST_P(Successions, are_answered_alike_for_every_domain) {
  auto hana = world.as(heir), pat = world.as(helper), owner = world.as(world.person("eva@nobody.example"));
  auto const known = ask(pat, "example.com"), unknown = ask(pat, "nobody.example");
  EXPECT_EQ(known.status, 422);
  EXPECT_THAT(known.body, HasSubstr("not_yours"));
  auto const without_request = [](std::string body) { return body.substr(0, body.find("\"request_id\"")); };
  EXPECT_EQ(without_request(known.body), without_request(unknown.body));
  EXPECT_EQ(ask(owner, "nobody.example").status, 200);
  EXPECT_EQ(ask(hana, "EXAMPLE.com.").status, 200);
  EXPECT_THAT(ask(hana, "no domain").body, HasSubstr("not_a_domain"));
  // Anybody has a mail address there.
  auto anybody = world.as(world.person("anybody@gmail.com"));
  EXPECT_THAT(ask(anybody, "gmail.com").body, HasSubstr("not_yours"));
  // A role will do, too.
  world.grant(account, helper, Role::sa_viewer);
  EXPECT_EQ(ask(pat, "example.com").status, 200);
}

TEST_P(Successions, of_accounts_that_do_not_exist_can_only_be_declined) {
  auto eva = world.as(world.person("eva@nobody.example")), support = world.as(staff);
  auto const id = ask(eva, "nobody.example").json.at("succession_id").as_string();
  letters();
  EXPECT_EQ(support.get(staff_page(id)).json.find("account"), nullptr);
  EXPECT_EQ(decide(support, id, "approve").code(), "conflict");
  EXPECT_THAT(letters(), IsEmpty());
  EXPECT_EQ(post(support, staff_page(id) + "/decision", R"({"decision":"decline"})").code(), "invalid");
  EXPECT_EQ(decide(support, id, "decline").status, 200);
  EXPECT_THAT(letters(), ElementsAre("succession_declined eva@nobody.example"));
  EXPECT_EQ(eva.get(own(id)).json.at("reason").as_string(), "Seen");
}

TEST_P(Successions, end_when_an_administrator_objects) {
  auto hana = world.as(heir), ada = world.as(world.administrator_of(account));
  EXPECT_EQ(ada.get(banner()).json.find("announced"), nullptr);
  auto const id = waiting(hana);
  pass(std::chrono::seconds(5));
  letters();
  auto const shown = ada.get(banner());
  EXPECT_EQ(shown.json.at("announced").at("requester").at("mail").as_string(), "hana@example.com");
  EXPECT_TRUE(shown.json.at("announced").at("stops").as_bool());
  auto const answer = object(ada, id);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.json.find("announced"), nullptr);
  EXPECT_THAT(letters(),
              ElementsAre("succession_stopped hana@example.com", HasSubstr("succession_stopped_for_staff")));
  EXPECT_EQ(status(id), "STOPPED");
  pass(days(8));
  EXPECT_FALSE(is_administrator(heir));
  EXPECT_THAT(events(account), ElementsAre("succession_approved", "succession_stopped"));
  // The requester never learns who it was.
  EXPECT_THAT(hana.get(own(id)).body, AllOf(Not(HasSubstr("admin@")), Not(HasSubstr("I am here"))));
  EXPECT_EQ(object(ada, id).code(), "conflict");
}

TEST_P(Successions, go_on_after_a_member_objects_unless_staff_decline) {
  auto const member = world.person("kei@example.com");
  world.grant(account, member, Role::sa_user);
  world.grant(account, helper, Role::va_user, world.virtual_account(account, "Branch"));
  auto hana = world.as(heir), kei = world.as(member), pat = world.as(helper), support = world.as(staff);
  auto const id = waiting(hana);
  pass(std::chrono::seconds(5));
  letters();
  EXPECT_FALSE(kei.get(banner()).json.at("announced").at("stops").as_bool());
  // A partner is not told who of the organization it is.
  EXPECT_EQ(pat.get(banner()).json.at("announced").find("requester"), nullptr);
  auto const answer = object(kei, id);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_TRUE(answer.json.at("announced").at("has_objected").as_bool());
  EXPECT_THAT(letters(), ElementsAre(HasSubstr("succession_objection ")));
  EXPECT_EQ(object(kei, id).status, 200);
  EXPECT_THAT(letters(), IsEmpty());
  auto const seen = support.get(staff_page(id));
  EXPECT_EQ(status(id), "WAITING");
  ASSERT_EQ(seen.json.at("objections").items().size(), 1U);
  EXPECT_EQ(seen.json.at("objections").items().at(0).at("text").as_string(), "I am here");
  EXPECT_EQ(support.get("/api/v1/operator/successions").json.at("items").items().at(0).at("objection_count").as_int(),
            1);
  EXPECT_EQ(decide(support, id, "approve").code(), "conflict");
  EXPECT_EQ(decide(support, id, "decline").status, 200);
  EXPECT_EQ(status(id), "DECLINED");
  pass(days(8));
  EXPECT_FALSE(is_administrator(heir));
  EXPECT_THAT(events(account), ElementsAre("succession_approved", "succession_objected", "succession_declined"));
}

TEST_P(Successions, are_withdrawn_by_the_requester_alone) {
  auto hana = world.as(heir), pat = world.as(helper), ada = world.as(world.administrator_of(account));
  auto const id = waiting(hana);
  EXPECT_EQ(post(pat, own(id) + "/withdrawal").code(), "not_found");
  EXPECT_EQ(pat.get(own(id)).code(), "not_found");
  EXPECT_EQ(pat.get(staff_page(id)).code(), "not_found");
  EXPECT_EQ(pat.get(banner()).code(), "not_found");
  EXPECT_EQ(object(pat, id).code(), "not_found");
  world.grant(account, heir, Role::sa_viewer);
  EXPECT_EQ(object(hana, id).code(), "conflict");
  EXPECT_EQ(post(hana, own(id) + "/withdrawal").status, 200);
  EXPECT_EQ(post(hana, own(id) + "/withdrawal").status, 200);
  EXPECT_EQ(status(id), "WITHDRAWN");
  EXPECT_EQ(object(ada, id).code(), "conflict");
  pass(days(8));
  EXPECT_FALSE(is_administrator(heir));
  EXPECT_THAT(events(account), ElementsAre("succession_approved", "succession_withdrawn"));
}

TEST_P(Successions, lapse_when_the_requester_has_left_meanwhile) {
  auto hana = world.as(heir);
  auto const id = waiting(hana);
  pass(days(2));
  world.database->write([&](db::Tx& tx) { people::disable_person(tx, heir); });
  pass(days(6));
  EXPECT_FALSE(is_administrator(heir));
  EXPECT_EQ(status(id), "LAPSED");
  // So does that of a member who lost the role that was its reason.
  auto const grant = world.grant(account, helper, Role::sa_user);
  auto pat = world.as(helper);
  auto const second = waiting(pat);
  world.database->write([&](db::Tx& tx) {
    tx.exec("delete from role_grant where smart_account_id = $1 and role_grant_id = $2", account, grant);
  });
  letters();
  pass(days(8));
  EXPECT_EQ(status(second), "LAPSED");
  EXPECT_FALSE(is_administrator(helper));
  EXPECT_THAT(letters(), ::testing::Contains("succession_lapsed pat@partner.example"));
}

TEST_P(Successions, are_judged_again_when_staff_approve) {
  auto hana = world.as(heir), support = world.as(staff);
  auto const id = asked(hana);
  world.database->write([&](db::Tx& tx) { people::disable_person(tx, heir); });
  EXPECT_EQ(decide(support, id, "approve").code(), "conflict");
  EXPECT_EQ(status(id), "PENDING");
  // Nobody approves its own, and administrators need none.
  world.grant(account, staff, Role::sa_viewer);
  auto const mine = asked(support);
  EXPECT_EQ(decide(support, mine, "approve").code(), "conflict");
  auto ada = world.as(world.administrator_of(account));
  EXPECT_EQ(decide(support, asked(ada), "approve").code(), "conflict");
}

TEST_P(Successions, wait_one_at_a_time_for_an_account) {
  auto hana = world.as(heir), mei = world.as(world.person("mei@example.com")), support = world.as(staff);
  waiting(hana);
  auto const second = asked(mei);
  EXPECT_EQ(decide(support, second, "approve").code(), "conflict");
  EXPECT_EQ(status(second), "PENDING");
}

TEST_P(Successions, are_decided_once_when_two_press_at_once) {
  auto hana = world.as(heir), one = world.as(staff),
       two = world.as(world.operator_with(access::OperatorRole::operator_admin));
  auto const id = asked(hana);
  letters();
  std::array<test::Answer, 2> answers;
  auto const press = [&](test::ApiClient& client) {
    return client.send(api::Method::post, staff_page(id) + "/decision", R"({"decision":"approve"})",
                       {{"if-match", "\"1\""}});
  };
  world.database.clock.advance(std::chrono::milliseconds(1));  // mails are told apart by when they were written
  std::thread other([&] { answers[0] = press(two); });
  answers[1] = press(one);
  other.join();
  std::vector<int> const statuses{answers[0].status, answers[1].status};
  EXPECT_THAT(statuses, UnorderedElementsAre(200, 412));
  EXPECT_THAT(letters(), ElementsAre("succession_approved hana@example.com"));
}

TEST_P(Successions, are_limited_in_their_number) {
  auto hana = world.as(heir);
  std::vector<std::string> ids;
  for (int i = 0; i < max_open_successions; ++i) ids.push_back(asked(hana));
  EXPECT_EQ(ask(hana).code(), "too_many_requests");
  for (int i = 0; i < max_successions_a_day - max_open_successions; ++i) {
    post(hana, own(ids[size_t(i)]) + "/withdrawal");
    asked(hana);
  }
  post(hana, own(ids[2]) + "/withdrawal");
  EXPECT_EQ(ask(hana).code(), "too_many_requests");
  world.database.clock.advance(days(1) + std::chrono::seconds(1));
  EXPECT_EQ(ask(hana).status, 200);
}

}  // namespace
}  // namespace menkyo::accounts
