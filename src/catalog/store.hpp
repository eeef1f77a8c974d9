#pragma once
#include "catalog/catalog.hpp"

namespace menkyo::catalog::store {

std::optional<VersionRow> version_at(db::ReadTx& tx, Instant t);
// The newest version, even if it is not in force yet; its row is the guard of every change to the catalogue.
std::optional<VersionRow> newest_version(db::Tx& tx);
Contents contents_at(db::ReadTx& tx, Instant t);

void insert_version(db::Tx& tx, VersionRow const& version, std::string_view source);
// Rows in force without end. `open` begins new ones at `t`, `close` ends them at `t`.
void open(db::Tx& tx, Contents const& rows, Instant t);
void close(db::Tx& tx, Contents const& rows, Instant t);

// The next virtual accounts, in order of id after (`account`, `va`), that hold positions; with all the entitlements
// that they hold, one row each, at most `limit` rows.
struct PositionKey {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  EntitlementId entitlement_id;
};
std::vector<PositionKey> positions_after(db::ReadTx& tx, PositionKey const& after, int64_t limit);

}  // namespace menkyo::catalog::store
