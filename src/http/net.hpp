#pragma once
// Sockets, TLS, threads and ticks behind an interface without Boost: net.cpp is the only user of Asio.
//
// A server has one Loop for each thread; a connection lives on one loop and all its callbacks come on that thread.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/log.hpp"
#include "base/time.hpp"
#include "http/server.hpp"
#include "http/timer_wheel.hpp"

namespace menkyo::http {

// What a transport tells its connection; always from the loop, never from inside the call that asked.
class TransportEvents {
 public:
  virtual ~TransportEvents() = default;
  virtual void on_ready(bool ok) = 0;      // after handshake()
  virtual void on_read(size_t count) = 0;  // after read(); 0 if the peer has ended or the connection broke
  virtual void on_written(bool ok) = 0;    // after write()
  virtual void on_finished() = 0;          // after finish()
  virtual void drop() = 0;                 // one of these has thrown, for want of memory
};
using Owner = std::shared_ptr<TransportEvents>;

// What one connection gets no memory for costs that connection, not the others of its loop.
template <class Event>
void contain(TransportEvents& connection, Event&& event) {
  try {
    event();
  } catch (std::exception const& error) {
    log::error("connection_failed", {{"what", error.what()}});
    connection.drop();
  }
}

// The bytes of one connection. At most one read and one write at a time; `owner` is kept until it was told. What
// throws, for want of memory, has not begun.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual void handshake(Owner owner) = 0;
  virtual void read(char* into, size_t size, Owner owner) = 0;
  // All of both; the bytes must stay in place.
  virtual void write(std::string_view first, std::string_view second, Owner owner) = 0;
  // Tells the peer that nothing more follows. What still arrives can be read by drain().
  virtual void finish(Owner owner) = 0;
  // As read(), but below TLS.
  virtual void drain(char* into, size_t size, Owner owner) = 0;
  // Ends everything under way, whose callbacks still come.
  virtual void close() = 0;
  virtual bool secure() const = 0;
  virtual std::string peer() const = 0;
};

class Connection;
class Loop;

// An answer, or just "look at your event stream", on its way to a connection's loop.
struct Mail {
  std::shared_ptr<Connection> to;
  uint64_t request = 0;  // which of the connection's requests is answered; 0: look at the stream
  api::Response response;
};

// The way from other threads into a loop; outlives it. Thread-safe. Many answers share one wake-up.
class Mailbox {
 public:
  explicit Mailbox(Loop* loop) : loop_(loop) {}
  // Throws if there is no memory for it; it is not sent then.
  void push(Mail mail);
  void close();

 private:
  friend class Loop;
  std::mutex mutex_;
  std::vector<Mail> mails_;
  Loop* loop_;  // null once the loop has ended
};

// What all connections of a server share; they keep it alive.
struct Shared {
  ServerConfig config;
  api::Handler handler;
  Clock const& clock;
  SeedSource& seeds;
  ServerStats stats;
  std::atomic<bool> stopping{false};
};

// Everything here is for the loop's own thread, but for post().
class Loop {
 public:
  explicit Loop(std::shared_ptr<Shared> shared);
  ~Loop();

  // Runs until finish() was called and all connections are closed.
  void run();
  void post(std::function<void()> work);
  // The loop that the calling thread runs; null elsewhere.
  static Loop const* current();

  std::shared_ptr<Shared> const& shared() const { return shared_; }
  std::shared_ptr<Mailbox> const& mailbox() const { return mailbox_; }
  TimerWheel& wheel() { return wheel_; }
  // The Date header's value (RFC 9110 section 5.6.7), renewed every second.
  std::string const& date() const { return date_; }

  // A connection, counted as open, is kept from its start until it says that it is closed.
  void adopt(std::unique_ptr<Transport> transport, bool refuse);
  void forget(Connection& connection);

  void finish_requests();  // each connection closes as soon as it may
  void drop_all();
  void finish();

 private:
  friend class Mailbox;
  friend struct Network;
  struct Io;
  void tick();
  void deliver();

  std::shared_ptr<Shared> shared_;
  std::shared_ptr<Mailbox> mailbox_;
  TimerWheel wheel_;
  std::string date_;
  int64_t date_s_ = -1;
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections_;
  bool finishing_ = false;
  bool finished_ = false;
  std::unique_ptr<Io> io_;
};

// A listening socket and the loops that serve what it accepts.
struct Network {
  // Binds; throws StartError.
  explicit Network(std::shared_ptr<Shared> shared);
  ~Network();

  void run();
  void stop(Milliseconds deadline);
  uint16_t port = 0;

 private:
  struct Listener;
  void accept();

  std::shared_ptr<Shared> shared_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::vector<std::thread> threads_;
  std::unique_ptr<Listener> listener_;
  size_t next_loop_ = 0;
};

}  // namespace menkyo::http
