#include "accounts/store_assistance.hpp"

namespace menkyo::accounts::store {

void put_assistance(db::Tx& tx, SmartAccountId account, PersonId person, AssistanceRow const& row) {
  tx.exec(
      "insert into assistance (smart_account_id, person_id, assistance_id, wrapped_reason, created_at, ends_at) "
      "values "
      "($1, $2, $3, $4, $5, $6) on conflict (smart_account_id, person_id) do update set assistance_id = "
      "excluded.assistance_id, wrapped_reason = excluded.wrapped_reason, created_at = excluded.created_at, ends_at = "
      "excluded.ends_at",
      account, person, row.assistance_id, row.wrapped_reason, row.created_at, row.ends_at);
}

std::optional<AssistanceRow> assistance(db::ReadTx& tx, SmartAccountId account, PersonId person) {
  return tx.one<AssistanceRow>(
      "select assistance_id, wrapped_reason, created_at, ends_at from assistance where smart_account_id = $1 and "
      "person_id = $2",
      account, person);
}

std::vector<AccountRow> accounts_by_name(db::ReadTx& tx, KeyRange const& range, int64_t limit) {
  return tx.all<AccountRow>(
      "select a.smart_account_id, a.number, a.name, a.domain, a.type, a.status, a.created_at from "
      "smart_account_name n join smart_account a on a.smart_account_id = n.smart_account_id where n.name_key >= $1 "
      "and "
      "n.name_key < $2 order by n.name_key limit $3",
      range.from, range.end, limit);
}

std::vector<AccountRow> accounts_by_domain(db::ReadTx& tx, KeyRange const& range, int64_t limit) {
  return tx.all<AccountRow>(
      "select a.smart_account_id, a.number, a.name, a.domain, a.type, a.status, a.created_at from "
      "smart_account_domain d join smart_account a on a.smart_account_id = d.smart_account_id where d.domain >= $1 "
      "and "
      "d.domain < $2 order by d.domain limit $3",
      range.from, range.end, limit);
}

std::optional<AccountRow> account_by_number(db::ReadTx& tx, int64_t number) {
  return tx.one<AccountRow>(
      "select smart_account_id, number, name, domain, type, status, created_at from smart_account where number = $1",
      number);
}

}  // namespace menkyo::accounts::store
