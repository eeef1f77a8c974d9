// Published texts and their editions, who may read and change them, and agreements of accounts.

#include "publications/publications.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/import.hpp"
#include "tests/support/world.hpp"

namespace menkyo::publications {
namespace {

namespace json = test::json;

using api::Method;
using test::Answer;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string draft(std::string const& title, std::string const& body = "Text") {
  return R"({"title_ja":"題 )" + title + R"(","title_en":")" + title + R"(","body_ja":"本文","body_en":")" + body +
         R"("})";
}

class Publications : public ::testing::TestWithParam<std::string> {
 protected:
  Publications() {
    world.services.add(catalogs);
    world.services.add(imprint);
    bring_first_texts(*world.database);
    auto all = routes();
    for (auto& route : accounts::routes()) all.push_back(std::move(route));
    world.serve(std::move(all));
    staff.emplace(world.as(world.operator_with(access::OperatorRole::operator_admin)));
    admin.emplace(world.as(world.administrator_of(account)));
    anybody.emplace(world.as({}));
  }

  std::string id_of(std::string const& kind) {
    auto const answer = staff->get(desk);
    for (auto const& item : answer.json.at("items").items())
      if (item.at("kind").as_string() == kind) return item.at("publication_id").as_string();
    ADD_FAILURE() << "no publication " << kind;
    return "";
  }
  int64_t version_of(std::string const& id) { return staff->get(desk + "/" + id).json.at("version").as_int(); }
  Answer save(std::string const& id, std::string const& body) {
    return staff->send(Method::put, desk + "/" + id + "/draft", body);
  }
  Answer publish(std::string const& id) { return staff->post(desk + "/" + id + "/publication"); }
  void put_in_force(std::string const& id, std::string const& title) {
    ASSERT_EQ(save(id, draft(title)).status, 200);
    auto const answer = publish(id);
    ASSERT_EQ(answer.status, 200) << answer.body;
  }

  std::string agreements() const { return "/api/v1/smart_accounts/" + account.text() + "/agreements"; }
  std::string history() const { return "/api/v1/smart_accounts/" + account.text() + "/agreement_acceptances"; }
  std::string edition_of(std::string const& id, int edition) const {
    return agreements() + "/" + id + "/editions/" + std::to_string(edition);
  }
  Answer accept(test::ApiClient& client, std::string const& id, int edition) {
    return client.send(Method::put, edition_of(id, edition) + "/acceptance", "{}");
  }
  // Of the account's log, what each says, newest first.
  std::vector<std::string> accepted_events() {
    std::vector<std::string> out;
    auto const answer = admin->get("/api/v1/smart_accounts/" + account.text() + "/events?kind=agreement_accepted");
    for (auto const& item : answer.json.at("items").items()) out.push_back(json::to_text(item.at("data")));
    return out;
  }
  int64_t staff_events(std::string const& kind) {
    return world.database->read([&](db::ReadTx& tx) {
      return *tx.one<int64_t>("select count(*) from event where smart_account_id = $1 and kind = $2",
                              SmartAccountId{}, kind);
    });
  }

  test::World world{GetParam()};
  catalog::CatalogCache catalogs;
  Imprint imprint{
      "Tsubaki Licenses", "https://licenses.example", "Tsubaki K.K.", "", "Tokyo", "mailto:a@b.example", "", ""};
  SmartAccountId account = world.account("aozora.example");
  std::optional<test::ApiClient> staff, admin, anybody;
  std::string const desk = "/api/v1/operator/publications", pages = "/api/v1/pages";
};
MENKYO_ON_BOTH_DATABASES(Publications);

