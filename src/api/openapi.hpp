#pragma once
// The documents that follow from the route table.

#include "api/route.hpp"

namespace menkyo::api {

// OpenAPI 3.1.0 (https://spec.openapis.org/oas/v3.1.0), indented, ending in a line break; equal tables give equal
// text. Throws std::logic_error if an operation id or a path with its method comes twice.
std::string openapi(std::vector<Route> const& routes, std::string_view version);

}  // namespace menkyo::api
