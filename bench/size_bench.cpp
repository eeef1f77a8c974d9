// How the cost of device messages grows with the number of known devices: the same lines against databases of
// different sizes, speakers picked at random out of all devices, beside the storage's own limit over the same rows.
// docs/performance.md says what each line means.
//
// Exit status 1 if any answer was refused or wrong, or if the database afterwards is not what was acknowledged.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>

#include "bench/size_run.hpp"

namespace menkyo::bench {
namespace {

struct Options {
  std::vector<size_t> sizes{10'000, 100'000};
  Size size;
  SizeOptions run;
  std::string database = "both", json;
  bool full = false;
};

char const* title(SizeResults const& r) {
  return r.database == "sqlite" ? "SQLite" : "PostgreSQL";
}

void print(Signatures const& s, SizeResults const& r) {
  auto const megabytes = [](double bytes) { return bytes / 1e6; };
  std::printf("%s, %zu devices, %zu virtual accounts, %zu lots\n", title(r), r.size.devices, r.size.virtual_accounts,
              r.size.lots);
  if (r.seconds_to_make > 0) std::printf("  made in %.0f s\n", r.seconds_to_make);
  std::printf("  %.0f bytes on disk for each device; start %.0f ms, empty %.0f ms\n", r.bytes_per_device,
              1e3 * r.start_s, 1e3 * r.start_empty_s);
  std::printf("  memory of the server: %.0f MB idle, %.0f MB under check-ins, %.0f MB at the most\n",
              megabytes(r.idle_bytes), megabytes(r.loaded_bytes), megabytes(r.most_bytes));
  print_head("");
  print(r.ping);
  print_storage(r.storage, r.storage_batch);
  for (auto const& w : r.works) print(w);
  std::printf("  of the race's devices %zu were let in, %zu refused\n", r.race_taken, r.race_refused);
  auto const limit = composed(s, r.storage, r.ping, r.works.front());
  std::printf("  check-in as a part of the composed limit: %.2f by processor time, %.2f by the clock\n\n",
              limit.processor_us / r.works.front().server_us, r.works.front().driven.per_second() / limit.per_second);
  std::fflush(stdout);
}

// What each line costs at the largest size, divided by what it costs at the smallest.
struct Growth {
  std::string name;
  double server = 0, p50 = 0, p99 = 0;
};

std::vector<Growth> growth(SizeResults const& small, SizeResults const& large) {
  std::vector<Growth> out{{"storage, raw loop", large.storage.processor_us / small.storage.processor_us, 0, 0}};
  for (size_t i = 0; i < small.works.size(); ++i) {
    auto const &a = small.works[i], &b = large.works[i];
    out.push_back({a.name, b.server_us / a.server_us, b.driven.latency_ms(0.5) / a.driven.latency_ms(0.5),
                   b.driven.latency_ms(0.99) / a.driven.latency_ms(0.99)});
  }
  return out;
}

void print_growth(SizeResults const& small, SizeResults const& large) {
  std::printf("%s: %zu devices, divided by %zu\n", title(small), large.size.devices, small.size.devices);
  std::printf("%-34s %9s %9s %9s\n", "", "server", "p50", "p99");
  for (auto const& g : growth(small, large)) {
    std::printf("  %-32s %9.2f", g.name.c_str(), g.server);
    if (g.p50 > 0) std::printf(" %9.2f %9.2f", g.p50, g.p99);
    std::printf("\n");
  }
  std::printf("\n");
  std::fflush(stdout);
}

namespace json = protocol::json;

void write(json::Writer& w, Signatures const& s, SizeResults const& r) {
  w.begin_object().member("database", r.database).member("devices", int64_t(r.size.devices));
  w.member("virtual_accounts", int64_t(r.size.virtual_accounts)).member("lots", int64_t(r.size.lots));
  w.key("seconds_to_make").real(r.seconds_to_make);
  w.key("bytes_per_device").real(r.bytes_per_device);
  w.key("start_s").real(r.start_s);
  w.key("start_empty_s").real(r.start_empty_s);
  w.key("idle_bytes").real(r.idle_bytes);
  w.key("loaded_bytes").real(r.loaded_bytes);
  w.key("most_bytes").real(r.most_bytes);
  w.member("storage_batch", int64_t(r.storage_batch));
  write(w, "storage", r.storage);
  w.key("ping").begin_object();
  write(w, r.ping);
  w.end_object().key("works").begin_array();
  for (auto const& work : r.works) {
    auto const limit = composed(s, r.storage, r.ping, work);
    w.begin_object();
    write(w, work);
    w.key("of_limit_by_processor").real(limit.processor_us / work.server_us);
    w.key("of_limit_by_clock").real(work.driven.per_second() / limit.per_second).end_object();
  }
  w.end_array().end_object();
}

void write_json(Options const& options, Signatures const& s, std::vector<SizeResults> const& all) {
  std::string out;
  json::Writer w(out);
  w.begin_object()
      .member("connections", int64_t(options.run.connections))
      .member("processors", int64_t(processors()));
  w.key("seconds").real(options.run.seconds);
  write(w, "verify", s.verify);
  write(w, "sign", s.sign);
  w.key("sizes").begin_array();
  for (auto const& r : all) write(w, s, r);
  w.end_array().end_object();
  std::ofstream file(options.json, std::ios::binary);
  file << out << "\n";
  if (!file.flush()) throw std::runtime_error("cannot write " + options.json);
}

void run(Options const& options) {
  std::vector<std::string> kinds{"sqlite", "postgres"};
  if (options.database != "both") kinds = {options.database};
  std::printf("%zu connections, %u processors, %.1f s for each line\n\n", options.run.connections, processors(),
              options.run.seconds);
  Signatures const signatures{verify_limit(options.run.seconds), sign_limit(options.run.seconds)};
  print(signatures);
  std::vector<SizeResults> all;
  for (auto const& kind : kinds) {
    auto const first = all.size();
    for (auto const devices : options.sizes) {
      auto size = options.size;
      size.devices = devices;
      all.push_back(measure_size(kind, size, options.run, signatures));
      print(signatures, all.back());
      if (!options.json.empty()) write_json(options, signatures, all);
    }
    if (all.size() > first + 1) print_growth(all[first], all.back());
  }
}

}  // namespace
}  // namespace menkyo::bench

