#include "people/profile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "people/session.hpp"
#include "tests/support/people_stage.hpp"

namespace menkyo::people {
namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

std::string as_json(std::string_view text) {
  std::string out;
  protocol::json::append_string(out, text);
  return out;
}

// The members of a request by name, as JSON.
using Fields = std::map<std::string, std::string>;

std::string body_of(Fields const& fields) {
  std::string out;
  for (auto const& [name, value] : fields) out += (out.empty() ? "{\"" : ",\"") + name + "\":" + value;
  return out.empty() ? "{}" : out + "}";
}

Fields with(Fields fields, std::string const& name, std::string const& value) {
  fields[name] = as_json(value);
  return fields;
}

Fields const hanako{{"given_name", R"("Hanako")"}, {"family_name", R"("Mameshiba")"}, {"country", R"("JP")"}};
Fields const akasaka{{"country", R"("JP")"},  {"postal_code", R"("107-6227")"}, {"region", R"("TOKYO")"},
                     {"city", R"("MINATO")"}, {"line1", R"("9-7-1 AKASAKA")"},  {"line2", R"("MIDTOWN TOWER")"},
                     {"type", R"("company")"}};
Fields const new_akasaka = [] {
  auto out = akasaka;
  out["acknowledged"] = "true";
  return out;
}();

// What the fields of forms are tried with; nothing of it is of Latin letters.
std::vector<std::string> const not_latin{"花子", "ﾊﾅｺ", "Хана", "😀", "שלום", "٣", "Аkasaka"};
// No text that stands in a line: the API says so before anybody asks for letters.
std::vector<std::string> const no_line{"a\nb", "a\r\nBcc: x@example.com", "\u202eokanaH", "a\x7f"};
std::vector<std::string> const blank{"", " ", "\u3000", "\u200b\u200f", "\n"};

class ProfileTest : public test::PeopleStage {
 protected:
  ProfileTest() {
    person = add_person("hanako@example.com");
    client.emplace(*dispatcher);
    client->cookies = cookies_of(person);
  }

  PersonId add_person(std::string const& mail) {
    return db->write([&](db::Tx& tx) {
      return create_person(tx, vault, {{mail, "Hanako", "Mameshiba", {}, {}}, Language::ja}, {});
    });
  }
  std::map<std::string, std::string> cookies_of(PersonId id) {
    return {{"menkyo_session", db->write([&](db::Tx& tx) { return start_session(tx, vault, {}, id).token; })}};
  }

  test::Answer get() { return client->get(profile_path); }
  test::Answer put_personal(Fields const& fields, api::Headers headers = {}) {
    return client->send(api::Method::put, profile_path + "/personal", body_of(fields), headers);
  }
  test::Answer put_company(Fields const& fields, api::Headers headers = {}) {
    return client->send(api::Method::put, profile_path + "/company", body_of(fields), headers);
  }
  test::Answer add_address(Fields const& fields = new_akasaka) { return client->post(book_path, body_of(fields)); }
  std::string added() { return add_address().json.at("person_address_id").as_string(); }
  // What the log says of changes, the newest first.
  std::vector<std::string> events() {
    return db->read([&](db::ReadTx& tx) {
      std::vector<std::string> out;
      for (auto const& event : audit::read_events(tx, vault, {}, {}, {}, 100))
        if (event.kind == audit::EventKind::profile_changed) {
          EXPECT_EQ(event.subject_id, person.bytes);
          EXPECT_EQ(event.actor.id, person.bytes);
          out.push_back(event.data);
        }
      return out;
    });
  }
  Company company() {
    return db->read([&](db::ReadTx& tx) { return load_company(tx, vault, person); });
  }

