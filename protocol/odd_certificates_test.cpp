// Certificates that no function here makes: each is a good one with one thing changed, and must be refused.

#include <gtest/gtest.h>
#include <openssl/asn1.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <functional>
#include <memory>

#include "protocol/error.hpp"
#include "protocol/limits.hpp"
#include "protocol/x509.hpp"

namespace menkyo::protocol {
namespace {

using X509Pointer = std::unique_ptr<X509, decltype(&X509_free)>;
using KeyPointer = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

struct Extension {
  int nid;
  std::string value;  // as OpenSSL's configuration writes it
};

// Everything about a certificate that a test may change. Self-signed unless `issuer` is set.
struct Plan {
  std::vector<std::pair<int, std::string>> subject{{NID_commonName, "odd"}};
  int subject_type = MBSTRING_UTF8;
  std::vector<Extension> extensions;
  std::string not_before = "20260101000000Z", not_after = "20270101000000Z";
  X509* issuer = nullptr;
  EVP_PKEY* issuer_key = nullptr;
};

std::vector<Extension> root_extensions() {
  return {{NID_basic_constraints, "critical,CA:TRUE"},
          {NID_key_usage, "critical,keyCertSign,cRLSign"},
          {NID_subject_key_identifier, "hash"}};
}

std::vector<Extension> device_extensions() {
  return {{NID_basic_constraints, "critical,CA:FALSE"},
          {NID_key_usage, "critical,digitalSignature"},
          {NID_ext_key_usage, std::string("critical,") + eku_device}};
}

std::vector<Extension> issuing_extensions() {
  return {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
          {NID_key_usage, "critical,keyCertSign,cRLSign"},
          {NID_ext_key_usage, eku_device},
          {NID_subject_key_identifier, "hash"}};
}

// Raw DER of the time and the rest unchecked, as an attacker would write it.
void set_time(ASN1_TIME* at, std::string const& text) {
  ASSERT_EQ(ASN1_STRING_set(at, text.data(), int(text.size())), 1);
  at->type = text.size() == 13 ? V_ASN1_UTCTIME : V_ASN1_GENERALIZEDTIME;
}

X509Pointer build(Plan const& plan, EVP_PKEY* key) {
  X509Pointer x(X509_new(), X509_free);
  X509_set_version(x.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x.get()), 7);
  for (auto const& [nid, text] : plan.subject)
    X509_NAME_add_entry_by_NID(X509_get_subject_name(x.get()), nid, plan.subject_type,
                               reinterpret_cast<const unsigned char*>(text.data()), int(text.size()), -1, 0);
  X509* const signer = plan.issuer ? plan.issuer : x.get();
  X509_set_issuer_name(x.get(), X509_get_subject_name(signer));
  set_time(X509_getm_notBefore(x.get()), plan.not_before);
  set_time(X509_getm_notAfter(x.get()), plan.not_after);
  X509_set_pubkey(x.get(), key);
  for (auto const& wanted : plan.extensions) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, signer, x.get(), nullptr, nullptr, 0);
    std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
        X509V3_EXT_conf_nid(nullptr, &context, wanted.nid, wanted.value.c_str()), X509_EXTENSION_free);
    EXPECT_TRUE(extension) << wanted.value;
    X509_add_ext(x.get(), extension.get(), -1);
  }
  auto* const signing_key = plan.issuer_key ? plan.issuer_key : key;
  bool const hashes = EVP_PKEY_is_a(signing_key, "ED25519") != 1;
  EXPECT_GT(X509_sign(x.get(), signing_key, hashes ? EVP_sha256() : nullptr), 0);
  return x;
}

Bytes der_of(X509* x) {
  uint8_t* der = nullptr;
  int const size = i2d_X509(x, &der);
  Bytes out(der, der + size);
  OPENSSL_free(der);
  return out;
}

KeyPointer p256() {
  return {EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free};
}

std::string outcome(std::function<void()> const& run) {
  try {
    run();
  } catch (Error const& e) {
    return std::string(e.code) + ": " + e.detail;
  }
  return "";
}

