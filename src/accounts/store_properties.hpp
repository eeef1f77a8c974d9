#pragma once
// SQL of what an account tells about itself, and of its sites.
#include "accounts/properties.hpp"

namespace menkyo::accounts::store {

struct PropertiesRow {
  std::string name;
  std::optional<PersonId> creator_id;
  bool require_smart_account_on_orders, locked_against_staff;
  int64_t version;
};
std::optional<PropertiesRow> properties(db::ReadTx& tx, SmartAccountId account);
struct Settings {
  std::string name;
  bool require_smart_account_on_orders, locked_against_staff;
};
void update_properties(db::Tx& tx, SmartAccountId account, Settings const& settings);
void drop_name(db::Tx& tx, SmartAccountId account, std::string const& name_key);
void count_version(db::Tx& tx, SmartAccountId account);

struct SiteOfAccount {
  int64_t number;
  bool is_headquarters;
  Bytes wrapped_address;
};
// By number; an account has few.
std::vector<SiteOfAccount> sites(db::ReadTx& tx, SmartAccountId account);
std::optional<SiteOfAccount> headquarters(db::ReadTx& tx, SmartAccountId account);
void update_site(db::Tx& tx, SmartAccountId account, int64_t number, Bytes const& wrapped_address);
// Whether there was one, other than the headquarters.
bool delete_location(db::Tx& tx, SmartAccountId account, int64_t number);

}  // namespace menkyo::accounts::store
