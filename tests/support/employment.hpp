#pragma once
// Where people of tests work, as their profiles tell.

#include "people/people.hpp"

namespace menkyo::test {

// In the person's address book.
PersonAddressId new_address(db::Tx& tx, keys::Vault const& vault, PersonId person);
// All that a Smart Account needs of the person: name, address and number of a company.
void employ(db::Tx& tx, keys::Vault const& vault, PersonId person);

}  // namespace menkyo::test
