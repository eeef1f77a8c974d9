#pragma once
// How the two words in braces of a statement are spelled (see tx.hpp).

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace menkyo::db {

struct Spelling {
  std::string sql;
  std::vector<std::pair<std::string, std::string>> row_columns;  // name and type, if the statement takes rows
};

// `source(columns)` gives the text for {rows: ...}. Throws std::logic_error on a malformed statement.
using RowSource = std::string (*)(std::vector<std::pair<std::string, std::string>> const& columns);
Spelling spell(std::string_view sql, std::string_view for_update, RowSource source);

}  // namespace menkyo::db
