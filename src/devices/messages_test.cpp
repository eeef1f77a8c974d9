// What registered devices ask for and get.

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "protocol/schedule.hpp"
#include "tests/support/test_device.hpp"

namespace menkyo::devices {
namespace {

using protocol::EntitlementStatus;
using std::chrono::hours;
using std::chrono::seconds;
using test::Outcome;
using test::Quantities;
using test::Refused;
using test::Sent;
using test::TestDevice;
using State = protocol::AuthorizationState;
constexpr auto day = hours(24);

std::string code_of(protocol::AuthorizeAnswer const& answer, size_t i) {
  return answer.entitlements.at(i).code.value_or("none");
}

class DeviceTest : public ::testing::TestWithParam<std::string> {
 protected:
  void TearDown() override { EXPECT_THAT(world.broken(), ::testing::IsEmpty()); }

  TestDevice registered(std::string const& serial_number, test::TokenWish const& wish = {}) {
    TestDevice device(world, serial_number);
    device.register_with(world.token(wish).text);
    return device;
  }
  std::string refusal_of(std::function<void()> const& work) {
    try {
      work();
    } catch (Refused const& refused) {
      return refused.code;
    }
    return "accepted";
  }
  std::string refusal_of(TestDevice& device, Sent sent, std::string text) {
    sent.text = std::move(text);
    return refusal_of([&] { device.send(sent); });
  }
  protocol::ResyncAnswer resync_of(Outcome const& outcome) {
    EXPECT_TRUE(outcome.resync());
    return protocol::decode_resync_answer(outcome.payload);
  }

