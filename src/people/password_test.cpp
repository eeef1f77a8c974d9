#include "people/password.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "people/common_passwords.hpp"
#include "people/people.hpp"
#include "people/throttle.hpp"

namespace menkyo::people {
namespace {

std::vector<std::string> faults(std::string const& password, PasswordPolicy policy = PasswordPolicy::composed) {
  std::vector<std::string> out;
  for (auto const& error : check_password(policy, password, "hanako.sato@example.com")) out.push_back(error.code);
  return out;
}
using Codes = std::vector<std::string>;

TEST(Password, must_have_all_four_kinds_of_character) {
  EXPECT_EQ(faults("Kame-wa-9-ban"), Codes{});
  EXPECT_EQ(faults("kame-wa-9-ban"), Codes{"needs_upper"});
  EXPECT_EQ(faults("KAME-WA-9-BAN"), Codes{"needs_lower"});
  EXPECT_EQ(faults("Kame-wa-ku-ban"), Codes{"needs_digit"});
  EXPECT_EQ(faults("Kame wa 9 ban"), Codes{"needs_symbol"});
  EXPECT_EQ(faults(""), (Codes{"too_short", "needs_upper", "needs_lower", "needs_digit", "needs_symbol"}));
}

TEST(Password, has_12_to_60_characters) {
  EXPECT_EQ(faults("Kame-wa-9-b"), Codes{"too_short"});
  EXPECT_EQ(faults("Kame-wa-9-ba"), Codes{});
  EXPECT_EQ(faults("Kame-wa-9-ba" + std::string(48, 'n')), Codes{});
  EXPECT_EQ(faults("Kame-wa-9-ba" + std::string(49, 'n')), Codes{"too_long"});
  EXPECT_EQ(faults("Kame-wa-9-亀亀"), Codes{});
}

TEST(Password, may_be_any_text_of_15_characters_if_the_operator_says_so) {
  auto const long_faults = [](std::string const& password) { return faults(password, PasswordPolicy::long_enough); };
  EXPECT_EQ(long_faults("kame wa ku ban "), Codes{});
  EXPECT_EQ(long_faults("kame wa ku ban"), Codes{"too_short"});
  EXPECT_EQ(long_faults("亀は九番目の生き物で、とても長生き"), Codes{});
  EXPECT_EQ(long_faults(std::string(200, 'x') + "y"), Codes{"too_long"});
  EXPECT_EQ(long_faults("turtles of all kinds " + std::string(100, 'n')), Codes{});
  EXPECT_EQ(long_faults("passwordpassword"), Codes{"too_common"});
  EXPECT_EQ(long_faults("hanako.sato.2026"), Codes{"too_common"});
}

TEST(Password, may_not_be_a_common_word_in_disguise) {
  for (auto* common : {"Password1234!", "P@ssw0rd!2026", "2026-Qwertyuiop", "Welcome!Welcome1", "M3nky0-2026-!!",
                       "Aa1!Aa1!Aa1!", "Hanako-Sato-1234"})
    EXPECT_EQ(faults(common), Codes{"too_common"}) << common;
  EXPECT_EQ(faults("Password of 9 turtles!"), Codes{});
}

TEST(Password, words_are_sorted_letters) {
  auto const words = common_passwords();
  EXPECT_GE(words.size(), 300U);
  EXPECT_TRUE(std::is_sorted(words.begin(), words.end()));
  for (auto word : words)
    EXPECT_TRUE(std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; })) << word;
}

TEST(Password, is_kept_as_argon2id_and_verified) {
  Random random(Seed{7});
  auto const hash = hash_password("Kame-wa-9-ban", random);
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << hash;
  EXPECT_NE(hash, hash_password("Kame-wa-9-ban", random));
  EXPECT_TRUE(verify_password("Kame-wa-9-ban", hash));
  EXPECT_TRUE(verify_password("Ｋａｍｅ-wa-９-ban", hash));
  EXPECT_FALSE(verify_password("Kame-wa-9-baN", hash));
  EXPECT_FALSE(verify_password("", hash));
  EXPECT_FALSE(verify_password("Kame-wa-9-ban", ""));
  EXPECT_FALSE(verify_password("", ""));
}

TEST(Throttle, doubles_up_to_its_limit) {
  Instant const now = from_us(1767225600000000);
  Bucket bucket;
  for (int i = 0; i < 5; ++i) bucket = after_attempt(bucket, per_pair, now);
  EXPECT_EQ(bucket.blocked_until_at, Instant{});
  std::vector<int64_t> seconds;
  for (int i = 0; i < 10; ++i) {
    bucket = after_attempt(bucket, per_pair, now);
    seconds.push_back(std::chrono::duration_cast<std::chrono::seconds>(bucket.blocked_until_at - now).count());
  }
  EXPECT_EQ(seconds, (std::vector<int64_t>{5, 10, 20, 40, 80, 160, 320, 640, 900, 900}));
  for (int i = 0; i < 100; ++i) bucket = after_attempt(bucket, per_pair, now);
  EXPECT_EQ(bucket.blocked_until_at - now, per_pair.longest_block);
}

TEST(Throttle, a_success_does_not_count) {
  Instant const now = from_us(1767225600000000);
  Bucket bucket;
  for (int i = 0; i < 51; ++i) bucket = after_attempt(bucket, per_source, now);
  EXPECT_GT(bucket.blocked_until_at, now);
  bucket = without_attempt(bucket, per_source);
  EXPECT_EQ(bucket.failures, 50);
  EXPECT_EQ(bucket.blocked_until_at, Instant{});
}

TEST(Throttle, sources_are_networks) {
  EXPECT_EQ(source_of("2001:db8::1"), source_of("2001:db8:0:0:ffff::2"));
  EXPECT_NE(source_of("2001:db8::1"), source_of("2001:db8:0:1::1"));
  EXPECT_NE(source_of("192.0.2.1"), source_of("192.0.2.2"));
  EXPECT_NE(source_of("::ffff:192.0.2.1"), source_of("::ffff:192.0.2.2"));
}

}  // namespace
}  // namespace menkyo::people
