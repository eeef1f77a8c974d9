#include "protocol/json.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstring>

#include "protocol/error.hpp"

namespace menkyo::protocol::json {

namespace {

[[noreturn]] void wrong_type(std::string_view expected) {
  throw Error(codes::type_wrong, "expected " + std::string(expected));
}

// Length of the well-formed UTF-8 sequence at `p`, 0 when there is none (RFC 3629 section 4).
size_t utf8_length(const unsigned char* p, const unsigned char* end) {
  auto const tail = [&](size_t at) { return p + at < end && (p[at] & 0xC0) == 0x80; };
  if (p[0] < 0x80) return 1;
  if (p[0] >= 0xC2 && p[0] <= 0xDF) return tail(1) ? 2 : 0;
  if (p[0] >= 0xE0 && p[0] <= 0xEF) {
    if (!tail(1) || !tail(2)) return 0;
    if (p[0] == 0xE0 && p[1] < 0xA0) return 0;   // overlong
    if (p[0] == 0xED && p[1] >= 0xA0) return 0;  // surrogate
    return 3;
  }
  if (p[0] >= 0xF0 && p[0] <= 0xF4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if (p[0] == 0xF0 && p[1] < 0x90) return 0;   // overlong
    if (p[0] == 0xF4 && p[1] >= 0x90) return 0;  // beyond U+10FFFF
    return 4;
  }
  return 0;
}

void append_utf8(std::string& out, uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

class Parser {
 public:
  Parser(std::string_view text, Limits const& limits)
      : begin_(text.data()), p_(text.data()), end_(text.data() + text.size()), limits_(limits) {}

  Value document() {
    skip_space();
    Value v;
    read_value(v, 0);
    skip_space();
    if (p_ != end_) fail("unexpected bytes after the value");
    return v;
  }

 private:
  [[noreturn]] void fail(std::string_view reason, std::string_view code = codes::json_invalid) const {
    throw Error(code, std::string(reason) + " at byte " + std::to_string(p_ - begin_));
  }

  void skip_space() {
    while (p_ != end_ && (*p_ == ' ' || *p_ == '\n' || *p_ == '\t' || *p_ == '\r')) ++p_;
  }

  void read_value(Value& v, size_t depth) {
    if (++values_ > limits_.max_values) fail("too many values", codes::limit_exceeded);
    if (p_ == end_) fail("unexpected end");
    v.begin_ = static_cast<uint32_t>(p_ - begin_);
    switch (*p_) {
      case '{':
        read_object(v, depth + 1);
        break;
      case '[':
        read_array(v, depth + 1);
        break;
      case '"':
        v.kind_ = Kind::string;
        read_string(v.text_);
        break;
      case 't':
        read_word("true");
        v.kind_ = Kind::boolean;
        v.scalar_.boolean = true;
        break;
      case 'f':
        read_word("false");
        v.kind_ = Kind::boolean;
        v.scalar_.boolean = false;
        break;
      case 'n':
        read_word("null");
        break;
      default:
        read_number(v);
    }
    v.end_ = static_cast<uint32_t>(p_ - begin_);
  }

  void read_word(std::string_view word) {
    if (static_cast<size_t>(end_ - p_) < word.size() || std::string_view(p_, word.size()) != word)
      fail("unknown word");
    p_ += word.size();
  }

  void read_object(Value& v, size_t depth) {
    if (depth > limits_.max_depth) fail("nested too deeply", codes::limit_exceeded);
    v.kind_ = Kind::object;
    ++p_;
    skip_space();
    if (p_ != end_ && *p_ == '}') {
      ++p_;
      return;
    }
    v.members_.reserve(8);
    for (;;) {
      if (p_ == end_ || *p_ != '"') fail("expected a member name");
      auto& m = v.members_.emplace_back();
      read_string(m.name);
      if (v.members_.size() <= small_object) refuse_repeated(v.members_);
      skip_space();
      if (p_ == end_ || *p_ != ':') fail("expected ':'");
      ++p_;
      skip_space();
      read_value(m.value, depth);
      skip_space();
      if (p_ == end_) fail("unexpected end");
      if (*p_ == '}') break;
      if (*p_ != ',') fail("expected ',' or '}'");
      ++p_;
      skip_space();
    }
    ++p_;
    if (v.members_.size() > small_object) refuse_any_repeated(v.members_);
  }

  // Comparing each with all is fastest for the few members that objects have; large ones are sorted once, so that
  // their cost stays n log n.
  static constexpr size_t small_object = 16;

  void refuse_repeated(std::vector<Member> const& members) const {
    auto const& last = members.back().name;
    for (size_t i = 0; i + 1 < members.size(); ++i) {
      if (members[i].name == last) fail("repeated member name");
    }
  }

  void refuse_any_repeated(std::vector<Member> const& members) const {
    std::vector<std::string_view> names;
    names.reserve(members.size());
    for (auto const& m : members) names.push_back(m.name);
    std::sort(names.begin(), names.end());
    if (std::adjacent_find(names.begin(), names.end()) != names.end()) fail("repeated member name");
  }

  void read_array(Value& v, size_t depth) {
    if (depth > limits_.max_depth) fail("nested too deeply", codes::limit_exceeded);
    v.kind_ = Kind::array;
    ++p_;
    skip_space();
    if (p_ != end_ && *p_ == ']') {
      ++p_;
      return;
    }
    for (;;) {
      read_value(v.items_.emplace_back(), depth);
      skip_space();
      if (p_ == end_) fail("unexpected end");
      if (*p_ == ']') break;
      if (*p_ != ',') fail("expected ',' or ']'");
      ++p_;
      skip_space();
    }
    ++p_;
  }

  void read_string(std::string& out) {
    ++p_;
    for (;;) {
      const char* run = p_;
      while (p_ != end_ && static_cast<unsigned char>(*p_) < 0x80 && *p_ != '"' && *p_ != '\\' &&
             static_cast<unsigned char>(*p_) >= 0x20)
        ++p_;
      out.append(run, static_cast<size_t>(p_ - run));
      if (p_ == end_) fail("unterminated string");
      if (*p_ == '"') break;
      if (*p_ == '\\') {
        read_escape(out);
      } else if (static_cast<unsigned char>(*p_) < 0x20) {
        fail("control character in a string");
      } else {
        auto const n =
            utf8_length(reinterpret_cast<const unsigned char*>(p_), reinterpret_cast<const unsigned char*>(end_));
        if (n == 0) fail("invalid UTF-8");
        out.append(p_, n);
        p_ += n;
      }
    }
    ++p_;
  }

  void read_escape(std::string& out) {
    if (++p_ == end_) fail("unterminated string");
    switch (char const c = *p_; c) {
      case '"':
      case '\\':
      case '/':
        out += c;
        break;
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'u':
        return read_unicode_escape(out);
      default:
        fail("unknown escape");
    }
    ++p_;
  }

  void read_unicode_escape(std::string& out) {
    ++p_;
    uint32_t c = read_hex4();
    if (c == 0) fail("U+0000 in a string");
    if (c >= 0xDC00 && c <= 0xDFFF) fail("lone surrogate");
    if (c >= 0xD800 && c <= 0xDBFF) {
      if (end_ - p_ < 2 || p_[0] != '\\' || p_[1] != 'u') fail("lone surrogate");
      p_ += 2;
      uint32_t const low = read_hex4();
      if (low < 0xDC00 || low > 0xDFFF) fail("lone surrogate");
      c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    }
    append_utf8(out, c);
  }

  uint32_t read_hex4() {
    if (end_ - p_ < 4) fail("unterminated escape");
    uint32_t c = 0;
    auto const [stop, error] = std::from_chars(p_, p_ + 4, c, 16);
    if (error != std::errc{} || stop != p_ + 4) fail("escape is not four hexadecimal digits");
    p_ += 4;
    return c;
  }

  void skip_digits() {
    if (p_ == end_ || !is_digit(*p_)) fail("not a value");
    while (p_ != end_ && is_digit(*p_)) ++p_;
  }

  void read_number(Value& v) {
    const char* const start = p_;
    bool integer = true;
    if (*p_ == '-') ++p_;
    if (p_ != end_ && *p_ == '0') {
      ++p_;
      if (p_ != end_ && is_digit(*p_)) fail("number with a leading zero");
    } else {
      skip_digits();
    }
    if (p_ != end_ && *p_ == '.') {
      integer = false;
      ++p_;
      skip_digits();
    }
    if (p_ != end_ && (*p_ == 'e' || *p_ == 'E')) {
      integer = false;
      ++p_;
      if (p_ != end_ && (*p_ == '+' || *p_ == '-')) ++p_;
      skip_digits();
    }
    if (integer) {
      v.kind_ = Kind::integer;
      if (std::from_chars(start, p_, v.scalar_.integer).ec == std::errc{}) return;
    }
    v.kind_ = Kind::real;
    v.scalar_.real = 0;
    if (std::from_chars(start, p_, v.scalar_.real).ec != std::errc{}) fail("number out of range");
    v.text_.assign(start, static_cast<size_t>(p_ - start));
  }

  const char* begin_;
  const char* p_;
  const char* end_;
  Limits const& limits_;
  size_t values_ = 0;
};

Value parse(std::string_view text, Limits const& limits) {
  // Offsets are kept in 32 bits.
  if (text.size() > std::min<size_t>(limits.max_bytes, UINT32_MAX))
    throw Error(codes::limit_exceeded, "longer than " + std::to_string(limits.max_bytes) + " bytes");
  return Parser(text, limits).document();
}

bool is_text(std::string_view text) {
  auto const* p = reinterpret_cast<const unsigned char*>(text.data());
  auto const* const end = p + text.size();
  while (p != end) {
    if (*p == 0) return false;
    auto const n = utf8_length(p, end);
    if (n == 0) return false;
    p += n;
  }
  return true;
}

bool Value::as_bool() const {
  if (kind_ != Kind::boolean) wrong_type("true or false");
  return scalar_.boolean;
}

int64_t Value::as_int() const {
  if (kind_ != Kind::integer) wrong_type(kind_ == Kind::real ? "an integer of at most 64 bits" : "an integer");
  return scalar_.integer;
}

double Value::as_double() const {
  if (kind_ == Kind::integer) return static_cast<double>(scalar_.integer);
  if (kind_ != Kind::real) wrong_type("a number");
  return scalar_.real;
}

std::string const& Value::as_string() const {
  if (kind_ != Kind::string) wrong_type("a string");
  return text_;
}

std::string Value::number_text() const {
  if (kind_ == Kind::integer) return std::to_string(scalar_.integer);
  if (kind_ != Kind::real) wrong_type("a number");
  return text_;
}

std::vector<Value> const& Value::items() const {
  if (kind_ != Kind::array) wrong_type("an array");
  return items_;
}

std::vector<Member> const& Value::members() const {
  if (kind_ != Kind::object) wrong_type("an object");
  return members_;
}

Value const* Value::find(std::string_view name) const {
  for (auto const& m : members()) {
    if (m.name == name) return &m.value;
  }
  return nullptr;
}

Value const& Value::at(std::string_view name) const {
  if (auto const* v = find(name)) return *v;
  throw Error(codes::member_missing, "member \"" + std::string(name) + "\" is missing");
}

void append_string(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  out += '"';
  size_t run = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    auto const c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, run, i - run);
    run = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += "\\u00";
        out += hex[c >> 4];
        out += hex[c & 15];
    }
  }
  out.append(text, run);
  out += '"';
}

