// What somebody gets who asks for access to a Smart Account: every answer of every operation, and every mail. None
// may tell who the administrators are, how many, or whether there is such an account at all
// (docs/decisions/0030-requests-for-access.md). Two strangers do the same side by side, one with the domain of an
// account, the other with one that nobody has, and get the same but for what they sent themselves. So do two partners
// who ask for a customer, one with the mail address of a person and a name and a domain that are taken
// (docs/decisions/0039-partner-requests.md).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "accounts/access_requests.hpp"
#include "accounts/partner_requests.hpp"
#include "base/text.hpp"
#include "tests/api/examples.hpp"
#include "tests/support/employment.hpp"
#include "tests/support/sent_mail.hpp"
#include "tests/support/undone_service.hpp"

namespace menkyo::test {
namespace {

using accounts::AccessPurpose;
using ::testing::HasSubstr;
using ::testing::Not;

struct Stranger {
  std::string mail, domain;
  PersonId person;
  std::string session{};
  std::vector<AccessRequestId> requests{};
  std::vector<PartnerRequestId> partner_requests{};
  // What is asked for a customer, as both write it themselves.
  std::string customer() const { return "kita@" + domain; }
  std::string name() const { return "Account of " + domain; }
};

class Secrecy : public ::testing::TestWithParam<std::string> {
 protected:
  Secrecy() : world(GetParam()), service(world) {
    for (std::string const name : {"Himiko", "Mitsuko", "Hisako"}) {
      auto const mail = name + "@naisho.example";
      auto const id = new_person(mail, name, "Kakushida");
      world.db->write([&](db::Tx& tx) {
        employ(tx, world.vault, id);
        tx.exec(
            "insert into role_grant (smart_account_id, role_grant_id, person_id, role, created_at) values ($1, $2, "
            "$3, 'sa_admin', $4)",
            world.account, tx.new_id<RoleGrantId>(), id, tx.now());
      });
      for (auto const& secret : {mail, name, id.text()}) secrets.push_back(secret);
    }
    for (std::string const secret : {"Kakushida", "naisho", "6982"}) secrets.push_back(secret);
    secrets.push_back(world.account.text());
    secrets.push_back(new_person(known.customer(), "Kita", "Kakushida").text());
    world.db->write([&](db::Tx& tx) {
      tx.exec("insert into smart_account_name (name_key, smart_account_id) values ($1, $2)", fold_name(known.name()),
              world.account);
    });
    for (auto* each : {&known, &unknown}) {
      each->person = new_person(each->mail, "Sam", "Stranger");
      world.db->write([&](db::Tx& tx) { people::set_language(tx, each->person, Language::en); });
    }
  }

  PersonId new_person(std::string const& mail, std::string const& given_name, std::string const& family_name) {
    return world.db->write([&](db::Tx& tx) {
      return people::create_person(tx, world.vault, {{mail, given_name, family_name, {}}, Language::en}, {});
    });
  }

  // What is left when everything is taken out in which two people must differ: identifiers, cursors, times, and what
  // each of them wrote.
  static std::string plain(std::string text, Stranger const& who) {
    static std::regex const ids("(asr|prq|enq|suc|per|ses|evt|adr|req|prg|psc)_[0-9a-z]{26}"),
        cursors("\"next_cursor\":\"[^\"]*\""), times("20[0-9-]{8}T[0-9:.]+Z"),
        user_names("\"user_name\":\"[a-z0-9]+\""),
        client_secrets("\"(client_secret|last_characters)\":\"[A-Za-z0-9_-]+\"");
    for (auto const* own : {&who.mail, &who.domain})
      for (size_t at; (at = text.find(*own)) != std::string::npos;) text.replace(at, own->size(), "<own>");
    text = std::regex_replace(text, ids, "<id>");
    text = std::regex_replace(text, cursors, "<cursor>");
    text = std::regex_replace(text, user_names, "<user name>");
    text = std::regex_replace(text, client_secrets, "<secret>");
    return std::regex_replace(text, times, "<time>");
  }

  // Status, headers and body.
  std::string answer(Stranger const& who, api::Request const& request) {
    auto const response = service.send(request, who.session);
    std::string out = std::to_string(response.status) + "\n";
    for (auto const& [name, value] : response.headers) out += name + ": " + value + "\n";
    return out + "\n" + response.body;
  }

  Samples samples_of(Stranger const& who, AccessRequestId request) {
    Samples samples;
    // Of a customer's things a stranger knows no identifier, but could make one up.
    for (auto const* prefix : {"sa",   "va",  "rgr", "tok", "dev", "ent", "per", "acr", "ses", "adr",
                               "mail", "prg", "psc", "ctg", "ugr", "ggr", "pub", "enq", "suc", "nad"})
      samples.by_prefix[prefix] = std::string(prefix) + SmartAccountId{{1}}.text().substr(2);
    samples.by_prefix["asr"] = request.text();
    samples.by_prefix["prq"] =
        (who.partner_requests.empty() ? PartnerRequestId{} : who.partner_requests.back()).text();
    samples.by_name = {{"country", "JP"},
                       {"mail", who.mail},
                       {"password", "Kame-wa-9-ban"},
                       {"token", "none"},
                       {"customer_mail", who.customer()},
                       {"name", who.name()},
                       {"domain", who.domain},
                       {"search", who.domain},
                       {"handle", "none"},
                       {"given_name", "Sam"},
                       {"family_name", "Stranger"},
                       {"application/jose", "e30.e30.AA"}};
    return samples;
  }

