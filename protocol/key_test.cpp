#include "protocol/key.hpp"

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <atomic>
#include <thread>

#include "protocol/error.hpp"
#include "protocol/handle.hpp"
#include "protocol/json.hpp"
#include "protocol/jws.hpp"

namespace menkyo::protocol {
namespace {

class KeyTest : public ::testing::TestWithParam<Algorithm> {};

TEST_P(KeyTest, EveryFormBringsTheSameKeyBack) {
  auto const key = Key::generate(GetParam());
  auto const same = [&](Key const& other) {
    return other.thumbprint() == key.thumbprint() && other.algorithm() == key.algorithm();
  };
  EXPECT_TRUE(same(Key::from_pkcs8_der(key.pkcs8_der())));
  EXPECT_TRUE(same(Key::from_pkcs8_pem(key.pkcs8_pem())));
  EXPECT_TRUE(same(Key::from_spki_der(key.spki_der())));
  EXPECT_TRUE(same(Key::from_public_bytes(GetParam(), key.public_bytes())));
  EXPECT_TRUE(same(Key::from_jwk(json::parse(key.jwk()))));
  EXPECT_TRUE(Key::from_pkcs8_pem(key.pkcs8_pem()).has_private());
  auto const public_key = Key::from_spki_der(key.spki_der());
  EXPECT_FALSE(public_key.has_private());
  EXPECT_THROW(public_key.pkcs8_der(), Error);
  EXPECT_THROW(public_key.sign(bytes_of("x")), Error);
}

TEST_P(KeyTest, SignaturesVerifyOnlyUnchanged) {
  auto const key = Key::generate(GetParam());
  // Enough of them that r and s with leading zero bytes occur (one in 128).
  for (int i = 0; i < 1000; ++i) {
    auto const text = "message " + std::to_string(i);
    ASSERT_TRUE(key.verify(bytes_of(text), key.sign(bytes_of(text))));
  }
  auto signature = key.sign(bytes_of("a"));
  EXPECT_FALSE(key.verify(bytes_of("b"), signature));
  EXPECT_FALSE(key.verify(bytes_of("a"), ByteView(signature).first(63)));
  EXPECT_FALSE(Key::generate(GetParam()).verify(bytes_of("a"), signature));
  signature[40] ^= 1;
  EXPECT_FALSE(key.verify(bytes_of("a"), signature));
  EXPECT_FALSE(key.verify(bytes_of("a"), Signature{}));
}

TEST_P(KeyTest, ManyKeysAndThreadsAtOnce) {
  std::vector<Key> keys;
  for (int i = 0; i < 6; ++i) keys.push_back(Key::generate(GetParam()));
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 60; ++i) {
        auto const& key = keys[static_cast<size_t>(i) % keys.size()];
        good += key.verify(bytes_of("x"), key.sign(bytes_of("x")));
      }
    });
  for (auto& t : threads) t.join();
  EXPECT_EQ(good, 180);
}

INSTANTIATE_TEST_SUITE_P(Both, KeyTest, ::testing::Values(Algorithm::es256, Algorithm::ed25519));

TEST(Key, ForeignKeysAreRefused) {
  EXPECT_THROW(Key::from_pkcs8_der(bytes_of("nonsense")), Error);
  EXPECT_THROW(Key::from_pkcs8_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), Error);
  EXPECT_THROW(Key::from_spki_der({}), Error);
  auto spki = Key::generate(Algorithm::es256).spki_der();
  spki.push_back(0);
  EXPECT_THROW(Key::from_spki_der(spki), Error);
  Bytes point(65, 1);
  point[0] = 4;
  EXPECT_THROW(Key::from_public_bytes(Algorithm::es256, point), Error);
  EXPECT_THROW(Key::from_public_bytes(Algorithm::ed25519, point), Error);
  // secp384r1, from OpenSSL's command line.
  auto const p384 = from_base64(
      "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEtcURBthO8jm5rq/"
      "c7jkTJ7MemAr7SG6r5mzwfbByHfGtFIlt5HjgRmENVIlMKeQ2KzDSWTJc6NzkjqmC"
      "ngPTs3WCErrvIDJHNk5M3UMSDlUNYx7fPHqBqUj1h7jgloV/");
  EXPECT_THROW(Key::from_spki_der(*p384), Error);
}

