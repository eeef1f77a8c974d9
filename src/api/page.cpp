#include "api/page.hpp"

#include <sodium.h>

#include "protocol/bytes.hpp"

namespace menkyo::api {

namespace {
constexpr size_t tag_bytes = 16;
}

Bytes Cursors::tag(std::string const& scope, std::string const& payload) const {
  crypto_generichash_state state;
  Bytes out(tag_bytes);
  crypto_generichash_init(&state, key_.data(), key_.size(), out.size());
  auto const add = [&](std::string const& text) {
    uint64_t const length = text.size();
    crypto_generichash_update(&state, reinterpret_cast<const uint8_t*>(&length), sizeof length);
    crypto_generichash_update(&state, reinterpret_cast<const uint8_t*>(text.data()), text.size());
  };
  add(scope);
  add(payload);
  crypto_generichash_final(&state, out.data(), out.size());
  return out;
}

std::string Cursors::encode(std::string const& scope, std::vector<std::string> const& keys) const {
  std::string payload;
  for (auto const& key : keys) {
    payload += char(key.size() >> 8);
    payload += char(key.size());
    payload += key;
  }
  auto const seal = tag(scope, payload);
  return protocol::to_base64url(as_bytes(std::string(as_text(seal)) + payload));
}

std::vector<std::string> Cursors::decode(std::string const& scope, std::optional<CursorText> const& cursor,
                                         size_t count) const {
  if (!cursor) return {};
  auto const wrong = [] {
    return invalid_field("/cursor", "not_a_cursor", "does not belong to this list; begin anew");
  };
  std::string raw;
  if (!protocol::append_from_base64url(raw, *cursor)) throw wrong();
  if (raw.size() < tag_bytes) throw wrong();
  auto const payload = raw.substr(tag_bytes);
  if (sodium_memcmp(tag(scope, payload).data(), raw.data(), tag_bytes) != 0) throw wrong();
  std::vector<std::string> keys;
  for (size_t at = 0; at + 2 <= payload.size();) {
    size_t const length = size_t(uint8_t(payload[at])) << 8 | uint8_t(payload[at + 1]);
    keys.push_back(payload.substr(at + 2, length));
    at += 2 + length;
  }
  if (keys.size() != count) throw wrong();
  return keys;
}

}  // namespace menkyo::api
