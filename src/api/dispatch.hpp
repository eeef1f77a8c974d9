#pragma once
// From a request to its answer: find the row, decode, one transaction (authenticate, authorize, handle), commit,
// answer.

#include "api/route.hpp"
#include "base/executor.hpp"

namespace menkyo::api {

// Hides answers that are kept for repeated requests. Thread-safe.
class Sealer {
 public:
  virtual ~Sealer() = default;
  virtual Bytes seal(ByteView plain, Random& random) const = 0;
  virtual Bytes open(ByteView sealed) const = 0;
  // A keyed hash (32 bytes), for look-ups that must not reveal what they look up.
  virtual Bytes lookup(std::string_view purpose, ByteView text) const = 0;
};

struct DispatchConfig {
  std::vector<Route> routes;
  db::Database* database;
  Services const* services;
  Sealer const* sealer;
  std::function<Caller(db::ReadTx&, Request const&)> authenticate;
  Handler otherwise;  // answers paths that no row has (the portal's files)
  // Throw Problem too_many_requests: the first before anything is done for a request, on the thread that brings it;
  // the second inside its transaction, once it is known who asks. Empty: no limits.
  std::function<void(Request const&)> admit_request{};
  std::function<void(Caller const&)> admit_caller{};
  int worker_threads = 2;
  int slow_threads = 1;
};

struct DispatchStats {
  std::atomic<uint64_t> requests{0}, problems{0}, failures{0}, throttled{0}, put_off{0};
};

// Thread-safe; answers everything before it is destroyed.
class Dispatcher {
 public:
  explicit Dispatcher(DispatchConfig config);
  ~Dispatcher();

  void handle(Request request, Reply reply);
  std::vector<Route> const& routes() const;
  DispatchStats const& stats() const;
  // For raw routes: work that must not run on the thread that calls it.
  Executor& workers();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Keeps one answer per idempotency key for this long.
inline constexpr Duration idempotency_period = std::chrono::hours(24);

}  // namespace menkyo::api