int main(int argc, char** argv) {
  menkyo::bench::Options options;
  CLI::App cli("What grows with the number of known devices, and how much", "size_bench");
  cli.add_option("--devices", options.sizes, "Known devices, smallest first; several sizes are compared")
      ->capture_default_str()
      ->delimiter(',')
      ->check(CLI::Range(100, 10'000'000));
  cli.add_option("--virtual-accounts", options.size.virtual_accounts, "0: one for each 100 devices, at most 10000")
      ->check(CLI::Range(0, 10'000));
  cli.add_option("--lots", options.size.lots, "0: one for each 10 devices, at most 100000")
      ->check(CLI::Range(0, 1'000'000));
  cli.add_option("--changes", options.size.changes, "Changes in the history of a device, on the average")
      ->capture_default_str()
      ->check(CLI::Range(0, 10));
  cli.add_option("--connections", options.run.connections, "Kept open")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  cli.add_option("--seconds", options.run.seconds, "For each line")
      ->capture_default_str()
      ->check(CLI::Range(0.01, 600.0));
  cli.add_option("--database", options.database, "sqlite, postgres (of MENKYO_TEST_POSTGRES) or both")
      ->capture_default_str()
      ->check(CLI::IsMember({"sqlite", "postgres", "both"}));
  cli.add_option("--keep", options.run.keep, "Folder in which populated databases are kept and found again");
  cli.add_flag("--verify", options.run.verify, "Check the books and the event chain afterwards, too");
  cli.add_flag("--full", options.full, "10000, 100000 and 1000000 devices");
  cli.add_option("--json", options.json, "Write the figures to this file");
  cli.add_option("--program", options.run.program, "Another menkyo than the one built beside");
  try {
    cli.parse(argc, argv);
    if (options.full) options.sizes = {10'000, 100'000, 1'000'000};
    if (options.sizes.front() < options.run.connections)
      throw CLI::ValidationError("--devices", "each connection needs a device of its own");
    menkyo::bench::run(options);
    return 0;
  } catch (CLI::ParseError const& error) {
    return cli.exit(error) == 0 ? 0 : 2;
  } catch (std::exception const& error) {
    std::fprintf(stderr, "size_bench: %s\n", error.what());
    return 1;
  }
}
