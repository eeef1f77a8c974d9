// Registration: who gets in, how often, and what a repeat gets.

#include <gmock/gmock.h>

#include <thread>

#include "devices/store.hpp"
#include "tests/support/test_device.hpp"

namespace menkyo::devices {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::Outcome;
using test::Refused;
using test::TestDevice;

class RegisterTest : public ::testing::TestWithParam<std::string> {
 protected:
  void TearDown() override { EXPECT_THAT(world.broken(), ::testing::IsEmpty()); }

  std::string refusal_of(std::function<void()> const& work) {
    try {
      work();
    } catch (Refused const& refused) {
      return refused.code;
    }
    return "accepted";
  }
  int64_t devices() { return world.count("select count(*) from device where status = 'registered'"); }

  test::DeviceWorld world{GetParam()};
};
MENKYO_ON_BOTH_DATABASES(RegisterTest);

TEST_P(RegisterTest, a_device_gets_an_identity_that_leads_to_the_root_in_its_token) {
  auto const token = world.token();
  for (auto const algorithm : {protocol::Algorithm::es256, protocol::Algorithm::ed25519}) {
    TestDevice device(world, "SN" + std::to_string(int(algorithm)), algorithm);
    auto const answer = device.register_with(token.text);
    EXPECT_EQ(answer.smart_account_id, world.account.text());
    EXPECT_EQ(answer.smart_account_name, "Aozora");
    EXPECT_EQ(answer.virtual_account_id, world.va.text());
    EXPECT_EQ(answer.virtual_account_name, "Default");
    EXPECT_EQ(answer.epoch, 1);
    EXPECT_EQ(answer.policy, world.policy);
    EXPECT_EQ(protocol::sha256(ByteView(answer.anchors.at(0))), protocol::parse_token(token.text).root_sha256);
  }
  EXPECT_EQ(devices(), 2);
  EXPECT_EQ(world.token_uses(token.registration_token_id), 2);
  EXPECT_EQ(world.events("device_registered"), 2);
}

TEST_P(RegisterTest, a_wrong_token_lets_nobody_in) {
  auto const good = protocol::parse_token(world.token().text);
  std::vector<std::string> wrong{"mkt1.", "not a token", ""};
  for (size_t bit : {0u, 63u, 127u}) {
    auto other = good;
    other.secret[bit / 8] ^= uint8_t(1 << bit % 8);
    wrong.push_back(protocol::format_token(other));
  }
  auto other_token = good, other_account = good;
  other_token.token_id[15] ^= 1;
  other_account.smart_account_id[15] ^= 1;
  wrong.push_back(protocol::format_token(other_token));
  wrong.push_back(protocol::format_token(other_account));
  for (auto const& text : wrong) {
    TestDevice device(world, "SN1");
    auto const code = refusal_of([&] { device.register_with(text); });
    EXPECT_EQ(code, text.empty() ? "message_invalid" : "token_unknown") << text;
  }
  EXPECT_EQ(world.count("select count(*) from device"), 0);
  EXPECT_EQ(world.count("select count(*) from registration_token where uses > 0"), 0);
}

TEST_P(RegisterTest, an_expired_revoked_or_used_up_token_says_so) {
  auto const brief = world.token({.lives = hours(1)});
  auto const revoked = world.token();
  auto const single = world.token({.max_uses = 1});
  world.revoke(revoked.registration_token_id);
  TestDevice first(world, "SN1"), second(world, "SN2");
  first.register_with(single.text);
  EXPECT_EQ(refusal_of([&] { second.register_with(single.text); }), "token_used_up");
  EXPECT_EQ(refusal_of([&] { second.register_with(revoked.text); }), "token_revoked");
  world.advance(hours(1) - seconds(1));
  TestDevice(world, "SN3").register_with(brief.text);
  world.advance(seconds(1));
  EXPECT_EQ(refusal_of([&] { second.register_with(brief.text); }), "token_expired");
  EXPECT_EQ(devices(), 2);
}

TEST_P(RegisterTest, an_unknown_product_costs_no_use_of_the_token) {
  auto const token = world.token({.max_uses = 1});
  TestDevice device(world, "SN1");
  device.product = "KZ-9";
  EXPECT_EQ(refusal_of([&] { device.register_with(token.text); }), "product_unknown");
  EXPECT_EQ(world.token_uses(token.registration_token_id), 0);
  device.product = "KZ-1";
  device.register_with(token.text);
}

TEST_P(RegisterTest, a_clock_may_be_off_by_an_hour_and_no_more) {
  auto const token = world.token();
  for (auto const skew : {-hours(1), hours(1)}) {
    TestDevice device(world, "SN" + std::to_string(skew.count()));
    device.clock_skew = skew + (skew > hours(0) ? seconds(1) : -seconds(1));
    try {
      device.register_with(token.text);
      ADD_FAILURE() << "a clock that is off by more than an hour was accepted";
    } catch (Refused const& refused) {
      EXPECT_EQ(refused.code, "clock_skewed");
      EXPECT_THAT(refused.what(), ::testing::HasSubstr("2026-01-01T00:00:00Z"));
    }
    device.clock_skew = skew;
    EXPECT_EQ(device.register_with(token.text).clock_skew_s, std::chrono::duration_cast<seconds>(skew).count());
  }
  EXPECT_EQ(devices(), 2);
}

TEST_P(RegisterTest, a_repeat_of_the_same_bytes_gets_the_same_payload_and_uses_no_further_use) {
  auto const token = world.token({.max_uses = 1, .lives = hours(1)});
  TestDevice device(world, "SN1");
  auto const sent = device.make_register(token.text);
  auto const first = device.send(sent);
  world.advance(minutes(1));
  EXPECT_EQ(device.send(sent).payload, first.payload);
  EXPECT_EQ(world.token_uses(token.registration_token_id), 1);
  // However late: the device is registered, whatever became of the token and of the time in the message.
  world.advance(hours(3));
  EXPECT_EQ(device.send(sent).payload, first.payload);
  world.revoke(token.registration_token_id);
  EXPECT_EQ(device.send(sent).payload, first.payload);
  EXPECT_EQ(devices(), 1);
  EXPECT_EQ(world.events("device_registered"), 1);
  // Once the device has gone on, its registration is history.
  device.learn(protocol::decode_register_answer(first.payload));
  device.authorize({});
  EXPECT_EQ(refusal_of([&] { device.send(sent); }), "sequence_conflict");
}

TEST_P(RegisterTest, the_same_machine_again_replaces_its_former_instance) {
  world.deposit("ENF", 3);
  auto const token = world.token();
  TestDevice former(world, "SN1");
  former.register_with(token.text);
  former.authorize({{"ENF", 3}});
  TestDevice again(world, "SN1"), other(world, "SN2");
  again.register_with(world.token({.second_virtual_account = true}).text);
  EXPECT_NE(again.id, former.id);
  EXPECT_EQ(devices(), 1);
  EXPECT_EQ(world.events("device_removed"), 1);
  EXPECT_EQ(refusal_of([&] { former.authorize({{"ENF", 3}}); }), "device_unknown");
  other.register_with(token.text);
  EXPECT_EQ(other.authorize({{"ENF", 3}}).entitlements.at(0).granted, 3);
}

// What a machine was before must not be looked at each time that it comes again.
TEST_P(RegisterTest, only_the_present_instance_of_a_machine_is_found_again) {
  auto const token = world.token();
  std::vector<TestDevice> lives;
  for (int i = 0; i < 3; ++i) lives.emplace_back(world, "SN1").register_with(token.text);
  auto const found = world.db->read([&](db::ReadTx& tx) {
    auto const last = store::device(tx, world.account, lives.back().device_id());
    return store::registered_as(tx, {{world.account, last->udi_product_id, last->udi_serial_number}});
  });
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].device_id, lives.back().device_id());
}

