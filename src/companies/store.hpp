#pragma once
#include "companies/directory.hpp"

namespace menkyo::companies::store {

// A record as it is kept, with the code of the one that it was merged into.
struct StoredCompany : CompanyRecord {
  std::optional<std::string> kept_code;
};

// In no particular order; codes that nobody has are left out. Each code once.
std::vector<StoredCompany> companies(db::ReadTx& tx, std::vector<std::string> const& codes);
// Until the end of the transaction nobody else changes the directory.
void lock_directory(db::Tx& tx);
// What was merged into them, in the order of codes.
std::vector<StoredCompany> merged_into(db::ReadTx& tx, std::vector<std::string> const& codes);
// With its merger, if it is of one.
void put_company(db::Tx& tx, StoredCompany const& record);
void set_kept(db::Tx& tx, std::string_view code, std::optional<std::string> const& kept_code);
// With its keys. Does nothing if there is none.
void delete_company(db::Tx& tx, std::string_view code);

// The keys under which a record is found, each once; those that it has no longer go.
void put_keys(db::Tx& tx, std::string_view code, std::string_view place, std::vector<std::string> const& keys);

// A record in a list by keys.
struct KeyedCode {
  std::string name_key, code;
};
// Records with a key that begins so, each once, by the first such key: those behind `after`, the first `limit`.
// With `twins` only keys count that another record at the same place has.
std::vector<KeyedCode> codes_by_key(db::ReadTx& tx, std::string const& prefix, bool twins, KeyedCode const& after,
                                    int64_t limit);
// Those of the records that share a key with another at the same place.
std::vector<std::string> with_twin(db::ReadTx& tx, std::vector<std::string> const& codes);

}  // namespace menkyo::companies::store
