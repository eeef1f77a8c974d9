#pragma once

#include "licenses/ledger.hpp"

namespace menkyo::test {

// Licenses without end that came with an order now.
inline licenses::Deposit perpetual(SmartAccountId account, VirtualAccountId va, EntitlementId entitlement,
                                   int64_t quantity, Instant now, audit::Actor const& actor = {}) {
  return {account, va,      entitlement, licenses::LicenseType::PERPETUAL, quantity, now, forever, {},
          "order", "A-1/1", actor};
}

}  // namespace menkyo::test
