#include "catalog/catalog.hpp"

#include <gmock/gmock.h>

#include <future>

#include "api/dispatch.hpp"
#include "api/page.hpp"
#include "catalog/import.hpp"
#include "catalog/routes.hpp"
#include "catalog/store.hpp"
#include "protocol/json.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::catalog {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view header =
    "record,code,family,name_en,name_ja,description_en,description_ja,tag,license_types,enforced,export_controlled,"
    "product,entitlement,lender,borrower,priority\n";

std::string entitlement(std::string const& code, std::string const& more = "perpetual|term|demo,false,false") {
  return "entitlement," + code + ",RTR," + code + " name," + code + "名,,,\"regid.2019-04.example.aozora." + code +
         ",1.0_" + code + "\"," + more + ",,,,,\n";
}
std::string edge(std::string const& lender, std::string const& borrower, int priority = 1) {
  return "substitution,,,,,,,,,,,,," + lender + "," + borrower + "," + std::to_string(priority) + "\n";
}
std::string pair(std::string const& product, std::string const& code) {
  return "compatibility,,,,,,,,,,," + product + "," + code + ",,,\n";
}
std::string start() {
  return std::string(header) + "family,RTR,,Routers,ルーター,,,,,,,,,,,\n" +
         "product,KZ-1,RTR,Kaze 1,風1,\"Small, quiet\",小型,,,,,,,,,\n";
}
std::string small() {
  return start() + entitlement("ESS") + entitlement("ADV") + entitlement("PRM") +
         entitlement("ENC", "term,true,true") + edge("PRM", "ADV") + edge("ADV", "ESS") + pair("KZ-1", "ESS") +
         pair("KZ-1", "ENC");
}

std::vector<std::string> faults_of(std::string const& csv, Catalog const& base = {}) {
  CsvFaults faults;
  parse_catalog(csv, base, faults);
  std::vector<std::string> out;
  for (auto const& f : faults.first) out.push_back(std::to_string(f.line) + " " + f.column + ": " + f.reason);
  return out;
}

TEST(ParseCatalog, takes_a_sound_file) {
  CsvFaults faults;
  auto const parsed = parse_catalog(small(), Catalog(), faults);
  EXPECT_THAT(faults_of(small()), IsEmpty());
  ASSERT_EQ(parsed.entitlements.size(), 4u);
  EXPECT_THAT(parsed.entitlements[0].license_types,
              ElementsAre(LicenseType::PERPETUAL, LicenseType::TERM, LicenseType::DEMO));
  EXPECT_TRUE(parsed.entitlements[3].enforced && parsed.entitlements[3].export_controlled);
  EXPECT_EQ(parsed.products[0].description_en, "Small, quiet");
}

TEST(ParseCatalog, tells_every_wrong_line_with_its_column) {
  auto const csv = start() +                                                       // lines 1 to 3
                   "thing,A,,,,,,,,,,,,,,\n" +                                     // 4
                   entitlement("ESS", "perpetual|lifetime,false,false") +          // 5
                   entitlement("ESS", "term,no,false") +                           // 6
                   "product,bad code,XXX,Name,,,,,,,,,,,,\n" +                     // 7
                   edge("ESS", "ADV", -1) + edge("ESS", "ESS") +                   // 8, 9
                   pair("KZ-1", "ESS") + pair("KZ-1", "ESS") + pair("KZ-9", "E");  // 10 to 12
  EXPECT_THAT(
      faults_of(csv),
      testing::UnorderedElementsAre(
          HasSubstr("4 record: must be"), HasSubstr("5 license_types: must be"), HasSubstr("6 code: is in line 5"),
          HasSubstr("6 tag: is in line 5"), HasSubstr("6 enforced: must be true"), HasSubstr("7 code: must be"),
          HasSubstr("7 name_ja: is missing"), HasSubstr("7 family: there is no family XXX"),
          HasSubstr("8 priority: must be"), HasSubstr("8 borrower: there is no entitlement ADV"),
          HasSubstr("9 borrower: must be another"), HasSubstr("11 entitlement: the same record is in line 10"),
          HasSubstr("12 product: there is no product KZ-9"), HasSubstr("12 entitlement: there is no entitlement E")));
}

