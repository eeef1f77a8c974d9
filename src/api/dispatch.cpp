#include "api/dispatch.hpp"

#include <sodium.h>

#include <utility>

#include "api/render.hpp"
#include "api/store.hpp"
#include "base/failpoint.hpp"
#include "base/log.hpp"

namespace menkyo::api {

Route raw_route(Method method, std::string path, std::string operation_id, std::string summary,
                std::string request_type, std::string answer_type,
                std::function<void(Request, Services const&, Reply)> handler) {
  Route r{method, std::move(path), std::move(operation_id), std::move(summary), Shape::raw};
  r.request_type = std::move(request_type);
  r.answer_type = std::move(answer_type);
  r.run_raw = std::move(handler);
  return r;
}

void require_person(Caller const& caller) {
  if (caller.is_program())
    throw Problem(problems::forbidden, "Programs may not do this; a person does it in the portal.");
}

void require_writing(Caller const& caller) {
  if (caller.only_reads) throw Problem(problems::forbidden, "This program may only read.");
}

namespace {

std::vector<std::string_view> split_path(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    path.remove_prefix(1);
    out.push_back(path.substr(0, path.find('/')));
    path.remove_prefix(out.back().size());
  }
  return out;
}

Bytes sha256(std::string_view text) {
  Bytes out(crypto_hash_sha256_BYTES);
  crypto_hash_sha256(out.data(), reinterpret_cast<const uint8_t*>(text.data()), text.size());
  return out;
}

// Cookies travel with requests that other sites make. A page of another site cannot set this header, and browsers
// tell where a request came from (Fetch Metadata, Sec-Fetch-Site).
void refuse_cross_site(Request const& request) {
  if (takes_query(request.method) && request.method == Method::get) return;
  if (request.header("cookie").empty()) return;
  auto const site = request.header("sec-fetch-site");
  if (request.header("menkyo-request").empty() || (!site.empty() && site != "same-origin" && site != "none"))
    throw Problem(problems::cross_site, "Send the header Menkyo-Request: 1 from a page of this service.");
  auto origin = request.header("origin");
  if (origin.empty()) return;
  auto const host = origin.find("://");
  if (host == std::string_view::npos || origin.substr(host + 3) != request.header("host"))
    throw Problem(problems::cross_site);
}

}  // namespace

struct Dispatcher::Impl {
  explicit Impl(DispatchConfig c)
      : config(std::move(c)), workers(config.worker_threads, 8192), slow(config.slow_threads, 64) {
    for (auto const& route : config.routes) templates.push_back(split_path(route.path));
  }

  struct Match {
    Route const* route = nullptr;
    PathValues values;
    std::string allowed;  // methods of rows with this path, if none had the method asked for
  };

  Match find(Request const& request) const {
    Match match;
    auto const given = split_path(request.path);
    for (size_t i = 0; i < config.routes.size(); ++i) {
      auto const& wanted = templates[i];
      if (wanted.size() != given.size()) continue;
      bool same = true;
      for (size_t k = 0; same && k < given.size(); ++k) same = wanted[k].starts_with('{') || wanted[k] == given[k];
      if (!same) continue;
      auto const& route = config.routes[i];
      auto const method = request.method;
      if (route.method != method) {
        match.allowed += (match.allowed.empty() ? "" : ", ") + std::string(to_text(route.method));
        continue;
      }
      match.route = &route;
      for (size_t k = 0; k < given.size(); ++k)
        if (wanted[k].starts_with('{'))
          match.values.emplace_back(wanted[k].substr(1, wanted[k].size() - 2), percent_decode(given[k], false));
      return match;
    }
    return match;
  }

  // One request on its way; shared by the steps that run on different threads.
  struct Flight {
    Request request;
    Reply reply;
    std::string request_id;
    Route const* route = nullptr;
    PathValues values;
    std::unique_ptr<Call> call;
    Response response;
    bool admitted = false;  // its caller was counted; a second attempt is still one request
    std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
  };

