#pragma once
// What the targets share: their input as text, and the word for a contradiction.

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace menkyo::fuzz {

inline std::string_view text(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace menkyo::fuzz
