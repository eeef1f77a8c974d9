// A server with more to do than it can: devices' check-ins at several times the rate that it can answer, and a person
// at work meanwhile. docs/performance.md says what each line means.
//
// Exit status 1 if an answer is wrong, or a device is put off without being told when to come again.

#include <sched.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <future>

#include "bench/fleet.hpp"
#include "bench/kept.hpp"
#include "bench/measured.hpp"
#include "bench/pages.hpp"

namespace menkyo::bench {
namespace {

struct Options {
  Size size;
  size_t connections = 3000, usual_connections = 64;
  double times = 5, seconds = 10, person_per_s = 20;
  std::string database = "both", json, program;
  std::filesystem::path keep;
  bool apart = false;
};

// Which processors this thread, and all that it starts from now on, may run on.
class Processors {
 public:
  Processors() {
    if (sched_getaffinity(0, sizeof all_, &all_) != 0) throw std::runtime_error("the processors are not known");
    for (int i = 0; i < CPU_SETSIZE; ++i)
      if (CPU_ISSET(i, &all_)) last_ = i;
  }
  ~Processors() { sched_setaffinity(0, sizeof all_, &all_); }
  void use_all_but_the_last() const {
    auto set = all_;
    CPU_CLR(last_, &set);
    use(set);
  }
  void use_the_last() const {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(last_, &set);
    use(set);
  }

 private:
  static void use(cpu_set_t const& set) {
    if (sched_setaffinity(0, sizeof set, &set) != 0)
      throw std::runtime_error("--apart needs two processors that this program may choose from");
  }
  cpu_set_t all_;
  int last_ = 0;
};

struct Load {
  Work devices;
  Driven person;
  double most_bytes = 0;  // memory of the server
  double answered_per_s() const { return devices.driven.per_second(); }
  double offered_per_s() const {
    auto const& d = devices.driven;
    return double(d.answered + d.put_off) / d.seconds;
  }
};

struct Results {
  std::string database;
  Load usual, beyond;
  double goodput() const { return beyond.answered_per_s() / usual.answered_per_s(); }
};

bool says_when_to_come_again(int status, std::string_view head) {
  return status == 503 && head.find("\r\nretry-after: ") != std::string_view::npos;
}

// One person who looks at pages and makes registration tokens, in turn.
class Person {
 public:
  Person(Peer peer, Population const& population, Options const& options) : peer_(peer), options_(options) {
    auto const cookie = sign_in(peer, population);
    for (auto const& page : pages_of(population, cookie, 4)) {
      if (page.name != "overview" && page.name != "licenses" && page.name != "devices, by name") continue;
      requests_.push_back(page.requests.front());
      requests_.push_back(make_token(population, cookie));
    }
  }

  std::future<Driven> work() const {
    return std::async(std::launch::async, [this] {
      Traffic traffic{2, [&](size_t lane, size_t n) { return &requests_[(2 * n + lane) % requests_.size()]; },
                      [](size_t, size_t, int status, std::string_view) { return status == 200; }};
      traffic.seconds = options_.seconds;
      traffic.per_second = options_.person_per_s;
      return drive(peer_, traffic);
    });
  }

