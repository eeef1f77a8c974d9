#include "bench/measured.hpp"

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "db/database.hpp"
#include "protocol/key.hpp"
#include "protocol/x509.hpp"

namespace menkyo::bench {

unsigned processors() {
  return std::max(1U, std::thread::hardware_concurrency());
}

Work together(std::vector<Work> const& parts) {
  Work out;
  double all = 0, server_us = 0, commits = 0, instructions = 0;
  for (auto const& part : parts) {
    auto const& d = part.driven;
    double const requests = double(d.answered + d.refused);
    all += requests;
    server_us += requests * part.server_us;
    instructions += requests * part.server_instructions;
    if (part.to_a_commit > 0) commits += requests / part.to_a_commit;
    out.driven.answered += d.answered;
    out.driven.refused += d.refused;
    out.driven.seconds += d.seconds;
    out.driven.client_us += d.client_us;
    out.driven.latencies_us.insert(out.driven.latencies_us.end(), d.latencies_us.begin(), d.latencies_us.end());
  }
  std::sort(out.driven.latencies_us.begin(), out.driven.latencies_us.end());
  out.name = parts.front().name;
  out.server_us = server_us / all;
  out.client_us = out.driven.client_us / all;
  out.server_instructions = instructions / all;
  if (commits > 0) out.to_a_commit = all / commits;
  return out;
}

Cost together(std::vector<Cost> const& parts) {
  Cost out;
  for (auto const& part : parts) {
    out.per_second += part.per_second;
    out.processor_us += part.per_second * part.processor_us;
  }
  return {out.per_second / double(parts.size()), out.processor_us / out.per_second};
}

Composed composed(Signatures const& signatures, Cost const& storage, Work const& ping, Work const& work) {
  double const signs = work.name == "registration" ? 2 : 1;
  double const us =
      signatures.verify.processor_us + signs * signatures.sign.processor_us + storage.processor_us + ping.server_us;
  return {us, std::min(storage.per_second, processors() * 1e6 / (us + work.client_us))};
}

Memory memory_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  Memory out;
  for (std::string line; std::getline(file, line);) {
    auto const kilobytes = [&] { return 1024 * std::stod(line.substr(line.find(':') + 1)); };
    if (line.starts_with("VmRSS:")) out.now = kilobytes();
    if (line.starts_with("VmHWM:")) out.most = kilobytes();
  }
  if (out.now == 0) throw std::runtime_error("a process tells nothing of its memory");
  return out;
}

namespace {

void write_identity(std::filesystem::path const& data) {
  auto const key = protocol::Key::generate(protocol::Algorithm::es256);
  auto const now = system_clock().now();
  auto const certificate = protocol::make_root(
      {{.common_name = "127.0.0.1"}, Bytes(16, 1), now - std::chrono::hours(1), now + std::chrono::days(30)}, key);
  auto const text = protocol::to_base64(certificate);
  std::ofstream out(data / "tls.pem");
  out << "-----BEGIN CERTIFICATE-----\n";
  for (size_t at = 0; at < text.size(); at += 64) out << text.substr(at, 64) << "\n";  // RFC 7468 section 2
  out << "-----END CERTIFICATE-----\n";
  std::ofstream(data / "tls-key.pem") << key.pkcs8_pem();
  std::ofstream(data / "menkyo.toml", std::ios::app)
      << "tls_certificate = \"" << (data / "tls.pem").string() << "\"\ntls_key = \""
      << (data / "tls-key.pem").string() << "\"\n";
}

}  // namespace

MeasuredServer::MeasuredServer(std::filesystem::path data, std::string url, std::string program, bool instructions,
                               bool tls)
    : url_(std::move(url)), instructions_(instructions), tls_(tls), server_(data, url_, std::move(program)) {
  if (tls) write_identity(data);
}

double MeasuredServer::start() {
  auto const begin = std::chrono::steady_clock::now();
  server_.start();
  fetch(peer(), "/healthz");
  auto const end = std::chrono::steady_clock::now();
  if (!url_.starts_with("sqlite:")) find_postgres();
  return std::chrono::duration<double>(end - begin).count();
}

void MeasuredServer::stop() {
  int const status = server_.end(SIGTERM);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw std::runtime_error("the server did not end well");
}

