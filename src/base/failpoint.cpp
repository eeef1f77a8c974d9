#include "base/failpoint.hpp"

#ifdef MENKYO_FAILPOINTS

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <stdexcept>

namespace menkyo::failpoints {

namespace {

struct State {
  std::mutex mutex;
  std::condition_variable left;
  std::vector<Site*> all;
  std::string armed;
  std::function<void()> act;
  int64_t passes_left = 0;
  int running = 0;
  bool acted = false;
  // Looked at without the mutex by everybody who comes by.
  std::atomic<bool> anything_armed{false};
};

// Read from the environment when the first place is made, before main().
void arm_from_environment(State& state) {
  char const* const given = std::getenv("MENKYO_FAILPOINT");
  if (!given) return;
  std::string text = given;
  bool const stops = text.ends_with(":stop");
  if (stops) text.resize(text.size() - std::strlen(":stop"));
  auto const colon = text.find(':');
  state.armed = text.substr(0, colon);
  state.passes_left = colon == std::string::npos ? 1 : std::atoll(text.c_str() + colon + 1);
  state.act = [signal = stops ? SIGSTOP : SIGKILL] { kill(getpid(), signal); };
  state.anything_armed = true;
}

State& state() {
  static State& state = *[] {
    auto* const made = new State;  // never destroyed: threads may come by until the very end
    arm_from_environment(*made);
    return made;
  }();
  return state;
}

}  // namespace

Site::Site(char const* name, Failing failing) : name(name), failing(failing) {
  auto& s = state();
  std::lock_guard lock(s.mutex);
  s.all.push_back(this);
}

std::vector<Site const*> sites() {
  auto& s = state();
  std::lock_guard lock(s.mutex);
  std::vector<Site const*> out(s.all.begin(), s.all.end());
  std::sort(out.begin(), out.end(), [](auto* a, auto* b) { return std::strcmp(a->name, b->name) < 0; });
  return out;
}

void arm(std::string const& name, std::function<void()> act, int64_t nth) {
  auto& s = state();
  std::lock_guard lock(s.mutex);
  if (std::none_of(s.all.begin(), s.all.end(), [&](auto* site) { return name == site->name; }))
    throw std::logic_error("there is no failpoint " + name);
  s.armed = name;
  s.act = std::move(act);
  s.passes_left = nth;
  s.acted = false;
  s.anything_armed = true;
}

void disarm() {
  auto& s = state();
  std::unique_lock lock(s.mutex);
  s.anything_armed = false;
  s.act = nullptr;
  s.left.wait(lock, [&] { return s.running == 0; });
}

bool acted() {
  auto& s = state();
  std::lock_guard lock(s.mutex);
  return s.acted;
}

void pass(Site& site) {
  ++site.passed;
  auto& s = state();
  if (!s.anything_armed) return;
  std::function<void()> act;
  {
    std::lock_guard lock(s.mutex);
    if (!s.act || s.armed != site.name || --s.passes_left != 0) return;
    s.anything_armed = false;
    s.acted = true;
    act = std::move(s.act);
    s.act = nullptr;
    ++s.running;
  }
  // Counted down however the act ends.
  struct Leave {
    State& s;
    ~Leave() {
      std::lock_guard lock(s.mutex);
      --s.running;
      s.left.notify_all();
    }
  } const leave{s};
  act();
}

}  // namespace menkyo::failpoints

#endif
