#pragma once
// Typed structs <-> JSON, and their JSON Schema (2020-12, as OpenAPI 3.1 uses it). A struct is described once, with
// BOOST_DESCRIBE_STRUCT beside its declaration; everything here follows from that. Unknown members, missing members
// and values beyond their limits are all reported together, each with its JSON pointer.

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <functional>
#include <map>
#include <string>
#include <type_traits>

#include "base/enum.hpp"
#include "base/id.hpp"
#include "base/problem.hpp"
#include "base/time.hpp"
#include "protocol/json.hpp"
#include "wire/types.hpp"

namespace menkyo::wire {

namespace json = menkyo::protocol::json;

using Errors = std::vector<FieldError>;

// ---- What is described ------------------------------------------------------------------------------------------

template <class T>
concept Described = boost::describe::has_describe_members<T>::value;
template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

// The unqualified name of a described struct; names a schema, so it must be unique among all that are published.
template <class T>
std::string type_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  auto const begin = text.find("T = ") + 4;
  text = text.substr(begin, text.find_first_of(";]", begin) - begin);
  auto const angle = text.find('<');
  auto const scope = text.rfind("::", angle);
  return std::string(scope == std::string_view::npos ? text : text.substr(scope + 2));
}

// ---- Limits that text must keep (see types.hpp) -----------------------------------------------------------------

// Appends to `errors` what is wrong with `text`; all but exact text and files is trimmed first.
enum class TextKind { text, line, exact, file };
void check_text(std::string& text, TextKind kind, size_t min, size_t max, std::string const& path, Errors& errors);
void add_error(Errors& errors, std::string const& path, std::string_view code, std::string detail);
// The pointer to the member `name` of what is at `path` (RFC 6901 section 3: "~" and "/" in names are escaped).
std::string pointer_to(std::string const& path, std::string_view name);
bool parse_whole(std::string_view text, int64_t& out);

// ---- Codec of one type: decode from JSON, from a word of path or query, encode, schema --------------------------

// Collects the schemas of named structs while they are mentioned; the result is "components/schemas".
struct Schemas {
  std::map<std::string, std::string> by_name;
};

template <class T>
struct Codec;

template <class T>
bool decode(json::Value const& value, T& out, std::string const& path, Errors& errors) {
  size_t const before = errors.size();
  Codec<T>::decode(value, out, path, errors);
  return errors.size() == before;
}
template <class T>
void encode(json::Writer& writer, T const& value) {
  Codec<T>::encode(writer, value);
}
template <class T>
std::string to_json(T const& value) {
  std::string out;
  json::Writer writer(out);
  encode(writer, value);
  return out;
}
// A schema for T: a reference for described structs, the schema itself for all else.
template <class T>
std::string schema(Schemas& schemas) {
  return Codec<T>::schema(schemas);
}

inline void wrong_type(Errors& errors, std::string const& path, std::string_view wanted) {
  add_error(errors, path, "wrong_type", "must be " + std::string(wanted));
}

template <>
struct Codec<bool> {
  static void decode(json::Value const& v, bool& out, std::string const& path, Errors& errors) {
    v.kind() == json::Kind::boolean ? void(out = v.as_bool()) : wrong_type(errors, path, "true or false");
  }
  static void decode_word(std::string const& word, bool& out, std::string const& path, Errors& errors) {
    if (word != "true" && word != "false") return wrong_type(errors, path, "true or false");
    out = word == "true";
  }
  static void encode(json::Writer& w, bool v) { w.boolean(v); }
  static std::string schema(Schemas&) { return R"({"type":"boolean"})"; }
};

// Whole numbers that a double holds exactly, as JavaScript must read them (RFC 8259 section 6).
inline constexpr int64_t max_safe_integer = (int64_t{1} << 53) - 1;

