#include "accounts/partner_requests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/support/employment.hpp"
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

constexpr auto tokyo = R"("headquarters":{"country":"JP","postal_code":"107-6227","region":"Tokyo","city":"Minato",)"
                       R"("line1":"9-7-1 Akasaka"})";
constexpr auto of_partner = "/api/v1/partner_requests", of_customer = "/api/v1/received_partner_requests";

class PartnerRequests : public ::testing::TestWithParam<std::string> {
 protected:
  PartnerRequests() {
    auto table = people::routes();
    for (auto& route : routes()) table.push_back(std::move(route));
    world.serve(std::move(table));
    runner.emplace(*world.database);
    runner->add(request_timer_kind(world.vault, world.outbox));
    runner->add(partner_timer_kind(world.vault, world.outbox));
  }

  PersonId employee(std::string const& mail) {
    auto const person = world.person(mail);
    world.database->write([&](db::Tx& tx) {
      if (!people::load_company(tx, world.vault, person).name) test::employ(tx, world.vault, person);
    });
    return person;
  }
  test::ApiClient someone(std::string const& mail) { return world.as(employee(mail)); }

  static std::string form(std::string const& name, std::string const& mail, std::string const& more = "") {
    return R"({"name":")" + name + R"(","customer_mail":")" + mail + '"' + more + "}";
  }
  // Mails are told apart by when they were written.
  test::Answer ask(test::ApiClient& partner, std::string const& name, std::string const& mail,
                   std::string const& more = "") {
    world.database.clock.advance(std::chrono::milliseconds(1));
    return partner.post(of_partner, form(name, mail, more));
  }
  // The identifier of the request that this was, of which the customer is told.
  std::string asked(test::Answer const& answer) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    pass(std::chrono::seconds(3));
    return answer.json.at("partner_request_id").as_string();
  }
  test::Answer accept(test::ApiClient& customer, std::string const& id, std::string const& more = "") {
    world.database.clock.advance(std::chrono::milliseconds(1));
    return customer.post(of_customer + ("/" + id) + "/acceptance", std::string("{") + tokyo + more + "}");
  }
  test::Answer decline(test::ApiClient& customer, std::string const& id, std::string const& body = "{}") {
    world.database.clock.advance(std::chrono::milliseconds(1));
    return customer.post(of_customer + ("/" + id) + "/refusal", body);
  }
  test::Answer withdraw(test::ApiClient& partner, std::string const& id) {
    return partner.post(of_partner + ("/" + id) + "/withdrawal");
  }
  std::string status(test::ApiClient& partner, std::string const& id) {
    return partner.get(of_partner + ("/" + id)).json.at("status").as_string();
  }

  void pass(Duration time) {
    world.database.clock.advance(time);
    while (runner->run_once()) {
    }
  }
  int64_t count(std::string const& sql) {
    return world.database->read([&](db::ReadTx& tx) { return tx.one<int64_t>(sql).value(); });
  }
  // Whatever a refusal must leave as it is.
  std::vector<int64_t> everything() {
    std::vector<int64_t> out;
    for (auto const* table :
         {"event", "mail", "smart_account", "person", "role_grant", "partner_request", "account_request", "timer"})
      out.push_back(count("select count(*) from " + std::string(table)));
    return out;
  }

  test::World world{GetParam()};
  std::optional<jobs::JobRunner> runner;
  test::ApiClient pat = someone("pat@partner.example");
};
MENKYO_ON_BOTH_DATABASES(PartnerRequests);