TEST(ParseCatalog, a_family_stands_for_its_products) {
  CsvFaults faults;
  auto const parsed = parse_catalog(start() + "product,KZ-2,RTR,Kaze 2,風2,,,,,,,,,,,\n" + entitlement("ESS") +
                                        pair("KZ-1", "ESS") + "compatibility,,RTR,,,,,,,,,,ESS,,,\n",
                                    Catalog(), faults);
  EXPECT_TRUE(faults.empty());
  EXPECT_THAT(parsed.compatibilities,
              ElementsAre(ParsedCompatibility{"KZ-1", "ESS"}, ParsedCompatibility{"KZ-2", "ESS"}));
  EXPECT_THAT(faults_of(start() + entitlement("ESS") + "compatibility,,RTR,,,,,,,,,KZ-1,ESS,,,\n"),
              ElementsAre(HasSubstr("5 family: must be empty where a product")));
}

TEST(ParseCatalog, columns_may_come_in_any_order_or_be_left_out) {
  EXPECT_THAT(faults_of("name_ja,code,name_en,record\nルーター,RTR,Routers,family\n"), IsEmpty());
  EXPECT_THAT(faults_of("code,name\nRTR,Routers\n"),
              ElementsAre(HasSubstr("1 name: is not a column"), HasSubstr("1 record: the column is missing")));
}

TEST(ParseCatalog, refuses_cycles_and_groups_beyond_the_limits) {
  EXPECT_THAT(faults_of(small() + edge("ESS", "PRM")), testing::Each(HasSubstr("circle")));
  // Neither what hangs below the circle nor what stands above it is to blame.
  EXPECT_EQ(faults_of(small() + entitlement("LOW") + entitlement("TOP") + edge("ESS", "PRM") + edge("ESS", "LOW") +
                      edge("TOP", "PRM"))
                .size(),
            3u);
  // Not a cycle: two ways down to one.
  EXPECT_THAT(faults_of(small() + edge("PRM", "ESS", 2)), IsEmpty());

  auto chain = [](size_t length) {
    auto csv = start() + entitlement("E0");
    for (size_t i = 1; i < length; ++i)
      csv += entitlement("E" + std::to_string(i)) + edge("E" + std::to_string(i - 1), "E" + std::to_string(i));
    return csv;
  };
  EXPECT_THAT(faults_of(chain(max_substitution_depth)), IsEmpty());
  EXPECT_THAT(faults_of(chain(max_substitution_depth + 1)), ElementsAre(HasSubstr("steps below the highest")));

  auto star = [](size_t members) {
    auto csv = start() + entitlement("TOP");
    for (size_t i = 1; i < members; ++i)
      csv += entitlement("E" + std::to_string(i)) + edge("TOP", "E" + std::to_string(i));
    return csv;
  };
  EXPECT_THAT(faults_of(star(max_group_members)), IsEmpty());
  EXPECT_THAT(faults_of(star(max_group_members + 1)), ElementsAre(HasSubstr("connects more than 100")));
  EXPECT_THAT(faults_of(std::string(header)), ElementsAre(HasSubstr("no records")));
}

class CatalogStorage : public ::testing::TestWithParam<std::string> {
 protected:
  CatalogStorage() { db.open(); }

  ImportReport import(std::string const& csv, std::optional<Instant> effective_at = {}) {
    db.clock.advance(std::chrono::seconds(1));
    return import_catalog(
        *db, vault, csv, "test", {audit::ActorKind::command, {}},
        [&](db::Tx&, std::vector<GroupId> const& groups, Instant at) {
          changed = groups;
          changed_at = at;
        },
        effective_at);
  }
  std::shared_ptr<const Catalog> present() {
    return db->read([&](db::ReadTx& tx) { return cache.at(tx); });
  }
  EntitlementId id(std::string_view code) { return present()->find_entitlement(code)->entitlement_id; }
  int64_t count(std::string_view sql) {
    return *db->read([&](db::ReadTx& tx) { return tx.one<int64_t>(sql); });
  }

