#include "http/server.hpp"

#include <utility>

#include "http/net.hpp"

namespace menkyo::http {

struct Server::Impl {
  std::shared_ptr<Shared> shared;
  std::unique_ptr<Network> network;
};

Server::Server(ServerConfig config, api::Handler handler, Clock const& clock, SeedSource& seeds)
    : impl_(std::make_unique<Impl>()) {
  impl_->shared.reset(new Shared{std::move(config), std::move(handler), clock, seeds});
}

Server::~Server() {
  stop_gracefully(Milliseconds(0));
}

void Server::start() {
  impl_->network = std::make_unique<Network>(impl_->shared);
  impl_->network->run();
}

uint16_t Server::port() const {
  return impl_->network ? impl_->network->port : 0;
}

void Server::stop_gracefully(Milliseconds deadline) {
  if (impl_->network) impl_->network->stop(deadline);
}

ServerStats const& Server::stats() const {
  return impl_->shared->stats;
}

}  // namespace menkyo::http
