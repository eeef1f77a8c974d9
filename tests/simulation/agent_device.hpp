#pragma once
// A machine with the real agent on it: its own state file, written by the agent, its own numbers and its own chance.
// The network loses, delays, doubles and reorders what it says; its process ends at any moment and begins again from
// the file; the file is put back to an older copy or gets lost; its clock is wrong. What the agent sends, what its
// calls come to and what its file then holds are compared with what the protocol promises.

#include <optional>

#include "protocol/x509.hpp"
#include "sdk/agent.hpp"
#include "sdk/transport.hpp"
#include "tests/simulation/checks.hpp"
#include "tests/simulation/simulation.hpp"
#include "tests/simulation/traffic.hpp"

namespace menkyo::simulation {

class AgentDevice {
 public:
  // The state file lies in `folder`. `config` must outlive it.
  AgentDevice(Scene const& scene, std::string const& folder, std::string const& serial_number, Config const& config);

  // Does something, or something happens to it. Throws Unexpected for what must not be.
  void act();
  // With its clock put right and over a network that is whole: says what there is to say, until nothing is left.
  void settle();
  // After that: whether it and the service agree on number, use and reports.
  void check_agreement(db::ReadTx& tx, Faults& faults);

 private:
  struct Call {
    std::string name;
    Quantities wishes;          // what the agent has to want afterwards
    std::string entitlement{};  // that is asked for
    std::function<void()> operation;
  };
  // What is as old as the state file that holds it.
  struct Memory {
    Quantities wishes;
    std::map<int64_t, std::string> numbers;  // that this registration has used, each with its message
  };
  class Running;

  agent::State state() const { return agent::load_state(file_); }
  void meddle(Moment moment) const;

  // What happens to the machine.
  void set_clock();
  void keep_copy();
  void roll_back();
  void lose_file();
  void deliver_late();

  // What the program around the agent asks of it. Return the code of the failure, or nothing.
  std::string use();
  std::string register_device(bool anew);
  std::string request();
  std::string release();
  std::string call(Call const& call);

  std::string expected_code(Call const& call, agent::State const& before, agent::State const& after) const;
  std::string code_if_silent(Call const& call, agent::Registration before, agent::Registration after) const;
  void check_file(Call const& call, agent::State const& s, bool ended);

  // The network and the process, as the agent meets them.
  agent::HttpAnswer network(agent::HttpRequest const& request);
  agent::HttpAnswer travel(Message const& m);
  Passed deliver(Message const& m);
  agent::HttpAnswer receive(Message const& m, Passed const& passed);
  agent::HttpAnswer nothing();
  void forget_former(agent::State const& s);
  void check_sent(Message const& m);
  void check_gap(Message const& m) const;
  bool believes_certificates() const;
  void step(std::string_view name);

  Scene scene_;
  Config const& config_;
  std::string file_, copy_;
  agent::RegisterOptions options_;
  protocol::Certificate signer_;  // of the service's answers
  Random random_;                 // the agent's own
  Duration ahead_{0};             // its clock
  bool whole_ = false;            // the network
  bool broken_ = false;           // only a new registration helps
  Memory memory_;
  std::optional<Memory> copied_;
  std::vector<Message> late_;
  bool rolled_back_ = false;    // since it registered
  int64_t reported_epoch_ = 0;  // when it registered or last reported

  // Of the call under way.
  std::optional<uint64_t> steps_left_;          // until the process ends
  int sent_ = 0;                                // messages
  int64_t told_ = 0;                            // the number to go on from, by the last resync
  std::string outcome_;                         // of the last one: a code, or nothing if it was answered
  std::map<std::string, std::string> refused_;  // by the last answer to `authorize`, each with its code
  bool registers_ = false, leaves_ = false;     // a registration was answered; a farewell was sent
  bool unstored_ = false;                       // an answer is
};

}  // namespace menkyo::simulation
