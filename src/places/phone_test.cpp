#include "places/phone.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace menkyo::places {
namespace {

struct Typed {
  std::string country, text;
  std::string e164;  // or the code of what is wrong, in capitals
  std::string extension{};
};

// "+81364341234", with its extension if it has one, or what is wrong.
Typed read(std::string const& country, std::string const& text) {
  wire::Errors errors;
  auto const phone = read_phone(*find_country(country), text, "/phone", errors);
  EXPECT_EQ(bool(phone), errors.empty()) << text;
  if (phone) return {country, text, phone->e164, phone->extension};
  EXPECT_EQ(errors.size(), 1U) << text;
  EXPECT_EQ(errors[0].path, "/phone");
  EXPECT_FALSE(errors[0].detail.empty());
  return {country, text, errors[0].code, ""};
}

void expect_all(std::vector<Typed> const& rows) {
  for (auto const& row : rows) {
    auto const got = read(row.country, row.text);
    EXPECT_EQ(got.e164, row.e164) << row.country << " " << row.text;
    EXPECT_EQ(got.extension, row.extension) << row.country << " " << row.text;
  }
}

TEST(ReadPhone, takes_a_number_as_people_write_it) {
  expect_all({
      {"JP", "03-6434-1234", "+81364341234"},
      {"JP", "3-6434-1234", "+81364341234"},
      {"JP", "0364341234", "+81364341234"},
      {"JP", "364341234", "+81364341234"},
      {"JP", "03 6434 1234", "+81364341234"},
      {"JP", "(03)6434-1234", "+81364341234"},
      {"JP", "03.6434.1234", "+81364341234"},
      {"JP", "+81 3 6434 1234", "+81364341234"},
      {"JP", "+81-3-6434-1234", "+81364341234"},
      {"JP", "+81 (0)3 6434 1234", "+81364341234"},
      {"JP", "+81364341234", "+81364341234"},
      {"JP", "81-3-6434-1234", "+81364341234"},
      {"JP", "010 81 3 6434 1234", "+81364341234"},
      {"JP", "tel:+81-3-6434-1234", "+81364341234"},
      {"JP", "０３－６４３４－１２３４", "+81364341234"},
      {"JP", "０３ー６４３４ー１２３４", "+81364341234"},
      {"JP", "０３（６４３４）１２３４", "+81364341234"},
      {"JP", "＋８１　３　６４３４　１２３４", "+81364341234"},
      {"JP", "03–6434–1234", "+81364341234"},
      {"JP", "03−6434−1234", "+81364341234"},
      {"JP", "  03-6434-1234\n", "+81364341234"},
      {"JP", "090-1234-5678", "+819012345678"},
      {"JP", "80-1234-5678", "+818012345678"},
      {"JP", "050-1234-5678", "+815012345678"},
      {"JP", "0120-123-456", "+81120123456"},
      {"JP", "06-6341-1234", "+81663411234"},
      {"JP", "011-231-1234", "+81112311234"},
      {"US", "(650) 253-0000", "+16502530000"},
      {"US", "1-650-253-0000", "+16502530000"},
      {"US", "1-800-356-9377", "+18003569377"},
      {"JP", "03/6434/1234", "+81364341234"},
      {"CA", "+1 212 736 5000", "+12127365000"},  // one numbering plan with the USA
      {"GB", "020 7946 0958", "+442079460958"},
      {"GB", "+44 (0)20 7946 0958", "+442079460958"},
      {"DE", "030 901820", "+4930901820"},
      {"FR", "01 42 68 53 00", "+33142685300"},
      {"IT", "06 698 12345", "+390669812345"},  // the zero belongs to the number
      {"VA", "06 698 12345", "+390669812345"},
      {"SG", "6580 1234", "+6565801234"},
      {"KR", "02-312-3456", "+8223123456"},
      {"CN", "010 8888 8888", "+861088888888"},
      {"HK", "2345 6789", "+85223456789"},
      {"TW", "02-2345-6789", "+886223456789"},
      {"IN", "022 2345 6789", "+912223456789"},
      {"BR", "(11) 2345-6789", "+551123456789"},
      {"MX", "044 55 1243 5678", "+525512435678"},
      {"MX", "+52 1 55 1243 5678", "+525512435678"},
      {"MX", "0 1 155 1243 5678", "+525512435678"},  // the old prefixes of long distance and of mobiles together
      {"AQ", "+64 3 345 6789", "+6433456789"},       // no telephones of its own
  });
}

TEST(ReadPhone, keeps_the_extension_beside) {
  expect_all({
      {"JP", "03-6434-1234 ext. 12", "+81364341234", "12"},
      {"JP", "03-6434-1234 ext12", "+81364341234", "12"},
      {"JP", "03-6434-1234 Extension 12", "+81364341234", "12"},
      {"JP", "03-6434-1234x12", "+81364341234", "12"},
      {"JP", "03-6434-1234 #12", "+81364341234", "12"},
      {"JP", "03-6434-1234;ext=12", "+81364341234", "12"},
      {"JP", "03-6434-1234 内線12", "+81364341234", "12"},
      {"JP", "03-6434-1234（内線 12）", "+81364341234", "12"},
      {"JP", "０３－６４３４－１２３４　内線番号：１２３４", "+81364341234", "1234"},
      {"GB", "020 7946 0958 x 007", "+442079460958", "007"},
  });
}

TEST(ReadPhone, says_what_is_wrong) {
  std::string const long_text(10000, '1');
  expect_all({
      {"JP", "", "empty"},
      {"JP", "   ", "empty"},
      {"JP", "\u3000\n", "empty"},
      {"JP", "\u200b\u200f", "empty"},  // nothing that can be seen
      {"JP", "abc", "not_a_number"},
      {"JP", "-", "not_a_number"},
      {"JP", "+", "not_a_number"},
      {"JP", "0", "not_a_number"},
      {"JP", "なし", "not_a_number"},
      {"JP", "電話 03-6434-1234", "not_a_number"},
      {"JP", "03-6434-1234 (夜間)", "not_a_number"},
      {"JP", "03-6434-1234 📞", "not_a_number"},
      {"JP", "<b>03-6434-1234</b>", "not_a_number"},
      {"JP", "03-6434-1234'; drop table person; --", "not_a_number"},
      {"JP", "03-6434-XXXX", "not_a_number"},
      {"JP", "03-6434-12A4", "not_a_number"},
      {"US", "1-800-FLOWERS", "not_a_number"},
      {"JP", "03-6434-1234, 03-6434-5678", "not_a_number"},
      {"JP", "03-6434-1234~80", "not_a_number"},
      {"JP", "*31#03-6434-1234", "not_a_number"},
      {"JP", "٠٣-٦٤٣٤-١٢٣٤", "not_a_number"},
      {"JP", "03-6434-1234 ext. 12 ext. 13", "not_a_number"},
      {"JP", "03-6434-1234 ext. 123456789012345678901", "not_a_number"},
      {"JP", "taro@matrix.example", "not_a_number"},
      {"JP", "内線12", "not_a_number"},
      {"JP", "03-6434-1234 内線", "not_a_number"},
      {"JP", "\xff\xfe", "not_a_number"},
      {"JP", "110", "too_short"},
      {"JP", "6434-1234", "too_short"},
      {"JP", "03-6434-123", "too_short"},
      {"US", "253-0000", "too_short"},
      {"JP", "03-6434-1234-5678", "too_long"},
      {"JP", "03-6434-1234 03-6434-5678", "too_long"},
      {"JP", "03-6434-1234\n03-6434-5678", "too_long"},
      {"JP", long_text, "too_long"},
      {"US", "650-253-0000-1", "too_long"},
      {"JP", "+1 650 253 0000", "not_of_country"},
      {"US", "+81 3 6434 1234", "not_of_country"},
      {"JP", "+999 3 6434 1234", "not_of_country"},
      {"JP", "00-0000-0000", "not_of_country"},
      {"US", "123-456-7890", "not_of_country"},
      {"AQ", "3 345 6789", "not_of_country"},
  });
}

TEST(ReadPhone, ignores_what_cannot_be_seen) {
  // As address books copy it: between LEFT-TO-RIGHT EMBEDDING and POP DIRECTIONAL FORMATTING.
  EXPECT_EQ(read("JP", "\u202a+81 3-6434-1234\u202c").e164, "+81364341234");
  EXPECT_EQ(read("JP", "\u200f03-6434\u200b-1234").e164, "+81364341234");
  EXPECT_EQ(read("JP", "\ufeff03\u00a06434\u00a01234").e164, "+81364341234");
}

TEST(ReadPhone, names_the_country_and_its_code) {
  wire::Errors errors;
  read_phone(*find_country("JP"), "+1 650 253 0000", "/phone", errors);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].detail, "is no number of Japan (+81)");
}

