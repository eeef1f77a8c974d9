#pragma once
// HTTP by hand, for tests that care about when each byte goes.

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string>

namespace menkyo::test {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

// A connection whose bytes the test sends and reads when it likes.
class RawConnection {
 public:
  // A small window makes the server wait for a reader that is slow.
  explicit RawConnection(int port, int window = 0) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (window > 0) setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &window, sizeof window);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(uint16_t(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawConnection() { ::close(socket_); }
  RawConnection(RawConnection const&) = delete;
  RawConnection& operator=(RawConnection const&) = delete;

  bool connected() const { return connected_; }
  void send(std::string_view text) {
    while (!text.empty()) {
      auto const n = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (n <= 0) throw std::runtime_error("the connection takes nothing any more");
      text.remove_prefix(size_t(n));
    }
  }
  // What comes until `end` has come or, if that is empty, until the peer closes; at most 20 s.
  std::string read(std::string_view end = {}) {
    std::string text;
    auto const until = Steady::now() + std::chrono::seconds(20);
    while (end.empty() || text.find(end) == std::string::npos) {
      auto const left = std::chrono::duration_cast<milliseconds>(until - Steady::now()).count();
      pollfd waiting{socket_, POLLIN, 0};
      if (left <= 0 || ::poll(&waiting, 1, int(left)) <= 0) throw std::runtime_error("nothing comes: " + text);
      char buffer[16384];
      auto const n = ::recv(socket_, buffer, sizeof buffer, 0);
      if (n <= 0) break;
      text.append(buffer, size_t(n));
    }
    return text;
  }

 private:
  int socket_;
  bool connected_ = false;
};

inline std::string body_of(std::string const& answer) {
  auto const at = answer.find("\r\n\r\n");
  return at == std::string::npos ? "" : answer.substr(at + 4);
}
inline size_t declared_length(std::string const& answer) {
  auto const at = answer.find("content-length: ");
  return at == std::string::npos ? std::string::npos : size_t(std::stoul(answer.substr(at + 16)));
}

}  // namespace menkyo::test
