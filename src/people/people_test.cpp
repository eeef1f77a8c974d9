#include "people/people.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/dispatch.hpp"
#include "people/session.hpp"
#include "tests/support/api_client.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::people {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto good_password = "Kame-wa-9-ban";

struct WhoAmI {
  std::string person_id;
};
BOOST_DESCRIBE_STRUCT(WhoAmI, (), (person_id))
WhoAmI who_am_i(db::ReadTx&, api::Caller const& caller) {
  return {caller.person_id.text()};
}
WhoAmI who_am_i_writing(db::Tx&, api::Caller const& caller) {
  return {caller.person_id.text()};
}

class People : public ::testing::TestWithParam<std::string> {
 protected:
  People() {
    db::DatabaseConfig config;
    config.writers = 1;  // so that a write that follows another waits for it
    db.open(config);
    services.add(vault);
    services.add(outbox);
    services.add(cursors);
    services.add(policy);
    auto table = routes();
    table.push_back(api::route<&who_am_i>(api::Method::get, "/who_am_i", "who_am_i", "Who am I"));
    table.push_back(api::route<&who_am_i_writing>(api::Method::post, "/who_am_i", "who_am_i_writing", "Who am I"));
    dispatcher.emplace(api::DispatchConfig{.routes = table,
                                           .database = &*db,
                                           .services = &services,
                                           .sealer = &vault,
                                           .authenticate = Authenticator(*db, vault)});
  }

  PersonId add(std::string const& mail, std::string const& password = good_password) {
    auto const [id, token] = db->write([&](db::Tx& tx) {
      auto const person = create_person(tx, vault, {{mail, "Taro", "Yamada", {}}, Language::ja}, {});
      return std::pair(person, make_link(tx, vault, person));
    });
    if (!password.empty()) set_password_by_link(*db, vault, outbox, PasswordPolicy::composed, {}, token, password);
    return id;
  }
  test::Answer sign_in(test::ApiClient& client, std::string const& mail, std::string const& password) {
    return client.post("/api/v1/sign_in", R"({"mail":")" + mail + R"(","password":")" + password + R"("})");
  }

  test::TestDatabase db{GetParam()};
  keys::Vault vault{keys::MasterKey{1, 2, 3}};
  mail::Outbox outbox{vault, {}};
  api::Cursors cursors{Bytes(32, 7)};
  Policy policy;
  api::Services services;
  std::optional<api::Dispatcher> dispatcher;
};
MENKYO_ON_BOTH_DATABASES(People);

TEST_P(People, are_found_by_any_spelling_of_their_address) {
  auto const id = add("Taro@Example.com", "");
  db->read([&](db::ReadTx& tx) {
    EXPECT_EQ(find_person(tx, vault, " ｔａｒｏ@EXAMPLE.com"), id);
    EXPECT_FALSE(find_person(tx, vault, "jiro@example.com"));
    EXPECT_FALSE(find_person(tx, vault, "no address"));
    auto const person = load_person(tx, vault, id);
    EXPECT_EQ(person.mail, "Taro@Example.com");
    EXPECT_EQ(display_name(person), "Taro Yamada");
    EXPECT_FALSE(has_password(tx, id));
  });
  EXPECT_THROW(add("TARO@example.com", ""), Problem);
  EXPECT_THROW(add("taro", ""), Problem);
}

TEST_P(People, sign_in_and_out) {
  auto const id = add("taro@example.com");
  test::ApiClient client(*dispatcher);
  EXPECT_EQ(client.get("/who_am_i").status, 401);
  EXPECT_EQ(client.post("/api/v1/sign_in/start", R"({"mail":"taro@example.com"})").status, 200);
  auto const answer = sign_in(client, "Taro@EXAMPLE.com", good_password);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.json.at("person").at("id").as_string(), id.text());
  auto const cookie = answer.header("set-cookie");
  EXPECT_THAT(cookie, HasSubstr("menkyo_session="));
  EXPECT_THAT(cookie, HasSubstr("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax"));
  EXPECT_THAT(cookie, Not(HasSubstr("Secure")));
  EXPECT_EQ(client.get("/who_am_i").json.at("person_id").as_string(), id.text());
  auto const kept = client.cookies;
  EXPECT_EQ(client.post("/api/v1/sign_out").status, 200);
  EXPECT_TRUE(client.cookies.empty());
  client.cookies = kept;
  EXPECT_EQ(client.get("/who_am_i").status, 401);
  EXPECT_EQ(client.post("/api/v1/sign_out").status, 200);
}

TEST_P(People, have_a_host_cookie_on_tls_and_no_other) {
  add("taro@example.com");
  test::ApiClient client(*dispatcher);
  client.secure = true;
  auto const answer = sign_in(client, "taro@example.com", good_password);
  EXPECT_THAT(answer.header("set-cookie"), HasSubstr("__Host-menkyo_session="));
  EXPECT_THAT(answer.header("set-cookie"), HasSubstr("; Secure"));
  EXPECT_EQ(client.get("/who_am_i").status, 200);
  client.cookies = {{"menkyo_session", client.cookies.at("__Host-menkyo_session")}};
  EXPECT_EQ(client.get("/who_am_i").status, 401);
}

