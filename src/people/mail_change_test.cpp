#include "people/mail_change.hpp"

#include <gmock/gmock.h>

#include <future>
#include <thread>

#include "tests/support/people_stage.hpp"

namespace menkyo::people {
namespace {

using namespace std::chrono_literals;
using test::good_password;
using test::other_password;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto old_mail = "hanako@example.com", new_mail = "Hanako@elsewhere.example";
constexpr auto own_change = "/api/v1/me/mail_change", own_mail = "/api/v1/me/mail_change/mail";

class MailChange : public test::PeopleStage {
 protected:
  MailChange() { new_person(old_mail); }

  test::ApiClient signed_in(std::string const& mail) {
    auto client = stranger();
    EXPECT_EQ(sign_in(client, mail, good_password).status, 200);
    return client;
  }
  test::Answer change_to(test::ApiClient& client, std::string const& mail,
                         std::string const& password = good_password) {
    db.clock.advance(1ms);
    return client.post(own_change, R"({"mail":")" + mail + R"(","current_password":")" + password + R"("})");
  }
  // Somebody in another browser, who is not signed in, presses the button behind the newest link of an end.
  test::Answer confirm(std::string const& token) {
    auto client = stranger();
    db.clock.advance(1ms);
    return client.post("/api/v1/mail_changes/confirmation", R"({"token":")" + token + R"("})");
  }
  test::SentMail newest(std::string const& template_name) {
    auto const all = mails();
    auto const found =
        std::find_if(all.rbegin(), all.rend(), [&](auto const& m) { return m.template_name == template_name; });
    if (found == all.rend()) throw std::runtime_error("no mail " + template_name);
    return *found;
  }
  std::string new_token() { return newest("confirm_mail").token(); }
  std::string old_token() { return newest("approve_mail_change").token(); }
  int64_t sent(std::string const& template_name) {
    auto const all = mails();
    return std::count_if(all.begin(), all.end(), [&](auto const& m) { return m.template_name == template_name; });
  }
  std::optional<PersonId> owner_of(std::string const& mail) {
    return db->read([&](db::ReadTx& tx) { return find_person(tx, vault, mail); });
  }
  static bool is_changed(test::Answer const& answer) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.status == 200 && answer.json.at("is_changed").as_bool();
  }
};
MENKYO_ON_BOTH_DATABASES(MailChange);

TEST_P(MailChange, is_made_once_both_ends_have_confirmed) {
  auto const person = owner_of(old_mail);
  auto here = signed_in(old_mail), there = signed_in(old_mail), client = stranger();
  forget(client, old_mail);
  auto const reset = newest("reset_password").token();
  EXPECT_FALSE(here.get(own_change).json.find("pending"));

  auto const asked = change_to(here, new_mail);
  ASSERT_EQ(asked.status, 200) << asked.body;
  EXPECT_EQ(newest("confirm_mail").message.to, new_mail);
  EXPECT_THAT(newest("confirm_mail").message.text, Not(HasSubstr("Hanako Sato")));
  EXPECT_THAT(newest("confirm_mail").message.text, Not(HasSubstr(old_mail)));
  EXPECT_EQ(newest("approve_mail_change").message.to, old_mail);
  EXPECT_THAT(newest("approve_mail_change").message.text, HasSubstr("Hanako Sato 様"));
  EXPECT_THAT(newest("approve_mail_change").message.text, HasSubstr(new_mail));
  auto const of_new = client.get("/api/v1/one_time_links/" + new_token());
  EXPECT_EQ(of_new.json.at("purpose").as_string(), "confirm_mail");
  EXPECT_EQ(of_new.json.at("mail").as_string(), new_mail);
  auto const of_old = client.get("/api/v1/one_time_links/" + old_token());
  EXPECT_EQ(of_old.json.at("purpose").as_string(), "approve_mail_change");
  EXPECT_EQ(of_old.json.at("mail").as_string(), old_mail);
  EXPECT_EQ(of_old.json.at("new_mail").as_string(), new_mail);

  // To look is not to confirm: programs that check mails follow links.
  EXPECT_FALSE(is_changed(confirm(new_token())));
  auto const pending = here.get(own_change).json.at("pending");
  EXPECT_EQ(pending.at("mail").as_string(), new_mail);
  EXPECT_TRUE(pending.at("is_new_confirmed").as_bool());
  EXPECT_FALSE(pending.at("is_old_confirmed").as_bool());
  EXPECT_EQ(owner_of(old_mail), person);

  EXPECT_TRUE(is_changed(confirm(old_token())));
  EXPECT_EQ(owner_of(new_mail), person);
  EXPECT_FALSE(owner_of(old_mail));
  EXPECT_EQ(newest("mail_changed").message.to, old_mail);
  EXPECT_THAT(newest("mail_changed").message.text, HasSubstr(new_mail));
  EXPECT_THAT(newest("mail_changed").message.text,
              HasSubstr("日時: 2026-01-01 00:00 UTC\n接続元の IP アドレス: 198.51.100."));
  EXPECT_EQ(sent("mail_changed"), 1);
  EXPECT_EQ(there.get("/api/v1/me/sessions").status, 401);
  EXPECT_FALSE(here.get(own_change).json.find("pending"));
  EXPECT_EQ(set_password(client, reset, other_password).status, 410);
  EXPECT_EQ(sign_in(client, old_mail, good_password).status, 401);
  auto const again = sign_in(client, new_mail, good_password);
  EXPECT_EQ(again.json.at("person").at("mail").as_string(), new_mail);
  EXPECT_EQ(again.json.at("person").at("given_name").as_string(), "Hanako");
}

TEST_P(MailChange, does_not_mind_the_order) {
  auto client = signed_in(old_mail);
  change_to(client, new_mail);
  auto const first = old_token(), second = new_token();
  EXPECT_FALSE(is_changed(confirm(first)));
  auto const pending = client.get(own_change).json.at("pending");
  EXPECT_FALSE(pending.at("is_new_confirmed").as_bool());
  EXPECT_TRUE(pending.at("is_old_confirmed").as_bool());
  EXPECT_TRUE(is_changed(confirm(second)));
  EXPECT_TRUE(owner_of(new_mail));
  for (auto const& token : {first, second}) {
    EXPECT_EQ(confirm(token).code(), "link_invalid");
    EXPECT_EQ(client.get("/api/v1/one_time_links/" + token).status, 410);
  }
}

TEST_P(MailChange, one_end_alone_is_not_enough) {
  auto client = signed_in(old_mail);
  change_to(client, new_mail);
  auto const token = new_token();
  EXPECT_FALSE(is_changed(confirm(token)));
  EXPECT_EQ(confirm(token).code(), "link_invalid");
  EXPECT_EQ(client.get("/api/v1/one_time_links/" + token).status, 410);
  EXPECT_FALSE(owner_of(new_mail));
}

TEST_P(MailChange, waits_for_a_day) {
  auto client = signed_in(old_mail);
  change_to(client, new_mail);
  EXPECT_FALSE(is_changed(confirm(old_token())));
  db.clock.advance(24h);
  EXPECT_EQ(confirm(new_token()).code(), "link_invalid");
  sign_in(client, old_mail, good_password);
  EXPECT_FALSE(client.get(own_change).json.find("pending"));
  EXPECT_EQ(client.post(own_mail).code(), "conflict");
  db->write([](db::Tx& tx) {
    while (clean_up(tx, 10) > 0) {
    }
  });
  EXPECT_EQ(db->read([](db::ReadTx& tx) { return tx.one<int64_t>("select count(*) from mail_change"); }), 0);
}

TEST_P(MailChange, a_link_serves_its_own_change_and_nothing_else) {
  auto const taro = new_person("taro@example.com");
  auto const taro_id = owner_of(taro);
  auto client = signed_in(old_mail), thief = signed_in(taro);
  change_to(client, new_mail);
  for (auto const& token : {new_token(), old_token()}) {
    EXPECT_EQ(set_password(thief, token, other_password).status, 410);
    EXPECT_EQ(activate(thief, token, good_password).status, 410);
  }
  forget(client, old_mail);
  EXPECT_EQ(confirm(newest("reset_password").token()).code(), "link_invalid");
  EXPECT_EQ(confirm("nonsense").code(), "link_invalid");
  // Whose session the browser has, does not matter.
  auto const body = [](std::string const& token) { return R"({"token":")" + token + R"("})"; };
  thief.post("/api/v1/mail_changes/confirmation", body(old_token()));
  EXPECT_TRUE(is_changed(thief.post("/api/v1/mail_changes/confirmation", body(new_token()))));
  EXPECT_EQ(owner_of(taro), taro_id);
  EXPECT_EQ(thief.get("/api/v1/me/sessions").status, 200);
}

TEST_P(MailChange, does_not_tell_whether_the_new_address_has_an_account) {
  new_person("known@example.com");
  new_person("taro@example.com");
  auto client = signed_in(old_mail), other = signed_in("taro@example.com");
  auto const unknown = change_to(client, "empty@example.com");
  auto const known = change_to(other, "known@example.com");
  EXPECT_EQ(known.status, 200);
  EXPECT_EQ(known.body.size(), unknown.body.size());
  EXPECT_EQ(newest("mail_change_known").message.to, "known@example.com");
  EXPECT_THAT(newest("mail_change_known").message.text, Not(HasSubstr("/link/")));
  EXPECT_EQ(newest("approve_mail_change").message.to, "taro@example.com");
  // The old inbox is told nothing either.
  EXPECT_FALSE(is_changed(confirm(old_token())));
  EXPECT_EQ(other.get(own_change).json.at("pending").at("is_new_confirmed").as_bool(), false);
  db.clock.advance(61s);
  EXPECT_EQ(other.post(own_mail).status, 200);
  EXPECT_EQ(sent("mail_change_known"), 2);
  EXPECT_EQ(client.post(own_mail).status, 200);
}

TEST_P(MailChange, an_address_that_is_taken_meanwhile_is_not_changed_to) {
  auto client = signed_in(old_mail);
  change_to(client, new_mail);
  auto const of_new = new_token(), of_old = old_token();
  EXPECT_FALSE(is_changed(confirm(of_old)));
  new_person(new_mail);
  EXPECT_EQ(confirm(of_new).code(), "conflict");
  EXPECT_TRUE(owner_of(old_mail));
  EXPECT_FALSE(client.get(own_change).json.at("pending").at("is_new_confirmed").as_bool());

  // And between the two ends.
  EXPECT_EQ(change_to(client, "third@example.com").status, 200);
  EXPECT_FALSE(is_changed(confirm(new_token())));
  new_person("third@example.com");
  EXPECT_EQ(confirm(old_token()).code(), "conflict");
  EXPECT_EQ(sent("mail_changed"), 0);
  EXPECT_EQ(client.get("/api/v1/me/sessions").status, 200);
}

// Both looked and found the address free; the unique index lets one of them have it.
TEST_P(MailChange, of_two_that_want_one_address_at_once_one_gets_it) {
  new_person("taro@example.com");
  auto hanako = signed_in(old_mail), taro = signed_in("taro@example.com");
  change_to(hanako, new_mail);
  auto const first = old_token();
  confirm(new_token());
  change_to(taro, new_mail);
  auto const second = old_token();
  confirm(new_token());
  std::future<std::string> late;
  db->write([&](db::Tx& tx) {
    EXPECT_TRUE(confirm_mail_change(tx, {first}, vault, outbox, {}).is_changed);
    late = std::async(std::launch::async, [&] {
      try {
        db->write([&](db::Tx& other) { confirm_mail_change(other, {second}, vault, outbox, {}); });
        return std::string("changed");
      } catch (Problem const& problem) {
        return std::string(problem.kind().code);
      }
    });
    std::this_thread::sleep_for(300ms);
  });
  EXPECT_EQ(late.get(), "conflict");
  EXPECT_FALSE(owner_of(old_mail));
  EXPECT_TRUE(owner_of("taro@example.com"));
}

TEST_P(MailChange, asking_again_takes_the_place_of_what_was_asked_for) {
  auto client = signed_in(old_mail);
  change_to(client, new_mail);
  auto const of_new = new_token(), of_old = old_token();
  EXPECT_FALSE(is_changed(confirm(of_old)));
  change_to(client, "third@example.com");
  EXPECT_EQ(confirm(of_new).code(), "link_invalid");
  auto const pending = client.get(own_change).json.at("pending");
  EXPECT_EQ(pending.at("mail").as_string(), "third@example.com");
  EXPECT_FALSE(pending.at("is_old_confirmed").as_bool());
  EXPECT_FALSE(is_changed(confirm(new_token())));
  EXPECT_TRUE(is_changed(confirm(old_token())));
  EXPECT_TRUE(owner_of("third@example.com"));
}

TEST_P(MailChange, is_withdrawn_by_the_person_and_by_a_new_password) {
  auto client = signed_in(old_mail);
  change_to(client, new_mail);
  EXPECT_EQ(client.send(api::Method::del, own_change).status, 200);
  EXPECT_EQ(client.send(api::Method::del, own_change).status, 200);
  EXPECT_FALSE(client.get(own_change).json.find("pending"));
  EXPECT_EQ(confirm(new_token()).code(), "link_invalid");
  EXPECT_EQ(confirm(old_token()).code(), "link_invalid");

  // What a thief of the password asked for.
  change_to(client, new_mail);
  confirm(new_token());
  EXPECT_EQ(client
                .post("/api/v1/me/password", std::string(R"({"current_password":")") + good_password +
                                                 R"(","password":")" + other_password + R"("})")
                .status,
            200);
  EXPECT_EQ(confirm(old_token()).code(), "link_invalid");
  EXPECT_FALSE(owner_of(new_mail));
}

