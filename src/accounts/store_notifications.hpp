#pragma once
// SQL of the addresses to which an account's mails go beside its administrators.
#include "accounts/notifications.hpp"

namespace menkyo::accounts::store {

struct NotificationRow {
  SmartAccountId smart_account_id;
  NotificationAddressId notification_address_id;
  Bytes mail_lookup, link_lookup, wrapped_address;
  people::Language language;
  Instant created_at;
  std::optional<Instant> confirmed_at;
};
// Oldest first; an account has few.
std::vector<NotificationRow> notification_addresses(db::ReadTx& tx, SmartAccountId account);
std::optional<NotificationRow> notification_address_by_link(db::ReadTx& tx, Bytes const& link_lookup);
// False if the account has this address; nothing is changed then.
bool insert_notification_address(db::Tx& tx, NotificationRow const& row);
void confirm_notification_address(db::Tx& tx, SmartAccountId account, NotificationAddressId id);
bool delete_notification_address(db::Tx& tx, SmartAccountId account, NotificationAddressId id);

}  // namespace menkyo::accounts::store
