#include "accounts/notifications.hpp"

#include <algorithm>

#include "accounts/store.hpp"
#include "accounts/store_notifications.hpp"
#include "base/text.hpp"
#include "protocol/bytes.hpp"

namespace menkyo::accounts {

namespace {

using audit::EventKind;
using store::NotificationRow;

constexpr std::string_view address_purpose = "notification_address", mail_purpose = "notification_mail",
                           link_purpose = "notification_link";

struct Sealed {
  wire::Exact<1, 320> mail;
  wire::Exact<1, 200> token;
};
BOOST_DESCRIBE_STRUCT(Sealed, (), (mail, token))

Sealed open_address(keys::Vault const& vault, NotificationRow const& row) {
  return keys::open_struct<Sealed>(vault, address_purpose, row.wrapped_address);
}

Bytes link_lookup(keys::Vault const& vault, std::string_view token) {
  return vault.lookup(link_purpose, as_bytes(token));
}

std::string link_of(mail::Outbox const& outbox, Sealed const& address) {
  return outbox.link("/notifications/" + address.token);
}

void record_address(db::Tx& tx, keys::Vault const& vault, EventKind kind, NotificationRow const& row,
                    audit::Actor const& actor) {
  audit::record(tx, vault,
                {.smart_account_id = row.smart_account_id,
                 .kind = kind,
                 .actor = actor,
                 .subject_kind = "notification_address",
                 .subject_id = row.notification_address_id.bytes,
                 .personal = open_address(vault, row).mail});
}

// The one question that goes to an address unasked; not often, because it may be anybody's.
void post_question(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, NotificationRow const& row) {
  auto const address = open_address(vault, row);
  auto const account = store::account(tx, row.smart_account_id);
  if (!people::count_mail_from(tx, vault, row.smart_account_id.text(), normalize_mail(address.mail).value()))
    throw Problem(problems::too_many_requests, "This address was sent many mails lately; wait for a while.");
  outbox.post(
      tx,
      {address.mail,
       row.language,
       "notification_question",
       {{"account_name", account->name}, {"account_domain", account->domain}, {"link", link_of(outbox, address)}}});
}

// Locks the account.
NotificationRow lock_address(db::Tx& tx, SmartAccountId account, NotificationAddressId id) {
  store::lock_account(tx, account);
  for (auto& row : store::notification_addresses(tx, account))
    if (row.notification_address_id == id) return std::move(row);
  throw Problem(problems::not_found);
}

NotificationRow find_by_link(db::ReadTx& tx, keys::Vault const& vault, std::string_view token) {
  auto row = store::notification_address_by_link(tx, link_lookup(vault, token));
  if (!row) throw Problem(problems::link_invalid);
  return std::move(*row);
}

// Locks the account, whose address the link is for.
NotificationRow lock_by_link(db::Tx& tx, keys::Vault const& vault, std::string_view token) {
  store::lock_account(tx, find_by_link(tx, vault, token).smart_account_id);
  return find_by_link(tx, vault, token);
}

NotificationAddress to_record(keys::Vault const& vault, NotificationRow const& row) {
  return {row.notification_address_id, open_address(vault, row).mail, row.language, row.created_at, row.confirmed_at};
}

}  // namespace

NotificationAddress add_notification_address(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                                             NotificationEditor const& access, NewNotificationAddress const& in) {
  auto const account = access.smart_account_id();
  auto const normalized = people::require_mail(in.mail);
  store::lock_account(tx, account);
  if (store::notification_addresses(tx, account).size() >= max_notification_addresses)
    throw Problem(problems::conflict, "An account has " + std::to_string(max_notification_addresses) +
                                          " addresses for notifications at most; remove one first.");
  auto const token = protocol::to_base64url(tx.random().bytes(32));
  NotificationRow const row{
      .smart_account_id = account,
      .notification_address_id = tx.new_id<NotificationAddressId>(),
      .mail_lookup = vault.lookup(mail_purpose, as_bytes(normalized)),
      .link_lookup = link_lookup(vault, token),
      .wrapped_address = keys::seal_struct(vault, address_purpose, Sealed{{in.mail}, {token}}, tx.random()),
      .language = in.language,
      .created_at = tx.now(),
      .confirmed_at = {}};
  if (!store::insert_notification_address(tx, row))
    throw Problem(problems::conflict, "This address is on the list already.",
                  {{"/mail", "known_address", "is on the list already"}});
  record_address(tx, vault, EventKind::notification_address_added, row, access.actor());
  post_question(tx, vault, outbox, row);
  return to_record(vault, row);
}

void ask_notification_address(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                              NotificationEditor const& access, NotificationAddressId id) {
  auto const row = lock_address(tx, access.smart_account_id(), id);
  if (row.confirmed_at) throw Problem(problems::conflict, "Whoever reads this address has agreed already.");
  post_question(tx, vault, outbox, row);
}

void remove_notification_address(db::Tx& tx, keys::Vault const& vault, NotificationEditor const& access,
                                 NotificationAddressId id) {
  auto const row = lock_address(tx, access.smart_account_id(), id);
  store::delete_notification_address(tx, row.smart_account_id, id);
  record_address(tx, vault, EventKind::notification_address_removed, row, access.actor());
}

void confirm_notifications(db::Tx& tx, keys::Vault const& vault, std::string_view token) {
  auto const row = lock_by_link(tx, vault, token);
  if (row.confirmed_at) return;
  store::confirm_notification_address(tx, row.smart_account_id, row.notification_address_id);
  record_address(tx, vault, EventKind::notification_address_confirmed, row, {});
}

void stop_notifications(db::Tx& tx, keys::Vault const& vault, std::string_view token) {
  auto const row = lock_by_link(tx, vault, token);
  store::delete_notification_address(tx, row.smart_account_id, row.notification_address_id);
  record_address(tx, vault, EventKind::notification_address_stopped, row, {});
}

void post_to_addresses(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, SmartAccountId account,
                       std::string const& template_name,
                       std::function<mail::Words(NotificationReader const&)> const& words_for) {
  for (auto const& row : store::notification_addresses(tx, account)) {
    if (!row.confirmed_at) continue;
    auto const address = open_address(vault, row);
    auto words = words_for({address.mail, row.language});
    words.emplace_back("stop_link", link_of(outbox, address));
    outbox.post(tx, {address.mail, row.language, template_name, std::move(words)});
  }
}

namespace {

struct NotificationQuery {
  SmartAccountId smart_account_id;
};
BOOST_DESCRIBE_STRUCT(NotificationQuery, (), (smart_account_id))

wire::Page<NotificationAddress> list_addresses(db::ReadTx& tx, NotificationEditor const& access,
                                               NotificationQuery const&, keys::Vault const& vault) {
  wire::Page<NotificationAddress> page;
  for (auto const& row : store::notification_addresses(tx, access.smart_account_id()))
    page.items.push_back(to_record(vault, row));
  return page;
}

NotificationAddress answer_addition(db::Tx& tx, NotificationEditor const& access, NewNotificationAddress const& in,
                                    keys::Vault const& vault, mail::Outbox const& outbox) {
  return add_notification_address(tx, vault, outbox, access, in);
}

void answer_question(db::Tx& tx, NotificationEditor const& access, NotificationAddressKey const& in,
                     keys::Vault const& vault, mail::Outbox const& outbox) {
  ask_notification_address(tx, vault, outbox, access, in.notification_address_id);
}

void answer_removal(db::Tx& tx, NotificationEditor const& access, NotificationAddressKey const& in,
                    keys::Vault const& vault) {
  remove_notification_address(tx, vault, access, in.notification_address_id);
}

NotificationLink get_link(db::ReadTx& tx, NotificationLinkKey const& in, keys::Vault const& vault) {
  auto const row = find_by_link(tx, vault, in.token);
  auto const account = store::account(tx, row.smart_account_id);
  return {account->name, account->domain, open_address(vault, row).mail, row.confirmed_at.has_value()};
}

template <auto act>
void answer_link(db::Tx& tx, NotificationLinkKey const& in, keys::Vault const& vault) {
  act(tx, vault, in.token);
}

}  // namespace

std::vector<api::Route> notification_routes() {
  using enum api::Method;
  std::string const addresses = "/api/v1/smart_accounts/{smart_account_id}/notification_addresses",
                    address = addresses + "/{notification_address_id}", link = "/api/v1/notification_links/{token}";
  return {
      api::route<&list_addresses>(get, addresses, "list_notification_addresses",
                                  "List the further addresses to which the account's mails go"),
      api::route<&answer_addition>(post, addresses, "add_notification_address",
                                   "Add an address to which the account's mails go, once it agrees"),
      api::route<&answer_question>(post, address + "/question", "ask_notification_address",
                                   "Ask an address once more whether it wants the mails"),
      api::route<&answer_removal>(del, address, "remove_notification_address",
                                  "Send an address no more of the account's mails"),
      api::route<&get_link>(get, link, "get_notification_link", "See what the link of an address is for"),
      api::route<&answer_link<confirm_notifications>>(post, link + "/confirmation", "confirm_notifications",
                                                      "Agree to get an account's mails"),
      api::route<&answer_link<stop_notifications>>(post, link + "/end", "stop_notifications",
                                                   "Get none of an account's mails any more"),
  };
}

}  // namespace menkyo::accounts
