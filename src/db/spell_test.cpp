#include "db/spell.hpp"

#include <gmock/gmock.h>

#include "base/problem.hpp"

namespace menkyo::db {
namespace {

std::string names(std::vector<RowColumn> const& columns) {
  std::string out = "<";
  for (auto const& c : columns) out += c.name + ":" + std::string(to_text(c.type)) + " ";
  out.back() = '>';
  return out;
}

TEST(Spell, leaves_plain_text_alone) {
  auto const s = spell("select $1, '[]' from a", "for update", names);
  EXPECT_EQ(s.sql, "select $1, '[]' from a");
  EXPECT_TRUE(s.row_columns.empty());
  EXPECT_EQ(spell("", "", names).sql, "");
}

TEST(Spell, replaces_both_words) {
  auto const s =
      spell("select 1 from {rows: a bytea,\n b  bigint, c text, d boolean} r {for update}", "for update", names);
  EXPECT_EQ(s.sql, "select 1 from <a:bytea b:bigint c:text d:boolean> r for update");
  EXPECT_EQ(
      s.row_columns,
      (std::vector<RowColumn>{
          {"a", ColumnType::bytea}, {"b", ColumnType::bigint}, {"c", ColumnType::text}, {"d", ColumnType::boolean}}));
  EXPECT_EQ(spell("select 1 {for update}", "", names).sql, "select 1 ");
}

TEST(Spell, refuses_what_is_malformed) {
  for (auto const* sql :
       {"select {", "select {rows: a bigint", "select {for share}", "select {}", "select {rows:}", "select {rows: }",
        "select {rows: a}", "select {rows: a bigint,}", "select {rows: , a bigint}", "select {rows: a integer}",
        "select {rows: a bigint, a text}", "select {rows: a; bigint}", "select {rows: a bigint} {rows: b bigint}",
        "select {FOR UPDATE}"})
    EXPECT_THROW(spell(sql, "", names), std::logic_error) << sql;
}

TEST(Spell, rows_have_the_columns_of_the_statement) {
  auto const s = spell("{rows: a bigint, b text}", "", names);
  std::vector<Value> const good{int64_t(1), std::string_view("x"), {}, {}};
  EXPECT_NO_THROW(check_rows(s, 2, good));
  EXPECT_THROW(check_rows(s, 1, good), std::logic_error);
  EXPECT_THROW(check_rows(s, 4, good), std::logic_error);
  std::vector<Value> const swapped{std::string_view("x"), int64_t(1)};
  EXPECT_THROW(check_rows(s, 2, swapped), std::logic_error);
  std::vector<Value> const flag{true, std::string_view("x")};
  EXPECT_THROW(check_rows(s, 2, flag), std::logic_error);
}

TEST(Spell, words_are_replaced_outside_comments_and_quotes_only) {
  auto const twice = [](std::string& out, std::string_view word, std::string_view before) {
    out += word;
    if (word == "text") out += before == "as" ? "!" : "?";
  };
  EXPECT_EQ(replace_words("a text, -- a text, don't\ncast(b as text) 'text' \"text\" texts text", twice),
            "a text?, -- a text, don't\ncast(b as text!) 'text' \"text\" texts text?");
  EXPECT_EQ(replace_words("text 'open", twice), "text? 'open");
  EXPECT_EQ(replace_words("", twice), "");
}

TEST(Spell, zero_characters_are_refused) {
  EXPECT_NO_THROW(refuse_zero_character("plain"));
  EXPECT_THROW(refuse_zero_character(std::string_view("a\0b", 3)), Problem);
}

}  // namespace
}  // namespace menkyo::db
