#include "accounts/store_properties.hpp"

namespace menkyo::accounts::store {

std::optional<PropertiesRow> properties(db::ReadTx& tx, SmartAccountId account) {
  return tx.one<PropertiesRow>(
      "select name, creator_id, require_smart_account_on_orders, locked_against_staff, version from smart_account "
      "where smart_account_id = $1",
      account);
}

void update_properties(db::Tx& tx, SmartAccountId account, Settings const& settings) {
  tx.exec(
      "update smart_account set name = $2, require_smart_account_on_orders = $3, locked_against_staff = $4 where "
      "smart_account_id = $1",
      account, settings.name, settings.require_smart_account_on_orders, settings.locked_against_staff);
}

void drop_name(db::Tx& tx, SmartAccountId account, std::string const& name_key) {
  tx.exec("delete from smart_account_name where name_key = $1 and smart_account_id = $2", name_key, account);
}

void count_version(db::Tx& tx, SmartAccountId account) {
  tx.exec("update smart_account set version = version + 1 where smart_account_id = $1", account);
}

std::vector<SiteOfAccount> sites(db::ReadTx& tx, SmartAccountId account) {
  return tx.all<SiteOfAccount>(
      "select number, is_headquarters, wrapped_address from account_site where smart_account_id = $1 order by number",
      account);
}

std::optional<SiteOfAccount> headquarters(db::ReadTx& tx, SmartAccountId account) {
  return tx.one<SiteOfAccount>(
      "select number, is_headquarters, wrapped_address from account_site where smart_account_id = $1 and "
      "is_headquarters",
      account);
}

void update_site(db::Tx& tx, SmartAccountId account, int64_t number, Bytes const& wrapped_address) {
  tx.exec("update account_site set wrapped_address = $3 where smart_account_id = $1 and number = $2", account, number,
          wrapped_address);
}

bool delete_location(db::Tx& tx, SmartAccountId account, int64_t number) {
  return tx.exec("delete from account_site where smart_account_id = $1 and number = $2 and not is_headquarters",
                 account, number) == 1;
}

}  // namespace menkyo::accounts::store
