#pragma once
// Kept answers of requests with an Idempotency-Key.

#include "db/tx.hpp"

namespace menkyo::api::store {

struct KeptAnswer {
  Bytes request_hash;
  int64_t status;
  Bytes wrapped_body;
};

std::optional<KeptAnswer> find_answer(db::ReadTx& tx, Bytes const& key_lookup, Instant not_before);
void keep_answer(db::Tx& tx, Bytes const& key_lookup, KeptAnswer const& answer);

}  // namespace menkyo::api::store
