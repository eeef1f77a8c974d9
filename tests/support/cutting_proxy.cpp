#include "tests/support/cutting_proxy.hpp"

#include <libpq-fe.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <stdexcept>
#include <thread>

namespace menkyo::test {

namespace {

std::string option(PQconninfoOption* options, std::string const& name) {
  for (auto* o = options; o->keyword; ++o)
    if (name == o->keyword) return o->val ? o->val : "";
  return {};
}

}  // namespace

CuttingProxy::CuttingProxy(std::string const& server_url) {
  auto* options = PQconninfoParse(server_url.c_str(), nullptr);
  if (!options) throw std::runtime_error("the URL of the server cannot be read");
  host_ = option(options, "host");
  port_ = option(options, "port");
  if (host_.empty()) host_ = "/var/run/postgresql";
  if (port_.empty()) port_ = "5432";
  auto const user = option(options, "user"), name = option(options, "dbname");
  PQconninfoFree(options);

  relay_ = std::make_unique<Relay>([this](int client) { serve(client); });
  url_ = "postgresql://" + user + "@127.0.0.1:" + std::to_string(relay_->port()) + "/" + name +
         "?sslmode=disable&gssencmode=disable";
}

CuttingProxy::~CuttingProxy() = default;

int CuttingProxy::connect_server() const {
  if (host_.starts_with('/')) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    auto const path = host_ + "/.s.PGSQL." + port_;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    int const fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
    close(fd);
    return -1;
  }
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  if (getaddrinfo(host_.c_str(), port_.c_str(), &hints, &found) != 0) return -1;
  int fd = socket(found->ai_family, SOCK_STREAM, 0);
  if (connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
    close(fd);
    fd = -1;
  }
  freeaddrinfo(found);
  return fd;
}

void CuttingProxy::serve(int client) {
  int const server = closed_ ? -1 : connect_server();
  bool open = server >= 0;
  while (open && !relay_->stopping()) {
    pollfd both[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (poll(both, 2, 20) <= 0) continue;
    if (both[0].revents) {
      auto const data = receive(client);
      bool const commits = data.find(std::string("commit\0", 7)) != std::string::npos;
      open = !data.empty() &&
             (commits && cut_ != Cut::none ? forward_commit(client, server, data) : send_all(server, data));
      if (!open) break;
    }
    if (both[1].revents) {
      auto const data = receive(server);
      open = !data.empty() && send_all(client, data);
    }
  }
  close(client);
  if (server >= 0) close(server);
}

// Always false: the connection ends here.
bool CuttingProxy::forward_commit(int client, int server, std::string const& data) {
  auto const cut = cut_.exchange(Cut::none);
  if (close_after_cut_) closed_ = true;
  if (cut == Cut::before) return false;
  if (cut == Cut::late) {
    shutdown(client, SHUT_RDWR);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
  send_all(server, data);
  if (readable(server, 5000)) receive(server);
  return false;
}

}  // namespace menkyo::test
