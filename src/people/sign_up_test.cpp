#include "people/sign_up.hpp"

#include <gmock/gmock.h>

#include "people/throttle.hpp"
#include "tests/support/people_stage.hpp"

namespace menkyo::people {
namespace {

using namespace std::chrono_literals;
using test::good_password;
using test::other_password;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class SignUp : public test::PeopleStage {};
MENKYO_ON_BOTH_DATABASES(SignUp);

TEST_P(SignUp, makes_a_person_once_address_and_password_are_proved) {
  auto client = stranger();
  auto const asked = ask(client, "Hanako.Sato@Example.com", good_password, "Ｈａｎａｋｏ");
  ASSERT_EQ(asked.status, 200) << asked.body;
  EXPECT_TRUE(client.cookies.empty());
  ASSERT_EQ(mails().size(), 1U);
  auto const mail = mails()[0];
  EXPECT_EQ(mail.template_name, "activate");
  EXPECT_EQ(mail.message.to, "Hanako.Sato@Example.com");
  EXPECT_THAT(mail.message.text, HasSubstr("https://licenses.example/link/" + mail.token()));
  // Names are whatever a stranger typed, and have no place in a mail to somebody who may not know of it.
  EXPECT_THAT(mail.message.text, Not(HasSubstr("Hanako\n")));
  db->read([&](db::ReadTx& tx) { EXPECT_FALSE(find_person(tx, vault, "hanako.sato@example.com")); });

  auto const link = client.get("/api/v1/one_time_links/" + mail.token());
  EXPECT_EQ(link.json.at("purpose").as_string(), "activate");
  EXPECT_EQ(link.json.at("mail").as_string(), "Hanako.Sato@Example.com");
  // Of another kind than a link to set a password with.
  EXPECT_EQ(set_password(client, mail.token(), other_password).status, 410);

  auto const activated = activate(client, mail.token(), good_password);
  ASSERT_EQ(activated.status, 200) << activated.body;
  EXPECT_EQ(activated.json.at("person").at("given_name").as_string(), "Hanako");
  EXPECT_EQ(activated.json.at("person").at("country").as_string(), "JP");
  EXPECT_EQ(client.get("/api/v1/me/sessions").json.at("items").items().size(), 1U);
  EXPECT_EQ(activate(client, mail.token(), good_password).status, 410);
  EXPECT_EQ(client.get("/api/v1/one_time_links/" + mail.token()).status, 410);
  auto again = stranger();
  EXPECT_EQ(sign_in(again, "hanako.sato@example.com", good_password).status, 200);
}

TEST_P(SignUp, the_log_says_that_the_person_made_the_account_itself) {
  new_person("hanako@example.com");
  db->read([&](db::ReadTx& tx) {
    auto const person = find_person(tx, vault, "hanako@example.com").value();
    auto const events = audit::read_events(tx, vault, {}, {}, {}, 10);
    std::vector<audit::EventKind> kinds;
    for (auto const& event : events) {
      kinds.push_back(event.kind);
      EXPECT_EQ(event.actor.kind, audit::ActorKind::person);
      EXPECT_EQ(event.actor.id, person.bytes);
      EXPECT_EQ(event.subject_id, person.bytes);
    }
    EXPECT_THAT(kinds, UnorderedElementsAre(audit::EventKind::person_created, audit::EventKind::person_signed_in));
  });
}

TEST_P(SignUp, the_link_alone_is_not_enough) {
  auto thief = stranger(), owner = stranger();
  ASSERT_EQ(ask(thief, "owner@example.com", other_password).status, 200);
  auto const token = mails()[0].token();
  EXPECT_EQ(activate(owner, token, good_password).code(), "wrong_credentials");
  db->read([&](db::ReadTx& tx) { EXPECT_FALSE(find_person(tx, vault, "owner@example.com")); });
  // Guessing is slowed down as at the sign-in.
  for (int i = 0; i < 6; ++i) activate(owner, token, good_password);
  EXPECT_EQ(activate(owner, token, other_password).code(), "too_many_requests");
  // The owner's own sign-up ends the thief's.
  db.clock.advance(1h);
  ASSERT_EQ(ask(owner, "owner@example.com", good_password).status, 200);
  EXPECT_EQ(activate(owner, mails().back().token(), good_password).status, 200);
  EXPECT_EQ(activate(thief, token, other_password).status, 410);
}

TEST_P(SignUp, the_link_works_for_a_day) {
  auto client = stranger();
  ask(client, "hanako@example.com");
  db.clock.advance(24h);
  EXPECT_EQ(activate(client, mails()[0].token(), good_password).status, 410);
  EXPECT_EQ(db->write([](db::Tx& tx) { return clean_up(tx, 10); }), 1);
}

TEST_P(SignUp, tells_nobody_but_the_owner_that_there_is_an_account) {
  new_person("known@example.com");
  auto a = stranger(), b = stranger();
  auto const known = ask(a, "known@example.com"), unknown = ask(b, "unknown@example.com");
  EXPECT_EQ(known.status, unknown.status);
  EXPECT_EQ(known.body.size(), unknown.body.size());
  ASSERT_EQ(known.headers.size(), unknown.headers.size());
  for (size_t i = 0; i < known.headers.size(); ++i) EXPECT_EQ(known.headers[i].first, unknown.headers[i].first);
  auto const sent = mails();
  EXPECT_EQ(sent[sent.size() - 2].template_name, "sign_up_known");
  EXPECT_EQ(sent[sent.size() - 1].template_name, "activate");
  EXPECT_THAT(sent[sent.size() - 2].message.text, Not(HasSubstr("/link/")));
  // The mail can be had again in the same way.
  db.clock.advance(61s);
  for (auto* answer : {&known, &unknown}) {
    auto& client = answer == &known ? a : b;
    auto const handle = answer->json.at("handle").as_string();
    db.clock.advance(1ms);
    EXPECT_EQ(client.post("/api/v1/sign_up/mail", R"({"handle":")" + handle + R"("})").status, 200);
    EXPECT_EQ(client.post("/api/v1/sign_up/mail", R"({"handle":")" + handle + R"("})").code(), "too_many_requests");
  }
  EXPECT_EQ(mails()[sent.size()].template_name, "sign_up_known");
  EXPECT_EQ(mails()[sent.size() + 1].template_name, "activate");
  // Nor does the sign-in, nor a forgotten password.
  auto const wrong = sign_in(a, "known@example.com", "wrong"), nobody = sign_in(b, "unknown@example.com", "wrong");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(nobody.status, 401);
  // All but the last part of it, the number of the request.
  EXPECT_EQ(wrong.body.substr(0, wrong.body.find("request_id")),
            nobody.body.substr(0, nobody.body.find("request_id")));
  EXPECT_EQ(forget(a, "known@example.com").body, forget(b, "unknown@example.com").body);
}

TEST_P(SignUp, the_newest_mail_counts_and_there_are_five_at_most) {
  auto client = stranger();
  auto const handle = ask(client, "hanako@example.com").json.at("handle").as_string();
  auto const again = [&] {
    db.clock.advance(8min);
    return client.post("/api/v1/sign_up/mail", R"({"handle":")" + handle + R"("})");
  };
  for (int64_t sent = 1; sent < same_mail_at_most; ++sent) EXPECT_EQ(again().status, 200) << sent;
  EXPECT_EQ(again().code(), "too_many_requests");
  auto const all = mails();
  EXPECT_EQ(all.size(), 5U);
  EXPECT_EQ(activate(client, all[0].token(), good_password).status, 410);
  EXPECT_EQ(activate(client, all.back().token(), good_password).status, 200);
  EXPECT_EQ(again().code(), "link_invalid");
  EXPECT_EQ(client.post("/api/v1/sign_up/mail", R"({"handle":"nonsense"})").code(), "link_invalid");
}

TEST_P(SignUp, bad_input_is_told_field_by_field_and_changes_nothing) {
  auto client = stranger();
  auto const wrong = ask(client, "no address", "short", "花子", "O'Neil <b>");
  EXPECT_EQ(wrong.status, 422);
  EXPECT_THAT(faults(wrong), testing::IsSupersetOf({"/mail not_a_mail", "/password too_short",
                                                    "/given_name not_latin", "/family_name not_latin"}));
  for (auto* name : {"", " ", "\\u200b", "\\u202eoknaH", "a\\nb", "Hanako2", "😀", "=cmd()", "ﾊﾅｺ", "Хана"})
    EXPECT_EQ(ask(client, "hanako@example.com", good_password, name).status, 422) << name;
  EXPECT_EQ(ask(client, "hanako@example.com", good_password, std::string(10000, 'x')).status, 422);
  // A ligature of one character becomes three, which are too many.
  std::string ligatures;
  for (int i = 0; i < 60; ++i) ligatures += "ﬃ";
  EXPECT_THAT(faults(ask(client, "hanako@example.com", good_password, ligatures)),
              ElementsAre("/given_name too_long"));
  for (auto* mail :
       {"a@example.com\\r\\nBcc: b@example.com", "a@@example.com", "a@exa mple.com", "<a@example.com>", "@"})
    EXPECT_EQ(ask(client, mail).status, 422) << mail;
  auto const nowhere = client.post("/api/v1/sign_up", R"({"mail":"a@example.com","password":"Kame-wa-9-ban",)"
                                                      R"("given_name":"A","family_name":"B","country":"XX",)"
                                                      R"("language":"en"})");
  EXPECT_THAT(faults(nowhere), ElementsAre("/country unknown_country"));
  EXPECT_TRUE(mails().empty());
  for (auto* name : {"Hanako", "José", "O'Neil", "van der Berg", "Anne-Marie", "Ｈａｎａｋｏ", "J. R.", "Zoe\\u0308"})
    EXPECT_EQ(ask(client, "hanako@example.com", good_password, name).status, 200) << name;
}

TEST_P(SignUp, an_inbox_is_spared_and_a_source_slowed_down) {
  auto client = stranger();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(forget(client, "victim@example.com").status, 200);
  // The one that is too many blocks those after it.
  EXPECT_EQ(mails().size(), size_t(mails_per_pair.free_attempts) + 1);
  for (int i = 0; i < 30; ++i) {
    auto other = stranger();
    EXPECT_EQ(forget(other, "victim@example.com").status, 200);
  }
  EXPECT_EQ(mails().size(), size_t(mails_per_address.free_attempts) + 1);
  test::Answer last{};
  for (int i = 0; i < 120; ++i) last = forget(client, "person" + std::to_string(i) + "@example.com");
  EXPECT_EQ(last.code(), "too_many_requests");
  EXPECT_FALSE(last.header("retry-after").empty());
}

TEST_P(SignUp, a_forgotten_password_is_set_by_mail) {
  new_person("hanako@example.com");
  auto elsewhere = stranger(), client = stranger();
  ASSERT_EQ(sign_in(elsewhere, "hanako@example.com", good_password).status, 200);
  EXPECT_EQ(forget(client, "HANAKO@example.com").status, 200);
  db.clock.advance(1min);
  EXPECT_EQ(forget(client, "hanako@example.com").status, 200);
  auto const sent = mails();
  auto const first = sent[sent.size() - 2], second = sent[sent.size() - 1];
  EXPECT_EQ(first.template_name, "reset_password");
  EXPECT_EQ(first.message.language, Language::en);
  // Whichever mail is opened works, until one was used.
  EXPECT_EQ(client.get("/api/v1/one_time_links/" + first.token()).json.at("purpose").as_string(), "set_password");
  EXPECT_EQ(set_password(client, second.token(), "weak").status, 422);
  EXPECT_EQ(set_password(client, second.token(), other_password).status, 200);
  EXPECT_EQ(set_password(client, first.token(), good_password).status, 410);
  EXPECT_EQ(elsewhere.get("/api/v1/me/sessions").status, 401);
  EXPECT_EQ(sign_in(client, "hanako@example.com", good_password).status, 401);
  EXPECT_EQ(sign_in(client, "hanako@example.com", other_password).status, 200);
  EXPECT_EQ(mails().back().template_name, "password_changed");
  EXPECT_THAT(mails().back().message.text, HasSubstr("Hanako Sato 様"));
  EXPECT_THAT(mails().back().message.text,
              HasSubstr("日時: 2026-01-01 00:01 UTC\n接続元の IP アドレス: " + client.peer));
}

TEST_P(SignUp, a_reset_link_works_for_a_day_and_unknown_addresses_hear_that_there_is_no_account) {
  new_person("hanako@example.com");
  auto client = stranger();
  forget(client, "hanako@example.com");
  auto const token = mails().back().token();
  forget(client, "nobody@example.com");
  EXPECT_EQ(mails().back().template_name, "reset_unknown");
  EXPECT_THAT(mails().back().message.text, HasSubstr("https://licenses.example/sign_up"));
  db.clock.advance(24h);
  EXPECT_EQ(set_password(client, token, other_password).status, 410);
  EXPECT_EQ(forget(client, "no address").status, 422);
}

TEST_P(SignUp, a_first_password_is_no_news) {
  auto const token = db->write([&](db::Tx& tx) {
    return make_link(tx, vault, create_person(tx, vault, {{"taro@example.com", "Taro", "Yamada"}, Language::en}, {}));
  });
  auto client = stranger();
  EXPECT_EQ(set_password(client, token, good_password).status, 200);
  EXPECT_TRUE(mails().empty());
}

TEST_P(SignUp, a_password_is_changed_by_whoever_knows_it) {
  new_person("hanako@example.com");
  auto here = stranger(), there = stranger(), nobody = stranger();
  sign_in(here, "hanako@example.com", good_password);
  sign_in(there, "hanako@example.com", good_password);
  auto const change = [&](test::ApiClient& client, std::string const& old, std::string const& now) {
    db.clock.advance(1ms);
    return client.post("/api/v1/me/password", R"({"current_password":")" + old + R"(","password":")" + now + R"("})");
  };
  EXPECT_EQ(change(nobody, good_password, other_password).status, 401);
  EXPECT_EQ(change(here, "wrong", other_password).code(), "wrong_credentials");
  EXPECT_THAT(faults(change(here, good_password, "short")), testing::Contains("/password too_short"));
  EXPECT_EQ(change(here, good_password, other_password).status, 200);
  EXPECT_EQ(here.get("/api/v1/me/sessions").status, 200);
  EXPECT_EQ(there.get("/api/v1/me/sessions").status, 401);
  EXPECT_EQ(mails().back().template_name, "password_changed");
  EXPECT_THAT(mails().back().message.text, HasSubstr(here.peer));
  EXPECT_EQ(sign_in(there, "hanako@example.com", other_password).status, 200);
}

TEST_P(SignUp, people_see_and_end_their_own_sessions) {
  new_person("hanako@example.com");
  new_person("taro@example.com");
  auto here = stranger(), there = stranger(), taro = stranger();
  auto const from = [&](test::ApiClient& client, std::string const& mail, std::string const& agent) {
    return client.send(api::Method::post, "/api/v1/sign_in",
                       R"({"mail":")" + mail + R"(","password":")" + good_password + R"("})",
                       {{"content-type", "application/json"}, {"user-agent", agent}});
  };
  ASSERT_EQ(from(here, "hanako@example.com", "Firefox").status, 200);
  db.clock.advance(1s);
  ASSERT_EQ(from(there, "hanako@example.com", "Chrome \xff" + std::string(400, 'x')).status, 200);
  ASSERT_EQ(from(taro, "taro@example.com", "Safari").status, 200);
  auto const list = here.get("/api/v1/me/sessions?limit=2");
  auto const& items = list.json.at("items").items();
  ASSERT_EQ(items.size(), 2U);
  EXPECT_FALSE(items[0].at("is_current").as_bool());
  EXPECT_TRUE(items[1].at("is_current").as_bool());
  EXPECT_EQ(items[1].at("agent").as_string(), "Firefox");
  EXPECT_EQ(items[1].at("address").as_string(), here.peer);
  auto const rest = here.get("/api/v1/me/sessions?limit=2&cursor=" + list.json.at("next_cursor").as_string());
  EXPECT_EQ(rest.json.at("items").items().size(), 1U);  // of the activation

  auto const there_id = items[0].at("session_id").as_string();
  EXPECT_EQ(taro.send(api::Method::del, "/api/v1/me/sessions/" + there_id).status, 200);
  EXPECT_EQ(there.get("/api/v1/me/sessions").status, 200);
  EXPECT_EQ(here.send(api::Method::del, "/api/v1/me/sessions/" + there_id).status, 200);
  EXPECT_EQ(there.get("/api/v1/me/sessions").status, 401);
  EXPECT_EQ(here.send(api::Method::del, "/api/v1/me/sessions/" + there_id).status, 200);
  EXPECT_EQ(here.send(api::Method::del, "/api/v1/me/sessions").status, 200);
  EXPECT_EQ(here.get("/api/v1/me/sessions").json.at("items").items().size(), 1U);
  EXPECT_EQ(taro.get("/api/v1/me/sessions").status, 200);

  // Where one signed in from stays to be seen.
  EXPECT_EQ(here.get("/api/v1/me/sign_ins").json.at("items").items().size(), 3U);
  db.clock.advance(sign_ins_kept + 1s);
  db->write([](db::Tx& tx) {
    while (clean_up(tx, 2) > 0) {
    }
  });
  EXPECT_EQ(db->read([](db::ReadTx& tx) { return tx.one<int64_t>("select count(*) from person_sign_in"); }), 0);
}

TEST_P(SignUp, follows_the_other_policy) {
  policy.password = PasswordPolicy::long_enough;
  auto client = stranger();
  EXPECT_THAT(faults(ask(client, "hanako@example.com", good_password)), ElementsAre("/password too_short"));
  EXPECT_EQ(ask(client, "hanako@example.com", "nine turtles walk along the beach").status, 200);
}

TEST_P(SignUp, leaves_no_name_or_secret_in_the_database) {
  auto client = stranger();
  ask(client, "hanako@example.com");
  auto const row = db->read([](db::ReadTx& tx) {
    return std::pair(tx.one<Bytes>("select wrapped_wish from sign_up").value(),
                     tx.one<Bytes>("select wrapped_message from mail").value());
  });
  for (auto const& bytes : {row.first, row.second})
    for (auto* word : {"Sato", "hanako", "argon2", "/link/"})
      EXPECT_THAT(std::string(as_text(bytes)), Not(HasSubstr(word)));
}

}  // namespace
}  // namespace menkyo::people
