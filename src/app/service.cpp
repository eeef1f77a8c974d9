#include "app/service.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <fstream>

#include "accounts/accounts.hpp"
#include "api/openapi.hpp"
#include "api/render.hpp"
#include "app/background.hpp"
#include "app/version.hpp"
#include "base/log.hpp"
#include "catalog/resettle.hpp"
#include "catalog/routes.hpp"
#include "companies/directory.hpp"
#include "db/migrate.hpp"
#include "devices/routes.hpp"
#include "http/assets.hpp"
#include "licenses/routes.hpp"
#include "orders/routes.hpp"
#include "people/people.hpp"
#include "places/places.hpp"
#include "publications/publications.hpp"

namespace menkyo::app {

namespace {

using api::Method;

api::Response plain(int status, std::string text, std::string type = "text/plain; charset=utf-8") {
  return {status, {{"content-type", std::move(type)}}, std::move(text), {}};
}

struct ServiceFacts {
  std::string service_name;
  people::PasswordPolicy password_policy;
  bool has_mailbox;  // mails are shown on a page instead of being sent
  std::optional<std::string> support_mail, support_hours_ja, support_hours_en;
};
BOOST_DESCRIBE_STRUCT(ServiceFacts, (),
                      (service_name, password_policy, has_mailbox, support_mail, support_hours_ja, support_hours_en))

ServiceFacts get_service(db::ReadTx&, mail::Outbox const& outbox, mail::Mailbox const& mailbox,
                         people::Policy const& policy, support::SupportDesk const& desk) {
  auto const given = [](std::string const& text) { return text.empty() ? std::nullopt : std::optional(text); };
  return {outbox.service_name(), policy.password,      mailbox.open(),
          given(desk.mail),      given(desk.hours_ja), given(desk.hours_en)};
}

std::vector<api::Route> service_routes() {
  auto const row = [](std::string path, std::string id, std::string summary, std::string type, auto handler) {
    return api::raw_route(Method::get, std::move(path), std::move(id), std::move(summary), "", std::move(type),
                          [handler](api::Request, api::Services const& services, api::Reply reply) {
                            reply(handler(services.get<Service>()));
                          });
  };
  return {
      row("/healthz", "get_health", "Whether the process runs", "text/plain",
          [](Service&) { return plain(200, "ok\n"); }),
      row("/readyz", "get_readiness", "Whether the service can answer, database included", "text/plain",
          [](Service& s) {
            return s.ready() ? plain(200, "ready\n") : plain(503, "the database does not answer\n");
          }),
      row("/metrics", "get_metrics", "Counters for Prometheus", "text/plain",
          [](Service& s) { return plain(200, s.metrics(nullptr), "text/plain; version=0.0.4; charset=utf-8"); }),
      row("/api/openapi.json", "get_openapi", "This document", "application/json",
          [](Service&) {
            static std::string const document = api::openapi(route_table(), version);
            return plain(200, document, "application/json");
          }),
  };
}

void append(std::vector<api::Route>& all, std::vector<api::Route> more) {
  for (auto& r : more) all.push_back(std::move(r));
}

// Whatever is no operation: a file of the portal, or nothing.
void answer_file(api::Request const& request, api::Reply const& reply) {
  try {
    if (request.path.starts_with("/api/") || request.path.starts_with("/device/")) throw Problem(problems::not_found);
    reply(http::serve_asset(request));
  } catch (Problem const& problem) {
    reply(api::render(problem, {}));
  }
}

std::string first_line(std::filesystem::path const& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) throw std::runtime_error("Cannot read " + path.string());
  return line;
}

std::unique_ptr<keys::Vault> open_vault(Settings const& settings, SeedSource& seeds) {
  ::umask(077);  // what is written from here on is for its owner: database, keys, credentials
  std::filesystem::create_directories(settings.data);
  Random random(seeds.next());
  return std::make_unique<keys::Vault>(keys::load_or_create_master_key(settings.master_key_path(), random));
}

std::unique_ptr<db::Database> open_database(Settings const& settings, Clock const& clock, SeedSource& seeds) {
  // A migration rebuilds whole tables and takes the time that it takes.
  db::migrate(*db::make_driver(settings.database_url(), std::chrono::hours(24)), db::migrations(), clock.now());
  db::DatabaseConfig config;
  config.url = settings.database_url();
  config.answer_limit = std::chrono::seconds(settings.database_answer_s);
  return std::make_unique<db::Database>(std::move(config), clock, seeds);
}

publications::Imprint imprint_of(Settings const& s) {
  using publications::contact_uri;
  return {s.service_name,
          s.reached_at(),
          s.operator_name,
          s.operator_address,
          s.data_location,
          contact_uri(s.contact.empty() ? s.support_mail : s.contact),
          contact_uri(s.privacy_contact),
          contact_uri(s.security_contact)};
}

std::unique_ptr<mail::Postman> make_postman(Settings const& s, keys::Vault const& vault) {
  mail::Sender const sender{s.mail_from.empty() ? "no-reply@localhost" : s.mail_from, s.service_name};
  return std::make_unique<mail::Postman>(
      vault, sender, [&s](std::atomic<bool> const& stopping) -> std::unique_ptr<mail::Transport> {
        if (s.smtp_url.empty()) return mail::folder_transport(s.data / "mail");
        mail::SmtpConfig config{.url = s.smtp_url, .require_tls = !s.smtp_without_tls, .user = s.smtp_user};
        config.ca_file = s.smtp_ca_file.string();
        if (!s.smtp_password_file.empty()) config.password = first_line(s.smtp_password_file);
        return mail::smtp_transport(std::move(config), stopping);
      });
}

}  // namespace

