#include "api/openapi.hpp"

#include <set>

#include "api/render.hpp"

namespace menkyo::api {

namespace {

std::string json_text(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  return out;
}

std::string answer_content(Route const& route, wire::Schemas& schemas) {
  auto const schema = route.answer ? route.answer(schemas) : std::string(R"({"type":"string"})");
  return R"({"description":"Done","content":{)" + json_text(route.answer_type) + R"(:{"schema":)" + schema + "}}}";
}

std::string security_of(Route const& route) {
  if (!route.needs_session) return "[]";
  if (!route.for_programs) return R"j([{"session":[]}])j";
  return std::string(R"j([{"session":[]},{"program":[")j") + (route.shape == Shape::read ? "read" : "write") + R"j("]}])j";
}

std::string refusals(Route const& route, wire::Schemas& schemas) {
  if (!route.refusal) return "";
  auto const content = R"(,"content":{"application/json":{"schema":)" + route.refusal(schemas) + "}}}";
  return R"(,"400":{"description":"The request is not acceptable")" + content +
         R"(,"401":{"description":"The program is not known, or its secret is another one")" + content;
}

std::string operation(Route const& route, wire::Schemas& schemas) {
  std::string out =
      R"({"operationId":)" + json_text(route.operation_id) + R"(,"summary":)" + json_text(route.summary);
  auto const tag = route.path.find("/operator/") != std::string::npos        ? "operator"
                   : route.path.starts_with("/device/")                      ? "device"
                   : route.path.starts_with("/oauth2/")                      ? "program"
                   : route.path.find("/smart_accounts") != std::string::npos ? "customer"
                   : route.path.starts_with("/api/v1/countries")             ? "places"
                                                                             : "session";
  out += R"(,"tags":[")" + std::string(tag) + R"("])";
  std::string needs;
  for (auto const& need : route.needs)
    needs += (needs.empty() ? "" : ",") + std::string(R"({"permission":)") + json_text(need.permission) +
             R"(,"scope":)" + json_text(need.scope) + "}";
  if (!needs.empty()) out += R"(,"x-needs":[)" + needs + "]";
  out += std::string(R"(,"security":)") + security_of(route);
  if (route.parameters)
    if (auto const parameters = route.parameters(schemas); parameters != "[]")
      out += R"(,"parameters":)" + parameters;
  if (route.body)
    out +=
        R"(,"requestBody":{"required":true,"content":{)" + json_text(route.request_type) + R"(:{"schema":)" +
           route.body(schemas) + "}}}";
  if (route.shape == Shape::raw && route.method == Method::post)
    out += R"(,"requestBody":{"required":true,"content":{)" + json_text(route.request_type) +
           R"(:{"schema":{"type":"string"}}}})";
  out += R"(,"responses":{")" + std::to_string(route.success_status) + R"(":)" + answer_content(route, schemas) +
         (route.revalidates ? R"(,"304":{"description":"What the caller has is what there is"})" : "") +
         (is_rate_limited(route) ? R"(,"429":{"$ref":"#/components/responses/too_many_requests"})" : "") +
         refusals(route, schemas) + R"(,"default":{"$ref":"#/components/responses/problem"}}})";
  return out;
}

// Lays JSON out with two spaces to a level.
void append_indented(std::string& out, wire::json::Value const& v, int depth) {
  auto const newline = [&](int d) { out += "\n" + std::string(size_t(d) * 2, ' '); };
  if (v.is_object() && !v.members().empty()) {
    out += "{";
    for (auto const& m : v.members()) {
      if (&m != &v.members().front()) out += ",";
      newline(depth + 1);
      out += json_text(m.name) + ": ";
      append_indented(out, m.value, depth + 1);
    }
    newline(depth);
    out += "}";
  } else if (v.is_array() && !v.items().empty() && (v.items().front().is_object() || v.items().front().is_array())) {
    out += "[";
    for (auto const& item : v.items()) {
      if (&item != &v.items().front()) out += ",";
      newline(depth + 1);
      append_indented(out, item, depth + 1);
    }
    newline(depth);
    out += "]";
  } else {
    out += wire::json::to_text(v);
  }
}

std::string problem_schema() {
  std::string codes;
  for (auto const* kind : all_problems()) codes += (codes.empty() ? "\"" : ",\"") + std::string(kind->code) + "\"";
  return R"({"type":"object","properties":{"type":{"type":"string"},"title":{"type":"string"},"status":{"type":"integer"},)"
         R"("code":{"type":"string","enum":[)" +
         codes +
         R"(]},"detail":{"type":"string"},"request_id":{"type":"string"},)"
         R"("fields":{"type":"array","items":{"type":"object","properties":{"path":{"type":"string"},"code":{"type":"string"},)"
         R"("detail":{"type":"string"}},"required":["path","code","detail"],"additionalProperties":false}}},)"
         R"("required":["type","title","status","code"],"additionalProperties":false})";
}

}  // namespace

std::string openapi(std::vector<Route> const& routes, std::string_view version) {
  wire::Schemas schemas;
  std::map<std::string, std::map<std::string, std::string>> paths;
  std::set<std::string> ids;
  for (auto const& route : routes) {
    if (!ids.insert(route.operation_id).second) throw std::logic_error("operation id twice: " + route.operation_id);
    if (!paths[route.path].emplace(lower(to_text(route.method)), operation(route, schemas)).second)
      throw std::logic_error("path twice: " + route.path);
  }
  schemas.by_name["Problem"] = problem_schema();
  std::string out = R"({"openapi":"3.1.0","info":{"title":"Menkyo","version":)" + json_text(version) +
                    R"(,"license":{"name":"Apache-2.0","identifier":"Apache-2.0"}},"paths":{)";
  bool first = true;
  for (auto const& [path, methods] : paths) {
    out += (first ? "" : ",") + json_text(path) + ":{";
    first = false;
    for (auto const& [method, text] : methods) out += (out.back() == '{' ? "" : ",") + json_text(method) + ":" + text;
    out += "}";
  }
  out +=
      R"(},"components":{"securitySchemes":{"session":{"type":"apiKey","in":"cookie","name":"__Host-menkyo_session"},)"
      R"("program":{"type":"oauth2","flows":{"clientCredentials":{"tokenUrl":"/oauth2/token","scopes":)"
      R"({"read":"See what its maker may see","write":"Do what its maker may do"}}}}},)"
      R"("responses":{"problem":{"description":"What went wrong, as RFC 9457 has it","content":{"application/problem+json":)"
      R"({"schema":{"$ref":"#/components/schemas/Problem"}}}},)"
      R"("too_many_requests":{"description":"The caller sent too many requests; the header says when to try again",)"
      R"("headers":{"Retry-After":{"description":"Seconds to wait, RFC 9110 section 10.2.3","required":true,)"
      R"("schema":{"type":"integer","minimum":1}}},"content":{"application/problem+json":)"
      R"({"schema":{"$ref":"#/components/schemas/Problem"}}}}},"schemas":{)";
  for (auto const& [name, text] : schemas.by_name)
    out += (out.back() == '{' ? "" : ",") + json_text(name) + ":" + text;
  out += "}}}";
  std::string laid_out;
  append_indented(laid_out, wire::json::parse(out, {64, size_t{8} << 20, size_t{1} << 20}), 0);
  return laid_out + "\n";
}

}  // namespace menkyo::api