  test::TestDatabase db{GetParam()};
  keys::Vault vault{keys::MasterKey{}};
  CatalogCache cache;
  std::vector<GroupId> changed;
  Instant changed_at{};
};
MENKYO_ON_BOTH_DATABASES(CatalogStorage);

TEST_P(CatalogStorage, is_empty_at_first) {
  EXPECT_EQ(present()->version().version, 0);
  EXPECT_TRUE(present()->entitlements().empty());
  EXPECT_EQ(present()->find_product("KZ-1"), nullptr);
}

TEST_P(CatalogStorage, keeps_what_was_imported) {
  auto const report = import(small());
  EXPECT_TRUE(report.problems.empty());
  EXPECT_EQ(report.taken, 10);
  auto const catalog = present();
  EXPECT_EQ(catalog->version().version, 1);
  EXPECT_EQ(catalog->version().effective_at, db.clock.now());
  auto const* kaze = catalog->find_product("KZ-1");
  ASSERT_NE(kaze, nullptr);
  EXPECT_EQ(kaze->name_ja, "風1");
  EXPECT_EQ(catalog->find_product(kaze->product_id), kaze);
  auto const* enc = catalog->find_entitlement("ENC");
  ASSERT_NE(enc, nullptr);
  EXPECT_TRUE(enc->must_cover());
  EXPECT_TRUE(enc->offers(LicenseType::TERM));
  EXPECT_FALSE(enc->offers(LicenseType::PERPETUAL));
  EXPECT_EQ(catalog->find_entitlement_by_tag("regid.2019-04.example.aozora.ENC,1.0_ENC"), enc);
  EXPECT_TRUE(catalog->compatible(kaze->product_id, enc->entitlement_id));
  EXPECT_FALSE(catalog->compatible(kaze->product_id, id("PRM")));
  EXPECT_EQ(catalog->entitlements_of(kaze->product_id).size(), 2u);
  // The three tiers are one group, named by its smallest member; the fourth stands alone.
  ASSERT_EQ(catalog->groups().size(), 2u);
  auto const* group = catalog->group_of(id("ESS"));
  EXPECT_EQ(group->group_id, std::min({id("ESS"), id("ADV"), id("PRM")}));
  EXPECT_EQ(group->members.size(), 3u);
  EXPECT_EQ(group->edges.size(), 2u);
  EXPECT_EQ(catalog->find_group(group->group_id), group);
  EXPECT_EQ(catalog->find_group(std::max({id("ESS"), id("ADV"), id("PRM")})), nullptr);
  EXPECT_EQ(count("select count(*) from event where kind = 'catalog_imported'"), 1);
  EXPECT_EQ(changed.size(), 2u);
}

TEST_P(CatalogStorage, the_same_file_again_changes_nothing) {
  import(small());
  auto const before = present();
  auto const again = import(small());
  EXPECT_EQ(again.taken, 0);
  EXPECT_EQ(again.skipped, 10);
  EXPECT_EQ(present(), before);
  EXPECT_EQ(count("select count(*) from event"), 1);
}

TEST_P(CatalogStorage, one_wrong_line_and_nothing_is_taken) {
  import(small());
  auto const report = import(small() + "product,KZ-2,NO,Kaze 2,風2,,,,,,,,,,,\n");
  EXPECT_EQ(report.problems.first, (std::vector<CsvFault>{{12, "family", "unknown", "there is no family NO"}}));
  EXPECT_EQ(present()->version().version, 1);
  EXPECT_EQ(present()->find_product("KZ-2"), nullptr);
}

