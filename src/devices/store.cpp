#include "devices/store.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <tuple>

namespace menkyo::devices::store {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

}  // namespace

void insert_token(db::Tx& tx, TokenRow const& t) {
  tx.exec(
      "insert into registration_token (smart_account_id, registration_token_id, virtual_account_id, secret_lookup, "
      "wrapped_secret, description, max_uses, uses, expires_at, export_controlled_allowed, created_by, created_at, "
      "revoked_at) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
      t.smart_account_id, t.registration_token_id, t.virtual_account_id, t.secret_lookup, t.wrapped_secret,
      t.description, t.max_uses, t.uses, t.expires_at, t.export_controlled_allowed, t.created_by, t.created_at,
      t.revoked_at);
}

#define TOKEN_COLUMNS                                                                                         \
  "smart_account_id, registration_token_id, virtual_account_id, secret_lookup, wrapped_secret, description, " \
  "max_uses, uses, expires_at, export_controlled_allowed, created_by, created_at, revoked_at"

std::optional<TokenRow> token_for_update(db::Tx& tx, SmartAccountId account, RegistrationTokenId id) {
  return tx.one<TokenRow>(
      "select " TOKEN_COLUMNS
      " from registration_token where smart_account_id = $1 and registration_token_id = $2 {for update}",
      account, id);
}

std::optional<TokenRow> token(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va, RegistrationTokenId id) {
  return tx.one<TokenRow>("select " TOKEN_COLUMNS
                          " from registration_token where smart_account_id = $1 and registration_token_id = $2 and "
                          "virtual_account_id = $3",
                          account, id, va);
}

std::vector<TokenRow> tokens(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va,
                             std::optional<RegistrationTokenId> before, int64_t limit) {
  RegistrationTokenId last;
  last.bytes.fill(0xff);
  return tx.all<TokenRow>("select " TOKEN_COLUMNS
                          " from registration_token where smart_account_id = $1 and virtual_account_id = $2 and "
                          "registration_token_id < $3 order by registration_token_id desc limit $4",
                          account, va, before.value_or(last), limit);
}

void use_tokens(db::Tx& tx, std::vector<TokenUses> const& rows) {
  tx.exec_many(
      "update registration_token set uses = uses + r.n from {rows: a bytea, t bytea, n bigint} r where "
      "smart_account_id = r.a and registration_token_id = r.t",
      rows);
}

void revoke_token(db::Tx& tx, SmartAccountId account, RegistrationTokenId id) {
  tx.exec(
      "update registration_token set revoked_at = $3 where smart_account_id = $1 and registration_token_id = $2 and "
      "revoked_at is null",
      account, id, tx.now());
}

void insert_devices(db::Tx& tx, std::vector<DeviceRow> const& rows) {
  tx.exec_many(
      "insert into device (smart_account_id, device_id, virtual_account_id, product_id, registration_token_id, "
      "status, display_name, sort_name, udi_product_id, udi_serial_number, wrapped_details, "
      "identity_certificate, registered_at, removed_at) select a, i, v, p, t, s, n, o, u, m, w, c, r, g from "
      "{rows: a bytea, i bytea, v bytea, p bytea, t bytea, s text, n text, o text, u text, m text, w bytea, c bytea, "
      "r bigint, g bigint} q",
      rows);
}

std::optional<DeviceRow> device(db::ReadTx& tx, SmartAccountId account, DeviceId id) {
  return tx.one<DeviceRow>(
      "select smart_account_id, device_id, virtual_account_id, product_id, registration_token_id, status, "
      "display_name, sort_name, udi_product_id, udi_serial_number, wrapped_details, "
      "identity_certificate, registered_at, removed_at from device where smart_account_id = $1 and device_id = $2",
      account, id);
}

void set_removed(db::Tx& tx, SmartAccountId account, DeviceId id) {
  tx.exec("update device set status = $3, removed_at = $4 where smart_account_id = $1 and device_id = $2", account,
          id, DeviceStatus::removed, tx.now());
}

void set_certificate(db::Tx& tx, SmartAccountId account, DeviceId id, Bytes const& certificate) {
  tx.exec("update device set identity_certificate = $3 where smart_account_id = $1 and device_id = $2", account, id,
          certificate);
}

std::vector<MachineRow> registered_as(db::ReadTx& tx, std::vector<MachineKey> const& keys) {
  return tx.all_many<MachineRow>(
      "select d.smart_account_id, d.udi_product_id, d.udi_serial_number, d.device_id from "
      "{rows: a bytea, p text, s text} r join device d on d.smart_account_id = r.a and d.udi_product_id = r.p and "
      "d.udi_serial_number = r.s and d.status = 'registered' order by 1, 4",
      keys);
}

