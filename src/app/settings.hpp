#pragma once
// How a server was told to run: the configuration file (TOML), then what the command line says.

#include <filesystem>
#include <string>

#include "app/rates.hpp"
#include "http/limits.hpp"

namespace menkyo::app {

struct Settings {
  std::filesystem::path data = "var";  // master key, embedded database, files
  std::string database;                // empty: sqlite:DATA/menkyo.db
  int database_answer_s = 12;          // a PostgreSQL that is silent for longer counts as lost
  std::filesystem::path master_key;    // empty: DATA/master.key
  std::string listen = "127.0.0.1:8080";
  std::string tls_certificate, tls_key;  // PEM
  bool allow_plain_beyond_loopback = false;
  std::string public_url;  // as people reach it, for links; empty: from `listen`
  int worker_threads = 2;
  std::string log_level = "info";
  int stop_grace_s = 20;  // how long requests under way may take to end after SIGTERM; then they are cut off
  http::Limits limits;
  RateSettings rates;

  std::string database_url() const;
  std::filesystem::path master_key_path() const;
  // Whether `listen` is a loopback address.
  bool loopback() const;
};

// Throws std::runtime_error with a sentence that names the file, the line and what is wrong; unknown keys are wrong.
void read_settings_file(std::filesystem::path const& file, Settings& settings);

}  // namespace menkyo::app
