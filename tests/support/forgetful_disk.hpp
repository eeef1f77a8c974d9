#pragma once
// A disk for SQLite that forgets: at a power cut it keeps what was synced, and of the rest what chance leaves. In
// memory, so that thousands of cuts cost no time. It can also fail at a given moment, or be full.
//
// What it may do is what SQLite expects of hardware (sqlite.org/atomiccommit.html section 2, sqlite.org/psow.html):
//   - Of a write that was not synced any of its sectors of 512 bytes may be kept, before or after any other write;
//     bytes of a sector outside of the write stay as they were (powersafe overwrite). A sector holds what was written
//     there last of what was kept, because the system's cache holds one version of it.
//   - A file that grew may have its new size without its new content, and there anything.
//   - A truncation may be lost. The making or removing of a file may be lost until its folder is synced, which SQLite
//     does with the first sync of each journal or log it opened; of changes to the folder a first part is kept, in
//     their order.
//   - What was synced stays. Locks and the shared memory of the log are the machine's memory, and are gone.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace menkyo::test {

// One disk, as a virtual file system that all connections of this process go through which open a path on it; other
// paths are left to the real one. Thread-safe. Destroy it after all connections to it are closed.
class ForgetfulDisk {
 public:
  // `seed` decides what is kept.
  explicit ForgetfulDisk(uint64_t seed);
  ~ForgetfulDisk();

  // Where a file of that name lies: "/forgetful-disk-N/NAME".
  std::string path(std::string const& name) const;

  // Operations change something: a write, a truncation, a sync, the making or removing of a file.
  int64_t operations() const;
  // The power goes in the midst of the `n`-th operation from now on (1: the next one).
  void cut_after(int64_t n);
  // The power goes in the midst of the `n`-th sync from now on, which takes some milliseconds then: long enough for
  // whoever does not wait for it to show.
  void cut_in_sync(int64_t n);
  void cut();
  bool is_off() const;
  // The power is back, and files are what the disk kept. Everything that was opened before fails for ever.
  void power_on();

  // Every read, write, truncation and sync from the `n`-th on fails, or the `n`-th alone. What fails to be written
  // may be written in part.
  void fail_after(int64_t n, bool for_good);
  // All files together may take no more than so many bytes.
  void hold_at_most(int64_t bytes);
  void heal();  // no more failures, and any amount of space
  int64_t failures() const;
  int64_t bytes() const;

  // How long a sync takes, so that requests gather meanwhile as they do on a real disk.
  void sync_takes(std::chrono::microseconds time);
  // Content of a file, as programs would read it; empty if there is none.
  std::string content(std::string const& name) const;

  struct State;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace menkyo::test
