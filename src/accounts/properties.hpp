#pragma once
// What an account tells about itself beside its name: who opened it, its headquarters and other locations, and its
// settings (domain reference, sections 3.1 and 4). Whoever changes any of it locks the row of the Smart Account,
// whose version counts all of it.

#include <optional>
#include <vector>

#include "accounts/accounts.hpp"
#include "places/address.hpp"

namespace menkyo::accounts {

// A place of an account. People and orders name it by its number, which it keeps when its address is corrected.
struct Site {
  int64_t site_number;
  places::PostalAddress address;
};
BOOST_DESCRIBE_STRUCT(Site, (), (site_number, address))

struct Creator {
  PersonId person_id;
  std::string mail, given_name, family_name;
};
BOOST_DESCRIBE_STRUCT(Creator, (), (person_id, mail, given_name, family_name))

struct AccountProperties {
  SmartAccountId smart_account_id;
  int64_t number;
  std::string name, domain;
  AccountType type;
  AccountStatus status;
  Instant created_at;
  std::optional<Creator> creator;    // for those who manage its users, if there is one
  std::optional<Site> headquarters;  // the operator's staff opens accounts without
  std::vector<Site> locations;       // beside the headquarters
  bool require_smart_account_on_orders, locked_against_staff;
  int64_t version;
  std::vector<std::string> abilities;  // of the caller, on the whole account
};
BOOST_DESCRIBE_STRUCT(AccountProperties, (),
                      (smart_account_id, number, name, domain, type, status, created_at, creator, headquarters,
                       locations, require_smart_account_on_orders, locked_against_staff, version, abilities))

inline constexpr size_t max_locations = 100;

struct PropertiesChange {
  SmartAccountId smart_account_id;
  std::optional<int64_t> if_match;
  std::optional<AccountName> name;
  std::optional<bool> require_smart_account_on_orders;
  std::optional<bool> locked_against_staff;  // the operator's staff then sees no users of it, nor changes them
};
BOOST_DESCRIBE_STRUCT(PropertiesChange, (),
                      (smart_account_id, if_match, name, require_smart_account_on_orders, locked_against_staff))

struct SiteInput : places::PostalAddress {
  SmartAccountId smart_account_id;
  std::optional<int64_t> if_match;
};
BOOST_DESCRIBE_STRUCT(SiteInput, (places::PostalAddress), (smart_account_id, if_match))

struct SiteRemoval {
  SmartAccountId smart_account_id;
  int64_t site_number;
  std::optional<int64_t> if_match;
};
BOOST_DESCRIBE_STRUCT(SiteRemoval, (), (smart_account_id, site_number, if_match))

struct CreatorChange {
  SmartAccountId smart_account_id;
  std::optional<int64_t> if_match;
  PersonId person_id;
};
BOOST_DESCRIBE_STRUCT(CreatorChange, (), (smart_account_id, if_match, person_id))

using Editor = Access<access::SmartAccount, Permission::account_edit>;

// Each of the following: Problem changed_meanwhile; changes nothing if nothing differs.

// Problem name_taken.
void change_properties(db::Tx& tx, keys::Vault const& vault, Editor const& access, PropertiesChange const& in);
// The account has one afterwards, if it had none. Problem invalid.
void change_headquarters(db::Tx& tx, keys::Vault const& vault, Editor const& access, SiteInput const& in);
// Problem invalid, conflict if there are too many, or this one already.
void add_location(db::Tx& tx, keys::Vault const& vault, Editor const& access, SiteInput const& in);
// Problem not_found; the headquarters are no location that can be removed.
void remove_location(db::Tx& tx, keys::Vault const& vault, Editor const& access, SiteRemoval const& in);
// Problem invalid for somebody who is no administrator of the account now.
void change_creator(db::Tx& tx, keys::Vault const& vault, Editor const& access, CreatorChange const& in);

// The operations on all of this.
std::vector<api::Route> properties_routes();

}  // namespace menkyo::accounts
