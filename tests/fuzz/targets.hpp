#pragma once
// What is fuzzed. Each takes any bytes and must neither crash nor contradict itself; std::abort() marks a
// contradiction. The same functions replay the committed corpora as an ordinary test.

#include <cstddef>
#include <cstdint>

namespace menkyo::fuzz {

// What devices and their server tell each other (targets.cpp).
void json(const uint8_t* data, size_t size);     // parse, write, parse: the same text again
void jws(const uint8_t* data, size_t size);      // compact form and header
void x509(const uint8_t* data, size_t size);     // certificate, keys, chain
void message(const uint8_t* data, size_t size);  // the first byte chooses the payload's type
void token(const uint8_t* data, size_t size);    // registration token as people paste it, and a device's kid

// What people's requests are made of (request_targets.cpp).
void address(const uint8_t* data, size_t size);  // percent-encoding and queries: each has one reading
void cookie(const uint8_t* data, size_t size);   // the session's cookie among others
void cursor(const uint8_t* data, size_t size);   // only what was given out is taken back
void request(const uint8_t* data, size_t size);  // path, query and body into a described struct, and back

// Texts with a spelling of their own (text_targets.cpp).
void words(const uint8_t* data, size_t size);  // instants, base 32 and 64, identifiers: one text for each value
void names(const uint8_t* data, size_t size);  // what people compare by: folding twice folds no further
void claim(const uint8_t* data, size_t size);  // mail address, line break, wanted domain: one answer in any spelling
void csv(const uint8_t* data, size_t size);    // records, quoted again: the same records
void user_file(const uint8_t* data, size_t size);  // a file of users: a row is at fault or is the same written anew
void catalog(const uint8_t* data, size_t size);    // a catalogue file: what has no fault is sound

// What addresses consist of (place_targets.cpp).
void phone(const uint8_t* data, size_t size);  // the first two bytes name the country: one number, shown and read
void postal_code(const uint8_t* data, size_t size);     // the same: what is in its form stays as it is
void postal_address(const uint8_t* data, size_t size);  // a line for each member: normalized twice is normalized once

// The whole service behind its sockets (service_target.cpp).
void service(const uint8_t* data, size_t size);

}  // namespace menkyo::fuzz
