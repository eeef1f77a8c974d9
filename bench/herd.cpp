#include "bench/herd.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <queue>
#include <string>
#include <tuple>
#include <utility>

#include "base/random.hpp"
#include "protocol/limits.hpp"

namespace menkyo::bench {

namespace {

using protocol::Errand;
using std::chrono::seconds;

constexpr int64_t day = 86400;
constexpr std::array errands{Errand::check_in, Errand::renew_identity, Errand::report};  // the order of tick()
constexpr size_t check_in = 0, renew_identity = 1, report = 2, nothing = 3;
// Seconds of work that the server lets wait; more is refused.
constexpr double queue_s = 60;

int64_t interval_s(Herd const& herd, size_t errand) {
  auto const& p = herd.policy;
  if (errand == renew_identity) return p.identity_renew_s;
  if (errand == report) return p.report_interval_s;
  return herd.short_of_licenses ? p.out_of_compliance_renew_s : p.authorization_renew_s;
}

// Times are seconds from the start of the simulation.
struct Device {
  std::array<uint64_t, 3> places{};
  std::array<int64_t, 3> due{};
  int64_t checked_in_at = 0, identity_since = 0;
  int64_t retry_at = 0, wake_at = -1;
  int64_t stored_at = 0;  // when the message that is not answered was made
  size_t pending = nothing;
  int64_t failures = 0;
  bool awaited = false;
};

// A device's wake-up call, or people who want something new of it.
struct Wake {
  int64_t at;
  uint32_t device;
  bool change;
  bool operator>(Wake const& other) const { return std::tie(at, device) > std::tie(other.at, other.device); }
};

class Simulation {
 public:
  Simulation(Herd const& herd, HerdRules const& rules)
      : herd_(herd),
        rules_(rules),
        random_(FixedSeeds(herd.seed).next()),
        chance_([this](int64_t bound) { return int64_t(random_.below(uint64_t(bound))); }),
        minutes_(size_t(herd.days * day / 60)),
        devices_(herd.devices),
        answered_per_s_(herd.capacity * planned_peak(herd, 1) / 60) {
    load_.arrived.resize(minutes_.size());
  }

  HerdLoad run() {
    for (uint32_t i = 0; i < devices_.size(); ++i) begin(i);
    for (size_t minute = 0; minute < minutes_.size(); ++minute) {
      now_ = std::priority_queue<Wake, std::vector<Wake>, std::greater<>>({}, std::exchange(minutes_[minute], {}));
      minute_ = int64_t(minute);
      while (!now_.empty()) {
        auto const wake = now_.top();
        now_.pop();
        if (wake.change) {
          change(wake.device, wake.at);
        } else if (devices_[wake.device].wake_at == wake.at) {
          tick(wake.device, wake.at);
        }
      }
    }
    for (auto const& d : devices_) note_lapse(d, herd_.days * day);
    return std::move(load_);
  }

