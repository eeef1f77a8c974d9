#include "tests/tidy/text.hpp"

#include <algorithm>
#include <cctype>

namespace menkyo::tidy {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    auto const end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

size_t line_at(std::string_view text, size_t at) {
  return 1 + size_t(std::count(text.begin(), text.begin() + std::ptrdiff_t(std::min(at, text.size())), '\n'));
}

std::vector<size_t> find_token(std::string_view code, std::string_view token) {
  std::vector<size_t> found;
  for (size_t at = code.find(token); at != std::string_view::npos; at = code.find(token, at + 1)) {
    size_t const end = at + token.size();
    if (at > 0 && is_word(token.front()) && is_word(code[at - 1])) continue;
    // A token that ends in an underscore is a prefix of names.
    if (end < code.size() && token.back() != '_' && is_word(token.back()) && is_word(code[end])) continue;
    found.push_back(at);
  }
  return found;
}

namespace {

// Walks a text once; each step takes a comment, a literal or one character.
struct Reader {
  std::string_view text;
  size_t at = 0;
  Source source{};
  bool joins = false;  // only blanks since the last literal

  bool starts(std::string_view prefix) const { return text.substr(at).starts_with(prefix); }

  void blank(size_t end) {
    for (; at < end && at < text.size(); ++at) source.code += text[at] == '\n' ? '\n' : ' ';
  }
  void keep() {
    if (!std::isspace(static_cast<unsigned char>(text[at]))) joins = false;
    source.code += text[at++];
  }
  void literal(size_t begin, std::string value) {
    if (joins) {
      source.literals.back().value += value;
    } else {
      source.literals.push_back({line_at(text, begin), std::move(value)});
    }
    joins = true;
  }

  void raw_string() {
    size_t const begin = at;
    size_t const open = text.find('(', at);
    if (open == std::string_view::npos) return blank(text.size());
    std::string const close = ")" + std::string(text.substr(at + 2, open - at - 2)) + "\"";
    size_t const end = std::min(text.find(close, open), text.size());
    literal(begin, std::string(text.substr(open + 1, end - open - 1)));
    source.code += "R\"";
    at += 2;
    blank(std::min(end + close.size(), text.size()));
  }

  void quoted(char quote) {
    size_t const begin = at;
    std::string value;
    source.code += text[at++];
    while (at < text.size() && text[at] != quote && text[at] != '\n') {
      if (text[at] == '\\' && at + 1 < text.size()) {
        value += text[at + 1] == 'n' ? '\n' : text[at + 1];
        blank(at + 2);
      } else {
        value += text[at];
        blank(at + 1);
      }
    }
    if (at < text.size()) source.code += text[at++];
    if (quote == '"') literal(begin, std::move(value));
  }

  void step() {
    bool const after_word = at > 0 && is_word(text[at - 1]);
    if (starts("//")) return blank(std::min(text.find('\n', at), text.size()));
    if (starts("/*")) {
      size_t const end = text.find("*/", at + 2);
      return blank(end == std::string_view::npos ? text.size() : end + 2);
    }
    if (starts("R\"") && !after_word) return raw_string();
    if (text[at] == '"') return quoted('"');
    // A quote inside a number (1'000) is no character literal.
    if (text[at] == '\'' && !after_word) return quoted('\'');
    keep();
  }
};

std::string one_line(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool const blank = std::isspace(static_cast<unsigned char>(c));
    if (!blank) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

// Whether what stands before a brace opens a scope in which functions are declared.
bool opens_scope(std::string const& head) {
  if (head.find('(') != std::string::npos && head.find("alignas") == std::string::npos) return false;
  for (char const* word : {"namespace", "class", "struct", "union", "extern"}) {
    if (!find_token(head, word).empty()) return true;
  }
  return false;
}

// Whether the brace after `head` begins a value: an `=` outside of parentheses that is no operator's name.
bool opens_value(std::string const& head) {
  int depth = 0;
  bool const names_operator = !find_token(head, "operator").empty();
  for (char c : head) {
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
    if (c == '=' && depth == 0 && !names_operator) return true;
  }
  return !find_token(head, "enum").empty() || head.find('(') == std::string::npos;
}

// Preprocessor lines are no code of a function's head; macros of several lines are blanked whole.
std::string without_directives(std::string_view code) {
  std::string out;
  bool inside = false;
  for (auto line : lines_of(code)) {
    auto const first = line.find_first_not_of(" \t");
    bool const directive = inside || (first != std::string_view::npos && line[first] == '#');
    inside = directive && line.ends_with('\\');
    out += directive ? std::string(line.size(), ' ') : std::string(line);
    out += '\n';
  }
  return out;
}

size_t end_of_body(std::string_view code, size_t open) {
  int depth = 0;
  for (size_t at = open; at < code.size(); ++at) {
    if (code[at] == '{') ++depth;
    if (code[at] == '}' && --depth == 0) return at;
  }
  return code.size();
}

}  // namespace

Source read_source(std::string_view text) {
  Reader reader{text};
  while (reader.at < text.size()) reader.step();
  return std::move(reader.source);
}

std::vector<Function> functions_of(std::string_view raw) {
  std::string const code = without_directives(raw);
  std::vector<Function> functions;
  size_t head_begin = 0;
  for (size_t at = 0; at < code.size(); ++at) {
    if (code[at] == ';' || code[at] == '}') head_begin = at + 1;
    if (code[at] != '{') continue;
    std::string const head = one_line(std::string_view(code).substr(head_begin, at - head_begin));
    if (opens_scope(head)) {
      head_begin = at + 1;
      continue;
    }
    size_t const end = end_of_body(code, at);
    size_t const next = code.find_first_not_of(" \t\n", end + 1);
    // These braces were a member's initializer; the constructor's body is still to come.
    if (next != std::string::npos && (code[next] == ',' || code[next] == '{')) {
      at = end;
      continue;
    }
    if (!opens_value(head)) {
      size_t const first = code.find_first_not_of(" \t\n", head_begin);
      functions.push_back({head, line_at(code, first), line_at(code, end) - line_at(code, first) + 1});
    }
    at = end;
    head_begin = end + 1;
  }
  return functions;
}

}  // namespace menkyo::tidy
