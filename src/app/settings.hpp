#pragma once
// How a server was told to run: the configuration file (TOML), then what the command line says.

#include <filesystem>
#include <string>

#include "app/rates.hpp"
#include "http/limits.hpp"
#include "people/people.hpp"

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
  people::PasswordPolicy password_policy = people::PasswordPolicy::composed;
  std::string service_name = "Menkyo";  // as mails name the service
  // The mail server that takes our mails: smtp://HOST:PORT or smtps://HOST:PORT. Empty: mails are kept in DATA/mail
  // and, on a loopback address, shown on a page.
  std::string smtp_url;
  bool smtp_without_tls = false;  // smtp:// only: mails, and the links in them, can be read on the way
  std::string smtp_user;
  std::filesystem::path smtp_password_file, smtp_ca_file;  // empty: no password; the machine's own list (PEM)
  std::string mail_from;                                   // the address that mails come from; needed with smtp_url
  // Who runs the service and where to write, for the pages that everybody may read. Contacts are mail addresses,
  // https: or tel: URIs.
  std::string operator_name, operator_address, data_location;
  std::string contact, privacy_contact, security_contact;
  // Where people turn to who need help: enquiries go to that address, which everybody is shown, and in words when
  // somebody is there. Empty: nothing is shown, and enquiries are only kept.
  std::string support_mail, support_hours_ja, support_hours_en;
  http::Limits limits;
  RateSettings rates;

  std::string database_url() const;
  std::filesystem::path master_key_path() const;
  // Where people reach the service, without a slash at the end.
  std::string reached_at() const;
  // Whether mails are shown on a page instead of being sent: while Menkyo is tried out, by nobody but people at the
  // same machine. Whoever has a public address has a proxy before it, and may not see what anybody's mails let in.
  bool shows_mails() const { return smtp_url.empty() && public_url.empty() && loopback(); }
  // Whether `listen` is a loopback address.
  bool loopback() const;
};

// Throws std::runtime_error with a sentence that names the file, the line and what is wrong; unknown keys are wrong.
void read_settings_file(std::filesystem::path const& file, Settings& settings);

}  // namespace menkyo::app
