// The batch handler of registrations: several machines that come in with tokens, in one transaction.
//
// All rows that the batch needs are read first, each registration is decided in the order of its arrival, and what
// they leave is written at the end. Only the making way of a machine's former instance writes at once.

#include <map>
#include <set>

#include "accounts/place.hpp"
#include "devices/devices.hpp"
#include "devices/store.hpp"
#include "protocol/json.hpp"

namespace menkyo::devices {

namespace {

using store::MachineKey;
using store::PlaceKey;
using store::RegistrationKey;

using TokenKey = std::pair<SmartAccountId, RegistrationTokenId>;

SmartAccountId account_of(Registration const& r) {
  return SmartAccountId{r.token.smart_account_id};
}
TokenKey token_of(Registration const& r) {
  return {account_of(r), RegistrationTokenId{r.token.token_id}};
}
RegistrationKey message_of(Registration const& r) {
  return {account_of(r), r.message_hash};
}
MachineKey machine_of(Registration const& r) {
  return {account_of(r), r.message.udi.product_id, r.message.udi.serial_number};
}
PlaceKey place_of(store::TokenRow const& token) {
  return {token.smart_account_id, token.virtual_account_id};
}

template <class Key>
std::vector<Key> as_vector(std::set<Key> const& keys) {
  return {keys.begin(), keys.end()};
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

class RegistrationBatch {
 public:
  RegistrationBatch(db::Tx& tx, Context const& context, std::span<RegistrationItem* const> items)
      : tx_(tx), context_(context), items_(items) {}

  void run() {
    load();
    for (auto* item : items_) {
      try {
        item->out = Answer{protocol::typ::register_answer, decide(*item->in), {}};
      } catch (Problem const& problem) {
        item->problem = problem;
      }
    }
    store();
  }

 private:
  // Rows are locked in one order (docs/decisions/0011-lock-order.md), whatever the order of the messages. The
  // account's row guards that a machine is one instance, whatever tokens it comes with, and that the virtual account
  // is not deleted meanwhile. The token's row holds back a repeat of the same message until this one is done.
  void load() {
    std::set<SmartAccountId> accounts;
    std::set<TokenKey> tokens;
    std::set<RegistrationKey> messages;
    std::set<MachineKey> machines;
    std::set<PlaceKey> places;
    for (auto const* item : items_) {
      accounts.insert(account_of(*item->in));
      tokens.insert(token_of(*item->in));
      messages.insert(message_of(*item->in));
      machines.insert(machine_of(*item->in));
    }
    for (auto const account : accounts) accounts::hold_account(tx_, account);
    for (auto const& key : tokens)
      if (auto token = store::token_for_update(tx_, key.first, key.second)) {
        places.insert(place_of(*token));
        tokens_.emplace(key, std::move(*token));
      }
    for (auto& place : store::places(tx_, as_vector(places)))
      places_.emplace(PlaceKey{place.smart_account_id, place.virtual_account_id}, std::move(place));
    for (auto const& r : store::registrations_of(tx_, as_vector(messages)))
      known_.emplace(RegistrationKey{r.smart_account_id, r.message_hash}, r.device_id);
    for (auto& m : store::registered_as(tx_, as_vector(machines)))
      former_[{m.smart_account_id, m.udi_product_id, m.udi_serial_number}].push_back(m.device_id);
  }

  std::string decide(Registration const& r) {
    auto& token = known_token(r);
    auto const message = message_of(r);
    if (auto const answered = answered_.find(message); answered != answered_.end()) return answered->second;
    if (auto const known = known_.find(message); known != known_.end()) return repeated(r, known->second);
    auto const& product = admit(r, token);
    auto const& place = places_.at(place_of(token));
    replace_former(r);
    ++token.uses;
    ++uses_[token_of(r)];
    auto payload = answer(r, place);
    add_device(r, token, product, payload);
    known_.emplace(message, r.device_id);
    answered_.emplace(message, payload);
    return payload;
  }

  store::TokenRow& known_token(Registration const& r) {
    auto const token = tokens_.find(token_of(r));
    auto const lookup = context_.vault.lookup("registration_token", r.token.secret);
    if (token == tokens_.end() || !protocol::equal_constant_time(token->second.secret_lookup, lookup))
      throw Problem(problems::token_unknown,
                    "The registration token is not known here. Copy the whole token from the portal again.");
    return token->second;
  }

  // The answer that a repeat gets: the stored one, while the device has sent nothing since.
  std::string repeated(Registration const& r, DeviceId device) {
    auto const contacts = store::lock_contacts(tx_, {{account_of(r), device}});
    if (contacts.empty() || contacts.front().message_hash != r.message_hash)
      throw Problem(problems::sequence_conflict,
                    "This registration was answered and the device has sent other messages since. Register again.");
    auto const answer = std::string(as_text(contacts.front().answer));
    return answer.substr(answer.find('\n') + 1);
  }

  // A use is taken only if nothing else stands in the way.
  catalog::Product const& admit(Registration const& r, store::TokenRow const& token) {
    check_clock(r.message.sent_at, tx_.now());
    if (token.revoked_at)
      throw Problem(problems::token_revoked, "The registration token was revoked. Ask for a new one.");
    if (token.expires_at <= tx_.now())
      throw Problem(problems::token_expired,
                    "The registration token expired at " + to_rfc3339(token.expires_at) + ". Ask for a new one.");
    auto const* product = context_.catalog.find_product(r.message.product);
    if (!product)
      throw Problem(problems::product_unknown,
                    "The product " + r.message.product + " is not in the catalogue of this service.");
    if (!places_.contains(place_of(token)))
      throw Problem(problems::token_revoked,
                    "The virtual account of the registration token was deleted. Ask for a new token.");
    if (token.max_uses && token.uses >= *token.max_uses)
      throw Problem(problems::token_used_up,
                    "The registration token has been used as often as it may be. Ask for a new one.");
    return *product;
  }

  // The same machine again: its former instance makes way, so that its licenses are not counted twice.
  void replace_former(Registration const& r) {
    auto const machine = machine_of(r);
    if (!machines_.insert(machine).second) {
      store();
      former_[machine].clear();
      for (auto const& m : store::registered_as(tx_, {machine})) former_[machine].push_back(m.device_id);
    }
    for (auto const former : former_[machine])
      remove_device(tx_, context_, machine.smart_account_id, former,
                    audit::actor(audit::ActorKind::device, r.device_id), false);
  }

  std::string answer(Registration const& r, store::PlaceRow const& place) const {
    protocol::RegisterAnswer a;
    a.message = "register";
    a.seq = r.message.seq;
    a.nonce = r.message.nonce;
    a.epoch = context_.authority.epoch();
    a.answered_at = tx_.now();
    a.installation = context_.authority.installation();
    auto const skew = std::chrono::duration_cast<std::chrono::seconds>(r.message.sent_at - tx_.now()).count();
    if (skew != 0) a.clock_skew_s = skew;
    a.anchors = {context_.authority.root_certificate()};
    a.device_id = r.device_id.text();
    a.smart_account_id = place.smart_account_id.text();
    a.smart_account_name = place.smart_account_name;
    a.virtual_account_id = place.virtual_account_id.text();
    a.virtual_account_name = place.virtual_account_name;
    a.certificate_chain = {r.certificate, context_.authority.issuing_certificate()};
    a.policy = context_.policy;
    return protocol::encode(a);
  }

  void add_device(Registration const& r, store::TokenRow const& token, catalog::Product const& product,
                  std::string const& payload) {
    auto const account = token.smart_account_id;
    auto const va = token.virtual_account_id;
    auto const name = r.message.host_name.value_or(r.message.udi.serial_number);
    devices_.push_back({account,
                        r.device_id,
                        va,
                        product.product_id,
                        token.registration_token_id,
                        DeviceStatus::registered,
                        name,
                        name_key(name),
                        r.message.udi.product_id,
                        r.message.udi.serial_number,
                        context_.vault.seal("device", as_bytes(details_of(r.message)), tx_.random()),
                        r.certificate,
                        tx_.now(),
                        {}});
    contacts_.push_back({account,
                         r.device_id,
                         va,
                         product.product_id,
                         DeviceStatus::registered,
                         token.export_controlled_allowed,
                         r.key.thumbprint(),
                         r.identity_expires_at,
                         tx_.now(),
                         r.message.seq,
                         r.message_hash,
                         store::kept_answer(protocol::typ::register_answer, payload),
                         protocol::first_report_hash(r.device_id.text()),
                         AuthorizationState::none,
                         {},
                         {},
                         {},
                         {}});
    registrations_.push_back({account, r.message_hash, r.device_id, tx_.now()});
    timers_.push_back({account, r.device_id, *next_look(contacts_.back(), context_.policy, tx_.now())});
    events_.push_back({account,
                       audit::EventKind::device_registered,
                       audit::actor(audit::ActorKind::device, r.device_id),
                       va,
                       "device",
                       r.device_id.bytes,
                       {{"product_code", product.code}},
                       name});
  }

  void store() {
    std::vector<store::TokenUses> uses;
    for (auto const& [key, n] : uses_) uses.push_back({key.first, key.second, n});
    store::use_tokens(tx_, uses);
    store::insert_devices(tx_, devices_);
    store::put_contacts(tx_, contacts_);
    store::insert_registrations(tx_, registrations_);
    store::insert_timers(tx_, timers_);
    audit::record(tx_, context_.vault, events_);
    licenses::Books books(tx_, context_.vault, context_.catalog);
    for (auto const& d : devices_) books.change_devices(d.smart_account_id, d.virtual_account_id, 1);
    books.store({});
    uses_.clear();
    devices_.clear();
    contacts_.clear();
    registrations_.clear();
    timers_.clear();
    events_.clear();
  }

  db::Tx& tx_;
  Context const& context_;
  std::span<RegistrationItem* const> items_;
  std::map<TokenKey, store::TokenRow> tokens_;
  std::map<PlaceKey, store::PlaceRow> places_;
  std::map<RegistrationKey, DeviceId> known_;
  std::map<RegistrationKey, std::string> answered_;  // of this batch
  std::map<MachineKey, std::vector<DeviceId>> former_;
  std::set<MachineKey> machines_;  // that came in this batch
  // Not written yet.
  std::map<TokenKey, int64_t> uses_;
  std::vector<store::DeviceRow> devices_;
  std::vector<store::ContactRow> contacts_;
  std::vector<store::RegistrationRow> registrations_;
  std::vector<store::TimerRow> timers_;
  std::vector<audit::Event> events_;
};

}  // namespace

void register_devices(db::Tx& tx, Context const& context, std::span<RegistrationItem* const> items) {
  RegistrationBatch(tx, context, items).run();
}

std::string register_device(db::Tx& tx, Context const& context, Registration const& r) {
  RegistrationItem item;
  item.in = std::shared_ptr<Registration const>(std::shared_ptr<void>(), &r);
  RegistrationItem* const items[] = {&item};
  register_devices(tx, context, items);
  if (item.problem) throw *item.problem;
  return std::move(item.out->payload);
}

}  // namespace menkyo::devices
