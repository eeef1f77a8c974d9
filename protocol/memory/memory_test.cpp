// OpenSSL without memory. Whatever the library was doing when an allocation failed, it says so or does it all the
// same; nothing it makes is wrong, and afterwards it works as before.
//
// A program of its own, because OpenSSL takes other functions for its memory only before it first used any.

#include <gmock/gmock.h>
#include <openssl/crypto.h>

#include <cstdlib>
#include <functional>

#include "protocol/error.hpp"
#include "protocol/json.hpp"
#include "protocol/key.hpp"
#include "protocol/x509.hpp"

namespace menkyo::protocol {
namespace {

using ::testing::AnyOf;

constexpr int64_t unlimited = -1;
thread_local int64_t allocations_left = unlimited;
thread_local bool refused = false;

bool take_one() {
  if (allocations_left == unlimited) return true;
  if (allocations_left == 0) {
    refused = true;
    return false;
  }
  --allocations_left;
  return true;
}

void* allocate(size_t size, const char*, int) {
  return take_one() ? std::malloc(size) : nullptr;
}
void* reallocate(void* old, size_t size, const char*, int) {
  return take_one() ? std::realloc(old, size) : nullptr;
}
void release(void* old, const char*, int) {
  std::free(old);
}
bool const replaced = CRYPTO_set_mem_functions(allocate, reallocate, release) == 1;

// Something done, and the word for how it went; the same each time, if there is memory.
struct Work {
  std::string name;
  std::function<std::string()> run;
};

Instant at(const char* text) {
  return *from_rfc3339(text);
}

CertificateRequest request(const char* name) {
  return {{name, "Example", "SN-1"}, {7}, at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")};
}

// Keys and certificates made while there was memory.
struct Made {
  Key p256 = Key::generate(Algorithm::es256), ed25519 = Key::generate(Algorithm::ed25519);
  Bytes root = make_root(request("root"), p256);
  Bytes issuing = make_issuing(request("issuing"), ed25519, {root, p256});
  Bytes device = make_device_certificate(request("device"), p256, {issuing, ed25519});
  std::vector<Bytes> between{issuing}, anchors{root};
};

Work reads(std::string name, Key const& key, std::function<Key()> read) {
  return {std::move(name), [key, read] { return read().jwk() == key.jwk() ? "the same" : "another"; }};
}

std::vector<Work> works_with(Key const& key) {
  std::string const kind(jws_name(key.algorithm()));
  auto const text = bytes_of("text");
  auto const signature = key.sign(text), other = key.sign(bytes_of("other"));
  auto const der = key.pkcs8_der(), spki = key.spki_der(), point = key.public_bytes();
  auto const pem = key.pkcs8_pem(), jwk = key.jwk();
  return {
      {kind + " sign", [key, text] { return key.verify(text, key.sign(text)) ? "good" : "bad"; }},
      {kind + " sign with a fresh key",
       [key, der, text] { return key.verify(text, Key::from_pkcs8_der(der).sign(text)) ? "good" : "bad"; }},
      {kind + " verify", [key, text, signature] { return key.verify(text, signature) ? "good" : "bad"; }},
      {kind + " verify another's", [key, text, other] { return key.verify(text, other) ? "good" : "bad"; }},
      {kind + " generate", [key] { return std::string(jws_name(Key::generate(key.algorithm()).algorithm())); }},
      {kind + " write PKCS #8", [key, der] { return key.pkcs8_der() == der ? "good" : "bad"; }},
      {kind + " write PEM", [key, pem] { return key.pkcs8_pem() == pem ? "good" : "bad"; }},
      {kind + " write SPKI", [key, spki] { return key.spki_der() == spki ? "good" : "bad"; }},
      reads(kind + " read PKCS #8", key, [der] { return Key::from_pkcs8_der(der); }),
      reads(kind + " read PEM", key, [pem] { return Key::from_pkcs8_pem(pem); }),
      reads(kind + " read SPKI", key, [spki] { return Key::from_spki_der(spki); }),
      reads(kind + " read bytes", key, [key, point] { return Key::from_public_bytes(key.algorithm(), point); }),
      reads(kind + " read JWK", key, [jwk] { return Key::from_jwk(json::parse(jwk)); }),
  };
}

// RFC 7515 appendix A.3 and RFC 8037 appendix A.1.
constexpr std::string_view private_jwks[] = {
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"})",
    R"({"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"};

std::vector<Work> works() {
  Made const made;
  std::vector<Work> out;
  for (auto const& key : {made.p256, made.ed25519})
    for (auto& work : works_with(key)) out.push_back(std::move(work));
  for (auto const& jwk : private_jwks) {
    auto const key = Key::from_private_jwk(json::parse(jwk));
    out.push_back(reads("read a private JWK", key, [jwk] { return Key::from_private_jwk(json::parse(jwk)); }));
  }
  auto const role = [](Bytes const& der) { return std::to_string(int(read_certificate(der).role)); };
  out.push_back({"make a root", [=] { return role(make_root(request("root"), made.p256)); }});
  out.push_back({"make a root with Ed25519", [=] { return role(make_root(request("root"), made.ed25519)); }});
  out.push_back({"make an issuing CA", [=] {
                   return role(make_issuing(request("issuing"), made.ed25519, {made.root, made.p256}));
                 }});
  out.push_back({"make a device's certificate", [=] {
                   Issuer const issuer{made.issuing, made.ed25519};
                   return role(make_device_certificate(request("device"), made.p256, issuer));
                 }});
  out.push_back({"read a certificate", [=] { return read_certificate(made.device).subject.common_name; }});
  out.push_back({"verify a chain", [=] {
                   return verify_chain(made.device, made.between, made.anchors, at("2026-06-01T00:00:00Z"),
                                       Role::device)
                       .subject.common_name;
                 }});
  return out;
}

// One allocation after the other; reading a key makes thousands of the same kind, of which a share will do.
int64_t next(int64_t n) {
  return n < 300 ? n + 1 : n + 17;
}

TEST(Memory, may_fail_anywhere) {
  ASSERT_TRUE(replaced) << "OpenSSL had already used memory";
  for (auto const& work : works()) {
    SCOPED_TRACE(work.name);
    auto const expected = work.run();
    refused = true;
    for (int64_t n = 0; refused; n = next(n)) {
      ASSERT_LT(n, 100'000) << "there is no end of allocations";
      refused = false;
      std::string outcome;
      allocations_left = n;
      try {
        outcome = work.run();
      } catch (Error const& error) {
        outcome = error.code;
      }
      allocations_left = unlimited;
      // Where OpenSSL does not say why it could not read something, that is called bad. Its Ed25519 does not tell
      // want of memory from a wrong signature either.
      std::string const bad = work.name.starts_with("EdDSA") ? "bad" : expected;
      EXPECT_THAT(outcome, AnyOf(expected, bad, codes::crypto_failed, codes::key_invalid, codes::certificate_invalid,
                                 codes::certificate_untrusted))
          << "when the allocation " << n << " failed";
      ASSERT_EQ(work.run(), expected) << "after the allocation " << n << " failed";
    }
  }
}

}  // namespace
}  // namespace menkyo::protocol
