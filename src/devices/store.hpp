#pragma once
// All SQL of tokens, devices, their contacts and their use.

#include <map>

#include "devices/devices.hpp"

namespace menkyo::devices::store {

struct TokenRow {
  SmartAccountId smart_account_id;
  RegistrationTokenId registration_token_id;
  VirtualAccountId virtual_account_id;
  Bytes secret_lookup, wrapped_secret;
  std::string description;
  std::optional<int64_t> max_uses;
  int64_t uses;
  Instant expires_at;
  bool export_controlled_allowed;
  std::optional<PersonId> created_by;
  Instant created_at;
  std::optional<Instant> revoked_at;
};

void insert_token(db::Tx& tx, TokenRow const& row);
std::optional<TokenRow> token_for_update(db::Tx& tx, SmartAccountId account, RegistrationTokenId id);
std::optional<TokenRow> token(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va, RegistrationTokenId id);
// Newest first, from before `before`.
std::vector<TokenRow> tokens(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va,
                             std::optional<RegistrationTokenId> before, int64_t limit);
struct TokenUses {
  SmartAccountId smart_account_id;
  RegistrationTokenId registration_token_id;
  int64_t uses;
};
// Adds to the uses of tokens that the transaction has locked.
void use_tokens(db::Tx& tx, std::vector<TokenUses> const& rows);
void revoke_token(db::Tx& tx, SmartAccountId account, RegistrationTokenId id);

struct DeviceRow {
  SmartAccountId smart_account_id;
  DeviceId device_id;
  VirtualAccountId virtual_account_id;
  ProductId product_id;
  std::optional<RegistrationTokenId> registration_token_id;
  DeviceStatus status;
  std::string display_name, sort_name, udi_product_id, udi_serial_number;
  Bytes wrapped_details, identity_certificate;
  Instant registered_at;
  std::optional<Instant> removed_at;
};

// An answer as it is kept for a repeat of its message: the type, a line feed, the payload.
Bytes kept_answer(std::string_view typ, std::string_view payload);

// Quantities by entitlement.
using Uses = std::map<EntitlementId, int64_t>;
std::string format_uses(Uses const& uses);
// Throws std::runtime_error if the text is not one that format_uses() made.
Uses parse_uses(std::string_view text);

// All that a check-in needs to know of a device, and all that it writes.
struct ContactRow {
  SmartAccountId smart_account_id;
  DeviceId device_id;
  VirtualAccountId virtual_account_id;
  ProductId product_id;
  DeviceStatus status;
  bool export_controlled_allowed;
  protocol::Digest key_thumbprint;
  Instant identity_expires_at;
  Instant last_contact_at;
  int64_t sequence;
  protocol::Digest message_hash;
  Bytes answer;  // kept_answer()
  protocol::Digest report_hash;
  AuthorizationState authorization_state;
  std::string in_use;  // format_uses()
  std::optional<Instant> released_at, warned_at, cloned_at;
  bool silent = false;  // counted as silent in its virtual account
};

}  // namespace menkyo::devices::store

namespace menkyo::devices {
// When to look at a device again; nothing if there is nothing to wait for.
std::optional<Instant> next_look(store::ContactRow const& contact, Policy const& policy, Instant now);
}  // namespace menkyo::devices

