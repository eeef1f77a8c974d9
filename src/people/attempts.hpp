#pragma once
// Inside people/: what strangers may try, counted before anything is looked at (throttle.hpp has the rules).

#include "people/people.hpp"

namespace menkyo::people {

// One attempt to prove who one is, in three buckets.
struct Attempt {
  Bytes pair, source, address;  // lookups of the buckets
  bool known = false;           // somebody signed in to this address from this source lately
};
// Counts it as a failure. Problem too_many_requests.
Attempt count_attempt(db::Tx& tx, keys::Vault const& vault, std::string const& normalized_mail,
                      std::string const& peer);
// It was a success.
void forgive_attempt(db::Tx& tx, Attempt const& attempt);

// One mail that somebody who may be anybody wants sent to an address. False if that address has had enough: nothing
// is sent then, and nobody is told, because the mails that are there already do. Problem too_many_requests if the
// source asks for too many.
bool count_mail(db::Tx& tx, keys::Vault const& vault, std::string const& normalized_mail, std::string const& peer);

// A mail with a link can be had again so often.
inline constexpr int64_t same_mail_at_most = 5;
inline constexpr Duration mail_again_after = std::chrono::minutes(1);
// Problem too_many_requests if it was sent so often, or a moment ago.
void require_mail_again(int64_t mails_sent, Instant mailed_at, Instant now);

}  // namespace menkyo::people