TEST_P(MailChange, ends_with_the_account) {
  auto client = signed_in(old_mail);
  change_to(client, new_mail);
  db->write([&](db::Tx& tx) { disable_person(tx, *find_person(tx, vault, old_mail)); });
  EXPECT_EQ(confirm(new_token()).code(), "link_invalid");
}

TEST_P(MailChange, the_mails_can_be_had_again_and_the_newest_count) {
  auto client = signed_in(old_mail);
  EXPECT_EQ(client.post(own_mail).code(), "conflict");
  change_to(client, new_mail);
  auto const of_new = new_token(), of_old = old_token();
  EXPECT_EQ(client.post(own_mail).code(), "too_many_requests");
  db.clock.advance(8min);
  EXPECT_EQ(client.post(own_mail).status, 200);
  EXPECT_EQ(confirm(of_new).code(), "link_invalid");
  EXPECT_EQ(confirm(of_old).code(), "link_invalid");
  // An end that has confirmed is left alone.
  EXPECT_FALSE(is_changed(confirm(old_token())));
  for (int64_t i = 2; i < same_mail_at_most; ++i) {
    db.clock.advance(8min);
    EXPECT_EQ(client.post(own_mail).status, 200) << i;
  }
  db.clock.advance(8min);
  EXPECT_EQ(client.post(own_mail).code(), "too_many_requests");
  EXPECT_EQ(sent("confirm_mail"), same_mail_at_most);
  EXPECT_EQ(sent("approve_mail_change"), 2);
  EXPECT_TRUE(is_changed(confirm(new_token())));
}

