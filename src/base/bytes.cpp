#include "base/bytes.hpp"

namespace menkyo {

std::string to_hex(ByteView bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (uint8_t b : bytes) {
    text += digits[b >> 4];
    text += digits[b & 15];
  }
  return text;
}

namespace {
constexpr char base32_digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
}

std::string to_base32(ByteView bytes) {
  std::string text;
  text.reserve((bytes.size() * 8 + 4) / 5);
  unsigned buffer = 0;
  int bits = 0;
  for (uint8_t b : bytes) {
    buffer = buffer << 8 | b;
    for (bits += 8; bits >= 5; bits -= 5) text += base32_digits[buffer >> (bits - 5) & 31];
  }
  if (bits > 0) text += base32_digits[buffer << (5 - bits) & 31];
  return text;
}

std::optional<std::array<uint8_t, 16>> id_from_base32(std::string_view text) {
  if (text.size() != 26) return {};
  std::array<uint8_t, 16> bytes{};
  unsigned buffer = 0;
  int bits = 0;
  size_t at = 0;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
    auto const digit = std::string_view(base32_digits, 32).find(c);
    if (digit == std::string_view::npos) return {};
    buffer = buffer << 5 | unsigned(digit);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = uint8_t(buffer >> bits);
    }
  }
  // 26 digits hold 130 bits: the last two must be zero, or one id would have several spellings.
  if ((buffer & 3u) != 0) return {};
  return bytes;
}

}  // namespace menkyo
