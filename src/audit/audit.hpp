#pragma once
// The event log: one event for each change of state, written by the transaction that makes the change. Events are
// sealed into a hash chain per Smart Account afterwards, by a job.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/enum.hpp"
#include "base/id.hpp"
#include "db/tx.hpp"
#include "keys/vault.hpp"

namespace menkyo::audit {

// The portal has a sentence for each kind; a kind is never renamed.
MENKYO_ENUM(EventKind, smart_account_created, virtual_account_created, virtual_account_changed, virtual_account_deleted,
            role_granted, role_revoked, token_created, token_revoked, device_registered, device_removed,
            device_deregistered, device_released, device_identity_lapsed, device_identity_renewed, use_changed,
            draw_refused, compliance_lost, compliance_regained, licenses_deposited, term_started, term_ended,
            device_cloned, device_resynced,
            report_chain_broken, catalog_imported, orders_imported, person_created, person_signed_in,
            password_set, operator_role_granted)

MENKYO_ENUM(ActorKind, person, staff, device, job, command)

struct Actor {
  ActorKind kind = ActorKind::job;
  std::array<uint8_t, 16> id{};  // of the person or device; zero for jobs and commands
};
template <class Tag>
Actor actor(ActorKind kind, Id<Tag> id) {
  return {kind, id.bytes};
}

using Datum = std::pair<std::string, std::variant<int64_t, std::string>>;

struct Event {
  SmartAccountId smart_account_id;  // empty: the operator's own log
  EventKind kind;
  Actor actor;
  std::optional<VirtualAccountId> virtual_account_id{};
  std::string subject_kind{};  // "device", "registration_token", ...; empty if the account itself is meant
  std::array<uint8_t, 16> subject_id{};
  std::vector<Datum> data{};   // facts for the sentence; nothing personal
  std::string personal{};      // names as they were; sealed apart and committed to with a salt
};

// Writes the event and marks it for sealing.
EventId record(db::Tx& tx, keys::Vault const& vault, Event const& event);

}  // namespace menkyo::audit
