// The menkyo-agent command and the C example, run as a user runs them.

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "protocol/json.hpp"
#include "sdk/test_peer.hpp"

namespace menkyo::agent {
namespace {

struct Outcome {
  int status;
  std::string out;  // standard output; standard error too where it was joined
};

Outcome run(std::string const& command) {
  Outcome result{};
  FILE* pipe = popen(command.c_str(), "r");
  std::array<char, 4096> buffer;
  while (size_t const n = fread(buffer.data(), 1, buffer.size(), pipe)) result.out.append(buffer.data(), n);
  result.status = WEXITSTATUS(pclose(pipe));
  return result;
}

struct Command : ::testing::Test {
  Command() {
    folder = make_test_folder();
    state = (folder / "agent.json").string();
  }
  ~Command() override { std::filesystem::remove_all(folder); }

  Outcome run(std::string const& command) {
    peer.settle();
    auto outcome = agent::run(command);
    peer.settle();
    return outcome;
  }
  Outcome agent(std::string const& arguments) {
    return run(MENKYO_AGENT " --state " + state + " " + arguments + " 2>&1");
  }
  std::string registration() {
    return "register --server " + peer.url() + " --token " + peer.token() + " --product p";
  }

  Peer peer;
  std::filesystem::path folder;
  std::string state;
};

TEST_F(Command, TheWholeWay) {
  EXPECT_EQ(agent("status").status, 0);
  EXPECT_EQ(agent(registration() + " --serial SN1 --host-name h1 --withhold ip_address").status, 0);
  EXPECT_NE(peer.payloads[0].find("\"serial_number\":\"SN1\""), std::string::npos);
  EXPECT_NE(peer.payloads[0].find("\"host_name\":\"h1\""), std::string::npos);
  EXPECT_NE(peer.payloads[0].find("\"ip_address\":true"), std::string::npos);
  auto const drawn = agent("request a=3 b");
  EXPECT_EQ(drawn.status, 0);
  EXPECT_NE(drawn.out.find("a: wanted 3, granted 3, in_compliance"), std::string::npos) << drawn.out;
  auto const v = protocol::json::parse(agent("status --json").out);
  EXPECT_EQ(v.at("authorization_state").as_string(), "authorized");
  EXPECT_EQ(v.at("entitlements").items().size(), 2u);
  for (auto const* fine :
       {"authorize", "report", "renew --new-key", "tick", "release a", "release --all", "deregister --reason x"})
    EXPECT_EQ(agent(fine).status, 0) << fine;
  EXPECT_TRUE(peer.released);
}

TEST_F(Command, WrongUsageIsTwo) {
  for (auto const* wrong :
       {"", "fly", "status extra", "status --fly", "request", "request a=0", "request a=x", "request a=", "release",
        "release --all a", "register", "register --server", "register --server http://127.0.0.1 --token x",
        "register --server http://127.0.0.1 --token x --product p --withhold everything", "renew --new-key=1"})
    EXPECT_EQ(agent(wrong).status, 2) << wrong;
  EXPECT_FALSE(std::filesystem::exists(state));
  EXPECT_EQ(agent("--help").status, 0);
  EXPECT_EQ(agent("register --help").status, 0);
  EXPECT_EQ(agent("--version").out.substr(0, 13), "menkyo-agent ");
}

TEST_F(Command, FailureIsOneAndSaysWhatToDo) {
  auto const plain = agent("authorize");
  EXPECT_EQ(plain.status, 1);
  EXPECT_NE(plain.out.find("menkyo-agent register"), std::string::npos);
  auto const json = run(MENKYO_AGENT " authorize --json --state " + state + " 2>/dev/null");
  EXPECT_EQ(json.status, 1);
  EXPECT_EQ(protocol::json::parse(json.out).at("code").as_string(), "not_registered");
  EXPECT_EQ(agent("register --server http://127.0.0.1:1 --product p --token " + peer.token()).status, 1);
  EXPECT_EQ(agent("register --server " + peer.url() + " --product p --token mkt1.x").status, 1);
}

TEST_F(Command, TheTokenMayComeByStandardInput) {
  auto const r = run("echo " + peer.token() + " | " MENKYO_AGENT " --state " + state + " register --server " +
                     peer.url() + " --product p --token -");
  EXPECT_EQ(r.status, 0);
  EXPECT_EQ(peer.token_uses, 1);
}

TEST_F(Command, TheExampleInCWorks) {
  auto const arguments = " " + state + " " + peer.url() + " " + peer.token() + " router-9000 advanced-routing 2>&1";
  auto const first = run(MENKYO_DRAW_EXAMPLE + arguments);
  EXPECT_EQ(first.status, 0) << first.out;
  EXPECT_NE(first.out.find("wanted 1, granted 1\n"), std::string::npos) << first.out;
  peer.missing = 1;
  auto const second = run(MENKYO_DRAW_EXAMPLE + arguments);
  EXPECT_NE(second.out.find("the account is short"), std::string::npos) << second.out;
  EXPECT_EQ(peer.token_uses, 1);
  EXPECT_EQ(run(MENKYO_DRAW_EXAMPLE).status, 2);
}

}  // namespace
}  // namespace menkyo::agent
