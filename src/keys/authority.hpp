#pragma once
// The installation's own certification authority: root -> issuing CA -> devices, root -> signer of answers.

#include <map>
#include <memory>
#include <string>

#include "keys/vault.hpp"
#include "protocol/jws.hpp"
#include "protocol/x509.hpp"

namespace menkyo::keys {

// The "typ" of the signature over the head of an event chain.
inline constexpr std::string_view event_head_type = "menkyo-event-head+jws";

// Makes the installation and its keys if the database has none. Key pairs come from the operating system's
// randomness, before the transaction. Safe to call by several servers at once.
void ensure_installation(db::Database& database, Vault const& vault);

// Whether this database holds the sample, whose people's passwords lie in a file.
bool is_sample(db::ReadTx& tx);
void mark_sample(db::Tx& tx);

// What signs and issues, loaded once. Immutable; any thread.
class Authority {
 public:
  // Throws SealBroken if the master key is not the one that this database was made with.
  static std::unique_ptr<Authority> load(db::Database& database, Vault const& vault);

  std::string const& installation() const { return installation_; }
  int64_t epoch() const { return epoch_; }
  Bytes const& root_certificate() const { return root_; }
  Bytes const& issuing_certificate() const { return issuing_.certificate; }
  Bytes const& signer_certificate() const { return signer_; }
  protocol::Digest const& root_sha256() const { return root_sha256_; }

  // A compact JWS of the payload by the signer, with its chain. `typ` is one of protocol::typ.
  std::string sign(std::string_view typ, std::string_view payload) const;
  // The same for several that share one signature; in their order. At most protocol::limits::tree_leaves.
  struct Unsigned {
    std::string_view typ, payload;
  };
  std::vector<std::string> sign_together(std::vector<Unsigned> const& answers) const;
  // Whether `jws` is what sign() made of that payload, at any time. Judged by the key that the master key opens, not
  // by a certificate that somebody could have put into the database.
  bool signed_here(std::string_view typ, std::string_view payload, std::string_view jws) const;
  // The identity certificate of a device, DER.
  Bytes issue(std::string const& device_id, std::string const& account_id, protocol::Key const& device_key,
              Bytes serial, Instant not_before, Instant not_after) const;

 private:
  protocol::CompactSigner const& signer_for(std::string_view typ) const;

  std::string installation_;
  int64_t epoch_ = 0;
  Bytes root_, signer_;
  protocol::Digest root_sha256_{};
  protocol::Issuer issuing_{{}, protocol::Key::generate(protocol::Algorithm::es256)};
  std::map<std::string, protocol::CompactSigner, std::less<>> signers_;  // by typ
};

}  // namespace menkyo::keys

template <>
inline constexpr bool menkyo::api::is_service<menkyo::keys::Authority> = true;
