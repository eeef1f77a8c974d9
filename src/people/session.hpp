#pragma once
// Inside people/: sign-in, and what is looked up by a secret.

#include "people/attempts.hpp"
#include "people/people.hpp"
#include "people/store.hpp"

namespace menkyo::people {

Bytes mail_lookup(keys::Vault const& vault, std::string_view normalized_mail);
Bytes link_lookup(keys::Vault const& vault, std::string_view token);
std::string hours_of(Duration period);  // as mails tell it

// The name has the prefix __Host- on TLS, so that no neighbouring host can set it (RFC 6265bis section 4.1.3.2).
std::string_view cookie_name(bool secure);
std::string set_cookie(bool secure, std::string_view token, Duration age);
struct StartedSession {
  Person person;
  std::string token;
};
// Slow. Problem wrong_credentials or too_many_requests; neither tells whether the address has an account. The session
// that the request came with ends.
StartedSession sign_in(db::Database& database, keys::Vault const& vault, api::Request const& request,
                       std::string_view mail, std::string_view password);
// A new session of that person, noted in the log and in the person's own list of sign-ins; the one that the request
// came with ends.
StartedSession start_session(db::Tx& tx, keys::Vault const& vault, api::Request const& request, PersonId person);
void end_session(db::Tx& tx, keys::Vault const& vault, std::string_view token);

// Where a session came from; sealed in wrapped_origin.
struct Origin {
  wire::Exact<0, 100> address;
  wire::Exact<0, 300> agent;  // as the browser calls itself
};
BOOST_DESCRIBE_STRUCT(Origin, (), (address, agent))
Origin open_origin(keys::Vault const& vault, std::optional<Bytes> const& wrapped_origin);

// The person has a new password: every other way in ends, so does a change of the mail address that a thief of the
// old one may have asked for, and whoever had one before hears of it. `but` names a session that goes on.
void set_password(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, api::Request const& request,
                  store::Credentials const& before, std::string const& hash, std::optional<SessionId> but);

// What lets the reader of a mail judge who did what it tells of: {{at}} and {{source}}.
mail::Words facts_of(db::ReadTx& tx, api::Request const& request);

// Slow. Problem link_invalid, or invalid with the rules that the password breaks.
void set_password_by_link(db::Database& database, keys::Vault const& vault, mail::Outbox const& outbox,
                          PasswordPolicy policy, api::Request const& request, std::string_view token,
                          std::string_view password);
struct LinkFacts {
  LinkPurpose purpose;
  std::string mail;
  PersonId person_id;                                  // empty if there is none yet
  std::optional<std::string> new_mail;                 // of a change of the address
  std::optional<std::string> given_name, family_name;  // of an invitation, as the inviter wrote them
};
LinkFacts load_link(db::ReadTx& tx, keys::Vault const& vault, std::string_view token);  // Problem link_invalid

// Somebody who is signed in and has just shown that it knows its password.
struct PasswordProof {
  api::Caller caller;
  std::string mail;
  Attempt attempt;
  std::string password_hash;
};
// Slow. Of whoever sent the request. Problem unauthenticated, wrong_credentials, too_many_requests.
PasswordProof prove_password(db::Database& database, keys::Vault const& vault, api::Request const& request,
                             std::string_view current_password);
// In the transaction that rests on the proof: locks the person, and no attempt counts any more. Problem
// wrong_credentials if the password is another meanwhile.
store::Credentials accept_proof(db::Tx& tx, PasswordProof const& proof);

// Slow. Of whoever sent the request: ends all its other sessions. Problem unauthenticated, wrong_credentials,
// too_many_requests, or invalid with the rules that the new password breaks.
void change_password(db::Database& database, keys::Vault const& vault, mail::Outbox const& outbox,
                     PasswordPolicy policy, api::Request const& request, std::string_view current_password,
                     std::string_view password);

}  // namespace menkyo::people
