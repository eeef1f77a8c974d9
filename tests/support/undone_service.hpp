#pragma once
// All operations of the program on the world of a test, each undone when it has answered, so that every request meets
// the same service.

#include <filesystem>
#include <optional>

#include "app/service.hpp"
#include "tests/support/device_world.hpp"

namespace menkyo::test {

class UndoneService {
 public:
  // `keep` chooses the routes that there are; all if there is none. The world must outlive it.
  explicit UndoneService(DeviceWorld& world, std::function<bool(api::Route const&)> const& keep = {});
  ~UndoneService();

  std::vector<api::Route> const& routes() const { return dispatcher_->routes(); }
  // A cookie's value with which that person is signed in for an hour.
  std::string session_of(PersonId who);
  // Sends the request as a page of the portal would; nobody is signed in if `session` is empty.
  api::Response send(api::Request request, std::string const& session);
  // Where an answer is not what its route declares.
  std::vector<std::string> faults_of(api::Request const& request, api::Response const& response) const;

 private:
  DeviceWorld& world_;
  api::Cursors cursors_{Bytes(32, 3)};
  people::Policy policy_;
  support::SupportDesk support_desk_{"help@support.example", {}, {}};
  mail::Outbox outbox_;
  mail::Mailbox mailbox_;
  publications::Imprint imprint_;
  api::Services services_;
  std::filesystem::path folder_;
  std::unique_ptr<app::Service> service_;
  std::unique_ptr<live::Live> live_;
  std::optional<api::Response> kept_;
  std::optional<api::Dispatcher> dispatcher_;
};

}  // namespace menkyo::test