TEST_P(CatalogStorage, a_change_leaves_the_past_and_all_else_as_it_was) {
  import(small());
  auto const then = db.clock.now();
  auto const ess = id("ESS");
  auto const old_name = present()->group_of(ess)->group_id;
  auto const before = present();
  changed.clear();
  // Another family of one entitlement, which lends to the lowest tier too.
  auto const report = import(std::string(header) + "family,SEC,,Firewalls,盾,,,,,,,,,,,\n" +
                             "entitlement,SEC-1,SEC,Sec,盾,,,\"regid.2019-04.example.aozora.SEC,1\",term,,,,,,,\n" +
                             edge("SEC-1", "ESS", 2) + edge("ADV", "ESS", 7) + edge("PRM", "ADV"));
  EXPECT_TRUE(report.problems.empty());
  EXPECT_EQ(report.taken, 4);
  EXPECT_EQ(report.skipped, 1);
  EXPECT_EQ(id("ESS"), ess);
  EXPECT_EQ(present()->version().version, 2);
  EXPECT_EQ(present()->entitlements().size(), 5u);
  auto const* group = present()->group_of(ess);
  EXPECT_EQ(group->members.size(), 4u);
  EXPECT_EQ(group->edges.size(), 3u);
  EXPECT_THAT(changed, testing::Contains(old_name));
  EXPECT_THAT(changed, testing::Contains(group->group_id));
  EXPECT_THAT(changed, testing::Not(testing::Contains(id("ENC"))));
  EXPECT_EQ(changed_at, db.clock.now());
  auto const past = db->read([&](db::ReadTx& tx) { return load_catalog(tx, then); });
  EXPECT_EQ(past->substitutions(), before->substitutions());
  EXPECT_EQ(past->entitlements(), before->entitlements());
  EXPECT_EQ(past->find_entitlement("SEC-1"), nullptr);
}

TEST_P(CatalogStorage, a_file_is_checked_together_with_what_is_there) {
  import(small());
  EXPECT_THAT(faults_of(std::string(header) + edge("ESS", "PRM"), *present()),
              ElementsAre(HasSubstr("2 borrower: closes")));
  EXPECT_THAT(faults_of(std::string(header) + entitlement("DUP") + edge("ESS", "DUP"), *present()), IsEmpty());
  auto stolen = entitlement("DUP");
  stolen.replace(stolen.find("aozora.DUP,1.0_DUP"), 18, "aozora.ESS,1.0_ESS");
  EXPECT_THAT(faults_of(std::string(header) + stolen, *present()),
              ElementsAre(HasSubstr("tag: is the tag of the entitlement ESS")));
}

TEST_P(CatalogStorage, two_imports_at_once_do_not_mix) {
  import(small());
  auto const base = db->read([](db::ReadTx& tx) { return load_newest(tx); });
  CsvFaults none;
  auto const parsed = parse_catalog(std::string(header) + entitlement("NEW"), *base, none);
  import(std::string(header) + entitlement("OTHER"));
  db.clock.advance(std::chrono::seconds(1));
  EXPECT_THROW(db->write([&](db::Tx& tx) { apply_catalog(tx, parsed, *base, tx.now(), "test"); }), Problem);
}

TEST_P(CatalogStorage, only_what_settles_quantities_counts_as_a_changed_group) {
  import(small());
  changed.clear();
  auto renamed = small();
  renamed.replace(renamed.find("ESS name"), 8, "New name");
  EXPECT_EQ(import(renamed).taken, 1);
  EXPECT_THAT(changed, IsEmpty());
  import(std::string(header) + entitlement("ESS", "term,true,false"));
  EXPECT_THAT(changed, ElementsAre(present()->group_of(id("ESS"))->group_id));
}

