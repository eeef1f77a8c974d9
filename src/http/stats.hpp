#pragma once
// What the server counts. Written with relaxed order by its threads, readable from anywhere.

#include <array>
#include <atomic>
#include <cstdint>

namespace menkyo::http {

struct ServerStats {
  using Counter = std::atomic<uint64_t>;

  Counter connections_accepted{0};
  Counter connections_rejected{0};  // over the bound: answered 503 or dropped
  Counter connections_open{0};
  Counter streams_open{0};
  Counter timeouts{0};
  Counter bytes_received{0};  // of HTTP, without TLS
  Counter bytes_sent{0};
  std::array<Counter, 6> answers{};  // by status class: [2] counts 200 to 299
};

inline void add(ServerStats::Counter& counter, uint64_t count = 1) {
  counter.fetch_add(count, std::memory_order_relaxed);
}
inline void subtract(ServerStats::Counter& counter) {
  counter.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace menkyo::http