void MeasuredServer::find_postgres() {
  db::DatabaseConfig config;
  config.url = url_;
  db::Database database(config, system_clock(), system_seeds());
  database.read([&](db::ReadTx& tx) {
    postgres_.emplace(pid_t(*tx.one<int64_t>("select pg_backend_pid()")));
    if (tx.one<std::string>("select current_setting('fsync')") != "on")
      std::printf("PostgreSQL runs with fsync off: its figures are too good\n");
    return 0;
  });
}

double MeasuredServer::processor_us() const {
  return processor_us_of(server_.pid()) + (postgres_ ? postgres_->us() : 0);
}

double MeasuredServer::commits() const {
  auto const text = fetch(peer(), "/metrics");
  constexpr std::string_view name = "\nmenkyo_commits_total ";
  auto const at = text.find(name);
  if (at == std::string::npos) throw std::runtime_error("/metrics does not tell the commits");
  return std::stod(text.substr(at + name.size()));
}

Work MeasuredServer::driven(std::string name, Traffic const& traffic) const {
  double const commits_before = commits();
  std::optional<InstructionCounter> instructions;
  if (instructions_) {
    auto processes = postgres_ ? postgres_->processes() : std::vector<pid_t>();
    processes.push_back(server_.pid());
    instructions.emplace(processes);
  }
  double const processor_before = processor_us();
  Work work{std::move(name), drive(peer(), traffic)};
  double const processor = processor_us() - processor_before;
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

Work MeasuredServer::ping(size_t connections, double seconds) const {
  std::string const request = "GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";
  Traffic traffic{connections, [&](size_t, size_t) { return &request; },
                  [](size_t, size_t, int status, std::string_view) { return status == 200; }, 1, seconds};
  auto work = driven("HTTP ping", traffic);
  work.to_a_commit = 0;
  return work;
}

// ---- what is printed ----------------------------------------------------------------------------------------------

void print_head(char const* what) {
  std::printf("%-34s %9s %10s %10s %10s %10s %9s\n", what, "/s", "server", "client", "p50", "p99", "to commit");
}

void print(Work const& w) {
  std::printf("  %-32s %9.0f %7.1f us %7.1f us %7.2f ms %7.2f ms", w.name.c_str(), w.driven.per_second(), w.server_us,
              w.client_us, w.driven.latency_ms(0.5), w.driven.latency_ms(0.99));
  if (w.to_a_commit > 0) std::printf(" %9.1f", w.to_a_commit);
  if (w.server_instructions > 0) std::printf("  %.0f thousand instructions", w.server_instructions / 1e3);
  std::printf("\n");
  std::fflush(stdout);
}

void print(Signatures const& s) {
  std::printf("%-34s %9s %10s\n", "Signatures, one thread", "/s", "processor");
  std::printf("  %-32s %9.0f %7.1f us\n", "P-256 verify", s.verify.per_second, s.verify.processor_us);
  std::printf("  %-32s %9.0f %7.1f us\n\n", "P-256 sign", s.sign.per_second, s.sign.processor_us);
  std::fflush(stdout);
}

void print_storage(Cost const& storage, size_t batch) {
  std::printf("  %-32s %9.0f %7.1f us %43zu\n", "storage, raw loop", storage.per_second, storage.processor_us, batch);
}

void write(protocol::json::Writer& w, Work const& work) {
  w.member("name", work.name).member("answered", int64_t(work.driven.answered));
  w.member("refused", int64_t(work.driven.refused));
  w.key("per_second").real(work.driven.per_second());
  w.key("server_us").real(work.server_us);
  w.key("client_us").real(work.client_us);
  w.key("p50_ms").real(work.driven.latency_ms(0.5));
  w.key("p99_ms").real(work.driven.latency_ms(0.99));
  w.key("to_a_commit").real(work.to_a_commit);
  w.key("server_instructions").real(work.server_instructions);
}

void write(protocol::json::Writer& w, char const* name, Cost const& cost) {
  w.key(name).begin_object();
  w.key("per_second").real(cost.per_second);
  w.key("processor_us").real(cost.processor_us).end_object();
}

}  // namespace menkyo::bench
