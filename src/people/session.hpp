#pragma once
// Inside people/: sign-in, and what is looked up by a secret.

#include "people/people.hpp"

namespace menkyo::people {

Bytes mail_lookup(keys::Vault const& vault, std::string_view normalized_mail);
Bytes link_lookup(keys::Vault const& vault, std::string_view token);

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
void end_session(db::Tx& tx, keys::Vault const& vault, std::string_view token);

// Slow. Problem link_invalid, or invalid with the rules that the password breaks.
void set_password_by_link(db::Database& database, keys::Vault const& vault, std::string_view token,
                          std::string_view password);
struct LinkFacts {
  LinkPurpose purpose;
  Person person;
};
LinkFacts load_link(db::ReadTx& tx, keys::Vault const& vault, std::string_view token);  // Problem link_invalid

}  // namespace menkyo::people
