// The configuration file: what it says is taken, what is wrong in it is named with its line, and nothing else
// happens.

#include "app/settings.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "tests/support/temporary_folder.hpp"

namespace menkyo::app {
namespace {

using testing::HasSubstr;

class SettingsTest : public testing::Test {
 protected:
  Settings read(std::string const& text) {
    std::ofstream(file_) << text;
    Settings settings;
    read_settings_file(file_, settings);
    return settings;
  }
  std::string refusal(std::string const& text) {
    try {
      read(text);
    } catch (std::runtime_error const& error) {
      return error.what();
    }
    return "";
  }

 private:
  test::TemporaryFolder folder_;
  std::filesystem::path const file_ = folder_.path / "menkyo.toml";
};

TEST_F(SettingsTest, are_taken_from_the_file) {
  auto const s = read(
      "data = \"/srv/menkyo\"\ndatabase = \"postgresql:///menkyo\"\ndatabase_answer_s = 60\nlisten = \"[::1]:443\"\n"
      "worker_threads = 4\ncontact = \"help@a.example\"\nsecurity_contact = "
      "\"https://a.example/report\"\nallow_plain_beyond_loopback = true\nperson_requests_per_s = 3\n");
  EXPECT_EQ(s.data, "/srv/menkyo");
  EXPECT_EQ(s.database_url(), "postgresql:///menkyo");
  EXPECT_EQ(s.database_answer_s, 60);
  EXPECT_EQ(s.listen, "[::1]:443");
  EXPECT_EQ(s.worker_threads, 4);
  EXPECT_TRUE(s.allow_plain_beyond_loopback);
  EXPECT_EQ(s.rates.person.per_s, 3);
  EXPECT_EQ(s.contact, "help@a.example");
  EXPECT_EQ(s.security_contact, "https://a.example/report");
  // What the file does not name stays.
  EXPECT_EQ(s.stop_grace_s, Settings().stop_grace_s);
}

TEST_F(SettingsTest, show_mails_only_to_people_at_the_machine) {
  EXPECT_TRUE(read("").shows_mails());
  EXPECT_TRUE(read("listen = \"[::1]:8080\"\n").shows_mails());
  EXPECT_FALSE(read("listen = \"0.0.0.0:8080\"\n").shows_mails());
  EXPECT_FALSE(read("public_url = \"https://licenses.example\"\n").shows_mails());
  EXPECT_FALSE(read("smtp_url = \"smtps://mail.example\"\nmail_from = \"a@mail.example\"\n").shows_mails());
}

TEST_F(SettingsTest, are_refused_with_their_line) {
  for (auto const& [text, why] : {std::pair("listen = \"::\"\nlisten_on = 1\n", "listen_on is not a setting"),
                                  std::pair("\nworker_threads = \"two\"\n", "worker_threads has a value of another"),
                                  std::pair("\ndatabase_answer_s = 0\n", "database_answer_s is 1 to 86400"),
                                  std::pair("\ndatabase_answer_s = 86401\n", "database_answer_s is 1 to 86400"),
                                  std::pair("\nsmtp_url = \"mail.example\"\n", "smtp_url begins with smtp://"),
                                  std::pair("\nsmtp_url = \"smtp://mail.example:25\"\n", "smtp_url needs mail_from"),
                                  std::pair("\nmail_from = \"nobody\"\n", "mail_from is no mail address"),
                                  std::pair("\nsecurity_contact = \"http://a.example\"\n",
                                            "security_contact is a mail address, or an address with https: or tel:"),
                                  std::pair("\npassword_policy = \"none\"\n", "password_policy is composed or"),
                                  std::pair("\nlisten = \n", "")}) {
    auto const told = refusal(text);
    EXPECT_THAT(told, HasSubstr(why)) << text;
    EXPECT_THAT(told, HasSubstr("menkyo.toml, line 2: ")) << text;
  }
}

}  // namespace
}  // namespace menkyo::app
