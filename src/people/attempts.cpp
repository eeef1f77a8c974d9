#include "people/attempts.hpp"

#include <algorithm>

#include "people/store.hpp"
#include "people/throttle.hpp"

namespace menkyo::people {

namespace {

Bytes bucket(keys::Vault const& vault, std::string const& kind, std::string const& text) {
  return vault.lookup("attempt", as_bytes(kind + "\n" + text));
}

[[noreturn]] void refuse_until(Instant then, Instant now, std::string detail) {
  Problem problem(problems::too_many_requests, std::move(detail));
  problem.retry_after_s = int(std::chrono::ceil<std::chrono::seconds>(then - now).count());
  throw problem;
}

}  // namespace

// Buckets are always opened in this order: the pair names both others, so two transactions that share a pair meet
// there first; sources are opened before addresses.
Attempt count_attempt(db::Tx& tx, keys::Vault const& vault, std::string const& normalized_mail,
                      std::string const& peer) {
  auto const now = tx.now();
  auto const from = source_of(peer);
  Attempt attempt{bucket(vault, "pair", from + "\n" + normalized_mail), bucket(vault, "source", from),
                  bucket(vault, "address", normalized_mail)};
  auto const pair = store::open_bucket(tx, attempt.pair, now);
  auto const source = store::open_bucket(tx, attempt.source, now);
  attempt.known = is_known_source(pair, now);
  Bucket address;
  if (!attempt.known) address = store::open_bucket(tx, attempt.address, now);
  auto const until = std::max({pair.blocked_until_at, source.blocked_until_at, address.blocked_until_at});
  if (until > now) refuse_until(until, now, "There were too many attempts to sign in; wait before the next.");
  store::set_bucket(tx, attempt.pair, after_attempt(pair, per_pair, now));
  store::set_bucket(tx, attempt.source, after_attempt(source, per_source, now));
  if (!attempt.known) store::set_bucket(tx, attempt.address, after_attempt(address, per_address, now));
  return attempt;
}

void forgive_attempt(db::Tx& tx, Attempt const& attempt) {
  auto const now = tx.now();
  store::open_bucket(tx, attempt.pair, now);
  store::set_bucket(tx, attempt.pair, known_source(now));
  store::set_bucket(tx, attempt.source, without_attempt(store::open_bucket(tx, attempt.source, now), per_source));
  if (attempt.known) return;
  store::set_bucket(tx, attempt.address, without_attempt(store::open_bucket(tx, attempt.address, now), per_address));
}

bool count_mail(db::Tx& tx, keys::Vault const& vault, std::string const& normalized_mail, std::string const& peer) {
  auto const now = tx.now();
  auto const from = source_of(peer);
  auto const pair_key = bucket(vault, "mail pair", from + "\n" + normalized_mail);
  auto const source_key = bucket(vault, "mail source", from);
  auto const address_key = bucket(vault, "mail address", normalized_mail);
  auto const pair = store::open_bucket(tx, pair_key, now);
  auto const source = store::open_bucket(tx, source_key, now);
  auto const address = store::open_bucket(tx, address_key, now);
  if (source.blocked_until_at > now && !api::is_loopback(peer))
    refuse_until(source.blocked_until_at, now, "Too many mails were asked for from here; wait before the next.");
  store::set_bucket(tx, source_key, after_attempt(source, mails_per_source, now));
  if (std::max(pair.blocked_until_at, address.blocked_until_at) > now) return false;
  store::set_bucket(tx, pair_key, after_attempt(pair, mails_per_pair, now));
  store::set_bucket(tx, address_key, after_attempt(address, mails_per_address, now));
  return true;
}

bool count_mail_from(db::Tx& tx, keys::Vault const& vault, std::string const& sender,
                     std::string const& normalized_mail) {
  auto const key = bucket(vault, "mail from", sender + "\n" + normalized_mail);
  auto const sent = store::open_bucket(tx, key, tx.now());
  if (sent.blocked_until_at > tx.now()) return false;
  store::set_bucket(tx, key, after_attempt(sent, mails_per_address, tx.now()));
  return true;
}

void require_mail_again(int64_t mails_sent, Instant mailed_at, Instant now) {
  if (mails_sent >= same_mail_at_most)
    throw Problem(problems::too_many_requests,
                  "The mail was sent several times already; look into your inbox, and into "
                  "the folder for unwanted mail.");
  if (mailed_at + mail_again_after > now)
    refuse_until(mailed_at + mail_again_after, now, "The mail was sent a moment ago; wait before it is sent again.");
}

}  // namespace menkyo::people
