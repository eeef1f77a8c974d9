#pragma once
// Smart Accounts, their trees of virtual accounts, who has which role in them, and the operator's staff.
//
// The row of the Smart Account guards the rules that span rows - unique names among siblings, a tree without loose
// ends, one administrator at least: whatever changes the tree or the roles locks it first.

#include <optional>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "api/page.hpp"
#include "people/people.hpp"

namespace menkyo::accounts {

using access::Access;
using access::Permission;
using access::Role;

MENKYO_ENUM(AccountType, CUSTOMER, HOLDING)
MENKYO_ENUM(AccountStatus, ACTIVE, PENDING)
// A PRIVATE virtual account cannot be found by partners when they order.
MENKYO_ENUM(CommerceAccess, PUBLIC, PRIVATE)

using AccountName = wire::Line<1, 200>;
using VirtualAccountName = wire::Line<1, 100>;
using Description = wire::Text<0, 500>;
using Search = wire::Text<0, 100>;

inline constexpr int64_t max_tree_depth = 10;
inline constexpr std::string_view default_virtual_account_name = "DEFAULT";

// ---- Smart Accounts -----------------------------------------------------------------------------------------------

struct AccountSummary {
  SmartAccountId smart_account_id;
  int64_t number;
  std::string name, domain;
  AccountType type;
  AccountStatus status;
  std::vector<Role> roles;             // of the caller, anywhere in the account
  std::vector<std::string> abilities;  // likewise
  // Whether nobody but one administrator has that role for good; only for those who manage the account's users.
  std::optional<bool> has_one_administrator;
};
BOOST_DESCRIBE_STRUCT(AccountSummary, (),
                      (smart_account_id, number, name, domain, type, status, roles, abilities, has_one_administrator))

struct SmartAccount : AccountSummary {
  Instant created_at;
  int64_t virtual_account_count;             // that the caller may see
  int64_t device_count;                      // in those
  std::vector<std::string> whole_abilities;  // of the caller, on the whole account
};
BOOST_DESCRIBE_STRUCT(SmartAccount, (AccountSummary),
                      (created_at, virtual_account_count, device_count, whole_abilities))

struct NewAdministrator {
  people::Mail mail;
  people::Name given_name, family_name;
  people::Language language;
};
BOOST_DESCRIBE_STRUCT(NewAdministrator, (), (mail, given_name, family_name, language))

struct NewSmartAccount {
  AccountName name;
  wire::Line<3, 253> domain;
  NewAdministrator administrator;
};
BOOST_DESCRIBE_STRUCT(NewSmartAccount, (), (name, domain, administrator))

struct CreatedSmartAccount {
  AccountSummary smart_account;
  // The portal's page on which an administrator without a password sets one; only where no mail server is set, so
  // that the operator must pass it on.
  std::optional<std::string> one_time_link;
};
BOOST_DESCRIBE_STRUCT(CreatedSmartAccount, (), (smart_account, one_time_link))

// With its virtual account DEFAULT and an administrator, who becomes a person if it is none yet. Problem name_taken,
// with the field, if the name or the domain is in use. `actor` is staff or a command; a caller proved its right
// before. Nobody is told, and no link is made.
CreatedSmartAccount create_smart_account(db::Tx& tx, keys::Vault const& vault, NewSmartAccount const& in,
                                         audit::Actor const& actor);

// For imports: the account of a domain in any spelling, and the virtual account that "Tokyo/Shinagawa" names by the
// names from the root.
std::optional<SmartAccountId> find_account_by_domain(db::ReadTx& tx, std::string_view domain);
std::optional<VirtualAccountId> find_virtual_account(db::ReadTx& tx, SmartAccountId account, std::string_view names);
bool any_smart_account(db::ReadTx& tx);
// For checks of the whole installation.
std::vector<SmartAccountId> all_smart_accounts(db::ReadTx& tx);
// Sentences about what is broken in the tree of an account; empty if all is well. Each virtual account stands where
// its parent, number and name say, ten levels deep at most, with a name of its own among its siblings; one is the
// default. Costs time in proportion to the tree.
std::vector<std::string> broken_tree(db::ReadTx& tx, SmartAccountId account);
VirtualAccountId default_virtual_account(db::ReadTx& tx, SmartAccountId account);

// ---- Virtual accounts ---------------------------------------------------------------------------------------------

// A custom tag as a virtual account carries it.
struct CarriedTag {
  CustomTagId custom_tag_id;
  std::string name;
  std::optional<std::string> value;
};
BOOST_DESCRIBE_STRUCT(CarriedTag, (), (custom_tag_id, name, value))

struct VirtualAccount {
  VirtualAccountId virtual_account_id;
  int64_t number;
  std::optional<VirtualAccountId> parent_id;  // if the caller may see it
  std::vector<std::string> path_names;        // from the outermost that the caller may see to itself
  int64_t depth;                              // the length of path_names
  std::string name, description;
  bool is_default;
  CommerceAccess commerce_access;
  int64_t child_count;
  std::vector<CarriedTag> tags;  // as people order names
  Instant created_at;
  int64_t version;
  std::vector<std::string> abilities;
};
BOOST_DESCRIBE_STRUCT(VirtualAccount, (),
                      (virtual_account_id, number, parent_id, path_names, depth, name, description, is_default,
                       commerce_access, child_count, tags, created_at, version, abilities))

struct NewVirtualAccount {
  SmartAccountId smart_account_id;
  std::optional<VirtualAccountId> parent_id;
  VirtualAccountName name;
  Description description;
  CommerceAccess commerce_access;
};
BOOST_DESCRIBE_STRUCT(NewVirtualAccount, (), (smart_account_id, parent_id, name, description, commerce_access))

struct VirtualAccountChange {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  std::optional<int64_t> if_match;
  std::optional<VirtualAccountName> name;
  std::optional<Description> description;
  std::optional<CommerceAccess> commerce_access;
};
BOOST_DESCRIBE_STRUCT(VirtualAccountChange, (),
                      (smart_account_id, virtual_account_id, if_match, name, description, commerce_access))

struct VirtualAccountMove {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  std::optional<int64_t> if_match;
  std::optional<VirtualAccountId> parent_id;  // none: it becomes one of the outermost
};
BOOST_DESCRIBE_STRUCT(VirtualAccountMove, (), (smart_account_id, virtual_account_id, if_match, parent_id))

struct DefaultChoice {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  std::optional<int64_t> if_match;
};
BOOST_DESCRIBE_STRUCT(DefaultChoice, (), (smart_account_id, virtual_account_id, if_match))

struct VirtualAccountQuery {
  SmartAccountId smart_account_id;
  std::optional<api::Limit> limit;
  std::optional<api::CursorText> cursor;
  std::optional<VirtualAccountId> parent;
  std::optional<Search> search;
  std::optional<CustomTagId> custom_tag_id;     // those that carry it
  std::optional<wire::Line<1, 100>> tag_value;  // with that value
};
BOOST_DESCRIBE_STRUCT(VirtualAccountQuery, (),
                      (smart_account_id, limit, cursor, parent, search, custom_tag_id, tag_value))

// Problem name_taken (among siblings), too_deep.
VirtualAccountId create_virtual_account(db::Tx& tx, keys::Vault const& vault,
                                        Access<access::Place, Permission::virtual_account_create> const& access,
                                        NewVirtualAccount const& in);
// Problem changed_meanwhile, name_taken. Changes nothing if nothing differs.
void change_virtual_account(db::Tx& tx, keys::Vault const& vault,
                            Access<access::VirtualAccount, Permission::account_edit> const& access,
                            VirtualAccountChange const& in);
// Problem conflict (the default one), not_empty (children, licenses, devices or tokens that could still bring some).
void delete_virtual_account(db::Tx& tx, keys::Vault const& vault,
                            Access<access::VirtualAccount, Permission::account_edit> const& access,
                            std::optional<int64_t> if_match);
// With all that is below it and in it; whoever has a role there keeps it, and roles from above the old place end to
// reach it. Needs the right to the whole account, since rights from above the new place begin to reach it. Problem
// changed_meanwhile, invalid (no such parent, or one inside it), too_deep, name_taken. Changes nothing if it is
// there.
void move_virtual_account(db::Tx& tx, keys::Vault const& vault,
                          Access<access::SmartAccount, Permission::account_edit> const& access,
                          VirtualAccountMove const& in);
// The one that was the default no longer is. Problem changed_meanwhile. Changes nothing if it is the default.
void make_default(db::Tx& tx, keys::Vault const& vault,
                  Access<access::SmartAccount, Permission::account_edit> const& access, DefaultChoice const& in);
VirtualAccount load_virtual_account(db::ReadTx& tx, PersonId caller, SmartAccountId account, VirtualAccountId id);
// In the order of the tree. Problem invalid for a value without its tag.
wire::Page<VirtualAccount> list_virtual_accounts(
    db::ReadTx& tx, api::Cursors const& cursors,
    Access<access::VirtualAccounts, Permission::inventory_view> const& access, VirtualAccountQuery const& in);

// ---- Users --------------------------------------------------------------------------------------------------------

struct RoleGrant {
  RoleGrantId role_grant_id;
  Role role;
  std::optional<VirtualAccountId> virtual_account_id;
  std::optional<Instant> ends_at;
  std::optional<std::string> group_name{};  // of the group through which it comes; lists of users tell it
};
BOOST_DESCRIBE_STRUCT(RoleGrant, (), (role_grant_id, role, virtual_account_id, ends_at, group_name))

struct GivenRole {
  RoleGrant grant;
  PersonId person_id;
  bool is_new;  // the person did not have it, or to another end
};

struct AccountUser {
  PersonId person_id;
  std::string mail, given_name, family_name;
  bool is_invited;  // and has not accepted yet
  std::vector<RoleGrant> grants;
};
BOOST_DESCRIBE_STRUCT(AccountUser, (), (person_id, mail, given_name, family_name, is_invited, grants))

struct NewRoleGrant {
  SmartAccountId smart_account_id;
  people::Mail mail;
  Role role;
  std::optional<VirtualAccountId> virtual_account_id;
  std::optional<Instant> ends_at;
};
BOOST_DESCRIBE_STRUCT(NewRoleGrant, (), (smart_account_id, mail, role, virtual_account_id, ends_at))

struct UserQuery {
  SmartAccountId smart_account_id;
  std::optional<api::Limit> limit;
  std::optional<api::CursorText> cursor;
};
BOOST_DESCRIBE_STRUCT(UserQuery, (), (smart_account_id, limit, cursor))

// A role of the whole account cannot be given for a virtual account, nor the other way round (Problem invalid).
// Giving the same role again changes when it ends. An address without an account becomes a person. Nobody is told.
GivenRole grant_role(db::Tx& tx, keys::Vault const& vault,
                     Access<access::Place, Permission::users_manage> const& access, NewRoleGrant const& in);
// Problem conflict for the last lasting administrator, and for a role that comes through a group. Nobody is told.
GivenRole revoke_role(db::Tx& tx, keys::Vault const& vault,
                      Access<access::RoleGrant, Permission::users_manage> const& access);
// Whoever has a role in what the caller manages, with those roles only.
wire::Page<AccountUser> list_users(db::ReadTx& tx, keys::Vault const& vault, api::Cursors const& cursors,
                                   Access<access::VirtualAccounts, Permission::users_manage> const& access,
                                   UserQuery const& in);

// ---- The operator's staff -----------------------------------------------------------------------------------------

// Makes the person an operator_admin, and a person if it is none; the answer is the token of a one-time link to set a
// (new) password. Safe to repeat: it is how the operator gets in again.
std::string create_first_operator(db::Tx& tx, keys::Vault const& vault, std::string_view mail);
// Until staff_role_period from now (accounts/staff.hpp), also if the person has or had the role.
void grant_operator_role(db::Tx& tx, keys::Vault const& vault, PersonId person, access::OperatorRole role,
                         audit::Actor const& actor);

// The path of the portal's page for a one-time link.
std::string link_path(std::string const& token);

// All operations of this module: accounts, virtual accounts, users, and the event log (history.cpp).
std::vector<api::Route> routes();

}  // namespace menkyo::accounts
