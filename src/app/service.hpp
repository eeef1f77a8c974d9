#pragma once
// The composition root: everything that a running installation consists of, made in the order of dependency.

#include <memory>
#include <string>

#include "api/dispatch.hpp"
#include "api/page.hpp"
#include "app/settings.hpp"
#include "catalog/import.hpp"
#include "devices/desk.hpp"
#include "http/server.hpp"
#include "jobs/runner.hpp"
#include "keys/authority.hpp"
#include "live/live.hpp"
#include "mail/postman.hpp"
#include "publications/imprint.hpp"
#include "support/enquiries.hpp"

namespace menkyo::app {

// All operations of this program, in the order of the documents.
std::vector<api::Route> route_table();

// The parts without the network: for commands, tests and the server alike. Opening migrates the database and makes
// the installation's keys if there are none. Throws with a sentence for the operator: std::runtime_error,
// db::StorageError, db::NewerDatabase, keys::SealBroken.
class Service {
 public:
  // `steady` is what rates are measured by. Clocks and seeds must outlive it.
  explicit Service(Settings settings, Clock const& clock = system_clock(), SeedSource& seeds = system_seeds(),
                   Clock const& steady = monotonic_clock());
  ~Service();

  void handle(api::Request request, api::Reply reply);

  db::Database& database() { return *database_; }
  keys::Vault const& vault() const { return *vault_; }
  keys::Authority const& authority() const { return *authority_; }
  catalog::CatalogCache& catalogs() { return catalogs_; }
  devices::Desk& desk() { return *desk_; }
  // Knows all kinds of background work; starts only when told to.
  jobs::JobRunner& runner() { return *runner_; }
  // Sends mails; starts only when told to. A runner of its own, because it waits for other people's servers.
  jobs::JobRunner& mailer() { return *mailer_; }
  mail::Postman& postman() { return *postman_; }
  mail::Outbox const& outbox() const { return *outbox_; }
  // What an import of the catalogue asks for when the hierarchy changed.
  catalog::GroupsChanged groups_changed() const;
  Settings const& settings() const { return settings_; }
  api::Dispatcher const& dispatcher() const { return *dispatcher_; }

  // Whether the database answers.
  bool ready();
  // In the text format of Prometheus (exposition format 0.0.4).
  std::string metrics(http::ServerStats const* server) const;
  void attach(http::ServerStats const* stats) { server_stats_ = stats; }

 private:
  Settings settings_;
  std::unique_ptr<keys::Vault> vault_;
  std::unique_ptr<db::Database> database_;
  std::unique_ptr<keys::Authority> authority_;
  std::unique_ptr<api::Cursors> cursors_;
  catalog::CatalogCache catalogs_;
  std::unique_ptr<devices::Desk> desk_;
  std::unique_ptr<mail::Outbox> outbox_;
  std::unique_ptr<mail::Mailbox> mailbox_;
  std::unique_ptr<mail::Postman> postman_;
  std::unique_ptr<jobs::JobRunner> runner_, mailer_;
  std::unique_ptr<live::Live> live_;
  people::Policy policy_;
  publications::Imprint imprint_;
  support::SupportDesk support_desk_;
  Rates rates_;
  api::Services services_;
  http::ServerStats const* server_stats_ = nullptr;
  std::unique_ptr<api::Dispatcher> dispatcher_;
};

}  // namespace menkyo::app

template <>
inline constexpr bool menkyo::api::is_service<menkyo::app::Service> = true;