  std::string const profile_path = "/api/v1/me/profile", book_path = "/api/v1/me/addresses";
  PersonId person;
  std::optional<test::ApiClient> client;  // of that person
};
MENKYO_ON_BOTH_DATABASES(ProfileTest);

TEST_P(ProfileTest, begins_with_what_the_sign_up_told) {
  auto const answer = get();
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.header("etag"), "\"1\"");
  EXPECT_EQ(answer.json.at("mail").as_string(), "hanako@example.com");
  EXPECT_EQ(answer.json.at("last_sign_in_at").as_string(), to_rfc3339(db.clock.now()));
  EXPECT_THAT(answer.body, HasSubstr(R"("personal":{"given_name":"Hanako","family_name":"Mameshiba"})"));
  EXPECT_THAT(answer.body, HasSubstr(R"("company":{})"));
  EXPECT_THAT(answer.body, HasSubstr(R"("missing":["company_name","company_address","company_phone"])"));
}

TEST_P(ProfileTest, has_a_name_that_the_system_gave) {
  auto const name = get().json.at("user_name").as_string();
  EXPECT_EQ(name.size(), 10U);
  EXPECT_EQ(name, user_name(person));
  std::set<std::string> names;
  db->write([&](db::Tx& tx) {
    for (int i = 0; i < 1000; ++i) names.insert(user_name(tx.new_id<PersonId>()));
  });
  EXPECT_EQ(names.size(), 1000U);
}

// Profiles were sealed before they had most of their fields.
TEST_P(ProfileTest, opens_what_was_sealed_before_it_had_these_fields) {
  auto const old = R"({"mail":"hanako@example.com","given_name":"Old","family_name":"Row","native_name":"旧 行"})";
  db->write([&](db::Tx& tx) {
    tx.exec("update person set wrapped_profile = $2 where person_id = $1", person,
            vault.seal(profile_purpose, as_bytes(old), tx.random()));
  });
  EXPECT_THAT(get().body, HasSubstr(R"("given_name":"Old","family_name":"Row","native_name":"旧 行"})"));
}

