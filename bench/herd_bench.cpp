// What reaches the server when a fleet comes back after an outage, calculated with the rules that server and agent
// use (bench/herd.hpp). docs/performance.md says what the columns mean.
//
// Exit status 1 if a fleet that keeps the rules comes back at more than the bound, or an authorization lapses.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>

#include "bench/herd.hpp"
#include "protocol/json.hpp"

namespace menkyo::bench {
namespace {

namespace json = protocol::json;

struct Options {
  size_t devices = 1'000'000;
  double outage_hours = 4;
  uint64_t seed = 1;
  std::string json;
};

void print(HerdCase const& c, HerdLoad const& load, HerdPeaks const& p) {
  std::printf("%-50s %7.1f %7.1f %7.2f %7.2f %7.2f %7.2f %7.2f %7.2f %9lld %8.1f %7lld\n", c.name,
              60 * planned_per_s(c.herd), planned_peak(c.herd, 1), p.before.minute, p.after.minute, p.later.minute,
              p.before.hour, p.after.hour, p.later.hour, static_cast<long long>(load.refused),
              double(load.latest_s) / 3600, static_cast<long long>(load.lapsed));
  std::fflush(stdout);
}

void write(json::Writer& w, const char* when, HerdPeak const& peak) {
  w.key(when).begin_object().key("minute").real(peak.minute);
  w.key("hour").real(peak.hour).end_object();
}

void write(json::Writer& w, HerdCase const& c, HerdLoad const& load, HerdPeaks const& p) {
  w.begin_object().member("name", std::string(c.name)).member("keeps_bound", c.keeps_bound);
  w.key("planned_per_minute").real(60 * planned_per_s(c.herd));
  w.key("planned_peak_per_minute").real(planned_peak(c.herd, 1));
  write(w, "before", p.before);
  write(w, "after", p.after);
  write(w, "later", p.later);
  w.member("refused", load.refused).member("unreached", load.unreached).member("lapsed", load.lapsed);
  w.member("latest_s", load.latest_s).end_object();
}

bool run(Options const& options) {
  std::printf("%zu devices, %.1f hours of outage\n\n", options.devices, options.outage_hours);
  std::printf("%-50s %7s %7s %23s %23s %9s %8s %7s\n", "", "planned", "peak", "busiest minute / peak",
              "busiest hour / peak", "", "latest,", "");
  std::printf("%-50s %7s %7s %7s %7s %7s %7s %7s %7s %9s %8s %7s\n", "", "/min", "/min", "before", "after", "later",
              "before", "after", "later", "refused", "hours", "lapsed");
  std::string out;
  json::Writer w(out);
  w.begin_object().member("devices", int64_t(options.devices)).member("seed", int64_t(options.seed));
  w.key("outage_hours").real(options.outage_hours).key("cases").begin_array();
  bool good = true;
  for (auto const& c : herd_cases(options.devices, int64_t(options.outage_hours * 3600), options.seed)) {
    auto const load = simulate(c.herd, c.rules);
    auto const p = peaks(c.herd, load);
    print(c, load, p);
    write(w, c, load, p);
    if (c.keeps_bound && (p.highest() > herd_bound || load.lapsed > 0)) good = false;
  }
  w.end_array().end_object();
  if (options.json.empty()) return good;
  std::ofstream file(options.json, std::ios::binary);
  file << out << "\n";
  if (!file.flush()) throw std::runtime_error("cannot write " + options.json);
  return good;
}

}  // namespace
}  // namespace menkyo::bench

int main(int argc, char** argv) {
  menkyo::bench::Options options;
  CLI::App cli("What reaches the server when a fleet comes back after an outage", "herd_bench");
  cli.add_option("--devices", options.devices, "Devices of the fleet")
      ->capture_default_str()
      ->check(CLI::Range(1000, 10'000'000));
  cli.add_option("--outage-hours", options.outage_hours, "How long the server is away")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 48.0));
  cli.add_option("--seed", options.seed, "Another seed is another fleet")->capture_default_str();
  cli.add_option("--json", options.json, "Write the figures to this file");
  try {
    cli.parse(argc, argv);
    return menkyo::bench::run(options) ? 0 : 1;
  } catch (CLI::ParseError const& error) {
    return cli.exit(error) == 0 ? 0 : 2;
  } catch (std::exception const& error) {
    std::fprintf(stderr, "herd_bench: %s\n", error.what());
    return 1;
  }
}
