#pragma once
// What a PostgreSQL does that is in trouble: it loses connections, takes no more of them, and lets transactions fail
// that a serializable neighbour or a deadlock would have ended.

#include <memory>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "db/database.hpp"

namespace menkyo::test {

// Works beside the program on the same database, as a superuser, with a connection of its own for each call, because
// the server may have been gone meanwhile.
class Trouble {
 public:
  explicit Trouble(std::string const& database_url);

  // One of the program's connections ends (57P01), if there is one; returns whether there was.
  bool end_a_connection();
  // Ends all of the program's connections and takes every free one, for so long.
  void take_all_connections(Duration how_long);
  // From now on so many of a thousand commits fail with 40001 or 40P01, and about as many transactions before.
  void let_transactions_fail(int per_mille);
  // How often they were made to.
  int64_t transactions_failed();

 private:
  std::unique_ptr<db::Session> open() const;

  std::string url_;
};

}  // namespace menkyo::test
