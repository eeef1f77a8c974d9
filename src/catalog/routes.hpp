#pragma once
#include "api/route.hpp"

namespace menkyo::catalog {

// The operator's view of the catalogue in force. Needs the services CatalogCache and api::Cursors.
std::vector<api::Route> routes();

}  // namespace menkyo::catalog