TEST_P(ProfileTest, personal_part_is_replaced_whole) {
  auto fields = hanako;
  fields["given_name"] = R"("Ｈａｎａ　ｋｏ")";
  fields["country"] = R"("jp")";
  fields["native_name"] = R"("豆柴 花子")";
  fields["preferred_name"] = R"("はな")";
  fields["job_function"] = R"("情報システム")";
  fields["job_position"] = R"("主任")";
  fields["job_title"] = R"("<b>Chief</b>")";
  auto const answer = put_personal(fields, {{"if-match", "\"1\""}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.header("etag"), "\"2\"");
  EXPECT_EQ(wire::json::to_text(answer.json.at("personal")),
            R"({"given_name":"Hana ko","family_name":"Mameshiba","native_name":"豆柴 花子","preferred_name":"はな",)"
            R"("country":"JP","job_function":"情報システム","job_position":"主任","job_title":"<b>Chief</b>"})");
  EXPECT_EQ(get().body, answer.body);
  EXPECT_THAT(events(), ElementsAre(R"({"part":"personal"})"));

  auto const shorter = put_personal(with(hanako, "preferred_name", ""));
  EXPECT_EQ(wire::json::to_text(shorter.json.at("personal")),
            R"({"given_name":"Hanako","family_name":"Mameshiba","country":"JP"})");
  db->read([&](db::ReadTx& tx) {
    auto const seen = load_person(tx, vault, person);
    EXPECT_EQ(seen.mail, "hanako@example.com");
    EXPECT_EQ(seen.preferred_name, std::nullopt);
  });
}

TEST_P(ProfileTest, what_changes_nothing_leaves_no_trace) {
  put_personal(hanako);
  auto const again = put_personal(with(hanako, "given_name", "Ｈａｎａｋｏ"));
  EXPECT_EQ(again.header("etag"), "\"2\"");
  EXPECT_EQ(put_company({}).header("etag"), "\"2\"");
  EXPECT_THAT(events(), ElementsAre(R"({"part":"personal"})"));
}

TEST_P(ProfileTest, refuses_what_was_read_before_a_change) {
  auto const address = added();
  put_personal(hanako, {{"if-match", "\"1\""}});
  EXPECT_EQ(put_personal(with(hanako, "given_name", "Ume"), {{"if-match", "\"1\""}}).code(), "changed_meanwhile");
  EXPECT_EQ(put_company({}, {{"if-match", "\"1\""}}).code(), "changed_meanwhile");
  EXPECT_EQ(put_company({}, {{"if-match", "1"}}).code(), "malformed");
  auto const at = book_path + "/" + address;
  EXPECT_EQ(
      client->send(api::Method::put, at, body_of(with(akasaka, "city", "SHIBUYA")), {{"if-match", "\"1\""}}).status,
      200);
  EXPECT_EQ(client->send(api::Method::put, at, body_of(akasaka), {{"if-match", "\"1\""}}).code(),
            "changed_meanwhile");
  EXPECT_EQ(client->send(api::Method::del, at, "", {{"if-match", "\"1\""}}).code(), "changed_meanwhile");
  EXPECT_EQ(client->send(api::Method::del, at, "", {{"if-match", "\"2\""}}).status, 200);
}

TEST_P(ProfileTest, bad_personal_data_is_told_field_by_field_and_changes_nothing) {
  auto const before = get().body;
  for (auto const* name : {"given_name", "family_name"}) {
    auto const at = "/" + std::string(name);
    for (auto const& text : not_latin)
      EXPECT_THAT(faults(put_personal(with(hanako, name, text))), ElementsAre(at + " not_latin")) << text;
    for (auto const& text : {"Hanako2", "<b>", "=cmd()", "-", "' or 1=1"})
      EXPECT_THAT(faults(put_personal(with(hanako, name, text))), ElementsAre(at + " not_latin")) << text;
    for (auto const& text : no_line)
      EXPECT_THAT(faults(put_personal(with(hanako, name, text))), ElementsAre(at + " control_character")) << text;
    for (auto const& text : blank)
      EXPECT_THAT(faults(put_personal(with(hanako, name, text))), ElementsAre(at + " empty")) << text;
    // A ligature of one character becomes three.
    std::string ligatures;
    for (int i = 0; i < 60; ++i) ligatures += "ﬃ";
    for (auto const& text : {std::string(101, 'x'), std::string(10000, 'x'), ligatures})
      EXPECT_THAT(faults(put_personal(with(hanako, name, text))), ElementsAre(at + " too_long")) << text;
  }
  for (auto const* name : {"native_name", "preferred_name", "job_function", "job_position", "job_title"}) {
    auto const at = "/" + std::string(name);
    for (auto const& text : no_line)
      EXPECT_THAT(faults(put_personal(with(hanako, name, text))), ElementsAre(at + " control_character")) << text;
    EXPECT_THAT(faults(put_personal(with(hanako, name, std::string(10000, 'x')))), ElementsAre(at + " too_long"));
  }
  for (auto const& text : {"XX", "zz", "<>", "日本"})
    EXPECT_THAT(faults(put_personal(with(hanako, "country", text))), ElementsAre("/country unknown_country")) << text;
  EXPECT_THAT(faults(put_personal(with(hanako, "country", "JPN"))), ElementsAre("/country too_long"));
  EXPECT_THAT(faults(put_personal(with(hanako, "country", ""))), ElementsAre("/country empty"));
  EXPECT_THAT(faults(put_personal({})),
              UnorderedElementsAre("/given_name missing", "/family_name missing", "/country missing"));
  // Nobody gives itself another address, or a name that the system gives.
  EXPECT_THAT(faults(put_personal(with(hanako, "mail", "x@example.com"))), ElementsAre("/mail unknown_field"));
  EXPECT_THAT(faults(put_personal(with(hanako, "user_name", "x"))), ElementsAre("/user_name unknown_field"));
  EXPECT_EQ(get().body, before);
  EXPECT_THAT(events(), IsEmpty());
}

TEST_P(ProfileTest, company_part_takes_what_a_smart_account_needs) {
  EXPECT_THAT(missing_for_smart_account(company()),
              ElementsAre(CompanyField::company_name, CompanyField::company_address, CompanyField::company_phone));
  auto const address = added();
  auto const answer = put_company({{"company_name", R"("Ｃｌａｎ　Ｂｌｕｅ")"},
                                   {"company_address_id", as_json(address)},
                                   {"company_phone", R"("3-6434-1234")"},
                                   {"company_phone_extension", R"("１２")"}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(wire::json::to_text(answer.json.at("company")),
            R"({"company_name":"Clan Blue","company_address_id":")" + address +
                R"(","company_phone":"+81364341234","company_phone_extension":"12",)"
                R"("company_phone_shown":"+81 3-6434-1234 ext. 12"})");
  EXPECT_THAT(answer.body, HasSubstr(R"("missing":[])"));
  EXPECT_THAT(events(), UnorderedElementsAre(R"({"part":"company"})", R"({"part":"address_book"})"));

  auto const found = company();
  EXPECT_THAT(missing_for_smart_account(found), IsEmpty());
  EXPECT_EQ(found.name, "Clan Blue");
  EXPECT_EQ(found.address->line1, "9-7-1 AKASAKA");
  EXPECT_EQ(found.phone->e164, "+81364341234");
  EXPECT_EQ(found.phone->extension, "12");

  put_company({{"company_name", R"("Clan Blue")"}});
  EXPECT_THAT(missing_for_smart_account(company()),
              ElementsAre(CompanyField::company_address, CompanyField::company_phone));
}

TEST_P(ProfileTest, company_phone_is_one_of_the_country) {
  auto const phone = [&](std::string const& text, std::string const& address = {}) {
    Fields fields{{"company_phone", as_json(text)}};
    if (!address.empty()) fields["company_address_id"] = as_json(address);
    auto const answer = put_company(fields);
    if (answer.status != 200) return faults(answer).at(0);
    return answer.json.at("company").at("company_phone").as_string();
  };
  EXPECT_EQ(phone("03-6434-1234"), "/company_phone country_missing");
  put_personal(with(hanako, "country", "DE"));
  EXPECT_EQ(phone("030 901820"), "+4930901820");
  auto const japan = added();
  EXPECT_EQ(phone("03-6434-1234", japan), "+81364341234");
  EXPECT_EQ(phone("+81364341234", japan), "+81364341234");
  EXPECT_EQ(phone("０３（６４３４）１２３４", japan), "+81364341234");
  EXPECT_EQ(phone("+4930901820", japan), "/company_phone not_of_country");
  for (auto const* text : {"3-6434-XXXX", "<b>", "電話", "😀", "\u202e123", "1;drop table"})
    EXPECT_EQ(phone(text, japan).substr(0, 14), "/company_phone") << text;
  EXPECT_EQ(phone("03", japan), "/company_phone too_short");
  EXPECT_EQ(phone(std::string(10000, '3'), japan), "/company_phone too_long");
  EXPECT_THAT(faults(put_company({{"company_phone_extension", R"("12")"}})), ElementsAre("/company_phone missing"));
  EXPECT_EQ(company().phone->e164, "+81364341234");
}

TEST_P(ProfileTest, bad_company_data_is_told_field_by_field_and_changes_nothing) {
  put_company({{"company_name", R"("Clan Blue")"}});
  auto const before = get().body;
  auto const name = [&](std::string const& text) { return faults(put_company({{"company_name", as_json(text)}})); };
  for (auto const& text : not_latin) EXPECT_THAT(name(text), ElementsAre("/company_name not_latin")) << text;
  for (auto const* text : {"株式会社クランブルー", "...", "- & -", "\"\""})
    EXPECT_THAT(name(text), ElementsAre("/company_name not_latin")) << text;
  for (auto const& text : no_line) EXPECT_THAT(name(text), ElementsAre("/company_name control_character")) << text;
  std::string ligatures;
  for (int i = 0; i < 100; ++i) ligatures += "ﬃ";
  for (auto const& text : {std::string(201, 'x'), std::string(10000, 'x'), ligatures})
    EXPECT_THAT(name(text), ElementsAre("/company_name too_long")) << text;
  EXPECT_THAT(faults(put_company({{"company_address_id", as_json(PersonAddressId{}.text())}})),
              ElementsAre("/company_address_id unknown_address"));
  for (auto const* text : {"", "x", "per_01h"})
    EXPECT_THAT(faults(put_company({{"company_address_id", as_json(text)}})),
                ElementsAre("/company_address_id not_an_id"));
  // Everything that is wrong at once.
  EXPECT_THAT(faults(put_company({{"company_name", R"("社")"},
                                  {"company_address_id", as_json(PersonAddressId{}.text())},
                                  {"company_phone", R"("x")"}})),
              UnorderedElementsAre("/company_name not_latin", "/company_address_id unknown_address",
                                   "/company_phone country_missing"));
  EXPECT_EQ(get().body, before);
  for (auto const* text : {"3M", "Müller & Söhne GmbH", "O'Neil", "Kaede Electric K.K.", "A"})
    EXPECT_EQ(put_company({{"company_name", as_json(text)}}).status, 200) << text;
  for (auto const& text : blank) EXPECT_EQ(put_company({{"company_name", as_json(text)}}).status, 200) << text;
  EXPECT_EQ(company().name, std::nullopt);
}

TEST_P(ProfileTest, addresses_are_kept_in_one_spelling) {
  auto typed = new_akasaka;
  typed["postal_code"] = R"("〒１０７ー６２２７")";
  typed["region"] = R"("東京都")";
  typed["city"] = R"("ＭＩＮＡＴＯ")";
  typed["line1"] = R"("９ー７ー１　ＡＫＡＳＡＫＡ")";
  auto const answer = add_address(typed);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.header("etag"), "\"1\"");
  auto const id = answer.json.at("person_address_id").as_string();
  std::string const wanted =
      R"({"country":"JP","postal_code":"107-6227","region":"JP-13","city":"MINATO","line1":"9-7-1 AKASAKA",)"
      R"("line2":"MIDTOWN TOWER","type":"company","person_address_id":")" +
      id + R"(","version":1,"region_name_en":"Tokyo","region_name_ja":"東京都"})";
  EXPECT_EQ(answer.body, wanted);
  EXPECT_EQ(client->get(book_path).body, R"({"items":[)" + wanted + "]}");

  auto const at = book_path + "/" + id;
  auto other = akasaka;
  other["country"] = R"("HK")";
  other["region"] = R"("KOWLOON")";
  other.erase("postal_code");
  other["type"] = R"("other")";
  auto const changed = client->send(api::Method::put, at, body_of(other), {});
  EXPECT_EQ(changed.body,
            R"({"country":"HK","region":"KOWLOON","city":"MINATO","line1":"9-7-1 AKASAKA","line2":"MIDTOWN TOWER",)"
            R"("type":"other","person_address_id":")" +
                id + R"(","version":2})");
  EXPECT_EQ(client->send(api::Method::put, at, body_of(other), {}).header("etag"), "\"2\"");
  EXPECT_EQ(client->send(api::Method::del, at, "", {}).status, 200);
  EXPECT_EQ(client->send(api::Method::del, at, "", {}).code(), "not_found");
  EXPECT_EQ(client->get(book_path).body, R"({"items":[]})");
  EXPECT_THAT(events(), testing::AllOf(testing::SizeIs(3), Each(R"({"part":"address_book"})")));
}

