#include "accounts/assistance.hpp"

#include "accounts/inside.hpp"
#include "accounts/invitations.hpp"
#include "accounts/store_assistance.hpp"
#include "accounts/store_properties.hpp"
#include "base/text.hpp"

namespace menkyo::accounts {

namespace {

using audit::EventKind;

struct Reason {
  AssistanceReason reason;
};
BOOST_DESCRIBE_STRUCT(Reason, (), (reason))

std::string reason_of(keys::Vault const& vault, store::AssistanceRow const& row) {
  return keys::open_struct<Reason>(vault, assistance_purpose, row.wrapped_reason).reason;
}

// The reason goes where names go: sealed apart, because people write about people.
void record_assistance(db::Tx& tx, keys::Vault const& vault, EventKind kind, SmartAccountId account,
                       audit::Actor const& actor, AssistanceId id, std::string const& reason) {
  audit::record(tx, vault,
                {.smart_account_id = account,
                 .kind = kind,
                 .actor = actor,
                 .subject_kind = "assistance",
                 .subject_id = id.bytes,
                 .personal = reason});
}

// As it is kept: one line, which has its length without what cannot be seen. Problem invalid.
std::string read_reason(AssistanceReason const& text) {
  auto reason = plain_line(text);
  wire::Errors errors;
  wire::check_text(reason, wire::TextKind::text, shortest_reason, longest_reason, "/reason", errors);
  if (!errors.empty()) throw Problem(problems::invalid, {}, std::move(errors));
  return reason;
}

// Nobody else changes the account until the end of the transaction. Problem not_found, locked_against_staff.
void lock_open_account(db::Tx& tx, SmartAccountId account) {
  store::lock_account(tx, account);
  auto const row = store::properties(tx, account);
  if (!row) throw Problem(problems::not_found);
  if (row->locked_against_staff) throw Problem(problems::locked_against_staff);
}

// Begins an act, with its event.
void begin_act(db::Tx& tx, keys::Vault const& vault, Helper const& access) {
  lock_open_account(tx, access.smart_account_id());
  auto const row = store::assistance(tx, access.smart_account_id(), access.person_id()).value();
  record_assistance(tx, vault, EventKind::assistance_used, access.smart_account_id(), access.actor(),
                    row.assistance_id, reason_of(vault, row));
}

}  // namespace

void open_assistance(db::Tx& tx, keys::Vault const& vault, HelpProof const& access, NewAssistance const& in) {
  lock_open_account(tx, in.smart_account_id);
  auto const reason = read_reason(in.reason);
  store::AssistanceRow const row{
      tx.new_id<AssistanceId>(),
      keys::seal_struct(vault, assistance_purpose, Reason{AssistanceReason(reason)}, tx.random()), tx.now(),
      tx.now() + assistance_period};
  store::put_assistance(tx, in.smart_account_id, access.person_id(), row);
  record_assistance(tx, vault, EventKind::assistance_opened, in.smart_account_id, access.actor(), row.assistance_id,
                    reason);
}

void end_assistance(db::Tx& tx, keys::Vault const& vault, HelpProof const& access, SmartAccountId account) {
  store::lock_account(tx, account);
  auto row = store::assistance(tx, account, access.person_id());
  if (!row || row->ends_at <= tx.now()) return;
  row->ends_at = tx.now();
  store::put_assistance(tx, account, access.person_id(), *row);
  record_assistance(tx, vault, EventKind::assistance_ended, account, access.actor(), row->assistance_id,
                    reason_of(vault, *row));
}

GivenRole end_assisted_grant(db::Tx& tx, keys::Vault const& vault, Helper const& access, RoleGrantId grant) {
  begin_act(tx, vault, access);
  return take_role(tx, vault, access.smart_account_id(), access.actor(), grant);
}

GivenRole name_administrator(db::Tx& tx, keys::Vault const& vault, Helper const& access,
                             AssistedAdministrator const& in) {
  begin_act(tx, vault, access);
  auto person = people::find_person(tx, vault, in.mail);
  // Whoever helps must not be able to come back without a reason.
  if (person && !access::operator_holdings(tx, *person).roles.empty())
    throw invalid_field("/mail", "is_staff", "is the address of somebody of the operator's staff");
  if (!person) person = create_invited(tx, vault, access.person_id(), in.mail, access.actor());
  return give_role(tx, vault, access.smart_account_id(), access.actor(), *person, {Role::sa_admin, {}, {}});
}

// ---- Operations ---------------------------------------------------------------------------------------------------

namespace {

struct AssistedKey {
  SmartAccountId smart_account_id;
};
BOOST_DESCRIBE_STRUCT(AssistedKey, (), (smart_account_id))

struct AssistedGrantKey {
  SmartAccountId smart_account_id;
  RoleGrantId role_grant_id;
};
BOOST_DESCRIBE_STRUCT(AssistedGrantKey, (), (smart_account_id, role_grant_id))

AssistedAccount load_assisted(db::ReadTx& tx, keys::Vault const& vault, SmartAccountId id, PersonId reader) {
  auto const account = store::account(tx, id);
  auto const properties = store::properties(tx, id);
  if (!account || !properties) throw Problem(problems::not_found);
  AssistedAccount out{id, account->number, account->name, account->domain, properties->locked_against_staff, {}};
  if (auto const row = store::assistance(tx, id, reader); row && row->ends_at > tx.now())
    out.assistance = {reason_of(vault, *row), row->created_at, row->ends_at};
  return out;
}

AssistedAccount get_assistance(db::ReadTx& tx, HelpProof const& access, AssistedKey const& in,
                               keys::Vault const& vault) {
  return load_assisted(tx, vault, in.smart_account_id, access.person_id());
}

AssistedAccount answer_assistance(db::Tx& tx, HelpProof const& access, NewAssistance const& in,
                                  keys::Vault const& vault) {
  open_assistance(tx, vault, access, in);
  return load_assisted(tx, vault, in.smart_account_id, access.person_id());
}

void answer_end(db::Tx& tx, HelpProof const& access, AssistedKey const& in, keys::Vault const& vault) {
  end_assistance(tx, vault, access, in.smart_account_id);
}

// Everybody with a role, as an administrator of the account sees them.
wire::Page<AccountUser> list_assisted_users(db::ReadTx& tx, Helper const& access, UserQuery const& in,
                                            keys::Vault const& vault, api::Cursors const& cursors) {
  auto const account = access.smart_account_id();
  auto const scope = "assisted_users " + account.text() + " " + access.person_id().text();
  PersonId after;
  if (auto const keys = cursors.decode(scope, in.cursor, 1); !keys.empty())
    after = PersonId::parse(keys.front()).value_or(PersonId{});
  int64_t const limit = api::page_size(in.limit);
  auto const ids = store::members_after(tx, account, after, tx.now(), limit + 1);
  auto rows = describe_users(tx, account, {true, {}}, people::load_persons(tx, vault, ids), ids);
  return api::make_page(std::move(rows), limit, cursors, scope,
                        [](AccountUser const& u) { return std::vector{u.person_id.text()}; });
}

void answer_grant_end(db::Tx& tx, Helper const& access, AssistedGrantKey const& in, keys::Vault const& vault,
                      mail::Outbox const& outbox) {
  auto const role = end_assisted_grant(tx, vault, access, in.role_grant_id);
  tell_of_role_taken(tx, vault, outbox, access.smart_account_id(), role, {});
}

RoleGrant answer_administrator(db::Tx& tx, Helper const& access, AssistedAdministrator const& in,
                               keys::Vault const& vault, mail::Outbox const& outbox) {
  auto const role = name_administrator(tx, vault, access, in);
  tell_of_role_given(tx, vault, outbox, access.smart_account_id(), role, {});
  return role.grant;
}

}  // namespace

std::vector<api::Route> assistance_routes() {
  using enum api::Method;
  std::string const account = "/api/v1/operator/smart_accounts/{smart_account_id}",
                    assistance = account + "/assistance";
  return {
      api::route<&get_assistance>(get, assistance, "get_assistance",
                                  "See whether one helps a Smart Account, and why"),
      api::route<&answer_assistance>(post, assistance, "open_assistance",
                                     "Say why one helps a Smart Account, for an hour"),
      api::route<&answer_end>(del, assistance, "end_assistance", "Help a Smart Account no longer"),
      api::route<&list_assisted_users>(get, account + "/users", "list_assisted_users",
                                       "List who has a role in a Smart Account that one helps"),
      api::route<&answer_grant_end>(del, account + "/role_grants/{role_grant_id}", "end_assisted_grant",
                                    "End a role in a Smart Account that one helps"),
      api::route<&answer_administrator>(post, account + "/administrators", "name_assisted_administrator",
                                        "Name an administrator of a Smart Account that one helps"),
  };
}

}  // namespace menkyo::accounts
