#include "app/settings.hpp"

#include <toml++/toml.h>

#include <set>

namespace menkyo::app {

std::string Settings::database_url() const {
  return database.empty() ? "sqlite:" + (data / "menkyo.db").string() : database;
}

std::filesystem::path Settings::master_key_path() const {
  return master_key.empty() ? data / "master.key" : master_key;
}

bool Settings::loopback() const {
  return listen.starts_with("127.") || listen.starts_with("[::1]") || listen.starts_with("localhost:");
}

namespace {

[[noreturn]] void wrong(std::filesystem::path const& file, toml::source_region const& where,
                        std::string const& what) {
  throw std::runtime_error(file.string() + ", line " + std::to_string(where.begin.line) + ": " + what);
}

}  // namespace

void read_settings_file(std::filesystem::path const& file, Settings& s) {
  toml::table table;
  try {
    table = toml::parse_file(file.string());
  } catch (toml::parse_error const& error) {
    wrong(file, error.source(), std::string(error.description()));
  }
  std::set<std::string_view> known;
  auto const take = [&]<class T>(std::string_view key, T& into) {
    known.insert(key);
    auto const* node = table.get(key);
    if (!node) return;
    using Stored = std::conditional_t<
        std::is_same_v<T, std::filesystem::path>, std::string,
        std::conditional_t<std::is_same_v<T, bool>, bool, std::conditional_t<std::is_integral_v<T>, int64_t, T>>>;
    auto const value = node->value_exact<Stored>();
    if (!value) wrong(file, node->source(), std::string(key) + " has a value of another kind");
    into = static_cast<T>(*value);
  };
  take("data", s.data);
  take("database", s.database);
  take("database_answer_s", s.database_answer_s);
  if (s.database_answer_s < 1 || s.database_answer_s > 86400)
    wrong(file, table.get("database_answer_s")->source(), "database_answer_s is 1 to 86400");
  take("master_key", s.master_key);
  take("listen", s.listen);
  take("tls_certificate", s.tls_certificate);
  take("tls_key", s.tls_key);
  take("allow_plain_beyond_loopback", s.allow_plain_beyond_loopback);
  take("public_url", s.public_url);
  take("worker_threads", s.worker_threads);
  take("log_level", s.log_level);
  take("stop_grace_s", s.stop_grace_s);
  take("max_connections", s.limits.max_connections);
  take("max_body_bytes", s.limits.max_body_bytes);
  take("person_requests_per_s", s.rates.person.per_s);
  take("person_requests_burst", s.rates.person.burst);
  take("address_requests_per_s", s.rates.address.per_s);
  take("address_requests_burst", s.rates.address.burst);
  for (auto const& [key, node] : table)
    if (!known.contains(key.str())) wrong(file, node.source(), std::string(key.str()) + " is not a setting");
}

}  // namespace menkyo::app