std::vector<api::Route> route_table() {
  std::vector<api::Route> all;
  append(all, places::routes());
  append(all, people::routes());
  append(all, mail::routes());
  append(all, accounts::routes());
  append(all, support::routes());
  append(all, companies::routes());
  append(all, catalog::routes());
  append(all, publications::routes());
  append(all, orders::routes());
  append(all, licenses::routes());
  append(all, devices::routes());
  append(all, live::routes());
  append(all, devices::message_routes());
  append(all, service_routes());
  all.push_back(api::route<&get_service>(Method::get, "/api/v1/service", "get_service",
                                         "What everybody may know about this service"));
  return all;
}

Service::Service(Settings settings, Clock const& clock, SeedSource& seeds, Clock const& steady)
    : settings_(std::move(settings)),
      vault_(open_vault(settings_, seeds)),
      database_(open_database(settings_, clock, seeds)),
      policy_{settings_.password_policy},
      imprint_(imprint_of(settings_)),
      support_desk_{settings_.support_mail, settings_.support_hours_ja, settings_.support_hours_en},
      rates_(settings_.rates, steady, seeds) {
  keys::ensure_installation(*database_, *vault_);
  publications::bring_first_texts(*database_);
  // Time goes on from where the last server left it, even if the machine's clock was set back meanwhile: leases,
  // sessions and the order of events rest on it.
  database_->set_floor(database_->read([](db::ReadTx& tx) { return jobs::clock_state(tx).floor_at; }));
  authority_ = keys::Authority::load(*database_, *vault_);
  cursors_ = std::make_unique<api::Cursors>(vault_->derive("cursors"));
  desk_ = std::make_unique<devices::Desk>(
      devices::DeskConfig{database_.get(), vault_.get(), authority_.get(), &catalogs_, {}, settings_.worker_threads});
  outbox_ = std::make_unique<mail::Outbox>(*vault_, mail::Letterhead{settings_.service_name, settings_.reached_at()},
                                           !settings_.smtp_url.empty());
  mailbox_ = std::make_unique<mail::Mailbox>(*vault_, settings_.shows_mails());
  postman_ = make_postman(settings_, *vault_);
  mailer_ = std::make_unique<jobs::JobRunner>(*database_, jobs::RunnerConfig{.lease = "mail"});
  runner_ = std::make_unique<jobs::JobRunner>(*database_);
  add_background_work(*this);
  live_ = std::make_unique<live::Live>(live::LiveConfig{
      database_.get(), [](db::ReadTx& tx, api::Caller const& caller) { people::load_session(tx, caller); }});
  services_.add(*live_);
  services_.add(policy_);
  services_.add(imprint_);
  services_.add(support_desk_);
  services_.add(*outbox_);
  services_.add(*mailbox_);
  services_.add(*vault_);
  services_.add(*authority_);
  services_.add(*cursors_);
  services_.add(catalogs_);
  services_.add(*desk_);
  services_.add(*this);
  api::DispatchConfig config;
  config.routes = route_table();
  config.database = database_.get();
  config.services = &services_;
  config.sealer = vault_.get();
  config.authenticate = people::Authenticator(*database_, *vault_);
  config.otherwise = answer_file;
  config.admit_request = [this](api::Request const& request) { rates_.admit(request); };
  config.admit_caller = [this](api::Caller const& caller) { rates_.admit(caller); };
  config.worker_threads = settings_.worker_threads;
  dispatcher_ = std::make_unique<api::Dispatcher>(std::move(config));
}

