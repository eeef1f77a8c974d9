#pragma once
// SQL of requests for accounts, of sites, and of what is asked about names before an account is there.
#include "accounts/founding.hpp"

namespace menkyo::accounts::store {

bool is_name_taken(db::ReadTx& tx, std::string const& name_key);

void set_creator(db::Tx& tx, SmartAccountId account, PersonId creator);

struct SiteRow {
  int64_t number;
  Bytes wrapped_address;
};
void insert_site(db::Tx& tx, SmartAccountId account, SiteRow const& site, bool is_headquarters);

struct RequestRow {
  AccountRequestId account_request_id;
  PersonId requester_id;
  SmartAccountId decider_id;
  ClaimKind kind;
  AccountRequestStatus status;
  std::string name, domain;
  AccountType type;
  Bytes wrapped_form;
  Instant created_at;
  int64_t reminders;
  std::optional<Instant> decided_at;
  std::optional<PersonId> decided_by;
  std::optional<Bytes> wrapped_reason;
  std::optional<SmartAccountId> smart_account_id;
  int64_t version;
};
void insert_request(db::Tx& tx, RequestRow const& row);
std::optional<RequestRow> request(db::ReadTx& tx, AccountRequestId id);
// The same, and nobody changes it until the end of the transaction.
std::optional<RequestRow> lock_request(db::Tx& tx, AccountRequestId id);
// Newest first.
std::vector<RequestRow> requests_of(db::ReadTx& tx, PersonId requester, Newest<AccountRequestId> const& range);
std::vector<RequestRow> requests_to(db::ReadTx& tx, SmartAccountId decider,
                                    std::optional<AccountRequestStatus> status,
                                    Newest<AccountRequestId> const& range);
// Of a person since the identifier `since`; counted up to `limit`.
int64_t count_requests(db::ReadTx& tx, PersonId requester, AccountRequestId since, int64_t limit);
int64_t count_open_requests(db::ReadTx& tx, PersonId requester);

struct Outcome {
  AccountRequestStatus status;
  Instant decided_at;
  std::optional<PersonId> decided_by;
  std::optional<Bytes> wrapped_reason;
  std::optional<SmartAccountId> smart_account_id;
};
void close_request(db::Tx& tx, AccountRequestId id, Outcome const& outcome);
void set_reminders(db::Tx& tx, AccountRequestId id, int64_t reminders);

// Who has that role on the whole account now and can sign in: at most `limit`, behind `after`, by their identifiers.
std::vector<PersonId> holders_of_role(db::ReadTx& tx, SmartAccountId account, Role role, int64_t limit,
                                      PersonId after = {});
// The operator's staff with that role, who can sign in.
std::vector<PersonId> staff(db::ReadTx& tx, access::OperatorRole role, int64_t limit);

}  // namespace menkyo::accounts::store
