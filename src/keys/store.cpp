#include "keys/store.hpp"

namespace menkyo::keys::store {

std::optional<InstallationRow> installation(db::ReadTx& tx) {
  return tx.one<InstallationRow>("select installation_id, epoch, is_sample from installation");
}

void insert_installation(db::Tx& tx, InstallationRow const& row) {
  tx.exec(
      "insert into installation (id, installation_id, epoch, created_at, clock_floor_at, is_sample) "
      "values (1, $1, $2, $3, $3, $4)",
      row.installation_id, row.epoch, tx.now(), row.is_sample);
}

void mark_sample(db::Tx& tx) {
  tx.exec("update installation set is_sample = $1", true);
}

std::vector<SigningKeyRow> signing_keys(db::ReadTx& tx) {
  return tx.all<SigningKeyRow>(
      "select key_id, purpose, certificate, wrapped_private_key, not_before, not_after from signing_key "
      "where retired_at is null order by not_before desc, key_id desc");
}

void insert_signing_key(db::Tx& tx, SigningKeyRow const& row) {
  tx.exec(
      "insert into signing_key (key_id, purpose, certificate, wrapped_private_key, not_before, not_after) "
      "values ($1, $2, $3, $4, $5, $6)",
      row.key_id, row.purpose, row.certificate, row.wrapped_private_key, row.not_before, row.not_after);
}

}  // namespace menkyo::keys::store
