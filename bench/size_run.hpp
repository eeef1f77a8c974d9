#pragma once
// Everything that is measured of one populated database.

#include "bench/kept.hpp"
#include "bench/measured.hpp"

namespace menkyo::bench {

struct SizeOptions {
  size_t connections = 64;
  double seconds = 5;
  std::filesystem::path keep;
  std::string program;
  bool verify = false;  // the books and the event chain afterwards, too
};

struct SizeResults {
  std::string database;
  Size size;
  double seconds_to_make = 0, bytes_per_device = 0;
  double start_empty_s = 0, start_s = 0;
  double idle_bytes = 0, loaded_bytes = 0, most_bytes = 0;  // memory of the server
  Work ping;
  std::vector<Work> works;
  size_t storage_batch = 0;
  Cost storage;
  size_t race_taken = 0, race_refused = 0;
};

// Throws std::runtime_error if an answer was wrong, or the database afterwards is not what was acknowledged.
SizeResults measure_size(std::string const& kind, Size const& size, SizeOptions const& options,
                         Signatures const& signatures);

}  // namespace menkyo::bench
