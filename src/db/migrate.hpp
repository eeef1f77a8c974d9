#pragma once
// Brings a database to the schema that this binary knows. Migrations only go forward.

#include <span>
#include <string_view>

#include "db/database.hpp"

namespace menkyo::db {

// One numbered step; exactly one of `common` or the two particular texts is filled.
struct Migration {
  int number;
  std::string_view name;
  std::string_view common, sqlite, postgres;
};

// All migrations of this binary, in order; embedded from migrations/*.sql.
std::span<const Migration> migrations();

// The database was written by a newer binary.
struct NewerDatabase : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Applies what is missing, each step in a transaction of its own, one process at a time. Returns how many were
// applied. Throws NewerDatabase if the database knows a migration that `known` does not; StorageError if a step fails
// (nothing of that step is kept).
int migrate(Driver& driver, std::span<const Migration> known, Instant now);

}  // namespace menkyo::db
