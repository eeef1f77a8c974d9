#include "audit/store.hpp"

namespace menkyo::audit::store {

void insert_event(db::Tx& tx, EventRow const& e) {
  tx.exec(
      "insert into event (smart_account_id, event_id, at, kind, actor_kind, actor_id, virtual_account_id, subject_kind, "
      "subject_id, data, commitment) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      e.smart_account_id, e.event_id, e.at, e.kind, e.actor_kind, e.actor_id, e.virtual_account_id, e.subject_kind,
      e.subject_id, e.data, e.commitment);
  tx.exec("insert into event_unsealed (smart_account_id, event_id) values ($1, $2)", e.smart_account_id, e.event_id);
}

void insert_personal(db::Tx& tx, SmartAccountId account, EventId event, Bytes const& salt, Bytes const& wrapped_value) {
  tx.exec("insert into event_personal (smart_account_id, event_id, salt, wrapped_value) values ($1, $2, $3, $4)", account,
          event, salt, wrapped_value);
}

}  // namespace menkyo::audit::store