std::string reading(Plan const& plan) {
  auto const key = p256();
  return outcome([&] { read_certificate(der_of(build(plan, key.get()).get())); });
}

Plan device_with(std::function<void(Plan&)> const& change) {
  Plan plan;
  plan.extensions = device_extensions();
  change(plan);
  return plan;
}

TEST(OddCertificates, WithoutAChangeTheyAreGood) {
  EXPECT_EQ(reading(device_with([](Plan&) {})), "");
  EXPECT_EQ(reading(device_with([](Plan& p) { p.not_before = "260101000000Z"; })), "") << "UTCTime";
}

TEST(OddCertificates, RolesThatAreNone) {
  auto const usage = [](std::string const& value) {
    return reading(device_with([&](Plan& p) { p.extensions[2].value = value; }));
  };
  EXPECT_EQ(usage("serverAuth"), "certificate_invalid: the extended key usage is not one of ours");
  EXPECT_EQ(usage(std::string(eku_device) + "," + eku_signer),
            "certificate_invalid: the extended key usage is not one role");
  EXPECT_EQ(reading(device_with([](Plan& p) { p.extensions.push_back(p.extensions[2]); })),
            "certificate_invalid: the extended key usage is not one role")
      << "the extension twice";
  EXPECT_EQ(reading(device_with([](Plan& p) { p.extensions.pop_back(); })),
            "certificate_invalid: the certificate names no role");
}

TEST(OddCertificates, ExtensionsThatContradict) {
  constexpr std::string_view others =
      "certificate_invalid: the certificate's extensions are not those of this protocol";
  EXPECT_EQ(reading(device_with([](Plan& p) { p.extensions.erase(p.extensions.begin()); })), others);
  EXPECT_EQ(reading(device_with([](Plan& p) { p.extensions.erase(p.extensions.begin() + 1); })), others);
  EXPECT_EQ(reading(device_with([](Plan& p) { p.extensions.push_back(p.extensions[1]); })), others);
  EXPECT_EQ(reading(device_with([](Plan& p) { p.extensions[1].value = "critical,keyCertSign"; })),
            "certificate_invalid: the key usage contradicts the basic constraints");
  EXPECT_EQ(reading(device_with([](Plan& p) { p.extensions[0].value = "critical,CA:TRUE"; })),
            "certificate_invalid: the key usage contradicts the basic constraints");
  EXPECT_EQ(reading(device_with([](Plan& p) { p.extensions[1].value = "critical,keyAgreement"; })),
            "certificate_invalid: the key may not sign");
}

TEST(OddCertificates, AuthoritiesThatMayTooMuch) {
  Plan plan;
  plan.extensions = issuing_extensions();
  EXPECT_EQ(reading(plan), "");
  plan.extensions[0].value = "critical,CA:TRUE";
  EXPECT_EQ(reading(plan), "certificate_invalid: the issuing CA is not confined to devices") << "any length of path";
  plan.extensions = issuing_extensions();
  plan.extensions[2].value = eku_signer;
  EXPECT_EQ(reading(plan), "certificate_invalid: the issuing CA is not confined to devices");

  // A CA under a root that names no role could issue for every role.
  auto const root_key = p256(), key = p256();
  Plan root_plan;
  root_plan.extensions = root_extensions();
  root_plan.subject = {{NID_commonName, "root"}};
  auto const root = build(root_plan, root_key.get());
  plan.extensions = root_extensions();
  plan.issuer = root.get();
  plan.issuer_key = root_key.get();
  EXPECT_EQ(outcome([&] { read_certificate(der_of(build(plan, key.get()).get())); }),
            "certificate_invalid: a CA without a role must be a root");
}

