#pragma once
// A few threads that run what they are given. A task that throws is dropped, which is logged. Thread-safe.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace menkyo {

class Executor {
 public:
  // At most `queue_limit` tasks wait.
  Executor(int threads, size_t queue_limit);
  ~Executor();  // runs what is queued first
  Executor(Executor const&) = delete;
  Executor& operator=(Executor const&) = delete;

  // False if too many tasks wait; the task was not taken then.
  bool try_run(std::function<void()> task);
  // For work that has been accepted already and must go on: not bounded.
  void run(std::function<void()> task);

 private:
  void wake();
  void loop();

  size_t queue_limit_;
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<std::function<void()>> tasks_;
  bool closing_ = false;
  std::atomic<int> waking_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace menkyo
