#pragma once
// Holding on to an account while something comes into one of its virtual accounts.

#include "db/tx.hpp"

namespace menkyo::accounts {

// Locks the account's row until the end of the transaction. Whoever brings a device, a token or licenses into a
// virtual account does this first (docs/decisions/0011-lock-order.md): whoever deletes one holds the same row, and
// looks at what is in it afterwards. It also guards that a machine is one product instance in the account. Nothing
// happens if there is no such account.
void hold_account(db::Tx& tx, SmartAccountId account);
// With the account held, this stays true until the end of the transaction.
bool virtual_account_exists(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va);

}  // namespace menkyo::accounts
