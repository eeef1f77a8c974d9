// What people's pages cost against databases of many devices and virtual accounts: the requests that the portal
// sends, over sockets, with a session. docs/performance.md says what each line means.
//
// Exit status 1 if any answer was refused.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>

#include "bench/kept.hpp"
#include "bench/pages.hpp"

namespace menkyo::bench {
namespace {

struct Options {
  std::vector<size_t> sizes{10'000};
  Size size;
  size_t connections = 4;
  double seconds = 1;
  std::string database = "both", json, program, only;
  std::filesystem::path keep;
  bool full = false;
};

struct Results {
  std::string database;
  Size size;
  std::vector<Work> works;
};

Results measure(std::string const& kind, Size const& size, Options const& options) {
  Populated populated(kind, size, options.keep);
  auto const& population = populated.population();
  Results out{kind, population.plan.size(), {}};
  std::printf("%s, %zu devices, %zu virtual accounts, %zu lots, %zu users\n",
              kind == "sqlite" ? "SQLite" : "PostgreSQL", out.size.devices, out.size.virtual_accounts, out.size.lots,
              out.size.users);
  print_head("");
  auto const take = [&](Work work) {
    print(work);
    out.works.push_back(std::move(work));
  };
  std::ofstream(populated.settings().data / "menkyo.toml") << unhurried_settings;
  MeasuredServer server(populated.settings().data, populated.settings().database, options.program);
  server.start();
  take(measure_sign_in(server, population, options.seconds));
  auto const cookie = sign_in(server.peer(), population);
  for (auto const& page : pages_of(population, cookie, 64))
    if (page.name.find(options.only) != std::string::npos)
      take(measure_page(server, page, options.connections, options.seconds));
  server.stop();
  take(measure_deposits(populated.settings(), population, options.seconds));
  std::printf("\n");
  return out;
}

void write_json(Options const& options, std::vector<Results> const& all) {
  std::string out;
  protocol::json::Writer w(out);
  w.begin_object().member("connections", int64_t(options.connections)).member("processors", int64_t(processors()));
  w.key("sizes").begin_array();
  for (auto const& r : all) {
    w.begin_object().member("database", r.database).member("devices", int64_t(r.size.devices));
    w.member("virtual_accounts", int64_t(r.size.virtual_accounts)).member("lots", int64_t(r.size.lots));
    w.member("users", int64_t(r.size.users));
    w.key("works").begin_array();
    for (auto const& work : r.works) {
      w.begin_object();
      write(w, work);
      w.end_object();
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
  std::printf("%zu connections, %u processors, %.1f s for each line\n\n", options.connections, processors(),
              options.seconds);
  std::vector<Results> all;
  for (auto const& kind : kinds)
    for (auto const devices : options.sizes) {
      auto size = options.size;
      size.devices = devices;
      all.push_back(measure(kind, size, options));
      if (!options.json.empty()) write_json(options, all);
    }
}

}  // namespace
}  // namespace menkyo::bench

int main(int argc, char** argv) {
  menkyo::bench::Options options;
  CLI::App cli("What people's pages cost against many devices", "page_bench");
  cli.add_option("--devices", options.sizes, "Known devices")
      ->capture_default_str()
      ->delimiter(',')
      ->check(CLI::Range(100, 10'000'000));
  cli.add_option("--virtual-accounts", options.size.virtual_accounts, "0: one for each 100 devices, at most 10000")
      ->check(CLI::Range(0, 10'000));
  cli.add_option("--lots", options.size.lots, "0: one for each 10 devices, at most 100000")
      ->check(CLI::Range(0, 1'000'000));
  cli.add_option("--users", options.size.users, "People with a role beside the administrator")
      ->capture_default_str()
      ->check(CLI::Range(0, 100'000));
  cli.add_option("--connections", options.connections, "People who ask at a time")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  cli.add_option("--seconds", options.seconds, "For each line")
      ->capture_default_str()
      ->check(CLI::Range(0.01, 600.0));
  cli.add_option("--only", options.only, "Pages whose name has this in it");
  cli.add_option("--database", options.database, "sqlite, postgres (of MENKYO_TEST_POSTGRES) or both")
      ->capture_default_str()
      ->check(CLI::IsMember({"sqlite", "postgres", "both"}));
  cli.add_option("--keep", options.keep, "Folder in which populated databases are kept and found again");
  cli.add_flag("--full", options.full, "10000 and 1000000 devices");
  cli.add_option("--json", options.json, "Write the figures to this file");
  cli.add_option("--program", options.program, "Another menkyo than the one built beside");
  try {
    cli.parse(argc, argv);
    if (options.full) options.sizes = {10'000, 1'000'000};
    menkyo::bench::run(options);
    return 0;
  } catch (CLI::ParseError const& error) {
    return cli.exit(error) == 0 ? 0 : 2;
  } catch (std::exception const& error) {
    std::fprintf(stderr, "page_bench: %s\n", error.what());
    return 1;
  }
}
