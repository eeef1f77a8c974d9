#include "accounts/store_notifications.hpp"

namespace menkyo::accounts::store {

namespace {

std::string addresses_where(std::string_view condition) {
  return "select smart_account_id, notification_address_id, mail_lookup, link_lookup, wrapped_address, language, "
         "created_at, confirmed_at from notification_address where " +
         std::string(condition);
}

}  // namespace

std::vector<NotificationRow> notification_addresses(db::ReadTx& tx, SmartAccountId account) {
  static auto const sql = addresses_where("smart_account_id = $1 order by notification_address_id");
  return tx.all<NotificationRow>(sql, account);
}

std::optional<NotificationRow> notification_address_by_link(db::ReadTx& tx, Bytes const& link_lookup) {
  static auto const sql = addresses_where("link_lookup = $1");
  return tx.one<NotificationRow>(sql, link_lookup);
}

bool insert_notification_address(db::Tx& tx, NotificationRow const& r) {
  return tx.exec(
             "insert into notification_address (smart_account_id, notification_address_id, mail_lookup, link_lookup, "
             "wrapped_address, language, created_at) values ($1, $2, $3, $4, $5, $6, $7) "
             "on conflict (smart_account_id, mail_lookup) do nothing",
             r.smart_account_id, r.notification_address_id, r.mail_lookup, r.link_lookup, r.wrapped_address,
             r.language, r.created_at) == 1;
}

void confirm_notification_address(db::Tx& tx, SmartAccountId account, NotificationAddressId id) {
  tx.exec(
      "update notification_address set confirmed_at = $3 where smart_account_id = $1 and notification_address_id = "
      "$2",
      account, id, tx.now());
}

bool delete_notification_address(db::Tx& tx, SmartAccountId account, NotificationAddressId id) {
  return tx.exec("delete from notification_address where smart_account_id = $1 and notification_address_id = $2",
                 account, id) == 1;
}

}  // namespace menkyo::accounts::store
