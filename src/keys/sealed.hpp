#pragma once
// Described structs as sealed columns: JSON under the vault's key.

#include "keys/vault.hpp"
#include "wire/wire.hpp"

namespace menkyo::keys {

template <class T>
Bytes seal_struct(Vault const& vault, std::string_view purpose, T const& value, Random& random) {
  auto const text = wire::to_json(value);
  return vault.seal(purpose, as_bytes(text), random);
}

// Throws SealBroken, and std::logic_error if the text does not fit T's limits: then they were tightened.
template <class T>
T open_struct(Vault const& vault, std::string_view purpose, ByteView sealed) {
  auto const opened = vault.open(purpose, sealed);
  T value;
  wire::Errors errors;
  if (!wire::decode(wire::json::parse(as_text(opened)), value, "", errors))
    throw std::logic_error("a sealed " + std::string(purpose) + " does not fit its limits");
  return value;
}

}  // namespace menkyo::keys
