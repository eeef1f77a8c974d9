#pragma once
// A fleet of devices over weeks, second by second, with an outage of the server in between. Every time is decided by
// the rules that server and agent use themselves: windows (protocol/schedule.hpp), waits (sdk/pace.hpp), Retry-After
// (devices/appointments.hpp). What is simulated here is only the passing of time, and a server that answers so many
// messages a second and refuses what is beyond. Equal seeds give equal results. One thread.

#include <functional>
#include <vector>

#include "devices/appointments.hpp"
#include "sdk/pace.hpp"

namespace menkyo::bench {

struct Herd {
  size_t devices = 1'000'000;
  protocol::Policy policy{};
  bool short_of_licenses = false;  // all check in every out_of_compliance_renew_s
  bool rolled_out = false;         // all are registered in the first hour; otherwise they have been about for long
  int64_t days = 60;
  int64_t outage_from_s = 10 * 86400, outage_s = 4 * 3600;
  double changing = 0;            // part of the devices of which people want something new
  int64_t changing_s = 4 * 3600;  // from the beginning of the outage on
  double capacity = 1.5;          // what the server answers, as a multiple of the planned peak of a minute
  uint64_t seed = 1;
};

// The rules; counter-examples replace them.
struct HerdRules {
  std::function<protocol::Window(uint64_t place, int64_t interval_s, protocol::Instant now)> window =
      [](uint64_t place, int64_t interval_s, protocol::Instant now) {
        return protocol::window_after(place, interval_s, now);
      };
  std::function<int64_t(protocol::Policy const&, agent::Need, int64_t failures, std::optional<int64_t> retry_after_s,
                        agent::Chance const&)>
      wait = agent::wait_s;
  std::function<int64_t(devices::Appointments&, devices::Pressure const&, Instant now, uint64_t chance)> retry_after =
      devices::retry_after_s;
};

struct HerdLoad {
  std::vector<uint32_t> arrived;       // messages in each minute, those that are refused too
  int64_t refused = 0, unreached = 0;  // unreached: sent while the server was away
  int64_t lapsed = 0;                  // authorizations that expired before their check-in was answered
  int64_t latest_s = 0;                // from the moment a message was due to its answer, at the most
};

HerdLoad simulate(Herd const& herd, HerdRules const& rules = {});

// Check-ins, reports and renewals in a second, if each device does each once a period.
double planned_per_s(Herd const& herd);

// The most that the plan leads to in so many minutes: the mean, and four standard deviations of a sum of independent
// moments (Poisson), which one minute in 30,000 exceeds.
double planned_peak(Herd const& herd, int64_t minutes);

// The most messages in `width` minutes one after the other, among the minutes [from, to).
int64_t busiest(std::vector<uint32_t> const& per_minute, int64_t from, int64_t to, int64_t width);

// The busiest minute and hour of a stretch of time, divided by the planned peak of as many minutes.
struct HerdPeak {
  double minute = 0, hour = 0;
};
// What reaches the server: before the outage, in the day after it, and from then on.
struct HerdPeaks {
  HerdPeak before, after, later;
  double highest() const;
};
HerdPeaks peaks(Herd const& herd, HerdLoad const& load);

// A fleet that comes back is spread to at most so many times the planned peak.
inline constexpr double herd_bound = 1.5;

struct HerdCase {
  const char* name;
  Herd herd;
  HerdRules rules;
  bool keeps_bound;  // otherwise it shows what a rule is for
};
std::vector<HerdCase> herd_cases(size_t devices, int64_t outage_s, uint64_t seed);

}  // namespace menkyo::bench
