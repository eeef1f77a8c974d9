// Pages at their limits: accounts larger than one look, what the catalogue lost, places that are gone.

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/support/branches.hpp"

namespace menkyo::licenses {
namespace {

using access::Role;
using std::chrono::days;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class OddPages : public test::Branches {
 protected:
  // Virtual accounts that come after all others in the order of the tree.
  void add_many(int64_t count) {
    struct Row {
      SmartAccountId account;
      Bytes id;
      int64_t number;
      std::string path, sort_path, name;
    };
    std::vector<Row> rows;
    for (int64_t i = 0; i < count; ++i) {
      auto const digits = std::to_string(1'000'000 + i);
      Bytes id(digits.begin(), digits.end());
      id.resize(16);
      rows.push_back({tenant.account, id, 1'000'000 + i, "/" + digits + "/", "~" + digits, "Branch " + digits});
    }
    tenant.db->write([&](db::Tx& tx) {
      tx.exec_many(
          "insert into virtual_account (smart_account_id, virtual_account_id, number, path, sort_path, depth, name, "
          "description, is_default, commerce_access, created_at, version) select a, v, n, p, s, 0, t, '', 1 = 0, "
          "'PUBLIC', 0, 1 from {rows: a bytea, v bytea, n bigint, p text, s text, t text} r where true",
          rows);
    });
  }
};
MENKYO_ON_BOTH_DATABASES(OddPages);

// A search looks at a bounded number of virtual accounts, ends short, and goes on where it stopped.
TEST_P(OddPages, a_search_through_a_large_account_goes_on_from_page_to_page) {
  add_many(20'001);
  auto const first = overview("?search=1020000&limit=1");
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_THAT(first.json.at("items").items(), IsEmpty());
  auto const second = overview("?search=1020000&limit=1&cursor=" + first.json.at("next_cursor").as_string());
  EXPECT_THAT(texts(second.json.at("items"), "name"), ElementsAre("Branch 1020000"));
  EXPECT_FALSE(second.json.find("next_cursor"));
}

TEST_P(OddPages, a_page_that_goes_on_from_a_place_that_is_gone_is_refused) {
  auto const cursor = overview("?limit=1").json.at("next_cursor").as_string();
  EXPECT_EQ(overview("?limit=1&cursor=" + cursor).status, 200);
  tenant.db->write([&](db::Tx& tx) { tx.exec("delete from virtual_account where virtual_account_id = $1", top); });
  auto const refused = overview("?limit=1&cursor=" + cursor);
  EXPECT_EQ(refused.code(), "invalid");
  EXPECT_THAT(refused.body, HasSubstr("not_a_cursor"));
}

TEST_P(OddPages, a_page_behind_which_everything_went_is_empty) {
  auto const cursor = overview("?limit=1").json.at("next_cursor").as_string();
  tenant.db->write([&](db::Tx& tx) { tx.exec("delete from virtual_account where virtual_account_id <> $1", top); });
  auto const rest = overview("?limit=1&cursor=" + cursor);
  ASSERT_EQ(rest.status, 200) << rest.body;
  EXPECT_THAT(rest.json.at("items").items(), IsEmpty());
  EXPECT_FALSE(rest.json.find("next_cursor"));
}

// The pages of somebody who reaches two subtrees are in the order of the whole tree.
TEST_P(OddPages, two_subtrees_are_one_list) {
  tenant.add_virtual_account("East 1", east);
  tenant.grant(local, Role::va_viewer, west);
  std::vector<std::string> seen;
  std::string cursor;
  do {
    auto const page = overview("?limit=1" + cursor, local);
    ASSERT_EQ(page.status, 200) << page.body;
    for (auto const& name : texts(page.json.at("items"), "name")) seen.push_back(name);
    auto const* next = page.json.find("next_cursor");
    cursor = next ? "&cursor=" + next->as_string() : "";
  } while (!cursor.empty() && seen.size() < 9);
  EXPECT_THAT(seen, ElementsAre("East", "East 1", "West"));
}

// Who searches finds what is reached and nothing else, page by page, together with a filter, too.
TEST_P(OddPages, a_search_finds_what_is_reached) {
  tenant.add_virtual_account("East 1", east);
  auto const found = [&](std::string const& query, auto const& person) {
    std::vector<std::string> seen;
    std::string cursor;
    do {
      auto const page = overview("?limit=1&search=" + query + cursor, person);
      EXPECT_EQ(page.status, 200) << page.body;
      for (auto const& name : texts(page.json.at("items"), "name")) seen.push_back(name);
      auto const* next = page.json.find("next_cursor");
      cursor = next ? "&cursor=" + next->as_string() : "";
    } while (!cursor.empty() && seen.size() < 9);
    return seen;
  };
  EXPECT_THAT(found("st", viewer), ElementsAre("East", "East 1", "West"));
  EXPECT_THAT(found("EAST", local), ElementsAre("East", "East 1"));
  EXPECT_THAT(found("west", local), IsEmpty());
  EXPECT_THAT(found("st&status=out_of_compliance", viewer), IsEmpty());
  use(east, "ESS", 3);
  EXPECT_THAT(found("st&status=out_of_compliance", viewer), ElementsAre("East"));
  EXPECT_THAT(found("st&status=in_compliance", viewer), ElementsAre("East 1", "West"));
}

// What ended elsewhere since the totals were stored is nobody's business here.
TEST_P(OddPages, terms_that_passed_elsewhere_do_not_count) {
  auto const end = in(days(30));
  deposit_to(west, "ADV", 6, end);
  deposit_to(east, "ENC", 4);
  tenant.db.clock.set(end);
  for (auto const& person : {local, viewer}) {
    auto const answer = overview("", person);
    EXPECT_EQ(answer.json.at("totals").at("owned").as_int(), 4) << answer.body;
  }
}

TEST_P(OddPages, what_the_catalogue_lost_is_shown_by_its_id) {
  auto const [lost, product] =
      tenant.db->write([](db::Tx& tx) { return std::pair(tx.new_id<EntitlementId>(), tx.new_id<ProductId>()); });
  deposit_to(east, lost, 3);
  use(east, lost, 2, product);
  auto const row = licenses(east, "?search=" + lost.text()).json.at("items").items().at(0);
  for (auto const* name : {"code", "tag", "name_en", "name_ja"}) EXPECT_EQ(row.at(name).as_string(), lost.text());
  EXPECT_EQ(row.at("balance").as_int(), 1);
  auto const shown = tenant.client(viewer).get(tenant.path(east) + "/licenses/" + lost.text());
  ASSERT_EQ(shown.status, 200) << shown.body;
  EXPECT_EQ(shown.json.at("devices").items().at(0).at("product_name_en").as_string(), product.text());
  EXPECT_EQ(shown.json.at("devices").items().at(0).at("product_name_ja").as_string(), product.text());
  auto const name =
      tenant.db->read([&, lost = lost](db::ReadTx& tx) { return name_of(*tenant.catalogs.at(tx), lost); });
  for (auto const& text : {name.code, name.name_en, name.name_ja}) EXPECT_EQ(text, lost.text());
}

TEST_P(OddPages, loans_between_others_are_not_shown) {
  deposit_to(east, "PRM", 4);
  deposit_to(east, "ESS", 1);
  use(east, "ADV", 1);
  auto const loans = [&](std::string const& code) {
    auto const path = tenant.path(east) + "/licenses/" + tenant.entitlement(code).text();
    return tenant.client(viewer).get(path).json.at("loans").items().size();
  };
  EXPECT_EQ(loans("PRM"), 1U);
  EXPECT_EQ(loans("ADV"), 1U);
  EXPECT_EQ(loans("ESS"), 0U);
}

TEST_P(OddPages, licenses_are_found_by_their_tag) {
  deposit_to(east, "PRM", 4);
  deposit_to(east, "ENC", 1);
  EXPECT_THAT(texts(licenses(east, "?search=1.0_enc").json.at("items"), "code"), ElementsAre("ENC"));
}

TEST_P(OddPages, a_table_for_download_names_all_types) {
  deposit_to(east, "ENC", 1, in(days(5)));
  deposit_to(east, "ENC", 1);
  EXPECT_THAT(tenant.client(viewer).get(tenant.path(east) + "/licenses.csv").body, HasSubstr(",PERPETUAL|TERM,"));
}

TEST_P(OddPages, a_table_for_download_that_was_cut_says_so) {
  struct Row {
    SmartAccountId account;
    VirtualAccountId va;
    Bytes entitlement;
  };
  auto const download_of = [&](int64_t count) {
    std::vector<Row> rows;
    for (int64_t i = 0; i < count; ++i) {
      auto const text = std::to_string(1'000'000 + i);
      rows.push_back({tenant.account, east, Bytes(text.begin(), text.end())});
      rows.back().entitlement.resize(16);
    }
    tenant.db->write([&](db::Tx& tx) {
      tx.exec("delete from position");
      tx.exec_many(
          "insert into position (smart_account_id, virtual_account_id, entitlement_id, owned, in_use, reserved, "
          "borrowed, lent, short, next_boundary_at) select a, v, e, 0, 0, 0, 0, 0, 0, 9223372036854775807 from "
          "{rows: a bytea, v bytea, e bytea} r where true",
          rows);
    });
    return tenant.client(viewer).get(tenant.path(east) + "/licenses.csv");
  };
  auto const lines = [](test::Answer const& table) { return std::count(table.body.begin(), table.body.end(), '\n'); };
  auto const whole = download_of(download_limit), cut = download_of(download_limit + 1);
  EXPECT_EQ(lines(whole), download_limit + 1);
  EXPECT_EQ(whole.header("menkyo-truncated"), "");
  EXPECT_EQ(lines(cut), download_limit + 1);
  EXPECT_EQ(cut.header("menkyo-truncated"), "true");
}

}  // namespace
}  // namespace menkyo::licenses
