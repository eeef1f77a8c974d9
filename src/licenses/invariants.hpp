#pragma once
// What must always hold, checked from the raw rows and independently of the code that writes them. Used by tests, by
// the simulation and by `menkyo verify`.

#include <string>
#include <vector>

#include "licenses/books.hpp"

namespace menkyo::licenses {

// Sentences about what is broken in one account; empty if all is well. Costs time in proportion to the account.
//   ledger sums: of each lot, the entries give the holdings, and the sum over the customer's holders is the deposit
//   no holding below nought but the operator's
//   stored positions, loans and compliance equal the ones calculated from holdings and device use
std::vector<std::string> broken_invariants(db::ReadTx& tx, catalog::Catalog const& catalog, SmartAccountId account);

}  // namespace menkyo::licenses
