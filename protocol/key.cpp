#include "protocol/key.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstring>

#include "protocol/error.hpp"
#include "protocol/handle.hpp"
#include "protocol/json.hpp"

namespace menkyo::protocol {

namespace {

using KeyContext = Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using MdContext = Handle<EVP_MD_CTX, EVP_MD_CTX_free>;
using BioHandle = Handle<BIO, BIO_free_all>;

constexpr size_t point_bytes = 65;  // 04 x y
constexpr size_t ed25519_bytes = 32;

// What stands before the point in the SubjectPublicKeyInfo of a P-256 key (RFC 5480 section 2). To put it there and
// to take it away takes a sixth of the time of OpenSSL's general decoder.
constexpr std::array<uint8_t, 26> p256_prefix{0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                              0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                              0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};

[[noreturn]] void bad_key(std::string reason) {
  ERR_clear_error();
  throw Error(codes::key_invalid, std::move(reason));
}

// DER INTEGER of 32 big-endian bytes, appended to `out`.
void append_der_integer(Bytes& out, ByteView number) {
  while (number.size() > 1 && number[0] == 0) number = number.subspan(1);
  bool const pad = (number[0] & 0x80) != 0;
  out.push_back(0x02);
  out.push_back(static_cast<uint8_t>(number.size() + pad));
  if (pad) out.push_back(0);
  out.insert(out.end(), number.begin(), number.end());
}

// Ecdsa-Sig-Value (RFC 3279 section 2.2.3) from r || s.
Bytes der_from_raw(ByteView raw) {
  Bytes body;
  body.reserve(72);
  append_der_integer(body, raw.first(32));
  append_der_integer(body, raw.subspan(32));
  Bytes out{0x30, static_cast<uint8_t>(body.size())};
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

using DerSignature = std::array<uint8_t, 80>;

// r || s from what OpenSSL made: a sequence of two INTEGERs of at most 33 bytes, the longest with a zero in front.
Signature raw_from_der(DerSignature const& der) {
  Signature out{};
  size_t at = 2;
  for (size_t half = 0; half < 2; ++half) {
    size_t const size = der[at + 1];
    require(size <= 33, "writing a signature");
    at += 2 + size;
    size_t const kept = std::min<size_t>(size, 32);
    std::copy_n(der.data() + at - kept, kept, out.data() + half * 32 + 32 - kept);
  }
  return out;
}

// Prepared contexts for signing. A thread serves few signing keys, so a handful of entries, replaced in turn.
class SigningContexts {
 public:
  EVP_PKEY_CTX* get(std::shared_ptr<EVP_PKEY> const& pkey) {
    for (auto& e : entries_) {
      if (e.pkey == pkey) return e.context.get();
    }
    KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, pkey.get(), nullptr));
    require(context != nullptr, "preparing to sign");
    require(EVP_PKEY_sign_init(context.get()) == 1, "preparing to sign");
    auto& slot = entries_[next_++ % entries_.size()];
    slot = {pkey, std::move(context)};
    return slot.context.get();
  }

 private:
  struct Entry {
    std::shared_ptr<EVP_PKEY> pkey;
    KeyContext context;
  };
  std::array<Entry, 4> entries_;
  size_t next_ = 0;
};

Signature sign_es256(std::shared_ptr<EVP_PKEY> const& pkey, ByteView message) {
  thread_local SigningContexts contexts;
  auto const hash = sha256(message);
  DerSignature der;
  size_t size = der.size();
  require(EVP_PKEY_sign(contexts.get(pkey), der.data(), &size, hash.data(), hash.size()) == 1, "signing");
  return raw_from_der(der);
}

Signature sign_ed25519(EVP_PKEY* pkey, ByteView message) {
  MdContext context(EVP_MD_CTX_new());
  Signature out;
  size_t size = out.size();
  require(context != nullptr, "preparing to sign");
  require(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, pkey) == 1, "preparing to sign");
  require(EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()) == 1, "signing");
  return out;
}

