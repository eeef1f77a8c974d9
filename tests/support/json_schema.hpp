#pragma once
// A validator for the part of JSON Schema 2020-12 that api/openapi.cpp writes. A keyword that it does not know is a
// fault, so that no schema is believed to say more than is checked.

#include <string>
#include <vector>

#include "api/route.hpp"

namespace menkyo::test {

// What is wrong, each with its JSON pointer; empty if `value` fits. `schemas` is components/schemas.
std::vector<std::string> check_schema(protocol::json::Value const& schema, wire::Schemas const& schemas,
                                      protocol::json::Value const& value);

// Holds an answer against what the route of that method and path declares, or against Problem if it failed. Empty if
// it fits, or if no route has the path.
std::vector<std::string> check_answer(std::vector<api::Route> const& routes, api::Method method,
                                      std::string const& path, int status, std::string const& content_type,
                                      protocol::json::Value const& value);

// The row that answers the path.
api::Route const* find_route(std::vector<api::Route> const& routes, api::Method method, std::string const& path);

}  // namespace menkyo::test
