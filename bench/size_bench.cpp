// How the cost of device messages grows with the number of known devices: the same lines against databases of
// different sizes, speakers picked at random out of all devices, beside the limits of the same seconds: limits and
// messages of all sizes are measured in turn, because a machine that others share changes within minutes.
// docs/performance.md says what each line means.
//
// Exit status 1 if any answer was refused or wrong, or if the database afterwards is not what was acknowledged.

#include <CLI/CLI.hpp>
#include <algorithm>
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

// A line of all rounds together, and what part of the composed limit it was in each.
struct Line {
  Work work;
  std::vector<double> by_processor, by_clock;  // sorted
};

double median(std::vector<double> const& sorted) {
  auto const n = sorted.size();
  return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
}

Line line_of(std::vector<Work> const& works, std::vector<Round> const& rounds) {
  Line out{together(works), {}, {}};
  for (size_t i = 0; i < rounds.size(); ++i) {
    auto const& work = works[std::min(i, works.size() - 1)];
    auto const limit = composed(rounds[i].signatures, rounds[i].storage, rounds[i].ping, work);
    out.by_processor.push_back(limit.processor_us / work.server_us);
    out.by_clock.push_back(work.driven.per_second() / limit.per_second);
  }
  std::sort(out.by_processor.begin(), out.by_processor.end());
  std::sort(out.by_clock.begin(), out.by_clock.end());
  return out;
}

std::vector<Line> lines(SizeResults const& r) {
  std::vector<Line> out;
  for (size_t i = 0; i < r.rounds.front().works.size(); ++i) {
    std::vector<Work> works;
    for (auto const& round : r.rounds) works.push_back(round.works[i]);
    out.push_back(line_of(works, r.rounds));
  }
  out.push_back(line_of({r.race}, r.rounds));
  return out;
}

template <class T, class F>
auto all(std::vector<T> const& from, F&& f) {
  std::vector<std::decay_t<decltype(f(from.front()))>> out;
  for (auto const& one : from) out.push_back(f(one));
  return together(out);
}
Signatures signatures(SizeResults const& r) {
  return {all(r.rounds, [](auto& round) { return round.signatures.verify; }),
          all(r.rounds, [](auto& round) { return round.signatures.sign; })};
}
Cost storage(SizeResults const& r) {
  return all(r.rounds, [](auto& round) { return round.storage; });
}
Work ping(SizeResults const& r) {
  return all(r.rounds, [](auto& round) { return round.ping; });
}

void print(SizeResults const& r) {
  auto const megabytes = [](double bytes) { return bytes / 1e6; };
  std::printf("%s, %zu devices, %zu virtual accounts, %zu lots\n", title(r), r.size.devices, r.size.virtual_accounts,
              r.size.lots);
  if (r.seconds_to_make > 0) std::printf("  made in %.0f s\n", r.seconds_to_make);
  std::printf("  %.0f bytes on disk for each device; start %.0f ms, empty %.0f ms\n", r.bytes_per_device,
              1e3 * r.start_s, 1e3 * r.start_empty_s);
  std::printf("  memory of the server: %.0f MB idle, %.0f MB under check-ins, %.0f MB at the most\n",
              megabytes(r.idle_bytes), megabytes(r.loaded_bytes), megabytes(r.most_bytes));
  print(signatures(r));
  print_head("");
  print(ping(r));
  print_storage(storage(r), r.rounds.back().storage_batch);
  auto const measured = lines(r);
  for (auto const& line : measured) print(line.work);
  for (auto const& work : r.series) print(work);
  std::printf("  of the race's devices %zu were let in, %zu refused\n", r.race_taken, r.race_refused);
  std::printf("\n%-34s %25s %25s\n", "  as a part of the composed limit", "by processor time", "by the clock");
  for (auto const& line : measured)
    std::printf("  %-32s %9.2f (%.2f to %.2f) %9.2f (%.2f to %.2f)\n", line.work.name.c_str(),
                median(line.by_processor), line.by_processor.front(), line.by_processor.back(), median(line.by_clock),
                line.by_clock.front(), line.by_clock.back());
  std::printf("\n");
  std::fflush(stdout);
}

// That something happens, and what there is if something later goes wrong.
void print(size_t number, std::string const& kind, size_t devices, Round const& round) {
  auto const& check_in = round.works.front();
  auto const limit = composed(round.signatures, round.storage, round.ping, check_in);
  std::printf("round %zu, %s, %zu devices: %.0f check-ins/s, %.2f of the composed limit\n", number + 1, kind.c_str(),
              devices, check_in.driven.per_second(), limit.processor_us / check_in.server_us);
  std::fflush(stdout);
}

// What each line costs at the largest size, divided by what it costs at the smallest.
struct Growth {
  std::string name;
  double server = 0, p50 = 0, p99 = 0, rate = 0;
};

