#include "accounts/access_requests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/support/employment.hpp"
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
using ::testing::UnorderedElementsAreArray;

class AccessRequests : public ::testing::TestWithParam<std::string> {
 protected:
  AccessRequests() {
    auto table = people::routes();
    for (auto& route : routes()) table.push_back(std::move(route));
    world.serve(std::move(table));
  }

  test::Answer ask(test::ApiClient& client, std::string const& domain, std::string const& purpose = "access",
                   std::string const& text = "Please") {
    world.database.clock.advance(std::chrono::milliseconds(1));
    return client.post("/api/v1/access_requests",
                       R"({"domain":")" + domain + R"(","purpose":")" + purpose + R"(","text":")" + text + R"("})");
  }
  // Asks, lets the administrators be told, and gives the identifier.
  std::string asked(test::ApiClient& client, std::string const& domain = "example.com") {
    auto const answer = ask(client, domain);
    EXPECT_EQ(answer.status, 200) << answer.body;
    wait_for_mails();
    return answer.json.at("access_request_id").as_string();
  }
  test::Answer decide(test::ApiClient& client, std::string const& id, std::string const& what) {
    world.database.clock.advance(std::chrono::milliseconds(1));
    return client.post(base() + "/access_requests/" + id + "/decision", "{" + what + "}");
  }
  std::string base() const { return "/api/v1/smart_accounts/" + account.text(); }
  static std::string own(std::string const& id) { return "/api/v1/access_requests/" + id; }

  // One look at the timers that are due; how many there were.
  int look() {
    world.database.clock.advance(std::chrono::milliseconds(1));
    return world.database->write([&](db::Tx& tx) {
      struct Due {
        std::array<uint8_t, 16> subject_id;
      };
      auto const due = tx.all<Due>(
          "select subject_id from timer where kind = 'access_request' and due_at <= $1 order by subject_id",
          tx.now());
      for (auto const& each : due) {
        jobs::clear_timer(tx, access_timer, {}, each.subject_id);
        if (auto const next = access_timer_kind(world.vault, world.outbox).look(tx, {{}, each.subject_id, tx.now()}))
          jobs::set_timer(tx, access_timer, {{}, each.subject_id, *next});
      }
      return int(due.size());
    });
  }
  void wait_for_mails() {
    for (int i = 0; i < 10; ++i) {
      world.database.clock.advance(std::chrono::seconds(1));
      look();
    }
  }
  int64_t count(std::string const& sql) {
    return world.database->read([&](db::ReadTx& tx) { return tx.one<int64_t>(sql).value(); });
  }
  static std::string status(test::Answer const& answer) { return answer.json.at("status").as_string(); }

  test::World world{GetParam()};
  SmartAccountId account = world.account("example.com");
};
MENKYO_ON_BOTH_DATABASES(AccessRequests);

TEST_P(AccessRequests, reach_every_administrator_after_the_answer) {
  std::vector<std::string> expected{"access_to_decide admin@example.com"};
  for (int i = 0; i < 24; ++i) {
    auto const mail = "a" + std::to_string(i) + "@example.com";
    world.grant(account, world.person(mail), Role::sa_admin);
    expected.push_back("access_to_decide " + mail);
  }
  world.grant(account, world.person("user@example.com"), Role::sa_user);
  world.grant(account, world.person("once@example.com"), Role::sa_admin, {}, world.database->now());
  auto const gone = world.person("gone@example.com");
  world.grant(account, gone, Role::sa_admin);
  world.database->write([&](db::Tx& tx) { people::disable_person(tx, gone); });
  auto const person = world.person("pat@partner.example");
  world.database->write([&](db::Tx& tx) { test::employ(tx, world.vault, person); });
  auto pat = world.as(person);
  auto const answer = ask(pat, "EXAMPLE.com.", "access", "We install\\nyour routers");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(status(answer), "PENDING");
  EXPECT_EQ(answer.json.at("domain").as_string(), "example.com");
  EXPECT_THAT(world.letters(), ElementsAre("access_requested pat@partner.example"));
  // A few at a time.
  world.database.clock.advance(std::chrono::seconds(3));
  EXPECT_EQ(look(), 1);
  EXPECT_EQ(look(), 0);
  auto told = world.new_mails();
  EXPECT_EQ(told.size(), 10U);
  wait_for_mails();
  for (auto& mail : world.new_mails()) told.push_back(std::move(mail));
  std::vector<std::string> names;
  for (auto const& mail : told) {
    names.push_back(mail.template_name + " " + mail.message.to);
    EXPECT_THAT(mail.message.text,
                AllOf(HasSubstr("pat Test <pat@partner.example>"), HasSubstr("+39 06 6982"), HasSubstr("Works"),
                      HasSubstr("We install your routers"), HasSubstr("Account of example.com"),
                      HasSubstr("/accounts/" + account.text() + "/access_requests/asr_")));
  }
  EXPECT_THAT(names, ::testing::UnorderedElementsAreArray(expected));
  auto admin = world.as(world.administrator_of(account));
  auto const list = admin.get(base() + "/access_requests?status=PENDING");
  ASSERT_EQ(list.json.at("items").items().size(), 1U) << list.body;
  auto const id = list.json.at("items").items().at(0).at("access_request_id").as_string();
  auto const one = admin.get(base() + "/access_requests/" + id);
  EXPECT_EQ(one.json.at("phone").as_string(), "+39 06 6982");
  EXPECT_EQ(one.json.at("company_name").as_string(), "Works");
  EXPECT_THAT(admin.get(base() + "/events").body, HasSubstr("access_requested"));
}

