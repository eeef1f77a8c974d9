#pragma once
#include "people/company_directory.hpp"

namespace menkyo::people::store {

// In no particular order; codes that nobody has are left out. Each code once.
std::vector<CompanyRecord> companies(db::ReadTx& tx, std::vector<std::string> const& codes);
// Those with a key that begins so, the first `limit` by key.
std::vector<CompanyRecord> companies_by_key(db::ReadTx& tx, std::string const& prefix, size_t limit);
void insert_company(db::Tx& tx, CompanyRecord const& record, std::vector<std::string> const& keys);
// Does nothing if there is none.
void delete_company(db::Tx& tx, std::string_view code);

}  // namespace menkyo::people::store
