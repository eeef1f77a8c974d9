#pragma once
#include "mail/mail.hpp"

namespace menkyo::mail::store {

struct NewMail {
  MailId mail_id;
  std::string template_name;
  Bytes wrapped_message;
  Instant created_at;
};
void insert_mail(db::Tx& tx, NewMail const& mail);

struct DueMail {
  MailId mail_id;
  std::string template_name;
  Bytes wrapped_message;
  Instant created_at;
  int64_t attempts;
  Instant next_at;
};
// Longest due first.
std::vector<DueMail> due_mails(db::ReadTx& tx, Instant now, int64_t limit);
// False, and nothing changed, if somebody else took it since it was read.
bool take(db::Tx& tx, DueMail const& mail, Instant next_at);
// Puts it off, however it stands.
void put_off(db::Tx& tx, MailId id, int64_t attempts, Instant next_at);
void remove(db::Tx& tx, MailId id);
void keep_delivered(db::Tx& tx, MailId id, Instant at);
// Its content goes.
void give_up(db::Tx& tx, MailId id, std::string const& problem);

struct KeptMail {
  MailId mail_id;
  Bytes wrapped_message;
  Instant delivered_at;
};
// Newest first.
std::vector<KeptMail> kept_mails(db::ReadTx& tx, Newest<MailId> const& range);
std::optional<KeptMail> kept_mail(db::ReadTx& tx, MailId id);

int64_t delete_done(db::Tx& tx, MailId before, int64_t limit);

}  // namespace menkyo::mail::store
