#pragma once
// What the rules need to know of a source text: its code without comments and literals, its literals, its functions.
// None of this parses C++; it is exact enough for this project's layout, which clang-format keeps.

#include <string>
#include <string_view>
#include <vector>

namespace menkyo::tidy {

struct File {
  std::string path;  // from the project's root, with forward slashes
  std::string text;
};

struct Literal {
  size_t line;  // of its beginning, from 1
  std::string value;
};

struct Source {
  std::string code;               // comments and the inside of literals are blanks; lines are where they were
  std::vector<Literal> literals;  // string literals; neighbours that the compiler would join are one
};

Source read_source(std::string_view text);

struct Function {
  std::string head;  // what stands before the body, on one line
  size_t line;       // where the head begins, from 1
  size_t lines;      // from the head's first line to the closing brace
};

// Function bodies at namespace or class scope; lambdas and local classes count as part of what holds them.
std::vector<Function> functions_of(std::string_view code);

// Lines of a text; the last one counts with or without its newline.
std::vector<std::string_view> lines_of(std::string_view text);

// The line, from 1, that offset `at` is on.
size_t line_at(std::string_view text, size_t at);

bool is_word(char c);

// Offsets at which `token` stands as a whole: no identifier character touches its ends where it ends in one itself.
std::vector<size_t> find_token(std::string_view code, std::string_view token);

}  // namespace menkyo::tidy
