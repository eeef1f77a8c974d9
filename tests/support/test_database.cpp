#include "tests/support/test_database.hpp"

#include <cstdlib>
#include <filesystem>

#include "db/migrate.hpp"

namespace menkyo::test {

namespace {

std::string postgres_server() {
  const char* url = std::getenv("MENKYO_TEST_POSTGRES");
  if (!url) throw std::runtime_error("MENKYO_TEST_POSTGRES is not set; run the tests through ./dev test");
  return url;
}

// The server's URL with another database name: postgresql://user@host:port/NAME?options
std::string with_name(std::string const& url, std::string const& name) {
  auto const authority = url.find("://") + 3;
  auto const slash = url.find('/', authority);
  auto const query = url.find('?', authority);
  return url.substr(0, std::min(slash, query)) + "/" + name + (query == std::string::npos ? "" : url.substr(query));
}

void run_on_server(std::string const& sql) {
  db::make_driver(postgres_server())->open()->script(sql);
}

constexpr char saved[] = "_saved";

std::string unique_name() {
  Random random(system_seeds().next());
  return "menkyo_test_" + to_hex(random.bytes(8));
}

}  // namespace

std::vector<std::string> database_kinds() {
  postgres_server();
  return {"sqlite", "postgres"};
}

TestDatabase::TestDatabase(std::string const& kind, bool migrated, uint64_t seed)
    : seeds(seed), kind_(kind), name_(unique_name()) {
  if (kind_.find(':') != std::string::npos) {
    url_ = kind_;
  } else if (kind_ == "sqlite") {
    folder_ = (std::filesystem::temp_directory_path() / name_).string();
    std::filesystem::create_directory(folder_);
    url_ = "sqlite:" + folder_ + "/menkyo.db";
  } else {
    run_on_server("create database " + name_ + " template template0 encoding 'UTF8' locale 'C'");
    url_ = with_name(postgres_server(), name_);
  }
  if (migrated) db::migrate(*db::make_driver(url_), db::migrations(), clock.now());
}

TestDatabase::~TestDatabase() {
  database_.reset();
  try {
    if (kind_ == "sqlite") {
      std::filesystem::remove_all(folder_);
    } else if (kind_ == "postgres") {
      run_on_server("drop database " + name_ + " with (force)");
      run_on_server("drop database if exists " + name_ + saved);
    }
  } catch (std::exception const&) {
    // A test may have stopped the server on purpose; what is left goes with the throw-away server.
  }
}

void TestDatabase::save() {
  copy("", saved);
}

void TestDatabase::restore() {
  copy(saved, "");
}

// A SQLite database that was closed is one file.
void TestDatabase::copy(std::string const& from, std::string const& to) const {
  if (database_) throw std::logic_error("the database is open");
  if (kind_ == "sqlite") {
    auto const file = folder_ + "/menkyo.db";
    std::filesystem::copy_file(file + from, file + to, std::filesystem::copy_options::overwrite_existing);
  } else if (kind_ == "postgres") {
    run_on_server("drop database if exists " + name_ + to + " with (force)");
    run_on_server("create database " + name_ + to + " template " + name_ + from);
  } else {
    throw std::logic_error("somebody else's database is not copied");
  }
}

db::Database& TestDatabase::open(db::DatabaseConfig config) {
  database_.reset();
  config.url = url_;
  database_ = std::make_unique<db::Database>(std::move(config), clock, seeds);
  return *database_;
}

}  // namespace menkyo::test
