#pragma once
// Owners of what OpenSSL allocates, and what is done when it cannot do what no input can make it refuse. For files
// that talk to it; no header of protocol/ includes this.

#include <openssl/err.h>

#include <memory>
#include <string>

#include "protocol/error.hpp"

namespace menkyo::protocol {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
// Frees with the function that OpenSSL has for T.
template <class T, auto Free>
using Handle = std::unique_ptr<T, Freer<Free>>;

// For steps that fail only when OpenSSL gets no memory or is broken. Throws Error(crypto_failed).
inline void require(bool done, const char* what) {
  if (done) return;
  ERR_clear_error();
  throw Error(codes::crypto_failed, std::string("OpenSSL failed at ") + what);
}

}  // namespace menkyo::protocol
