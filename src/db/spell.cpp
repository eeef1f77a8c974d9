#include "db/spell.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/problem.hpp"

namespace menkyo::db {

namespace {

constexpr std::array<std::string_view, 4> type_names{"bigint", "bytea", "text", "boolean"};
constexpr std::string_view word_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

bool is_word(std::string_view text) {
  return !text.empty() && text.find_first_not_of(word_characters) == std::string_view::npos;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

RowColumn parse_column(std::string_view part) {
  auto const space = part.find(' ');
  if (space == std::string_view::npos) throw std::logic_error("a row column needs a name and a type");
  auto const name = part.substr(0, space);
  if (!is_word(name)) throw std::logic_error("a row column's name is one word");
  auto const type = std::find(type_names.begin(), type_names.end(), trim(part.substr(space)));
  if (type == type_names.end()) throw std::logic_error("row columns are bigint, bytea, text or boolean");
  return {std::string(name), ColumnType(type - type_names.begin())};
}

std::vector<RowColumn> parse_columns(std::string_view list) {
  std::vector<RowColumn> columns;
  for (;;) {
    auto const comma = list.find(',');
    auto column = parse_column(trim(list.substr(0, comma)));
    for (auto const& other : columns)
      if (other.name == column.name) throw std::logic_error("a statement names a row column twice");
    columns.push_back(std::move(column));
    if (comma == std::string_view::npos) return columns;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace

std::string_view to_text(ColumnType type) {
  return type_names[size_t(type)];
}

bool fits(Value const& value, ColumnType type) {
  switch (type) {
    case ColumnType::bigint:
      return std::holds_alternative<int64_t>(value) || value.index() == 0;
    case ColumnType::bytea:
      return std::holds_alternative<ByteView>(value) || value.index() == 0;
    case ColumnType::text:
      return std::holds_alternative<std::string_view>(value) || value.index() == 0;
    case ColumnType::boolean:
      return std::holds_alternative<bool>(value) || value.index() == 0;
  }
  return false;
}

Spelling spell(std::string_view sql, std::string_view for_update, RowSource source) {
  Spelling out;
  for (;;) {
    auto const open = sql.find('{');
    out.sql += sql.substr(0, open);
    if (open == std::string_view::npos) return out;
    auto const close = sql.find('}', open);
    if (close == std::string_view::npos) throw std::logic_error("a brace is not closed in a statement");
    auto const word = sql.substr(open + 1, close - open - 1);
    if (word == "for update") {
      out.sql += for_update;
    } else if (word.starts_with("rows:")) {
      if (!out.row_columns.empty()) throw std::logic_error("a statement names its rows twice");
      out.row_columns = parse_columns(word.substr(5));
      out.sql += source(out.row_columns);
    } else {
      throw std::logic_error("unknown word in braces in a statement");
    }
    sql = sql.substr(close + 1);
  }
}

void check_rows(Spelling const& spelling, size_t width, std::span<const Value> rows) {
  if (spelling.row_columns.size() != width) throw std::logic_error("the rows and the statement differ in width");
  for (size_t i = 0; i < rows.size(); ++i)
    if (!fits(rows[i], spelling.row_columns[i % width].type))
      throw std::logic_error("a row's value has another type than its column " +
                             spelling.row_columns[i % width].name);
}

void refuse_zero_character(std::string_view text) {
  if (text.find('\0') == std::string_view::npos) return;
  throw Problem(problems::invalid, "Text may not hold the character U+0000.");
}

std::string replace_words(std::string_view sql, WordReplacer replace) {
  std::string out;
  std::string_view before;
  auto const copy = [&](size_t count) {
    out += sql.substr(0, count);
    sql.remove_prefix(std::min(count, sql.size()));
  };
  // The length of what ends with `end`, which is part of it; all the rest if it never comes.
  auto const up_to = [&](std::string_view end, size_t from) {
    auto const at = sql.find(end, from);
    return at == std::string_view::npos ? sql.size() : at + end.size();
  };
  while (!sql.empty()) {
    if (sql.starts_with("--")) {
      copy(up_to("\n", 2));
    } else if (sql.front() == '\'' || sql.front() == '"') {
      copy(up_to(sql.substr(0, 1), 1));
    } else if (auto const length = std::min(sql.find_first_not_of(word_characters), sql.size()); length > 0) {
      auto const word = sql.substr(0, length);
      replace(out, word, before);
      before = word;
      sql.remove_prefix(length);
    } else {
      copy(1);
    }
  }
  return out;
}

}  // namespace menkyo::db
