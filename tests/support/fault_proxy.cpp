#include "tests/support/fault_proxy.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

namespace menkyo::test {

namespace {

// Most requests are shorter than the first, most answers than the second, so that the end is hit as well.
constexpr size_t bytes_of_request = 3'000, bytes_of_answer = 9'000;

int connect_to(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(uint16_t(port));
  int const fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

// With nothing to linger for, close() sends RST (socket(7), SO_LINGER).
void reset_at_close(int fd) {
  linger const none{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
}

// One direction of a connection.
struct Way {
  int from, to;
  size_t left;           // bytes that may still go by
  bool ends_all;         // whether the connection is lost when none is left, or only this half of it
  bool forwards = true;  // false: what comes is dropped
  bool open = true;      // false: its sender has closed

  // False when the connection is lost.
  bool move(int delay_ms) {
    auto const data = receive(from);
    if (delay_ms > 0) std::this_thread::sleep_for(std::chrono::milliseconds(delay_ms));
    if (data.empty()) {
      open = false;
      if (forwards) shutdown(to, SHUT_WR);
      return true;
    }
    if (!forwards) return true;
    auto const part = std::string_view(data).substr(0, left);
    left -= part.size();
    if (!send_all(to, part)) return false;
    if (left > 0) return true;
    if (ends_all) return false;
    forwards = false;
    shutdown(to, SHUT_WR);
    return true;
  }
};

}  // namespace

FaultProxy::FaultProxy(int server_port, uint64_t seed)
    : server_port_(server_port),
      random_(FixedSeeds(seed ^ 0xfa17).next()),
      relay_(std::make_unique<Relay>([this](int client) { serve(client); })) {}

FaultProxy::~FaultProxy() = default;

FaultProxy::Plan FaultProxy::next_plan() {
  Plan plan;
  if (healed_) return plan;
  std::lock_guard lock(mutex_);
  plan.fate = Fate(random_.below(counts_.size()));
  bool const of_request = plan.fate == Fate::cut_request || plan.fate == Fate::half_request;
  plan.bytes = 1 + size_t(random_.below(of_request ? bytes_of_request : bytes_of_answer));
  plan.reset = random_.below(2) == 0;
  if (plan.fate == Fate::delayed) plan.delay_ms = 1 + int(random_.below(200));
  return plan;
}

void FaultProxy::serve(int client) {
  auto const plan = next_plan();
  ++counts_[size_t(plan.fate)];
  int const server = plan.fate == Fate::refused ? -1 : connect_to(server_port_);
  if (server >= 0) carry(client, server, plan);
  if (plan.reset) reset_at_close(client);
  close(client);
  if (server < 0) return;
  if (plan.reset) reset_at_close(server);
  close(server);
}

void FaultProxy::carry(int client, int server, Plan const& plan) {
  constexpr auto all = size_t(-1);
  bool const of_request = plan.fate == Fate::cut_request || plan.fate == Fate::half_request;
  bool const of_answer = plan.fate == Fate::cut_answer || plan.fate == Fate::half_answer;
  Way request{client, server, of_request ? plan.bytes : all, plan.fate == Fate::cut_request};
  Way answer{server, client, of_answer ? plan.bytes : all, plan.fate == Fate::cut_answer};
  while (!relay_->stopping() && (request.open || answer.open)) {
    // A negative descriptor is not waited for (poll(2)).
    pollfd both[] = {{request.open ? client : -1, POLLIN, 0}, {answer.open ? server : -1, POLLIN, 0}};
    if (poll(both, 2, 20) <= 0) continue;
    if (both[0].revents && !request.move(plan.delay_ms)) return;
    if (both[1].revents && !answer.move(plan.delay_ms)) return;
  }
}

}  // namespace menkyo::test
