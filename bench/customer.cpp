#include "accounts/accounts.hpp"
#include "app/service.hpp"
#include "bench/fleet.hpp"
#include "tests/support/deposit.hpp"

namespace menkyo::bench {

namespace {

constexpr int virtual_accounts = 16;

audit::Actor const by_command{audit::ActorKind::command, {}};

// PRM lends to ADV, ADV to ESS: a group of three is settled with every draw.
constexpr char catalog_csv[] =
    "record,code,family,name_en,name_ja,tag,license_types,enforced,export_controlled,product,entitlement,lender,"
    "borrower,priority\n"
    "family,KAZE,,Kaze routers,風ルーター,,,,,,,,,\n"
    "product,KZ-1,KAZE,Kaze 1,風1,,,,,,,,,\n"
    "entitlement,PRM,KAZE,Premier,最上,\"regid.2026-01.example.kaze.PRM,1.0_PRM\",perpetual,false,false,,,,,\n"
    "entitlement,ADV,KAZE,Advantage,拡張,\"regid.2026-01.example.kaze.ADV,1.0_ADV\",perpetual,false,false,,,,,\n"
    "entitlement,ESS,KAZE,Essentials,基本,\"regid.2026-01.example.kaze.ESS,1.0_ESS\",perpetual,false,false,,,,,\n"
    "substitution,,,,,,,,,,,PRM,ADV,1\n"
    "substitution,,,,,,,,,,,ADV,ESS,1\n"
    "compatibility,,,,,,,,,KZ-1,ADV,,,\n"
    "compatibility,,,,,,,,,KZ-1,ESS,,,\n";

VirtualAccountId make_virtual_account(db::Tx& tx, SmartAccountId account, int number) {
  auto const id = tx.new_id<VirtualAccountId>();
  auto const name = "Site " + std::to_string(number);
  tx.exec(
      "insert into virtual_account (smart_account_id, virtual_account_id, number, parent_id, path, sort_path, depth,"
      " name, description, is_default, commerce_access, created_at, version)"
      " values ($1, $2, $3, null, $4, $5, 1, $5, '', $6, 'PRIVATE', $7, 1)",
      account, id, int64_t(number), "/" + std::to_string(number) + "/", name, false, tx.now());
  return id;
}

std::string make_pool(app::Service& service, db::Tx& tx, SmartAccountId account, int number, int64_t quantity) {
  auto const va = make_virtual_account(tx, account, number);
  auto const catalog = service.catalogs().at(tx);
  for (auto const* code : {"PRM", "ADV", "ESS"})
    licenses::deposit(tx, service.vault(), *catalog,
                      test::perpetual(account, va, catalog->find_entitlement(code)->entitlement_id, quantity,
                                      tx.now(), by_command));
  return devices::create_token(tx, service.vault(), service.authority(),
                               {account, va, "bench", tx.now() + std::chrono::hours(24), {}, true, {}, by_command})
      .text;
}

}  // namespace

Customer make_customer(app::Settings const& settings, size_t devices) {
  app::Service service(settings);
  auto const report = catalog::import_catalog(service.database(), service.vault(), catalog_csv, "bench.csv",
                                              by_command, service.groups_changed());
  if (report.problems.count() != 0) throw std::logic_error("the catalogue: " + report.problems.first.front().reason);
  Customer out;
  out.installation = service.authority().installation();
  out.anchors = {service.authority().root_certificate()};
  out.epoch = service.authority().epoch();
  service.database().write([&](db::Tx& tx) {
    out.tokens.clear();
    auto const account =
        accounts::create_smart_account(
            tx, service.vault(),
            {accounts::AccountName("Aozora"),
             wire::Line<3, 253>("aozora.example"),
             {people::Mail("sora@aozora.example"), people::Name("Sora"), people::Name("Ao"), people::Language::ja}},
            by_command)
            .smart_account.smart_account_id;
    for (int i = 0; i < virtual_accounts; ++i)
      out.tokens.push_back(make_pool(service, tx, account, 1000 + i, int64_t(2 * devices)));
  });
  return out;
}

}  // namespace menkyo::bench