 private:
  static std::string make_token(Population const& population, std::string const& cookie) {
    std::string const body = R"({"description":"overload","export_controlled_allowed":false})";
    return "POST /api/v1/smart_accounts/" + population.smart_account_id.text() + "/virtual_accounts/" +
           population.virtual_accounts.front().text() +
           "/tokens HTTP/1.1\r\nhost: 127.0.0.1\r\nmenkyo-request: 1\r\ncontent-type: application/json\r\ncookie: " +
           cookie + "\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  Peer peer_;
  Options const& options_;
  std::vector<std::string> requests_;
};

Load run(MeasuredServer const& server, Person const& person, char const* name, Traffic const& traffic) {
  auto at_work = person.work();
  Load load{server.driven(name, traffic), {}, 0};
  load.person = at_work.get();
  if (load.person.refused > 0)
    throw std::runtime_error("the person's work was refused: " + load.person.first_refusal);
  load.most_bytes = memory_of(server.pid()).most;
  return load;
}

void print(char const* name, Load const& load) {
  auto const& d = load.devices.driven;
  std::printf("  %-24s %9.0f %9.0f %8.1f %8.1f %9.2f %9.2f %8.1f %8.1f %7.0f\n", name, load.offered_per_s(),
              load.answered_per_s(), d.latency_ms(0.5), d.latency_ms(0.99), d.put_off_ms(0.5), d.put_off_ms(0.99),
              load.person.latency_ms(0.5), load.person.latency_ms(0.99), load.most_bytes / 1e6);
  std::fflush(stdout);
}

Results measure(std::string const& kind, Options const& options) {
  Populated populated(kind, options.size, options.keep);
  auto const& population = populated.population();
  std::ofstream(populated.settings().data / "menkyo.toml") << unhurried_settings;
  Fleet fleet(customer_of(populated.settings(), population), population, options.usual_connections);
  MeasuredServer server(populated.settings().data, populated.settings().database, options.program);
  Processors const processors;
  if (options.apart) processors.use_all_but_the_last();
  server.start();
  if (options.apart) processors.use_the_last();
  Person const person(server.peer(), population, options);
  Results out{kind, {}, {}};
  fleet.prepare(MessageKind::check_in, size_t(12'000 * options.seconds) / options.usual_connections + 1);
  out.usual = run(server, person, "check-in", fleet.traffic(options.seconds));
  std::printf("%-26s %9s %9s %17s %19s %17s %7s\n", kind == "sqlite" ? "SQLite" : "PostgreSQL", "offered/s",
              "answered", "answered, p50 p99", "put off, p50   p99", "person, p50   p99", "MB");
  print("as much as is answered", out.usual);
  fleet.verify_answers();
  auto const rate = options.times * out.usual.answered_per_s();
  // Connections that are put off soon send more than those that wait.
  fleet.prepare(MessageKind::check_in, size_t(1.5 * rate * options.seconds / double(options.connections)) + 1,
                options.connections);
  auto traffic = fleet.traffic(options.seconds);
  traffic.at_least = 0;
  traffic.per_second = rate;
  traffic.puts_off = says_when_to_come_again;
  out.beyond = run(server, person, "check-in", traffic);
  char name[64];
  std::snprintf(name, sizeof name, "%.0f times as much", options.times);
  print(name, out.beyond);
  std::printf("  goodput: %.2f of what is answered without the excess\n\n", out.goodput());
  std::fflush(stdout);
  fleet.verify_answers();
  server.stop();
  return out;
}

void write(protocol::json::Writer& w, char const* name, Load const& load) {
  auto const& d = load.devices.driven;
  w.key(name).begin_object();
  auto const put = [&](char const* key, double value) { w.key(key).real(value); };
  put("offered_per_second", load.offered_per_s());
  put("answered_per_second", load.answered_per_s());
  put("answered_p50_ms", d.latency_ms(0.5));
  put("answered_p99_ms", d.latency_ms(0.99));
  put("put_off_p50_ms", d.put_off_ms(0.5));
  put("put_off_p99_ms", d.put_off_ms(0.99));
  put("person_p50_ms", load.person.latency_ms(0.5));
  put("person_p99_ms", load.person.latency_ms(0.99));
  put("most_bytes", load.most_bytes);
  w.member("put_off", int64_t(d.put_off)).end_object();
}

void write_json(std::string const& path, std::vector<Results> const& all) {
  std::string out;
  protocol::json::Writer w(out);
  w.begin_object().key("databases").begin_array();
  for (auto const& r : all) {
    w.begin_object().member("database", r.database).key("goodput").real(r.goodput());
    write(w, "usual", r.usual);
    write(w, "beyond", r.beyond);
    w.end_object();
  }
  w.end_array().end_object();
  std::ofstream file(path, std::ios::binary);
  file << out << "\n";
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

void run(Options const& options) {
  std::vector<std::string> kinds{"sqlite", "postgres"};
  if (options.database != "both") kinds = {options.database};
  std::printf("%zu devices, %zu connections and %zu, %u processors, %.1f s for each line; times in ms\n\n",
              options.size.devices, options.usual_connections, options.connections, processors(), options.seconds);
  std::vector<Results> all;
  for (auto const& kind : kinds) all.push_back(measure(kind, options));
  if (!options.json.empty()) write_json(options.json, all);
}

}  // namespace
}  // namespace menkyo::bench

int main(int argc, char** argv) {
  menkyo::bench::Options options;
  CLI::App cli("What a server does that has more to do than it can", "overload_bench");
  cli.add_option("--devices", options.size.devices, "Known devices")
      ->capture_default_str()
      ->check(CLI::Range(100, 10'000'000));
  cli.add_option("--connections", options.connections, "Of devices, beyond capacity")
      ->capture_default_str()
      ->check(CLI::Range(1, 4000));
  cli.add_option("--usual-connections", options.usual_connections, "Of devices, to find the capacity")
      ->capture_default_str()
      ->check(CLI::Range(1, 4000));
  cli.add_option("--times", options.times, "The load, as a multiple of the capacity")
      ->capture_default_str()
      ->check(CLI::Range(1.0, 100.0));
  cli.add_option("--seconds", options.seconds, "For each line")->capture_default_str()->check(CLI::Range(0.1, 600.0));
  cli.add_option("--database", options.database, "sqlite, postgres (of MENKYO_TEST_POSTGRES) or both")
      ->capture_default_str()
      ->check(CLI::IsMember({"sqlite", "postgres", "both"}));
  cli.add_option("--keep", options.keep, "Folder in which populated databases are kept and found again");
  cli.add_flag("--apart", options.apart,
               "The load generator has one processor for itself, and the server the others, as if it were elsewhere");
  cli.add_option("--json", options.json, "Write the figures to this file");
  cli.add_option("--program", options.program, "Another menkyo than the one built beside");
  try {
    cli.parse(argc, argv);
    if (std::min(options.connections, options.size.devices) < options.usual_connections ||
        options.size.devices < options.connections)
      throw std::runtime_error("there must be as many devices as connections, and more of both than usual");
    menkyo::bench::run(options);
    return 0;
  } catch (CLI::ParseError const& error) {
    return cli.exit(error) == 0 ? 0 : 2;
  } catch (std::exception const& error) {
    std::fprintf(stderr, "overload_bench: %s\n", error.what());
    return 1;
  }
}
