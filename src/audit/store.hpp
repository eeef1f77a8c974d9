#pragma once
#include "audit/audit.hpp"

namespace menkyo::audit::store {

struct EventRow {
  SmartAccountId smart_account_id;
  EventId event_id;
  Instant at;
  EventKind kind;
  ActorKind actor_kind;
  std::optional<std::array<uint8_t, 16>> actor_id;
  std::optional<VirtualAccountId> virtual_account_id;
  std::string subject_kind;
  std::optional<std::array<uint8_t, 16>> subject_id;
  std::string data;
  std::optional<Bytes> commitment;
};

void insert_event(db::Tx& tx, EventRow const& row);
void insert_personal(db::Tx& tx, SmartAccountId account, EventId event, Bytes const& salt, Bytes const& wrapped_value);

}  // namespace menkyo::audit::store
