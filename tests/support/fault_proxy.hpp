#pragma once
// A network between a client and a server on this machine that loses connections at any byte, closes one half of
// them, and delays. It never makes up, changes or repeats a byte.

#include <atomic>
#include <memory>
#include <mutex>

#include "base/random.hpp"
#include "tests/support/relay.hpp"

namespace menkyo::test {

// What becomes of one connection.
enum class Fate {
  whole,         // nothing happens to it
  refused,       // closed at once
  cut_request,   // lost when so many bytes of the client have gone by
  cut_answer,    // lost when so many bytes of the server have gone by
  delayed,       // every piece waits, both ways
  half_request,  // no more of the client goes by after so many bytes, which the server is told; answers still do
  half_answer,   // no more of the server goes by after so many bytes, which the client is told; requests still do
};

class FaultProxy {
 public:
  // To a port of 127.0.0.1. The seed decides the fates in the order in which connections come.
  FaultProxy(int server_port, uint64_t seed);
  ~FaultProxy();

  int port() const { return relay_->port(); }
  // From now on every new connection is whole; those that are open keep their fate.
  void heal() { healed_ = true; }
  // How many connections had a fate so far.
  int count(Fate fate) const { return counts_[size_t(fate)]; }

 private:
  struct Plan {
    Fate fate = Fate::whole;
    size_t bytes = 0;  // after which it happens
    int delay_ms = 0;
    bool reset = false;  // the loss is told by RST instead of FIN
  };
  Plan next_plan();
  void serve(int client);
  void carry(int client, int server, Plan const& plan);

  int server_port_;
  std::mutex mutex_;  // over random_
  Random random_;
  std::atomic<bool> healed_{false};
  std::array<std::atomic<int>, 7> counts_{};
  std::unique_ptr<Relay> relay_;  // last: its threads use the others
};

}  // namespace menkyo::test