std::string format_uses(Uses const& uses) {
  std::string out;
  for (auto const& [entitlement, quantity] : uses) {
    if (!out.empty()) out += ',';
    for (auto const byte : entitlement.bytes) {
      out += hex_digits[byte >> 4];
      out += hex_digits[byte & 15];
    }
    out += ':' + std::to_string(quantity);
  }
  return out;
}

Uses parse_uses(std::string_view text) {
  Uses out;
  auto const digit = [](char c) { return hex_digits.find(c); };
  while (!text.empty()) {
    auto const one = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), one.size() + 1));
    EntitlementId id;
    int64_t quantity = 0;
    bool good = one.size() > 2 * id.bytes.size() && one[2 * id.bytes.size()] == ':';
    for (size_t i = 0; good && i < id.bytes.size(); ++i) {
      auto const high = digit(one[2 * i]), low = digit(one[2 * i + 1]);
      good = high < 16 && low < 16;
      id.bytes[i] = uint8_t(high << 4 | low);
    }
    auto const number = one.substr(std::min(one.size(), 2 * id.bytes.size() + 1));
    auto const read = std::from_chars(number.data(), number.data() + number.size(), quantity);
    if (!good || read.ec != std::errc() || read.ptr != number.data() + number.size() || quantity < 1)
      throw std::runtime_error("what a device uses is not written as it should be");
    out[id] = quantity;
  }
  return out;
}

#define CONTACT_COLUMNS                                                                                 \
  "smart_account_id, device_id, virtual_account_id, product_id, status, export_controlled_allowed, "    \
  "key_thumbprint, identity_expires_at, last_contact_at, sequence, message_hash, answer, report_hash, " \
  "authorization_state, in_use, released_at, warned_at, cloned_at, silent"

std::vector<ContactRow> lock_contacts(db::Tx& tx, std::vector<DeviceKey> const& keys) {
  return tx.all_many<ContactRow>("select " CONTACT_COLUMNS
                                 " from device_contact join {rows: a bytea, i bytea} r on smart_account_id = r.a and "
                                 "device_id = r.i order by 1, 2 {for update}",
                                 keys);
}

Uses uses_of(db::ReadTx& tx, SmartAccountId account, DeviceId device) {
  return parse_uses(tx.one<std::string>("select in_use from device_contact where smart_account_id = $1 and "
                                        "device_id = $2",
                                        account, device)
                        .value_or(""));
}

void put_contacts(db::Tx& tx, std::vector<ContactRow> const& rows) {
  // As an insert that mostly meets its row, because "update ... from" costs twice as much on SQLite.
  tx.exec_many(
      "insert into device_contact (" CONTACT_COLUMNS
      ") select a, i, v, d, z, x, k, e, t, s, h, w, p, y, u, l, n, c, f from {rows: a bytea, i bytea, v bytea, d "
      "bytea, "
      "z text, x boolean, k bytea, e bigint, t bigint, s bigint, h bytea, w bytea, p bytea, y text, u text, l "
      "bigint, "
      "n bigint, c bigint, f boolean} r where true on conflict (smart_account_id, device_id) do update set "
      "virtual_account_id = excluded.virtual_account_id, status = excluded.status, key_thumbprint = "
      "excluded.key_thumbprint, identity_expires_at = excluded.identity_expires_at, "
      "last_contact_at = excluded.last_contact_at, sequence = excluded.sequence, message_hash = "
      "excluded.message_hash, answer = excluded.answer, report_hash = excluded.report_hash, authorization_state = "
      "excluded.authorization_state, in_use = excluded.in_use, released_at = excluded.released_at, warned_at = "
      "excluded.warned_at, cloned_at = excluded.cloned_at, silent = excluded.silent",
      rows);
}

std::vector<RegistrationRow> registrations_of(db::ReadTx& tx, std::vector<RegistrationKey> const& keys) {
  return tx.all_many<RegistrationRow>(
      "select g.smart_account_id, g.message_hash, g.device_id, g.created_at from {rows: a bytea, h bytea} r join "
      "registration g on g.smart_account_id = r.a and g.message_hash = r.h",
      keys);
}

void insert_registrations(db::Tx& tx, std::vector<RegistrationRow> const& rows) {
  tx.exec_many(
      "insert into registration (smart_account_id, message_hash, device_id, created_at) select a, h, i, t from "
      "{rows: a bytea, h bytea, i bytea, t bigint} r",
      rows);
}

