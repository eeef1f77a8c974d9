#pragma once
// What is fuzzed. Each takes any bytes and must neither crash nor contradict itself; std::abort() marks a
// contradiction. The same functions replay the committed corpora as an ordinary test.

#include <cstddef>
#include <cstdint>

namespace menkyo::fuzz {

void json(const uint8_t* data, size_t size);     // parse, write, parse: the same text again
void jws(const uint8_t* data, size_t size);      // compact form and header
void x509(const uint8_t* data, size_t size);     // certificate, keys, chain
void message(const uint8_t* data, size_t size);  // the first byte chooses the payload's type
void csv(const uint8_t* data, size_t size);      // records, quoted again: the same records

}  // namespace menkyo::fuzz
