#pragma once
#include "audit/audit.hpp"

namespace menkyo::audit::store {

// As it stands in the table: what somebody wrote there past the program must be readable too, to be judged.
struct EventRow {
  SmartAccountId smart_account_id;
  EventId event_id;
  Instant at;
  std::string kind, actor_kind;
  std::optional<Bytes> actor_id, virtual_account_id;
  std::string subject_kind;
  std::optional<Bytes> subject_id;
  std::string data;
  std::optional<Bytes> commitment;
};

struct ReadRow {
  EventId event_id;
  Instant at;
  EventKind kind;
  ActorKind actor_kind;
  std::optional<std::array<uint8_t, 16>> actor_id;
  std::optional<VirtualAccountId> virtual_account_id;
  std::string subject_kind;
  std::optional<std::array<uint8_t, 16>> subject_id;
  std::string data;
  std::optional<Bytes> wrapped_personal;
};
std::vector<ReadRow> events_before(db::ReadTx& tx, SmartAccountId account, EventId before, int64_t limit);
std::vector<ReadRow> events_before(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va, EventId before,
                                   int64_t limit);
std::vector<EventNotice> notices_after(db::ReadTx& tx, EventId after, int64_t limit);

// ---- Sealing ----

std::vector<SmartAccountId> unsealed_accounts(db::ReadTx& tx, int64_t limit);
std::vector<EventRow> unsealed_events(db::ReadTx& tx, SmartAccountId account, int64_t limit);
struct Head {
  int64_t sequence;
  Bytes digest;
  Instant signed_at;
  std::string signature;
};
// Locked; made with sequence 0 and no digest if there was none.
Head open_head(db::Tx& tx, SmartAccountId account);
std::optional<Head> head(db::ReadTx& tx, SmartAccountId account);
void set_head(db::Tx& tx, SmartAccountId account, Head const& head);
struct SealRow {
  SmartAccountId smart_account_id;
  int64_t sequence;
  EventId event_id;
  Bytes digest;
};
void insert_seals(db::Tx& tx, std::vector<SealRow> const& rows);
struct EventKey {
  SmartAccountId smart_account_id;
  EventId event_id;
};
void delete_unsealed(db::Tx& tx, std::vector<EventKey> const& keys);
struct Seal {
  int64_t sequence;
  EventId event_id;
  Bytes digest;
};
std::vector<Seal> seals_after(db::ReadTx& tx, SmartAccountId account, int64_t sequence, int64_t limit);
std::vector<EventRow> events(db::ReadTx& tx, std::vector<EventKey> const& keys);
struct PersonalRow {
  EventId event_id;
  Bytes salt;
  Bytes wrapped_value;
};
std::vector<PersonalRow> personals(db::ReadTx& tx, std::vector<EventKey> const& keys);
// Whether an event is sealed, and whether it waits to be; one of the two, if all is well.
struct EventState {
  EventId event_id;
  bool sealed, unsealed;
};
std::vector<EventState> event_states(db::ReadTx& tx, SmartAccountId account, EventId after, int64_t limit);
// An event that waits to be sealed and is not there.
std::optional<EventId> vanished_event(db::ReadTx& tx, SmartAccountId account);
// The next account with anything in the event log.
std::optional<SmartAccountId> next_account(db::ReadTx& tx, SmartAccountId after);

// Events wait to be sealed from then on.
void insert_events(db::Tx& tx, std::vector<EventRow> const& rows);
struct NewPersonalRow {
  SmartAccountId smart_account_id;
  EventId event_id;
  Bytes salt, wrapped_value;
};
void insert_personals(db::Tx& tx, std::vector<NewPersonalRow> const& rows);

}  // namespace menkyo::audit::store
