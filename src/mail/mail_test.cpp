#include "mail/mail.hpp"

#include <gmock/gmock.h>
#include <toml++/toml.h>

#include <fstream>
#include <regex>

#include "jobs/runner.hpp"
#include "mail/postman.hpp"
#include "tests/support/api_client.hpp"
#include "tests/support/mail_server.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::mail {

std::string_view ja_toml();
std::string_view en_toml();

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

const Instant new_year = from_us(1767225600000000);

// ---- Templates
// ------------------------------------------------------------------------------------------------------

toml::table templates(std::string_view language) {
  return toml::parse(language == "ja" ? ja_toml() : en_toml());
}

std::set<std::string> words_of(std::string const& text) {
  static std::regex const word(R"(\{\{([a-z_]+)\}\})");
  std::set<std::string> out;
  for (std::sregex_iterator at(text.begin(), text.end(), word), end; at != end; ++at) out.insert((*at)[1]);
  return out;
}

std::string all_text(toml::node const& node) {
  std::ostringstream out;
  node.visit([&](auto const& n) { out << n; });
  return out.str();
}

TEST(Templates, say_the_same_in_both_languages) {
  auto const ja = templates("ja"), en = templates("en");
  ASSERT_EQ(ja.size(), en.size());
  for (auto const& [name, node] : ja) {
    auto const* other = en.get(name.str());
    ASSERT_TRUE(other) << name.str();
    EXPECT_EQ(words_of(all_text(node)), words_of(all_text(*other))) << name.str();
    for (auto const& [key, value] : *node.as_table()) {
      auto const* twin = other->as_table()->get(key.str());
      ASSERT_TRUE(twin) << name.str() << " " << key.str();
      if (auto const* list = value.as_array()) {
        EXPECT_EQ(list->size(), twin->as_array()->size()) << name.str() << " " << key.str();
      }
    }
  }
}

TEST(Templates, can_all_be_written) {
  for (auto language : {Language::ja, Language::en})
    for (auto const& [name, node] : templates(to_text(language))) {
      if (name.str() == "common" || name.str() == "phrases") continue;
      Words words{{"link", "https://l.example/x?a=1&b=2"}, {"name", "佐藤 <花子>"}};
      for (auto const& word : words_of(all_text(node))) words.emplace_back(word, "\"<" + word + ">\"");
      auto const message = write({}, {"a@example.com", language, std::string(name.str()), words});
      EXPECT_FALSE(message.subject.empty());
      for (auto const& text : {message.subject, message.text, message.html})
        EXPECT_THAT(text, Not(HasSubstr("{{"))) << name.str();
      EXPECT_THAT(message.text, HasSubstr("佐藤 <花子>"));
      EXPECT_THAT(message.html, HasSubstr("佐藤 &lt;花子&gt;"));
      EXPECT_THAT(message.html, Not(HasSubstr("<花子>")));
      EXPECT_THAT(message.text, Not(HasSubstr("\n\n\n"))) << name.str() << "\n" << message.text;
    }
}

TEST(Templates, a_missing_word_is_no_mail) {
  EXPECT_THROW(write({}, {"a@example.com", Language::en, "activate", {{"hours", "24"}}}), std::logic_error);
  EXPECT_THROW(write({}, {"a@example.com", Language::en, "nothing", {}}), std::logic_error);
}

TEST(Templates, a_word_is_text_even_if_it_looks_like_a_template) {
  auto const message =
      write({}, {"a@example.com",
                 Language::en,
                 "mail_changed",
                 {{"new_mail", "{{public_url}}"}, {"at", to_mail_time(new_year)}, {"source", "192.0.2.1"}}});
  EXPECT_THAT(message.text, HasSubstr("is now {{public_url}}."));
  EXPECT_THAT(message.text, HasSubstr("Time: 2026-01-01 00:00 UTC\nFrom the IP address: 192.0.2.1\n\nIf this"));
  EXPECT_THAT(message.html, HasSubstr("192.0.2.1</td>"));
}

// ---- Format
// ---------------------------------------------------------------------------------------------------------

