#include "accounts/store_staff.hpp"

namespace menkyo::accounts::store {

namespace {

std::string staff_where(std::string_view condition) {
  return "select person_id, role, created_at, ends_at, validated_at, validated_by, warnings from operator_grant "
         "where " +
         std::string(condition);
}

}  // namespace

void put_staff_role(db::Tx& tx, StaffRow const& row) {
  tx.exec(
      "insert into operator_grant (person_id, role, created_at, ends_at, validated_at, validated_by, warnings) "
      "values "
      "($1, $2, $3, $4, $5, $6, $7) on conflict (person_id, role) do update set created_at = excluded.created_at, "
      "ends_at = excluded.ends_at, validated_at = excluded.validated_at, validated_by = excluded.validated_by, "
      "warnings = excluded.warnings",
      row.person_id, row.role, row.created_at, row.ends_at, row.validated_at, row.validated_by, row.warnings);
}

void delete_staff_role(db::Tx& tx, PersonId person, access::OperatorRole role) {
  tx.exec("delete from operator_grant where person_id = $1 and role = $2", person, role);
}

void set_warnings(db::Tx& tx, PersonId person, access::OperatorRole role, int64_t warnings) {
  tx.exec("update operator_grant set warnings = $3 where person_id = $1 and role = $2", person, role, warnings);
}

std::optional<StaffRow> lock_staff_role(db::Tx& tx, PersonId person, access::OperatorRole role) {
  static auto const sql = staff_where("person_id = $1 and role = $2 {for update}");
  return tx.one<StaffRow>(sql, person, role);
}

std::vector<StaffRow> lock_staff_roles_of(db::Tx& tx, PersonId person) {
  static auto const sql = staff_where("person_id = $1 order by role {for update}");
  return tx.all<StaffRow>(sql, person);
}

std::vector<StaffRow> lock_holders(db::Tx& tx, access::OperatorRole role) {
  static auto const sql = staff_where("role = $1 order by person_id {for update}");
  return tx.all<StaffRow>(sql, role);
}

std::vector<StaffRow> staff_after(db::ReadTx& tx, PersonId person, std::string const& role, int64_t limit) {
  static auto const sql =
      staff_where("person_id >= $1 and (person_id > $1 or role > $2) order by person_id, role limit $3");
  return tx.all<StaffRow>(sql, person, role, limit);
}

}  // namespace menkyo::accounts::store
