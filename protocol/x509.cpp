#include "protocol/x509.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

#include "protocol/error.hpp"
#include "protocol/handle.hpp"
#include "protocol/json.hpp"
#include "protocol/limits.hpp"

namespace menkyo::protocol {

namespace {

using X509Handle = Handle<X509, X509_free>;
using StackHandle = Handle<STACK_OF(X509), +[](STACK_OF(X509) * s) { sk_X509_pop_free(s, X509_free); }>;
using EkuHandle = Handle<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>;
using BytesHandle = Handle<uint8_t, +[](uint8_t* p) { OPENSSL_free(p); }>;
using ObjectHandle = Handle<ASN1_OBJECT, ASN1_OBJECT_free>;

[[noreturn]] void invalid(std::string reason) {
  ERR_clear_error();
  throw Error(codes::certificate_invalid, std::move(reason));
}

time_t seconds(Instant t) {
  return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
}

X509Handle parse_der(ByteView der) {
  if (der.empty() || der.size() > limits::certificate_bytes) invalid("the certificate has a wrong length");
  const uint8_t* p = der.data();
  X509Handle out(d2i_X509(nullptr, &p, static_cast<long>(der.size())));
  if (!out || p != der.data() + der.size()) invalid("not a certificate in DER");
  return out;
}

// --- making ---

void add_name_part(X509_NAME* name, int nid, std::string const& text) {
  if (text.empty()) return;
  if (text.size() > 64 || !json::is_text(text))
    throw Error(codes::value_invalid, "a part of a certificate's subject is longer than 64 bytes");
  require(X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()), -1, 0) == 1,
          "a certificate's subject");
}

void set_subject(X509* x, Subject const& subject) {
  if (subject.common_name.empty()) throw Error(codes::value_invalid, "a certificate needs a common name");
  auto* name = X509_get_subject_name(x);
  add_name_part(name, NID_organizationName, subject.organization);
  add_name_part(name, NID_serialNumber, subject.serial_number);
  add_name_part(name, NID_commonName, subject.common_name);
}

void set_serial(X509* x, Bytes serial) {
  if (serial.empty() || serial.size() > 20)
    throw Error(codes::value_invalid, "a certificate's serial number takes 1 to 20 bytes");
  serial[0] &= 0x7F;
  Handle<BIGNUM, BN_free> number(BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  require(number != nullptr, "a certificate's serial number");
  require(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(x)) != nullptr, "a certificate's serial number");
}

// X509_set_pubkey() would encode the key and decode it again, which takes as long as the signature.
void set_public_key(X509* x, Key const& key) {
  bool const p256 = key.algorithm() == Algorithm::es256;
  auto const bytes = key.public_bytes();
  BytesHandle copy(static_cast<uint8_t*>(OPENSSL_memdup(bytes.data(), bytes.size())));
  require(copy != nullptr, "a certificate's key");
  require(
      X509_PUBKEY_set0_param(X509_get_X509_PUBKEY(x), OBJ_nid2obj(p256 ? NID_X9_62_id_ecPublicKey : NID_ED25519),
                             p256 ? V_ASN1_OBJECT : V_ASN1_UNDEF, p256 ? OBJ_nid2obj(NID_X9_62_prime256v1) : nullptr,
                             copy.get(), static_cast<int>(bytes.size())) == 1,
      "a certificate's key");
  copy.release();
}

// `value` in OpenSSL's configuration syntax (x509v3_config(5)).
void add_extension(X509* x, X509* issuer, int nid, std::string const& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, x, nullptr, nullptr, 0);
  Handle<X509_EXTENSION, X509_EXTENSION_free> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  require(extension != nullptr, "a certificate's extension");
  require(X509_add_ext(x, extension.get(), -1) == 1, "a certificate's extension");
}

struct Profile {
  const char* constraints;
  const char* usage;
  const char* role;  // OID of the extended key usage, nullptr for none
  bool role_critical;
};

constexpr Profile profile(Role role) {
  switch (role) {
    case Role::root:
      return {"critical,CA:TRUE", "critical,keyCertSign,cRLSign", nullptr, false};
    case Role::issuing:
      return {"critical,CA:TRUE,pathlen:0", "critical,keyCertSign,cRLSign", eku_device, false};
    case Role::device:
      return {"critical,CA:FALSE", "critical,digitalSignature", eku_device, true};
    case Role::signer:
      return {"critical,CA:FALSE", "critical,digitalSignature", eku_signer, true};
  }
  return {};
}

