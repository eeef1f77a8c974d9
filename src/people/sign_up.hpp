#pragma once
// Inside people/: how somebody gets an account without being asked, and a password again. Whoever asks is told the
// same, by words, status and work done, whether the address has an account or not; only its owner's inbox says more.
//
// Nobody becomes a person before both are proved: the address, by the link in the mail, and the password that was
// chosen with it. The link alone is not enough, because a stranger could have signed up with somebody else's address
// and own password, for the owner to activate.

#include "people/session.hpp"

namespace menkyo::people {

inline constexpr Duration sign_up_period = std::chrono::hours(24);

// Who somebody new is.
struct Introduction {
  wire::Exact<1, 200> password;
  Name given_name, family_name;
  std::optional<Name> native_name;
  CountryCode country;
  Language language;
};
BOOST_DESCRIBE_STRUCT(Introduction, (), (password, given_name, family_name, native_name, country, language))
// The profile of it; what is wrong with its fields is appended to `errors`.
Profile read_introduction(Introduction const& in, PasswordPolicy policy, Mail const& mail,
                          std::vector<FieldError>& errors);

struct NewSignUp : Introduction {
  Mail mail;
};
BOOST_DESCRIBE_STRUCT(NewSignUp, (Introduction), (mail))

// Slow. The answer is the handle with which the mail can be sent again. Problem invalid, too_many_requests.
std::string sign_up(db::Database& database, keys::Vault const& vault, mail::Outbox const& outbox,
                    PasswordPolicy policy, api::Request const& request, NewSignUp const& in);
// Problem link_invalid if there is no such sign-up any more, too_many_requests.
void mail_again(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, api::Request const& request,
                std::string_view handle);
// Slow. Makes the person and a session. Problem link_invalid, wrong_credentials, too_many_requests, or conflict if
// the address has an account meanwhile.
StartedSession activate(db::Database& database, keys::Vault const& vault, api::Request const& request,
                        std::string_view token, std::string_view password);
// The address of a sign-up that is waiting for its link.
std::optional<std::string> mail_of_sign_up(db::ReadTx& tx, keys::Vault const& vault, Bytes const& link_lookup);

// Mails a link to set a password with, or that there is no account. Problem too_many_requests.
void forgot_password(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, api::Request const& request,
                     std::string_view mail, Language language);

}  // namespace menkyo::people