void put_uses(db::Tx& tx, std::vector<UseRow> const& rows) {
  tx.exec_many(
      "insert into device_use (smart_account_id, device_id, entitlement_id, quantity) select a, i, e, q from "
      "{rows: a bytea, i bytea, e bytea, q bigint} r where true on conflict (smart_account_id, device_id, "
      "entitlement_id) "
      "do update set quantity = excluded.quantity",
      rows);
}

void delete_uses(db::Tx& tx, std::vector<UseRow> const& rows) {
  struct Key {
    SmartAccountId a;
    DeviceId i;
    EntitlementId e;
  };
  std::vector<Key> keys;
  for (auto const& r : rows) keys.push_back({r.smart_account_id, r.device_id, r.entitlement_id});
  tx.exec_many(
      "delete from device_use where (smart_account_id, device_id, entitlement_id) in "
      "(select a, i, e from {rows: a bytea, i bytea, e bytea} r)",
      keys);
}

void insert_use_entries(db::Tx& tx, std::vector<UseEntryRow> const& rows) {
  // Two changes of one device within the same instant are one change.
  tx.exec_many(
      "insert into use_entry (smart_account_id, virtual_account_id, entitlement_id, at, device_id, quantity, change) "
      "select a, v, e, t, i, q, c from {rows: a bytea, v bytea, e bytea, t bigint, i bytea, q bigint, c bigint} r "
      "where true on conflict (smart_account_id, virtual_account_id, entitlement_id, at, device_id) do update set "
      "quantity = excluded.quantity, change = use_entry.change + excluded.change",
      rows);
}

void insert_reports(db::Tx& tx, std::vector<ReportRow> const& rows) {
  tx.exec_many(
      "insert into usage_report (smart_account_id, device_id, report_hash, previous_hash, report_id, entitlement_id, "
      "started_at, ended_at, measurements, received_at) select a, i, h, p, n, e, s, f, m, t from {rows: a bytea, i "
      "bytea, "
      "h bytea, p bytea, n text, e bytea, s bigint, f bigint, m text, t bigint} r where true "
      "on conflict (smart_account_id, device_id, report_hash) do nothing",
      rows);
}

void set_timer(db::Tx& tx, SmartAccountId account, DeviceId device, std::optional<Instant> due_at) {
  tx.exec("delete from timer where kind = 'device' and smart_account_id = $1 and subject_id = $2", account, device);
  if (due_at)
    tx.exec("insert into timer (kind, smart_account_id, subject_id, due_at) values ('device', $1, $2, $3)", account,
            device, *due_at);
}

void insert_timers(db::Tx& tx, std::vector<TimerRow> const& rows) {
  tx.exec_many(
      "insert into timer (kind, smart_account_id, subject_id, due_at) select 'device', a, i, t from {rows: a bytea, "
      "i bytea, t bigint} r",
      rows);
}

std::vector<PlaceRow> places(db::ReadTx& tx, std::vector<PlaceKey> const& keys) {
  return tx.all_many<PlaceRow>(
      "select v.smart_account_id, v.virtual_account_id, s.name, v.name from {rows: a bytea, v bytea} r join "
      "virtual_account v on v.smart_account_id = r.a and v.virtual_account_id = r.v join smart_account s on "
      "s.smart_account_id = v.smart_account_id",
      keys);
}

#define LIST_COLUMNS                                                                                                 \
  "select d.device_id, d.product_id, d.status, d.display_name, d.sort_name, d.udi_product_id, d.udi_serial_number, " \
  "d.registered_at, c.identity_expires_at, c.last_contact_at, c.authorization_state, (select count(*) from "         \
  "device_use u where u.smart_account_id = d.smart_account_id and u.device_id = d.device_id) "
#define AND_CONTACT "device_contact c on c.smart_account_id = d.smart_account_id and c.device_id = d.device_id "

std::optional<DeviceListRow> listed_device(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va, DeviceId id) {
  return tx.one<DeviceListRow>(LIST_COLUMNS
                               "from device d join " AND_CONTACT
                               "where d.smart_account_id = $1 and d.device_id = $2 and d.virtual_account_id = $3",
                               account, id, va);
}