TEST_P(MailChange, an_inbox_is_spared) {
  auto client = signed_in(old_mail);
  int64_t taken = 0;
  for (int i = 0; i < 15; ++i)
    taken += change_to(client, "new" + std::to_string(i) + "@example.com").status == 200 ? 1 : 0;
  // The one that is too many blocks those after it.
  EXPECT_EQ(taken, 11);
  EXPECT_EQ(sent("approve_mail_change"), 11);
  EXPECT_EQ(client.get(own_change).json.at("pending").at("mail").as_string(), "new10@example.com");
  // Strangers cannot use up what the person may have sent.
  new_person("taro@example.com");
  for (int i = 0; i < 20; ++i) {
    auto other = stranger();
    forget(other, "taro@example.com");
  }
  auto taro = signed_in("taro@example.com");
  EXPECT_EQ(change_to(taro, "jiro@example.com").status, 200);
  EXPECT_EQ(newest("approve_mail_change").message.to, "taro@example.com");
}

TEST_P(MailChange, bad_input_is_told_field_by_field_and_changes_nothing) {
  auto client = signed_in(old_mail), nobody = stranger();
  EXPECT_EQ(change_to(nobody, new_mail).status, 401);
  EXPECT_EQ(nobody.get(own_change).status, 401);
  EXPECT_EQ(nobody.post(own_mail).status, 401);
  EXPECT_EQ(nobody.send(api::Method::del, own_change).status, 401);
  for (auto* mail : {"no address", "a@@example.com", "a@exa mple.com", "<a@example.com>", "\\\"a b\\\"@example.com"})
    EXPECT_THAT(faults(change_to(client, mail)), ElementsAre("/mail not_a_mail")) << mail;
  EXPECT_THAT(faults(change_to(client, "")), ElementsAre("/mail empty"));
  EXPECT_THAT(faults(change_to(client, std::string(320, 'a') + "@example.com")), ElementsAre("/mail too_long"));
  EXPECT_EQ(change_to(client, "a@example.com\\r\\nBcc: b@example.com").status, 422);
  EXPECT_THAT(faults(change_to(client, "ＨＡＮＡＫＯ@Example.com")), ElementsAre("/mail unchanged"));
  EXPECT_THAT(faults(change_to(client, new_mail, "")), ElementsAre("/current_password empty"));
  EXPECT_THAT(faults(client.post("/api/v1/mail_changes/confirmation", R"({"token":""})")),
              ElementsAre("/token empty"));
  EXPECT_EQ(sent("confirm_mail") + sent("approve_mail_change"), 0);
  EXPECT_FALSE(client.get(own_change).json.find("pending"));
}