TEST_P(PartnerRequests, become_accounts_when_the_customer_accepts) {
  auto const answer = ask(pat, "Kame Works", "Hana@Kame.Example",
                          R"(,"note":"For your\nnew routers","members_note":"Welcome\nBcc: x@y.example",)"
                          R"("members":[{"mail":"pat@partner.example","role":"va_admin"},)"
                          R"({"mail":"new@kame.example","role":"sa_user"},)"
                          R"({"mail":"other@kame.example","role":"sa_admin"}])");
  EXPECT_EQ(answer.json.at("status").as_string(), "PENDING_CUSTOMER_ACCEPTANCE");
  EXPECT_EQ(answer.json.at("domain").as_string(), "kame.example");
  EXPECT_EQ(answer.json.at("kind").as_string(), "own");
  EXPECT_THAT(world.letters(), IsEmpty()) << "nobody is looked for before the answer";
  auto const id = asked(answer);
  auto mails = world.new_mails();
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_EQ(mails[0].template_name + " " + std::string(mails[0].message.to),
            "partner_request_received Hana@Kame.Example");
  EXPECT_THAT(std::string(mails[0].message.text),
              AllOf(HasSubstr("pat Test <pat@partner.example>"), HasSubstr("Works"), HasSubstr("Kame Works"),
                    HasSubstr("kame.example"), HasSubstr("For your new routers"),
                    HasSubstr("https://licenses.example/received_partner_requests/" + id)));
  // Whoever has the address only now finds it.
  auto hana = someone("hana@kame.example");
  auto const list = hana.get(of_customer).json.at("items").items();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].at("partner").at("mail").as_string(), "pat@partner.example");
  EXPECT_EQ(list[0].at("note").as_string(), "For your\nnew routers");
  EXPECT_EQ(list[0].at("members").items().size(), 3U);
  auto const accepted = accept(hana, id,
                               R"(,"members":[{"mail":"pat@partner.example","role":"va_admin"},)"
                               R"({"mail":"new@kame.example","role":"sa_user"}])");
  ASSERT_EQ(accepted.status, 200) << accepted.body;
  auto const account = accepted.json.at("smart_account").at("smart_account_id").as_string();
  auto const path = "/api/v1/smart_accounts/" + account;
  EXPECT_EQ(accepted.json.at("smart_account").at("status").as_string(), "ACTIVE");
  EXPECT_EQ(accepted.json.at("smart_account").at("type").as_string(), "CUSTOMER");
  EXPECT_EQ(hana.get(path + "/users").json.at("items").items().size(), 3U) << "one was left out";
  mails = world.new_mails();
  std::vector<std::string> told;
  for (auto const& mail : mails) {
    told.push_back(mail.template_name + " " + std::string(mail.message.to));
    if (mail.template_name == "invitation") {
      EXPECT_THAT(std::string(mail.message.text),
                  AllOf(HasSubstr("Invited by: hana Test"), HasSubstr("Note: Welcome Bcc: x@y.example\n"),
                        HasSubstr("Written by: pat Test <pat@partner.example>")));
    }
    if (mail.template_name == "partner_request_accepted") {
      EXPECT_THAT(std::string(mail.message.text), AllOf(HasSubstr("Kame Works"), Not(HasSubstr("hana Test"))));
    }
  }
  EXPECT_THAT(told,
              UnorderedElementsAre("account_activated hana@kame.example", "invitation new@kame.example",
                                   "invitation pat@partner.example", "partner_request_accepted pat@partner.example"));
  // The partner has what it was given, and learns no more.
  EXPECT_EQ(status(pat, id), "ACCEPTED");
  EXPECT_EQ(pat.get(path).json.at("roles").items().at(0).as_string(), "va_admin");
  for (auto const& body : {pat.get(of_partner + ("/" + id)).body, pat.get(of_partner).body})
    EXPECT_THAT(body,
                AllOf(Not(HasSubstr("hana Test")), Not(HasSubstr("smart_account_id")), Not(HasSubstr(account))));
  EXPECT_EQ(hana.get(of_customer + ("/" + id)).json.at("smart_account_id").as_string(), account);
  EXPECT_THAT(hana.get(path + "/events").body, AllOf(HasSubstr("partner_request_accepted"), HasSubstr("pat Test")));
  EXPECT_EQ(count("select count(*) from event where kind = 'partner_request_accepted'"), 2);
  EXPECT_EQ(count("select count(*) from timer where kind = 'partner_request'"), 0);
}

