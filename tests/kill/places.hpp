#pragma once
// Where the program ends: named places of its code (src/base/failpoint.hpp), and what must be done so that somebody
// comes by.

#include "tests/support/premises.hpp"

namespace menkyo::test {

// Whether the program comes by that place at all on that kind of database.
bool can_come_by(std::string_view place, std::string_view database_kind);

// Starts the program, which must not run, so that it or a command ends at that place. Afterwards it does not run, or
// no more. False if nobody came by.
bool ends_at(Premises& premises, std::string const& place, Random& random);

}  // namespace menkyo::test
