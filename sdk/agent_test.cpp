#include "sdk/agent.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <utility>

#include "protocol/error.hpp"
#include "protocol/json.hpp"
#include "protocol/x509.hpp"
#include "sdk/exchange.hpp"
#include "sdk/machine.hpp"
#include "sdk/pace.hpp"
#include "sdk/test_peer.hpp"

namespace menkyo::agent {
namespace {

using namespace protocol;
using std::chrono::hours;

struct AgentTest : ::testing::Test {
  AgentTest() {
    folder = make_test_folder();
    file = folder / "agent.json";
  }
  ~AgentTest() override {
    std::filesystem::remove_all(folder);
    clock_for_tests = nullptr;
  }

  RegisterOptions options() {
    RegisterOptions o;
    o.url = peer.url();
    o.token = peer.token();
    o.product = "router-9000";
    return o;
  }

  // The code of the failure, or "".
  template <class Run>
  std::string code(Run run) {
    try {
      run();
    } catch (Failure const& f) {
      last = f.sentence;
      EXPECT_FALSE(f.sentence.empty());
      EXPECT_TRUE(f.sentence.ends_with('.') || f.sentence.ends_with(')') || f.code == "clock_skewed") << f.sentence;
      return f.code;
    }
    return "";
  }

  // From here on the agent and the peer live `d` later.
  void advance(std::chrono::minutes d) {
    static Instant base;
    base = now() + d;
    clock_for_tests = [] { return base; };
  }