bool verify_es256(EVP_PKEY* pkey, ByteView message, ByteView signature) {
  KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, pkey, nullptr));
  require(context != nullptr, "preparing to verify");
  require(EVP_PKEY_verify_init(context.get()) == 1, "preparing to verify");
  auto const hash = sha256(message);
  auto const der = der_from_raw(signature);
  int const verdict = EVP_PKEY_verify(context.get(), der.data(), der.size(), hash.data(), hash.size());
  // Below 0 nothing was found out about the signature.
  require(verdict >= 0, "verifying");
  return verdict == 1;
}

bool verify_ed25519(EVP_PKEY* pkey, ByteView message, ByteView signature) {
  MdContext context(EVP_MD_CTX_new());
  require(context != nullptr, "preparing to verify");
  require(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, pkey) == 1, "preparing to verify");
  return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

using PkeyHandle = Handle<EVP_PKEY, EVP_PKEY_free>;
using Parameters = Handle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;

Parameters p256_parameters() {
  Parameters build(OSSL_PARAM_BLD_new());
  require(build != nullptr, "preparing a key");
  require(OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1,
          "preparing a key");
  return build;
}

// What the parameters say; null if they are no key.
PkeyHandle from_parameters(Parameters const& build, int what) {
  Handle<OSSL_PARAM, OSSL_PARAM_free> params(OSSL_PARAM_BLD_to_param(build.get()));
  require(params != nullptr, "preparing a key");
  KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  require(context != nullptr, "preparing a key");
  require(EVP_PKEY_fromdata_init(context.get()) == 1, "preparing a key");
  EVP_PKEY* pkey = nullptr;
  EVP_PKEY_fromdata(context.get(), &pkey, what, params.get());
  return PkeyHandle(pkey);
}

// A copy of the curve alone with the point put in: a quarter of the time that OpenSSL takes to make both.
PkeyHandle p256_from_point(ByteView point) {
  static PkeyHandle const curve = [] {
    auto made = from_parameters(p256_parameters(), EVP_PKEY_KEY_PARAMETERS);
    require(made != nullptr, "preparing a key");
    return made;
  }();
  PkeyHandle pkey(EVP_PKEY_dup(curve.get()));
  require(pkey != nullptr, "preparing a key");
  if (EVP_PKEY_set1_encoded_public_key(pkey.get(), point.data(), point.size()) != 1) bad_key("not a P-256 key");
  return pkey;
}

// A pair from the point and the private number, which are not compared.
PkeyHandle p256_from_numbers(ByteView point, ByteView secret) {
  auto const build = p256_parameters();
  Handle<BIGNUM, BN_clear_free> const number(BN_bin2bn(secret.data(), static_cast<int>(secret.size()), nullptr));
  require(number != nullptr, "preparing a key");
  require(OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1 &&
              OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get()) == 1,
          "preparing a key");
  auto pkey = from_parameters(build, EVP_PKEY_KEYPAIR);
  if (!pkey) bad_key("not a P-256 key");
  return pkey;
}

// Writes a coordinate of a P-256 key to the 32 bytes at `out`.
void read_number(EVP_PKEY* pkey, const char* name, uint8_t* out) {
  BIGNUM* found = nullptr;
  require(EVP_PKEY_get_bn_param(pkey, name, &found) == 1, "reading a key");
  Handle<BIGNUM, BN_free> const number(found);
  require(BN_bn2binpad(number.get(), out, 32) == 32, "reading a key");
}

Bytes jwk_bytes(json::Value const& jwk, std::string_view name, size_t size) {
  auto out = from_base64url(jwk.at(name).as_string());
  if (!out || out->size() != size) bad_key("JWK member \"" + std::string(name) + "\" has the wrong length");
  return *out;
}

