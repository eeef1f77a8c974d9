#pragma once
// Who may do what. Asking gives a proof: a value that only this module makes, that can be neither copied nor kept,
// and that functions on a tenant's data take. Code that forgot to ask does not compile.
//
// Rights on a virtual account extend to its descendants. What a caller may not even see is answered like what does
// not exist (not_found); what it may see but not do is forbidden.

#include <optional>
#include <string>
#include <vector>

#include "api/route.hpp"
#include "audit/audit.hpp"
#include "base/enum.hpp"

namespace menkyo::access {

// Roles and permissions of a Smart Account (domain reference, section 6).
MENKYO_ENUM(Role, sa_admin, sa_user, sa_approver, sa_viewer, va_admin, va_user, va_viewer)
MENKYO_ENUM(Permission, account_view, account_edit, agreements_accept, users_manage, virtual_account_create,
            access_requests_decide, prefix_approve, license_work, inventory_view, events_view,
            notification_addresses_edit)

// The operator's staff.
MENKYO_ENUM(OperatorRole, operator_admin, operator_catalog, operator_support)
MENKYO_ENUM(OperatorPermission, catalog_view, catalog_edit, accounts_view, accounts_create, account_requests_decide,
            jobs_view, staff_manage, accounts_assist, publications_edit, enquiries_answer, successions_decide,
            companies_edit)

bool is_virtual_account_role(Role role);
// The whole table; everything else in this module follows from these two.
bool allows(Role role, Permission permission);
bool allows(OperatorRole role, OperatorPermission permission);

// Scopes of a proof.
struct SmartAccount {};     // the whole account; In has smart_account_id
struct VirtualAccount {};   // one virtual account; In has smart_account_id and virtual_account_id
struct VirtualAccounts {};  // those of the account in which the permission holds; In has smart_account_id
struct Place {};            // one virtual account if In names one (virtual_account_id or parent_id), else the account
struct RoleGrant {};  // where the role grant of In's role_grant_id holds: a virtual account or the whole account
struct Operator {};   // the operator's own data
// A customer's account that one of the staff helps for a reason on record, unless the customer locked it; In has
// smart_account_id.
struct Assisted {};

// The ranges of virtual_account.path in which a permission holds; empty `prefixes` with `all` unset cannot be: then
// there is no proof at all.
struct Reach {
  bool all = false;
  std::vector<std::string> prefixes;  // "/12/", none inside another
  bool covers(std::string_view path) const;
};

namespace detail {
class Prover;
}

// What a person holds in one account, for describing records to it (`abilities`, what of a path is shown). Deciding
// is for proofs alone.
struct Held {
  Role role;
  std::optional<std::string> path;  // of the virtual account it is for
};
class Holdings {
 public:
  explicit Holdings(std::vector<Held> held) : held_(std::move(held)) {}
  std::vector<Role> roles() const;             // each once, in the order of the table
  std::vector<std::string> abilities() const;  // anywhere in the account
  std::vector<std::string> abilities_at(std::string_view path) const;
  // All ranges of virtual_account.path in which the permission holds; none if it holds nowhere.
  Reach reach(Permission permission) const;

 private:
  std::vector<Held> held_;
};
Holdings holdings(db::ReadTx& tx, PersonId person, SmartAccountId account);

// What a person holds as one of the operator's staff, likewise for describing only; empty for everybody else.
struct OperatorHoldings {
  std::vector<OperatorRole> roles;
  std::vector<std::string> abilities;
};
OperatorHoldings operator_holdings(db::ReadTx& tx, PersonId person);

// What every proof about an account tells.
class AccountProof {
 public:
  AccountProof(AccountProof const&) = delete;
  AccountProof& operator=(AccountProof const&) = delete;
  SmartAccountId smart_account_id() const { return smart_account_id_; }
  PersonId person_id() const { return person_id_; }
  // The person, or the program that acts for it.
  audit::Actor actor() const {
    return program_id_ ? audit::actor(audit::ActorKind::program, program_id_)
                       : audit::actor(audit::ActorKind::person, person_id_);
  }
  // Whether the same caller also has another permission at this place; for `abilities`.
  bool also(Permission permission) const;
  std::vector<std::string> abilities() const;
  Reach const& reach() const { return reach_; }

 protected:
  friend class detail::Prover;
  AccountProof(SmartAccountId account, api::Caller const& caller, std::vector<Role> roles, Reach reach)
      : smart_account_id_(account),
        person_id_(caller.person_id),
        program_id_(caller.program_id),
        roles_(std::move(roles)),
        reach_(std::move(reach)) {}

