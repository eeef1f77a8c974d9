// What must be refused, form by form: JSON, keys, JWS headers, and members of messages and answers.

#include <gtest/gtest.h>

#include <functional>

#include "protocol/error.hpp"
#include "protocol/json.hpp"
#include "protocol/jws.hpp"
#include "protocol/messages.hpp"
#include "protocol/reader.hpp"
#include "protocol/token.hpp"

namespace menkyo::protocol {
namespace {

std::string outcome(std::function<void()> const& run) {
  try {
    run();
  } catch (Error const& e) {
    return std::string(e.code) + (e.path.empty() ? "" : " " + e.path);
  }
  return "";
}

std::string replaced(std::string text, std::string_view part, std::string_view other) {
  auto const at = text.find(part);
  EXPECT_NE(at, std::string::npos) << part << " in " << text;
  return text.replace(at, part.size(), other);
}

TEST(BadInput, Json) {
  for (std::string_view bad : {"[1",
                               "[1 2]",
                               "[1,",
                               "{",
                               "{\"a\"",
                               "{\"a\" 1}",
                               "{\"a\":",
                               "{\"a\":1",
                               "{\"a\":1 2",
                               "{\"a\":1,}",
                               "{1:2}",
                               "t",
                               "trux",
                               "nul",
                               "fals",
                               "-",
                               "-a",
                               "01",
                               "-01",
                               "1.",
                               "1.e",
                               "1e",
                               "1e+",
                               "1e-x",
                               "\"",
                               "\"\\",
                               "\"\\u",
                               "\"\\u12\"",
                               "\"\\u12x4\"",
                               "\"\\u0000\"",
                               "\"\\udc00\"",
                               "\"\\ud800x\"",
                               "\"\\ud800\\n\"",
                               "\"\\ud800\\u0041\"",
                               "\"\\ud800\\ud800\"",
                               "\"\\ud800\\ue000\"",
                               "[",
                               "\"\\x\"",
                               "\"\x01\"",
                               "\"\xc2\"",
                               "\"\xc2x\"",
                               "\"\x80\"",
                               "\"\xf5\x80\x80\x80\"",
                               "\"\xe0\x80\x80\"",
                               "\"\xe0\"",
                               "\"\xe3\x81\"",
                               "\"\xe3x\"",
                               "\"\xed\xbf\xbf\"",
                               "\"\xf0\x80\x80\x80\"",
                               "\"\xf0x\"",
                               "\"\xf0\x9f\"",
                               "\"\xf0\x9fx\"",
                               "\"\xf0\x9f\x98\"",
                               "\"\xf0\x9f\x98x\"",
                               "\"\xf4\x90\x80\x80\"",
                               "",
                               " "})
    EXPECT_EQ(outcome([&] { json::parse(bad); }), "json_invalid") << bad;
}

TEST(BadInput, JsonAtTheEdges) {
  for (std::string_view good : {"\"\xc2\x80\"", "\"\xdf\xbf\"", "\"\xe0\xa0\x80\"", "\"\xed\x9f\xbf\"",
                                "\"\xee\x80\x80\"", "\"\xf0\x90\x80\x80\"", "\"\\ue000\"", "\"\\ud7ff\"",
                                "\"\xf4\x8f\xbf\xbf\"", "[]", "[ ]", "{ }", "0", "-0", "1E5", "1e+5", "1e-5", "0.5"})
    EXPECT_EQ(outcome([&] { json::parse(good); }), "") << good;
  EXPECT_EQ(json::parse(R"("\b\f\n\r\t\"\\\/\u00e9\u3042\ud83d\ude00")").as_string(),
            "\b\f\n\r\t\"\\/\u00e9\u3042\U0001F600");
  EXPECT_EQ(json::to_text(json::parse(R"("\b\f\n\r\t")")), R"("\u0008\u000c\n\r\t")");
  std::string deep;
  for (int i = 0; i < 33; ++i) deep += "{\"a\":";
  EXPECT_EQ(outcome([&] { json::parse(deep); }), "limit_exceeded");
  EXPECT_EQ(json::parse("7").as_double(), 7);
  EXPECT_EQ(outcome([] { json::parse("true").as_double(); }), "type_wrong");
  EXPECT_EQ(outcome([] { json::parse("true").number_text(); }), "type_wrong");
}

constexpr std::string_view ec_jwk =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"})";
constexpr std::string_view okp_jwk =
    R"({"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";

std::string private_key(std::string const& text) {
  return outcome([&] { Key::from_private_jwk(json::parse(text)); });
}

TEST(BadInput, JsonWebKeys) {
  std::string const ec(ec_jwk), okp(okp_jwk);
  EXPECT_EQ(private_key(ec), "");
  EXPECT_EQ(private_key(okp), "");
  for (auto const& key : {ec, okp}) {
    EXPECT_EQ(outcome([&] { Key::from_jwk(json::parse(key)); }), "key_invalid") << "a private key";
    EXPECT_EQ(private_key(replaced(key, "\"d\":\"", "\"d\":\"AAAA")), "key_invalid") << "of another length";
    EXPECT_EQ(private_key(replaced(key, "\"x\":\"", "\"x\":\"AAAA")), "key_invalid") << "of another length";
    EXPECT_EQ(private_key(replaced(key, "\"d\"", "\"e\"")), "key_invalid") << "no private key";
    EXPECT_EQ(private_key(replaced(key, "\"x\":\"", "\"x\":\"!")), "key_invalid");
    EXPECT_EQ(private_key(replaced(key, "\"x\"", "\"z\"")), "member_missing");
    EXPECT_EQ(private_key(replaced(key, "\"kty\":\"", "\"kty\":\"R")), "key_invalid");
  }
  EXPECT_EQ(private_key(replaced(ec, "P-256", "P-384")), "key_invalid");
  EXPECT_EQ(private_key(replaced(okp, "Ed25519", "Ed448")), "key_invalid");
  // Both halves are keys, but not of each other.
  EXPECT_EQ(private_key(replaced(ec, "jpsQ", "jpsR")), "key_invalid");
  EXPECT_EQ(private_key(replaced(okp, "nWGx", "nWGy")), "key_invalid");
  EXPECT_EQ(private_key(replaced(ec, "x_FEz", "x_FEy")), "key_invalid") << "a point beside the curve";
}

TEST(BadInput, KeysOfOtherKinds) {
  // PKCS #8 of X25519 (RFC 8410 section 7).
  auto const x25519 = *from_base64("MC4CAQAwBQYDK2VuBCIEIAgHBgUEAwIBAAECAwQFBgcICQoLDA0ODxAREhMUFRYX");
  EXPECT_EQ(outcome([&] { Key::from_pkcs8_der(x25519); }), "key_invalid");
  auto longer = Key::generate(Algorithm::ed25519).pkcs8_der();
  longer.push_back(0);
  EXPECT_EQ(outcome([&] { Key::from_pkcs8_der(longer); }), "key_invalid");
  // An algorithm that nobody has defined: its frame is read, its key is not.
  auto unknown = x25519;
  unknown[11] = 0x7F;
  EXPECT_EQ(outcome([&] { Key::from_pkcs8_der(unknown); }), "key_invalid");
  EXPECT_EQ(outcome([] { Key::adopt(nullptr, false); }), "key_invalid");
  auto const public_key = Key::from_spki_der(Key::generate(Algorithm::ed25519).spki_der());
  EXPECT_EQ(outcome([&] { public_key.pkcs8_pem(); }), "key_invalid");
  EXPECT_EQ(outcome([&] { public_key.pkcs8_der(); }), "key_invalid");
  // The frame of a P-256 key around something else of the same length.
  auto spki = Key::generate(Algorithm::es256).spki_der();
  for (size_t at : {size_t{4}, size_t{26}}) {
    auto changed = spki;
    changed[at] ^= 0x20;
    EXPECT_EQ(outcome([&] { Key::from_spki_der(changed); }), "key_invalid") << at;
  }
}

// An encrypted key must not make a server ask its terminal.
TEST(BadInput, EncryptedPem) {
  // openssl genpkey -algorithm ed25519 | openssl pkcs8 -topk8 -passout pass:x -v2 aes-128-cbc -iter 1
  constexpr std::string_view pem =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
      "MIGSMEwGCSqGSIb3DQEFDTA/MB4GCSqGSIb3DQEFDDARBAgAAAAAAAAAAAIBATAdBglghkgBZQMEAQIEEAAAAAAAAAAAAAAAAAAAAAAE\n"
      "QgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\n"
      "-----END ENCRYPTED PRIVATE KEY-----\n";
  EXPECT_EQ(outcome([&] { Key::from_pkcs8_pem(pem); }), "key_invalid");
}

// A compact JWS with that header and a signature of zeros.
std::string jws_with(std::string const& header) {
  return to_base64url(bytes_of(header)) + ".e30." + to_base64url(Bytes(64));
}

TEST(BadInput, JwsHeaders) {
  auto const code = [](std::string const& header) { return outcome([&] { parse_compact(jws_with(header)); }); };
  EXPECT_EQ(code(R"({"alg":"ES256","typ":"x","other":[1]})"), "");
  EXPECT_EQ(code(R"({"alg":"ES256","typ":""})"), "jws_invalid");
  EXPECT_EQ(code(R"({"alg":"ES256","kid":")" + std::string(limits::kid_bytes + 1, 'k') + "\"}"), "jws_invalid");
  EXPECT_EQ(code(R"({"alg":"ES256","x5c":[]})"), "jws_invalid");
  EXPECT_EQ(code(R"({"alg":"ES256","x5c":["AA==","AA==","AA==","AA==","AA=="]})"), "jws_invalid");
  EXPECT_EQ(code(R"({"alg":"ES256","x5c":["!"]})"), "jws_invalid");
  EXPECT_EQ(code(R"({"alg":"ES256","x5c":[""]})"), "jws_invalid");
  EXPECT_EQ(code(R"({"alg":"ES256","x5c":[")" + to_base64(Bytes(limits::certificate_bytes + 1)) + "\"]}"),
            "jws_invalid");
  EXPECT_EQ(code(R"({"typ":"x"})"), "jws_invalid");
  EXPECT_EQ(code(R"({"alg":"RS256"})"), "algorithm_wrong");
  EXPECT_EQ(code(R"({"alg":"ES256","crit":["b64"]})"), "jws_invalid");
}

