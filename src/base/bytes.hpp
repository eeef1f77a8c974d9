#pragma once
// Bytes and the few encodings that everything shares. A Bytes owns its memory.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace menkyo {

using Bytes = std::vector<uint8_t>;
using ByteView = std::span<const uint8_t>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(std::string_view text) {
  return {text.begin(), text.end()};
}

std::string to_hex(ByteView bytes);

// Crockford's base 32 in lower case, most significant bit first, without padding
// (https://www.crockford.com/base32.html).
std::string to_base32(ByteView bytes);
// Upper case is accepted, other spellings are not; nullopt unless `text` is the one encoding of `N` bytes.
std::optional<std::array<uint8_t, 16>> id_from_base32(std::string_view text);

}  // namespace menkyo
