#pragma once
// Mails as the outbox of a test's database holds them.

#include "mail/mail.hpp"

namespace menkyo::test {

struct SentMail {
  std::string template_name;
  mail::Message message;
  // The last part of the address that its button leads to, if that is a one-time link.
  std::string token() const;
};

// In the order in which they were written.
std::vector<SentMail> sent_mails(db::Database& database, keys::Vault const& vault);

}  // namespace menkyo::test
