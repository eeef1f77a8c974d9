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

class Run {
 public:
  Run(std::string const& kind, Size const& size, SizeOptions const& options, Signatures const& signatures)
      : options_(options), signatures_(signatures), populated_(kind, size, options.keep) {
    results_.database = kind;
    results_.size = populated_.population().plan.size();
    results_.seconds_to_make = populated_.seconds_to_make();
    results_.bytes_per_device = populated_.bytes() / double(results_.size.devices);
  }

  SizeResults measure() {
    results_.start_empty_s = seconds_to_start_empty(results_.database, options_.program);
    Fleet fleet(customer_of(populated_.settings(), populated_.population()), populated_.population(),
                options_.connections);
    auto const race = race_token();
    MeasuredServer server(populated_.settings().data, populated_.settings().database, options_.program);
    results_.start_s = server.start();
    server_ = &server;
    results_.idle_bytes = memory_of(server.pid()).now;
    results_.ping = server.ping(options_.connections, options_.seconds);
    work(fleet, MessageKind::check_in, "check-in");
    results_.loaded_bytes = memory_of(server.pid()).now;
    work(fleet, MessageKind::draw, "draw");
    work(fleet, MessageKind::report, "report");
    work(fleet, MessageKind::registration, "registration");
    fleet.prepare_race(race, 2 * race_uses);
    results_.works.push_back(server.driven("token race", fleet.traffic(0)));
    fleet.verify_answers();
    results_.race_taken = fleet.raced().taken;
    results_.race_refused = fleet.raced().refused;
    results_.most_bytes = memory_of(server.pid()).most;
    server.stop();
    check(fleet);
    auto const& check_ins = results_.works.front();
    results_.storage_batch = std::max<size_t>(1, size_t(check_ins.to_a_commit + 0.5));
    auto const url = populated_.settings().database;
    results_.storage = storage_limit(url, contact_rows(url), results_.storage_batch, options_.seconds);
    return std::move(results_);
  }

 private:
  static constexpr int64_t race_uses = 200;

  // A token of limited uses, for twice as many devices.
  std::string race_token() {
    app::Service service(populated_.settings());
    auto const& population = populated_.population();
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

  void work(Fleet& fleet, MessageKind kind, std::string const& name) {
    // No server can take more than this, so that no lane runs out of messages; some lanes are ahead of others.
    double const most = processors() * 1e6 / (signatures_.verify.processor_us + signatures_.sign.processor_us);
    fleet.prepare(kind, size_t(1.2 * most * options_.seconds / double(options_.connections)) + 1);
    results_.works.push_back(server_->driven(name, fleet.traffic(options_.seconds)));
    if (fleet.verify_answers() == 0) throw std::runtime_error(name + ": no answer was verified");
  }

  // Nothing acknowledged is lost, no token was used too often, and the books are right.
  void check(Fleet const& fleet) {
    if (results_.race_taken != race_uses) throw std::runtime_error("a token was not used as often as it may be");
    {
      app::Service service(populated_.settings());
      size_t stored = 0;
      struct Stored {
        DeviceId device_id;
        int64_t sequence, in_use;
      };
      service.database().read([&](db::ReadTx& tx) {
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
    if (!options_.verify) return;
    for (auto const& fault : faults_of(populated_.settings(), populated_.population()))
      throw std::runtime_error(fault);
  }

  SizeOptions const& options_;
  Signatures const& signatures_;
  Populated populated_;
  MeasuredServer const* server_ = nullptr;
  SizeResults results_;
};

}  // namespace

SizeResults measure_size(std::string const& kind, Size const& size, SizeOptions const& options,
                         Signatures const& signatures) {
  return Run(kind, size, options, signatures).measure();
}

}  // namespace menkyo::bench