template <int64_t Min, int64_t Max>
struct Codec<Whole<Min, Max>> {
  using T = Whole<Min, Max>;
  static void check(int64_t v, T& out, std::string const& path, Errors& errors) {
    if (v < Min || v > Max)
      return add_error(errors, path, "out_of_range",
                       "must be from " + std::to_string(Min) + " to " + std::to_string(Max));
    out.value = v;
  }
  static void decode(json::Value const& v, T& out, std::string const& path, Errors& errors) {
    if (v.kind() == json::Kind::integer) return check(v.as_int(), out, path, errors);
    if (v.kind() == json::Kind::real)
      return add_error(errors, path, "out_of_range", "must be a whole number in range");
    wrong_type(errors, path, "a whole number");
  }
  static void decode_word(std::string const& word, T& out, std::string const& path, Errors& errors) {
    int64_t v;
    parse_whole(word, v) ? check(v, out, path, errors) : wrong_type(errors, path, "a whole number");
  }
  static void encode(json::Writer& w, T const& v) { w.integer(v.value); }
  static std::string schema(Schemas&) {
    return R"({"type":"integer","minimum":)" + std::to_string(Min) + R"(,"maximum":)" + std::to_string(Max) + "}";
  }
};

template <>
struct Codec<int64_t> {
  using Bounded = Whole<-max_safe_integer, max_safe_integer>;
  static void decode(json::Value const& v, int64_t& out, std::string const& path, Errors& errors) {
    Bounded b;
    Codec<Bounded>::decode(v, b, path, errors);
    out = b.value;
  }
  static void decode_word(std::string const& word, int64_t& out, std::string const& path, Errors& errors) {
    Bounded b;
    Codec<Bounded>::decode_word(word, b, path, errors);
    out = b.value;
  }
  static void encode(json::Writer& w, int64_t v) { w.integer(v); }
  static std::string schema(Schemas&) { return R"({"type":"integer","format":"int64"})"; }
};

template <class T>
struct TextCodec {
  static void decode(json::Value const& v, T& out, std::string const& path, Errors& errors) {
    if (!v.is_string()) return wrong_type(errors, path, "text");
    decode_word(v.as_string(), out, path, errors);
  }
  static void decode_word(std::string const& word, T& out, std::string const& path, Errors& errors) {
    static_cast<std::string&>(out) = word;
    Codec<T>::check(out, path, errors);
  }
  static void encode(json::Writer& w, T const& v) { w.string(v); }
};

template <size_t Min, size_t Max>
struct Codec<Text<Min, Max>> : TextCodec<Text<Min, Max>> {
  static void check(std::string& v, std::string const& path, Errors& errors) {
    check_text(v, TextKind::text, Min, Max, path, errors);
  }
  static std::string schema(Schemas&) {
    return R"({"type":"string","minLength":)" + std::to_string(Min) + R"(,"maxLength":)" + std::to_string(Max) + "}";
  }
};

template <size_t Min, size_t Max>
struct Codec<Line<Min, Max>> : TextCodec<Line<Min, Max>> {
  static void check(std::string& v, std::string const& path, Errors& errors) {
    check_text(v, TextKind::line, Min, Max, path, errors);
  }
  static std::string schema(Schemas& s) { return Codec<Text<Min, Max>>::schema(s); }
};

template <size_t Min, size_t Max>
struct Codec<Exact<Min, Max>> : TextCodec<Exact<Min, Max>> {
  static void check(std::string& v, std::string const& path, Errors& errors) {
    check_text(v, TextKind::exact, Min, Max, path, errors);
  }
  static std::string schema(Schemas& s) { return Codec<Text<Min, Max>>::schema(s); }
};

template <size_t Max>
struct Codec<File<Max>> : TextCodec<File<Max>> {
  static void check(std::string& v, std::string const& path, Errors& errors) {
    check_text(v, TextKind::file, 0, Max, path, errors);
  }
  static std::string schema(Schemas& s) { return Codec<Text<0, Max>>::schema(s); }
};

// Text without limits is for answers only.
template <>
struct Codec<std::string> {
  static void encode(json::Writer& w, std::string const& v) { w.string(v); }
  static std::string schema(Schemas&) { return R"({"type":"string"})"; }
};

template <>
struct Codec<Json> {
  static void encode(json::Writer& w, Json const& v) { w.raw(v.text); }
  static std::string schema(Schemas&) {
    return R"({"type":"object","additionalProperties":{"type":["string","integer","boolean"]}})";
  }
};

