#include "api/message.hpp"

#include <algorithm>

#include "protocol/bytes.hpp"

namespace menkyo::api {

std::string_view to_text(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::del:
      return "DELETE";
  }
  return "";
}

std::string_view Request::header(std::string_view name) const {
  for (auto const& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

std::string_view without_blanks(std::string_view text) {
  auto const first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string_view> list_elements(std::string_view list) {
  std::vector<std::string_view> out;
  while (!list.empty()) {
    auto const comma = std::min(list.find(','), list.size());
    if (auto const element = without_blanks(list.substr(0, comma)); !element.empty()) out.push_back(element);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return out;
}

bool names_etag(std::string_view if_none_match, std::string_view etag) {
  auto const elements = list_elements(if_none_match);
  return std::any_of(elements.begin(), elements.end(), [&](std::string_view element) {
    if (element.starts_with("W/")) element.remove_prefix(2);
    return element == "*" || element == etag;
  });
}

Response revalidated(Request const& request, std::string type, std::string body) {
  auto const etag = '"' + protocol::to_base64url(protocol::sha256(body)) + '"';
  Response response;
  response.headers = {{"etag", etag}, {"cache-control", "no-cache"}};
  if (names_etag(request.header("if-none-match"), etag)) {
    response.status = 304;
    return response;
  }
  response.headers.emplace_back("content-type", std::move(type));
  response.body = std::move(body);
  return response;
}

bool is_loopback(std::string_view peer) {
  return peer.starts_with("127.") || peer == "::1" || peer.starts_with("::ffff:127.");
}

}  // namespace menkyo::api