  Peer peer;
  std::filesystem::path folder;
  std::string file;
  std::string last;
};

// Whether its answers share their signature or not.
class AgentLife : public AgentTest, public ::testing::WithParamInterface<bool> {};
INSTANTIATE_TEST_SUITE_P(Signatures, AgentLife, ::testing::Bool());

TEST_P(AgentLife, RegistersDrawsReportsRenewsAndLeaves) {
  peer.shares_signatures = GetParam();
  register_device(file, options());
  EXPECT_EQ(status(file).authorization, MENKYO_NONE);
  request(file, "advanced-routing", 3);
  auto st = status(file);
  EXPECT_EQ(st.authorization, MENKYO_AUTHORIZED);
  ASSERT_EQ(st.answer->entitlements.size(), 1u);
  EXPECT_EQ(st.answer->entitlements[0].granted, 3);
  request(file, "encryption", 1);
  EXPECT_EQ(peer.wanted, (std::vector<Wanted>{{"advanced-routing", 3}, {"encryption", 1}}));
  advance(hours(1));
  report(file);
  EXPECT_EQ(peer.report_ids.size(), 2u);
  report(file);
  EXPECT_EQ(peer.report_ids.size(), 2u) << "nothing happened since";
  auto const old_key = status(file).state.key;
  renew(file, false);
  EXPECT_EQ(status(file).state.key, old_key);
  renew(file, true);
  EXPECT_NE(status(file).state.key, old_key);
  authorize(file);
  release(file, "advanced-routing");
  EXPECT_EQ(peer.wanted, (std::vector<Wanted>{{"encryption", 1}}));
  deregister(file, "done");
  EXPECT_EQ(status(file).state.registration, Registration::none);
  EXPECT_TRUE(status(file).state.key.empty());
  EXPECT_EQ(peer.conflicts + peer.resyncs, 0);
}

TEST_F(AgentTest, ALostAnswerIsAskedForInTheSameBytes) {
  peer.lose_answers = 1;
  EXPECT_EQ(code([&] { register_device(file, options()); }), "unreachable");
  EXPECT_EQ(status(file).state.registration, Registration::in_progress);
  register_device(file, options());
  EXPECT_EQ(peer.token_uses, 1);
  ASSERT_EQ(peer.bodies.size(), 2u);
  EXPECT_EQ(peer.bodies[0], peer.bodies[1]);

  peer.lose_answers = 1;
  EXPECT_EQ(code([&] { request(file, "a", 1); }), "unreachable");
  request(file, "a", 2);
  ASSERT_EQ(peer.bodies.size(), 5u) << "the old message, its repeat, and one with the new wish";
  EXPECT_EQ(peer.bodies[2], peer.bodies[3]);
  EXPECT_EQ(peer.wanted, (std::vector<Wanted>{{"a", 2}}));
  EXPECT_EQ(peer.conflicts, 0);
}

TEST_F(AgentTest, AnOldRegistrationThatWasNeverReadIsMadeAnew) {
  peer.instead = [](PeerReply& reply) {
    reply = {503, "text/plain", "", "Retry-After: 100\r\n"};
    return true;
  };
  // The trust document cannot be had either; so nothing is stored yet.
  EXPECT_EQ(code([&] { register_device(file, options()); }), "busy");
  EXPECT_EQ(status(file).state.registration, Registration::none);
  int calls = 0;
  peer.instead = [&](PeerReply& reply) {
    if (++calls == 1) return false;
    reply = {503, "text/plain", "", ""};
    return true;
  };
  EXPECT_EQ(code([&] { register_device(file, options()); }), "busy");
  EXPECT_EQ(status(file).state.registration, Registration::in_progress);
  peer.instead = nullptr;
  advance(hours(3));
  register_device(file, options());
  EXPECT_EQ(peer.token_uses, 1);
}

TEST_F(AgentTest, RetryAfterIsKeptByTick) {
  register_device(file, options());
  peer.instead = [](PeerReply& reply) {
    reply = {503, "text/plain", "", "Retry-After: 1000\r\n"};
    return true;
  };
  EXPECT_EQ(code([&] { request(file, "a", 1); }), "busy");
  auto const before = peer.bodies.size();
  peer.instead = nullptr;
  EXPECT_GE(tick(file), 990);
  EXPECT_LE(tick(file), 1101);
  EXPECT_EQ(peer.bodies.size(), before) << "it waits";
  advance(hours(1));
  tick(file);
  EXPECT_EQ(peer.wanted, (std::vector<Wanted>{{"a", 1}}));
  EXPECT_EQ(status(file).state.failures, 0);
}

TEST_F(AgentTest, FailuresWaitLongerEachTime) {
  register_device(file, options());
  peer.instead = [](PeerReply& reply) {
    reply = {500, "text/plain", "", ""};
    return true;
  };
  int64_t longest = 0;
  for (int i = 0; i < 14; ++i) {
    EXPECT_EQ(code([&] { request(file, "a", 1); }), "busy");
    auto const wait = std::chrono::ceil<std::chrono::seconds>(*status(file).state.retry_at - now()).count();
    auto const full = std::min<int64_t>(6 * 3600, 30LL << std::min(i, 12));
    EXPECT_GE(wait, full / 2 - 1) << i;
    EXPECT_LE(wait, full + 1) << i;
    longest = std::max(longest, wait);
  }
  EXPECT_GT(longest, 3 * 3600 - 2);
}

// An outage must not bring a whole fleet back within minutes.
TEST_F(AgentTest, WhatNobodyWaitsForIsPutOffByHours) {
  register_device(file, options());
  request(file, "a", 1);
  peer.instead = [](PeerReply& reply) {
    reply = {503, "text/plain", "", ""};
    return true;
  };
  int64_t sum = 0;
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(code([&] { authorize(file); }), "busy");
    sum += std::chrono::ceil<std::chrono::seconds>(*status(file).state.retry_at - now()).count();
  }
  // Ten standard errors around six hours: 12 h / sqrt(12 * 40).
  EXPECT_NEAR(double(sum) / 40, 6 * 3600, 5.5 * 3600);
  EXPECT_EQ(code([&] { request(file, "a", 2); }), "busy") << "now somebody waits";
  EXPECT_EQ(code([&] { request(file, "a", 3); }), "busy");
  peer.instead = nullptr;
  advance(hours(13));
  tick(file);
  EXPECT_EQ(peer.wanted, (std::vector<Wanted>{{"a", 3}}));
}

// Devices that were registered together neither check in nor report nor renew together.
TEST_F(AgentTest, EachDeviceHasItsOwnTimes) {
  advance(hours(0));
  register_device(file, options());
  auto const s = status(file).state;
  auto const window = [&](Errand errand, int64_t interval_s, Instant from) {
    return window_after(s.home.device_id, errand, interval_s, from);
  };
  auto const check_in = window(Errand::check_in, s.policy.authorization_renew_s, now());
  EXPECT_GE(*s.check_in_at, check_in.from);
  EXPECT_LE(*s.check_in_at, check_in.to);
  auto const reports = window(Errand::report, s.policy.report_interval_s, now());
  EXPECT_GE(*s.report_at, reports.from);
  EXPECT_LE(*s.report_at, reports.to);
  auto const since = read_certificate(s.certificate_chain.at(0)).not_before;
  EXPECT_EQ(*s.identity_renew_at, window(Errand::renew_identity, s.policy.identity_renew_s, since).from);
}

// The server's times are distances for a device: one whose clock is years ahead must not find them in its past and
// call without end, nor wait for years when its clock is put right.
TEST_F(AgentTest, AWrongClockNeitherHurriesNorForgetsTheCheckIn) {
  register_device(file, options());
  request(file, "a", 1);
  // The server's clock stands 40 days behind the device's.
  peer.change_reply = [&](PeerReply& reply) {
    auto const jws = parse_compact(reply.body);
    auto a = decode_authorize_answer(jws.payload);
    for (auto* t : {&a.answered_at, &a.valid_until, &a.renew_after_from, &a.renew_after_to, &a.identity_renew_at})
      *t -= hours(40 * 24);
    reply.body = sign_compact({.typ = jws.header.typ, .kid = {}, .aud = {}, .jwk = {}, .x5c = {peer.signer}},
                              encode(a), peer.signer_key);
  };
  authorize(file);
  auto s = status(file).state;
  EXPECT_GE(*s.check_in_at, now() + hours(28 * 24));
  EXPECT_LE(*s.check_in_at, now() + hours(30 * 24));
  EXPECT_GE(*s.identity_renew_at, now() + hours(181 * 24));
  // What was set while the clock stood months ahead.
  for (auto* t : {&s.check_in_at, &s.retry_at}) *t = now() + hours(91 * 24);
  save_state(file, s);
  auto const before = peer.bodies.size();
  tick(file);
  EXPECT_EQ(peer.bodies.size(), before + 1);
}

TEST_F(AgentTest, ARolledBackStateIsSynchronised) {
  register_device(file, options());
  request(file, "a", 1);
  auto const copy = folder / "copy";
  std::filesystem::copy_file(file, copy);
  request(file, "a", 2);
  request(file, "b", 1);
  std::filesystem::copy_file(copy, file, std::filesystem::copy_options::overwrite_existing);
  renew(file, false);
  EXPECT_EQ(peer.resyncs + peer.conflicts, 1);
  EXPECT_EQ(peer.wanted, (std::vector<Wanted>{{"a", 1}})) << "the device's own state is what counts";
  authorize(file);
  EXPECT_EQ(peer.resyncs + peer.conflicts, 1);
}

TEST_F(AgentTest, ReportsGoOnAfterARollback) {
  advance(hours(0));
  register_device(file, options());
  request(file, "a", 1);
  auto const copy = folder / "copy";
  std::filesystem::copy_file(file, copy);
  advance(hours(1));
  report(file);
  request(file, "a", 2);
  std::filesystem::copy_file(copy, file, std::filesystem::copy_options::overwrite_existing);
  advance(hours(1));
  report(file);
  EXPECT_EQ(peer.resyncs, 1);
  EXPECT_EQ(peer.report_gaps, 1) << "told, not refused";
  EXPECT_TRUE(status(file).state.reports.empty());
  EXPECT_EQ(peer.report_ids.size(), 2u);
}

TEST_F(AgentTest, AStateThatIsOneMessageOldRecovers) {
  register_device(file, options());
  request(file, "a", 1);
  auto const copy = folder / "copy";
  std::filesystem::copy_file(file, copy);
  request(file, "a", 2);
  std::filesystem::copy_file(copy, file, std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(code([&] { renew(file, false); }), "sequence_conflict");
  EXPECT_EQ(peer.conflicts, 1);
  renew(file, false);
  EXPECT_EQ(peer.wanted, (std::vector<Wanted>{{"a", 1}}));
}

TEST_F(AgentTest, ANewEpochBringsTheFullState) {
  register_device(file, options());
  request(file, "a", 1);
  peer.epoch = 2;
  peer.wanted.clear();
  renew(file, false);
  EXPECT_EQ(peer.resyncs, 1);
  EXPECT_EQ(peer.wanted, (std::vector<Wanted>{{"a", 1}}));
  EXPECT_EQ(status(file).state.epoch, 2);
}

TEST_F(AgentTest, OnlyTheServersAnswersAreBelieved) {
  register_device(file, options());
  request(file, "a", 1);
  auto const device_chain = status(file).state.certificate_chain;
  auto const device_key = Key::from_pkcs8_der(status(file).state.key);
  Peer stranger;
  auto const resign = [](PeerReply& reply, Key const& key, std::vector<Bytes> x5c, auto edit) {
    auto const jws = parse_compact(reply.body);
    auto payload = jws.payload;
    edit(payload);
    reply.body =
        sign_compact({.typ = jws.header.typ, .kid = {}, .aud = {}, .jwk = {}, .x5c = std::move(x5c)}, payload, key);
  };
  auto const same = [](std::string&) {};
  auto const replace = [](std::string const& from, std::string const& to) {
    return [=](std::string& payload) { payload.replace(payload.find(from), from.size(), to); };
  };
  std::pair<const char*, std::function<void(PeerReply&)>> const cases[] = {
      {"changed bytes", [](PeerReply& r) { r.body[r.body.size() / 2] ^= 1; }},
      {"another root", [&](PeerReply& r) { resign(r, stranger.signer_key, {stranger.signer}, same); }},
      {"a device as signer", [&](PeerReply& r) { resign(r, device_key, device_chain, same); }},
      {"no certificate", [&](PeerReply& r) { resign(r, peer.signer_key, {}, same); }},
      {"an old answer",
       [&](PeerReply& r) {
         resign(r, peer.signer_key, {peer.signer}, [](std::string& p) {
           auto const at = p.find("\"nonce\":\"") + 9;
           p[at] = p[at] == 'A' ? 'B' : 'A';
         });
       }},
      {"another number",
       [&](PeerReply& r) { resign(r, peer.signer_key, {peer.signer}, replace("\"seq\":", "\"seq\":1")); }},
      {"another installation",
       [&](PeerReply& r) { resign(r, peer.signer_key, {peer.signer}, replace("inst_test", "inst_other")); }},
      {"another message",
       [&](PeerReply& r) { resign(r, peer.signer_key, {peer.signer}, replace("\"authorize\"", "\"report\"")); }},
      {"the wrong content type", [](PeerReply& r) { r.content_type = "text/html"; }},
      {"nothing", [](PeerReply& r) { r.body.clear(); }},
      {"too much", [](PeerReply& r) { r.body.assign(300'000, 'x'); }},
  };
  for (auto const& [name, change] : cases) {
    SCOPED_TRACE(name);
    peer.change_reply = change;
    EXPECT_EQ(code([&] { authorize(file); }), "answer_invalid");
    EXPECT_TRUE(status(file).state.pending);
    EXPECT_EQ(status(file).authorization, MENKYO_AUTHORIZED) << "the last good answer still holds";
  }
  peer.change_reply = nullptr;
  authorize(file);
  EXPECT_FALSE(status(file).state.pending);
  EXPECT_EQ(peer.conflicts + peer.resyncs, 0);
}

TEST_F(AgentTest, EachRefusalHasItsSentence) {
  auto const refuse_with = [&](const char* word) {
    peer.instead = [word, first = true](PeerReply& reply) mutable {
      if (std::exchange(first, false)) return false;  // the trust document
      reply = {403, "application/problem+json", std::string(R"({"status":403,"code":")") + word + "\"}", {}};
      return true;
    };
  };
  std::set<std::string> sentences;
  for (auto const* word : {"token_unknown", "token_expired", "token_used_up", "token_revoked", "clock_skewed",
                           "product_unknown", "message_invalid", "something_new"}) {
    refuse_with(word);
    EXPECT_EQ(code([&] { register_device(file, options()); }), word);
    EXPECT_EQ(status(file).state.registration, Registration::none);
    EXPECT_TRUE(sentences.insert(last).second) << last;
  }
  peer.instead = nullptr;
  auto o = options();
  o.token = "mkt1.short";
  EXPECT_EQ(code([&] { register_device(file, o); }), "token_malformed");
  o = options();
  o.token = Peer().token();
  EXPECT_EQ(code([&] { register_device(file, o); }), "root_mismatch");
  EXPECT_EQ(code([&] { authorize(file); }), "not_registered");
  register_device(file, options());
  EXPECT_EQ(code([&] { register_device(file, options()); }), "already_registered");
  EXPECT_EQ(peer.token_uses, 1);
  EXPECT_EQ(code([&] { release(file, "never-wanted"); }), "not_wanted");
}

TEST_F(AgentTest, ADeviceThatWasRemovedSaysSo) {
  register_device(file, options());
  peer.instead = [](PeerReply& reply) {
    reply = {404, "application/problem+json", R"({"status":404,"code":"device_unknown"})", {}};
    return true;
  };
  EXPECT_EQ(code([&] { authorize(file); }), "device_unknown");
  EXPECT_EQ(code([&] { authorize(file); }), "device_unknown");
  EXPECT_EQ(status(file).state.registration, Registration::lost);
  peer.instead = nullptr;
  register_device(file, options());
  EXPECT_EQ(status(file).state.registration, Registration::registered);
}

TEST_F(AgentTest, ADeviceWhoseIdentityExpiredIsToldToRegisterAgain) {
  register_device(file, options());
  peer.instead = [](PeerReply& reply) {
    reply = {403, "application/problem+json", R"({"status":403,"code":"identity_expired"})", {}};
    return true;
  };
  EXPECT_EQ(code([&] { authorize(file); }), "identity_expired");
  EXPECT_NE(last.find("--force"), std::string::npos) << last;
  peer.instead = nullptr;
  EXPECT_EQ(code([&] { register_device(file, options()); }), "already_registered");
  auto again = options();
  again.force = true;
  register_device(file, again);
  authorize(file);
  EXPECT_EQ(peer.token_uses, 2);
}

TEST_F(AgentTest, AddressesAreJudged) {
  auto o = options();
  o.url = "http://license.example.com";
  EXPECT_EQ(code([&] { register_device(file, o); }), "address_refused");
  for (auto const* bad :
       {"", "license.example.com:x", "ftp://127.0.0.1", "https://user:pw@x", "file:///etc/passwd"}) {
    o.url = bad;
    EXPECT_EQ(code([&] { register_device(file, o); }), "address_invalid") << bad;
  }
  o.url = "http://127.0.0.1:1";
  EXPECT_EQ(code([&] { register_device(file, o); }), "unreachable");
  o.url = peer.url() + "/elsewhere";
  EXPECT_EQ(code([&] { register_device(file, o); }), "not_menkyo");
  o.url = peer.url() + "/";
  register_device(file, o);
}

TEST_F(AgentTest, WhatIsWithheldIsNeverSent) {
  auto o = options();
  o.host_name = "very-secret-name";
  o.udi.mac_address = "00:00:5e:00:53:01";
  o.privacy = {true, true, true};
  register_device(file, o);
  request(file, "a", 1);
  for (auto const& payload : peer.payloads) {
    EXPECT_EQ(payload.find("very-secret-name"), std::string::npos);
    EXPECT_EQ(payload.find("00:00:5e"), std::string::npos);
  }
  EXPECT_NE(peer.payloads[0].find(R"("privacy":{"host_name":true,"ip_address":true,"mac_address":true})"),
            std::string::npos);
  EXPECT_EQ(peer.payloads[0].find("\"host_name\":\""), std::string::npos);
}

TEST_F(AgentTest, ARefusedEntitlementIsToldAndNotCountedAsUse) {
  register_device(file, options());
  peer.refuse = {{"crypto", "export_not_allowed_by_token"}};
  EXPECT_EQ(code([&] { request(file, "crypto", 1); }), "export_not_allowed_by_token");
  request(file, "routing", 1);
  for (auto const& u : status(file).state.usage) {
    if (u.entitlement == "crypto") {
      EXPECT_EQ(u.measurements.back().quantity, 0);
    }
  }
}

TEST_F(AgentTest, ShortageIsNoRefusal) {
  register_device(file, options());
  peer.missing = 2;
  request(file, "a", 5);
  EXPECT_EQ(status(file).authorization, MENKYO_OUT_OF_COMPLIANCE);
  EXPECT_NE(status_text(status(file)).find("missing 2"), std::string::npos);
}

TEST_F(AgentTest, EvaluationIsCountedOnlyWhileUsedUnregistered) {
  advance(hours(0));
  EXPECT_EQ(code([&] { request(file, "a", 1); }), "not_registered");
  EXPECT_EQ(status(file).authorization, MENKYO_EVALUATION);
  advance(hours(24 * 30));
  release(file, "a");
  advance(hours(24 * 300));
  EXPECT_EQ(status(file).evaluation_used_s, 30 * 86400);
  EXPECT_EQ(code([&] { request(file, "a", 1); }), "not_registered");
  advance(hours(24 * 61));
  EXPECT_EQ(status(file).authorization, MENKYO_EVALUATION_EXPIRED);
}

TEST_F(AgentTest, TickChecksInRenewsAndReports) {
  advance(hours(0));
  register_device(file, options());
  request(file, "a", 1);
  auto const wait = tick(file);
  EXPECT_LE(wait, 86400);
  auto const before = peer.bodies.size();
  tick(file);
  EXPECT_EQ(peer.bodies.size(), before);
  advance(hours(24 * 31));
  tick(file);
  EXPECT_EQ(peer.bodies.size(), before + 2) << "check-in and report";
  EXPECT_EQ(peer.report_ids.size(), 1u);
  advance(hours(24 * 152));
  tick(file);
  EXPECT_EQ(peer.bodies.size(), before + 4);
  renew(file, false);
  advance(hours(24 * 91));
  EXPECT_EQ(status(file).authorization, MENKYO_AUTHORIZATION_EXPIRED);
  tick(file);
  EXPECT_EQ(status(file).authorization, MENKYO_AUTHORIZED);
  advance(hours(24 * 366));
  EXPECT_TRUE(status(file).identity_expired);
  EXPECT_EQ(status(file).authorization, MENKYO_EVALUATION);
}

TEST_F(AgentTest, AStoredAnswerIsVerifiedEachTime) {
  register_device(file, options());
  request(file, "a", 1);
  auto state = load_state(file);
  auto const signature = state.authorization.rfind('.') + 3;
  state.authorization[signature] = state.authorization[signature] == 'A' ? 'B' : 'A';
  save_state(file, state);
  auto const st = status(file);
  EXPECT_FALSE(st.answer);
  EXPECT_EQ(st.authorization, MENKYO_NONE);
  EXPECT_NE(status_json(st).find("\"verified\":false"), std::string::npos);
}

TEST_F(AgentTest, StatusHoldsNoSecret) {
  register_device(file, options());
  auto const text = status_json(status(file));
  auto const v = json::parse(text);
  EXPECT_TRUE(v.at("registered").as_bool());
  EXPECT_EQ(v.at("device").at("id").as_string(), "dev_1");
  EXPECT_EQ(text.find(to_base64(status(file).state.key)), std::string::npos);
  EXPECT_EQ(text.find("mkt1."), std::string::npos);
}

TEST_F(AgentTest, LongUseStaysWithinTheLimits) {
  State s;
  auto const start = now();
  for (int i = 0; i < 2500; ++i) record_usage(s, "a", 1 + i % 2, start + std::chrono::seconds(i));
  close_reports(s, start + std::chrono::seconds(3000));
  EXPECT_EQ(s.reports.size(), 3u);
  ReportMessage m;
  m.seq = 1;
  for (auto const& r : s.reports) m.reports.emplace_back().encoded = r;
  auto const back = decode_report(encode(m));
  EXPECT_EQ(back.reports[1].previous_hash, back.reports[0].hash);
  EXPECT_EQ(back.reports.back().hash, s.last_report);
  EXPECT_EQ(s.usage.size(), 1u) << "still in use, so a new one is open";
}

TEST_F(AgentTest, TheClockMayGoBack) {
  State s;
  auto const start = now();
  record_usage(s, "a", 1, start);
  record_usage(s, "a", 2, start - hours(5));
  close_reports(s, start - hours(5));
  EXPECT_TRUE(s.reports.empty()) << "no time has passed";
  record_usage(s, "a", 3, start - hours(4));
  close_reports(s, start + hours(1));
  ReportMessage m;
  m.seq = 1;
  for (auto const& r : s.reports) m.reports.emplace_back().encoded = r;
  EXPECT_EQ(decode_report(encode(m)).reports.size(), 1u);
}

TEST_F(AgentTest, AClockThatIsAlmostRightIsEnough) {
  using std::chrono::minutes;
  // The peers' certificates begin two hours before the peers are made.
  advance(minutes(150));
  Peer half_an_hour_ahead;
  advance(minutes(90));
  Peer two_hours_ahead;
  advance(minutes(-240));
  auto o = options();
  o.url = two_hours_ahead.url();
  o.token = two_hours_ahead.token();
  EXPECT_EQ(code([&] { register_device(file, o); }), "answer_invalid");
  o.url = half_an_hour_ahead.url();
  o.token = half_an_hour_ahead.token();
  // Both ends share the test's clock; so the server's, which is ahead, is written into its answers.
  half_an_hour_ahead.change_reply = [&](PeerReply& reply) {
    if (reply.content_type != "application/jose") return;
    auto const jws = parse_compact(reply.body);
    auto payload = jws.payload;
    auto const at = payload.find("\"answered_at\":\"") + 15;
    payload.replace(at, payload.find('"', at) - at, to_rfc3339(now() + minutes(30)));
    reply.body =
        sign_compact({.typ = jws.header.typ, .kid = {}, .aud = {}, .jwk = {}, .x5c = {half_an_hour_ahead.signer}},
                     payload, half_an_hour_ahead.signer_key);
  };
  register_device(file, o);
  request(file, "a", 1);
  EXPECT_EQ(status(file).authorization, MENKYO_AUTHORIZED);
}

TEST(AgentTls, TheServersCertificateIsVerified) {
  auto const identity = make_tls_identity();
  Peer peer(&identity);
  std::filesystem::path const folder = make_test_folder();
  auto const file = (folder / "agent.json").string();
  RegisterOptions o;
  o.url = peer.url();
  o.token = peer.token();
  o.product = "p";
  try {
    register_device(file, o);
    ADD_FAILURE() << "an unknown certificate was accepted";
  } catch (Failure const& f) {
    EXPECT_EQ(f.result, MENKYO_UNTRUSTED);
    EXPECT_NE(f.sentence.find("--ca-file"), std::string::npos);
  }
  o.ca_file = folder / "ca.pem";
  std::ofstream(o.ca_file) << identity.certificate_pem;
  register_device(file, o);
  authorize(file);
  EXPECT_EQ(peer.token_uses, 1);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace menkyo::agent
