#pragma once
// A proxy in front of PostgreSQL that loses the connection at the worst moment: while a transaction is being
// committed.

#include <atomic>
#include <memory>
#include <string>

#include "tests/support/relay.hpp"

namespace menkyo::test {

// What happens to the next COMMIT that comes by.
enum class Cut {
  none,
  before,  // the connection is lost before the server gets it: not committed
  after,   // the connection is lost when the server has answered: committed
  late,    // the client loses the connection at once, the server gets the COMMIT 300 ms later
};

class CuttingProxy {
 public:
  // `server_url` as in MENKYO_TEST_POSTGRES. Listens on a port of 127.0.0.1 until destroyed.
  explicit CuttingProxy(std::string const& server_url);
  ~CuttingProxy();

  // The URL through the proxy.
  std::string const& url() const { return url_; }
  void cut_next_commit(Cut cut) { cut_ = cut; }
  // From the next cut on, nobody is let in any more.
  void stay_closed_after_cut(bool closed) { close_after_cut_ = closed; }
  void let_in() { closed_ = false; }

 private:
  void serve(int client);
  bool forward_commit(int client, int server, std::string const& data);
  int connect_server() const;

  std::string url_, host_, port_;
  std::atomic<Cut> cut_{Cut::none};
  std::atomic<bool> closed_{false}, close_after_cut_{false};
  std::unique_ptr<Relay> relay_;  // last: its threads use the others
};

}  // namespace menkyo::test
