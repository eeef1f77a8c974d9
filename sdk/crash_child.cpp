// Runs one operation and kills itself, as `kill -9` would, at the given step. Used by agent_crash_test.
//
//   agent_crash_child STATE URL TOKEN OPERATION STEP      exit status 0: the operation ended before that step

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "sdk/agent.hpp"

namespace {

using namespace menkyo::agent;

void run(std::string const& file, std::string const& url, std::string const& token, std::string const& operation) {
  if (operation == "register") {
    RegisterOptions o;
    o.url = url;
    o.token = token;
    o.product = "router-9000";
    register_device(file, o);
  } else if (operation == "request") {
    request(file, "advanced-routing", 2);
  } else if (operation == "report") {
    report(file);
  } else if (operation == "renew") {
    renew(file, true);
  } else if (operation == "release") {
    release(file, {});
  } else {
    deregister(file, "test");
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  int left = std::atoi(argv[5]);
  after_step = [&left](const char*) {
    if (--left == 0) (void)raise(SIGKILL);
  };
  try {
    run(argv[1], argv[2], argv[3], argv[4]);
    return 0;
  } catch (std::exception const& e) {
    std::cerr << e.what() << "\n";
    return 1;
  }
}
