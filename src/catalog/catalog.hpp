#pragma once
// What can be licensed: product families, products, entitlements, which product may use which entitlement, and which
// entitlement's surplus may stand in for another. Everything is versioned with the instant from which it holds.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/services.hpp"
#include "base/enum.hpp"
#include "base/id.hpp"
#include "db/tx.hpp"

namespace menkyo::catalog {

// Kinds of term (domain reference, section 11).
MENKYO_ENUM(LicenseType, PERPETUAL, TERM, DEMO)

// A substitution group - entitlements that substitution connects - is named by the smallest id among its members.
using GroupId = EntitlementId;

// The operator's catalogue may be this large; a group is settled on every draw, so it must stay small.
inline constexpr size_t max_group_members = 100;
inline constexpr size_t max_substitution_depth = 16;

struct Family {
  std::string family_code;
  std::string name_en, name_ja;
  bool operator==(Family const&) const = default;
};

struct Product {
  ProductId product_id;
  std::string code, family_code;
  std::string name_en, name_ja, description_en, description_ja;
  bool operator==(Product const&) const = default;
};

struct Entitlement {
  EntitlementId entitlement_id;
  std::string code;
  std::string tag;  // software identification tag (ISO/IEC 19770-2), unique
  std::string family_code;
  std::string name_en, name_ja, description_en, description_ja;
  std::vector<LicenseType> license_types;  // that are offered, in the order of the enumeration
  bool enforced = false;                   // use is granted only while it can be covered
  bool export_controlled = false;          // the same, and only under a token that allows it
  bool operator==(Entitlement const&) const = default;
  bool must_cover() const { return enforced || export_controlled; }
  bool offers(LicenseType type) const;
};

// A surplus of `lender_id` may cover `borrower_id`; among the lenders of one borrower the lower priority comes first.
struct Substitution {
  EntitlementId lender_id, borrower_id;
  int64_t priority = 0;
  auto operator<=>(Substitution const&) const = default;
};

struct Compatibility {
  ProductId product_id;
  EntitlementId entitlement_id;
  auto operator<=>(Compatibility const&) const = default;
};

struct Group {
  GroupId group_id;
  std::vector<EntitlementId> members;  // by id
  std::vector<Substitution> edges;     // by lender, then borrower
  bool operator==(Group const&) const = default;
};

// Which version is in force. Version 0 is the empty catalogue of a new installation.
struct VersionRow {
  int64_t version = 0;
  Instant effective_at{};
  Instant created_at{};
  bool operator==(VersionRow const&) const = default;
};

struct Contents {
  std::vector<Family> families;  // by code, as the next two
  std::vector<Product> products;
  std::vector<Entitlement> entitlements;
  std::vector<Substitution> substitutions;     // by lender, then borrower
  std::vector<Compatibility> compatibilities;  // by product, then entitlement
};

// The whole catalogue at one version. Immutable, so it may be shared between threads. Pointers and references that it
// gives live as long as it does.
class Catalog {
 public:
  Catalog() = default;
  // Sorts; references must be complete and substitution free of cycles (see import.hpp, which makes sure).
  Catalog(VersionRow version, Contents contents);
  Catalog(Catalog const&) = delete;
  Catalog& operator=(Catalog const&) = delete;

  VersionRow const& version() const { return version_; }
  std::vector<Family> const& families() const { return contents_.families; }
  std::vector<Product> const& products() const { return contents_.products; }
  std::vector<Entitlement> const& entitlements() const { return contents_.entitlements; }
  std::vector<Substitution> const& substitutions() const { return contents_.substitutions; }
  std::vector<Compatibility> const& compatibilities() const { return contents_.compatibilities; }
  std::vector<Group> const& groups() const { return groups_; }  // by id

  // Each is null if there is no such thing in this version.
  Product const* find_product(ProductId id) const;
  Product const* find_product(std::string_view code) const;
  Entitlement const* find_entitlement(EntitlementId id) const;
  Entitlement const* find_entitlement(std::string_view code) const;
  Entitlement const* find_entitlement_by_tag(std::string_view tag) const;
  Group const* find_group(GroupId id) const;
  Group const* group_of(EntitlementId id) const;

  bool compatible(ProductId product, EntitlementId entitlement) const;
  // By id; empty for unknown products.
  std::vector<EntitlementId> entitlements_of(ProductId product) const;

 private:
  void make_groups();

  VersionRow version_;
  Contents contents_;
  std::vector<Group> groups_;
  std::unordered_map<ProductId, size_t> product_at_;
  std::unordered_map<EntitlementId, size_t> entitlement_at_, group_at_;
  std::unordered_map<std::string_view, size_t> entitlement_by_tag_;
};

// The groups, old and new, in which something that settles quantities differs: members, edges, or whether use must be
// covered. Sorted; a group that exists no more is named too, since what is stored for it must go.
std::vector<GroupId> changed_groups(Catalog const& before, Catalog const& after);

// The catalogue as it was at `t`.
std::shared_ptr<const Catalog> load_catalog(db::ReadTx& tx, Instant t);

// Keeps the catalogue in force in memory. Thread-safe.
class CatalogCache {
 public:
  // One small query unless the version changed. Not to be called by a transaction that has itself changed the
  // catalogue: what it sees is not committed yet.
  std::shared_ptr<const Catalog> at(db::ReadTx& tx);

 private:
  std::mutex mutex_;
  std::shared_ptr<const Catalog> latest_ = std::make_shared<Catalog>();
};

}  // namespace menkyo::catalog

template <>
inline constexpr bool menkyo::api::is_service<menkyo::catalog::CatalogCache> = true;
