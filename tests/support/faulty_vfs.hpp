#pragma once
// Files of SQLite that fail on demand: a virtual file system in front of the real one, as a full or broken disk
// behaves.

#include <atomic>
#include <cstdint>

namespace menkyo::test {

// SQLite's result codes for every read, write, flush and opening of a file from now on (0: none), and how many
// flushes fail. Holds for all connections that were opened after sqlite_faults() was first called. Thread-safe.
struct SqliteFaults {
  std::atomic<int> on_read{0}, on_write{0}, on_open{0}, on_flush{0};
  std::atomic<int> flushes_to_fail{0};
  std::atomic<int64_t> log_writes{0};  // calls so far that wrote to a log; not cleared
  void clear() { on_read = on_write = on_open = on_flush = flushes_to_fail = 0; }
};

SqliteFaults& sqlite_faults();

}  // namespace menkyo::test
