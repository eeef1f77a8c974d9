#pragma once
// The double-entry ledger. A lot is what one order line deposited; its quantity only ever moves between holders, by
// appended entries, and the sum over all holders always equals the deposit.

#include <functional>
#include <optional>
#include <string>

#include "audit/audit.hpp"
#include "base/enum.hpp"
#include "base/time.hpp"
#include "catalog/catalog.hpp"

namespace menkyo::licenses {

using catalog::LicenseType;
MENKYO_ENUM(HolderKind, operator_pool, virtual_account, device, expired, returned)

struct Holder {
  HolderKind kind;
  std::array<uint8_t, 16> id{};  // of the virtual account or device; zero for the others
  bool operator==(Holder const&) const = default;
};
inline Holder held_by(VirtualAccountId id) {
  return {HolderKind::virtual_account, id.bytes};
}

struct Deposit {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  EntitlementId entitlement_id;
  LicenseType license_type = LicenseType::PERPETUAL;
  int64_t quantity = 0;  // 1 to 2^31
  Instant starts_at{};
  Instant ends_at = forever;  // forever exactly for PERPETUAL
  std::optional<std::string> subscription;
  std::string source_kind;       // "order"
  std::string source_reference;  // "A-1001/3"
  audit::Actor actor;
};

struct LotFacts {
  LotId lot_id;
  EntitlementId entitlement_id;
  int64_t quantity;  // held by the holder that was asked about
  Instant starts_at;
  Instant ends_at;
};

struct Entry {
  SmartAccountId smart_account_id;
  LotId lot_id;
  Instant effective_at;
  Holder from, to;
  int64_t quantity;
  std::string reason;
};

// Appends the entry and moves the balances of both holders.
void move(db::Tx& tx, Entry const& entry, LotFacts const& lot);

}  // namespace menkyo::licenses
