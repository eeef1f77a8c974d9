#include "accounts/store_partner.hpp"

namespace menkyo::accounts::store {

bool insert_partner_request(db::Tx& tx, PartnerRequestRow const& r) {
  return tx.exec(
             "insert into partner_request (partner_request_id, partner_id, customer_lookup, status, name, domain, "
             "wrapped_form, created_at, letters) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict "
             "(partner_id, "
             "customer_lookup, domain) where status = 'PENDING_CUSTOMER_ACCEPTANCE' do nothing",
             r.partner_request_id, r.partner_id, r.customer_lookup, r.status, r.name, r.domain, r.wrapped_form,
             r.created_at, r.letters) == 1;
}

namespace {

std::string requests_where(std::string_view condition) {
  return "select partner_request_id, partner_id, customer_lookup, status, name, domain, wrapped_form, created_at, "
         "letters, decided_at, customer_id, wrapped_reason, smart_account_id, account_request_id from "
         "partner_request where " +
         std::string(condition);
}

}  // namespace

std::optional<PartnerRequestRow> partner_request(db::ReadTx& tx, PartnerRequestId id) {
  static auto const sql = requests_where("partner_request_id = $1");
  return tx.one<PartnerRequestRow>(sql, id);
}

std::optional<PartnerRequestRow> lock_partner_request(db::Tx& tx, PartnerRequestId id) {
  static auto const sql = requests_where("partner_request_id = $1 {for update}");
  return tx.one<PartnerRequestRow>(sql, id);
}

std::vector<PartnerRequestRow> partner_requests_of(db::ReadTx& tx, PersonId partner,
                                                   Newest<PartnerRequestId> const& range) {
  static auto const sql =
      requests_where("partner_id = $1 and partner_request_id < $2 order by partner_request_id desc limit $3");
  return tx.all<PartnerRequestRow>(sql, partner, range.before, range.limit);
}

std::vector<PartnerRequestRow> partner_requests_to(db::ReadTx& tx, Bytes const& customer_lookup, PersonId customer,
                                                   Newest<PartnerRequestId> const& range) {
  static auto const sql = requests_where(
      "customer_lookup = $1 and partner_request_id < $2 and (customer_id is null or customer_id = $3) order by "
      "partner_request_id desc limit $4");
  return tx.all<PartnerRequestRow>(sql, customer_lookup, range.before, customer, range.limit);
}

int64_t count_partner_requests(db::ReadTx& tx, PersonId partner, PartnerRequestId since, int64_t limit) {
  return tx
      .one<int64_t>(
          "select count(*) from (select 1 from partner_request where partner_id = $1 and partner_request_id >= $2 "
          "limit $3) newest",
          partner, since, limit)
      .value();
}

int64_t count_open_partner_requests(db::ReadTx& tx, PersonId partner) {
  return tx
      .one<int64_t>(
          "select count(*) from partner_request where partner_id = $1 and status = 'PENDING_CUSTOMER_ACCEPTANCE'",
          partner)
      .value();
}

void set_letters(db::Tx& tx, PartnerRequestId id, int64_t letters) {
  tx.exec("update partner_request set letters = $2 where partner_request_id = $1", id, letters);
}

void close_partner_request(db::Tx& tx, PartnerRequestRow const& r) {
  tx.exec(
      "update partner_request set status = $2, decided_at = $3, customer_id = $4, wrapped_reason = $5, "
      "smart_account_id = $6, account_request_id = $7 where partner_request_id = $1",
      r.partner_request_id, r.status, r.decided_at, r.customer_id, r.wrapped_reason, r.smart_account_id,
      r.account_request_id);
}

}  // namespace menkyo::accounts::store
