#include "accounts/accounts.hpp"

#include "accounts/inside.hpp"
#include "accounts/store.hpp"
#include "base/text.hpp"

namespace menkyo::accounts {

namespace {

// The person of a mail address, made if there is none.
PersonId find_or_create(db::Tx& tx, keys::Vault const& vault, people::NewPerson const& person,
                        audit::Actor const& actor) {
  if (auto const known = people::find_person(tx, vault, person.profile.mail)) return *known;
  return people::create_person(tx, vault, person, actor);
}

void create_default(db::Tx& tx, keys::Vault const& vault, SmartAccountId account, audit::Actor const& actor) {
  auto const number = store::next_number(tx, "virtual_account");
  store::NodeRow const row{.virtual_account_id = tx.new_id<VirtualAccountId>(),
                           .number = number,
                           .parent_id = {},
                           .path = "/" + std::to_string(number) + "/",
                           .sort_path = sort_level(default_virtual_account_name, number),
                           .depth = 1,
                           .name = std::string(default_virtual_account_name),
                           .description = "",
                           .is_default = true,
                           .commerce_access = CommerceAccess::PUBLIC,
                           .created_at = tx.now(),
                           .version = 1};
  store::insert_node(tx, account, row);
  record_virtual_account(tx, vault, audit::EventKind::virtual_account_created, account, row.virtual_account_id, actor,
                         {{"name", row.name}});
}

}  // namespace

std::string account_domain(std::string_view text) {
  auto const domain = normalize_domain(text);
  if (!domain || domain->find('.') == std::string::npos)
    throw invalid_field("/domain", "not_a_domain", "must be a domain such as example.com");
  return *domain;
}

std::string link_path(std::string const& token) {
  return "/link/" + token;
}

void refuse_taken(bool name, bool domain) {
  std::vector<FieldError> taken;
  if (name) taken.push_back({"/name", "taken", "is the name of another Smart Account"});
  if (domain) taken.push_back({"/domain", "taken", "is the domain of another Smart Account"});
  if (!taken.empty())
    throw Problem(problems::name_taken, "Another Smart Account has this name or domain.", std::move(taken));
}

store::AccountRow open_account(db::Tx& tx, keys::Vault const& vault, NewAccount const& account,
                               audit::Actor const& actor) {
  auto const id = tx.new_id<SmartAccountId>();
  refuse_taken(!store::take_name(tx, fold_name(account.name), id), false);
  refuse_taken(false, !store::take_domain(tx, account.domain, id));
  store::AccountRow const row{id,           store::next_number(tx, "smart_account"),
                              account.name, account.domain,
                              account.type, AccountStatus::ACTIVE,
                              tx.now()};
  store::insert_account(tx, row);
  audit::record(tx, vault,
                {.smart_account_id = id,
                 .kind = audit::EventKind::smart_account_created,
                 .actor = actor,
                 .data = {{"name", row.name}, {"domain", row.domain}}});
  create_default(tx, vault, id, actor);
  return row;
}

AccountSummary summary_of(db::ReadTx& tx, store::AccountRow const& row, access::Holdings const& holdings) {
  AccountSummary out{row.smart_account_id, row.number,           row.name, row.domain, row.type, row.status,
                     holdings.roles(),     holdings.abilities(), {}};
  if (holdings.reach(Permission::users_manage).all)
    out.has_one_administrator = store::lasting_grants(tx, row.smart_account_id, Role::sa_admin, {}) == 1;
  return out;
}

CreatedSmartAccount create_smart_account(db::Tx& tx, keys::Vault const& vault, NewSmartAccount const& in,
                                         audit::Actor const& actor) {
  auto const row = open_account(tx, vault, {in.name, account_domain(in.domain)}, actor);
  auto const& a = in.administrator;
  people::NewPerson const person{{a.mail, std::string(a.given_name), std::string(a.family_name), {}}, a.language};
  auto const administrator = [&] {
    try {
      return find_or_create(tx, vault, person, actor);
    } catch (Problem const& problem) {
      if (&problem.kind() != &problems::invalid) throw;
      throw invalid_field("/administrator/mail", "not_a_mail", "must be a mail address");
    }
  }();
  put_grant(tx, vault, row.smart_account_id, actor, {tx.new_id<RoleGrantId>(), Role::sa_admin, {}, {}},
            administrator);
  return {summary_of(tx, row, access::Holdings({})), {}};
}

std::optional<SmartAccountId> find_account_by_domain(db::ReadTx& tx, std::string_view domain) {
  auto const normalized = normalize_domain(domain);
  return normalized ? store::account_of_domain(tx, *normalized) : std::nullopt;
}

std::vector<SmartAccountId> all_smart_accounts(db::ReadTx& tx) {
  return store::all_smart_accounts(tx);
}
bool any_smart_account(db::ReadTx& tx) {
  return store::any_smart_account(tx);
}

// ---- The operator's staff -----------------------------------------------------------------------------------------

std::string create_first_operator(db::Tx& tx, keys::Vault const& vault, std::string_view mail) {
  audit::Actor const command{audit::ActorKind::command, {}};
  people::NewPerson const person{{people::Mail(std::string(mail)), {}, {}, {}}, people::Language::ja};
  auto const id = find_or_create(tx, vault, person, command);
  grant_operator_role(tx, vault, id, access::OperatorRole::operator_admin, command);
  return people::make_link(tx, vault, id);
}

}  // namespace menkyo::accounts
