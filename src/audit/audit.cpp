#include "audit/audit.hpp"

#include <sodium.h>

#include "audit/store.hpp"
#include "protocol/bytes.hpp"
#include "protocol/json.hpp"

namespace menkyo::audit {

namespace {

constexpr std::array<uint8_t, 16> nobody{};

std::optional<std::array<uint8_t, 16>> unless_empty(std::array<uint8_t, 16> const& id) {
  return id == nobody ? std::nullopt : std::optional(id);
}

std::string data_text(std::vector<Datum> const& data) {
  std::string out;
  protocol::json::Writer writer(out);
  writer.begin_object();
  for (auto const& [name, value] : data) {
    writer.key(name);
    if (auto const* number = std::get_if<int64_t>(&value)) writer.integer(*number);
    else writer.string(std::get<std::string>(value));
  }
  writer.end_object();
  return out;
}

}  // namespace

EventId record(db::Tx& tx, keys::Vault const& vault, Event const& event) {
  auto const id = tx.new_id<EventId>();
  Bytes salt;
  std::optional<Bytes> commitment;
  if (!event.personal.empty()) {
    salt = tx.random().bytes(16);
    auto salted = salt;
    salted.insert(salted.end(), event.personal.begin(), event.personal.end());
    auto const digest = protocol::sha256(ByteView(salted));
    commitment.emplace(digest.begin(), digest.end());
  }
  store::insert_event(tx, {event.smart_account_id, id, tx.now(), event.kind, event.actor.kind,
                           unless_empty(event.actor.id), event.virtual_account_id, event.subject_kind,
                           unless_empty(event.subject_id), data_text(event.data), commitment});
  if (commitment)
    store::insert_personal(tx, event.smart_account_id, id, salt,
                           vault.seal("event_personal", as_bytes(event.personal), tx.random()));
  return id;
}

}  // namespace menkyo::audit
