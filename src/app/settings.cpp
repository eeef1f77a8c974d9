#include "app/settings.hpp"

#include <toml++/toml.h>

#include <set>

#include "mail/format.hpp"
#include "publications/imprint.hpp"

namespace menkyo::app {

std::string Settings::database_url() const {
  return database.empty() ? "sqlite:" + (data / "menkyo.db").string() : database;
}

std::filesystem::path Settings::master_key_path() const {
  return master_key.empty() ? data / "master.key" : master_key;
}

std::string Settings::reached_at() const {
  auto url = !public_url.empty() ? public_url : (tls_key.empty() ? "http://" : "https://") + listen;
  while (url.ends_with('/')) url.pop_back();
  return url;
}

bool Settings::loopback() const {
  return listen.starts_with("127.") || listen.starts_with("[::1]") || listen.starts_with("localhost:");
}

namespace {

[[noreturn]] void wrong(std::filesystem::path const& file, toml::source_region const& where,
                        std::string const& what) {
  throw std::runtime_error(file.string() + ", line " + std::to_string(where.begin.line) + ": " + what);
}

// What is wrong with the settings of mail, and which one is meant; nothing if all is well.
std::pair<std::string, std::string> mail_fault(Settings const& s) {
  if (!s.mail_from.empty() && !mail::envelope_address(s.mail_from))
    return {"mail_from", "mail_from is no mail address"};
  if (s.smtp_url.empty()) return {};
  bool const tls_at_once = s.smtp_url.starts_with("smtps://");
  if (!tls_at_once && !s.smtp_url.starts_with("smtp://"))
    return {"smtp_url", "smtp_url begins with smtp:// or smtps://"};
  if (s.mail_from.empty()) return {"smtp_url", "smtp_url needs mail_from, the address that mails come from"};
  if (s.smtp_without_tls && tls_at_once) return {"smtp_without_tls", "smtps:// is never without TLS"};
  if (s.smtp_without_tls && !s.smtp_user.empty())
    return {"smtp_without_tls", "a password is not sent without TLS; remove smtp_user or smtp_without_tls"};
  if (s.smtp_user.empty() != s.smtp_password_file.empty())
    return {s.smtp_user.empty() ? "smtp_password_file" : "smtp_user", "smtp_user and smtp_password_file go together"};
  return {};
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
  std::string policy(to_text(s.password_policy));
  take("password_policy", policy);
  if (!from_text(policy, s.password_policy))
    wrong(file, table.get("password_policy")->source(), "password_policy is composed or long_enough");
  take("service_name", s.service_name);
  take("smtp_url", s.smtp_url);
  take("smtp_without_tls", s.smtp_without_tls);
  take("smtp_user", s.smtp_user);
  take("smtp_password_file", s.smtp_password_file);
  take("smtp_ca_file", s.smtp_ca_file);
  take("mail_from", s.mail_from);
  if (auto const fault = mail_fault(s); !fault.first.empty())
    wrong(file, table.get(fault.first)->source(), fault.second);
  take("operator_name", s.operator_name);
  take("operator_address", s.operator_address);
  take("data_location", s.data_location);
  auto const take_contact = [&](std::string_view key, std::string& into) {
    take(key, into);
    if (!into.empty() && publications::contact_uri(into).empty())
      wrong(file, table.get(key)->source(),
            std::string(key) + " is a mail address, or an address with https: or tel:");
  };
  take_contact("contact", s.contact);
  take_contact("privacy_contact", s.privacy_contact);
  take_contact("security_contact", s.security_contact);
  take("support_mail", s.support_mail);
  if (!s.support_mail.empty() && !mail::envelope_address(s.support_mail))
    wrong(file, table.get("support_mail")->source(), "support_mail is no mail address");
  take("support_hours_ja", s.support_hours_ja);
  take("support_hours_en", s.support_hours_en);
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