TEST_P(AccessRequests, give_virtual_accounts_with_a_role) {
  auto const tokyo = world.virtual_account(account, "Tokyo"), osaka = world.virtual_account(account, "Osaka");
  world.virtual_account(account, "Kobe");
  auto pat = world.as(world.person("pat@partner.example"));
  auto admin = world.as(world.administrator_of(account));
  auto const id = asked(pat);
  world.letters();
  auto const vas = R"("virtual_account_ids":[")" + tokyo.text() + R"(",")" + osaka.text() + "\"]";
  auto const done = decide(admin, id,
                           R"("decision":"approve","role":"va_user","ends_at":"2099-01-01T00:00:00Z",)"
                           R"("reason":"Welcome",)" +
                               vas);
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(status(done), "APPROVED");
  EXPECT_EQ(done.json.at("decided_by").as_string(), "Ada Admin");
  auto const mails = world.new_mails();
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_EQ(mails[0].template_name, "access_approved");
  EXPECT_THAT(mails[0].message.text,
              AllOf(HasSubstr("Virtual account user"), HasSubstr("Tokyo, Osaka"), HasSubstr("2099-01-01"),
                    HasSubstr("Welcome"), Not(HasSubstr("Ada")), Not(HasSubstr("admin@"))));
  auto const seen = pat.get(own(id));
  EXPECT_EQ(seen.json.at("smart_account_id").as_string(), account.text());
  EXPECT_EQ(pat.get(base() + "/virtual_accounts").json.at("items").items().size(), 2U);
  for (auto const& body :
       {seen.body, pat.get("/api/v1/access_requests").body, pat.get(base()).body, pat.get(base() + "/events").body})
    EXPECT_THAT(body, AllOf(Not(HasSubstr("Ada")), Not(HasSubstr("admin@"))));
  EXPECT_THAT(admin.get(base() + "/users").body, HasSubstr("2099-01-01"));
  EXPECT_EQ(count("select count(*) from event where kind = 'role_granted' and virtual_account_id is not null"), 2);
}

TEST_P(AccessRequests, give_a_role_of_the_whole_account) {
  auto pat = world.as(world.person("pat@partner.example"));
  auto admin = world.as(world.administrator_of(account));
  auto const id = asked(pat);
  EXPECT_EQ(decide(admin, id, R"("decision":"approve","role":"sa_viewer")").status, 200);
  EXPECT_EQ(pat.get(base()).json.at("roles").items().at(0).as_string(), "sa_viewer");
  // The same role once more only changes when it ends.
  auto const again = asked(pat);
  EXPECT_EQ(
      decide(admin, again, R"("decision":"approve","role":"sa_viewer","ends_at":"2099-01-01T00:00:00Z")").status,
      200);
  EXPECT_EQ(count("select count(*) from role_grant where role = 'sa_viewer'"), 1);
}