  test::DeviceWorld world{GetParam()};
};
MENKYO_ON_BOTH_DATABASES(DeviceTest);

// ---- authorize ----------------------------------------------------------------------------------------------------

TEST_P(DeviceTest, what_is_owned_is_in_compliance) {
  world.deposit("ESS", 5);
  auto device = registered("SN1");
  auto const answer = device.authorize({{"ESS", 3}});
  ASSERT_EQ(answer.entitlements.size(), 1u);
  auto const& e = answer.entitlements[0];
  EXPECT_EQ(e.status, EntitlementStatus::in_compliance);
  EXPECT_EQ(e.name, "ESS license");
  EXPECT_EQ(std::tuple(e.wanted, e.granted, e.missing), std::tuple(3, 3, 0));
  EXPECT_EQ(answer.authorization_state, State::authorized);
  EXPECT_EQ(answer.valid_until, world.now() + 90 * day);
  EXPECT_GE(answer.renew_after_from, world.now() + 3 * day);
  EXPECT_LE(answer.renew_after_to, world.now() + 30 * day);
  EXPECT_GE(answer.identity_renew_at, world.now() + 18 * day);
  EXPECT_LE(answer.identity_renew_at, world.now() + 182 * day);
  EXPECT_EQ(world.position("ESS").in_use, 3);
  EXPECT_EQ(device.authorize({}).authorization_state, State::none);
  EXPECT_EQ(world.position("ESS").in_use, 0);
}

// Whenever a device comes, it is sent back to its own place, so that a fleet which came together goes apart; while it
// is short of licenses, to its place in the shorter period.
TEST_P(DeviceTest, each_device_has_its_own_times) {
  world.deposit("ESS", 2);
  auto device = registered("SN1"), other = registered("SN2");
  auto const first = device.authorize({{"ESS", 1}});
  EXPECT_NE(first.renew_after_from, other.authorize({{"ESS", 1}}).renew_after_from);
  world.advance(hours(24));
  auto const again = device.authorize({{"ESS", 1}});
  auto const moved = again.renew_after_from - first.renew_after_from;
  EXPECT_EQ(moved % std::chrono::seconds(protocol::period_s(30 * 86400)), std::chrono::seconds(0));
  EXPECT_EQ(again.identity_renew_at, first.identity_renew_at) << "as long as it has this identity";
  device.renew(false);
  EXPECT_GT(device.authorize({{"ESS", 1}}).identity_renew_at, world.now());
  auto const shortage = device.authorize({{"ESS", 9}});
  EXPECT_GE(shortage.renew_after_from, world.now() + std::chrono::minutes(72));
  EXPECT_LE(shortage.renew_after_to, world.now() + hours(12));
}

TEST_P(DeviceTest, a_shortage_is_told_and_the_device_goes_on) {
  world.deposit("ESS", 2);
  auto device = registered("SN1");
  auto const answer = device.authorize({{"ESS", 5}});
  EXPECT_EQ(answer.entitlements[0].status, EntitlementStatus::out_of_compliance);
  EXPECT_EQ(answer.entitlements[0].granted, 5);
  EXPECT_EQ(answer.entitlements[0].missing, 3);
  EXPECT_EQ(answer.authorization_state, State::out_of_compliance);
  EXPECT_LE(answer.renew_after_to, world.now() + hours(12));
  EXPECT_EQ(world.events("compliance_lost"), 1);
  world.deposit("ESS", 3);
  EXPECT_EQ(device.authorize({{"ESS", 5}}).authorization_state, State::authorized);
  EXPECT_EQ(world.events("compliance_regained"), 1);
}

TEST_P(DeviceTest, a_substitute_is_named) {
  world.deposit("PRM", 4);
  auto device = registered("SN1");
  auto const answer = device.authorize({{"ESS", 3}});
  ASSERT_EQ(answer.entitlements[0].covered_by.size(), 1u);
  EXPECT_EQ(answer.entitlements[0].covered_by[0].entitlement, "PRM");
  EXPECT_EQ(answer.entitlements[0].covered_by[0].quantity, 3);
  EXPECT_EQ(answer.authorization_state, State::authorized);
  // The check-in that changes nothing says the same.
  EXPECT_EQ(device.authorize({{"ESS", 3}}).entitlements[0].covered_by[0].quantity, 3);
}

TEST_P(DeviceTest, a_refusal_keeps_what_was_granted_and_lets_the_others_pass) {
  world.deposit("ENF", 2);
  world.deposit("EXP", 1);
  world.deposit("ESS", 9);
  auto device = registered("SN1");
  device.authorize({{"ENF", 2}, {"EXP", 1}});
  auto const answer = device.authorize({{"ENF", 3}, {"ESS", 4}, {"EXP", 2}, {"NONE", 1}, {"OTHER", 1}});
  EXPECT_EQ(code_of(answer, 0), "enforced_short");
  EXPECT_EQ(code_of(answer, 1), "none");
  EXPECT_EQ(code_of(answer, 2), "export_controlled_short");
  EXPECT_EQ(code_of(answer, 3), "entitlement_unknown");
  EXPECT_EQ(code_of(answer, 4), "incompatible_product");
  EXPECT_EQ(answer.entitlements[0].granted, 2);
  EXPECT_EQ(answer.entitlements[2].granted, 1);
  EXPECT_EQ(answer.entitlements[3].granted, 0);
  EXPECT_FALSE(answer.entitlements[3].detail->empty());
  EXPECT_EQ(world.granted(device.device_id()), (Quantities{{"ENF", 2}, {"ESS", 4}, {"EXP", 1}}));
  auto cautious = registered("SN2", {.export_controlled_allowed = false});
  EXPECT_EQ(code_of(cautious.authorize({{"EXP", 1}}), 0), "export_not_allowed_by_token");
  EXPECT_EQ(world.events("draw_refused"), 2);
}

TEST_P(DeviceTest, what_is_given_back_serves_what_is_drawn_with_it) {
  world.deposit("HI", 2);
  auto device = registered("SN1");
  device.authorize({{"HI", 2}});
  EXPECT_EQ(code_of(device.authorize({{"HI", 2}, {"LO", 1}}), 1), "enforced_short");
  auto const sent = device.make_authorize_in_order({{"LO", 1}, {"HI", 1}});
  auto const answer = protocol::decode_authorize_answer(device.send(sent).payload);
  EXPECT_EQ(answer.entitlements[0].status, EntitlementStatus::in_compliance);
  EXPECT_EQ(world.granted(device.device_id()), (Quantities{{"HI", 1}, {"LO", 1}}));
}

TEST_P(DeviceTest, the_wanted_set_is_the_whole_set) {
  world.deposit("ESS", 5);
  world.deposit("ENF", 5);
  auto device = registered("SN1");
  device.authorize({{"ESS", 2}, {"ENF", 2}});
  device.authorize({{"ESS", 3}});
  EXPECT_EQ(world.granted(device.device_id()), (Quantities{{"ESS", 3}}));
  device.authorize({{"regid.2026-01.example.kaze.ENF,1.0_ENF", 1}});  // by its tag
  EXPECT_EQ(world.granted(device.device_id()), (Quantities{{"ENF", 1}}));
  device.authorize({});
  EXPECT_EQ(world.granted(device.device_id()), Quantities{});
}

TEST_P(DeviceTest, quantities_have_limits) {
  auto device = registered("SN1"), second = registered("SN2");
  for (int64_t const wrong : {int64_t{0}, int64_t{-1}, protocol::limits::quantity + 1, INT64_MAX})
    EXPECT_EQ(refusal_of([&] { device.authorize({{"ESS", wrong}}); }), "message_invalid") << wrong;
  EXPECT_EQ(refusal_of([&] {
              device.authorize({{"ENF", 1}, {"regid.2026-01.example.kaze.ENF,1.0_ENF", 1}});
            }),
            "message_invalid");
  // The sum of what many devices lack is more than one message may name; each is still answered.
  EXPECT_EQ(device.authorize({{"ESS", protocol::limits::quantity}}).entitlements[0].missing,
            protocol::limits::quantity);
  EXPECT_EQ(second.authorize({{"ESS", protocol::limits::quantity}}).entitlements[0].missing,
            protocol::limits::quantity);
  EXPECT_EQ(world.position("ESS").short_quantity, 2 * protocol::limits::quantity);
}

TEST_P(DeviceTest, of_64_draws_at_once_an_enforced_balance_of_20_serves_20) {
  world.deposit("ENF", 20);
  auto const token = world.token();
  std::vector<TestDevice> all;
  std::vector<Sent> sent;
  for (int i = 0; i < 64; ++i) all.emplace_back(world, "SN" + std::to_string(i)).register_with(token.text);
  // First one license each, then up to five each.
  for (int const most : {1, 5}) {
    sent.clear();
    for (size_t i = 0; i < all.size(); ++i)
      sent.push_back(all[i].make_authorize(Quantities{{"ENF", 1 + int64_t(i) % most}}));
    std::atomic<int64_t> granted = 0;
    std::atomic<int> refused = 0;
    {
      std::vector<std::jthread> threads;
      for (size_t i = 0; i < all.size(); ++i)
        threads.emplace_back([&, i] {
          auto const answer = protocol::decode_authorize_answer(all[i].send(sent[i]).payload);
          granted += answer.entitlements.at(0).granted;
          refused += answer.entitlements.at(0).code == "enforced_short";
        });
    }
    EXPECT_EQ(granted, world.position("ENF").in_use);
    EXPECT_LE(granted, 20);
    if (most == 1) {
      EXPECT_EQ(granted, 20);
      EXPECT_EQ(refused, 44);
    }
    EXPECT_EQ(world.position("ENF").short_quantity, 0);
    for (auto& device : all) device.authorize({});
  }
}

TEST_P(DeviceTest, a_term_that_ends_between_two_check_ins) {
  world.deposit("ESS", 2, world.now() + 10 * day);
  world.deposit("ENF", 2, world.now() + 10 * day);
  auto device = registered("SN1");
  device.authorize({{"ESS", 2}, {"ENF", 2}});
  world.advance(10 * day);
  // No timer has run yet; the same wish is answered by what holds now, and use that is granted is not taken away.
  auto const answer = device.authorize({{"ESS", 2}, {"ENF", 2}});
  EXPECT_EQ(answer.entitlements[0].missing, 2);
  EXPECT_EQ(answer.entitlements[1].missing, 2);
  EXPECT_EQ(answer.authorization_state, State::out_of_compliance);
  auto second = registered("SN2");
  EXPECT_EQ(code_of(second.authorize({{"ENF", 1}}), 0), "enforced_short");
  world.run_timers();
  EXPECT_EQ(world.position("ESS").owned, 0);
  EXPECT_EQ(device.authorize({{"ESS", 2}, {"ENF", 2}}).entitlements[0].missing, 2);
  EXPECT_EQ(world.events("term_ended"), 2);
}

// ---- order, repeats, forgery --------------------------------------------------------------------------------------

TEST_P(DeviceTest, a_repeat_gets_the_same_payload_and_does_nothing) {
  world.deposit("ESS", 5);
  auto device = registered("SN1");
  auto const sent = device.make_authorize({{"ESS", 2}});
  auto const first = device.send(sent);
  auto const events = world.count("select count(*) from event");
  world.advance(day);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(device.send(sent).payload, first.payload);
  EXPECT_EQ(world.count("select count(*) from event"), events);
  EXPECT_EQ(world.count("select count(*) from use_entry"), 1);
  // Also when many copies of it arrive together, one of them new.
  auto const next = device.make_authorize({{"ESS", 3}});
  std::vector<std::string> payloads(16);
  {
    std::vector<std::jthread> threads;
    for (auto& payload : payloads)
      threads.emplace_back([&, copy = device]() mutable { payload = copy.send(next).payload; });
  }
  for (auto const& payload : payloads) EXPECT_EQ(payload, payloads[0]);
  EXPECT_EQ(world.count("select count(*) from use_entry"), 2);
}

// Each answer is verified by its device; which of them are committed together is up to the machine, hence the rounds.
TEST_P(DeviceTest, answers_of_one_commit_share_a_signature_if_their_devices_can_verify_it) {
  auto const token = world.token();
  std::vector<TestDevice> all;
  for (int i = 0; i < 12; ++i) {
    all.emplace_back(world, "SN" + std::to_string(i)).takes_tree = i % 4 != 0;
    all.back().register_with(token.text);
  }
  std::atomic<int> shared = 0, alone = 0;
  for (int round = 0; round < 200 && shared == 0; ++round) {
    std::vector<std::jthread> threads;
    for (auto& device : all)
      threads.emplace_back([&] {
        auto const sent = device.make_authorize({});
        auto const response = world.exchange(sent.text);
        device.check(sent, response);
        bool const has_proof = protocol::parse_compact(response.body).proof.has_value();
        EXPECT_TRUE(device.takes_tree || !has_proof);
        ++(has_proof ? shared : alone);
      });
  }
  EXPECT_GT(shared, 1);
  EXPECT_GE(alone, 3);
  auto const sent = all.back().make_authorize({});
  EXPECT_FALSE(protocol::parse_compact(world.exchange(sent.text).body).proof) << "alone, it is signed as ever";
}

TEST_P(DeviceTest, an_older_message_is_told_the_last_number) {
  auto device = registered("SN1");
  auto const late = device.make_authorize({{"ESS", 7}});
  device.authorize({{"ESS", 1}});
  auto const answer = resync_of(device.send(late));
  EXPECT_EQ(answer.last_seq, device.seq);
  EXPECT_EQ(answer.reason, protocol::ResyncReason::sequence_behind);
  EXPECT_EQ(world.granted(device.device_id()), (Quantities{{"ESS", 1}}));
  // A device that lost its state follows and is heard again.
  auto rolled_back = device;
  rolled_back.seq = 1;
  rolled_back.follow(rolled_back.send(rolled_back.make_authorize({{"ESS", 2}})));
  EXPECT_EQ(rolled_back.authorize({{"ESS", 2}}).entitlements[0].granted, 2);
  EXPECT_EQ(world.events("device_resynced"), 1);
}

TEST_P(DeviceTest, damaged_messages_are_refused) {
  auto device = registered("SN1");
  auto const sent = device.make_authorize({{"ESS", 7}});
  for (size_t const length : {size_t{0}, size_t{1}, sent.text.size() / 2, sent.text.size() - 1})
    EXPECT_EQ(refusal_of(device, sent, sent.text.substr(0, length)), "message_invalid") << length;
  for (int part = 0; part < 3; ++part)
    for (size_t const at : {0u, 7u, 20u, 41u}) {
      auto const code = refusal_of(device, sent, test::damaged(sent.text, part, at));
      EXPECT_NE(code, "accepted") << part << " " << at;
      EXPECT_NE(code, "internal") << part << " " << at;
    }
  EXPECT_EQ(refusal_of(device, sent, sent.text + "\n"), "message_invalid");
  EXPECT_EQ(world.exchange(sent.text, "application/json").status, 415);
  EXPECT_EQ(world.granted(device.device_id()), Quantities{});
  device.send(sent);
}

// Before anything is verified, which costs more than all the rest.
TEST_P(DeviceTest, messages_of_no_known_type_are_refused_at_once) {
  auto device = registered("SN1");
  auto const good = protocol::parse_compact(device.make_authorize({{"ESS", 7}}).text);
  auto header = good.header;
  header.typ = "menkyo-something+jws";
  auto const text = protocol::sign_compact(header, good.payload, device.key);
  for (auto const& sent : {text, test::damaged(text, 2, 20)}) {
    auto const response = world.exchange(sent);
    EXPECT_EQ(response.problem, problems::message_invalid.code);
    EXPECT_THAT(response.body, testing::HasSubstr("The type of the device message is not known."));
  }
}

TEST_P(DeviceTest, headers_that_do_not_fit_are_refused) {
  auto device = registered("SN1");
  auto const sent = device.make_authorize({{"ESS", 7}});
  auto const good = protocol::parse_compact(sent.text);
  auto const with = [&](std::function<void(protocol::JwsHeader&)> const& change,
                        std::optional<protocol::Key> signer = {}) {
    auto header = good.header;
    change(header);
    return refusal_of(device, sent, protocol::sign_compact(header, good.payload, signer.value_or(device.key)));
  };
  auto const other = protocol::Key::generate(protocol::Algorithm::es256);
  EXPECT_EQ(with([](auto&) {}, other), "message_invalid");
  EXPECT_EQ(with([](auto&) {}, protocol::Key::generate(protocol::Algorithm::ed25519)), "message_invalid");
  EXPECT_EQ(with([&](auto& h) { h.jwk = other; }, other), "message_invalid");
  EXPECT_EQ(with([&](auto& h) { h.jwk = other; }), "message_invalid");
  EXPECT_EQ(with([](auto& h) { h.jwk.reset(); }), "message_invalid");
  EXPECT_EQ(with([](auto& h) { h.aud = "ins_00000000000000000000000000"; }), "message_invalid");
  EXPECT_EQ(with([](auto& h) { h.aud.reset(); }), "message_invalid");
  EXPECT_EQ(with([](auto& h) { h.typ = protocol::typ::report; }), "message_invalid");
  EXPECT_EQ(with([](auto& h) { h.typ = protocol::typ::deregister; }), "message_invalid");
  EXPECT_EQ(with([](auto& h) { h.typ = protocol::typ::authorize_answer; }), "message_invalid");
  EXPECT_EQ(with([](auto& h) { h.typ = "JWT"; }), "message_invalid");
  EXPECT_EQ(with([](auto& h) { h.kid.reset(); }), "message_invalid");
  EXPECT_EQ(with([](auto& h) { h.kid = "sa_1/dev_2"; }), "device_unknown");
  EXPECT_EQ(with([&](auto& h) { h.kid = world.account.text() + "/" + DeviceId{}.text(); }), "device_unknown");
  // The same bytes under another algorithm's name.
  auto const point = sent.text.find('.');
  for (auto const* alg : {"none", "HS256", "EdDSA", "es256"}) {
    auto const header = std::string(R"({"alg":")") + alg + R"(","typ":"menkyo-authorize+jws","kid":")" +
                        *good.header.kid + R"(","aud":")" + *good.header.aud + R"(","jwk":)" + device.key.jwk() + "}";
    EXPECT_EQ(refusal_of(device, sent, protocol::to_base64url(as_bytes(header)) + sent.text.substr(point)),
              "message_invalid")
        << alg;
  }
  EXPECT_EQ(world.granted(device.device_id()), Quantities{});
  EXPECT_EQ(world.events("use_changed"), 0);
}

