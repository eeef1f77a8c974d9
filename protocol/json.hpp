#pragma once
// JSON (RFC 8259) as strictly as a signed protocol needs it: a duplicate member, invalid UTF-8, a lone surrogate,
// U+0000, bytes after the value, and numbers that no double can hold are all refused, so that two readers of the same
// bytes never see different things. Reading gives an immutable tree that owns its memory; writing appends to a
// string.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace menkyo::protocol::json {

struct Limits {
  size_t max_depth = 32;                // nested arrays and objects; 1 allows one flat object
  size_t max_bytes = size_t{1} << 20;   // of the whole text
  size_t max_values = size_t{1} << 18;  // values in the whole text: a byte of input may cost 100 of memory
};

enum class Kind : uint8_t { null, boolean, integer, real, string, array, object };

struct Member;

// A node of the tree. Every accessor that meets another kind throws Error{type_wrong}. Safe to read from any thread.
class Value {
 public:
  Value() = default;

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::null; }
  bool is_string() const { return kind_ == Kind::string; }
  bool is_array() const { return kind_ == Kind::array; }
  bool is_object() const { return kind_ == Kind::object; }

  bool as_bool() const;
  // Only numbers written as an integer within int64; 1.0 and 1e3 are not.
  int64_t as_int() const;
  // Any number.
  double as_double() const;
  std::string const& as_string() const;
  // The number exactly as it was written.
  std::string number_text() const;

  std::vector<Value> const& items() const;     // of an array
  std::vector<Member> const& members() const;  // of an object, in the order of the text
  // The member of that name, or nullptr.
  Value const* find(std::string_view name) const;
  // The member of that name; Error{member_missing} when absent.
  Value const& at(std::string_view name) const;

  // Where the value stood in the parsed text: [begin, end) in bytes.
  size_t source_begin() const { return begin_; }
  size_t source_end() const { return end_; }

 private:
  friend class Parser;
  union Scalar {
    bool boolean;
    int64_t integer;
    double real;
  };

  Kind kind_ = Kind::null;
  uint32_t begin_ = 0;
  uint32_t end_ = 0;
  Scalar scalar_{.integer = 0};
  std::string text_;  // the string, or the text of a real number
  std::vector<Value> items_;
  std::vector<Member> members_;
};

struct Member {
  std::string name;
  Value value;
};

// Throws Error{json_invalid or limit_exceeded}; the detail names the byte offset and the reason.
Value parse(std::string_view text, Limits const& limits = {});

// True when `text` is well-formed UTF-8 (RFC 3629) without U+0000.
bool is_text(std::string_view text);

// Appends one JSON value to a string that outlives it. The calls must be balanced (asserted in debug builds); text
// must be UTF-8. Writes no white space, escapes only what RFC 8259 demands.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  Writer& begin_object() { return open('{'); }
  Writer& end_object() { return close('}'); }
  Writer& begin_array() { return open('['); }
  Writer& end_array() { return close(']'); }
  Writer& key(std::string_view name);

  Writer& string(std::string_view text);
  Writer& integer(int64_t number);
  Writer& real(double number);  // Error{value_invalid} for NaN and infinities
  Writer& boolean(bool truth);
  Writer& null();
  // One whole value that is JSON already.
  Writer& raw(std::string_view text);
  Writer& value(Value const& tree);

  // key() and the value in one; named after the value so that no char* becomes a bool.
  Writer& member(std::string_view name, std::string_view text) { return key(name).string(text); }
  Writer& member(std::string_view name, const char* text) { return key(name).string(text); }
  Writer& member(std::string_view name, std::string const& text) { return key(name).string(text); }
  Writer& member(std::string_view name, int64_t number) { return key(name).integer(number); }
  Writer& member(std::string_view name, int number) { return key(name).integer(number); }
  Writer& member(std::string_view name, bool truth) { return key(name).boolean(truth); }

 private:
  Writer& open(char bracket);
  Writer& close(char bracket);
  void separate() {
    if (comma_) out_ += ',';
    comma_ = true;
  }

  std::string& out_;
  bool comma_ = false;
  int depth_ = 0;
};

// The tree as text again: same members, same order, no white space.
std::string to_text(Value const& tree);

// Appends `text` as a JSON string with its quotes.
void append_string(std::string& out, std::string_view text);

}  // namespace menkyo::protocol::json