TEST_P(Publications, pages_are_there_at_once_and_agreements_wait_for_the_operator) {
  for (std::string kind : {"privacy", "security", "cookies", "terms", "contact"}) {
    auto const page = anybody->get(pages + "/" + kind);
    ASSERT_EQ(page.status, 200) << kind << page.body;
    EXPECT_EQ(page.json.at("edition").as_int(), 1);
    for (auto* body : {"body_ja", "body_en"}) {
      auto const text = page.json.at(body).as_string();
      EXPECT_GT(text.size(), 300U) << kind;
      EXPECT_THAT(text, Not(HasSubstr("{"))) << kind << ": a word that is not filled in";
      EXPECT_THAT(text, HasSubstr("Tsubaki Licenses")) << kind;
    }
  }
  for (std::string kind : {"account_agreement", "licensing_notice", "product_agreement"})
    EXPECT_EQ(anybody->get(pages + "/" + kind).status, 404) << kind;
  EXPECT_THAT(admin->get(agreements()).json.at("items").items(), IsEmpty());
  auto const drafted = id_of("account_agreement");
  EXPECT_EQ(admin->get(edition_of(drafted, 1)).status, 404);
  EXPECT_EQ(accept(*admin, drafted, 1).status, 404);
  auto const before = staff->get(desk).body;
  bring_first_texts(*world.database);
  EXPECT_EQ(staff->get(desk).body, before) << "they come once";
}

