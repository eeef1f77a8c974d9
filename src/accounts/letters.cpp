#include "accounts/letters.hpp"

#include <set>

#include "accounts/notifications.hpp"
#include "base/text.hpp"

namespace menkyo::accounts {

namespace {

// All of those who decide hear of a request; no organization has more administrators than this.
constexpr int64_t max_deciders = 200;

std::vector<PersonId> deciders_of(db::ReadTx& tx, store::RequestRow const& row) {
  if (row.decider_id) return store::holders_of_role(tx, row.decider_id, Role::sa_admin, max_deciders);
  return staff_who_may(tx, access::OperatorPermission::account_requests_decide);
}

std::string one_line(places::PostalAddress const& a, Language language) {
  auto const* country = places::find_country(a.country);
  auto const* region = places::region_of(a);
  std::string out;
  for (auto const part : {std::string_view(a.line1), a.line2 ? std::string_view(*a.line2) : std::string_view(),
                          std::string_view(a.city),
                          region     ? region->name_en
                          : a.region ? std::string_view(*a.region)
                                     : std::string_view(),
                          a.postal_code ? std::string_view(*a.postal_code) : std::string_view(),
                          !country                   ? std::string_view(a.country)
                          : language == Language::ja ? country->name_ja
                                                     : country->name_en})
    if (!part.empty()) out += (out.empty() ? "" : ", ") + std::string(part);
  return out;
}

std::string type_word(AccountType type, Language language) {
  bool const in_japanese = language == Language::ja;
  switch (type) {
    case AccountType::CUSTOMER:
      return in_japanese ? "お客様" : "customer";
    case AccountType::HOLDING:
      return in_japanese ? "保有用" : "holding";
  }
  return {};
}

// "-" if there is nobody.
std::string names_of(db::ReadTx& tx, keys::Vault const& vault, std::vector<PersonId> const& ids) {
  std::string out;
  for (auto const& person : people::load_persons(tx, vault, ids)) out += (out.empty() ? "" : ", ") + contact(person);
  return out.empty() ? "-" : out;
}

mail::Words words_of(store::RequestRow const& row) {
  return {{"account_name", row.name}, {"account_domain", row.domain}};
}

std::string own_request_page(store::RequestRow const& row) {
  return "/account_requests/" + row.account_request_id.text();
}

std::string decision_page(store::RequestRow const& row) {
  auto const page = own_request_page(row);
  return row.decider_id ? "/accounts/" + row.decider_id.text() + page : "/operator" + page;
}

}  // namespace

std::string contact(people::Person const& person) {
  auto const name = people::display_name(person);
  return name == person.mail ? name : name + " <" + person.mail + ">";
}

std::vector<PersonId> staff_who_may(db::ReadTx& tx, access::OperatorPermission permission) {
  std::set<PersonId> out;
  for (size_t i = 0; i < enum_words(access::OperatorRole{}).size(); ++i)
    if (auto const role = access::OperatorRole(i); access::allows(role, permission))
      for (auto const& person : store::staff(tx, role, max_deciders)) out.insert(person);
  return {out.begin(), out.end()};
}

void post_to(db::Tx& tx, mail::Outbox const& outbox, people::Person const& person, std::string template_name,
             mail::Words words) {
  words.emplace_back("name", people::display_name(person));
  outbox.post(tx, {person.mail, person.language, std::move(template_name), std::move(words)});
}

void tell_requested(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, store::RequestRow const& row,
                    AccountForm const& form, Applicant const& applicant) {
  auto words = words_of(row);
  words.emplace_back("requester", contact(applicant.person));
  words.emplace_back("phone", phone_of(applicant.company));
  words.emplace_back("link", outbox.link(own_request_page(row)));
  post_to(tx, outbox, applicant.person, "setup_pending_requester", std::move(words));
  tell_deciders(tx, vault, outbox, row, form, applicant, "setup_pending_approver");
}

void tell_deciders(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, store::RequestRow const& row,
                   AccountForm const& form, Applicant const& applicant, std::string const& template_name) {
  auto const words_for = [&](Language language, std::string const& approver) {
    auto words = words_of(row);
    words.emplace_back("account_type", type_word(row.type, language));
    words.emplace_back("approver", approver);
    words.emplace_back("requester", contact(applicant.person));
    words.emplace_back("phone", phone_of(applicant.company));
    // One line, so that a note cannot look like a part of the mail.
    words.emplace_back("note", plain_line(form.note.value_or(Note())));
    words.emplace_back("link", outbox.link(decision_page(row)));
    return words;
  };
  for (auto const& decider : people::load_persons(tx, vault, deciders_of(tx, row)))
    post_to(tx, outbox, decider, template_name, words_for(decider.language, contact(decider)));
  if (row.decider_id)
    post_to_addresses(tx, vault, outbox, row.decider_id, template_name,
                      [&](auto const& reader) { return words_for(reader.language, reader.mail); });
}

void tell_still_pending(db::Tx& tx, mail::Outbox const& outbox, store::RequestRow const& row,
                        Applicant const& applicant) {
  auto words = words_of(row);
  words.emplace_back("link", outbox.link(own_request_page(row)));
  post_to(tx, outbox, applicant.person, "setup_still_pending", std::move(words));
}

void tell_activated(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                    store::AccountRow const& account, Applicant const& founder, AccountForm const& form,
                    std::string const& reason) {
  auto const& person = founder.person;
  auto const holders = [&](Role role) {
    return names_of(tx, vault, store::holders_of_role(tx, account.smart_account_id, role, max_deciders));
  };
  auto const& company = founder.company.name;
  // The founder accepted responsibility for the account. Who approved it stays untold.
  post_to(tx, outbox, person, "account_activated",
          {{"account_name", account.name},
           {"account_domain", account.domain},
           {"company", (company ? *company + ", " : "") + one_line(form.headquarters, person.language)},
           {"administrators", holders(Role::sa_admin)},
           {"approvers", holders(Role::sa_approver)},
           {"authorized_by", contact(person)},
           {"requester", contact(person)},
           {"reason", plain_line(reason)},
           {"link", outbox.link("/accounts/" + account.smart_account_id.text() + "/manage")}});
}

void tell_declined(db::Tx& tx, mail::Outbox const& outbox, store::RequestRow const& row, Applicant const& applicant,
                   std::string const& reason) {
  auto words = words_of(row);
  words.emplace_back("reason", plain_line(reason));
  words.emplace_back("link", outbox.link(own_request_page(row)));
  post_to(tx, outbox, applicant.person, "account_declined", std::move(words));
}

}  // namespace menkyo::accounts
