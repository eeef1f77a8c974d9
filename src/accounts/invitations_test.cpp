#include "accounts/invitations.hpp"

#include <gmock/gmock.h>

#include "tests/support/sent_mail.hpp"
#include "tests/support/world.hpp"

namespace menkyo::accounts {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr auto good_password = "Kame-wa-9-ban";

class Invitations : public ::testing::TestWithParam<std::string> {
 protected:
  Invitations() {
    auto table = people::routes();
    for (auto& route : routes()) table.push_back(std::move(route));
    world.serve(std::move(table));
    admin.emplace(world.as(world.administrator_of(account)));
  }
  std::string base() const { return "/api/v1/smart_accounts/" + account.text(); }
  test::Answer grant(test::ApiClient& client, std::string const& mail, std::string const& role,
                     std::optional<VirtualAccountId> where = {}, std::string const& more = "") {
    world.database.clock.advance(1ms);
    return client.post(base() + "/role_grants",
                       R"({"mail":")" + mail + R"(","role":")" + role + '"' +
                           (where ? R"(,"virtual_account_id":")" + where->text() + '"' : "") + more + "}");
  }
  test::Answer send_again(test::ApiClient& client, std::string const& grant_id) {
    world.database.clock.advance(1ms);
    return client.post(base() + "/role_grants/" + grant_id + "/invitation");
  }
  test::Answer accept(std::string const& token, std::string const& password = good_password,
                      std::string const& names = R"("given_name":"Hanako","family_name":"Sato","country":"JP")") {
    test::ApiClient client(*world.dispatcher);
    client.peer = "198.51.100." + std::to_string(++strangers_);
    world.database.clock.advance(1ms);
    return client.post("/api/v1/invitations/acceptance", R"({"token":")" + token + R"(","password":")" + password +
                                                             R"(","language":"ja",)" + names + "}");
  }
  std::vector<test::SentMail> mails() { return test::sent_mails(*world.database, world.vault); }
  std::string id_of(test::Answer const& answer) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json.at("role_grant_id").as_string();
  }
  // With a password, so that nobody needs to invite it.
  std::string known_person(std::string const& mail) {
    auto const id = world.person(mail);
    world.database->write(
        [&](db::Tx& tx) { tx.exec("update person set password_hash = 'x' where person_id = $1", id); });
    return mail;
  }
  bool is_invited(std::string const& mail) {
    auto const list = admin->get(base() + "/users");
    for (auto const& user : list.json.at("items").items())
      if (user.at("mail").as_string() == mail) return user.at("is_invited").as_bool();
    throw std::runtime_error("no user " + mail);
  }

  test::World world{GetParam()};
  SmartAccountId account = world.account("example.com");
  std::optional<test::ApiClient> admin;

 private:
  int strangers_ = 0;
};
MENKYO_ON_BOTH_DATABASES(Invitations);

