#include <algorithm>

#include "api/route.hpp"
#include "base/text.hpp"
#include "protocol/error.hpp"

namespace menkyo::api {

std::vector<std::string_view> path_parameters(std::string_view path) {
  std::vector<std::string_view> out;
  for (size_t at = path.find('{'); at != std::string_view::npos; at = path.find('{', at + 1))
    out.push_back(path.substr(at + 1, path.find('}', at) - at - 1));
  return out;
}

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      int const high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      int const low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) throw Problem(problems::malformed, "The address has a wrong percent sign.");
      out += char(high << 4 | low);
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  if (!wire::json::is_text(out)) throw Problem(problems::malformed, "The address is not UTF-8.");
  return out;
}

std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> out;
  while (!query.empty()) {
    auto const part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
    if (part.empty()) continue;
    auto const equals = std::min(part.find('='), part.size());
    auto name = percent_decode(part.substr(0, equals), true);
    auto value = percent_decode(part.substr(std::min(equals + 1, part.size())), true);
    for (auto const& [n, v] : out)
      if (n == name) throw Problem(problems::malformed, "A parameter is given twice.");
    out.emplace_back(std::move(name), std::move(value));
  }
  return out;
}

void refuse_words(Request const& request, PathValues const& path,
                  std::vector<std::pair<std::string, std::string>>& words, wire::Errors& errors) {
  std::erase_if(words, [&](auto const& word) {
    auto const& name = word.first;
    bool const elsewhere = !takes_query(request.method) || name == "if_match" ||
                           std::any_of(path.begin(), path.end(), [&](auto const& p) { return p.first == name; });
    if (elsewhere)
      wire::add_error(errors, wire::pointer_to("", name), "unknown_field", "is not a parameter of this request");
    return elsewhere;
  });
}

namespace {

// That media type with any parameters; RFC 9110 section 8.3.
bool is_type(std::string_view type, std::string_view wanted) {
  type = type.substr(0, type.find(';'));
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  return is_same_ascii(type, wanted);
}

}  // namespace

wire::json::Value parse_body(Request const& request) {
  if (request.body.empty() && request.header("content-type").empty()) return wire::json::parse("{}");
  if (!is_type(request.header("content-type"), "application/json"))
    throw Problem(problems::unsupported_media_type, "Send the body as application/json.");
  wire::json::Value body;
  try {
    body = wire::json::parse(request.body.empty() ? std::string_view("{}") : request.body);
  } catch (protocol::Error const& error) {
    throw Problem(problems::malformed, "The body is not acceptable JSON: " + error.detail);
  }
  if (!body.is_object()) throw Problem(problems::malformed, "The body must be a JSON object.");
  return body;
}

// Finding what is named twice takes the square of it.
constexpr size_t longest_form = 8192;

std::vector<std::pair<std::string, std::string>> parse_form(Request const& request) {
  if (!is_type(request.header("content-type"), form_type))
    throw Problem(problems::unsupported_media_type, "Send the body as " + std::string(form_type) + ".");
  if (request.body.size() > longest_form) throw Problem(problems::too_large, "The form is too long.");
  return parse_query(request.body);
}

void read_no_input(Request const& request) {
  wire::Errors errors;
  for (auto const& [name, value] : parse_query(request.query))
    wire::add_error(errors, wire::pointer_to("", name), "unknown_field", "is not a parameter of this request");
  if (!takes_query(request.method)) {
    auto const body = parse_body(request);
    for (auto const& m : body.members())
      wire::add_error(errors, wire::pointer_to("", m.name), "unknown_field", "is not a field of this request");
  }
  if (!errors.empty()) throw Problem(problems::invalid, "", std::move(errors));
}

std::optional<std::string> if_match_version(Request const& request) {
  auto text = request.header("if-match");
  if (text.empty()) return {};
  if (text.size() < 3 || text.front() != '"' || text.back() != '"')
    throw Problem(problems::malformed, "If-Match must hold the ETag of the record as it was read.");
  return std::string(text.substr(1, text.size() - 2));
}

}  // namespace menkyo::api