Key key_from_jwk(json::Value const& jwk, bool with_private) {
  if ((jwk.find("d") != nullptr) != with_private)
    bad_key(with_private ? "JWK has no private key" : "JWK holds a private key");
  auto const& type = jwk.at("kty").as_string();
  auto const& curve = jwk.at("crv").as_string();
  Bytes const secret = with_private ? jwk_bytes(jwk, "d", 32) : Bytes{};
  Bytes const x = jwk_bytes(jwk, "x", 32);
  if (type == "OKP" && curve == "Ed25519") {
    if (!with_private) return Key::from_public_bytes(Algorithm::ed25519, x);
    auto* pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, secret.data(), secret.size());
    require(pkey != nullptr, "reading a key");
    auto key = Key::adopt(pkey, true);
    if (key.public_bytes() != x) bad_key("the private key is not that of the public key");
    return key;
  }
  if (type != "EC" || curve != "P-256") bad_key("JWK is neither P-256 nor Ed25519");
  Bytes const y = jwk_bytes(jwk, "y", 32);
  Bytes point{0x04};
  point.insert(point.end(), x.begin(), x.end());
  point.insert(point.end(), y.begin(), y.end());
  if (!with_private) return Key::from_public_bytes(Algorithm::es256, point);
  auto key = Key::adopt(p256_from_numbers(point, secret).release(), true);
  KeyContext const context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.native(), nullptr));
  require(context != nullptr, "checking a key");
  if (EVP_PKEY_check(context.get()) != 1) bad_key("the private key is not that of the public key");
  return key;
}

}  // namespace

std::string_view jws_name(Algorithm algorithm) {
  return algorithm == Algorithm::es256 ? "ES256" : "EdDSA";
}

Key::Key(std::shared_ptr<EVP_PKEY> pkey, Algorithm algorithm, bool has_private, ByteView public_bytes)
    : pkey_(std::move(pkey)), algorithm_(algorithm), private_(has_private) {
  std::copy(public_bytes.begin(), public_bytes.end(), public_bytes_.begin());
}

Key Key::adopt(evp_pkey_st* pkey, bool has_private) {
  if (pkey == nullptr) bad_key("not a key");
  std::shared_ptr<EVP_PKEY> owned(pkey, EVP_PKEY_free);
  if (EVP_PKEY_is_a(pkey, "ED25519") == 1) {
    std::array<uint8_t, ed25519_bytes> bytes;
    size_t size = bytes.size();
    require(EVP_PKEY_get_raw_public_key(pkey, bytes.data(), &size) == 1, "reading a key");
    return Key(std::move(owned), Algorithm::ed25519, has_private, bytes);
  }
  char group[32] = {};
  if (EVP_PKEY_is_a(pkey, "EC") != 1 || EVP_PKEY_get_group_name(pkey, group, sizeof group, nullptr) != 1 ||
      std::string_view(group) != "prime256v1")
    bad_key("the key is neither P-256 nor Ed25519");
  // A key read from a file may carry its point compressed; x and y are the same either way.
  std::array<uint8_t, point_bytes> point{0x04};
  read_number(pkey, OSSL_PKEY_PARAM_EC_PUB_X, point.data() + 1);
  read_number(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, point.data() + 33);
  return Key(std::move(owned), Algorithm::es256, has_private, point);
}

Key Key::generate(Algorithm algorithm) {
  auto* pkey = algorithm == Algorithm::es256 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")
                                             : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  require(pkey != nullptr, "making a key");
  return adopt(pkey, true);
}

Key Key::from_pkcs8_der(ByteView der) {
  const uint8_t* p = der.data();
  Handle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> const info(
      d2i_PKCS8_PRIV_KEY_INFO(nullptr, &p, static_cast<long>(der.size())));
  if (!info || p != der.data() + der.size()) bad_key("not a PKCS #8 private key");
  auto* pkey = EVP_PKCS82PKEY(info.get());
  if (pkey == nullptr) bad_key("not a PKCS #8 private key");
  return adopt(pkey, true);
}

Key Key::from_pkcs8_pem(std::string_view pem) {
  BioHandle bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  // Without a callback OpenSSL would ask the terminal for the password of an encrypted key.
  auto const no_password = [](char*, int, int, void*) { return -1; };
  require(bio != nullptr, "reading a key");
  auto* pkey = PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr);
  if (pkey == nullptr) bad_key("not an unencrypted private key in PEM");
  return adopt(pkey, true);
}

