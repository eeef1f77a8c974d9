#pragma once
// Inside accounts/: what people are told of their roles by mail. Whoever has no password yet was named for the first
// time, and gets a link to become somebody; only the mail has it, because whoever has the link has the account.
//
// That somebody has an account already is no business of whoever gives a role: the answer is the same, and so is the
// work but for a row. The list of users tells it all the same, to those who manage them: members have names there.

#include "accounts/accounts.hpp"

namespace menkyo::accounts {

// Words of somebody else to whoever gets a role, and who that is; one line each, or nothing.
struct RoleNote {
  std::string text, from;
};

// Nobody is told of what they do themselves, nor of more than a few roles of one account a day. `by` is empty for the
// operator's staff, whom customers are not told by name.
void tell_of_role_given(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, SmartAccountId account,
                        GivenRole const& role, std::optional<PersonId> by, RoleNote const& note = {});
void tell_of_role_taken(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, SmartAccountId account,
                        GivenRole const& role, std::optional<PersonId> by);

// The same of several at once. Whoever is invited is so once: one invitation serves for all roles.
void tell_of_roles_given(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, SmartAccountId account,
                         std::vector<GivenRole> const& roles, PersonId by);

// The operator created the account. Where no mail server is set, returns the path of the link that the mail holds.
std::optional<std::string> tell_first_administrator(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                                                    SmartAccountId account, std::string_view mail);

// The invitation once more. Problem conflict if the person has accepted one, too_many_requests.
void send_invitation(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                     Access<access::RoleGrant, Permission::users_manage> const& access);

}  // namespace menkyo::accounts
