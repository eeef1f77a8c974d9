#pragma once
// Where events for one open stream wait until its connection takes them.

#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace menkyo::http {

// Thread-safe. Bounded: a reader that is too far behind is cut off rather than waited for.
class EventSink {
 public:
  // `wake` is called, from the pushing thread, when there is news for a connection that may have slept.
  EventSink(size_t bound_bytes, std::function<void()> wake) : bound_bytes_(bound_bytes), wake_(std::move(wake)) {}

  // False once the stream has ended; then the text is lost. An empty text ends it after what was pushed before.
  bool push(std::string const& text);
  // What has come since; nullopt once the reader has fallen too far behind.
  std::optional<std::string> take();
  bool overflowed();
  // Whether the one who pushes has ended the stream.
  bool ended();
  void close();

 private:
  size_t const bound_bytes_;
  std::mutex mutex_;
  std::string pending_;
  bool closed_ = false;
  bool overflowed_ = false;
  bool ended_ = false;
  bool woken_ = false;
  std::function<void()> wake_;
};

}  // namespace menkyo::http