template <class Tag>
struct Codec<Id<Tag>> {
  static void decode(json::Value const& v, Id<Tag>& out, std::string const& path, Errors& errors) {
    if (!v.is_string()) return wrong_type(errors, path, "an identifier");
    decode_word(v.as_string(), out, path, errors);
  }
  static void decode_word(std::string const& word, Id<Tag>& out, std::string const& path, Errors& errors) {
    auto const id = Id<Tag>::parse(word);
    if (!id) return add_error(errors, path, "not_an_id", "must be an identifier that begins with " + prefix());
    out = *id;
  }
  static void encode(json::Writer& w, Id<Tag> const& v) { w.string(v.text()); }
  static std::string schema(Schemas&) {
    return R"({"type":"string","pattern":"^)" + prefix() + R"([0-9a-hjkmnp-tv-z]{26}$"})";
  }
  static std::string prefix() { return std::string(Tag::prefix) + "_"; }
};

template <>
struct Codec<Instant> {
  static void decode(json::Value const& v, Instant& out, std::string const& path, Errors& errors) {
    if (!v.is_string()) return wrong_type(errors, path, "a time such as 2026-01-31T09:00:00Z");
    decode_word(v.as_string(), out, path, errors);
  }
  static void decode_word(std::string const& word, Instant& out, std::string const& path, Errors& errors) {
    auto const t = from_rfc3339(word);
    t ? void(out = *t) : wrong_type(errors, path, "a time such as 2026-01-31T09:00:00Z");
  }
  static void encode(json::Writer& w, Instant v) { w.string(to_rfc3339(v)); }
  static std::string schema(Schemas&) { return R"({"type":"string","format":"date-time"})"; }
};

template <class E>
requires std::is_enum_v<E>
struct Codec<E> {
  static void decode(json::Value const& v, E& out, std::string const& path, Errors& errors) {
    if (!v.is_string()) return wrong_type(errors, path, "one of the listed words");
    decode_word(v.as_string(), out, path, errors);
  }
  static void decode_word(std::string const& word, E& out, std::string const& path, Errors& errors) {
    if (!from_text(word, out)) add_error(errors, path, "unknown_word", "must be one of " + words(", "));
  }
  static void encode(json::Writer& w, E v) { w.string(to_text(v)); }
  static std::string schema(Schemas&) { return R"({"type":"string","enum":[")" + words(R"(",")") + R"("]})"; }
  static std::string words(std::string const& between) {
    std::string out;
    for (auto word : enum_words(E{})) out += (out.empty() ? "" : between) + std::string(word);
    return out;
  }
};

template <class T>
struct Codec<std::optional<T>> {
  static void decode(json::Value const& v, std::optional<T>& out, std::string const& path, Errors& errors) {
    out.reset();
    if (!v.is_null()) Codec<T>::decode(v, out.emplace(), path, errors);
  }
  static void decode_word(std::string const& word, std::optional<T>& out, std::string const& path,
                          Errors& errors) requires requires {
    Codec<T>::decode_word(word, *out, path, errors);
  }
  { Codec<T>::decode_word(word, out.emplace(), path, errors); }
  static void encode(json::Writer& w, std::optional<T> const& v) { v ? Codec<T>::encode(w, *v) : void(w.null()); }
  static std::string schema(Schemas& s) { return Codec<T>::schema(s); }
};

// Lists in requests are bounded by the size of the body and this number.
inline constexpr size_t max_list_length = 1000;

template <class T>
struct Codec<std::vector<T>> {
  static void decode(json::Value const& v, std::vector<T>& out, std::string const& path, Errors& errors) {
    if (!v.is_array()) return wrong_type(errors, path, "a list");
    if (v.items().size() > max_list_length)
      return add_error(errors, path, "too_long", "must have at most " + std::to_string(max_list_length) + " entries");
    for (auto const& item : v.items()) {
      auto const here = path + "/" + std::to_string(out.size());
      Codec<T>::decode(item, out.emplace_back(), here, errors);
    }
  }
  static void encode(json::Writer& w, std::vector<T> const& v) {
    w.begin_array();
    for (auto const& item : v) Codec<T>::encode(w, item);
    w.end_array();
  }
  static std::string schema(Schemas& s) { return R"({"type":"array","items":)" + Codec<T>::schema(s) + "}"; }
};

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

// A word that C++ keeps for itself is a member with an underscore at its end: `short_` is the field "short".
constexpr std::string_view field_name(std::string_view member) {
  return member.ends_with('_') ? member.substr(0, member.size() - 1) : member;
}

// Calls f(name, member pointer) for each member of a described struct.
template <class T, class F>
void for_each_member(F&& f) {
  boost::mp11::mp_for_each<Members<T>>([&](auto member) { f(field_name(member.name), member.pointer); });
}

