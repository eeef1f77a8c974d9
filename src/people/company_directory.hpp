#pragma once
// Inside people/: the operator's directory of companies. Whoever fills in a profile picks its company there while it
// types. The operator brings the directory as a file (docs/import.md); a job takes it over in small chunks.

#include "base/csv.hpp"
#include "jobs/runner.hpp"
#include "people/company_name.hpp"

namespace menkyo::people {

// A company at one address, as the directory holds it; normalized.
struct CompanyRecord : places::PostalAddress {
  wire::Exact<1, 64> code;  // the operator's own
  CompanyName name;         // in Latin letters
  std::optional<CompanyName> native_name;
  std::optional<wire::Line<1, 253>> domain;
};
BOOST_DESCRIBE_STRUCT(CompanyRecord, (places::PostalAddress), (code, name, native_name, domain))

// ---- Looking up ---------------------------------------------------------------------------------------------------

inline constexpr size_t most_companies_found = 10;

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

// ---- Operations of the command line -------------------------------------------------------------------------------

inline constexpr std::string_view companies_import_job = "companies_import";

struct CompaniesStart {
  ImportReport report;          // `taken`: records that the job is to write or remove
  std::optional<JobId> job_id;  // absent if there are problems or nothing is new
};
// Checks the whole file and hands what is new in it to a job. `source` says in the event where it came from.
CompaniesStart start_companies_import(db::Database& database, std::string_view csv, std::string_view source);

// The job that writes. `vault` must outlive the runner.
jobs::JobKind companies_import_kind(keys::Vault const& vault);

}  // namespace menkyo::people
