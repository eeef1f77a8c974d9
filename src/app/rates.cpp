#include "app/rates.hpp"

#include "base/problem.hpp"
#include "people/people.hpp"

namespace menkyo::app {

namespace {

constexpr size_t callers_known = 64 * 1024;  // of each kind; a megabyte

void take(TokenBuckets& buckets, std::string_view caller, Instant now) {
  auto const wait = buckets.take(caller, now);
  if (wait == Duration{}) return;
  Problem problem(problems::too_many_requests, "Too many requests came at once; wait a moment and try again.");
  problem.retry_after_s = int(std::chrono::ceil<std::chrono::seconds>(wait).count());
  throw problem;
}

}  // namespace

Rates::Rates(RateSettings const& settings, Clock const& steady, SeedSource& seeds)
    : steady_(steady),
      addresses_(settings.address, callers_known, seeds.next()),
      sessions_(settings.person, callers_known, seeds.next()),
      persons_(settings.person, callers_known, seeds.next()) {}

void Rates::admit(api::Request const& request) {
  auto const now = steady_.now();
  if (!api::is_loopback(request.peer)) take(addresses_, people::source_of(request.peer), now);
  if (auto const token = people::session_token(request); !token.empty()) take(sessions_, token, now);
  if (auto const token = people::access_token(request); !token.empty()) take(sessions_, token, now);
}

void Rates::admit(api::Caller const& caller) {
  // A program that works hard does not keep its maker from the portal.
  take(persons_, as_text(caller.is_program() ? caller.program_id.bytes : caller.person_id.bytes), steady_.now());
}

}  // namespace menkyo::app
