#include "bench/load.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "bench/processor.hpp"
#include "protocol/handle.hpp"

namespace menkyo::bench {

namespace {

using Steady = std::chrono::steady_clock;

constexpr int silence_limit_ms = 30'000, pace_ms = 1;
constexpr size_t first_room = 16 * 1024;

using SslContext = protocol::Handle<SSL_CTX, SSL_CTX_free>;
using Ssl = protocol::Handle<SSL, SSL_free>;
using Session = protocol::Handle<SSL_SESSION, SSL_SESSION_free>;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {
    if (fd < 0) throw std::runtime_error("no socket");
  }
  ~Descriptor() { close(fd_); }
  Descriptor(Descriptor const&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// A connection that never waits: what is not there yet is asked for again when there is something to read.
class Socket {
 public:
  // With TLS, `session` is gone on with if there is one.
  Socket(Peer peer, SSL_SESSION* session) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(uint16_t(peer.port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int const on = 1;
    setsockopt(fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // Ports of closed connections are free at once: thousands are opened in a second.
    linger const none{1, 0};
    setsockopt(fd(), SOL_SOCKET, SO_LINGER, &none, sizeof none);
    if (connect(fd(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("cannot connect to the server");
    fcntl(fd(), F_SETFL, O_NONBLOCK);
    if (!peer.tls) return;
    static SslContext const context(SSL_CTX_new(TLS_client_method()));
    ssl_.reset(SSL_new(context.get()));
    SSL_set_fd(ssl_.get(), fd());
    SSL_set_connect_state(ssl_.get());
    // What is closed without a word could not be gone on with.
    SSL_set_quiet_shutdown(ssl_.get(), 1);
    if (session) SSL_set_session(ssl_.get(), session);
  }
  int fd() const { return fd_.get(); }

  // Whether it takes requests now.
  bool ready() { return !ssl_ || done(SSL_do_handshake(ssl_.get())) > 0; }
  // What was sent before was answered, so the socket's buffer is empty and takes all.
  void write(std::string_view text) {
    auto const count = ssl_ ? SSL_write(ssl_.get(), text.data(), int(text.size()))
                            : send(fd(), text.data(), text.size(), MSG_NOSIGNAL);
    if (count != ssize_t(text.size())) throw std::runtime_error("the server takes no request");
  }
  // 0: nothing is there.
  size_t read(char* into, size_t room) {
    if (ssl_) return size_t(done(SSL_read(ssl_.get(), into, int(room))));
    auto const count = recv(fd(), into, room, 0);
    if (count < 0 && errno == EAGAIN) return 0;
    if (count <= 0) throw std::runtime_error("the server closed a connection");
    return size_t(count);
  }
  // To go on with, on another connection; null without TLS.
  Session end() {
    if (!ssl_) return {};
    SSL_shutdown(ssl_.get());
    return Session(SSL_get1_session(ssl_.get()));
  }

 private:
  int done(int result) {
    if (result > 0) return result;
    if (SSL_get_error(ssl_.get(), result) != SSL_ERROR_WANT_READ)
      throw std::runtime_error("the server closed a connection, or speaks no TLS");
    return 0;
  }
  Descriptor fd_;
  Ssl ssl_;
};

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
  std::unique_ptr<Socket> socket;
  Session session;
  std::string const* waiting = nullptr;  // the request, until the connection takes it
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
  Driver(Peer peer, Traffic const& traffic)
      : peer_(peer), traffic_(traffic), epoll_(epoll_create1(EPOLL_CLOEXEC)), lanes_(traffic.lanes) {
    for (auto& lane : lanes_) {
      lane.input.resize(first_room);
      if (traffic.connecting != Connecting::once) continue;
      open(lane);
      for (pollfd readable{lane.socket->fd(), POLLIN, 0}; !lane.socket->ready();)
        if (poll(&readable, 1, silence_limit_ms) == 0) throw std::runtime_error("the server does not answer");
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
      int const ready = epoll_wait(epoll_.get(), events.data(), int(events.size()), wait_ms);
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
  void open(Lane& lane) {
    lane.socket = std::make_unique<Socket>(peer_, lane.session.get());
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = size_t(&lane - lanes_.data());
    epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, lane.socket->fd(), &event);
  }

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
    lane.waiting = request;
    if (traffic_.connecting != Connecting::once) open(lane);
    send_waiting(lane);
  }

  void send_waiting(Lane& lane) {
    if (lane.socket->ready()) lane.socket->write(*std::exchange(lane.waiting, nullptr));
  }

  void receive(size_t i) {
    auto& lane = lanes_[i];
    if (lane.waiting) return send_waiting(lane);
    std::optional<Answer> answer;
    while (!answer) {
      if (lane.input.size() - lane.filled < first_room / 2) lane.input.resize(2 * lane.input.size());
      auto const count = lane.socket->read(lane.input.data() + lane.filled, lane.input.size() - lane.filled);
      if (count == 0) return;
      if (!lane.busy) throw std::runtime_error("the server answers what was not asked");
      lane.filled += count;
      answer = whole_answer(std::string_view(lane.input).substr(0, lane.filled));
    }
    auto const now = Steady::now();
    note(i, *answer, uint32_t(std::chrono::duration_cast<std::chrono::microseconds>(now - lane.sent_at).count()));
    if (traffic_.connecting != Connecting::once) {
      auto session = lane.socket->end();
      if (traffic_.connecting == Connecting::resumed) lane.session = std::move(session);
      lane.socket.reset();
    }
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

  Peer peer_;
  Traffic const& traffic_;
  Descriptor epoll_;
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

Driven drive(Peer peer, Traffic const& traffic) {
  return Driver(peer, traffic).run();
}

std::string fetch(Peer peer, std::string const& path) {
  std::string const request = "GET " + path + " HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";
  std::string out;
  Traffic traffic{1, [&](size_t, size_t n) { return n == 0 ? &request : nullptr; },
                  [&](size_t, size_t, int status, std::string_view body) {
                    out = body;
                    return status == 200;
                  },
                  1, 0};
  auto const driven = drive(peer, traffic);
  if (driven.refused > 0) throw std::runtime_error(path + ": " + driven.first_refusal);
  return out;
}

std::string fetch_head(Peer peer, std::string const& request) {
  std::string out;
  Traffic traffic{1, [&](size_t, size_t n) { return n == 0 ? &request : nullptr; },
                  [](size_t, size_t, int, std::string_view) { return true; }, 1, 0};
  traffic.puts_off = [&](int, std::string_view head) {
    out = head;
    return true;
  };
  drive(peer, traffic);
  return out;
}

}  // namespace menkyo::bench
