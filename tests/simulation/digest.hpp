#pragma once
// One hash over everything that a run left in the database, but for key material, signatures, and what is made of
// them.

#include <string>

#include "tests/support/device_world.hpp"

namespace menkyo::simulation {

std::string digest_of(test::DeviceWorld& world);

}  // namespace menkyo::simulation
