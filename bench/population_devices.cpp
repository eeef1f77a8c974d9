#include "bench/population_devices.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <queue>
#include <thread>
#include <tuple>

#include "audit/seal.hpp"
#include "protocol/json.hpp"
#include "protocol/schedule.hpp"

namespace menkyo::bench {

namespace {

using devices::AuthorizationState;

constexpr size_t chunk = 10'000;  // devices to a transaction
constexpr size_t share_certificate = 50;
// Between a registration and the draw that follows it.
constexpr Duration until_draw = std::chrono::seconds(2);

struct EventText {
  audit::EventKind kind;
  std::string data;
};

std::string draw_data(char const* entitlement, int64_t from, int64_t to) {
  std::string out;
  protocol::json::Writer(out)
      .begin_object()
      .member("entitlement_code", entitlement)
      .member("from", from)
      .member("to", to)
      .end_object();
  return out;
}

// What takes no database: key, certificate, sealed details, answer. Made on all processors.
struct Made {
  DeviceFacts facts;
  size_t number = 0;
  Bytes certificate, wrapped_details, answer;
  Bytes salt, wrapped_name;
  protocol::Digest key_thumbprint, registration_hash, message_hash;
  std::string host_name, serial_number;
};

class Writing {
 public:
  Writing(app::Service& service, ManualClock& clock, Population const& population)
      : service_(service),
        clock_(clock),
        population_(population),
        plan_(population.plan),
        account_(population.smart_account_id),
        policy_(service.desk().policy()) {
    database().read([&](db::ReadTx& tx) {
      auto const catalog = service_.catalogs().at(tx);
      product_ = catalog->find_product(population_product)->product_id;
      changing_ = catalog->find_entitlement(changing_entitlement)->entitlement_id;
      steady_ = catalog->find_entitlement(steady_entitlement)->entitlement_id;
      changing_name_ = catalog->find_entitlement(changing_)->name_en;
      steady_name_ = catalog->find_entitlement(steady_)->name_en;
      for (auto const& t : tokens_in_order(tx, account_)) tokens_.push_back(t.registration_token_id);
    });
  }

  void run() {
    if (sqlite()) database().write(use_much_memory);
    count_short();
    PutAsideIndexes indexes(database());
    auto const devices = plan_.size().devices;
    auto next = std::async(std::launch::async, [this] { return make(0); });
    for (size_t from = 0; from < devices; from += chunk) {
      auto const made = next.get();
      if (from + chunk < devices) next = std::async(std::launch::async, [this, from] { return make(from + chunk); });
      auto const until = from + chunk < devices ? plan_.device(from + chunk).registered_at : plan_.quiet_from();
      write(made, until);
    }
    write_use_entries();
    indexes.restore(service_.settings().database_url());
  }

 private:
  db::Database& database() { return service_.database(); }
  bool sqlite() { return database().driver().shares_commits(); }

  // How much a short virtual account lacks: what its devices were told.
  void count_short() {
    missing_.assign(plan_.size().virtual_accounts, {-2, -1});
    for (size_t i = 0; i < plan_.size().devices; ++i) {
      auto const d = plan_.device(i);
      missing_[d.virtual_account].first += d.quantity;
      missing_[d.virtual_account].second += 1;
    }
  }

  // ---- beside the database ----------------------------------------------------------------------------------------

  std::vector<Made> make(size_t from) const {
    auto const to = std::min(from + chunk, plan_.size().devices);
    std::vector<Made> out(to - from);
    auto const threads = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::future<void>> parts;
    std::atomic<size_t> next{0};
    for (unsigned part = 0; part < threads; ++part)
      parts.push_back(std::async(std::launch::async, [&] {
        for (size_t first; (first = next.fetch_add(share_certificate)) < out.size();) {
          auto const certificate = certificate_of(from + first);
          for (size_t i = first; i < std::min(first + share_certificate, out.size()); ++i)
            out[i] = make_one(from + i, certificate);
        }
      }));
    for (auto& part : parts) part.get();
    return out;
  }

  Made make_one(size_t number, Bytes const& certificate) const {
    Made m;
    m.number = number;
    m.facts = plan_.device(number);
    m.key_thumbprint = device_thumbprint(plan_.size().seed, number);
    m.certificate = certificate;
    m.serial_number = "SN-" + std::to_string(number);
    m.host_name = "router-" + std::to_string(number);
    std::string details;
    protocol::json::Writer(details)
        .begin_object()
        .member("agent_version", "bench")
        .member("host_name", m.host_name)
        .end_object();
    auto random = chance_for("rows", plan_.size().seed, number);
    m.wrapped_details = service_.vault().seal("device", as_bytes(details), random);
    random.fill(m.registration_hash);
    random.fill(m.message_hash);
    m.salt = random.bytes(16);
    m.wrapped_name = service_.vault().seal("event_personal", as_bytes(m.host_name), random);
    m.answer = devices::store::kept_answer(protocol::typ::authorize_answer, answer_of(m.facts));
    return m;
  }