TEST_P(CatalogStorage, comes_into_force_when_it_is_told_to) {
  import(small());
  auto const later = db.clock.now() + std::chrono::hours(2);
  EXPECT_TRUE(import(small() + entitlement("NEW"), later).problems.empty());
  EXPECT_EQ(present()->find_entitlement("NEW"), nullptr);
  db.clock.set(later - Duration(1));
  EXPECT_EQ(present()->find_entitlement("NEW"), nullptr);
  // Another version may not slip in before the one that is waiting.
  EXPECT_THROW(import(small() + entitlement("NEW2"), db.clock.now()), Problem);
  db.clock.set(later);
  EXPECT_NE(present()->find_entitlement("NEW"), nullptr);
}

class CatalogRoutes : public CatalogStorage {
 protected:
  CatalogRoutes() {
    services.add(cache);
    services.add(cursors);
    db->write([&](db::Tx& tx) {
      staff = tx.new_id<PersonId>();
      tx.exec(
          "insert into person (person_id, mail_lookup, wrapped_profile, language, created_at) values ($1, $2, $2, "
          "'en', 0)",
          staff, Bytes{1});
      tx.exec(
          "insert into operator_grant (person_id, role, created_at, ends_at) values ($1, 'operator_support', 0, $2)",
          staff, tx.now() + std::chrono::days(90));
    });
    dispatcher = std::make_unique<api::Dispatcher>(api::DispatchConfig{routes(),
                                                                       &*db,
                                                                       &services,
                                                                       &vault,
                                                                       [this](db::ReadTx&, api::Request const&) {
                                                                         return api::Caller{caller, {}};
                                                                       },
                                                                       {}});
  }
  protocol::json::Value get(std::string path, std::string query = {}, int status = 200) {
    std::promise<api::Response> answer;
    api::Request request;
    request.method = api::Method::get;
    request.path = "/api/v1/operator/catalog/" + path;
    request.query = std::move(query);
    dispatcher->handle(std::move(request), [&](api::Response response) { answer.set_value(std::move(response)); });
    auto const response = answer.get_future().get();
    EXPECT_EQ(response.status, status) << response.body;
    return protocol::json::parse(response.body);
  }
  static std::vector<std::string> codes(protocol::json::Value const& page) {
    std::vector<std::string> out;
    for (auto const& item : page.find("items")->items()) out.emplace_back(item.find("code")->as_string());
    return out;
  }

  api::Services services;
  api::Cursors cursors{Bytes(32)};
  PersonId staff, caller;
  std::unique_ptr<api::Dispatcher> dispatcher;
};
MENKYO_ON_BOTH_DATABASES(CatalogRoutes);

TEST_P(CatalogRoutes, only_staff_sees_the_catalogue) {
  get("summary", "", 401);
  caller = PersonId{{1}};
  get("summary", "", 404);
  caller = staff;
  EXPECT_EQ(get("summary").find("version")->as_int(), 0);
  EXPECT_EQ(get("summary").find("effective_at"), nullptr);
}

TEST_P(CatalogRoutes, lists_page_by_page_and_finds_by_beginning) {
  caller = staff;
  import(small());
  EXPECT_EQ(get("summary").find("entitlements")->as_int(), 4);
  auto const first = get("entitlements", "limit=3");
  EXPECT_THAT(codes(first), ElementsAre("ADV", "ENC", "ESS"));
  EXPECT_EQ(first.find("items")->items()[2].find("lender_codes")->items()[0].as_string(), "ADV");
  auto const cursor = std::string(first.find("next_cursor")->as_string());
  auto const second = get("entitlements", "limit=3&cursor=" + cursor);
  EXPECT_THAT(codes(second), ElementsAre("PRM"));
  EXPECT_EQ(second.find("next_cursor"), nullptr);
  get("products", "cursor=" + cursor, 422);
  EXPECT_THAT(codes(get("entitlements", "search=es")), ElementsAre("ESS"));
  EXPECT_THAT(codes(get("products", "search=%E9%A2%A8")), ElementsAre("KZ-1"));
  EXPECT_THAT(codes(get("products", "search=zz")), IsEmpty());
  EXPECT_EQ(get("products").find("items")->items()[0].find("entitlement_codes")->items().size(), 2u);
}

}  // namespace
}  // namespace menkyo::catalog
