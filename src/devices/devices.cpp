#include "devices/devices.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "accounts/place.hpp"
#include "devices/store.hpp"
#include "protocol/json.hpp"

namespace menkyo::devices {

namespace {

Instant after(Instant t, int64_t seconds) {
  return t + std::chrono::seconds(seconds);
}

std::string details_of(protocol::RegisterMessage const& m) {
  std::string out;
  protocol::json::Writer w(out);
  w.begin_object().member("agent_version", m.agent_version);
  auto const add = [&](std::string_view name, std::optional<std::string> const& value) {
    if (value) w.member(name, *value);
  };
  add("host_name", m.host_name);
  add("software_version", m.software_version);
  add("version_id", m.udi.version_id);
  add("uuid", m.udi.uuid);
  add("host_identifier", m.udi.host_identifier);
  add("mac_address", m.udi.mac_address);
  w.end_object();
  return out;
}

// The answer that a repeat of this registration gets: the stored one, while the device has sent nothing since.
std::string repeated(db::Tx& tx, Registration const& r, SmartAccountId account, DeviceId device) {
  auto const contacts = store::lock_contacts(tx, {{account, device}});
  if (contacts.empty() || contacts.front().message_hash != r.message_hash)
    throw Problem(problems::sequence_conflict,
                  "This registration was answered and the device has sent other messages since. Register again.");
  auto const answer = std::string(as_text(contacts.front().answer));
  return answer.substr(answer.find('\n') + 1);
}

store::TokenRow token_of(db::Tx& tx, Context const& context, Registration const& r, SmartAccountId account) {
  auto const token = store::token_for_update(tx, account, RegistrationTokenId{r.token.token_id});
  auto const lookup = context.vault.lookup("registration_token", r.token.secret);
  if (!token || !protocol::equal_constant_time(token->secret_lookup, lookup))
    throw Problem(problems::token_unknown,
                  "The registration token is not known here. Copy the whole token from the portal again.");
  return *token;
}

// A use is taken only if nothing else stands in the way.
catalog::Product const& admit(db::Tx& tx, Context const& context, Registration const& r,
                              store::TokenRow const& token) {
  check_clock(r.message.sent_at, tx.now());
  if (token.revoked_at)
    throw Problem(problems::token_revoked, "The registration token was revoked. Ask for a new one.");
  if (token.expires_at <= tx.now())
    throw Problem(problems::token_expired,
                  "The registration token expired at " + to_rfc3339(token.expires_at) + ". Ask for a new one.");
  auto const* product = context.catalog.find_product(r.message.product);
  if (!product)
    throw Problem(problems::product_unknown,
                  "The product " + r.message.product + " is not in the catalogue of this service.");
  if (!accounts::virtual_account_exists(tx, token.smart_account_id, token.virtual_account_id))
    throw Problem(problems::token_revoked,
                  "The virtual account of the registration token was deleted. Ask for a new token.");
  if (!store::use_token(tx, token.smart_account_id, token.registration_token_id))
    throw Problem(problems::token_used_up,
                  "The registration token has been used as often as it may be. Ask for a new one.");
  return *product;
}

std::string registration_answer(db::Tx& tx, Context const& context, Registration const& r,
                                store::TokenRow const& token, int64_t skew_s) {
  auto const names = store::names(tx, token.smart_account_id, token.virtual_account_id);
  protocol::RegisterAnswer a;
  a.message = "register";
  a.seq = r.message.seq;
  a.nonce = r.message.nonce;
  a.epoch = context.authority.epoch();
  a.answered_at = tx.now();
  a.installation = context.authority.installation();
  if (skew_s != 0) a.clock_skew_s = skew_s;
  a.anchors = {context.authority.root_certificate()};
  a.device_id = r.device_id.text();
  a.smart_account_id = token.smart_account_id.text();
  a.smart_account_name = names.smart_account_name;
  a.virtual_account_id = token.virtual_account_id.text();
  a.virtual_account_name = names.virtual_account_name;
  a.certificate_chain = {r.certificate, context.authority.issuing_certificate()};
  a.policy = context.policy;
  return protocol::encode(a);
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

std::string register_device(db::Tx& tx, Context const& context, Registration const& r) {
  SmartAccountId const account{r.token.smart_account_id};
  // The account's row guards that a machine is one instance, whatever tokens it comes with, and that the virtual
  // account is not deleted meanwhile. The token's row holds back a repeat of the same message until this one is done.
  accounts::hold_account(tx, account);
  auto const token = token_of(tx, context, r, account);
  if (auto const device = store::registration_of(tx, account, r.message_hash))
    return repeated(tx, r, account, *device);
  auto const& product = admit(tx, context, r, token);
  auto const actor = audit::actor(audit::ActorKind::device, r.device_id);
  // The same machine again: its former instance makes way, so that its licenses are not counted twice.
  for (auto const former : store::registered_as(tx, account, r.message.udi.product_id, r.message.udi.serial_number))
    remove_device(tx, context, account, former, actor, false);

  auto const name = r.message.host_name.value_or(r.message.udi.serial_number);
  store::insert_device(tx, {account,
                            r.device_id,
                            token.virtual_account_id,
                            product.product_id,
                            token.registration_token_id,
                            DeviceStatus::registered,
                            name,
                            name_key(name),
                            r.message.udi.product_id,
                            r.message.udi.serial_number,
                            context.vault.seal("device", as_bytes(details_of(r.message)), tx.random()),
                            r.key.spki_der(),
                            r.certificate,
                            tx.now(),
                            {}});
  auto const skew = std::chrono::duration_cast<std::chrono::seconds>(r.message.sent_at - tx.now()).count();
  auto const payload = registration_answer(tx, context, r, token, skew);
  store::put_contacts(tx, {{account,
                            r.device_id,
                            token.virtual_account_id,
                            product.product_id,
                            DeviceStatus::registered,
                            token.export_controlled_allowed,
                            r.key.thumbprint(),
                            r.identity_expires_at,
                            tx.now(),
                            r.message.seq,
                            r.message_hash,
                            store::kept_answer(protocol::typ::register_answer, payload),
                            protocol::first_report_hash(r.device_id.text()),
                            AuthorizationState::none,
                            {},
                            {},
                            {},
                            {}}});
  store::insert_registration(tx, account, r.message_hash, r.device_id);
  store::set_timer(tx, account, r.device_id,
                   std::min(after(tx.now(), context.policy.authorization_period_s), r.identity_expires_at));
  audit::record(tx, context.vault,
                {account,
                 audit::EventKind::device_registered,
                 actor,
                 token.virtual_account_id,
                 "device",
                 r.device_id.bytes,
                 {{"product_code", product.code}},
                 name});
  licenses::Books books(tx, context.vault, context.catalog);
  books.change_devices(account, token.virtual_account_id, 1);
  books.store(actor);
  return payload;
}

void register_devices(db::Tx& tx, Context const& context, std::span<RegistrationItem* const> items) {
  // Rows are locked in one order (docs/decisions/0011-lock-order.md), whatever the order of the messages.
  std::set<SmartAccountId> accounts;
  std::set<std::pair<SmartAccountId, RegistrationTokenId>> tokens;
  for (auto const* item : items) {
    SmartAccountId const account{item->in->token.smart_account_id};
    accounts.insert(account);
    tokens.insert({account, RegistrationTokenId{item->in->token.token_id}});
  }
  for (auto const account : accounts) accounts::hold_account(tx, account);
  for (auto const& [account, token] : tokens) store::token_for_update(tx, account, token);
  for (auto* item : items) {
    try {
      item->out = Answer{protocol::typ::register_answer, register_device(tx, context, *item->in), {}};
    } catch (Problem const& problem) {
      item->problem = problem;
    }
  }
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
  books.change_devices(account, device->virtual_account_id, -1);
  store::set_removed(tx, account, id);
  store::set_timer(tx, account, id, {});
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
  store::set_timer(tx, account, id, after(at, context.policy.authorization_period_s));
}

Looked look_at_device(db::Tx& tx, Context const& context, SmartAccountId account, DeviceId id) {
  auto contacts = store::lock_contacts(tx, {{account, id}});
  auto const device = store::device(tx, account, id);
  if (!device || device->status == DeviceStatus::removed) {
    store::set_timer(tx, account, id, {});
    return Looked::gone;
  }
  auto& contact = contacts.front();
  auto const silent_until = after(contact.last_contact_at, context.policy.authorization_period_s);
  bool const lapsed = contact.identity_expires_at <= tx.now();
  bool const silent = silent_until <= tx.now() && !contact.released_at;
  audit::Actor const job{audit::ActorKind::job, {}};
  if (lapsed || silent) {
    licenses::Books books(tx, context.vault, context.catalog);
    release_uses(tx, context, books, contact, job);
    contact.released_at = tx.now();
    contact.authorization_state = AuthorizationState::authorization_expired;
    store::put_contacts(tx, contacts);
    audit::record(tx, context.vault,
                  {account,
                   lapsed ? audit::EventKind::device_identity_lapsed : audit::EventKind::device_released,
                   job,
                   device->virtual_account_id,
                   "device",
                   id.bytes,
                   {},
                   device->display_name});
    books.store(job);
  }
  if (lapsed)
    store::set_timer(tx, account, id, {});
  else
    store::set_timer(
        tx, account, id,
        contact.released_at ? contact.identity_expires_at : std::min(silent_until, contact.identity_expires_at));
  return lapsed ? Looked::lapsed : silent ? Looked::released : Looked::nothing;
}

}  // namespace menkyo::devices
