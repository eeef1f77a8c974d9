#include "base/csv.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace menkyo {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
// A file with more broken lines than this is no table; reading on would only cost time.
constexpr int64_t most_broken_lines = 10'000;

std::string_view without_blanks(std::string_view text) {
  auto const begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// The length of the UTF-8 sequence at the beginning of `text`; 0 if there is none (RFC 3629 section 4).
size_t sequence_length(std::string_view text) {
  auto const byte = [&](size_t i) { return i < text.size() ? uint8_t(text[i]) : uint8_t(0); };
  auto const tail = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  uint8_t const a = byte(0), b = byte(1);
  if (a < 0x80) return 1;
  if (a >= 0xC2 && a <= 0xDF) return tail(1) ? 2 : 0;
  if (a >= 0xE0 && a <= 0xEF) {
    bool const overlong = a == 0xE0 && b < 0xA0;
    bool const surrogate = a == 0xED && b >= 0xA0;
    return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (a >= 0xF0 && a <= 0xF4) {
    bool const overlong = a == 0xF0 && b < 0x90;
    bool const beyond = a == 0xF4 && b >= 0x90;
    return tail(1) && tail(2) && tail(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

bool is_forbidden_control(char c) {
  return (uint8_t(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
}

bool is_called(CsvColumn const& column, std::string_view name) {
  if (column.name == name) return true;
  if (column.other_names.empty()) return false;
  auto const folded = fold_name(name);
  return std::any_of(column.other_names.begin(), column.other_names.end(),
                     [&](auto const& other) { return fold_name(other) == folded; });
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    size_t const length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

size_t count_characters(std::string_view text) {
  return size_t(std::count_if(text.begin(), text.end(), [](char c) { return (uint8_t(c) & 0xC0) != 0x80; }));
}

void CsvFaults::add(int64_t line, std::string_view column, std::string_view code, std::string reason) {
  if (first.size() < kept) {
    first.push_back({line, std::string(column), code, std::move(reason)});
  } else {
    ++more;
  }
}

char csv_separator(std::string_view text) {
  bool quoted = false;
  for (char const c : text) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == ',' || c == ';' || c == '\t') return c;
    if (c == '\n') break;
  }
  return ',';
}

CsvReader::CsvReader(std::string_view text, CsvLimits const& limits, CsvFaults& faults, char separator)
    : text_(text), limits_(limits), faults_(faults), separator_(separator) {
  if (text_.starts_with(byte_order_mark)) text_.remove_prefix(byte_order_mark.size());
  if (text_.size() <= limits_.file_bytes) return;
  faults_.add(1, "character 1", csv_codes::too_large,
              "the file is larger than " + std::to_string(limits_.file_bytes) + " bytes");
  text_ = {};
}

bool CsvReader::next(std::vector<std::string>& fields) {
  while (at_ < text_.size()) {
    if (line_ > limits_.lines || faults_.count() >= most_broken_lines) {
      faults_.add(line_, "character 1", csv_codes::too_large,
                  line_ > limits_.lines ? "the file has more than " + std::to_string(limits_.lines) + " lines"
                                        : "the rest of the file was not read: too much of it is wrong");
      at_ = text_.size();
      return false;
    }
    record_at_ = at_;
    record_line_ = line_;
    auto const outcome = read_record(fields);
    if (outcome == Read::record) return true;
    if (outcome == Read::faulty) resume_after(resume_at_);
  }
  return false;
}

CsvReader::Read CsvReader::read_record(std::vector<std::string>& fields) {
  fields.clear();
  for (;;) {
    auto& field = fields.emplace_back();
    resume_at_ = at_;
    bool const quoted = at_ < text_.size() && text_[at_] == '"';
    size_t const begin = at_;
    if (!(quoted ? read_quoted(field) : read_plain(field))) return Read::faulty;
    if (!is_utf8(field)) return fail(begin, csv_codes::encoding, "is not UTF-8"), Read::faulty;
    if (std::any_of(field.begin(), field.end(), is_forbidden_control))
      return fail(begin, csv_codes::encoding, "holds a control character"), Read::faulty;
    if (at_ < text_.size() && text_[at_] == separator_) {
      ++at_;
      continue;
    }
    skip_line_break();
    bool const empty = fields.size() == 1 && !quoted && without_blanks(field).empty();
    return empty ? Read::empty : Read::record;
  }
}

bool CsvReader::end_of_field(size_t at) const {
  if (at >= text_.size()) return true;
  char const c = text_[at];
  return c == separator_ || c == '\n' || (c == '\r' && (at + 1 >= text_.size() || text_[at + 1] == '\n'));
}

bool CsvReader::read_plain(std::string& field) {
  size_t const begin = at_;
  while (!end_of_field(at_)) {
    if (text_[at_] == '"')
      return fail(at_, csv_codes::malformed, "a quotation mark inside a field that does not begin with one");
    if (at_ - begin >= limits_.field_bytes) return fail(begin, csv_codes::too_large, "the field is too long");
    if (at_ - record_at_ >= limits_.record_bytes) return fail(at_, csv_codes::too_large, "the line is too long");
    ++at_;
  }
  field = text_.substr(begin, at_ - begin);
  return true;
}

bool CsvReader::read_quoted(std::string& field) {
  size_t const begin = at_++;
  for (;; ++at_) {
    if (at_ >= text_.size()) return fail(begin, csv_codes::malformed, "the quotation mark is never closed");
    if (at_ - record_at_ >= limits_.record_bytes)
      return fail(begin, csv_codes::too_large, "the line is too long; is a quotation mark open?");
    if (text_[at_] == '"') {
      if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') break;
      ++at_;
    }
    field += text_[at_];
    if (text_[at_] == '\n') ++line_;
    if (field.size() > limits_.field_bytes) return fail(begin, csv_codes::too_large, "the field is too long");
  }
  ++at_;
  return end_of_field(at_) ? true : fail(at_, csv_codes::malformed, "text after the closing quotation mark");
}

bool CsvReader::fail(size_t at, std::string_view code, std::string reason) {
  // The line may have been counted on inside quotes; count from the record's own.
  auto const before = text_.substr(record_at_, at - record_at_);
  int64_t const line = record_line_ + std::count(before.begin(), before.end(), '\n');
  auto const last_break = before.rfind('\n');
  auto const in_line = last_break == std::string_view::npos ? before : before.substr(last_break + 1);
  faults_.add(line, "character " + std::to_string(count_characters(in_line) + 1), code, std::move(reason));
  return false;
}

void CsvReader::skip_line_break() {
  if (at_ >= text_.size()) return;
  if (text_[at_] == '\r') ++at_;
  if (at_ < text_.size() && text_[at_] == '\n') ++at_;
  ++line_;
}

// After a fault: on with the line after the one in which the faulty field begins, since an open quotation mark would
// otherwise swallow what follows.
void CsvReader::resume_after(size_t at) {
  auto const before = text_.substr(record_at_, at - record_at_);
  line_ = record_line_ + std::count(before.begin(), before.end(), '\n');
  auto const line_break = text_.find('\n', at);
  at_ = line_break == std::string_view::npos ? text_.size() : line_break + 1;
  ++line_;
}

CsvTable::CsvTable(std::string_view text, std::span<const CsvColumn> columns, CsvFaults& faults,
                   CsvLimits const& limits, char separator)
    : columns_(columns), faults_(faults), reader_(text, limits, faults, separator), place_(columns.size()) {
  readable_ = read_header();
}

bool CsvTable::read_header() {
  int64_t const before = faults_.count();
  if (!reader_.next(fields_)) {
    if (faults_.count() == before) faults_.add(1, "character 1", csv_codes::malformed, "the file is empty");
    return false;
  }
  width_ = fields_.size();
  for (size_t i = 0; i < fields_.size(); ++i) {
    auto const name = without_blanks(fields_[i]);
    auto const known =
        std::find_if(columns_.begin(), columns_.end(), [&](auto const& c) { return is_called(c, name); });
    if (known == columns_.end()) {
      faults_.add(reader_.line(), name, csv_codes::column_unknown, "is not a column of this kind of file");
    } else if (auto& place = place_[size_t(known - columns_.begin())]; place) {
      faults_.add(reader_.line(), name, csv_codes::column_repeated, "the column comes twice");
    } else {
      place = i;
    }
  }
  for (size_t i = 0; i < columns_.size(); ++i)
    if (columns_[i].required && !place_[i])
      faults_.add(reader_.line(), columns_[i].name, csv_codes::column_missing, "the column is missing");
  return faults_.count() == before;
}

bool CsvTable::next() {
  while (readable_ && reader_.next(fields_)) {
    if (fields_.size() == width_) return true;
    faults_.add(reader_.line(), "character 1", csv_codes::malformed,
                "has " + std::to_string(fields_.size()) + " fields instead of " + std::to_string(width_));
  }
  return false;
}

std::string_view CsvTable::operator[](size_t column) const {
  return place_[column] ? without_blanks(fields_[*place_[column]]) : std::string_view{};
}

void CsvTable::fault(size_t column, std::string_view code, std::string reason) {
  faults_.add(reader_.line(), columns_[column].name, code, std::move(reason));
}

void CsvWriter::separate() {
  if (row_begun_) out_ += ',';
  row_begun_ = true;
}

CsvWriter& CsvWriter::text(std::string_view field) {
  separate();
  bool const formula = !field.empty() && std::string_view("=+-@\t\r").find(field.front()) != std::string_view::npos;
  if (!formula && field.find_first_of("\",\r\n") == std::string_view::npos) {
    out_ += field;
    return *this;
  }
  out_ += '"';
  if (formula) out_ += '\'';
  for (char const c : field) {
    if (c == '"') out_ += '"';
    out_ += c;
  }
  out_ += '"';
  return *this;
}

CsvWriter& CsvWriter::number(int64_t field) {
  separate();
  out_ += std::to_string(field);
  return *this;
}

CsvWriter& CsvWriter::end_row() {
  out_ += "\r\n";
  row_begun_ = false;
  return *this;
}

}  // namespace menkyo
