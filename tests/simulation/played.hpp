#pragma once
// A device that the test plays: it remembers little, sends again what nobody answered, and sometimes less than it
// should.

#include "tests/simulation/scene.hpp"

namespace menkyo::simulation {

class PlayedDevice {
 public:
  PlayedDevice(Scene const& scene, std::string const& serial_number)
      : scene_(scene), device_(scene.world, serial_number) {}

  // Does something, or something happens to it. Throws Unexpected if the service does otherwise than the model.
  void act();

 private:
  void register_anew();
  void talk();
  void renew(bool new_key);
  void deliver_again();
  // Over the network: the message may get lost, come twice, or its answer may get lost.
  void deliver(test::Sent const& sent, bool may_get_lost);
  Verdict deliver_once(test::Sent const& sent);

  Scene scene_;
  test::TestDevice device_;
  std::optional<test::TestDevice> backup_;  // an image of it that somebody took
  std::optional<test::Sent> unanswered_;    // sent, and the answer never came
  std::vector<test::Sent> past_;            // what the network may deliver again
  bool registered_ = false;
};

}  // namespace menkyo::simulation
