#pragma once
// A service with devices and people at work, which loses its power, or its disk, or fails at a place that a test
// names, and comes back.

#include <thread>

#include "tests/support/fleet.hpp"
#include "tests/support/forgetful_disk.hpp"
#include "tests/support/office.hpp"

namespace menkyo::test {

// The machine's clock, and as much later as the test says.
class ShiftedClock final : public Clock {
 public:
  Instant now() const override { return system_clock().now() + Duration(shift_us_.load()); }
  void shift(Duration by) { shift_us_ += by.count(); }

 private:
  std::atomic<int64_t> shift_us_{0};
};

class House {
 public:
  // On a disk that forgets; or of a kind of TestDatabase, and then the disk means nothing.
  explicit House(uint64_t seed, std::string const& kind = {});
  ~House();

  // Opens the service as the program does, some time later. False if the power went meanwhile.
  bool open();
  // Lets devices and people at it.
  void let_in();
  // Nobody is let in any more; what was under way has got its answer, or none. The service is gone then.
  void close();
  // The power comes back. The house must be closed.
  void power_on();
  // Opens, and waits until so many more messages were answered.
  void work_on(int64_t answers);
  // Until the disk is off, or failed. False if nothing happens any more, which is a failure of the test.
  bool wait_for(std::function<bool()> const& happened);
  // What is wrong with what the database holds; it must be open and nobody may be at work.
  std::vector<std::string> faults(bool with_history);
  // Every answer that is still out comes; then all is looked at once more.
  void finish();

  int64_t acknowledged() const { return tally_.acknowledged; }
  int64_t repeated() const { return tally_.repeated; }
  bool broken() const { return tally_.broken; }
  // From now on a failure of the service's own is no failure of the test.
  void expect_failures() { tally_.may_fail = true; }
  Office const& office() const { return *office_; }
  app::Service& service() { return *service_; }
  Installation const& installation() const { return *installation_; }
  std::vector<Acknowledged> known() const { return known_to(fleet_); }

  ForgetfulDisk disk;

 private:
  std::optional<api::Response> post(std::string const& message);
  std::shared_ptr<app::Service> entered();
  void office_hours();

  ShiftedClock clock_;
  std::unique_ptr<Installation> installation_;
  Tally tally_;
  std::shared_ptr<app::Service> service_;
  std::mutex door_;  // over inside_
  std::shared_ptr<app::Service> inside_;
  Fleet fleet_;
  std::unique_ptr<Office> office_;
  std::atomic<bool> stop_{false};
  std::thread clerk_;
};

}  // namespace menkyo::test
