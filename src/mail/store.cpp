#include "mail/store.hpp"

namespace menkyo::mail::store {

void insert_mail(db::Tx& tx, NewMail const& m) {
  tx.exec(
      "insert into mail (mail_id, template, wrapped_message, created_at, attempts, next_at) values ($1, $2, $3, $4, "
      "0, $4)",
      m.mail_id, m.template_name, m.wrapped_message, m.created_at);
}

std::vector<DueMail> due_mails(db::ReadTx& tx, Instant now, int64_t limit) {
  return tx.all<DueMail>(
      "select mail_id, template, wrapped_message, created_at, attempts, next_at from mail where next_at <= $1 "
      "order by next_at, mail_id limit $2",
      now, limit);
}

bool take(db::Tx& tx, DueMail const& m, Instant next_at) {
  return tx.exec("update mail set attempts = attempts + 1, next_at = $3 where mail_id = $1 and next_at = $2",
                 m.mail_id, m.next_at, next_at) == 1;
}

void put_off(db::Tx& tx, MailId id, int64_t attempts, Instant next_at) {
  tx.exec("update mail set attempts = $2, next_at = $3 where mail_id = $1", id, attempts, next_at);
}

void remove(db::Tx& tx, MailId id) {
  tx.exec("delete from mail where mail_id = $1", id);
}

void keep_delivered(db::Tx& tx, MailId id, Instant at) {
  tx.exec("update mail set next_at = null, delivered_at = $2 where mail_id = $1", id, at);
}

void give_up(db::Tx& tx, MailId id, std::string const& problem) {
  tx.exec("update mail set next_at = null, wrapped_message = $2, problem = $3 where mail_id = $1", id, Bytes{},
          problem);
}

std::vector<KeptMail> kept_mails(db::ReadTx& tx, Newest<MailId> const& range) {
  return tx.all<KeptMail>(
      "select mail_id, wrapped_message, delivered_at from mail where mail_id < $1 and delivered_at is not null "
      "order by mail_id desc limit $2",
      range.before, range.limit);
}

std::optional<KeptMail> kept_mail(db::ReadTx& tx, MailId id) {
  return tx.one<KeptMail>(
      "select mail_id, wrapped_message, delivered_at from mail where mail_id = $1 and delivered_at is not null", id);
}

int64_t delete_done(db::Tx& tx, MailId before, int64_t limit) {
  return tx.exec(
      "delete from mail where mail_id in (select mail_id from mail where mail_id < $1 and next_at is null "
      "order by mail_id limit $2)",
      before, limit);
}

}  // namespace menkyo::mail::store
