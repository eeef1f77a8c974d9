#include "people/programs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "people/session.hpp"
#include "protocol/bytes.hpp"
#include "tests/support/people_stage.hpp"

namespace menkyo::people {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct WhoAsks {
  std::string person_id, program_id;
  bool only_reads;
};
BOOST_DESCRIBE_STRUCT(WhoAsks, (), (person_id, program_id, only_reads))
WhoAsks tell(api::Caller const& c) {
  return {c.person_id.text(), c.program_id ? c.program_id.text() : "", c.only_reads};
}
WhoAsks who_asks(db::ReadTx&, api::AnyCaller const& caller) {
  return tell(caller);
}
WhoAsks who_writes(db::Tx&, api::AnyCaller const& caller) {
  return tell(caller);
}

class Programs : public test::PeopleStage {
 protected:
  Programs() {
    serve();
    hanako.emplace(signed_in());
  }

  void serve() {
    auto table = routes();
    table.push_back(api::route<&who_asks>(api::Method::get, "/who", "who_asks", "Who asks"));
    table.push_back(api::route<&who_writes>(api::Method::post, "/who", "who_writes", "Who writes"));
    dispatcher.emplace(api::DispatchConfig{.routes = table,
                                           .database = &*db,
                                           .services = &services,
                                           .sealer = &vault,
                                           .authenticate = Authenticator(*db, vault)});
  }

  // Makes the person if it is new.
  test::ApiClient signed_in(std::string const& mail = "hanako@example.com") {
    test::ApiClient client(*dispatcher);
    client.cookies["menkyo_session"] = db->write([&](db::Tx& tx) {
      auto id = find_person(tx, vault, mail);
      if (!id) id = create_person(tx, vault, {{mail, "Hanako", "Sato", {}}, Language::ja}, {});
      return start_session(tx, vault, {}, *id).token;
    });
    return client;
  }

  struct Made {
    std::string id, secret;
  };
  Made make(std::string const& more = R"("only_reads":false)") {
    auto const answer = hanako->post("/api/v1/me/programs", R"({"name":"Nightly report",)" + more + "}");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return {answer.json.at("program").at("program_id").as_string(), answer.json.at("client_secret").as_string()};
  }
  test::Answer form(std::string const& path, std::string const& body, std::string const& authorization = "") {
    api::Headers headers{{"content-type", "application/x-www-form-urlencoded"}};
    if (!authorization.empty()) headers.emplace_back("authorization", authorization);
    return stranger().send(api::Method::post, path, body, headers);
  }
  static std::string basic(Made const& p) { return "Basic " + protocol::to_base64(as_bytes(p.id + ":" + p.secret)); }
  test::Answer ask_token(Made const& p, std::string const& more = "") {
    return form("/oauth2/token", "grant_type=client_credentials" + more, basic(p));
  }
  std::string token(Made const& p, std::string const& more = "") {
    auto const answer = ask_token(p, more);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.status == 200 ? answer.json.at("access_token").as_string() : "";
  }
  test::Answer with(std::string const& token, api::Method method, std::string const& path,
                    std::string const& body = "") {
    return stranger().send(method, path, body, {{"authorization", "Bearer " + token}});
  }
  std::string error_of(test::Answer const& answer) {
    EXPECT_EQ(answer.header("cache-control"), "no-store");
    return std::to_string(answer.status) + " " + answer.json.at("error").as_string();
  }
  int64_t count(std::string const& sql) {
    return db->read([&](db::ReadTx& tx) { return tx.one<int64_t>(sql).value(); });
  }

