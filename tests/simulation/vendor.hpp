#pragma once
// The operator at work: deposits by hand, and files of order lines that a job takes in - a file again, one that says
// otherwise than before, one with a mistake in it. What must come of it is the model's to say.

#include <optional>

#include "jobs/runner.hpp"
#include "tests/simulation/model.hpp"

namespace menkyo::simulation {

class Vendor {
 public:
  // All must outlive it.
  Vendor(test::DeviceWorld& world, Model& model, Random& random);

  // Does something and returns what. Throws Unexpected if the service does otherwise than the model.
  std::string act();
  // One round of the server's runner, if it holds the lease: a line of each import under way.
  std::string work();
  void deposit(std::string const& code, int64_t quantity, Instant ends_at, Instant starts_at);
  // Around a restart of the world. The runner leaves without giving back its lease.
  void close() { runner_.reset(); }
  void open();

 private:
  uint64_t chance(uint64_t bound) { return random_.below(bound); }
  bool one_in(uint64_t n) { return chance(n) == 0; }

  std::string hand_in();
  std::vector<OrderLine> new_file();
  std::string csv_of(std::vector<OrderLine> const& lines) const;
  void take(Import& import);
  bool may_work();

  test::DeviceWorld& world_;
  Model& model_;
  Random& random_;
  std::optional<jobs::JobRunner> runner_;
  bool leads_ = false;
  std::vector<std::vector<OrderLine>> files_;  // handed in so far; a restored database may know nothing of them
  int64_t orders_ = 0;
};

}  // namespace menkyo::simulation