// A reading of a struct's members from somewhere: returns false if `name` is not there.
template <Described T>
void decode_object(json::Value const& v, T& out, std::string const& path, Errors& errors) {
  if (!v.is_object()) return wrong_type(errors, path, "an object");
  size_t used = 0;
  for_each_member<T>([&](std::string_view name, auto pointer) {
    auto& member = out.*pointer;
    using M = std::remove_reference_t<decltype(member)>;
    auto const here = path + "/" + std::string(name);
    if (auto const* found = v.find(name)) {
      ++used;
      static_assert(
          requires { Codec<M>::decode(*found, member, here, errors); },
          "A member of a request says what it accepts: a plain std::string has no bound");
      Codec<M>::decode(*found, member, here, errors);
    } else if constexpr (!is_optional<M>) {
      add_error(errors, here, "missing", "is required");
    }
  });
  if (used == v.members().size()) return;
  for (auto const& m : v.members()) {
    bool known = false;
    for_each_member<T>([&](std::string_view name, auto) { known = known || name == m.name; });
    if (!known) add_error(errors, pointer_to(path, m.name), "unknown_field", "is not a field of this request");
  }
}

template <Described T>
struct Codec<T> {
  static void decode(json::Value const& v, T& out, std::string const& path, Errors& errors) {
    decode_object(v, out, path, errors);
  }
  static void encode(json::Writer& w, T const& v) {
    w.begin_object();
    encode_members(w, v);
    w.end_object();
  }
  static void encode_members(json::Writer& w, T const& v) {
    for_each_member<T>([&](std::string_view name, auto pointer) {
      auto const& member = v.*pointer;
      using M = std::remove_cvref_t<decltype(member)>;
      if constexpr (is_optional<M>) {
        if (!member) return;  // absent and null are the same to us; absent is shorter
      }
      w.key(name);
      Codec<M>::encode(w, member);
    });
  }
  static std::string schema(Schemas& s) {
    auto const name = type_name<T>();
    if (!s.by_name.contains(name)) {
      s.by_name[name] = "";  // a struct may hold itself
      s.by_name[name] = object_schema(s);
    }
    return R"({"$ref":"#/components/schemas/)" + name + R"("})";
  }
  static std::string object_schema(Schemas& s, std::function<bool(std::string_view)> const& keep = {}) {
    std::string properties, required;
    for_each_member<T>([&](std::string_view name, auto pointer) {
      using M = std::remove_cvref_t<decltype(std::declval<T>().*pointer)>;
      if (keep && !keep(name)) return;
      properties += (properties.empty() ? "\"" : ",\"") + std::string(name) + "\":" + Codec<M>::schema(s);
      if constexpr (!is_optional<M>) required += (required.empty() ? "\"" : ",\"") + std::string(name) + "\"";
    });
    return R"({"type":"object","properties":{)" + properties + R"(},"required":[)" + required +
           R"(],"additionalProperties":false})";
  }
};

template <>
struct Codec<Empty> {
  static void decode(json::Value const& v, Empty&, std::string const& path, Errors& errors) {
    if (!v.is_object()) return wrong_type(errors, path, "an object");
    for (auto const& m : v.members())
      add_error(errors, path + "/" + m.name, "unknown_field", "is not a field of this request");
  }
  static void encode(json::Writer& w, Empty const&) { w.begin_object().end_object(); }
  static std::string schema(Schemas&) { return R"({"type":"object","additionalProperties":false})"; }
};

BOOST_DESCRIBE_STRUCT(CappedCount, (), (value, capped))

template <class T>
struct Codec<Page<T>> {
  static void encode(json::Writer& w, Page<T> const& page) {
    w.begin_object().key("items");
    Codec<std::vector<T>>::encode(w, page.items);
    if (page.next_cursor) w.member("next_cursor", *page.next_cursor);
    if (page.total) Codec<CappedCount>::encode(w.key("total"), *page.total);
    w.end_object();
  }
  static std::string schema(Schemas& s) {
    return R"({"type":"object","properties":{"items":)" + Codec<std::vector<T>>::schema(s) +
           R"(,"next_cursor":{"type":"string"},"total":)" + Codec<CappedCount>::schema(s) +
           R"(},"required":["items"],"additionalProperties":false})";
  }
};

}  // namespace menkyo::wire
