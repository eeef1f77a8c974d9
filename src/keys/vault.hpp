#pragma once
// The master key and what it protects: columns with personal data, secrets, private keys. The key itself lives
// outside the database.

#include <array>
#include <filesystem>
#include <string_view>

#include "api/dispatch.hpp"

namespace menkyo::keys {

using MasterKey = std::array<uint8_t, 32>;

// Reads the key file, or makes it (mode 0600) if there is none. Throws std::runtime_error with a sentence for the
// operator if it cannot be read, is of another size, or may be read by others.
MasterKey load_or_create_master_key(std::filesystem::path const& path, Random& random);

// What sealed bytes were sealed with was not this key, or they were changed.
struct SealBroken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Thread-safe. Sealed bytes: one version byte, a 12-byte nonce, the AES-256-GCM text and its 16-byte tag (NIST SP
// 800-38D), with the purpose as additional data, so that what was sealed for one column cannot be moved to another.
class Vault final : public api::Sealer {
 public:
  explicit Vault(MasterKey const& master);

  Bytes seal(std::string_view purpose, ByteView plain, Random& random) const;
  Bytes open(std::string_view purpose, ByteView sealed) const;  // throws SealBroken
  // HMAC-SHA-256 (RFC 2104) under a key of its own for each purpose.
  Bytes lookup(std::string_view purpose, ByteView text) const override;
  // A 32-byte key that follows from the master key and the label (HKDF, RFC 5869).
  Bytes derive(std::string_view label) const;

  Bytes seal(ByteView plain, Random& random) const override { return seal("answer", plain, random); }
  Bytes open(ByteView sealed) const override { return open("answer", sealed); }

 private:
  Bytes seal_key_, lookup_key_, derive_key_;
};

}  // namespace menkyo::keys

template <>
inline constexpr bool menkyo::api::is_service<menkyo::keys::Vault> = true;
