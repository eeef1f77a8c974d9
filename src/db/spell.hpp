#pragma once
// How one SQL text is spelled for each database: the two words in braces of a statement (see tx.hpp), and the types
// of a migration.

#include <string>
#include <string_view>
#include <vector>

#include "db/value.hpp"

namespace menkyo::db {

enum class ColumnType { bigint, bytea, text, boolean };

std::string_view to_text(ColumnType type);
// A null fits every column.
bool fits(Value const& value, ColumnType type);

struct RowColumn {
  std::string name;
  ColumnType type;
  bool operator==(RowColumn const&) const = default;
};

struct Spelling {
  std::string sql;
  std::vector<RowColumn> row_columns;  // if the statement takes rows
};

// `source(columns)` gives the text for {rows: ...}. Throws std::logic_error on a malformed statement.
using RowSource = std::string (*)(std::vector<RowColumn> const& columns);
Spelling spell(std::string_view sql, std::string_view for_update, RowSource source);

// Throws std::logic_error unless `rows` are rows of exactly the statement's columns.
void check_rows(Spelling const& spelling, size_t width, std::span<const Value> rows);

// Throws Problem invalid if `text` holds a zero character.
void refuse_zero_character(std::string_view text);

// Calls `replace(word, word_before)` for every word outside comments and quotes; whatever it appends stands in its
// place.
using WordReplacer = void (*)(std::string& out, std::string_view word, std::string_view word_before);
std::string replace_words(std::string_view sql, WordReplacer replace);

}  // namespace menkyo::db
