#include "base/executor.hpp"

#include "base/log.hpp"

namespace menkyo {

Executor::Executor(int threads, size_t queue_limit) : queue_limit_(queue_limit) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { loop(); });
}

Executor::~Executor() {
  {
    std::lock_guard lock(mutex_);
    closing_ = true;
  }
  filled_.notify_all();
  for (auto& thread : threads_) thread.join();
  // Once a task is done, whoever waited for it may destroy the executor, while who handed it over is still in wake().
  while (waking_ > 0) std::this_thread::yield();
}

bool Executor::try_run(std::function<void()> task) {
  {
    std::lock_guard lock(mutex_);
    if (closing_ || tasks_.size() >= queue_limit_) return false;
    tasks_.push_back(std::move(task));
    ++waking_;
  }
  wake();
  return true;
}

void Executor::run(std::function<void()> task) {
  {
    std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    ++waking_;
  }
  wake();
}

// Without the lock, so that the thread finds it free.
void Executor::wake() {
  filled_.notify_one();
  --waking_;
}

void Executor::loop() {
  for (;;) {
    std::function<void()> task;
    {
      std::unique_lock lock(mutex_);
      filled_.wait(lock, [this] { return closing_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    try {
      task();
    } catch (std::exception const& error) {
      log::error("task_failed", {{"what", error.what()}});
    }
  }
}

}  // namespace menkyo
