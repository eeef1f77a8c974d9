#pragma once
// Words that people build passwords around.

#include <span>
#include <string_view>

namespace menkyo::people {

// Sorted, lower case, letters only.
std::span<const std::string_view> common_passwords();

}  // namespace menkyo::people
