#pragma once
// For tests: a customer with three virtual accounts, people with roles in them, deposits and use.

#include <gtest/gtest.h>

#include "licenses/books.hpp"
#include "licenses/routes.hpp"
#include "tests/support/tenant.hpp"

namespace menkyo::test {

class Branches : public ::testing::TestWithParam<std::string> {
 protected:
  Branches()
      : tenant(GetParam()),
        top(tenant.add_virtual_account("Head office")),
        east(tenant.add_virtual_account("East", top)),
        west(tenant.add_virtual_account("West")),
        viewer(tenant.add_person("Ken")),
        local(tenant.add_person("Hana")),
        approver(tenant.add_person("Mei")),
        stranger(tenant.add_person("Rin")) {
    tenant.grant(viewer, access::Role::sa_viewer);
    tenant.grant(local, access::Role::va_viewer, east);
    tenant.grant(approver, access::Role::sa_approver);
    tenant.serve(licenses::routes());
  }

  void deposit_to(VirtualAccountId va, std::string const& code, int64_t quantity, Instant to = forever,
                  Duration from = {}) {
    deposit_to(va, tenant.entitlement(code), quantity, to, from);
  }
  void deposit_to(VirtualAccountId va, EntitlementId id, int64_t quantity, Instant to = forever, Duration from = {}) {
    tenant.db->write([&](db::Tx& tx) {
      licenses::deposit(tx, tenant.vault, *tenant.catalogs.at(tx),
                        {tenant.account,
                         va,
                         id,
                         to == forever ? licenses::LicenseType::PERPETUAL : licenses::LicenseType::TERM,
                         quantity,
                         tx.now() + from,
                         to,
                         "SUB-1",
                         "order",
                         "A-1/1",
                         {}});
    });
  }
  // Gives a device of that virtual account the use.
  DeviceId use(VirtualAccountId va, std::string const& code, int64_t quantity) {
    auto const catalog = tenant.db->read([&](db::ReadTx& tx) { return tenant.catalogs.at(tx); });
    return use(va, tenant.entitlement(code), quantity, catalog->find_product("KZ-1")->product_id);
  }
  DeviceId use(VirtualAccountId va, EntitlementId id, int64_t quantity, ProductId product) {
    return tenant.db->write([&](db::Tx& tx) {
      auto const catalog = tenant.catalogs.at(tx);
      auto const device = tx.new_id<DeviceId>();
      tx.exec(
          "insert into device (smart_account_id, device_id, virtual_account_id, product_id, status, display_name, "
          "sort_name, udi_product_id, udi_serial_number, wrapped_details, identity_certificate, "
          "registered_at) values ($1, $2, $3, $4, 'registered', 'edge-1', 'edge-1', 'KZ-1', 'S1', $5, $5, $6)",
          tenant.account, device, va, product, Bytes{1}, tx.now());
      tx.exec(
          "insert into device_contact (smart_account_id, device_id, virtual_account_id, product_id, status, "
          "export_controlled_allowed, key_thumbprint, identity_expires_at, last_contact_at, sequence, message_hash, "
          "answer, report_hash, authorization_state, in_use) values ($1, $2, $3, $4, 'registered', $5, $6, $7, $7, "
          "1, "
          "$6, $6, $6, 'authorized', '')",
          tenant.account, device, va, product, true, Bytes{1}, tx.now());
      tx.exec(
          "insert into device_use (smart_account_id, device_id, entitlement_id, quantity) values ($1, $2, $3, $4)",
          tenant.account, device, id, quantity);
      licenses::Books books(tx, tenant.vault, *catalog);
      books.load({books.key_of(tenant.account, va, id)});
      books.change_use(tenant.account, va, id, quantity);
      books.change_devices(tenant.account, va, 1);
      books.store({});
      return device;
    });
  }
  Answer overview(std::string const& query = "", std::optional<PersonId> person = {}) {
    return tenant.client(person.value_or(viewer))
        .get("/api/v1/smart_accounts/" + tenant.account.text() + "/overview" + query);
  }
  Answer licenses(VirtualAccountId va, std::string const& query = "") {
    return tenant.client(viewer).get(tenant.path(va) + "/licenses" + query);
  }
  Instant in(std::chrono::days d) { return tenant.db.clock.now() + d; }

  static std::vector<std::string> texts(json::Value const& items, std::string_view name) {
    std::vector<std::string> out;
    for (auto const& item : items.items()) out.push_back(item.at(name).as_string());
    return out;
  }

  Tenant tenant;
  VirtualAccountId top, east, west;
  PersonId viewer, local, approver, stranger;
};

}  // namespace menkyo::test
