#include "bench/load.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <deque>
#include <optional>
#include <stdexcept>
#include <utility>

#include "bench/processor.hpp"

namespace menkyo::bench {

namespace {

using Steady = std::chrono::steady_clock;

constexpr int silence_limit_ms = 30'000, pace_ms = 1;
constexpr size_t first_room = 16 * 1024;

struct Socket {
  int fd;
  explicit Socket(int f) : fd(f) {
    if (fd < 0) throw std::runtime_error("no socket");
  }
  ~Socket() {
    if (fd >= 0) close(fd);
  }
  Socket(Socket&& from) noexcept : fd(std::exchange(from.fd, -1)) {}
  Socket(Socket const&) = delete;
};

Socket connect_to(int port) {
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(uint16_t(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int const on = 1;
  setsockopt(socket.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(socket.fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect to the server");
  return socket;
}

struct Answer {
  int status;
  std::string_view head, body;
};

// The answer if it is whole. Knows what our server writes: a content-length always, in lower case or as in the RFCs.
std::optional<Answer> whole_answer(std::string_view text) {
  auto const end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) return {};
  auto const head = text.substr(0, end + 2);
  auto at = head.find("content-length: ");
  if (at == std::string_view::npos) at = head.find("Content-Length: ");
  Answer answer{};
  answer.head = head;
  size_t length = 0;
  bool const read = at != std::string_view::npos && head.starts_with("HTTP/1.1 ") &&
                    std::from_chars(head.data() + 9, head.data() + head.size(), answer.status).ec == std::errc() &&
                    std::from_chars(head.data() + at + 16, head.data() + head.size(), length).ec == std::errc();
  if (!read) throw std::runtime_error("the server does not answer as expected: " + std::string(head));
  if (text.size() < end + 4 + length) return {};
  answer.body = text.substr(end + 4, length);
  return answer;
}

struct Lane {
  Socket socket;
  std::string input;
  size_t filled = 0;
  size_t sent = 0;  // requests
  bool busy = false;
  Steady::time_point sent_at{};
};

double quantile_ms(std::vector<uint32_t> const& sorted_us, double share) {
  if (sorted_us.empty()) return 0;
  return double(sorted_us[std::min(sorted_us.size() - 1, size_t(share * double(sorted_us.size())))]) / 1e3;
}

class Driver {
 public:
  Driver(int port, Traffic const& traffic) : traffic_(traffic), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    for (size_t i = 0; i < traffic.lanes; ++i) {
      lanes_.push_back({connect_to(port), std::string(first_room, '\0')});
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = i;
      epoll_ctl(epoll_.fd, EPOLL_CTL_ADD, lanes_[i].socket.fd, &event);
    }
    out_.latencies_us.reserve(1 << 18);
  }

  Driven run() {
    double const processor_start = processor_us();
    auto const start = Steady::now();
    until_ = start + std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(traffic_.seconds));
    for (size_t i = 0; i < lanes_.size(); ++i) free_.push_back(i);
    std::vector<epoll_event> events(lanes_.size());
    for (auto heard = start;;) {
      auto const now = Steady::now();
      bool const done = send_what_is_due(start, now);
      if (busy_ == 0 && done) break;
      int const wait_ms = traffic_.per_second > 0 && !done ? pace_ms : silence_limit_ms;
      int const ready = epoll_wait(epoll_.fd, events.data(), int(events.size()), wait_ms);
      if (ready > 0) heard = Steady::now();
      if (busy_ > 0 && Steady::now() - heard > std::chrono::milliseconds(silence_limit_ms))
        throw std::runtime_error("the server has stopped answering");
      for (int i = 0; i < ready; ++i) receive(size_t(events[size_t(i)].data.u64));
    }
    out_.seconds = std::chrono::duration<double>(Steady::now() - start).count();
    out_.client_us = processor_us() - processor_start;
    std::sort(out_.latencies_us.begin(), out_.latencies_us.end());
    std::sort(out_.put_off_us.begin(), out_.put_off_us.end());
    return std::move(out_);
  }

 private:
  // Whether nothing more will be sent. A lane that has no more to say is not free again.
  bool send_what_is_due(Steady::time_point start, Steady::time_point now) {
    auto const due =
        traffic_.per_second > 0
            ? uint64_t(std::chrono::duration<double>(std::min(now, until_) - start).count() * traffic_.per_second)
            : UINT64_MAX;
    for (; !free_.empty() && begun_ < due; ++begun_) {
      auto const i = free_.front();
      free_.pop_front();
      send_next(i, now);
    }
    return now >= until_ || free_.size() + busy_ == 0;
  }

  void send_next(size_t i, Steady::time_point now) {
    auto& lane = lanes_[i];
    if (lane.sent >= traffic_.at_least && now >= until_) return;
    auto const* request = traffic_.request(i, lane.sent);
    if (!request) return;
    lane.sent_at = now;
    ++lane.sent;
    lane.busy = true;
    ++busy_;
    // What was sent before was answered, so the socket's buffer is empty and takes all.
    auto const count = send(lane.socket.fd, request->data(), request->size(), MSG_NOSIGNAL);
    if (count != ssize_t(request->size())) throw std::runtime_error("the server takes no request");
  }

  void receive(size_t i) {
    auto& lane = lanes_[i];
    if (lane.input.size() - lane.filled < first_room / 2) lane.input.resize(2 * lane.input.size());
    auto const count = recv(lane.socket.fd, lane.input.data() + lane.filled, lane.input.size() - lane.filled, 0);
    if (count <= 0) throw std::runtime_error("the server closed a connection");
    if (!lane.busy) throw std::runtime_error("the server answers what was not asked");
    lane.filled += size_t(count);
    auto const answer = whole_answer(std::string_view(lane.input).substr(0, lane.filled));
    if (!answer) return;
    auto const now = Steady::now();
    note(i, *answer, uint32_t(std::chrono::duration_cast<std::chrono::microseconds>(now - lane.sent_at).count()));
    lane.filled = 0;
    lane.busy = false;
    --busy_;
    if (traffic_.per_second > 0)
      free_.push_back(i);
    else
      send_next(i, now);
  }

  void note(size_t i, Answer const& answer, uint32_t latency_us) {
    if (traffic_.puts_off && traffic_.puts_off(answer.status, answer.head)) {
      ++out_.put_off;
      out_.put_off_us.push_back(latency_us);
      return;
    }
    out_.latencies_us.push_back(latency_us);
    if (traffic_.accepts(i, lanes_[i].sent - 1, answer.status, answer.body)) {
      ++out_.answered;
    } else if (++out_.refused == 1) {
      out_.first_refusal = std::to_string(answer.status) + " " + std::string(answer.body.substr(0, 500));
    }
  }

  Traffic const& traffic_;
  Socket epoll_;
  std::vector<Lane> lanes_;
  std::deque<size_t> free_;  // lanes, those that waited longest first
  size_t busy_ = 0;
  uint64_t begun_ = 0;  // requests, and lanes that had no more to say
  Steady::time_point until_{};
  Driven out_;
};

}  // namespace

double Driven::latency_ms(double share) const {
  return quantile_ms(latencies_us, share);
}

double Driven::put_off_ms(double share) const {
  return quantile_ms(put_off_us, share);
}

Driven drive(int port, Traffic const& traffic) {
  return Driver(port, traffic).run();
}

std::string fetch(int port, std::string const& path) {
  std::string const request = "GET " + path + " HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";
  std::string out;
  Traffic traffic{1, [&](size_t, size_t n) { return n == 0 ? &request : nullptr; },
                  [&](size_t, size_t, int status, std::string_view body) {
                    out = body;
                    return status == 200;
                  },
                  1, 0};
  auto const driven = drive(port, traffic);
  if (driven.refused > 0) throw std::runtime_error(path + ": " + driven.first_refusal);
  return out;
}

std::string fetch_head(int port, std::string const& request) {
  auto const socket = connect_to(port);
  if (send(socket.fd, request.data(), request.size(), MSG_NOSIGNAL) != ssize_t(request.size()))
    throw std::runtime_error("the server takes no request");
  std::string text;
  for (char buffer[4096]; text.find("\r\n\r\n") == std::string::npos;) {
    auto const count = recv(socket.fd, buffer, sizeof buffer, 0);
    if (count <= 0) throw std::runtime_error("the server closed a connection");
    text.append(buffer, size_t(count));
  }
  return text.substr(0, text.find("\r\n\r\n") + 4);
}

}  // namespace menkyo::bench