TEST_P(People, get_a_new_session_at_each_sign_in) {
  add("taro@example.com");
  test::ApiClient client(*dispatcher);
  sign_in(client, "taro@example.com", good_password);
  auto const first = client.cookies;
  sign_in(client, "taro@example.com", good_password);
  EXPECT_NE(client.cookies, first);
  client.cookies = first;
  EXPECT_EQ(client.get("/who_am_i").status, 401);
}

TEST_P(People, learn_nothing_about_who_has_an_account) {
  add("taro@example.com");
  add("new@example.com", "");
  auto const gone = add("gone@example.com");
  db->write([&](db::Tx& tx) { disable_person(tx, gone); });
  std::vector<std::string> bodies, headers;
  for (auto* mail : {"taro@example.com", "new@example.com", "gone@example.com", "nobody@example.com", "nonsense"}) {
    test::ApiClient client(*dispatcher);
    EXPECT_EQ(client.post("/api/v1/sign_in/start", std::string(R"({"mail":")") + mail + R"("})").body,
              R"({"step":"password"})");
    auto answer = sign_in(client, mail, mail == std::string("taro@example.com") ? "wrong" : good_password);
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.code(), "wrong_credentials");
    bodies.push_back(answer.body.substr(0, answer.body.find("request_id")));
    std::string names;
    for (auto const& [name, value] : answer.headers) names += name + " ";
    headers.push_back(names);
  }
  EXPECT_THAT(bodies, ::testing::Each(bodies.front()));
  EXPECT_THAT(headers, ::testing::Each(headers.front()));
}

TEST_P(People, are_blocked_longer_and_longer_while_guessing) {
  add("taro@example.com");
  for (auto* mail : {"taro@example.com", "nobody@example.com"}) {
    test::ApiClient client(*dispatcher);
    for (int i = 0; i < 6; ++i) EXPECT_EQ(sign_in(client, mail, "wrong").status, 401);
    auto blocked = sign_in(client, mail, good_password);
    EXPECT_EQ(blocked.status, 429);
    EXPECT_EQ(blocked.header("retry-after"), "5");
    // What is refused does not count.
    EXPECT_EQ(sign_in(client, mail, good_password).header("retry-after"), "5");
    db.clock.advance(5s);
    EXPECT_EQ(sign_in(client, mail, "wrong").status, 401);
    EXPECT_EQ(sign_in(client, mail, "wrong").header("retry-after"), "10");
    db.clock.advance(1h + 1s);
    EXPECT_EQ(sign_in(client, mail, "wrong").status, 401);
    EXPECT_EQ(sign_in(client, mail, "wrong").status, 401);
  }
}

TEST_P(People, are_not_locked_out_by_strangers) {
  add("taro@example.com");
  test::ApiClient stranger(*dispatcher), owner(*dispatcher), traveller(*dispatcher);
  owner.peer = "198.51.100.7";
  traveller.peer = "2001:db8:7::1";
  EXPECT_EQ(sign_in(owner, "taro@example.com", good_password).status, 200);
  for (int i = 0; i < 60; ++i) {
    stranger.peer = "2001:db8:0:" + std::to_string(i) + "::1";
    sign_in(stranger, "taro@example.com", "wrong");
  }
  // The owner's usual place is not concerned; from a new one half a minute is the longest wait.
  EXPECT_EQ(sign_in(owner, "taro@example.com", good_password).status, 200);
  auto const first = sign_in(traveller, "taro@example.com", good_password);
  ASSERT_EQ(first.status, 429);
  EXPECT_LE(std::stoi(first.header("retry-after")), 30);
  db.clock.advance(30s);
  EXPECT_EQ(sign_in(traveller, "taro@example.com", good_password).status, 200);
}

TEST_P(People, are_throttled_per_network_of_the_source) {
  add("taro@example.com");
  test::ApiClient client(*dispatcher);
  for (int i = 0; i < 52; ++i) {
    client.peer = "2001:db8::" + std::to_string(i + 1);
    sign_in(client, "person" + std::to_string(i) + "@example.com", "wrong");
  }
  EXPECT_EQ(sign_in(client, "taro@example.com", good_password).status, 429);
  client.peer = "2001:db8:0:1::1";
  EXPECT_EQ(sign_in(client, "taro@example.com", good_password).status, 200);
}

