#pragma once
// Timeouts for many connections at the price of a few stores each: deadlines hang in slots of one coarse tick, and a
// deadline that only moves away stays where it hangs until its slot comes round. Not thread-safe.

#include <algorithm>
#include <array>
#include <cstdint>

#include "http/limits.hpp"

namespace menkyo::http {

class TimerWheel;

// One deadline; fires at most once per arm(). Must be disarmed before it is destroyed.
class Timer {
 public:
  virtual void on_timer() = 0;

 protected:
  ~Timer() = default;

 private:
  friend class TimerWheel;
  Timer* previous_ = nullptr;
  Timer* next_ = nullptr;
  uint64_t deadline_ = 0;  // in ticks
  uint64_t hangs_at_ = 0;  // the tick whose slot it hangs in; 0 if it hangs nowhere
};

class TimerWheel {
 public:
  static constexpr Milliseconds tick{50};

  // Fires not before `delay` from the last tick and at most two ticks after it.
  void arm(Timer& timer, Milliseconds delay) {
    timer.deadline_ = now_ + 1 + static_cast<uint64_t>((delay + tick - Milliseconds(1)) / tick);
    if (timer.hangs_at_ == 0) {
      hang(timer);
    } else if (timer.deadline_ < timer.hangs_at_) {
      unhang(timer);
      hang(timer);
    }
  }

  void disarm(Timer& timer) {
    if (timer.hangs_at_ != 0) unhang(timer);
  }

  // One tick has passed. Those that fire may arm and disarm any timer.
  void advance() {
    ++now_;
    // Nothing is ever hung into the slot of the present tick, so this ends.
    while (auto* timer = slots_[now_ % slots]) {
      unhang(*timer);
      if (timer->deadline_ > now_) {
        hang(*timer);
      } else {
        timer->on_timer();
      }
    }
  }

 private:
  static constexpr uint64_t slots = 1024;  // 51 s; what is further away is hung again when it comes round

  void hang(Timer& timer) {
    timer.hangs_at_ = std::min(timer.deadline_, now_ + slots - 1);
    auto*& head = slots_[timer.hangs_at_ % slots];
    timer.previous_ = nullptr;
    timer.next_ = head;
    if (head) head->previous_ = &timer;
    head = &timer;
  }

  void unhang(Timer& timer) {
    (timer.previous_ ? timer.previous_->next_ : slots_[timer.hangs_at_ % slots]) = timer.next_;
    if (timer.next_) timer.next_->previous_ = timer.previous_;
    timer.hangs_at_ = 0;
  }

  std::array<Timer*, slots> slots_{};
  uint64_t now_ = 0;
};

}  // namespace menkyo::http
