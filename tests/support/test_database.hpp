#pragma once
// Fresh databases for tests: a SQLite file in a temporary folder, or a new database of the PostgreSQL server that
// MENKYO_TEST_POSTGRES names (tools/with-postgres starts one). Both are removed afterwards.

#include <memory>
#include <string>
#include <vector>

#include "db/database.hpp"

namespace menkyo::test {

// The databases that every storage test runs on. Without MENKYO_TEST_POSTGRES this throws, so that no run is silently
// half a run.
std::vector<std::string> database_kinds();

class TestDatabase {
 public:
  // `kind` is "sqlite" or "postgres", or the URL of an empty database that somebody else takes away again. Applies
  // all migrations unless told otherwise.
  explicit TestDatabase(std::string const& kind, bool migrated = true, uint64_t seed = 1);
  ~TestDatabase();

  std::string const& url() const { return url_; }
  // Opens (or opens again) the database; clock starts at 2026-01-01T00:00:00Z, chance from `seed`.
  db::Database& open(db::DatabaseConfig config = {});
  void close() { database_.reset(); }
  // What is in the closed database is kept, and comes back later, as from a backup.
  void save();
  void restore();
  db::Database& operator*() { return *database_; }
  db::Database* operator->() { return database_.get(); }

  ManualClock clock{from_us(1767225600000000)};
  FixedSeeds seeds;

 private:
  void copy(std::string const& from, std::string const& to) const;

  std::string kind_, name_, folder_, url_;
  std::unique_ptr<db::Database> database_;
};

}  // namespace menkyo::test

// A suite of tests with the parameter "sqlite" and "postgres".
#define MENKYO_ON_BOTH_DATABASES(Suite)                                                        \
  INSTANTIATE_TEST_SUITE_P(Both, Suite, ::testing::ValuesIn(::menkyo::test::database_kinds()), \
                           [](auto const& tested) { return tested.param; })