TEST_P(Publications, pages_are_asked_about_again_and_sent_once) {
  auto const page = anybody->get(pages + "/cookies");
  auto const etag = page.header("etag");
  EXPECT_EQ(page.header("cache-control"), "no-cache");
  auto const again = anybody->send(Method::get, pages + "/cookies", "", {{"if-none-match", "\"x\", W/" + etag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(again.header("etag"), etag);
  put_in_force(id_of("cookies"), "Cookies, again");
  EXPECT_EQ(anybody->send(Method::get, pages + "/cookies", "", {{"if-none-match", etag}}).status, 200);
}

TEST_P(Publications, older_editions_stay_as_they_were) {
  auto const first = anybody->get(pages + "/terms").json.at("body_en").as_string();
  auto const id = id_of("terms");
  put_in_force(id, "Second");
  put_in_force(id, "Third");
  EXPECT_EQ(anybody->get(pages + "/terms").json.at("title_en").as_string(), "Third");
  auto const old = anybody->get(pages + "/terms/editions/1");
  EXPECT_EQ(old.json.at("body_en").as_string(), first);
  EXPECT_EQ(old.json.at("current_edition").as_int(), 3);
  ASSERT_EQ(save(id, draft("Fourth")).status, 200);
  EXPECT_EQ(anybody->get(pages + "/terms/editions/4").status, 404) << "a draft is nobody else's";
  EXPECT_EQ(anybody->get(pages + "/terms/editions/0").status, 404);
  std::vector<int64_t> listed;
  std::string cursor;
  for (int i = 0; i < 3; ++i) {
    auto const page = anybody->get(pages + "/terms/editions?limit=1" + cursor).json;
    listed.push_back(page.at("items").items().at(0).at("edition").as_int());
    cursor = page.find("next_cursor") ? "&cursor=" + page.at("next_cursor").as_string() : "";
  }
  EXPECT_THAT(listed, ElementsAre(3, 2, 1));
  EXPECT_EQ(cursor, "");
}

TEST_P(Publications, a_draft_is_published_in_both_languages_or_not_at_all) {
  auto const id = id_of("contact");
  EXPECT_EQ(publish(id).code(), "conflict") << "there is no draft";
  ASSERT_EQ(save(id, R"({"title_ja":"題","title_en":"","body_ja":"","body_en":"x"})").status, 200);
  auto const refused = publish(id);
  EXPECT_EQ(refused.code(), "invalid");
  EXPECT_THAT(test::faults(refused), ElementsAre("/title_en missing", "/body_ja missing"));
  EXPECT_EQ(anybody->get(pages + "/contact").json.at("edition").as_int(), 1);
  ASSERT_EQ(save(id, draft("Where we are", "At {operator_name}, {unknown}, {contact}, {security_contact}")).status,
            200);
  ASSERT_EQ(publish(id).status, 200);
  auto const page = anybody->get(pages + "/contact").json;
  EXPECT_EQ(page.at("body_en").as_string(), "At Tsubaki K.K., {unknown}, <mailto:a@b.example>, <mailto:a@b.example>");
  auto const source = staff->get(desk + "/" + id + "/editions/2").json;
  EXPECT_THAT(source.at("body_en").as_string(), HasSubstr("{operator_name}"));
  EXPECT_EQ(source.at("shown_en").as_string(), page.at("body_en").as_string());
  ASSERT_EQ(save(id, draft("Where we are", "At {operator_name}, {unknown}, {contact}, {security_contact}")).status,
            200);
  EXPECT_EQ(publish(id).code(), "conflict") << "it would say the same";
}

TEST_P(Publications, a_draft_is_thrown_away) {
  auto const id = id_of("contact");
  auto const discard = [&](std::string const& of, api::Headers const& headers = {}) {
    return staff->send(Method::del, desk + "/" + of + "/draft", "", headers);
  };
  EXPECT_EQ(discard(id).status, 200) << "there is none";
  ASSERT_EQ(save(id, draft("Elsewhere")).status, 200);
  EXPECT_EQ(discard(id, {{"if-match", "\"1\""}}).code(), "changed_meanwhile");
  EXPECT_EQ(discard(id).status, 200);
  EXPECT_EQ(publish(id).code(), "conflict");
  EXPECT_FALSE(staff->get(desk + "/" + id).json.at("has_draft").as_bool());
  EXPECT_EQ(anybody->get(pages + "/contact").json.at("edition").as_int(), 1);
  ASSERT_EQ(save(id, draft("Here")).status, 200);
  EXPECT_EQ(staff->get(desk + "/" + id + "/editions/2").json.at("title_en").as_string(), "Here");
  EXPECT_EQ(staff_events("publication_draft_discarded"), 1);

  // The agreement that the program brings is the only one of its kind.
  auto const agreement = id_of("account_agreement");
  EXPECT_EQ(discard(agreement).code(), "conflict");
  EXPECT_EQ(admin->send(Method::del, desk + "/" + id + "/draft", "").status, 404);
}

TEST_P(Publications, two_who_edit_do_not_overwrite_each_other) {
  auto const id = id_of("privacy");
  auto const version = std::to_string(version_of(id));
  api::Headers const seen{{"if-match", '"' + version + '"'}};
  ASSERT_EQ(staff->send(Method::put, desk + "/" + id + "/draft", draft("One"), seen).status, 200);
  EXPECT_EQ(staff->send(Method::put, desk + "/" + id + "/draft", draft("Two"), seen).code(), "changed_meanwhile");
  EXPECT_EQ(staff->send(Method::post, desk + "/" + id + "/publication", "{}", seen).code(), "changed_meanwhile");
  EXPECT_EQ(staff->get(desk + "/" + id + "/editions/2").json.at("title_en").as_string(), "One");
  auto const now = version_of(id);
  ASSERT_EQ(save(id, draft("One")).status, 200);
  EXPECT_EQ(version_of(id), now) << "nothing differs";
  EXPECT_EQ(staff_events("publication_changed"), 1);
  EXPECT_EQ(staff_events("publication_published"), 0);
}

TEST_P(Publications, a_product_of_the_catalogue_has_one_agreement) {
  auto const begin = [&](std::string const& code) {
    return staff->post(desk, R"({"product_code":")" + code + "\"}");
  };
  EXPECT_THAT(test::faults(begin("NO-SUCH")), ElementsAre("/product_code unknown"));
  auto const imported =
      catalog::import_catalog(*world.database, world.vault,
                              "record,code,family,name_en,name_ja\nfamily,MX,,Matrix,マトリクス\nproduct,MX-100,MX,"
                              "Matrix 100,マトリクス 100\n",
                              "catalog.csv", {}, [](db::Tx&, std::vector<catalog::GroupId> const&, Instant) {});
  ASSERT_EQ(imported.taken, 2);
  auto const made = begin("MX-100");
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(begin("MX-100").code(), "name_taken");
  auto id = made.json.at("publication_id").as_string();
  EXPECT_EQ(publish(id).code(), "invalid");
  // Begun by mistake, it goes with its draft, and can be begun again.
  EXPECT_EQ(staff->send(Method::del, desk + "/" + id + "/draft", "").status, 200);
  EXPECT_EQ(staff->get(desk + "/" + id).status, 404);
  auto const again = begin("MX-100");
  ASSERT_EQ(again.status, 200) << again.body;
  id = again.json.at("publication_id").as_string();
  put_in_force(id, "Licence of MX-100");
  auto const listed = admin->get(agreements()).json.at("items").items();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].at("product_code").as_string(), "MX-100");
  EXPECT_EQ(accept(*admin, id, 1).status, 200);
}

