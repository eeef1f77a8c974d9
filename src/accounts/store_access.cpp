#include "accounts/store_access.hpp"

namespace menkyo::accounts::store {

void insert_access_request(db::Tx& tx, AccessRow const& r) {
  tx.exec(
      "insert into access_request (access_request_id, requester_id, purpose, status, domain, wrapped_text, "
      "created_at, version) values ($1, $2, $3, $4, $5, $6, $7, $8)",
      r.access_request_id, r.requester_id, r.purpose, r.status, r.domain, r.wrapped_text, r.created_at, r.version);
}

namespace {

std::string requests_where(std::string_view condition) {
  return "select access_request_id, requester_id, purpose, status, domain, wrapped_text, created_at, "
         "smart_account_id, told_until, told_at, reminders, decided_at, decided_by, wrapped_reason, version from "
         "access_request "
         "where " +
         std::string(condition);
}

}  // namespace

std::optional<AccessRow> access_request(db::ReadTx& tx, AccessRequestId id) {
  static auto const sql = requests_where("access_request_id = $1");
  return tx.one<AccessRow>(sql, id);
}

std::optional<AccessRow> lock_access_request(db::Tx& tx, AccessRequestId id) {
  static auto const sql = requests_where("access_request_id = $1 {for update}");
  return tx.one<AccessRow>(sql, id);
}

std::vector<AccessRow> access_requests_of(db::ReadTx& tx, PersonId requester, Newest<AccessRequestId> const& range) {
  static auto const sql =
      requests_where("requester_id = $1 and access_request_id < $2 order by access_request_id desc limit $3");
  return tx.all<AccessRow>(sql, requester, range.before, range.limit);
}

std::vector<AccessRow> access_requests_to(db::ReadTx& tx, SmartAccountId account,
                                          std::optional<AccessRequestStatus> status,
                                          Newest<AccessRequestId> const& range) {
  static auto const all = requests_where(
      "smart_account_id = $1 and purpose = 'access' and access_request_id < $2 order by access_request_id desc "
      "limit $3");
  static auto const of_status = requests_where(
      "smart_account_id = $1 and purpose = 'access' and status = $4 and access_request_id < $2 order by "
      "access_request_id desc limit $3");
  if (status) return tx.all<AccessRow>(of_status, account, range.before, range.limit, *status);
  return tx.all<AccessRow>(all, account, range.before, range.limit);
}

int64_t count_access_requests(db::ReadTx& tx, PersonId requester, AccessRequestId since, int64_t limit) {
  return tx
      .one<int64_t>(
          "select count(*) from (select 1 from access_request where requester_id = $1 and access_request_id >= $2 "
          "limit $3) newest",
          requester, since, limit)
      .value();
}

int64_t count_open_access_requests(db::ReadTx& tx, PersonId requester) {
  return tx
      .one<int64_t>("select count(*) from access_request where requester_id = $1 and status = 'PENDING'", requester)
      .value();
}

void set_told(db::Tx& tx, AccessRow const& r) {
  tx.exec(
      "update access_request set smart_account_id = $2, told_until = $3, told_at = $4, reminders = $5 "
      "where access_request_id = $1",
      r.access_request_id, r.smart_account_id, r.told_until, r.told_at, r.reminders);
}

void close_access_request(db::Tx& tx, AccessRequestId id, AccessOutcome const& o) {
  tx.exec(
      "update access_request set status = $2, decided_at = $3, decided_by = $4, wrapped_reason = $5, "
      "version = version + 1 where access_request_id = $1",
      id, o.status, tx.now(), o.decided_by, o.wrapped_reason);
}

bool shows_contacts(db::ReadTx& tx, SmartAccountId account) {
  return tx.one<int64_t>("select 1 from account_showing_contacts where smart_account_id = $1", account).has_value();
}

bool show_contacts(db::Tx& tx, SmartAccountId account) {
  return tx.exec(
             "insert into account_showing_contacts (smart_account_id, created_at) values ($1, $2) on conflict "
             "(smart_account_id) do nothing",
             account, tx.now()) == 1;
}

bool hide_contacts(db::Tx& tx, SmartAccountId account) {
  return tx.exec("delete from account_showing_contacts where smart_account_id = $1", account) == 1;
}

}  // namespace menkyo::accounts::store
