#pragma once
// SQL of requests for access, and of whose administrators can be seen.
#include "accounts/access_requests.hpp"

namespace menkyo::accounts::store {

struct AccessRow {
  AccessRequestId access_request_id;
  PersonId requester_id;
  AccessPurpose purpose;
  AccessRequestStatus status;
  std::string domain;
  Bytes wrapped_text;
  Instant created_at;
  std::optional<SmartAccountId> smart_account_id;
  // How far the administrators have been told, this time; when all were.
  std::optional<PersonId> told_until;
  std::optional<Instant> told_at;
  int64_t reminders;  // that followed the first mail
  std::optional<Instant> decided_at;
  std::optional<PersonId> decided_by;
  std::optional<Bytes> wrapped_reason;
  int64_t version;
};
void insert_access_request(db::Tx& tx, AccessRow const& row);
std::optional<AccessRow> access_request(db::ReadTx& tx, AccessRequestId id);
// The same, and nobody changes it until the end of the transaction.
std::optional<AccessRow> lock_access_request(db::Tx& tx, AccessRequestId id);
// Newest first.
std::vector<AccessRow> access_requests_of(db::ReadTx& tx, PersonId requester, Newest<AccessRequestId> const& range);
// Without messages.
std::vector<AccessRow> access_requests_to(db::ReadTx& tx, SmartAccountId account,
                                          std::optional<AccessRequestStatus> status,
                                          Newest<AccessRequestId> const& range);
// Of a person since the identifier `since`; counted up to `limit`.
int64_t count_access_requests(db::ReadTx& tx, PersonId requester, AccessRequestId since, int64_t limit);
int64_t count_open_access_requests(db::ReadTx& tx, PersonId requester);

void set_told(db::Tx& tx, AccessRow const& row);
struct AccessOutcome {
  AccessRequestStatus status;
  std::optional<PersonId> decided_by;
  std::optional<Bytes> wrapped_reason;
};
void close_access_request(db::Tx& tx, AccessRequestId id, AccessOutcome const& outcome);

bool shows_contacts(db::ReadTx& tx, SmartAccountId account);
// False if it was so already.
bool show_contacts(db::Tx& tx, SmartAccountId account);
bool hide_contacts(db::Tx& tx, SmartAccountId account);

}  // namespace menkyo::accounts::store