  // Operations that end with an answer. Those by which people get in are slowed down by the network that they come
  // from, which both share here.
  static bool is_asked(api::Route const& route) {
    bool const to_get_in = !route.needs_session && route.method == api::Method::post;
    return route.answer_type != "text/event-stream" && !to_get_in;
  }

  // All of these, by both, with this one of their requests; how many had an answer that is no refusal.
  int compare(size_t which, std::string const& when) {
    int let_through = 0;
    world.db->write([](db::Tx& tx) { tx.exec("delete from person_session"); });  // old ones may have ended
    for (auto* each : {&known, &unknown}) each->session = service.session_of(each->person);
    for (auto const& route : service.routes()) {
      if (!is_asked(route)) continue;
      std::vector<std::string> told;
      for (auto const* each : {&known, &unknown})
        told.push_back(plain(answer(*each, example_request(route, samples_of(*each, each->requests.empty()
                                                                                        ? AccessRequestId{}
                                                                                        : each->requests.at(which)))),
                             *each));
      EXPECT_EQ(told[0], told[1]) << route.operation_id << " " << when;
      for (auto const& secret : secrets)
        EXPECT_THAT(told[0], Not(HasSubstr(secret))) << route.operation_id << " " << when;
      let_through += told[0].starts_with("200");
    }
    return let_through;
  }

  void ask(AccessPurpose purpose) {
    world.advance(std::chrono::milliseconds(1));  // mails are told apart by when they were written
    for (auto* each : {&known, &unknown})
      each->requests.push_back(world.db->write([&](db::Tx& tx) {
        return accounts::ask_for_access(
                   tx, world.vault, outbox, each->person,
                   {accounts::WantedDomain(each->domain), purpose, accounts::RequestText("Let me in")})
            .access_request_id;
      }));
  }
  void look() {
    for (auto const* each : {&known, &unknown})
      for (auto const& id : each->requests)
        world.db->write([&](db::Tx& tx) {
          accounts::access_timer_kind(world.vault, outbox).look(tx, {{}, id.bytes, tx.now()});
        });
  }
  void ask_for_customers(std::string const& who = "kita") {
    world.advance(std::chrono::milliseconds(1));
    for (auto* each : {&known, &unknown})
      each->partner_requests.push_back(world.db->write([&](db::Tx& tx) {
        return accounts::ask_for_customer(
                   tx, world.vault, each->person,
                   {accounts::AccountName(each->name()), people::Mail(who + "@" + each->domain), {}, {}, {}, {}})
            .partner_request_id;
      }));
  }
  void look_at_customers() {
    world.advance(std::chrono::milliseconds(1));
    for (auto const* each : {&known, &unknown})
      world.db->write([&](db::Tx& tx) {
        accounts::partner_timer_kind(world.vault, outbox)
            .look(tx, {{}, each->partner_requests.back().bytes, tx.now()});
      });
  }
  // Subject and both texts of all mails so far.
  std::vector<std::string> mails_to(Stranger const& who) {
    std::vector<std::string> out;
    for (auto const& mail : sent_mails(*world.db, world.vault))
      if (mail.message.to == who.mail)
        out.push_back(plain(mail.message.subject + "\n" + mail.message.text + "\n" + mail.message.html, who));
    return out;
  }

