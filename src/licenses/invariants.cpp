#include "licenses/invariants.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

#include "licenses/store.hpp"

namespace menkyo::licenses {

namespace {

using Broken = std::vector<std::string>;

void check_ledger(db::ReadTx& tx, SmartAccountId account, Broken& broken) {
  std::map<std::pair<LotId, std::pair<HolderKind, std::array<uint8_t, 16>>>, int64_t> balance;
  for (auto const& e : store::all_entries(tx, account)) {
    if (e.quantity <= 0) broken.push_back("an entry of lot " + e.lot_id.text() + " moves nothing");
    balance[{e.lot_id, {e.from_kind, e.from_id}}] -= e.quantity;
    balance[{e.lot_id, {e.to_kind, e.to_id}}] += e.quantity;
  }
  std::map<LotId, int64_t> held;
  for (auto const& h : store::all_holdings(tx, account)) {
    auto const at = balance.find({h.lot_id, {h.holder_kind, h.holder_id}});
    if (at == balance.end() || at->second != h.quantity)
      broken.push_back("a holding of lot " + h.lot_id.text() + " is not what its entries give");
    if (at != balance.end()) at->second = 0;
    if (h.holder_kind == HolderKind::operator_pool) continue;
    held[h.lot_id] += h.quantity;
    if (h.quantity < 0) broken.push_back("a holding of lot " + h.lot_id.text() + " is below nought");
  }
  for (auto const& [key, left] : balance)
    if (left != 0) broken.push_back("entries of lot " + key.first.text() + " give a holding that is not stored");
  for (auto const& lot : store::all_lots(tx, account))
    if (held[lot.lot_id] != lot.quantity)
      broken.push_back("the holders of lot " + lot.lot_id.text() + " have another sum than was deposited");
}

struct Expected {
  int64_t owned = 0, in_use = 0, expiring = 0;
};
using ExpectedPositions = std::map<std::pair<VirtualAccountId, EntitlementId>, Expected>;

ExpectedPositions expected_positions(db::ReadTx& tx, SmartAccountId account) {
  ExpectedPositions expected;
  for (auto const& h : store::all_holdings(tx, account)) {
    if (h.holder_kind != HolderKind::virtual_account) continue;
    auto& e = expected[{VirtualAccountId{h.holder_id}, h.entitlement_id}];
    if (tx.now() < h.starts_at || h.ends_at <= tx.now()) continue;
    e.owned += h.quantity;
    if (h.ends_at <= tx.now() + expiring_within_period) e.expiring += h.quantity;
  }
  for (auto const& u : store::all_use(tx, account))
    expected[{u.virtual_account_id, u.entitlement_id}].in_use += u.quantity;
  return expected;
}

std::string numbers(int64_t owned, int64_t in_use, int64_t borrowed, int64_t lent, int64_t short_quantity) {
  return std::to_string(owned) + "/" + std::to_string(in_use) + "/" + std::to_string(borrowed) + "/" +
         std::to_string(lent) + "/" + std::to_string(short_quantity);
}

// Throws std::invalid_argument if the rows are so wrong that nothing can be calculated from them.
void check_group(db::ReadTx& tx, catalog::Catalog const& catalog, GroupKey const& key,
                 ExpectedPositions const& expected, Broken& broken) {
  Books books(tx, catalog);
  books.load({key});
  std::vector<GroupEntitlement> facts;
  std::vector<SubstitutionEdge> edges;
  // Only those of this virtual account: an account may have ten thousand of them.
  for (auto from = expected.lower_bound({key.virtual_account_id, {}}); from != expected.end(); ++from) {
    auto const& [at, e] = *from;
    if (at.first != key.virtual_account_id) break;
    if (books.key_of(key.smart_account_id, at.first, at.second) != key) continue;
    auto const* entitlement = catalog.find_entitlement(at.second);
    facts.push_back({at.second, e.owned, e.in_use, entitlement && entitlement->must_cover()});
  }
  if (auto const* group = catalog.group_of(key.group_id))
    for (auto const& e : group->edges) edges.push_back({e.lender_id, e.borrower_id, e.priority});
  auto const result = settle_group(facts, edges);
  std::map<EntitlementId, PositionRow> present;
  for (auto const& p : books.positions_of(key)) present[p.entitlement_id] = p;
  for (auto const& r : result.positions) {
    auto const& p = present[r.entitlement_id];
    auto const stored = numbers(p.owned, p.in_use, p.borrowed, p.lent, p.short_quantity);
    auto const wanted = numbers(r.owned, r.in_use, r.borrowed, r.lent, r.short_quantity);
    if (stored != wanted)
      broken.push_back("the position of " + r.entitlement_id.text() + " in " + key.virtual_account_id.text() +
                       " is owned/in use/borrowed/lent/short " + stored + ", but should be " + wanted);
    if (auto const expiring = expected.at({key.virtual_account_id, r.entitlement_id}).expiring;
        p.expiring != expiring)
      broken.push_back("the position of " + r.entitlement_id.text() + " in " + key.virtual_account_id.text() +
                       " says " + std::to_string(p.expiring) + " expiring, but should say " +
                       std::to_string(expiring));
  }
  auto loans = books.loans_of(key);
  std::sort(loans.begin(), loans.end(), [](Loan const& a, Loan const& b) {
    return std::pair(a.borrower, a.lender) < std::pair(b.borrower, b.lender);
  });
  if (loans != result.loans)
    broken.push_back("the loans in " + key.virtual_account_id.text() + " are not as calculated");
}

void check_positions(db::ReadTx& tx, catalog::Catalog const& catalog, SmartAccountId account, Broken& broken) {
  auto expected = expected_positions(tx, account);
  for (auto const& p : store::all_positions(tx, account)) expected[{p.virtual_account_id, p.entitlement_id}];
  Books const names(tx, catalog);
  std::set<GroupKey> keys;
  for (auto const& [at, e] : expected) keys.insert(names.key_of(account, at.first, at.second));
  for (auto const& key : keys) {
    try {
      check_group(tx, catalog, key, expected, broken);
    } catch (std::invalid_argument const& reason) {
      broken.push_back("the positions of " + key.group_id.text() + " in " + key.virtual_account_id.text() +
                       " cannot be calculated: " + reason.what());
    }
  }
}

void check_totals(db::ReadTx& tx, SmartAccountId account, Broken& broken) {
  std::map<VirtualAccountId, TotalChange> totals;
  for (auto const& p : store::all_positions(tx, account)) {
    auto& t = totals[p.virtual_account_id];
    t.expiring += p.expiring;
    t.owned += p.owned;
    t.in_use += p.in_use;
    t.borrowed += p.borrowed;
    t.short_quantity += p.short_quantity;
    t.surplus += p.surplus();
    t.entitlement_count += 1;
    t.short_entitlement_count += p.short_quantity > 0;
  }
  for (auto const& t : store::all_totals(tx, account)) {
    auto const& e = totals[t.virtual_account_id];
    if (t.owned != e.owned || t.in_use != e.in_use || t.borrowed != e.borrowed ||
        t.short_quantity != e.short_quantity || t.surplus != e.surplus || t.expiring != e.expiring ||
        t.entitlement_count != e.entitlement_count || t.short_entitlement_count != e.short_entitlement_count)
      broken.push_back("the stored total of " + t.virtual_account_id.text() + " is not the sum of its positions");
    totals.erase(t.virtual_account_id);
  }
  for (auto const& [va, t] : totals) broken.push_back("the total of " + va.text() + " is not stored");
}

}  // namespace

std::vector<std::string> broken_invariants(db::ReadTx& tx, catalog::Catalog const& catalog, SmartAccountId account) {
  Broken broken;
  check_ledger(tx, account, broken);
  check_positions(tx, catalog, account, broken);
  check_totals(tx, account, broken);
  return broken;
}

}  // namespace menkyo::licenses
