#include "people/session.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "people/mail_change.hpp"
#include "people/password.hpp"
#include "people/program_tokens.hpp"
#include "people/sign_up.hpp"
#include "people/store_mail_change.hpp"
#include "protocol/bytes.hpp"

namespace menkyo::people {

namespace {

Bytes session_lookup(keys::Vault const& vault, std::string_view token) {
  return vault.lookup("person_session", as_bytes(token));
}

constexpr std::string_view origin_purpose = "session_origin";

// What a browser says of itself; nothing if that is not text.
Origin origin_of(api::Request const& request) {
  Origin origin{request.peer, to_nfkc(request.header("user-agent").substr(0, 300))};
  wire::Errors errors;
  wire::check_text(origin.agent, wire::TextKind::text, 0, 300, "", errors);
  if (!errors.empty()) origin.agent.clear();
  return origin;
}

audit::Event password_set_by(PersonId person) {
  return {.smart_account_id = {},
          .kind = audit::EventKind::password_set,
          .actor = audit::actor(audit::ActorKind::person, person),
          .subject_kind = "person",
          .subject_id = person.bytes};
}

void require_good_password(PasswordPolicy policy, std::string_view password, std::string_view mail) {
  if (auto errors = check_password(policy, password, mail); !errors.empty())
    throw Problem(problems::invalid, {}, std::move(errors));
}

LinkFacts facts_of_link(Person const& person, LinkPurpose purpose) {
  LinkFacts facts{purpose, person.mail, person.id, {}, {}, {}};
  if (purpose == LinkPurpose::accept_invitation && !person.family_name.empty()) {
    facts.given_name = person.given_name;
    facts.family_name = person.family_name;
  }
  return facts;
}

}  // namespace

Origin open_origin(keys::Vault const& vault, std::optional<Bytes> const& wrapped_origin) {
  return wrapped_origin ? keys::open_struct<Origin>(vault, origin_purpose, *wrapped_origin) : Origin{};
}

StartedSession start_session(db::Tx& tx, keys::Vault const& vault, api::Request const& request, PersonId person) {
  if (auto const old = session_token(request); !old.empty()) end_session(tx, vault, old);
  auto const token = protocol::to_base64url(tx.random().bytes(32));
  auto const id = tx.new_id<SessionId>();
  auto const wrapped = keys::seal_struct(vault, origin_purpose, origin_of(request), tx.random());
  store::insert_session(
      tx, {session_lookup(vault, token), id, person, tx.now(), tx.now(), tx.now() + session_idle_period, wrapped});
  store::insert_sign_in(tx, {person, id, tx.now(), wrapped});
  audit::record(tx, vault,
                {.smart_account_id = {},
                 .kind = audit::EventKind::person_signed_in,
                 .actor = audit::actor(audit::ActorKind::person, person),
                 .subject_kind = "person",
                 .subject_id = person.bytes});
  return {load_person(tx, vault, person), token};
}

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
  auto const tried = database.write([&](db::Tx& tx) {
    auto const attempt = count_attempt(tx, vault, normalized, request.peer);
    return std::pair(attempt, store::credentials(tx, mail_lookup(vault, normalized)));
  });
  // Not bound by a structured binding, because clang 14 lets no lambda capture one.
  auto const& attempt = tried.first;
  auto const& found = tried.second;
  auto const hash = found ? found->password_hash.value_or("") : std::string();
  if (!verify_password(password, hash)) throw Problem(problems::wrong_credentials);
  return database.write([&](db::Tx& tx) {
    auto const still = store::credentials_for_update(tx, found->person_id);
    if (!still || still->password_hash != found->password_hash) throw Problem(problems::wrong_credentials);
    forgive_attempt(tx, attempt);
    return start_session(tx, vault, request, found->person_id);
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
  if (auto const token = access_token(request); !token.empty())
    return authenticate_program(tx, database_, vault_, token);
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
  auto const lookup = link_lookup(vault, token);
  if (auto const link = store::open_link(tx, lookup, tx.now()))
    return facts_of_link(load_person(tx, vault, link->person_id), link->purpose);
  if (auto const mail = mail_of_sign_up(tx, vault, lookup)) return {LinkPurpose::activate, *mail, {}, {}, {}, {}};
  if (auto facts = mail_change_of_link(tx, vault, lookup)) return std::move(*facts);
  throw Problem(problems::link_invalid);
}

void set_password(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, api::Request const& request,
                  store::Credentials const& before, std::string const& hash, std::optional<SessionId> but) {
  auto const person = before.person_id;
  store::set_password(tx, person, hash, tx.now());
  store::delete_sessions(tx, person, but);
  store::delete_links(tx, person);
  store::delete_mail_change(tx, person);
  audit::record(tx, vault, password_set_by(person));
  if (!before.password_hash) return;
  auto const known = load_person(tx, vault, person);
  auto words = facts_of(tx, request);
  words.emplace_back("name", display_name(known));
  outbox.post(tx, {known.mail, known.language, "password_changed", std::move(words)});
}

mail::Words facts_of(db::ReadTx& tx, api::Request const& request) {
  return {{"at", mail::to_mail_time(tx.now())}, {"source", request.peer}};
}

void set_password_by_link(db::Database& database, keys::Vault const& vault, mail::Outbox const& outbox,
                          PasswordPolicy policy, api::Request const& request, std::string_view token,
                          std::string_view password) {
  auto const link = database.read([&](db::ReadTx& tx) { return load_link(tx, vault, token); });
  if (link.purpose != LinkPurpose::set_password) throw Problem(problems::link_invalid);
  require_good_password(policy, password, link.mail);
  Random random(database.next_seed());
  auto const hash = hash_password(password, random);
  database.write([&](db::Tx& tx) {
    auto const before = store::credentials_for_update(tx, link.person_id);
    if (!before || !store::use_link(tx, link_lookup(vault, token), tx.now())) throw Problem(problems::link_invalid);
    set_password(tx, vault, outbox, request, *before, hash, {});
  });
}

PasswordProof prove_password(db::Database& database, keys::Vault const& vault, api::Request const& request,
                             std::string_view current_password) {
  auto const authenticate = Authenticator(database, vault);
  auto proof = database.write([&](db::Tx& tx) {
    auto const caller = authenticate(tx, request);
    if (!caller.signed_in()) throw Problem(problems::unauthenticated);
    api::require_person(caller);
    auto const mail = load_person(tx, vault, caller.person_id).mail;
    auto const attempt = count_attempt(tx, vault, normalize_mail(mail).value_or(mail), request.peer);
    return PasswordProof{caller, mail, attempt, store::password_hash(tx, caller.person_id).value_or("")};
  });
  if (!verify_password(current_password, proof.password_hash)) throw Problem(problems::wrong_credentials);
  return proof;
}

store::Credentials accept_proof(db::Tx& tx, PasswordProof const& proof) {
  auto still = store::credentials_for_update(tx, proof.caller.person_id);
  if (!still || still->password_hash != proof.password_hash) throw Problem(problems::wrong_credentials);
  forgive_attempt(tx, proof.attempt);
  return std::move(*still);
}

void change_password(db::Database& database, keys::Vault const& vault, mail::Outbox const& outbox,
                     PasswordPolicy policy, api::Request const& request, std::string_view current_password,
                     std::string_view password) {
  auto const proof = prove_password(database, vault, request, current_password);
  require_good_password(policy, password, proof.mail);
  Random random(database.next_seed());
  auto const hash = hash_password(password, random);
  database.write([&](db::Tx& tx) {
    set_password(tx, vault, outbox, request, accept_proof(tx, proof), hash, proof.caller.session_id);
  });
}

}  // namespace menkyo::people
