#pragma once
// Example requests made from what a route declares: its parameters and the schema of its body.

#include <map>
#include <string>

#include "api/route.hpp"

namespace menkyo::test {

// Values by the name of a parameter or member ("mail", "token"), and identifiers by their prefix ("va").
struct Samples {
  std::map<std::string, std::string> by_name;
  std::map<std::string, std::string> by_prefix;
};

// A request with everything that the route requires, and the optional members named in `also`. Throws
// std::runtime_error with the name of a parameter for which there is no sample, or of a schema it cannot fill.
api::Request example_request(api::Route const& route, Samples const& samples,
                             std::vector<std::string> const& also = {});

// Whether the route takes an optional parameter or member of that name.
bool takes_optional(api::Route const& route, std::string const& name);

}  // namespace menkyo::test
