#include <CLI/CLI.hpp>
#include <cstdio>

#include "bench/population.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/test_database.hpp"
using namespace menkyo;
int main(int argc, char** argv) {
  std::string kind = argv[1];
  bench::Size size;
  size.devices = size_t(atol(argv[2]));
  test::TemporaryFolder folder;
  test::TestDatabase place(kind, false);
  app::Settings settings;
  settings.data = folder.path;
  settings.database = place.url();
  auto t0 = monotonic_clock().now();
  auto const p = bench::populate(settings, size);
  auto t1 = monotonic_clock().now();
  std::printf("populate %.1f s\n", double((t1 - t0).count()) / 1e6);
  for (auto const& f : bench::faults_of(settings, p)) std::printf("FAULT %s\n", f.c_str());
  std::printf("verify %.1f s\n", double((monotonic_clock().now() - t1).count()) / 1e6);
  if (argc > 3) system(argv[3]);
}