TEST_P(PartnerRequests, go_on_to_approval_as_the_customer_s_own_wish) {
  auto const above = world.account("kame.example");
  auto hana = someone("hana@kame.example");
  auto admin = world.as(world.administrator_of(above));
  auto const id = asked(ask(pat, "Kame Osaka", "hana@kame.example",
                            R"(,"domain":"Osaka.kame.example","members_note":"Hello",)"
                            R"("members":[{"mail":"pat@partner.example","role":"sa_viewer"}])"));
  world.letters();
  auto const accepted = accept(hana, id, R"(,"note":"Our branch")");
  ASSERT_EQ(accepted.status, 200) << accepted.body;
  auto const request = accepted.json.at("account_request").at("account_request_id").as_string();
  EXPECT_EQ(status(pat, id), "ACCEPTED");
  EXPECT_THAT(world.letters(), UnorderedElementsAre("setup_pending_requester hana@kame.example",
                                                    "setup_pending_approver admin@kame.example",
                                                    "partner_request_accepted pat@partner.example"));
  EXPECT_EQ(hana.get(of_customer + ("/" + id)).json.at("account_request_id").as_string(), request);
  EXPECT_EQ(pat.get("/api/v1/account_requests/" + request).code(), "not_found");
  EXPECT_THAT(pat.get(of_partner + ("/" + id)).body, Not(HasSubstr(request)));
  auto const approval = "/api/v1/smart_accounts/" + above.text() + "/account_requests/" + request;
  EXPECT_EQ(admin.get(approval).json.at("note").as_string(), "Our branch");
  world.database.clock.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(admin.post(approval + "/decision", R"({"decision":"approve"})").status, 200);
  auto const mails = world.new_mails();
  ASSERT_EQ(mails.size(), 2U);
  for (auto const& mail : mails)
    if (mail.template_name == "invitation") {
      EXPECT_THAT(std::string(mail.message.text),
                  AllOf(HasSubstr("Note: Hello"), HasSubstr("Invited by: hana Test")));
    }
  EXPECT_EQ(pat.get("/api/v1/smart_accounts").json.at("items").items().size(), 1U);
  EXPECT_EQ(count("select count(*) from event where kind = 'partner_request_accepted'"), 2);
  // Of a domain that is not the customer's, which the operator decides.
  auto const other =
      asked(ask(pat, "Kame Brand", "hana@kame.example", R"(,"domain":"brand.example","note":"Yours")"));
  EXPECT_THAT(faults(accept(hana, other)), ElementsAre("/note missing"));
  EXPECT_EQ(accept(hana, other, R"(,"note":"Our brand")").json.at("account_request").at("decider").as_string(),
            "staff");
}

TEST_P(PartnerRequests, are_declined_with_a_reason) {
  auto hana = someone("hana@kame.example");
  auto const id = asked(ask(pat, "Kame", "hana@kame.example"));
  world.letters();
  EXPECT_EQ(decline(hana, id, R"({"reason":"We have\none"})").status, 200);
  auto const mails = world.new_mails();
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_EQ(mails[0].template_name + " " + std::string(mails[0].message.to),
            "partner_request_declined pat@partner.example");
  EXPECT_THAT(std::string(mails[0].message.text),
              AllOf(HasSubstr("Reason: We have one"), HasSubstr("hana@kame.example"), Not(HasSubstr("hana Test"))));
  auto const own = pat.get(of_partner + ("/" + id)).json;
  EXPECT_EQ(own.at("status").as_string(), "DECLINED_BY_CUSTOMER");
  EXPECT_EQ(own.at("reason").as_string(), "We have\none");
  EXPECT_EQ(count("select count(*) from smart_account"), 0);
  // It may be asked again.
  EXPECT_EQ(ask(pat, "Kame", "hana@kame.example").status, 200);
}

// Each is refused with these faults and changes nothing.
TEST_P(PartnerRequests, are_judged_for_the_customer_s_address) {
  struct Case {
    std::string mail, more;
    std::vector<std::string> faults;
  };
  auto const domain = [](std::string const& text) { return R"(,"domain":")" + text + '"'; };
  std::vector<Case> const cases{
      {"hana@kame.example", domain("co.jp"), {"/domain public_suffix"}},
      {"hana@kame.example", domain("nodots"), {"/domain not_a_domain"}},
      {"hana@kame.example", domain("kame.local"), {"/domain reserved_name"}},
      {"hana@gmail.com", "", {"/domain free_mail"}},
      {"hana@gmail.com", domain("kame.example"), {"/note missing"}},
      {"hana@sales.kame.example", domain("japan.kame.example"), {"/note missing"}},
      {"hana@sales.kame.example", domain("kame.example"), {"/note missing"}},
      {"hana@kame.example", domain("kame-systems.example"), {"/note missing"}},
      {"hana@kame.example", domain("kame-systems.example") + R"(,"note":" \n ")", {"/note missing"}},
      {"nonsense", "", {"/customer_mail not_a_mail"}},
      {"a@kame.example\\r\\nBcc: b@c.example", "", {"/customer_mail control_character"}},
      {" PAT@partner.example ", "", {"/customer_mail own_mail"}},
      {"hana@kame.example", R"(,"members":[{"mail":"nonsense","role":"sa_user"}])", {"/members/0/mail not_a_mail"}},
      {"hana@kame.example", R"(,"note":")" + std::string(1001, 'n') + '"', {"/note too_long"}},
      {"hana@kame.example", R"(,"members_note":")" + std::string(1001, 'n') + '"', {"/members_note too_long"}},
  };
  auto const before = everything();
  for (auto const& each : cases)
    EXPECT_EQ(faults(ask(pat, "Kame", each.mail, each.more)), each.faults) << each.mail << " " << each.more;
  EXPECT_EQ(faults(ask(pat, "Kame\\r\\nBcc: x@y.example", "hana@kame.example")),
            std::vector<std::string>{"/name control_character"});
  EXPECT_EQ(everything(), before);
  test::ApiClient nobody(*world.dispatcher);
  EXPECT_EQ(ask(nobody, "Kame", "hana@kame.example").code(), "unauthenticated");
}

