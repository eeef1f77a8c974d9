#pragma once
// SQL of partners' requests of Smart Accounts for their customers.
#include "accounts/partner_requests.hpp"

namespace menkyo::accounts::store {

struct PartnerRequestRow {
  PartnerRequestId partner_request_id;
  PersonId partner_id;
  Bytes customer_lookup;
  PartnerRequestStatus status;
  std::string name, domain;
  Bytes wrapped_form;
  Instant created_at;
  int64_t letters;
  std::optional<Instant> decided_at;
  std::optional<PersonId> customer_id;
  std::optional<Bytes> wrapped_reason;
  std::optional<SmartAccountId> smart_account_id;
  std::optional<AccountRequestId> account_request_id;
};
// False if one of the same partner, customer and domain waits already.
bool insert_partner_request(db::Tx& tx, PartnerRequestRow const& row);
std::optional<PartnerRequestRow> partner_request(db::ReadTx& tx, PartnerRequestId id);
// The same, and nobody changes it until the end of the transaction.
std::optional<PartnerRequestRow> lock_partner_request(db::Tx& tx, PartnerRequestId id);
// Newest first.
std::vector<PartnerRequestRow> partner_requests_of(db::ReadTx& tx, PersonId partner,
                                                   Newest<PartnerRequestId> const& range);
// Without those that somebody else accepted or declined who had the address then.
std::vector<PartnerRequestRow> partner_requests_to(db::ReadTx& tx, Bytes const& customer_lookup, PersonId customer,
                                                   Newest<PartnerRequestId> const& range);
// Of a person since the identifier `since`; counted up to `limit`.
int64_t count_partner_requests(db::ReadTx& tx, PersonId partner, PartnerRequestId since, int64_t limit);
int64_t count_open_partner_requests(db::ReadTx& tx, PersonId partner);

void set_letters(db::Tx& tx, PartnerRequestId id, int64_t letters);
// Status, and whatever else is known once it is closed, from the row.
void close_partner_request(db::Tx& tx, PartnerRequestRow const& row);

}  // namespace menkyo::accounts::store
