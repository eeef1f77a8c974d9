#include "licenses/terms.hpp"

#include <algorithm>

namespace menkyo::licenses {

namespace {

int64_t add_bounded(int64_t a, int64_t b) {
  int64_t sum;
  if (__builtin_add_overflow(a, b, &sum)) return max_quantity;
  return std::min(sum, max_quantity);
}

bool in_force(LotTerm const& lot, Instant t) {
  return lot.starts_at <= t && t < lot.ends_at;
}

}  // namespace

int64_t owned_at(std::span<const LotTerm> lots, Instant t) {
  int64_t owned = 0;
  for (auto const& lot : lots) {
    if (in_force(lot, t)) owned = add_bounded(owned, lot.quantity);
  }
  return owned;
}

std::optional<Instant> next_boundary(std::span<const LotTerm> lots, Instant t) {
  Instant next = forever;
  for (auto const& lot : lots) {
    // A lot that is empty or never in force changes nothing.
    if (lot.quantity == 0 || lot.ends_at <= lot.starts_at) continue;
    if (lot.starts_at > t) next = std::min(next, lot.starts_at);
    if (lot.ends_at > t) next = std::min(next, lot.ends_at);
  }
  if (next == forever) return {};
  return next;
}

std::vector<Expiry> expiring_within(std::span<const LotTerm> lots, Instant t, Duration horizon) {
  int64_t until_us;
  bool const endless = __builtin_add_overflow(to_us(t), horizon.count(), &until_us);
  Instant const until = endless ? forever : from_us(until_us);
  std::vector<Expiry> found;
  for (auto const& lot : lots) {
    if (lot.quantity == 0 || lot.ends_at == forever || lot.ends_at > until || !in_force(lot, t)) continue;
    found.push_back({lot.ends_at, lot.quantity});
  }
  std::ranges::sort(found, {}, &Expiry::ends_at);
  size_t kept = 0;
  for (size_t i = 0; i < found.size(); ++i) {
    if (kept > 0 && found[kept - 1].ends_at == found[i].ends_at) {
      found[kept - 1].quantity = add_bounded(found[kept - 1].quantity, found[i].quantity);
    } else {
      found[kept++] = found[i];
    }
  }
  found.resize(kept);
  return found;
}

}  // namespace menkyo::licenses
