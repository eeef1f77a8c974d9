#pragma once
// What the server takes from a peer before it says no. Each bound has a test (http_test).

#include <chrono>
#include <cstddef>
#include <functional>
#include <string_view>

namespace menkyo::http {

using Milliseconds = std::chrono::milliseconds;

struct Limits {
  size_t max_connections = 4096;        // beyond it 503; each idle connection holds a few kB (TLS: about 50 kB)
  size_t max_url_bytes = 8 * 1024;      // RFC 9110 section 4.1 asks for at least 8000; beyond it 414
  size_t max_header_bytes = 32 * 1024;  // request line and fields; beyond it 431
  size_t max_header_fields = 100;       // beyond it 431
  size_t max_body_bytes = 1024 * 1024;  // beyond it 413
  // If set, the largest body of that path (still percent-encoded, without query) instead of max_body_bytes. Called
  // from the server's threads.
  std::function<size_t(std::string_view path)> body_limit;

  Milliseconds handshake_timeout{10'000};  // TLS; then the connection is dropped
  Milliseconds header_timeout{10'000};     // from a request's first byte to the end of its head; then 408
  Milliseconds body_timeout{60'000};       // from the end of the head to the end of the body; then 408
  Milliseconds handler_timeout{60'000};    // from the hand-over to the reply; then 503 outcome_unknown
  Milliseconds idle_timeout{75'000};       // between requests; then the connection is dropped
  Milliseconds write_timeout{30'000};      // for each 256 kB of an answer; then the connection is dropped
  Milliseconds linger_timeout{2'000};      // how long unread input is thrown away so that a refusal arrives

  Milliseconds stream_heartbeat{15'000};         // a comment this often keeps an event stream open
  size_t max_stream_backlog_bytes = 256 * 1024;  // events a reader is behind by; then its connection is dropped
};

}  // namespace menkyo::http
