#include "accounts/founding.hpp"

#include <algorithm>

#include "accounts/invitations.hpp"
#include "accounts/letters.hpp"
#include "accounts/requests.hpp"
#include "base/random.hpp"
#include "base/text.hpp"

namespace menkyo::accounts {

namespace {

Decider decider_of(DomainClaim const& claim, bool has_account_above) {
  switch (claim.kind) {
    case ClaimKind::own:
    case ClaimKind::refused:
      return Decider::nobody;
    case ClaimKind::prefix:
      return has_account_above ? Decider::administrators : Decider::staff;
    case ClaimKind::different:
      return Decider::staff;
  }
  return Decider::staff;
}

// The form as it is kept, or Problem invalid with all that is wrong with it.
AccountForm read_form(Founding const& in, DomainClaim const& claim, std::optional<AskingPartner> const& partner) {
  wire::Errors errors;
  if (claim.refusal) errors.push_back(refused_field(*claim.refusal, "/domain"));
  auto const headquarters = places::normalize_address(in.headquarters, "/headquarters", errors);
  AccountForm form{
      .headquarters = {}, .note = {}, .members = in.members.value_or(std::vector<NewMember>{}), .partner = partner};
  check_members(form.members, errors);
  if (in.note && !in.note->empty()) form.note = in.note;
  if (claim.kind == ClaimKind::different && !form.note)
    errors.push_back({"/note", "missing", "must say why the domain is not that of your mail address"});
  if (!errors.empty()) throw Problem(problems::invalid, {}, std::move(errors));
  form.headquarters = *headquarters;
  return form;
}

// Whether others have an account is told of domains of the founder's own alone; of a different one, the operator sees
// it (docs/decisions/0030-requests-for-access.md).
bool is_known_to_be_taken(db::ReadTx& tx, DomainClaim const& claim) {
  bool const own = claim.kind == ClaimKind::own || claim.kind == ClaimKind::prefix;
  return own && store::account_of_domain(tx, claim.domain).has_value();
}

void require_free(db::ReadTx& tx, std::string_view name, DomainClaim const& claim) {
  refuse_taken(store::is_name_taken(tx, fold_name(name)), is_known_to_be_taken(tx, claim));
}

void check_pace(db::ReadTx& tx, PersonId requester) {
  AccountRequestId const yesterday{first_uuid7(tx.now() - std::chrono::days(1))};
  if (store::count_open_requests(tx, requester) >= max_open_requests)
    throw Problem(problems::too_many_requests,
                  "You have several requests that wait for approval; withdraw one before you make another.");
  if (store::count_requests(tx, requester, yesterday, max_requests_a_day) >= max_requests_a_day)
    throw Problem(problems::too_many_requests, "You made many requests today; make the next one tomorrow.");
}

bool holds(std::vector<store::GrantRow> const& grants, Role role) {
  return std::any_of(grants.begin(), grants.end(), [role](auto const& grant) { return grant.role == role; });
}

void add_member(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, SmartAccountId account,
                PersonId founder, NewMember const& member, RoleNote const& note) {
  auto const actor = audit::actor(audit::ActorKind::person, founder);
  auto person = people::find_person(tx, vault, member.mail);
  if (!person) person = create_invited(tx, vault, founder, member.mail, actor);
  if (holds(store::grants_of_person(tx, account, *person), member.role)) return;
  std::optional<VirtualAccountId> place;
  if (access::is_virtual_account_role(member.role)) place = default_virtual_account(tx, account);
  RoleGrant const grant{tx.new_id<RoleGrantId>(), member.role, place, {}};
  put_grant(tx, vault, account, actor, grant, *person);
  tell_of_role_given(tx, vault, outbox, account, {grant, *person, true}, founder, note);
}

// In the log of the account; what happened before is in the operator's.
void record_partner(db::Tx& tx, keys::Vault const& vault, store::AccountRow const& account, audit::Actor const& actor,
                    people::Person const& partner) {
  audit::record(tx, vault,
                {.smart_account_id = account.smart_account_id,
                 .kind = audit::EventKind::partner_request_accepted,
                 .actor = actor,
                 .data = {{"name", account.name}, {"domain", account.domain}},
                 .personal = people::display_name(partner)});
}

}  // namespace

void check_members(std::vector<NewMember> const& members, wire::Errors& errors) {
  if (members.size() > max_first_members)
    errors.push_back({"/members", "too_long", "must have at most " + std::to_string(max_first_members) + " entries"});
  for (size_t i = 0; i < members.size(); ++i)
    people::read_mail(members[i].mail, "/members/" + std::to_string(i) + "/mail", errors);
}

store::AccountRow open_founded(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                               NewAccount const& account, PersonId founder, AccountForm const& form) {
  auto const actor = audit::actor(audit::ActorKind::person, founder);
  auto const row = open_account(tx, vault, account, actor);
  store::set_creator(tx, row.smart_account_id, founder);
  store::insert_site(tx, row.smart_account_id,
                     {store::next_number(tx, "account_site"),
                      keys::seal_struct(vault, site_purpose, form.headquarters, tx.random())},
                     true);
  put_grant(tx, vault, row.smart_account_id, actor, {tx.new_id<RoleGrantId>(), Role::sa_admin, {}, {}}, founder);
  RoleNote note;
  if (form.partner) {
    auto const partner = people::load_person(tx, vault, form.partner->person_id);
    record_partner(tx, vault, row, actor, partner);
    if (form.partner->members_note) note = {plain_line(*form.partner->members_note), contact(partner)};
  }
  for (auto const& member : form.members) add_member(tx, vault, outbox, row.smart_account_id, founder, member, note);
  return row;
}

Forecast forecast(db::ReadTx& tx, keys::Vault const& vault, PersonId founder, std::string_view domain,
                  std::string_view name) {
  auto const claim = judge_claim(people::load_person(tx, vault, founder).mail, domain);
  bool const has_account_above = store::account_of_domain(tx, claim.mail_domain).has_value();
  return {claim.kind,
          claim.refusal,
          claim.domain,
          claim.mail_domain,
          claim.shared_mail,
          claim.look_alike,
          !name.empty() && store::is_name_taken(tx, fold_name(name)),
          is_known_to_be_taken(tx, claim),
          decider_of(claim, has_account_above)};
}

Founded found_smart_account(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, PersonId founder,
                            Founding const& in, std::optional<AskingPartner> const& partner) {
  auto const applicant = load_applicant(tx, vault, founder);
  require_complete(applicant.company);
  auto const claim = judge_claim(applicant.person.mail, in.domain);
  auto const form = read_form(in, claim, partner);
  require_free(tx, in.name, claim);
  auto const type = in.type.value_or(AccountType::CUSTOMER);
  if (claim.kind == ClaimKind::own) {
    auto const row = open_founded(tx, vault, outbox, {in.name, claim.domain, type}, founder, form);
    tell_activated(tx, vault, outbox, row, applicant, form, {});
    return {summary_of(tx, row, access::holdings(tx, founder, row.smart_account_id)), {}};
  }
  check_pace(tx, founder);
  auto const above = claim.kind == ClaimKind::prefix ? store::account_of_domain(tx, claim.mail_domain) : std::nullopt;
  return {{}, ask_for_account(tx, vault, outbox, {in.name, claim.domain, type}, applicant, claim.kind, above, form)};
}

}  // namespace menkyo::accounts
