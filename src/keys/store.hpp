#pragma once
#include "db/tx.hpp"

namespace menkyo::keys::store {

struct InstallationRow {
  InstallationId installation_id;
  int64_t epoch;
  bool is_sample;
};
struct SigningKeyRow {
  KeyId key_id;
  std::string purpose;
  Bytes certificate;
  Bytes wrapped_private_key;
  Instant not_before, not_after;
};

std::optional<InstallationRow> installation(db::ReadTx& tx);
void insert_installation(db::Tx& tx, InstallationRow const& row);
void mark_sample(db::Tx& tx);
// The newest of each purpose that is not retired.
std::vector<SigningKeyRow> signing_keys(db::ReadTx& tx);
void insert_signing_key(db::Tx& tx, SigningKeyRow const& row);

}  // namespace menkyo::keys::store
