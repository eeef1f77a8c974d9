#pragma once
// A real mail server as a child (mail_server.py), which keeps what it is sent and fails on demand.

#include <sys/types.h>

#include <string>
#include <vector>

#include "protocol/json.hpp"
#include "tests/support/temporary_folder.hpp"

namespace menkyo::test {

class MailServer {
 public:
  // `options` are those of mail_server.py. Dies with the thread that started it.
  explicit MailServer(std::vector<std::string> const& options = {});
  ~MailServer();

  int port() const { return port_; }
  // smtp://localhost:PORT, or smtps.
  std::string url(std::string const& scheme = "smtp") const {
    return scheme + "://localhost:" + std::to_string(port_);
  }
  // Its own certificate, in PEM.
  std::string certificate() const { return folder_.path / "certificate.pem"; }
  // What it answers instead of taking a mail, one line a time (mail_server.py tells the words).
  void answer(std::vector<std::string> const& lines);
  // What it took so far, oldest first.
  std::vector<protocol::json::Value> mails() const;

 private:
  TemporaryFolder folder_;
  pid_t pid_ = 0;
  int port_ = 0, input_ = -1;
};

}  // namespace menkyo::test
