#include "licenses/ledger.hpp"

#include "licenses/store.hpp"

namespace menkyo::licenses {

void move(db::Tx& tx, Entry const& entry, LotFacts const& lot) {
  store::insert_entry(tx, entry);
  store::move_holding(tx, entry.smart_account_id, entry.from, lot, -entry.quantity);
  store::move_holding(tx, entry.smart_account_id, entry.to, lot, entry.quantity);
}

}  // namespace menkyo::licenses