TEST_P(AccessRequests, are_declined_with_a_reason) {
  auto pat = world.as(world.person("pat@partner.example"));
  auto admin = world.as(world.administrator_of(account));
  auto const id = asked(pat);
  world.letters();
  EXPECT_EQ(decide(admin, id, R"("decision":"decline","reason":"Ask Sales\nfirst")").status, 200);
  auto const mails = world.new_mails();
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_EQ(mails[0].template_name, "access_declined");
  EXPECT_THAT(mails[0].message.text,
              AllOf(HasSubstr("Reason: Ask Sales first"), Not(HasSubstr("Ada")), Not(HasSubstr("Account of"))));
  auto const seen = pat.get(own(id));
  EXPECT_EQ(status(seen), "DECLINED");
  EXPECT_EQ(seen.json.at("reason").as_string(), "Ask Sales\nfirst");
  EXPECT_EQ(seen.json.find("smart_account_id"), nullptr);
  EXPECT_EQ(pat.get(base()).code(), "not_found");
  EXPECT_EQ(decide(admin, id, R"("decision":"approve","role":"sa_viewer")").code(), "conflict");
  EXPECT_EQ(count("select count(*) from timer where kind = 'access_request'"), 0);
}

TEST_P(AccessRequests, refuse_a_decision_that_cannot_be_and_change_nothing) {
  auto const tokyo = world.virtual_account(account, "Tokyo");
  auto const other = world.account("other.example");
  auto const elsewhere = world.virtual_account(other, "Elsewhere");
  auto const person = world.person("pat@partner.example");
  auto pat = world.as(person);
  auto admin = world.as(world.administrator_of(account));
  auto const id = asked(pat);
  auto const events = count("select count(*) from event");
  auto const refused = [&](std::string const& what) { return test::faults(decide(admin, id, what)); };
  auto const in = [](VirtualAccountId va) { return R"("virtual_account_ids":[")" + va.text() + "\"]"; };
  EXPECT_THAT(refused(R"("decision":"approve")"), ElementsAre("/role missing"));
  EXPECT_THAT(refused(R"("decision":"approve","role":"boss")"), ElementsAre("/role unknown_word"));
  EXPECT_THAT(refused(R"("decision":"approve","role":"va_user")"), ElementsAre("/virtual_account_ids missing"));
  EXPECT_THAT(refused(R"("decision":"approve","role":"va_user","virtual_account_ids":[])"),
              ElementsAre("/virtual_account_ids missing"));
  EXPECT_THAT(refused(R"("decision":"approve","role":"sa_user",)" + in(tokyo)), ElementsAre("/role unknown_word"));
  EXPECT_THAT(refused(R"("decision":"approve","role":"va_user",)" + in(elsewhere)),
              ElementsAre("/virtual_account_ids/0 unknown"));
  EXPECT_THAT(refused(R"("decision":"approve","role":"va_user","ends_at":"2001-01-01T00:00:00Z",)" + in(tokyo)),
              ElementsAre("/ends_at out_of_range"));
  std::string many;
  for (int i = 0; i < 51; ++i) many += std::string(i ? "," : "") + '"' + tokyo.text() + '"';
  EXPECT_THAT(refused(R"("decision":"approve","role":"va_user","virtual_account_ids":[)" + many + "]"),
              ElementsAre("/virtual_account_ids too_long"));
  EXPECT_EQ(admin
                .send(api::Method::post, base() + "/access_requests/" + id + "/decision", R"({"decision":"decline"})",
                      {{"if-match", "\"9\""}})
                .code(),
            "changed_meanwhile");
  world.database->write([&](db::Tx& tx) { people::disable_person(tx, person); });
  EXPECT_EQ(decide(admin, id, R"("decision":"approve","role":"sa_viewer")").code(), "conflict");
  EXPECT_EQ(count("select count(*) from event"), events);
  EXPECT_EQ(count("select count(*) from access_request where status = 'PENDING'"), 1);
  EXPECT_EQ(decide(admin, id, R"("decision":"decline")").status, 200);
}

