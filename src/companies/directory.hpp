#pragma once
// The operator's directory of companies. Whoever fills in a profile picks its company there while it types. The
// operator brings the directory as a file (import.hpp), and merges records that mean the same company at the same
// place.

#include "access/access.hpp"
#include "api/page.hpp"
#include "people/company_name.hpp"

namespace menkyo::companies {

using people::CompanyName;
using CompanyCode = wire::Exact<1, 64>;  // the operator's own

// A company at one address, as the directory holds it; normalized.
struct CompanyRecord : places::PostalAddress {
  CompanyCode code;
  CompanyName name;  // in Latin letters
  std::optional<CompanyName> native_name;
  std::optional<wire::Line<1, 253>> domain;
};
BOOST_DESCRIBE_STRUCT(CompanyRecord, (places::PostalAddress), (code, name, native_name, domain))

// ---- Looking up ---------------------------------------------------------------------------------------------------

inline constexpr int64_t most_companies_found = 10;

struct CompanyQuery {
  wire::Text<2, 200> search;  // what a name begins with
};
BOOST_DESCRIBE_STRUCT(CompanyQuery, (), (search))

struct ListedCompany : CompanyRecord {
  std::optional<std::string> region_name_en, region_name_ja;  // of a region with a code
};
BOOST_DESCRIBE_STRUCT(ListedCompany, (CompanyRecord), (region_name_en, region_name_ja))

// The first by name; there is no further page, because more typing is quicker than more reading.
wire::Page<ListedCompany> find_companies(db::ReadTx& tx, api::Caller const& caller, CompanyQuery const& in);

// ---- The operator's view ------------------------------------------------------------------------------------------

using DirectoryEditor = access::Access<access::Operator, access::OperatorPermission::companies_edit>;

MENKYO_ENUM(DirectoryFilter, all, twins)

struct DirectoryQuery {
  std::optional<api::CursorText> cursor;
  std::optional<api::Limit> limit;
  std::optional<wire::Text<1, 200>> search;  // what a name begins with, or the whole code
  std::optional<DirectoryFilter> filter;
};
BOOST_DESCRIBE_STRUCT(DirectoryQuery, (), (cursor, limit, search, filter))

struct MergedCompany {
  std::string code, name;
  std::optional<std::string> native_name;
};
BOOST_DESCRIBE_STRUCT(MergedCompany, (), (code, name, native_name))

struct DirectoryCompany : ListedCompany {
  bool has_twin = false;              // another record has a name in common, at the same place
  std::vector<MergedCompany> merged;  // into this one, in the order of codes
};
BOOST_DESCRIBE_STRUCT(DirectoryCompany, (ListedCompany), (has_twin, merged))

// By name. Records that were merged are with those that were kept.
wire::Page<DirectoryCompany> list_directory(db::ReadTx& tx, DirectoryEditor const& access, DirectoryQuery const& in,
                                            api::Cursors const& cursors);

// As many as one record can stand for, so that its keys stay few.
inline constexpr size_t most_merged = 50;

inline constexpr size_t most_merged_at_once = 20;

struct CompanyMerger {
  CompanyCode kept_code;
  std::vector<CompanyCode> merged_codes;  // at most most_merged_at_once
};
BOOST_DESCRIBE_STRUCT(CompanyMerger, (), (kept_code, merged_codes))

// The kept record is found under the names of all from then on, and files go on changing each of them. What was
// merged into those before comes along. Problem invalid for codes that nobody has, or that belong to another merger;
// what is merged so already stays.
DirectoryCompany merge_companies(db::Tx& tx, DirectoryEditor const& access, CompanyMerger const& in,
                                 keys::Vault const& vault);

struct CompanySplit {
  CompanyCode code;
};
BOOST_DESCRIBE_STRUCT(CompanySplit, (), (code))

// Undoes the merger of one record, which is a company of its own again. Problem invalid for a code that nobody
// has; nothing happens to a record that is not merged.
DirectoryCompany split_company(db::Tx& tx, DirectoryEditor const& access, CompanySplit const& in,
                               keys::Vault const& vault);

std::vector<api::Route> routes();

}  // namespace menkyo::companies
