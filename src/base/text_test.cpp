#include "base/text.hpp"

#include <gtest/gtest.h>

namespace menkyo {
namespace {

TEST(FoldName, takes_for_equal_what_people_do) {
  EXPECT_EQ(fold_name("  Ｔｏｋｙｏ\u3000 Branch "), fold_name("tokyo branch"));
  EXPECT_EQ(fold_name("ＳＴＲＡẞＥ"), fold_name("strasse"));
  EXPECT_EQ(fold_name("ﾄｳｷｮｳ"), fold_name("トウキョウ"));
  EXPECT_NE(fold_name("Tokyo"), fold_name("To kyo"));
  EXPECT_EQ(fold_name("a\n\tb"), "a b");
}

TEST(FoldedWords, are_what_stands_between_blanks_and_punctuation) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(folded_words("Kaede-Electric Co., Ltd."), (Words{"kaede", "electric", "co", "ltd"}));
  EXPECT_EQ(folded_words("Ｋ．Ｋ． O'Neil’s"), (Words{"kk", "oneils"}));
  EXPECT_EQ(folded_words("A&B ＆ C"), (Words{"a", "and", "b", "and", "c"}));
  EXPECT_EQ(folded_words("㈱楓電機(本社)"), (Words{"株", "楓電機", "本社"}));
  EXPECT_EQ(folded_words("コーヒー は\u3099"), (Words{"コーヒー", "ば"}));
  EXPECT_EQ(folded_words("हिन्दी"), (Words{"हिन्दी"}));
  for (auto const* nothing : {"", " .,- ", "\u200b", "😀"}) EXPECT_EQ(folded_words(nothing), Words{}) << nothing;
}

TEST(FoldName, sees_through_what_is_not_seen) {
  auto const name = fold_name("Kame Works");
  for (auto* same :
       {"Kame\u00A0Works", "Kame\u3000Works", "Kame \u2003 Works", "Kame\u2028Works", "\u00A0Kame Works\u3000",
        "Ka\u200Bme Works", "Ka\u200Cme\u200D Works", "Ka\u00ADme Works", "Kame\uFEFF Works",
        "\u200EKame Works\u200F", "\u202EKame Works\u202C", "\u2066Kame\u2069 Works", "Kame\uFE0F Works",
        "Kame\u3164 Works", "Kame\u0085Works", "Kame \u200B \u200B Works", "ＫＡＭＥ　ｗｏｒｋｓ"})
    EXPECT_EQ(fold_name(same), name) << same;
  // No space where none is seen.
  EXPECT_NE(fold_name("Kame\u200BWorks"), name);
  for (auto* nothing : {"", " ", "\u3000\u00A0", "\u200B", "\u202E\u202C", "\uFEFF \u00AD", "\u3164", "\x01\n"})
    EXPECT_EQ(fold_name(nothing), "") << nothing;
}

TEST(FoldName, has_one_form_for_what_is_composed) {
  EXPECT_EQ(fold_name("ﾊﾟﾅｶﾞﾜ"), fold_name("パナガワ"));
  EXPECT_EQ(fold_name("ハ\u309Aナカ\u3099ワ"), fold_name("パナガワ"));
  EXPECT_EQ(fold_name("Cafe\u0301"), fold_name("CAFÉ"));
  EXPECT_EQ(fold_name("㈱カメ"), fold_name("（株）ｶﾒ"));
  EXPECT_EQ(fold_name("㍿カメ"), fold_name("株式会社カメ"));
  EXPECT_EQ(fold_name("한"), fold_name("\u1112\u1161\u11AB"));
  EXPECT_EQ(fold_name("ΝΌΜΟΣ"), fold_name("νόμος"));
  EXPECT_NE(fold_name("ハナ"), fold_name("バナ"));
  EXPECT_NE(fold_name("はな"), fold_name("ハナ"));
}

// ASCII goes a way of its own, which must lead to the same.
TEST(FoldName, treats_ascii_as_the_rules_for_all_text_do) {
  for (int c = 0; c < 0x80; ++c)
    for (auto const& text : {std::string("x") + char(c) + "y", std::string(1, char(c)) + "Y",
                             std::string("X ") + char(c) + char(c) + " y"})
      EXPECT_EQ(fold_name(text) + "é", fold_name(text + "É")) << c;
  EXPECT_EQ(fold_name(" A \t "), "a");
}

TEST(PlainLine, keeps_what_can_be_seen_on_one_line) {
  EXPECT_EQ(plain_line("  ＭＩＮＡＴＯ\u3000 ku\r\n1 "), "MINATO ku 1");
  EXPECT_EQ(plain_line("a\u200bb\u200f\u00adc\ufeff"), "abc");
  EXPECT_EQ(plain_line("e\u200b\u0301"), "é");
  EXPECT_EQ(plain_line("9ー7−1–2"), "9-7-1-2");
  EXPECT_EQ(plain_line("９ｰ７"), "9-7");
  EXPECT_EQ(plain_line("タワー"), "タワー");
  EXPECT_EQ(plain_line("a ー"), "a ー");
  EXPECT_EQ(plain_line("\u200b \n"), "");
  EXPECT_EQ(plain_line("\xff"), "\ufffd");
}

TEST(IsLatin, goes_by_script) {
  for (auto const* text :
       {"", "9-7-1 AKASAKA", "Straße", "Đường", "Ōtemachi", "e\u0301", "“n° 5”", "a·b", "~!@#$%^&*()"})
    EXPECT_TRUE(is_latin(text)) << text;
  for (auto const* text :
       {"港", "あ", "ｱ", "Ж", "α", "ش", "ー", "、", "🏢", "\u200b", "\n", "\x7f", "\ufffd", "٣", "€", "１"})
    EXPECT_FALSE(is_latin(text)) << text;
}

TEST(SortKey, orders_as_people_read) {
  EXPECT_LT(sort_key("Site 2"), sort_key("Site 10"));
  EXPECT_LT(sort_key("Site 007"), sort_key("Site 8"));
  EXPECT_EQ(sort_key("とうきょう"), sort_key("トウキョウ"));
  EXPECT_LT(sort_key("apple"), sort_key("Banana"));
  EXPECT_LT(sort_key("abc"), sort_key("abc d"));
}

TEST(SortKey, is_bounded_and_cut_between_characters) {
  std::string name;
  for (int i = 0; i < 100; ++i) name += "東";
  EXPECT_EQ(sort_key(name).size(), 198U);
  for (char c : sort_key("a\nb\x01"
                         "c"))
    EXPECT_GE(uint8_t(c), 0x20);
}

TEST(Domain, has_one_spelling) {
  EXPECT_EQ(normalize_domain("Example.COM."), "example.com");
  EXPECT_EQ(normalize_domain("日本語.example"), "xn--wgv71a119e.example");
  EXPECT_EQ(normalize_domain("ｅｘａｍｐｌｅ．com"), "example.com");
  EXPECT_EQ(normalize_domain(" 日本語。example。"), "xn--wgv71a119e.example");
  EXPECT_EQ(normalize_domain("XN--WGV71A119E.example"), "xn--wgv71a119e.example");
  EXPECT_EQ(normalize_domain("ex\u200Bam\u00ADple.com\u200E"), "example.com");
  // Letters of their own in IDNA 2008, though names fold them.
  EXPECT_EQ(normalize_domain("STRAßE.example"), "xn--strae-oqa.example");
  EXPECT_EQ(normalize_domain("νόμος.example"), "xn--xxabhm1c.example");
  for (auto* wrong : {"", ".", "..", "a..b", "a.example..", "a.example。.", ".a", "a_b.example", "a b.example",
                      "-a.example", "exa mple", "a/b.example"})
    EXPECT_FALSE(normalize_domain(wrong)) << wrong;
  EXPECT_FALSE(normalize_domain(std::string(64, 'a') + ".example"));
}

TEST(Mail, has_one_spelling) {
  EXPECT_EQ(normalize_mail(" Taro.Yamada@Example.COM "), "taro.yamada@example.com");
  EXPECT_EQ(normalize_mail("ｔａｒｏ＠日本語.example"), "taro@xn--wgv71a119e.example");
  EXPECT_EQ(normalize_mail("operator@localhost"), "operator@localhost");
  EXPECT_EQ(normalize_mail("Weiß@straße.example"), "weiss@xn--strae-oqa.example");
  for (auto* wrong : {"", "taro", "@example.com", "taro@", "ta ro@example.com", "a@b@c.example", ".taro@example.com",
                      "taro@exa mple.com", "<taro@example.com>", "a..b@example.com"})
    EXPECT_FALSE(normalize_mail(wrong)) << wrong;
  EXPECT_FALSE(normalize_mail(std::string(65, 'a') + "@example.com"));
}

}  // namespace
}  // namespace menkyo
