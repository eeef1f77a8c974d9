#include "licenses/routes.hpp"

#include <gmock/gmock.h>

#include "licenses/store.hpp"
#include "tests/support/branches.hpp"

namespace menkyo::licenses {
namespace {

using std::chrono::days;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class LicenseRoutes : public test::Branches {};
MENKYO_ON_BOTH_DATABASES(LicenseRoutes);

TEST_P(LicenseRoutes, the_overview_keeps_shortage_and_surplus_apart) {
  deposit_to(top, "PRM", 10);
  deposit_to(east, "ESS", 2);
  deposit_to(east, "ENC", 4);
  use(east, "ESS", 5);
  auto const answer = overview();
  ASSERT_EQ(answer.status, 200) << answer.body;
  auto const& items = answer.json.at("items");
  EXPECT_THAT(texts(items, "name"), ElementsAre("Head office", "East", "West"));
  auto const& row = items.items()[1];
  EXPECT_EQ(row.at("path_names").items().size(), 2u);
  EXPECT_EQ(row.at("path_names").items()[0].as_string(), "Head office");
  EXPECT_EQ(row.at("depth").as_int(), 2);
  EXPECT_EQ(row.at("short").as_int(), 3);
  EXPECT_EQ(row.at("surplus").as_int(), 4);
  EXPECT_EQ(row.at("status").as_string(), "out_of_compliance");
  EXPECT_EQ(row.at("device_count").as_int(), 1);
  auto const& totals = answer.json.at("totals");
  EXPECT_EQ(totals.at("owned").as_int(), 16);
  EXPECT_EQ(totals.at("short").as_int(), 3);
  EXPECT_EQ(totals.at("surplus").as_int(), 14);
  EXPECT_EQ(totals.at("out_of_compliance_count").as_int(), 1);
}

TEST_P(LicenseRoutes, the_overview_shows_only_what_the_caller_reaches) {
  deposit_to(top, "PRM", 10);
  deposit_to(east, "ESS", 2, in(days(10)));
  auto const answer = overview("", local);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(texts(answer.json.at("items"), "name"), ElementsAre("East"));
  EXPECT_THAT(answer.body, Not(HasSubstr("Head office")));
  EXPECT_EQ(answer.json.at("totals").at("owned").as_int(), 2);
  EXPECT_EQ(answer.json.at("totals").at("expiring").as_int(), 2);
  EXPECT_EQ(overview("", stranger).code(), "not_found");
  EXPECT_EQ(overview("", approver).code(), "forbidden");
}

TEST_P(LicenseRoutes, the_overview_is_exact_after_a_term_passed) {
  auto const end = in(days(30));
  deposit_to(east, "ADV", 6, end);
  use(east, "ESS", 6);
  EXPECT_EQ(overview().json.at("items").items()[1].at("borrowed").as_int(), 6);
  EXPECT_EQ(overview().json.at("totals").at("expiring").as_int(), 6);
  tenant.db.clock.set(end - Duration(1));
  EXPECT_EQ(overview("?status=out_of_compliance").json.at("items").items().size(), 0u);
  tenant.db.clock.set(end);
  auto const answer = overview("?status=out_of_compliance");
  ASSERT_EQ(answer.json.at("items").items().size(), 1u) << answer.body;
  auto const& row = answer.json.at("items").items()[0];
  EXPECT_EQ(row.at("owned").as_int(), 0);
  EXPECT_EQ(row.at("borrowed").as_int(), 0);
  EXPECT_EQ(row.at("short").as_int(), 6);
  EXPECT_EQ(row.at("expiring").as_int(), 0);
  EXPECT_EQ(answer.json.at("totals").at("short").as_int(), 6);
  EXPECT_EQ(answer.json.at("totals").at("out_of_compliance_count").as_int(), 1);
  EXPECT_EQ(overview("", local).json.at("totals").at("short").as_int(), 6);
  // The job finds the same.
  tenant.db->write([&](db::Tx& tx) { settle_due(tx, tenant.vault, *tenant.catalogs.at(tx), tenant.account, east); });
  EXPECT_EQ(overview("?status=out_of_compliance").body, answer.body);
}

TEST_P(LicenseRoutes, the_overview_goes_on_page_by_page_and_finds_names) {
  for (int i = 0; i < 5; ++i) tenant.add_virtual_account("Branch " + std::to_string(i), west);
  std::vector<std::string> seen;
  std::string cursor;
  do {
    auto const page = overview("?limit=3" + cursor);
    ASSERT_EQ(page.status, 200) << page.body;
    for (auto const& name : texts(page.json.at("items"), "name")) seen.push_back(name);
    auto const* next = page.json.find("next_cursor");
    cursor = next ? "&cursor=" + next->as_string() : "";
  } while (!cursor.empty());
  EXPECT_THAT(seen,
              ElementsAre("Head office", "East", "West", "Branch 0", "Branch 1", "Branch 2", "Branch 3", "Branch 4"));
  auto const found = overview("?search=%20BRANCH%203&limit=1");
  EXPECT_THAT(texts(found.json.at("items"), "name"), ElementsAre("Branch 3"));
  EXPECT_FALSE(found.json.find("next_cursor"));
  auto const first = overview("?limit=1").json.at("next_cursor").as_string();
  EXPECT_EQ(overview("?limit=1&status=in_compliance&cursor=" + first).code(), "invalid");
}

TEST_P(LicenseRoutes, silent_devices_are_counted) {
  use(east, "ESS", 1);
  auto const silent = [&] { return overview().json.at("totals").at("silent_device_count").as_int(); };
  auto const count = [&](int64_t change) {
    tenant.db->write([&](db::Tx& tx) {
      auto const catalog = tenant.catalogs.at(tx);
      Books books(tx, tenant.vault, *catalog);
      books.change_devices(tenant.account, east, 0, change);
      books.store({});
    });
  };
  EXPECT_EQ(silent(), 0);
  count(1);
  EXPECT_EQ(silent(), 1);
  EXPECT_EQ(overview().json.at("items").items()[1].at("silent_device_count").as_int(), 1);
  EXPECT_EQ(overview().json.at("items").items()[1].at("device_count").as_int(), 1);
  count(-1);
  EXPECT_EQ(silent(), 0);
}

// To the instant, whether or not a job has come by.
TEST_P(LicenseRoutes, licenses_are_expiring_for_their_last_ninety_days) {
  deposit_to(east, "ESS", 3, in(days(100)));
  deposit_to(east, "ESS", 4, in(days(120)));
  deposit_to(east, "ESS", 5, in(days(20)));
  deposit_to(east, "ESS", 6);
  auto const expect = [&](int64_t expiring) {
    EXPECT_EQ(overview().json.at("totals").at("expiring").as_int(), expiring);
    EXPECT_EQ(overview().json.at("items").items()[1].at("expiring").as_int(), expiring);
    EXPECT_EQ(licenses(east).json.at("items").items()[0].at("expiring").as_int(), expiring);
  };
  auto const settle = [&] {
    tenant.db->write([&](db::Tx& tx) {
      auto const due =
          tx.one<int64_t>("select count(*) from timer where kind = 'license_boundary' and due_at <= $1", tx.now());
      EXPECT_EQ(*due, 1);
      settle_due(tx, tenant.vault, *tenant.catalogs.at(tx), tenant.account, east);
    });
  };
  expect(5);
  tenant.db.clock.advance(days(10) - Duration(1));
  expect(5);
  tenant.db.clock.advance(Duration(1));
  expect(8);
  settle();
  expect(8);
  tenant.db.clock.advance(days(10));
  expect(3);  // the five have ended
  settle();
  expect(3);
  tenant.db.clock.advance(days(10));
  expect(7);
  settle();
  expect(7);
  tenant.db.clock.advance(days(90));
  expect(0);
  EXPECT_EQ(overview().json.at("totals").at("owned").as_int(), 6);
}

TEST_P(LicenseRoutes, licenses_are_filtered_found_and_sorted) {
  deposit_to(east, "PRM", 10, in(days(100)));
  deposit_to(east, "ADV", 2, in(days(50)));
  deposit_to(east, "ADV", 3);
  deposit_to(east, "ENC", 1);
  use(east, "ESS", 20);
  auto const codes = [&](std::string const& query) {
    std::vector<std::string> seen;
    std::string cursor;
    do {
      auto const page = licenses(east, "?limit=1&" + query + cursor);
      EXPECT_EQ(page.status, 200) << page.body;
      for (auto const& code : texts(page.json.at("items"), "code")) seen.push_back(code);
      auto const* next = page.json.find("next_cursor");
      cursor = next ? "&cursor=" + next->as_string() : "";
    } while (!cursor.empty() && seen.size() < 10);
    return seen;
  };
  EXPECT_THAT(codes("sort=name"), ElementsAre("ENC", "ADV", "ESS", "PRM"));
  EXPECT_THAT(codes("sort=-name"), ElementsAre("PRM", "ESS", "ADV", "ENC"));
  EXPECT_EQ(codes("sort=-short")[0], "ESS");
  // Those that never end come after all others, by id.
  EXPECT_THAT(codes("sort=next_end_at"), ElementsAre("ADV", "PRM", testing::_, testing::_));
  EXPECT_THAT(codes("status=out_of_compliance"), ElementsAre("ESS"));
  EXPECT_THAT(codes("status=in_compliance&search=pre"), ElementsAre("PRM"));
  EXPECT_THAT(codes("search=%E6%9C%80%E4%B8%8A"), ElementsAre("PRM"));
  EXPECT_EQ(licenses(east, "?sort=size").code(), "invalid");
  EXPECT_EQ(licenses(east, "?status=short").code(), "invalid");
  auto const adv = licenses(east, "?search=ADV").json.at("items").items()[0];
  EXPECT_EQ(adv.at("owned").as_int(), 5);
  EXPECT_EQ(adv.at("lent").as_int(), 5);
  EXPECT_EQ(adv.at("expiring").as_int(), 2);
  EXPECT_EQ(adv.at("license_types").items().size(), 2u);
  EXPECT_EQ(adv.at("license_types").items()[0].as_string(), "PERPETUAL");
  EXPECT_EQ(adv.at("name_ja").as_string(), "拡張");
}

TEST_P(LicenseRoutes, licenses_are_exact_after_a_term_passed) {
  auto const end = in(days(30));
  deposit_to(east, "ADV", 6, end);
  deposit_to(east, "ESS", 1, forever, days(31));
  use(east, "ESS", 6);
  auto const short_of = [&] {
    return licenses(east, "?search=ESS").json.at("items").items()[0].at("short").as_int();
  };
  EXPECT_EQ(short_of(), 0);
  tenant.db.clock.set(end);
  EXPECT_EQ(short_of(), 6);
  auto const detail = tenant.client(viewer).get(tenant.path(east) + "/licenses/" + tenant.entitlement("ADV").text());
  EXPECT_EQ(detail.json.at("position").at("owned").as_int(), 0);
  EXPECT_THAT(detail.json.at("loans").items(), IsEmpty());
  EXPECT_EQ(detail.json.at("lots").items()[0].at("status").as_string(), "ENDED");
  tenant.db.clock.advance(days(1));
  EXPECT_EQ(short_of(), 5);
}

TEST_P(LicenseRoutes, one_license_is_shown_with_lots_loans_and_devices) {
  deposit_to(east, "PRM", 4);
  deposit_to(east, "PRM", 5, in(days(20)));
  deposit_to(east, "PRM", 6, in(days(60)), days(30));
  deposit_to(west, "PRM", 9, in(days(20)));
  use(east, "PRM", 1);
  auto const device = use(east, "ESS", 2);
  use(west, "ESS", 1);
  auto const path = [&](std::string const& code) {
    return tenant.path(east) + "/licenses/" + tenant.entitlement(code).text();
  };
  auto const shown = tenant.client(viewer).get(path("PRM"));
  ASSERT_EQ(shown.status, 200) << shown.body;
  EXPECT_THAT(texts(shown.json.at("lots"), "status"), ElementsAre("ACTIVE", "FUTURE", "ACTIVE"));
  EXPECT_FALSE(shown.json.at("lots").items()[2].find("ends_at"));
  EXPECT_EQ(shown.json.at("lots").items()[0].at("source_reference").as_string(), "A-1/1");
  ASSERT_EQ(shown.json.at("loans").items().size(), 1u);
  EXPECT_EQ(shown.json.at("loans").items()[0].at("borrower_code").as_string(), "ESS");
  EXPECT_EQ(shown.json.at("loans").items()[0].at("lender_name_ja").as_string(), "最上");
  EXPECT_EQ(shown.json.at("loans").items()[0].at("quantity").as_int(), 2);
  auto const below = tenant.client(viewer).get(path("ESS"));
  EXPECT_EQ(below.json.at("device_count").as_int(), 1);
  EXPECT_EQ(below.json.at("devices").items()[0].at("device_id").as_string(), device.text());
  EXPECT_EQ(below.json.at("devices").items()[0].at("product_name_ja").as_string(), "風1");
  EXPECT_EQ(tenant.client(viewer).get(path("ENC")).code(), "not_found");
  // What ended and was settled still shows whose it was.
  tenant.db.clock.advance(days(21));
  tenant.db->write([&](db::Tx& tx) {
    for (auto const va : {east, west}) settle_due(tx, tenant.vault, *tenant.catalogs.at(tx), tenant.account, va);
  });
  auto const lots = tenant.client(viewer).get(path("PRM")).json.at("lots");
  EXPECT_THAT(texts(lots, "status"), ElementsAre("FUTURE", "ACTIVE", "ENDED"));
  EXPECT_EQ(lots.items()[2].at("quantity").as_int(), 5);
}

TEST_P(LicenseRoutes, who_may_see_licenses) {
  deposit_to(east, "PRM", 4);
  for (auto const& path : {tenant.path(east) + "/licenses", tenant.path(east) + "/licenses.csv",
                           tenant.path(east) + "/licenses/" + tenant.entitlement("PRM").text()}) {
    EXPECT_EQ(tenant.client().get(path).code(), "unauthenticated") << path;
    EXPECT_EQ(tenant.client(stranger).get(path).code(), "not_found") << path;
    EXPECT_EQ(tenant.client(local).get(path).status, 200) << path;
  }
  EXPECT_EQ(tenant.client(local).get(tenant.path(west) + "/licenses").code(), "not_found");
}

TEST_P(LicenseRoutes, a_table_for_download_holds_no_formulas) {
  deposit_to(east, "ENC", 1, in(days(5)));
  use(east, "ESS", 2);
  auto const table = tenant.client(viewer).get(tenant.path(east) + "/licenses.csv");
  ASSERT_EQ(table.status, 200);
  EXPECT_EQ(table.header("content-type"), "text/csv; charset=utf-8");
  EXPECT_TRUE(
      table.body.starts_with("\xEF\xBB\xBF"
                             "entitlement_id,code,"));
  EXPECT_THAT(
      table.body,
      HasSubstr(",\"'=Encryption\",暗号,RTR,true,true,1,0,0,0,0,1,0,2026-01-06T00:00:00Z,1,TERM,in_compliance\r\n"));
  EXPECT_THAT(table.body, HasSubstr(",0,2,0,0,0,-2,2,,0,,out_of_compliance\r\n"));
  EXPECT_THAT(tenant.client(viewer).get(tenant.path(east) + "/licenses.csv?status=out_of_compliance").body,
              Not(HasSubstr("Encryption")));
}

}  // namespace
}  // namespace menkyo::licenses
