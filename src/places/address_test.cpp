#include "places/address.hpp"

#include <gtest/gtest.h>

#include <map>

namespace menkyo::places {
namespace {

PostalAddress tokyo() {
  PostalAddress a;
  a.country = "JP";
  a.postal_code = "107-6227";
  a.region = "TOKYO";
  a.city = "MINATO";
  a.line1 = "9-7-1 AKASAKA";
  a.line2 = "MIDTOWN TOWER";
  return a;
}

// The code of what is wrong by the member's pointer.
template <class A>
std::map<std::string, std::string> faults(A const& address) {
  wire::Errors errors;
  auto const read = normalize_address(address, "/address", errors);
  EXPECT_EQ(bool(read), errors.empty());
  std::map<std::string, std::string> out;
  for (auto const& e : errors) {
    EXPECT_FALSE(e.detail.empty());
    EXPECT_TRUE(out.emplace(e.path, e.code).second) << e.path << " is said to be wrong twice";
  }
  return out;
}
using Faults = std::map<std::string, std::string>;

template <class A>
std::string normalized(A const& address) {
  wire::Errors errors;
  auto const read = normalize_address(address, "", errors);
  return read ? wire::to_json(*read) : errors.at(0).path + " " + errors.at(0).code;
}

TEST(NormalizeAddress, brings_it_into_one_spelling) {
  std::string const wanted =
      R"({"country":"JP","postal_code":"107-6227","region":"JP-13","city":"MINATO","line1":"9-7-1 AKASAKA",)"
      R"("line2":"MIDTOWN TOWER"})";
  EXPECT_EQ(normalized(tokyo()), wanted);

  auto typed = tokyo();
  typed.country = "jp";
  typed.postal_code = "〒１０７ー６２２７";
  typed.region = "東京都";
  typed.city = " ＭＩＮＡＴＯ\u3000";
  typed.line1 = "９ー７ー１\n ＡＫＡＳＡＫＡ";
  typed.line2 = "\u200fMIDTOWN\u00a0 TOWER\u200b";
  EXPECT_EQ(normalized(typed), wanted);

  // What is in one spelling stays so.
  wire::Errors errors;
  auto const once = normalize_address(typed, "", errors);
  ASSERT_TRUE(once);
  EXPECT_EQ(normalized(*once), wanted);
}

TEST(NormalizeAddress, knows_a_region_by_code_and_names) {
  for (auto const* text : {"TOKYO", "Tokyo", "tokyo", "ＴＯＫＹＯ", "東京都", "JP-13", "jp-13", " Tokyo "}) {
    auto a = tokyo();
    a.region = text;
    EXPECT_EQ(faults(a), Faults{}) << text;
  }
  for (auto const* text : {"TOKIO", "13", "JP-99", "US-CA", "🗼", "<b>TOKYO</b>"}) {
    auto a = tokyo();
    a.region = text;
    EXPECT_EQ(faults(a), (Faults{{"/address/region", "unknown_region"}})) << text;
  }
}

TEST(NormalizeAddress, leaves_absent_what_is_blank) {
  PostalAddress a;
  a.country = "SG";
  a.postal_code = "546080";
  a.region = " ";
  a.city = "SINGAPORE";
  a.line1 = "1 MARINA BOULEVARD";
  a.line2 = "\u3000";
  EXPECT_EQ(normalized(a),
            R"({"country":"SG","postal_code":"546080","city":"SINGAPORE","line1":"1 MARINA BOULEVARD"})");
}

TEST(NormalizeAddress, asks_for_what_the_country_needs) {
  PostalAddress a;
  a.country = "JP";
  a.city = "MINATO";
  a.line1 = "9-7-1 AKASAKA";
  EXPECT_EQ(faults(a), (Faults{{"/address/region", "missing"}, {"/address/postal_code", "missing"}}));
  a.country = "HK";  // districts that ISO 3166-2 does not list, and no postal codes
  EXPECT_EQ(faults(a), (Faults{{"/address/region", "missing"}}));
  a.region = "KOWLOON";
  EXPECT_EQ(faults(a), Faults{});
  a.region = "九龍";
  EXPECT_EQ(faults(a), (Faults{{"/address/region", "not_latin"}}));
  a.country = "VA";
  a.region.reset();
  EXPECT_EQ(faults(a), Faults{});
}

TEST(NormalizeAddress, says_all_that_is_wrong_at_once) {
  auto a = tokyo();
  a.postal_code = "107";
  a.region = "TOKIO";
  a.city = "港区";
  a.line1 = "";
  a.line2 = std::string(10000, 'x');
  EXPECT_EQ(faults(a), (Faults{{"/address/postal_code", "not_a_postal_code"},
                               {"/address/region", "unknown_region"},
                               {"/address/city", "not_latin"},
                               {"/address/line1", "empty"},
                               {"/address/line2", "too_long"}}));
  // Without a country nothing that depends on it can be judged.
  for (auto const* country : {"XX", "", "J", "日本", "JPN", "zz", "\u200b", "<>"}) {
    a.country = country;
    EXPECT_EQ(faults(a), (Faults{{"/address/country", "unknown_country"},
                                 {"/address/city", "not_latin"},
                                 {"/address/line1", "empty"},
                                 {"/address/line2", "too_long"}}))
        << country;
  }
}

struct Line {
  std::string text, wanted;  // what is stored, or the code of what is wrong
};

TEST(NormalizeAddress, keeps_latin_letters) {
  for (auto const& line : std::vector<Line>{
           {"9-7-1 AKASAKA", "9-7-1 AKASAKA"},
           {"１－２－３　ＧＩＮＺＡ", "1-2-3 GINZA"},
           {"1ー2ー3 GINZA", "1-2-3 GINZA"},
           {"1−2–3 GINZA", "1-2-3 GINZA"},
           {"Bahnhofstraße 5", "Bahnhofstraße 5"},
           {"Champs-Élysées, n° 10", "Champs-Élysées, n° 10"},
           {"Champs-E\u0301lyse\u0301es", "Champs-Élysées"},
           {"Đường Nguyễn Huệ 1", "Đường Nguyễn Huệ 1"},
           {"Ōtemachi “Tower” 1–2", "Ōtemachi “Tower” 1-2"},
           {"C/O M & T, #5 (B1)", "C/O M & T, #5 (B1)"},
           {"<script>alert(1)</script>", "<script>alert(1)</script>"},  // text like any other; pages escape it
           {"a\r\nb\tc", "a b c"},
           {"a\u200bb\u200e \u2066c\u2069", "ab c"},
           {"№ 5", "No 5"},
           {"", "empty"},
           {" \n\u3000", "empty"},
           {"\u200b\u200f", "empty"},
           {std::string(200, 'x'), std::string(200, 'x')},
           {std::string(201, 'x'), "too_long"},
           {std::string(10000, 'x'), "too_long"},
           {"港区赤坂9-7-1", "not_latin"},
           {"ｱｶｻｶ 9", "not_latin"},
           {"あかさか", "not_latin"},
           {"улица 1", "not_latin"},
           {"οδός 1", "not_latin"},
           {"شارع 1", "not_latin"},
           {"Аkasaka", "not_latin"},  // its first letter is Cyrillic
           {"赤坂ー9", "not_latin"},
           {"9-7-1 🏢", "not_latin"},
           {"9「7」", "not_latin"},
           {"\xff\xfe", "not_latin"},
           {"١٢٣", "not_latin"},
       }) {
    PostalAddress a;
    a.country = "VA";
    a.city = "X";
    a.line1 = line.text;
    wire::Errors errors;
    auto const read = normalize_address(a, "", errors);
    EXPECT_EQ(read ? std::string(read->line1) : errors.at(0).code, line.wanted) << line.text;
  }
}

// A ligature of one character becomes eighteen.
TEST(NormalizeAddress, holds_the_limits_after_folding) {
  auto a = tokyo();
  a.city.clear();
  for (int i = 0; i < 60; ++i) a.city += "ﬃ";
  EXPECT_EQ(faults(a), (Faults{{"/address/city", "too_long"}}));
}

// Between the JSON of a request and the rules: limits are those of the struct.
TEST(PostalAddress, is_read_from_json) {
  auto const decode = [](std::string const& text) {
    wire::Errors errors;
    PostalAddress out;
    wire::decode(wire::json::parse(text), out, "", errors);
    std::string faults;
    for (auto const& e : errors) faults += e.path + " " + e.code + ";";
    return faults;
  };
  EXPECT_EQ(decode(R"({"country":"JP","city":"MINATO","line1":"9-7-1"})"), "");
  EXPECT_EQ(decode(R"({"country":"JPN","city":"","line2":2,"fax":"1"})"),
            "/country too_long;/city empty;/line1 missing;/line2 wrong_type;/fax unknown_field;");
}

}  // namespace
}  // namespace menkyo::places
