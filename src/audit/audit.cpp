#include "audit/audit.hpp"

#include <sodium.h>

#include "audit/store.hpp"
#include "protocol/bytes.hpp"
#include "protocol/json.hpp"

namespace menkyo::audit {

namespace {

constexpr std::array<uint8_t, 16> nobody{};

std::optional<Bytes> unless_empty(std::array<uint8_t, 16> const& id) {
  if (id == nobody) return {};
  return Bytes(id.begin(), id.end());
}

std::string data_text(std::vector<Datum> const& data) {
  std::string out;
  protocol::json::Writer writer(out);
  writer.begin_object();
  for (auto const& [name, value] : data) {
    writer.key(name);
    if (auto const* number = std::get_if<int64_t>(&value))
      writer.integer(*number);
    else
      writer.string(std::get<std::string>(value));
  }
  writer.end_object();
  return out;
}

struct Rows {
  std::vector<store::EventRow> events;
  std::vector<store::NewPersonalRow> personals;
};

EventId add(Rows& rows, db::Tx& tx, keys::Vault const& vault, Event const& event) {
  auto const id = tx.new_id<EventId>();
  std::optional<Bytes> commitment, va;
  if (!event.personal.empty()) {
    auto const salt = tx.random().bytes(16);
    auto salted = salt;
    salted.insert(salted.end(), event.personal.begin(), event.personal.end());
    auto const digest = protocol::sha256(ByteView(salted));
    commitment.emplace(digest.begin(), digest.end());
    rows.personals.push_back(
        {event.smart_account_id, id, salt, vault.seal("event_personal", as_bytes(event.personal), tx.random())});
  }
  if (event.virtual_account_id)
    va.emplace(event.virtual_account_id->bytes.begin(), event.virtual_account_id->bytes.end());
  rows.events.push_back({event.smart_account_id, id, tx.now(), std::string(to_text(event.kind)),
                         std::string(to_text(event.actor.kind)), unless_empty(event.actor.id), va, event.subject_kind,
                         unless_empty(event.subject_id), data_text(event.data), commitment});
  return id;
}

void insert(db::Tx& tx, Rows const& rows) {
  store::insert_events(tx, rows.events);
  store::insert_personals(tx, rows.personals);
}

}  // namespace

EventId record(db::Tx& tx, keys::Vault const& vault, Event const& event) {
  Rows rows;
  auto const id = add(rows, tx, vault, event);
  insert(tx, rows);
  return id;
}

void record(db::Tx& tx, keys::Vault const& vault, std::span<Event const> events) {
  Rows rows;
  for (auto const& event : events) add(rows, tx, vault, event);
  insert(tx, rows);
}

// ---- Reading ------------------------------------------------------------------------------------------------------

std::vector<StoredEvent> read_events(db::ReadTx& tx, keys::Vault const& vault, SmartAccountId account,
                                     std::optional<VirtualAccountId> virtual_account, std::optional<EventId> before,
                                     int64_t limit) {
  EventId last;
  last.bytes.fill(0xff);
  auto const bound = before.value_or(last);
  std::vector<StoredEvent> out;
  auto rows = virtual_account ? store::events_before(tx, account, *virtual_account, bound, limit)
                              : store::events_before(tx, account, bound, limit);
  for (auto& r : rows) {
    std::string personal;
    if (r.wrapped_personal) personal = as_text(vault.open("event_personal", *r.wrapped_personal));
    out.push_back({r.event_id,
                   r.at,
                   r.kind,
                   {r.actor_kind, r.actor_id.value_or(nobody)},
                   r.virtual_account_id,
                   std::move(r.subject_kind),
                   r.subject_id.value_or(nobody),
                   std::move(r.data),
                   std::move(personal)});
  }
  return out;
}

std::vector<EventNotice> events_since(db::ReadTx& tx, EventId after, int64_t limit) {
  return store::notices_after(tx, after, limit);
}

EventId first_event_id(Instant at) {
  return {first_uuid7(at)};
}

}  // namespace menkyo::audit
