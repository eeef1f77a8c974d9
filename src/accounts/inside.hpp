#pragma once
// What the files of accounts/ share among themselves.

#include "accounts/accounts.hpp"
#include "accounts/store.hpp"

namespace menkyo::accounts {

// One level of virtual_account.sort_path: the name's key, U+0001, the number, U+0002. Both separators sort before
// every character of a key, so the bytes of the path order the tree: each subtree is one range right behind its root.
std::string sort_level(std::string_view name, int64_t number);
// What is behind every sort path: U+10FFFF, which is no character.
inline constexpr std::string_view behind_all_sort_paths = "\xF4\x8F\xBF\xBF";
// What all sort paths of the subtree are below.
std::string end_of_sort_range(std::string sort_path);

// Those that are called "Tokyo/Shinagawa" by whoever sees as much of the tree as `seen`: by the names from the
// outermost that it covers. More than one where parts of the tree are seen whose outermost have the same name.
std::vector<store::NodeRow> nodes_called(db::ReadTx& tx, SmartAccountId account, access::Reach const& seen,
                                         std::string_view names);

void record_virtual_account(db::Tx& tx, keys::Vault const& vault, audit::EventKind kind, SmartAccountId account,
                            VirtualAccountId id, audit::Actor const& actor, std::vector<audit::Datum> data);

// A Smart Account with its virtual account DEFAULT, and nobody in it yet. Problem name_taken, with the field.
struct NewAccount {
  std::string name, domain;  // the domain as normalize_domain spells it
  AccountType type = AccountType::CUSTOMER;
};
store::AccountRow open_account(db::Tx& tx, keys::Vault const& vault, NewAccount const& account,
                               audit::Actor const& actor);
// Problem name_taken, with a field for each that another account has.
void refuse_taken(bool name, bool domain);
AccountSummary summary_of(db::ReadTx& tx, store::AccountRow const& row, access::Holdings const& holdings);

// A person whom somebody names for the first time; the address is all that is known.
PersonId create_invited(db::Tx& tx, keys::Vault const& vault, PersonId inviter, people::Mail const& mail,
                        audit::Actor const& actor);

// Whether the role is one on virtual accounts. Problem invalid if it is not, and yet is to be given on some.
bool check_place(Role role, bool is_placed);
// Problem invalid, with the field.
void check_grant(Role role, std::optional<VirtualAccountId> virtual_account_id, std::optional<Instant> ends_at,
                 Instant now);
RoleGrant to_grant(store::GrantRow const& row);

// Gives the role with its event or, if the person has it, changes when it ends. Call with the account locked; that
// the virtual account is one of the account has been seen to. Problem conflict if the last lasting administrator
// would end.
struct WantedRole {
  Role role;
  std::optional<VirtualAccountId> virtual_account_id;
  std::optional<Instant> ends_at;
};
GivenRole give_role(db::Tx& tx, keys::Vault const& vault, SmartAccountId account, audit::Actor const& actor,
                    PersonId person, WantedRole const& wanted);

// Ends a grant, with its event. Call with the account locked. Problem not_found, and as revoke_role.
GivenRole take_role(db::Tx& tx, keys::Vault const& vault, SmartAccountId account, audit::Actor const& actor,
                    RoleGrantId grant);

// Those of `persons` whose identifiers are in `ids`, which is sorted, as users with the roles that hold in `reach`;
// in the order of their identifiers.
std::vector<AccountUser> describe_users(db::ReadTx& tx, SmartAccountId account, access::Reach const& reach,
                                        std::vector<people::Person> const& persons, std::vector<PersonId> const& ids);

// Stores a grant and its event.
void put_grant(db::Tx& tx, keys::Vault const& vault, SmartAccountId account, audit::Actor const& actor,
               RoleGrant const& grant, PersonId person);

// The domain of an account in its one spelling. Problem invalid (/domain, not_a_domain).
std::string account_domain(std::string_view text);

struct SmartAccountQuery {
  std::optional<api::Limit> limit;
  std::optional<api::CursorText> cursor;
  std::optional<Search> search;
};
BOOST_DESCRIBE_STRUCT(SmartAccountQuery, (), (limit, cursor, search))

// The operations with which the operator's staff finds accounts and people.
std::vector<api::Route> staff_search_routes();

// The operations on virtual accounts.
std::vector<api::Route> virtual_account_routes();

// The operations on the event log. They stand here because they need proofs and names of people, which the log itself
// is below (docs/decisions/0004-event-log.md).
std::vector<api::Route> history_routes();
std::vector<api::Route> account_program_routes();

}  // namespace menkyo::accounts
