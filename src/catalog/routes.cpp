#include "catalog/routes.hpp"

#include <algorithm>

#include "access/access.hpp"
#include "api/page.hpp"
#include "catalog/catalog.hpp"

namespace menkyo::catalog {

using access::Access;
using access::Operator;
using access::OperatorPermission;

struct CatalogSummary {
  int64_t version = 0;
  std::optional<Instant> effective_at;  // absent while there is no catalogue
  int64_t families = 0, products = 0, entitlements = 0;
};
BOOST_DESCRIBE_STRUCT(CatalogSummary, (), (version, effective_at, families, products, entitlements))

struct CatalogQuery {
  std::optional<api::CursorText> cursor;
  std::optional<api::Limit> limit;
  std::optional<wire::Text<1, 100>> search;  // what the code or a name begins with
};
BOOST_DESCRIBE_STRUCT(CatalogQuery, (), (cursor, limit, search))

struct CatalogEntitlement {
  EntitlementId entitlement_id;
  std::string code, tag, family_code, name_en, name_ja, description_en, description_ja;
  std::vector<LicenseType> license_types;
  bool enforced = false, export_controlled = false;
  std::vector<std::string> lender_codes;  // in the order in which they are tried
  std::vector<std::string> borrower_codes;
};
BOOST_DESCRIBE_STRUCT(CatalogEntitlement, (),
                      (entitlement_id, code, tag, family_code, name_en, name_ja, description_en, description_ja,
                       license_types, enforced, export_controlled, lender_codes, borrower_codes))

struct CatalogProduct {
  ProductId product_id;
  std::string code, family_code, name_en, name_ja, description_en, description_ja;
  std::vector<std::string> entitlement_codes;
};
BOOST_DESCRIBE_STRUCT(CatalogProduct, (),
                      (product_id, code, family_code, name_en, name_ja, description_en, description_ja,
                       entitlement_codes))

using Viewer = Access<Operator, OperatorPermission::catalog_view>;

namespace {

char fold(char c) {
  return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
}

bool begins_with(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) { return fold(a) == fold(b); });
}

CatalogEntitlement show(Catalog const& catalog, Entitlement const& e) {
  CatalogEntitlement out{
      e.entitlement_id, e.code,          e.tag,      e.family_code,       e.name_en, e.name_ja, e.description_en,
      e.description_ja, e.license_types, e.enforced, e.export_controlled, {},        {}};
  std::vector<std::pair<int64_t, std::string>> lenders;
  for (auto const& edge : catalog.group_of(e.entitlement_id)->edges) {
    if (edge.borrower_id == e.entitlement_id)
      lenders.emplace_back(edge.priority, catalog.find_entitlement(edge.lender_id)->code);
    if (edge.lender_id == e.entitlement_id)
      out.borrower_codes.push_back(catalog.find_entitlement(edge.borrower_id)->code);
  }
  std::sort(lenders.begin(), lenders.end());
  for (auto& [priority, code] : lenders) out.lender_codes.push_back(std::move(code));
  std::sort(out.borrower_codes.begin(), out.borrower_codes.end());
  return out;
}

CatalogProduct show(Catalog const& catalog, Product const& p) {
  CatalogProduct out{p.product_id, p.code,           p.family_code,    p.name_en,
                     p.name_ja,    p.description_en, p.description_ja, {}};
  for (auto id : catalog.entitlements_of(p.product_id))
    out.entitlement_codes.push_back(catalog.find_entitlement(id)->code);
  std::sort(out.entitlement_codes.begin(), out.entitlement_codes.end());
  return out;
}

// The catalogue is in memory and in order of code, so a page is a walk from the cursor on.
template <class Out, class Item>
wire::Page<Out> list(std::string const& operation, Catalog const& catalog, std::vector<Item> const& items,
                     Viewer const& access, CatalogQuery const& in, api::Cursors const& cursors) {
  int64_t const limit = api::page_size(in.limit);
  std::string const search = in.search.value_or("");
  auto const scope = operation + " " + access.person_id().text() + " " + search;
  auto const after = cursors.decode(scope, in.cursor, 1);
  std::vector<Out> found;
  for (auto const& item : items) {
    if (!after.empty() && item.code <= after[0]) continue;
    if (!begins_with(item.code, search) && !begins_with(item.name_en, search) && !begins_with(item.name_ja, search))
      continue;
    found.push_back(show(catalog, item));
    if (int64_t(found.size()) > limit) break;
  }
  return api::make_page(std::move(found), limit, cursors, scope,
                        [](Out const& row) { return std::vector<std::string>{row.code}; });
}

CatalogSummary summary(db::ReadTx& tx, Viewer const&, CatalogCache& cache) {
  auto const catalog = cache.at(tx);
  CatalogSummary out{catalog->version().version,
                     {},
                     int64_t(catalog->families().size()),
                     int64_t(catalog->products().size()),
                     int64_t(catalog->entitlements().size())};
  if (out.version > 0) out.effective_at = catalog->version().effective_at;
  return out;
}

wire::Page<CatalogEntitlement> list_entitlements(db::ReadTx& tx, Viewer const& access, CatalogQuery const& in,
                                                 CatalogCache& cache, api::Cursors const& cursors) {
  auto const catalog = cache.at(tx);
  return list<CatalogEntitlement>("catalog_entitlements", *catalog, catalog->entitlements(), access, in, cursors);
}

wire::Page<CatalogProduct> list_products(db::ReadTx& tx, Viewer const& access, CatalogQuery const& in,
                                         CatalogCache& cache, api::Cursors const& cursors) {
  auto const catalog = cache.at(tx);
  return list<CatalogProduct>("catalog_products", *catalog, catalog->products(), access, in, cursors);
}

}  // namespace

std::vector<api::Route> routes() {
  using api::Method;
  using api::route;
  return {
      route<&summary>(Method::get, "/api/v1/operator/catalog/summary", "get_catalog_summary",
                      "The version of the catalogue in force, and how much it holds"),
      route<&list_entitlements>(Method::get, "/api/v1/operator/catalog/entitlements", "list_catalog_entitlements",
                                "Entitlements by code"),
      route<&list_products>(Method::get, "/api/v1/operator/catalog/products", "list_catalog_products",
                            "Products by code"),
  };
}

}  // namespace menkyo::catalog