// What comes too late, twice, or from somebody else is refused and changes nothing.
TEST_P(PartnerRequests, are_answered_once) {
  auto hana = someone("hana@kame.example"), rin = someone("rin@kame.example");
  auto const refused = [&](std::string const& id, std::string const& code) {
    auto const before = everything();
    EXPECT_EQ(accept(hana, id).code(), code);
    EXPECT_EQ(decline(hana, id).code(), code);
    EXPECT_EQ(everything(), before) << code;
  };
  auto const id = asked(ask(pat, "Kame", "hana@kame.example"));
  auto const before = everything();
  EXPECT_EQ(ask(pat, "Kame again", " HANA@kame.example").code(), "conflict");
  for (auto* stranger : {&rin, &pat}) {
    EXPECT_EQ(stranger->get(of_customer + ("/" + id)).code(), "not_found");
    EXPECT_EQ(accept(*stranger, id).code(), "not_found");
    EXPECT_EQ(decline(*stranger, id).code(), "not_found");
    EXPECT_THAT(stranger->get(of_customer).json.at("items").items(), IsEmpty());
  }
  for (auto* stranger : {&rin, &hana}) {
    EXPECT_EQ(stranger->get(of_partner + ("/" + id)).code(), "not_found");
    EXPECT_EQ(withdraw(*stranger, id).code(), "not_found");
  }
  EXPECT_EQ(accept(hana, PartnerRequestId{}.text()).code(), "not_found");
  EXPECT_THAT(faults(accept(hana, id, R"(,"members":[{"mail":"me@kame.example","role":"sa_admin"}])")),
              ElementsAre("/members/0 unknown"));
  EXPECT_THAT(faults(hana.post(of_customer + ("/" + id) + "/acceptance",
                               R"({"headquarters":{"country":"JP","city":"","line1":"1"}})")),
              Not(IsEmpty()));
  EXPECT_EQ(everything(), before);
  EXPECT_EQ(withdraw(pat, id).status, 200);
  EXPECT_EQ(withdraw(pat, id).status, 200);
  refused(id, "conflict");
  EXPECT_EQ(count("select count(*) from event where kind = 'partner_request_withdrawn'"), 1);
  auto const second = asked(ask(pat, "Kame", "hana@kame.example"));
  EXPECT_EQ(accept(hana, second).status, 200);
  refused(second, "conflict");
  EXPECT_EQ(withdraw(pat, second).code(), "conflict");
  // Another partner comes too late, and is told nothing of it.
  auto other = someone("other@partner.example");
  auto const late = asked(ask(other, "Kame", "hana@kame.example"));
  auto const so_far = everything();
  auto const taken = accept(hana, late);
  EXPECT_EQ(taken.code(), "name_taken");
  EXPECT_THAT(faults(taken), UnorderedElementsAre("/name taken", "/domain taken"));
  EXPECT_EQ(everything(), so_far);
  EXPECT_EQ(status(other, late), "PENDING_CUSTOMER_ACCEPTANCE");
  EXPECT_EQ(decline(hana, late).status, 200);
}

