#include "licenses/store.hpp"

#include <algorithm>

namespace menkyo::licenses::store {

void insert_lot(db::Tx& tx, LotId id, Deposit const& d) {
  tx.exec(
      "insert into lot (smart_account_id, lot_id, entitlement_id, license_type, quantity, starts_at, ends_at, "
      "subscription, source_kind, source_reference, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
      "$11)",
      d.smart_account_id, id, d.entitlement_id, d.license_type, d.quantity, d.starts_at, d.ends_at, d.subscription,
      d.source_kind, d.source_reference, tx.now());
}

void insert_entry(db::Tx& tx, Entry const& e) {
  tx.exec(
      "insert into ledger_entry (smart_account_id, ledger_entry_id, lot_id, effective_at, recorded_at, from_kind, "
      "from_id, "
      "to_kind, to_id, quantity, reason) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      e.smart_account_id, tx.new_id<LedgerEntryId>(), e.lot_id, e.effective_at, tx.now(), e.from.kind, e.from.id,
      e.to.kind, e.to.id, e.quantity, e.reason);
}

void move_holding(db::Tx& tx, SmartAccountId account, Holder const& holder, LotFacts const& lot, int64_t change) {
  // The operator's own side of a deposit goes below nought: it is the source of all quantity.
  tx.exec(
      "insert into holding (smart_account_id, holder_kind, holder_id, entitlement_id, lot_id, quantity, starts_at, "
      "ends_at) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (smart_account_id, holder_kind, holder_id, "
      "entitlement_id, "
      "lot_id) do update set quantity = holding.quantity + excluded.quantity",
      account, holder.kind, holder.id, lot.entitlement_id, lot.lot_id, change, lot.starts_at, lot.ends_at);
  auto const balance = tx.one<int64_t>(
      "select quantity from holding where smart_account_id = $1 and holder_kind = $2 and holder_id = $3 and "
      "entitlement_id = $4 and lot_id = $5",
      account, holder.kind, holder.id, lot.entitlement_id, lot.lot_id);
  if (*balance < 0 && holder.kind != HolderKind::operator_pool) throw std::logic_error("a holding would be negative");
  if (*balance == 0)
    tx.exec(
        "delete from holding where smart_account_id = $1 and holder_kind = $2 and holder_id = $3 and entitlement_id "
        "= $4 "
        "and lot_id = $5",
        account, holder.kind, holder.id, lot.entitlement_id, lot.lot_id);
}

std::vector<LotFacts> lots_changing(db::ReadTx& tx, SmartAccountId account, Holder const& holder,
                                    EntitlementId entitlement, Instant from, Instant to) {
  return tx.all<LotFacts>(
      "select lot_id, entitlement_id, quantity, starts_at, ends_at from holding where smart_account_id = $1 and "
      "holder_kind = $2 and holder_id = $3 and entitlement_id = $4 and ends_at >= $5 and ends_at <= $6 "
      "union select lot_id, entitlement_id, quantity, starts_at, ends_at from holding where smart_account_id = $1 "
      "and "
      "holder_kind = $2 and holder_id = $3 and entitlement_id = $4 and starts_at >= $5 and starts_at <= $6 "
      "order by 5, 1",
      account, holder.kind, holder.id, entitlement, from, to);
}

Boundaries boundaries_after(db::ReadTx& tx, SmartAccountId account, Holder const& holder, EntitlementId entitlement,
                            Instant t) {
  return *tx.one<Boundaries>(
      "select (select min(starts_at) from holding where smart_account_id = $1 and holder_kind = $2 and holder_id = "
      "$3 and "
      "entitlement_id = $4 and starts_at > $5), (select min(ends_at) from holding where smart_account_id = $1 and "
      "holder_kind = $2 and holder_id = $3 and entitlement_id = $4 and ends_at > $5)",
      account, holder.kind, holder.id, entitlement, t);
}

Ending ending_until(db::ReadTx& tx, SmartAccountId account, Holder const& holder, EntitlementId entitlement,
                    Instant until) {
  return *tx.one<Ending>(
      "select (select cast(coalesce(sum(quantity), 0) as bigint) from holding where smart_account_id = $1 and "
      "holder_kind = $2 and holder_id = $3 and entitlement_id = $4 and ends_at > $5 and ends_at <= $6 and starts_at "
      "<= $5), (select min(ends_at) from holding where smart_account_id = $1 and holder_kind = $2 and holder_id = $3 "
      "and entitlement_id = $4 and ends_at > $6)",
      account, holder.kind, holder.id, entitlement, tx.now(), until);
}

std::vector<ComplianceRow> lock_groups(db::Tx& tx, std::vector<GroupKey> const& keys) {
  struct NewRow {
    SmartAccountId a;
    VirtualAccountId v;
    EntitlementId g;
  };
  std::vector<NewRow> rows;
  for (auto const& k : keys) rows.push_back({k.smart_account_id, k.virtual_account_id, k.group_id});
  auto select = [&] {
    return tx.all_many<ComplianceRow>(
        "select c.smart_account_id, c.virtual_account_id, c.group_id, c.in_compliance, c.next_boundary_at from "
        "compliance c "
        "join {rows: a bytea, v bytea, g bytea} r on c.smart_account_id = r.a and c.virtual_account_id = r.v and "
        "c.group_id = r.g order by 1, 2, 3 {for update}",
        rows);
  };
  auto found = select();
  if (found.size() == keys.size()) return found;
  struct Guard {
    SmartAccountId a;
    VirtualAccountId v;
    EntitlementId g;
    bool c;
    Instant b, at;
  };
  std::vector<Guard> guards;
  for (auto const& k : keys)
    guards.push_back({k.smart_account_id, k.virtual_account_id, k.group_id, true, forever, tx.now()});
  tx.exec_many(
      "insert into compliance (smart_account_id, virtual_account_id, group_id, in_compliance, next_boundary_at, "
      "changed_at) "
      "select a, v, g, c, b, at from {rows: a bytea, v bytea, g bytea, c boolean, b bigint, at bigint} r where true "
      "on conflict (smart_account_id, virtual_account_id, group_id) do nothing",
      guards);
  return select();
}

std::vector<ComplianceRow> read_groups(db::ReadTx& tx, std::vector<GroupKey> const& keys) {
  return tx.all_many<ComplianceRow>(
      "select c.smart_account_id, c.virtual_account_id, c.group_id, c.in_compliance, c.next_boundary_at from "
      "compliance c "
      "join {rows: a bytea, v bytea, g bytea} r on c.smart_account_id = r.a and c.virtual_account_id = r.v and "
      "c.group_id = r.g",
      keys);
}

std::vector<PositionRow> positions(db::ReadTx& tx, std::vector<EntitlementKey> const& keys) {
  return tx.all_many<PositionRow>(
      "select p.smart_account_id, p.virtual_account_id, p.entitlement_id, p.owned, p.in_use, p.reserved, p.borrowed, "
      "p.lent, p.short, p.next_boundary_at, p.next_end_at, p.expiring, p.next_warning_at from position p join {rows: "
      "a bytea, v bytea, e bytea} r "
      "on p.smart_account_id = r.a and p.virtual_account_id = r.v and p.entitlement_id = r.e",
      keys);
}

std::vector<LoanRow> loans(db::ReadTx& tx, std::vector<EntitlementKey> const& borrowers) {
  return tx.all_many<LoanRow>(
      "select l.smart_account_id, l.virtual_account_id, l.borrower_id, l.lender_id, l.quantity from loan l "
      "join {rows: a bytea, v bytea, e bytea} r on l.smart_account_id = r.a and l.virtual_account_id = r.v and "
      "l.borrower_id = r.e",
      borrowers);
}

void put_positions(db::Tx& tx, std::vector<PositionRow> const& rows) {
  tx.exec_many(
      "insert into position (smart_account_id, virtual_account_id, entitlement_id, owned, in_use, reserved, "
      "borrowed, lent, "
      "short, next_boundary_at, next_end_at, expiring, next_warning_at) select a, v, e, o, i, s, b, l, x, n, d, f, w "
      "from {rows: a bytea, v bytea, e "
      "bytea, "
      "o bigint, i bigint, s bigint, b bigint, l bigint, x bigint, n bigint, d bigint, f bigint, w bigint} r where "
      "true "
      "on conflict (smart_account_id, virtual_account_id, entitlement_id) do update set owned = excluded.owned, "
      "in_use = excluded.in_use, reserved = excluded.reserved, borrowed = excluded.borrowed, lent = excluded.lent, "
      "short = excluded.short, next_boundary_at = excluded.next_boundary_at, next_end_at = excluded.next_end_at, "
      "expiring = excluded.expiring, next_warning_at = excluded.next_warning_at",
      rows);
}

void put_compliance(db::Tx& tx, std::vector<ComplianceRow> const& rows) {
  struct Row {
    SmartAccountId a;
    VirtualAccountId v;
    EntitlementId g;
    bool c;
    Instant b, at;
  };
  std::vector<Row> given;
  for (auto const& r : rows)
    given.push_back(
        {r.smart_account_id, r.virtual_account_id, r.group_id, r.in_compliance, r.next_boundary_at, tx.now()});
  tx.exec_many(
      "update compliance set in_compliance = r.c, next_boundary_at = r.b, changed_at = r.at from {rows: a bytea, v "
      "bytea, "
      "g bytea, c boolean, b bigint, at bigint} r where compliance.smart_account_id = r.a and "
      "compliance.virtual_account_id = r.v and compliance.group_id = r.g",
      given);
}

void delete_compliance(db::Tx& tx, GroupKey const& key) {
  tx.exec("delete from compliance where smart_account_id = $1 and virtual_account_id = $2 and group_id = $3",
          key.smart_account_id, key.virtual_account_id, key.group_id);
}

void delete_loans(db::Tx& tx, std::vector<LoanRow> const& rows) {
  struct Key {
    SmartAccountId a;
    VirtualAccountId v;
    EntitlementId b, l;
  };
  std::vector<Key> keys;
  for (auto const& r : rows) keys.push_back({r.smart_account_id, r.virtual_account_id, r.borrower_id, r.lender_id});
  tx.exec_many(
      "delete from loan where (smart_account_id, virtual_account_id, borrower_id, lender_id) in "
      "(select a, v, b, l from {rows: a bytea, v bytea, b bytea, l bytea} r)",
      keys);
}

void put_loans(db::Tx& tx, std::vector<LoanRow> const& rows) {
  tx.exec_many(
      "insert into loan (smart_account_id, virtual_account_id, borrower_id, lender_id, quantity) "
      "select a, v, b, l, q from {rows: a bytea, v bytea, b bytea, l bytea, q bigint} r where true "
      "on conflict (smart_account_id, virtual_account_id, borrower_id, lender_id) do update set quantity = "
      "excluded.quantity",
      rows);
}

void add_to_totals(db::Tx& tx, std::vector<TotalChange> const& rows) {
  tx.exec_many(
      "insert into virtual_account_total (smart_account_id, virtual_account_id, owned, in_use, borrowed, short, "
      "surplus, "
      "entitlement_count, short_entitlement_count, device_count, expiring, silent_device_count) select a, v, o, i, "
      "b, x, "
      "s, n, m, d, f, c from {rows: a bytea, v bytea, o bigint, i bigint, b bigint, x bigint, s bigint, n bigint, "
      "m bigint, d bigint, f bigint, c bigint} r where true "
      "on conflict (smart_account_id, virtual_account_id) do update set owned = virtual_account_total.owned + "
      "excluded.owned, "
      "in_use = virtual_account_total.in_use + excluded.in_use, "
      "borrowed = virtual_account_total.borrowed + excluded.borrowed, short = virtual_account_total.short + "
      "excluded.short, "
      "surplus = virtual_account_total.surplus + excluded.surplus, "
      "entitlement_count = virtual_account_total.entitlement_count + excluded.entitlement_count, "
      "short_entitlement_count = virtual_account_total.short_entitlement_count + excluded.short_entitlement_count, "
      "device_count = virtual_account_total.device_count + excluded.device_count, "
      "expiring = virtual_account_total.expiring + excluded.expiring, "
      "silent_device_count = virtual_account_total.silent_device_count + excluded.silent_device_count",
      rows);
}

std::vector<EntitlementId> groups_due(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va, Instant now) {
  return tx.all<EntitlementId>(
      "select group_id from compliance where smart_account_id = $1 and virtual_account_id = $2 and next_boundary_at "
      "<= $3 "
      "order by group_id",
      account, va, now);
}

std::optional<Instant> next_boundary(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va) {
  auto const found = *tx.one<std::optional<Instant>>(
      "select min(next_boundary_at) from compliance where smart_account_id = $1 and virtual_account_id = $2", account,
      va);
  return found == forever ? std::nullopt : found;
}

void ask_for_timer(db::Tx& tx, SmartAccountId account, VirtualAccountId va, Instant at) {
  tx.exec(
      "insert into timer (kind, smart_account_id, subject_id, due_at) values ($1, $2, $3, $4) "
      "on conflict (kind, smart_account_id, subject_id) do update set due_at = excluded.due_at "
      "where excluded.due_at < timer.due_at",
      "license_boundary", account, va, at);
}

void set_timer(db::Tx& tx, SmartAccountId account, VirtualAccountId va, std::optional<Instant> at) {
  tx.exec("delete from timer where kind = $1 and smart_account_id = $2 and subject_id = $3", "license_boundary",
          account, va);
  if (at) ask_for_timer(tx, account, va, *at);
}

std::vector<EntryRow> all_entries(db::ReadTx& tx, SmartAccountId account) {
  return tx.all<EntryRow>(
      "select lot_id, from_kind, from_id, to_kind, to_id, quantity from ledger_entry where smart_account_id = $1",
      account);
}

std::vector<HoldingRow> all_holdings(db::ReadTx& tx, SmartAccountId account) {
  return tx.all<HoldingRow>(
      "select holder_kind, holder_id, entitlement_id, lot_id, quantity, starts_at, ends_at from holding "
      "where smart_account_id = $1",
      account);
}

std::vector<LotRow> all_lots(db::ReadTx& tx, SmartAccountId account) {
  return tx.all<LotRow>("select lot_id, quantity from lot where smart_account_id = $1", account);
}

std::vector<UseRow> all_use(db::ReadTx& tx, SmartAccountId account) {
  return tx.all<UseRow>(
      "select d.virtual_account_id, u.entitlement_id, cast(sum(u.quantity) as bigint) from device_use u join device "
      "d "
      "on d.smart_account_id = u.smart_account_id and d.device_id = u.device_id where u.smart_account_id = $1 "
      "group by d.virtual_account_id, u.entitlement_id",
      account);
}

std::vector<PositionRow> all_positions(db::ReadTx& tx, SmartAccountId account) {
  return tx.all<PositionRow>(
      "select smart_account_id, virtual_account_id, entitlement_id, owned, in_use, reserved, borrowed, lent, short, "
      "next_boundary_at, next_end_at, expiring, next_warning_at from position where smart_account_id = $1",
      account);
}

std::vector<TotalChange> all_totals(db::ReadTx& tx, SmartAccountId account) {
  return tx.all<TotalChange>(
      "select smart_account_id, virtual_account_id, owned, in_use, borrowed, short, surplus, entitlement_count, "
      "short_entitlement_count, device_count, expiring, silent_device_count from virtual_account_total where "
      "smart_account_id = $1",
      account);
}

namespace {

// A range of virtual_account.path.
struct PathRange {
  std::string from, to;  // `to` is beyond the range
};

// Reads each of the subtrees that a person reaches who does not reach all.
template <class T, class F>
std::vector<T> gather(access::Reach const& reach, F&& read) {
  std::vector<T> out;
  for (auto const& prefix : reach.prefixes) {
    // A path ends in '/', which '0' follows.
    PathRange const range{prefix, prefix.substr(0, prefix.size() - 1) + "0"};
    for (auto& row : read(range)) out.push_back(std::move(row));
  }
  return out;
}

}  // namespace

#define OVERVIEW_COLUMNS                                                                                      \
  "select v.virtual_account_id, v.name, v.path, v.sort_path, coalesce(t.owned, 0), coalesce(t.in_use, 0), "   \
  "coalesce(t.borrowed, 0), coalesce(t.short, 0), coalesce(t.surplus, 0), coalesce(t.entitlement_count, 0), " \
  "coalesce(t.short_entitlement_count, 0), coalesce(t.device_count, 0), coalesce(t.expiring, 0), "            \
  "coalesce(t.silent_device_count, 0) from virtual_account v "                                                \
  "left join virtual_account_total t on t.smart_account_id = v.smart_account_id and "                         \
  "t.virtual_account_id = v.virtual_account_id "
#define AFTER_PLACE "where v.smart_account_id = $1 and v.sort_path > $2 "

namespace {

// `select` is what is read of virtual accounts v, in the order of the tree.
template <class Row>
std::vector<Row> in_tree_after(db::ReadTx& tx, std::string const& select, SmartAccountId account,
                               access::Reach const& reach, std::string const& after, int64_t limit) {
  // Of the whole account the index by tree order is read just as far as the page goes.
  if (reach.all) return tx.all<Row>(select + AFTER_PLACE "order by v.sort_path limit $3", account, after, limit);
  auto rows = gather<Row>(reach, [&](PathRange const& range) {
    return tx.all<Row>(select + AFTER_PLACE "and v.path >= $3 and v.path < $4 order by v.sort_path limit $5", account,
                       after, range.from, range.to, limit);
  });
  std::sort(rows.begin(), rows.end(), [](auto const& a, auto const& b) { return a.sort_path < b.sort_path; });
  if (int64_t(rows.size()) > limit) rows.resize(size_t(limit));
  return rows;
}

}  // namespace

std::vector<OverviewRow> overview(db::ReadTx& tx, SmartAccountId account, access::Reach const& reach,
                                  std::string const& after, int64_t limit) {
  return in_tree_after<OverviewRow>(tx, OVERVIEW_COLUMNS, account, reach, after, limit);
}

std::vector<NameInTree> names_after(db::ReadTx& tx, SmartAccountId account, access::Reach const& reach,
                                    std::string const& after, int64_t limit) {
  return in_tree_after<NameInTree>(tx, "select v.virtual_account_id, v.name, v.sort_path from virtual_account v ",
                                   account, reach, after, limit);
}

std::vector<OverviewRow> overview_of(db::ReadTx& tx, SmartAccountId account,
                                     std::vector<VirtualAccountId> const& vas) {
  struct Key {
    SmartAccountId a;
    VirtualAccountId i;
  };
  std::vector<Key> keys;
  for (auto const va : vas) keys.push_back({account, va});
  return tx.all_many<OverviewRow>(OVERVIEW_COLUMNS
                                  "join {rows: a bytea, i bytea} r on v.smart_account_id = r.a and "
                                  "v.virtual_account_id = r.i",
                                  keys);
}

#define SUM(column) "cast(coalesce(sum(t." column "), 0) as bigint), "
#define SUMS \
  "select " SUM("owned") SUM("in_use") SUM("borrowed") SUM("short") SUM("surplus") SUM("device_count")        \
      SUM("expiring") SUM("silent_device_count")                                                              \
  "cast(coalesce(sum(case when t.short_entitlement_count > 0 then 1 else 0 end), 0) as bigint) from "

Sums sums(db::ReadTx& tx, SmartAccountId account, access::Reach const& reach) {
  if (reach.all) return *tx.one<Sums>(SUMS "virtual_account_total t where t.smart_account_id = $1", account);
  Sums out;
  for (auto const& s : gather<Sums>(reach, [&](PathRange const& range) {
         return tx.all<Sums>(
             SUMS
             "virtual_account v join virtual_account_total t on t.smart_account_id = v.smart_account_id and "
             "t.virtual_account_id = v.virtual_account_id where v.smart_account_id = $1 and v.path >= $2 and v.path "
             "< $3",
             account, range.from, range.to);
       })) {
    out.owned += s.owned;
    out.in_use += s.in_use;
    out.borrowed += s.borrowed;
    out.short_quantity += s.short_quantity;
    out.surplus += s.surplus;
    out.device_count += s.device_count;
    out.expiring += s.expiring;
    out.silent_device_count += s.silent_device_count;
    out.out_of_compliance_count += s.out_of_compliance_count;
  }
  return out;
}

std::vector<GroupKey> groups_due(db::ReadTx& tx, SmartAccountId account, int64_t limit) {
  return tx.all<GroupKey>(
      "select smart_account_id, virtual_account_id, group_id from compliance where smart_account_id = $1 and "
      "next_boundary_at <= $2 order by next_boundary_at limit $3",
      account, tx.now(), limit);
}

std::vector<PathName> names_of(db::ReadTx& tx, SmartAccountId account, std::vector<std::string> const& paths) {
  struct Key {
    SmartAccountId a;
    std::string p;
  };
  std::vector<Key> keys;
  for (auto const& path : paths) keys.push_back({account, path});
  return tx.all_many<PathName>(
      "select v.path, v.name from virtual_account v join {rows: a bytea, p text} r on v.smart_account_id = r.a and "
      "v.path = r.p",
      keys);
}

std::vector<PositionRow> positions_of(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va) {
  return tx.all<PositionRow>(
      "select smart_account_id, virtual_account_id, entitlement_id, owned, in_use, reserved, borrowed, lent, short, "
      "next_boundary_at, next_end_at, expiring, next_warning_at from position where smart_account_id = $1 and "
      "virtual_account_id = $2 "
      "order by entitlement_id",
      account, va);
}

std::vector<EntitlementType> types_of(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va) {
  return tx.all<EntitlementType>(
      "select distinct h.entitlement_id, l.license_type from holding h join lot l on "
      "l.smart_account_id = h.smart_account_id and l.lot_id = h.lot_id where h.smart_account_id = $1 and "
      "h.holder_kind = 'virtual_account' and h.holder_id = $2 and h.ends_at > $3",
      account, va, tx.now());
}

std::vector<HeldLot> lots_of(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va, EntitlementId entitlement,
                             int64_t limit) {
  auto out = tx.all<HeldLot>(
      "select l.lot_id, l.license_type, h.quantity, l.starts_at, l.ends_at, l.subscription, l.source_kind, "
      "l.source_reference from holding h join lot l on l.smart_account_id = h.smart_account_id and l.lot_id = "
      "h.lot_id "
      "where h.smart_account_id = $1 and h.holder_kind = 'virtual_account' and h.holder_id = $2 and "
      "h.entitlement_id = $3 order by l.ends_at, l.lot_id limit $4",
      account, va, entitlement, limit);
  // What ended is held by nobody; the entry that ended it tells whose it was.
  auto const ended = tx.all<HeldLot>(
      "select l.lot_id, l.license_type, e.quantity, l.starts_at, l.ends_at, l.subscription, l.source_kind, "
      "l.source_reference from holding h join lot l on l.smart_account_id = h.smart_account_id and l.lot_id = "
      "h.lot_id "
      "join ledger_entry e on e.smart_account_id = h.smart_account_id and e.lot_id = h.lot_id "
      "where h.smart_account_id = $1 and h.holder_kind = 'expired' and h.entitlement_id = $3 and "
      "e.from_kind = 'virtual_account' and e.from_id = $2 and e.to_kind = 'expired' "
      "order by l.ends_at desc, l.lot_id limit $4",
      account, va, entitlement, limit - int64_t(out.size()));
  out.insert(out.end(), ended.begin(), ended.end());
  return out;
}

// A removed device uses nothing; its status is asked for so that the index by virtual account serves, in its order.
#define USING_DEVICES                                                                                               \
  "from device d join device_use u on u.smart_account_id = d.smart_account_id and u.device_id = d.device_id where " \
  "d.smart_account_id = $1 and d.virtual_account_id = $2 and d.status = 'registered' and u.entitlement_id = $3 "

std::vector<UsingDevice> devices_using(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va,
                                       EntitlementId entitlement, int64_t limit) {
  return tx.all<UsingDevice>("select d.device_id, d.display_name, d.product_id, u.quantity " USING_DEVICES
                             "order by d.sort_name, d.device_id limit $4",
                             account, va, entitlement, limit);
}

int64_t count_devices_using(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va, EntitlementId entitlement) {
  return *tx.one<int64_t>("select count(*) " USING_DEVICES, account, va, entitlement);
}

}  // namespace menkyo::licenses::store