TEST_P(RegisterTest, of_64_at_once_a_token_with_10_uses_lets_in_10) {
  auto const token = world.token({.max_uses = 10});
  std::vector<TestDevice> all;
  for (int i = 0; i < 64; ++i) all.emplace_back(world, "SN" + std::to_string(i));
  std::vector<test::Sent> sent;
  for (auto& device : all) sent.push_back(device.make_register(token.text));
  std::atomic<int> in = 0, used_up = 0, other = 0;
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < all.size(); ++i)
      threads.emplace_back([&, i] {
        try {
          all[i].learn(protocol::decode_register_answer(all[i].send(sent[i]).payload));
          ++in;
        } catch (Refused const& refused) {
          ++(refused.code == "token_used_up" ? used_up : other);
        }
      });
  }
  EXPECT_EQ(in, 10);
  EXPECT_EQ(used_up, 54);
  EXPECT_EQ(other, 0);
  EXPECT_EQ(world.token_uses(token.registration_token_id), 10);
  EXPECT_EQ(devices(), 10);
}

TEST_P(RegisterTest, the_same_registration_from_many_threads_is_one_device) {
  auto const token = world.token({.max_uses = 5});
  TestDevice device(world, "SN1");
  auto const sent = device.make_register(token.text);
  std::vector<std::string> payloads(16);
  {
    std::vector<std::jthread> threads;
    for (auto& payload : payloads)
      threads.emplace_back([&, copy = device]() mutable { payload = copy.send(sent).payload; });
  }
  for (auto const& payload : payloads) EXPECT_EQ(payload, payloads[0]);
  EXPECT_EQ(devices(), 1);
  EXPECT_EQ(world.token_uses(token.registration_token_id), 1);
}

TEST_P(RegisterTest, a_registration_that_does_not_prove_its_key_is_refused) {
  auto const token = world.token();
  TestDevice device(world, "SN1");
  auto sent = device.make_register(token.text);
  auto const jws = protocol::parse_compact(sent.text);
  auto const try_header = [&](protocol::JwsHeader const& header, protocol::Key const& signer) {
    auto changed = sent;
    changed.text = protocol::sign_compact(header, jws.payload, signer);
    return refusal_of([&] { device.send(changed); });
  };
  auto other_key = jws.header, no_key = jws.header, other_aud = jws.header, no_aud = jws.header;
  no_key.jwk.reset();
  other_aud.aud = "ins_00000000000000000000000000";
  no_aud.aud.reset();
  EXPECT_EQ(try_header(other_key, protocol::Key::generate(protocol::Algorithm::es256)), "message_invalid");
  EXPECT_EQ(try_header(no_key, device.key), "message_invalid");
  EXPECT_EQ(try_header(other_aud, device.key), "message_invalid");
  EXPECT_EQ(try_header(no_aud, device.key), "message_invalid");
  EXPECT_EQ(devices(), 0);
  EXPECT_EQ(world.token_uses(token.registration_token_id), 0);
}

}  // namespace
}  // namespace menkyo::devices
