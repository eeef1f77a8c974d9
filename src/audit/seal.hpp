#pragma once
// The hash chains of the event log, one for each Smart Account (and one for the operator's own log, whose account id
// is empty). Events are written unchained, so that tenants do not wait for each other; a job seals them soon after,
// in the order in which it finds them. Personal text is not in the chain but a salted commitment to it, so that it
// can be erased without breaking the chain.
//
//   digest(0) is empty; digest(n) = SHA-256(digest(n-1) || canonical text of the n-th event)

#include <functional>

#include "audit/audit.hpp"

namespace menkyo::audit {

namespace store {
struct Seal;
struct EventRow;
struct PersonalRow;
}  // namespace store

// Signs a text; the answer is text too. An empty function leaves heads unsigned.
using HeadSigner = std::function<std::string(std::string_view text)>;

// What is signed of a chain's last link.
struct ChainHead {
  SmartAccountId smart_account_id;
  int64_t sequence = 0;
  Bytes digest;
  Instant signed_at;
  std::string signature;
};
std::string head_text(ChainHead const& head);

// Seals at most `limit` events; returns how many. Several may run at once.
int64_t seal_pending(db::Tx& tx, HeadSigner const& signer, int64_t limit);

// Whether that is the signature over that text. An empty function leaves it unlooked at.
using HeadVerifier = std::function<bool(std::string_view text, std::string_view signature)>;

struct ChainReport {
  int64_t sealed = 0;                // links
  int64_t events = 0, unsealed = 0;  // events, and those of them that waited to be sealed
  int64_t erased = 0;                // links whose personal text is gone, as may be
  std::optional<ChainHead> head;
  std::vector<std::string> faults;  // sentences without a full stop; empty if every event is as it was written
};

// Computes the chain of one account again, piece by piece: neither memory nor a transaction grows with the history,
// and events may be written and sealed meanwhile. Gives up after a hundred faults. Not thread-safe; the vault must
// outlive it.
class ChainCheck {
 public:
  ChainCheck(keys::Vault const& vault, HeadVerifier verifier, SmartAccountId account)
      : vault_(&vault), verifier_(std::move(verifier)), account_(account) {}

  // Looks at the next links, and when there are no more, at the next events: `limit` of either. True if there is more
  // to look at. Called again after it gave false, it looks at what was added since, and at the head anew.
  bool further(db::ReadTx& tx, int64_t limit = 500);
  ChainReport const& report() const { return report_; }

 private:
  bool links(db::ReadTx& tx, int64_t limit);
  bool events(db::ReadTx& tx, int64_t limit);
  void check(db::ReadTx& tx, std::vector<store::Seal> const& seals);
  void check_personal(store::EventRow const& event, store::PersonalRow const* personal);
  void check_head(db::ReadTx& tx);
  void fault(std::string text) { report_.faults.push_back(std::move(text)); }

  keys::Vault const* vault_;
  HeadVerifier verifier_;
  SmartAccountId account_;
  ChainReport report_;
  int64_t sequence_ = 0;  // of the last link looked at, with its digest
  Bytes digest_;
  EventId last_event_;
  bool links_done_ = false;
};

// The whole chain in one transaction.
ChainReport verify_chain(db::ReadTx& tx, keys::Vault const& vault, SmartAccountId account,
                         HeadVerifier const& verifier = {});

// The account behind `after` that has anything in the event log; the operator's own log (the empty id) comes first
// and is never given. For checks of the whole installation.
std::optional<SmartAccountId> next_account(db::ReadTx& tx, SmartAccountId after);

}  // namespace menkyo::audit
