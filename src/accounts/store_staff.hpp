#pragma once
// The roles of the operator's staff.
#include "accounts/staff.hpp"

namespace menkyo::accounts::store {

struct StaffRow {
  PersonId person_id;
  access::OperatorRole role;
  Instant created_at, ends_at, validated_at;
  std::optional<PersonId> validated_by;
  int64_t warnings;  // sent
};
void put_staff_role(db::Tx& tx, StaffRow const& row);
void delete_staff_role(db::Tx& tx, PersonId person, access::OperatorRole role);
void set_warnings(db::Tx& tx, PersonId person, access::OperatorRole role, int64_t warnings);
// Nobody changes it until the end of the transaction.
std::optional<StaffRow> lock_staff_role(db::Tx& tx, PersonId person, access::OperatorRole role);
std::vector<StaffRow> lock_staff_roles_of(db::Tx& tx, PersonId person);
// All with that role, whether or not it is in force.
std::vector<StaffRow> lock_holders(db::Tx& tx, access::OperatorRole role);
// Behind (person, role), in that order.
std::vector<StaffRow> staff_after(db::ReadTx& tx, PersonId person, std::string const& role, int64_t limit);

}  // namespace menkyo::accounts::store
