#pragma once
// What is in force when. A lot is one deposit of an entitlement; a term or demo ends at its instant, a perpetual lot
// never does. Boundaries are instants fixed when the lot is deposited, so every answer follows from the lots alone.
// Pure functions; safe from any thread.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/time.hpp"

namespace menkyo::licenses {

// The largest quantity that is told apart: beyond it JSON numbers are not exact (RFC 8259 section 6).
inline constexpr int64_t max_quantity = int64_t{1} << 53;

// In force at every t with starts_at <= t < ends_at; never, if ends_at <= starts_at.
struct LotTerm {
  int64_t quantity = 0;  // licenses, 0 to max_quantity
  Instant starts_at{};
  Instant ends_at = forever;
};

// Licenses that stop being in force at one instant.
struct Expiry {
  Instant ends_at{};
  int64_t quantity = 0;

  bool operator==(Expiry const&) const = default;
};

// Licenses in force at `t`; sums above max_quantity are given as max_quantity.
int64_t owned_at(std::span<const LotTerm> lots, Instant t);

// The first instant after `t` at which some licenses come into force or end; nullopt if nothing changes any more.
std::optional<Instant> next_boundary(std::span<const LotTerm> lots, Instant t);

// The licenses in force at `t` that end by `t + horizon` (inclusive), one row per instant, earliest first. Of a
// negative horizon nothing is expected. Quantities are bounded as in owned_at.
std::vector<Expiry> expiring_within(std::span<const LotTerm> lots, Instant t, Duration horizon);

}  // namespace menkyo::licenses
