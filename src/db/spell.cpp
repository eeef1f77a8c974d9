#include "db/spell.hpp"

#include <stdexcept>

namespace menkyo::db {

namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

std::vector<std::pair<std::string, std::string>> parse_columns(std::string_view list) {
  std::vector<std::pair<std::string, std::string>> columns;
  while (!list.empty()) {
    auto const comma = list.find(',');
    auto const part = trim(list.substr(0, comma));
    auto const space = part.find(' ');
    if (space == std::string_view::npos) throw std::logic_error("a row column needs a name and a type");
    columns.emplace_back(part.substr(0, space), trim(part.substr(space)));
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
  }
  return columns;
}

}  // namespace

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

}  // namespace menkyo::db
