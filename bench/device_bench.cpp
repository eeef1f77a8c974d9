// What device messages cost beside what their parts cost at the least: signatures, storage and HTTP are measured
// alone, then registrations, draws, check-ins and reports over real sockets against the real server program, all on
// one machine in one run. docs/performance.md says what each line means.
//
// Exit status 1 if any answer was refused or wrong, or if the database afterwards is not what was acknowledged.

#include <signal.h>
#include <sys/wait.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <thread>

#include "accounts/accounts.hpp"
#include "app/service.hpp"
#include "bench/fleet.hpp"
#include "bench/processor.hpp"
#include "bench/raw_limits.hpp"
#include "licenses/invariants.hpp"
#include "protocol/json.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::bench {
namespace {

struct Options {
  size_t devices = 10'000, connections = 64;
  double seconds = 5;
  std::string database = "both", json, program;
  bool instructions = false;
};

// One kind of request against the server. Processor time is that of one request.
struct Work {
  std::string name;
  Driven driven;
  double server_us = 0, client_us = 0;
  double to_a_commit = 0;          // requests; 0: not known
  double server_instructions = 0;  // of one request; 0: not counted
};

// What no server that does these parts one after the other could be better than.
struct Composed {
  double processor_us = 0, per_second = 0;
};

struct Signatures {
  Cost verify, sign;
};

struct Results {
  std::string database;
  Work ping;
  std::vector<Work> works;
  size_t batch = 0;  // rows to a commit of the storage's limit
  Cost storage;
};

unsigned processors() {
  return std::max(1U, std::thread::hardware_concurrency());
}

// A registration makes one signature more, that of the certificate. The clock's limit has the load generator on the
// same processors, and a log that is written by one after the other.
Composed composed(Signatures const& signatures, Results const& r, Work const& work) {
  double const signs = work.name == "registration" ? 2 : 1;
  double const us = signatures.verify.processor_us + signs * signatures.sign.processor_us + r.storage.processor_us +
                    r.ping.server_us;
  return {us, std::min(r.storage.per_second, processors() * 1e6 / (us + work.client_us))};
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
    if (results_.database == "postgres") find_postgres();
    test::ServerProcess server(folder_.path, place_.url(), options_.program);
    server.start();
    server_ = &server;
    results_.ping = ping();
    // No server can take more than this, so that no lane runs out of messages; some lanes are ahead of others.
    double const most = processors() * 1e6 / (signatures.verify.processor_us + signatures.sign.processor_us);
    auto const per_lane = size_t(1.2 * most * options_.seconds / double(options_.connections)) + 1;
    work(fleet, MessageKind::registration, "registration", per_lane);
    work(fleet, MessageKind::draw, "draw", per_lane);
    work(fleet, MessageKind::check_in, "check-in", per_lane);
    work(fleet, MessageKind::report, "report", per_lane);
    int const status = server.end(SIGTERM);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw std::runtime_error("the server did not end well");
    check_database(fleet);
    results_.batch = std::max<size_t>(1, size_t(results_.works[2].to_a_commit + 0.5));
    results_.storage = storage_limit(place_.url(), contact_rows(place_.url()), results_.batch, options_.seconds);
    return std::move(results_);
  }

 private:
  void find_postgres() {
    db::DatabaseConfig config;
    config.url = place_.url();
    db::Database database(config, system_clock(), system_seeds());
    database.read([&](db::ReadTx& tx) {
      postgres_.emplace(pid_t(*tx.one<int64_t>("select pg_backend_pid()")));
      if (tx.one<std::string>("select current_setting('fsync')") != "on")
        std::printf("PostgreSQL runs with fsync off: its figures are too good\n");
      return 0;
    });
  }

  double server_processor_us() const { return processor_us_of(server_->pid()) + (postgres_ ? postgres_->us() : 0); }

  double commits() const {
    auto const text = fetch(server_->port(), "/metrics");
    constexpr std::string_view name = "\nmenkyo_commits_total ";
    auto const at = text.find(name);
    if (at == std::string::npos) throw std::runtime_error("/metrics does not tell the commits");
    return std::stod(text.substr(at + name.size()));
  }

  Work driven(std::string name, Traffic const& traffic) {
    double const commits_before = commits();
    std::optional<InstructionCounter> instructions;
    if (options_.instructions) {
      auto processes = postgres_ ? postgres_->processes() : std::vector<pid_t>();
      processes.push_back(server_->pid());
      instructions.emplace(processes);
    }
    double const processor_before = server_processor_us();
    Work work{std::move(name), drive(server_->port(), traffic)};
    double const processor = server_processor_us() - processor_before;
    double const committed = commits() - commits_before;
    auto const& d = work.driven;
    double const all = double(std::max<uint64_t>(1, d.answered + d.refused));
    work.server_us = processor / all;
    work.client_us = d.client_us / all;
    if (committed > 0) work.to_a_commit = all / committed;
    if (instructions) work.server_instructions = instructions->count() / all;
    if (d.refused > 0)
      throw std::runtime_error(work.name + ": " + std::to_string(d.refused) + " of " + std::to_string(int64_t(all)) +
                               " were not answered as they should be; the first: " + d.first_refusal);
    return work;
  }