namespace {

// Devices whose name begins as asked for are read by name and put into another order only if they are few. In the
// order of another index, all devices would be read for the few that are meant.
constexpr int64_t few = 2000;

struct NameRange {
  std::string from, to;
};

// U+10FFFF ends the range of names with the prefix; byte order of UTF-8 is the order of code points.
NameRange names_of(DeviceFilter const& f) {
  return {f.name_prefix, f.name_prefix + "\xF4\x8F\xBF\xBF"};
}

bool are_few(db::ReadTx& tx, DeviceFilter const& f, DeviceStatus status) {
  if (f.name_prefix.empty()) return false;
  auto const range = names_of(f);
  return tx.one<int64_t>(
               "select count(*) from (select 1 from device where smart_account_id = $1 and virtual_account_id = $2 "
               "and "
               "status = $3 and sort_name >= $4 and sort_name < $5 limit $6) n",
               f.smart_account_id, f.virtual_account_id, status, range.from, range.to, few + 1)
             .value_or(0) <= few;
}

// Each order with its own index, which is read just as far as the page goes; or, by name, those that are few.
std::string list_sql(DeviceSort const& sort, bool by_name) {
  bool const by_contact = sort.order == DeviceOrder::last_contact_at;
  std::string sql = LIST_COLUMNS;
  if (by_name && sort.order != DeviceOrder::name)
    // "cross" has SQLite begin with the devices, "+" keeps it from their index by registration.
    sql +=
        "from device d cross join device_contact c where c.smart_account_id = d.smart_account_id and c.device_id = "
        "d.device_id and d.";
  else if (by_contact)
    sql += "from device d join " AND_CONTACT "where d.sort_name >= $4 and d.sort_name < $5 and c.";
  else
    sql += "from device d join " AND_CONTACT "where d.";
  bool const in_contact = by_contact && !by_name;
  // PostgreSQL, which does not know how wide the range is, takes it for narrow and would read all devices by name.
  std::string const name = by_name ? "d.sort_name" : "(d.sort_name || '')";
  sql += in_contact ? "smart_account_id = $1 and c.virtual_account_id = $2 and c.status = $3 and "
                    : "smart_account_id = $1 and d.virtual_account_id = $2 and d.status = $3 and " + name +
                          " >= $4 and " + name + " < $5 and ";
  std::string const id = in_contact ? "c.device_id" : "d.device_id";
  std::string const key = by_contact                        ? "c.last_contact_at"
                          : sort.order == DeviceOrder::name ? "d.sort_name"
                          : by_name                         ? "+d.registered_at"
                                                            : "d.registered_at";
  std::string const order = sort.descending ? " desc" : "";
  return sql + "(" + key + ", " + id + (sort.descending ? ") < " : ") > ") + "($6, $7) order by " + key + order +
         ", " + id + order + " limit $8";
}

std::vector<DeviceListRow> list_one_status(db::ReadTx& tx, DeviceFilter const& f, DeviceStatus status,
                                           DeviceSort const& sort, DevicePlace const& after, int64_t limit) {
  auto const range = names_of(f);
  auto const list = [&](auto const& key) {
    bool const by_name = sort.order == DeviceOrder::name || are_few(tx, f, status);
    return tx.all<DeviceListRow>(list_sql(sort, by_name), f.smart_account_id, f.virtual_account_id, status,
                                 range.from, range.to, key, after.device_id, limit);
  };
  return sort.order == DeviceOrder::name ? list(after.name) : list(after.at);
}

DevicePlace before_all(DeviceFilter const& f, DeviceSort const& sort) {
  DevicePlace place;
  if (!sort.descending) return place;
  place.name = f.name_prefix + "\xF4\x8F\xBF\xBF";
  place.at = forever;
  place.device_id.bytes.fill(0xff);
  return place;
}

}  // namespace

Bytes kept_answer(std::string_view typ, std::string_view payload) {
  Bytes out;
  out.reserve(typ.size() + 1 + payload.size());
  out.insert(out.end(), typ.begin(), typ.end());
  out.push_back('\n');
  out.insert(out.end(), payload.begin(), payload.end());
  return out;
}

std::vector<DeviceListRow> list_devices(db::ReadTx& tx, DeviceFilter const& f, DeviceSort const& sort,
                                        std::optional<DevicePlace> const& after, int64_t limit) {
  // The indexes hold each status apart, so several are read apart and merged.
  std::vector<DeviceListRow> out;
  for (auto const status : f.statuses)
    for (auto& row : list_one_status(tx, f, status, sort, after.value_or(before_all(f, sort)), limit))
      out.push_back(std::move(row));
  auto const key = [&](DeviceListRow const& r) {
    bool const by_name = sort.order == DeviceOrder::name;
    auto const at = sort.order == DeviceOrder::registered_at ? r.registered_at : r.last_contact_at;
    return std::tuple(by_name ? r.sort_name : std::string(), by_name ? Instant{} : at, r.device_id);
  };
  if (f.statuses.size() > 1)
    std::sort(out.begin(), out.end(), [&](DeviceListRow const& a, DeviceListRow const& b) {
      return sort.descending ? key(b) < key(a) : key(a) < key(b);
    });
  if (int64_t(out.size()) > limit) out.resize(size_t(limit));
  return out;
}

}  // namespace menkyo::devices::store