std::vector<Growth> growth(SizeResults const& small, SizeResults const& large) {
  auto const less = storage(small), more = storage(large);
  std::vector<Growth> out{
      {"storage, raw loop", more.processor_us / less.processor_us, 0, 0, more.per_second / less.per_second}};
  auto const a = lines(small), b = lines(large);
  for (size_t i = 0; i < a.size(); ++i) {
    auto const &before = a[i].work, &after = b[i].work;
    out.push_back({before.name, after.server_us / before.server_us,
                   after.driven.latency_ms(0.5) / before.driven.latency_ms(0.5),
                   after.driven.latency_ms(0.99) / before.driven.latency_ms(0.99),
                   after.driven.per_second() / before.driven.per_second()});
  }
  return out;
}

void print_growth(SizeResults const& small, SizeResults const& large) {
  std::printf("%s: %zu devices, divided by %zu\n", title(small), large.size.devices, small.size.devices);
  std::printf("%-34s %9s %9s %9s %9s\n", "", "/s", "server", "p50", "p99");
  for (auto const& g : growth(small, large)) {
    std::printf("  %-32s %9.2f %9.2f", g.name.c_str(), g.rate, g.server);
    if (g.p50 > 0) std::printf(" %9.2f %9.2f", g.p50, g.p99);
    std::printf("\n");
  }
  std::printf("\n");
  std::fflush(stdout);
}

namespace json = protocol::json;

void write(json::Writer& w, SizeResults const& r) {
  w.begin_object().member("database", r.database).member("devices", int64_t(r.size.devices));
  w.member("virtual_accounts", int64_t(r.size.virtual_accounts)).member("lots", int64_t(r.size.lots));
  w.key("seconds_to_make").real(r.seconds_to_make);
  w.key("bytes_per_device").real(r.bytes_per_device);
  w.key("start_s").real(r.start_s);
  w.key("start_empty_s").real(r.start_empty_s);
  w.key("idle_bytes").real(r.idle_bytes);
  w.key("loaded_bytes").real(r.loaded_bytes);
  w.key("most_bytes").real(r.most_bytes);
  w.member("storage_batch", int64_t(r.rounds.back().storage_batch));
  auto const s = signatures(r);
  write(w, "verify", s.verify);
  write(w, "sign", s.sign);
  write(w, "storage", storage(r));
  w.key("ping").begin_object();
  write(w, ping(r));
  w.end_object().key("works").begin_array();
  for (auto const& line : lines(r)) {
    w.begin_object();
    write(w, line.work);
    w.key("of_limit_by_processor").real(median(line.by_processor));
    w.key("of_limit_by_processor_at_worst").real(line.by_processor.front());
    w.key("of_limit_by_processor_at_best").real(line.by_processor.back());
    w.key("of_limit_by_clock").real(median(line.by_clock)).end_object();
  }
  w.end_array().key("series").begin_array();
  for (auto const& work : r.series) {
    w.begin_object();
    write(w, work);
    w.end_object();
  }
  w.end_array().end_object();
}

void write_json(Options const& options, std::vector<SizeResults> const& all) {
  std::string out;
  json::Writer w(out);
  w.begin_object()
      .member("connections", int64_t(options.run.connections))
      .member("tls", options.run.tls)
      .member("processors", int64_t(processors()));
  w.key("seconds").real(options.run.seconds);
  w.member("rounds", int64_t(options.run.rounds));
  w.key("sizes").begin_array();
  for (auto const& r : all) write(w, r);
  w.end_array().end_object();
  std::ofstream file(options.json, std::ios::binary);
  file << out << "\n";
  if (!file.flush()) throw std::runtime_error("cannot write " + options.json);
}

void run(Options const& options) {
  std::vector<std::string> kinds{"sqlite", "postgres"};
  if (options.database != "both") kinds = {options.database};
  std::printf("%zu connections, %u processors, %zu rounds, %.1f s for each line of a round\n\n",
              options.run.connections, processors(), options.run.rounds, options.run.seconds);
  std::vector<SizeResults> all;
  for (auto const& kind : kinds) {
    std::vector<std::unique_ptr<SizeRun>> runs;
    for (auto const devices : options.sizes) {
      auto size = options.size;
      size.devices = devices;
      runs.push_back(std::make_unique<SizeRun>(kind, size, options.run));
    }
    for (size_t round = 0; round < options.run.rounds; ++round)
      for (size_t i = 0; i < runs.size(); ++i) print(round, kind, options.sizes[i], runs[i]->round());
    auto const first = all.size();
    for (auto& one : runs) {
      all.push_back(one->finish());
      one.reset();
      print(all.back());
      if (!options.json.empty()) write_json(options, all);
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
  cli.add_option("--series", options.run.series, "Check-ins over so many connections, too")
      ->delimiter(',')
      ->check(CLI::Range(1, 4000));
  cli.add_flag("--fresh", options.run.fresh, "Check-ins over new connections, too");
  cli.add_flag("--tls", options.run.tls, "All of it over TLS");
  cli.add_option("--rounds", options.run.rounds,
                 "All is measured so many times in turn, limits and messages, all sizes")
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
  cli.add_option("--seconds", options.run.seconds, "For each line of a round")
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
    auto most = options.run.connections;
    for (auto const connections : options.run.series) most = std::max(most, connections);
    if (options.sizes.front() < most)
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