// Parameters of P-256 written out, but with a base point of the attacker's choice: to such a curve anybody has the
// private key of any point (CVE-2020-0601). Only the curve that goes by its name is taken.
TEST(Key, CurvesOfTheirOwnAreRefused) {
  using Group = Handle<EC_GROUP, EC_GROUP_free>;
  using Number = Handle<BIGNUM, BN_free>;
  Group const group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  Number const p(BN_new()), a(BN_new()), b(BN_new()), one(BN_new());
  ASSERT_EQ(EC_GROUP_get_curve(group.get(), p.get(), a.get(), b.get(), nullptr), 1);
  BN_one(one.get());
  Handle<EC_POINT, EC_POINT_free> const twice(EC_POINT_new(group.get()));
  ASSERT_EQ(EC_POINT_dbl(group.get(), twice.get(), EC_GROUP_get0_generator(group.get()), nullptr), 1);
  Bytes point(65);
  ASSERT_EQ(EC_POINT_point2oct(group.get(), twice.get(), POINT_CONVERSION_UNCOMPRESSED, point.data(), point.size(),
                               nullptr),
            point.size());
  Handle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> const build(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_EC_FIELD_TYPE, "prime-field", 0);
  OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_EC_P, p.get());
  OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_EC_A, a.get());
  OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_EC_B, b.get());
  OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_EC_ORDER, EC_GROUP_get0_order(group.get()));
  OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_EC_COFACTOR, one.get());
  OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_EC_GENERATOR, point.data(), point.size());
  OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  Handle<OSSL_PARAM, OSSL_PARAM_free> const params(OSSL_PARAM_BLD_to_param(build.get()));
  Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free> const context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  ASSERT_EQ(EVP_PKEY_fromdata_init(context.get()), 1);
  EVP_PKEY* pkey = nullptr;
  ASSERT_EQ(EVP_PKEY_fromdata(context.get(), &pkey, EVP_PKEY_PUBLIC_KEY, params.get()), 1);
  Handle<EVP_PKEY, EVP_PKEY_free> const owned(pkey);
  uint8_t* der = nullptr;
  int const size = i2d_PUBKEY(pkey, &der);
  ASSERT_GT(size, 0);
  Bytes const spki(der, der + size);
  OPENSSL_free(der);
  EXPECT_THROW(Key::from_spki_der(spki), Error);
}

TEST(Jws, HeaderMembersComeBack) {
  auto const key = Key::generate(Algorithm::es256);
  JwsHeader header{.typ = "menkyo-test+jws",
                   .kid = "a/b",
                   .aud = "inst_x",
                   .jwk = key,
                   .x5c = {{1, 2, 3}, {4}},
                   .takes_tree = true};
  auto const jws = parse_compact(sign_compact(header, "payload", key));
  EXPECT_EQ(jws.header.kid, "a/b");
  EXPECT_EQ(jws.header.x5c, header.x5c);
  EXPECT_TRUE(jws.header.takes_tree);
  EXPECT_EQ(jws.header.jwk->thumbprint(), key.thumbprint());
  EXPECT_FALSE(jws.header.jwk->has_private());
  EXPECT_NO_THROW(verify(jws, *jws.header.jwk, {"menkyo-test+jws", "inst_x"}));
}

TEST(Jws, AlgorithmIsThatOfTheKey) {
  auto const p256 = Key::generate(Algorithm::es256), ed25519 = Key::generate(Algorithm::ed25519);
  for (auto const& [key, other] : {std::pair(p256, ed25519), std::pair(ed25519, p256)}) {
    auto const jws = parse_compact(sign_compact({.typ = "t"}, "payload", key));
    EXPECT_EQ(jws.algorithm, key.algorithm());
    EXPECT_NO_THROW(verify(jws, key, {"t", ""}));
    try {
      verify(jws, other, {"t", ""});
      ADD_FAILURE() << "taken for a signature of another kind of key";
    } catch (Error const& error) {
      EXPECT_EQ(error.code, codes::algorithm_wrong);
      EXPECT_EQ(error.detail, "alg is not that of the key, " + std::string(jws_name(other.algorithm())));
    }
  }
}

TEST(Jws, SameInputSameHashThoughSignaturesDiffer) {
  CompactSigner const signer(Key::generate(Algorithm::es256), {.typ = "t"});
  auto const a = signer.sign("x");
  auto const b = signer.sign("x");
  EXPECT_NE(a, b);
  EXPECT_EQ(parse_compact(a).signing_input_hash, parse_compact(b).signing_input_hash);
  EXPECT_NE(parse_compact(a).signing_input_hash, parse_compact(signer.sign("y")).signing_input_hash);
}

TEST(Jws, LimitsHold) {
  CompactSigner const signer(Key::generate(Algorithm::es256), {.typ = "t"});
  EXPECT_THROW(parse_compact(signer.sign(std::string(limits::message_bytes, 'x'))), Error);
  auto const small = signer.sign("x");
  EXPECT_THROW(parse_compact(small, {.max_bytes = small.size() - 1}), Error);
  EXPECT_NO_THROW(parse_compact(small, {.max_bytes = small.size()}));
  EXPECT_THROW(parse_compact(small, {.max_header_bytes = 8}), Error);
}

}  // namespace
}  // namespace menkyo::protocol
