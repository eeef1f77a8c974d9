#pragma once
// What the files of companies/ share among themselves.

#include "companies/directory.hpp"

namespace menkyo::companies {

// Writes the keys of a record that is not merged: those of its own names and of what was merged into it.
void settle_keys(db::Tx& tx, CompanyRecord const& record);

}  // namespace menkyo::companies
