#pragma once
// The stored positions of substitution groups, as one transaction sees and changes them. Load all that the work
// touches, change it in memory, store it once: the same steps for one request and for a batch.
//
// A position is what one virtual account has of one entitlement; the compliance row of its group guards it. Whatever
// begins or ends by the transaction's time is settled while loading, so nothing ever decides on a passed term.

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "audit/audit.hpp"
#include "catalog/catalog.hpp"
#include "licenses/compliance.hpp"
#include "licenses/ledger.hpp"

namespace menkyo::licenses {

// What ends within this time is shown as expiring.
inline constexpr Duration expiring_within_period = std::chrono::days(90);

struct GroupKey {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  EntitlementId group_id;
  auto operator<=>(GroupKey const&) const = default;
};

struct PositionRow {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  EntitlementId entitlement_id;
  int64_t owned = 0, in_use = 0, reserved = 0, borrowed = 0, lent = 0;
  int64_t short_quantity = 0;
  Instant next_boundary_at = forever;
  std::optional<Instant> next_end_at;
  int64_t expiring = 0;               // of those owned: what ends within expiring_within_period
  Instant next_warning_at = forever;  // when more will be expiring

  Instant next_change_at() const { return std::min(next_boundary_at, next_warning_at); }
  int64_t balance() const { return owned + borrowed - lent - in_use; }
  int64_t surplus() const { return std::max<int64_t>(0, balance()); }
  bool operator==(PositionRow const&) const = default;
};

// What a change of positions adds to the stored total of a virtual account.
struct TotalChange {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  int64_t owned = 0, in_use = 0, borrowed = 0, short_quantity = 0, surplus = 0, entitlement_count = 0,
          short_entitlement_count = 0, device_count = 0, expiring = 0, silent_device_count = 0;
};

class Books {
 public:
  // For writing: `load` locks. All arguments must outlive the books.
  Books(db::Tx& tx, keys::Vault const& vault, catalog::Catalog const& catalog);
  // For reading: nothing can be stored, and passed terms are settled in memory only.
  Books(db::ReadTx& tx, catalog::Catalog const& catalog);

  // May be called several times, but in one call everything that shares a lock order.
  void load(std::vector<GroupKey> keys);
  GroupKey key_of(SmartAccountId account, VirtualAccountId va, EntitlementId entitlement) const;

  // All of the following are about loaded groups.
  PositionRow const& position(SmartAccountId account, VirtualAccountId va, EntitlementId entitlement);
  std::vector<PositionRow> positions_of(GroupKey const& key) const;
  // What stands in for `borrower` and what `lender` lends out.
  std::vector<Loan> loans_of(GroupKey const& key) const;
  // Whether `extra` more use could be covered where it must be; see compliance.hpp.
  bool could_cover(SmartAccountId account, VirtualAccountId va, EntitlementId entitlement, int64_t extra);
  // Changes use by `change`; the result may not be negative.
  void change_use(SmartAccountId account, VirtualAccountId va, EntitlementId entitlement, int64_t change);
  // Registered devices, and those of them that are counted as silent.
  void change_devices(SmartAccountId account, VirtualAccountId va, int64_t change, int64_t silent_change = 0);
  LotId deposit(Deposit const& deposit);
  // Calculates a group anew although nothing of it changed but the hierarchy.
  void resettle(GroupKey const& key) { settle(state(key)); }

  // What loading and changing added to the stored totals of virtual accounts.
  std::vector<TotalChange> total_changes() const;

  // Writes what changed, with an event for each entitlement that became short or is no longer, and sees to it that
  // the next boundary is looked at in time. Call once, last.
  void store(audit::Actor const& actor);

 private:
  struct State {
    std::vector<EntitlementId> members;
    std::vector<SubstitutionEdge> edges;
    bool in_compliance = true;
    Instant next_boundary_at = forever;
    std::vector<PositionRow> positions, stored_positions;  // by entitlement id
    std::vector<Loan> loans, stored_loans;
    bool touched = false;
  };
  struct PassedTerm {
    GroupKey key;
    LotFacts lot;
    bool began;
  };
  struct DeviceChange {
    int64_t devices = 0, silent = 0;
  };

  State& state(GroupKey const& key);
  std::vector<GroupEntitlement> facts_of(State const& state) const;
  std::string code_of(EntitlementId entitlement) const;
  PositionRow& row(State& state, GroupKey const& key, EntitlementId entitlement);
  void settle_terms(GroupKey const& key, State& state);
  void settle_terms_of(GroupKey const& key, PositionRow& row);
  void settle(State& state);
  void record_changes(GroupKey const& key, State const& state, audit::Actor const& actor);

  db::ReadTx& read_;
  db::Tx* tx_ = nullptr;
  keys::Vault const* vault_ = nullptr;
  catalog::Catalog const& catalog_;
  std::map<GroupKey, State> states_;
  std::vector<PassedTerm> passed_;
  std::map<std::pair<SmartAccountId, VirtualAccountId>, DeviceChange> device_changes_;
};

// Puts one lot into a virtual account and stores everything that follows from it.
LotId deposit(db::Tx& tx, keys::Vault const& vault, catalog::Catalog const& catalog, Deposit const& deposit);

// Settles what is due in one virtual account and sets its timer anew. Returns the number of groups settled.
int settle_due(db::Tx& tx, keys::Vault const& vault, catalog::Catalog const& catalog, SmartAccountId account,
               VirtualAccountId va);

// Settles groups of one virtual account under the present hierarchy, after the catalogue changed, and forgets those
// that are gone. Safe to repeat.
void settle_groups_again(db::Tx& tx, keys::Vault const& vault, catalog::Catalog const& catalog,
                         SmartAccountId account, VirtualAccountId va, std::vector<EntitlementId> const& present,
                         std::vector<EntitlementId> const& gone);

}  // namespace menkyo::licenses