TEST(BadInput, JwsParts) {
  auto const good = jws_with(R"({"alg":"EdDSA"})");
  auto const code = [](std::string const& text) { return outcome([&] { parse_compact(text); }); };
  EXPECT_EQ(code(good), "");
  EXPECT_EQ(code(""), "jws_invalid");
  EXPECT_EQ(code("a"), "jws_invalid");
  EXPECT_EQ(code("a.b"), "jws_invalid");
  EXPECT_EQ(code(good + "."), "jws_invalid");
  EXPECT_EQ(code("!" + good), "jws_invalid");
  EXPECT_EQ(code(replaced(good, ".e30.", ".e3=.")), "jws_invalid");
  EXPECT_EQ(code(good + "A"), "jws_invalid");
  EXPECT_EQ(code(good + "AAAA"), "jws_invalid");
  EXPECT_EQ(code(good.substr(0, good.size() - 4)), "jws_invalid") << "a signature of 61 bytes";
}

TEST(BadInput, Kids) {
  auto const kid = parse_kid("sa_1/dev_2");
  EXPECT_EQ(format_kid(kid), "sa_1/dev_2");
  for (std::string const& bad : {std::string(), std::string("a"), std::string("/a"), std::string("a/"),
                                 std::string("a/b/c"), "a/" + std::string(limits::kid_bytes, 'b')})
    EXPECT_EQ(outcome([&] { parse_kid(bad); }), "jws_invalid") << bad;
  RegistrationToken const token{};
  auto other = token;
  other.root_sha256[0] = 1;
  EXPECT_NE(token, other);
}

