#pragma once
// The mails about successions. Those to the requester say the same for every domain until staff approve, and never
// who decided or objected.

#include "accounts/letters.hpp"
#include "accounts/store_successions.hpp"

namespace menkyo::accounts {

// To the requester, and to the staff who decide.
void tell_succession_asked(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                           store::SuccessionRow const& row, std::string const& proof);
// To the requester, that it waits until row.due_at.
void tell_succession_approved(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                              store::SuccessionRow const& row, std::string const& reason);
// To some of those with a role in the account, and how they can object; with the last of them to its further
// addresses.
void tell_succession_announced(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                               store::SuccessionRow const& row, store::AccountRow const& account,
                               std::vector<PersonId> const& members, bool are_last);
// To staff, that somebody objected.
void tell_succession_objected(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                              store::SuccessionRow const& row, PersonId objector, bool by_administrator,
                              std::string const& text);
// To the requester, that it ended without the role: `template_name` is succession_declined, _stopped or _lapsed.
void tell_succession_ended(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                           store::SuccessionRow const& row, std::string const& template_name,
                           std::string const& reason);
// To the requester and the other administrators, that the role was given.
void tell_succession_granted(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                             store::SuccessionRow const& row, store::AccountRow const& account);

}  // namespace menkyo::accounts
