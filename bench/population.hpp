#pragma once
// A database of one customer with up to millions of known devices, virtual accounts, lots and history, made in
// minutes and true in every respect: accounts, lots, tokens and the books by the program's own operations, the rows
// of devices in bulk, with a real key, certificate, event chain and history for each.

#include <filesystem>
#include <string>
#include <vector>

#include "app/settings.hpp"
#include "bench/plan.hpp"
#include "db/database.hpp"
#include "licenses/books.hpp"

namespace menkyo::bench {

struct Population {
  Plan plan;
  SmartAccountId smart_account_id;
  std::vector<VirtualAccountId> virtual_accounts;  // by their number in the plan
  std::vector<std::string> tokens;                 // likewise; each may be used without end
  std::string mail, password;                      // of the account's administrator
};

// What the devices of a population draw: one quantity changes, the other is always one.
inline constexpr char population_product[] = "KZ-1", changing_entitlement[] = "ADV", steady_entitlement[] = "ESS";

// Fills the empty database of `settings`, whose data folder gets the master key and a file that tells what was made.
// Its history ends at the present time. Equal sizes give equal populations but for that time and the installation's
// own keys. Throws what the database throws; what was written by then is of no use.
Population populate(app::Settings settings, Size const& size);

// What populate() made there.
Population open_population(app::Settings const& settings);

// Sentences about what is wrong with the books, the event chain and the number of devices; empty if all is well.
std::vector<std::string> faults_of(app::Settings const& settings, Population const& population);

// For reading all of a large database, where a statement of PostgreSQL may take an hour.
db::DatabaseConfig unhurried(std::string const& url);

}  // namespace menkyo::bench