// ---- Members of messages and answers ------------------------------------------------------------------------------

// An answer with what all answers have, and `more` members.
std::string answer(std::string const& more) {
  return R"({"message":"m","seq":1,"nonce":"AAECAwQFBgcICQoLDA0ODw","epoch":1,)"
         R"("answered_at":"2026-03-01T09:00:00Z","installation":"ins_1",)" +
         more + "}";
}

TEST(BadInput, CertificatesInAnswers) {
  auto const code = [](std::string const& item) {
    return outcome([&] { decode_renew_identity_answer(answer("\"certificate_chain\":[" + item + "]")); });
  };
  EXPECT_EQ(code("\"AAAA\""), "");
  for (std::string const& bad : {std::string("7"), std::string("\"\""), std::string("\"A\""),
                                 "\"" + to_base64(Bytes(limits::certificate_bytes + 1)) + "\""})
    EXPECT_EQ(code("\"AAAA\"," + bad), "encoding_invalid /certificate_chain/1");
  EXPECT_EQ(code("\"AAAA\",\"AAAA\",\"AAAA\",\"AAAA\",\"AAAA\""), "limit_exceeded /certificate_chain");
}

TEST(BadInput, WordsOfAnswers) {
  auto const code = [](std::string const& reason) {
    return outcome([&] { decode_resync_answer(answer(R"("last_seq":3,"reason":")" + reason + "\"")); });
  };
  EXPECT_EQ(code("new_epoch"), "");
  EXPECT_EQ(code("sequence_behind"), "");
  EXPECT_EQ(code("whim"), "value_invalid /reason");
  for (auto reason : {ResyncReason::new_epoch, ResyncReason::sequence_behind}) {
    ResyncAnswer a;
    a.message = "m";
    a.seq = a.epoch = 1;
    a.installation = "ins_1";
    a.reason = reason;
    EXPECT_EQ(decode_resync_answer(encode(a)).reason, reason);
  }
}

