#include "base/look_alike.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace menkyo {
namespace {

TEST(LooksDeceptive, is_what_mixes_scripts_or_poses_as_ascii) {
  for (auto* domain :
       {"ex\u0430mple.com",                    // one Cyrillic letter
        "\u0430\u0440\u0440\u04CF\u0435.com",  // all Cyrillic, reads "apple"
        "www.ex\u0430mple.com", "\u03B1lpha.example", "\u0456nfo.example", "\u0131bm.example", "日本\u0434.jp"})
    EXPECT_TRUE(looks_deceptive(normalize_domain(domain).value())) << domain;
  for (auto* domain :
       {"example.com", "examp1e.com", "日本語.jp", "トヨタ自動車.jp", "abc商事.jp", "みなと物流.example", "bücher.de",
        "straße.de", "почта.рф", "пример.com", "삼성.kr", "ελλάδα.gr", "北京大学.cn"})
    EXPECT_FALSE(looks_deceptive(normalize_domain(domain).value())) << domain;
}

TEST(LookAlike, is_what_differs_and_looks_the_same) {
  auto const alike = [](std::string_view a, std::string_view b) {
    return look_alike(normalize_domain(a).value(), normalize_domain(b).value());
  };
  EXPECT_TRUE(alike("example.com", "examp1e.com"));
  EXPECT_TRUE(alike("example.com", "ex\u0430mple.com"));
  EXPECT_TRUE(alike("modern.example", "rnodern.example"));
  EXPECT_TRUE(alike("google.example", "g00gle.example"));
  EXPECT_TRUE(alike("工業.jp", "エ業.jp"));
  EXPECT_FALSE(alike("example.com", "EXAMPLE.com."));
  EXPECT_FALSE(alike("example.com", "example.org"));
  EXPECT_FALSE(alike("bücher.de", "bucher.de"));
}

}  // namespace
}  // namespace menkyo
