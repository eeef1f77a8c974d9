#pragma once
// The few long-lived things that handlers need (keys, the catalogue in force, ...), found by type. A capability marks
// its own with `template <> inline constexpr bool menkyo::api::is_service<T> = true;`.

#include <stdexcept>
#include <typeindex>
#include <unordered_map>

namespace menkyo::api {

template <class T>
inline constexpr bool is_service = false;

// Does not own what it holds. Filled once at start, then read from any thread.
class Services {
 public:
  template <class T>
  void add(T& service) {
    static_assert(is_service<T>);
    by_type_[typeid(T)] = &service;
  }
  template <class T>
  T& get() const {
    auto const found = by_type_.find(typeid(T));
    if (found == by_type_.end()) throw std::logic_error(std::string("no service ") + typeid(T).name());
    return *static_cast<T*>(found->second);
  }

 private:
  std::unordered_map<std::type_index, void*> by_type_;
};

}  // namespace menkyo::api
