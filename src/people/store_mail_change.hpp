#pragma once
#include "people/people.hpp"

namespace menkyo::people::store {

struct MailChangeRow {
  PersonId person_id;
  SessionId session_id;  // that asked for it
  Bytes new_link_lookup, old_link_lookup, wrapped_wish;
  Instant created_at, expires_at;
  std::optional<Instant> new_confirmed_at, old_confirmed_at;
  int64_t mails_sent;
  Instant mailed_at;
};
// In place of the one that the person has, if any.
void put_mail_change(db::Tx& tx, MailChangeRow const& row);
// Not expired.
std::optional<MailChangeRow> mail_change_of(db::ReadTx& tx, PersonId person, Instant now);
// By the link of either end, whether it was used or not.
std::optional<MailChangeRow> mail_change_by_link(db::ReadTx& tx, Bytes const& link_lookup, Instant now);
// False if the person has none, expired or not.
bool delete_mail_change(db::Tx& tx, PersonId person);
int64_t delete_expired_mail_changes(db::Tx& tx, Instant now, int64_t limit);

}  // namespace menkyo::people::store
