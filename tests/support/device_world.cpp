#include "tests/support/device_world.hpp"

#include "base/text.hpp"
#include "catalog/import.hpp"
#include "devices/store.hpp"
#include "licenses/invariants.hpp"
#include "tests/support/deposit.hpp"

namespace menkyo::test {

namespace {

audit::Actor const command{audit::ActorKind::command, {}};

std::string entitlement_line(std::string const& code, std::string const& marks) {
  return "entitlement," + code + ",KAZE," + code + " license," + code + "ライセンス,\"regid.2026-01.example.kaze." +
         code + ",1.0_" + code + "\",perpetual|term|demo," + marks + ",,,,,\n";
}
std::string compatible_line(std::string const& product, std::string const& entitlement) {
  return "compatibility,,,,,,,,," + product + "," + entitlement + ",,,\n";
}
std::string lends_line(std::string const& lender, std::string const& borrower) {
  return "substitution,,,,,,,,,,," + lender + "," + borrower + ",1\n";
}

std::string catalog_csv() {
  std::string csv =
      "record,code,family,name_en,name_ja,tag,license_types,enforced,export_controlled,product,entitlement,lender,"
      "borrower,priority\n"
      "family,KAZE,,Kaze routers,風ルーター,,,,,,,,,\n"
      "product,KZ-1,KAZE,Kaze 1,風1,,,,,,,,,\n"
      "product,KZ-2,KAZE,Kaze 2,風2,,,,,,,,,\n";
  for (auto const* code : {"PRM", "ADV", "ESS", "OTHER"}) csv += entitlement_line(code, "false,false");
  for (auto const* code : {"HI", "LO", "ENF"}) csv += entitlement_line(code, "true,false");
  csv += entitlement_line("EXP", "false,true");
  csv += lends_line("PRM", "ADV") + lends_line("ADV", "ESS") + lends_line("HI", "LO");
  for (auto const* code : {"PRM", "ADV", "ESS", "HI", "LO", "ENF", "EXP"}) csv += compatible_line("KZ-1", code);
  return csv + compatible_line("KZ-2", "OTHER");
}

void import(db::Database& database, keys::Vault const& vault) {
  auto const report = catalog::import_catalog(database, vault, catalog_csv(), "world.csv", command, {});
  for (auto const& fault : report.problems.first)
    throw std::logic_error("the world's catalogue: line " + std::to_string(fault.line) + " " + fault.column + " " +
                           fault.reason);
}

void insert_virtual_account(db::Tx& tx, SmartAccountId account, VirtualAccountId id, int64_t number,
                            std::string const& name) {
  tx.exec(
      "insert into virtual_account (smart_account_id, virtual_account_id, number, parent_id, path, sort_path, depth, "
      "name, "
      "description, is_default, commerce_access, created_at, version) values ($1, $2, $3, null, $4, $5, 1, $6, '', "
      "$7, "
      "'PRIVATE', $8, 1)",
      account, id, number, "/" + std::to_string(number) + "/",
      sort_key(name) + "\x01" + std::to_string(number) + "\x02", name, number == 1, tx.now());
}

}  // namespace

DeviceWorld::DeviceWorld(std::string const& database_kind, DeviceWorldConfig config)
    : db(database_kind, true, config.seed), policy(config.policy), chance_(FixedSeeds(config.seed ^ 0x5eed).next()) {
  db.open();
  keys::ensure_installation(*db, vault);
  import(*db, vault);
  db->write([&](db::Tx& tx) {
    account = tx.new_id<SmartAccountId>();
    va = tx.new_id<VirtualAccountId>();
    second_va = tx.new_id<VirtualAccountId>();
    tx.exec(
        "insert into smart_account (smart_account_id, number, name, domain, type, status, created_at, version) "
        "values "
        "($1, 1, 'Aozora', 'aozora.example', 'CUSTOMER', 'ACTIVE', $2, 1)",
        account, tx.now());
    tx.exec("insert into smart_account_domain (domain, smart_account_id) values ('aozora.example', $1)", account);
    insert_virtual_account(tx, account, va, 1, "Default");
    insert_virtual_account(tx, account, second_va, 2, "Osaka");
  });
  reopen_desk();
}

DeviceWorld::~DeviceWorld() = default;

void DeviceWorld::reopen_desk() {
  desk.reset();
  authority = keys::Authority::load(*db, vault);
  desk = std::make_unique<devices::Desk>(devices::DeskConfig{&*db, &vault, authority.get(), &catalogs, policy});
}

void DeviceWorld::restart_after(std::function<void()> const& between) {
  auto const last = now();
  desk.reset();
  authority.reset();
  db.close();
  between();
  db.open();
  db->set_floor(last);
  reopen_desk();
}

void DeviceWorld::restart() {
  restart_after([] {});
}

void DeviceWorld::save() {
  restart_after([this] { db.save(); });
}

void DeviceWorld::restore() {
  auto const epoch = authority->epoch();
  restart_after([this] { db.restore(); });
  begin_epoch(epoch + 1);
}

void DeviceWorld::begin_epoch(std::optional<int64_t> epoch) {
  db->write([&](db::Tx& tx) { tx.exec("update installation set epoch = coalesce($1, epoch + 1)", epoch); });
  reopen_desk();
}

std::shared_ptr<const catalog::Catalog> DeviceWorld::catalog() {
  return db->read([&](db::ReadTx& tx) { return catalogs.at(tx); });
}
EntitlementId DeviceWorld::id_of(std::string const& code) {
  auto const present = catalog();
  auto const* found = present->find_entitlement(code);
  if (!found) throw std::logic_error("no entitlement " + code);
  return found->entitlement_id;
}
std::string DeviceWorld::code_of(EntitlementId id) {
  auto const present = catalog();
  auto const* found = present->find_entitlement(id);
  return found ? found->code : id.text();
}

Bytes DeviceWorld::chance(size_t count) {
  std::lock_guard lock(chance_mutex_);
  return chance_.bytes(count);
}

LotId DeviceWorld::deposit(std::string const& code, int64_t quantity, Instant ends_at,
                           std::optional<Instant> starts_at) {
  auto const type = ends_at == forever ? licenses::LicenseType::PERPETUAL : licenses::LicenseType::TERM;
  auto const present = catalog();
  auto const id = id_of(code);
  return db->write([&](db::Tx& tx) {
    return licenses::deposit(
        tx, vault, *present,
        {account, va, id, type, quantity, starts_at.value_or(tx.now()), ends_at, {}, "order", "A-1/1", command});
  });
}

LotId DeviceWorld::deposit_to(VirtualAccountId into, std::string const& code, int64_t quantity) {
  auto const present = catalog();
  auto const id = id_of(code);
  return db->write([&](db::Tx& tx) {
    return licenses::deposit(tx, vault, *present, test::perpetual(account, into, id, quantity, tx.now(), command));
  });
}

devices::CreatedToken DeviceWorld::token(TokenWish const& wish) {
  return db->write([&](db::Tx& tx) {
    return devices::create_token(tx, vault, *authority,
                                 {account,
                                  wish.second_virtual_account ? second_va : va,
                                  "racks",
                                  tx.now() + wish.lives,
                                  wish.max_uses,
                                  wish.export_controlled_allowed,
                                  {},
                                  command});
  });
}

void DeviceWorld::revoke(RegistrationTokenId id) {
  db->write([&](db::Tx& tx) { devices::store::revoke_token(tx, account, id); });
}

int64_t DeviceWorld::token_uses(RegistrationTokenId id) {
  return *db->read([&](db::ReadTx& tx) {
    return tx.one<int64_t>("select uses from registration_token where registration_token_id = $1", id);
  });
}

api::Response DeviceWorld::exchange(std::string body, std::string const& content_type) {
  std::promise<api::Response> answered;
  api::Request request;
  request.method = api::Method::post;
  request.path = "/device/v1/messages";
  request.headers = {{"content-type", content_type}};
  request.body = std::move(body);
  desk->handle(std::move(request), [&](api::Response response) { answered.set_value(std::move(response)); });
  return answered.get_future().get();
}

void DeviceWorld::remove(DeviceId device, bool by_person) {
  db->write([&](db::Tx& tx) {
    desk->with_context(tx, [&](devices::Context const& context) {
      devices::remove_device(tx, context, account, device, command, by_person);
    });
  });
}

devices::Looked DeviceWorld::look(DeviceId device) {
  return db->write([&](db::Tx& tx) {
    return desk->with_context(
        tx, [&](devices::Context const& context) { return devices::look_at_device(tx, context, account, device); });
  });
}

int DeviceWorld::settle(VirtualAccountId of) {
  auto const present = catalog();
  return db->write([&](db::Tx& tx) { return licenses::settle_due(tx, vault, *present, account, of); });
}

std::vector<std::pair<DeviceId, devices::Looked>> DeviceWorld::run_timers() {
  struct Due {
    std::string kind;
    std::array<uint8_t, 16> subject;
  };
  auto const due = db->read([](db::ReadTx& tx) {
    return tx.all<Due>("select kind, subject_id from timer where due_at <= $1 order by due_at, kind, subject_id",
                       tx.now());
  });
  std::vector<std::pair<DeviceId, devices::Looked>> looked;
  for (auto const& d : due) {
    if (d.kind == "device") looked.emplace_back(DeviceId{d.subject}, look(DeviceId{d.subject}));
    if (d.kind == "license_boundary") settle(VirtualAccountId{d.subject});
  }
  return looked;
}

Quantities DeviceWorld::granted(DeviceId device) {
  Quantities out;
  auto const uses = db->read([&](db::ReadTx& tx) { return devices::store::uses_of(tx, account, device); });
  for (auto const& [entitlement, quantity] : uses) out[code_of(entitlement)] = quantity;
  return out;
}

licenses::PositionRow DeviceWorld::position(std::string const& code) {
  auto const present = catalog();
  auto const id = id_of(code);
  return db->read([&](db::ReadTx& tx) {
    licenses::Books books(tx, *present);
    books.load({books.key_of(account, va, id)});
    return books.position(account, va, id);
  });
}

int64_t DeviceWorld::events(std::string const& kind) {
  return *db->read(
      [&](db::ReadTx& tx) { return tx.one<int64_t>("select count(*) from event where kind = $1", kind); });
}

int64_t DeviceWorld::count(std::string_view sql) {
  return *db->read([&](db::ReadTx& tx) { return tx.one<int64_t>(sql); });
}

std::vector<std::string> DeviceWorld::broken() {
  return db->read([&](db::ReadTx& tx) { return broken_in(tx); });
}

std::vector<std::string> DeviceWorld::broken_in(db::ReadTx& tx) {
  auto const present = catalogs.at(tx);
  auto out = licenses::broken_invariants(tx, *present, account);
  for (auto& sentence : broken_device_rows(tx)) out.push_back(std::move(sentence));
  return out;
}

std::vector<std::string> broken_device_rows(db::ReadTx& tx) {
  std::vector<std::string> out;
  auto const none = [&](std::string_view sql, char const* sentence) {
    if (auto const n = *tx.one<int64_t>(sql); n != 0) out.push_back(std::to_string(n) + " " + sentence);
  };
  none(
      "select count(*) from virtual_account v left join virtual_account_total t on t.virtual_account_id = "
      "v.virtual_account_id where coalesce(t.device_count, 0) <> (select count(*) from device d where "
      "d.virtual_account_id = v.virtual_account_id and d.status = 'registered')",
      "virtual accounts count other devices than they have");
  none(
      "select count(*) from virtual_account v left join virtual_account_total t on t.virtual_account_id = "
      "v.virtual_account_id where coalesce(t.silent_device_count, 0) <> (select count(*) from device_contact c where "
      "c.virtual_account_id = v.virtual_account_id and c.silent)",
      "virtual accounts count other silent devices than they have");
  if (auto const n = *tx.one<int64_t>("select count(*) from device_contact where silent and (status <> 'registered' "
                                      "or last_contact_at > $1)",
                                      tx.now() - devices::silent_after);
      n != 0)
    out.push_back(std::to_string(n) + " devices are called silent and are not");
  none("select count(*) from registration_token where max_uses is not null and uses > max_uses",
       "tokens are over their limit");
  none(
      "select count(*) from registration_token t where t.uses <> (select count(*) from device d where "
      "d.registration_token_id = t.registration_token_id)",
      "tokens were used for another number of devices");
  none("select count(*) from device_use where quantity < 1", "uses are of no license");
  none("select count(*) from device_use u join device d on d.device_id = u.device_id where d.status <> 'registered'",
       "uses belong to a device that is gone");
  none(
      "select count(*) from device_use u where u.quantity <> coalesce((select cast(sum(e.change) as bigint) from "
      "use_entry "
      "e where e.device_id = u.device_id and e.entitlement_id = u.entitlement_id), 0)",
      "uses are not the sum of their history");
  none(
      "select count(*) from (select e.device_id, e.entitlement_id, sum(e.change) as total from use_entry e group by "
      "e.device_id, e.entitlement_id) h where h.total <> 0 and not exists (select 1 from device_use u where "
      "u.device_id = "
      "h.device_id and u.entitlement_id = h.entitlement_id)",
      "histories of use are left open");
  none(
      "select count(*) from device d left join device_contact c on c.smart_account_id = d.smart_account_id and "
      "c.device_id = d.device_id and c.virtual_account_id = d.virtual_account_id and c.product_id = d.product_id and "
      "c.status = d.status where c.device_id is null",
      "devices have no contact, or one that says otherwise");
  struct InUse {
    DeviceId device_id;
    std::string in_use;
  };
  std::map<DeviceId, devices::store::Uses> uses;
  for (auto const& u :
       tx.all<devices::store::UseRow>("select smart_account_id, device_id, entitlement_id, quantity from device_use"))
    uses[u.device_id][u.entitlement_id] = u.quantity;
  for (auto const& row : tx.all<InUse>("select device_id, in_use from device_contact"))
    if (devices::store::parse_uses(row.in_use) != uses[row.device_id])
      out.push_back(row.device_id.text() + " has other uses in its contact");
  none(
      "select count(*) from device d where d.status = 'registered' and not exists (select 1 from timer t where "
      "t.kind = "
      "'device' and t.subject_id = d.device_id) and not exists (select 1 from event e join device_contact c on "
      "c.device_id = e.subject_id where e.subject_id = d.device_id and e.kind = 'device_identity_lapsed' and "
      "c.silent)",
      "registered devices are watched by no timer");
  return out;
}

}  // namespace menkyo::test
