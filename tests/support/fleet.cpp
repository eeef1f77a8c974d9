#include "tests/support/fleet.hpp"

#include <gtest/gtest.h>

#include "accounts/accounts.hpp"
#include "devices/store.hpp"
#include "licenses/invariants.hpp"
#include "tests/support/deposit.hpp"

namespace menkyo::test {

namespace {

char const* const catalog_csv =
    "record,code,family,name_en,name_ja,tag,license_types,enforced,export_controlled,product,entitlement,lender,"
    "borrower,priority\n"
    "family,KAZE,,Kaze routers,風ルーター,,,,,,,,,\n"
    "product,KZ-1,KAZE,Kaze 1,風1,,,,,,,,,\n"
    "entitlement,PRM,KAZE,PRM "
    "license,PRMライセンス,\"regid.2026-01.example.kaze.PRM,1.0_PRM\",perpetual,false,false,,,,,\n"
    "entitlement,ESS,KAZE,ESS "
    "license,ESSライセンス,\"regid.2026-01.example.kaze.ESS,1.0_ESS\",perpetual,false,false,,,,,\n"
    "entitlement,ENF,KAZE,ENF "
    "license,ENFライセンス,\"regid.2026-01.example.kaze.ENF,1.0_ENF\",perpetual,true,false,,,,,\n"
    "substitution,,,,,,,,,,,PRM,ESS,1\n"
    "compatibility,,,,,,,,,KZ-1,PRM,,,\n"
    "compatibility,,,,,,,,,KZ-1,ESS,,,\n"
    "compatibility,,,,,,,,,KZ-1,ENF,,,\n";

audit::Actor const command{audit::ActorKind::command, {}};
constexpr std::string_view mail = "sora@aozora.example";

int64_t count_in(Counts const& counts, std::string const& code) {
  auto const at = counts.find(code);
  return at == counts.end() ? 0 : at->second;
}

int64_t sum(Counts const& counts) {
  int64_t out = 0;
  for (auto const& [code, count] : counts) out += count;
  return out;
}

std::string text_of(Counts const& counts) {
  std::string out;
  for (auto const& [code, count] : counts) out += (out.empty() ? "" : " ") + code + "=" + std::to_string(count);
  return "{" + out + "}";
}

}  // namespace

std::map<std::string, int64_t> const& fleet_owned() {
  static std::map<std::string, int64_t> const owned{{"PRM", 60}, {"ESS", 20}, {"ENF", 15}};
  return owned;
}

uint64_t seed_of_run() {
  auto const* given = std::getenv("MENKYO_SEED");
  return given ? std::strtoull(given, nullptr, 10) : Random(system_seeds().next()).below(1'000'000);
}

// ---- The installation ---------------------------------------------------------------------------------------------

Installation::Installation(std::string const& kind, uint64_t seed, Clock const& clock)
    : place(kind, false), clock(clock), devices_world("sqlite", {.seed = seed}) {
  app::Service service(settings(), clock);
  auto const report = catalog::import_catalog(service.database(), service.vault(), catalog_csv, "kaze.csv", command,
                                              service.groups_changed());
  if (report.problems.count() != 0) throw std::logic_error("the catalogue: " + report.problems.first.front().reason);
  make_account(service);
  devices_world.account = account;
  devices_world.desk.reset();
  devices_world.authority = keys::Authority::load(service.database(), service.vault());
  devices_world.desk = std::make_unique<devices::Desk>(devices::DeskConfig{
      &*devices_world.db, &devices_world.vault, devices_world.authority.get(), &devices_world.catalogs});
  tell_time();
}

app::Settings Installation::settings() const {
  app::Settings settings;
  settings.data = folder.path;
  settings.database = place.url();
  settings.rates = {{}, {}};  // no limits
  return settings;
}

void Installation::make_account(app::Service& service) {
  session = "session of the administrator";
  service.database().write([&](db::Tx& tx) {
    account = accounts::create_smart_account(
                  tx, service.vault(),
                  {accounts::AccountName("Aozora"),
                   wire::Line<3, 253>("aozora.example"),
                   {people::Mail(std::string(mail)), people::Name("Sora"), people::Name("Ao"), people::Language::ja}},
                  command)
                  .smart_account.smart_account_id;
    va = accounts::default_virtual_account(tx, account);
    administrator = *people::find_person(tx, service.vault(), mail);
    tx.exec(
        "insert into person_session (session_lookup, session_id, person_id, created_at, used_at, expires_at) "
        "values ($1, $2, $3, $4, $4, $5)",
        service.vault().lookup("person_session", as_bytes(session)), tx.new_id<SessionId>(), administrator, tx.now(),
        tx.now() + std::chrono::hours(24 * 365));
    auto const catalog = service.catalogs().at(tx);
    for (auto const& [code, quantity] : fleet_owned()) {
      auto const id = catalog->find_entitlement(code)->entitlement_id;
      code_of[id] = code;
      licenses::deposit(tx, service.vault(), *catalog, perpetual(account, va, id, quantity, tx.now(), command));
    }
    // As many uses as devices: a registration counted twice would lock the last device out.
    token = devices::create_token(
        tx, service.vault(), service.authority(),
        {account, va, "racks", tx.now() + std::chrono::hours(24), fleet_clients * most_devices, true, {}, command});
  });
}

api::Response ask(app::Service& service, api::Request request) {
  auto answered = std::make_shared<std::promise<api::Response>>();
  auto future = answered->get_future();
  service.handle(std::move(request), [answered = std::move(answered)](api::Response response) {
    answered->set_value(std::move(response));
  });
  return future.get();
}

api::Request device_request(std::string const& message) {
  api::Request request;
  request.method = api::Method::post;
  request.path = "/device/v1/messages";
  request.headers = {{"content-type", "application/jose"}};
  request.body = message;
  return request;
}

// ---- What a device knows ------------------------------------------------------------------------------------------

void Agent::prepare(Random& chance, bool stays) {
  auto const what = chance.below(100);
  renews_key = false;
  reports_under_way = 0;
  if (what < 12) {
    reports_under_way = 1 + int64_t(chance.below(3));
    std::vector<std::pair<std::string, int64_t>> measured;
    for (int64_t i = 0; i < reports_under_way; ++i) measured.emplace_back("ESS", int64_t(chance.below(5)));
    pending = device.make_report(measured);
  } else if (what < 18) {
    renews_key = chance.below(2) == 0;
    pending = device.make_renew(renews_key);
  } else if (what < 20 && !stays) {
    pending = device.make_deregister();
  } else {
    Quantities wanted;
    for (auto const& [code, quantity] : fleet_owned()) {
      // Half of the messages change little, so that unchanged check-ins are among them.
      auto const now = chance.below(2) == 0 ? count_in(known.granted, code) : int64_t(chance.below(5));
      if (now > 0) wanted[code] = now;
    }
    pending = device.make_authorize(wanted);
  }
}

void Agent::acknowledge(Outcome const& outcome) {
  auto const& kind = pending->message;
  if (kind == "register") {
    device.learn(protocol::decode_register_answer(outcome.payload));
    known.device_id = device.id;
  } else if (kind == "authorize") {
    Counts granted;
    for (auto const& e : protocol::decode_authorize_answer(outcome.payload).entitlements)
      if (e.granted > 0) granted[e.entitlement] = e.granted;
    take_grants(std::move(granted));
  } else if (kind == "report") {
    known.reports += reports_under_way;
  } else if (kind == "renew_identity") {
    if (renews_key) device.key = *device.new_key;
  } else {
    take_grants({});
    known.left = true;
  }
  known.seq = pending->seq;
  last = std::move(pending);
  pending.reset();
  last_payload = outcome.payload;
}

void Agent::take_grants(Counts granted) {
  for (auto const& [code, quantity] : fleet_owned())
    if (count_in(known.granted, code) != count_in(granted, code)) ++known.changes[code];
  known.granted = std::move(granted);
}

// ---- Clients ------------------------------------------------------------------------------------------------------

FleetClient::FleetClient(Installation& installation, Post post, Tally& tally, uint64_t seed, int number)
    : installation_(installation),
      tally_(tally),
      post_(std::move(post)),
      random_(FixedSeeds(seed * 1000 + uint64_t(number)).next()),
      number_(number) {}

FleetClient::~FleetClient() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

template <class F>
void FleetClient::guarded(F&& work) {
  try {
    work();
  } catch (std::exception const& error) {
    ADD_FAILURE() << "client " << number_ << ": " << error.what();
    tally_.broken = true;
  }
}

void FleetClient::add_device() {
  auto const serial = std::to_string(number_) + "-" + std::to_string(agents_.size());
  auto agent = std::make_unique<Agent>(installation_.devices_world, serial);
  agent->pending = agent->device.make_register(installation_.token.text);
  std::lock_guard lock(mutex_);
  agents_.push_back(std::move(agent));
}

void FleetClient::register_all() {
  for (auto& agent : agents_)
    if (!exchange(*agent)) throw std::runtime_error("a registration got no answer");
}

void FleetClient::start() {
  thread_ = std::thread([this] { guarded([this] { talk(); }); });
}

void FleetClient::finish() {
  stop_ = true;
  thread_.join();
  guarded([this] {
    for (auto& agent : agents_) {
      for (int i = 0; agent->pending && i < 100; ++i) exchange(*agent);
      if (agent->pending) throw std::runtime_error("no answer from a server that runs");
    }
    if (!answers_stand()) throw std::runtime_error("no answer from a server that runs");
  });
}

std::vector<Acknowledged> FleetClient::known() {
  std::lock_guard lock(mutex_);
  std::vector<Acknowledged> out;
  for (auto const& a : agents_) {
    out.push_back(a->known);
    if (a->pending) out.back().under_way = a->pending->seq;
  }
  return out;
}

void FleetClient::talk() {
  while (!stop_ && !tally_.broken) {
    if (outage_ && !answers_stand()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      continue;
    }
    outage_ = false;
    if (agents_.size() < most_devices && random_.below(15) == 0) add_device();
    auto& agent = *choose();
    if (agent.pending) {
      ++tally_.sent_again;
    } else {
      std::lock_guard lock(mutex_);
      agent.prepare(random_, &agent == agents_.front().get());
    }
    outage_ = !exchange(agent);
  }
}

// Any that has not left; the first never does.
Agent* FleetClient::choose() {
  for (;;) {
    auto* const agent = agents_[random_.below(agents_.size())].get();
    if (!agent->known.left) return agent;
  }
}

bool FleetClient::is_none(std::optional<api::Response> const& response) const {
  return !response || response->status == 503 || (response->status == 500 && tally_.may_fail);
}

// Takes the answer to the message under way, if one comes. False if none came.
bool FleetClient::exchange(Agent& agent) {
  installation_.tell_time();
  auto const response = post_(agent.pending->text);
  if (is_none(response)) return false;
  auto const outcome = agent.device.check(*agent.pending, *response);
  if (outcome.resync())
    throw std::runtime_error("a device was told that the server knows another sequence: " + outcome.payload);
  std::lock_guard lock(mutex_);
  agent.acknowledge(outcome);
  ++tally_.acknowledged;
  return true;
}

// Sends the last acknowledged message of every idle device again. False if the server did not answer.
bool FleetClient::answers_stand() {
  for (auto& agent : agents_) {
    if (agent->pending || !agent->last) continue;
    installation_.tell_time();
    auto const response = post_(agent->last->text);
    if (is_none(response)) return false;
    auto const outcome = agent->device.check(*agent->last, *response);
    if (outcome.payload != agent->last_payload)
      throw std::runtime_error("an acknowledged answer became another:\n" + agent->last_payload + "\n" +
                               outcome.payload);
    ++tally_.repeated;
  }
  return true;
}

Fleet make_fleet(Installation& installation, std::function<Post()> const& connect, Tally& tally, uint64_t seed,
                 int devices) {
  Fleet fleet;
  for (int i = 0; i < fleet_clients; ++i) {
    fleet.push_back(std::make_unique<FleetClient>(installation, connect(), tally, seed, i));
    for (int d = 0; d < devices; ++d) fleet.back()->add_device();
    fleet.back()->register_all();
  }
  return fleet;
}

std::vector<Acknowledged> known_to(Fleet const& fleet) {
  std::vector<Acknowledged> all;
  for (auto const& client : fleet)
    for (auto& known : client->known()) all.push_back(std::move(known));
  return all;
}

// ---- What the database holds --------------------------------------------------------------------------------------

namespace {

struct CodeCount {
  EntitlementId entitlement_id;
  int64_t count;
};

// What is stored of one device beside what it was told.
void compare(db::ReadTx& tx, Installation const& installation, Acknowledged const& known,
             std::vector<std::string>& out) {
  auto const device = *DeviceId::parse(known.device_id);
  auto const seq = tx.one<int64_t>("select sequence from device_contact where device_id = $1", device).value_or(0);
  if (known.under_way && seq == *known.under_way) return;
  auto const differ = [&](bool more, std::string const& what, std::string const& is, std::string const& was_told) {
    if (is != was_told)
      out.push_back((more ? "doubled: device " : "lost: device ") + known.device_id + ": " + what + " " + is +
                    ", told was " + was_told);
  };
  Counts granted, changes;
  for (auto const& [entitlement, quantity] : devices::store::uses_of(tx, installation.account, device))
    granted[installation.code_of.at(entitlement)] = quantity;
  for (auto const& row : tx.all<CodeCount>("select entitlement_id, count(*) from use_entry where device_id = $1 "
                                           "group by entitlement_id order by entitlement_id",
                                           device))
    changes[installation.code_of.at(row.entitlement_id)] = row.count;
  auto const reports = *tx.one<int64_t>("select count(*) from usage_report where device_id = $1", device);
  differ(seq > known.seq, "the last message is", std::to_string(seq), std::to_string(known.seq));
  differ(false, "it may use", text_of(granted), text_of(known.granted));
  differ(sum(changes) > sum(known.changes), "its use changed", text_of(changes), text_of(known.changes));
  differ(reports > known.reports, "reports kept:", std::to_string(reports), std::to_string(known.reports));
}

}  // namespace

std::vector<std::string> lost_or_doubled(db::ReadTx& tx, Installation const& installation,
                                         std::vector<Acknowledged> const& known) {
  std::vector<std::string> out;
  int64_t registered = 0, registering = 0;
  for (auto const& device : known) {
    if (device.device_id.empty()) {
      ++registering;
      continue;
    }
    ++registered;
    compare(tx, installation, device, out);
  }
  auto const devices = *tx.one<int64_t>("select count(*) from device");
  if (devices < registered || devices > registered + registering)
    out.push_back((devices < registered ? "lost: " : "doubled: ") + std::to_string(devices) +
                  " devices, registered were " + std::to_string(registered) + ", under way " +
                  std::to_string(registering));
  return out;
}

std::vector<std::string> broken_rows(db::ReadTx& tx, Installation const& installation) {
  catalog::CatalogCache catalogs;
  auto out = licenses::broken_invariants(tx, *catalogs.at(tx), installation.account);
  for (auto& sentence : broken_device_rows(tx)) out.push_back(std::move(sentence));
  if (*tx.one<int64_t>("select count(*) from registration") != *tx.one<int64_t>("select count(*) from device"))
    out.push_back("registrations are not devices");
  return out;
}

}  // namespace menkyo::test
