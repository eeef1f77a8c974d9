#include "tests/support/sent_mail.hpp"

namespace menkyo::test {

std::string SentMail::token() const {
  auto const at = message.text.find("/link/") + 6;
  return message.text.substr(at, message.text.find('\n', at) - at);
}

std::vector<SentMail> sent_mails(db::Database& database, keys::Vault const& vault) {
  struct Row {
    std::string template_name;
    Bytes wrapped_message;
  };
  std::vector<SentMail> out;
  for (auto const& row : database.read(
           [](db::ReadTx& tx) { return tx.all<Row>("select template, wrapped_message from mail order by mail_id"); }))
    out.push_back(
        {row.template_name, keys::open_struct<mail::Message>(vault, mail::message_purpose, row.wrapped_message)});
  return out;
}

}  // namespace menkyo::test