Service::~Service() = default;

catalog::GroupsChanged Service::groups_changed() const {
  return catalog::resettle_later();
}

void Service::handle(api::Request request, api::Reply reply) {
  dispatcher_->handle(std::move(request), std::move(reply));
}

bool Service::ready() {
  try {
    database_->read([](db::ReadTx& tx) { keys::is_sample(tx); });
    return true;
  } catch (std::exception const&) {
    return false;
  }
}

std::string Service::metrics(http::ServerStats const*) const {
  std::string out;
  auto const counter = [&](std::string const& name, std::string_view help, uint64_t value,
                           std::string_view type = "counter") {
    out += "# HELP menkyo_" + name + " " + std::string(help) + "\n# TYPE menkyo_" + name + " " + std::string(type) +
           "\nmenkyo_" + name + " " + std::to_string(value) + "\n";
  };
  auto const& db = database_->stats();
  counter("requests_total", "Requests taken.", dispatcher_->stats().requests);
  counter("problems_total", "Requests answered with a problem.", dispatcher_->stats().problems);
  counter("failures_total", "Requests that failed for a reason of the server's own.", dispatcher_->stats().failures);
  counter("throttled_total", "Requests answered 429 because their caller sent too many.",
          dispatcher_->stats().throttled);
  counter("put_off_total", "Requests answered 503 with a time to come again, because too much was under way.",
          dispatcher_->stats().put_off);
  counter("commits_total", "Transactions committed.", db.commits);
  counter("committed_work_total", "Pieces of work in them.", db.grouped);
  counter("write_retries_total", "Transactions tried again.", db.retries);
  counter("write_failures_total", "Transactions that the database refused.", db.failures);
  counter("write_refused_total", "Pieces of work refused because too many waited.", db.refused);
  counter("unknown_commits_total", "Commits whose outcome had to be looked up.", db.unknown_commits);
  auto const& mails = postman_->stats();
  counter("mails_delivered_total", "Mails handed to the mail server.", mails.delivered);
  counter("mails_put_off_total", "Attempts to hand over a mail that failed for now.", mails.put_off);
  counter("mails_given_up_total", "Mails that nobody will take.", mails.given_up);
  if (server_stats_) {
    counter("connections_accepted_total", "Connections accepted.", server_stats_->connections_accepted);
    counter("connections_rejected_total", "Connections over the bound.", server_stats_->connections_rejected);
    counter("connections_open", "Connections open now.", server_stats_->connections_open, "gauge");
    counter("streams_open", "Event streams open now.", server_stats_->streams_open, "gauge");
    counter("received_bytes_total", "Bytes of HTTP received.", server_stats_->bytes_received);
    counter("sent_bytes_total", "Bytes of HTTP sent.", server_stats_->bytes_sent);
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  counter("max_resident_bytes", "Most memory ever held.", uint64_t(usage.ru_maxrss) * 1024, "gauge");
  return out;
}

}  // namespace menkyo::app