  std::optional<test::ApiClient> hanako;
};
MENKYO_ON_BOTH_DATABASES(Programs);

TEST_P(Programs, act_for_their_maker_at_once) {
  auto const program = make();
  auto const answer = ask_token(program);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.header("cache-control"), "no-store");
  EXPECT_EQ(answer.json.at("token_type").as_string(), "Bearer");
  EXPECT_EQ(answer.json.at("expires_in").as_int(), 3600);
  EXPECT_EQ(answer.json.at("scope").as_string(), "read write");
  auto const text = answer.json.at("access_token").as_string();
  for (auto method : {api::Method::get, api::Method::post}) {
    auto const who = with(text, method, "/who", method == api::Method::post ? "{}" : "");
    ASSERT_EQ(who.status, 200) << who.body;
    EXPECT_EQ(who.json.at("program_id").as_string(), program.id);
    EXPECT_EQ(who.json.at("person_id").as_string(), hanako->get("/who").json.at("person_id").as_string());
  }
  db.clock.advance(1h);
  auto const late = with(text, api::Method::get, "/who");
  EXPECT_EQ(late.code(), "access_token_invalid");
  EXPECT_EQ(late.header("www-authenticate"), "Bearer");
}

TEST_P(Programs, may_nothing_that_is_their_makers_own) {
  auto const text = token(make());
  for (auto const* path : {"/api/v1/me/profile", "/api/v1/me/programs", "/api/v1/me/sessions", "/api/v1/me/addresses",
                           "/api/v1/me/mail_change"})
    EXPECT_EQ(with(text, api::Method::get, path).code(), "forbidden") << path;
  EXPECT_EQ(with(text, api::Method::post, "/api/v1/me/programs", R"({"name":"Mine","only_reads":false})").code(),
            "forbidden");
  EXPECT_EQ(with(text, api::Method::post, "/api/v1/me/password",
                 R"({"current_password":"Kame-wa-9-ban","password":"Tsuru-wa-1000-nen"})")
                .code(),
            "forbidden");
  EXPECT_EQ(count("select count(*) from program"), 1);
}

TEST_P(Programs, that_only_read_write_nothing) {
  auto const reader = make(R"("only_reads":true)");
  EXPECT_EQ(ask_token(reader).json.at("scope").as_string(), "read");
  auto const text = token(reader);
  EXPECT_TRUE(with(text, api::Method::get, "/who").json.at("only_reads").as_bool());
  EXPECT_EQ(with(text, api::Method::post, "/who", "{}").code(), "forbidden");
  EXPECT_EQ(error_of(ask_token(reader, "&scope=write")), "400 invalid_scope");
  // A token may ask for less than its program may.
  auto const writer = make();
  EXPECT_EQ(with(token(writer, "&scope=read"), api::Method::post, "/who", "{}").code(), "forbidden");
  EXPECT_EQ(with(token(writer, "&scope=read+write"), api::Method::post, "/who", "{}").status, 200);
  // And what the program may is asked at each call.
  auto const before = token(writer);
  EXPECT_EQ(hanako
                ->send(api::Method::put, "/api/v1/me/programs/" + writer.id,
                       R"({"name":"Nightly report","only_reads":true})")
                .status,
            200);
  EXPECT_EQ(with(before, api::Method::post, "/who", "{}").code(), "forbidden");
}