TEST_P(DeviceTest, a_clone_is_told_of_once_a_day) {
  auto device = registered("SN1");
  device.authorize({{"NONE", 1}});  // another warning of the same day hides nothing
  auto clone = device;
  device.authorize({{"ESS", 1}});
  auto const other = clone.make_authorize({{"ESS", 9}});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(refusal_of([&] { clone.send(other); }), "sequence_conflict");
  EXPECT_EQ(world.events("device_cloned"), 1);
  EXPECT_EQ(world.granted(device.device_id()), (Quantities{{"ESS", 1}}));
  world.advance(day);
  EXPECT_EQ(refusal_of([&] { clone.send(other); }), "sequence_conflict");
  EXPECT_EQ(world.events("device_cloned"), 2);
  device.authorize({{"ESS", 2}});
}

TEST_P(DeviceTest, a_key_that_is_not_the_devices_learns_and_leaves_nothing) {
  auto device = registered("SN1");
  device.authorize({{"ESS", 1}});
  auto stranger = device;
  stranger.key = protocol::Key::generate(protocol::Algorithm::es256);
  auto const groups = [&] {
    return *world.db->read([](db::ReadTx& tx) { return tx.one<int64_t>("select count(*) from compliance"); });
  };
  auto const before = groups();
  for (int64_t const seq : {device.seq - 1, device.seq, device.seq + 1}) {
    stranger.seq = seq - 1;
    EXPECT_EQ(refusal_of([&] { stranger.authorize({{"ENF", 9}}); }), "message_invalid") << seq;
  }
  EXPECT_EQ(groups(), before);
  EXPECT_EQ(world.events("device_cloned"), 0);
  EXPECT_EQ(world.events("device_resynced"), 0);
  device.deregister();
  stranger.seq = device.seq;
  EXPECT_EQ(refusal_of([&] { stranger.authorize({}); }), "message_invalid");
  EXPECT_EQ(refusal_of([&] { device.authorize({}); }), "device_unknown");
}