namespace menkyo::devices::store {

struct UseRow {
  SmartAccountId smart_account_id;
  DeviceId device_id;
  EntitlementId entitlement_id;
  int64_t quantity;
};

struct UseEntryRow {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  EntitlementId entitlement_id;
  Instant at;
  DeviceId device_id;
  int64_t quantity, change;
};

struct DeviceKey {
  SmartAccountId smart_account_id;
  DeviceId device_id;
  auto operator<=>(DeviceKey const&) const = default;
};

void insert_devices(db::Tx& tx, std::vector<DeviceRow> const& rows);
std::optional<DeviceRow> device(db::ReadTx& tx, SmartAccountId account, DeviceId id);
// These two leave the contact to whoever holds it.
void set_removed(db::Tx& tx, SmartAccountId account, DeviceId id);
void set_certificate(db::Tx& tx, SmartAccountId account, DeviceId id, Bytes const& certificate);
struct MachineKey {
  SmartAccountId smart_account_id;
  std::string udi_product_id, udi_serial_number;
  auto operator<=>(MachineKey const&) const = default;
};
struct MachineRow {
  SmartAccountId smart_account_id;
  std::string udi_product_id, udi_serial_number;
  DeviceId device_id;
};
// Devices that are registered as these machines now.
std::vector<MachineRow> registered_as(db::ReadTx& tx, std::vector<MachineKey> const& keys);

// Locks the rows in the order of their keys.
std::vector<ContactRow> lock_contacts(db::Tx& tx, std::vector<DeviceKey> const& keys);
Uses uses_of(db::ReadTx& tx, SmartAccountId account, DeviceId device);
void put_contacts(db::Tx& tx, std::vector<ContactRow> const& rows);

struct RegistrationKey {
  SmartAccountId smart_account_id;
  protocol::Digest message_hash;
  auto operator<=>(RegistrationKey const&) const = default;
};
struct RegistrationRow {
  SmartAccountId smart_account_id;
  protocol::Digest message_hash;
  DeviceId device_id;
  Instant created_at;
};
std::vector<RegistrationRow> registrations_of(db::ReadTx& tx, std::vector<RegistrationKey> const& keys);
void insert_registrations(db::Tx& tx, std::vector<RegistrationRow> const& rows);

// What contacts hold as in_use, by entitlement: whoever changes the one changes the other.
void put_uses(db::Tx& tx, std::vector<UseRow> const& rows);
void delete_uses(db::Tx& tx, std::vector<UseRow> const& rows);
void insert_use_entries(db::Tx& tx, std::vector<UseEntryRow> const& rows);

struct ReportRow {
  SmartAccountId smart_account_id;
  DeviceId device_id;
  protocol::Digest report_hash, previous_hash;
  std::string report_id;
  EntitlementId entitlement_id;
  Instant started_at, ended_at;
  std::string measurements;
  Instant received_at;
};
void insert_reports(db::Tx& tx, std::vector<ReportRow> const& rows);

struct TimerRow {
  SmartAccountId smart_account_id;
  DeviceId device_id;
  Instant due_at;
};
void insert_timers(db::Tx& tx, std::vector<TimerRow> const& rows);
void set_timer(db::Tx& tx, SmartAccountId account, DeviceId device, std::optional<Instant> due_at);

struct PlaceKey {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  auto operator<=>(PlaceKey const&) const = default;
};
struct PlaceRow {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  std::string smart_account_name, virtual_account_name;
};
// Only those that there are.
std::vector<PlaceRow> places(db::ReadTx& tx, std::vector<PlaceKey> const& keys);

// ---- pages --------------------------------------------------------------------------------------------------------

struct DeviceListRow {
  DeviceId device_id;
  ProductId product_id;
  DeviceStatus status;
  std::string display_name, sort_name, udi_product_id, udi_serial_number;
  Instant registered_at, identity_expires_at, last_contact_at;
  AuthorizationState authorization_state;
  int64_t entitlement_count;
};
std::optional<DeviceListRow> listed_device(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va, DeviceId id);
// Which devices of a virtual account; `name_prefix` as name_key makes it.
struct DeviceFilter {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  std::vector<DeviceStatus> statuses;
  std::string name_prefix;
};
enum class DeviceOrder { name, registered_at, last_contact_at };
struct DeviceSort {
  DeviceOrder order = DeviceOrder::name;
  bool descending = false;
};
// Where a page goes on: the row that came last. By name only `name` counts, else only `at`; ties go by id.
struct DevicePlace {
  std::string name;
  Instant at{};
  DeviceId device_id;
};
std::vector<DeviceListRow> list_devices(db::ReadTx& tx, DeviceFilter const& filter, DeviceSort const& sort,
                                        std::optional<DevicePlace> const& after, int64_t limit);

}  // namespace menkyo::devices::store
