#include "bench/kept.hpp"

#include <cstdlib>
#include <stdexcept>

#include "db/database.hpp"
#include "protocol/bytes.hpp"

namespace menkyo::bench {

namespace fs = std::filesystem;

namespace {

// Databases are made from one that is always there.
std::string server_url() {
  char const* url = std::getenv("MENKYO_TEST_POSTGRES");
  if (!url) throw std::runtime_error("MENKYO_TEST_POSTGRES names no PostgreSQL; tools/with-postgres starts one");
  return url;
}

std::string url_of(std::string const& database) {
  auto const url = server_url();
  constexpr std::string_view scheme = "://";
  auto const from = url.find('/', url.find(scheme) + scheme.size());
  auto const to = std::min(url.find('?', from), url.size());
  return url.substr(0, from + 1) + database + url.substr(to);
}

void run(std::string const& sql) {
  db::make_driver(server_url(), std::chrono::hours(2))->open()->script(sql);
}

// Not through the log, of which there would be gigabytes to write while something else is measured.
constexpr char copied_as_files[] = " strategy file_copy";

// Into PostgreSQL's own memory, as far as it goes: it would take a server that was just started many minutes of
// messages at random to get there.
void read_all(std::string const& url) {
  db::make_driver(url, std::chrono::hours(2))
      ->open()
      ->script(
          "create extension if not exists pg_prewarm; select sum(pg_prewarm(oid)) from pg_class where relkind in "
          "('r', 'i') and relnamespace = 'public'::regnamespace");
}

bool has_database(std::string const& name) {
  db::Database database(unhurried(server_url()), system_clock(), system_seeds());
  return database.read([&](db::ReadTx& tx) {
    return tx.one<int64_t>("select count(*) from pg_database where datname = cast($1 as text)", name) == 1;
  });
}

std::string name_of(Size const& asked) {
  auto const size = Plan(asked, system_clock().now()).size();
  std::string name = std::to_string(size.devices);
  for (auto const part : {size.virtual_accounts, size.lots, size.changes, size_t(size.seed), size.users})
    name += "_" + std::to_string(part);
  return name;
}

}  // namespace

Populated::Populated(std::string const& kind, Size const& size, fs::path const& keep)
    : kind_(kind), name_("menkyo_size_" + to_hex(Random(system_seeds().next()).bytes(6))) {
  settings_.data = folder_.path;
  settings_.database = kind_ == "sqlite" ? "sqlite:" + (folder_.path / "menkyo.db").string() : url_of(name_);
  auto const kept = keep / (kind_ + "_" + name_of(size));
  auto const kept_database = "menkyo_kept_" + name_of(size);
  bool const there =
      !keep.empty() && fs::exists(kept / "population.json") && (kind_ == "sqlite" || has_database(kept_database));
  if (there) {
    copy_in(kept, kept_database);
    population_ = std::make_unique<Population>(open_population(settings_));
    if (kind_ == "postgres") read_all(settings_.database);
    return;
  }
  if (kind_ == "postgres") run("create database " + name_);
  auto const begin = monotonic_clock().now();
  population_ = std::make_unique<Population>(populate(settings_, size));
  seconds_ = double((monotonic_clock().now() - begin).count()) / 1e6;
  if (!keep.empty()) copy_out(kept, kept_database);
  if (kind_ == "postgres") read_all(settings_.database);
}

Populated::~Populated() {
  if (kind_ != "postgres") return;
  try {
    run("drop database if exists " + name_ + " with (force)");
  } catch (std::exception const&) {
    // The throw-away server takes it along.
  }
}

void Populated::copy_in(fs::path const& kept, std::string const& kept_database) {
  fs::copy(kept, folder_.path, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  if (kind_ == "postgres") run("create database " + name_ + " template " + kept_database + copied_as_files);
}

void Populated::copy_out(fs::path const& kept, std::string const& kept_database) {
  fs::remove_all(kept);
  auto const half = kept.string() + ".half";
  fs::remove_all(half);
  fs::create_directories(kept.parent_path());
  if (kind_ == "postgres") {
    run("drop database if exists " + kept_database);
    run("create database " + kept_database + " template " + name_ + copied_as_files);
  }
  fs::copy(folder_.path, half, fs::copy_options::recursive);
  fs::rename(half, kept);
}

double Populated::bytes() const {
  if (kind_ == "sqlite") return double(fs::file_size(folder_.path / "menkyo.db"));
  db::Database database(unhurried(settings_.database), system_clock(), system_seeds());
  return double(
      database.read([](db::ReadTx& tx) { return *tx.one<int64_t>("select pg_database_size(current_database())"); }));
}

}  // namespace menkyo::bench
