#include "accounts/store_requests.hpp"

namespace menkyo::accounts::store {

bool is_name_taken(db::ReadTx& tx, std::string const& name_key) {
  return tx.one<int64_t>("select 1 from smart_account_name where name_key = $1", name_key).has_value();
}

void set_creator(db::Tx& tx, SmartAccountId account, PersonId creator) {
  tx.exec("update smart_account set creator_id = $2 where smart_account_id = $1", account, creator);
}

void insert_site(db::Tx& tx, SmartAccountId account, SiteRow const& site, bool is_headquarters) {
  tx.exec(
      "insert into account_site (smart_account_id, number, is_headquarters, wrapped_address, created_at) "
      "values ($1, $2, $3, $4, $5)",
      account, site.number, is_headquarters, site.wrapped_address, tx.now());
}

// ---- Requests ----

void insert_request(db::Tx& tx, RequestRow const& r) {
  tx.exec(
      "insert into account_request (account_request_id, requester_id, decider_id, kind, status, name, domain, type, "
      "wrapped_form, created_at, reminders, version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
      r.account_request_id, r.requester_id, r.decider_id, r.kind, r.status, r.name, r.domain, r.type, r.wrapped_form,
      r.created_at, r.reminders, r.version);
}

namespace {

std::string requests_where(std::string_view condition) {
  return "select account_request_id, requester_id, decider_id, kind, status, name, domain, type, wrapped_form, "
         "created_at, reminders, decided_at, decided_by, wrapped_reason, smart_account_id, version from "
         "account_request where " +
         std::string(condition);
}

}  // namespace

std::optional<RequestRow> request(db::ReadTx& tx, AccountRequestId id) {
  static auto const sql = requests_where("account_request_id = $1");
  return tx.one<RequestRow>(sql, id);
}

std::optional<RequestRow> lock_request(db::Tx& tx, AccountRequestId id) {
  static auto const sql = requests_where("account_request_id = $1 {for update}");
  return tx.one<RequestRow>(sql, id);
}

std::vector<RequestRow> requests_of(db::ReadTx& tx, PersonId requester, Newest<AccountRequestId> const& range) {
  static auto const sql =
      requests_where("requester_id = $1 and account_request_id < $2 order by account_request_id desc limit $3");
  return tx.all<RequestRow>(sql, requester, range.before, range.limit);
}

std::vector<RequestRow> requests_to(db::ReadTx& tx, SmartAccountId decider,
                                    std::optional<AccountRequestStatus> status,
                                    Newest<AccountRequestId> const& range) {
  static auto const all =
      requests_where("decider_id = $1 and account_request_id < $2 order by account_request_id desc limit $3");
  static auto const of_status = requests_where(
      "decider_id = $1 and account_request_id < $2 and status = $4 order by account_request_id desc limit $3");
  if (status) return tx.all<RequestRow>(of_status, decider, range.before, range.limit, *status);
  return tx.all<RequestRow>(all, decider, range.before, range.limit);
}

int64_t count_requests(db::ReadTx& tx, PersonId requester, AccountRequestId since, int64_t limit) {
  return tx
      .one<int64_t>(
          "select count(*) from (select 1 from account_request where requester_id = $1 and account_request_id >= $2 "
          "limit $3) newest",
          requester, since, limit)
      .value();
}

int64_t count_open_requests(db::ReadTx& tx, PersonId requester) {
  return tx
      .one<int64_t>("select count(*) from account_request where requester_id = $1 and status = 'PENDING'", requester)
      .value();
}

void close_request(db::Tx& tx, AccountRequestId id, Outcome const& o) {
  tx.exec(
      "update account_request set status = $2, decided_at = $3, decided_by = $4, wrapped_reason = $5, "
      "smart_account_id = $6, version = version + 1 where account_request_id = $1",
      id, o.status, o.decided_at, o.decided_by, o.wrapped_reason, o.smart_account_id);
}

void set_reminders(db::Tx& tx, AccountRequestId id, int64_t reminders) {
  tx.exec("update account_request set reminders = $2 where account_request_id = $1", id, reminders);
}

// ---- Who decides ----

std::vector<PersonId> holders_of_role(db::ReadTx& tx, SmartAccountId account, Role role, int64_t limit,
                                      PersonId after) {
  return tx.all<PersonId>(
      "select distinct g.person_id from role_grant g join person p on p.person_id = g.person_id where "
      "g.smart_account_id = $1 and g.role = $2 and g.person_id > $3 and (g.ends_at is null or g.ends_at > $4) and "
      "p.disabled_at is null order by g.person_id limit $5",
      account, role, after, tx.now(), limit);
}

std::vector<PersonId> staff(db::ReadTx& tx, access::OperatorRole role, int64_t limit) {
  return tx.all<PersonId>(
      "select g.person_id from operator_grant g join person p on p.person_id = g.person_id where g.role = $1 and "
      "g.ends_at > $2 and p.disabled_at is null order by g.person_id limit $3",
      role, tx.now(), limit);
}

}  // namespace menkyo::accounts::store
