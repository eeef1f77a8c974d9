#pragma once
// Who may send how many requests. A person, each of its programs and sessions, each access token of a program, and
// each address have a bucket: sessions, tokens and addresses are counted before anything else is done for a request,
// persons once it is known who asks, so that many sessions of one person are not many persons. Guessing of passwords
// is slowed down beside this (people/throttle.hpp).

#include <functional>

#include "api/caller.hpp"
#include "api/message.hpp"
#include "base/token_buckets.hpp"

namespace menkyo::app {

// Generous: a person who works in the portal never gets near, and neither does a site whose devices share an address.
struct RateSettings {
  RateRule person{20, 600};
  RateRule address{100, 2000};
};

// Thread-safe. `steady` must outlive it; it never stands still, as the service's time may.
class Rates {
 public:
  Rates(RateSettings const& settings, Clock const& steady, SeedSource& seeds);

  // Both throw Problem too_many_requests with the time to wait.
  void admit(api::Request const& request);
  void admit(api::Caller const& caller);

 private:
  Clock const& steady_;
  TokenBuckets addresses_, sessions_, persons_;
};

}  // namespace menkyo::app