TEST_P(AccessRequests, are_decided_once_when_two_press_at_once) {
  auto pat = world.as(world.person("pat@partner.example"));
  auto const id = *AccessRequestId::parse(asked(pat));
  std::atomic<int> done{0}, late{0};
  std::vector<std::thread> deciders;
  for (int i = 0; i < 4; ++i) {
    auto const person = world.person("d" + std::to_string(i) + "@example.com");
    world.grant(account, person, Role::sa_admin);
    deciders.emplace_back([this, person, id, i, &done, &late] {
      AccessDecision in{account, id, {}, i % 2 ? Decision::approve : Decision::decline, {}, {}, {}, {}};
      if (i % 2) in.role = Role::sa_viewer;
      try {
        world.database->write([&](db::Tx& tx) {
          auto const access = access::detail::Prover::account<Permission::access_requests_decide>(
              tx, api::Caller{person, {}}, account);
          decide_access_request(tx, world.vault, world.outbox, access, in);
        });
        ++done;
      } catch (Problem const& problem) {
        EXPECT_EQ(problem.kind().code, "conflict");
        ++late;
      }
    });
  }
  for (auto& each : deciders) each.join();
  EXPECT_EQ(done, 1);
  EXPECT_EQ(late, 3);
  EXPECT_EQ(count("select count(*) from mail where template = 'access_approved' or template = 'access_declined'"), 1);
  EXPECT_EQ(count("select count(*) from role_grant where role = 'sa_viewer'"),
            count("select count(*) from access_request where status = 'APPROVED'"));
}

TEST_P(AccessRequests, are_for_those_to_decide_who_may) {
  auto pat = world.as(world.person("pat@partner.example"));
  auto const id = asked(pat);
  auto const other = world.account("other.example");
  auto stranger = world.as(world.administrator_of(other));
  EXPECT_EQ(decide(stranger, id, R"("decision":"decline")").code(), "not_found");
  EXPECT_EQ(stranger
                .post("/api/v1/smart_accounts/" + other.text() + "/access_requests/" + id + "/decision",
                      R"({"decision":"decline"})")
                .code(),
            "not_found");
  EXPECT_EQ(decide(pat, id, R"("decision":"approve","role":"sa_admin")").code(), "not_found");
  auto const user = world.person("user@example.com");
  world.grant(account, user, Role::sa_user);
  auto as_user = world.as(user);
  EXPECT_EQ(decide(as_user, id, R"("decision":"decline")").code(), "forbidden");
  EXPECT_EQ(as_user.get(base() + "/access_requests").code(), "forbidden");
  EXPECT_EQ(stranger.get(own(id)).code(), "not_found");
  EXPECT_EQ(stranger.post(own(id) + "/withdrawal").code(), "not_found");
  // A message is nothing to decide.
  auto const message = ask(pat, "example.com", "message").json.at("access_request_id").as_string();
  wait_for_mails();
  auto admin = world.as(world.administrator_of(account));
  EXPECT_EQ(decide(admin, message, R"("decision":"decline")").code(), "not_found");
  EXPECT_EQ(admin.get(base() + "/access_requests/" + message).code(), "not_found");
  EXPECT_EQ(admin.get(base() + "/access_requests").json.at("items").items().size(), 1U);
  EXPECT_EQ(admin.get(base() + "/access_requests?status=SENT").json.at("items").items().size(), 0U);
}

TEST_P(AccessRequests, are_withdrawn_even_before_anybody_is_told) {
  auto pat = world.as(world.person("pat@partner.example"));
  auto const id = ask(pat, "example.com").json.at("access_request_id").as_string();
  EXPECT_EQ(pat.post(own(id) + "/withdrawal").status, 200);
  EXPECT_EQ(pat.post(own(id) + "/withdrawal").status, 200);
  wait_for_mails();
  EXPECT_THAT(world.letters(), ElementsAre("access_requested pat@partner.example"));
  auto const later = asked(pat);
  EXPECT_EQ(pat.post(own(later) + "/withdrawal").status, 200);
  auto admin = world.as(world.administrator_of(account));
  EXPECT_EQ(decide(admin, later, R"("decision":"approve","role":"sa_viewer")").code(), "conflict");
  EXPECT_EQ(count("select count(*) from timer where kind = 'access_request'"), 0);
  auto const message = ask(pat, "example.com", "message").json.at("access_request_id").as_string();
  EXPECT_EQ(pat.post(own(message) + "/withdrawal").code(), "conflict");
}

