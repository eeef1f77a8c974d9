#include "api/render.hpp"

#include <cstdint>

namespace menkyo::api {
namespace {

// The length of the well-formed UTF-8 sequence (Unicode 15.0 table 3-7) that `text` begins with; 0 if there is none.
size_t utf8_length(std::string_view text) {
  auto const at = [&](size_t i) { return i < text.size() ? static_cast<uint8_t>(text[i]) : uint8_t{0}; };
  auto const tail = [&](size_t i) { return (at(i) & 0xC0) == 0x80; };
  uint8_t const a = at(0), b = at(1);
  if (a < 0x80) return 1;
  if (a >= 0xC2 && a <= 0xDF) return tail(1) ? 2 : 0;
  if (a >= 0xE0 && a <= 0xEF) {
    bool const overlong = a == 0xE0 && b < 0xA0, surrogate = a == 0xED && b > 0x9F;
    return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (a >= 0xF0 && a <= 0xF4) {
    bool const overlong = a == 0xF0 && b < 0x90, beyond = a == 0xF4 && b > 0x8F;
    return tail(1) && tail(2) && tail(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

void append_control(std::string& out, uint8_t c) {
  constexpr char digits[] = "0123456789abcdef";
  switch (c) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
  }
  out += "\\u00";
  out += digits[c >> 4];
  out += digits[c & 15];
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
  out += out.back() == '{' ? "\"" : ",\"";
  out += name;
  out += "\":";
  append_json_string(out, value);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (size_t i = 0; i < text.size();) {
    auto const c = static_cast<uint8_t>(text[i]);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text[i++];
    } else if (c < 0x20) {
      append_control(out, c);
      ++i;
    } else if (auto const length = utf8_length(text.substr(i)); length > 0) {
      out += text.substr(i, length);
      i += length;
    } else {
      out += "\xEF\xBF\xBD";
      ++i;
    }
  }
  out += '"';
}

Response render(Problem const& problem, std::string_view request_id) {
  auto const& kind = problem.kind();
  Response response;
  response.status = kind.status;
  response.problem = kind.code;
  auto& body = response.body;
  body = "{";
  append_member(body, "type", "urn:menkyo:problem:" + std::string(kind.code));
  append_member(body, "title", kind.title);
  body += ",\"status\":" + std::to_string(kind.status);
  append_member(body, "code", kind.code);
  if (!problem.detail().empty()) append_member(body, "detail", problem.detail());
  if (!problem.fields().empty()) {
    body += ",\"fields\":[";
    for (auto const& field : problem.fields()) {
      if (body.back() == '}') body += ',';
      body += '{';
      append_member(body, "path", field.path);
      append_member(body, "code", field.code);
      if (!field.detail.empty()) append_member(body, "detail", field.detail);
      body += '}';
    }
    body += ']';
  }
  if (!request_id.empty()) append_member(body, "request_id", request_id);
  body += '}';
  response.headers.emplace_back("content-type", "application/problem+json");
  // RFC 9110 section 11.6.1 wants a challenge; people sign in on a page of the portal, programs by RFC 6750.
  if (problem.kind().status == 401) response.headers.emplace_back("www-authenticate", "Bearer");
  if (problem.retry_after_s) response.headers.emplace_back("retry-after", std::to_string(*problem.retry_after_s));
  return response;
}

}  // namespace menkyo::api
