#pragma once
// Everything that is measured of one populated database, in rounds.

#include <memory>

#include "bench/kept.hpp"
#include "bench/measured.hpp"

namespace menkyo::bench {

struct SizeOptions {
  size_t connections = 64, rounds = 3;
  double seconds = 2;  // for each line of each round
  std::filesystem::path keep;
  std::string program;
  std::vector<size_t> series;  // check-ins over so many connections, each once at the end
  bool tls = false;
  bool fresh = false;   // check-ins over new connections, too
  bool verify = false;  // the books and the event chain afterwards, too
};

// The limits and what is held against them, measured within the same seconds.
struct Round {
  Signatures signatures;
  Work ping;
  std::vector<Work> works;
  size_t storage_batch = 0;
  Cost storage;
};

struct SizeResults {
  std::string database;
  Size size;
  double seconds_to_make = 0, bytes_per_device = 0;
  double start_empty_s = 0, start_s = 0;
  double idle_bytes = 0, loaded_bytes = 0, most_bytes = 0;  // memory of the server
  std::vector<Round> rounds;                                // all have the same works in the same order
  std::vector<Work> series;                                 // check-ins over other connections
  Work race;
  size_t race_taken = 0, race_refused = 0;
};

// One database while it is measured. All members throw std::runtime_error if an answer was wrong; finish() also if
// the database afterwards is not what was acknowledged.
class SizeRun {
 public:
  // `options` must outlive it.
  SizeRun(std::string const& kind, Size const& size, SizeOptions const& options);
  ~SizeRun();
  Round const& round();  // valid until the next one
  SizeResults finish();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace menkyo::bench
