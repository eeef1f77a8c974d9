#include "accounts/store_successions.hpp"

namespace menkyo::accounts::store {

void insert_succession(db::Tx& tx, SuccessionRow const& r) {
  tx.exec(
      "insert into succession (succession_id, requester_id, status, domain, wrapped_proof, created_at, version) "
      "values ($1, $2, $3, $4, $5, $6, $7)",
      r.succession_id, r.requester_id, r.status, r.domain, r.wrapped_proof, r.created_at, r.version);
}

namespace {

std::string successions_where(std::string_view condition) {
  return "select succession_id, requester_id, status, domain, wrapped_proof, created_at, smart_account_id, "
         "decided_at, decided_by, wrapped_reason, due_at, told_until, told_at, ended_at, version from succession "
         "where " +
         std::string(condition);
}

}  // namespace

std::optional<SuccessionRow> succession(db::ReadTx& tx, SuccessionId id) {
  static auto const sql = successions_where("succession_id = $1");
  return tx.one<SuccessionRow>(sql, id);
}

std::optional<SuccessionRow> lock_succession(db::Tx& tx, SuccessionId id) {
  static auto const sql = successions_where("succession_id = $1 {for update}");
  return tx.one<SuccessionRow>(sql, id);
}

std::vector<SuccessionRow> successions_of(db::ReadTx& tx, PersonId requester, Newest<SuccessionId> const& range) {
  static auto const sql =
      successions_where("requester_id = $1 and succession_id < $2 order by succession_id desc limit $3");
  return tx.all<SuccessionRow>(sql, requester, range.before, range.limit);
}

std::vector<SuccessionRow> all_successions(db::ReadTx& tx, std::optional<SuccessionStatus> status,
                                           Newest<SuccessionId> const& range) {
  static auto const all = successions_where("succession_id < $1 order by succession_id desc limit $2");
  static auto const of_status =
      successions_where("succession_id < $1 and status = $3 order by succession_id desc limit $2");
  if (status) return tx.all<SuccessionRow>(of_status, range.before, range.limit, *status);
  return tx.all<SuccessionRow>(all, range.before, range.limit);
}

std::optional<SuccessionRow> waiting_succession(db::ReadTx& tx, SmartAccountId account) {
  static auto const sql = successions_where("smart_account_id = $1 and status = 'WAITING'");
  return tx.one<SuccessionRow>(sql, account);
}

int64_t count_successions(db::ReadTx& tx, PersonId requester, SuccessionId since, int64_t limit) {
  return tx
      .one<int64_t>(
          "select count(*) from (select 1 from succession where requester_id = $1 and succession_id >= $2 limit $3) "
          "newest",
          requester, since, limit)
      .value();
}

int64_t count_open_successions(db::ReadTx& tx, PersonId requester) {
  return tx
      .one<int64_t>("select count(*) from succession where requester_id = $1 and status in ('PENDING', 'WAITING')",
                    requester)
      .value();
}

void update_succession(db::Tx& tx, SuccessionRow const& r) {
  tx.exec(
      "update succession set status = $2, smart_account_id = $3, decided_at = $4, decided_by = $5, "
      "wrapped_reason = $6, due_at = $7, ended_at = $8, version = version + 1 where succession_id = $1",
      r.succession_id, r.status, r.smart_account_id, r.decided_at, r.decided_by, r.wrapped_reason, r.due_at,
      r.ended_at);
}

void set_succession_told(db::Tx& tx, SuccessionRow const& r) {
  tx.exec("update succession set told_until = $2, told_at = $3 where succession_id = $1", r.succession_id,
          r.told_until, r.told_at);
}

bool insert_objection(db::Tx& tx, SuccessionId id, ObjectionRow const& r) {
  return tx.exec(
             "insert into succession_objection (succession_id, person_id, by_administrator, wrapped_text, "
             "created_at) values ($1, $2, $3, $4, $5) on conflict (succession_id, person_id) do nothing",
             id, r.person_id, r.by_administrator, r.wrapped_text, r.created_at) == 1;
}

bool has_objected(db::ReadTx& tx, SuccessionId id, PersonId person) {
  return tx.one<int64_t>("select 1 from succession_objection where succession_id = $1 and person_id = $2", id, person)
      .has_value();
}

std::vector<ObjectionRow> objections(db::ReadTx& tx, SuccessionId id, int64_t limit) {
  return tx.all<ObjectionRow>(
      "select person_id, by_administrator, wrapped_text, created_at from succession_objection where "
      "succession_id = $1 order by created_at, person_id limit $2",
      id, limit);
}

int64_t count_objections(db::ReadTx& tx, SuccessionId id) {
  return tx.one<int64_t>("select count(*) from succession_objection where succession_id = $1", id).value();
}

}  // namespace menkyo::accounts::store
