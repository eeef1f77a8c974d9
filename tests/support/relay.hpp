#pragma once
// What proxies of tests have in common: a port of 127.0.0.1, a thread for each connection, and bytes.

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace menkyo::test {

class Relay {
 public:
  // `serve` gets each connection on a thread of its own, owns it, and returns soon once stopping() says so. Listens
  // until destroyed; throws std::runtime_error.
  explicit Relay(std::function<void(int client)> serve);
  ~Relay();  // waits for all connections

  int port() const { return port_; }
  bool stopping() const { return stopping_; }

 private:
  void accept_loop();

  std::function<void(int client)> serve_;
  int listener_ = -1, port_ = 0;
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> connections_;
  std::thread acceptor_;
};

bool readable(int fd, int timeout_ms);
// What is there to read; empty at the end.
std::string receive(int fd);
bool send_all(int fd, std::string_view data);

}  // namespace menkyo::test