  // Its own certificate costs more than all the rest of a device, and nothing reads it while a device draws and
  // reports: of so many neighbours one has its own, the others a copy of it.
  Bytes certificate_of(size_t number) const {
    auto const d = plan_.device(number);
    return service_.authority().issue(d.device_id.text(), account_.text(), device_key(plan_.size().seed, number),
                                      Bytes(d.certificate_serial.begin(), d.certificate_serial.end()),
                                      d.registered_at, expires_at(d));
  }

  Instant expires_at(DeviceFacts const& d) const {
    return d.registered_at + std::chrono::seconds(policy_.identity_validity_s);
  }
  bool lacks(DeviceFacts const& d) const { return plan_.is_short(d.virtual_account); }

  std::string answer_of(DeviceFacts const& d) const {
    using std::chrono::seconds;
    protocol::AuthorizeAnswer a;
    a.message = "authorize";
    a.seq = d.sequence;
    a.nonce = d.nonce;
    a.epoch = service_.authority().epoch();
    a.answered_at = d.last_contact_at;
    a.installation = service_.authority().installation();
    auto const [changing_missing, steady_missing] = missing_[d.virtual_account];
    a.entitlements = {entitlement(changing_entitlement, changing_name_, d.quantity, lacks(d) ? changing_missing : 0),
                      entitlement(steady_entitlement, steady_name_, 1, lacks(d) ? steady_missing : 0)};
    a.authorization_state =
        lacks(d) ? protocol::AuthorizationState::out_of_compliance : protocol::AuthorizationState::authorized;
    a.valid_until = d.last_contact_at + seconds(policy_.authorization_period_s);
    auto const id = d.device_id.text();
    auto const window = protocol::window_after(
        id, protocol::Errand::check_in, lacks(d) ? policy_.out_of_compliance_renew_s : policy_.authorization_renew_s,
        d.last_contact_at);
    a.renew_after_from = window.from;
    a.renew_after_to = window.to;
    a.identity_renew_at =
        protocol::window_after(id, protocol::Errand::renew_identity, policy_.identity_renew_s, d.registered_at).from;
    a.policy = policy_;
    return protocol::encode(a);
  }

  static protocol::EntitlementAnswer entitlement(char const* code, std::string const& name, int64_t quantity,
                                                 int64_t missing) {
    protocol::EntitlementAnswer e;
    e.entitlement = code;
    e.name = name;
    e.wanted = e.granted = quantity;
    e.missing = std::max<int64_t>(0, missing);
    if (e.missing > 0) e.status = protocol::EntitlementStatus::out_of_compliance;
    return e;
  }

  // ---- rows -------------------------------------------------------------------------------------------------------

  // These devices, and every change of known devices until then.
  void write(std::vector<Made> const& made, Instant until) {
    DeviceRows rows;
    events_.clear();
    personals_.clear();
    for (auto const& m : made) {
      add_rows(rows, m);
      add_events(m);
      if (m.facts.changes > 0) upcoming_.push({m.facts.change_at(0), 0, m.number});
    }
    std::sort(rows.registrations.begin(), rows.registrations.end(),
              [](auto const& a, auto const& b) { return a.message_hash < b.message_hash; });
    while (!upcoming_.empty() && upcoming_.top().at < until) take_change();
    auto const by_id = [](auto const& a, auto const& b) { return a.event_id < b.event_id; };
    std::sort(events_.begin(), events_.end(), by_id);
    std::sort(personals_.begin(), personals_.end(), by_id);
    clock_.set(until);
    database().write([&](db::Tx& tx) {
      insert(tx, rows);
      audit::store::insert_events(tx, events_);
      audit::store::insert_personals(tx, personals_);
    });
    seal_all(service_);
  }

  void add_rows(DeviceRows& rows, Made const& m) {
    auto const& d = m.facts;
    auto const va = population_.virtual_accounts[d.virtual_account];
    rows.devices.push_back({account_,
                            d.device_id,
                            va,
                            product_,
                            tokens_[d.virtual_account],
                            devices::DeviceStatus::registered,
                            m.host_name,
                            devices::name_key(m.host_name),
                            population_product,
                            m.serial_number,
                            m.wrapped_details,
                            m.certificate,
                            d.registered_at,
                            {}});
    rows.contacts.push_back({account_,
                             d.device_id,
                             va,
                             product_,
                             devices::DeviceStatus::registered,
                             true,
                             m.key_thumbprint,
                             expires_at(d),
                             d.last_contact_at,
                             d.sequence,
                             m.message_hash,
                             m.answer,
                             protocol::first_report_hash(d.device_id.text()),
                             lacks(d) ? AuthorizationState::out_of_compliance : AuthorizationState::authorized,
                             devices::store::format_uses({{changing_, d.quantity}, {steady_, 1}}),
                             {},
                             {},
                             {},
                             plan_.is_silent(d)});
    rows.registrations.push_back({account_, m.registration_hash, d.device_id, d.registered_at});
    rows.timers.push_back({account_, d.device_id, *devices::next_look(rows.contacts.back(), policy_, plan_.until())});
    rows.uses.push_back({account_, d.device_id, std::min(changing_, steady_), changing_ < steady_ ? d.quantity : 1});
    rows.uses.push_back({account_, d.device_id, std::max(changing_, steady_), changing_ < steady_ ? 1 : d.quantity});
  }