TEST(ShowPhone, writes_it_for_abroad_and_at_home) {
  struct Row {
    Phone phone;
    std::string international, national;
  };
  for (auto const& row : std::vector<Row>{
           {{"+81364341234", ""}, "+81 3-6434-1234", "03-6434-1234"},
           {{"+81364341234", "12"}, "+81 3-6434-1234 ext. 12", "03-6434-1234 ext. 12"},
           {{"+819012345678", ""}, "+81 90-1234-5678", "090-1234-5678"},
           {{"+16502530000", ""}, "+1 650-253-0000", "(650) 253-0000"},
           {{"+442079460958", ""}, "+44 20 7946 0958", "020 7946 0958"},
           {{"+390669812345", ""}, "+39 06 6981 2345", "06 6981 2345"},
       }) {
    auto const shown = show_phone(row.phone);
    EXPECT_EQ(shown.international, row.international);
    EXPECT_EQ(shown.national, row.national);
  }
}

// What is shown can be typed again.
TEST(ShowPhone, is_read_back) {
  for (auto const& typed : {"03-6434-1234", "03-6434-1234 内線12", "0120-123-456"}) {
    auto const first = read("JP", typed);
    auto const shown = show_phone({first.e164, first.extension});
    for (auto const& text : {shown.international, shown.national, first.e164}) {
      auto const again = read("JP", text);
      EXPECT_EQ(again.e164, first.e164) << text;
      EXPECT_EQ(again.extension, text == first.e164 ? "" : first.extension) << text;
    }
  }
}

