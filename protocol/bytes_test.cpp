#include "protocol/bytes.hpp"

#include <gtest/gtest.h>

namespace menkyo::protocol {
namespace {

// RFC 4648 section 10.
TEST(Bytes, Base64) {
  std::pair<std::string, std::string> const cases[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (auto const& [plain, coded] : cases) {
    EXPECT_EQ(to_base64(bytes_of(plain)), coded);
    EXPECT_EQ(text_of(*from_base64(coded)), plain);
    auto const bare = coded.substr(0, coded.find('='));
    EXPECT_EQ(to_base64url(bytes_of(plain)), bare);
    EXPECT_EQ(text_of(*from_base64url(bare)), plain);
  }
  EXPECT_EQ(to_base64url(Bytes{0xFB, 0xFF}), "-_8");
  EXPECT_EQ(to_base64(Bytes{0xFB, 0xFF}), "+/8=");
}

TEST(Bytes, EachByteStringHasOneText) {
  for (auto const* bad : {"Zg==", "Zh", "Z", "Zm9vZ", "Zm 8", "Zm+8", "Zm/8", "Zm9v\n"})
    EXPECT_FALSE(from_base64url(bad)) << bad;
  for (auto const* bad : {"Zg", "Zh==", "Zg=", "Zm-8", "Zm_8", "====", "Zm9v====", "=Zm9", "Zm9v\n"})
    EXPECT_FALSE(from_base64(bad)) << bad;
}

TEST(Bytes, ConstantTimeCompare) {
  EXPECT_TRUE(equal_constant_time(bytes_of("abc"), bytes_of("abc")));
  EXPECT_FALSE(equal_constant_time(bytes_of("abc"), bytes_of("abd")));
  EXPECT_FALSE(equal_constant_time(bytes_of("abc"), bytes_of("ab")));
  EXPECT_TRUE(equal_constant_time({}, {}));
}

TEST(Bytes, Rfc3339) {
  for (auto const* text : {"2026-03-01T09:00:00Z", "1999-12-31T23:59:59.000001Z", "0000-01-01T00:00:00Z",
                           "9999-12-31T23:59:59.999999Z", "2024-02-29T00:00:00Z"}) {
    auto const t = from_rfc3339(text);
    ASSERT_TRUE(t) << text;
    EXPECT_EQ(to_rfc3339(*t), text);
  }
  EXPECT_EQ(to_rfc3339(*from_rfc3339("2026-03-01T09:00:00.5+09:00")), "2026-03-01T00:00:00.500000Z");
  EXPECT_EQ(to_rfc3339(*from_rfc3339("2026-02-28t23:30:00-00:45")), "2026-03-01T00:15:00Z");
  EXPECT_EQ(to_rfc3339(*from_rfc3339("0000-01-01T00:00:00-00:01")), "0000-01-01T00:01:00Z");
  EXPECT_EQ(to_rfc3339(*from_rfc3339("9999-12-31t23:59:59.9999z")), "9999-12-31T23:59:59.999900Z");
  for (auto const* bad : {"",
                          "2026-03-01",
                          "2026-03-01 09:00:00Z",
                          "2026-02-29T00:00:00Z",
                          "2026-13-01T00:00:00Z",
                          "2026-03-01T24:00:00Z",
                          "2026-03-01T23:59:60Z",
                          "2026-03-01T09:00:00",
                          "2026-03-01T09:00:00.Z",
                          "2026-03-01T09:00:00.1234567Z",
                          "2026-03-01T09:00:00+24:00",
                          "2026-03-01T09:00:00Zx",
                          "2026-03-01T09:00:00+0900",
                          "2026-03-01T09:00:00+09:00x",
                          "0000-01-01T00:00:00+00:01",
                          "9999-12-31T23:59:59-00:01",
                          "2026-03-01T23:60:00Z",
                          "2026-03-01T09:00:00+00:60",
                          "2x26-03-01T09:00:00Z",
                          "2/26-03-01T09:00:00Z",
                          "2026-03-01T09:00:00.5/Z",
                          "2026-03-01T09:00:00.5",
                          "2026-03-01T09:00:00.:"})
    EXPECT_FALSE(from_rfc3339(bad)) << bad;
}

}  // namespace
}  // namespace menkyo::protocol
