#include "bench/pages.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "app/service.hpp"
#include "base/random.hpp"

namespace menkyo::bench {

namespace {

std::string get(std::string const& target, std::string const& cookie) {
  return "GET " + target + " HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: " + cookie + "\r\n\r\n";
}

std::string sign_in_request(Population const& population) {
  std::string body;
  protocol::json::Writer(body)
      .begin_object()
      .member("mail", population.mail)
      .member("password", population.password)
      .end_object();
  // The server takes changes only from pages of its own.
  return "POST /api/v1/sign_in HTTP/1.1\r\nhost: 127.0.0.1\r\norigin: http://127.0.0.1\r\nsec-fetch-site: "
         "same-origin\r\ncontent-type: application/json\r\ncontent-length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

std::string sign_in(Peer peer, Population const& population) {
  auto const head = fetch_head(peer, sign_in_request(population));
  constexpr std::string_view name = "menkyo_session=";
  auto const at = head.find(name);
  if (at == std::string::npos) throw std::runtime_error("nobody can sign in: " + head);
  return head.substr(at, head.find(';', at) - at);
}

std::vector<Page> pages_of(Population const& population, std::string const& cookie, size_t variety) {
  Random random(system_seeds().next());
  auto const account = "/api/v1/smart_accounts/" + population.smart_account_id.text();
  auto const& vas = population.virtual_accounts;
  auto const devices = population.plan.size().devices;
  auto const place = [&](VirtualAccountId va) { return account + "/virtual_accounts/" + va.text(); };
  std::vector<Page> out;
  auto const add = [&](std::string name, auto&& target) {
    Page page{std::move(name), {}};
    for (size_t i = 0; i < variety; ++i) page.requests.push_back(get(target(), cookie));
    out.push_back(std::move(page));
  };
  auto const anywhere = [&] { return place(vas[random.below(vas.size())]); };
  auto const largest = [&] { return place(vas.front()); };
  add("me", [] { return std::string("/api/v1/me"); });
  add("account", [&] { return account; });
  add("overview", [&] { return account + "/overview"; });
  add("overview, search",
      [&] { return account + "/overview?search=Site%20" + std::to_string(10'001 + random.below(vas.size())); });
  add("overview, out of compliance", [&] { return account + "/overview?status=out_of_compliance"; });
  add("tree", [&] { return account + "/virtual_accounts"; });
  add("tree, below one",
      [&] { return account + "/virtual_accounts?parent=" + vas[random.below(vas.size())].text(); });
  add("tree, search",
      [&] { return account + "/virtual_accounts?search=" + std::to_string(10'001 + random.below(vas.size())); });
  add("users", [&] { return account + "/users"; });
  add("requests for accounts", [&] { return account + "/account_requests"; });
  add("events", [&] { return account + "/events"; });
  add("events of a kind that is rare", [&] { return account + "/events?kind=token_created"; });
  add("events of one", [&] { return anywhere() + "/events"; });
  add("licenses", [&] { return anywhere() + "/licenses"; });
  add("licenses, of the largest", [&] { return largest() + "/licenses"; });
  for (auto const* sort : {"short", "-next_end_at"})
    add(std::string("licenses, by ") + sort, [&] { return anywhere() + "/licenses?sort=" + sort; });
  add("licenses, out of compliance", [&] { return anywhere() + "/licenses?status=out_of_compliance"; });
  add("licenses, search", [&] { return anywhere() + "/licenses?search=option"; });
  for (auto const* sort :
       {"name", "-name", "registered_at", "-registered_at", "last_contact_at", "-last_contact_at"}) {
    add(std::string("devices, by ") + sort, [&] { return anywhere() + "/devices?sort=" + sort; });
    add(std::string("devices of the largest, by ") + sort, [&] { return largest() + "/devices?sort=" + sort; });
  }
  add("devices of the largest, removed", [&] { return largest() + "/devices?status=removed"; });
  add("devices of the largest, all", [&] { return largest() + "/devices?status=all"; });
  auto const search = [&] { return "search=router-" + std::to_string(random.below(devices)).substr(0, 3); };
  add("devices of the largest, search", [&] { return largest() + "/devices?" + search(); });
  add("devices of the largest, search, by -last_contact_at",
      [&] { return largest() + "/devices?sort=-last_contact_at&" + search(); });
  add("one device", [&] {
    auto const d = population.plan.device(random.below(devices));
    return place(vas[d.virtual_account]) + "/devices/" + d.device_id.text();
  });
  add("tokens", [&] { return anywhere() + "/tokens"; });
  return out;
}

Work measure_page(MeasuredServer const& server, Page const& page, size_t connections, double seconds) {
  Traffic traffic{
      connections,
      [&](size_t lane, size_t n) { return &page.requests[(lane + n * connections) % page.requests.size()]; },
      [](size_t, size_t, int status, std::string_view) { return status == 200; }, 1, seconds};
  auto work = server.driven(page.name, traffic);
  work.to_a_commit = 0;  // a page writes nothing; the commits are those of background work
  return work;
}

Work measure_sign_in(MeasuredServer const& server, Population const& population, double seconds) {
  auto const request = sign_in_request(population);
  Traffic traffic{1, [&](size_t, size_t) { return &request; },
                  [](size_t, size_t, int status, std::string_view) { return status == 200; }, 1, seconds};
  return server.driven("sign-in", traffic);
}

Work measure_deposits(app::Settings const& settings, Population const& population, double seconds) {
  using Steady = std::chrono::steady_clock;
  app::Service service(settings);
  Random random(system_seeds().next());
  Work work{"deposit (in the process)", {}};
  double const processor = processor_us();
  auto const begin = Steady::now();
  auto const elapsed = [&] { return std::chrono::duration<double>(Steady::now() - begin).count(); };
  while (elapsed() < seconds) {
    auto const va = population.virtual_accounts[random.below(population.virtual_accounts.size())];
    auto const start = Steady::now();
    service.database().write([&](db::Tx& tx) {
      auto const catalog = service.catalogs().at(tx);
      licenses::deposit(tx, service.vault(), *catalog,
                        {population.smart_account_id,
                         va,
                         catalog->find_entitlement(changing_entitlement)->entitlement_id,
                         licenses::LicenseType::PERPETUAL,
                         1,
                         tx.now(),
                         forever,
                         {},
                         "order",
                         "M-1",
                         {audit::ActorKind::command, {}}});
    });
    work.driven.latencies_us.push_back(
        uint32_t(std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - start).count()));
    ++work.driven.answered;
  }
  work.driven.seconds = elapsed();
  work.server_us = (processor_us() - processor) / double(work.driven.answered);
  std::sort(work.driven.latencies_us.begin(), work.driven.latencies_us.end());
  return work;
}

}  // namespace menkyo::bench
