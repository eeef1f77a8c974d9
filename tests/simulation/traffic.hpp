#pragma once
// The way of a device's message to the service, with the model beside it: whoever sent it, the model says before what
// must come of it, and takes what came.

#include "api/route.hpp"
#include "tests/simulation/scene.hpp"

namespace menkyo::simulation {

Message read_message(std::string const& text);

struct Passed {
  Verdict verdict;
  api::Response response;
  std::map<std::string, std::string> refused;  // entitlements, each with its code
};

// Delivers it once. Throws Unexpected if the service does otherwise than the model.
Passed pass(Scene const& scene, Message const& m);

}  // namespace menkyo::simulation
