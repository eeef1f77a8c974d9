#pragma once
// The languages in which the program speaks to people.

#include "base/enum.hpp"

namespace menkyo {

MENKYO_ENUM(Language, ja, en)

}  // namespace menkyo
