#pragma once
// Mail addresses beside those of the administrators to which a Smart Account's mails go, such as a team's inbox
// (domain reference, section 6). What goes to all administrators goes to them, too, without what only members may
// know.
//
// Nothing but one question goes to an address before whoever reads it has agreed, and each mail to it has the link by
// which that ends. Whoever has the link can do no more than that.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "accounts/accounts.hpp"
#include "mail/mail.hpp"

namespace menkyo::accounts {

inline constexpr size_t max_notification_addresses = 20;  // of an account: each mail to it is so many more

struct NotificationAddress {
  NotificationAddressId notification_address_id;
  std::string mail;
  people::Language language;
  Instant created_at;
  std::optional<Instant> confirmed_at;  // none: nothing goes there yet
};
BOOST_DESCRIBE_STRUCT(NotificationAddress, (), (notification_address_id, mail, language, created_at, confirmed_at))

struct NewNotificationAddress {
  SmartAccountId smart_account_id;
  people::Mail mail;
  people::Language language;
};
BOOST_DESCRIBE_STRUCT(NewNotificationAddress, (), (smart_account_id, mail, language))

struct NotificationAddressKey {
  SmartAccountId smart_account_id;
  NotificationAddressId notification_address_id;
};
BOOST_DESCRIBE_STRUCT(NotificationAddressKey, (), (smart_account_id, notification_address_id))

struct NotificationLinkKey {
  wire::Exact<1, 200> token;
};
BOOST_DESCRIBE_STRUCT(NotificationLinkKey, (), (token))

// What the page behind the link of an address says.
struct NotificationLink {
  std::string account_name, account_domain, mail;
  bool is_confirmed;
};
BOOST_DESCRIBE_STRUCT(NotificationLink, (), (account_name, account_domain, mail, is_confirmed))

using NotificationEditor = Access<access::SmartAccount, Permission::notification_addresses_edit>;

// Asks the address whether it wants the mails. Problem invalid, conflict if there are too many or this one already,
// too_many_requests if it was sent many mails lately.
NotificationAddress add_notification_address(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                                             NotificationEditor const& access, NewNotificationAddress const& in);
// Asks once more. Problem not_found, conflict if it has agreed, too_many_requests.
void ask_notification_address(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                              NotificationEditor const& access, NotificationAddressId id);
void remove_notification_address(db::Tx& tx, keys::Vault const& vault, NotificationEditor const& access,
                                 NotificationAddressId id);
// By whoever has the link, signed in or not: the mails come, or end. Safe to repeat. Problem link_invalid.
void confirm_notifications(db::Tx& tx, keys::Vault const& vault, std::string_view token);
void stop_notifications(db::Tx& tx, keys::Vault const& vault, std::string_view token);

// A letter to each address of the account that has agreed. `words_for` gives the words for a reader, who is no
// person: without "name", and whose contact is the address.
struct NotificationReader {
  std::string mail;
  people::Language language;
};
void post_to_addresses(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, SmartAccountId account,
                       std::string const& template_name,
                       std::function<mail::Words(NotificationReader const&)> const& words_for);

// The operations on all of this.
std::vector<api::Route> notification_routes();

}  // namespace menkyo::accounts
