#pragma once
// The event log: one event for each change of state, written by the transaction that makes the change. Events are
// sealed into a hash chain per Smart Account afterwards, by a job.

#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/enum.hpp"
#include "base/id.hpp"
#include "db/tx.hpp"
#include "keys/vault.hpp"

namespace menkyo::audit {

// The portal has a sentence for each kind; a kind is never renamed.
MENKYO_ENUM(EventKind, smart_account_created, virtual_account_created, virtual_account_changed,
            virtual_account_deleted, virtual_account_moved, virtual_account_made_default, role_granted, role_revoked,
            token_created, token_revoked, device_registered, device_removed, device_deregistered, device_released,
            device_identity_lapsed, device_identity_renewed, use_changed, draw_refused, compliance_lost,
            compliance_regained, licenses_deposited, term_started, term_ended, device_cloned, device_resynced,
            report_chain_broken, catalog_imported, orders_imported, person_created, person_signed_in, password_set,
            operator_role_granted, session_ended, account_requested, account_request_approved,
            account_request_declined, account_request_withdrawn, profile_changed, companies_imported,
            companies_merged, company_split, mail_changed, smart_account_changed, account_headquarters_changed,
            account_location_added, account_location_removed, account_creator_changed, access_requested,
            access_request_approved, access_request_declined, administrator_contacts_shown,
            administrator_contacts_hidden, program_made, program_changed, program_ended, program_secret_made,
            program_secret_ended, custom_tag_created, custom_tag_changed, custom_tag_deleted, virtual_account_tagged,
            virtual_account_untagged, user_group_created, user_group_renamed, user_group_deleted,
            user_group_member_added, user_group_member_removed, user_group_role_granted, user_group_role_revoked,
            operator_role_validated, operator_role_ended, assistance_opened, assistance_used, assistance_ended,
            person_looked_up, publication_created, publication_changed, publication_published,
            publication_draft_discarded, agreement_accepted, enquiry_sent, enquiry_continued, enquiry_reopened,
            enquiry_answered, enquiry_closed, succession_requested, succession_approved, succession_declined,
            succession_withdrawn, succession_objected, succession_stopped, succession_granted, succession_lapsed,
            notification_address_added, notification_address_confirmed, notification_address_removed,
            notification_address_stopped, partner_request_made, partner_request_accepted, partner_request_declined,
            partner_request_withdrawn, partner_request_lapsed)

MENKYO_ENUM(ActorKind, person, staff, device, job, command, program)

struct Actor {
  ActorKind kind = ActorKind::job;
  std::array<uint8_t, 16> id{};  // of the person, device or program; zero for jobs and commands
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
  std::vector<Datum> data{};  // facts for the sentence; nothing personal
  std::string personal{};     // names as they were; sealed apart and committed to with a salt
};

// Writes events and marks them for sealing. Those of one transaction are in the log in the order in which they were
// recorded.
void record(db::Tx& tx, keys::Vault const& vault, std::span<Event const> events);
EventId record(db::Tx& tx, keys::Vault const& vault, Event const& event);

// ---- Reading ------------------------------------------------------------------------------------------------------

struct StoredEvent {
  EventId event_id;
  Instant at;
  EventKind kind;
  Actor actor;
  std::optional<VirtualAccountId> virtual_account_id;
  std::string subject_kind;
  std::array<uint8_t, 16> subject_id;  // zero for none
  std::string data;                    // a flat JSON object
  std::string personal;                // empty if there was none, or it was erased
};

// Newest first, older than `before`; of the whole account, or of one virtual account alone.
std::vector<StoredEvent> read_events(db::ReadTx& tx, keys::Vault const& vault, SmartAccountId account,
                                     std::optional<VirtualAccountId> virtual_account, std::optional<EventId> before,
                                     int64_t limit);

// What live pages are told of an event: where to look again.
struct EventNotice {
  SmartAccountId smart_account_id;
  EventId event_id;
  EventKind kind;
  std::optional<VirtualAccountId> virtual_account_id;
  std::string subject_kind;
  std::optional<std::array<uint8_t, 16>> subject_id;
};

// Of all accounts, oldest first, behind `after`. Identifiers follow the time at which a transaction began, not the
// order of commits: who follows the log begins each time a few seconds back (first_event_id) and leaves out what it
// has seen.
std::vector<EventNotice> events_since(db::ReadTx& tx, EventId after, int64_t limit);
// No event of that instant or later has a smaller identifier.
EventId first_event_id(Instant at);

}  // namespace menkyo::audit
