#pragma once
// The server program as a child, driven over sockets, with what its requests cost.

#include <filesystem>
#include <optional>
#include <string>

#include "bench/load.hpp"
#include "bench/processor.hpp"
#include "bench/raw_limits.hpp"
#include "protocol/json.hpp"
#include "tests/support/server_process.hpp"

namespace menkyo::bench {

// One kind of request against the server. Processor time is that of one request.
struct Work {
  std::string name;
  Driven driven;
  double server_us = 0, client_us = 0;
  double to_a_commit = 0;          // requests; 0: not known
  double server_instructions = 0;  // of one request; 0: not counted
};

struct Signatures {
  Cost verify, sign;
};

// What no server that does these parts one after the other could be better than.
struct Composed {
  double processor_us = 0, per_second = 0;
};

unsigned processors();

// The same work done several times, as if it had been done once. At least one.
Work together(std::vector<Work> const& parts);
Cost together(std::vector<Cost> const& parts);

// A registration makes one signature more, that of the certificate. The clock's limit has the load generator on the
// same processors, and a log that is written by one after the other.
Composed composed(Signatures const& signatures, Cost const& storage, Work const& ping, Work const& work);

// Memory of a process in bytes, from /proc (proc(5)): now, and the most it ever had.
struct Memory {
  double now = 0, most = 0;
};
Memory memory_of(pid_t pid);

// Throws std::runtime_error whenever the server does not do what it should.
class MeasuredServer {
 public:
  // `url` is the database's; with `instructions` those of each request are counted; with `tls` the data folder gets a
  // certificate and settings that name it.
  MeasuredServer(std::filesystem::path data, std::string url, std::string program = {}, bool instructions = false,
                 bool tls = false);
  // Starts it; returns the seconds from its execution to its first answer.
  double start();
  void stop();

  Peer peer() const { return {server_.port(), tls_}; }
  pid_t pid() const { return server_.pid(); }
  // Sends the traffic; every answer must be as it should be.
  Work driven(std::string name, Traffic const& traffic) const;
  Work ping(size_t connections, double seconds) const;

 private:
  void find_postgres();
  double processor_us() const;
  double commits() const;

  std::string url_;
  bool instructions_, tls_;
  test::ServerProcess server_;
  std::optional<PostgresProcessor> postgres_;
};

// ---- what is printed ----------------------------------------------------------------------------------------------

void print_head(char const* what);
void print(Work const& work);
void print(Signatures const& signatures);
void print_storage(Cost const& storage, size_t batch);
// Into an open object.
void write(protocol::json::Writer& w, Work const& work);
void write(protocol::json::Writer& w, char const* name, Cost const& cost);

}  // namespace menkyo::bench
