#include "audit/seal.hpp"

#include <map>

#include "audit/store.hpp"
#include "base/failpoint.hpp"
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
  w.member("kind", e.kind);
  w.member("actor_kind", e.actor_kind);
  hex("actor_id", e.actor_id);
  hex("virtual_account_id", e.virtual_account_id);
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
  failpoint<"audit.before_head">();
  store::set_head(tx, account, head);
  return int64_t(seals.size());
}

constexpr size_t max_faults = 100;

}  // namespace

bool ChainCheck::further(db::ReadTx& tx, int64_t limit) {
  try {
    bool const more = links_done_ ? events(tx, limit) : links(tx, limit);
    if (!more) links_done_ = !links_done_;
    return (more || links_done_) && report_.faults.size() < max_faults;
  } catch (db::ColumnMismatch const& mismatch) {
    fault(std::string("a row holds what the program never writes (") + mismatch.what() +
          "); what follows it was not looked at");
    return false;
  }
}

// True if there may be more.
bool ChainCheck::links(db::ReadTx& tx, int64_t limit) {
  auto const seals = store::seals_after(tx, account_, sequence_, limit);
  check(tx, seals);
  if (int64_t(seals.size()) == limit) return true;
  check_head(tx);
  return false;
}

// Every event must be a link of the chain or wait to become one.
bool ChainCheck::events(db::ReadTx& tx, int64_t limit) {
  auto const states = store::event_states(tx, account_, last_event_, limit);
  for (auto const& e : states) {
    last_event_ = e.event_id;
    ++report_.events;
    if (e.unsealed) ++report_.unsealed;
    if (e.sealed == e.unsealed)
      fault("event " + e.event_id.text() +
            (e.sealed ? " is in the chain and waits to be sealed once more" : " was added past the program"));
  }
  if (int64_t(states.size()) == limit) return true;
  if (auto const gone = store::vanished_event(tx, account_))
    fault("event " + gone->text() + " was removed before it was sealed");
  return false;
}

void ChainCheck::check(db::ReadTx& tx, std::vector<store::Seal> const& seals) {
  std::vector<store::EventKey> keys;
  for (auto const& seal : seals) keys.push_back({account_, seal.event_id});
  std::map<EventId, EventRow> events;
  for (auto& row : store::events(tx, keys)) events.emplace(row.event_id, std::move(row));
  std::map<EventId, store::PersonalRow> personals;
  for (auto& row : store::personals(tx, keys)) personals.emplace(row.event_id, std::move(row));
  for (auto const& seal : seals) {
    if (seal.sequence != sequence_ + 1) fault("link " + std::to_string(sequence_ + 1) + " was removed");
    sequence_ = seal.sequence;
    ++report_.sealed;
    auto const at_link = "link " + std::to_string(sequence_) + ": event " + seal.event_id.text();
    auto const event = events.find(seal.event_id);
    if (event == events.end()) {
      fault(at_link + " was removed");
    } else {
      if (link(digest_, event->second) != seal.digest) fault(at_link + " was changed");
      auto const personal = personals.find(seal.event_id);
      check_personal(event->second, personal == personals.end() ? nullptr : &personal->second);
    }
    // The chain goes on from what is stored, so that one change is one fault.
    digest_ = seal.digest;
  }
}

void ChainCheck::check_personal(EventRow const& event, store::PersonalRow const* personal) {
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
    auto const text = vault_->open("event_personal", personal->wrapped_value);
    salted.insert(salted.end(), text.begin(), text.end());
  } catch (keys::SealBroken const&) {
    salted.clear();
  }
  auto const digest = protocol::sha256(ByteView(salted));
  if (Bytes(digest.begin(), digest.end()) != *event.commitment)
    fault("the personal text of event " + event.event_id.text() + " was changed");
}

void ChainCheck::check_head(db::ReadTx& tx) {
  auto const head = store::head(tx, account_);
  if (!head) {
    if (sequence_ > 0) fault("the head of the chain was removed");
    return;
  }
  report_.head = ChainHead{account_, head->sequence, head->digest, head->signed_at, head->signature};
  if (head->sequence != sequence_ || head->digest != digest_) {
    fault("the chain ends with link " + std::to_string(sequence_) + ", which is not what its head says: link " +
          std::to_string(head->sequence));
  } else if (verifier_ && sequence_ > 0 && !verifier_(head_text(*report_.head), head->signature)) {
    fault("the signature of the head of the chain, over link " + std::to_string(sequence_) +
          ", is not this service's");
  }
}

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

ChainReport verify_chain(db::ReadTx& tx, keys::Vault const& vault, SmartAccountId account,
                         HeadVerifier const& verifier) {
  ChainCheck check(vault, verifier, account);
  while (check.further(tx)) {
  }
  return check.report();
}

std::optional<SmartAccountId> next_account(db::ReadTx& tx, SmartAccountId after) {
  return store::next_account(tx, after);
}

}  // namespace menkyo::audit
