#pragma once
// Bytes, the two base 64 alphabets (RFC 4648), SHA-256 and the instants of messages (RFC 3339). Pure functions, safe
// from any thread.

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace menkyo::protocol {

using Bytes = std::vector<uint8_t>;
using ByteView = std::span<const uint8_t>;
using Digest = std::array<uint8_t, 32>;
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

inline ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
inline std::string_view text_of(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// base64url without padding (RFC 4648 section 5, as RFC 7515 section 2 uses it).
std::string to_base64url(ByteView bytes);
void append_base64url(std::string& out, ByteView bytes);
// nullopt for padding, white space, other characters, and non-zero spare bits: one text for each byte string.
std::optional<Bytes> from_base64url(std::string_view text);
// The same straight into a text.
bool append_from_base64url(std::string& out, std::string_view text);

// base64 with padding (RFC 4648 section 4), as "x5c" uses it; as strict.
std::string to_base64(ByteView bytes);
std::optional<Bytes> from_base64(std::string_view text);

Digest sha256(ByteView bytes);
inline Digest sha256(std::string_view text) {
  return sha256(bytes_of(text));
}

// Compares without telling by its duration where the difference is. Lengths are not secret.
bool equal_constant_time(ByteView a, ByteView b);

// UTC with "Z"; whole seconds without a fraction, otherwise six digits. Years 0000 to 9999.
std::string to_rfc3339(Instant t);
// Any offset, up to six digits of fraction, no leap second, years 0000 to 9999 in UTC; nullopt for anything else.
std::optional<Instant> from_rfc3339(std::string_view text);

}  // namespace menkyo::protocol
