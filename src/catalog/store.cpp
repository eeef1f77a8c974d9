#include "catalog/store.hpp"

namespace menkyo::catalog::store {

namespace {

// The list of license types as it is kept: "PERPETUAL,TERM".
std::string join(std::vector<LicenseType> const& types) {
  std::string out;
  for (auto type : types) out += (out.empty() ? "" : ",") + std::string(to_text(type));
  return out;
}

std::vector<LicenseType> split(std::string_view text) {
  std::vector<LicenseType> out;
  while (!text.empty()) {
    auto const end = std::min(text.find(','), text.size());
    if (!from_text(text.substr(0, end), out.emplace_back()))
      throw db::ColumnMismatch("entitlement.license_types holds an unknown word");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

struct EntitlementRow {
  EntitlementId entitlement_id;
  std::string code, tag, family_code, name_en, name_ja, description_en, description_ja, license_types;
  bool enforced, export_controlled;
};

struct FamilyIn {
  std::string_view family_code, name_en, name_ja;
  Instant effective_from, effective_to;
};
struct ProductIn {
  ProductId product_id;
  Instant effective_from, effective_to;
  std::string_view code, family_code, name_en, name_ja, description_en, description_ja;
};
struct EntitlementIn {
  EntitlementId entitlement_id;
  Instant effective_from, effective_to;
  std::string_view code, tag, family_code, name_en, name_ja, description_en, description_ja;
  std::string license_types;
  bool enforced, export_controlled;
};
struct SubstitutionIn {
  EntitlementId lender_id, borrower_id;
  Instant effective_from, effective_to;
  int64_t priority;
};
struct CompatibilityIn {
  ProductId product_id;
  EntitlementId entitlement_id;
  Instant effective_from, effective_to;
};

// What a row is closed by: its key, the end it gets, and the end it has.
template <class... Key>
struct Closing;
template <class A>
struct Closing<A> {
  A a;
  Instant effective_to, open_to = forever;
};
template <class A, class B>
struct Closing<A, B> {
  A a;
  B b;
  Instant effective_to, open_to = forever;
};

template <class Out, class In, class F>
std::vector<Out> map(std::vector<In> const& rows, F&& f) {
  std::vector<Out> out;
  for (auto const& row : rows) out.push_back(f(row));
  return out;
}

}  // namespace

std::optional<VersionRow> version_at(db::ReadTx& tx, Instant t) {
  return tx.one<VersionRow>(
      "select version, effective_at, created_at from catalog_version where effective_at <= $1 "
      "order by version desc limit 1",
      t);
}

std::optional<VersionRow> newest_version(db::Tx& tx) {
  return tx.one<VersionRow>(
      "select version, effective_at, created_at from catalog_version order by version desc limit 1 {for update}");
}

Contents contents_at(db::ReadTx& tx, Instant t) {
  Contents out;
  out.families = tx.all<Family>(
      "select family_code, name_en, name_ja from product_family where effective_from <= $1 and effective_to > $1", t);
  out.products = tx.all<Product>(
      "select product_id, code, family_code, name_en, name_ja, description_en, description_ja from product "
      "where effective_from <= $1 and effective_to > $1",
      t);
  tx.each<EntitlementRow>(
      "select entitlement_id, code, tag, family_code, name_en, name_ja, description_en, description_ja, "
      "license_types, "
      "enforced, export_controlled from entitlement where effective_from <= $1 and effective_to > $1",
      [&](EntitlementRow&& r) {
        out.entitlements.push_back({r.entitlement_id, std::move(r.code), std::move(r.tag), std::move(r.family_code),
                                    std::move(r.name_en), std::move(r.name_ja), std::move(r.description_en),
                                    std::move(r.description_ja), split(r.license_types), r.enforced,
                                    r.export_controlled});
      },
      t);
  out.substitutions = tx.all<Substitution>(
      "select lender_id, borrower_id, priority from substitution where effective_from <= $1 and effective_to > $1",
      t);
  out.compatibilities = tx.all<Compatibility>(
      "select product_id, entitlement_id from compatibility where effective_from <= $1 and effective_to > $1", t);
  return out;
}

void insert_version(db::Tx& tx, VersionRow const& version, std::string_view source) {
  tx.exec("insert into catalog_version (version, effective_at, created_at, source) values ($1, $2, $3, $4)",
          version.version, version.effective_at, version.created_at, source);
}

void open(db::Tx& tx, Contents const& rows, Instant t) {
  tx.exec_many(
      "insert into product_family (family_code, name_en, name_ja, effective_from, effective_to) "
      "select family_code, name_en, name_ja, effective_from, effective_to from {rows: family_code text, name_en "
      "text, "
      "name_ja text, effective_from bigint, effective_to bigint} r",
      map<FamilyIn>(rows.families, [&](Family const& f) {
        return FamilyIn{f.family_code, f.name_en, f.name_ja, t, forever};
      }));
  tx.exec_many(
      "insert into product (product_id, effective_from, effective_to, code, family_code, name_en, name_ja, "
      "description_en, description_ja) select product_id, effective_from, effective_to, code, family_code, name_en, "
      "name_ja, description_en, description_ja from {rows: product_id bytea, effective_from bigint, effective_to "
      "bigint, "
      "code text, family_code text, name_en text, name_ja text, description_en text, description_ja text} r",
      map<ProductIn>(rows.products, [&](Product const& p) {
        return ProductIn{p.product_id, t,         forever,          p.code,          p.family_code,
                         p.name_en,    p.name_ja, p.description_en, p.description_ja};
      }));
  tx.exec_many(
      "insert into entitlement (entitlement_id, effective_from, effective_to, code, tag, family_code, name_en, "
      "name_ja, "
      "description_en, description_ja, license_types, enforced, export_controlled) select entitlement_id, "
      "effective_from, effective_to, code, tag, family_code, name_en, name_ja, description_en, description_ja, "
      "license_types, enforced, export_controlled from {rows: entitlement_id bytea, effective_from bigint, "
      "effective_to "
      "bigint, code text, tag text, family_code text, name_en text, name_ja text, description_en text, "
      "description_ja "
      "text, license_types text, enforced boolean, export_controlled boolean} r",
      map<EntitlementIn>(rows.entitlements, [&](Entitlement const& e) {
        return EntitlementIn{e.entitlement_id,
                             t,
                             forever,
                             e.code,
                             e.tag,
                             e.family_code,
                             e.name_en,
                             e.name_ja,
                             e.description_en,
                             e.description_ja,
                             join(e.license_types),
                             e.enforced,
                             e.export_controlled};
      }));
  tx.exec_many(
      "insert into substitution (lender_id, borrower_id, effective_from, effective_to, priority) select lender_id, "
      "borrower_id, effective_from, effective_to, priority from {rows: lender_id bytea, borrower_id bytea, "
      "effective_from bigint, effective_to bigint, priority bigint} r",
      map<SubstitutionIn>(rows.substitutions, [&](Substitution const& s) {
        return SubstitutionIn{s.lender_id, s.borrower_id, t, forever, s.priority};
      }));
  tx.exec_many(
      "insert into compatibility (product_id, entitlement_id, effective_from, effective_to) select product_id, "
      "entitlement_id, effective_from, effective_to from {rows: product_id bytea, entitlement_id bytea, "
      "effective_from "
      "bigint, effective_to bigint} r",
      map<CompatibilityIn>(rows.compatibilities, [&](Compatibility const& c) {
        return CompatibilityIn{c.product_id, c.entitlement_id, t, forever};
      }));
}

void close(db::Tx& tx, Contents const& rows, Instant t) {
  tx.exec_many(
      "update product_family set effective_to = r.ends_at from {rows: code text, ends_at bigint, open_to bigint} r "
      "where "
      "product_family.family_code = r.code and product_family.effective_to = r.open_to",
      map<Closing<std::string_view>>(rows.families, [&](Family const& f) {
        return Closing<std::string_view>{f.family_code, t};
      }));
  tx.exec_many(
      "update product set effective_to = r.ends_at from {rows: id bytea, ends_at bigint, open_to bigint} r where "
      "product.product_id = r.id and product.effective_to = r.open_to",
      map<Closing<ProductId>>(rows.products, [&](Product const& p) {
        return Closing<ProductId>{p.product_id, t};
      }));
  tx.exec_many(
      "update entitlement set effective_to = r.ends_at from {rows: id bytea, ends_at bigint, open_to bigint} r where "
      "entitlement.entitlement_id = r.id and entitlement.effective_to = r.open_to",
      map<Closing<EntitlementId>>(rows.entitlements, [&](Entitlement const& e) {
        return Closing<EntitlementId>{e.entitlement_id, t};
      }));
  using Edge = Closing<EntitlementId, EntitlementId>;
  tx.exec_many(
      "update substitution set effective_to = r.ends_at from {rows: lender bytea, borrower bytea, ends_at bigint, "
      "open_to "
      "bigint} r where substitution.lender_id = r.lender and substitution.borrower_id = r.borrower and "
      "substitution.effective_to = r.open_to",
      map<Edge>(rows.substitutions, [&](Substitution const& s) {
        return Edge{s.lender_id, s.borrower_id, t};
      }));
  using Pair = Closing<ProductId, EntitlementId>;
  tx.exec_many(
      "update compatibility set effective_to = r.ends_at from {rows: product bytea, entitlement bytea, ends_at "
      "bigint, "
      "open_to bigint} r where compatibility.product_id = r.product and compatibility.entitlement_id = r.entitlement "
      "and "
      "compatibility.effective_to = r.open_to",
      map<Pair>(rows.compatibilities, [&](Compatibility const& c) {
        return Pair{c.product_id, c.entitlement_id, t};
      }));
}

std::vector<PositionKey> positions_after(db::ReadTx& tx, PositionKey const& after, int64_t limit) {
  return tx.all<PositionKey>(
      "select smart_account_id, virtual_account_id, entitlement_id from position where (smart_account_id, "
      "virtual_account_id, entitlement_id) > ($1, $2, $3) order by smart_account_id, virtual_account_id, "
      "entitlement_id "
      "limit $4",
      after.smart_account_id, after.virtual_account_id, after.entitlement_id, limit);
}

}  // namespace menkyo::catalog::store