Key Key::from_spki_der(ByteView der) {
  // The one form that our own keys are stored in.
  if (der.size() == p256_prefix.size() + point_bytes && der[p256_prefix.size()] == 0x04 &&
      std::equal(p256_prefix.begin(), p256_prefix.end(), der.begin()))
    return from_public_bytes(Algorithm::es256, der.subspan(p256_prefix.size()));
  const uint8_t* p = der.data();
  auto* pkey = d2i_PUBKEY(nullptr, &p, static_cast<long>(der.size()));
  if (pkey == nullptr) bad_key("not a public key");
  if (p != der.data() + der.size()) {
    EVP_PKEY_free(pkey);
    bad_key("bytes after the public key");
  }
  return adopt(pkey, false);
}

Key Key::from_public_bytes(Algorithm algorithm, ByteView bytes) {
  if (algorithm == Algorithm::ed25519) {
    auto* pkey = bytes.size() == ed25519_bytes
                     ? EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes.data(), bytes.size())
                     : nullptr;
    if (pkey == nullptr) bad_key("not an Ed25519 public key");
    return adopt(pkey, false);
  }
  if (bytes.size() != point_bytes || bytes[0] != 0x04) bad_key("not an uncompressed P-256 point");
  return Key(p256_from_point(bytes), Algorithm::es256, false, bytes);
}

Key Key::from_jwk(json::Value const& jwk) {
  return key_from_jwk(jwk, false);
}
Key Key::from_private_jwk(json::Value const& jwk) {
  return key_from_jwk(jwk, true);
}

Bytes Key::pkcs8_der() const {
  if (!private_) bad_key("this is a public key");
  Handle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> const info(EVP_PKEY2PKCS8(pkey_.get()));
  require(info != nullptr, "encoding a key");
  uint8_t* der = nullptr;
  int const size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), &der);
  require(size > 0, "encoding a key");
  Bytes out(der, der + size);
  OPENSSL_clear_free(der, static_cast<size_t>(size));
  return out;
}

std::string Key::pkcs8_pem() const {
  if (!private_) bad_key("this is a public key");
  BioHandle bio(BIO_new(BIO_s_secmem()));
  require(bio != nullptr, "encoding a key");
  require(PEM_write_bio_PKCS8PrivateKey(bio.get(), pkey_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "encoding a key");
  char* text = nullptr;
  long const size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<size_t>(size));
}

Bytes Key::spki_der() const {
  if (algorithm_ == Algorithm::es256) {
    auto const point = public_bytes();
    Bytes out(p256_prefix.begin(), p256_prefix.end());
    out.insert(out.end(), point.begin(), point.end());
    return out;
  }
  uint8_t* der = nullptr;
  int const size = i2d_PUBKEY(pkey_.get(), &der);
  require(size > 0, "encoding a key");
  Bytes out(der, der + size);
  OPENSSL_free(der);
  return out;
}

Bytes Key::public_bytes() const {
  auto const size = algorithm_ == Algorithm::es256 ? point_bytes : ed25519_bytes;
  return Bytes(public_bytes_.begin(), public_bytes_.begin() + size);
}

std::string Key::jwk() const {
  auto const bytes = public_bytes();
  auto const view = ByteView(bytes);
  if (algorithm_ == Algorithm::ed25519) return R"({"crv":"Ed25519","kty":"OKP","x":")" + to_base64url(view) + "\"}";
  return R"({"crv":"P-256","kty":"EC","x":")" + to_base64url(view.subspan(1, 32)) + R"(","y":")" +
         to_base64url(view.subspan(33)) + "\"}";
}

Digest Key::thumbprint() const {
  return sha256(jwk());
}

Signature Key::sign(ByteView message) const {
  if (!private_) bad_key("a public key cannot sign");
  return algorithm_ == Algorithm::es256 ? sign_es256(pkey_, message) : sign_ed25519(pkey_.get(), message);
}

bool Key::verify(ByteView message, ByteView signature) const {
  if (signature.size() != sizeof(Signature)) return false;
  bool const ok = algorithm_ == Algorithm::es256 ? verify_es256(pkey_.get(), message, signature)
                                                 : verify_ed25519(pkey_.get(), message, signature);
  // A refused signature leaves entries in OpenSSL's queue that would puzzle the next caller.
  if (!ok) ERR_clear_error();
  return ok;
}

}  // namespace menkyo::protocol