AuthorizeAnswer authorize_answer() {
  AuthorizeAnswer a;
  a.message = "authorize";
  a.seq = a.epoch = 1;
  a.installation = "ins_1";
  a.clock_skew_s = -5;
  a.anchors = {{1, 2, 3}};
  a.entitlements = {{"e", "E", 2, 2, EntitlementStatus::in_compliance, {}, {}, {{"f", 1}}, 0},
                    {"g", "G", 1, 1, EntitlementStatus::out_of_compliance, {}, "Buy more.", {}, 1}};
  return a;
}

TEST(BadInput, AuthorizeAnswers) {
  for (auto state :
       {AuthorizationState::none, AuthorizationState::authorized, AuthorizationState::out_of_compliance}) {
    auto a = authorize_answer();
    a.authorization_state = state;
    auto const back = decode_authorize_answer(encode(a));
    EXPECT_EQ(back.authorization_state, state);
    EXPECT_EQ(back.clock_skew_s, -5);
    EXPECT_EQ(back.anchors, a.anchors);
    EXPECT_EQ(encode(back), encode(a));
  }
  auto backwards = authorize_answer();
  backwards.renew_after_from += std::chrono::seconds(1);
  EXPECT_EQ(outcome([&] { decode_authorize_answer(encode(backwards)); }), "value_invalid /renew_after/to");
  auto const text = encode(authorize_answer());
  EXPECT_EQ(outcome([&] { decode_authorize_answer(replaced(text, "in_compliance", "fine")); }),
            "value_invalid /entitlements/0/status");
  EXPECT_EQ(outcome([&] { decode_authorize_answer(replaced(text, R"([{"entitlement":"f","quantity":1}])", "[1]")); }),
            "type_wrong /entitlements/0/covered_by/0");
  EXPECT_EQ(outcome([&] { decode_authorize_answer(replaced(text, "\"AQID\"", "5")); }),
            "encoding_invalid /anchors/0");
}