  Work ping() {
    std::string const request = "GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";
    Traffic traffic{options_.connections, [&](size_t, size_t) { return &request; },
                    [](size_t, size_t, int status, std::string_view) { return status == 200; }, 1, options_.seconds};
    auto work = driven("HTTP ping", traffic);
    work.to_a_commit = 0;
    return work;
  }

  void work(Fleet& fleet, MessageKind kind, std::string const& name, size_t per_lane) {
    fleet.prepare(kind, per_lane);
    results_.works.push_back(driven(name, fleet.traffic(options_.seconds)));
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
    auto const acknowledged = fleet.acknowledged();
    if (stored.size() != acknowledged.size()) throw std::runtime_error("the database has another number of devices");
    for (auto const& s : stored) {
      auto const& a = acknowledged.at(s.device_id.text());
      if (s.sequence != a.sequence || s.in_use != a.quantity + 1)
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
  std::optional<PostgresProcessor> postgres_;
  test::ServerProcess* server_ = nullptr;
  Results results_;
};

// ---- what is printed ----------------------------------------------------------------------------------------------

void print(Signatures const& s, Options const& options) {
  std::printf("%zu devices, %zu connections, %u processors, %.1f s for each line\n\n", options.devices,
              options.connections, processors(), options.seconds);
  std::printf("%-34s %9s %10s\n", "Signatures, one thread", "/s", "processor");
  std::printf("  %-32s %9.0f %7.1f us\n", "P-256 verify", s.verify.per_second, s.verify.processor_us);
  std::printf("  %-32s %9.0f %7.1f us\n\n", "P-256 sign", s.sign.per_second, s.sign.processor_us);
  std::fflush(stdout);
}

void print(Work const& w) {
  std::printf("  %-32s %9.0f %7.1f us %7.1f us %7.2f ms %7.2f ms", w.name.c_str(), w.driven.per_second(), w.server_us,
              w.client_us, w.driven.latency_ms(0.5), w.driven.latency_ms(0.99));
  if (w.to_a_commit > 0) std::printf(" %9.1f", w.to_a_commit);
  if (w.server_instructions > 0) std::printf("  %.0f thousand instructions", w.server_instructions / 1e3);
  std::printf("\n");
}

void print(Signatures const& s, Results const& r) {
  std::printf("%-34s %9s %10s %10s %10s %10s %9s\n", r.database == "sqlite" ? "SQLite" : "PostgreSQL", "/s", "server",
              "client", "p50", "p99", "to commit");
  print(r.ping);
  std::printf("  %-32s %9.0f %7.1f us %43zu\n", "storage, raw loop", r.storage.per_second, r.storage.processor_us,
              r.batch);
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

json::Writer& number(json::Writer& w, char const* name, double value) {
  return w.key(name).real(value);
}

void write(json::Writer& w, char const* name, Cost const& cost) {
  w.key(name).begin_object();
  number(w, "per_second", cost.per_second);
  number(w, "processor_us", cost.processor_us).end_object();
}

void write(json::Writer& w, Work const& work) {
  w.begin_object().member("name", work.name).member("answered", int64_t(work.driven.answered));
  w.member("refused", int64_t(work.driven.refused));
  number(w, "per_second", work.driven.per_second());
  number(w, "server_us", work.server_us);
  number(w, "client_us", work.client_us);
  number(w, "p50_ms", work.driven.latency_ms(0.5));
  number(w, "p99_ms", work.driven.latency_ms(0.99));
  number(w, "to_a_commit", work.to_a_commit);
  number(w, "server_instructions", work.server_instructions);
}

void write_json(Options const& options, Signatures const& s, std::vector<Results> const& all) {
  std::string out;
  json::Writer w(out);
  w.begin_object().member("devices", int64_t(options.devices)).member("connections", int64_t(options.connections));
  w.member("processors", int64_t(processors()));
  write(w, "verify", s.verify);
  write(w, "sign", s.sign);
  w.key("databases").begin_array();
  for (auto const& r : all) {
    w.begin_object().member("database", r.database).key("ping");
    write(w, r.ping);
    w.end_object().member("storage_batch", int64_t(r.batch));
    write(w, "storage", r.storage);
    w.key("works").begin_array();
    for (auto const& work : r.works) {
      auto const limit = composed(s, r, work);
      write(w, work);
      number(w, "of_limit_by_processor", limit.processor_us / work.server_us);
      number(w, "of_limit_by_clock", work.driven.per_second() / limit.per_second).end_object();
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
  print(signatures, options);
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
