#include "tests/support/tenant.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "catalog/import.hpp"
#include "people/people.hpp"

namespace menkyo::test {

namespace {

constexpr std::string_view catalog_csv =
    "record,code,family,name_en,name_ja,tag,license_types,enforced,export_controlled,product,entitlement,lender,"
    "borrower,"
    "priority\n"
    "family,RTR,,Routers,ルーター,,,,,,,,,\n"
    "product,KZ-1,RTR,Kaze 1,風1,,,,,,,,,\n"
    "entitlement,ESS,RTR,Essentials,基本,\"regid.2019-04.example.aozora.ESS,1.0_ESS\",perpetual|term|demo,false,"
    "false,,,,,\n"
    "entitlement,ADV,RTR,Advantage,拡張,\"regid.2019-04.example.aozora.ADV,1.0_ADV\",perpetual|term|demo,false,false,"
    ",,,,\n"
    "entitlement,PRM,RTR,Premier,最上,\"regid.2019-04.example.aozora.PRM,1.0_PRM\",perpetual|term|demo,false,false,,,"
    ",,\n"
    "entitlement,ENC,RTR,=Encryption,暗号,\"regid.2019-04.example.aozora.ENC,1.0_ENC\",perpetual|term,true,true,,,,,"
    "\n"
    "substitution,,,,,,,,,,,PRM,ADV,1\n"
    "substitution,,,,,,,,,,,ADV,ESS,1\n"
    "compatibility,,,,,,,,,KZ-1,ESS,,,\n"
    "compatibility,,,,,,,,,KZ-1,ADV,,,\n"
    "compatibility,,,,,,,,,KZ-1,PRM,,,\n"
    "compatibility,,,,,,,,,KZ-1,ENC,,,\n";

}  // namespace

Tenant::Tenant(std::string const& kind, db::DatabaseConfig config) : db(kind) {
  db.open(std::move(config));
  keys::ensure_installation(*db, vault);
  authority = keys::Authority::load(*db, vault);
  auto const report = catalog::import_catalog(*db, vault, catalog_csv, "catalog.csv", {},
                                              [](db::Tx&, std::vector<catalog::GroupId> const&, Instant) {});
  for (auto const& fault : report.problems.first)
    ADD_FAILURE() << fault.line << " " << fault.column << " " << fault.reason;
  account = db->write([](db::Tx& tx) {
    auto const id = tx.new_id<SmartAccountId>();
    tx.exec(
        "insert into smart_account (smart_account_id, number, name, domain, type, status, created_at, version) "
        "values ($1, 1, 'Aozora', 'aozora.example', 'CUSTOMER', 'ACTIVE', $2, 1)",
        id, tx.now());
    return id;
  });
  services.add(vault);
  services.add(catalogs);
  services.add(cursors);
  services.add(*authority);
}

VirtualAccountId Tenant::add_virtual_account(std::string const& name, std::optional<VirtualAccountId> parent) {
  struct Place {
    std::string path, sort_path;
    int64_t depth;
  };
  auto const number = ++numbers_;
  return db->write([&](db::Tx& tx) {
    Place place{"/", "", -1};
    if (parent)
      place = *tx.one<Place>(
          "select path, sort_path, depth from virtual_account where smart_account_id = $1 and virtual_account_id = "
          "$2",
          account, *parent);
    auto const id = tx.new_id<VirtualAccountId>();
    auto const path = place.path + std::to_string(number) + "/";
    auto const sort_path = place.sort_path + sort_key(name) + "\x02" + std::to_string(number) + "\x01";
    tx.exec(
        "insert into virtual_account (smart_account_id, virtual_account_id, number, parent_id, path, sort_path, "
        "depth, "
        "name, description, is_default, commerce_access, created_at, version) values ($1, $2, $3, $4, $5, $6, $7, "
        "$8, '', "
        "$9, 'PUBLIC', $10, 1)",
        account, id, number, parent, path, sort_path, place.depth + 1, name, false, tx.now());
    return id;
  });
}

PersonId Tenant::add_person(std::string const& given_name) {
  return db->write([&](db::Tx& tx) {
    return people::create_person(tx, vault, {{given_name + "@aozora.example", given_name, "Yamada", {}}}, {});
  });
}

void Tenant::grant(PersonId person, access::Role role, std::optional<VirtualAccountId> va) {
  db->write([&](db::Tx& tx) {
    tx.exec(
        "insert into role_grant (smart_account_id, role_grant_id, person_id, role, virtual_account_id, created_at) "
        "values ($1, $2, $3, $4, $5, $6)",
        account, tx.new_id<RoleGrantId>(), person, role, va, tx.now());
  });
}

void Tenant::revoke_all(PersonId person) {
  db->write([&](db::Tx& tx) { tx.exec("delete from role_grant where person_id = $1", person); });
}

EntitlementId Tenant::entitlement(std::string const& code) {
  auto const catalog = db->read([&](db::ReadTx& tx) { return catalogs.at(tx); });
  return catalog->find_entitlement(code)->entitlement_id;
}

api::Caller caller_of(api::Request const& request) {
  std::string_view const cookie = request.header("cookie");
  constexpr std::string_view name = "person=";
  if (!cookie.starts_with(name)) return {};
  auto const person = PersonId::parse(cookie.substr(name.size()));
  return person ? api::Caller{*person, {}} : api::Caller{};
}

void Tenant::serve(std::vector<api::Route> routes) {
  dispatcher.emplace(api::DispatchConfig{
      .routes = std::move(routes),
      .database = &*db,
      .services = &services,
      .sealer = &vault,
      .authenticate = [](db::ReadTx&, api::Request const& request) { return caller_of(request); }});
}

ApiClient Tenant::client(std::optional<PersonId> person) {
  ApiClient out(*dispatcher);
  if (person) out.cookies["person"] = person->text();
  return out;
}

}  // namespace menkyo::test
