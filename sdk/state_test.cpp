#include "sdk/state.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "sdk/test_peer.hpp"

namespace menkyo::agent {
namespace {

using namespace protocol;

Instant at(int64_t s) {
  return Instant(std::chrono::seconds(s));
}

State full_state() {
  State s;
  s.registration = Registration::registered;
  s.home = {"https://x", "/ca", true, "p", "hash", "inst_1", "dev_1", "sa_1", "\u4F8B", "va_1", "D"};
  s.key = {1, 2, 3};
  s.seq = 7;
  s.epoch = 2;
  s.anchors = {{4}, {5, 6}};
  s.certificate_chain = {{7}};
  s.policy.report_interval_s = 5;
  s.wanted = {{"a", 2}};
  s.pending = Pending{"authorize", "x.y.z", 7, {9}, at(100), {{"a", 1}}, {8}};
  s.authorization = "a.b.c";
  s.full_state_due = true;
  s.identity_renew_at = at(200);
  s.check_in_at = at(300);
  s.usage = {{"a", at(50), {{at(50), 1}, {at(60), 2}}}};
  s.reports = {R"({"x":1})"};
  s.last_report = {3};
  s.evaluation_used_s = 9;
  s.evaluation_since = at(10);
  s.failures = 3;
  s.retry_at = at(400);
  return s;
}

struct StateFile : ::testing::Test {
  StateFile() {
    folder = make_test_folder();
    file = folder / "deep" / "agent.json";
  }
  ~StateFile() override { std::filesystem::remove_all(folder); }

  void write(std::string const& text) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    chmod(file.c_str(), 0600);
  }

  std::string failure() {
    try {
      load_state(file);
    } catch (StateError const& e) {
      return e.what();
    }
    return "";
  }

  std::filesystem::path folder;
  std::filesystem::path file;
};

TEST_F(StateFile, EverythingComesBack) {
  auto const state = full_state();
  auto const text = encode_state(state);
  EXPECT_EQ(encode_state(decode_state(text)), text);
  EXPECT_EQ(encode_state(decode_state(encode_state({}))), encode_state({}));
  save_state(file, state);
  EXPECT_EQ(encode_state(load_state(file)), text);
}

TEST_F(StateFile, IsForItsOwnerOnly) {
  save_state(file, {});
  struct stat info {};
  ASSERT_EQ(stat(file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_EQ(stat(file.parent_path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  chmod(file.c_str(), 0640);
  EXPECT_NE(failure().find("chmod 600"), std::string::npos);
}

TEST_F(StateFile, MissingMeansNew) {
  EXPECT_EQ(load_state(file).registration, Registration::none);
}

TEST_F(StateFile, DamageIsSaidAndNothingIsOverwritten) {
  auto const whole = encode_state(full_state());
  for (size_t size : {size_t{0}, size_t{1}, whole.size() / 2, whole.size() - 2}) {
    write(whole.substr(0, size));
    EXPECT_NE(failure().find("cannot be used"), std::string::npos) << size;
  }
  auto newer = whole;
  newer.replace(newer.find("\"format\":1"), 10, "\"format\":2");
  write(newer);
  EXPECT_NE(failure().find("newer agent"), std::string::npos);
}

TEST_F(StateFile, ALeftoverOfACrashDoesNotMatter) {
  save_state(file, {});
  std::ofstream(file.string() + ".new") << "half";
  save_state(file, full_state());
  EXPECT_EQ(load_state(file).seq, 7);
}

TEST_F(StateFile, NoFolderNoSilence) {
  std::ofstream(folder / "deep") << "a file where the folder should be";
  EXPECT_THROW(StateLock lock(file), StateError);
}

TEST(DefaultStateFile, FollowsTheXdgRules) {
  setenv("XDG_STATE_HOME", "/x/state", 1);
  EXPECT_EQ(default_state_file(), "/x/state/menkyo/agent.json");
  setenv("XDG_STATE_HOME", "relative", 1);
  setenv("HOME", "/x/home", 1);
  EXPECT_EQ(default_state_file(), "/x/home/.local/state/menkyo/agent.json");
}

}  // namespace
}  // namespace menkyo::agent