TEST_P(AccessRequests, carry_messages_to_the_administrators) {
  auto pat = world.as(world.person("pat@partner.example"));
  EXPECT_THAT(test::faults(ask(pat, "example.com", "message", " \\n ")), ElementsAre("/text missing"));
  auto const sent = ask(pat, "example.com", "message", "Your order\\nis ready <b>");
  EXPECT_EQ(status(sent), "SENT");
  wait_for_mails();
  auto const mails = world.new_mails();
  ASSERT_EQ(mails.size(), 2U);
  EXPECT_EQ(mails[0].template_name, "access_message_sent");
  EXPECT_EQ(mails[1].template_name, "access_message");
  EXPECT_EQ(mails[1].message.to, "admin@example.com");
  EXPECT_THAT(mails[1].message.text,
              AllOf(HasSubstr("Your order is ready <b>"), HasSubstr("write to pat@partner.example")));
  EXPECT_THAT(mails[1].message.html, Not(HasSubstr("ready <b>")));
  EXPECT_EQ(count("select count(*) from timer where kind = 'access_request'"), 0);
}

TEST_P(AccessRequests, remind_all_administrators_after_three_days_and_after_seven) {
  auto pat = world.as(world.person("pat@partner.example"));
  auto const known = asked(pat);
  asked(pat, "nobody.example");
  std::vector<std::string> everybody{"access_to_decide_reminder admin@example.com"};
  for (int i = 0; i < 12; ++i) {
    auto const mail = "a" + std::to_string(i) + "@example.com";
    world.grant(account, world.person(mail), Role::sa_admin);
    everybody.push_back("access_to_decide_reminder " + mail);
  }
  world.letters();
  for (auto const wait : {days(3), days(4)}) {
    world.database.clock.advance(wait - std::chrono::minutes(1));
    wait_for_mails();
    EXPECT_THAT(world.letters(), IsEmpty());
    world.database.clock.advance(std::chrono::minutes(1));
    wait_for_mails();
    EXPECT_THAT(world.letters(), UnorderedElementsAreArray(everybody));
  }
  world.database.clock.advance(days(20));
  wait_for_mails();
  EXPECT_THAT(world.letters(), IsEmpty());
  auto admin = world.as(world.administrator_of(account));
  EXPECT_EQ(decide(admin, known, R"("decision":"decline")").status, 200);
}

TEST_P(AccessRequests, do_not_reach_an_account_that_is_founded_later) {
  auto pat = world.as(world.person("pat@partner.example"));
  auto const id = asked(pat, "later.example");
  auto const later = world.account("later.example");
  world.letters();
  world.database.clock.advance(days(7));
  wait_for_mails();
  EXPECT_THAT(world.letters(), IsEmpty());
  EXPECT_EQ(count("select count(*) from access_request where smart_account_id is not null"), 0);
  auto admin = world.as(world.administrator_of(later));
  EXPECT_EQ(admin.get("/api/v1/smart_accounts/" + later.text() + "/access_requests/" + id).code(), "not_found");
}

TEST_P(AccessRequests, end_after_thirty_days) {
  auto pat = world.as(world.person("pat@partner.example"));
  auto const known = asked(pat), unknown = asked(pat, "nobody.example");
  world.letters();
  world.database.clock.advance(days(7));
  wait_for_mails();
  world.letters();
  world.database.clock.advance(days(23) - std::chrono::minutes(1));
  EXPECT_EQ(look(), 0);
  world.database.clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(look(), 2);
  EXPECT_THAT(world.letters(),
              ElementsAre("access_expired pat@partner.example", "access_expired pat@partner.example"));
  auto again = world.as(world.person("pat@partner.example"));  // the session has ended, too
  for (auto const& id : {known, unknown}) EXPECT_EQ(status(again.get(own(id))), "EXPIRED");
  auto admin = world.as(world.administrator_of(account));
  EXPECT_EQ(decide(admin, known, R"("decision":"approve","role":"sa_viewer")").code(), "conflict");
}