Bytes make(CertificateRequest const& request, Key const& subject_key, Role role, X509* issuer,
           Key const& issuer_key) {
  if (request.not_after <= request.not_before)
    throw Error(codes::value_invalid, "a certificate must end after it begins");
  X509Handle x(X509_new());
  require(x != nullptr, "a certificate");
  require(X509_set_version(x.get(), X509_VERSION_3) == 1, "a certificate's version");
  set_serial(x.get(), request.serial);
  set_subject(x.get(), request.subject);
  X509* const signer = issuer != nullptr ? issuer : x.get();
  require(X509_set_issuer_name(x.get(), X509_get_subject_name(signer)) == 1, "a certificate's issuer");
  require(ASN1_TIME_set(X509_getm_notBefore(x.get()), seconds(request.not_before)) != nullptr,
          "a certificate's time");
  require(ASN1_TIME_set(X509_getm_notAfter(x.get()), seconds(request.not_after)) != nullptr, "a certificate's time");
  set_public_key(x.get(), subject_key);
  auto const p = profile(role);
  add_extension(x.get(), signer, NID_basic_constraints, p.constraints);
  add_extension(x.get(), signer, NID_key_usage, p.usage);
  if (p.role != nullptr)
    add_extension(x.get(), signer, NID_ext_key_usage, (p.role_critical ? "critical," : "") + std::string(p.role));
  add_extension(x.get(), signer, NID_subject_key_identifier, "hash");
  // A root has no authority to name (RFC 5280 section 4.2.1.1).
  if (issuer != nullptr) add_extension(x.get(), signer, NID_authority_key_identifier, "keyid:always");
  auto const* digest = issuer_key.algorithm() == Algorithm::es256 ? EVP_sha256() : nullptr;
  require(X509_sign(x.get(), issuer_key.native(), digest) > 0, "signing a certificate");
  uint8_t* der = nullptr;
  int const size = i2d_X509(x.get(), &der);
  require(size > 0, "encoding a certificate");
  Bytes out(der, der + size);
  OPENSSL_free(der);
  return out;
}

Bytes make_under(CertificateRequest const& request, Key const& subject_key, Role role, Issuer const& issuer,
                 Role issuer_role) {
  // The last issuer of each thread stays read and checked: that takes longer than to make a certificate. It holds the
  // key, so that no other key can come to have its address.
  struct Checked {
    Issuer issuer;
    Role role;
    X509Handle x;
  };
  thread_local std::optional<Checked> last;
  if (!last || last->issuer.key.native() != issuer.key.native() || last->issuer.certificate != issuer.certificate) {
    last.reset();
    auto x = parse_der(issuer.certificate);
    auto const found = read_certificate(issuer.certificate).role;
    if (X509_check_private_key(x.get(), issuer.key.native()) != 1)
      throw Error(codes::value_invalid, "the issuer's key is not that of its certificate");
    last.emplace(Checked{issuer, found, std::move(x)});
  }
  if (last->role != issuer_role) throw Error(codes::value_invalid, "that certificate may not issue this one");
  return make(request, subject_key, role, last->x.get(), issuer.key);
}

// --- reading ---

std::string name_part(const X509_NAME* name, int nid) {
  int const at = X509_NAME_get_index_by_NID(name, nid, -1);
  if (at < 0) return {};
  if (X509_NAME_get_index_by_NID(name, nid, at) >= 0) invalid("the subject repeats a part");
  uint8_t* text = nullptr;
  int const size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (size < 0) invalid("the subject is not text");
  std::string out(reinterpret_cast<char*>(text), static_cast<size_t>(size));
  OPENSSL_free(text);
  return out;
}

Instant instant(const ASN1_TIME* t) {
  tm parts{};
  // Says no to days that no calendar has.
  if (ASN1_TIME_to_tm(t, &parts) != 1) invalid("the validity is not readable");
  using namespace std::chrono;
  year_month_day const date{year(parts.tm_year + 1900), month(static_cast<unsigned>(parts.tm_mon + 1)),
                            day(static_cast<unsigned>(parts.tm_mday))};
  return Instant(sys_days(date)) + hours(parts.tm_hour) + minutes(parts.tm_min) + std::chrono::seconds(parts.tm_sec);
}

Bytes serial_bytes(X509* x) {
  auto const* serial = X509_get0_serialNumber(x);
  return Bytes(ASN1_STRING_get0_data(serial), ASN1_STRING_get0_data(serial) + ASN1_STRING_length(serial));
}

// The one role that the extended key usage names; nullopt without that extension.
std::optional<Role> role_in_usage(X509* x) {
  int found = -1;  // -1: absent, -2: more than once (X509_get_ext_d2i)
  EkuHandle const usage(static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(x, NID_ext_key_usage, &found, nullptr)));
  if (!usage && found == -1) return {};
  if (!usage || sk_ASN1_OBJECT_num(usage.get()) != 1) invalid("the extended key usage is not one role");
  static ObjectHandle const device(OBJ_txt2obj(eku_device, 1));
  static ObjectHandle const signer(OBJ_txt2obj(eku_signer, 1));
  auto const* oid = sk_ASN1_OBJECT_value(usage.get(), 0);
  if (OBJ_cmp(oid, device.get()) == 0) return Role::device;
  if (OBJ_cmp(oid, signer.get()) == 0) return Role::signer;
  invalid("the extended key usage is not one of ours");
}

