#pragma once
// Populated databases that are kept in a folder and used again: making one with a million devices takes minutes,
// copying it seconds.

#include <filesystem>
#include <memory>
#include <string>

#include "bench/population.hpp"
#include "tests/support/server_process.hpp"

namespace menkyo::bench {

// A populated database of one's own, which goes with its owner. On PostgreSQL it is a database of the server that
// MENKYO_TEST_POSTGRES names.
class Populated {
 public:
  // With a folder, what was made is kept there (on PostgreSQL as a database of that server, to be copied as a
  // template) and copied if it is there already.
  Populated(std::string const& kind, Size const& size, std::filesystem::path const& keep);
  ~Populated();
  Populated(Populated const&) = delete;

  app::Settings const& settings() const { return settings_; }
  Population const& population() const { return *population_; }
  double seconds_to_make() const { return seconds_; }  // 0: it was there
  // Bytes on disk, indexes and all.
  double bytes() const;

 private:
  void copy_in(std::filesystem::path const& kept, std::string const& kept_database);
  void copy_out(std::filesystem::path const& kept, std::string const& kept_database);

  std::string kind_, name_;
  test::TemporaryFolder folder_;
  app::Settings settings_;
  std::unique_ptr<Population> population_;
  double seconds_ = 0;
};

}  // namespace menkyo::bench
