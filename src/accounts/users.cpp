#include <algorithm>
#include <map>

#include "accounts/accounts.hpp"
#include "accounts/inside.hpp"
#include "accounts/organization.hpp"
#include "accounts/store.hpp"

namespace menkyo::accounts {

namespace {

// Call with the account locked.
void keep_one_administrator(db::ReadTx& tx, SmartAccountId account, store::GrantRow const& leaving) {
  if (leaving.role != Role::sa_admin || leaving.ends_at) return;
  if (store::lasting_grants(tx, account, Role::sa_admin, leaving.role_grant_id) == 0)
    throw Problem(problems::conflict, "An account keeps at least one administrator whose role does not end.");
}

void record_role(db::Tx& tx, keys::Vault const& vault, audit::EventKind kind, SmartAccountId account,
                 audit::Actor const& actor, RoleGrant const& grant, PersonId person) {
  auto const known = people::load_persons(tx, vault, {person});
  std::vector<audit::Datum> data{{"role", std::string(to_text(grant.role))}};
  if (grant.ends_at) data.emplace_back("ends_at", to_rfc3339(*grant.ends_at));
  audit::record(tx, vault,
                {.smart_account_id = account,
                 .kind = kind,
                 .actor = actor,
                 .virtual_account_id = grant.virtual_account_id,
                 .subject_kind = "person",
                 .subject_id = person.bytes,
                 .data = std::move(data),
                 .personal = known.empty() ? "" : people::display_name(known.front())});
}

// Sorted, at most `limit`.
std::vector<PersonId> members(db::ReadTx& tx, SmartAccountId account, access::Reach const& reach, PersonId after,
                              int64_t limit) {
  if (reach.all) return store::members_after(tx, account, after, tx.now(), limit);
  std::vector<PersonId> out;
  for (auto const& prefix : reach.prefixes)
    for (auto const& id : store::members_below_after(tx, account, prefix, after, tx.now(), limit)) out.push_back(id);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  if (int64_t(out.size()) > limit) out.resize(size_t(limit));
  return out;
}

}  // namespace

std::vector<AccountUser> describe_users(db::ReadTx& tx, SmartAccountId account, access::Reach const& reach,
                                        std::vector<people::Person> const& persons,
                                        std::vector<PersonId> const& ids) {
  std::map<PersonId, AccountUser> users;
  for (auto const& p : persons)
    if (std::binary_search(ids.begin(), ids.end(), p.id))
      users[p.id] = {p.id, p.mail, p.given_name, p.family_name, false, {}};
  for (auto const& id : people::invited_among(tx, ids))
    if (auto const user = users.find(id); user != users.end()) user->second.is_invited = true;
  std::vector<store::MemberKey> keys;
  for (auto const& [id, user] : users) keys.push_back({account, id});
  for (auto const& g : store::grants_of_members(tx, keys)) {
    bool const ended = g.ends_at && *g.ends_at <= tx.now();
    bool const shown = reach.all || (g.path && reach.covers(*g.path));
    if (!ended && shown)
      users[g.person_id].grants.push_back({g.role_grant_id, g.role, g.virtual_account_id, g.ends_at, g.group_name});
  }
  std::vector<AccountUser> rows;
  for (auto& [id, user] : users) {
    std::sort(user.grants.begin(), user.grants.end(),
              [](auto const& a, auto const& b) { return a.role_grant_id < b.role_grant_id; });
    rows.push_back(std::move(user));
  }
  return rows;
}

PersonId create_invited(db::Tx& tx, keys::Vault const& vault, PersonId inviter, people::Mail const& mail,
                        audit::Actor const& actor) {
  people::require_mail(mail);
  auto const language = people::load_person(tx, vault, inviter).language;
  return people::create_person(tx, vault, {{mail, {}, {}, {}}, language}, actor);
}

bool check_place(Role role, bool is_placed) {
  bool const of_virtual_account = access::is_virtual_account_role(role);
  if (!of_virtual_account && is_placed)
    throw invalid_field("/role", "unknown_word", "is a role of the whole account, not of a virtual account");
  return of_virtual_account;
}

void check_grant(Role role, std::optional<VirtualAccountId> virtual_account_id, std::optional<Instant> ends_at,
                 Instant now) {
  if (check_place(role, virtual_account_id.has_value()) && !virtual_account_id)
    throw invalid_field("/virtual_account_id", "missing", "is required for a role on a virtual account");
  people::check_end(ends_at, now);
}

RoleGrant to_grant(store::GrantRow const& row) {
  return {row.role_grant_id, row.role, row.virtual_account_id, row.ends_at};
}

void put_grant(db::Tx& tx, keys::Vault const& vault, SmartAccountId account, audit::Actor const& actor,
               RoleGrant const& grant, PersonId person) {
  store::insert_grant(tx, account, {grant.role_grant_id, person, grant.role, grant.virtual_account_id, grant.ends_at},
                      tx.now());
  record_role(tx, vault, audit::EventKind::role_granted, account, actor, grant, person);
}

GivenRole give_role(db::Tx& tx, keys::Vault const& vault, SmartAccountId account, audit::Actor const& actor,
                    PersonId person, WantedRole const& wanted) {
  for (auto const& row : store::grants_of_person(tx, account, person)) {
    if (row.group_grant_id || row.role != wanted.role || row.virtual_account_id != wanted.virtual_account_id)
      continue;
    auto grant = to_grant(row);
    if (row.ends_at == wanted.ends_at) return {grant, person, false};
    if (wanted.ends_at) keep_one_administrator(tx, account, row);
    grant.ends_at = wanted.ends_at;
    store::set_grant_end(tx, account, row.role_grant_id, wanted.ends_at);
    record_role(tx, vault, audit::EventKind::role_granted, account, actor, grant, person);
    return {grant, person, true};
  }
  RoleGrant const grant{tx.new_id<RoleGrantId>(), wanted.role, wanted.virtual_account_id, wanted.ends_at};
  put_grant(tx, vault, account, actor, grant, person);
  return {grant, person, true};
}

GivenRole grant_role(db::Tx& tx, keys::Vault const& vault,
                     Access<access::Place, Permission::users_manage> const& access, NewRoleGrant const& in) {
  check_grant(in.role, in.virtual_account_id, in.ends_at, tx.now());
  auto const account = access.smart_account_id();
  store::lock_account(tx, account);
  auto person = people::find_person(tx, vault, in.mail);
  if (!person) person = create_invited(tx, vault, access.person_id(), in.mail, access.actor());
  return give_role(tx, vault, account, access.actor(), *person, {in.role, in.virtual_account_id, in.ends_at});
}

GivenRole take_role(db::Tx& tx, keys::Vault const& vault, SmartAccountId account, audit::Actor const& actor,
                    RoleGrantId grant) {
  auto const row = store::grant(tx, account, grant);
  if (!row) throw Problem(problems::not_found);
  if (row->group_grant_id)
    throw Problem(problems::conflict, "This role comes through a group; take it from the group, or leave the group.");
  keep_one_administrator(tx, account, *row);
  store::delete_grant(tx, account, row->role_grant_id);
  record_role(tx, vault, audit::EventKind::role_revoked, account, actor, to_grant(*row), row->person_id);
  return {to_grant(*row), row->person_id, false};
}

GivenRole revoke_role(db::Tx& tx, keys::Vault const& vault,
                      Access<access::RoleGrant, Permission::users_manage> const& access) {
  store::lock_account(tx, access.smart_account_id());
  return take_role(tx, vault, access.smart_account_id(), access.actor(), access.role_grant_id());
}

wire::Page<AccountUser> list_users(db::ReadTx& tx, keys::Vault const& vault, api::Cursors const& cursors,
                                   Access<access::VirtualAccounts, Permission::users_manage> const& access,
                                   UserQuery const& in) {
  auto const account = access.smart_account_id();
  auto const scope = "users " + account.text() + " " + access.person_id().text();
  PersonId after;
  if (auto const keys = cursors.decode(scope, in.cursor, 1); !keys.empty())
    after = PersonId::parse(keys.front()).value_or(PersonId{});
  int64_t const limit = api::page_size(in.limit);
  std::vector<AccountUser> rows;
  // Those whom the reader may not be told of cost a look, too.
  for (bool more = true; more && int64_t(rows.size()) <= limit;) {
    auto const ids = members(tx, account, access.reach(), after, limit + 1);
    more = int64_t(ids.size()) == limit + 1;
    if (!ids.empty()) after = ids.back();
    auto const persons = persons_shown_to(tx, vault, account, access.person_id(), ids);
    for (auto& user : describe_users(tx, account, access.reach(), persons, ids)) rows.push_back(std::move(user));
  }
  if (int64_t(rows.size()) > limit + 1) rows.resize(size_t(limit + 1));
  return api::make_page(std::move(rows), limit, cursors, scope,
                        [](AccountUser const& u) { return std::vector{u.person_id.text()}; });
}

}  // namespace menkyo::accounts
