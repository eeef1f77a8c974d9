#pragma once
// The directory as a file of the operator's (docs/import.md): checked whole, then written by a job in small chunks.

#include "base/csv.hpp"
#include "companies/directory.hpp"
#include "jobs/runner.hpp"

namespace menkyo::companies {

inline constexpr std::string_view import_job = "companies_import";

// ---- Operations of the command line -------------------------------------------------------------------------------

struct CompaniesStart {
  ImportReport report;          // `taken`: records that the job is to write or remove
  std::optional<JobId> job_id;  // absent if there are problems or nothing is new
};
// Checks the whole file and hands what is new in it to a job. `source` says in the event where it came from.
CompaniesStart start_companies_import(db::Database& database, std::string_view csv, std::string_view source);

// ---- The portal's way ---------------------------------------------------------------------------------------------

// Some 3,000 companies; a body of Japanese that long is below the limit of a request (http/limits.hpp). The command
// line takes longer files.
inline constexpr size_t most_file_characters = 300'000;

struct CompaniesFileText {
  wire::File<most_file_characters> text;
};
BOOST_DESCRIBE_STRUCT(CompaniesFileText, (), (text))

MENKYO_ENUM(CompanyEffect, added, changed, removed)

struct PreviewedCompany {
  std::string code;
  std::optional<std::string> name;  // absent: leaves the directory
  CompanyEffect effect;
  std::optional<std::string> kept_code;  // of the company that it was merged into, and stays merged into
};
BOOST_DESCRIBE_STRUCT(PreviewedCompany, (), (code, name, effect, kept_code))

struct CompaniesFileFault {
  int64_t line;
  std::string column;  // or "character N", where the line could not be taken apart
  std::string code, detail;
};
BOOST_DESCRIBE_STRUCT(CompaniesFileFault, (), (line, column, code, detail))

// Nothing but the faults if there are any.
struct CompaniesFilePreview {
  int64_t added, changed, removed, unchanged;
  std::vector<PreviewedCompany> companies;  // the first of those that are added, changed or removed
  std::vector<CompaniesFileFault> faults;   // the first, in the order of lines
  int64_t more_faults;                      // that are not listed
};
BOOST_DESCRIBE_STRUCT(CompaniesFilePreview, (), (added, changed, removed, unchanged, companies, faults, more_faults))

inline constexpr size_t most_previewed = 200;

CompaniesFilePreview preview_companies_file(db::ReadTx& tx, DirectoryEditor const& access,
                                            CompaniesFileText const& in);

struct CompaniesFile {
  wire::File<most_file_characters> text;
  wire::Line<1, 200> source;  // the file's name, for the event log
};
BOOST_DESCRIBE_STRUCT(CompaniesFile, (), (text, source))

struct CompaniesFileImport {
  int64_t taken;                // records that the job writes or removes
  std::optional<JobId> job_id;  // absent if nothing is new
};
BOOST_DESCRIBE_STRUCT(CompaniesFileImport, (), (taken, job_id))

// Problem invalid, at /text, if anything is wrong with the file.
CompaniesFileImport import_companies_file(db::Tx& tx, DirectoryEditor const& access, CompaniesFile const& in);

// The job that writes. `vault` must outlive the runner; `prove` as in jobs::JobKind.
jobs::JobKind import_kind(keys::Vault const& vault, std::function<void(db::ReadTx&, PersonId)> prove);

}  // namespace menkyo::companies
