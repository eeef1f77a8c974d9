#include "accounts/partner_letters.hpp"

#include "base/text.hpp"

namespace menkyo::accounts {

namespace {

mail::Words words_of(store::PartnerRequestRow const& row, PartnerForm const& form) {
  return {{"account_name", row.name}, {"account_domain", row.domain}, {"customer", form.customer_mail}};
}

}  // namespace

void tell_customer(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                   store::PartnerRequestRow const& row, PartnerForm const& form, std::string const& template_name) {
  auto const partner = load_applicant(tx, vault, row.partner_id);
  auto words = words_of(row, form);
  words.emplace_back("partner", contact(partner.person));
  words.emplace_back("company", partner.company.name.value_or(""));
  // One line, so that a note cannot look like a part of the mail.
  words.emplace_back("note", plain_line(form.note.value_or(Note())));
  words.emplace_back("until", mail::to_mail_time(row.created_at + partner_request_period));
  words.emplace_back("link", outbox.link("/received_partner_requests/" + row.partner_request_id.text()));
  if (auto const customer = people::find_person(tx, vault, form.customer_mail))
    post_to(tx, outbox, people::load_person(tx, vault, *customer), template_name, std::move(words));
  else
    outbox.post(tx, {form.customer_mail, partner.person.language, template_name, std::move(words)});
}

void tell_partner(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                  store::PartnerRequestRow const& row, PartnerForm const& form, std::string const& template_name,
                  std::string const& reason) {
  if (!people::is_active(tx, row.partner_id)) return;
  auto words = words_of(row, form);
  words.emplace_back("reason", plain_line(reason));
  words.emplace_back("link", outbox.link("/partner_requests/" + row.partner_request_id.text()));
  post_to(tx, outbox, people::load_person(tx, vault, row.partner_id), template_name, std::move(words));
}

}  // namespace menkyo::accounts
