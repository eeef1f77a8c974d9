#pragma once
// What the operator's staff finds, and which accounts they help.
#include "accounts/assistance.hpp"
#include "accounts/store.hpp"

namespace menkyo::accounts::store {

struct AssistanceRow {
  AssistanceId assistance_id;
  Bytes wrapped_reason;
  Instant created_at, ends_at;
};
void put_assistance(db::Tx& tx, SmartAccountId account, PersonId person, AssistanceRow const& row);
// The newest of that person, ended or not.
std::optional<AssistanceRow> assistance(db::ReadTx& tx, SmartAccountId account, PersonId person);

// From `from` up to before `end`, in the order of the folded name (fold_name) or the domain.
struct KeyRange {
  std::string from, end;
};
std::vector<AccountRow> accounts_by_name(db::ReadTx& tx, KeyRange const& range, int64_t limit);
std::vector<AccountRow> accounts_by_domain(db::ReadTx& tx, KeyRange const& range, int64_t limit);
std::optional<AccountRow> account_by_number(db::ReadTx& tx, int64_t number);

}  // namespace menkyo::accounts::store
