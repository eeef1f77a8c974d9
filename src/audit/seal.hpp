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

struct ChainReport {
  int64_t sealed = 0, unsealed = 0, erased = 0;  // erased: the personal text is gone, as may be
  std::optional<ChainHead> head;                 // its signature is for the caller to verify
  std::vector<std::string> faults;               // sentences; empty if every event is as it was written
};
// Computes the whole chain of an account again. Stops after a hundred faults.
ChainReport verify_chain(db::ReadTx& tx, keys::Vault const& vault, SmartAccountId account);

}  // namespace menkyo::audit