TEST_P(ProfileTest, an_address_in_use_stays) {
  auto const used = added(), unused = added();
  put_company({{"company_address_id", as_json(used)}});
  EXPECT_EQ(client->send(api::Method::del, book_path + "/" + used, "", {}).code(), "address_in_use");
  EXPECT_EQ(client->send(api::Method::del, book_path + "/" + unused, "", {}).status, 200);
  put_company({});
  EXPECT_EQ(client->send(api::Method::del, book_path + "/" + used, "", {}).status, 200);
}

TEST_P(ProfileTest, the_address_book_has_an_end) {
  for (size_t i = 0; i < most_addresses; ++i) EXPECT_EQ(add_address().status, 200) << i;
  EXPECT_EQ(add_address().code(), "address_book_full");
  EXPECT_EQ(client->get(book_path).json.at("items").items().size(), most_addresses);
}

TEST_P(ProfileTest, bad_addresses_are_told_field_by_field_and_change_nothing) {
  auto const id = added();
  auto const before = client->get(book_path).body;
  auto const told_both = [&](Fields const& fields) {
    auto const answer = add_address(fields);
    auto change = fields;
    change.erase("acknowledged");
    EXPECT_EQ(faults(client->send(api::Method::put, book_path + "/" + id, body_of(change), {})), faults(answer));
    return faults(answer);
  };
  for (auto const* name : {"city", "line1", "line2"}) {
    auto const at = "/" + std::string(name);
    for (auto const& text : not_latin)
      EXPECT_THAT(told_both(with(new_akasaka, name, text)), ElementsAre(at + " not_latin")) << text;
    EXPECT_THAT(told_both(with(new_akasaka, name, std::string(10000, 'x'))), ElementsAre(at + " too_long"));
    if (name == std::string_view("line2")) continue;
    for (auto const& text : blank)
      EXPECT_THAT(told_both(with(new_akasaka, name, text)), ElementsAre(at + " empty")) << text;
  }
  EXPECT_THAT(told_both(with(new_akasaka, "region", "TOKIO")), ElementsAre("/region unknown_region"));
  EXPECT_THAT(told_both(with(new_akasaka, "region", "")), ElementsAre("/region missing"));
  EXPECT_THAT(told_both(with(new_akasaka, "postal_code", "107")), ElementsAre("/postal_code not_a_postal_code"));
  EXPECT_THAT(told_both(with(new_akasaka, "postal_code", "😀")), ElementsAre("/postal_code not_a_postal_code"));
  EXPECT_THAT(told_both(with(new_akasaka, "postal_code", "")), ElementsAre("/postal_code missing"));
  EXPECT_THAT(told_both(with(new_akasaka, "country", "XX")), ElementsAre("/country unknown_country"));
  EXPECT_THAT(told_both(with(new_akasaka, "type", "home")), ElementsAre("/type unknown_word"));
  auto unread = new_akasaka;
  unread["acknowledged"] = "false";
  EXPECT_THAT(faults(add_address(unread)), ElementsAre("/acknowledged not_acknowledged"));
  EXPECT_THAT(faults(add_address(akasaka)), ElementsAre("/acknowledged missing"));
  EXPECT_EQ(client->get(book_path).body, before);
  EXPECT_EQ(events().size(), 1U);
}

