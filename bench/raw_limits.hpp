#pragma once
// What the parts of an answer cost at the least, each measured alone with nothing of ours around it.

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace menkyo::bench {

struct Cost {
  double per_second = 0;    // by the clock
  double processor_us = 0;  // of one operation; of all processes that take part
};

// One thread; ES256 over as many bytes as a check-in has, by the protocol's own keys, each with another device's key.
Cost verify_limit(double seconds);
// By one key, as answers are signed.
Cost sign_limit(double seconds);

// The row that a check-in writes, as the server left it.
struct ContactRow {
  Bytes smart_account_id, device_id;
  int64_t last_contact_at, sequence;
  Bytes message_hash, answer;
};
std::vector<ContactRow> contact_rows(std::string const& database_url);

// Writes the rows of random devices again, `batch` to a commit: prepared statements of the database's own library and
// nothing read before. On SQLite one connection in a loop, synchronous=full, moving its own log; on PostgreSQL two
// connections, each batch one statement that takes arrays. The server must not run.
Cost storage_limit(std::string const& database_url, std::vector<ContactRow> const& rows, size_t batch,
                   double seconds);

}  // namespace menkyo::bench
