#include "people/session.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "people/password.hpp"
#include "people/store.hpp"
#include "people/throttle.hpp"
#include "protocol/bytes.hpp"

namespace menkyo::people {

namespace {

Bytes session_lookup(keys::Vault const& vault, std::string_view token) {
  return vault.lookup("person_session", as_bytes(token));
}

// The three buckets that one attempt counts in.
struct Buckets {
  Bytes pair, source, address;
};

Buckets buckets_of(keys::Vault const& vault, std::string const& mail, std::string const& source) {
  auto const lookup = [&](std::string const& text) { return vault.lookup("attempt", as_bytes(text)); };
  return {lookup("pair\n" + source + "\n" + mail), lookup("source\n" + source), lookup("address\n" + mail)};
}

int seconds_until(Instant then, Instant now) {
  return int(std::chrono::ceil<std::chrono::seconds>(then - now).count());
}

// Counts the attempt, or Problem too_many_requests; tells whether the source is a known one. Buckets are always
// opened in this order: the pair names both others, so two transactions that share a pair meet there first; sources
// are opened before addresses.
bool count_attempt(db::Tx& tx, Buckets const& keys) {
  auto const now = tx.now();
  auto const pair = store::open_bucket(tx, keys.pair, now);
  auto const source = store::open_bucket(tx, keys.source, now);
  bool const known = is_known_source(pair, now);
  Bucket address;
  if (!known) address = store::open_bucket(tx, keys.address, now);
  auto const until = std::max({pair.blocked_until_at, source.blocked_until_at, address.blocked_until_at});
  if (until > now) {
    Problem problem(problems::too_many_requests, "There were too many attempts to sign in; wait before the next.");
    problem.retry_after_s = seconds_until(until, now);
    throw problem;
  }
  store::set_bucket(tx, keys.pair, after_attempt(pair, per_pair, now));
  store::set_bucket(tx, keys.source, after_attempt(source, per_source, now));
  if (!known) store::set_bucket(tx, keys.address, after_attempt(address, per_address, now));
  return known;
}

void forgive_attempt(db::Tx& tx, Buckets const& keys, bool known) {
  auto const now = tx.now();
  store::open_bucket(tx, keys.pair, now);
  store::set_bucket(tx, keys.pair, known_source(now));
  store::set_bucket(tx, keys.source, without_attempt(store::open_bucket(tx, keys.source, now), per_source));
  if (known) return;
  store::set_bucket(tx, keys.address, without_attempt(store::open_bucket(tx, keys.address, now), per_address));
}

std::string begin_session(db::Tx& tx, keys::Vault const& vault, PersonId person) {
  auto const token = protocol::to_base64url(tx.random().bytes(32));
  store::insert_session(tx, {session_lookup(vault, token), tx.new_id<SessionId>(), person, tx.now(), tx.now(),
                             tx.now() + session_idle_period});
  return token;
}

}  // namespace

std::string_view cookie_name(bool secure) {
  return secure ? "__Host-menkyo_session" : "menkyo_session";
}

std::string set_cookie(bool secure, std::string_view token, Duration age) {
  auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(age).count();
  return std::string(cookie_name(secure)) + "=" + std::string(token) +
         "; Path=/; Max-Age=" + std::to_string(seconds) + "; HttpOnly; SameSite=Lax" + (secure ? "; Secure" : "");
}

std::string_view session_token(api::Request const& request) {
  auto rest = request.header("cookie");
  auto const wanted = cookie_name(request.secure);
  while (!rest.empty()) {
    auto part = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (part.size() > wanted.size() && part.starts_with(wanted) && part[wanted.size()] == '=')
      return part.substr(wanted.size() + 1);
  }
  return {};
}

StartedSession sign_in(db::Database& database, keys::Vault const& vault, api::Request const& request,
                       std::string_view mail, std::string_view password) {
  // What is no address is treated like one that nobody has.
  auto const normalized = normalize_mail(mail).value_or(fold_name(mail));
  auto const keys = buckets_of(vault, normalized, source_of(request.peer));
  auto const attempt = database.write([&](db::Tx& tx) {
    bool const known = count_attempt(tx, keys);
    return std::pair(known, store::credentials(tx, mail_lookup(vault, normalized)));
  });
  // Not bound by a structured binding, because clang 14 lets no lambda capture one.
  bool const known = attempt.first;
  auto const& found = attempt.second;
  auto const hash = found ? found->password_hash.value_or("") : std::string();
  if (!verify_password(password, hash)) throw Problem(problems::wrong_credentials);
  return database.write([&](db::Tx& tx) {
    auto const still = store::credentials_for_update(tx, found->person_id);
    if (!still || still->password_hash != found->password_hash) throw Problem(problems::wrong_credentials);
    forgive_attempt(tx, keys, known);
    if (auto const old = session_token(request); !old.empty()) end_session(tx, vault, old);
    auto token = begin_session(tx, vault, found->person_id);
    audit::record(tx, vault,
                  {.smart_account_id = {},
                   .kind = audit::EventKind::person_signed_in,
                   .actor = audit::actor(audit::ActorKind::person, found->person_id),
                   .subject_kind = "person",
                   .subject_id = found->person_id.bytes});
    return StartedSession{load_person(tx, vault, found->person_id), std::move(token)};
  });
}

void end_session(db::Tx& tx, keys::Vault const& vault, std::string_view token) {
  store::delete_session(tx, session_lookup(vault, token));
}

SessionFacts load_session(db::ReadTx& tx, api::Caller const& caller) {
  auto const facts = store::session_facts(tx, caller.person_id, caller.session_id);
  if (!facts) throw Problem(problems::unauthenticated);
  return *facts;
}

api::Caller Authenticator::operator()(db::ReadTx& tx, api::Request const& request) const {
  auto const token = session_token(request);
  if (token.empty()) return {};
  auto const lookup = session_lookup(vault_, token);
  auto const session = store::live_session(tx, lookup, tx.now());
  if (!session) return {};
  if (tx.now() - session->used_at >= session_use_written_every) {
    // If this write is refused, a later request of the session tries again.
    database_.write_async(
        [lookup](db::Tx& later) {
          store::touch_session(later, lookup, later.now(), later.now() - session_use_written_every + Duration(1));
        },
        [](std::exception_ptr) {});
  }
  return {session->person_id, session->session_id};
}

LinkFacts load_link(db::ReadTx& tx, keys::Vault const& vault, std::string_view token) {
  auto const link = store::open_link(tx, link_lookup(vault, token), tx.now());
  if (!link) throw Problem(problems::link_invalid);
  return {link->purpose, load_person(tx, vault, link->person_id)};
}

void set_password_by_link(db::Database& database, keys::Vault const& vault, std::string_view token,
                          std::string_view password) {
  auto const link = database.read([&](db::ReadTx& tx) { return load_link(tx, vault, token); });
  if (auto errors = check_password(password, link.person.mail); !errors.empty())
    throw Problem(problems::invalid, {}, std::move(errors));
  Random random(database.next_seed());
  auto const hash = hash_password(password, random);
  database.write([&](db::Tx& tx) {
    if (!store::credentials_for_update(tx, link.person.id)) throw Problem(problems::link_invalid);
    if (!store::use_link(tx, link_lookup(vault, token), tx.now())) throw Problem(problems::link_invalid);
    store::set_password(tx, link.person.id, hash, tx.now());
    // Whoever was signed in with the old password is no longer.
    store::delete_sessions(tx, link.person.id);
    audit::record(tx, vault,
                  {.smart_account_id = {},
                   .kind = audit::EventKind::password_set,
                   .actor = audit::actor(audit::ActorKind::person, link.person.id),
                   .subject_kind = "person",
                   .subject_id = link.person.id.bytes});
  });
}

}  // namespace menkyo::people