TEST_P(ProfileTest, is_nobody_elses) {
  auto const address = added();
  auto const own = std::exchange(client->cookies, cookies_of(add_person("stranger@example.com")));
  EXPECT_EQ(client->get(book_path).body, R"({"items":[]})");
  EXPECT_EQ(client->send(api::Method::del, book_path + "/" + address, "", {}).code(), "not_found");
  EXPECT_EQ(client->send(api::Method::put, book_path + "/" + address, body_of(akasaka), {}).code(), "not_found");
  EXPECT_THAT(faults(put_company({{"company_address_id", as_json(address)}})),
              ElementsAre("/company_address_id unknown_address"));
  client->cookies = own;
  EXPECT_EQ(client->get(book_path).json.at("items").items().size(), 1U);
  client->cookies.clear();
  EXPECT_EQ(get().status, 401);
  EXPECT_EQ(put_personal(hanako).status, 401);
  EXPECT_EQ(add_address().status, 401);
}

TEST_P(ProfileTest, leaves_nothing_readable_in_the_database) {
  added();
  put_company({{"company_name", R"("Clan Blue")"}});
  db->read([&](db::ReadTx& tx) {
    auto const address = tx.one<Bytes>("select wrapped_address from person_address").value();
    EXPECT_THAT(std::string(as_text(address)), Not(HasSubstr("AKASAKA")));
    auto const profile = tx.one<Bytes>("select wrapped_profile from person where person_id = $1", person).value();
    EXPECT_THAT(std::string(as_text(profile)), Not(HasSubstr("Clan")));
  });
}

}  // namespace
}  // namespace menkyo::people
