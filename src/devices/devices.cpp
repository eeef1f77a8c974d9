#include "devices/devices.hpp"

#include <algorithm>
#include <stdexcept>

#include "accounts/place.hpp"
#include "devices/store.hpp"

namespace menkyo::devices {

namespace {

Instant after(Instant t, int64_t seconds) {
  return t + std::chrono::seconds(seconds);
}

// Takes back everything a device uses; its positions must be stored afterwards by the caller's books.
void release_uses(db::Tx& tx, Context const& context, licenses::Books& books, store::ContactRow& contact,
                  audit::Actor const& actor) {
  auto const account = contact.smart_account_id;
  auto const va = contact.virtual_account_id;
  auto const device = contact.device_id;
  auto const uses = store::parse_uses(contact.in_use);
  std::vector<licenses::GroupKey> keys;
  for (auto const& [entitlement_id, quantity] : uses) keys.push_back(books.key_of(account, va, entitlement_id));
  books.load(keys);
  std::vector<store::UseEntryRow> entries;
  std::vector<store::UseRow> gone;
  for (auto const& [entitlement_id, quantity] : uses) {
    books.change_use(account, va, entitlement_id, -quantity);
    entries.push_back({account, va, entitlement_id, tx.now(), device, 0, -quantity});
    gone.push_back({account, device, entitlement_id, 0});
    auto const* entitlement = context.catalog.find_entitlement(entitlement_id);
    audit::record(tx, context.vault,
                  {account,
                   audit::EventKind::use_changed,
                   actor,
                   va,
                   "device",
                   device.bytes,
                   {{"entitlement_code", entitlement ? entitlement->code : entitlement_id.text()},
                    {"from", quantity},
                    {"to", int64_t{0}}}});
  }
  contact.in_use.clear();
  store::delete_uses(tx, gone);
  store::insert_use_entries(tx, entries);
}

}  // namespace

std::optional<Instant> next_look(store::ContactRow const& contact, Policy const& policy, Instant now) {
  if (contact.status == DeviceStatus::removed) return {};
  auto next = forever;
  if (!contact.silent) next = contact.last_contact_at + silent_after;
  if (contact.identity_expires_at > now) {
    next = std::min(next, contact.identity_expires_at);
    if (!contact.released_at) next = std::min(next, after(contact.last_contact_at, policy.authorization_period_s));
  }
  if (next == forever) return {};
  return next;
}

void check_clock(Instant sent_at, Instant now) {
  auto const skew = std::chrono::duration_cast<std::chrono::seconds>(sent_at - now).count();
  if (std::abs(skew) <= protocol::limits::clock_skew_s) return;
  throw Problem(problems::clock_skewed, "The clock of the device is off by more than an hour; here it is " +
                                            to_rfc3339(std::chrono::floor<std::chrono::seconds>(now)) +
                                            ". Set it and try again.");
}

std::string name_key(std::string name) {
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  return name;
}

CreatedToken create_token(db::Tx& tx, keys::Vault const& vault, keys::Authority const& authority, NewToken const& t) {
  accounts::hold_account(tx, t.smart_account_id);
  if (!accounts::virtual_account_exists(tx, t.smart_account_id, t.virtual_account_id))
    throw Problem(problems::not_found);
  protocol::RegistrationToken token;
  auto const id = tx.new_id<RegistrationTokenId>();
  token.smart_account_id = t.smart_account_id.bytes;
  token.token_id = id.bytes;
  tx.random().fill(token.secret);
  token.root_sha256 = authority.root_sha256();
  store::insert_token(tx, {t.smart_account_id,
                           id,
                           t.virtual_account_id,
                           vault.lookup("registration_token", token.secret),
                           vault.seal("registration_token", token.secret, tx.random()),
                           t.description,
                           t.max_uses,
                           0,
                           t.expires_at,
                           t.export_controlled_allowed,
                           t.created_by,
                           tx.now(),
                           {}});
  audit::record(tx, vault,
                {t.smart_account_id,
                 audit::EventKind::token_created,
                 t.actor,
                 t.virtual_account_id,
                 "registration_token",
                 id.bytes,
                 {{"export_controlled_allowed", std::string(t.export_controlled_allowed ? "true" : "false")},
                  {"max_uses", t.max_uses.value_or(0)},
                  {"expires_at", to_rfc3339(t.expires_at)}}});
  return {id, protocol::format_token(token)};
}

std::string token_text(keys::Vault const& vault, keys::Authority const& authority, SmartAccountId account,
                       RegistrationTokenId id, Bytes const& wrapped_secret) {
  protocol::RegistrationToken token;
  token.smart_account_id = account.bytes;
  token.token_id = id.bytes;
  auto const secret = vault.open("registration_token", wrapped_secret);
  if (secret.size() != token.secret.size()) throw std::logic_error("a registration token's secret has another size");
  std::copy(secret.begin(), secret.end(), token.secret.begin());
  token.root_sha256 = authority.root_sha256();
  return protocol::format_token(token);
}

void revoke_token(db::Tx& tx, keys::Vault const& vault, SmartAccountId account, VirtualAccountId va,
                  RegistrationTokenId id, audit::Actor const& actor) {
  auto const token = store::token_for_update(tx, account, id);
  if (!token || token->virtual_account_id != va) throw Problem(problems::not_found);
  if (token->revoked_at) return;
  store::revoke_token(tx, account, id);
  audit::record(tx, vault, {account, audit::EventKind::token_revoked, actor, va, "registration_token", id.bytes});
}

void remove_device(db::Tx& tx, Context const& context, SmartAccountId account, DeviceId id, audit::Actor const& actor,
                   bool by_person) {
  auto contacts = store::lock_contacts(tx, {{account, id}});
  auto const device = store::device(tx, account, id);
  if (!device) throw Problem(problems::not_found);
  if (device->status == DeviceStatus::removed) return;
  auto& contact = contacts.front();
  if (by_person)
    for (auto const& [entitlement, quantity] : store::parse_uses(contact.in_use))
      if (auto const* e = context.catalog.find_entitlement(entitlement); e && e->export_controlled)
        throw Problem(problems::conflict, "The product instance uses " + e->code +
                                              ", which is export-controlled. Let the device release it first.");
  licenses::Books books(tx, context.vault, context.catalog);
  release_uses(tx, context, books, contact, actor);
  books.change_devices(account, device->virtual_account_id, -1, contact.silent ? -1 : 0);
  store::set_removed(tx, account, id);
  store::set_timer(tx, account, id, {});
  contact.silent = false;
  contact.status = DeviceStatus::removed;
  contact.authorization_state = AuthorizationState::none;
  store::put_contacts(tx, contacts);
  audit::record(
      tx, context.vault,
      {account,
       actor.kind == audit::ActorKind::device && actor.id == id.bytes ? audit::EventKind::device_deregistered
                                                                      : audit::EventKind::device_removed,
       actor,
       device->virtual_account_id,
       "device",
       id.bytes,
       {},
       device->display_name});
  books.store(actor);
}

void backdate_contact(db::Tx& tx, Context const& context, SmartAccountId account, DeviceId id, Instant at) {
  auto contacts = store::lock_contacts(tx, {{account, id}});
  contacts.front().last_contact_at = at;
  store::put_contacts(tx, contacts);
  store::set_timer(tx, account, id, next_look(contacts.front(), context.policy, tx.now()));
}

Looked look_at_device(db::Tx& tx, Context const& context, SmartAccountId account, DeviceId id) {
  auto contacts = store::lock_contacts(tx, {{account, id}});
  auto const device = store::device(tx, account, id);
  if (!device || device->status == DeviceStatus::removed) {
    store::set_timer(tx, account, id, {});
    return Looked::gone;
  }
  auto& contact = contacts.front();
  auto const unheard = tx.now() - contact.last_contact_at;
  bool const falls_silent = !contact.silent && unheard >= silent_after;
  // Once only: what was released since an identity ended was released because of that.
  bool const lapsed = contact.identity_expires_at <= tx.now() &&
                      !(contact.released_at && *contact.released_at >= contact.identity_expires_at);
  bool const released =
      !contact.released_at && unheard >= std::chrono::seconds(context.policy.authorization_period_s);
  audit::Actor const job{audit::ActorKind::job, {}};
  licenses::Books books(tx, context.vault, context.catalog);
  if (falls_silent) {
    contact.silent = true;
    books.change_devices(account, device->virtual_account_id, 0, 1);
  }
  if (lapsed || released) {
    release_uses(tx, context, books, contact, job);
    contact.released_at = tx.now();
    contact.authorization_state = AuthorizationState::authorization_expired;
    audit::record(tx, context.vault,
                  {account,
                   lapsed ? audit::EventKind::device_identity_lapsed : audit::EventKind::device_released,
                   job,
                   device->virtual_account_id,
                   "device",
                   id.bytes,
                   {},
                   device->display_name});
  }
  if (falls_silent || lapsed || released) {
    store::put_contacts(tx, contacts);
    books.store(job);
  }
  store::set_timer(tx, account, id, next_look(contact, context.policy, tx.now()));
  return lapsed ? Looked::lapsed : released ? Looked::released : falls_silent ? Looked::silent : Looked::nothing;
}

}  // namespace menkyo::devices