TEST_P(People, sessions_end_when_idle_and_at_last) {
  add("taro@example.com");
  test::ApiClient client(*dispatcher);
  sign_in(client, "taro@example.com", good_password);
  auto settle = [&] { db->write([](db::Tx&) {}); };
  db.clock.advance(12h - 1s);
  EXPECT_EQ(client.get("/who_am_i").status, 200);
  settle();
  db.clock.advance(12h - 1s);
  EXPECT_EQ(client.post("/who_am_i").status, 200);
  settle();
  db.clock.advance(12h + 1s);
  EXPECT_EQ(client.get("/who_am_i").status, 401);

  sign_in(client, "taro@example.com", good_password);
  for (int hours = 0; hours < 30 * 24 - 10; hours += 10) {
    EXPECT_EQ(client.get("/who_am_i").status, 200) << hours;
    settle();
    db.clock.advance(10h);
  }
  EXPECT_EQ(client.get("/who_am_i").status, 200);
  settle();
  db.clock.advance(10h);
  EXPECT_EQ(client.get("/who_am_i").status, 401);
}

TEST_P(People, writing_down_a_session_is_rare) {
  add("taro@example.com");
  test::ApiClient client(*dispatcher);
  sign_in(client, "taro@example.com", good_password);
  auto const commits = [&] { return db->stats().commits.load() + db->stats().grouped.load(); };
  db.clock.advance(4min);
  auto const before = commits();
  for (int i = 0; i < 10; ++i) client.get("/who_am_i");
  EXPECT_EQ(commits(), before);
}

TEST_P(People, set_a_password_once_with_a_link) {
  auto const id = add("taro@example.com", "");
  auto const link = [&] { return db->write([&](db::Tx& tx) { return make_link(tx, vault, id); }); };
  test::ApiClient client(*dispatcher);
  auto const old = link(), token = link();
  EXPECT_EQ(client.get("/api/v1/one_time_links/" + old).status, 410);
  auto const seen = client.get("/api/v1/one_time_links/" + token);
  EXPECT_EQ(seen.json.at("mail").as_string(), "taro@example.com");
  auto const weak = client.post("/api/v1/one_time_links/" + token, R"({"password":"password"})");
  EXPECT_EQ(weak.status, 422);
  EXPECT_THAT(weak.body, ::testing::AllOf(HasSubstr("too_short"), HasSubstr("needs_upper"), HasSubstr("needs_digit"),
                                          HasSubstr("needs_symbol")));
  auto const body = R"({"password":")" + std::string(good_password) + R"("})";
  EXPECT_EQ(client.post("/api/v1/one_time_links/" + token, body).status, 200);
  EXPECT_EQ(client.post("/api/v1/one_time_links/" + token, body).code(), "link_invalid");
  EXPECT_EQ(client.get("/api/v1/one_time_links/" + token).code(), "link_invalid");
  EXPECT_EQ(client.get("/api/v1/one_time_links/unknown").code(), "link_invalid");
  EXPECT_EQ(sign_in(client, "taro@example.com", good_password).status, 200);

  // A new password ends what the old one began.
  auto const again = link();
  EXPECT_EQ(client.post("/api/v1/one_time_links/" + again, R"({"password":"Tsuru-wa-8-ban"})").status, 200);
  EXPECT_EQ(client.get("/who_am_i").status, 401);
  auto const late = link();
  db.clock.advance(7 * 24h);
  EXPECT_EQ(client.get("/api/v1/one_time_links/" + late).code(), "link_invalid");
}

TEST_P(People, are_nobody_once_disabled) {
  auto const id = add("taro@example.com");
  test::ApiClient client(*dispatcher);
  sign_in(client, "taro@example.com", good_password);
  auto const token = db->write([&](db::Tx& tx) { return make_link(tx, vault, id); });
  db->write([&](db::Tx& tx) { disable_person(tx, id); });
  EXPECT_EQ(client.get("/who_am_i").status, 401);
  EXPECT_EQ(client.get("/api/v1/one_time_links/" + token).status, 410);
}

TEST_P(People, leave_no_secret_or_name_in_the_database) {
  auto const id = add("taro@example.com");
  test::ApiClient client(*dispatcher);
  sign_in(client, "taro@example.com", good_password);
  auto const profile = db->read([&](db::ReadTx& tx) {
    return tx.one<Bytes>("select wrapped_profile from person where person_id = $1", id).value();
  });
  EXPECT_THAT(std::string(as_text(profile)), Not(HasSubstr("Yamada")));
  auto const lookup =
      db->read([&](db::ReadTx& tx) { return tx.one<Bytes>("select session_lookup from person_session").value(); });
  EXPECT_EQ(lookup, vault.lookup("person_session", as_bytes(client.cookies.at("menkyo_session"))));
}

TEST_P(People, clean_up_removes_only_what_is_over) {
  add("taro@example.com");
  test::ApiClient client(*dispatcher);
  sign_in(client, "taro@example.com", good_password);
  EXPECT_EQ(db->write([](db::Tx& tx) { return clean_up(tx, 100); }), 0);
  db.clock.advance(31 * 24h);
  EXPECT_EQ(db->write([](db::Tx& tx) { return clean_up(tx, 100); }), 1 + 3);
}

}  // namespace
}  // namespace menkyo::people
