#include "accounts/succession_letters.hpp"

#include "accounts/notifications.hpp"
#include "accounts/organization.hpp"
#include "base/text.hpp"

namespace menkyo::accounts {

namespace {

constexpr int64_t max_administrators_told = 200;

std::string own_page(mail::Outbox const& outbox, store::SuccessionRow const& row) {
  return outbox.link("/successions/" + row.succession_id.text());
}

std::string staff_page(mail::Outbox const& outbox, store::SuccessionRow const& row) {
  return outbox.link("/operator/successions/" + row.succession_id.text());
}

std::string account_page(mail::Outbox const& outbox, store::AccountRow const& account) {
  return outbox.link("/accounts/" + account.smart_account_id.text() + "/manage");
}

void tell_staff(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, std::string const& template_name,
                mail::Words const& words) {
  auto const staff = staff_who_may(tx, access::OperatorPermission::successions_decide);
  for (auto const& person : people::load_persons(tx, vault, staff)) post_to(tx, outbox, person, template_name, words);
}

// The requester as this reader may be told of it.
std::string requester_for(db::ReadTx& tx, keys::Vault const& vault, store::SuccessionRow const& row,
                          store::AccountRow const& account, people::Person const& reader) {
  for (auto const& person : persons_shown_to(tx, vault, account.smart_account_id, reader.id, {row.requester_id}))
    if (person.id == row.requester_id) return contact(person);
  return mail::phrase(reader.language, "the_organization");
}

}  // namespace

void tell_succession_asked(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                           store::SuccessionRow const& row, std::string const& proof) {
  auto const applicant = load_applicant(tx, vault, row.requester_id);
  post_to(tx, outbox, applicant.person, "succession_requested",
          {{"account_domain", row.domain}, {"text", plain_line(proof)}, {"link", own_page(outbox, row)}});
  tell_staff(tx, vault, outbox, "succession_to_decide",
             {{"account_domain", row.domain},
              {"requester", contact(applicant.person)},
              {"company", applicant.company.name.value_or("")},
              {"phone", phone_of(applicant.company)},
              // One line, so that it cannot look like a part of the mail.
              {"text", plain_line(proof)},
              {"link", staff_page(outbox, row)}});
}

void tell_succession_approved(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                              store::SuccessionRow const& row, std::string const& reason) {
  post_to(tx, outbox, people::load_person(tx, vault, row.requester_id), "succession_approved",
          {{"account_domain", row.domain},
           {"until", mail::to_mail_time(*row.due_at)},
           {"reason", plain_line(reason)},
           {"link", own_page(outbox, row)}});
}

void tell_succession_announced(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                               store::SuccessionRow const& row, store::AccountRow const& account,
                               std::vector<PersonId> const& members, bool are_last) {
  auto const words_for = [&](std::string const& requester) -> mail::Words {
    return {{"account_name", account.name},
            {"account_domain", account.domain},
            {"requester", requester},
            {"until", mail::to_mail_time(*row.due_at)},
            {"link", account_page(outbox, account)}};
  };
  for (auto const& member : people::load_persons(tx, vault, members)) {
    if (member.id == row.requester_id || !people::is_active(tx, member.id)) continue;
    post_to(tx, outbox, member, "succession_announced", words_for(requester_for(tx, vault, row, account, member)));
  }
  if (are_last)
    post_to_addresses(tx, vault, outbox, account.smart_account_id, "succession_announced", [&](auto const& reader) {
      return words_for(mail::phrase(reader.language, "the_organization"));
    });
}

void tell_succession_objected(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                              store::SuccessionRow const& row, PersonId objector, bool by_administrator,
                              std::string const& text) {
  tell_staff(tx, vault, outbox, by_administrator ? "succession_stopped_for_staff" : "succession_objection",
             {{"account_domain", row.domain},
              {"objector", contact(people::load_person(tx, vault, objector))},
              {"text", plain_line(text)},
              {"link", staff_page(outbox, row)}});
}

void tell_succession_ended(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                           store::SuccessionRow const& row, std::string const& template_name,
                           std::string const& reason) {
  post_to(tx, outbox, people::load_person(tx, vault, row.requester_id), template_name,
          {{"account_domain", row.domain}, {"reason", plain_line(reason)}, {"link", own_page(outbox, row)}});
}

void tell_succession_granted(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                             store::SuccessionRow const& row, store::AccountRow const& account) {
  auto const requester = people::load_person(tx, vault, row.requester_id);
  mail::Words const words{{"account_name", account.name},
                          {"account_domain", account.domain},
                          {"requester", contact(requester)},
                          {"link", account_page(outbox, account)}};
  post_to(tx, outbox, requester, "succession_granted", words);
  auto const others = store::holders_of_role(tx, account.smart_account_id, Role::sa_admin, max_administrators_told);
  for (auto const& person : people::load_persons(tx, vault, others))
    if (person.id != row.requester_id) post_to(tx, outbox, person, "succession_done", words);
}

}  // namespace menkyo::accounts