TEST_P(Publications, an_agreement_is_accepted_once_for_the_account) {
  auto const id = id_of("account_agreement");
  put_in_force(id, "Agreement");
  auto const open = admin->get(agreements()).json.at("items").items();
  ASSERT_EQ(open.size(), 1U);
  EXPECT_FALSE(open[0].find("accepted_at"));
  EXPECT_EQ(admin->get(edition_of(id, 1)).json.at("body_en").as_string(), "Text");
  auto const done = accept(*admin, id, 1);
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.json.at("accepted_by").as_string(), "Ada Admin");
  auto second = world.as([&] {
    auto const person = world.person("second@aozora.example");
    world.grant(account, person, access::Role::sa_admin);
    return person;
  }());
  auto const again = accept(second, id, 1);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, done.body) << "it stays whose it was";
  EXPECT_THAT(accepted_events(), ElementsAre(AllOf(HasSubstr("Agreement"), HasSubstr("\"edition\":1"))));
  // A new edition is open again, and the old one cannot be accepted any more by those who have it on screen.
  put_in_force(id, "Agreement, again");
  EXPECT_FALSE(admin->get(agreements()).json.at("items").items().at(0).find("accepted_at"));
  put_in_force(id, "Agreement, at last");
  EXPECT_EQ(accept(second, id, 2).code(), "changed_meanwhile");
  EXPECT_EQ(accept(second, id, 1).status, 200);
  EXPECT_EQ(accept(second, id, 4).status, 404);
  ASSERT_EQ(accept(second, id, 3).status, 200);
  EXPECT_EQ(accepted_events().size(), 2U);
  auto const newest = admin->get(history() + "?limit=1").json;
  EXPECT_EQ(newest.at("items").items().at(0).at("edition").as_int(), 3);
  auto const rest = admin->get(history() + "?limit=1&cursor=" + newest.at("next_cursor").as_string()).json;
  EXPECT_EQ(rest.at("items").items().at(0).at("edition").as_int(), 1);
  EXPECT_FALSE(rest.find("next_cursor"));
}

TEST_P(Publications, an_approver_sees_agreements_and_no_names) {
  auto const id = id_of("licensing_notice");
  put_in_force(id, "Notice");
  auto const person = world.person("approver@aozora.example");
  world.grant(account, person, access::Role::sa_approver);
  auto approver = world.as(person);
  ASSERT_EQ(accept(approver, id, 1).status, 200);
  EXPECT_EQ(approver.get(history()).json.at("items").items().at(0).at("accepted_by").as_string(), "approver Test");
  EXPECT_THAT(admin->get(history()).body, HasSubstr("approver Test"));
  put_in_force(id, "Notice, again");
  ASSERT_EQ(accept(*admin, id, 2).status, 200);
  auto const seen = approver.get(history());
  EXPECT_EQ(seen.json.at("items").items().size(), 2U);
  EXPECT_THAT(seen.body, Not(HasSubstr("Ada Admin")));
  // Of another account's acceptances nothing is told.
  auto const other = world.account("tsubaki.example");
  auto neighbour = world.as(world.administrator_of(other));
  auto const theirs = neighbour.get("/api/v1/smart_accounts/" + other.text() + "/agreement_acceptances");
  EXPECT_THAT(theirs.json.at("items").items(), IsEmpty());
  EXPECT_EQ(neighbour.get(history()).status, 404);
}