TEST_P(Programs, get_a_new_secret_while_the_old_one_still_holds) {
  auto const old = make();
  auto const early = token(old);
  db.clock.advance(1ms);
  auto const answer = hanako->post("/api/v1/me/programs/" + old.id + "/secrets", R"({"overlap_hours":24})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  Made const next{old.id, answer.json.at("client_secret").as_string()};
  EXPECT_EQ(answer.json.at("program").at("secrets").items().size(), 2U);
  EXPECT_FALSE(token(old).empty());
  EXPECT_FALSE(token(next).empty());
  db.clock.advance(24h);
  EXPECT_EQ(error_of(ask_token(old)), "401 invalid_client");
  EXPECT_FALSE(token(next).empty());
  hanako.emplace(signed_in());
  // Without an overlap the others end at once, and what was got with them.
  auto const still = token(next);
  auto const last = hanako->post("/api/v1/me/programs/" + old.id + "/secrets", R"({"overlap_hours":0})");
  EXPECT_EQ(last.json.at("program").at("secrets").items().size(), 1U);
  EXPECT_EQ(error_of(ask_token(next)), "401 invalid_client");
  EXPECT_EQ(with(still, api::Method::get, "/who").code(), "access_token_invalid");
}

TEST_P(Programs, are_ended_at_once_in_each_way) {
  auto const works = [&](std::string const& text) { return with(text, api::Method::get, "/who").status == 200; };
  auto const one = make();
  auto const a = token(one), b = token(one);
  EXPECT_EQ(form("/oauth2/revoke", "token=" + a, basic(one)).status, 200);
  EXPECT_EQ(form("/oauth2/revoke", "token=" + a, basic(one)).status, 200);
  EXPECT_FALSE(works(a));
  EXPECT_TRUE(works(b));
  // Nobody revokes what another program has.
  EXPECT_EQ(form("/oauth2/revoke", "token=" + b, basic(make())).status, 200);
  EXPECT_TRUE(works(b));
  auto const secret = hanako->get("/api/v1/me/programs/" + one.id).json.at("secrets").items().at(0);
  auto const path = "/api/v1/me/programs/" + one.id + "/secrets/" + secret.at("program_secret_id").as_string();
  EXPECT_EQ(secret.at("last_characters").as_string(), one.secret.substr(one.secret.size() - 4));
  EXPECT_EQ(hanako->send(api::Method::del, path).status, 200);
  EXPECT_EQ(hanako->send(api::Method::del, path).status, 200);
  EXPECT_FALSE(works(b));
  auto const two = make();
  auto const c = token(two);
  EXPECT_EQ(hanako->send(api::Method::del, "/api/v1/me/programs/" + two.id).status, 200);
  EXPECT_FALSE(works(c));
  EXPECT_EQ(error_of(ask_token(two)), "401 invalid_client");
  EXPECT_EQ(hanako->get("/api/v1/me/programs/" + two.id).code(), "not_found");
  auto const three = make(R"("only_reads":false,"ends_at":")" + to_rfc3339(db->now() + 30min) + '"');
  EXPECT_EQ(ask_token(three).json.at("expires_in").as_int(), 1800);
  auto const d = token(three);
  db.clock.advance(30min);
  EXPECT_FALSE(works(d));
  EXPECT_EQ(error_of(ask_token(three)), "401 invalid_client");
  auto const four = make();
  auto const e = token(four);
  db->write([&](db::Tx& tx) { disable_person(tx, *find_person(tx, vault, "hanako@example.com")); });
  EXPECT_FALSE(works(e));
  EXPECT_EQ(error_of(ask_token(four)), "401 invalid_client");
}

// On PostgreSQL whoever ends the secret is held in the midst of it, so that the question for a token comes in between
// for sure; SQLite's one writer takes them in turn.
TEST_P(Programs, get_no_token_beside_the_end_of_their_secret) {
  auto const program = make();
  auto const path = "/api/v1/me/programs/" + program.id;
  auto const secret = hanako->get(path).json.at("secrets").items().at(0).at("program_secret_id").as_string();
  std::unique_ptr<db::Session> holder;
  if (GetParam() != "sqlite") {
    db.open({.writers = 2});
    serve();
    holder = db::make_driver(db.url())->open();
    holder->script("begin; lock table program_secret in share mode");
  }
  auto const in_a_moment = [](auto work) {
    auto out = std::async(std::launch::async, std::move(work));
    std::this_thread::sleep_for(400ms);
    return out;
  };
  auto end = in_a_moment([&] { return hanako->send(api::Method::del, path + "/secrets/" + secret).status; });
  auto ask = in_a_moment([&] { return error_of(ask_token(program)); });
  if (holder) holder->script("rollback");
  EXPECT_EQ(end.get(), 200);
  EXPECT_EQ(ask.get(), "401 invalid_client");
  EXPECT_EQ(count("select count(*) from program_token"), 0);
}

TEST_P(Programs, forget_secrets_that_hold_no_longer) {
  auto const program = make();
  auto const another = [&] {
    EXPECT_EQ(hanako->post("/api/v1/me/programs/" + program.id + "/secrets", R"({"overlap_hours":1})").status, 200);
  };
  another();
  db.clock.advance(1h);
  another();
  EXPECT_EQ(count("select count(*) from program_secret"), 2);
}

TEST_P(Programs, are_nobody_elses) {
  auto const program = make();
  auto taro = signed_in("taro@example.com");
  auto const path = "/api/v1/me/programs/" + program.id;
  EXPECT_EQ(taro.get(path).code(), "not_found");
  EXPECT_EQ(taro.send(api::Method::put, path, R"({"name":"Mine","only_reads":false})").code(), "not_found");
  EXPECT_EQ(taro.send(api::Method::del, path).code(), "not_found");
  EXPECT_EQ(taro.post(path + "/secrets", R"({"overlap_hours":0})").code(), "not_found");
  EXPECT_EQ(taro.get("/api/v1/me/programs").json.at("items").items().size(), 0U);
  EXPECT_FALSE(token(program).empty());
}

TEST_P(Programs, refuse_in_the_words_of_the_protocol) {
  auto const p = make();
  auto const credentials = "&client_id=" + p.id + "&client_secret=" + p.secret;
  auto const ask = [&](std::string const& body, std::string const& header = "") {
    return error_of(form("/oauth2/token", body, header));
  };
  EXPECT_EQ(form("/oauth2/token", "grant_type=client_credentials" + credentials).status, 200);
  EXPECT_EQ(form("/oauth2/token", "grant_type=client_credentials&audience=x" + credentials).status, 200);
  EXPECT_EQ(ask("grant_type=client_credentials"), "401 invalid_client");
  EXPECT_EQ(ask("grant_type=client_credentials&client_id=" + p.id + "&client_secret=x"), "401 invalid_client");
  EXPECT_EQ(ask("grant_type=client_credentials&client_id=nonsense&client_secret=x"), "401 invalid_client");
  EXPECT_EQ(ask("grant_type=password&username=a&password=b" + credentials), "400 unsupported_grant_type");
  EXPECT_EQ(ask(credentials), "400 invalid_request");
  EXPECT_EQ(ask(""), "400 invalid_request");
  EXPECT_EQ(ask("grant_type=client_credentials&grant_type=client_credentials" + credentials), "400 invalid_request");
  EXPECT_EQ(ask("grant_type=%zz" + credentials), "400 invalid_request");
  EXPECT_EQ(ask("grant_type=client_credentials&scope=admin" + credentials), "400 invalid_scope");
  EXPECT_EQ(ask("grant_type=client_credentials" + credentials, basic(p)), "400 invalid_request");
  EXPECT_EQ(ask("grant_type=client_credentials&client_id=x", basic(p)), "400 invalid_request");
  EXPECT_EQ(ask("grant_type=client_credentials", "Basic !!"), "401 invalid_client");
  EXPECT_EQ(ask("grant_type=client_credentials", "Basic " + protocol::to_base64(as_bytes("no colon"))),
            "401 invalid_client");
  EXPECT_EQ(ask("grant_type=client_credentials", "Digest x"), "401 invalid_client");
  EXPECT_EQ(form("/oauth2/token", "", "Basic x").header("www-authenticate"), "");
  EXPECT_EQ(form("/oauth2/token", "grant_type=client_credentials", "Basic x").header("www-authenticate"),
            "Basic realm=\"Menkyo\"");
  EXPECT_EQ(ask("grant_type=client_credentials&x=" + std::string(9000, 'x') + credentials), "400 invalid_request");
  EXPECT_EQ(error_of(stranger().post("/oauth2/token", R"({"grant_type":"client_credentials"})")),
            "400 invalid_request");
  EXPECT_EQ(error_of(form("/oauth2/revoke", "", basic(p))), "400 invalid_request");
  EXPECT_EQ(error_of(form("/oauth2/revoke", "token=x")), "401 invalid_client");
  EXPECT_EQ(count("select count(*) from program_token"), 2);
  // The refusal is the same whether there is such a program or not.
  auto other = p;
  other.id = ProgramId{}.text();
  other.secret = p.secret;
  auto wrong = p;
  wrong.secret = "wrong";
  EXPECT_EQ(ask_token(other).body, ask_token(wrong).body);
}

TEST_P(Programs, take_no_nonsense) {
  auto const make_with = [&](std::string const& body) { return faults(hanako->post("/api/v1/me/programs", body)); };
  EXPECT_THAT(make_with(R"({"name":" ","only_reads":false})"), ElementsAre("/name empty"));
  EXPECT_THAT(make_with(R"({"name":")" + std::string(10000, 'x') + R"(","only_reads":false})"),
              ElementsAre("/name too_long"));
  EXPECT_THAT(make_with(R"({"name":"a\nb","only_reads":false})"), ElementsAre("/name control_character"));
  EXPECT_THAT(make_with(R"({"name":"a"})"), ElementsAre("/only_reads missing"));
  EXPECT_THAT(make_with(R"({"name":"a","only_reads":true,"ends_at":"2001-01-01T00:00:00Z"})"),
              ElementsAre("/ends_at out_of_range"));
  auto const p = make();
  EXPECT_THAT(faults(hanako->post("/api/v1/me/programs/" + p.id + "/secrets", R"({"overlap_hours":721})")),
              ElementsAre("/overlap_hours out_of_range"));
  auto const path = "/api/v1/me/programs/" + p.id;
  auto const change = [&](std::string const& version) {
    return hanako->send(api::Method::put, path, R"({"name":"Ｗｅｅｋｌｙ","only_reads":false})",
                        {{"if-match", version}});
  };
  EXPECT_EQ(change("\"7\"").code(), "changed_meanwhile");
  EXPECT_EQ(change("\"1\"").json.at("version").as_int(), 2);
  EXPECT_EQ(change("\"2\"").json.at("version").as_int(), 2) << "nothing was changed";
  for (int64_t i = 1; i < most_programs; ++i) make();
  EXPECT_EQ(hanako->post("/api/v1/me/programs", R"({"name":"One more","only_reads":false})").code(),
            "too_many_programs");
  for (int64_t i = 1; i < most_program_secrets; ++i)
    EXPECT_EQ(hanako->post(path + "/secrets", R"({"overlap_hours":1})").status, 200);
  EXPECT_EQ(hanako->post(path + "/secrets", R"({"overlap_hours":1})").code(), "conflict");
}

TEST_P(Programs, keep_a_bounded_number_of_tokens) {
  auto const p = make();
  std::vector<std::string> tokens;
  for (int64_t i = 0; i <= most_program_tokens; ++i) {
    db.clock.advance(1ms);
    tokens.push_back(token(p));
  }
  EXPECT_EQ(count("select count(*) from program_token"), most_program_tokens);
  EXPECT_EQ(with(tokens.front(), api::Method::get, "/who").code(), "access_token_invalid");
  EXPECT_EQ(with(tokens.back(), api::Method::get, "/who").status, 200);
  db.clock.advance(1h);
  while (db->write([](db::Tx& tx) { return clean_up(tx, 30); }) > 0) {
  }
  EXPECT_EQ(count("select count(*) from program_token"), 0);
}

TEST_P(Programs, are_told_of_by_mail_and_log_and_never_with_the_secret) {
  auto const p = make();
  token(p);
  auto const mail = mails().back();
  EXPECT_EQ(mail.template_name, "program_secret");
  EXPECT_EQ(mail.message.to, "hanako@example.com");
  EXPECT_THAT(mail.message.text, HasSubstr("Nightly report"));
  EXPECT_THAT(mail.message.text, Not(HasSubstr(p.secret)));
  auto const listed = hanako->get("/api/v1/me/programs");
  EXPECT_THAT(listed.body, Not(HasSubstr(p.secret)));
  EXPECT_TRUE(listed.json.at("items").items().at(0).find("used_at"));
  hanako->send(api::Method::del, "/api/v1/me/programs/" + p.id);
  EXPECT_EQ(count("select count(*) from event where kind in ('program_made', 'program_ended')"), 2);
}

TEST_P(Programs, note_when_they_were_used) {
  auto const p = make();
  auto const text = token(p);
  auto const used = [&] { return hanako->get("/api/v1/me/programs/" + p.id).json.at("used_at").as_string(); };
  auto const first = used();
  db.clock.advance(9min);
  with(text, api::Method::get, "/who");
  EXPECT_EQ(used(), first);
  db.clock.advance(1min);
  with(text, api::Method::get, "/who");
  hanako->post("/who");  // a write that follows the other one
  EXPECT_EQ(used(), to_rfc3339(db->now()));
}

}  // namespace
}  // namespace menkyo::people
