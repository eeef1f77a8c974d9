#pragma once
#include "api/route.hpp"

namespace menkyo::devices {

// What people do with registration tokens and product instances. The devices' own messages are in desk.hpp.
std::vector<api::Route> routes();

}  // namespace menkyo::devices
