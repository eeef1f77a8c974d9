#pragma once
// Inside people/: how somebody whom another person named by a mail address gets an account. The person exists from
// then on, so that it can be given roles, but has no name and no password; the link in the mail proves the address.

#include "people/sign_up.hpp"

namespace menkyo::people {

struct AcceptedInvitation : Introduction {
  wire::Exact<1, 200> token;
};
BOOST_DESCRIBE_STRUCT(AcceptedInvitation, (Introduction), (token))

// Slow. The person has name, country, language and password then, and a session; all its links stop working. Problem
// link_invalid, or invalid.
StartedSession accept_invitation(db::Database& database, keys::Vault const& vault, mail::Outbox const& outbox,
                                 PasswordPolicy policy, api::Request const& request, AcceptedInvitation const& in);

}  // namespace menkyo::people
