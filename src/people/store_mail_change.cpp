#include "people/store_mail_change.hpp"

namespace menkyo::people::store {

void put_mail_change(db::Tx& tx, MailChangeRow const& c) {
  delete_mail_change(tx, c.person_id);
  tx.exec(
      "insert into mail_change (person_id, session_id, new_link_lookup, old_link_lookup, wrapped_wish, created_at, "
      "expires_at, new_confirmed_at, old_confirmed_at, mails_sent, mailed_at) values ($1, $2, $3, $4, $5, $6, $7, "
      "$8, "
      "$9, $10, $11)",
      c.person_id, c.session_id, c.new_link_lookup, c.old_link_lookup, c.wrapped_wish, c.created_at, c.expires_at,
      c.new_confirmed_at, c.old_confirmed_at, c.mails_sent, c.mailed_at);
}

std::optional<MailChangeRow> mail_change_of(db::ReadTx& tx, PersonId person, Instant now) {
  return tx.one<MailChangeRow>(
      "select person_id, session_id, new_link_lookup, old_link_lookup, wrapped_wish, created_at, expires_at, "
      "new_confirmed_at, old_confirmed_at, mails_sent, mailed_at from mail_change where person_id = $1 and "
      "expires_at > $2",
      person, now);
}

std::optional<MailChangeRow> mail_change_by_link(db::ReadTx& tx, Bytes const& link_lookup, Instant now) {
  return tx.one<MailChangeRow>(
      "select person_id, session_id, new_link_lookup, old_link_lookup, wrapped_wish, created_at, expires_at, "
      "new_confirmed_at, old_confirmed_at, mails_sent, mailed_at from mail_change where (new_link_lookup = $1 or "
      "old_link_lookup = $1) and expires_at > $2",
      link_lookup, now);
}

bool delete_mail_change(db::Tx& tx, PersonId person) {
  return tx.exec("delete from mail_change where person_id = $1", person) == 1;
}

int64_t delete_expired_mail_changes(db::Tx& tx, Instant now, int64_t limit) {
  return tx.exec(
      "delete from mail_change where person_id in (select person_id from mail_change where expires_at <= $1 "
      "order by expires_at limit $2)",
      now, limit);
}

}  // namespace menkyo::people::store
