#pragma once
// Users from a file, as spreadsheets and people write it: a table of who is to have which role. It is read and judged
// without changing anything; what is then granted is a role_batch.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/role_batch.hpp"
#include "base/csv.hpp"

namespace menkyo::accounts {

// As many as one list of a request may have (wire::max_list_length): twenty batches, and still a page that people
// read through.
inline constexpr int64_t max_user_file_rows = 1000;
// 200 characters for each, which is more than a mail address, a role and a virtual account need.
inline constexpr size_t max_user_file_characters = 200'000;

// A row that can be taken apart, with its fields as they were written.
struct UserFileRow {
  int64_t line;
  std::string mail, role, virtual_account, ends_on;
  std::optional<RoleWish> wish;  // if the row is sound
};

// Of the virtual accounts that "Tokyo/Shinagawa" names, or an identifier.
using FindPlaces = std::function<std::vector<VirtualAccountId>(std::string_view names)>;

// Reads UTF-8 separated by commas, semicolons or tabs. Columns and roles are named in code, Japanese or English; a
// day is written as spreadsheets in Japan and programs do (2027-03-31, 2027/3/31) and ends by the clocks of
// `time_zone`, which is one. Every fault is reported with the line; a row without one has a wish. Rows come in the
// order of lines.
std::vector<UserFileRow> read_user_file(std::string_view text, std::string_view time_zone, FindPlaces const& find,
                                        CsvFaults& faults);

struct UserFileText {
  SmartAccountId smart_account_id;
  wire::File<max_user_file_characters> text;
  wire::Line<1, 64> time_zone;  // of the IANA database, by whose clocks the days of the file end
};
BOOST_DESCRIBE_STRUCT(UserFileText, (), (smart_account_id, text, time_zone))

struct UserFileFault {
  int64_t line;
  std::string column;  // or "character N", where the line could not be taken apart
  std::string code, detail;
  std::optional<int64_t> same_as_line;
};
BOOST_DESCRIBE_STRUCT(UserFileFault, (), (line, column, code, detail, same_as_line))

struct PreviewedRow {
  int64_t line;
  std::string mail, role, virtual_account, ends_on;  // as they were written
  std::optional<RoleWish> wish;                      // if the row is sound
  std::optional<RoleEffect> effect;                  // likewise
};
BOOST_DESCRIBE_STRUCT(PreviewedRow, (), (line, mail, role, virtual_account, ends_on, wish, effect))

struct UserFilePreview {
  std::vector<PreviewedRow> rows;
  std::vector<UserFileFault> faults;  // in the order of lines
  int64_t more_faults;                // that are not listed
};
BOOST_DESCRIBE_STRUCT(UserFilePreview, (), (rows, faults, more_faults))

// Problem invalid for a time zone that there is not.
UserFilePreview preview_user_file(db::ReadTx& tx, UsersEditor const& access, UserFileText const& in,
                                  keys::Vault const& vault);

std::vector<api::Route> user_file_routes();

}  // namespace menkyo::accounts
