#include "api/store.hpp"

namespace menkyo::api::store {

std::optional<KeptAnswer> find_answer(db::ReadTx& tx, Bytes const& key_lookup, Instant not_before) {
  return tx.one<KeptAnswer>(
      "select request_hash, status, wrapped_body from idempotent_answer where key_lookup = $1 and created_at >= $2",
      key_lookup, not_before);
}

void keep_answer(db::Tx& tx, Bytes const& key_lookup, KeptAnswer const& answer) {
  tx.exec("delete from idempotent_answer where key_lookup = $1", key_lookup);
  tx.exec(
      "insert into idempotent_answer (key_lookup, request_hash, status, wrapped_body, created_at) "
      "values ($1, $2, $3, $4, $5)",
      key_lookup, answer.request_hash, answer.status, answer.wrapped_body, tx.now());
}

}  // namespace menkyo::api::store
