#include "app/serve.hpp"

#include <pthread.h>
#include <signal.h>

#include "app/service.hpp"
#include "base/log.hpp"

namespace menkyo::app {

namespace {

// Signals are taken by one waiting thread, so that stopping is ordinary code.
sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return set;
}

void refuse_sample_beyond_loopback(Service& service) {
  if (service.settings().loopback()) return;
  if (service.database().read([](db::ReadTx& tx) { return keys::is_sample(tx); }))
    throw std::runtime_error(
        "This database holds the sample, whose passwords lie in a file. It is served on a loopback address only; use "
        "another --data folder for real data.");
}

}  // namespace

int serve(Settings settings) {
  auto const signals = block_signals();
  Service service(settings);
  refuse_sample_beyond_loopback(service);
  http::ServerConfig config;
  config.listen = settings.listen;
  config.tls_certificate_path = settings.tls_certificate;
  config.tls_key_path = settings.tls_key;
  config.allow_plain_beyond_loopback = settings.allow_plain_beyond_loopback;
  config.limits = settings.limits;
  http::Server server(
      config, [&](api::Request request, api::Reply reply) { service.handle(std::move(request), std::move(reply)); });
  service.attach(&server.stats());
  server.start();
  service.runner().start();
  service.mailer().start();
  if (settings.smtp_url.empty())
    log::info("mails_are_kept", {{"folder", (settings.data / "mail").string()}, {"because", "smtp_url is not set"}});
  log::info("started", {{"port", server.port()}, {"database", service.database().driver().name()}});
  int signal = 0;
  sigwait(&signals, &signal);
  log::info("stopping", {{"signal", signal}});
  server.stop_gracefully(std::chrono::seconds(settings.stop_grace_s));
  service.runner().stop();
  service.postman().stop();
  service.mailer().stop();
  log::info("stopped");
  return 0;
}

}  // namespace menkyo::app
