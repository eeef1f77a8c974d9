#pragma once
// An installation with a small catalogue and one Smart Account, for tests of operations on its licenses and devices:
// people with roles, callers signed in as them, deposits, and devices that speak the protocol.

#include "access/access.hpp"
#include "api/page.hpp"
#include "catalog/catalog.hpp"
#include "keys/authority.hpp"
#include "tests/support/api_client.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::test {

// The catalogue: product KZ-1 "Kaze 1"; entitlements PRM, ADV and ESS, each one's surplus covering the next; ENC,
// which is enforced and export-controlled. KZ-1 may use all of them.
class Tenant {
 public:
  explicit Tenant(std::string const& database_kind, db::DatabaseConfig config = {});

  VirtualAccountId add_virtual_account(std::string const& name, std::optional<VirtualAccountId> parent = {});
  PersonId add_person(std::string const& given_name);
  void grant(PersonId person, access::Role role, std::optional<VirtualAccountId> va = {});
  void revoke_all(PersonId person);
  // The entitlement with that code.
  EntitlementId entitlement(std::string const& code);

  // Operations can be called from here on.
  void serve(std::vector<api::Route> routes);
  // A caller signed in as that person; nobody if there is none.
  ApiClient client(std::optional<PersonId> person = {});
  std::string path(VirtualAccountId va) const {
    return "/api/v1/smart_accounts/" + account.text() + "/virtual_accounts/" + va.text();
  }

  TestDatabase db;
  keys::Vault vault{keys::MasterKey{1, 2, 3}};
  catalog::CatalogCache catalogs;
  api::Cursors cursors{Bytes(32, 7)};
  std::unique_ptr<keys::Authority> authority;
  api::Services services;
  SmartAccountId account;
  std::optional<api::Dispatcher> dispatcher;

 private:
  int64_t numbers_ = 100;
};

// The caller that a request with the cookie of `client` is.
api::Caller caller_of(api::Request const& request);

}  // namespace menkyo::test
