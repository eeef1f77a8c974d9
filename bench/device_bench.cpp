// What device messages cost beside what their parts cost at the least: signatures, storage and HTTP are measured
// alone, then registrations, draws, check-ins and reports over real sockets against the real server program, all on
// one machine in one run. docs/performance.md says what each line means.
//
// Exit status 1 if any answer was refused or wrong, or if the database afterwards is not what was acknowledged.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>

#include "accounts/accounts.hpp"
#include "app/service.hpp"
#include "bench/fleet.hpp"
#include "bench/measured.hpp"
#include "licenses/invariants.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::bench {
namespace {

struct Options {
  size_t devices = 10'000, connections = 64;
  double seconds = 5;
  std::string database = "both", json, program;
  bool instructions = false;
};

struct Results {
  std::string database;
  Work ping;
  std::vector<Work> works;
  size_t batch = 0;  // rows to a commit of the storage's limit
  Cost storage;
};

Composed composed(Signatures const& signatures, Results const& r, Work const& work) {
  return composed(signatures, r.storage, r.ping, work);
}

// ---- one database -------------------------------------------------------------------------------------------------

class Run {
 public:
  Run(Options const& options, std::string const& kind) : options_(options), place_(kind, false) {
    settings_.data = folder_.path;
    settings_.database = place_.url();
    results_.database = kind;
  }

  Results measure(Signatures const& signatures) {
    Fleet fleet(make_customer(settings_, options_.devices), options_.devices, options_.connections);
    MeasuredServer server(folder_.path, place_.url(), options_.program, options_.instructions);
    server.start();
    server_ = &server;
    results_.ping = server.ping(options_.connections, options_.seconds);
    // No server can take more than this, so that no lane runs out of messages; some lanes are ahead of others.
    double const most = processors() * 1e6 / (signatures.verify.processor_us + signatures.sign.processor_us);
    auto const per_lane = size_t(1.2 * most * options_.seconds / double(options_.connections)) + 1;
    work(fleet, MessageKind::registration, "registration", per_lane);
    work(fleet, MessageKind::draw, "draw", per_lane);
    work(fleet, MessageKind::check_in, "check-in", per_lane);
    work(fleet, MessageKind::report, "report", per_lane);
    server.stop();
    check_database(fleet);
    results_.batch = std::max<size_t>(1, size_t(results_.works[2].to_a_commit + 0.5));
    results_.storage = storage_limit(place_.url(), contact_rows(place_.url()), results_.batch, options_.seconds);
    return std::move(results_);
  }

 private:
  void work(Fleet& fleet, MessageKind kind, std::string const& name, size_t per_lane) {
    fleet.prepare(kind, per_lane);
    results_.works.push_back(server_->driven(name, fleet.traffic(options_.seconds)));
    if (fleet.verify_answers() == 0) throw std::runtime_error(name + ": no answer was verified");
  }

  // Nothing acknowledged is lost, and the books are right.
  void check_database(Fleet const& fleet) {
    app::Service service(settings_);
    struct Stored {
      DeviceId device_id;
      int64_t sequence, in_use;
    };
    auto const stored = service.database().read([](db::ReadTx& tx) {
      return tx.all<Stored>(
          "select c.device_id, c.sequence, (select coalesce(cast(sum(u.quantity) as bigint), 0) from device_use u"
          " where u.smart_account_id = c.smart_account_id and u.device_id = c.device_id) from device_contact c");
    });
    if (stored.size() != fleet.registered()) throw std::runtime_error("the database has another number of devices");
    for (auto const& s : stored) {
      auto const* a = fleet.acknowledged(s.device_id);
      if (!a || s.sequence != a->sequence || s.in_use != (a->quantity == 0 ? 0 : a->quantity + 1))
        throw std::runtime_error("the database does not hold what was acknowledged to " + s.device_id.text());
    }
    for (auto const account :
         service.database().read([](db::ReadTx& tx) { return accounts::all_smart_accounts(tx); }))
      for (auto const& sentence : service.database().read(
               [&](db::ReadTx& tx) { return licenses::broken_invariants(tx, *service.catalogs().at(tx), account); }))
        throw std::runtime_error(sentence);
  }

