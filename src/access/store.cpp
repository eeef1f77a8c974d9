#include "access/store.hpp"

namespace menkyo::access::store {

// A range of one account, because SQLite takes an account that is equal for ten rows and would read all of its grants
// (docs/decisions/0018-plans-without-statistics.md).
std::vector<GrantRow> grants(db::ReadTx& tx, PersonId person, SmartAccountId account, Instant at) {
  return tx.all<GrantRow>(
      "select g.role, v.path from role_grant g left join virtual_account v on v.smart_account_id = "
      "g.smart_account_id "
      "and v.virtual_account_id = g.virtual_account_id where g.person_id = $1 "
      "and g.smart_account_id between $2 and $2 "
      "and (g.ends_at is null or g.ends_at > $3)",
      person, account, at);
}

std::optional<std::string> path_of(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va) {
  return tx.one<std::string>(
      "select path from virtual_account where smart_account_id = $1 and virtual_account_id = $2", account, va);
}

std::optional<GrantPlace> place_of_grant(db::ReadTx& tx, SmartAccountId account, RoleGrantId grant) {
  return tx.one<GrantPlace>(
      "select virtual_account_id from role_grant where smart_account_id = $1 and role_grant_id = $2", account, grant);
}

std::vector<OperatorRole> operator_roles(db::ReadTx& tx, PersonId person, Instant at) {
  return tx.all<OperatorRole>("select role from operator_grant where person_id = $1 and ends_at > $2 order by role",
                              person, at);
}

std::optional<bool> is_locked_against_staff(db::ReadTx& tx, SmartAccountId account) {
  return tx.one<bool>("select locked_against_staff from smart_account where smart_account_id = $1", account);
}

bool is_assisting(db::ReadTx& tx, SmartAccountId account, PersonId person, Instant at) {
  return tx
      .one<int64_t>("select 1 from assistance where smart_account_id = $1 and person_id = $2 and ends_at > $3",
                    account, person, at)
      .has_value();
}

}  // namespace menkyo::access::store
