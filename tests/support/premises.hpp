#pragma once
// The real program with devices and people at work: for tests that end it, or take its database away.

#include "tests/support/fleet.hpp"
#include "tests/support/office.hpp"
#include "tests/support/server_process.hpp"

namespace menkyo::test {

class Premises {
 public:
  // `kind` as for TestDatabase. Starts the program, registers devices and puts all of them to work.
  Premises(std::string const& kind, uint64_t seed);
  ~Premises();

  // Starts the program, which must not run. `variable` ("NAME=value") is added to the environment of the server and
  // of commands, until the next start.
  void start(std::string const& variable = {});
  // How many commands were ended by a signal.
  int commands_killed() const { return commands_killed_; }
  // Answers, devices' and people's.
  int64_t acknowledged() const { return tally.acknowledged + office_.acknowledged(); }
  // Waits until so many more messages were answered. False, and a failure of the test, if that takes minutes.
  bool work_on(int64_t answers);
  bool sound() const { return !tally.broken; }
  // What contradicts itself in the database, whoever is at work.
  std::vector<std::string> broken();
  // The same, and what was acknowledged and is lost or doubled. While the program does not run, or nobody is at work.
  std::vector<std::string> faults();
  // Every answer that is still out comes, and all is looked at once more. The program must run.
  void finish();

  std::string const kind;
  Tally tally;
  Installation installation;
  ServerProcess server;

 private:
  bool import_orders(std::string const& csv);
  void office_hours();

  Fleet fleet_;
  Office office_;
  Program program_;
  std::mutex mutex_;  // over variable_
  std::string variable_;
  std::atomic<int> commands_killed_{0};
  std::atomic<bool> stop_{false};
  std::thread clerk_;
};

}  // namespace menkyo::test
