#pragma once
// The portal's files as part of the binary. Everything here is immutable and safe from any thread.

#include <span>
#include <string_view>

#include "api/message.hpp"

namespace menkyo::http {

struct Asset {
  std::string_view path;  // as requested: "/assets/index-3f2a.js"
  std::string_view content_type;
  std::string_view hash;      // of the bytes, in hexadecimal
  std::string_view identity;  // the bytes themselves
  std::string_view brotli;    // the same compressed (RFC 7932); empty if the build left no such copy
};

// What portal/dist held when this was built, sorted by path; empty if the portal was not built before.
std::span<const Asset> embedded_assets();

// Null if there is none of that path.
Asset const* find_asset(std::string_view path, std::span<const Asset> assets = embedded_assets());

// Answers GET of a file, of "/" and, because the portal keeps its pages' addresses to itself, of any address without
// extension outside /api and /device that a browser opens as a page. Throws Problem: not_found, method_not_allowed.
api::Response serve_asset(api::Request const& request, std::span<const Asset> assets = embedded_assets());

}  // namespace menkyo::http
