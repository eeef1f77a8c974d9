#include "places/places.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/csv.hpp"
#include "tests/support/api_client.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::places {
namespace {

TEST(Countries, are_all_of_iso_3166_1) {
  EXPECT_EQ(countries().size(), 249U);
  EXPECT_TRUE(
      std::is_sorted(countries().begin(), countries().end(), [](auto& a, auto& b) { return a.code < b.code; }));
  for (auto const& c : countries()) {
    EXPECT_EQ(c.code.size(), 2U);
    EXPECT_FALSE(c.name_en.empty() || c.name_ja.empty()) << c.code;
    // Each has a Japanese name: kana or kanji, never the English one.
    EXPECT_GE(uint8_t(c.name_ja.front()), 0xE3) << c.code;
  }
  EXPECT_EQ(find_country("JP")->name_ja, "日本");
  EXPECT_EQ(find_country("KR")->name_ja, "韓国");
  EXPECT_EQ(find_country("GE")->name_ja, "ジョージア");
  EXPECT_EQ(find_country("TW")->name_en, "Taiwan");
}

TEST(Countries, are_found_by_code) {
  EXPECT_EQ(find_country("JP"), find_country("jp"));
  EXPECT_EQ(find_country("ＪＰ"), find_country("JP"));
  for (auto const* code : {"", "J", "JPN", "XX", "AA", "日本", "Japan", "\xff", "J P", "\u200b"})
    EXPECT_EQ(find_country(code), nullptr) << code;
  EXPECT_EQ(find_country(std::string(10000, 'J')), nullptr);
}

TEST(Regions, are_of_the_first_level) {
  auto const& japan = *find_country("JP");
  ASSERT_EQ(japan.regions.size(), 47U);
  EXPECT_EQ(japan.regions[12].code, "JP-13");
  EXPECT_EQ(japan.regions[12].name_en, "Tokyo");
  EXPECT_EQ(japan.regions[12].name_ja, "東京都");
  for (auto const& prefecture : japan.regions)
    EXPECT_TRUE(prefecture.name_ja.ends_with("県") || prefecture.name_ja.ends_with("府") ||
                prefecture.name_ja == "東京都" || prefecture.name_ja == "北海道")
        << prefecture.name_ja;
  EXPECT_EQ(find_country("GB")->regions.size(), 4U);  // none of their counties
  EXPECT_EQ(find_country("US")->regions.size(), 57U);
  EXPECT_TRUE(find_country("HK")->regions.empty());
}

TEST(Regions, belong_to_their_countries_and_have_codes_of_their_own) {
  std::set<std::string_view> codes;
  for (auto const& country : countries())
    for (auto const& region : country.regions) {
      EXPECT_TRUE(region.code.starts_with(std::string(country.code) + "-")) << region.code;
      EXPECT_TRUE(codes.insert(region.code).second) << region.code;
      EXPECT_EQ(find_region(country, region.code), &region);
      EXPECT_FALSE(region.name_en.empty() || region.name_ja.empty()) << region.code;
      EXPECT_TRUE(is_utf8(region.name_en) && is_utf8(region.name_ja)) << region.code;
    }
  EXPECT_GT(codes.size(), 3700U);
}

TEST(Regions, are_found_by_name_unless_two_have_it) {
  auto const& japan = *find_country("JP");
  EXPECT_EQ(find_region(japan, "OSAKA")->code, "JP-27");
  EXPECT_EQ(find_region(japan, "大阪府")->code, "JP-27");
  EXPECT_EQ(find_region(japan, "California"), nullptr);
  EXPECT_EQ(find_region(japan, ""), nullptr);
  auto const& taiwan = *find_country("TW");
  EXPECT_EQ(find_region(taiwan, "Chiayi"), nullptr);
  EXPECT_EQ(find_region(taiwan, "TW-CYI")->name_en, "Chiayi");
}

// Both are for people who have no account yet.
class PlaceRoutes : public ::testing::TestWithParam<std::string> {
 protected:
  test::TestDatabase db{GetParam()};
  api::Services services;
  api::Dispatcher dispatcher{{.routes = routes(),
                              .database = &db.open(),
                              .services = &services,
                              .authenticate = [](db::ReadTx&, api::Request const&) { return api::Caller{}; }}};
  test::ApiClient client{dispatcher};
};
MENKYO_ON_BOTH_DATABASES(PlaceRoutes);

TEST_P(PlaceRoutes, list_the_countries) {
  auto const answer = client.get("/api/v1/countries");
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("cache-control"), "public, max-age=86400");
  auto const& items = answer.json.at("items").items();
  ASSERT_EQ(items.size(), 249U);
  auto const text_of = [&](std::string_view code) {
    for (auto const& item : items)
      if (item.at("code").as_string() == code) return test::json::to_text(item);
    return std::string();
  };
  EXPECT_EQ(text_of("JP"),
            R"({"code":"JP","name_ja":"日本","name_en":"Japan","has_regions":true,"region_required":true,)"
            R"("postal_code_required":true,"postal_code_example":"107-6227","calling_code":81})");
  EXPECT_EQ(text_of("AQ"),
            R"({"code":"AQ","name_ja":"南極","name_en":"Antarctica","has_regions":false,"region_required":false,)"
            R"("postal_code_required":false})");
  EXPECT_LT(answer.body.size(), 60000U);
}

TEST_P(PlaceRoutes, list_the_regions_of_a_country) {
  auto const answer = client.get("/api/v1/countries/JP/regions");
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("cache-control"), "public, max-age=86400");
  auto const& items = answer.json.at("items").items();
  ASSERT_EQ(items.size(), 47U);
  EXPECT_EQ(test::json::to_text(items[12]), R"({"code":"JP-13","name_ja":"東京都","name_en":"Tokyo"})");
  EXPECT_EQ(client.get("/api/v1/countries/jp/regions").body, answer.body);
  EXPECT_EQ(client.get("/api/v1/countries/HK/regions").body, R"({"items":[]})");
}

TEST_P(PlaceRoutes, know_no_other_countries) {
  for (auto const* country : {"XX", "JPN", "J", "%E6%97%A5%E6%9C%AC", "..", "%3Cb"}) {
    auto const answer = client.get("/api/v1/countries/" + std::string(country) + "/regions");
    EXPECT_EQ(answer.status, 404) << country;
    EXPECT_EQ(answer.header("cache-control"), "") << country;
  }
  EXPECT_EQ(client.get("/api/v1/countries?limit=1").status, 422);
  EXPECT_EQ(client.get("/api/v1/countries/JP/regions?language=ja").status, 422);
}

}  // namespace
}  // namespace menkyo::places
