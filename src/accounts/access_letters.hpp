#pragma once
// The mails about requests for access and messages to administrators. Those to the requester say the same for every
// domain, until an administrator decides; none of them tells who decided.

#include "accounts/letters.hpp"
#include "accounts/store_access.hpp"

namespace menkyo::accounts {

// To the requester, that it was passed on if there is anybody to read it. `text` is what was written.
void tell_asked(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, store::AccessRow const& row,
                std::string const& text);
// To some of the account's administrators; with the last of them to its further addresses.
void tell_administrators(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                         store::AccessRow const& row, store::AccountRow const& account, std::string const& text,
                         std::vector<PersonId> const& administrators, bool are_last);
struct GivenAccess {
  Role role;
  std::vector<std::string> virtual_accounts;  // names; none for a role of the whole account
  std::optional<Instant> ends_at;
};
void tell_access_given(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, store::AccessRow const& row,
                       store::AccountRow const& account, GivenAccess const& given, std::string const& reason);
// `template_name` is access_declined or access_expired.
void tell_access_refused(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                         store::AccessRow const& row, std::string const& template_name, std::string const& reason);

}  // namespace menkyo::accounts