  void finish(Flight& flight, Response response) {
    failpoint<"dispatch.before_reply", Failing::never>();
    auto const us =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - flight.began);
    // Whoever is put off is counted, not listed: a line for each would add to the load that puts them off.
    bool const put_off = response.problem == problems::busy.code;
    if (put_off) ++stats.put_off;
    log::write(response.status >= 500 && !put_off ? log::Level::warning : log::Level::debug, "request",
               {{"operation", flight.route ? std::string_view(flight.route->operation_id) : "none"},
                {"status", response.status},
                {"duration_us", us.count()},
                {"request_id", flight.request_id}});
    if (response.status >= 400) ++stats.problems;
    if (response.status == problems::too_many_requests.status) ++stats.throttled;
    response.headers.emplace_back("menkyo-request-id", flight.request_id);
    auto reply = std::move(flight.reply);
    reply(std::move(response));
  }

  void fail(Flight& flight, std::exception_ptr error) {
    try {
      std::rethrow_exception(error);
    } catch (Problem const& problem) {
      finish(flight, render(problem, flight.request_id));
    } catch (db::StorageError const& storage) {
      ++stats.failures;
      log::error("storage_failed", {{"request_id", flight.request_id}, {"failure", int(storage.failure)}});
      finish(flight, render(db::to_problem(storage), flight.request_id));
    } catch (std::exception const& unexpected) {
      ++stats.failures;
      log::error("request_failed",
                 {{"request_id", flight.request_id},
                  {"operation", flight.route ? std::string_view(flight.route->operation_id) : "none"},
                  {"what", unexpected.what()}});
      finish(flight, render(Problem(problems::internal), flight.request_id));
    }
  }

  void handle(Request request, Reply reply) {
    ++stats.requests;
    auto flight = std::make_shared<Flight>();
    flight->request = std::move(request);
    flight->reply = std::move(reply);
    RequestId id;
    Random(config.database->next_seed()).fill(id.bytes);
    flight->request_id = id.text();
    try {
      auto match = find(flight->request);
      if (!match.route) {
        if (!match.allowed.empty()) {
          auto response = render(Problem(problems::method_not_allowed), flight->request_id);
          response.headers.emplace_back("allow", match.allowed);
          return finish(*flight, std::move(response));
        }
        return config.otherwise(std::move(flight->request), std::move(flight->reply));
      }
      flight->route = match.route;
      flight->values = std::move(match.values);
      if (config.admit_request && is_rate_limited(*match.route)) config.admit_request(flight->request);
      if (match.route->shape == Shape::raw) {
        return match.route->run_raw(std::move(flight->request), *config.services,
                                    [this, flight](Response r) { finish(*flight, std::move(r)); });
      }
      refuse_cross_site(flight->request);
      auto& executor = match.route->shape == Shape::slow ? slow : workers;
      if (!executor.try_run([this, flight] { work(flight); })) {
        Problem busy(problems::busy);
        busy.retry_after_s = 1;
        throw busy;
      }
    } catch (...) {
      fail(*flight, std::current_exception());
    }
  }

  void work(std::shared_ptr<Flight> const& flight) {
    try {
      auto const& route = *flight->route;
      if (route.shape == Shape::slow) {
        return finish(*flight, route.run_slow(flight->request, flight->values, *config.services, *config.database));
      }
      flight->call = route.decode(flight->request, flight->values, *config.services);
      if (route.shape == Shape::read) {
        auto response =
            config.database->read([&](db::ReadTx& tx) { return flight->call->read(tx, caller_of(*flight, tx)); });
        return finish(*flight, std::move(response));
      }
      config.database->write_async([this, flight](db::Tx& tx) { flight->response = write(*flight, tx); },
                                   [this, flight](std::exception_ptr error) {
                                     workers.run([this, flight, error] {
                                       error ? fail(*flight, error) : finish(*flight, std::move(flight->response));
                                     });
                                   });
    } catch (...) {
      fail(*flight, std::current_exception());
    }
  }

  Caller caller_of(Flight& flight, db::ReadTx& tx) {
    auto const caller = config.authenticate(tx, flight.request);
    if (config.admit_caller && caller.signed_in() && !std::exchange(flight.admitted, true))
      config.admit_caller(caller);
    return caller;
  }

  Response write(Flight& flight, db::Tx& tx) {
    auto const caller = caller_of(flight, tx);
    auto const key = flight.request.header("idempotency-key");
    if (key.empty() || flight.request.method != Method::post || !caller.signed_in())
      return flight.call->write(tx, caller);
    if (key.size() > 255) throw Problem(problems::malformed, "The idempotency key is longer than 255 characters.");
    auto const lookup = config.sealer->lookup(
        "idempotency",
        as_bytes((caller.is_program() ? caller.program_id.text() : caller.person_id.text()) + "\n" +
                 flight.route->operation_id + "\n" + std::string(key)));
    auto const hash = sha256(flight.request.path + "\n" + flight.request.query + "\n" + flight.request.body);
    if (auto const kept = store::find_answer(tx, lookup, tx.now() - idempotency_period)) {
      if (kept->request_hash != hash)
        throw Problem(problems::key_reused, "Use a new idempotency key for another request.");
      return {int(kept->status),
              {{"content-type", "application/json"}, {"idempotent-replayed", "true"}},
              std::string(as_text(config.sealer->open(kept->wrapped_body))),
              {}};
    }
    auto response = flight.call->write(tx, caller);
    store::keep_answer(tx, lookup,
                       {hash, response.status, config.sealer->seal(as_bytes(response.body), tx.random())});
    failpoint<"dispatch.answer_kept">();
    return response;
  }

  DispatchConfig config;
  std::vector<std::vector<std::string_view>> templates;
  DispatchStats stats;
  Executor workers, slow;
};

Dispatcher::Dispatcher(DispatchConfig config) : impl_(std::make_unique<Impl>(std::move(config))) {}
Dispatcher::~Dispatcher() = default;
void Dispatcher::handle(Request request, Reply reply) {
  impl_->handle(std::move(request), std::move(reply));
}
std::vector<Route> const& Dispatcher::routes() const {
  return impl_->config.routes;
}
DispatchStats const& Dispatcher::stats() const {
  return impl_->stats;
}
Executor& Dispatcher::workers() {
  return impl_->workers;
}

}  // namespace menkyo::api
