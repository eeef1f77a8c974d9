#include "licenses/place.hpp"

#include "licenses/store.hpp"

namespace menkyo::licenses {

void hold_account(db::Tx& tx, SmartAccountId account) {
  store::lock_account(tx, account);
}

bool virtual_account_exists(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va) {
  return store::virtual_account_exists(tx, account, va);
}

}  // namespace menkyo::licenses