TEST_P(MailChange, guessing_the_password_is_slowed_down) {
  auto client = signed_in(old_mail);
  EXPECT_EQ(change_to(client, new_mail, "wrong").code(), "wrong_credentials");
  std::string code;
  for (int i = 0; i < 20 && code != "too_many_requests"; ++i) code = change_to(client, new_mail, "wrong").code();
  EXPECT_EQ(code, "too_many_requests");
  EXPECT_EQ(change_to(client, new_mail).code(), "too_many_requests");
  EXPECT_EQ(sent("confirm_mail"), 0);
}

TEST_P(MailChange, is_one_event_and_leaves_no_address_or_secret_in_the_database) {
  auto client = signed_in(old_mail);
  change_to(client, new_mail);
  db->read([&](db::ReadTx& tx) {
    auto const wish = tx.one<Bytes>("select wrapped_wish from mail_change").value();
    EXPECT_THAT(std::string(as_text(wish)), Not(HasSubstr("elsewhere")));
  });
  auto const before = db->read([&](db::ReadTx& tx) { return audit::read_events(tx, vault, {}, {}, {}, 50).size(); });
  confirm(new_token());
  confirm(old_token());
  db->read([&](db::ReadTx& tx) {
    auto const events = audit::read_events(tx, vault, {}, {}, {}, 50);
    ASSERT_EQ(events.size(), before + 1);
    EXPECT_EQ(events[0].kind, audit::EventKind::mail_changed);
    EXPECT_EQ(events[0].actor.id, find_person(tx, vault, new_mail)->bytes);
    EXPECT_EQ(events[0].personal, old_mail);
  });
}

}  // namespace
}  // namespace menkyo::people
