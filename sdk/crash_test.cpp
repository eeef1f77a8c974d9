// kill -9 at every step that touches the disk or the network: nothing is lost, nothing is done twice, and the server
// never sees two messages with one number.

#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "sdk/agent.hpp"
#include "sdk/machine.hpp"
#include "sdk/test_peer.hpp"

namespace menkyo::agent {
namespace {

class CrashTest : public ::testing::TestWithParam<const char*> {};

// True when the operation ended before the step, false when the kill came.
bool run_until(std::string const& file, Peer const& peer, std::string const& operation, int step) {
  std::string const number = std::to_string(step), url = peer.url(), token = peer.token();
  std::vector<char*> argv;
  for (auto const* text :
       {MENKYO_CRASH_CHILD, file.c_str(), url.c_str(), token.c_str(), operation.c_str(), number.c_str()})
    argv.push_back(const_cast<char*>(text));
  argv.push_back(nullptr);
  pid_t child = 0;
  EXPECT_EQ(posix_spawn(&child, argv[0], nullptr, nullptr, argv.data(), environ), 0);
  int result = 0;
  EXPECT_EQ(waitpid(child, &result, 0), child);
  if (WIFSIGNALED(result)) {
    EXPECT_EQ(WTERMSIG(result), SIGKILL);
    return false;
  }
  EXPECT_EQ(WEXITSTATUS(result), 0) << operation << " failed instead of being killed at step " << step;
  return true;
}

RegisterOptions options(Peer const& peer) {
  RegisterOptions o;
  o.url = peer.url();
  o.token = peer.token();
  o.product = "router-9000";
  return o;
}

// Brings the device to where the operation begins.
void prepare(std::string const& file, Peer const& peer, std::string const& operation) {
  if (operation == "register") return;
  register_device(file, options(peer));
  if (operation == "request" || operation == "renew") return;
  request(file, "advanced-routing", 1);
  // A second measurement, so that there is something to report within one second.
  request(file, "advanced-routing", 3);
  request(file, "encryption", 1);
  release(file, "encryption");
}

// Does the operation again, as a program would after its restart, and checks where that leads.
void finish(std::string const& file, Peer const& peer, std::string const& operation) {
  if (operation == "register") {
    try {
      register_device(file, options(peer));
    } catch (Failure const& failure) {
      EXPECT_EQ(failure.result, MENKYO_ALREADY_REGISTERED);
    }
  } else if (operation == "request") {
    request(file, "advanced-routing", 2);
    EXPECT_EQ(peer.wanted, (std::vector<protocol::Wanted>{{"advanced-routing", 2}}));
  } else if (operation == "report") {
    report(file);
  } else if (operation == "renew") {
    renew(file, true);
  } else if (operation == "release") {
    release(file, {});
    EXPECT_TRUE(peer.wanted.empty());
  } else {
    try {
      deregister(file, {});
    } catch (Failure const& failure) {
      EXPECT_EQ(failure.result, MENKYO_NOT_REGISTERED) << failure.sentence;
    }
    EXPECT_TRUE(peer.released);
    EXPECT_EQ(status(file).state.registration, Registration::none);
    return;
  }
  auto const st = status(file);
  EXPECT_EQ(st.state.registration, Registration::registered);
  EXPECT_FALSE(st.state.pending);
  if (operation == "report") {
    EXPECT_TRUE(st.state.reports.empty());
  }
  // And the device still speaks: with its key, its number and its chain.
  authorize(file);
}

TEST_P(CrashTest, NothingIsLostOrDoubled) {
  std::string const operation = GetParam();
  std::filesystem::path const folder = make_test_folder();
  bool ended = false;
  int step = 0;
  while (!ended && step < 60) {
    ++step;
    SCOPED_TRACE(operation + ", killed at step " + std::to_string(step));
    auto const file = folder / std::to_string(step) / "agent.json";
    Peer peer;
    prepare(file, peer, operation);
    peer.settle();
    ended = run_until(file, peer, operation, step);
    peer.settle();
    finish(file, peer, operation);
    EXPECT_EQ(peer.conflicts, 0);
    EXPECT_EQ(peer.resyncs, 0);
    EXPECT_EQ(peer.report_gaps, 0);
    EXPECT_EQ(peer.token_uses, 1);
    EXPECT_EQ(std::set<std::string>(peer.report_ids.begin(), peer.report_ids.end()).size(), peer.report_ids.size());
    if (operation == "report") {
      EXPECT_GE(peer.report_ids.size(), 1u);
    }
    if (HasFailure()) break;
  }
  EXPECT_TRUE(ended);
  EXPECT_GT(step, 10) << "there are at least two saves of five steps each";
  std::filesystem::remove_all(folder);
}

INSTANTIATE_TEST_SUITE_P(Each, CrashTest,
                         ::testing::Values("register", "request", "report", "renew", "release", "deregister"),
                         [](auto const& info) { return std::string(info.param); });

}  // namespace
}  // namespace menkyo::agent