TEST_P(PartnerRequests, need_what_founding_needs) {
  auto const id = asked(ask(pat, "Kame", "hana@kame.example"));
  auto hana = world.as(world.person("hana@kame.example"));
  auto const before = everything();
  auto const refused = accept(hana, id);
  EXPECT_EQ(refused.code(), "profile_incomplete");
  EXPECT_THAT(refused.body, HasSubstr("company_name, company_address, company_phone"));
  EXPECT_EQ(everything(), before);
  auto complete = someone("hana@kame.example");
  EXPECT_EQ(accept(complete, id).status, 200);
}

TEST_P(PartnerRequests, are_for_whoever_has_the_address) {
  auto const hana = employee("hana@kame.example");
  auto const first = asked(ask(pat, "Kame", "hana@kame.example"));
  auto const second = asked(ask(pat, "Kame Tokyo", "hana@kame.example", R"(,"domain":"tokyo.kame.example")"));
  auto before_the_change = world.as(hana);
  EXPECT_EQ(decline(before_the_change, second).status, 200);
  world.database->write([&](db::Tx& tx) {
    auto profile = people::lock_profile(tx, world.vault, hana);
    profile.mail = people::Mail("hana@elsewhere.example");
    people::put_profile(tx, world.vault, hana, profile);
  });
  auto const before = everything();
  for (auto const& id : {first, second}) EXPECT_EQ(accept(before_the_change, id).code(), "not_found");
  EXPECT_THAT(before_the_change.get(of_customer).json.at("items").items(), IsEmpty());
  EXPECT_EQ(everything(), before);
  // What the one answered, the next who has the address does not see.
  auto next = someone("hana@kame.example");
  EXPECT_EQ(next.get(of_customer).json.at("items").items().size(), 1U);
  EXPECT_EQ(next.get(of_customer + ("/" + second)).code(), "not_found");
  EXPECT_EQ(accept(next, first).status, 200);
}

TEST_P(PartnerRequests, end_with_the_partner) {
  auto hana = someone("hana@kame.example"), rin = someone("rin@tsuru.example");
  auto const first = asked(ask(pat, "Kame", "hana@kame.example"));
  auto const second = asked(ask(pat, "Tsuru", "rin@tsuru.example"));
  world.database->write(
      [&](db::Tx& tx) { people::disable_person(tx, *people::find_person(tx, world.vault, "pat@partner.example")); });
  world.letters();
  auto const before = everything();
  EXPECT_EQ(accept(hana, first).code(), "conflict");
  EXPECT_EQ(everything(), before);
  EXPECT_EQ(decline(hana, first).status, 200);
  pass(first_reminder);
  EXPECT_THAT(world.letters(), IsEmpty()) << "nobody is reminded, and nobody is there to tell";
  auto again = someone("rin@tsuru.example");
  EXPECT_EQ(again.get(of_customer + ("/" + second)).json.at("status").as_string(), "LAPSED");
}

TEST_P(PartnerRequests, remind_after_three_days_and_seven_and_lapse_after_thirty) {
  using std::chrono::days;
  auto const id = asked(ask(pat, "Kame", "hana@kame.example"));
  EXPECT_THAT(world.letters(), ElementsAre("partner_request_received hana@kame.example"));
  pass(days(3) - std::chrono::minutes(1));
  EXPECT_THAT(world.letters(), IsEmpty());
  pass(std::chrono::minutes(1));
  EXPECT_THAT(world.letters(), ElementsAre("partner_request_reminder hana@kame.example"));
  pass(days(4));
  EXPECT_THAT(world.letters(), ElementsAre("partner_request_reminder hana@kame.example"));
  pass(days(23) - std::chrono::minutes(1));
  EXPECT_THAT(world.letters(), IsEmpty());
  pass(std::chrono::minutes(1));
  EXPECT_THAT(world.letters(), ElementsAre("partner_request_lapsed pat@partner.example"));
  auto later = someone("pat@partner.example"), hana = someone("hana@kame.example");
  EXPECT_EQ(status(later, id), "LAPSED");
  EXPECT_EQ(accept(hana, id).code(), "conflict");
  EXPECT_EQ(count("select count(*) from timer where kind = 'partner_request'"), 0);
  EXPECT_EQ(ask(later, "Kame", "hana@kame.example").status, 200);
}

