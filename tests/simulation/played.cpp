#include "tests/simulation/played.hpp"

#include "tests/simulation/traffic.hpp"

namespace menkyo::simulation {

using test::Sent;

namespace {

Quantities wish(Scene const& scene) {
  static char const* const codes[] = {"PRM", "ADV", "ESS", "HI", "LO", "ENF", "EXP", "OTHER", "NONE"};
  Quantities wanted;
  for (uint64_t i = scene.chance(5); i > 0; --i)
    wanted[codes[scene.chance(scene.one_in(5) ? 9 : 7)]] = int64_t(1 + scene.chance(4));
  return wanted;
}

}  // namespace

void PlayedDevice::act() {
  if (!registered_) return register_anew();
  if (scene_.one_in(20) && !past_.empty()) return deliver_again();
  if (scene_.one_in(20)) {
    backup_ = device_;
    return scene_.note("backup");
  }
  if (scene_.one_in(12) && backup_ && backup_->id == device_.id) {
    device_.seq = backup_->seq;
    device_.last_report = backup_->last_report;
    unanswered_.reset();
    return scene_.note("rollback");
  }
  talk();
}

void PlayedDevice::register_anew() {
  scene_.note("register");
  auto const token = scene_.any_token();
  device_.seq = int64_t(scene_.chance(3));
  auto const sent = device_.make_register(token.text);
  if (deliver_once(sent) != accepted) return;
  // The answer may get lost; the repeat then brings the same.
  for (; scene_.one_in(3); scene_.note("register again")) deliver_once(sent);
  registered_ = true;
  past_.clear();
  unanswered_.reset();
  backup_.reset();
}

void PlayedDevice::talk() {
  if (unanswered_) {
    scene_.note("repeat");
    return deliver(*std::exchange(unanswered_, {}), false);
  }
  switch (scene_.chance(12)) {
    case 0:
      scene_.note("report");
      return deliver(device_.make_report({{"ESS", int64_t(scene_.chance(5))}, {"ENF", 1}}), true);
    case 1:
      return renew(scene_.one_in(2));
    case 2:
      if (!scene_.one_in(4)) return;
      scene_.note("deregister");
      return deliver(device_.make_deregister(), true);
    default: {
      scene_.note("authorize");
      // Most check-ins ask for what there is.
      auto const known = scene_.model.devices.find(device_.id);
      bool const same = scene_.one_in(3) && known != scene_.model.devices.end();
      return deliver(device_.make_authorize(same ? known->second.granted : wish(scene_)), true);
    }
  }
}

void PlayedDevice::renew(bool new_key) {
  scene_.note("renew");
  auto const sent = device_.make_renew(new_key);
  if (deliver_once(sent) != accepted) return;
  for (; scene_.one_in(3); scene_.note("renew again")) deliver_once(sent);
  if (!new_key) return;
  // Another key makes other bytes of what was sent before.
  device_.key = *device_.new_key;
  past_.clear();
  backup_.reset();
}

void PlayedDevice::deliver(Sent const& sent, bool may_get_lost) {
  if (may_get_lost && scene_.one_in(8)) {
    scene_.note("message lost");
    unanswered_ = sent;
    return;
  }
  past_.push_back(sent);
  if (past_.size() > 8) past_.erase(past_.begin());
  deliver_once(sent);
  if (scene_.one_in(8)) {
    scene_.note("message doubled");
    deliver_once(sent);
  }
  if (may_get_lost && scene_.one_in(8)) {
    scene_.note("answer lost");
    unanswered_ = sent;
  }
}

// An old message arrives; whatever it once asked for, nothing may come of it.
void PlayedDevice::deliver_again() {
  scene_.note("old message");
  auto const sent = past_[scene_.chance(past_.size())];
  // If it was lost on its way before, it is new to the service.
  if (scene_.model.judge(read_message(sent.text), scene_.now()) == accepted) return;
  auto const before = device_;
  bool const registered = registered_;
  deliver_once(sent);
  device_ = before;
  registered_ = registered;
}

Verdict PlayedDevice::deliver_once(Sent const& sent) {
  auto const passed = pass(scene_, read_message(sent.text));
  if (passed.verdict != accepted) scene_.note(passed.verdict);
  for (auto const& [entitlement, code] : passed.refused) scene_.note(code);
  try {
    auto const outcome = device_.check(sent, passed.response);
    if (outcome.resync()) device_.follow(outcome);
    if (sent.message == "register") device_.learn(protocol::decode_register_answer(outcome.payload));
  } catch (test::Refused const&) {
    if (passed.verdict == "sequence_conflict")
      ++device_.seq;
    else
      registered_ = false;
  }
  return passed.verdict;
}

}  // namespace menkyo::simulation