  Options const& options_;
  test::TemporaryFolder folder_;
  test::TestDatabase place_;
  app::Settings settings_;
  MeasuredServer const* server_ = nullptr;
  Results results_;
};

// ---- what is printed ----------------------------------------------------------------------------------------------

void print(Options const& options) {
  std::printf("%zu devices, %zu connections, %u processors, %.1f s for each line\n\n", options.devices,
              options.connections, processors(), options.seconds);
}

void print(Signatures const& s, Results const& r) {
  print_head(r.database == "sqlite" ? "SQLite" : "PostgreSQL");
  print(r.ping);
  print_storage(r.storage, r.batch);
  for (auto const& w : r.works) print(w);
  std::printf("\n%-34s %9s %10s %10s %10s %10s %9s\n", "  as a part of the limit of", "verify", "sign", "storage",
              "ping", "composed", "clock");
  for (auto const& w : r.works) {
    auto const limit = composed(s, r, w);
    double const rate = w.driven.per_second();
    std::printf("  %-32s %9.2f %10.2f %10.2f %10.2f %10.2f %9.2f\n", w.name.c_str(),
                rate / (processors() * s.verify.per_second), rate / (processors() * s.sign.per_second),
                rate / r.storage.per_second, rate / r.ping.driven.per_second(), limit.processor_us / w.server_us,
                rate / limit.per_second);
  }
  auto const limit = composed(s, r, r.works[2]);
  std::printf("  composed limit of a check-in: %.1f us of processor time, %.0f /s\n\n", limit.processor_us,
              limit.per_second);
  std::fflush(stdout);
}

namespace json = protocol::json;

void write_json(Options const& options, Signatures const& s, std::vector<Results> const& all) {
  std::string out;
  json::Writer w(out);
  w.begin_object().member("devices", int64_t(options.devices)).member("connections", int64_t(options.connections));
  w.member("processors", int64_t(processors()));
  write(w, "verify", s.verify);
  write(w, "sign", s.sign);
  w.key("databases").begin_array();
  for (auto const& r : all) {
    w.begin_object().member("database", r.database).key("ping").begin_object();
    write(w, r.ping);
    w.end_object().member("storage_batch", int64_t(r.batch));
    write(w, "storage", r.storage);
    w.key("works").begin_array();
    for (auto const& work : r.works) {
      auto const limit = composed(s, r, work);
      w.begin_object();
      write(w, work);
      w.key("of_limit_by_processor").real(limit.processor_us / work.server_us);
      w.key("of_limit_by_clock").real(work.driven.per_second() / limit.per_second).end_object();
    }
    w.end_array().end_object();
  }
  w.end_array().end_object();
  std::ofstream file(options.json, std::ios::binary);
  file << out << "\n";
  if (!file.flush()) throw std::runtime_error("cannot write " + options.json);
}

void run(Options const& options) {
  std::vector<std::string> kinds{"sqlite", "postgres"};
  if (options.database != "both") kinds = {options.database};
  Signatures const signatures{verify_limit(options.seconds), sign_limit(options.seconds)};
  print(options);
  print(signatures);
  std::vector<Results> all;
  for (auto const& kind : kinds) {
    all.push_back(Run(options, kind).measure(signatures));
    print(signatures, all.back());
  }
  if (!options.json.empty()) write_json(options, signatures, all);
}

}  // namespace
}  // namespace menkyo::bench

int main(int argc, char** argv) {
  menkyo::bench::Options options;
  CLI::App cli("What device messages cost, beside the limits of the machine", "device_bench");
  cli.add_option("--devices", options.devices, "Known devices")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  cli.add_option("--connections", options.connections, "Kept open")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  cli.add_option("--seconds", options.seconds, "For each line")
      ->capture_default_str()
      ->check(CLI::Range(0.01, 600.0));
  cli.add_option("--database", options.database, "sqlite, postgres (of MENKYO_TEST_POSTGRES) or both")
      ->capture_default_str()
      ->check(CLI::IsMember({"sqlite", "postgres", "both"}));
  cli.add_option("--json", options.json, "Write the figures to this file");
  cli.add_flag("--instructions", options.instructions, "Count the server's instructions too; that slows it a little");
  cli.add_option("--program", options.program, "Another menkyo than the one built beside");
  try {
    cli.parse(argc, argv);
    if (options.devices < options.connections)
      throw CLI::ValidationError("--devices", "each connection needs a device of its own");
    menkyo::bench::run(options);
    return 0;
  } catch (CLI::ParseError const& error) {
    return cli.exit(error) == 0 ? 0 : 2;
  } catch (std::exception const& error) {
    std::fprintf(stderr, "device_bench: %s\n", error.what());
    return 1;
  }
}
