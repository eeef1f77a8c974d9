#pragma once
// A load generator over loopback sockets, as cheap as it can be, because it shares the machine with the server that
// it drives: one thread, epoll, requests that are ready to be sent.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace menkyo::bench {

// A server on the loopback address. With `tls` its certificate is believed as it is.
struct Peer {
  Peer(int p, bool t = false) : port(p), tls(t) {}
  int port;
  bool tls;
};

// Whether a lane's requests share a connection, or each opens one of its own: with TLS, going on with the session of
// the lane's last one (RFC 8446 section 2.2) or by a full handshake.
enum class Connecting { once, resumed, anew };

// What goes over `lanes` connections that are kept open. Each sends its next request when the last one is answered,
// or when it is time for it.
struct Traffic {
  size_t lanes = 0;
  // The n-th request of a lane, a whole HTTP message that stays valid until it is answered; null: there is no more.
  std::function<std::string const*(size_t lane, size_t n)> request;
  // Whether the answer to it is what it should be.
  std::function<bool(size_t lane, size_t n, int status, std::string_view body)> accepts;
  size_t at_least = 0;    // requests that each lane sends however long it takes
  double seconds = 0;     // beyond those, new requests are sent until then
  double per_second = 0;  // so many on all lanes together, while any lane is free; 0: as many as are answered
  Connecting connecting = Connecting::once;
  // Whether an answer that is not accepted only puts off, as a server does that is too busy; `head` ends with the
  // last field's line. None does if this is not set.
  std::function<bool(int status, std::string_view head)> puts_off = {};
};

struct Driven {
  uint64_t answered = 0, refused = 0, put_off = 0;
  double seconds = 0;
  double client_us = 0;                   // processor time of this process, in all
  std::vector<uint32_t> latencies_us;     // of what was answered or refused, connecting included; sorted
  std::vector<uint32_t> put_off_us = {};  // of what was put off; sorted
  std::string first_refusal;              // for people

  double per_second() const { return double(answered) / seconds; }
  double latency_ms(double share) const;
  double put_off_ms(double share) const;
};

// Throws std::runtime_error if the server closes a connection, speaks no HTTP or is silent for half a minute.
Driven drive(Peer peer, Traffic const& traffic);

// The body of one answer; throws std::runtime_error unless its status is 200.
std::string fetch(Peer peer, std::string const& path);

// The head of the answer to one whole HTTP message, whatever its status.
std::string fetch_head(Peer peer, std::string const& request);

}  // namespace menkyo::bench