TEST_P(AccessRequests, show_the_administrators_where_the_customer_wants_it) {
  auto const administrator = world.administrator_of(account);
  world.database->write([&](db::Tx& tx) { test::employ(tx, world.vault, administrator); });
  auto pat = world.as(world.person("pat@partner.example"));
  auto admin = world.as(administrator);
  auto const id = asked(pat), unknown = asked(pat, "nobody.example");
  auto const setting = base() + "/administrator_contacts";
  auto const set = [&](test::ApiClient& client, std::string const& to) {
    return client.send(api::Method::put, setting, R"({"shown":)" + to + "}");
  };
  EXPECT_FALSE(admin.get(setting).json.at("shown").as_bool());
  EXPECT_THAT(pat.get(own(id)).json.at("contacts").items(), IsEmpty());
  EXPECT_EQ(set(pat, "true").code(), "not_found");
  auto const user = world.person("user@example.com");
  world.grant(account, user, Role::sa_user);
  auto as_user = world.as(user);
  EXPECT_EQ(set(as_user, "true").code(), "forbidden");
  EXPECT_TRUE(set(admin, "true").json.at("shown").as_bool());
  EXPECT_TRUE(set(admin, "true").json.at("shown").as_bool());
  EXPECT_EQ(count("select count(*) from event where kind = 'administrator_contacts_shown'"), 1);
  auto const contacts = pat.get(own(id)).json.at("contacts").items();
  ASSERT_EQ(contacts.size(), 1U);
  EXPECT_EQ(contacts[0].at("name").as_string(), "Ada Admin");
  EXPECT_EQ(contacts[0].at("mail").as_string(), "admin@example.com");
  EXPECT_EQ(contacts[0].at("phone").as_string(), "+39 06 6982");
  EXPECT_THAT(pat.get(own(unknown)).json.at("contacts").items(), IsEmpty());
  EXPECT_THAT(pat.get("/api/v1/access_requests").body, Not(HasSubstr("Ada")));
  EXPECT_FALSE(set(admin, "false").json.at("shown").as_bool());
  EXPECT_THAT(pat.get(own(id)).json.at("contacts").items(), IsEmpty());
}

TEST_P(AccessRequests, refuse_what_is_wrong_and_are_bounded) {
  auto pat = world.as(world.person("pat@partner.example"));
  for (std::string const domain : {"nodots", "a b.example", "..", "-"})
    EXPECT_THAT(test::faults(ask(pat, domain)), ElementsAre("/domain not_a_domain")) << domain;
  EXPECT_THAT(test::faults(ask(pat, "")), ElementsAre("/domain empty"));
  EXPECT_THAT(test::faults(ask(pat, "example.com", "hug")), ElementsAre("/purpose unknown_word"));
  EXPECT_THAT(test::faults(ask(pat, "example.com", "access", std::string(1001, 'x'))), ElementsAre("/text too_long"));
  test::ApiClient nobody(*world.dispatcher);
  EXPECT_EQ(ask(nobody, "example.com").code(), "unauthenticated");
  EXPECT_EQ(count("select count(*) from access_request"), 0);
  std::vector<std::string> ids;
  for (int i = 0; i < max_open_access_requests; ++i)
    ids.push_back(ask(pat, i % 2 ? "example.com" : "nobody.example").json.at("access_request_id").as_string());
  EXPECT_EQ(ask(pat, "example.com").code(), "too_many_requests");
  EXPECT_EQ(ask(pat, "nobody.example").code(), "too_many_requests");
  for (auto const& id : ids) EXPECT_EQ(pat.post(own(id) + "/withdrawal").status, 200);
  for (auto i = max_open_access_requests; i < max_access_requests_a_day; ++i)
    EXPECT_EQ(ask(pat, "example.com", "message").status, 200);
  EXPECT_EQ(ask(pat, "example.com", "message").code(), "too_many_requests");
  world.database.clock.advance(std::chrono::hours(25));
  EXPECT_EQ(ask(pat, "example.com").status, 200);
  auto const page = pat.get("/api/v1/access_requests?limit=15");
  auto const rest = pat.get("/api/v1/access_requests?limit=15&cursor=" + page.json.at("next_cursor").as_string());
  EXPECT_EQ(page.json.at("items").items().size() + rest.json.at("items").items().size(), 21U);
}

