#pragma once
// Owners of what OpenSSL allocates, for the files of protocol/ that talk to it.

#include <memory>

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

}  // namespace menkyo::protocol
