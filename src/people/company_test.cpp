#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/csv.hpp"
#include "people/company_name.hpp"

namespace menkyo::people {
namespace {

using ::testing::ElementsAre;

TEST(CompanyKey, is_the_same_however_the_name_is_written) {
  struct Group {
    std::string key;
    std::vector<std::string> names;
  };
  for (auto const& group : std::vector<Group>{
           {"楓電機工業",
            {"楓電機工業株式会社", "株式会社楓電機工業", "楓電機工業（株）", "(株)楓電機工業", "㈱楓電機工業",
             "楓電機工業㈱", "楓電機工業 ㍿", "株式会社　楓電機工業", "楓電機工業 株式会社", "楓電機工業",
             "楓電機工業有限会社", "（有）楓電機工業", "楓電機工業合同会社", "楓電機工業\u200b株式会社"}},
           {"kaedeelectric",
            {"Kaede Electric K.K.", "KAEDE ELECTRIC KK", "Ｋａｅｄｅ　Ｅｌｅｃｔｒｉｃ　Ｋ．Ｋ．",
             "Kaede-Electric Co., Ltd.", "Kaede Electric Co.,Ltd", "Kaede Electric Co.Ltd.", "Kaede Electric Inc.",
             "Kaede Electric, Incorporated", "Kaede Electric Corporation", "Kaede Electric G.K.",
             "kaede electric kabushiki kaisha", "Kaede Electric", "KaedeElectric", "Kaede Electric Company, Limited",
             "Kaede Electric LLC", "\"Kaede Electric\""}},
           {"nordlichtmaschinenbau",
            {"Nordlicht Maschinenbau GmbH", "Nordlicht Maschinenbau GmbH & Co. KG", "NORDLICHT MASCHINENBAU AG"}},
           {"millerandsons", {"Miller & Sons Ltd.", "Miller and Sons, Inc.", "Ｍｉｌｌｅｒ＆Ｓｏｎｓ"}},
           {"miller", {"Miller & Co.", "MILLER"}},
           {"ダイヤ", {"ダイヤ株式会社", "ﾀﾞｲﾔ㈱"}},
           {"müller", {"Müller S.A.", "MU\u0308LLER SA"}},
           {"3m", {"3M Company", "3M"}},
           {"oneil", {"O'Neil Ltd", "O’Neil"}},
           {"nusantara", {"PT Nusantara Tbk", "PT. Nusantara"}},
           {"한강", {"주식회사 한강", "(주)한강", "한강㈜"}},
           // A name of nothing but legal forms keeps one.
           {"limited", {"Limited", "Limited Inc."}},
           {"株式会社", {"株式会社"}},
           {"株", {"(株)"}},
           // Nothing that somebody could look for.
           {"", {"", " ", "...", "\u200b", "- , -", "😀"}},
       })
    for (auto const& name : group.names) EXPECT_EQ(company_key(name), group.key) << name;
  EXPECT_NE(company_key("Kaede Electric"), company_key("Kaede Electronics"));
  EXPECT_NE(company_key("楓電機"), company_key("楓電機工業"));
}

TEST(CompanyKey, ends_between_characters) {
  for (size_t shift : {0U, 1U, 2U}) {
    std::string name(shift, 'a');
    for (int i = 0; i < 1000; ++i) name += "電";
    auto const key = company_key(name);
    EXPECT_LE(key.size(), 200U);
    EXPECT_GT(key.size(), 195U);
    EXPECT_TRUE(is_utf8(key));
  }
}

TEST(CompanyKeys, find_the_name_while_its_legal_form_is_typed) {
  EXPECT_THAT(company_keys("Kaede Electric K.K.", "楓電機株式会社"),
              ElementsAre("kaedeelectric", "kaedeelectrickk", "楓電機", "楓電機株式会社"));
  EXPECT_THAT(company_keys("Kaede", ""), ElementsAre("kaede"));
}

}  // namespace
}  // namespace menkyo::people