// A partner with a part of the account, and people of the organization who have roles in that part, too.
TEST_P(AccessRequests, leave_partners_without_anybodys_name) {
  auto const lab = world.virtual_account(account, "Lab");
  auto const administrator = world.administrator_of(account), colleague = world.person("colleague@jp.example.com");
  auto const consultant = world.person("consultant@elsewhere.example");
  world.grant(account, consultant, Role::sa_admin);
  for (auto const person : {administrator, colleague, consultant}) world.grant(account, person, Role::va_user, lab);
  auto const partner = world.person("pat@partner.example"), second = world.person("kim@partner.example");
  auto pat = world.as(partner), admin = world.as(administrator);
  world.grant(account, partner, Role::va_admin, lab);
  auto const grant = [&](test::ApiClient& client, std::string const& mail) {
    return client.post(base() + "/role_grants",
                       R"({"mail":")" + mail + R"(","role":"va_viewer","virtual_account_id":")" + lab.text() + "\"}");
  };
  EXPECT_EQ(grant(admin, "kim@partner.example").status, 200);
  // Whether a guessed address is an administrator's or just a colleague's, nothing comes of it.
  EXPECT_EQ(grant(pat, "admin@example.com").status, 200);
  EXPECT_EQ(grant(pat, "colleague@jp.example.com").status, 200);
  EXPECT_EQ(
      admin.send(api::Method::patch, base() + "/virtual_accounts/" + lab.text(), R"({"name":"Laboratory"})").status,
      200);
  auto const users = pat.get(base() + "/users?limit=1");
  ASSERT_EQ(users.json.at("items").items().size(), 1U);
  auto const rest = pat.get(base() + "/users?limit=1&cursor=" + users.json.at("next_cursor").as_string());
  ASSERT_EQ(rest.json.at("items").items().size(), 1U);
  EXPECT_EQ(rest.json.find("next_cursor"), nullptr);
  EXPECT_THAT(users.body + rest.body, AllOf(HasSubstr("pat@partner.example"), HasSubstr("kim@partner.example")));
  auto const va = base() + "/virtual_accounts/" + lab.text();
  for (auto const& path : {base(), base() + "/users", base() + "/events", base() + "/events.csv", va, va + "/events",
                           va + "/events.csv", base() + "/virtual_accounts"}) {
    auto const answer = pat.get(path);
    EXPECT_EQ(answer.status, 200) << path << answer.body;
    for (auto const& secret : std::vector<std::string>{"Ada", "admin@", "colleague", "consultant",
                                                       administrator.text(), consultant.text(), colleague.text()})
      EXPECT_THAT(answer.body, Not(HasSubstr(secret))) << path;
  }
  EXPECT_THAT(pat.get(base() + "/events").body, HasSubstr("kim Test"));
  // Those of the organization see each other and the partners.
  auto as_colleague = world.as(colleague);
  EXPECT_THAT(as_colleague.get(base() + "/events").body, AllOf(HasSubstr("Ada Admin"), HasSubstr("kim Test")));
  EXPECT_THAT(admin.get(base() + "/users").body, AllOf(HasSubstr("consultant@"), HasSubstr("kim@")));
  // A role on the whole account makes one of them.
  world.grant(account, second, Role::sa_viewer);
  auto kim = world.as(second);
  EXPECT_THAT(kim.get(base() + "/events").body, HasSubstr("Ada Admin"));
}

TEST(Organizations, are_those_of_one_registrant_above_and_below) {
  EXPECT_TRUE(is_of_organization("a@example.co.jp", "example.co.jp"));
  EXPECT_TRUE(is_of_organization("a@Tokyo.Example.co.jp", "example.co.jp"));
  EXPECT_TRUE(is_of_organization("a@example.co.jp", "tokyo.example.co.jp"));
  EXPECT_FALSE(is_of_organization("a@osaka.example.co.jp", "tokyo.example.co.jp"));
  EXPECT_FALSE(is_of_organization("a@other.co.jp", "example.co.jp"));
  EXPECT_FALSE(is_of_organization("a@notexample.co.jp", "example.co.jp"));
  EXPECT_FALSE(is_of_organization("a@co.jp", "example.co.jp"));
  EXPECT_FALSE(is_of_organization("a@gmail.com", "gmail.com"));
  EXPECT_FALSE(is_of_organization("nonsense", "example.co.jp"));
}

}  // namespace
}  // namespace menkyo::accounts
