#include "access/access.hpp"

#include <algorithm>

#include "access/store.hpp"

namespace menkyo::access {

bool is_virtual_account_role(Role role) {
  return role == Role::va_admin || role == Role::va_user || role == Role::va_viewer;
}

bool allows(Role role, Permission permission) {
  using enum Permission;
  auto const among = [permission](std::initializer_list<Permission> list) {
    return std::find(list.begin(), list.end(), permission) != list.end();
  };
  switch (role) {
    case Role::sa_admin:
      return true;
    case Role::sa_user:
      return among({account_view, license_work, inventory_view, events_view});
    case Role::sa_approver:
      return among({account_view, agreements_accept});
    case Role::sa_viewer:
      return among({account_view, inventory_view, events_view});
    case Role::va_admin:
      return among({account_view, users_manage, virtual_account_create, license_work, inventory_view, events_view});
    case Role::va_user:
      return among({account_view, license_work, inventory_view, events_view});
    case Role::va_viewer:
      return among({account_view, inventory_view, events_view});
  }
  return false;
}

bool allows(OperatorRole role, OperatorPermission permission) {
  using enum OperatorPermission;
  switch (role) {
    case OperatorRole::operator_admin:
      return true;
    case OperatorRole::operator_catalog:
      return permission == catalog_view || permission == catalog_edit || permission == jobs_view ||
             permission == companies_edit;
    case OperatorRole::operator_support:
      return permission == catalog_view || permission == accounts_view || permission == account_requests_decide ||
             permission == accounts_assist || permission == enquiries_answer || permission == successions_decide;
  }
  return false;
}

bool Reach::covers(std::string_view path) const {
  return all || std::any_of(prefixes.begin(), prefixes.end(), [&](auto const& p) { return path.starts_with(p); });
}

bool AccountProof::also(Permission permission) const {
  return std::any_of(roles_.begin(), roles_.end(), [&](Role r) { return allows(r, permission); });
}

namespace {

// Keeps the outermost prefixes only.
Reach outermost(Reach reach) {
  if (reach.all) reach.prefixes.clear();
  std::sort(reach.prefixes.begin(), reach.prefixes.end());
  std::vector<std::string> outer;
  for (auto& prefix : reach.prefixes)
    if (outer.empty() || !prefix.starts_with(outer.back())) outer.push_back(std::move(prefix));
  reach.prefixes = std::move(outer);
  return reach;
}

template <class P = Permission, class F>
std::vector<std::string> permissions_where(F&& holds) {
  std::vector<std::string> out;
  for (size_t i = 0; i < enum_words(P{}).size(); ++i)
    if (holds(P(i))) out.emplace_back(to_text(P(i)));
  return out;
}

template <class Grant>
Reach reach_of(std::vector<Grant> const& grants, Permission p) {
  Reach reach;
  for (auto const& g : grants) {
    if (!allows(g.role, p)) continue;
    if (!is_virtual_account_role(g.role))
      reach.all = true;
    else if (g.path)
      reach.prefixes.push_back(*g.path);
  }
  return outermost(std::move(reach));
}

}  // namespace

std::vector<Role> Holdings::roles() const {
  std::vector<Role> out;
  for (auto const& h : held_) out.push_back(h.role);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<std::string> Holdings::abilities() const {
  return permissions_where([&](Permission p) {
    return std::any_of(held_.begin(), held_.end(), [&](Held const& h) { return allows(h.role, p); });
  });
}

std::vector<std::string> Holdings::abilities_at(std::string_view path) const {
  return permissions_where([&](Permission p) {
    return std::any_of(held_.begin(), held_.end(), [&](Held const& h) {
      return allows(h.role, p) && (!is_virtual_account_role(h.role) || (h.path && path.starts_with(*h.path)));
    });
  });
}

Reach Holdings::reach(Permission permission) const {
  return reach_of(held_, permission);
}

std::vector<std::string> AccountProof::abilities() const {
  return permissions_where([&](Permission p) { return also(p); });
}

Holdings holdings(db::ReadTx& tx, PersonId person, SmartAccountId account) {
  std::vector<Held> held;
  for (auto& g : store::grants(tx, person, account, tx.now())) held.push_back({g.role, std::move(g.path)});
  return Holdings(std::move(held));
}

OperatorHoldings operator_holdings(db::ReadTx& tx, PersonId person) {
  auto const roles = store::operator_roles(tx, person, tx.now());
  return {roles, permissions_where<OperatorPermission>([&](OperatorPermission p) {
            return std::any_of(roles.begin(), roles.end(), [&](OperatorRole r) { return allows(r, p); });
          })};
}

namespace detail {

namespace {

std::vector<store::GrantRow> grants_of(db::ReadTx& tx, api::Caller const& caller, SmartAccountId account) {
  if (!caller.signed_in()) throw Problem(problems::unauthenticated);
  if (caller.only_account && *caller.only_account != account) throw Problem(problems::not_found);
  auto grants = store::grants(tx, caller.person_id, account, tx.now());
  // To somebody without any role here the account does not exist.
  if (grants.empty()) throw Problem(problems::not_found);
  return grants;
}

[[noreturn]] void refuse() {
  throw Problem(problems::forbidden, "Your role here does not include this.");
}

}  // namespace

// On the whole account a role on a virtual account only lets one see that the account is there.
Standing Prover::stand_on_account(db::ReadTx& tx, api::Caller const& caller, SmartAccountId account, Permission p) {
  auto const grants = grants_of(tx, caller, account);
  Standing standing;
  for (auto const& g : grants)
    if (!is_virtual_account_role(g.role)) standing.roles.push_back(g.role);
  bool const may = p == Permission::account_view ||
                   std::any_of(standing.roles.begin(), standing.roles.end(), [&](Role r) { return allows(r, p); });
  if (!may) refuse();
  standing.reach = reach_of(grants, p);
  return standing;
}

Standing Prover::stand_among(db::ReadTx& tx, api::Caller const& caller, SmartAccountId account, Permission p) {
  auto const grants = grants_of(tx, caller, account);
  Standing standing;
  for (auto const& g : grants)
    if (!is_virtual_account_role(g.role)) standing.roles.push_back(g.role);
  standing.reach = reach_of(grants, p);
  if (!standing.reach.all && standing.reach.prefixes.empty()) refuse();
  return standing;
}

Standing Prover::stand_on_virtual_account(db::ReadTx& tx, api::Caller const& caller, SmartAccountId account,
                                          VirtualAccountId va, Permission p) {
  auto const grants = grants_of(tx, caller, account);
  auto const path = store::path_of(tx, account, va);
  if (!path) throw Problem(problems::not_found);
  Standing standing;
  standing.path = *path;
  for (auto const& g : grants)
    if (!is_virtual_account_role(g.role) || (g.path && path->starts_with(*g.path))) standing.roles.push_back(g.role);
  // A virtual account outside every grant that shows an inventory does not exist for the caller.
  bool const sees = std::any_of(standing.roles.begin(), standing.roles.end(),
                                [](Role r) { return allows(r, Permission::inventory_view); });
  if (!sees) throw Problem(problems::not_found);
  if (std::none_of(standing.roles.begin(), standing.roles.end(), [&](Role r) { return allows(r, p); })) refuse();
  standing.reach = reach_of(grants, p);
  return standing;
}

Standing Prover::stand_on_place(db::ReadTx& tx, api::Caller const& caller, SmartAccountId account,
                                std::optional<VirtualAccountId> va, Permission p) {
  return va ? stand_on_virtual_account(tx, caller, account, *va, p) : stand_on_account(tx, caller, account, p);
}

Standing Prover::stand_on_role_grant(db::ReadTx& tx, api::Caller const& caller, SmartAccountId account,
                                     RoleGrantId grant, Permission p) {
  if (!caller.signed_in()) throw Problem(problems::unauthenticated);
  auto const place = store::place_of_grant(tx, account, grant);
  if (!place) throw Problem(problems::not_found);
  return stand_on_place(tx, caller, account, place->virtual_account_id, p);
}

void Prover::stand_as_operator(db::ReadTx& tx, api::Caller const& caller, OperatorPermission p) {
  if (!caller.signed_in()) throw Problem(problems::unauthenticated);
  auto const roles = store::operator_roles(tx, caller.person_id, tx.now());
  if (roles.empty()) throw Problem(problems::not_found);
  if (caller.is_program())
    throw Problem(problems::forbidden, "Programs may not do the work of the operator's staff.");
  if (std::none_of(roles.begin(), roles.end(), [&](OperatorRole r) { return allows(r, p); })) refuse();
}

void Prover::stand_as_helper(db::ReadTx& tx, api::Caller const& caller, SmartAccountId account,
                             OperatorPermission p) {
  stand_as_operator(tx, caller, p);
  auto const locked = store::is_locked_against_staff(tx, account);
  if (!locked) throw Problem(problems::not_found);
  if (*locked) throw Problem(problems::locked_against_staff);
  if (!store::is_assisting(tx, account, caller.person_id, tx.now())) throw Problem(problems::assistance_needed);
}

}  // namespace detail

}  // namespace menkyo::access
