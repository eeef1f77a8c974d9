#include <gtest/gtest.h>

#include <algorithm>

#include "places/address.hpp"

namespace menkyo::places {
namespace {

std::string read(std::string const& country, std::string const& text) {
  wire::Errors errors;
  auto const code = read_postal_code(*find_country(country), text, "/postal_code", errors);
  EXPECT_EQ(bool(code), errors.empty()) << text;
  if (code) return *code;
  EXPECT_EQ(errors.at(0).path, "/postal_code");
  EXPECT_FALSE(errors.at(0).detail.empty());
  return errors.at(0).code;
}

struct Row {
  std::string country, text, code;
};

TEST(ReadPostalCode, brings_it_into_the_form_of_the_country) {
  for (auto const& row : std::vector<Row>{
           {"JP", "107-6227", "107-6227"},
           {"JP", "1076227", "107-6227"},
           {"JP", "107 6227", "107-6227"},
           {"JP", "〒107-6227", "107-6227"},
           {"JP", "〒 1076227", "107-6227"},
           {"JP", "〒１０７－６２２７", "107-6227"},
           {"JP", "１０７ー６２２７", "107-6227"},
           {"JP", "107−6227", "107-6227"},
           {"JP", "107–6227", "107-6227"},
           {"JP", " 107-6227\n", "107-6227"},
           {"JP", "JP-107-6227", "107-6227"},
           {"US", "95014", "95014"},
           {"US", "22162-1010", "22162-1010"},
           {"US", "221621010", "22162-1010"},
           {"GB", "ec1y8sy", "EC1Y 8SY"},
           {"GB", "SW1A 1AA", "SW1A 1AA"},
           {"GB", "M2 5BQ", "M2 5BQ"},
           {"GB", "M345BQ", "M34 5BQ"},
           {"GB", "W1A 4ZZ", "W1A 4ZZ"},
           {"GB", "DN16 9AA", "DN16 9AA"},
           {"GB", "bfpo61", "BFPO 61"},
           {"JE", "je11aa", "JE1 1AA"},
           {"CA", "k1a0b1", "K1A 0B1"},
           {"CA", "K1A-0B1", "K1A 0B1"},
           {"NL", "1234ab", "1234 AB"},
           {"IE", "A65F4E2", "A65 F4E2"},
           {"DE", "10115", "10115"},
           {"DE", "DE-10115", "10115"},
           {"CH", "CH-8001", "8001"},
           {"FR", "75 008", "75008"},
           {"SE", "11455", "114 55"},
           {"CZ", "11000", "110 00"},
           {"PL", "00950", "00-950"},
           {"PT", "1250096", "1250-096"},
           {"BR", "70002900", "70002-900"},
           {"KR", "03051", "03051"},
           {"CN", "100096", "100096"},
           {"TW", "10603", "10603"},
           {"TW", "106409", "106409"},
           {"SG", "546080", "546080"},
           {"LV", "1073", "LV-1073"},
           {"LV", "lv1073", "LV-1073"},
           {"AD", "500", "AD500"},
           {"KY", "1-1100", "KY1-1100"},
           {"AR", "c1070aam", "C1070AAM"},
           {"MT", "VCT1753", "VCT 1753"},
           {"FK", "fiqq1zz", "FIQQ 1ZZ"},
           // No form is known: as it comes.
           {"HK", "999077", "999077"},
           {"AE", "  P.O.  Box 1 ", "P.O. Box 1"},
           {"KP", "１２", "12"},
       })
    EXPECT_EQ(read(row.country, row.text), row.code) << row.country << " " << row.text;
}

TEST(ReadPostalCode, says_what_is_wrong) {
  for (auto const& row : std::vector<Row>{
           {"JP", "", "empty"},
           {"JP", " \u3000 ", "empty"},
           {"JP", "\u200b", "empty"},
           {"JP", "〒", "not_a_postal_code"},
           {"JP", "107", "not_a_postal_code"},
           {"JP", "107-62278", "not_a_postal_code"},
           {"JP", "107-622", "not_a_postal_code"},
           {"JP", "107-622A", "not_a_postal_code"},
           {"JP", "一〇七六二二七", "not_a_postal_code"},
           {"JP", "107_6227", "not_a_postal_code"},
           {"JP", "107-6227📮", "not_a_postal_code"},
           {"JP", "<b>107-6227</b>", "not_a_postal_code"},
           {"JP", "107-6227; 108-0001", "not_a_postal_code"},
           {"JP", "95014", "not_a_postal_code"},
           {"JP", std::string(10000, '1'), "not_a_postal_code"},
           {"JP", "\xff\xfe", "not_a_postal_code"},
           {"JP", std::string("107\0006227", 8), "107-6227"},  // a control is a space between
           {"US", "9501", "not_a_postal_code"},
           {"US", "95014-10", "not_a_postal_code"},
           {"US", "SW1A 1AA", "not_a_postal_code"},
           {"GB", "95014", "not_a_postal_code"},
           {"GB", "SW1A", "not_a_postal_code"},
           {"IE", "A65 F4E", "not_a_postal_code"},
           {"LV", "LT-1073", "not_a_postal_code"},
           {"GI", "GX12 1AA", "not_a_postal_code"},
           {"HK", "", "empty"},
           {"HK", std::string(21, '1'), "too_long"},
           {"HK", "香港", "not_latin"},
           {"HK", "📮", "not_latin"},
       })
    EXPECT_EQ(read(row.country, row.text), row.code) << row.country << " " << row.text;
}

TEST(ReadPostalCode, ignores_what_cannot_be_seen) {
  EXPECT_EQ(read("JP", "\u200f107\u200b-6227\u202c"), "107-6227");
  EXPECT_EQ(read("JP", "\ufeff1076227"), "107-6227");
}

TEST(ReadPostalCode, shows_an_example) {
  wire::Errors errors;
  read_postal_code(*find_country("JP"), "107", "", errors);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].detail, "must look like 107-6227");
}

// The table itself: each example is a code in its country's first form, and what is written in a form stays as it is.
TEST(PostalCodes, have_examples_in_their_forms) {
  size_t with_form = 0;
  for (auto const& country : countries()) {
    if (country.postal_code_forms.empty()) {
      EXPECT_TRUE(country.postal_code_example.empty() && !country.postal_code_required) << country.code;
      continue;
    }
    ++with_form;
    EXPECT_EQ(read(std::string(country.code), std::string(country.postal_code_example)), country.postal_code_example);
    for (auto form : country.postal_code_forms) {
      std::string code(form);
      std::replace(code.begin(), code.end(), '#', '7');
      std::replace(code.begin(), code.end(), '@', 'Q');
      std::replace(code.begin(), code.end(), '*', 'Q');
      EXPECT_EQ(read(std::string(country.code), code), code) << country.code;
    }
  }
  EXPECT_GT(with_form, 170U);
}

}  // namespace
}  // namespace menkyo::places
