// Signatures that others published, and the values that a careless verifier would take.

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "protocol/error.hpp"
#include "protocol/json.hpp"
#include "protocol/key.hpp"

namespace menkyo::protocol {
namespace {

json::Value published() {
  std::ifstream file(std::string(MENKYO_VECTORS) + "/signatures.json", std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return json::parse(text.str());
}

Bytes from_hex(std::string_view text) {
  Bytes out;
  for (size_t i = 0; i + 1 < text.size(); i += 2)
    out.push_back(uint8_t(std::stoul(std::string(text.substr(i, 2)), nullptr, 16)));
  return out;
}

Bytes bytes(json::Value const& item, std::string_view name) {
  return from_hex(item.at(name).as_string());
}

// The order of P-256's base point, big-endian (SEC 2 version 2.0, section 2.4.2).
constexpr std::string_view p256_order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
// The order of edwards25519's base point, little-endian (RFC 8032 section 5.1).
constexpr std::string_view ed25519_order = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

TEST(Published, P256SignaturesOfNist) {
  auto const all = published();
  int valid = 0;
  for (auto const& c : all.at("es256").items()) {
    auto const key = Key::from_public_bytes(Algorithm::es256, bytes(c, "public"));
    auto const expected = c.at("valid").as_bool();
    EXPECT_EQ(key.verify(bytes(c, "message"), bytes(c, "signature")), expected) << c.at("why").as_string();
    valid += expected;
  }
  EXPECT_EQ(all.at("es256").items().size(), 15u);
  EXPECT_EQ(valid, 3);
}

TEST(Published, Ed25519SignaturesOfItsAuthors) {
  auto const all = published();
  for (auto const& c : all.at("ed25519").items()) {
    auto const public_bytes = bytes(c, "public"), message = bytes(c, "message"), signature = bytes(c, "signature");
    auto const jwk = R"({"kty":"OKP","crv":"Ed25519","d":")" + to_base64url(bytes(c, "secret")) + R"(","x":")" +
                     to_base64url(public_bytes) + R"("})";
    auto const key = Key::from_private_jwk(json::parse(jwk));
    auto const made = key.sign(message);
    EXPECT_EQ(Bytes(made.begin(), made.end()), signature);
    auto const verifier = Key::from_public_bytes(Algorithm::ed25519, public_bytes);
    EXPECT_TRUE(verifier.verify(message, signature));
    for (size_t bit : {0, 100, 255, 256, 400, 511}) {
      auto changed = signature;
      changed[bit / 8] = uint8_t(changed[bit / 8] ^ (1 << (bit % 8)));
      EXPECT_FALSE(verifier.verify(message, changed)) << bit;
    }
  }
  EXPECT_EQ(all.at("ed25519").items().size(), 27u);
}

// FIPS 186-5 section 6.4.2: r and s are from 1 to n - 1.
TEST(Published, P256NumbersOutOfRangeAreNoSignature) {
  auto const all = published();
  auto const& c = all.at("es256").items()[3];
  ASSERT_TRUE(c.at("valid").as_bool());
  auto const key = Key::from_public_bytes(Algorithm::es256, bytes(c, "public"));
  auto const message = bytes(c, "message"), order = from_hex(p256_order);
  Bytes const zero(32, 0), ones(32, 0xFF);
  for (auto const& number : {zero, order, ones}) {
    for (size_t at : {0, 32}) {
      auto changed = bytes(c, "signature");
      std::copy(number.begin(), number.end(), changed.begin() + ptrdiff_t(at));
      EXPECT_FALSE(key.verify(message, changed));
    }
    Bytes both = number;
    both.insert(both.end(), number.begin(), number.end());
    EXPECT_FALSE(key.verify(message, both));
  }
}

// RFC 8032 section 5.1.7: S is less than the order, or one message would have several signatures.
TEST(Published, Ed25519NumbersOutOfRangeAreNoSignature) {
  auto const order = from_hex(ed25519_order);
  auto const all = published();
  for (auto const& c : all.at("ed25519").items()) {
    auto changed = bytes(c, "signature");
    unsigned carry = 0;
    for (size_t i = 0; i < 32; ++i) {
      carry += changed[32 + i] + unsigned(order[i]);
      changed[32 + i] = uint8_t(carry);
      carry >>= 8;
    }
    EXPECT_EQ(carry, 0u);
    auto const key = Key::from_public_bytes(Algorithm::ed25519, bytes(c, "public"));
    EXPECT_FALSE(key.verify(bytes(c, "message"), changed));
  }
}

// Points that are not on the curve, the point at infinity, and coordinates beyond the field (SEC 1 version 2.0,
// section 3.2.2.1).
TEST(Published, P256PointsThatAreNone) {
  auto const all = published();
  auto const point = bytes(all.at("es256").items()[0], "public");
  auto const refuse = [](Bytes const& bytes) {
    EXPECT_THROW(Key::from_public_bytes(Algorithm::es256, bytes), Error);
  };
  auto off = point;
  off[64] ^= 1;
  refuse(off);
  refuse(Bytes(1, 0));
  refuse(Bytes(65, 0));
  Bytes beyond(65, 0xFF);
  beyond[0] = 4;
  refuse(beyond);
  Bytes compressed(point.begin(), point.begin() + 33);
  compressed[0] = 2;
  refuse(compressed);
  auto hybrid = point;
  hybrid[0] = uint8_t(6 + (point[64] & 1));
  refuse(hybrid);
}

}  // namespace
}  // namespace menkyo::protocol
