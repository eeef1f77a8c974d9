#pragma once
// Processor time, in microseconds: what a request costs, whatever else the machine does meanwhile.

#include <sys/types.h>

namespace menkyo::bench {

// Of this process, all its threads.
double processor_us();
// Of another process that runs. Throws std::system_error if there is none.
double processor_us_of(pid_t pid);

// A PostgreSQL server with all its backends and helpers. Throws std::runtime_error if it runs on another machine.
class PostgresProcessor {
 public:
  // `backend` is any process of the server (pg_backend_pid()).
  explicit PostgresProcessor(pid_t backend);
  double us() const;

 private:
  pid_t postmaster_;
};

}  // namespace menkyo::bench