TEST(Format, envelope_addresses) {
  EXPECT_EQ(envelope_address("hanako.sato@Example.COM"), "hanako.sato@example.com");
  EXPECT_EQ(envelope_address(" Hanako@日本語.jp "), std::nullopt);  // to be trimmed before
  EXPECT_EQ(envelope_address("Hanako@日本語.jp"), "Hanako@xn--wgv71a119e.jp");
  for (auto* wrong :
       {"", "a", "@example.com", "a@", "a b@example.com", "a@example.com>\r\nRCPT TO:<b@example.com",
        "a\r\n@example.com", "a\x01@example.com", "\"a\"@example.com", "a@b@example.com", "a@exa mple.com"})
    EXPECT_EQ(envelope_address(wrong), std::nullopt) << wrong;
}

TEST(Format, nothing_from_outside_ends_a_line) {
  Message const message{"a@example.com", Language::en, "Hello\r\nBcc: evil@example.com", "text\r\n.\r\nQUIT",
                        "<p>html"};
  auto const text = to_rfc5322(message, MailId{}, {"no-reply@example.com", "Menkyo\r\nX: y"}, new_year);
  auto const head = text.substr(0, text.find("\r\n\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("Bcc")));
  EXPECT_THAT(head, Not(HasSubstr("X: y")));
  EXPECT_THAT(text, Not(HasSubstr("QUIT")));
  size_t longest = 0;
  for (size_t at = 0; at < text.size();) {
    auto const end = text.find("\r\n", at);
    ASSERT_NE(end, std::string::npos);
    EXPECT_EQ(text.substr(at, end - at).find_first_of("\r\n"), std::string::npos);
    longest = std::max(longest, end - at);
    at = end + 2;
  }
  EXPECT_LE(longest, 78U);  // RFC 5322 section 2.1.1
}

TEST(Format, is_the_same_each_time) {
  Message const message{"a@example.com", Language::ja, "件名", "本文", "<p>本文"};
  auto const once = to_rfc5322(message, MailId{}, {}, new_year);
  EXPECT_EQ(once, to_rfc5322(message, MailId{}, {}, new_year));
  EXPECT_THAT(once, HasSubstr("Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n"));
}

// ---- Postman
// --------------------------------------------------------------------------------------------------------

TEST(Postman, waits_longer_after_each_attempt) {
  EXPECT_EQ(wait_after(1), 1min);
  EXPECT_EQ(wait_after(2), 2min);
  EXPECT_EQ(wait_after(6), 32min);
  EXPECT_EQ(wait_after(7), 1h);
  EXPECT_EQ(wait_after(1000), 1h);
}

class Mails : public ::testing::TestWithParam<std::string> {
 protected:
  Mails() { db.open(); }

  MailId post(std::string const& to = "Hanako.Sato@example.com", Language language = Language::ja) {
    return db->write([&](db::Tx& tx) {
      return outbox.post(tx, {to,
                              language,
                              "mail_changed",
                              {{"name", "佐藤 花子"},
                               {"new_mail", "neu@example.com"},
                               {"at", to_mail_time(tx.now())},
                               {"source", "192.0.2.1"}}});
    });
  }
  std::unique_ptr<Postman> postman(SmtpConfig config) {
    return std::make_unique<Postman>(vault, Sender{"no-reply@menkyo.example", "免許 Menkyo"},
                                     [config](auto const& stopping) { return smtp_transport(config, stopping); });
  }
  std::unique_ptr<Postman> postman() { return postman({.url = server.url(), .require_tls = false}); }
  int64_t count(std::string const& where) {
    return db->read(
        [&](db::ReadTx& tx) { return tx.one<int64_t>("select count(*) from mail where " + where).value(); });
  }

  test::TestDatabase db{GetParam()};
  keys::Vault vault{keys::MasterKey{1}};
  Outbox outbox{vault, {"Menkyo", "https://licenses.example"}};
  test::MailServer server;
};
MENKYO_ON_BOTH_DATABASES(Mails);

TEST_P(Mails, a_mail_arrives_as_it_was_written) {
  auto const id = post();
  auto const p = postman();
  EXPECT_FALSE(p->send_due(*db));
  auto const mails = server.mails();
  ASSERT_EQ(mails.size(), 1U);
  auto const& headers = mails[0].at("headers");
  EXPECT_EQ(mails[0].at("from").as_string(), "no-reply@menkyo.example");
  EXPECT_EQ(mails[0].at("to").items()[0].as_string(), "Hanako.Sato@example.com");
  EXPECT_EQ(headers.at("to").as_string(), "Hanako.Sato@example.com");
  EXPECT_EQ(headers.at("from").as_string(), "免許 Menkyo <no-reply@menkyo.example>");
  EXPECT_EQ(headers.at("subject").as_string(), "メールアドレスが変更されました");
  EXPECT_EQ(headers.at("message-id").as_string(), "<" + id.text() + "@menkyo.example>");
  EXPECT_EQ(headers.at("content-language").as_string(), "ja");
  EXPECT_THAT(mails[0].at("text").as_string(), HasSubstr("佐藤 花子 様\n\nMenkyo のアカウントのメールアドレスは"));
  EXPECT_THAT(mails[0].at("html").as_string(), HasSubstr("<p style=\"margin:0 0 16px\">佐藤 花子 様</p>"));
  EXPECT_TRUE(mails[0].at("defects").items().empty());
  EXPECT_EQ(count("1 = 1"), 0);  // nothing of it is kept
  EXPECT_FALSE(p->send_due(*db));
  EXPECT_EQ(server.mails().size(), 1U);
}

TEST_P(Mails, what_was_rolled_back_is_not_sent) {
  EXPECT_THROW(db->write([&](db::Tx& tx) {
    outbox.post(tx, {"a@example.com", Language::en, "test", {}});
    throw Problem(problems::conflict);
  }),
               Problem);
  postman()->send_due(*db);
  EXPECT_TRUE(server.mails().empty());
}

TEST_P(Mails, many_go_in_turns_over_one_connection) {
  for (int i = 0; i < 60; ++i) post();
  auto const p = postman();
  EXPECT_TRUE(p->send_due(*db));
  EXPECT_FALSE(p->send_due(*db));
  EXPECT_EQ(server.mails().size(), 60U);
  EXPECT_EQ(p->stats().delivered, 60U);
}

TEST_P(Mails, a_mail_that_is_refused_for_now_is_tried_again_and_the_others_go) {
  server.answer({"rcpt 450 4.2.1 later", "data 451 4.3.0 later"});
  for (int i = 0; i < 3; ++i) post();
  auto const p = postman();
  p->send_due(*db);
  EXPECT_EQ(server.mails().size(), 1U);
  p->send_due(*db);
  EXPECT_EQ(server.mails().size(), 1U);
  db.clock.advance(61s);
  p->send_due(*db);
  EXPECT_EQ(server.mails().size(), 3U);
}

TEST_P(Mails, a_mail_that_is_refused_for_good_is_given_up_and_forgotten) {
  server.answer({"rcpt 550 5.1.1 nobody here called hanako.sato", "data 554 5.7.1 no"});
  post();
  post();
  post("broken");
  auto const p = postman();
  p->send_due(*db);
  EXPECT_EQ(p->stats().given_up, 3U);
  EXPECT_EQ(count("problem is not null and next_at is null"), 3);
  EXPECT_EQ(count("problem like '%hanako%'"), 0);
  db.clock.advance(6h);
  p->send_due(*db);
  EXPECT_TRUE(server.mails().empty());
  db->write([](db::Tx& tx) { clean_up(tx, 100); });
  EXPECT_EQ(count("1 = 1"), 3);
  db.clock.advance(kept_for);
  EXPECT_EQ(db->write([](db::Tx& tx) { return clean_up(tx, 2); }), 2);
  EXPECT_EQ(db->write([](db::Tx& tx) { return clean_up(tx, 2); }), 1);
}

TEST_P(Mails, no_mail_is_lost_while_the_server_is_away) {
  auto const away = postman({.url = "smtp://127.0.0.1:9", .require_tls = false});
  for (int i = 0; i < 3; ++i) post();
  away->send_due(*db);
  EXPECT_EQ(count("attempts = 0 and next_at is not null"), 3);
  away->send_due(*db);  // it rests
  EXPECT_EQ(away->stats().put_off, 1U);
  db.clock.advance(6min);
  away->send_due(*db);
  EXPECT_EQ(away->stats().put_off, 2U);
  db.clock.advance(6min);
  postman()->send_due(*db);
  EXPECT_EQ(server.mails().size(), 3U);
}

TEST_P(Mails, after_five_days_a_mail_is_given_up) {
  auto const away = postman({.url = "smtp://127.0.0.1:9", .require_tls = false});
  post();
  db.clock.advance(give_up_after - 1s);
  away->send_due(*db);
  EXPECT_EQ(away->stats().given_up, 0U);
  db.clock.advance(6s);
  away->send_due(*db);
  EXPECT_EQ(away->stats().given_up, 1U);
}

TEST_P(Mails, a_connection_lost_after_the_mail_was_taken_gives_one_twin_of_the_same_name) {
  server.answer({"lose"});
  post();
  auto const p = postman();
  p->send_due(*db);
  EXPECT_EQ(count("next_at is not null"), 1);
  db.clock.advance(10min);
  p->send_due(*db);
  auto const mails = server.mails();
  ASSERT_EQ(mails.size(), 2U);
  EXPECT_EQ(mails[0].at("headers").at("message-id").as_string(), mails[1].at("headers").at("message-id").as_string());
  EXPECT_EQ(count("1 = 1"), 0);
}

TEST_P(Mails, several_postmen_send_each_mail_once) {
  for (int i = 0; i < 40; ++i) post();
  std::vector<std::thread> threads;
  std::vector<std::unique_ptr<Postman>> postmen;
  for (int i = 0; i < 3; ++i) postmen.push_back(postman());
  for (auto& p : postmen)
    threads.emplace_back([&] {
      while (p->send_due(*db)) {
      }
    });
  for (auto& thread : threads) thread.join();
  std::set<std::string> ids;
  for (auto const& mail : server.mails()) ids.insert(mail.at("headers").at("message-id").as_string());
  EXPECT_EQ(ids.size(), 40U);
  EXPECT_EQ(server.mails().size(), 40U);
}

TEST_P(Mails, stopping_does_not_wait_for_a_server_that_hangs) {
  server.answer({"hang"});
  post();
  auto const p = postman();
  std::thread sender([&] { p->send_due(*db); });
  while (count("attempts = 1") == 0) std::this_thread::sleep_for(5ms);
  p->stop();
  sender.join();
  EXPECT_EQ(count("next_at is not null"), 1);
}

TEST_P(Mails, a_server_that_hangs_is_left_after_a_while) {
  server.answer({"hang"});
  post();
  auto const p = postman({.url = server.url(), .require_tls = false, .answer_limit = 300ms});
  p->send_due(*db);
  EXPECT_EQ(p->stats().put_off, 1U);
}

TEST_P(Mails, without_a_server_they_are_kept_in_a_folder_and_shown) {
  auto const first = post();
  db.clock.advance(1s);
  auto const second = post("b@example.com", Language::en);
  test::TemporaryFolder folder;
  Postman p(vault, {}, [&](auto const&) { return folder_transport(folder.path / "mail"); });
  p.send_due(*db);
  for (auto id : {first, second}) EXPECT_TRUE(std::filesystem::exists(folder.path / "mail" / (id.text() + ".eml")));
  EXPECT_EQ(count("delivered_at is not null and next_at is null"), 2);

  Mailbox open(vault, true);
  api::Cursors cursors(Bytes(32, 1));
  api::Services services;
  services.add(open);
  services.add(cursors);
  api::DispatchConfig config;
  config.routes = routes();
  config.database = &*db;
  config.services = &services;
  config.sealer = &vault;
  config.authenticate = [](db::ReadTx&, api::Request const&) { return api::Caller{}; };
  api::Dispatcher dispatcher(std::move(config));
  test::ApiClient client(dispatcher);
  auto const get = [&](std::string const& path, std::string const& host) {
    return client.send(api::Method::get, path, "", {{"host", host}});
  };
  client.peer = "127.0.0.1";
  auto const page = get("/api/v1/mailbox?limit=1", "localhost:8080");
  ASSERT_EQ(page.status, 200) << page.body;
  EXPECT_EQ(page.json.at("items").items()[0].at("to").as_string(), "b@example.com");
  auto const next = get("/api/v1/mailbox?limit=1&cursor=" + page.json.at("next_cursor").as_string(), "127.0.0.1");
  EXPECT_EQ(next.json.at("items").items()[0].at("mail_id").as_string(), first.text());
  EXPECT_FALSE(next.json.find("next_cursor"));
  auto const one = get("/api/v1/mailbox/" + first.text(), "[::1]:8080");
  EXPECT_EQ(one.json.at("subject").as_string(), "メールアドレスが変更されました");
  EXPECT_THAT(one.json.at("html").as_string(), HasSubstr("neu@example.com"));
  // A name of somebody else's that leads here (DNS rebinding), and a peer from elsewhere.
  for (auto* host :
       {"rebound.example", "127.rebound.example", "localhost.rebound.example", "127.0.0.1.rebound.example"})
    EXPECT_EQ(get("/api/v1/mailbox", host).status, 404) << host;
  for (auto* header : {"forwarded", "x-forwarded-for", "x-real-ip", "via"})
    EXPECT_EQ(
        client.send(api::Method::get, "/api/v1/mailbox", "", {{"host", "localhost"}, {header, "192.0.2.9"}}).status,
        404)
        << header;
  client.peer = "192.0.2.1";
  EXPECT_EQ(get("/api/v1/mailbox", "localhost").status, 404);
}

// ---- TLS and signing in
// ---------------------------------------------------------------------------------------------

class SecureMails : public ::testing::Test {
 protected:
  static Delivery deliver(SmtpConfig const& config) {
    std::atomic<bool> stopping{false};
    return smtp_transport(config, stopping)
        ->deliver({MailId{}, "no-reply@menkyo.example", "a@example.com",
                   to_rfc5322(write({}, {"a@example.com", Language::en, "test", {}}), MailId{}, {}, new_year)});
  }
};

TEST_F(SecureMails, go_by_starttls_to_a_server_that_is_known) {
  test::MailServer server({"--tls", "starttls", "--user", "menkyo", "--password", "geheim"});
  SmtpConfig right{.url = server.url(), .user = "menkyo", .password = "geheim", .ca_file = server.certificate()};
  EXPECT_EQ(deliver(right).fate, Delivery::Fate::delivered) << deliver(right).reason;
  EXPECT_TRUE(server.mails().at(0).at("tls").as_bool());
  EXPECT_TRUE(server.mails().at(0).at("signed_in").as_bool());
  auto const sent = server.mails().size();
  auto wrong = right;
  wrong.password = "wrong";
  EXPECT_EQ(deliver(wrong).fate, Delivery::Fate::no_server);
  wrong = right;
  wrong.ca_file = "";
  EXPECT_EQ(deliver(wrong).fate, Delivery::Fate::no_server);
  EXPECT_EQ(server.mails().size(), sent);
}

TEST_F(SecureMails, go_by_tls_from_the_start) {
  test::MailServer server({"--tls", "from-start"});
  EXPECT_EQ(deliver({.url = server.url("smtps"), .ca_file = server.certificate()}).fate, Delivery::Fate::delivered);
  EXPECT_TRUE(server.mails().at(0).at("tls").as_bool());
}

TEST_F(SecureMails, do_not_go_in_clear_unless_allowed) {
  test::MailServer server;
  EXPECT_EQ(deliver({.url = server.url()}).fate, Delivery::Fate::no_server);
  EXPECT_TRUE(server.mails().empty());
}

}  // namespace
}  // namespace menkyo::mail