 private:
  SmartAccountId smart_account_id_;
  PersonId person_id_;
  ProgramId program_id_;
  std::vector<Role> roles_;  // that hold at this place
  Reach reach_;              // of the permission proved
};

template <class Scope, auto P>
class Access;

template <Permission P>
class Access<SmartAccount, P> final : public AccountProof {
  friend class detail::Prover;
  using AccountProof::AccountProof;
};

// In lists; filter by reach().
template <Permission P>
class Access<VirtualAccounts, P> final : public AccountProof {
  friend class detail::Prover;
  using AccountProof::AccountProof;
};

template <Permission P>
class Access<VirtualAccount, P> final : public AccountProof {
 public:
  VirtualAccountId virtual_account_id() const { return virtual_account_id_; }
  std::string const& path() const { return path_; }

 private:
  friend class detail::Prover;
  Access(SmartAccountId account, api::Caller const& caller, std::vector<Role> roles, Reach reach, VirtualAccountId va,
         std::string path)
      : AccountProof(account, caller, std::move(roles), std::move(reach)),
        virtual_account_id_(va),
        path_(std::move(path)) {}
  VirtualAccountId virtual_account_id_;
  std::string path_;
};

template <Permission P>
class Access<Place, P> final : public AccountProof {
 public:
  std::optional<VirtualAccountId> virtual_account_id() const { return virtual_account_id_; }

 private:
  friend class detail::Prover;
  Access(SmartAccountId account, api::Caller const& caller, std::vector<Role> roles, Reach reach,
         std::optional<VirtualAccountId> va)
      : AccountProof(account, caller, std::move(roles), std::move(reach)), virtual_account_id_(va) {}
  std::optional<VirtualAccountId> virtual_account_id_;
};

template <Permission P>
class Access<RoleGrant, P> final : public AccountProof {
 public:
  RoleGrantId role_grant_id() const { return role_grant_id_; }

 private:
  friend class detail::Prover;
  Access(SmartAccountId account, api::Caller const& caller, std::vector<Role> roles, Reach reach, RoleGrantId grant)
      : AccountProof(account, caller, std::move(roles), std::move(reach)), role_grant_id_(grant) {}
  RoleGrantId role_grant_id_;
};

template <OperatorPermission P>
class Access<Operator, P> final {
 public:
  Access(Access const&) = delete;
  Access& operator=(Access const&) = delete;
  PersonId person_id() const { return person_id_; }
  audit::Actor actor() const { return audit::actor(audit::ActorKind::staff, person_id_); }

 private:
  friend class detail::Prover;
  explicit Access(PersonId person) : person_id_(person) {}
  PersonId person_id_;
};

template <OperatorPermission P>
class Access<Assisted, P> final {
 public:
  Access(Access const&) = delete;
  Access& operator=(Access const&) = delete;
  SmartAccountId smart_account_id() const { return smart_account_id_; }
  PersonId person_id() const { return person_id_; }
  audit::Actor actor() const { return audit::actor(audit::ActorKind::staff, person_id_); }

 private:
  friend class detail::Prover;
  Access(SmartAccountId account, PersonId person) : smart_account_id_(account), person_id_(person) {}
  SmartAccountId smart_account_id_;
  PersonId person_id_;
};

namespace detail {

// What is known of a caller at one place.
struct Standing {
  std::vector<Role> roles;
  Reach reach;
  std::string path;
};

class Prover {
 public:
  // Each throws Problem: unauthenticated, not_found or forbidden.
  static Standing stand_on_account(db::ReadTx& tx, api::Caller const& caller, SmartAccountId account, Permission p);
  static Standing stand_among(db::ReadTx& tx, api::Caller const& caller, SmartAccountId account, Permission p);
  static Standing stand_on_virtual_account(db::ReadTx& tx, api::Caller const& caller, SmartAccountId account,
                                           VirtualAccountId va, Permission p);
  static Standing stand_on_place(db::ReadTx& tx, api::Caller const& caller, SmartAccountId account,
                                 std::optional<VirtualAccountId> va, Permission p);
  static Standing stand_on_role_grant(db::ReadTx& tx, api::Caller const& caller, SmartAccountId account,
                                      RoleGrantId grant, Permission p);
  static void stand_as_operator(db::ReadTx& tx, api::Caller const& caller, OperatorPermission p);
  // Throws locked_against_staff and assistance_needed, too.
  static void stand_as_helper(db::ReadTx& tx, api::Caller const& caller, SmartAccountId account,
                              OperatorPermission p);

