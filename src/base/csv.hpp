#pragma once
// Tables as text: RFC 4180 in UTF-8, with or without byte order mark, lines ended by CRLF or LF, the first record
// naming the columns. A reader goes on after a fault, so that one run tells everything that is wrong with a file.
// Pure; each object belongs to one thread.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace menkyo {

namespace csv_codes {
inline constexpr std::string_view encoding = "encoding", malformed = "malformed", column_unknown = "column_unknown",
                                  column_repeated = "column_repeated", column_missing = "column_missing",
                                  too_large = "too_large", missing = "missing", unexpected = "unexpected",
                                  too_long = "too_long", invalid = "invalid", repeated = "repeated",
                                  unknown = "unknown", circle = "circle", not_allowed = "not_allowed",
                                  conflict = "conflict";
}

// What is wrong with a file, and where: the line counts from 1; `column` is the column's name, or "character N" where
// the line could not be taken apart.
struct CsvFault {
  int64_t line = 0;
  std::string column;
  std::string_view code;  // a stable word, one of csv_codes (their meaning is told in the guide to imports)
  std::string reason;     // a sentence for people

  bool operator==(CsvFault const&) const = default;
};

// The first faults in full and the number of the rest.
struct CsvFaults {
  static constexpr size_t kept = 1000;
  std::vector<CsvFault> first;
  int64_t more = 0;

  void add(int64_t line, std::string_view column, std::string_view code, std::string reason);
  bool empty() const { return first.empty(); }
  int64_t count() const { return int64_t(first.size()) + more; }
};

// What an import did. Nothing was taken if there are problems.
struct ImportReport {
  int64_t taken = 0;      // records that are new or changed
  int64_t skipped = 0;    // records that were there already, just so
  int64_t conflicts = 0;  // among the problems: records that contradict what was taken before
  CsvFaults problems;
};

struct CsvLimits {
  size_t file_bytes = size_t{64} << 20;
  int64_t lines = 1'000'000;
  size_t record_bytes = 32 << 10;
  size_t field_bytes = 8 << 10;
};

// What stands between the fields of the first record: comma, semicolon or tab, whichever comes first outside of
// quotation marks. Spreadsheets write a semicolon where a comma is the decimal mark. Comma if there is none.
char csv_separator(std::string_view text);

// Takes a text apart into records. Does not own the text.
class CsvReader {
 public:
  CsvReader(std::string_view text, CsvLimits const& limits, CsvFaults& faults, char separator = ',');
  // The next record that is well formed; false at the end. Empty lines are passed over.
  bool next(std::vector<std::string>& fields);
  // Where the record that was read last begins.
  int64_t line() const { return record_line_; }

 private:
  enum class Read { record, empty, faulty };
  Read read_record(std::vector<std::string>& fields);
  bool read_quoted(std::string& field);
  bool read_plain(std::string& field);
  bool end_of_field(size_t at) const;
  bool fail(size_t at, std::string_view code, std::string reason);
  void skip_line_break();
  void resume_after(size_t at);

  std::string_view text_;
  CsvLimits limits_;
  CsvFaults& faults_;
  char separator_;
  size_t at_ = 0;
  size_t record_at_ = 0;
  size_t resume_at_ = 0;
  int64_t line_ = 1;
  int64_t record_line_ = 1;
};

// One column that a table may have.
struct CsvColumn {
  std::string_view name;
  bool required = true;
  std::span<const std::string_view> other_names{};  // in any spelling that people take for the same (fold_name)
};

// Records by column name. An unknown, repeated or missing column is a fault of line 1, and then there are no rows.
class CsvTable {
 public:
  CsvTable(std::string_view text, std::span<const CsvColumn> columns, CsvFaults& faults, CsvLimits const& limits = {},
           char separator = ',');
  // The next row with as many fields as there are columns; false at the end.
  bool next();
  int64_t line() const { return reader_.line(); }
  // The field of the column at this place of `columns`, without surrounding blanks; empty if the file lacks the
  // column.
  std::string_view operator[](size_t column) const;
  // Reports a fault of that field.
  void fault(size_t column, std::string_view code, std::string reason);

 private:
  bool read_header();
  std::span<const CsvColumn> columns_;
  CsvFaults& faults_;
  CsvReader reader_;
  std::vector<std::optional<size_t>> place_;  // in the file, of each column
  std::vector<std::string> fields_;
  size_t width_ = 0;
  bool readable_ = false;
};

// Writes a table for people's spreadsheets: UTF-8 with byte order mark, CRLF, RFC 4180. A text that a spreadsheet
// would take for a formula gets an apostrophe before it; numbers are written as they are.
class CsvWriter {
 public:
  CsvWriter& text(std::string_view field);
  CsvWriter& number(int64_t field);
  CsvWriter& end_row();
  std::string const& out() const { return out_; }

 private:
  void separate();
  std::string out_ = "\xEF\xBB\xBF";
  bool row_begun_ = false;
};

// Whether all of `text` is UTF-8 (RFC 3629).
bool is_utf8(std::string_view text);
// Code points in well-formed UTF-8.
size_t count_characters(std::string_view text);

}  // namespace menkyo