// ---- identity -----------------------------------------------------------------------------------------------------

TEST_P(DeviceTest, an_identity_is_renewed_with_and_without_a_new_key) {
  auto device = registered("SN1");
  world.advance(200 * day);
  device.renew(false);
  auto const old = device;
  world.advance(200 * day);
  device.renew(true);
  EXPECT_NE(device.key.thumbprint(), old.key.thumbprint());
  device.authorize({{"ESS", 1}});
  EXPECT_EQ(world.events("device_identity_renewed"), 2);
  auto thief = old;
  thief.seq = device.seq;
  EXPECT_EQ(refusal_of([&] { thief.authorize({{"ESS", 9}}); }), "message_invalid");
  EXPECT_EQ(world.granted(device.device_id()), (Quantities{{"ESS", 1}}));
}

TEST_P(DeviceTest, a_renewal_whose_answer_was_lost_is_answered_again_however_late) {
  auto device = registered("SN1");
  auto const sent = device.make_renew(true);
  auto const first = device.send(sent);
  world.advance(3 * hours(1));
  EXPECT_EQ(device.send(sent).payload, first.payload);
  world.reopen_desk();  // nothing of it is only in memory
  EXPECT_EQ(device.send(sent).payload, first.payload);
  EXPECT_EQ(world.events("device_identity_renewed"), 1);
  device.key = *device.new_key;
  device.authorize({});
}