TEST(OddCertificates, SubjectsAndTimes) {
  EXPECT_EQ(reading(device_with([](Plan& p) {
              p.subject.push_back({NID_commonName, "again"});
            })),
            "certificate_invalid: the subject repeats a part");
  EXPECT_EQ(reading(device_with([](Plan& p) { p.subject.clear(); })), "") << "a subject without parts";
  EXPECT_EQ(reading(device_with([](Plan& p) { p.subject_type = V_ASN1_BIT_STRING; })),
            "certificate_invalid: the subject is not text");
  for (std::string const& bad : {std::string("20261301000000Z"), std::string("20260230000000Z"), std::string("2026"),
                                 std::string("20260101000000"), std::string("99999999999999Z")})
    EXPECT_EQ(reading(device_with([&](Plan& p) { p.not_after = bad; })),
              "certificate_invalid: the validity is not readable")
        << bad;
}

TEST(OddCertificates, KeysOfOtherKinds) {
  Plan plan;
  plan.extensions = device_extensions();
  for (auto const& [type, name] : {std::pair("RSA", ""), std::pair("EC", "P-384")}) {
    KeyPointer const key(name[0] ? EVP_PKEY_Q_keygen(nullptr, nullptr, type, name)
                                 : EVP_PKEY_Q_keygen(nullptr, nullptr, type, size_t{2048}),
                         EVP_PKEY_free);
    EXPECT_EQ(outcome([&] { read_certificate(der_of(build(plan, key.get()).get())); }),
              "certificate_invalid: the certificate's key is neither P-256 nor Ed25519");
  }
}

// A chain that OpenSSL finds sound must still be one of this protocol's roles.
TEST(OddCertificates, ChainsThroughTheWrongIssuer) {
  auto const root_key = p256(), between_key = p256(), leaf_key = p256();
  Plan root_plan;
  root_plan.subject = {{NID_commonName, "root"}};
  root_plan.extensions = root_extensions();
  auto const root = build(root_plan, root_key.get());

  Plan between_plan;
  between_plan.subject = {{NID_commonName, "between"}};
  between_plan.extensions = issuing_extensions();
  between_plan.extensions.push_back({NID_authority_key_identifier, "keyid:always"});
  between_plan.issuer = root.get();
  between_plan.issuer_key = root_key.get();
  auto const between = build(between_plan, between_key.get());

  Plan leaf_plan;
  leaf_plan.extensions = device_extensions();
  leaf_plan.extensions.push_back({NID_authority_key_identifier, "keyid:always"});
  leaf_plan.extensions.push_back({NID_subject_key_identifier, "hash"});
  leaf_plan.issuer = between.get();
  leaf_plan.issuer_key = between_key.get();
  std::vector<Bytes> const anchors{der_of(root.get())}, offered{der_of(between.get())};
  auto const at = *from_rfc3339("2026-06-01T00:00:00Z");
  auto const code = [&](Role role, std::vector<Bytes> const& trusted) {
    auto const leaf = der_of(build(leaf_plan, leaf_key.get()).get());
    return outcome([&] { verify_chain(leaf, offered, trusted, at, role); }).substr(0, 22);
  };
  EXPECT_EQ(code(Role::device, anchors), "");
  EXPECT_EQ(code(Role::signer, anchors), "certificate_role_wrong");
  EXPECT_EQ(code(Role::device, offered), "certificate_invalid: a") << "an anchor that is no root";
  // The issuing CA, or whoever stole its key, makes a signer.
  leaf_plan.extensions[2].value = std::string("critical,") + eku_signer;
  EXPECT_EQ(code(Role::signer, anchors), "certificate_role_wrong");
}

// A root may sign its own name over another key. That is no CA between, though OpenSSL counts it as none and finds
// the chain sound.
TEST(OddCertificates, ChainsThroughASecondRoot) {
  auto const root_key = p256(), second_key = p256(), leaf_key = p256();
  Plan root_plan;
  root_plan.subject = {{NID_commonName, "root"}};
  root_plan.extensions = root_extensions();
  auto const root = build(root_plan, root_key.get());
  Plan second_plan = root_plan;
  second_plan.extensions.push_back({NID_authority_key_identifier, "keyid:always"});
  second_plan.issuer = root.get();
  second_plan.issuer_key = root_key.get();
  auto const second = build(second_plan, second_key.get());
  Plan leaf_plan;
  leaf_plan.extensions = device_extensions();
  leaf_plan.extensions.push_back({NID_authority_key_identifier, "keyid:always"});
  leaf_plan.extensions.push_back({NID_subject_key_identifier, "hash"});
  leaf_plan.issuer = second.get();
  leaf_plan.issuer_key = second_key.get();
  auto const leaf = der_of(build(leaf_plan, leaf_key.get()).get());
  std::vector<Bytes> const anchors{der_of(root.get())}, offered{der_of(second.get())};
  EXPECT_EQ(
      outcome([&] { verify_chain(leaf, offered, anchors, *from_rfc3339("2026-06-01T00:00:00Z"), Role::device); }),
      "certificate_role_wrong: an issuer in the chain may not issue this certificate");
}

