#pragma once
// For tests: a server with a handler of the test's choice, and raw bytes to and from it over loopback.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "http/server.hpp"

namespace menkyo::http::test {

using std::chrono::steady_clock;

inline constexpr Milliseconds patience{5000};

// One connection to 127.0.0.1, as badly behaved as the test wants.
class Client {
 public:
  explicit Client(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot connect");
    }
  }
  ~Client() {
    if (socket_ >= 0) ::close(socket_);
  }
  Client(Client&& other) noexcept : socket_(std::exchange(other.socket_, -1)), got_(std::move(other.got_)) {}
  Client& operator=(Client&&) = delete;

  // False if the server does not take it any more.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      auto const sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  void end_sending() { ::shutdown(socket_, SHUT_WR); }

  // One answer: head and body as they came; empty if the connection ended first. `bodiless` for answers to HEAD.
  std::string answer(bool bodiless = false) {
    size_t end;
    while ((end = got_.find("\r\n\r\n")) == std::string::npos) {
      if (!more()) return {};
    }
    size_t size = end + 4;
    auto const mark = got_.find("content-length: ");
    if (!bodiless && mark < end) size += std::stoul(got_.substr(mark + 16));
    while (got_.size() < size) {
      if (!more()) return {};
    }
    auto const answer = got_.substr(0, size);
    got_.erase(0, size);
    return answer;
  }

  // Waits until `text` has come, and gives all up to its end; empty if the connection ended first.
  std::string until(std::string_view text) {
    size_t at;
    while ((at = got_.find(text)) == std::string::npos) {
      if (!more()) return {};
    }
    auto const out = got_.substr(0, at + text.size());
    got_.erase(0, at + text.size());
    return out;
  }

  // All that comes until the server ends the connection; nullopt if nothing comes for that long before it does.
  std::optional<std::string> rest(Milliseconds wait = patience) {
    auto const until = steady_clock::now() + 6 * wait;
    while (more(wait)) {
      if (steady_clock::now() > until) return {};
    }
    if (!ended_) return {};
    return std::exchange(got_, {});
  }

  int socket() const { return socket_; }

 private:
  bool more(Milliseconds wait = patience) {
    pollfd ready{socket_, POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(wait.count())) != 1) return false;
    char buffer[65536];
    auto const count = ::recv(socket_, buffer, sizeof buffer, 0);
    ended_ = count <= 0;
    if (!ended_) got_.append(buffer, static_cast<size_t>(count));
    return !ended_;
  }

  int socket_;
  std::string got_;
  bool ended_ = false;
};

// Answers with what it understood of the request.
inline void echo(api::Request const& request, api::Reply const& reply) {
  api::Response response;
  response.headers = {{"content-type", "text/plain"}};
  response.body =
      std::string(to_text(request.method)) + " " + request.path + " ?" + request.query + " [" + request.body + "]";
  reply(std::move(response));
}

inline ServerConfig quick_config() {
  ServerConfig config;
  config.listen = "127.0.0.1:0";
  return config;
}

struct TestServer {
  explicit TestServer(ServerConfig config = quick_config(), api::Handler handler = echo)
      : server(std::move(config), std::move(handler)) {
    server.start();
  }
  Client connect() { return Client(server.port()); }
  // Sends it on a connection of its own and gives all that comes back until the server ends it.
  std::string exchange(std::string_view request) {
    auto client = connect();
    client.send(request);
    return client.rest().value_or("(the connection stays open)");
  }
  Server server;
};

inline int status_of(std::string_view answer) {
  return answer.starts_with("HTTP/1.1 ") ? std::stoi(std::string(answer.substr(9, 3))) : 0;
}

}  // namespace menkyo::http::test
