#include "catalog/catalog.hpp"

#include <algorithm>
#include <numeric>

#include "catalog/store.hpp"

namespace menkyo::catalog {

namespace {

template <class T, class Key>
auto find_by(std::vector<T> const& sorted, std::string_view code, Key key) -> T const* {
  auto const at = std::lower_bound(sorted.begin(), sorted.end(), code,
                                   [&](T const& item, std::string_view wanted) { return item.*key < wanted; });
  return at != sorted.end() && (*at).*key == code ? &*at : nullptr;
}

template <class T, class Key>
void sort_by(std::vector<T>& items, Key key) {
  std::sort(items.begin(), items.end(), [&](T const& a, T const& b) { return a.*key < b.*key; });
}

// Sets of numbers that are joined pair by pair; the smallest number names its set.
class Joined {
 public:
  explicit Joined(size_t count) : up_(count) { std::iota(up_.begin(), up_.end(), size_t(0)); }
  size_t find(size_t i) {
    while (up_[i] != i) i = up_[i] = up_[up_[i]];
    return i;
  }
  void join(size_t a, size_t b) {
    size_t const one = find(a), other = find(b);
    up_[std::max(one, other)] = std::min(one, other);
  }

 private:
  std::vector<size_t> up_;
};

}  // namespace

bool Entitlement::offers(LicenseType type) const {
  return std::find(license_types.begin(), license_types.end(), type) != license_types.end();
}

Catalog::Catalog(VersionRow version, Contents contents) : version_(version), contents_(std::move(contents)) {
  sort_by(contents_.families, &Family::family_code);
  sort_by(contents_.products, &Product::code);
  sort_by(contents_.entitlements, &Entitlement::code);
  std::sort(contents_.substitutions.begin(), contents_.substitutions.end());
  std::sort(contents_.compatibilities.begin(), contents_.compatibilities.end());
  for (size_t i = 0; i < products().size(); ++i) product_at_[products()[i].product_id] = i;
  for (size_t i = 0; i < entitlements().size(); ++i) {
    entitlement_at_[entitlements()[i].entitlement_id] = i;
    entitlement_by_tag_[entitlements()[i].tag] = i;
  }
  make_groups();
}

void Catalog::make_groups() {
  std::vector<EntitlementId> ids;
  for (auto const& e : entitlements()) ids.push_back(e.entitlement_id);
  std::sort(ids.begin(), ids.end());
  auto const place = [&](EntitlementId id) {
    return size_t(std::lower_bound(ids.begin(), ids.end(), id) - ids.begin());
  };
  Joined joined(ids.size());
  for (auto const& edge : substitutions()) joined.join(place(edge.lender_id), place(edge.borrower_id));
  // Going up the ids, the first of a group is its smallest, so groups and members come out in order.
  for (size_t i = 0; i < ids.size(); ++i) {
    size_t const root = joined.find(i);
    if (root == i) {
      group_at_[ids[i]] = groups_.size();
      groups_.push_back({ids[i], {}, {}});
    } else {
      group_at_[ids[i]] = group_at_[ids[root]];
    }
    groups_[group_at_[ids[i]]].members.push_back(ids[i]);
  }
  for (auto const& edge : substitutions()) groups_[group_at_[edge.lender_id]].edges.push_back(edge);
}

Product const* Catalog::find_product(ProductId id) const {
  auto const at = product_at_.find(id);
  return at == product_at_.end() ? nullptr : &products()[at->second];
}

Product const* Catalog::find_product(std::string_view code) const {
  return find_by(products(), code, &Product::code);
}

Entitlement const* Catalog::find_entitlement(EntitlementId id) const {
  auto const at = entitlement_at_.find(id);
  return at == entitlement_at_.end() ? nullptr : &entitlements()[at->second];
}

Entitlement const* Catalog::find_entitlement(std::string_view code) const {
  return find_by(entitlements(), code, &Entitlement::code);
}

Entitlement const* Catalog::find_entitlement_by_tag(std::string_view tag) const {
  auto const at = entitlement_by_tag_.find(tag);
  return at == entitlement_by_tag_.end() ? nullptr : &entitlements()[at->second];
}

Group const* Catalog::find_group(GroupId id) const {
  auto const* group = group_of(id);
  return group && group->group_id == id ? group : nullptr;
}

Group const* Catalog::group_of(EntitlementId id) const {
  auto const at = group_at_.find(id);
  return at == group_at_.end() ? nullptr : &groups_[at->second];
}

bool Catalog::compatible(ProductId product, EntitlementId entitlement) const {
  return std::binary_search(compatibilities().begin(), compatibilities().end(), Compatibility{product, entitlement});
}

std::vector<EntitlementId> Catalog::entitlements_of(ProductId product) const {
  std::vector<EntitlementId> out;
  auto at = std::lower_bound(compatibilities().begin(), compatibilities().end(), Compatibility{product, {}});
  for (; at != compatibilities().end() && at->product_id == product; ++at) out.push_back(at->entitlement_id);
  return out;
}

std::vector<GroupId> changed_groups(Catalog const& before, Catalog const& after) {
  auto const same = [](Catalog const& from, Catalog const& to, Group const& group) {
    auto const* other = to.find_group(group.group_id);
    return other && *other == group && std::all_of(group.members.begin(), group.members.end(), [&](EntitlementId id) {
             return from.find_entitlement(id)->must_cover() == to.find_entitlement(id)->must_cover();
           });
  };
  std::vector<GroupId> changed;
  for (auto const& group : before.groups())
    if (!same(before, after, group)) changed.push_back(group.group_id);
  for (auto const& group : after.groups())
    if (!same(after, before, group)) changed.push_back(group.group_id);
  std::sort(changed.begin(), changed.end());
  changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  return changed;
}

std::shared_ptr<const Catalog> load_catalog(db::ReadTx& tx, Instant t) {
  auto const version = store::version_at(tx, t);
  if (!version) return std::make_shared<Catalog>();
  return std::make_shared<Catalog>(*version, store::contents_at(tx, version->effective_at));
}

std::shared_ptr<const Catalog> CatalogCache::at(db::ReadTx& tx) {
  auto const version = store::version_at(tx, tx.now()).value_or(VersionRow{});
  {
    std::lock_guard lock(mutex_);
    if (latest_->version() == version) return latest_;
  }
  auto loaded = version.version == 0
                    ? std::make_shared<const Catalog>()
                    : std::make_shared<const Catalog>(version, store::contents_at(tx, version.effective_at));
  std::lock_guard lock(mutex_);
  // A reader of an older snapshot must not push out what newer ones use.
  if (loaded->version().version >= latest_->version().version) latest_ = loaded;
  return loaded;
}

}  // namespace menkyo::catalog
