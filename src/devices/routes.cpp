#include "devices/routes.hpp"

#include <algorithm>

#include "access/access.hpp"
#include "accounts/organization.hpp"
#include "api/page.hpp"
#include "base/csv.hpp"
#include "devices/desk.hpp"
#include "devices/store.hpp"
#include "licenses/routes.hpp"
#include "people/people.hpp"
#include "protocol/json.hpp"

namespace menkyo::devices {

using access::Access;
using access::Permission;
using access::VirtualAccount;
using licenses::ComplianceStatus;

namespace {

template <Permission P>
using Proof = Access<VirtualAccount, P>;
using Viewer = Proof<Permission::inventory_view>;
using Worker = Proof<Permission::license_work>;

std::vector<std::string> only(bool holds, Permission permission) {
  if (!holds) return {};
  return {std::string(to_text(permission))};
}

// ---- Registration tokens ------------------------------------------------------------------------------------------

MENKYO_ENUM(TokenStatus, active, expired, used_up, revoked)

struct RegistrationToken {
  RegistrationTokenId registration_token_id;
  std::string description;
  std::optional<int64_t> max_uses;
  int64_t uses = 0;
  Instant expires_at;
  bool export_controlled_allowed = false;
  std::string created_by_name;  // empty if it was made by no person, or by one whom the caller may not know
  Instant created_at;
  std::optional<Instant> revoked_at;
  TokenStatus status = TokenStatus::active;
  std::vector<std::string> abilities;
};
BOOST_DESCRIBE_STRUCT(RegistrationToken, (),
                      (registration_token_id, description, max_uses, uses, expires_at, export_controlled_allowed,
                       created_by_name, created_at, revoked_at, status, abilities))

struct TokensQuery {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  std::optional<api::CursorText> cursor;
  std::optional<api::Limit> limit;
};
BOOST_DESCRIBE_STRUCT(TokensQuery, (), (smart_account_id, virtual_account_id, cursor, limit))

struct TokenQuery {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  RegistrationTokenId registration_token_id;
};
BOOST_DESCRIBE_STRUCT(TokenQuery, (), (smart_account_id, virtual_account_id, registration_token_id))

struct NewRegistrationToken {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  wire::Text<0, 200> description;
  std::optional<wire::Whole<1, 365>> expires_in_days;
  std::optional<wire::Whole<1, 100>> max_uses;
  bool export_controlled_allowed = false;
};
BOOST_DESCRIBE_STRUCT(NewRegistrationToken, (),
                      (smart_account_id, virtual_account_id, description, expires_in_days, max_uses,
                       export_controlled_allowed))
constexpr int64_t default_token_days = 30;

struct RegistrationTokenText {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(RegistrationTokenText, (), (text))

struct CreatedRegistrationToken {
  RegistrationToken token;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(CreatedRegistrationToken, (), (token, text))

TokenStatus status_of(store::TokenRow const& t, Instant now) {
  if (t.revoked_at) return TokenStatus::revoked;
  if (t.expires_at <= now) return TokenStatus::expired;
  if (t.max_uses && t.uses >= *t.max_uses) return TokenStatus::used_up;
  return TokenStatus::active;
}

// What can still be done with a token needs one that still lets devices in.
std::vector<RegistrationToken> show(db::ReadTx& tx, keys::Vault const& vault, access::AccountProof const& access,
                                    std::vector<store::TokenRow> const& rows) {
  std::vector<PersonId> makers;
  for (auto const& t : rows)
    if (t.created_by) makers.push_back(*t.created_by);
  std::map<PersonId, std::string> names;
  for (auto const& person :
       accounts::persons_shown_to(tx, vault, access.smart_account_id(), access.person_id(), std::move(makers)))
    names[person.id] = people::display_name(person);
  bool const may_work = access.also(Permission::license_work);
  std::vector<RegistrationToken> out;
  for (auto const& t : rows) {
    auto const status = status_of(t, tx.now());
    out.push_back({t.registration_token_id, t.description, t.max_uses, t.uses, t.expires_at,
                   t.export_controlled_allowed, t.created_by ? names[*t.created_by] : "", t.created_at, t.revoked_at,
                   status, only(may_work && status == TokenStatus::active, Permission::license_work)});
  }
  return out;
}

store::TokenRow token_of(db::ReadTx& tx, TokenQuery const& in) {
  auto const token = store::token(tx, in.smart_account_id, in.virtual_account_id, in.registration_token_id);
  if (!token) throw Problem(problems::not_found);
  return *token;
}

wire::Page<RegistrationToken> list_tokens(db::ReadTx& tx, Viewer const& access, TokensQuery const& in,
                                          keys::Vault const& vault, api::Cursors const& cursors) {
  int64_t const limit = api::page_size(in.limit);
  auto const scope = "tokens " + access.person_id().text() + " " + access.virtual_account_id().text();
  auto const after = cursors.decode(scope, in.cursor, 1);
  std::optional<RegistrationTokenId> before;
  if (!after.empty()) before = RegistrationTokenId::parse(after[0]);
  auto const rows = store::tokens(tx, in.smart_account_id, in.virtual_account_id, before, limit + 1);
  return api::make_page(show(tx, vault, access, rows), limit, cursors, scope, [](RegistrationToken const& t) {
    return std::vector<std::string>{t.registration_token_id.text()};
  });
}

CreatedRegistrationToken make_token(db::Tx& tx, Worker const& access, NewRegistrationToken const& in,
                                    keys::Vault const& vault, keys::Authority const& authority) {
  NewToken token;
  token.smart_account_id = in.smart_account_id;
  token.virtual_account_id = in.virtual_account_id;
  token.description = in.description;
  token.expires_at =
      tx.now() + std::chrono::days(in.expires_in_days ? int64_t(*in.expires_in_days) : default_token_days);
  if (in.max_uses) token.max_uses = int64_t(*in.max_uses);
  token.export_controlled_allowed = in.export_controlled_allowed;
  token.created_by = access.person_id();
  token.actor = access.actor();
  auto created = create_token(tx, vault, authority, token);
  auto const row = token_of(tx, {in.smart_account_id, in.virtual_account_id, created.registration_token_id});
  return {show(tx, vault, access, {row}).front(), std::move(created.text)};
}

RegistrationTokenText get_token_text(db::ReadTx& tx, Worker const&, TokenQuery const& in, keys::Vault const& vault,
                                     keys::Authority const& authority) {
  auto const token = token_of(tx, in);
  if (status_of(token, tx.now()) != TokenStatus::active)
    throw Problem(problems::conflict, "This token lets no more devices in. Create a new one.");
  return {token_text(vault, authority, token.smart_account_id, token.registration_token_id, token.wrapped_secret)};
}

RegistrationToken revoke(db::Tx& tx, Worker const& access, TokenQuery const& in, keys::Vault const& vault) {
  revoke_token(tx, vault, in.smart_account_id, in.virtual_account_id, in.registration_token_id, access.actor());
  return show(tx, vault, access, {token_of(tx, in)}).front();
}

// ---- Product instances --------------------------------------------------------------------------------------------

MENKYO_ENUM(DeviceStatusFilter, registered, removed, all)
MENKYO_ENUM(DeviceAlert, failed_to_connect, failed_to_renew, out_of_compliance)

struct Udi {
  std::string product_id, serial_number;
  std::optional<std::string> version_id, uuid, host_identifier, mac_address;
};
BOOST_DESCRIBE_STRUCT(Udi, (), (product_id, serial_number, version_id, uuid, host_identifier, mac_address))

struct Device {
  DeviceId device_id;
  std::string display_name, product_code, product_name_en, product_name_ja;
  Udi udi;
  DeviceStatus status = DeviceStatus::registered;
  AuthorizationState authorization_state = AuthorizationState::none;
  Instant registered_at, last_contact_at, identity_expires_at;
  int64_t entitlement_count = 0;
  bool silent = false;
  std::vector<DeviceAlert> alerts;
  std::vector<std::string> abilities;
};
BOOST_DESCRIBE_STRUCT(Device, (),
                      (device_id, display_name, product_code, product_name_en, product_name_ja, udi, status,
                       authorization_state, registered_at, last_contact_at, identity_expires_at, entitlement_count,
                       silent, alerts, abilities))

struct CoveredBy {
  std::string code;
  int64_t quantity = 0;
};
BOOST_DESCRIBE_STRUCT(CoveredBy, (), (code, quantity))

struct DeviceUse {
  EntitlementId entitlement_id;
  std::string code, name_en, name_ja;
  int64_t quantity = 0;
  ComplianceStatus status = ComplianceStatus::in_compliance;
  std::vector<CoveredBy> covered_by;  // what stands in for it in this virtual account
};
BOOST_DESCRIBE_STRUCT(DeviceUse, (), (entitlement_id, code, name_en, name_ja, quantity, status, covered_by))

struct DeviceDetail : Device {
  std::vector<DeviceUse> uses;
  std::optional<std::string> host_name, software_version, agent_version;
};
BOOST_DESCRIBE_STRUCT(DeviceDetail, (Device), (uses, host_name, software_version, agent_version))

struct DevicesFilter {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  std::optional<wire::Text<0, 100>> search;  // what the name begins with
  std::optional<DeviceStatusFilter> status;
  std::optional<wire::Text<1, 40>> sort;
};
BOOST_DESCRIBE_STRUCT(DevicesFilter, (), (smart_account_id, virtual_account_id, search, status, sort))

struct DevicesQuery : DevicesFilter {
  std::optional<api::CursorText> cursor;
  std::optional<api::Limit> limit;
};
BOOST_DESCRIBE_STRUCT(DevicesQuery, (DevicesFilter), (cursor, limit))

struct DeviceQuery {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  DeviceId device_id;
};
BOOST_DESCRIBE_STRUCT(DeviceQuery, (), (smart_account_id, virtual_account_id, device_id))

store::DeviceSort sort_of(DevicesFilter const& in) {
  std::string_view word = in.sort ? std::string_view(*in.sort) : "name";
  store::DeviceSort sort;
  sort.descending = word.starts_with('-');
  if (sort.descending) word.remove_prefix(1);
  if (word == "name")
    sort.order = store::DeviceOrder::name;
  else if (word == "registered_at")
    sort.order = store::DeviceOrder::registered_at;
  else if (word == "last_contact_at")
    sort.order = store::DeviceOrder::last_contact_at;
  else
    throw invalid_field("/sort", "unknown_word",
                        "must be name, registered_at or last_contact_at; - before it turns it round");
  return sort;
}

store::DeviceFilter filter_of(DevicesFilter const& in) {
  store::DeviceFilter f{in.smart_account_id, in.virtual_account_id, {}, name_key(in.search.value_or(""))};
  auto const status = in.status.value_or(DeviceStatusFilter::registered);
  if (status != DeviceStatusFilter::removed) f.statuses.push_back(DeviceStatus::registered);
  if (status != DeviceStatusFilter::registered) f.statuses.push_back(DeviceStatus::removed);
  return f;
}

Device show(store::DeviceListRow const& d, catalog::Catalog const& catalog, Instant now, bool may_work) {
  Device out;
  out.device_id = d.device_id;
  out.display_name = d.display_name;
  if (auto const* product = catalog.find_product(d.product_id)) {
    out.product_code = product->code;
    out.product_name_en = product->name_en;
    out.product_name_ja = product->name_ja;
  } else {
    out.product_code = out.product_name_en = out.product_name_ja = d.product_id.text();
  }
  out.udi.product_id = d.udi_product_id;
  out.udi.serial_number = d.udi_serial_number;
  out.status = d.status;
  out.authorization_state = d.authorization_state;
  out.registered_at = d.registered_at;
  out.last_contact_at = d.last_contact_at;
  out.identity_expires_at = d.identity_expires_at;
  out.entitlement_count = d.entitlement_count;
  if (d.status == DeviceStatus::removed) return out;
  out.silent = d.last_contact_at + silent_after <= now;
  if (out.silent) out.alerts.push_back(DeviceAlert::failed_to_connect);
  if (d.authorization_state == AuthorizationState::authorization_expired || d.identity_expires_at <= now)
    out.alerts.push_back(DeviceAlert::failed_to_renew);
  if (d.authorization_state == AuthorizationState::out_of_compliance)
    out.alerts.push_back(DeviceAlert::out_of_compliance);
  out.abilities = only(may_work, Permission::license_work);
  return out;
}

std::string scope_of(DevicesQuery const& in, Viewer const& access) {
  return "devices " + access.person_id().text() + " " + in.virtual_account_id.text() + " " +
         std::string(to_text(in.status.value_or(DeviceStatusFilter::registered))) + " " + in.sort.value_or("name") +
         " " + in.search.value_or("");
}

wire::Page<Device> list_devices(db::ReadTx& tx, Viewer const& access, DevicesQuery const& in,
                                catalog::CatalogCache& catalogs, api::Cursors const& cursors) {
  int64_t const limit = api::page_size(in.limit);
  auto const sort = sort_of(in);
  auto const scope = scope_of(in, access);
  auto const key = cursors.decode(scope, in.cursor, 3);
  std::optional<store::DevicePlace> after;
  if (!key.empty()) after = {key[0], from_us(std::stoll(key[1])), DeviceId::parse(key[2]).value_or(DeviceId{})};
  auto page = api::make_page(
      store::list_devices(tx, filter_of(in), sort, after, limit + 1), limit, cursors, scope,
      [&](store::DeviceListRow const& d) {
        auto const at = sort.order == store::DeviceOrder::last_contact_at ? d.last_contact_at : d.registered_at;
        return std::vector<std::string>{d.sort_name, std::to_string(to_us(at)), d.device_id.text()};
      });
  auto const catalog = catalogs.at(tx);
  bool const may_work = access.also(Permission::license_work);
  wire::Page<Device> out;
  out.next_cursor = std::move(page.next_cursor);
  for (auto const& d : page.items) out.items.push_back(show(d, *catalog, tx.now(), may_work));
  return out;
}

api::Response download_devices(db::ReadTx& tx, Viewer const&, DevicesFilter const& in,
                               catalog::CatalogCache& catalogs) {
  auto rows = store::list_devices(tx, filter_of(in), sort_of(in), {}, licenses::download_limit + 1);
  auto const catalog = catalogs.at(tx);
  CsvWriter csv;
  for (auto const* name : {"device_id", "display_name", "product_code", "product_name_en", "product_name_ja",
                           "udi_product_id", "udi_serial_number", "status", "authorization_state", "registered_at",
                           "last_contact_at", "identity_expires_at", "silent", "entitlement_count"})
    csv.text(name);
  csv.end_row();
  bool const more = rows.size() > size_t(licenses::download_limit);
  if (more) rows.pop_back();
  for (auto const& row : rows) {
    auto const d = show(row, *catalog, tx.now(), false);
    csv.text(d.device_id.text()).text(d.display_name).text(d.product_code).text(d.product_name_en);
    csv.text(d.product_name_ja).text(d.udi.product_id).text(d.udi.serial_number).text(to_text(d.status));
    csv.text(to_text(d.authorization_state)).text(to_rfc3339(d.registered_at)).text(to_rfc3339(d.last_contact_at));
    csv.text(to_rfc3339(d.identity_expires_at))
        .text(d.silent ? "true" : "false")
        .number(d.entitlement_count)
        .end_row();
  }
  return licenses::download(csv, "devices.csv", more);
}

// What was sealed at registration; see details_of in devices.cpp.
void open_details(keys::Vault const& vault, Bytes const& wrapped, DeviceDetail& out) {
  auto const plain = vault.open("device", wrapped);
  auto const details = protocol::json::parse(as_text(plain));
  auto const take = [&](std::string_view name, std::optional<std::string>& into) {
    if (auto const* value = details.find(name)) into = value->as_string();
  };
  take("host_name", out.host_name);
  take("software_version", out.software_version);
  take("agent_version", out.agent_version);
  take("version_id", out.udi.version_id);
  take("uuid", out.udi.uuid);
  take("host_identifier", out.udi.host_identifier);
  take("mac_address", out.udi.mac_address);
}

std::vector<DeviceUse> show_uses(db::ReadTx& tx, catalog::Catalog const& catalog, DeviceQuery const& in) {
  auto const uses = store::uses_of(tx, in.smart_account_id, in.device_id);
  licenses::Books books(tx, catalog);
  std::vector<licenses::GroupKey> keys;
  for (auto const& [id, quantity] : uses)
    keys.push_back(books.key_of(in.smart_account_id, in.virtual_account_id, id));
  books.load(keys);
  auto const name = [&](EntitlementId id) { return licenses::name_of(catalog, id); };
  std::vector<DeviceUse> out;
  for (auto const& [id, quantity] : uses) {
    auto const [code, name_en, name_ja] = name(id);
    auto const& position = books.position(in.smart_account_id, in.virtual_account_id, id);
    DeviceUse use{id, code, name_en, name_ja, quantity, licenses::status_of(position), {}};
    for (auto const& loan : books.loans_of(books.key_of(in.smart_account_id, in.virtual_account_id, id)))
      if (loan.borrower == id) use.covered_by.push_back({name(loan.lender).code, loan.quantity});
    out.push_back(std::move(use));
  }
  std::sort(out.begin(), out.end(), [](DeviceUse const& a, DeviceUse const& b) { return a.code < b.code; });
  return out;
}

DeviceDetail get_device(db::ReadTx& tx, Viewer const& access, DeviceQuery const& in, keys::Vault const& vault,
                        catalog::CatalogCache& catalogs) {
  auto const found = store::listed_device(tx, in.smart_account_id, in.virtual_account_id, in.device_id);
  if (!found) throw Problem(problems::not_found);
  auto const catalog = catalogs.at(tx);
  DeviceDetail out;
  static_cast<Device&>(out) = show(*found, *catalog, tx.now(), access.also(Permission::license_work));
  out.uses = show_uses(tx, *catalog, in);
  open_details(vault, store::device(tx, in.smart_account_id, in.device_id)->wrapped_details, out);
  return out;
}

void remove(db::Tx& tx, Worker const& access, DeviceQuery const& in, Desk const& desk) {
  auto const device = store::device(tx, in.smart_account_id, in.device_id);
  if (!device || device->virtual_account_id != in.virtual_account_id) throw Problem(problems::not_found);
  desk.with_context(tx, [&](Context const& context) {
    remove_device(tx, context, in.smart_account_id, in.device_id, access.actor(), true);
  });
}

}  // namespace

std::vector<api::Route> routes() {
  using enum api::Method;
  using api::route;
  std::string const place = "/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}";
  std::vector<api::Route> out{
      route<&list_tokens>(get, place + "/tokens", "list_tokens", "Registration tokens, newest first"),
      route<&make_token>(post, place + "/tokens", "create_token", "Create a registration token"),
      route<&get_token_text>(get, place + "/tokens/{registration_token_id}/text", "get_token_text",
                             "The text of a registration token again"),
      route<&revoke>(post, place + "/tokens/{registration_token_id}/revoke", "revoke_token",
                     "Let a registration token admit no more devices"),
      route<&list_devices>(get, place + "/devices", "list_devices", "Product instances"),
      route<&download_devices>(get, place + "/devices.csv", "download_devices", "Product instances as a table"),
      route<&get_device>(get, place + "/devices/{device_id}", "get_device", "A product instance and what it uses"),
      route<&remove>(del, place + "/devices/{device_id}", "remove_device",
                     "Remove a product instance; its licenses return at once"),
  };
  for (auto& r : out)
    if (r.operation_id == "download_devices") r.answer_type = "text/csv";
  return out;
}

}  // namespace menkyo::devices
