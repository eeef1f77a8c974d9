#include <algorithm>

#include "accounts/access_requests.hpp"
#include "accounts/accounts.hpp"
#include "accounts/assistance.hpp"
#include "accounts/founding.hpp"
#include "accounts/groups.hpp"
#include "accounts/inside.hpp"
#include "accounts/invitations.hpp"
#include "accounts/notifications.hpp"
#include "accounts/partner_requests.hpp"
#include "accounts/properties.hpp"
#include "accounts/role_batch.hpp"
#include "accounts/staff.hpp"
#include "accounts/store.hpp"
#include "accounts/successions.hpp"
#include "accounts/tags.hpp"
#include "accounts/user_file.hpp"
#include "base/text.hpp"

namespace menkyo::accounts {

namespace {

// ---- Me -----------------------------------------------------------------------------------------------------------

struct Me {
  people::Person person;
  std::vector<AccountSummary> accounts;  // the first 50
  std::vector<access::OperatorRole> operator_roles;
  std::vector<std::string> operator_abilities;
  people::SessionFacts session;
  // Of the person's profile, before it can found a Smart Account.
  std::vector<people::CompanyField> missing_for_smart_account;
};
BOOST_DESCRIBE_STRUCT(Me, (),
                      (person, accounts, operator_roles, operator_abilities, session, missing_for_smart_account))

struct MeChange {
  people::Language language;
};
BOOST_DESCRIBE_STRUCT(MeChange, (), (language))

struct Sorted {
  std::string key;
  store::AccountRow row;
};

// All accounts of a person, as people order names. Few people have more than a handful.
std::vector<Sorted> sorted_accounts(db::ReadTx& tx, PersonId person) {
  std::vector<Sorted> out;
  for (auto& row : store::accounts_of(tx, person, tx.now())) out.push_back({sort_key(row.name), std::move(row)});
  std::sort(out.begin(), out.end(), [](Sorted const& a, Sorted const& b) {
    return std::tie(a.key, a.row.smart_account_id) < std::tie(b.key, b.row.smart_account_id);
  });
  return out;
}

Me get_me(db::ReadTx& tx, api::Caller const& caller, keys::Vault const& vault) {
  auto as_staff = access::operator_holdings(tx, caller.person_id);
  Me me{people::load_person(tx, vault, caller.person_id),
        {},
        std::move(as_staff.roles),
        std::move(as_staff.abilities),
        people::load_session(tx, caller),
        people::missing_for_smart_account(people::load_company(tx, vault, caller.person_id))};
  for (auto const& [key, row] : sorted_accounts(tx, caller.person_id)) {
    if (int64_t(me.accounts.size()) == api::default_limit) break;
    me.accounts.push_back(summary_of(tx, row, access::holdings(tx, caller.person_id, row.smart_account_id)));
  }
  return me;
}

Me change_me(db::Tx& tx, api::Caller const& caller, MeChange const& in, keys::Vault const& vault) {
  people::set_language(tx, caller.person_id, in.language);
  return get_me(tx, caller, vault);
}

// ---- Smart Accounts -----------------------------------------------------------------------------------------------

struct SmartAccountKey {
  SmartAccountId smart_account_id;
};
BOOST_DESCRIBE_STRUCT(SmartAccountKey, (), (smart_account_id))

bool matches(store::AccountRow const& row, std::string const& search) {
  return search.empty() || fold_name(row.name).find(search) != std::string::npos ||
         row.domain.find(search) != std::string::npos || std::to_string(row.number) == search;
}

wire::Page<AccountSummary> list_smart_accounts(db::ReadTx& tx, api::AnyCaller const& caller,
                                               SmartAccountQuery const& in, api::Cursors const& cursors) {
  auto const search = fold_name(in.search.value_or(Search()));
  auto const scope = "smart_accounts " + caller.person_id.text() + " " + search;
  auto const keys = cursors.decode(scope, in.cursor, 2);
  auto const limit = api::page_size(in.limit);
  std::vector<AccountSummary> rows;
  for (auto const& [key, row] : sorted_accounts(tx, caller.person_id)) {
    auto const id = row.smart_account_id.text();
    bool const before = !keys.empty() && std::tie(key, id) <= std::tie(keys[0], keys[1]);
    if (before || !matches(row, search)) continue;
    if (caller.only_account && *caller.only_account != row.smart_account_id) continue;
    if (int64_t(rows.size()) > limit) break;
    rows.push_back(summary_of(tx, row, access::holdings(tx, caller.person_id, row.smart_account_id)));
  }
  return api::make_page(std::move(rows), limit, cursors, scope, [](AccountSummary const& a) {
    return std::vector{sort_key(a.name), a.smart_account_id.text()};
  });
}

SmartAccount get_smart_account(db::ReadTx& tx, Access<access::SmartAccount, Permission::account_view> const& access,
                               SmartAccountKey const&) {
  auto const row = store::account(tx, access.smart_account_id());
  if (!row) throw Problem(problems::not_found);
  auto const holdings = access::holdings(tx, access.person_id(), access.smart_account_id());
  SmartAccount out{summary_of(tx, *row, holdings), row->created_at, 0, 0, holdings.abilities_at("")};
  auto const reach = holdings.reach(Permission::inventory_view);
  for (auto const& path : reach.all ? std::vector<std::string>{"/"} : reach.prefixes) {
    auto const counts = store::counts_below(tx, access.smart_account_id(), path);
    out.virtual_account_count += counts.virtual_accounts;
    out.device_count += counts.devices;
  }
  return out;
}

// ---- Users --------------------------------------------------------------------------------------------------------

struct RoleGrantKey {
  SmartAccountId smart_account_id;
  RoleGrantId role_grant_id;
};
BOOST_DESCRIBE_STRUCT(RoleGrantKey, (), (smart_account_id, role_grant_id))

wire::Page<AccountUser> answer_users(db::ReadTx& tx,
                                     Access<access::VirtualAccounts, Permission::users_manage> const& access,
                                     UserQuery const& in, keys::Vault const& vault, api::Cursors const& cursors) {
  return list_users(tx, vault, cursors, access, in);
}

RoleGrant answer_grant(db::Tx& tx, Access<access::Place, Permission::users_manage> const& access,
                       NewRoleGrant const& in, keys::Vault const& vault, mail::Outbox const& outbox) {
  auto const role = grant_role(tx, vault, access, in);
  tell_of_role_given(tx, vault, outbox, access.smart_account_id(), role, access.person_id());
  return role.grant;
}

void answer_revocation(db::Tx& tx, Access<access::RoleGrant, Permission::users_manage> const& access,
                       RoleGrantKey const&, keys::Vault const& vault, mail::Outbox const& outbox) {
  auto const role = revoke_role(tx, vault, access);
  tell_of_role_taken(tx, vault, outbox, access.smart_account_id(), role, access.person_id());
}

void answer_invitation(db::Tx& tx, Access<access::RoleGrant, Permission::users_manage> const& access,
                       RoleGrantKey const&, keys::Vault const& vault, mail::Outbox const& outbox) {
  send_invitation(tx, vault, outbox, access);
}

// ---- For the operator ---------------------------------------------------------------------------------------------

CreatedSmartAccount answer_new_account(
    db::Tx& tx, Access<access::Operator, access::OperatorPermission::accounts_create> const& access,
    NewSmartAccount const& in, keys::Vault const& vault, mail::Outbox const& outbox) {
  auto created = create_smart_account(tx, vault, in, access.actor());
  created.one_time_link =
      tell_first_administrator(tx, vault, outbox, created.smart_account.smart_account_id, in.administrator.mail);
  return created;
}

}  // namespace

std::vector<api::Route> routes() {
  using enum api::Method;
  std::string const accounts = "/api/v1/smart_accounts", account = accounts + "/{smart_account_id}",
                    grants = account + "/role_grants", all = "/api/v1/operator/smart_accounts";
  std::vector<api::Route> out{
      api::route<&get_me>(get, "/api/v1/me", "get_me", "See who is signed in, and with what rights"),
      api::route<&change_me>(patch, "/api/v1/me", "change_me", "Change one's own settings"),
      api::route<&list_smart_accounts>(get, accounts, "list_smart_accounts", "List one's Smart Accounts"),
      api::route<&get_smart_account>(get, account, "get_smart_account", "See a Smart Account"),
      api::route<&answer_users>(get, account + "/users", "list_users", "List who has a role"),
      api::route<&answer_grant>(post, grants, "grant_role", "Give a person a role"),
      api::route<&answer_revocation>(del, grants + "/{role_grant_id}", "revoke_role", "Take a role back"),
      api::route<&answer_invitation>(post, grants + "/{role_grant_id}/invitation", "send_invitation",
                                     "Send somebody who has not accepted it the invitation again"),
      api::route<&answer_new_account>(post, all, "create_smart_account",
                                      "Create a Smart Account with its administrator"),
  };
  for (auto& route : virtual_account_routes()) out.push_back(std::move(route));
  for (auto& route : role_batch_routes()) out.push_back(std::move(route));
  for (auto& route : user_file_routes()) out.push_back(std::move(route));
  for (auto& route : group_routes()) out.push_back(std::move(route));
  for (auto& route : tag_routes()) out.push_back(std::move(route));
  for (auto& route : properties_routes()) out.push_back(std::move(route));
  for (auto& route : founding_routes()) out.push_back(std::move(route));
  for (auto& route : access_request_routes()) out.push_back(std::move(route));
  for (auto& route : notification_routes()) out.push_back(std::move(route));
  for (auto& route : partner_request_routes()) out.push_back(std::move(route));
  for (auto& route : succession_routes()) out.push_back(std::move(route));
  for (auto& route : history_routes()) out.push_back(std::move(route));
  for (auto& route : account_program_routes()) out.push_back(std::move(route));
  for (auto& route : staff_routes()) out.push_back(std::move(route));
  for (auto& route : staff_search_routes()) out.push_back(std::move(route));
  for (auto& route : assistance_routes()) out.push_back(std::move(route));
  return out;
}

}  // namespace menkyo::accounts
