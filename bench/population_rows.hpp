#pragma once
// The rows that a registration, a first draw and later draws leave, for thousands of devices to a statement. The
// program's own operations write them one by one; population_test.cpp compares what both leave.

#include <string>
#include <vector>

#include "audit/store.hpp"
#include "db/database.hpp"
#include "devices/store.hpp"

namespace menkyo::bench {

struct TokenUses {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  int64_t uses;
};

// All sorted by key.
struct DeviceRows {
  std::vector<devices::store::DeviceRow> devices;
  std::vector<devices::store::ContactRow> contacts;
  std::vector<devices::store::RegistrationRow> registrations;
  std::vector<devices::store::TimerRow> timers;
  std::vector<devices::store::UseRow> uses;
};
void insert(db::Tx& tx, DeviceRows const& rows);

// Tokens of these virtual accounts were used so often.
void set_token_uses(db::Tx& tx, std::vector<TokenUses> const& rows);

struct TokenOfAccount {
  RegistrationTokenId registration_token_id;
  VirtualAccountId virtual_account_id;
  Bytes wrapped_secret;
};
// In the order in which their virtual accounts were made.
std::vector<TokenOfAccount> tokens_in_order(db::ReadTx& tx, SmartAccountId account);

// Indexes of the tables that grow with devices and history, taken away while millions of rows are written out of
// their order and made again afterwards, by the definitions that they had. Knows nothing of their names.
class PutAsideIndexes {
 public:
  explicit PutAsideIndexes(db::Database& database);
  // Builds them again and brings the database into the state that its own upkeep would bring it to.
  void restore(std::string const& url);

 private:
  std::vector<std::string> definitions_;
};

// For the writer that this transaction runs on: as much memory as sorting in millions of rows wants. Ends with the
// connection.
void use_much_memory(db::Tx& tx);

}  // namespace menkyo::bench
