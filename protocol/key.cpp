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

[[noreturn]] void crypto_failed(std::string what) {
  ERR_clear_error();
  throw Error(codes::crypto_failed, std::move(what));
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

// r || s from what OpenSSL made: two DER INTEGERs of at most 33 bytes.
Signature raw_from_der(ByteView der) {
  Signature out{};
  size_t at = 2;
  for (size_t half = 0; half < 2; ++half) {
    if (at + 2 > der.size() || der[at] != 0x02 || at + 2 + der[at + 1] > der.size())
      crypto_failed("OpenSSL made an unreadable signature");
    auto number = der.subspan(at + 2, der[at + 1]);
    at += 2 + number.size();
    while (!number.empty() && number[0] == 0) number = number.subspan(1);
    if (number.size() > 32) crypto_failed("OpenSSL made an unreadable signature");
    std::copy(number.begin(), number.end(), out.begin() + static_cast<long>(half * 32 + 32 - number.size()));
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
    if (!context || EVP_PKEY_sign_init(context.get()) != 1) crypto_failed("cannot prepare signing");
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
  std::array<uint8_t, 80> der;
  size_t size = der.size();
  if (EVP_PKEY_sign(contexts.get(pkey), der.data(), &size, hash.data(), hash.size()) != 1)
    crypto_failed("signing failed");
  return raw_from_der(ByteView(der).first(size));
}

Signature sign_ed25519(EVP_PKEY* pkey, ByteView message) {
  MdContext context(EVP_MD_CTX_new());
  Signature out;
  size_t size = out.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, pkey) != 1 ||
      EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()) != 1 || size != out.size())
    crypto_failed("signing failed");
  return out;
}

bool verify_es256(EVP_PKEY* pkey, ByteView message, ByteView signature) {
  KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, pkey, nullptr));
  if (!context || EVP_PKEY_verify_init(context.get()) != 1) crypto_failed("cannot prepare verification");
  auto const hash = sha256(message);
  auto const der = der_from_raw(signature);
  return EVP_PKEY_verify(context.get(), der.data(), der.size(), hash.data(), hash.size()) == 1;
}

bool verify_ed25519(EVP_PKEY* pkey, ByteView message, ByteView signature) {
  MdContext context(EVP_MD_CTX_new());
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, pkey) != 1)
    crypto_failed("cannot prepare verification");
  return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

// A P-256 key from the point, and from the private number unless that is empty.
EVP_PKEY* p256_from_numbers(ByteView point, ByteView secret) {
  Handle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> build(OSSL_PARAM_BLD_new());
  Handle<BIGNUM, BN_clear_free> number;
  bool ok = build && OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
            OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1;
  if (ok && !secret.empty()) {
    number.reset(BN_bin2bn(secret.data(), static_cast<int>(secret.size()), nullptr));
    ok = number && OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get()) == 1;
  }
  Handle<OSSL_PARAM, OSSL_PARAM_free> params(ok ? OSSL_PARAM_BLD_to_param(build.get()) : nullptr);
  KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* pkey = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &pkey, secret.empty() ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR,
                        params.get()) != 1)
    bad_key("not a P-256 key");
  return pkey;
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
    if (pkey == nullptr) bad_key("not an Ed25519 key");
    auto key = Key::adopt(pkey, true);
    if (key.public_bytes() != x) bad_key("the private key is not that of the public key");
    return key;
  }
  if (type != "EC" || curve != "P-256") bad_key("JWK is neither P-256 nor Ed25519");
  Bytes const y = jwk_bytes(jwk, "y", 32);
  Bytes point{0x04};
  point.insert(point.end(), x.begin(), x.end());
  point.insert(point.end(), y.begin(), y.end());
  auto key = Key::adopt(p256_from_numbers(point, secret), with_private);
  if (with_private) {
    KeyContext const context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.native(), nullptr));
    if (!context || EVP_PKEY_check(context.get()) != 1) bad_key("the private key is not that of the public key");
  }
  return key;
}

}  // namespace

std::string_view jws_name(Algorithm algorithm) {
  return algorithm == Algorithm::es256 ? "ES256" : "EdDSA";
}

Key Key::adopt(evp_pkey_st* pkey, bool has_private) {
  if (pkey == nullptr) bad_key("not a key");
  std::shared_ptr<EVP_PKEY> owned(pkey, EVP_PKEY_free);
  if (EVP_PKEY_is_a(pkey, "ED25519") == 1) return Key(std::move(owned), Algorithm::ed25519, has_private);
  char group[32] = {};
  if (EVP_PKEY_is_a(pkey, "EC") == 1 && EVP_PKEY_get_group_name(pkey, group, sizeof group, nullptr) == 1 &&
      std::string_view(group) == "prime256v1")
    return Key(std::move(owned), Algorithm::es256, has_private);
  bad_key("the key is neither P-256 nor Ed25519");
}

Key Key::generate(Algorithm algorithm) {
  auto* pkey = algorithm == Algorithm::es256 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")
                                             : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  if (pkey == nullptr) crypto_failed("cannot make a key");
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
  auto* pkey = bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr) : nullptr;
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
  std::shared_ptr<EVP_PKEY> owned(p256_from_numbers(bytes, {}), EVP_PKEY_free);
  return Key(std::move(owned), Algorithm::es256, false);
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
  uint8_t* der = nullptr;
  int const size = info ? i2d_PKCS8_PRIV_KEY_INFO(info.get(), &der) : -1;
  if (size <= 0) crypto_failed("cannot encode the key");
  Bytes out(der, der + size);
  OPENSSL_clear_free(der, static_cast<size_t>(size));
  return out;
}

std::string Key::pkcs8_pem() const {
  if (!private_) bad_key("this is a public key");
  BioHandle bio(BIO_new(BIO_s_secmem()));
  if (!bio || PEM_write_bio_PKCS8PrivateKey(bio.get(), pkey_.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    crypto_failed("cannot encode the key");
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
  if (size <= 0) crypto_failed("cannot encode the key");
  Bytes out(der, der + size);
  OPENSSL_free(der);
  return out;
}

Bytes Key::public_bytes() const {
  Bytes out(point_bytes);
  size_t size = out.size();
  if (algorithm_ == Algorithm::ed25519) {
    if (EVP_PKEY_get_raw_public_key(pkey_.get(), out.data(), &size) != 1) crypto_failed("cannot read the key");
    out.resize(size);
    return out;
  }
  // A key read from a file may carry its point compressed; x and y are the same either way.
  BIGNUM* x = nullptr;
  BIGNUM* y = nullptr;
  bool const ok = EVP_PKEY_get_bn_param(pkey_.get(), OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1 &&
                  EVP_PKEY_get_bn_param(pkey_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1 &&
                  BN_bn2binpad(x, out.data() + 1, 32) == 32 && BN_bn2binpad(y, out.data() + 33, 32) == 32;
  BN_free(x);
  BN_free(y);
  if (!ok) crypto_failed("cannot read the key");
  out[0] = 0x04;
  return out;
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