Writer& Writer::open(char bracket) {
  separate();
  out_ += bracket;
  comma_ = false;
  ++depth_;
  return *this;
}

Writer& Writer::close(char bracket) {
  assert(depth_ > 0);
  --depth_;
  out_ += bracket;
  comma_ = true;
  return *this;
}

Writer& Writer::key(std::string_view name) {
  assert(depth_ > 0);
  separate();
  append_string(out_, name);
  out_ += ':';
  comma_ = false;
  return *this;
}

Writer& Writer::string(std::string_view text) {
  separate();
  append_string(out_, text);
  return *this;
}

Writer& Writer::integer(int64_t number) {
  separate();
  char buffer[24];
  auto const end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
  out_.append(buffer, static_cast<size_t>(end - buffer));
  return *this;
}

Writer& Writer::real(double number) {
  if (!std::isfinite(number)) throw Error(codes::value_invalid, "JSON has no such number");
  separate();
  char buffer[40];
  auto const end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
  out_.append(buffer, static_cast<size_t>(end - buffer));
  return *this;
}

Writer& Writer::boolean(bool truth) {
  separate();
  out_ += truth ? "true" : "false";
  return *this;
}

Writer& Writer::null() {
  separate();
  out_ += "null";
  return *this;
}

Writer& Writer::raw(std::string_view text) {
  separate();
  out_ += text;
  return *this;
}

Writer& Writer::value(Value const& tree) {
  switch (tree.kind()) {
    case Kind::null:
      return null();
    case Kind::boolean:
      return boolean(tree.as_bool());
    case Kind::integer:
    case Kind::real:
      return raw(tree.number_text());
    case Kind::string:
      return string(tree.as_string());
    case Kind::array:
      begin_array();
      for (auto const& item : tree.items()) value(item);
      return end_array();
    case Kind::object:
      begin_object();
      for (auto const& m : tree.members()) key(m.name).value(m.value);
      return end_object();
  }
  return *this;
}

std::string to_text(Value const& tree) {
  std::string out;
  Writer(out).value(tree);
  return out;
}

}  // namespace menkyo::protocol::json
