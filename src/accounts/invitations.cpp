#include "accounts/invitations.hpp"

#include <set>

#include "accounts/inside.hpp"
#include "accounts/organization.hpp"
#include "accounts/store.hpp"
#include "base/text.hpp"

namespace menkyo::accounts {

namespace {

// What every mail about a role says, in the reader's language, but for who did it. Of a virtual account its own name
// alone: a role on it does not show what is above it.
mail::Words words_of(db::ReadTx& tx, SmartAccountId account, RoleGrant const& grant, people::Language language) {
  auto const scope = grant.virtual_account_id ? store::node(tx, account, *grant.virtual_account_id) : std::nullopt;
  return {{"account", store::account(tx, account).value().name},
          {"role", mail::phrase(language, to_text(grant.role))},
          {"scope", scope ? scope->name : mail::phrase(language, "whole_account")},
          {"until", grant.ends_at ? mail::to_mail_time(*grant.ends_at) : mail::phrase(language, "no_end")}};
}

void add_note(mail::Words& words, RoleNote const& note) {
  words.emplace_back("note", note.text);
  words.emplace_back("note_from", note.from);
}

// "Hana Mori", or some administration if the reader may not be told of that person.
std::string doer(db::ReadTx& tx, keys::Vault const& vault, SmartAccountId account, people::Person const& reader,
                 std::optional<PersonId> by) {
  if (!by) return mail::phrase(reader.language, "the_operator");
  for (auto const& shown : persons_shown_to(tx, vault, account, reader.id, {*by}))
    if (shown.id == *by) return people::display_name(shown);
  return mail::phrase(reader.language, "the_administration");
}

// What an account may still send to somebody; anybody can be named there, so strangers' inboxes are spared.
bool may_mail(db::Tx& tx, keys::Vault const& vault, SmartAccountId account, people::Person const& person) {
  return people::count_mail_from(tx, vault, account.text(), normalize_mail(person.mail).value());
}

// Names its sender, even to a stranger, who would not trust it otherwise. Returns the path of its link.
std::string post_invitation(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                            people::Person const& person, mail::Words words, std::string by) {
  words.emplace_back("by", std::move(by));
  words.emplace_back(
      "days", std::to_string(std::chrono::duration_cast<std::chrono::days>(people::invitation_period).count()));
  auto path = link_path(people::make_invitation_link(tx, vault, person.id));
  words.emplace_back("link", outbox.link(path));
  outbox.post(tx, {person.mail, person.language, "invitation", std::move(words)});
  return path;
}

void post_news(db::Tx& tx, mail::Outbox const& outbox, people::Person const& person, std::string const& template_name,
               mail::Words words, std::string by) {
  words.emplace_back("by", std::move(by));
  words.emplace_back("name", people::display_name(person));
  words.emplace_back("link", outbox.link("/"));
  outbox.post(tx, {person.mail, person.language, template_name, std::move(words)});
}

}  // namespace

void tell_of_role_given(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, SmartAccountId account,
                        GivenRole const& role, std::optional<PersonId> by, RoleNote const& note) {
  if (!role.is_new || by == role.person_id) return;
  auto const person = people::load_person(tx, vault, role.person_id);
  if (!may_mail(tx, vault, account, person)) return;
  auto words = words_of(tx, account, role.grant, person.language);
  add_note(words, note);
  if (people::has_password(tx, person.id))
    post_news(tx, outbox, person, "role_given", std::move(words), doer(tx, vault, account, person, by));
  else
    post_invitation(tx, vault, outbox, person, std::move(words),
                    by ? people::display_name(people::load_person(tx, vault, *by))
                       : mail::phrase(person.language, "the_operator"));
}

void tell_of_role_taken(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, SmartAccountId account,
                        GivenRole const& role, std::optional<PersonId> by) {
  if (by == role.person_id) return;
  auto const person = people::load_person(tx, vault, role.person_id);
  if (!may_mail(tx, vault, account, person)) return;
  post_news(tx, outbox, person, "role_taken", words_of(tx, account, role.grant, person.language),
            doer(tx, vault, account, person, by));
}

void tell_of_roles_given(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, SmartAccountId account,
                         std::vector<GivenRole> const& roles, PersonId by) {
  std::set<PersonId> invited;
  for (auto const& role : roles) {
    if (!role.is_new || invited.contains(role.person_id)) continue;
    tell_of_role_given(tx, vault, outbox, account, role, by);
    if (!people::has_password(tx, role.person_id)) invited.insert(role.person_id);
  }
}

std::optional<std::string> tell_first_administrator(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                                                    SmartAccountId account, std::string_view mail) {
  auto const person = people::load_person(tx, vault, people::find_person(tx, vault, mail).value());
  auto words = words_of(tx, account, {{}, Role::sa_admin, {}, {}}, person.language);
  add_note(words, {});
  auto by = mail::phrase(person.language, "the_operator");
  if (people::has_password(tx, person.id)) {
    post_news(tx, outbox, person, "role_given", std::move(words), std::move(by));
    return {};
  }
  auto path = post_invitation(tx, vault, outbox, person, std::move(words), std::move(by));
  return outbox.is_sent() ? std::nullopt : std::optional(std::move(path));
}

void send_invitation(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                     Access<access::RoleGrant, Permission::users_manage> const& access) {
  auto const account = access.smart_account_id();
  auto const row = store::grant(tx, account, access.role_grant_id());
  if (!row) throw Problem(problems::not_found);
  if (people::has_password(tx, row->person_id))
    throw Problem(problems::conflict, "This person has accepted an invitation already.");
  auto const person = people::load_person(tx, vault, row->person_id);
  if (!may_mail(tx, vault, account, person))
    throw Problem(problems::too_many_requests, "This person was sent many mails lately; wait for a while.");
  auto words = words_of(tx, account, to_grant(*row), person.language);
  add_note(words, {});
  post_invitation(tx, vault, outbox, person, std::move(words),
                  people::display_name(people::load_person(tx, vault, access.person_id())));
}

}  // namespace menkyo::accounts