Role role_of(X509* x) {
  auto const usage_role = role_in_usage(x);
  auto const flags = X509_get_extension_flags(x);
  if ((flags & EXFLAG_INVALID) != 0 || (flags & EXFLAG_BCONS) == 0 || (flags & EXFLAG_KUSAGE) == 0)
    invalid("the certificate's extensions are not those of this protocol");
  bool const ca = (flags & EXFLAG_CA) != 0;
  auto const usage = X509_get_key_usage(x);
  if (ca != ((usage & KU_KEY_CERT_SIGN) != 0)) invalid("the key usage contradicts the basic constraints");
  if (!ca && (usage & KU_DIGITAL_SIGNATURE) == 0) invalid("the key may not sign");
  if (!ca && !usage_role) invalid("the certificate names no role");
  if (!ca) return *usage_role;
  if (usage_role) {
    if (*usage_role != Role::device || X509_get_pathlen(x) != 0) invalid("the issuing CA is not confined to devices");
    return Role::issuing;
  }
  if ((flags & EXFLAG_SI) == 0) invalid("a CA without a role must be a root");
  return Role::root;
}

Key public_key(X509* x) {
  try {
    return Key::adopt(X509_get_pubkey(x), false);
  } catch (Error const&) {
    invalid("the certificate's key is neither P-256 nor Ed25519");
  }
}

Certificate describe(X509* x, ByteView der) {
  auto key = public_key(x);
  auto const* name = X509_get_subject_name(x);
  return {.role = role_of(x),
          .subject = {name_part(name, NID_commonName), name_part(name, NID_organizationName),
                      name_part(name, NID_serialNumber)},
          .serial = serial_bytes(x),
          .not_before = instant(X509_get0_notBefore(x)),
          .not_after = instant(X509_get0_notAfter(x)),
          .public_key = std::move(key),
          .sha256 = sha256(der)};
}

void push(STACK_OF(X509) * stack, X509Handle x) {
  require(sk_X509_push(stack, x.get()) > 0, "a chain of certificates");
  x.release();
}

[[noreturn]] void refuse(X509_STORE_CTX* context) {
  int const error = X509_STORE_CTX_get_error(context);
  std::string const reason = X509_verify_cert_error_string(error);
  ERR_clear_error();
  if (error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID)
    throw Error(codes::certificate_expired, reason);
  throw Error(codes::certificate_untrusted, reason);
}

}  // namespace

Bytes make_root(CertificateRequest const& request, Key const& key) {
  return make(request, key, Role::root, nullptr, key);
}

Bytes make_issuing(CertificateRequest const& request, Key const& subject_key, Issuer const& root) {
  return make_under(request, subject_key, Role::issuing, root, Role::root);
}

Bytes make_device_certificate(CertificateRequest const& request, Key const& subject_key, Issuer const& issuing) {
  return make_under(request, subject_key, Role::device, issuing, Role::issuing);
}

Bytes make_signer(CertificateRequest const& request, Key const& subject_key, Issuer const& root) {
  return make_under(request, subject_key, Role::signer, root, Role::root);
}

Certificate read_certificate(ByteView der) {
  return describe(parse_der(der).get(), der);
}

Certificate verify_chain(ByteView leaf, std::span<const Bytes> intermediates, std::span<const Bytes> anchors,
                         Instant at, Role role) {
  if (intermediates.size() >= limits::chain_certificates || anchors.size() > limits::anchors)
    throw Error(codes::limit_exceeded, "too many certificates");
  auto const x = parse_der(leaf);
  auto certificate = describe(x.get(), leaf);
  if (certificate.role != role)
    throw Error(codes::certificate_role_wrong, "the certificate was made for another purpose");

  Handle<X509_STORE, X509_STORE_free> store(X509_STORE_new());
  StackHandle untrusted(sk_X509_new_null());
  Handle<X509_STORE_CTX, X509_STORE_CTX_free> context(X509_STORE_CTX_new());
  require(store != nullptr, "preparing to verify");
  require(untrusted != nullptr, "preparing to verify");
  require(context != nullptr, "preparing to verify");
  for (auto const& der : anchors) {
    auto const anchor = parse_der(der);
    if (role_of(anchor.get()) != Role::root) invalid("an anchor is not a root");
    require(X509_STORE_add_cert(store.get(), anchor.get()) == 1, "adding an anchor");
  }
  for (auto const& der : intermediates) push(untrusted.get(), parse_der(der));
  require(X509_STORE_CTX_init(context.get(), store.get(), x.get(), untrusted.get()) == 1, "preparing to verify");
  auto* param = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(param, seconds(at));
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
  if (X509_verify_cert(context.get()) != 1) refuse(context.get());

  auto* chain = X509_STORE_CTX_get0_chain(context.get());
  // Every CA between leaf and root must be one that this role may be issued by, with a key that this protocol knows.
  for (int i = 1; i + 1 < sk_X509_num(chain); ++i) {
    auto* ca = sk_X509_value(chain, i);
    if (role_of(ca) != Role::issuing || role != Role::device)
      throw Error(codes::certificate_role_wrong, "an issuer in the chain may not issue this certificate");
    (void)public_key(ca);
  }
  return certificate;
}

}  // namespace menkyo::protocol