  template <Permission P>
  static Access<SmartAccount, P> account(db::ReadTx& tx, api::Caller const& caller, SmartAccountId id) {
    auto s = stand_on_account(tx, caller, id, P);
    return Access<SmartAccount, P>(id, caller, std::move(s.roles), std::move(s.reach));
  }
  template <Permission P>
  static Access<VirtualAccounts, P> among(db::ReadTx& tx, api::Caller const& caller, SmartAccountId id) {
    auto s = stand_among(tx, caller, id, P);
    return Access<VirtualAccounts, P>(id, caller, std::move(s.roles), std::move(s.reach));
  }
  template <Permission P>
  static Access<VirtualAccount, P> virtual_account(db::ReadTx& tx, api::Caller const& caller, SmartAccountId id,
                                                   VirtualAccountId va) {
    auto s = stand_on_virtual_account(tx, caller, id, va, P);
    return Access<VirtualAccount, P>(id, caller, std::move(s.roles), std::move(s.reach), va, std::move(s.path));
  }
  template <Permission P>
  static Access<Place, P> place(db::ReadTx& tx, api::Caller const& caller, SmartAccountId id,
                                std::optional<VirtualAccountId> va) {
    auto s = stand_on_place(tx, caller, id, va, P);
    return Access<Place, P>(id, caller, std::move(s.roles), std::move(s.reach), va);
  }
  template <Permission P>
  static Access<RoleGrant, P> role_grant(db::ReadTx& tx, api::Caller const& caller, SmartAccountId id,
                                         RoleGrantId grant) {
    auto s = stand_on_role_grant(tx, caller, id, grant, P);
    return Access<RoleGrant, P>(id, caller, std::move(s.roles), std::move(s.reach), grant);
  }
  template <OperatorPermission P>
  static Access<Operator, P> as_operator(db::ReadTx& tx, api::Caller const& caller) {
    stand_as_operator(tx, caller, P);
    return Access<Operator, P>(caller.person_id);
  }
  template <OperatorPermission P>
  static Access<Assisted, P> as_helper(db::ReadTx& tx, api::Caller const& caller, SmartAccountId id) {
    stand_as_helper(tx, caller, id, P);
    return Access<Assisted, P>(id, caller.person_id);
  }
};

}  // namespace detail

}  // namespace menkyo::access

namespace menkyo::api {

template <access::Permission P>
struct ProofTraits<access::Access<access::SmartAccount, P>> {
  static Need need() { return {std::string(to_text(P)), "smart_account"}; }
  template <class In>
  static auto prove(db::ReadTx& tx, Caller const& caller, In const& in) {
    return access::detail::Prover::account<P>(tx, caller, in.smart_account_id);
  }
};
template <access::Permission P>
struct ProofTraits<access::Access<access::VirtualAccounts, P>> {
  static Need need() { return {std::string(to_text(P)), "virtual_accounts"}; }
  template <class In>
  static auto prove(db::ReadTx& tx, Caller const& caller, In const& in) {
    return access::detail::Prover::among<P>(tx, caller, in.smart_account_id);
  }
};
template <access::Permission P>
struct ProofTraits<access::Access<access::VirtualAccount, P>> {
  static Need need() { return {std::string(to_text(P)), "virtual_account"}; }
  template <class In>
  static auto prove(db::ReadTx& tx, Caller const& caller, In const& in) {
    return access::detail::Prover::virtual_account<P>(tx, caller, in.smart_account_id, in.virtual_account_id);
  }
};
template <access::Permission P>
struct ProofTraits<access::Access<access::Place, P>> {
  static Need need() { return {std::string(to_text(P)), "place"}; }
  template <class In>
  static auto prove(db::ReadTx& tx, Caller const& caller, In const& in) {
    if constexpr (requires { in.parent_id; }) {
      return access::detail::Prover::place<P>(tx, caller, in.smart_account_id, in.parent_id);
    } else {
      return access::detail::Prover::place<P>(tx, caller, in.smart_account_id, in.virtual_account_id);
    }
  }
};
template <access::Permission P>
struct ProofTraits<access::Access<access::RoleGrant, P>> {
  static Need need() { return {std::string(to_text(P)), "role_grant"}; }
  template <class In>
  static auto prove(db::ReadTx& tx, Caller const& caller, In const& in) {
    return access::detail::Prover::role_grant<P>(tx, caller, in.smart_account_id, in.role_grant_id);
  }
};
template <access::OperatorPermission P>
struct ProofTraits<access::Access<access::Operator, P>> {
  static Need need() { return {std::string(to_text(P)), "operator"}; }
  template <class In>
  static auto prove(db::ReadTx& tx, Caller const& caller, In const&) {
    return access::detail::Prover::as_operator<P>(tx, caller);
  }
};
template <access::OperatorPermission P>
struct ProofTraits<access::Access<access::Assisted, P>> {
  static Need need() { return {std::string(to_text(P)), "operator"}; }
  template <class In>
  static auto prove(db::ReadTx& tx, Caller const& caller, In const& in) {
    return access::detail::Prover::as_helper<P>(tx, caller, in.smart_account_id);
  }
};

}  // namespace menkyo::api
