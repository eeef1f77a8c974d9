#pragma once
// All SQL of lots, ledger, holdings, positions and compliance.

#include "access/access.hpp"
#include "db/tx.hpp"
#include "licenses/books.hpp"
#include "licenses/ledger.hpp"

namespace menkyo::licenses::store {

// ---- ledger -------------------------------------------------------------------------------------------------------

void insert_lot(db::Tx& tx, LotId id, Deposit const& deposit);
void insert_entry(db::Tx& tx, Entry const& entry);
// Adds to (or takes from) a holder's balance; a balance of nought is deleted. Throws std::logic_error if it would be
// negative.
void move_holding(db::Tx& tx, SmartAccountId account, Holder const& holder, LotFacts const& lot, int64_t change);

// Lots of one holder that begin or end in [from, to].
std::vector<LotFacts> lots_changing(db::ReadTx& tx, SmartAccountId account, Holder const& holder,
                                    EntitlementId entitlement, Instant from, Instant to);
// The first begin or end after `t`, and the first end.
struct Boundaries {
  std::optional<Instant> next_start, next_end;
};
Boundaries boundaries_after(db::ReadTx& tx, SmartAccountId account, Holder const& holder, EntitlementId entitlement,
                            Instant t);

// What of it is in force and ends by `until`, and the first end after that.
struct Ending {
  int64_t quantity;
  std::optional<Instant> next_end;
};
Ending ending_until(db::ReadTx& tx, SmartAccountId account, Holder const& holder, EntitlementId entitlement,
                    Instant until);

// ---- positions ----------------------------------------------------------------------------------------------------

struct ComplianceRow {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  EntitlementId group_id;
  bool in_compliance;
  Instant next_boundary_at;
};
struct LoanRow {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  EntitlementId borrower_id, lender_id;
  int64_t quantity;
};
struct EntitlementKey {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  EntitlementId entitlement_id;
};

// Makes missing guard rows and locks all of them in the order of their keys.
std::vector<ComplianceRow> lock_groups(db::Tx& tx, std::vector<GroupKey> const& keys);
std::vector<ComplianceRow> read_groups(db::ReadTx& tx, std::vector<GroupKey> const& keys);
std::vector<PositionRow> positions(db::ReadTx& tx, std::vector<EntitlementKey> const& keys);
std::vector<LoanRow> loans(db::ReadTx& tx, std::vector<EntitlementKey> const& borrowers);
void put_positions(db::Tx& tx, std::vector<PositionRow> const& rows);
void put_compliance(db::Tx& tx, std::vector<ComplianceRow> const& rows);
void delete_compliance(db::Tx& tx, GroupKey const& key);
void delete_loans(db::Tx& tx, std::vector<LoanRow> const& rows);
void put_loans(db::Tx& tx, std::vector<LoanRow> const& rows);
void add_to_totals(db::Tx& tx, std::vector<TotalChange> const& rows);
// Groups of the virtual account whose boundary has come.
std::vector<EntitlementId> groups_due(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va, Instant now);
std::optional<Instant> next_boundary(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va);
// Asks for a look at the virtual account at `at`, or earlier if that is already asked for.
void ask_for_timer(db::Tx& tx, SmartAccountId account, VirtualAccountId va, Instant at);
void set_timer(db::Tx& tx, SmartAccountId account, VirtualAccountId va, std::optional<Instant> at);

// ---- everything of one account, for the checks in invariants.hpp --------------------------------------------------

struct EntryRow {
  LotId lot_id;
  HolderKind from_kind;
  std::array<uint8_t, 16> from_id;
  HolderKind to_kind;
  std::array<uint8_t, 16> to_id;
  int64_t quantity;
};
struct HoldingRow {
  HolderKind holder_kind;
  std::array<uint8_t, 16> holder_id;
  EntitlementId entitlement_id;
  LotId lot_id;
  int64_t quantity;
  Instant starts_at, ends_at;
};
struct LotRow {
  LotId lot_id;
  int64_t quantity;
};
struct UseRow {
  VirtualAccountId virtual_account_id;
  EntitlementId entitlement_id;
  int64_t quantity;
};
std::vector<EntryRow> all_entries(db::ReadTx& tx, SmartAccountId account);
std::vector<HoldingRow> all_holdings(db::ReadTx& tx, SmartAccountId account);
std::vector<LotRow> all_lots(db::ReadTx& tx, SmartAccountId account);
std::vector<UseRow> all_use(db::ReadTx& tx, SmartAccountId account);
std::vector<PositionRow> all_positions(db::ReadTx& tx, SmartAccountId account);
std::vector<TotalChange> all_totals(db::ReadTx& tx, SmartAccountId account);

// ---- pages; joins with virtual accounts and devices are for reading only ------------------------------------------

struct OverviewRow {
  VirtualAccountId virtual_account_id;
  std::string name, path, sort_path;
  int64_t owned, in_use, borrowed, short_quantity, surplus, entitlement_count, short_entitlement_count, device_count,
      expiring, silent_device_count;
};
// In the order of the tree, from after `after` on.
std::vector<OverviewRow> overview(db::ReadTx& tx, SmartAccountId account, access::Reach const& reach,
                                  std::string const& after, int64_t limit);

// The same without what it takes to say how they stand, for who looks for a name.
struct NameInTree {
  VirtualAccountId virtual_account_id;
  std::string name, sort_path;
};
std::vector<NameInTree> names_after(db::ReadTx& tx, SmartAccountId account, access::Reach const& reach,
                                    std::string const& after, int64_t limit);

// Those of these virtual accounts, in no order.
std::vector<OverviewRow> overview_of(db::ReadTx& tx, SmartAccountId account,
                                     std::vector<VirtualAccountId> const& vas);

struct Sums {
  int64_t owned = 0, in_use = 0, borrowed = 0, short_quantity = 0, surplus = 0, device_count = 0, expiring = 0,
          silent_device_count = 0, out_of_compliance_count = 0;
};
Sums sums(db::ReadTx& tx, SmartAccountId account, access::Reach const& reach);

// Groups whose boundary has come and that no job has settled yet.
std::vector<GroupKey> groups_due(db::ReadTx& tx, SmartAccountId account, int64_t limit);

struct PathName {
  std::string path, name;
};
std::vector<PathName> names_of(db::ReadTx& tx, SmartAccountId account, std::vector<std::string> const& paths);

std::vector<PositionRow> positions_of(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va);
struct EntitlementType {
  EntitlementId entitlement_id;
  LicenseType license_type;
};
// Of licenses that have not ended.
std::vector<EntitlementType> types_of(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va);

struct HeldLot {
  LotId lot_id;
  LicenseType license_type;
  int64_t quantity;  // that the virtual account has, or had until the end
  Instant starts_at, ends_at;
  std::optional<std::string> subscription;
  std::string source_kind, source_reference;
};
// Those that it holds, soonest end first, and then those that ended, latest first.
std::vector<HeldLot> lots_of(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va, EntitlementId entitlement,
                             int64_t limit);

// By name.
struct UsingDevice {
  DeviceId device_id;
  std::string display_name;
  ProductId product_id;
  int64_t quantity;
};
std::vector<UsingDevice> devices_using(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va,
                                       EntitlementId entitlement, int64_t limit);
int64_t count_devices_using(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va, EntitlementId entitlement);

}  // namespace menkyo::licenses::store