TEST(BadInput, Problems) {
  auto const p = decode_problem(R"({"status":1.5,"code":7,"title":"T"})");
  EXPECT_EQ(p.status, ProblemDocument{}.status);
  EXPECT_EQ(p.code, "");
  EXPECT_EQ(p.title, "T");
  EXPECT_EQ(outcome([] { decode_problem("[]"); }), "type_wrong");
}

constexpr std::string_view common =
    R"("seq":1,"nonce":"AAECAwQFBgcICQoLDA0ODw","sent_at":"2026-03-01T09:00:00Z","epoch":0)";

TEST(BadInput, Messages) {
  auto const message = [](std::string const& more) { return "{" + std::string(common) + "," + more + "}"; };
  auto const withheld = message(R"("token":"t","product":"p","udi":{"product_id":"p","serial_number":"s"},)"
                                R"("agent_version":"1","privacy":{"host_name":true,"ip_address":true,)"
                                R"("mac_address":true})");
  EXPECT_EQ(outcome([&] { decode_register(withheld); }), "") << "what is withheld is not there";
  EXPECT_EQ(outcome([&] { decode_report(message(R"("reports":[])")); }), "value_invalid /reports");
  EXPECT_EQ(outcome([&] { decode_renew_identity(message(R"("jwk":7)")); }), "type_wrong /jwk");
  EXPECT_EQ(outcome([&] { decode_renew_identity(message(R"("proof":"x")")); }), "member_missing /jwk");
  EXPECT_EQ(outcome([&] { decode_deregister(message(R"("reason":"sold")")); }), "");
  EXPECT_EQ(outcome([&] { decode_deregister(message("\"reason\":\"a\x7f\"")); }), "value_invalid /reason");
  EXPECT_EQ(outcome([&] { decode_deregister(message(R"("reason":7)")); }), "type_wrong /reason");
}

TEST(BadInput, ReportsOutOfOrder) {
  auto const start = *from_rfc3339("2026-01-01T00:00:00Z");
  ReportMessage m;
  m.seq = 1;
  m.reports = {{"r", {}, "e", start, start + std::chrono::hours(3), {{start, 1}}}};
  auto const code = [&] { return outcome([&] { decode_report(encode(m)); }); };
  EXPECT_EQ(code(), "");
  m.reports[0].measurements = {{start - std::chrono::seconds(1), 1}};
  EXPECT_EQ(code(), "value_invalid /reports/0/measurements") << "before the report begins";
  m.reports[0].measurements = {{start + std::chrono::hours(2), 1}, {start + std::chrono::hours(1), 1}};
  EXPECT_EQ(code(), "value_invalid /reports/0/measurements") << "not in order";
  m.reports[0].measurements = {{start, 1}, {start, 2}};
  EXPECT_EQ(code(), "") << "two at one time";
}

TEST(BadInput, OptionalMembers) {
  auto const root = json::parse(R"({"t":"2026-03-01T09:00:00Z","n":5,"bad":"x"})");
  ObjectReader r(root);
  EXPECT_EQ(r.optional_instant("t"), from_rfc3339("2026-03-01T09:00:00Z"));
  EXPECT_EQ(r.optional_instant("u"), std::nullopt);
  EXPECT_EQ(r.optional_integer("n", 0, 9), 5);
  EXPECT_EQ(r.optional_integer("m", 0, 9), std::nullopt);
  EXPECT_EQ(outcome([&] { r.optional_instant("bad"); }), "value_invalid /bad");
  EXPECT_EQ(outcome([&] { r.optional_integer("n", 6, 9); }), "value_invalid /n");
  EXPECT_EQ(outcome([&] { r.digest("bad"); }), "encoding_invalid /bad");
}

}  // namespace
}  // namespace menkyo::protocol
