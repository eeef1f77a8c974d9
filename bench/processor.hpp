#pragma once
// Processor time, in microseconds: what a request costs, whatever else the machine does meanwhile.

#include <sys/types.h>

#include <vector>

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
  std::vector<pid_t> processes() const;

 private:
  pid_t postmaster_;
};

// Instructions that processes execute, in their own code and in the kernel, from now on. Other work on the machine
// makes the same instructions take longer, but does not make them more; counting them makes switching threads dearer.
class InstructionCounter {
 public:
  // All threads that the processes have, and those that they will have. Throws std::system_error if this machine does
  // not let them be counted.
  explicit InstructionCounter(std::vector<pid_t> const& processes);
  ~InstructionCounter();
  InstructionCounter(InstructionCounter const&) = delete;
  double count() const;

 private:
  std::vector<int> counters_;
};

}  // namespace menkyo::bench