TEST_P(Publications, those_who_may_not_accept_are_not_asked) {
  auto const id = id_of("account_agreement");
  put_in_force(id, "Agreement");
  for (auto role : {access::Role::sa_user, access::Role::sa_viewer}) {
    auto const person = world.person(std::string(to_text(role)) + "@aozora.example");
    world.grant(account, person, role);
    auto client = world.as(person);
    EXPECT_EQ(client.get(agreements()).status, 403);
    EXPECT_EQ(accept(client, id, 1).status, 403);
  }
  EXPECT_THAT(accepted_events(), IsEmpty());
}

TEST_P(Publications, security_txt_is_there_once_somebody_can_be_told) {
  EXPECT_EQ(anybody->get("/.well-known/security.txt").status, 404);
  imprint.security_contact = contact_uri("security@tsubaki.example");
  auto const answer = anybody->get("/.well-known/security.txt");
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-type"), "text/plain; charset=utf-8");
  EXPECT_THAT(answer.body, HasSubstr("Contact: mailto:security@tsubaki.example\n"));
  EXPECT_THAT(answer.body, HasSubstr("\nPreferred-Languages: ja, en\n"));
  EXPECT_THAT(answer.body, HasSubstr("\nCanonical: https://licenses.example/.well-known/security.txt\n"));
  auto const at = answer.body.find("Expires: ") + 9;
  auto const expires = from_rfc3339(answer.body.substr(at, answer.body.find('\n', at) - at));
  auto const now = world.database->read([](db::ReadTx& tx) { return tx.now(); });
  ASSERT_TRUE(expires);
  EXPECT_GT(*expires, now + std::chrono::days(30));
  EXPECT_LT(*expires, now + std::chrono::days(365));
  auto const etag = answer.header("etag");
  EXPECT_EQ(anybody->send(Method::get, "/.well-known/security.txt", "", {{"if-none-match", etag}}).status, 304);
}

TEST(Imprint, addresses_are_uris) {
  EXPECT_EQ(contact_uri("security@a.example"), "mailto:security@a.example");
  EXPECT_EQ(contact_uri("https://a.example/report"), "https://a.example/report");
  EXPECT_EQ(contact_uri("tel:+81-3-1234-5678"), "tel:+81-3-1234-5678");
  for (auto* wrong : {"", "security", "http://a.example", "https://", "javascript:alert(1)", "https://a.example/ b",
                      "https://a.example\nExpires: x", "mailto:<a@b.example>"})
    EXPECT_EQ(contact_uri(wrong), "") << wrong;
}

TEST(Imprint, tells_what_was_not_set) {
  Imprint const nothing{"Menkyo", "http://127.0.0.1:8080", "", "", "", "", "", ""};
  EXPECT_EQ(fill_in("{operator_name}", nothing, Language::en), "the operator of this service");
  EXPECT_EQ(fill_in("{operator_name}", nothing, Language::ja), "本サービスの運営者");
  EXPECT_THAT(fill_in("{security_contact}", nothing, Language::en), HasSubstr("not stated"));
  EXPECT_EQ(fill_in("{ {x} {service_name", nothing, Language::en), "{ {x} {service_name");
  EXPECT_EQ(fill_in("{{service_name}}", nothing, Language::en), "{Menkyo}");
}

}  // namespace
}  // namespace menkyo::publications
