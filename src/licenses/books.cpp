#include "licenses/books.hpp"

#include <algorithm>
#include <stdexcept>

#include "licenses/store.hpp"

namespace menkyo::licenses {

namespace {

Holder const operator_pool{HolderKind::operator_pool, {}};
Holder const expired{HolderKind::expired, {}};

bool in_force(LotFacts const& lot, Instant t) {
  return lot.starts_at <= t && t < lot.ends_at;
}

std::optional<Instant> unless_forever(std::optional<Instant> t) {
  return t == forever ? std::nullopt : t;
}

Instant warning_before(Instant end) {
  return end == forever ? forever : end - expiring_within_period;
}

PositionRow const* find(std::vector<PositionRow> const& rows, EntitlementId id) {
  auto const at = std::lower_bound(rows.begin(), rows.end(), id,
                                   [](PositionRow const& r, EntitlementId e) { return r.entitlement_id < e; });
  return at != rows.end() && at->entitlement_id == id ? &*at : nullptr;
}

}  // namespace

Books::Books(db::Tx& tx, keys::Vault const& vault, catalog::Catalog const& catalog)
    : read_(tx), tx_(&tx), vault_(&vault), catalog_(catalog) {}
Books::Books(db::ReadTx& tx, catalog::Catalog const& catalog) : read_(tx), catalog_(catalog) {}

std::vector<GroupEntitlement> Books::facts_of(State const& s) const {
  std::vector<GroupEntitlement> facts;
  for (auto const& p : s.positions) {
    auto const* entitlement = catalog_.find_entitlement(p.entitlement_id);
    facts.push_back({p.entitlement_id, p.owned, p.in_use, entitlement && entitlement->must_cover()});
  }
  return facts;
}

// What the catalogue no longer has keeps its licenses; it stands alone and is shown by its id.
std::string Books::code_of(EntitlementId id) const {
  auto const* entitlement = catalog_.find_entitlement(id);
  return entitlement ? entitlement->code : id.text();
}

GroupKey Books::key_of(SmartAccountId account, VirtualAccountId va, EntitlementId entitlement) const {
  auto const* group = catalog_.group_of(entitlement);
  return {account, va, group ? group->group_id : entitlement};
}

void Books::load(std::vector<GroupKey> keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  std::erase_if(keys, [this](GroupKey const& k) { return states_.contains(k); });
  if (keys.empty()) return;
  std::vector<store::EntitlementKey> members;
  for (auto const& key : keys) {
    auto& s = states_[key];
    if (auto const* group = catalog_.group_of(key.group_id)) {
      s.members = group->members;
      for (auto const& e : group->edges) s.edges.push_back({e.lender_id, e.borrower_id, e.priority});
    } else {
      s.members = {key.group_id};
    }
    for (auto const m : s.members) members.push_back({key.smart_account_id, key.virtual_account_id, m});
  }
  for (auto const& c : tx_ ? store::lock_groups(*tx_, keys) : store::read_groups(read_, keys)) {
    auto& s = states_[{c.smart_account_id, c.virtual_account_id, c.group_id}];
    s.in_compliance = c.in_compliance;
    s.next_boundary_at = c.next_boundary_at;
  }
  for (auto& p : store::positions(read_, members))
    states_[key_of(p.smart_account_id, p.virtual_account_id, p.entitlement_id)].positions.push_back(p);
  for (auto const& l : store::loans(read_, members))
    states_[key_of(l.smart_account_id, l.virtual_account_id, l.borrower_id)].loans.push_back(
        {l.borrower_id, l.lender_id, l.quantity});
  for (auto const& key : keys) {
    auto& s = states_[key];
    std::sort(s.positions.begin(), s.positions.end(),
              [](auto const& a, auto const& b) { return a.entitlement_id < b.entitlement_id; });
    s.stored_positions = s.positions;
    s.stored_loans = s.loans;
    // After the hierarchy changed, positions may stand in a group whose row does not know of them yet.
    for (auto const& p : s.positions) s.next_boundary_at = std::min(s.next_boundary_at, p.next_change_at());
    if (s.next_boundary_at <= read_.now()) settle_terms(key, s);
  }
}

Books::State& Books::state(GroupKey const& key) {
  return states_.at(key);
}

PositionRow& Books::row(State& s, GroupKey const& key, EntitlementId entitlement) {
  auto const at = std::lower_bound(s.positions.begin(), s.positions.end(), entitlement,
                                   [](PositionRow const& r, EntitlementId e) { return r.entitlement_id < e; });
  if (at != s.positions.end() && at->entitlement_id == entitlement) return *at;
  return *s.positions.insert(at, PositionRow{key.smart_account_id, key.virtual_account_id, entitlement});
}

PositionRow const& Books::position(SmartAccountId account, VirtualAccountId va, EntitlementId entitlement) {
  auto const key = key_of(account, va, entitlement);
  return row(state(key), key, entitlement);
}

std::vector<PositionRow> Books::positions_of(GroupKey const& key) const {
  return states_.at(key).positions;
}
std::vector<Loan> Books::loans_of(GroupKey const& key) const {
  return states_.at(key).loans;
}

bool Books::could_cover(SmartAccountId account, VirtualAccountId va, EntitlementId entitlement, int64_t extra) {
  auto const key = key_of(account, va, entitlement);
  auto& s = state(key);
  row(s, key, entitlement);
  return licenses::could_cover(facts_of(s), s.edges, entitlement, extra);
}

void Books::change_use(SmartAccountId account, VirtualAccountId va, EntitlementId entitlement, int64_t change) {
  if (change == 0) return;
  auto const key = key_of(account, va, entitlement);
  auto& s = state(key);
  auto& p = row(s, key, entitlement);
  if (p.in_use + change < 0) throw std::logic_error("use would be negative");
  p.in_use += change;
  settle(s);
}

void Books::change_devices(SmartAccountId account, VirtualAccountId va, int64_t change, int64_t silent_change) {
  auto& c = device_changes_[{account, va}];
  c.devices += change;
  c.silent += silent_change;
}

// Terms that began or ended between the last look and now. Each change takes effect at its own instant.
void Books::settle_terms(GroupKey const& key, State& s) {
  for (auto& p : s.positions)
    if (p.next_change_at() <= read_.now()) settle_terms_of(key, p);
  s.next_boundary_at = forever;
  for (auto const& p : s.positions) s.next_boundary_at = std::min(s.next_boundary_at, p.next_change_at());
  settle(s);
}

void Books::settle_terms_of(GroupKey const& key, PositionRow& p) {
  auto const now = read_.now();
  auto const holder = held_by(key.virtual_account_id);
  auto const from = p.next_boundary_at;  // nothing changed before it
  if (from <= now)
    for (auto const& lot : store::lots_changing(read_, key.smart_account_id, holder, p.entitlement_id, from, now)) {
      // What is in force began since; what is not may have come and gone unseen.
      bool const began = in_force(lot, now);
      if (began)
        p.owned += lot.quantity;
      else if (lot.starts_at < from)
        p.owned -= lot.quantity;
      passed_.push_back({key, lot, began});
    }
  auto const soon =
      store::ending_until(read_, key.smart_account_id, holder, p.entitlement_id, now + expiring_within_period);
  p.expiring = soon.quantity;
  p.next_warning_at = warning_before(soon.next_end.value_or(forever));
  auto const next = store::boundaries_after(read_, key.smart_account_id, holder, p.entitlement_id, now);
  p.next_end_at = unless_forever(next.next_end);
  p.next_boundary_at = std::min(next.next_start.value_or(forever), next.next_end.value_or(forever));
}

void Books::settle(State& s) {
  s.touched = true;
  auto const result = settle_group(facts_of(s), s.edges);
  for (size_t i = 0; i < s.positions.size(); ++i) {
    auto& p = s.positions[i];
    auto const& r = result.positions[i];
    p.borrowed = r.borrowed;
    p.lent = r.lent;
    p.short_quantity = r.short_quantity;
  }
  s.loans = result.loans;
  s.in_compliance = result.in_compliance;
}

LotId Books::deposit(Deposit const& d) {
  auto const now = tx_->now();
  auto const key = key_of(d.smart_account_id, d.virtual_account_id, d.entitlement_id);
  auto& s = state(key);
  auto& p = row(s, key, d.entitlement_id);
  LotFacts const lot{tx_->new_id<LotId>(), d.entitlement_id, d.quantity, d.starts_at, d.ends_at};
  store::insert_lot(*tx_, lot.lot_id, d);
  auto const holder = held_by(d.virtual_account_id);
  move(*tx_, {d.smart_account_id, lot.lot_id, now, operator_pool, holder, d.quantity, "deposit"}, lot);
  if (d.ends_at <= now) {
    move(*tx_, {d.smart_account_id, lot.lot_id, d.ends_at, holder, expired, d.quantity, "term_ended"}, lot);
  } else {
    if (in_force(lot, now)) {
      if (d.quantity > max_quantity - p.owned)
        throw Problem(problems::conflict, "The pool cannot hold so many licenses.");
      p.owned += d.quantity;
      // What begins later is counted when it begins.
      if (d.ends_at <= now + expiring_within_period)
        p.expiring += d.quantity;
      else
        p.next_warning_at = std::min(p.next_warning_at, warning_before(d.ends_at));
    }
    auto const boundary = d.starts_at > now ? d.starts_at : d.ends_at;
    p.next_boundary_at = std::min(p.next_boundary_at, boundary);
    if (auto const end = unless_forever(d.ends_at)) p.next_end_at = std::min(p.next_end_at.value_or(forever), *end);
    s.next_boundary_at = std::min(s.next_boundary_at, p.next_change_at());
  }
  settle(s);
  audit::record(
      *tx_, *vault_,
      {d.smart_account_id,
       audit::EventKind::licenses_deposited,
       d.actor,
       d.virtual_account_id,
       "lot",
       lot.lot_id.bytes,
       {{"entitlement_code", code_of(d.entitlement_id)}, {"quantity", d.quantity}, {"order", d.source_reference}}});
  return lot.lot_id;
}

void Books::record_changes(GroupKey const& key, State const& s, audit::Actor const& actor) {
  for (auto const& p : s.positions) {
    auto const* before = find(s.stored_positions, p.entitlement_id);
    int64_t const was_short = before ? before->short_quantity : 0;
    if ((was_short > 0) == (p.short_quantity > 0)) continue;
    bool const lost = p.short_quantity > 0;
    audit::record(*tx_, *vault_,
                  {key.smart_account_id,
                   lost ? audit::EventKind::compliance_lost : audit::EventKind::compliance_regained,
                   actor,
                   key.virtual_account_id,
                   "entitlement",
                   p.entitlement_id.bytes,
                   {{"entitlement_code", code_of(p.entitlement_id)}, {"short", p.short_quantity}}});
  }
}

std::vector<TotalChange> Books::total_changes() const {
  std::map<std::pair<SmartAccountId, VirtualAccountId>, TotalChange> totals;
  auto const total_of = [&](SmartAccountId a, VirtualAccountId v) -> TotalChange& {
    auto& t = totals[{a, v}];
    t.smart_account_id = a;
    t.virtual_account_id = v;
    return t;
  };
  for (auto const& [key, change] : device_changes_) {
    if (change.devices == 0 && change.silent == 0) continue;
    auto& t = total_of(key.first, key.second);
    t.device_count += change.devices;
    t.silent_device_count += change.silent;
  }
  for (auto const& [key, s] : states_) {
    if (!s.touched) continue;
    for (auto const& p : s.positions) {
      auto const* before = find(s.stored_positions, p.entitlement_id);
      if (before && *before == p) continue;
      PositionRow const nothing{};
      auto const& b = before ? *before : nothing;
      auto& t = total_of(key.smart_account_id, key.virtual_account_id);
      t.owned += p.owned - b.owned;
      t.in_use += p.in_use - b.in_use;
      t.borrowed += p.borrowed - b.borrowed;
      t.short_quantity += p.short_quantity - b.short_quantity;
      t.surplus += p.surplus() - b.surplus();
      t.expiring += p.expiring - b.expiring;
      t.entitlement_count += before ? 0 : 1;
      t.short_entitlement_count += (p.short_quantity > 0) - (b.short_quantity > 0);
    }
  }
  std::vector<TotalChange> out;
  for (auto const& [key, t] : totals) out.push_back(t);
  return out;
}

void Books::store(audit::Actor const& actor) {
  auto const job = audit::Actor{audit::ActorKind::job, {}};
  std::vector<PositionRow> positions;
  std::vector<store::ComplianceRow> compliance;
  std::vector<store::LoanRow> gone_loans, new_loans;
  for (auto& [key, s] : states_) {
    if (!s.touched) continue;
    record_changes(key, s, actor);
    compliance.push_back(
        {key.smart_account_id, key.virtual_account_id, key.group_id, s.in_compliance, s.next_boundary_at});
    if (s.next_boundary_at != forever)
      store::ask_for_timer(*tx_, key.smart_account_id, key.virtual_account_id, s.next_boundary_at);
    for (auto const& p : s.positions) {
      auto const* before = find(s.stored_positions, p.entitlement_id);
      if (before && *before == p) continue;
      positions.push_back(p);
    }
    auto const account = key.smart_account_id;
    auto const va = key.virtual_account_id;
    for (auto const& l : s.stored_loans)
      if (std::none_of(s.loans.begin(), s.loans.end(),
                       [&](Loan const& x) { return x.borrower == l.borrower && x.lender == l.lender; }))
        gone_loans.push_back({account, va, l.borrower, l.lender, 0});
    for (auto const& l : s.loans)
      if (std::find(s.stored_loans.begin(), s.stored_loans.end(), l) == s.stored_loans.end())
        new_loans.push_back({account, va, l.borrower, l.lender, l.quantity});
  }
  for (auto const& passed : passed_) {
    auto const& lot = passed.lot;
    auto const holder = held_by(passed.key.virtual_account_id);
    if (!passed.began)
      move(*tx_, {passed.key.smart_account_id, lot.lot_id, lot.ends_at, holder, expired, lot.quantity, "term_ended"},
           lot);
    audit::record(*tx_, *vault_,
                  {passed.key.smart_account_id,
                   passed.began ? audit::EventKind::term_started : audit::EventKind::term_ended,
                   job,
                   passed.key.virtual_account_id,
                   "lot",
                   lot.lot_id.bytes,
                   {{"entitlement_code", code_of(lot.entitlement_id)}, {"quantity", lot.quantity}}});
  }
  store::put_positions(*tx_, positions);
  store::delete_loans(*tx_, gone_loans);
  store::put_loans(*tx_, new_loans);
  store::put_compliance(*tx_, compliance);
  store::add_to_totals(*tx_, total_changes());
}

LotId deposit(db::Tx& tx, keys::Vault const& vault, catalog::Catalog const& catalog, Deposit const& d) {
  Books books(tx, vault, catalog);
  books.load({books.key_of(d.smart_account_id, d.virtual_account_id, d.entitlement_id)});
  auto const lot = books.deposit(d);
  books.store(d.actor);
  return lot;
}

int settle_due(db::Tx& tx, keys::Vault const& vault, catalog::Catalog const& catalog, SmartAccountId account,
               VirtualAccountId va) {
  Books books(tx, vault, catalog);
  std::vector<GroupKey> keys;
  for (auto const group : store::groups_due(tx, account, va, tx.now())) {
    keys.push_back(books.key_of(account, va, group));
    // The hierarchy changed and the group goes by another name now.
    if (keys.back().group_id != group) store::delete_compliance(tx, {account, va, group});
  }
  books.load(keys);
  books.store({audit::ActorKind::job, {}});
  store::set_timer(tx, account, va, store::next_boundary(tx, account, va));
  return int(keys.size());
}

void settle_groups_again(db::Tx& tx, keys::Vault const& vault, catalog::Catalog const& catalog,
                         SmartAccountId account, VirtualAccountId va, std::vector<EntitlementId> const& present,
                         std::vector<EntitlementId> const& gone) {
  Books books(tx, vault, catalog);
  std::vector<GroupKey> keys;
  for (auto const group : present) keys.push_back({account, va, group});
  books.load(keys);
  for (auto const& key : keys) books.resettle(key);
  books.store({audit::ActorKind::job, {}});
  for (auto const group : gone) store::delete_compliance(tx, {account, va, group});
}

}  // namespace menkyo::licenses