TEST_P(DeviceTest, a_renewal_needs_a_right_clock_and_the_proof_of_the_new_key) {
  auto device = registered("SN1");
  device.clock_skew = hours(1) + seconds(1);
  EXPECT_EQ(refusal_of([&] { device.renew(false); }), "clock_skewed");
  EXPECT_EQ(device.authorize({}).clock_skew_s, 3601);
  device.clock_skew = -hours(1);
  device.renew(false);
  device.clock_skew = {};
  protocol::RenewIdentityMessage m;
  static_cast<protocol::MessageCommon&>(m) = device.next_common();
  m.jwk = protocol::Key::generate(protocol::Algorithm::es256);
  auto const stolen = protocol::Key::generate(protocol::Algorithm::es256);
  m.proof = protocol::sign_key_proof(stolen, m.nonce, world.authority->installation());
  auto const sent = device.sign("renew_identity", protocol::typ::renew_identity, protocol::typ::renew_identity_answer,
                                m, protocol::encode(m));
  EXPECT_EQ(refusal_of([&] { device.send(sent); }), "message_invalid");
  EXPECT_EQ(world.events("device_identity_renewed"), 1);
}

TEST_P(DeviceTest, an_identity_lapses_after_a_year) {
  world.deposit("ENF", 1);
  auto device = registered("SN1");
  device.authorize({{"ENF", 1}});
  world.advance(365 * day - seconds(1));
  device.authorize({{"ENF", 1}});
  world.advance(seconds(1));
  EXPECT_EQ(refusal_of([&] { device.authorize({{"ENF", 1}}); }), "identity_expired");
  EXPECT_EQ(refusal_of([&] { device.renew(false); }), "identity_expired");
  EXPECT_THAT(world.run_timers(), ::testing::ElementsAre(std::pair(device.device_id(), Looked::lapsed)));
  EXPECT_EQ(world.position("ENF").in_use, 0);
  EXPECT_THAT(world.run_timers(), ::testing::IsEmpty());
  auto again = registered("SN1");
  EXPECT_EQ(again.authorize({{"ENF", 1}}).entitlements[0].granted, 1);
}

