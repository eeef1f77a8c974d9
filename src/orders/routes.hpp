#pragma once
#include "api/route.hpp"

namespace menkyo::orders {

// The operator's view of jobs. Needs the service api::Cursors.
std::vector<api::Route> routes();

}  // namespace menkyo::orders
