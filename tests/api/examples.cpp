#include "tests/api/examples.hpp"

#include <algorithm>
#include <stdexcept>

#include "protocol/json.hpp"

namespace menkyo::test {

namespace {

using protocol::json::parse;
using protocol::json::Value;

bool among(std::vector<std::string> const& list, std::string const& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

std::string quoted(std::string const& text) {
  std::string out;
  protocol::json::append_string(out, text);
  return out;
}

class Maker {
 public:
  Maker(wire::Schemas const& schemas, Samples const& samples) : schemas_(schemas), samples_(samples) {}

  // A value of the schema as JSON.
  std::string value(std::string const& name, Value const& schema, std::vector<std::string> const& also) {
    if (auto const* reference = schema.find("$ref")) {
      auto const target = reference->as_string();
      return value(name, parse(schemas_.by_name.at(target.substr(target.rfind('/') + 1))), also);
    }
    auto const& type = schema.at("type").as_string();
    if (type == "object") return object(schema, also);
    if (type == "array") return "[" + value(name, schema.at("items"), also) + "]";
    if (type == "boolean") return "true";
    if (type == "integer") {
      auto const found = samples_.by_name.find(name);
      if (found != samples_.by_name.end()) return found->second;
      return std::to_string(schema.find("minimum") ? schema.at("minimum").as_int() : 1);
    }
    if (type == "string") return quoted(text(name, schema));
    throw std::runtime_error("no example for the schema of " + name + ": " + protocol::json::to_text(schema));
  }

  std::string text(std::string const& name, Value const& schema) {
    if (auto const found = samples_.by_name.find(name); found != samples_.by_name.end()) return found->second;
    if (auto const* words = schema.find("enum")) return words->items().front().as_string();
    if (auto const* pattern = schema.find("pattern")) {
      auto const rule = pattern->as_string();
      auto const prefix = rule.substr(1, rule.find('_') - 1);
      auto const found = samples_.by_prefix.find(prefix);
      if (found == samples_.by_prefix.end()) throw std::runtime_error("no sample of " + name + " (" + prefix + "_)");
      return found->second;
    }
    if (schema.find("format")) return "2030-01-01T00:00:00Z";
    auto const least = schema.find("minLength") ? schema.at("minLength").as_int() : 0;
    std::string out = "Example";
    while (int64_t(out.size()) < least) out += "e";
    return out;
  }

 private:
  std::string object(Value const& schema, std::vector<std::string> const& also) {
    std::vector<std::string> wanted = also;
    if (auto const* required = schema.find("required"))
      for (auto const& name : required->items()) wanted.push_back(name.as_string());
    std::string out;
    if (auto const* properties = schema.find("properties"))
      for (auto const& property : properties->members())
        if (among(wanted, property.name))
          out += (out.empty() ? "" : ",") + quoted(property.name) + ":" + value(property.name, property.value, also);
    return "{" + out + "}";
  }

  wire::Schemas const& schemas_;
  Samples const& samples_;
};

void put_path(std::string& path, std::string const& name, std::string const& value) {
  auto const hole = "{" + name + "}";
  path.replace(path.find(hole), hole.size(), value);
}

// Of texts that need no encoding.
std::string as_form(Value const& object) {
  std::string out;
  for (auto const& m : object.members()) out += (out.empty() ? "" : "&") + m.name + "=" + m.value.as_string();
  return out;
}

}  // namespace

api::Request example_request(api::Route const& route, Samples const& samples, std::vector<std::string> const& also) {
  wire::Schemas schemas;
  auto const parameters = route.parameters ? route.parameters(schemas) : "[]";
  auto const body = route.body ? route.body(schemas) : "";
  Maker maker(schemas, samples);
  api::Request request;
  request.method = route.method;
  request.path = route.path;
  auto const list = parse(parameters);
  for (auto const& parameter : list.items()) {
    auto const& name = parameter.at("name").as_string();
    auto const& place = parameter.at("in").as_string();
    if (!parameter.at("required").as_bool() && !among(also, name)) continue;
    auto value = maker.value(name, parameter.at("schema"), also);
    if (value.starts_with('"')) value = parse(value).as_string();
    if (place == "path")
      put_path(request.path, name, value);
    else if (place == "query")
      request.query += (request.query.empty() ? "" : "&") + name + "=" + value;
    else
      request.headers.emplace_back("if-match", "\"" + value + "\"");
  }
  if (request.path.find('{') != std::string::npos)
    throw std::runtime_error("a parameter of the path is not declared: " + request.path);
  if (!body.empty()) {
    request.headers.emplace_back("content-type", route.request_type);
    request.body = maker.value("body", parse(body), also);
    if (route.request_type == api::form_type) request.body = as_form(parse(request.body));
  } else if (route.shape == api::Shape::raw && route.method == api::Method::post) {
    request.headers.emplace_back("content-type", route.request_type);
    request.body = samples.by_name.at(route.request_type);
  }
  return request;
}

bool takes_optional(api::Route const& route, std::string const& name) {
  wire::Schemas schemas;
  auto const parameters = parse(route.parameters ? route.parameters(schemas) : "[]");
  for (auto const& parameter : parameters.items())
    if (parameter.at("name").as_string() == name) return !parameter.at("required").as_bool();
  if (!route.body) return false;
  auto schema = parse(route.body(schemas));
  if (auto const* reference = schema.find("$ref")) {
    auto const target = reference->as_string();
    schema = parse(schemas.by_name.at(target.substr(target.rfind('/') + 1)));
  }
  auto const* properties = schema.find("properties");
  if (!properties || !properties->find(name)) return false;
  for (auto const& required : schema.at("required").items())
    if (required.as_string() == name) return false;
  return true;
}

}  // namespace menkyo::test
