#pragma once
// For tests: the operations of people/ on a database of their own, callers from addresses of their own, and the mails
// that would be sent.

#include <gtest/gtest.h>

#include "people/people.hpp"
#include "tests/support/api_client.hpp"
#include "tests/support/sent_mail.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::test {

inline constexpr auto good_password = "Kame-wa-9-ban", other_password = "Tsuru-wa-1000-nen";

class PeopleStage : public ::testing::TestWithParam<std::string> {
 protected:
  PeopleStage() {
    db::DatabaseConfig config;
    config.writers = 1;  // so that a write that follows another waits for it
    db.open(config);
    services.add(vault);
    services.add(outbox);
    services.add(cursors);
    services.add(policy);
    dispatcher.emplace(api::DispatchConfig{.routes = people::routes(),
                                           .database = &*db,
                                           .services = &services,
                                           .sealer = &vault,
                                           .authenticate = people::Authenticator(*db, vault)});
  }

  // Somebody at an address of its own, so that nobody is slowed down by the others.
  ApiClient stranger() {
    ApiClient client(*dispatcher);
    client.peer = "198.51.100." + std::to_string(++strangers_);
    return client;
  }
  // Mails are told apart by when they were written.
  Answer ask(ApiClient& client, std::string const& mail, std::string const& password = good_password,
             std::string const& given = "Hanako", std::string const& family = "Sato") {
    db.clock.advance(std::chrono::milliseconds(1));
    return client.post("/api/v1/sign_up", R"({"mail":")" + mail + R"(","password":")" + password +
                                              R"(","given_name":")" + given + R"(","family_name":")" + family +
                                              R"(","country":"jp","language":"ja"})");
  }
  static Answer activate(ApiClient& client, std::string const& token, std::string const& password) {
    return client.post("/api/v1/sign_up/activation",
                       R"({"token":")" + token + R"(","password":")" + password + R"("})");
  }
  static Answer sign_in(ApiClient& client, std::string const& mail, std::string const& password) {
    return client.post("/api/v1/sign_in", R"({"mail":")" + mail + R"(","password":")" + password + R"("})");
  }
  Answer forget(ApiClient& client, std::string const& mail) {
    db.clock.advance(std::chrono::milliseconds(1));
    return client.post("/api/v1/forgotten_passwords", R"({"mail":")" + mail + R"(","language":"en"})");
  }
  Answer set_password(ApiClient& client, std::string const& token, std::string const& password) {
    db.clock.advance(std::chrono::milliseconds(1));
    return client.post("/api/v1/one_time_links/" + token, R"({"password":")" + password + R"("})");
  }
  // In the order in which they were written.
  std::vector<SentMail> mails() { return sent_mails(*db, vault); }
  std::string new_person(std::string const& mail) {
    auto client = stranger();
    EXPECT_EQ(ask(client, mail).status, 200);
    EXPECT_EQ(activate(client, mails().back().token(), good_password).status, 200);
    return mail;
  }

  TestDatabase db{GetParam()};
  keys::Vault vault{keys::MasterKey{1, 2, 3}};
  mail::Outbox outbox{vault, {"Menkyo", "https://licenses.example"}};
  api::Cursors cursors{Bytes(32, 7)};
  people::Policy policy;
  api::Services services;
  std::optional<api::Dispatcher> dispatcher;

 private:
  int strangers_ = 0;
};

}  // namespace menkyo::test