TEST_P(PartnerRequests, are_written_in_the_reader_s_language) {
  auto const rin = employee("rin@tsuru.example");
  world.database->write([&](db::Tx& tx) { people::set_language(tx, rin, Language::ja); });
  asked(ask(pat, "Tsuru", "rin@tsuru.example"));
  asked(ask(pat, "Kame", "hana@kame.example"));
  auto const mails = world.new_mails();
  ASSERT_EQ(mails.size(), 2U);
  EXPECT_EQ(mails[0].message.language, Language::ja);
  EXPECT_THAT(std::string(mails[0].message.text), HasSubstr("rin Test 様"));
  EXPECT_EQ(mails[1].message.language, Language::en) << "the partner's";
  EXPECT_THAT(std::string(mails[1].message.text), Not(HasSubstr("Dear hana")));
}

TEST_P(PartnerRequests, are_bounded_for_one_person_and_one_inbox) {
  // One customer, of one partner.
  for (int i = 0; i < 11; ++i) {
    auto const answer =
        ask(pat, "N", "hana@kame.example", R"(,"domain":"d)" + std::to_string(i) + R"(.kame.example")");
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
  auto const before = everything();
  EXPECT_EQ(ask(pat, "N", "hana@kame.example").code(), "too_many_requests");
  EXPECT_EQ(everything(), before);
  // One partner, of a day, though it withdraws each.
  for (int64_t i = 11; i < max_partner_requests_a_day; ++i)
    EXPECT_EQ(withdraw(pat, asked(ask(pat, "N", "c" + std::to_string(i) + "@kame.example"))).status, 200);
  EXPECT_EQ(ask(pat, "N", "one.more@kame.example").code(), "too_many_requests");
  // All partners together fill no inbox, and none of them is told.
  for (int i = 0; i < 15; ++i) {
    auto other = someone("p" + std::to_string(i) + "@partner.example");
    asked(ask(other, "N", "rin@tsuru.example"));
  }
  EXPECT_EQ(count("select count(*) from mail where template = 'partner_request_received'"), 11 + 9 + 11);
  auto rin = someone("rin@tsuru.example");
  auto const page = rin.get(of_customer + std::string("?limit=10"));
  auto const rest = rin.get(of_customer + ("?limit=10&cursor=" + page.json.at("next_cursor").as_string()));
  EXPECT_EQ(page.json.at("items").items().size() + rest.json.at("items").items().size(), 15U);
  // Whoever waits for many customers asks no more.
  world.database->write([&](db::Tx& tx) {
    for (int64_t i = 0; i < max_open_partner_requests; ++i)
      tx.exec(
          "insert into partner_request (partner_request_id, partner_id, customer_lookup, status, name, domain, "
          "wrapped_form, created_at, letters) select $1, partner_id, $2, 'PENDING_CUSTOMER_ACCEPTANCE', name, "
          "domain, "
          "wrapped_form, created_at, letters from partner_request where status = 'WITHDRAWN' limit 1",
          tx.new_id<PartnerRequestId>(), tx.random().bytes(8));
  });
  pass(std::chrono::hours(25));
  auto again = someone("pat@partner.example");
  EXPECT_EQ(ask(again, "N", "one.more@kame.example").code(), "too_many_requests");
}

TEST_P(PartnerRequests, are_answered_once_when_two_tabs_press_at_once) {
  auto const hana = employee("hana@kame.example");
  auto const id = *PartnerRequestId::parse(asked(ask(pat, "Kame", "hana@kame.example")));
  std::atomic<int> done{0}, late{0};
  std::vector<std::thread> tabs;
  for (int i = 0; i < 4; ++i)
    tabs.emplace_back([this, hana, id, i, &done, &late] {
      try {
        world.database->write([&](db::Tx& tx) {
          if (i % 2)
            decline_partner_request(tx, world.vault, world.outbox, hana, {id, {}});
          else
            accept_partner_request(tx, world.vault, world.outbox, hana,
                                   {id, {"JP", "107-6227", "Tokyo", "Minato", "9-7-1 Akasaka", {}}, {}, {}});
        });
        ++done;
      } catch (Problem const& problem) {
        EXPECT_EQ(problem.kind().code, "conflict");
        ++late;
      }
    });
  for (auto& each : tabs) each.join();
  EXPECT_EQ(done, 1);
  EXPECT_EQ(late, 3);
  EXPECT_EQ(count("select count(*) from mail where template = 'partner_request_accepted' or template = "
                  "'partner_request_declined'"),
            1);
}

}  // namespace
}  // namespace menkyo::accounts
