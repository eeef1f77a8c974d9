#include "audit/seal.hpp"

#include <map>

#include "audit/store.hpp"
#include "protocol/bytes.hpp"
#include "protocol/json.hpp"

namespace menkyo::audit {

namespace {

using store::EventRow;

// One text for one event: fixed members in a fixed order, absent ones as null.
std::string canonical_text(EventRow const& e) {
  std::string out = "menkyo-event-1\n";
  protocol::json::Writer w(out);
  auto const hex = [&](std::string_view name, auto const& bytes) {
    bytes ? w.key(name).string(to_hex(*bytes)) : w.key(name).null();
  };
  w.begin_object();
  w.member("smart_account_id", to_hex(e.smart_account_id.bytes));
  w.member("event_id", to_hex(e.event_id.bytes));
  w.member("at", to_us(e.at));
  w.member("kind", to_text(e.kind));
  w.member("actor_kind", to_text(e.actor_kind));
  hex("actor_id", e.actor_id);
  hex("virtual_account_id", e.virtual_account_id ? std::optional(e.virtual_account_id->bytes) : std::nullopt);
  w.member("subject_kind", e.subject_kind);
  hex("subject_id", e.subject_id);
  w.member("data", e.data);
  hex("commitment", e.commitment);
  w.end_object();
  return out;
}

Bytes link(Bytes const& previous, EventRow const& event) {
  auto text = previous;
  auto const canonical = canonical_text(event);
  text.insert(text.end(), canonical.begin(), canonical.end());
  auto const digest = protocol::sha256(ByteView(text));
  return {digest.begin(), digest.end()};
}

int64_t seal_account(db::Tx& tx, HeadSigner const& signer, SmartAccountId account, int64_t limit) {
  // The head is locked before the events are read: whoever comes second sees what is left.
  auto head = store::open_head(tx, account);
  std::vector<store::SealRow> seals;
  std::vector<store::EventKey> keys;
  for (auto const& event : store::unsealed_events(tx, account, limit)) {
    head.digest = link(head.digest, event);
    seals.push_back({account, ++head.sequence, event.event_id, head.digest});
    keys.push_back({account, event.event_id});
  }
  if (seals.empty()) return 0;
  store::insert_seals(tx, seals);
  store::delete_unsealed(tx, keys);
  head.signed_at = tx.now();
  head.signature = signer ? signer(head_text({account, head.sequence, head.digest, head.signed_at, {}})) : "";
  store::set_head(tx, account, head);
  return int64_t(seals.size());
}

class Verifier {
 public:
  Verifier(db::ReadTx& tx, keys::Vault const& vault, SmartAccountId account)
      : tx_(tx), vault_(vault), account_(account) {}

  ChainReport run() {
    while (report_.faults.size() < 100) {
      auto const seals = store::seals_after(tx_, account_, sequence_, 500);
      if (seals.empty()) break;
      check(seals);
    }
    check_head();
    check_counts();
    return std::move(report_);
  }

 private:
  void fault(std::string text) { report_.faults.push_back(std::move(text)); }

  void check(std::vector<store::Seal> const& seals) {
    std::vector<store::EventKey> keys;
    for (auto const& seal : seals) keys.push_back({account_, seal.event_id});
    std::map<EventId, EventRow> events;
    for (auto& row : store::events(tx_, keys)) events.emplace(row.event_id, std::move(row));
    std::map<EventId, store::PersonalRow> personals;
    for (auto& row : store::personals(tx_, keys)) personals.emplace(row.event_id, std::move(row));
    for (auto const& seal : seals) {
      if (seal.sequence != sequence_ + 1) fault("link " + std::to_string(sequence_ + 1) + " is missing");
      sequence_ = seal.sequence;
      ++report_.sealed;
      auto const event = events.find(seal.event_id);
      if (event == events.end()) {
        fault("event " + seal.event_id.text() + " was removed");
      } else {
        if (link(digest_, event->second) != seal.digest) fault("event " + seal.event_id.text() + " was changed");
        auto const personal = personals.find(seal.event_id);
        check_personal(event->second, personal == personals.end() ? nullptr : &personal->second);
      }
      // The chain goes on from what is stored, so that one change is one fault.
      digest_ = seal.digest;
    }
  }

  void check_personal(EventRow const& event, store::PersonalRow const* personal) {
    if (!event.commitment) {
      if (personal) fault("event " + event.event_id.text() + " has personal text that it did not commit to");
      return;
    }
    if (!personal) {
      ++report_.erased;
      return;
    }
    auto salted = personal->salt;
    try {
      auto const text = vault_.open("event_personal", personal->wrapped_value);
      salted.insert(salted.end(), text.begin(), text.end());
    } catch (keys::SealBroken const&) {
      salted.clear();
    }
    auto const digest = protocol::sha256(ByteView(salted));
    if (Bytes(digest.begin(), digest.end()) != *event.commitment)
      fault("the personal text of event " + event.event_id.text() + " was changed");
  }

  void check_head() {
    auto const head = store::head(tx_, account_);
    if (!head) {
      if (sequence_ > 0) fault("the head of the chain is missing");
      return;
    }
    report_.head = ChainHead{account_, head->sequence, head->digest, head->signed_at, head->signature};
    if (head->sequence != sequence_ || head->digest != digest_)
      fault("the head does not belong to the last link, " + std::to_string(sequence_));
  }

  void check_counts() {
    auto const counts = store::counts(tx_, account_);
    report_.unsealed = counts.unsealed;
    if (counts.events != counts.sealed + counts.unsealed)
      fault(std::to_string(counts.events - counts.sealed - counts.unsealed) + " events are outside the chain");
  }

  db::ReadTx& tx_;
  keys::Vault const& vault_;
  SmartAccountId account_;
  ChainReport report_;
  int64_t sequence_ = 0;
  Bytes digest_;
};

}  // namespace

std::string head_text(ChainHead const& head) {
  return "menkyo-event-head-1\n" + to_hex(head.smart_account_id.bytes) + "\n" + std::to_string(head.sequence) + "\n" +
         to_hex(head.digest) + "\n" + std::to_string(to_us(head.signed_at)) + "\n";
}

int64_t seal_pending(db::Tx& tx, HeadSigner const& signer, int64_t limit) {
  int64_t sealed = 0;
  for (auto const& account : store::unsealed_accounts(tx, limit)) {
    if (sealed >= limit) break;
    sealed += seal_account(tx, signer, account, limit - sealed);
  }
  return sealed;
}

ChainReport verify_chain(db::ReadTx& tx, keys::Vault const& vault, SmartAccountId account) {
  return Verifier(tx, vault, account).run();
}

}  // namespace menkyo::audit