// An issuing CA with a key that this protocol does not know.
TEST(OddCertificates, ChainsThroughAnRsaKey) {
  auto const root_key = p256(), leaf_key = p256();
  KeyPointer const rsa(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t{2048}), EVP_PKEY_free);
  Plan root_plan;
  root_plan.subject = {{NID_commonName, "root"}};
  root_plan.extensions = root_extensions();
  auto const root = build(root_plan, root_key.get());
  Plan between_plan;
  between_plan.subject = {{NID_commonName, "between"}};
  between_plan.extensions = issuing_extensions();
  between_plan.extensions.push_back({NID_authority_key_identifier, "keyid:always"});
  between_plan.issuer = root.get();
  between_plan.issuer_key = root_key.get();
  auto const between = build(between_plan, rsa.get());
  Plan leaf_plan;
  leaf_plan.extensions = device_extensions();
  leaf_plan.extensions.push_back({NID_authority_key_identifier, "keyid:always"});
  leaf_plan.extensions.push_back({NID_subject_key_identifier, "hash"});
  leaf_plan.issuer = between.get();
  leaf_plan.issuer_key = rsa.get();
  auto const leaf = der_of(build(leaf_plan, leaf_key.get()).get());
  std::vector<Bytes> const anchors{der_of(root.get())}, offered{der_of(between.get())};
  EXPECT_EQ(
      outcome([&] { verify_chain(leaf, offered, anchors, *from_rfc3339("2026-06-01T00:00:00Z"), Role::device); }),
      "certificate_invalid: the certificate's key is neither P-256 nor Ed25519");
}

TEST(OddCertificates, RequestsThatMakeNone) {
  auto const key = Key::generate(Algorithm::es256);
  CertificateRequest const good{
      {"root", "", ""}, {1}, *from_rfc3339("2026-01-01T00:00:00Z"), *from_rfc3339("2027-01-01T00:00:00Z")};
  auto const code = [&](std::function<void(CertificateRequest&)> const& change) {
    auto request = good;
    change(request);
    return outcome([&] { make_root(request, key); }).substr(0, 13);
  };
  EXPECT_EQ(code([](auto&) {}), "");
  EXPECT_EQ(code([](auto& r) { r.serial.clear(); }), "value_invalid");
  EXPECT_EQ(code([](auto& r) { r.serial.assign(21, 1); }), "value_invalid");
  EXPECT_EQ(code([](auto& r) { r.subject.organization = "\xff"; }), "value_invalid");
  auto const root = make_root(good, key);
  // The same key under another certificate is another issuer.
  auto renamed = good;
  renamed.subject.common_name = "renamed";
  auto const again = make_root(renamed, key);
  for (auto const& der : {root, again, root}) EXPECT_FALSE(make_signer(good, key, {der, key}).empty());
  auto const other = read_certificate(root);
  EXPECT_NE(other.subject, (Subject{"root", "x", ""}));
  EXPECT_NE(other.subject, (Subject{"root", "", "x"}));
  EXPECT_NE(other.subject, (Subject{"boot", "", ""}));
  std::vector<Bytes> const many(limits::chain_certificates, root), anchors{root};
  EXPECT_EQ(outcome([&] { verify_chain(root, many, anchors, good.not_before, Role::root); }).substr(0, 14),
            "limit_exceeded");
}

}  // namespace
}  // namespace menkyo::protocol
