#include <gtest/gtest.h>
#include <menkyo_agent.h>

#include <filesystem>
#include <fstream>

#include "sdk/test_peer.hpp"

namespace menkyo::agent {
namespace {

struct CApi : ::testing::Test {
  CApi() {
    folder = make_test_folder();
    file = (folder / "agent.json").string();
    agent = menkyo_open(file.c_str());
    menkyo_register_options_init(&options, sizeof options);
    options.url = url.c_str();
    options.token = token.c_str();
    options.product = "router-9000";
  }
  ~CApi() override {
    menkyo_close(agent);
    std::filesystem::remove_all(folder);
  }

  Peer peer;
  std::string url = peer.url();
  std::string token = peer.token();
  std::filesystem::path folder;
  std::string file;
  menkyo_agent* agent;
  menkyo_register_options options;
};

TEST_F(CApi, TheWholeWay) {
  ASSERT_EQ(menkyo_register(agent, &options), MENKYO_OK) << menkyo_error(agent);
  EXPECT_EQ(menkyo_register(agent, &options), MENKYO_ALREADY_REGISTERED);
  EXPECT_STREQ(menkyo_error_code(agent), "already_registered");
  EXPECT_EQ(menkyo_request(agent, "a", 4), MENKYO_OK);
  EXPECT_STREQ(menkyo_error(agent), "");
  menkyo_entitlement_info info;
  EXPECT_EQ(menkyo_entitlement(agent, "a", &info), MENKYO_OK);
  EXPECT_EQ(info.wanted, 4);
  EXPECT_EQ(info.granted, 4);
  EXPECT_EQ(info.in_compliance, 1);
  EXPECT_EQ(menkyo_entitlement(agent, "b", &info), MENKYO_OK);
  EXPECT_EQ(info.wanted, 0);
  menkyo_authorization_state state = MENKYO_NONE;
  EXPECT_EQ(menkyo_authorization(agent, &state), MENKYO_OK);
  EXPECT_EQ(state, MENKYO_AUTHORIZED);
  int64_t next = 0;
  EXPECT_EQ(menkyo_tick(agent, &next), MENKYO_OK);
  EXPECT_GT(next, 0);
  EXPECT_EQ(menkyo_tick(agent, nullptr), MENKYO_OK);
  EXPECT_EQ(menkyo_authorize(agent), MENKYO_OK);
  EXPECT_EQ(menkyo_report(agent), MENKYO_OK);
  EXPECT_EQ(menkyo_renew(agent, 1), MENKYO_OK);
  char* json = nullptr;
  ASSERT_EQ(menkyo_status_json(agent, &json), MENKYO_OK);
  EXPECT_NE(std::string(json).find("\"authorized\""), std::string::npos);
  menkyo_free(json);
  peer.refuse = {{"c", "enforced_short"}};
  EXPECT_EQ(menkyo_request(agent, "c", 1), MENKYO_ENTITLEMENT_REFUSED);
  EXPECT_EQ(menkyo_entitlement(agent, "c", &info), MENKYO_OK);
  EXPECT_EQ(info.refused, 1);
  EXPECT_EQ(menkyo_release(agent, nullptr), MENKYO_OK);
  EXPECT_EQ(menkyo_deregister(agent, nullptr), MENKYO_OK);
  EXPECT_EQ(menkyo_authorize(agent), MENKYO_NOT_REGISTERED);
}

TEST_F(CApi, WrongArgumentsDoNothing) {
  EXPECT_EQ(menkyo_register(agent, nullptr), MENKYO_USAGE);
  menkyo_register_options empty{};
  EXPECT_EQ(menkyo_register(agent, &empty), MENKYO_USAGE);
  options.product = nullptr;
  EXPECT_EQ(menkyo_register(agent, &options), MENKYO_USAGE);
  EXPECT_EQ(menkyo_request(agent, nullptr, 1), MENKYO_USAGE);
  EXPECT_EQ(menkyo_request(agent, "a", 0), MENKYO_USAGE);
  EXPECT_EQ(menkyo_request(agent, "a\xff", 1), MENKYO_USAGE);
  EXPECT_EQ(menkyo_status_json(agent, nullptr), MENKYO_USAGE);
  EXPECT_EQ(menkyo_entitlement(agent, nullptr, nullptr), MENKYO_USAGE);
  EXPECT_EQ(menkyo_authorization(nullptr, nullptr), MENKYO_USAGE);
  EXPECT_FALSE(std::filesystem::exists(file));
  menkyo_close(nullptr);
  menkyo_free(nullptr);
}

TEST_F(CApi, AProgramWithALongerStructIsServed) {
  struct {
    menkyo_register_options known;
    const char* later;
  } longer;
  menkyo_register_options_init(&longer.known, sizeof longer);
  EXPECT_EQ(longer.later, nullptr);
  longer.known.url = url.c_str();
  longer.known.token = token.c_str();
  longer.known.product = "router-9000";
  EXPECT_EQ(menkyo_register(agent, &longer.known), MENKYO_OK);
}

TEST_F(CApi, ABrokenStateFileIsReportedNotReplaced) {
  std::ofstream(file) << "{";
  std::filesystem::permissions(file, std::filesystem::perms(0600));
  EXPECT_EQ(menkyo_request(agent, "a", 1), MENKYO_STATE);
  EXPECT_STREQ(menkyo_error_code(agent), "state_file");
  EXPECT_EQ(std::filesystem::file_size(file), 1u);
}

}  // namespace
}  // namespace menkyo::agent