TEST_P(Invitations, let_somebody_in_who_has_no_account) {
  auto const tokyo = world.virtual_account(account, "Tokyo");
  auto const given = grant(*admin, "Hanako@New.example", "va_user", tokyo, R"(,"ends_at":"2027-01-31T09:05:00Z")");
  ASSERT_EQ(given.status, 200) << given.body;
  EXPECT_THAT(given.body, Not(HasSubstr("link")));
  ASSERT_EQ(mails().size(), 1U);
  auto const mail = mails()[0];
  EXPECT_EQ(mail.template_name, "invitation");
  EXPECT_EQ(mail.message.to, "Hanako@New.example");
  EXPECT_EQ(mail.message.language, people::Language::en);  // the inviter's
  for (auto* fact : {"Smart Account: Account of example.com\n", "Role: Virtual account user\n", "For: Tokyo\n",
                     "Until: 2027-01-31 09:05 UTC\n", "Invited by: Ada Admin\n", "within 14 days"})
    EXPECT_THAT(mail.message.text, HasSubstr(fact));
  EXPECT_TRUE(is_invited("Hanako@New.example"));

  test::ApiClient nobody(*world.dispatcher);
  auto const link = nobody.get("/api/v1/one_time_links/" + mail.token());
  EXPECT_EQ(link.json.at("purpose").as_string(), "accept_invitation");
  EXPECT_EQ(link.json.at("mail").as_string(), "Hanako@New.example");
  EXPECT_FALSE(link.json.find("given_name"));
  // Of another kind than a link to set a password with.
  EXPECT_EQ(
      nobody.post("/api/v1/one_time_links/" + mail.token(), std::string(R"({"password":")") + good_password + R"("})")
          .status,
      410);
  auto const accepted = accept(mail.token());
  ASSERT_EQ(accepted.status, 200) << accepted.body;
  EXPECT_FALSE(accepted.header("set-cookie").empty());
  EXPECT_EQ(accepted.json.at("person").at("given_name").as_string(), "Hanako");
  EXPECT_EQ(accepted.json.at("person").at("country").as_string(), "JP");
  EXPECT_EQ(accepted.json.at("person").at("language").as_string(), "ja");
  EXPECT_FALSE(is_invited("Hanako@New.example"));
  EXPECT_EQ(accept(mail.token()).status, 410);
  EXPECT_EQ(nobody.get("/api/v1/one_time_links/" + mail.token()).status, 410);
  EXPECT_EQ(nobody
                .post("/api/v1/sign_in",
                      std::string(R"({"mail":"hanako@new.example","password":")") + good_password + R"("})")
                .status,
            200);
  EXPECT_EQ(mails().size(), 1U);  // a first password is no news
}

TEST_P(Invitations, work_for_two_weeks) {
  grant(*admin, "new@example.com", "sa_user");
  auto const token = mails()[0].token();
  world.database.clock.advance(std::chrono::hours(24 * 14) - 1min);
  test::ApiClient nobody(*world.dispatcher);
  EXPECT_EQ(nobody.get("/api/v1/one_time_links/" + token).status, 200);
  world.database.clock.advance(1min);
  EXPECT_EQ(accept(token).code(), "link_invalid");
}

TEST_P(Invitations, ask_for_name_country_and_password) {
  grant(*admin, "new@example.com", "sa_user");
  auto const token = mails()[0].token();
  EXPECT_THAT(faults(accept(token, "short", R"("given_name":"花子","family_name":"<b>","country":"XX")")),
              testing::IsSupersetOf({"/password too_short", "/given_name not_latin", "/family_name not_latin",
                                     "/country unknown_country"}));
  EXPECT_THAT(faults(accept(token, good_password, R"("given_name":"","family_name":" ","country":"J")")),
              UnorderedElementsAre("/given_name empty", "/family_name empty", "/country too_short"));
  EXPECT_EQ(accept(token, good_password, R"("family_name":"Sato","country":"JP")").status, 422);
  EXPECT_EQ(accept("nonsense").code(), "link_invalid");
  EXPECT_TRUE(is_invited("new@example.com"));
  EXPECT_EQ(accept(token).status, 200);
}

TEST_P(Invitations, whichever_mail_is_opened_works_until_one_was) {
  auto const first = id_of(grant(*admin, "new@example.com", "sa_user"));
  // Another role of somebody who has not come yet is an invitation, too.
  grant(*admin, "new@example.com", "sa_viewer");
  EXPECT_EQ(send_again(*admin, first).status, 200);
  auto const all = mails();
  ASSERT_EQ(all.size(), 3U);
  for (auto const& mail : all) EXPECT_EQ(mail.template_name, "invitation");
  EXPECT_EQ(accept(all[0].token()).status, 200);
  EXPECT_EQ(accept(all[2].token()).status, 410);
  EXPECT_EQ(send_again(*admin, first).code(), "conflict");
}

// Whoever lost the mail, or thinks to have an account, asks for a new password.
TEST_P(Invitations, are_accepted_by_way_of_a_forgotten_password) {
  grant(*admin, "new@example.com", "sa_user");
  test::ApiClient nobody(*world.dispatcher);
  world.database.clock.advance(1ms);
  EXPECT_EQ(nobody.post("/api/v1/forgotten_passwords", R"({"mail":"new@example.com","language":"ja"})").status, 200);
  EXPECT_EQ(mails().back().template_name, "reset_password");
  EXPECT_EQ(accept(mails().back().token()).status, 200);
  EXPECT_EQ(accept(mails().front().token()).status, 410);
}

TEST_P(Invitations, people_with_an_account_are_told_of_roles_given_and_taken) {
  known_person("taro@example.com");
  auto const given = id_of(grant(*admin, "TARO@example.com", "sa_user"));
  ASSERT_EQ(mails().size(), 1U);
  EXPECT_EQ(mails()[0].template_name, "role_given");
  EXPECT_EQ(mails()[0].message.to, "taro@example.com");
  EXPECT_THAT(mails()[0].message.text, HasSubstr("Dear taro Test,"));
  EXPECT_THAT(mails()[0].message.text,
              HasSubstr("For: the whole Smart Account\nUntil: none\nGranted by: Ada Admin\n"));
  EXPECT_THAT(mails()[0].message.text, Not(HasSubstr("/link/")));
  // Nothing new, no mail; another end is news.
  grant(*admin, "taro@example.com", "sa_user");
  EXPECT_EQ(mails().size(), 1U);
  grant(*admin, "taro@example.com", "sa_user", {}, R"(,"ends_at":"2030-01-01T00:00:00Z")");
  EXPECT_THAT(mails().back().message.text, HasSubstr("Until: 2030-01-01 00:00 UTC"));
  EXPECT_EQ(send_again(*admin, given).code(), "conflict");
  world.database.clock.advance(1ms);
  EXPECT_EQ(admin->send(api::Method::del, base() + "/role_grants/" + given).status, 200);
  EXPECT_EQ(mails().back().template_name, "role_taken");
  EXPECT_THAT(mails().back().message.text, HasSubstr("Taken by: Ada Admin"));
  EXPECT_EQ(send_again(*admin, given).code(), "not_found");
}

TEST_P(Invitations, nobody_is_told_of_what_they_do_themselves) {
  auto const own = id_of(grant(*admin, "admin@example.com", "sa_viewer"));
  EXPECT_EQ(admin->send(api::Method::del, base() + "/role_grants/" + own).status, 200);
  EXPECT_THAT(mails(), IsEmpty());
}

TEST_P(Invitations, an_answer_does_not_tell_whether_there_was_an_account) {
  known_person("known@example.com");
  auto const known = grant(*admin, "known@example.com", "sa_user");
  auto const unknown = grant(*admin, "nobody@example.com", "sa_user");
  EXPECT_EQ(known.status, unknown.status);
  EXPECT_EQ(known.body.size(), unknown.body.size());
  ASSERT_EQ(known.headers.size(), unknown.headers.size());
  for (size_t i = 0; i < known.headers.size(); ++i) EXPECT_EQ(known.headers[i].first, unknown.headers[i].first);
  EXPECT_EQ(mails().size(), 2U);
}

TEST_P(Invitations, an_inbox_is_spared) {
  auto const id = id_of(grant(*admin, "victim@example.com", "sa_user"));
  std::string code;
  for (int i = 0; i < 20; ++i) code = send_again(*admin, id).code();
  EXPECT_EQ(code, "too_many_requests");
  EXPECT_EQ(mails().size(), 11U);
  // A role can be given all the same.
  EXPECT_EQ(grant(*admin, "victim@example.com", "sa_viewer").status, 200);
  EXPECT_EQ(mails().size(), 11U);
  world.database.clock.advance(2h);
  EXPECT_EQ(send_again(*admin, id).status, 200);
}

TEST_P(Invitations, are_sent_again_by_those_who_manage_the_place) {
  auto const tokyo = world.virtual_account(account, "Tokyo"), osaka = world.virtual_account(account, "Osaka");
  auto const id = id_of(grant(*admin, "new@example.com", "va_user", tokyo));
  auto const manager = [&](std::string const& mail, VirtualAccountId where) {
    auto const person = world.person(mail);
    world.grant(account, person, Role::va_admin, where);
    return world.as(person);
  };
  auto here = manager("here@example.com", tokyo), there = manager("there@example.com", osaka);
  EXPECT_EQ(send_again(here, id).status, 200);
  EXPECT_THAT(mails().back().message.text, HasSubstr("Invited by: here Test"));
  EXPECT_EQ(send_again(there, id).status, 404);
  test::ApiClient nobody(*world.dispatcher);
  EXPECT_EQ(send_again(nobody, id).status, 401);
}

TEST_P(Invitations, go_to_the_first_administrator_of_an_account) {
  auto staff = world.as(world.operator_with(access::OperatorRole::operator_admin));
  auto const create = [&](std::string const& name, std::string const& mail) {
    world.database.clock.advance(1ms);
    return staff.post("/api/v1/operator/smart_accounts",
                      R"({"name":")" + name + R"(","domain":")" + name + R"(.example","administrator":{"mail":")" +
                          mail + R"(","given_name":"Mei","family_name":"Hanada","language":"ja"}})");
  };
  auto const created = create("kame", "mei@kame.example");
  ASSERT_EQ(created.status, 200) << created.body;
  EXPECT_FALSE(created.json.find("one_time_link"));
  EXPECT_EQ(mails().back().template_name, "invitation");
  EXPECT_EQ(mails().back().message.language, people::Language::ja);
  EXPECT_THAT(mails().back().message.text, HasSubstr("ロール: スマートアカウント管理者\n"));
  EXPECT_THAT(mails().back().message.text, HasSubstr("招待した人: サービスの運用担当\n"));
  test::ApiClient nobody(*world.dispatcher);
  auto const link = nobody.get("/api/v1/one_time_links/" + mails().back().token());
  EXPECT_EQ(link.json.at("given_name").as_string(), "Mei");
  EXPECT_EQ(link.json.at("family_name").as_string(), "Hanada");
  known_person("known@example.com");
  create("tsuru", "known@example.com");
  EXPECT_EQ(mails().back().template_name, "role_given");
  // Who has no mail server must pass the link on.
  mail::Outbox const folder(world.vault, {}, false);
  world.database->write([&](db::Tx& tx) {
    auto const account = create_smart_account(
        tx, world.vault, {"Hotaru", "hotaru.example", {"new@hotaru.example", "A", "B", people::Language::ja}}, {});
    auto const path = tell_first_administrator(tx, world.vault, folder, account.smart_account.smart_account_id,
                                               "new@hotaru.example");
    EXPECT_THAT(path.value_or(""), testing::StartsWith("/link/"));
  });
}

TEST_P(Invitations, have_a_word_for_every_role) {
  for (auto language : {people::Language::ja, people::Language::en})
    for (auto role : enum_words(Role{})) EXPECT_FALSE(mail::phrase(language, role).empty());
  EXPECT_THROW(mail::phrase(people::Language::en, "nobody"), std::logic_error);
}

}  // namespace
}  // namespace menkyo::accounts
