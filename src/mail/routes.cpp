#include "api/route.hpp"
#include "mail/store.hpp"

namespace menkyo::mail {

namespace {

struct MailboxQuery {
  std::optional<api::Limit> limit;
  std::optional<api::CursorText> cursor;
};
BOOST_DESCRIBE_STRUCT(MailboxQuery, (), (limit, cursor))

struct MailKey {
  MailId mail_id;
};
BOOST_DESCRIBE_STRUCT(MailKey, (), (mail_id))

struct MailSummary {
  MailId mail_id;
  std::string to, subject;
  Instant delivered_at;
};
BOOST_DESCRIBE_STRUCT(MailSummary, (), (mail_id, to, subject, delivered_at))

struct Mail : MailSummary {
  std::string text, html;
};
BOOST_DESCRIBE_STRUCT(Mail, (MailSummary), (text, html))

Mail read_mail(Mailbox const& mailbox, store::KeptMail const& row) {
  auto message = keys::open_struct<Message>(mailbox.vault(), message_purpose, row.wrapped_message);
  return {{row.mail_id, std::move(message.to), std::move(message.subject), row.delivered_at},
          std::move(message.text),
          std::move(message.html)};
}

wire::Page<MailSummary> list_mails(db::ReadTx& tx, MailboxQuery const& in, Mailbox const& mailbox,
                                   api::Cursors const& cursors, api::Request const& request) {
  mailbox.admit(request);
  constexpr auto scope = "mailbox";
  auto const range = api::newest<MailId>(cursors, scope, in);
  std::vector<MailSummary> rows;
  for (auto const& row : store::kept_mails(tx, range)) rows.push_back(read_mail(mailbox, row));
  return api::make_page(std::move(rows), range, cursors, scope, &MailSummary::mail_id);
}

Mail get_mail(db::ReadTx& tx, MailKey const& in, Mailbox const& mailbox, api::Request const& request) {
  mailbox.admit(request);
  auto const row = store::kept_mail(tx, in.mail_id);
  if (!row) throw Problem(problems::not_found);
  return read_mail(mailbox, *row);
}

}  // namespace

std::vector<api::Route> routes() {
  using enum api::Method;
  return {
      api::route<&list_mails>(get, "/api/v1/mailbox", "list_mails",
                              "List the mails that were written, where there is no mail server"),
      api::route<&get_mail>(get, "/api/v1/mailbox/{mail_id}", "get_mail", "Read one of them"),
  };
}

}  // namespace menkyo::mail