  void add_events(Made const& m) {
    auto const& d = m.facts;
    auto random = chance_for("events", plan_.size().seed, m.number);
    std::string data;
    protocol::json::Writer(data).begin_object().member("product_code", population_product).end_object();
    auto& registered = add_event(d, random, d.registered_at, {audit::EventKind::device_registered, data});
    auto salted = m.salt;
    salted.insert(salted.end(), m.host_name.begin(), m.host_name.end());
    auto const digest = protocol::sha256(ByteView(salted));
    registered.commitment.emplace(digest.begin(), digest.end());
    personals_.push_back({account_, registered.event_id, m.salt, m.wrapped_name});
    auto const drawn = d.registered_at + until_draw;
    add_event(d, random, drawn, {audit::EventKind::use_changed, draw_data(changing_entitlement, 0, 1)});
    add_event(d, random, drawn, {audit::EventKind::use_changed, draw_data(steady_entitlement, 0, 1)});
  }

  void take_change() {
    auto const [at, n, number] = upcoming_.top();
    upcoming_.pop();
    auto const d = plan_.device(number);
    auto random = chance_for("change", plan_.size().seed, number * 64 + n);
    auto const before = int64_t(1 + n % 2);
    add_event(d, random, at, {audit::EventKind::use_changed, draw_data(changing_entitlement, before, 3 - before)});
    if (n + 1 < d.changes) upcoming_.push({d.change_at(n + 1), n + 1, number});
  }

  audit::store::EventRow& add_event(DeviceFacts const& d, Random& random, Instant at, EventText text) {
    Bytes const device(d.device_id.bytes.begin(), d.device_id.bytes.end());
    auto const& va = population_.virtual_accounts[d.virtual_account].bytes;
    events_.push_back({account_,
                       EventId{random.uuid7(at)},
                       at,
                       std::string(to_text(text.kind)),
                       "device",
                       device,
                       Bytes(va.begin(), va.end()),
                       "device",
                       device,
                       std::move(text.data),
                       {}});
    return events_.back();
  }

  // By key, which begins with the virtual account: in order, and never all in memory.
  void write_use_entries() {
    std::vector<std::vector<uint32_t>> devices_of(plan_.size().virtual_accounts);
    for (size_t i = 0; i < plan_.size().devices; ++i)
      devices_of[plan_.device(i).virtual_account].push_back(uint32_t(i));
    std::vector<devices::store::UseEntryRow> rows;
    auto const flush = [&] {
      database().write([&](db::Tx& tx) { devices::store::insert_use_entries(tx, rows); });
      rows.clear();
    };
    for (size_t va = 0; va < devices_of.size(); ++va) {
      for (auto const entitlement : {std::min(changing_, steady_), std::max(changing_, steady_)}) {
        auto const first = rows.size();
        for (auto const i : devices_of[va]) add_use_entries(rows, plan_.device(i), entitlement);
        std::sort(rows.begin() + long(first), rows.end(), [](auto const& a, auto const& b) {
          return std::tie(a.at, a.device_id) < std::tie(b.at, b.device_id);
        });
        if (rows.size() >= 4 * chunk) flush();
      }
    }
    flush();
  }

  void add_use_entries(std::vector<devices::store::UseEntryRow>& rows, DeviceFacts const& d,
                       EntitlementId entitlement) {
    auto const va = population_.virtual_accounts[d.virtual_account];
    rows.push_back({account_, va, entitlement, d.registered_at + until_draw, d.device_id, 1, 1});
    if (entitlement != changing_) return;
    for (size_t n = 0; n < d.changes; ++n) {
      auto const quantity = int64_t(2 - n % 2);
      rows.push_back({account_, va, entitlement, d.change_at(n), d.device_id, quantity, n % 2 == 0 ? 1 : -1});
    }
  }

  struct Change {
    Instant at;
    size_t change, device;
    bool operator<(Change const& other) const { return at > other.at; }  // the earliest is on top
  };

  app::Service& service_;
  ManualClock& clock_;
  Population const& population_;
  Plan const& plan_;
  SmartAccountId account_;
  devices::Policy policy_;
  ProductId product_;
  EntitlementId changing_, steady_;
  std::string changing_name_, steady_name_;
  std::vector<RegistrationTokenId> tokens_;           // by virtual account
  std::vector<std::pair<int64_t, int64_t>> missing_;  // likewise: of what changes, of what does not
  std::priority_queue<Change> upcoming_;
  std::vector<audit::store::EventRow> events_;
  std::vector<audit::store::NewPersonalRow> personals_;
};

}  // namespace

void write_devices(app::Service& service, ManualClock& clock, Population const& population) {
  Writing(service, clock, population).run();
}

void seal_all(app::Service& service) {
  auto const& authority = service.authority();
  constexpr int64_t piece = 2000;
  while (service.database().write([&](db::Tx& tx) {
    return audit::seal_pending(
        tx, [&](std::string_view head) { return authority.sign(keys::event_head_type, head); }, piece);
  }) == piece) {
  }
}

}  // namespace menkyo::bench
