#include "accounts/letters.hpp"

#include "base/text.hpp"

namespace menkyo::accounts {

namespace {

// All of those who decide hear of a request; no organization has more administrators than this.
constexpr int64_t max_deciders = 200;

std::vector<PersonId> deciders_of(db::ReadTx& tx, store::RequestRow const& row) {
  if (row.decider_id) return store::holders_of_role(tx, row.decider_id, Role::sa_admin, tx.now(), max_deciders);
  return store::staff(tx, access::OperatorRole::operator_admin, access::OperatorRole::operator_support, max_deciders);
}

std::string contact(people::Person const& person) {
  auto const name = people::display_name(person);
  return name == person.mail ? name : name + " <" + person.mail + ">";
}

std::string one_line(places::PostalAddress const& a, Language language) {
  auto const* country = places::find_country(a.country);
  auto const* region = country && a.region ? places::find_region(*country, *a.region) : nullptr;
  auto const region_name = region ? std::string(region->name_en) : std::string(a.region.value_or(""));
  std::string out;
  for (auto const& part : {std::string(a.line1), std::string(a.line2.value_or("")), std::string(a.city), region_name,
                           std::string(a.postal_code.value_or("")),
                           !country ? std::string(a.country)
                                    : std::string(language == Language::ja ? country->name_ja : country->name_en)})
    if (!part.empty()) out += (out.empty() ? "" : ", ") + part;
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

std::string phone_of(people::Company const& company) {
  return company.phone ? places::show_phone(*company.phone).international : "";
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

void post_to(db::Tx& tx, mail::Outbox const& outbox, people::Person const& person, std::string template_name,
             mail::Words words) {
  words.emplace_back("name", people::display_name(person));
  outbox.post(tx, {person.mail, person.language, std::move(template_name), std::move(words)});
}

std::string own_request_page(store::RequestRow const& row) {
  return "/account_requests/" + row.account_request_id.text();
}

std::string decision_page(store::RequestRow const& row) {
  auto const page = own_request_page(row);
  return row.decider_id ? "/accounts/" + row.decider_id.text() + page : "/operator" + page;
}

}  // namespace

void tell_requested(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, store::RequestRow const& row,
                    AccountForm const& form) {
  auto const requester = people::load_person(tx, vault, row.requester_id);
  auto words = words_of(row);
  words.emplace_back("requester", contact(requester));
  words.emplace_back("phone", phone_of(people::load_company(tx, vault, row.requester_id)));
  words.emplace_back("link", outbox.link(own_request_page(row)));
  post_to(tx, outbox, requester, "setup_pending_requester", std::move(words));
  tell_deciders(tx, vault, outbox, row, form, "setup_pending_approver");
}

void tell_deciders(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, store::RequestRow const& row,
                   AccountForm const& form, std::string const& template_name) {
  auto const requester = people::load_person(tx, vault, row.requester_id);
  auto const phone = phone_of(people::load_company(tx, vault, row.requester_id));
  for (auto const& decider : people::load_persons(tx, vault, deciders_of(tx, row))) {
    auto words = words_of(row);
    words.emplace_back("account_type", type_word(row.type, decider.language));
    words.emplace_back("approver", contact(decider));
    words.emplace_back("requester", contact(requester));
    words.emplace_back("phone", phone);
    // One line, so that a note cannot look like a part of the mail.
    words.emplace_back("note", plain_line(form.note.value_or(Note())));
    words.emplace_back("link", outbox.link(decision_page(row)));
    post_to(tx, outbox, decider, template_name, std::move(words));
  }
}

void tell_still_pending(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                        store::RequestRow const& row) {
  auto words = words_of(row);
  words.emplace_back("link", outbox.link(own_request_page(row)));
  post_to(tx, outbox, people::load_person(tx, vault, row.requester_id), "setup_still_pending", std::move(words));
}

void tell_activated(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                    store::AccountRow const& account, PersonId founder, AccountForm const& form,
                    std::string const& reason) {
  auto const person = people::load_person(tx, vault, founder);
  auto const holders = [&](Role role) {
    return names_of(tx, vault, store::holders_of_role(tx, account.smart_account_id, role, tx.now(), max_deciders));
  };
  auto const id = account.smart_account_id.text();
  auto const company = people::load_company(tx, vault, founder).name;
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
           {"link", outbox.link("/accounts/" + id + "/manage")}});
}

void tell_declined(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, store::RequestRow const& row,
                   std::string const& reason) {
  auto words = words_of(row);
  words.emplace_back("reason", plain_line(reason));
  words.emplace_back("link", outbox.link(own_request_page(row)));
  post_to(tx, outbox, people::load_person(tx, vault, row.requester_id), "account_declined", std::move(words));
}

}  // namespace menkyo::accounts
