#pragma once
// The real server program as a child, and a client that speaks HTTP to it.

#include <sys/types.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "api/message.hpp"

namespace menkyo::test {

// Its log lies in the data folder, one file a life. It dies with the thread that started it.
class ServerProcess {
 public:
  // `program` is the one that was built, unless told otherwise.
  ServerProcess(std::filesystem::path data, std::string database_url, std::string program = {});
  ~ServerProcess();  // kills what still runs

  // Returns when it listens, on any free port of 127.0.0.1. Throws std::runtime_error with its log if it does not.
  void start();
  // Sends the signal, waits until it is gone and returns what waitpid() told. Throws if it takes over 30 s.
  int end(int signal);
  // 0 while it does not run. Any thread.
  int port() const { return port_; }
  pid_t pid() const { return pid_; }
  std::string log() const;

 private:
  std::filesystem::path data_;
  std::string database_url_, program_;
  int life_ = 0;
  pid_t pid_ = 0;
  std::atomic<int> port_{0};
};

// One connection, kept open as agents do. Belongs to one thread.
class HttpClient {
 public:
  explicit HttpClient(ServerProcess const& server);
  ~HttpClient();

  // The answer to a device message if a whole one came.
  std::optional<api::Response> post(std::string const& message);

 private:
  struct Handle;
  ServerProcess const& server_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace menkyo::test
