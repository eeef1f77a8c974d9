#include "tests/support/json_schema.hpp"

#include <algorithm>
#include <regex>

#include "api/openapi.hpp"

namespace menkyo::test {

namespace {

using protocol::json::Kind;
using protocol::json::Value;

class Checker {
 public:
  Checker(wire::Schemas const& schemas, std::vector<std::string>& faults) : schemas_(schemas), faults_(faults) {}

  void check(Value const& schema, Value const& value, std::string const& at) {
    for (auto const& member : schema.members()) {
      auto const& name = member.name;
      auto const& rule = member.value;
      if (name == "$ref")
        check_reference(rule.as_string(), value, at);
      else if (name == "type")
        check_type(rule, value, at);
      else if (name == "enum")
        check_enum(rule, value, at);
      else if (name == "minimum")
        numeric(value, at, [&](double v) { return v >= rule.as_double(); });
      else if (name == "maximum")
        numeric(value, at, [&](double v) { return v <= rule.as_double(); });
      else if (name == "minLength")
        textual(value, at, [&](auto const& t) { return length(t) >= rule.as_int(); });
      else if (name == "maxLength")
        textual(value, at, [&](auto const& t) { return length(t) <= rule.as_int(); });
      else if (name == "pattern")
        textual(value, at, [&](auto const& t) { return std::regex_search(t, std::regex(rule.as_string())); });
      else if (name == "format")
        check_format(rule.as_string(), value, at);
      else if (name == "items")
        check_items(rule, value, at);
      else if (name == "properties")
        check_properties(rule, value, at);
      else if (name == "required")
        check_required(rule, value, at);
      else if (name == "additionalProperties")
        check_additional(schema, rule, value, at);
      else
        report(at, "the schema has the unknown keyword " + name);
    }
  }

 private:
  void report(std::string const& at, std::string const& what) {
    faults_.push_back((at.empty() ? "/" : at) + " " + what);
  }

  static int64_t length(std::string const& text) {
    return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
  }

  template <class F>
  void numeric(Value const& value, std::string const& at, F&& holds) {
    if (value.kind() != Kind::integer && value.kind() != Kind::real) return;
    if (!holds(value.as_double())) report(at, "is out of range");
  }
  template <class F>
  void textual(Value const& value, std::string const& at, F&& holds) {
    if (value.is_string() && !holds(value.as_string())) report(at, "has the wrong length or form");
  }

  void check_reference(std::string const& reference, Value const& value, std::string const& at) {
    constexpr std::string_view prefix = "#/components/schemas/";
    auto const found = schemas_.by_name.find(reference.substr(std::min(prefix.size(), reference.size())));
    if (!reference.starts_with(prefix) || found == schemas_.by_name.end())
      return report(at, "the schema refers to the unknown " + reference);
    check(protocol::json::parse(found->second), value, at);
  }

  static bool is_of(std::string const& type, Value const& value) {
    switch (value.kind()) {
      case Kind::null:
        return type == "null";
      case Kind::boolean:
        return type == "boolean";
      case Kind::integer:
        return type == "integer" || type == "number";
      case Kind::real:
        return type == "number";
      case Kind::string:
        return type == "string";
      case Kind::array:
        return type == "array";
      case Kind::object:
        return type == "object";
    }
    return false;
  }
  void check_type(Value const& rule, Value const& value, std::string const& at) {
    bool fits = false;
    if (rule.is_string())
      fits = is_of(rule.as_string(), value);
    else
      for (auto const& type : rule.items()) fits = fits || is_of(type.as_string(), value);
    if (!fits) report(at, "is not of type " + protocol::json::to_text(rule));
  }

  void check_enum(Value const& rule, Value const& value, std::string const& at) {
    auto const text = protocol::json::to_text(value);
    for (auto const& word : rule.items())
      if (protocol::json::to_text(word) == text) return;
    report(at, text + " is none of " + protocol::json::to_text(rule));
  }

