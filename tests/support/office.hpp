#pragma once
// The work of people and of the operator beside the devices': virtual accounts and registration tokens made through
// the API with an idempotency key, and orders imported by a job. What got no answer is done again as it was. The
// service is one inside this process, or the real program.

#include "tests/support/fleet.hpp"

namespace menkyo::test {

// The real program, as people and the operator reach it.
struct Program {
  std::function<std::optional<api::Response>(api::Request const&)> ask;  // none: no answer came
  // Imports orders by the command; whether it ended well, and so deposited them.
  std::function<bool(std::string const& csv)> import_orders;
};

class Office {
 public:
  Office(Installation& installation, uint64_t seed);

  // One piece of work. `heard` is asked after each answer whether it arrived.
  void work(app::Service& service, std::function<bool()> const& heard);
  void work(Program const& program);
  // Ends all that was begun. The service must work.
  void finish(app::Service& service);
  void finish(Program const& program);
  int64_t acknowledged() const;
  enum class Kind { room, token, order };
  struct Deed {
    Kind kind;
    std::string name;
    bool acknowledged = false;
    std::string answer;        // as it was acknowledged
    std::optional<JobId> job;  // of an order
    bool deposited = false;    // its job was seen to be done
  };
  // Any thread. Whoever is at work may do more meanwhile, so it is asked for before the database is looked at.
  std::vector<Deed> known() const;
  // Sentences as lost_or_doubled() of a fleet makes them.
  static std::vector<std::string> lost_or_doubled(db::ReadTx& tx, std::vector<Deed> const& known);

 private:
  void attempt(app::Service& service, Deed& deed, std::function<bool()> const& heard);
  void attempt(Program const& program, Deed& deed);
  void attempt_order(app::Service& service, Deed& deed, std::function<bool()> const& heard);
  void take(Deed& deed, api::Response const& response);
  std::string lines_of(Deed const& deed) const;
  void run_jobs(app::Service& service, std::function<bool()> const& heard);
  api::Request request_for(Deed const& deed) const;
  Deed& next_deed();

  Installation& installation_;
  Random random_;
  mutable std::mutex mutex_;  // over deeds_
  std::vector<Deed> deeds_;
};

}  // namespace menkyo::test
