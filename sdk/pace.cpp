#include "sdk/pace.hpp"

#include <algorithm>

namespace menkyo::agent {

namespace {

using std::chrono::seconds;

constexpr int64_t first_wait_s = 30;
constexpr int64_t longest_wait_s = 6 * 3600;
constexpr int64_t longest_routine_wait_s = 12 * 3600;

// Twice as long after each failure, the later half of it at random.
int64_t awaited_wait_s(int64_t failures, Chance const& chance) {
  auto const wait = std::min(longest_wait_s, first_wait_s << std::min<int64_t>(failures, 12));
  return wait / 2 + chance(wait / 2 + 1);
}

// Nobody waits for it, and nothing lapses for months: so it is put off to any moment of half a day. After an outage
// of some hours a fleet's messages then come back thinly, instead of all within minutes. No longer than news shall
// take to reach a device, and several times before its authorization would lapse.
int64_t routine_wait_s(protocol::Policy const& p, int64_t failures, Chance const& chance) {
  auto const span = std::min({longest_routine_wait_s, p.out_of_compliance_renew_s << std::min<int64_t>(failures, 12),
                              (p.authorization_period_s - p.authorization_renew_s) / 4});
  return first_wait_s + chance(std::max(first_wait_s, span));
}

}  // namespace

int64_t wait_s(protocol::Policy const& policy, Need need, int64_t failures, std::optional<int64_t> retry_after_s,
               Chance const& chance) {
  auto const wait =
      need == Need::routine ? routine_wait_s(policy, failures, chance) : awaited_wait_s(failures, chance);
  if (!retry_after_s) return wait;
  return std::max(wait, *retry_after_s + chance(*retry_after_s / 10 + 1));
}

protocol::Instant moment_in(protocol::Window const& window, Chance const& chance) {
  return window.from + seconds(chance(std::chrono::floor<seconds>(window.to - window.from).count() + 1));
}

}  // namespace menkyo::agent