// ---- silence, leaving, removal ------------------------------------------------------------------------------------

TEST_P(DeviceTest, a_silent_device_is_released_and_may_come_back_and_fall_silent_again) {
  world.deposit("ENF", 1);
  auto device = registered("SN1");
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(device.authorize({{"ENF", 1}}).entitlements[0].granted, 1);
    world.advance(90 * day - seconds(1));
    world.run_timers();
    EXPECT_EQ(world.position("ENF").in_use, 1);
    EXPECT_EQ(world.look(device.device_id()), Looked::nothing);
    world.advance(seconds(1));
    EXPECT_THAT(world.run_timers(), ::testing::ElementsAre(std::pair(device.device_id(), Looked::released)));
    EXPECT_EQ(world.position("ENF").in_use, 0);
    EXPECT_EQ(world.look(device.device_id()), Looked::nothing);
    EXPECT_EQ(world.events("device_released"), round + 1);
    EXPECT_EQ(world.count("select count(*) from device_contact where authorization_state = 'authorization_expired'"),
              1);
  }
  EXPECT_EQ(device.authorize({{"ENF", 1}}).authorization_state, State::authorized);
}

TEST_P(DeviceTest, a_device_counts_as_silent_from_thirty_days_until_it_is_heard) {
  auto const silent = [&] {
    return world.count("select cast(coalesce(sum(silent_device_count), 0) as bigint) from virtual_account_total");
  };
  auto one = registered("SN1"), other = registered("SN2");
  world.advance(29 * day);
  one.authorize({});
  world.advance(day - seconds(1));
  EXPECT_THAT(world.run_timers(), ::testing::IsEmpty());
  EXPECT_EQ(silent(), 0);
  world.advance(seconds(1));
  EXPECT_THAT(world.run_timers(), ::testing::UnorderedElementsAre(std::pair(other.device_id(), Looked::silent),
                                                                  std::pair(one.device_id(), Looked::nothing)));
  EXPECT_EQ(silent(), 1);
  world.advance(30 * day);
  EXPECT_THAT(world.run_timers(), ::testing::ElementsAre(std::pair(one.device_id(), Looked::silent)));
  EXPECT_EQ(silent(), 2);
  EXPECT_THAT(world.broken(), ::testing::IsEmpty());
  // Heard again, and silent again after as long.
  one.authorize({});
  EXPECT_EQ(silent(), 1);
  world.advance(30 * day - seconds(1));
  EXPECT_THAT(world.run_timers(), ::testing::IsEmpty());
  world.advance(seconds(1));
  EXPECT_THAT(world.run_timers(), ::testing::UnorderedElementsAre(std::pair(other.device_id(), Looked::released),
                                                                  std::pair(one.device_id(), Looked::silent)));
  EXPECT_EQ(silent(), 2);
  // Whoever is gone is not silent any more, by its own word or by another's.
  one.deregister();
  EXPECT_EQ(silent(), 1);
  registered("SN2");
  EXPECT_EQ(silent(), 0);
  EXPECT_THAT(world.broken(), ::testing::IsEmpty());
}

