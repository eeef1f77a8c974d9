#include "accounts/groups.hpp"

#include <algorithm>
#include <map>

#include "accounts/inside.hpp"
#include "accounts/invitations.hpp"
#include "accounts/store_groups.hpp"
#include "base/text.hpp"

namespace menkyo::accounts {

namespace {

using audit::EventKind;

void refuse_group_name() {
  throw Problem(problems::name_taken, "Another group of this account has this name.",
                {{"/name", "taken", "is the name of another group"}});
}

// Locks the account, whose group is as the caller saw it.
store::GroupRow lock_group(db::Tx& tx, GroupEditor const& access, UserGroupId id,
                           std::optional<int64_t> if_match = {}) {
  store::lock_account(tx, access.smart_account_id());
  auto row = store::group(tx, access.smart_account_id(), id);
  if (!row) throw Problem(problems::not_found);
  if (if_match && *if_match != row->version) throw Problem(problems::changed_meanwhile);
  return std::move(*row);
}

void refuse_more(const char* of_what, size_t limit) {
  throw Problem(problems::conflict, std::string(of_what) + " " + std::to_string(limit) + " at most.");
}

// After a change that may have taken the role from somebody.
void keep_an_administrator(db::ReadTx& tx, SmartAccountId account) {
  if (store::lasting_grants(tx, account, Role::sa_admin, {}) == 0)
    throw Problem(problems::conflict, "An account keeps at least one administrator whose role does not end.");
}

audit::Event event_of(GroupEditor const& access, EventKind kind, store::GroupRow const& group) {
  return {.smart_account_id = access.smart_account_id(),
          .kind = kind,
          .actor = access.actor(),
          .subject_kind = "user_group",
          .subject_id = group.user_group_id.bytes,
          .data = {{"name", group.name}}};
}

void record_member(db::Tx& tx, keys::Vault const& vault, GroupEditor const& access, EventKind kind,
                   store::GroupRow const& group, PersonId person) {
  auto event = event_of(access, kind, group);
  event.subject_kind = "person";
  event.subject_id = person.bytes;
  event.personal = people::display_name(people::load_person(tx, vault, person));
  audit::record(tx, vault, event);
}

void record_grant(db::Tx& tx, keys::Vault const& vault, GroupEditor const& access, EventKind kind,
                  store::GroupRow const& group, store::GroupGrantRow const& grant) {
  auto event = event_of(access, kind, group);
  event.virtual_account_id = grant.virtual_account_id;
  event.data.emplace_back("role", std::string(to_text(grant.role)));
  if (grant.ends_at) event.data.emplace_back("ends_at", to_rfc3339(*grant.ends_at));
  audit::record(tx, vault, event);
}

// What a member has of a grant of its group.
GivenRole give(db::Tx& tx, SmartAccountId account, store::GroupGrantRow const& grant, PersonId person) {
  store::GrantRow const row{tx.new_id<RoleGrantId>(), person,        grant.role,
                            grant.virtual_account_id, grant.ends_at, grant.group_grant_id};
  store::insert_grant(tx, account, row, tx.now());
  return {to_grant(row), person, true};
}

GivenRole role_of(store::GroupGrantRow const& grant, PersonId person, bool is_new) {
  return {{{}, grant.role, grant.virtual_account_id, grant.ends_at}, person, is_new};
}

bool is_in_force(store::GroupGrantRow const& grant, Instant now) {
  return !grant.ends_at || *grant.ends_at > now;
}

}  // namespace

UserGroupId create_group(db::Tx& tx, keys::Vault const& vault, GroupEditor const& access, NewUserGroup const& in) {
  auto const account = access.smart_account_id();
  store::lock_account(tx, account);
  if (store::groups(tx, account).size() >= max_groups) refuse_more("The groups of an account are", max_groups);
  store::GroupRow const row{tx.new_id<UserGroupId>(), in.name, fold_name(in.name), 0, tx.now(), 1};
  if (!store::insert_group(tx, account, row)) refuse_group_name();
  audit::record(tx, vault, event_of(access, EventKind::user_group_created, row));
  return row.user_group_id;
}

void rename_group(db::Tx& tx, keys::Vault const& vault, GroupEditor const& access, UserGroupChange const& in) {
  auto const account = access.smart_account_id();
  auto row = lock_group(tx, access, in.user_group_id, in.if_match);
  if (in.name == row.name) return;
  auto const key = fold_name(in.name);
  if (key != row.name_key && store::has_group_named(tx, account, key)) refuse_group_name();
  store::rename_group(tx, account, row.user_group_id, in.name, key);
  auto const old_name = std::exchange(row.name, in.name);
  auto event = event_of(access, EventKind::user_group_renamed, row);
  event.data.emplace_back("old_name", old_name);
  audit::record(tx, vault, event);
}

std::vector<GivenRole> delete_group(db::Tx& tx, keys::Vault const& vault, GroupEditor const& access,
                                    UserGroupDeletion const& in) {
  auto const account = access.smart_account_id();
  auto const row = lock_group(tx, access, in.user_group_id, in.if_match);
  std::vector<GivenRole> taken;
  auto const members = store::group_members(tx, account, row.user_group_id);
  for (auto const& grant : store::group_grants(tx, account, row.user_group_id)) {
    store::delete_group_grant(tx, account, grant.group_grant_id);
    if (is_in_force(grant, tx.now()))
      for (auto const& person : members) taken.push_back(role_of(grant, person, false));
  }
  store::delete_group(tx, account, row.user_group_id);
  keep_an_administrator(tx, account);
  auto event = event_of(access, EventKind::user_group_deleted, row);
  event.data.emplace_back("member_count", row.member_count);
  audit::record(tx, vault, event);
  return taken;
}

std::vector<GivenRole> add_member(db::Tx& tx, keys::Vault const& vault, GroupEditor const& access,
                                  NewGroupMember const& in) {
  auto const account = access.smart_account_id();
  auto const row = lock_group(tx, access, in.user_group_id);
  auto person = people::find_person(tx, vault, in.mail);
  if (!person) person = create_invited(tx, vault, access.person_id(), in.mail, access.actor());
  if (!store::insert_group_member(tx, account, row.user_group_id, *person, tx.now())) return {};
  if (size_t(row.member_count) >= max_group_members) refuse_more("The members of a group are", max_group_members);
  store::add_to_member_count(tx, account, row.user_group_id, 1);
  std::vector<GivenRole> given;
  for (auto const& grant : store::group_grants(tx, account, row.user_group_id)) {
    auto role = give(tx, account, grant, *person);
    if (is_in_force(grant, tx.now())) given.push_back(std::move(role));
  }
  record_member(tx, vault, access, EventKind::user_group_member_added, row, *person);
  return given;
}

std::vector<GivenRole> remove_member(db::Tx& tx, keys::Vault const& vault, GroupEditor const& access,
                                     GroupMemberKey const& in) {
  auto const account = access.smart_account_id();
  auto const row = lock_group(tx, access, in.user_group_id);
  if (!store::delete_group_member(tx, account, row.user_group_id, in.person_id)) throw Problem(problems::not_found);
  store::delete_grants_of_member(tx, account, row.user_group_id, in.person_id);
  store::add_to_member_count(tx, account, row.user_group_id, -1);
  keep_an_administrator(tx, account);
  record_member(tx, vault, access, EventKind::user_group_member_removed, row, in.person_id);
  std::vector<GivenRole> taken;
  for (auto const& grant : store::group_grants(tx, account, row.user_group_id))
    if (is_in_force(grant, tx.now())) taken.push_back(role_of(grant, in.person_id, false));
  return taken;
}

std::vector<GivenRole> grant_to_group(db::Tx& tx, keys::Vault const& vault, GroupEditor const& access,
                                      NewGroupGrant const& in) {
  check_grant(in.role, in.virtual_account_id, in.ends_at, tx.now());
  auto const account = access.smart_account_id();
  auto const row = lock_group(tx, access, in.user_group_id);
  if (in.virtual_account_id && !store::node(tx, account, *in.virtual_account_id))
    throw invalid_field("/virtual_account_id", "unknown", "is no virtual account of this account");
  auto const members = store::group_members(tx, account, row.user_group_id);
  auto const known = store::group_grants(tx, account, row.user_group_id);
  std::vector<GivenRole> given;
  auto const same = std::find_if(known.begin(), known.end(), [&](auto const& grant) {
    return grant.role == in.role && grant.virtual_account_id == in.virtual_account_id;
  });
  if (same != known.end()) {
    if (same->ends_at == in.ends_at) return given;
    auto grant = *same;
    grant.ends_at = in.ends_at;
    store::set_group_grant_end(tx, account, grant.group_grant_id, grant.ends_at);
    keep_an_administrator(tx, account);
    for (auto const& person : members) given.push_back(role_of(grant, person, true));
    record_grant(tx, vault, access, EventKind::user_group_role_granted, row, grant);
    return given;
  }
  if (known.size() >= max_group_roles) refuse_more("The roles of a group are", max_group_roles);
  store::GroupGrantRow const grant{tx.new_id<GroupGrantId>(), row.user_group_id, in.role, in.virtual_account_id,
                                   in.ends_at};
  store::insert_group_grant(tx, account, grant, tx.now());
  for (auto const& person : members) given.push_back(give(tx, account, grant, person));
  record_grant(tx, vault, access, EventKind::user_group_role_granted, row, grant);
  return given;
}

std::vector<GivenRole> revoke_from_group(db::Tx& tx, keys::Vault const& vault, GroupEditor const& access,
                                         GroupGrantKey const& in) {
  auto const account = access.smart_account_id();
  auto const row = lock_group(tx, access, in.user_group_id);
  auto const known = store::group_grants(tx, account, row.user_group_id);
  auto const grant = std::find_if(known.begin(), known.end(),
                                  [&](auto const& each) { return each.group_grant_id == in.group_grant_id; });
  if (grant == known.end()) throw Problem(problems::not_found);
  store::delete_group_grant(tx, account, grant->group_grant_id);
  keep_an_administrator(tx, account);
  record_grant(tx, vault, access, EventKind::user_group_role_revoked, row, *grant);
  std::vector<GivenRole> taken;
  if (is_in_force(*grant, tx.now()))
    for (auto const& person : store::group_members(tx, account, row.user_group_id))
      taken.push_back(role_of(*grant, person, false));
  return taken;
}

std::vector<std::string> broken_groups(db::ReadTx& tx, SmartAccountId account) {
  std::vector<std::string> out;
  auto const of = " of Smart Account " + account.text();
  for (auto const& id : store::miscounted_groups(tx, account))
    out.push_back("User group " + id.text() + of + " has not as many members as it counts.");
  for (auto const& id : store::members_without_roles(tx, account))
    out.push_back("Person " + id.text() + of + " has not just the roles of a group it is in.");
  for (auto const& id : store::roles_without_groups(tx, account))
    out.push_back("Person " + id.text() + of + " has a role of a group it is not in.");
  return out;
}

// ---- Operations ---------------------------------------------------------------------------------------------------

namespace {

struct UserGroupQuery {
  SmartAccountId smart_account_id;
};
BOOST_DESCRIBE_STRUCT(UserGroupQuery, (), (smart_account_id))

UserGroup to_record(store::GroupRow row, std::vector<store::GroupGrantRow> const& grants, Instant now) {
  UserGroup out{row.user_group_id, std::move(row.name), row.member_count, {}, row.created_at, row.version};
  for (auto const& grant : grants)
    if (grant.user_group_id == out.user_group_id && is_in_force(grant, now))
      out.grants.push_back({grant.group_grant_id, grant.role, grant.virtual_account_id, grant.ends_at});
  return out;
}

UserGroup load_group(db::ReadTx& tx, SmartAccountId account, UserGroupId id) {
  auto row = store::group(tx, account, id);
  if (!row) throw Problem(problems::not_found);
  return to_record(std::move(*row), store::group_grants(tx, account, id), tx.now());
}

wire::Page<UserGroup> list_groups(db::ReadTx& tx, GroupEditor const& access, UserGroupQuery const&) {
  auto const account = access.smart_account_id();
  auto const grants = store::group_grants(tx, account);
  wire::Page<UserGroup> page;
  for (auto& row : store::groups(tx, account)) page.items.push_back(to_record(std::move(row), grants, tx.now()));
  std::sort(page.items.begin(), page.items.end(),
            [](auto const& a, auto const& b) { return sort_key(a.name) < sort_key(b.name); });
  return page;
}

wire::Page<GroupMember> list_members(db::ReadTx& tx, GroupEditor const& access, UserGroupKey const& in,
                                     keys::Vault const& vault) {
  auto const account = access.smart_account_id();
  if (!store::group(tx, account, in.user_group_id)) throw Problem(problems::not_found);
  auto const ids = store::group_members(tx, account, in.user_group_id);
  auto const invited = people::invited_among(tx, ids);
  wire::Page<GroupMember> page;
  for (auto const& p : people::load_persons(tx, vault, ids))
    page.items.push_back({p.id, p.mail, p.given_name, p.family_name,
                          std::find(invited.begin(), invited.end(), p.id) != invited.end()});
  std::sort(page.items.begin(), page.items.end(), [](auto const& a, auto const& b) { return a.mail < b.mail; });
  return page;
}

void tell_given(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, GroupEditor const& access,
                std::vector<GivenRole> const& roles) {
  tell_of_roles_given(tx, vault, outbox, access.smart_account_id(), roles, access.person_id());
}

void tell_taken(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, GroupEditor const& access,
                std::vector<GivenRole> const& roles) {
  for (auto const& role : roles)
    tell_of_role_taken(tx, vault, outbox, access.smart_account_id(), role, access.person_id());
}

UserGroup answer_new_group(db::Tx& tx, GroupEditor const& access, NewUserGroup const& in, keys::Vault const& vault) {
  return load_group(tx, access.smart_account_id(), create_group(tx, vault, access, in));
}

UserGroup answer_new_name(db::Tx& tx, GroupEditor const& access, UserGroupChange const& in,
                          keys::Vault const& vault) {
  rename_group(tx, vault, access, in);
  return load_group(tx, access.smart_account_id(), in.user_group_id);
}

void answer_deletion(db::Tx& tx, GroupEditor const& access, UserGroupDeletion const& in, keys::Vault const& vault,
                     mail::Outbox const& outbox) {
  tell_taken(tx, vault, outbox, access, delete_group(tx, vault, access, in));
}

// Those that give and those that take; each answers the group as it is then.
template <auto change, auto tell, class In>
UserGroup answer(db::Tx& tx, GroupEditor const& access, In const& in, keys::Vault const& vault,
                 mail::Outbox const& outbox) {
  tell(tx, vault, outbox, access, change(tx, vault, access, in));
  return load_group(tx, access.smart_account_id(), in.user_group_id);
}

}  // namespace

std::vector<api::Route> group_routes() {
  using enum api::Method;
  std::string const groups = "/api/v1/smart_accounts/{smart_account_id}/user_groups",
                    group = groups + "/{user_group_id}";
  return {
      api::route<&list_groups>(get, groups, "list_user_groups", "List the groups of users and their roles"),
      api::route<&answer_new_group>(post, groups, "create_user_group", "Create a group of users"),
      api::route<&answer_new_name>(patch, group, "rename_user_group", "Rename a group of users"),
      api::route<&answer_deletion>(del, group, "delete_user_group",
                                   "Delete a group of users, and take its roles from its members"),
      api::route<&list_members>(get, group + "/members", "list_user_group_members", "List who is in a group"),
      api::route<&answer<add_member, tell_given, NewGroupMember>>(post, group + "/members", "add_user_group_member",
                                                                  "Take a person into a group"),
      api::route<&answer<remove_member, tell_taken, GroupMemberKey>>(
          del, group + "/members/{person_id}", "remove_user_group_member", "Take a person out of a group"),
      api::route<&answer<grant_to_group, tell_given, NewGroupGrant>>(
          post, group + "/role_grants", "grant_user_group_role", "Give all members of a group a role"),
      api::route<&answer<revoke_from_group, tell_taken, GroupGrantKey>>(
          del, group + "/role_grants/{group_grant_id}", "revoke_user_group_role", "Take a role back from a group"),
  };
}

}  // namespace menkyo::accounts
