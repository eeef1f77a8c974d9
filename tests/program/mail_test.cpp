// Mail of the real program through a real mail server: whoever was told that a mail goes out gets it, whatever
// becomes of the server, and at most once more for each time that it died.

#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>
#include <thread>

#include "base/random.hpp"
#include "db/database.hpp"
#include "tests/support/mail_server.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class ProgramMail : public ::testing::TestWithParam<std::string> {
 protected:
  ProgramMail() : place(GetParam(), false), server(folder.path, place.url()) {
    std::ofstream(folder.path / "menkyo.toml")
        << "smtp_url = \"" << mails.url() << "\"\nsmtp_without_tls = true\nmail_from = \"no-reply@menkyo.example\"\n"
        << "public_url = \"https://licenses.example/\"\n";
  }

  static api::Request post(std::string path, std::string body) {
    api::Request request;
    request.method = api::Method::post;
    request.path = std::move(path);
    request.headers = {{"content-type", "application/json"}, {"sec-fetch-site", "same-origin"}};
    request.body = std::move(body);
    return request;
  }
  static bool forget(HttpClient& client, std::string const& mail) {
    auto const answer =
        client.send(post("/api/v1/forgotten_passwords", R"({"mail":")" + mail + R"(","language":"en"})"));
    return answer && answer->status == 200;
  }
  bool wait_for(std::function<bool()> const& what) {
    for (int i = 0; i < 6000; ++i) {
      if (what()) return true;
      std::this_thread::sleep_for(5ms);
    }
    return false;
  }
  // How often a mail came to each address, and under how many names.
  struct Arrived {
    int times = 0;
    std::set<std::string> names;
  };
  std::map<std::string, Arrived> arrived() {
    std::map<std::string, Arrived> out;
    for (auto const& mail : mails.mails()) {
      auto& one = out[mail.at("to").items()[0].as_string()];
      ++one.times;
      one.names.insert(mail.at("headers").at("message-id").as_string());
    }
    return out;
  }

  TestDatabase place;
  TemporaryFolder folder;
  MailServer mails;
  ServerProcess server;
};
MENKYO_ON_BOTH_DATABASES(ProgramMail);

TEST_P(ProgramMail, a_sign_up_comes_to_its_end) {
  server.start();
  HttpClient client(server);
  auto const asked = client.send(
      post("/api/v1/sign_up", R"({"mail":"hanako@example.com","password":"Kame-wa-9-ban","given_name":"Hanako",)"
                              R"("family_name":"Sato","country":"JP","language":"ja"})"));
  ASSERT_TRUE(asked);
  ASSERT_EQ(asked->status, 200) << asked->body;
  ASSERT_TRUE(wait_for([&] { return mails.mails().size() == 1; })) << server.log();
  auto const text = mails.mails()[0].at("text").as_string();
  EXPECT_EQ(mails.mails()[0].at("headers").at("subject").as_string(), "アカウントを有効にする");
  auto const link = text.find("https://licenses.example/link/");
  ASSERT_NE(link, std::string::npos) << text;
  auto const token = text.substr(link + 30, text.find('\n', link) - link - 30);
  auto const activated =
      client.send(post("/api/v1/sign_up/activation", R"({"token":")" + token + R"(","password":"Kame-wa-9-ban"})"));
  ASSERT_TRUE(activated);
  EXPECT_EQ(activated->status, 200) << activated->body;
  EXPECT_EQ(server.log().find("hanako"), std::string::npos);
  EXPECT_EQ(server.end(SIGTERM), 0);
}

TEST_P(ProgramMail, no_mail_is_lost_by_a_server_that_dies_and_twins_are_one_a_death) {
  Random random(Seed{42});
  std::set<std::string> promised;
  int const deaths = 6;
  for (int life = 0; life < deaths; ++life) {
    server.start();
    HttpClient client(server);
    for (int i = 0; i < 8; ++i) {
      auto const mail = "person" + std::to_string(life) + "." + std::to_string(i) + "@example.com";
      if (forget(client, mail)) promised.insert(mail);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(random.below(1200)));
    server.end(SIGKILL);
  }
  EXPECT_EQ(promised.size(), size_t(deaths) * 8);
  {
    // Instead of waiting for the next attempts.
    place.open();
    place->write([](db::Tx& tx) { tx.exec("update mail set next_at = created_at where next_at is not null"); });
    place.close();
  }
  server.start();
  EXPECT_TRUE(wait_for([&] { return arrived().size() == promised.size(); })) << server.log();
  EXPECT_EQ(server.end(SIGTERM), 0);
  int twins = 0;
  for (auto const& [mail, one] : arrived()) {
    EXPECT_TRUE(promised.contains(mail)) << mail;
    EXPECT_EQ(one.names.size(), 1U) << mail;
    twins += one.times - 1;
  }
  EXPECT_LE(twins, deaths);
  RecordProperty("twins", twins);
}

TEST_P(ProgramMail, a_server_that_ends_properly_sends_no_twins) {
  server.start();
  {
    HttpClient client(server);
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(forget(client, "person" + std::to_string(i) + "@example.com"));
  }
  EXPECT_EQ(server.end(SIGTERM), 0);
  server.start();
  EXPECT_TRUE(wait_for([&] { return arrived().size() == 20; })) << server.log();
  EXPECT_EQ(server.end(SIGTERM), 0);
  for (auto const& [mail, one] : arrived()) EXPECT_EQ(one.times, 1) << mail;
}

TEST_P(ProgramMail, the_command_tells_what_the_mail_server_says) {
  std::vector<std::string> const words{"mail",       "test",      "--config",        folder.path / "menkyo.toml",
                                       "--data",     folder.path, "--database",      place.url(),
                                       "--language", "en",        "boss@example.com"};
  auto const sent = run_program(words);
  EXPECT_EQ(sent.status, 0) << sent.output;
  EXPECT_THAT(sent.output, HasSubstr("The mail server took the mail."));
  ASSERT_EQ(mails.mails().size(), 1U);
  EXPECT_EQ(mails.mails()[0].at("headers").at("subject").as_string(), "Test mail from Menkyo");
  mails.answer({"rcpt 550 5.1.1 unknown"});
  auto const refused = run_program(words);
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.output, HasSubstr("The mail was not taken: "));
  EXPECT_THAT(refused.output, HasSubstr("550"));
}

}  // namespace
}  // namespace menkyo::test
