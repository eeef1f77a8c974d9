#include "http/assets.hpp"

#include <algorithm>
#include <string>

#include "base/problem.hpp"

namespace menkyo::http {
namespace {

// "br" is named in Accept-Encoding and its weight is not zero (RFC 9110 section 12.5.3).
bool accepts_brotli(std::string_view accept_encoding) {
  auto const elements = api::list_elements(accept_encoding);
  return std::any_of(elements.begin(), elements.end(), [](std::string_view element) {
    auto const semicolon = element.find(';');
    if (api::without_blanks(element.substr(0, semicolon)) != "br") return false;
    if (semicolon == std::string_view::npos) return true;
    auto const weight = api::without_blanks(element.substr(semicolon + 1));
    return !weight.starts_with("q=0") || weight.find_first_of("123456789") != std::string_view::npos;
  });
}

bool below(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

bool is_page(api::Request const& request) {
  if (request.path == "/") return true;
  if (below(request.path, "/api") || below(request.path, "/device")) return false;
  auto const name = std::string_view(request.path).substr(request.path.rfind('/') + 1);
  return name.find('.') == std::string_view::npos &&
         request.header("accept").find("text/html") != std::string_view::npos;
}

api::Response absent_portal() {
  api::Response response;
  response.headers = {{"content-type", "text/plain; charset=utf-8"}, {"cache-control", "no-cache"}};
  response.body = "Menkyo is running. The portal is not part of this build; its API is under /api/v1.\n";
  return response;
}

api::Response deliver(Asset const& asset, api::Request const& request) {
  bool const brotli = !asset.brotli.empty() && accepts_brotli(request.header("accept-encoding"));
  auto const etag = '"' + std::string(asset.hash) + (brotli ? "-br\"" : "\"");
  // Names below /assets/ carry a hash of their content, so what they mean never changes.
  bool const hashed = asset.path.starts_with("/assets/");
  api::Response response;
  response.headers = {
      {"etag", etag},
      {"cache-control", hashed ? "public, max-age=31536000, immutable" : "no-cache"},
      {"vary", "accept-encoding"},
  };
  if (api::names_etag(request.header("if-none-match"), etag)) {
    response.status = 304;
    return response;
  }
  response.headers.emplace_back("content-type", asset.content_type);
  if (brotli) response.headers.emplace_back("content-encoding", "br");
  response.body = brotli ? asset.brotli : asset.identity;
  return response;
}

}  // namespace

Asset const* find_asset(std::string_view path, std::span<const Asset> assets) {
  auto const before = [](Asset const& asset, std::string_view wanted) { return asset.path < wanted; };
  auto const found = std::lower_bound(assets.begin(), assets.end(), path, before);
  return found != assets.end() && found->path == path ? &*found : nullptr;
}

api::Response serve_asset(api::Request const& request, std::span<const Asset> assets) {
  auto const* asset = find_asset(request.path, assets);
  bool const page = !asset && is_page(request);
  if (!asset && !page) throw Problem(problems::not_found);
  if (request.method != api::Method::get) throw Problem(problems::method_not_allowed);
  if (page) asset = find_asset("/index.html", assets);
  return asset ? deliver(*asset, request) : absent_portal();
}

}  // namespace menkyo::http
