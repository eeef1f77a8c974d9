#pragma once
// Who belongs to a customer's organization, and which people somebody may be told of. Partners and others who were
// given a part of an account are outsiders: they see nobody of the organization (domain reference, section 7), be it
// an administrator or not, because a list without the administrators alone would tell who they are.

#include "people/people.hpp"

namespace menkyo::accounts {

// Of those persons, whom the reader may be told of: all, if the reader belongs to the organization, that is, has a
// role on the whole account or a mail address of its domain (is_of_organization); else itself and other outsiders. In
// no particular order; those that do not exist are left out.
std::vector<people::Person> persons_shown_to(db::ReadTx& tx, keys::Vault const& vault, SmartAccountId account,
                                             PersonId reader, std::vector<PersonId> ids);

}  // namespace menkyo::accounts