TEST_P(DeviceTest, a_device_whose_identity_ended_falls_silent_all_the_same) {
  auto device = registered("SN1");
  world.advance(364 * day);
  device.authorize({});
  world.run_timers();
  world.advance(2 * day);
  EXPECT_THAT(world.run_timers(), ::testing::ElementsAre(std::pair(device.device_id(), Looked::lapsed)));
  world.advance(30 * day);
  EXPECT_THAT(world.run_timers(), ::testing::ElementsAre(std::pair(device.device_id(), Looked::silent)));
  EXPECT_EQ(world.events("device_identity_lapsed"), 1);
  EXPECT_THAT(world.run_timers(), ::testing::IsEmpty());
  EXPECT_THAT(world.broken(), ::testing::IsEmpty());
}

TEST_P(DeviceTest, leaving_gives_everything_back_once) {
  world.deposit("ENF", 2);
  auto device = registered("SN1");
  device.authorize({{"ENF", 2}});
  auto const sent = device.make_deregister();
  auto const first = device.send(sent);
  EXPECT_TRUE(protocol::decode_deregister_answer(first.payload).released);
  EXPECT_EQ(world.position("ENF").in_use, 0);
  EXPECT_EQ(device.send(sent).payload, first.payload);
  EXPECT_EQ(world.events("device_deregistered"), 1);
  EXPECT_EQ(refusal_of([&] { device.authorize({{"ENF", 1}}); }), "device_unknown");
  EXPECT_EQ(refusal_of([&] { device.deregister(); }), "device_unknown");
  EXPECT_EQ(world.look(device.device_id()), Looked::gone);
}

TEST_P(DeviceTest, a_removed_device_is_unknown) {
  world.deposit("ESS", 2);
  world.deposit("EXP", 1);
  auto device = registered("SN1");
  device.authorize({{"ESS", 2}, {"EXP", 1}});
  try {
    world.remove(device.device_id());
    ADD_FAILURE() << "a device that uses an export-controlled license was removed";
  } catch (Problem const& problem) {
    EXPECT_EQ(problem.kind().code, "conflict");
  }
  EXPECT_EQ(world.granted(device.device_id()), (Quantities{{"ESS", 2}, {"EXP", 1}}));
  device.authorize({{"ESS", 2}});
  world.remove(device.device_id());
  world.remove(device.device_id());
  EXPECT_EQ(world.events("device_removed"), 1);
  EXPECT_EQ(world.position("ESS").in_use, 0);
  EXPECT_EQ(refusal_of([&] { device.authorize({{"ESS", 2}}); }), "device_unknown");
  EXPECT_EQ(refusal_of([&] { device.report({{"ESS", 2}}); }), "device_unknown");
  EXPECT_EQ(refusal_of([&] { device.renew(true); }), "device_unknown");
}

// ---- reports, epochs, clocks --------------------------------------------------------------------------------------

