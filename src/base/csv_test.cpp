#include "base/csv.hpp"

#include <gmock/gmock.h>

namespace menkyo {
namespace {

using Fields = std::vector<std::string>;

struct ReadAll {
  std::vector<Fields> records;
  std::vector<int64_t> lines;
  CsvFaults faults;
};

ReadAll read_all(std::string_view text, CsvLimits const& limits = {}) {
  ReadAll out;
  CsvReader reader(text, limits, out.faults);
  Fields fields;
  while (reader.next(fields)) {
    out.records.push_back(fields);
    out.lines.push_back(reader.line());
  }
  return out;
}

TEST(Csv, reads_quotes_line_breaks_and_both_line_ends) {
  auto const all = read_all(
      "\xEF\xBB\xBF"
      "a,b\r\n\"x, \"\"y\"\"\",\"two\nlines\"\n\n \n,\r\nlast,1");
  EXPECT_EQ(all.records, (std::vector<Fields>{{"a", "b"}, {"x, \"y\"", "two\nlines"}, {"", ""}, {"last", "1"}}));
  EXPECT_EQ(all.lines, (std::vector<int64_t>{1, 2, 6, 7}));
  EXPECT_TRUE(all.faults.empty());
}

TEST(Csv, tells_every_broken_line_and_reads_the_others) {
  auto const all = read_all("a\"b,1\nok,1\n\"x\"y,2\nok,2\nz\xff,3\nok,3\n\x01,4\n\"never closed\nok,4\n");
  EXPECT_EQ(all.records, (std::vector<Fields>{{"ok", "1"}, {"ok", "2"}, {"ok", "3"}, {"ok", "4"}}));
  std::vector<std::pair<int64_t, std::string>> where;
  for (auto const& fault : all.faults.first) where.emplace_back(fault.line, fault.column);
  EXPECT_THAT(where, testing::ElementsAre(testing::Pair(1, "character 2"), testing::Pair(3, "character 4"),
                                          testing::Pair(5, "character 1"), testing::Pair(7, "character 1"),
                                          testing::Pair(8, "character 1")));
}

TEST(Csv, a_fault_after_a_quoted_line_break_names_its_own_line) {
  auto const all = read_all("\"two\nlines\",\"x\"y\nok\n");
  ASSERT_EQ(all.faults.first.size(), 1u);
  EXPECT_EQ(all.faults.first[0].line, 2);
  EXPECT_EQ(all.faults.first[0].column, "character 11");
  EXPECT_EQ(all.records, (std::vector<Fields>{{"ok"}}));
  EXPECT_EQ(all.lines, (std::vector<int64_t>{3}));
}

TEST(Csv, holds_every_limit) {
  CsvLimits limits{.file_bytes = 1000, .lines = 3, .record_bytes = 20, .field_bytes = 10};
  EXPECT_TRUE(read_all("1234567890,12345678\n", limits).faults.empty());
  EXPECT_EQ(read_all("12345678901\nok\n", limits).faults.count(), 1);
  EXPECT_EQ(read_all("\"12345678901\"\nok\n", limits).faults.count(), 1);
  EXPECT_EQ(read_all("1234567890,1234567890\nok\n", limits).faults.count(), 1);
  EXPECT_EQ(read_all("a\nb\nc\n", limits).records.size(), 3u);
  EXPECT_EQ(read_all("a\nb\nc\nd\n", limits).faults.count(), 1);
  EXPECT_TRUE(read_all(std::string(1001, 'a'), limits).records.empty());
  EXPECT_EQ(read_all(std::string(1001, 'a'), limits).faults.count(), 1);
}

TEST(Csv, counts_faults_beyond_those_it_keeps) {
  std::string text;
  for (int i = 0; i < 2500; ++i) text += "a\"\n";
  auto const all = read_all(text);
  EXPECT_EQ(all.faults.first.size(), 1000u);
  EXPECT_EQ(all.faults.more, 1500);
}

TEST(Csv, gives_up_on_what_is_no_table_in_bounded_time) {
  std::string text;
  for (int i = 0; i < 400'000; ++i) text += "x\"\n";
  EXPECT_EQ(read_all(text).faults.count(), 10'001);
}

TEST(Csv, a_table_finds_fields_by_name) {
  constexpr CsvColumn columns[] = {{"code"}, {"name"}, {"note", false}};
  CsvFaults faults;
  CsvTable table("name,code\n Kaze , K1\nonly one\nNami,N1\n", columns, faults);
  ASSERT_TRUE(table.next());
  EXPECT_EQ(table[0], "K1");
  EXPECT_EQ(table[1], "Kaze");
  EXPECT_EQ(table[2], "");
  ASSERT_TRUE(table.next());
  EXPECT_EQ(table[0], "N1");
  table.fault(0, csv_codes::conflict, "is taken");
  EXPECT_FALSE(table.next());
  EXPECT_EQ(faults.first, (std::vector<CsvFault>{{3, "character 1", "malformed", "has 1 fields instead of 2"},
                                                 {4, "code", "conflict", "is taken"}}));
}

TEST(Csv, a_table_with_wrong_columns_has_no_rows) {
  constexpr CsvColumn columns[] = {{"code"}, {"name"}};
  CsvFaults faults;
  CsvTable table("code,code,size\n1,2,3\n", columns, faults);
  EXPECT_FALSE(table.next());
  EXPECT_EQ(faults.first,
            (std::vector<CsvFault>{{1, "code", "column_repeated", "the column comes twice"},
                                   {1, "size", "column_unknown", "is not a column of this kind of file"},
                                   {1, "name", "column_missing", "the column is missing"}}));
  CsvFaults of_nothing;
  CsvTable nothing("", columns, of_nothing);
  EXPECT_FALSE(nothing.next());
  EXPECT_EQ(of_nothing.count(), 1);
}

TEST(Csv, finds_the_separator_in_the_first_line) {
  for (auto const& [text, separator] : std::vector<std::pair<std::string_view, char>>{{"mail,role\n", ','},
                                                                                      {"mail;role\na,b\n", ';'},
                                                                                      {"mail\trole;x\n", '\t'},
                                                                                      {"\"a,b\";role\n", ';'},
                                                                                      {"mail\na;b\n", ','},
                                                                                      {"", ','}})
    EXPECT_EQ(csv_separator(text), separator) << text;
  constexpr CsvColumn columns[] = {{"code"}, {"name"}};
  CsvFaults faults;
  CsvTable table("code;name\n\"K;1\";Kaze, Umi\n", columns, faults, {}, ';');
  ASSERT_TRUE(table.next());
  EXPECT_EQ(table[0], "K;1");
  EXPECT_EQ(table[1], "Kaze, Umi");
}

TEST(Csv, columns_have_other_names_in_any_spelling) {
  static constexpr std::string_view names[] = {"コード", "product code"};
  constexpr CsvColumn columns[] = {{"code", true, names}};
  for (auto const* header : {"code", "ｺｰﾄﾞ", "Product  Code", "\xEF\xBB\xBFコード"}) {
    CsvFaults faults;
    auto const text = std::string(header) + "\nK1\n";
    CsvTable table(text, columns, faults);
    ASSERT_TRUE(table.next()) << header;
    EXPECT_EQ(table[0], "K1");
  }
  CsvFaults faults;
  EXPECT_FALSE(CsvTable("コード,code\nK1,K2\n", columns, faults).next());
  EXPECT_EQ(faults.first, (std::vector<CsvFault>{{1, "code", "column_repeated", "the column comes twice"}}));
}

TEST(CsvWriter, quotes_what_needs_it_and_disarms_formulas) {
  CsvWriter w;
  w.text("plain").text("a,b").text("say \"so\"").text("two\r\nlines").number(-3).end_row();
  w.text("=1+1").text("+81").text("-x").text("@sum").text("\tx").text("").text("免許").end_row();
  EXPECT_EQ(w.out(),
            "\xEF\xBB\xBFplain,\"a,b\",\"say \"\"so\"\"\",\"two\r\nlines\",-3\r\n"
            "\"'=1+1\",\"'+81\",\"'-x\",\"'@sum\",\"'\tx\",,免許\r\n");
}

TEST(CsvWriter, writes_what_the_reader_reads) {
  CsvWriter w;
  w.text("a").text("b,\"c\"\nd").end_row();
  CsvFaults faults;
  CsvReader reader(w.out(), {}, faults);
  std::vector<std::string> fields;
  ASSERT_TRUE(reader.next(fields));
  EXPECT_EQ(fields, (std::vector<std::string>{"a", "b,\"c\"\nd"}));
}

}  // namespace
}  // namespace menkyo
