#include "licenses/routes.hpp"

#include <algorithm>
#include <cstdio>
#include <set>

#include "access/access.hpp"
#include "api/page.hpp"
#include "base/text.hpp"
#include "licenses/store.hpp"

namespace menkyo::licenses {

using access::Access;
using access::Permission;

EntitlementName name_of(catalog::Catalog const& catalog, EntitlementId id) {
  auto const* e = catalog.find_entitlement(id);
  if (!e) return {id.text(), id.text(), id.text()};
  return {e->code, e->name_en, e->name_ja};
}

api::Response download(CsvWriter const& table, std::string_view file_name, bool truncated) {
  api::Response response{200,
                         {{"content-type", "text/csv; charset=utf-8"},
                          {"content-disposition", "attachment; filename=\"" + std::string(file_name) + "\""}},
                         table.out(),
                         {}};
  if (truncated) response.headers.emplace_back("menkyo-truncated", "true");
  return response;
}

namespace {

using Viewer = Access<access::VirtualAccount, Permission::inventory_view>;
using AccountViewer = Access<access::VirtualAccounts, Permission::inventory_view>;

MENKYO_ENUM(ComplianceFilter, in_compliance, out_of_compliance, all)

bool passes(ComplianceFilter filter, ComplianceStatus status) {
  return filter == ComplianceFilter::all ||
         (filter == ComplianceFilter::in_compliance) == (status == ComplianceStatus::in_compliance);
}

// Whether `wanted`, folded, stands anywhere in the name.
bool mentions(std::string const& name, std::string const& wanted) {
  return wanted.empty() || fold_name(name).find(wanted) != std::string::npos;
}

// ---- Overview -----------------------------------------------------------------------------------------------------

// A page looks at most at this many virtual accounts; one that found too few ends short and goes on where it stopped.
constexpr int64_t scan_limit = 20'000;
constexpr int64_t scan_step = 500;
// So many groups whose terms passed are settled by one reading; a job stores them within moments.
constexpr int64_t due_limit = 2'000;

struct VirtualAccountOverview {
  VirtualAccountId virtual_account_id;
  std::string name;
  std::vector<std::string> path_names;
  int64_t depth = 0;  // the length of path_names
  int64_t owned = 0, in_use = 0, borrowed = 0, short_ = 0, surplus = 0, expiring = 0, entitlement_count = 0,
          short_entitlement_count = 0, device_count = 0, silent_device_count = 0;
  ComplianceStatus status = ComplianceStatus::in_compliance;
};
BOOST_DESCRIBE_STRUCT(VirtualAccountOverview, (),
                      (virtual_account_id, name, path_names, depth, owned, in_use, borrowed, short_, surplus,
                       expiring, entitlement_count, short_entitlement_count, device_count, silent_device_count,
                       status))

struct OverviewTotals {
  int64_t owned = 0, in_use = 0, borrowed = 0, short_ = 0, surplus = 0, expiring = 0, device_count = 0,
          silent_device_count = 0, out_of_compliance_count = 0;
};
BOOST_DESCRIBE_STRUCT(OverviewTotals, (),
                      (owned, in_use, borrowed, short_, surplus, expiring, device_count, silent_device_count,
                       out_of_compliance_count))

struct VirtualAccountOverviewList {
  std::vector<VirtualAccountOverview> items;
  std::optional<std::string> next_cursor;
  OverviewTotals totals;
};
BOOST_DESCRIBE_STRUCT(VirtualAccountOverviewList, (), (items, next_cursor, totals))

struct OverviewQuery {
  SmartAccountId smart_account_id;
  std::optional<api::CursorText> cursor;
  std::optional<api::Limit> limit;
  std::optional<wire::Text<0, 100>> search;  // what stands in the name
  std::optional<ComplianceFilter> status;
};
BOOST_DESCRIBE_STRUCT(OverviewQuery, (), (smart_account_id, cursor, limit, search, status))

using PassedTerms = std::map<VirtualAccountId, TotalChange>;

// What the stored totals lack because terms passed since they were stored.
PassedTerms passed_since(db::ReadTx& tx, catalog::Catalog const& catalog, SmartAccountId account) {
  Books books(tx, catalog);
  std::vector<GroupKey> keys;
  for (auto const& due : store::groups_due(tx, account, due_limit))
    keys.push_back(books.key_of(account, due.virtual_account_id, due.group_id));
  books.load(keys);
  PassedTerms out;
  for (auto const& change : books.total_changes()) out[change.virtual_account_id] = change;
  return out;
}

void apply(store::OverviewRow& row, TotalChange const& c) {
  row.owned += c.owned;
  row.in_use += c.in_use;
  row.borrowed += c.borrowed;
  row.short_quantity += c.short_quantity;
  row.surplus += c.surplus;
  row.entitlement_count += c.entitlement_count;
  row.short_entitlement_count += c.short_entitlement_count;
  row.expiring += c.expiring;
}

ComplianceStatus status_of(store::OverviewRow const& row) {
  return row.short_entitlement_count > 0 ? ComplianceStatus::out_of_compliance : ComplianceStatus::in_compliance;
}

OverviewTotals totals_of(db::ReadTx& tx, AccountViewer const& access, PassedTerms const& passed) {
  auto const account = access.smart_account_id();
  auto const s = store::sums(tx, account, access.reach());
  OverviewTotals out{s.owned,
                     s.in_use,
                     s.borrowed,
                     s.short_quantity,
                     s.surplus,
                     s.expiring,
                     s.device_count,
                     s.silent_device_count,
                     s.out_of_compliance_count};
  std::vector<VirtualAccountId> changed;
  for (auto const& [va, change] : passed) changed.push_back(va);
  for (auto row : store::overview_of(tx, account, changed)) {
    if (!access.reach().covers(row.path)) continue;
    auto const& c = passed.at(row.virtual_account_id);
    bool const was_short = row.short_entitlement_count > 0;
    apply(row, c);
    out.owned += c.owned;
    out.in_use += c.in_use;
    out.borrowed += c.borrowed;
    out.short_ += c.short_quantity;
    out.surplus += c.surplus;
    out.expiring += c.expiring;
    out.out_of_compliance_count += (row.short_entitlement_count > 0) - was_short;
  }
  return out;
}

// The names from the topmost virtual account that the caller may see down to the one itself.
void name_paths(db::ReadTx& tx, AccountViewer const& access, std::vector<store::OverviewRow> const& rows,
                std::vector<VirtualAccountOverview>& items) {
  auto const ways = [&](std::string const& path) {
    std::vector<std::string> out;
    for (size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1))
      if (access.reach().covers(path.substr(0, at + 1))) out.push_back(path.substr(0, at + 1));
    return out;
  };
  std::set<std::string> wanted;
  for (auto const& row : rows)
    for (auto& way : ways(row.path)) wanted.insert(std::move(way));
  std::map<std::string, std::string> names;
  for (auto& n : store::names_of(tx, access.smart_account_id(), {wanted.begin(), wanted.end()}))
    names[n.path] = std::move(n.name);
  for (size_t i = 0; i < rows.size(); ++i) {
    for (auto const& way : ways(rows[i].path)) items[i].path_names.push_back(names[way]);
    items[i].depth = int64_t(items[i].path_names.size());
  }
}

VirtualAccountOverview show(store::OverviewRow const& r) {
  return {r.virtual_account_id,
          r.name,
          {},
          0,
          r.owned,
          r.in_use,
          r.borrowed,
          r.short_quantity,
          r.surplus,
          r.expiring,
          r.entitlement_count,
          r.short_entitlement_count,
          r.device_count,
          r.silent_device_count,
          status_of(r)};
}

// The rows of a page and where the next one begins, if there is more.
struct OverviewPage {
  std::vector<store::OverviewRow> rows;
  std::optional<VirtualAccountId> last;
};

// What the next virtual accounts of the tree have of what is wanted, and where the last of them that was looked at
// stands.
struct Stretch {
  std::vector<store::OverviewRow> rows;
  int64_t looked_at = 0;
  std::string end;
  VirtualAccountId last;
};

template <class Row>
void end_at(Stretch& stretch, std::vector<Row> const& looked_at) {
  stretch.looked_at = int64_t(looked_at.size());
  if (looked_at.empty()) return;
  stretch.end = looked_at.back().sort_path;
  stretch.last = looked_at.back().virtual_account_id;
}

Stretch stretch_after(db::ReadTx& tx, AccountViewer const& access, std::string const& wanted, std::string const& at,
                      int64_t length) {
  auto const account = access.smart_account_id();
  Stretch out;
  if (wanted.empty()) {
    out.rows = store::overview(tx, account, access.reach(), at, length);
    end_at(out, out.rows);
    return out;
  }
  auto const names = store::names_after(tx, account, access.reach(), at, length);
  end_at(out, names);
  std::vector<VirtualAccountId> found;
  for (auto const& n : names)
    if (mentions(n.name, wanted)) found.push_back(n.virtual_account_id);
  if (found.empty()) return out;
  out.rows = store::overview_of(tx, account, found);
  std::sort(out.rows.begin(), out.rows.end(), [](auto const& a, auto const& b) { return a.sort_path < b.sort_path; });
  return out;
}

OverviewPage find_rows(db::ReadTx& tx, AccountViewer const& access, OverviewQuery const& in,
                       PassedTerms const& passed, std::string at) {
  int64_t const limit = api::page_size(in.limit);
  auto const wanted = fold_name(in.search.value_or(""));
  auto const filter = in.status.value_or(ComplianceFilter::all);
  bool const plain = wanted.empty() && filter == ComplianceFilter::all;
  OverviewPage page;
  VirtualAccountId last;
  for (int64_t looked_at = 0; looked_at < scan_limit;) {
    int64_t const length = plain ? limit + 1 : scan_step;
    auto stretch = stretch_after(tx, access, wanted, at, length);
    for (auto& row : stretch.rows) {
      if (auto const c = passed.find(row.virtual_account_id); c != passed.end()) apply(row, c->second);
      if (!passes(filter, status_of(row))) continue;
      if (int64_t(page.rows.size()) == limit) {
        page.last = page.rows.back().virtual_account_id;
        return page;
      }
      page.rows.push_back(std::move(row));
    }
    if (stretch.looked_at < length) return page;
    looked_at += stretch.looked_at;
    at = stretch.end;
    last = stretch.last;
  }
  page.last = last;
  return page;
}

// Places in the tree may be long, so a cursor names the virtual account instead.
std::string place_of(db::ReadTx& tx, SmartAccountId account, std::string const& last) {
  auto const rows = store::overview_of(tx, account, {VirtualAccountId::parse(last).value_or(VirtualAccountId{})});
  if (rows.empty()) throw invalid_field("/cursor", "not_a_cursor", "does not belong to this list; begin anew");
  return rows.front().sort_path;
}

VirtualAccountOverviewList list_overview(db::ReadTx& tx, AccountViewer const& access, OverviewQuery const& in,
                                         catalog::CatalogCache& catalogs, api::Cursors const& cursors) {
  auto const account = access.smart_account_id();
  auto const scope = "overview " + access.person_id().text() + " " + account.text() + " " +
                     std::string(to_text(in.status.value_or(ComplianceFilter::all))) + " " + in.search.value_or("");
  auto const after = cursors.decode(scope, in.cursor, 1);
  auto const passed = passed_since(tx, *catalogs.at(tx), account);
  auto const page = find_rows(tx, access, in, passed, after.empty() ? "" : place_of(tx, account, after[0]));
  VirtualAccountOverviewList out;
  for (auto const& row : page.rows) out.items.push_back(show(row));
  name_paths(tx, access, page.rows, out.items);
  if (page.last) out.next_cursor = cursors.encode(scope, {page.last->text()});
  out.totals = totals_of(tx, access, passed);
  return out;
}

// ---- Licenses of one virtual account ------------------------------------------------------------------------------

struct LicensePosition {
  EntitlementId entitlement_id;
  std::string code, tag, name_en, name_ja, family_code;
  bool enforced = false, export_controlled = false;
  int64_t owned = 0, in_use = 0, reserved = 0, borrowed = 0, lent = 0, balance = 0, short_ = 0;
  std::optional<Instant> next_end_at;
  int64_t expiring = 0;
  std::vector<LicenseType> license_types;
  ComplianceStatus status = ComplianceStatus::in_compliance;
};
BOOST_DESCRIBE_STRUCT(LicensePosition, (),
                      (entitlement_id, code, tag, name_en, name_ja, family_code, enforced, export_controlled, owned,
                       in_use, reserved, borrowed, lent, balance, short_, next_end_at, expiring, license_types,
                       status))

struct LicensesFilter {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  std::optional<wire::Text<0, 100>> search;  // what stands in the code, the tag or a name
  std::optional<ComplianceFilter> status;
  std::optional<wire::Text<1, 40>> sort;
};
BOOST_DESCRIBE_STRUCT(LicensesFilter, (), (smart_account_id, virtual_account_id, search, status, sort))

struct LicensesQuery : LicensesFilter {
  std::optional<api::CursorText> cursor;
  std::optional<api::Limit> limit;
};
BOOST_DESCRIBE_STRUCT(LicensesQuery, (LicensesFilter), (cursor, limit))

struct LicenseQuery {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  EntitlementId entitlement_id;
};
BOOST_DESCRIBE_STRUCT(LicenseQuery, (), (smart_account_id, virtual_account_id, entitlement_id))

LicensePosition show(catalog::Catalog const& catalog, PositionRow const& p) {
  LicensePosition out;
  out.entitlement_id = p.entitlement_id;
  if (auto const* e = catalog.find_entitlement(p.entitlement_id)) {
    out.code = e->code;
    out.tag = e->tag;
    out.name_en = e->name_en;
    out.name_ja = e->name_ja;
    out.family_code = e->family_code;
    out.enforced = e->enforced;
    out.export_controlled = e->export_controlled;
  } else {
    out.code = out.tag = out.name_en = out.name_ja = p.entitlement_id.text();
  }
  out.owned = p.owned;
  out.in_use = p.in_use;
  out.reserved = p.reserved;
  out.borrowed = p.borrowed;
  out.lent = p.lent;
  out.balance = p.balance();
  out.short_ = p.short_quantity;
  out.next_end_at = p.next_end_at;
  out.expiring = p.expiring;
  out.status = status_of(p);
  return out;
}

// All positions of a virtual account as they are at this instant.
std::vector<LicensePosition> positions(db::ReadTx& tx, catalog::Catalog const& catalog, SmartAccountId account,
                                       VirtualAccountId va) {
  std::map<EntitlementId, PositionRow> rows;
  for (auto const& p : store::positions_of(tx, account, va)) rows[p.entitlement_id] = p;
  Books books(tx, catalog);
  std::vector<GroupKey> keys;
  for (auto const group : store::groups_due(tx, account, va, tx.now()))
    keys.push_back(books.key_of(account, va, group));
  books.load(keys);
  for (auto const& key : keys)
    for (auto const& p : books.positions_of(key)) rows[p.entitlement_id] = p;
  // Who holds licenses has a position.
  std::map<EntitlementId, LicensePosition> shown;
  for (auto const& [id, p] : rows) shown.emplace(id, show(catalog, p));
  for (auto const& t : store::types_of(tx, account, va))
    shown.at(t.entitlement_id).license_types.push_back(t.license_type);
  std::vector<LicensePosition> out;
  for (auto& [id, p] : shown) {
    std::sort(p.license_types.begin(), p.license_types.end());
    out.push_back(std::move(p));
  }
  return out;
}

// What a row is ordered by: texts that sort by their bytes.
struct LicenseSort {
  std::string word;
  bool descending;
  std::string key(LicensePosition const& p) const {
    auto const padded = [](int64_t v) {
      char text[32];
      std::snprintf(text, sizeof text, "%020lld", static_cast<long long>(v));
      return std::string(text);
    };
    if (word == "short") return padded(p.short_);
    // What never ends comes last, or first if the order is turned round.
    if (word == "next_end_at") return p.next_end_at ? padded(to_us(*p.next_end_at)) : "~";
    return sort_key(p.name_en);
  }
  bool before(std::pair<std::string, EntitlementId> const& a, std::pair<std::string, EntitlementId> const& b) const {
    return descending ? b < a : a < b;
  }
};

LicenseSort sort_of(LicensesFilter const& in) {
  std::string word = in.sort ? std::string(*in.sort) : "name";
  bool const descending = word.starts_with('-');
  if (descending) word.erase(0, 1);
  if (word != "name" && word != "short" && word != "next_end_at")
    throw invalid_field("/sort", "unknown_word", "must be name, short or next_end_at; - before it turns it round");
  return {word, descending};
}

// Filtered and in order, from after `after` on.
std::vector<LicensePosition> select(db::ReadTx& tx, catalog::Catalog const& catalog, LicensesFilter const& in,
                                    std::vector<std::string> const& after) {
  auto const sort = sort_of(in);
  auto const wanted = fold_name(in.search.value_or(""));
  auto const filter = in.status.value_or(ComplianceFilter::all);
  using Key = std::pair<std::string, EntitlementId>;
  std::optional<Key> last;
  if (!after.empty()) last = Key{after[0], EntitlementId::parse(after[1]).value_or(EntitlementId{})};
  std::vector<std::pair<Key, LicensePosition>> found;
  for (auto& p : positions(tx, catalog, in.smart_account_id, in.virtual_account_id)) {
    if (!passes(filter, p.status)) continue;
    if (!mentions(p.code, wanted) && !mentions(p.tag, wanted) && !mentions(p.name_en, wanted) &&
        !mentions(p.name_ja, wanted))
      continue;
    Key key{sort.key(p), p.entitlement_id};
    if (!last || sort.before(*last, key)) found.emplace_back(std::move(key), std::move(p));
  }
  std::sort(found.begin(), found.end(), [&](auto const& a, auto const& b) { return sort.before(a.first, b.first); });
  std::vector<LicensePosition> out;
  for (auto& [key, p] : found) out.push_back(std::move(p));
  return out;
}

wire::Page<LicensePosition> list_licenses(db::ReadTx& tx, Viewer const& access, LicensesQuery const& in,
                                          catalog::CatalogCache& catalogs, api::Cursors const& cursors) {
  int64_t const limit = api::page_size(in.limit);
  auto const scope = "licenses " + access.person_id().text() + " " + in.virtual_account_id.text() + " " +
                     std::string(to_text(in.status.value_or(ComplianceFilter::all))) + " " +
                     in.sort.value_or("name") + " " + in.search.value_or("");
  auto rows = select(tx, *catalogs.at(tx), in, cursors.decode(scope, in.cursor, 2));
  return api::make_page(std::move(rows), limit, cursors, scope, [&](LicensePosition const& p) {
    return std::vector<std::string>{sort_of(in).key(p), p.entitlement_id.text()};
  });
}

api::Response download_licenses(db::ReadTx& tx, Viewer const&, LicensesFilter const& in,
                                catalog::CatalogCache& catalogs) {
  auto rows = select(tx, *catalogs.at(tx), in, {});
  bool const more = rows.size() > size_t(download_limit);
  if (more) rows.resize(size_t(download_limit));
  CsvWriter csv;
  for (auto const* name : {"entitlement_id", "code", "tag", "name_en", "name_ja", "family_code", "enforced",
                           "export_controlled", "owned", "in_use", "reserved", "borrowed", "lent", "balance", "short",
                           "next_end_at", "expiring", "license_types", "status"})
    csv.text(name);
  csv.end_row();
  for (auto const& p : rows) {
    csv.text(p.entitlement_id.text()).text(p.code).text(p.tag).text(p.name_en).text(p.name_ja).text(p.family_code);
    csv.text(p.enforced ? "true" : "false").text(p.export_controlled ? "true" : "false");
    csv.number(p.owned).number(p.in_use).number(p.reserved).number(p.borrowed).number(p.lent).number(p.balance);
    csv.number(p.short_).text(p.next_end_at ? to_rfc3339(*p.next_end_at) : "").number(p.expiring);
    std::string types;
    for (auto const type : p.license_types) types += (types.empty() ? "" : "|") + std::string(to_text(type));
    csv.text(types).text(to_text(p.status)).end_row();
  }
  return download(csv, "licenses.csv", more);
}

// ---- One entitlement ----------------------------------------------------------------------------------------------

constexpr int64_t lots_limit = 200;
constexpr int64_t devices_limit = 50;

MENKYO_ENUM(LotStatus, ACTIVE, FUTURE, ENDED)

struct Lot {
  LotId lot_id;
  LicenseType license_type = LicenseType::PERPETUAL;
  int64_t quantity = 0;
  Instant starts_at;
  std::optional<Instant> ends_at;
  std::optional<std::string> subscription;
  std::string source_kind, source_reference;
  LotStatus status = LotStatus::ACTIVE;
};
BOOST_DESCRIBE_STRUCT(Lot, (),
                      (lot_id, license_type, quantity, starts_at, ends_at, subscription, source_kind,
                       source_reference, status))

namespace shown {
struct Loan {
  std::string borrower_code, borrower_name_en, borrower_name_ja, lender_code, lender_name_en, lender_name_ja;
  int64_t quantity = 0;
};
BOOST_DESCRIBE_STRUCT(Loan, (),
                      (borrower_code, borrower_name_en, borrower_name_ja, lender_code, lender_name_en, lender_name_ja,
                       quantity))
}  // namespace shown

struct PositionDevice {
  DeviceId device_id;
  std::string display_name, product_name_en, product_name_ja;
  int64_t quantity = 0;
};
BOOST_DESCRIBE_STRUCT(PositionDevice, (), (device_id, display_name, product_name_en, product_name_ja, quantity))

struct LicensePositionDetail {
  LicensePosition position;
  std::vector<Lot> lots;
  std::vector<shown::Loan> loans;
  std::vector<PositionDevice> devices;
  int64_t device_count = 0;
};
BOOST_DESCRIBE_STRUCT(LicensePositionDetail, (), (position, lots, loans, devices, device_count))

Lot show(store::HeldLot const& l, Instant now) {
  Lot out{l.lot_id,       l.license_type, l.quantity,         l.starts_at, {},
          l.subscription, l.source_kind,  l.source_reference, {}};
  if (l.ends_at != forever) out.ends_at = l.ends_at;
  out.status = l.ends_at <= now ? LotStatus::ENDED : l.starts_at > now ? LotStatus::FUTURE : LotStatus::ACTIVE;
  return out;
}

PositionDevice show(catalog::Catalog const& catalog, store::UsingDevice const& d) {
  auto const* product = catalog.find_product(d.product_id);
  return {d.device_id, d.display_name, product ? product->name_en : d.product_id.text(),
          product ? product->name_ja : d.product_id.text(), d.quantity};
}

std::vector<shown::Loan> loans_of(db::ReadTx& tx, catalog::Catalog const& catalog, LicenseQuery const& in) {
  Books books(tx, catalog);
  auto const key = books.key_of(in.smart_account_id, in.virtual_account_id, in.entitlement_id);
  books.load({key});
  std::vector<shown::Loan> out;
  for (auto const& loan : books.loans_of(key)) {
    if (loan.borrower != in.entitlement_id && loan.lender != in.entitlement_id) continue;
    auto const borrower = name_of(catalog, loan.borrower), lender = name_of(catalog, loan.lender);
    out.push_back({borrower.code, borrower.name_en, borrower.name_ja, lender.code, lender.name_en, lender.name_ja,
                   loan.quantity});
  }
  return out;
}

LicensePositionDetail get_license(db::ReadTx& tx, Viewer const&, LicenseQuery const& in,
                                  catalog::CatalogCache& catalogs) {
  auto const catalog = catalogs.at(tx);
  auto all = positions(tx, *catalog, in.smart_account_id, in.virtual_account_id);
  auto const found =
      std::find_if(all.begin(), all.end(), [&](auto const& p) { return p.entitlement_id == in.entitlement_id; });
  if (found == all.end()) throw Problem(problems::not_found);
  LicensePositionDetail out;
  out.position = std::move(*found);
  for (auto const& lot :
       store::lots_of(tx, in.smart_account_id, in.virtual_account_id, in.entitlement_id, lots_limit))
    out.lots.push_back(show(lot, tx.now()));
  out.loans = loans_of(tx, *catalog, in);
  for (auto const& device :
       store::devices_using(tx, in.smart_account_id, in.virtual_account_id, in.entitlement_id, devices_limit))
    out.devices.push_back(show(*catalog, device));
  out.device_count = store::count_devices_using(tx, in.smart_account_id, in.virtual_account_id, in.entitlement_id);
  return out;
}

}  // namespace

std::vector<api::Route> routes() {
  using enum api::Method;
  using api::route;
  std::string const account = "/api/v1/smart_accounts/{smart_account_id}";
  std::string const place = account + "/virtual_accounts/{virtual_account_id}";
  std::vector<api::Route> out{
      route<&list_overview>(get, account + "/overview", "list_overview", "How it stands with each virtual account"),
      route<&list_licenses>(get, place + "/licenses", "list_licenses", "Licenses of a virtual account"),
      route<&download_licenses>(get, place + "/licenses.csv", "download_licenses",
                                "Licenses of a virtual account as a table"),
      route<&get_license>(get, place + "/licenses/{entitlement_id}", "get_license",
                          "One entitlement in a virtual account: lots, loans and devices"),
  };
  for (auto& r : out)
    if (r.operation_id == "download_licenses") r.answer_type = "text/csv";
  return out;
}

}  // namespace menkyo::licenses
