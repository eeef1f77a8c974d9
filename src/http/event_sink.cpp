#include "http/event_sink.hpp"

#include <utility>

namespace menkyo::http {

bool EventSink::push(std::string const& text) {
  std::function<void()> wake;
  bool fits;
  {
    std::lock_guard lock(mutex_);
    if (closed_) return false;
    fits = text.size() <= bound_bytes_ - pending_.size();
    if (text.empty()) {
      closed_ = ended_ = true;
      fits = false;
    } else if (fits) {
      pending_ += text;
    } else {
      closed_ = overflowed_ = true;
    }
    // A connection that was told of events may be stuck writing; of an overflow it is told all the same.
    if (!std::exchange(woken_, true) || overflowed_) wake = wake_;
  }
  if (wake) wake();
  return fits;
}

std::optional<std::string> EventSink::take() {
  std::lock_guard lock(mutex_);
  woken_ = false;
  if (overflowed_) return {};
  return std::exchange(pending_, {});
}

bool EventSink::overflowed() {
  std::lock_guard lock(mutex_);
  return overflowed_;
}

bool EventSink::ended() {
  std::lock_guard lock(mutex_);
  return ended_;
}

void EventSink::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  wake_ = nullptr;
}

}  // namespace menkyo::http