 private:
  protocol::Instant instant(int64_t t) const { return from_us(1'767'225'600'000'000) + seconds(t); }
  int64_t moment(protocol::Instant t) const { return std::chrono::floor<seconds>(t - instant(0)).count(); }

  void begin(uint32_t number) {
    auto& d = devices_[number];
    auto const id = "dev_" + std::to_string(herd_.seed) + "_" + std::to_string(number);
    int64_t const registered = herd_.rolled_out ? chance_(3600) : 0;
    d.checked_in_at = registered;
    d.identity_since = registered;
    for (size_t e = 0; e < errands.size(); ++e) {
      d.places[e] = protocol::place_of(id, errands[e]);
      // One that has been about for long may be due at once.
      plan(d, e, herd_.rolled_out ? registered : -interval_s(herd_, e) / 10);
    }
    sleep(number, registered);
    if (herd_.changing > 0 && chance_(1'000'000) < int64_t(herd_.changing * 1e6))
      put({herd_.outage_from_s + chance_(herd_.changing_s), number, true});
  }

  // When the errand is due next, for a device that did it now. Identities are renewed when the window begins.
  void plan(Device& d, size_t errand, int64_t now) {
    auto const window = rules_.window(d.places[errand], interval_s(herd_, errand), instant(now));
    d.due[errand] = moment(errand == renew_identity ? window.from : agent::moment_in(window, chance_));
  }

  void put(Wake const& wake) {
    auto const minute = wake.at / 60;
    if (minute == minute_) return now_.push(wake);
    if (minute < int64_t(minutes_.size())) minutes_[size_t(minute)].push_back(wake);
  }

  void sleep(uint32_t number, int64_t t) {
    auto& d = devices_[number];
    auto const next = d.retry_at > t ? d.retry_at : *std::min_element(d.due.begin(), d.due.end());
    d.wake_at = std::max(next, t + 1);
    put({d.wake_at, number, false});
  }

  // As the agent's tick() does: first what is not answered, then what is due.
  void tick(uint32_t number, int64_t t) {
    auto& d = devices_[number];
    bool going = d.retry_at <= t;
    if (going && d.pending != nothing) going = send(d, d.pending, t);
    for (size_t e = 0; going && e < errands.size(); ++e)
      if (d.due[e] <= t || (e == check_in && d.awaited)) going = send(d, e, t);
    sleep(number, t);
  }

  // People do not wait for the device's next try.
  void change(uint32_t number, int64_t t) {
    auto& d = devices_[number];
    d.awaited = true;
    if (d.pending == nothing || send(d, d.pending, t)) send(d, check_in, t);
    sleep(number, t);
  }

  bool send(Device& d, size_t errand, int64_t t) {
    if (d.pending == nothing) d.stored_at = t;
    d.pending = errand;
    if (t >= herd_.outage_from_s && t < herd_.outage_from_s + herd_.outage_s) {
      ++load_.unreached;
      return fail(d, t, {});
    }
    waiting_ = std::max(0.0, waiting_ - answered_per_s_ * double(t - drained_at_));
    drained_at_ = t;
    if (!arrive(t)) {
      ++load_.refused;
      auto const retry_after =
          rules_.retry_after(appointments_, {size_t(waiting_), answered_per_s_}, instant(t), random_.next());
      return fail(d, t, retry_after);
    }
    // A renewal that grew old is refused for good, and made anew (docs/protocol.md, "Clock").
    if (errand == renew_identity && t - d.stored_at > protocol::limits::clock_skew_s) arrive(t);
    answer(d, errand, t);
    return true;
  }

  bool arrive(int64_t t) {
    ++load_.arrived[size_t(t / 60)];
    if (waiting_ >= queue_s * answered_per_s_) return false;
    waiting_ += 1;
    return true;
  }

  bool fail(Device& d, int64_t t, std::optional<int64_t> retry_after_s) {
    auto const need = d.awaited ? agent::Need::awaited : agent::Need::routine;
    d.retry_at = t + rules_.wait(herd_.policy, need, d.failures++, retry_after_s, chance_);
    return false;
  }

  void answer(Device& d, size_t errand, int64_t t) {
    load_.latest_s = std::max(load_.latest_s, t - d.due[errand]);
    d.pending = nothing;
    d.failures = 0;
    d.retry_at = 0;
    if (errand == check_in) {
      note_lapse(d, t);
      d.checked_in_at = t;
      d.awaited = false;
    }
    if (errand == renew_identity) d.identity_since = t;
    plan(d, errand, t);
    if (errand == check_in) plan(d, renew_identity, d.identity_since);
  }

  void note_lapse(Device const& d, int64_t t) {
    load_.lapsed += t > d.checked_in_at + herd_.policy.authorization_period_s;
  }

  Herd herd_;
  HerdRules rules_;
  Random random_;
  agent::Chance chance_;
  std::vector<std::vector<Wake>> minutes_;
  std::priority_queue<Wake, std::vector<Wake>, std::greater<>> now_;
  int64_t minute_ = -1;
  std::vector<Device> devices_;
  double answered_per_s_;
  double waiting_ = 0;
  int64_t drained_at_ = 0;
  devices::Appointments appointments_;
  HerdLoad load_;
};

}  // namespace

HerdLoad simulate(Herd const& herd, HerdRules const& rules) {
  return Simulation(herd, rules).run();
}

double planned_per_s(Herd const& herd) {
  double sum = 0;
  for (size_t e = 0; e < errands.size(); ++e)
    sum += double(herd.devices) / double(protocol::period_s(interval_s(herd, e)));
  return sum;
}

double planned_peak(Herd const& herd, int64_t minutes) {
  auto const mean = planned_per_s(herd) * 60 * double(minutes);
  return mean + 4 * std::sqrt(mean);
}

int64_t busiest(std::vector<uint32_t> const& per_minute, int64_t from, int64_t to, int64_t width) {
  int64_t sum = 0, most = 0;
  for (int64_t at = from; at < to; ++at) {
    sum += per_minute.at(size_t(at));
    if (at >= from + width) sum -= per_minute.at(size_t(at - width));
    most = std::max(most, sum);
  }
  return most;
}

double HerdPeaks::highest() const {
  return std::max({before.minute, before.hour, after.minute, after.hour, later.minute, later.hour});
}

HerdPeaks peaks(Herd const& herd, HerdLoad const& load) {
  auto const between = [&](int64_t from_s, int64_t to_s) {
    auto const of = [&](int64_t width) {
      return double(busiest(load.arrived, from_s / 60, to_s / 60, width)) / planned_peak(herd, width);
    };
    return HerdPeak{of(1), of(60)};
  };
  // Devices that have been about for long begin without those whose window had begun before.
  auto const settled = herd.rolled_out ? 0 : interval_s(herd, check_in) / 10;
  auto const back = herd.outage_from_s + herd.outage_s;
  auto const end = int64_t(load.arrived.size()) * 60;
  return {between(settled, herd.outage_from_s), between(back, std::min(back + day, end)),
          between(std::min(back + day, end), end)};
}

std::vector<HerdCase> herd_cases(size_t devices, int64_t outage_s, uint64_t seed) {
  Herd field;
  field.devices = devices;
  field.outage_s = outage_s;
  field.seed = seed;
  auto rolled_out = field;
  rolled_out.rolled_out = true;
  rolled_out.days = 75;
  rolled_out.outage_from_s = 20 * day;
  auto lacking = field;
  lacking.short_of_licenses = true;
  lacking.days = 5;
  lacking.outage_from_s = 2 * day;
  auto changing = field;
  changing.changing = 0.01;

  HerdRules hasty, regular, relative;
  hasty.wait = [](auto const& policy, agent::Need, int64_t failures, auto retry_after_s,
                  agent::Chance const& chance) {
    return agent::wait_s(policy, agent::Need::awaited, failures, retry_after_s, chance);
  };
  regular.wait = [](auto const& policy, agent::Need need, int64_t failures, auto retry_after_s,
                    agent::Chance const&) {
    return agent::wait_s(policy, need, failures, retry_after_s, [](int64_t bound) { return bound / 2; });
  };
  relative.window = [](uint64_t, int64_t interval_s, protocol::Instant now) {
    auto const from = now + seconds(interval_s - interval_s / 10);
    return protocol::Window{from, from + seconds(interval_s / 10)};
  };
  return {{"in the field for long", field, {}, true},
          {"registered within an hour", rolled_out, {}, true},
          {"all short of licenses", lacking, {}, true},
          {"people change 1 % meanwhile", changing, {}, false},
          {"agents that try again soon", field, hasty, false},
          {"agents that wait without chance", field, regular, false},
          {"windows without places, registered within an hour", rolled_out, relative, false}};
}

}  // namespace menkyo::bench
