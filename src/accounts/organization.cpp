#include "accounts/organization.hpp"

#include <algorithm>
#include <set>

#include "accounts/domain_claims.hpp"
#include "accounts/store.hpp"

namespace menkyo::accounts {

namespace {

// Of those persons, who has a role on the whole account.
std::set<PersonId> with_role_on_account(db::ReadTx& tx, SmartAccountId account, std::vector<PersonId> const& ids) {
  std::vector<store::MemberKey> keys;
  for (auto const& id : ids) keys.push_back({account, id});
  std::set<PersonId> out;
  for (auto const& grant : store::grants_of_members(tx, keys))
    if (!access::is_virtual_account_role(grant.role) && (!grant.ends_at || *grant.ends_at > tx.now()))
      out.insert(grant.person_id);
  return out;
}

}  // namespace

std::vector<people::Person> persons_shown_to(db::ReadTx& tx, keys::Vault const& vault, SmartAccountId account,
                                             PersonId reader, std::vector<PersonId> ids) {
  ids.push_back(reader);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  auto const row = store::account(tx, account);
  if (!row) return {};
  auto const on_account = with_role_on_account(tx, account, ids);
  auto const belongs = [&](people::Person const& person) {
    return on_account.contains(person.id) || is_of_organization(person.mail, row->domain);
  };
  auto persons = people::load_persons(tx, vault, std::move(ids));
  auto const is_reader = [reader](people::Person const& person) { return person.id == reader; };
  auto const self = std::find_if(persons.begin(), persons.end(), is_reader);
  if (self == persons.end() || !belongs(*self)) std::erase_if(persons, belongs);
  return persons;
}

}  // namespace menkyo::accounts
