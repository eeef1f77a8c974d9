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

// ASCII goes a way of its own, which must lead to the same.
TEST(FoldName, treats_ascii_as_the_rules_for_all_text_do) {
  for (int c = 0; c < 0x80; ++c)
    for (auto const& text : {std::string("x") + char(c) + "y", std::string(1, char(c)) + "Y",
                             std::string("X ") + char(c) + char(c) + " y"})
      EXPECT_EQ(fold_name(text) + "é", fold_name(text + "É")) << c;
  EXPECT_EQ(fold_name(" A \t "), "a");
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
  for (auto* wrong : {"", ".", "..", "a..b", "a.example..", "a.example。.", ".a", "a_b.example", "a b.example",
                      "-a.example", "exa mple", "a/b.example"})
    EXPECT_FALSE(normalize_domain(wrong)) << wrong;
  EXPECT_FALSE(normalize_domain(std::string(64, 'a') + ".example"));
}

TEST(Mail, has_one_spelling) {
  EXPECT_EQ(normalize_mail(" Taro.Yamada@Example.COM "), "taro.yamada@example.com");
  EXPECT_EQ(normalize_mail("ｔａｒｏ＠日本語.example"), "taro@xn--wgv71a119e.example");
  EXPECT_EQ(normalize_mail("operator@localhost"), "operator@localhost");
  for (auto* wrong : {"", "taro", "@example.com", "taro@", "ta ro@example.com", "a@b@c.example", ".taro@example.com",
                      "taro@exa mple.com", "<taro@example.com>", "a..b@example.com"})
    EXPECT_FALSE(normalize_mail(wrong)) << wrong;
  EXPECT_FALSE(normalize_mail(std::string(65, 'a') + "@example.com"));
}

}  // namespace
}  // namespace menkyo