  void check_format(std::string const& format, Value const& value, std::string const& at) {
    if (format == "int64") return;
    if (format != "date-time") return report(at, "the schema has the unknown format " + format);
    if (value.is_string() && !from_rfc3339(value.as_string())) report(at, "is not a time");
  }

  void check_items(Value const& rule, Value const& value, std::string const& at) {
    if (!value.is_array()) return;
    for (size_t i = 0; i < value.items().size(); ++i) check(rule, value.items()[i], at + "/" + std::to_string(i));
  }
  void check_properties(Value const& rule, Value const& value, std::string const& at) {
    if (!value.is_object()) return;
    for (auto const& m : value.members())
      if (auto const* schema = rule.find(m.name)) check(*schema, m.value, at + "/" + m.name);
  }
  void check_required(Value const& rule, Value const& value, std::string const& at) {
    if (!value.is_object()) return;
    for (auto const& name : rule.items())
      if (!value.find(name.as_string())) report(at, "lacks " + name.as_string());
  }
  void check_additional(Value const& schema, Value const& rule, Value const& value, std::string const& at) {
    if (!value.is_object()) return;
    auto const* properties = schema.find("properties");
    for (auto const& m : value.members()) {
      if (properties && properties->find(m.name)) continue;
      if (rule.is_object())
        check(rule, m.value, at + "/" + m.name);
      else if (rule.kind() != Kind::boolean)
        report(at, "the schema has odd additionalProperties");
      else if (!rule.as_bool())
        report(at, "has the undeclared member " + m.name);
    }
  }

  wire::Schemas const& schemas_;
  std::vector<std::string>& faults_;
};

std::vector<std::string> parts_of(std::string const& path) {
  std::vector<std::string> out;
  for (size_t at = 0; at < path.size();) {
    auto const end = std::min(path.find('/', at + 1), path.size());
    out.push_back(path.substr(at + 1, end - at - 1));
    at = end;
  }
  return out;
}

// The schema of problems as the published document has it.
Value const& problem_schema() {
  static Value const schema =
      protocol::json::parse(api::openapi({}, "0")).at("components").at("schemas").at("Problem");
  return schema;
}

}  // namespace

std::vector<std::string> check_schema(Value const& schema, wire::Schemas const& schemas, Value const& value) {
  std::vector<std::string> faults;
  Checker(schemas, faults).check(schema, value, "");
  return faults;
}

api::Route const* find_route(std::vector<api::Route> const& routes, api::Method method, std::string const& path) {
  auto const given = parts_of(path);
  for (auto const& route : routes) {
    auto const wanted = parts_of(route.path);
    if (route.method != method || wanted.size() != given.size()) continue;
    bool same = true;
    for (size_t i = 0; i < given.size(); ++i) same = same && (wanted[i].starts_with('{') || wanted[i] == given[i]);
    if (same) return &route;
  }
  return nullptr;
}

std::vector<std::string> check_answer(std::vector<api::Route> const& routes, api::Method method,
                                      std::string const& path, int status, std::string const& content_type,
                                      Value const& value) {
  wire::Schemas schemas;
  auto const* route = find_route(routes, method, path);
  if (status >= 400) {
    if (route && route->refusal && content_type.starts_with("application/json"))
      return check_schema(protocol::json::parse(route->refusal(schemas)), schemas, value);
    if (content_type != "application/problem+json") return {"a failure is not application/problem+json"};
    return check_schema(problem_schema(), schemas, value);
  }
  if (!route) return {};
  if (status == 304 && route->revalidates)
    return content_type.empty() ? std::vector<std::string>{} : std::vector<std::string>{"a 304 has no content"};
  if (status != route->success_status) return {"the status " + std::to_string(status) + " is not declared"};
  if (!content_type.starts_with(route->answer_type)) return {"the type " + content_type + " is not declared"};
  if (!route->answer) return {};
  auto const schema = route->answer(schemas);
  return check_schema(protocol::json::parse(schema), schemas, value);
}

}  // namespace menkyo::test
