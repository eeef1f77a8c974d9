#include "protocol/messages.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "protocol/error.hpp"
#include "protocol/limits.hpp"

namespace menkyo::protocol {
namespace {

std::string outcome(std::function<void()> const& run) {
  try {
    run();
  } catch (Error const& e) {
    return std::string(e.code) + " " + e.path;
  }
  return "";
}

constexpr char good[] =
    R"({"seq":1,"nonce":"AAECAwQFBgcICQoLDA0ODw","sent_at":"2026-03-01T09:00:00Z","epoch":0,"wanted":[{"entitlement":"a","quantity":2}]})";

// The good authorize message with one part replaced.
std::string with(std::string_view part, std::string_view other) {
  std::string text = good;
  auto const at = text.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  return text.replace(at, part.size(), other);
}

TEST(Messages, RequestsAreReadStrictly) {
  struct Case {
    std::string payload;
    std::string outcome;
  } const cases[] = {
      {good, ""},
      {with("\"seq\":1", "\"seq\":0"), "value_invalid /seq"},
      {with("\"seq\":1", "\"seq\":1.0"), "type_wrong /seq"},
      {with("\"seq\":1", "\"seq\":\"1\""), "type_wrong /seq"},
      {with("\"seq\":1,", ""), "member_missing /seq"},
      {with("\"seq\":1", "\"seq\":9223372036854775808"), "type_wrong /seq"},
      {with("\"epoch\":0", "\"epoch\":-1"), "value_invalid /epoch"},
      {with("AAECAwQFBgcICQoLDA0ODw", "AAECAwQFBgcICQoLDA0O"), "encoding_invalid /nonce"},
      {with("2026-03-01T09:00:00Z", "yesterday"), "value_invalid /sent_at"},
      {with("\"wanted\"", "\"extra\":1,\"wanted\""), "member_unknown /extra"},
      {with("\"quantity\":2", "\"quantity\":2,\"more\":null"), "member_unknown /wanted/0/more"},
      {with("\"quantity\":2", "\"quantity\":0"), "value_invalid /wanted/0/quantity"},
      {with("\"quantity\":2", "\"quantity\":1000000001"), "value_invalid /wanted/0/quantity"},
      {with("\"a\"", "\"\""), "value_invalid /wanted/0/entitlement"},
      {with("\"a\"", "\"a\\n\""), "value_invalid /wanted/0/entitlement"},
      {with("\"a\"", "\"" + std::string(101, 'x') + "\""), "limit_exceeded /wanted/0/entitlement"},
      {with("\"quantity\":2}", "\"quantity\":2},{\"entitlement\":\"a\",\"quantity\":1}"),
       "value_invalid /wanted/1/entitlement"},
      {with("[{\"entitlement\":\"a\",\"quantity\":2}]", "{}"), "type_wrong /wanted"},
      {with("{\"entitlement\":\"a\",\"quantity\":2}", "7"), "type_wrong /wanted/0"},
      {"[]", "type_wrong "},
      {"7", "type_wrong "},
      {"{", "json_invalid "},
  };
  for (auto const& c : cases) EXPECT_EQ(outcome([&] { decode_authorize(c.payload); }), c.outcome) << c.payload;
}

TEST(Messages, ListsAreBounded) {
  AuthorizeMessage m;
  m.seq = 1;
  for (size_t i = 0; i < limits::wanted; ++i) m.wanted.push_back({"e" + std::to_string(i), 1});
  EXPECT_EQ(outcome([&] { EXPECT_EQ(decode_authorize(encode(m)).wanted, m.wanted); }), "");
  m.wanted.push_back({"last", 1});
  EXPECT_EQ(outcome([&] { decode_authorize(encode(m)); }), "limit_exceeded /wanted");
}

RegisterMessage register_message() {
  RegisterMessage m;
  m.seq = 1;
  m.token = "mkt1.x";
  m.product = "p";
  m.udi = {"pid", "sn", {}, {}, {}, {}};
  m.agent_version = "1";
  return m;
}

TEST(Messages, WithheldDataMayNotBeThere) {
  auto m = register_message();
  m.host_name = "h";
  m.udi.mac_address = "00:00:5e:00:53:01";
  EXPECT_EQ(outcome([&] { decode_register(encode(m)); }), "");
  m.privacy.host_name = true;
  EXPECT_EQ(outcome([&] { decode_register(encode(m)); }), "value_invalid /host_name");
  m.privacy = {.mac_address = true};
  EXPECT_EQ(outcome([&] { decode_register(encode(m)); }), "value_invalid /udi/mac_address");
}

TEST(Messages, AnswersMayGrow) {
  DeregisterAnswer a;
  a.message = "deregister";
  a.seq = 4;
  a.epoch = 1;
  a.installation = "inst_1";
  auto text = encode(a);
  text.insert(1, "\"later\":{\"x\":[1]},");
  EXPECT_EQ(decode_deregister_answer(text).seq, 4);
}

TEST(Messages, ARefusalHasACodeAndNothingElseHas) {
  AuthorizeAnswer a;
  a.message = "authorize";
  a.seq = a.epoch = 1;
  a.installation = "inst_1";
  a.entitlements = {{"e", "E", 1, 0, EntitlementStatus::refused, "enforced_short", {}, {}, 0}};
  EXPECT_EQ(outcome([&] { decode_authorize_answer(encode(a)); }), "");
  a.entitlements[0].code.reset();
  EXPECT_EQ(outcome([&] { decode_authorize_answer(encode(a)); }), "value_invalid /entitlements/0/code");
}

ReportMessage two_reports() {
  Instant const start = *from_rfc3339("2026-01-01T00:00:00Z");
  ReportMessage m;
  m.seq = 2;
  UsageReport first{"r1", first_report_hash("dev_1"), "e", start, start + std::chrono::hours(2), {{start, 1}}};
  UsageReport second{"r2",  report_hash(encode_report(first)), "e",
                     start, start + std::chrono::hours(2),     {{start, 4}}};
  m.reports = {first, second};
  return m;
}

TEST(Messages, ReportsAreChainedByTheirExactBytes) {
  auto const sent = two_reports();
  auto const received = decode_report(encode(sent));
  EXPECT_EQ(received.reports[0].hash, report_hash(encode_report(sent.reports[0])));
  EXPECT_EQ(check_report_chain(received, first_report_hash("dev_1")), received.reports[1].hash);
  EXPECT_EQ(outcome([&] { check_report_chain(received, first_report_hash("dev_2")); }),
            "value_invalid /reports/0/previous_hash");
  auto broken = received;
  std::swap(broken.reports[0], broken.reports[1]);
  EXPECT_EQ(outcome([&] { check_report_chain(broken, first_report_hash("dev_1")); }),
            "value_invalid /reports/0/previous_hash");

  // White space inside a report is part of it: the hash follows the bytes, and re-encoding keeps them.
  auto payload = encode(sent);
  payload.insert(payload.find("\"report_id\""), " ");
  auto const spaced = decode_report(payload);
  EXPECT_NE(spaced.reports[0].hash, received.reports[0].hash);
  EXPECT_EQ(encode(spaced), payload);
}

TEST(Messages, ReportsContinueWhatIsKnown) {
  auto const m = decode_report(encode(two_reports()));
  auto const outcome_of = [&](Digest const& known) {
    auto const c = continue_reports(m, known);
    EXPECT_EQ(c.last, m.reports[1].hash);
    return std::pair(c.first_new, c.gap);
  };
  EXPECT_EQ(outcome_of(first_report_hash("dev_1")), std::pair(size_t{0}, false));
  EXPECT_EQ(outcome_of(m.reports[0].hash), std::pair(size_t{1}, false)) << "the first is known already";
  EXPECT_EQ(outcome_of(m.reports[1].hash), std::pair(size_t{2}, false)) << "both are";
  EXPECT_EQ(outcome_of(Digest{}), std::pair(size_t{0}, true)) << "something was lost or rolled back";
  auto broken = m;
  broken.reports[1].previous_hash = {};
  EXPECT_EQ(outcome([&] { continue_reports(broken, m.reports[0].hash); }), "value_invalid /reports/1/previous_hash");
}

TEST(Messages, ReportsKeepTheirTime) {
  auto m = two_reports();
  m.reports[1].ended_at = m.reports[1].started_at - std::chrono::seconds(1);
  EXPECT_EQ(outcome([&] { decode_report(encode(m)); }), "value_invalid /reports/1/ended_at");
  m = two_reports();
  m.reports[0].measurements.push_back({m.reports[0].ended_at + std::chrono::seconds(1), 1});
  EXPECT_EQ(outcome([&] { decode_report(encode(m)); }), "value_invalid /reports/0/measurements");
  m = two_reports();
  m.reports[0].measurements.clear();
  EXPECT_EQ(outcome([&] { decode_report(encode(m)); }), "value_invalid /reports/0/measurements");
}

TEST(Messages, KeyProofIsBoundToNonceKeyAndInstallation) {
  auto const key = Key::generate(Algorithm::es256);
  Nonce const nonce{1};
  auto const proof = sign_key_proof(key, nonce, "inst_1");
  EXPECT_EQ(outcome([&] { verify_key_proof(proof, key, nonce, "inst_1"); }), "");
  EXPECT_EQ(outcome([&] { verify_key_proof(proof, key, Nonce{2}, "inst_1"); }), "signature_wrong ");
  EXPECT_EQ(outcome([&] { verify_key_proof(proof, key, nonce, "inst_2"); }), "audience_wrong ");
  EXPECT_EQ(outcome([&] { verify_key_proof(proof, Key::generate(Algorithm::es256), nonce, "inst_1"); }),
            "signature_wrong ");

  RenewIdentityMessage m;
  m.seq = 3;
  m.nonce = nonce;
  m.jwk = key;
  EXPECT_EQ(outcome([&] { decode_renew_identity(encode(m)); }), "member_missing /proof");
  m.proof = proof;
  EXPECT_EQ(decode_renew_identity(encode(m)).jwk->thumbprint(), key.thumbprint());
}

TEST(Messages, TrustAndProblems) {
  TrustDocument const t{"inst_1", 3, *from_rfc3339("2026-01-01T00:00:00Z"), {{1, 2}}, {{3}}};
  auto const back = decode_trust(encode(t));
  EXPECT_EQ(back.installation, "inst_1");
  EXPECT_EQ(back.anchors, t.anchors);
  EXPECT_EQ(back.chain, t.chain);
  auto const p = decode_problem(R"({"status":403,"code":"token_expired","detail":"x","fields":[]})");
  EXPECT_EQ(p.status, 403);
  EXPECT_EQ(p.code, "token_expired");
  EXPECT_EQ(p.title, "");
  EXPECT_EQ(outcome([] { decode_problem("<html>"); }).substr(0, 12), "json_invalid");
}

}  // namespace
}  // namespace menkyo::protocol
