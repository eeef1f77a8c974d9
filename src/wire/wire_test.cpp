#include "wire/wire.hpp"

#include <gmock/gmock.h>

namespace menkyo::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The codes of what is wrong with the text.
template <class T>
std::vector<std::string> faults(std::string text) {
  T value(std::move(text));
  Errors errors;
  Codec<T>::check(value, "/name", errors);
  std::vector<std::string> codes;
  for (auto const& error : errors) codes.push_back(error.code);
  return codes;
}

TEST(Text, takes_what_people_write_in_any_script) {
  for (auto* text : {"Tokyo", "two\nlines", "東京支店", "Société", "שלום", "مرحبا\u200F!", "a\u200Eb",
                     "نمی\u200Cخواهم", "\U0001F468\u200D\U0001F469", "100\u202F%", "\u00A0x\u3000"})
    EXPECT_THAT((faults<Text<1, 20>>(text)), IsEmpty()) << text;
}

TEST(Text, refuses_control_characters_and_turned_directions) {
  for (auto* text :
       {"a\tb", "a\x01", "a\x7F", "a\u0080", "a\u0085z", "a\u009F", "a\u2028z", "a\u2029z", "\u202Agnp", "\u202Bgnp",
        "a\u202C", "\u202Dgnp", "invoice\u202Egnp.exe", "\u2066x", "\u2067x", "\u2068x", "x\u2069"}) {
    EXPECT_THAT((faults<Text<1, 20>>(text)), ElementsAre("control_character")) << text;
    EXPECT_THAT((faults<Line<1, 20>>(text)), ElementsAre("control_character")) << text;
    EXPECT_THAT((faults<Exact<1, 20>>(text)), ElementsAre("control_character")) << text;
  }
}

TEST(File, is_as_long_as_it_may_be_and_nothing_else) {
  EXPECT_THAT((faults<File<4>>("a\tb\r")), IsEmpty());
  EXPECT_THAT((faults<File<4>>(" \n ")), IsEmpty());
  EXPECT_THAT((faults<File<4>>("five!")), ElementsAre("too_long"));
  EXPECT_THAT((faults<File<4>>("\xFF")), ElementsAre("not_text"));
}

TEST(Line, is_one_line_of_which_something_is_seen) {
  for (auto* text : {"Tokyo", " 東京\u3000支店 ", "Tokyo\n", "مرحبا\u200F", "-"})
    EXPECT_THAT((faults<Line<1, 20>>(text)), IsEmpty()) << text;
  EXPECT_THAT((faults<Line<1, 20>>("Tokyo\nBcc: all@example.com")), ElementsAre("too_long", "control_character"));
  EXPECT_THAT((faults<Line<1, 20>>("a\r\nb")), ElementsAre("control_character"));
  for (auto* text : {"", " ", "\u3000", "\u200B", "\u200F\u200E", "\u202E\u202C", "\u00AD", "\u3164", "\uFEFF"}) {
    EXPECT_THAT((faults<Line<1, 20>>(text)), ElementsAre("empty")) << text;
    EXPECT_THAT((faults<Line<0, 20>>(text)), IsEmpty()) << text;
  }
  EXPECT_THAT((faults<Line<1, 3>>("東京都庁")), ElementsAre("too_long"));
  EXPECT_THAT((faults<Line<1, 3>>("\xFF")), ElementsAre("not_text"));
}

TEST(Line, without_anything_seen_is_empty) {
  Line<0, 20> value("\u200B");
  Errors errors;
  Codec<Line<0, 20>>::check(value, "/name", errors);
  EXPECT_EQ(value, "");
}

TEST(List, tells_which_of_its_entries_is_wrong) {
  std::vector<Line<1, 3>> value;
  Errors errors;
  Codec<std::vector<Line<1, 3>>>::decode(json::parse(R"(["a","long","b",""])"), value, "/names", errors);
  std::vector<std::string> paths;
  for (auto const& error : errors) paths.push_back(error.path);
  EXPECT_THAT(paths, ElementsAre("/names/1", "/names/3"));
}

}  // namespace
}  // namespace menkyo::wire
