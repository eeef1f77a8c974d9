#pragma once
// The catalogue as a file: a table of comma-separated values with one record a line. A record whose identity is new
// is added, one that is known is replaced, one that the file does not name stays. A file is taken whole or not at
// all.

#include "audit/audit.hpp"
#include "base/csv.hpp"
#include "catalog/catalog.hpp"
#include "db/database.hpp"

namespace menkyo::catalog {

// The records of one file, sound in themselves and beside the catalogue that they were read for. Ids are still empty.
struct ParsedEdge {
  std::string lender, borrower;  // codes
  int64_t priority = 0;
};
struct ParsedCompatibility {
  std::string product, entitlement;  // codes
  auto operator<=>(ParsedCompatibility const&) const = default;
};
struct ParsedCatalog {
  std::vector<Family> families;
  std::vector<Product> products;
  std::vector<Entitlement> entitlements;
  std::vector<ParsedEdge> edges;
  std::vector<ParsedCompatibility> compatibilities;  // a family stands for each of its products; none twice
};

// Reads and checks the whole file and reports every fault; the result is only good if there was none. `base` is the
// catalogue that the file is to be laid upon.
ParsedCatalog parse_catalog(std::string_view csv, Catalog const& base, CsvFaults& faults);

struct Applied {
  VersionRow version;                   // in force from `effective_at`; that of `base` if nothing changed
  int64_t changed = 0, unchanged = 0;   // of the file's records
  std::vector<GroupId> changed_groups;  // stored positions of these must be settled anew, from `effective_at` on
};

// The newest version of the catalogue, even if it is not in force yet.
std::shared_ptr<const Catalog> load_newest(db::ReadTx& tx);

// Lays `parsed` upon `base` from `effective_at` on: ends the rows that differ, begins the new ones, and writes one
// version; nothing if nothing differs. Problem `changed_meanwhile` if `base` is not the newest version any more,
// `conflict` if `effective_at` is not after that of the newest.
Applied apply_catalog(db::Tx& tx, ParsedCatalog const& parsed, Catalog const& base, Instant effective_at,
                      std::string_view source);

// Called by the same transaction with the groups that changed, so that a job settles positions anew.
using GroupsChanged = std::function<void(db::Tx&, std::vector<GroupId> const&, Instant effective_at)>;

// Reads, checks and applies a file, and records the event. `effective_at`: now, if not given. `source` says in
// the version where the catalogue came from ("catalog.csv").
ImportReport import_catalog(db::Database& database, keys::Vault const& vault, std::string_view csv,
                            std::string_view source, audit::Actor const& actor, GroupsChanged const& groups_changed,
                            std::optional<Instant> effective_at = {});

}  // namespace menkyo::catalog