TEST_P(DeviceTest, reports_are_a_chain_that_survives_lost_acknowledgements) {
  auto device = registered("SN1");
  std::vector<protocol::UsageReport> kept;
  auto const keep = [&](Sent const& sent) {
    for (auto& r : protocol::decode_report(protocol::parse_compact(sent.text).payload).reports) {
      r.encoded = protocol::encode_report(r);
      kept.push_back(std::move(r));
    }
  };
  auto const send_kept = [&] {
    protocol::ReportMessage m;
    static_cast<protocol::MessageCommon&>(m) = device.next_common();
    m.reports = kept;
    auto const sent =
        device.sign("report", protocol::typ::report, protocol::typ::report_answer, m, protocol::encode(m));
    EXPECT_EQ(protocol::decode_report_answer(device.send(sent).payload).acknowledged_through, device.last_report);
  };
  auto const first = device.make_report({{"ESS", 1}, {"ESS", 2}});
  EXPECT_EQ(protocol::decode_report_answer(device.send(first).payload).acknowledged_through, device.last_report);
  keep(first);
  EXPECT_EQ(world.count("select count(*) from usage_report"), 2);
  // The acknowledgement was lost: the next message begins with what is known and goes on.
  keep(device.make_report({{"ENF", 3}}));
  send_kept();
  EXPECT_EQ(world.count("select count(*) from usage_report"), 3);
  // All of it known already, then only a part of what is known.
  send_kept();
  kept.erase(kept.begin());
  send_kept();
  EXPECT_EQ(world.count("select count(*) from usage_report"), 3);
  EXPECT_EQ(world.events("report_chain_broken"), 0);
}

TEST_P(DeviceTest, a_broken_chain_is_kept_and_told_of) {
  auto device = registered("SN1");
  device.report({{"ESS", 1}});
  device.last_report[0] ^= 1;
  EXPECT_EQ(device.report({{"ESS", 2}, {"NONE", 3}}).acknowledged_through, device.last_report);
  EXPECT_EQ(world.count("select count(*) from usage_report"), 3);
  EXPECT_EQ(world.events("report_chain_broken"), 1);
  EXPECT_EQ(device.report({{"ESS", 2}}).acknowledged_through, device.last_report);
  EXPECT_EQ(world.events("report_chain_broken"), 1);
}

TEST_P(DeviceTest, after_a_restore_devices_send_their_whole_state) {
  auto device = registered("SN1");
  device.authorize({{"ESS", 1}});
  world.begin_epoch();
  for (auto const& sent : {device.make_report({{"ESS", 1}}), device.make_renew(false), device.make_deregister()}) {
    auto before = device;
    auto const answer = resync_of(before.send(sent));
    EXPECT_EQ(answer.reason, protocol::ResyncReason::new_epoch);
    EXPECT_EQ(answer.epoch, 2);
  }
  EXPECT_EQ(device.authorize({{"ESS", 2}}).epoch, 2);
  EXPECT_EQ(device.epoch, 2);
  device.renew(false);
  device.deregister();
}

TEST_P(DeviceTest, clocks_may_jump) {
  world.deposit("ENF", 1, world.now() + 200 * day);
  auto device = registered("SN1");
  auto const start = world.now();
  auto const first = device.authorize({{"ENF", 1}});
  world.db.clock.set(start - 5 * day);
  EXPECT_GE(world.db->now(), start);
  auto const second = device.send(device.make_authorize({{"ENF", 1}}));
  EXPECT_GE(protocol::decode_authorize_answer(second.payload).answered_at, first.answered_at);
  EXPECT_EQ(world.look(device.device_id()), Looked::nothing);
  world.db.clock.set(start + 100 * day);
  EXPECT_THAT(world.run_timers(), ::testing::ElementsAre(std::pair(device.device_id(), Looked::released)));
  EXPECT_EQ(device.authorize({{"ENF", 1}}).entitlements[0].granted, 1);
}

TEST_P(DeviceTest, a_desk_answers_what_it_took_before_it_goes) {
  auto const token = world.token();
  std::vector<TestDevice> all;
  std::vector<Sent> sent;
  for (int i = 0; i < 20; ++i) all.emplace_back(world, "SN" + std::to_string(i));
  for (auto& device : all) sent.push_back(device.make_register(token.text));
  std::atomic<int> answers = 0;
  for (auto const& s : sent) {
    api::Request request;
    request.headers = {{"content-type", "application/jose"}};
    request.body = s.text;
    world.desk->handle(std::move(request), [&](api::Response response) { answers += response.status == 200; });
  }
  world.desk.reset();
  EXPECT_EQ(answers, 20);
  world.reopen_desk();
}

}  // namespace
}  // namespace menkyo::devices
