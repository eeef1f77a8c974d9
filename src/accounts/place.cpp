#include "accounts/place.hpp"

#include "accounts/store.hpp"

namespace menkyo::accounts {

void hold_account(db::Tx& tx, SmartAccountId account) {
  store::lock_account(tx, account);
}

bool virtual_account_exists(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va) {
  return store::node(tx, account, va).has_value();
}

}  // namespace menkyo::accounts