  DeviceWorld world;
  UndoneService service;
  mail::Outbox outbox{world.vault, {}};
  Stranger known{"sam@stranger.example", "aozora.example", {}}, unknown{"pam@stranger.example", "midori.example", {}};
  std::vector<std::string> secrets;
};
MENKYO_ON_BOTH_DATABASES(Secrecy);

TEST_P(Secrecy, of_administrators_holds_in_every_byte_that_a_requester_gets) {
  ask(AccessPurpose::access);
  ask(AccessPurpose::message);
  EXPECT_GT(compare(0, "right after the request"), 10);
  look();
  auto const mails = sent_mails(*world.db, world.vault);
  // The administrators were told, or there would be nothing to keep secret.
  EXPECT_EQ(std::count_if(mails.begin(), mails.end(),
                          [](SentMail const& mail) { return mail.message.to.ends_with("@naisho.example"); }),
            6);
  EXPECT_GT(compare(0, "when the administrators were told"), 10);
  EXPECT_GT(compare(1, "for a message"), 10);
  world.db->write([&](db::Tx& tx) {
    for (auto const* each : {&known, &unknown})
      accounts::withdraw_access_request(tx, each->person, each->requests.at(0));
  });
  EXPECT_GT(compare(0, "when it was withdrawn"), 10);
  ask(AccessPurpose::access);
  look();
  world.advance(accounts::access_request_period);
  look();
  EXPECT_GT(compare(2, "when nobody answered"), 10);
  EXPECT_EQ(mails_to(known), mails_to(unknown));
  EXPECT_EQ(mails_to(known).size(), 4U);
  for (auto const& mail : mails_to(known))
    for (auto const& secret : secrets) EXPECT_THAT(mail, Not(HasSubstr(secret)));
}

// Neither whether the customer's address has a person, nor whether name or domain are in use.
TEST_P(Secrecy, of_customers_holds_in_every_byte_that_a_partner_gets) {
  ask_for_customers();
  EXPECT_GT(compare(0, "right after the partner's request"), 10);
  look_at_customers();
  auto const mails = sent_mails(*world.db, world.vault);
  for (auto const* each : {&known, &unknown})
    EXPECT_EQ(std::count_if(mails.begin(), mails.end(),
                            [&](SentMail const& mail) { return mail.message.to == each->customer(); }),
              1);
  EXPECT_GT(compare(0, "when the customer was told"), 10);
  world.db->write([&](db::Tx& tx) {
    for (auto const* each : {&known, &unknown})
      accounts::withdraw_partner_request(tx, world.vault, each->person, each->partner_requests.at(0));
  });
  EXPECT_GT(compare(0, "when it was withdrawn"), 10);
  ask_for_customers();
  world.advance(accounts::partner_request_period);
  look_at_customers();
  EXPECT_GT(compare(0, "when the customer did not answer"), 10);
  EXPECT_EQ(mails_to(known), mails_to(unknown));
  EXPECT_EQ(mails_to(known).size(), 1U);
  for (auto const& mail : mails_to(known))
    for (auto const& secret : secrets) EXPECT_THAT(mail, Not(HasSubstr(secret)));
}

// A declined request tells that there is an account, and still not who declined.
TEST_P(Secrecy, of_administrators_outlives_their_decision) {
  ask(AccessPurpose::access);
  look();
  auto const himiko =
      world.db->read([&](db::ReadTx& tx) { return *people::find_person(tx, world.vault, "himiko@naisho.example"); });
  world.db->write([&](db::Tx& tx) {
    auto const access = access::detail::Prover::account<access::Permission::access_requests_decide>(
        tx, api::Caller{himiko, {}}, world.account);
    accounts::AccessDecision decision{
        world.account, known.requests.at(0), {}, accounts::Decision::decline, {}, {}, {}, accounts::Note("No")};
    accounts::decide_access_request(tx, world.vault, outbox, access, decision);
  });
  known.session = service.session_of(known.person);
  for (auto const& route : service.routes()) {
    if (!is_asked(route)) continue;
    auto const told = answer(known, example_request(route, samples_of(known, known.requests.at(0))));
    for (auto const& secret : secrets) EXPECT_THAT(told, Not(HasSubstr(secret))) << route.operation_id;
  }
  EXPECT_EQ(mails_to(known).size(), 2U);
  for (auto const& mail : mails_to(known))
    for (auto const& secret : secrets) EXPECT_THAT(mail, Not(HasSubstr(secret)));
}

// How long the answers take, for the report; a busy machine says too little for a limit. The two take turns, so that
// both meet the same moments.
TEST_P(Secrecy, takes_the_same_time_for_both) {
  constexpr int rounds = 400;
  std::map<std::string, std::array<std::vector<int64_t>, 2>> taken;
  ask(AccessPurpose::access);
  look();
  ask_for_customers("another");
  look_at_customers();
  for (auto* each : {&known, &unknown}) each->session = service.session_of(each->person);
  for (int i = 0; i < 2 * rounds; ++i) {
    auto const& who = (i + i / 2) % 2 ? unknown : known;
    for (auto const& route : service.routes()) {
      static std::set<std::string> const measured{
          "ask_for_access",          "get_my_access_request",      "list_my_access_requests",
          "withdraw_access_request", "get_smart_account_forecast", "ask_for_customer",
          "get_my_partner_request",  "list_my_partner_requests",   "withdraw_partner_request"};
      if (!measured.contains(route.operation_id)) continue;
      auto const request = example_request(route, samples_of(who, who.requests.at(0)));
      auto const begin = std::chrono::steady_clock::now();
      answer(who, request);
      auto const end = std::chrono::steady_clock::now();
      taken[route.operation_id][&who == &unknown].push_back(
          std::chrono::duration_cast<std::chrono::microseconds>(end - begin).count());
    }
  }
  auto const at = [](std::vector<int64_t> times, size_t percent) {
    std::sort(times.begin(), times.end());
    return times[times.size() * percent / 100];
  };
  EXPECT_EQ(taken.size(), 9U);
  for (auto const& [operation, times] : taken)
    std::cout << operation << ": " << at(times[0], 25) << ", " << at(times[0], 50) << ", " << at(times[0], 75)
              << " us for a known domain, " << at(times[1], 25) << ", " << at(times[1], 50) << ", "
              << at(times[1], 75) << " us for an unknown one (quartiles of " << times[0].size() << ")\n";
}

}  // namespace
}  // namespace menkyo::test
