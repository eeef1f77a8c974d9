#include "accounts/access_letters.hpp"

#include "accounts/notifications.hpp"
#include "base/text.hpp"

namespace menkyo::accounts {

namespace {

std::string own_page(mail::Outbox const& outbox, store::AccessRow const& row) {
  return outbox.link("/access_requests/" + row.access_request_id.text());
}

}  // namespace

void tell_asked(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, store::AccessRow const& row,
                std::string const& text) {
  bool const is_message = row.purpose == AccessPurpose::message;
  post_to(tx, outbox, people::load_person(tx, vault, row.requester_id),
          is_message ? "access_message_sent" : "access_requested",
          {{"account_domain", row.domain}, {"text", plain_line(text)}, {"link", own_page(outbox, row)}});
}

void tell_administrators(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                         store::AccessRow const& row, store::AccountRow const& account, std::string const& text,
                         std::vector<PersonId> const& administrators, bool are_last) {
  auto const applicant = load_applicant(tx, vault, row.requester_id);
  auto const page =
      "/accounts/" + account.smart_account_id.text() + "/access_requests/" + row.access_request_id.text();
  auto const template_name = row.purpose == AccessPurpose::message ? "access_message"
                             : row.reminders == 0                  ? "access_to_decide"
                                                                   : "access_to_decide_reminder";
  mail::Words const words{{"account_name", account.name},
                          {"account_domain", account.domain},
                          {"requester", contact(applicant.person)},
                          {"requester_mail", applicant.person.mail},
                          {"company", applicant.company.name.value_or("")},
                          {"phone", phone_of(applicant.company)},
                          // One line, so that it cannot look like a part of the mail.
                          {"text", plain_line(text)},
                          {"link", outbox.link(page)}};
  for (auto const& administrator : people::load_persons(tx, vault, administrators))
    post_to(tx, outbox, administrator, template_name, words);
  if (are_last)
    post_to_addresses(tx, vault, outbox, account.smart_account_id, template_name, [&](auto const&) { return words; });
}

void tell_access_given(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, store::AccessRow const& row,
                       store::AccountRow const& account, GivenAccess const& given, std::string const& reason) {
  auto const requester = people::load_person(tx, vault, row.requester_id);
  auto const language = requester.language;
  std::string scope;
  for (auto const& name : given.virtual_accounts) scope += (scope.empty() ? "" : ", ") + name;
  post_to(tx, outbox, requester, "access_approved",
          {{"account_name", account.name},
           {"account_domain", account.domain},
           {"role", mail::phrase(language, to_text(given.role))},
           {"scope", scope.empty() ? mail::phrase(language, "whole_account") : scope},
           {"until", given.ends_at ? mail::to_mail_time(*given.ends_at) : mail::phrase(language, "no_end")},
           {"reason", plain_line(reason)},
           {"link", own_page(outbox, row)}});
}

void tell_access_refused(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                         store::AccessRow const& row, std::string const& template_name, std::string const& reason) {
  post_to(tx, outbox, people::load_person(tx, vault, row.requester_id), template_name,
          {{"account_domain", row.domain}, {"reason", plain_line(reason)}, {"link", own_page(outbox, row)}});
}

}  // namespace menkyo::accounts
