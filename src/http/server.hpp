#pragma once
// The HTTP server: HTTP/1.0 and 1.1 (RFC 9112), plain on loopback or over TLS, one handler for every request.

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#include "api/message.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "http/limits.hpp"
#include "http/stats.hpp"

namespace menkyo::http {

struct ServerConfig {
  std::string listen = "127.0.0.1:8080";  // "ADDRESS:PORT", "[V6]:PORT" or "localhost:PORT"; port 0: any free one
  std::string tls_certificate_path;       // PEM, leaf first; with the key it switches TLS on, empty means plain
  std::string tls_key_path;               // PEM
  int threads = 1;                        // that move bytes; handlers run elsewhere
  bool allow_plain_beyond_loopback = false;
  Limits limits;
};

// Why a server could not start, in words for the person at the console.
struct StartError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Thread-safe but for start(). Peers' addresses are taken from the socket only: no forwarding header is believed.
class Server {
 public:
  // `clock` (the Date header) and `seeds` (ids of requests that were refused before the handler) must outlive it.
  Server(ServerConfig config, api::Handler handler, Clock const& clock = system_clock(),
         SeedSource& seeds = system_seeds());
  // Drops what is still open.
  ~Server();
  Server(Server const&) = delete;
  Server& operator=(Server const&) = delete;

  // Throws StartError: address taken or wrong, unreadable certificate or key, plain HTTP beyond loopback.
  void start();
  // The port listened on; after start().
  uint16_t port() const;
  // Accepts no more, finishes requests in flight, ends event streams; what is left after `deadline` is dropped.
  // Blocks until all is closed. Must not be called by a handler.
  void stop_gracefully(Milliseconds deadline);

  ServerStats const& stats() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace menkyo::http
