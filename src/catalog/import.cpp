#include "catalog/import.hpp"

#include <algorithm>

#include "base/failpoint.hpp"
#include "catalog/store.hpp"

namespace menkyo::catalog {

namespace {

// What a file changes: rows that end, rows that begin, and everything as it will be.
struct Change {
  Contents gone, come, all;
  int64_t unchanged = 0;
  int64_t count() const {
    // A changed record both ends and begins; nothing ends otherwise.
    return int64_t(come.families.size() + come.products.size() + come.entitlements.size() +
                   come.substitutions.size() + come.compatibilities.size());
  }
};

// Lays `after` upon `before`, row by row with the same key; `before` is sorted by key.
template <class T, class Key>
void lay(std::vector<T> const& before, std::vector<T> after, Key key, std::vector<T>& gone, std::vector<T>& come,
         std::vector<T>& all, int64_t& unchanged) {
  std::sort(after.begin(), after.end(), [&](T const& a, T const& b) { return key(a) < key(b); });
  auto a = before.begin();
  for (auto& row : after) {
    for (; a != before.end() && key(*a) < key(row); ++a) all.push_back(*a);
    bool const known = a != before.end() && !(key(row) < key(*a));
    if (known && *a == row) {
      ++unchanged;
    } else {
      if (known) gone.push_back(*a);
      come.push_back(row);
    }
    if (known) ++a;
    all.push_back(std::move(row));
  }
  all.insert(all.end(), a, before.end());
}

Change change(Catalog const& base, Contents file) {
  Change c;
  auto const by_code = [](auto const& item) -> std::string const& { return item.code; };
  lay(
      base.families(), std::move(file.families), [](Family const& f) -> std::string const& { return f.family_code; },
      c.gone.families, c.come.families, c.all.families, c.unchanged);
  lay(base.products(), std::move(file.products), by_code, c.gone.products, c.come.products, c.all.products,
      c.unchanged);
  lay(base.entitlements(), std::move(file.entitlements), by_code, c.gone.entitlements, c.come.entitlements,
      c.all.entitlements, c.unchanged);
  lay(
      base.substitutions(), std::move(file.substitutions),
      [](Substitution const& s) { return std::pair(s.lender_id, s.borrower_id); }, c.gone.substitutions,
      c.come.substitutions, c.all.substitutions, c.unchanged);
  lay(
      base.compatibilities(), std::move(file.compatibilities), [](Compatibility const& row) { return row; },
      c.gone.compatibilities, c.come.compatibilities, c.all.compatibilities, c.unchanged);
  return c;
}

// The file's records with ids: those that the codes have, new ones for new codes.
Contents with_ids(db::Tx& tx, ParsedCatalog const& parsed, Catalog const& base) {
  std::map<std::string_view, ProductId> products;
  std::map<std::string_view, EntitlementId> entitlements;
  for (auto const& p : base.products()) products[p.code] = p.product_id;
  for (auto const& e : base.entitlements()) entitlements[e.code] = e.entitlement_id;
  Contents out{parsed.families, parsed.products, parsed.entitlements, {}, {}};
  for (size_t i = 0; i < out.products.size(); ++i) {
    auto const [at, is_new] = products.try_emplace(parsed.products[i].code);
    if (is_new) at->second = tx.new_id<ProductId>();
    out.products[i].product_id = at->second;
  }
  for (size_t i = 0; i < out.entitlements.size(); ++i) {
    auto const [at, is_new] = entitlements.try_emplace(parsed.entitlements[i].code);
    if (is_new) at->second = tx.new_id<EntitlementId>();
    out.entitlements[i].entitlement_id = at->second;
  }
  for (auto const& edge : parsed.edges)
    out.substitutions.push_back({entitlements.at(edge.lender), entitlements.at(edge.borrower), edge.priority});
  for (auto const& pair : parsed.compatibilities)
    out.compatibilities.push_back({products.at(pair.product), entitlements.at(pair.entitlement)});
  return out;
}

// How often an import begins anew because another one was quicker.
constexpr int attempts = 3;

}  // namespace

std::shared_ptr<const Catalog> load_newest(db::ReadTx& tx) {
  return load_catalog(tx, forever);
}

Applied apply_catalog(db::Tx& tx, ParsedCatalog const& parsed, Catalog const& base, Instant effective_at,
                      std::string_view source) {
  auto const newest = store::newest_version(tx).value_or(VersionRow{});
  if (newest != base.version()) throw Problem(problems::changed_meanwhile, "The catalogue has a newer version.");
  auto c = change(base, with_ids(tx, parsed, base));
  if (c.count() == 0) return {newest, 0, c.unchanged, {}};
  if (newest.version > 0 && effective_at <= newest.effective_at)
    throw Problem(problems::conflict, "The newest catalogue is for " + to_rfc3339(newest.effective_at) +
                                          "; another must come into force after it.");
  Catalog const after({newest.version + 1, effective_at, tx.now()}, std::move(c.all));
  store::close(tx, c.gone, effective_at);
  store::open(tx, c.come, effective_at);
  failpoint<"catalog.half_stored">();
  store::insert_version(tx, after.version(), source);
  return {after.version(), c.count(), c.unchanged, changed_groups(base, after)};
}

ImportReport import_catalog(db::Database& database, keys::Vault const& vault, std::string_view csv,
                            std::string_view source, audit::Actor const& actor, GroupsChanged const& groups_changed,
                            std::optional<Instant> effective_at) {
  for (int n = 1;; ++n) {
    ImportReport report;
    auto const base = database.read([](db::ReadTx& tx) { return load_newest(tx); });
    auto const parsed = parse_catalog(csv, *base, report.problems);
    if (!report.problems.empty()) return report;
    try {
      auto const applied = database.write([&](db::Tx& tx) {
        auto done = apply_catalog(tx, parsed, *base, effective_at.value_or(tx.now()), source);
        if (done.changed == 0) return done;
        if (groups_changed && !done.changed_groups.empty())
          groups_changed(tx, done.changed_groups, done.version.effective_at);
        audit::record(tx, vault,
                      {{},
                       audit::EventKind::catalog_imported,
                       actor,
                       {},
                       "catalog",
                       {},
                       {{"version", done.version.version}, {"changed", done.changed}}});
        return done;
      });
      report.taken = applied.changed;
      report.skipped = applied.unchanged;
      return report;
    } catch (Problem const& problem) {
      if (problem.kind().code != problems::changed_meanwhile.code || n == attempts) throw;
    }
  }
}

}  // namespace menkyo::catalog
