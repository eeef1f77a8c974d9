#pragma once
#include <string_view>

namespace menkyo::app {

inline constexpr std::string_view version = MENKYO_VERSION;

}  // namespace menkyo::app