TEST(CallingCode, is_known_where_there_are_telephones) {
  EXPECT_EQ(calling_code(*find_country("JP")), 81);
  EXPECT_EQ(calling_code(*find_country("US")), 1);
  EXPECT_EQ(calling_code(*find_country("VA")), 39);
  EXPECT_FALSE(calling_code(*find_country("AQ")));
  std::string without;
  for (auto const& country : countries())
    if (!calling_code(country)) without += std::string(country.code) + " ";
  EXPECT_EQ(without, "AQ BV GS HM PN TF UM ");
}

TEST(ReadPhone, may_be_called_from_many_threads) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([] {
      for (auto const& country : countries()) {
        wire::Errors errors;
        auto const phone = read_phone(country, "+81 3 6434 1234", "", errors);
        EXPECT_EQ(bool(phone), country.code == "JP" || !calling_code(country)) << country.code;
      }
    });
  for (auto& thread : threads) thread.join();
}

TEST(ReadPhone, takes_an_extension_beside_the_number) {
  auto const read = [](std::string const& text, std::string const& extension) {
    wire::Errors errors;
    auto const phone = read_phone(*find_country("JP"), text, extension, "/phone", errors);
    EXPECT_EQ(bool(phone), errors.empty());
    return phone ? phone->e164 + " " + phone->extension : errors.at(0).path + " " + errors.at(0).code;
  };
  EXPECT_EQ(read("03-6434-1234 内線12", ""), "+81364341234 12");
  EXPECT_EQ(read("03-6434-1234 内線12", "12"), "+81364341234 12");
  EXPECT_EQ(read("03-6434-1234", " １３ "), "+81364341234 13");
  EXPECT_EQ(read("03-6434-1234", "\u200b"), "+81364341234 ");
  EXPECT_EQ(read("03-6434-1234 内線12", "13"), "/phone_extension conflict");
  EXPECT_EQ(read("03", "13"), "/phone too_short");
  for (auto const* text : {"12a", "-1", "一", "123456789012345678901"})
    EXPECT_EQ(read("03-6434-1234", text), "/phone_extension not_a_number") << text;
}

}  // namespace
}  // namespace menkyo::places
