#include "http/answer.hpp"

#include <algorithm>
#include <array>

namespace menkyo::http {
namespace {

struct Named {
  std::string_view name;
  std::string_view value;
};

// Cloudscape's guide to content security policies asks for no inline styles; images it draws may be data: URLs.
constexpr std::string_view page_policy =
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
// A worker is bound by the policy that its own script came with (W3C Content Security Policy Level 3, section 4.2.2).
constexpr std::string_view script_policy = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'";
constexpr std::string_view data_policy = "default-src 'none'; frame-ancestors 'none'";

constexpr std::string_view policy_for(std::string_view content_type) {
  if (content_type.starts_with("text/html")) return page_policy;
  return content_type.starts_with("text/javascript") ? script_policy : data_policy;
}

constexpr std::array always = {
    Named{"x-content-type-options", "nosniff"},
    Named{"referrer-policy", "same-origin"},
    Named{"cache-control", "no-store"},
};
constexpr Named transport_security = {"strict-transport-security", "max-age=31536000"};

bool is(std::string_view name, std::string_view lower_name) {
  return std::equal(name.begin(), name.end(), lower_name.begin(), lower_name.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; });
}

bool frames(std::string_view name) {
  return is(name, "content-length") || is(name, "connection") || is(name, "transfer-encoding") || is(name, "date");
}

std::string_view find(api::Headers const& headers, std::string_view lower_name) {
  for (auto const& [name, value] : headers) {
    if (is(name, lower_name)) return value;
  }
  return {};
}

void add(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
  }
  return "";  // the phrase is optional
}

}  // namespace

bool has_body(int status) {
  return status >= 200 && status != 204 && status != 304;
}

bool write_head(std::string& out, api::Response const& response, AnswerFrame const& frame) {
  if (response.status < 200 || response.status > 599) return false;
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ").append(reason(response.status));
  out.append("\r\n");
  add(out, "date", frame.date);
  if (frame.chunked) {
    add(out, "transfer-encoding", "chunked");
  } else if (has_body(response.status) && !response.stream) {
    add(out, "content-length", std::to_string(frame.body_bytes));
  }
  if (!frame.keep_alive) {
    add(out, "connection", "close");
  } else if (frame.http_10) {
    add(out, "connection", "keep-alive");
  }
  for (auto const& [name, value] : response.headers) {
    auto const control = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
    if (name.empty() || name.find_first_of(std::string_view("\r\n\0 :", 5)) != std::string::npos) return false;
    if (std::any_of(value.begin(), value.end(), control)) return false;
    if (!frames(name)) add(out, name, value);
  }
  for (auto const& [name, value] : always) {
    if (find(response.headers, name).empty()) add(out, name, value);
  }
  // The headers of a 304 replace those of the browser's copy (RFC 9111 section 3.2), which came with its
  // policy.
  if (response.status != 304 && find(response.headers, "content-security-policy").empty()) {
    auto const type = find(response.headers, "content-type");
    add(out, "content-security-policy", policy_for(type));
  }
  if (frame.secure) add(out, transport_security.name, transport_security.value);
  out += "\r\n";
  return true;
}

}  // namespace menkyo::http
