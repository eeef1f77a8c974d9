#pragma once
// Signature keys: P-256 (JWS "ES256", RFC 7518 section 3.4) and Ed25519 (JWS "EdDSA", RFC 8037), nothing else.

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/bytes.hpp"

struct evp_pkey_st;

namespace menkyo::protocol {

namespace json {
class Value;
}

enum class Algorithm : uint8_t { es256, ed25519 };

// "ES256" or "EdDSA".
std::string_view jws_name(Algorithm algorithm);

// Both algorithms: 64 bytes; for ES256 r and s, 32 bytes each, big-endian.
using Signature = std::array<uint8_t, 64>;

// A public key, or a key pair. A value: copies share the immutable key, any thread may use any copy. Everything that
// reads foreign bytes throws Error{key_invalid} unless they are one valid key of the two kinds (P-256 points are
// checked to lie on the curve).
class Key {
 public:
  // A new pair from the operating system's randomness.
  static Key generate(Algorithm algorithm);

  static Key from_pkcs8_der(ByteView der);
  static Key from_pkcs8_pem(std::string_view pem);
  static Key from_spki_der(ByteView der);
  // The compact form below; the quickest way to bring back a stored public key.
  static Key from_public_bytes(Algorithm algorithm, ByteView bytes);
  // A public JWK (RFC 7517); a private member is refused.
  static Key from_jwk(json::Value const& jwk);
  static Key from_private_jwk(json::Value const& jwk);

  Algorithm algorithm() const { return algorithm_; }
  bool has_private() const { return private_; }

  // Private; the caller keeps them secret. Error{key_invalid} when this is a public key.
  Bytes pkcs8_der() const;
  std::string pkcs8_pem() const;

  Bytes spki_der() const;
  // 65 bytes 04 x y for P-256, 32 bytes for Ed25519.
  Bytes public_bytes() const;
  // The public JWK with exactly the members, order and spelling of RFC 7638 section 3.
  std::string jwk() const;
  // RFC 7638 with SHA-256.
  Digest thumbprint() const;

  // ES256 hashes with SHA-256 itself. The prepared OpenSSL context of the last few keys is kept per thread (and with
  // it the key), because making one costs half as much as a signature.
  Signature sign(ByteView message) const;
  bool verify(ByteView message, ByteView signature) const;

  // OpenSSL's handle, owned by this object.
  evp_pkey_st* native() const { return pkey_.get(); }
  // Takes over the reference.
  static Key adopt(evp_pkey_st* pkey, bool has_private);

 private:
  Key(std::shared_ptr<evp_pkey_st> pkey, Algorithm algorithm, bool has_private, ByteView public_bytes);

  std::shared_ptr<evp_pkey_st> pkey_;
  Algorithm algorithm_;
  bool private_;
  // Kept, because OpenSSL takes longer to give them back than to make the key.
  std::array<uint8_t, 65> public_bytes_{};
};

}  // namespace menkyo::protocol
