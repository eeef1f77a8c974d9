#include "bench/size_run.hpp"

#include <algorithm>
#include <stdexcept>

#include "app/service.hpp"
#include "bench/fleet.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::bench {

namespace {

double seconds_to_start_empty(std::string const& kind, std::string const& program) {
  test::TemporaryFolder folder;
  test::TestDatabase place(kind, false);
  MeasuredServer server(folder.path, place.url(), program);
  server.start();
  server.stop();
  // With its tables and keys made, so that it is the start that is measured.
  double const seconds = server.start();
  server.stop();
  return seconds;
}

}  // namespace

struct SizeRun::Parts {
  Parts(std::string const& kind, Size const& size, SizeOptions const& given)
      : options(given),
        populated(kind, size, given.keep),
        fleet(customer_of(populated.settings(), populated.population()), populated.population(), given.connections),
        race(race_token()),
        server(populated.settings().data, populated.settings().database, given.program, false, given.tls) {
    results.database = kind;
    results.size = populated.population().plan.size();
    results.seconds_to_make = populated.seconds_to_make();
    results.bytes_per_device = populated.bytes() / double(results.size.devices);
    results.start_empty_s = seconds_to_start_empty(kind, given.program);
  }

  void start() {
    double const seconds = server.start();
    if (results.rounds.empty()) {
      results.start_s = seconds;
      results.idle_bytes = memory_of(server.pid()).now;
    }
  }

  void round() {
    Round r{{verify_limit(options.seconds), sign_limit(options.seconds)}, {}, {}, 0, {}};
    signatures = r.signatures;
    start();
    // What a server that has just begun still has to read is not measured.
    work(MessageKind::check_in, "warming", options.seconds / 2, options.connections);
    r.ping = server.ping(options.connections, options.seconds);
    r.works.push_back(work(MessageKind::check_in, "check-in", options.seconds, options.connections));
    if (results.rounds.empty()) results.loaded_bytes = memory_of(server.pid()).now;
    r.works.push_back(work(MessageKind::draw, "draw", options.seconds, options.connections));
    r.works.push_back(work(MessageKind::report, "report", options.seconds, options.connections));
    r.works.push_back(work(MessageKind::registration, "registration", options.seconds, options.connections));
    stop();
    r.storage_batch = std::max<size_t>(1, size_t(r.works.front().to_a_commit + 0.5));
    auto const url = populated.settings().database;
    r.storage = storage_limit(url, contact_rows(url), r.storage_batch, options.seconds);
    results.rounds.push_back(std::move(r));
  }

  SizeResults finish() {
    start();
    fleet.prepare_race(race, 2 * race_uses);
    results.race = server.driven("token race", fleet.traffic(0));
    fleet.verify_answers();
    results.race_taken = fleet.raced().taken;
    results.race_refused = fleet.raced().refused;
    for (auto const connections : options.series)
      results.series.push_back(
          work(MessageKind::check_in, "check-in, " + std::to_string(connections), options.seconds, connections));
    auto const fresh = [&](char const* name, Connecting connecting) {
      results.series.push_back(work(MessageKind::check_in, name, options.seconds, options.connections, connecting));
    };
    if (options.fresh) fresh("check-in, new connections", Connecting::resumed);
    if (options.fresh && options.tls) fresh("check-in, full handshakes", Connecting::anew);
    stop();
    check();
    return std::move(results);
  }

  void stop() {
    results.most_bytes = std::max(results.most_bytes, memory_of(server.pid()).most);
    server.stop();
  }

  static constexpr int64_t race_uses = 200;

  // A token of limited uses, for twice as many devices.
  std::string race_token() {
    app::Service service(populated.settings());
    auto const& population = populated.population();
    return service.database().write([&](db::Tx& tx) {
      devices::NewToken token{population.smart_account_id,
                              population.virtual_accounts.back(),
                              "race",
                              tx.now() + std::chrono::hours(24),
                              race_uses,
                              true,
                              {},
                              {audit::ActorKind::command, {}}};
      return devices::create_token(tx, service.vault(), service.authority(), token).text;
    });
  }

  Work work(MessageKind kind, std::string const& name, double seconds, size_t connections,
            Connecting connecting = Connecting::once) {
    // No server can take more than this, so that no lane runs out of messages; some lanes are ahead of others.
    double const most = processors() * 1e6 / (signatures.verify.processor_us + signatures.sign.processor_us);
    fleet.prepare(kind, size_t(1.2 * most * seconds / double(connections)) + 1, connections);
    auto traffic = fleet.traffic(seconds);
    traffic.connecting = connecting;
    auto done = server.driven(name, traffic);
    if (fleet.verify_answers() == 0) throw std::runtime_error(name + ": no answer was verified");
    return done;
  }

  // Nothing acknowledged is lost, no token was used too often, and the books are right.
  void check() {
    if (results.race_taken != race_uses) throw std::runtime_error("a token was not used as often as it may be");
    {
      db::Database database(unhurried(populated.settings().database), system_clock(), system_seeds());
      size_t stored = 0;
      struct Stored {
        DeviceId device_id;
        int64_t sequence, in_use;
      };
      database.read([&](db::ReadTx& tx) {
        stored = 0;
        tx.each<Stored>(
            "select c.device_id, c.sequence, (select coalesce(cast(sum(u.quantity) as bigint), 0) from device_use u"
            " where u.smart_account_id = c.smart_account_id and u.device_id = c.device_id) from device_contact c",
            [&](Stored&& s) {
              ++stored;
              auto const* a = fleet.acknowledged(s.device_id);
              if (!a || s.sequence != a->sequence || s.in_use != (a->quantity == 0 ? 0 : a->quantity + 1))
                throw std::runtime_error("the database does not hold what was acknowledged to " + s.device_id.text());
            });
      });
      if (stored != fleet.registered()) throw std::runtime_error("the database has another number of devices");
    }
    if (!options.verify) return;
    for (auto const& fault : faults_of(populated.settings(), populated.population())) throw std::runtime_error(fault);
  }

  SizeOptions const& options;
  Populated populated;
  Fleet fleet;
  std::string race;
  MeasuredServer server;
  Signatures signatures{};
  SizeResults results;
};

SizeRun::SizeRun(std::string const& kind, Size const& size, SizeOptions const& options)
    : parts_(std::make_unique<Parts>(kind, size, options)) {}
SizeRun::~SizeRun() = default;
Round const& SizeRun::round() {
  parts_->round();
  return parts_->results.rounds.back();
}
SizeResults SizeRun::finish() {
  return parts_->finish();
}

}  // namespace menkyo::bench
