#pragma once
// The real program as a child - a server or a command that ends by itself - and a client that speaks HTTP to it.

#include <sys/types.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/message.hpp"
#include "tests/support/temporary_folder.hpp"

namespace menkyo::test {

// What a command said and how it ended.
struct Ended {
  int status;          // exit status; -1 if a signal ended it
  std::string output;  // standard output and standard error
};
// Runs `menkyo WORDS...` and waits, at most 60 s; throws std::runtime_error if it takes longer. `variable`
// ("NAME=value") is added to its environment.
Ended run_program(std::vector<std::string> const& words, std::string const& variable = {});

// Its log lies in the data folder, one file a life; a menkyo.toml there holds its settings. It dies with the thread
// that started it.
class ServerProcess {
 public:
  // `program` is the one that was built, unless told otherwise.
  ServerProcess(std::filesystem::path data, std::string database_url, std::string program = {});
  ~ServerProcess();  // kills what still runs

  // Returns when it listens, on any free port of 127.0.0.1. Throws std::runtime_error with its log if it does not.
  // `variable` ("NAME=value") is added to its environment.
  void start(std::string const& variable = {});
  // The signal alone; end() or wait() follows.
  void signal(int signal);
  // Sends the signal, waits until it is gone and returns what waitpid() told. Throws if it takes over 30 s.
  int end(int signal);
  // Waits until it is gone by itself and returns what waitpid() told. Throws if it takes over 30 s.
  int wait();
  // Whether it stands still, by SIGSTOP.
  bool stopped() const;
  // What waitpid() told if it is gone by itself.
  std::optional<int> ended();
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

  // The answer if a whole one came, without its headers.
  std::optional<api::Response> send(api::Request const& request);
  // The same for a device message.
  std::optional<api::Response> post(std::string const& message);

 private:
  struct Handle;
  ServerProcess const& server_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace menkyo::test
