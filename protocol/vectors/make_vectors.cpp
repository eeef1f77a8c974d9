// Writes messages.json, chains.json and tokens.json into the folder named on the command line. The files are
// committed; run this only when the format itself changes, because every run makes new keys and signatures.

#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>

#include "protocol/json.hpp"
#include "protocol/messages.hpp"
#include "protocol/token.hpp"
#include "protocol/x509.hpp"

namespace {

using namespace menkyo::protocol;
using json::Writer;

constexpr std::string_view installation = "inst_01jd0000000000000000000000";
constexpr std::string_view device_kid = "sa_01jd0000000000000000000001/dev_01jd0000000000000000000002";
constexpr Nonce nonce{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

Instant day(const char* text) {
  return *from_rfc3339(std::string(text) + "T00:00:00Z");
}

struct World {
  Key root_key = Key::generate(Algorithm::es256);
  Key issuing_key = Key::generate(Algorithm::es256);
  Key signer_key = Key::generate(Algorithm::es256);
  Key device_key = Key::generate(Algorithm::es256);
  Key edge_key = Key::generate(Algorithm::ed25519);
  Key stranger_key = Key::generate(Algorithm::es256);
  Bytes root = make_root({{"Example root", "Example", ""}, {1}, day("2026-01-01"), day("2046-01-01")}, root_key);
  Bytes stranger =
      make_root({{"Example root", "Example", ""}, {2}, day("2026-01-01"), day("2046-01-01")}, stranger_key);
  Bytes issuing = make_issuing({{"Example issuing CA", "Example", ""}, {3}, day("2026-01-01"), day("2036-01-01")},
                               issuing_key, {root, root_key});
  Bytes signer = make_signer({{"Example signer", "Example", ""}, {4}, day("2026-01-01"), day("2028-01-01")},
                             signer_key, {root, root_key});
  Bytes device = make_device_certificate({{"dev_01jd0000000000000000000002", "sa_01jd0000000000000000000001", ""},
                                          {5},
                                          day("2026-01-01"),
                                          day("2027-01-01")},
                                         device_key, {issuing, issuing_key});
};

MessageCommon common(int64_t seq) {
  return {seq, nonce, *from_rfc3339("2026-03-01T09:00:00Z"), seq == 1 ? 0 : 7};
}

template <class Message>
Message message(int64_t seq) {
  Message m;
  static_cast<MessageCommon&>(m) = common(seq);
  return m;
}

template <class Answer>
Answer answer(const char* name, int64_t seq) {
  Answer a;
  static_cast<AnswerCommon&>(a) = {
      name, seq, nonce, 7, *from_rfc3339("2026-03-01T09:00:01Z"), std::string(installation), 1, {}};
  return a;
}

class Cases {
 public:
  explicit Cases(std::string& out) : w_(out) { w_.begin_object(); }

  Writer& writer() { return w_; }

  void valid(std::string_view name, std::string_view key, std::string_view typ, std::string_view aud,
             std::string const& jws) {
    auto const parsed = parse_compact(jws);
    w_.begin_object()
        .member("name", name)
        .member("key", key)
        .member("typ", typ)
        .member("aud", aud)
        .member("jws", jws);
    w_.member("payload", parsed.payload)
        .member("signing_input_hash", to_base64url(parsed.signing_input_hash))
        .end_object();
  }

  void invalid(std::string_view name, std::string_view key, std::string_view typ, std::string_view code,
               std::string const& jws, std::string_view aud = installation) {
    w_.begin_object().member("name", name).member("key", key).member("typ", typ).member("aud", aud);
    w_.member("jws", jws).member("code", code).end_object();
  }

 private:
  Writer w_;
};

JwsHeader device_header(std::string_view type) {
  return {.typ = std::string(type), .kid = std::string(device_kid), .aud = std::string(installation)};
}

RegisterMessage register_message() {
  auto m = message<RegisterMessage>(1);
  RegistrationToken token;
  token.root_sha256.fill(0xAA);
  m.token = format_token(token);
  m.product = "router-9000";
  m.udi = {"RT9000", "SN0001", "V01", {}, {}, {}};
  m.host_name = "edge-1.example.com";
  m.software_version = "17.3.1";
  m.agent_version = "0.1.0";
  m.privacy.mac_address = true;
  return m;
}

ReportMessage report_message() {
  auto m = message<ReportMessage>(3);
  UsageReport first{"r-1",
                    first_report_hash("dev_01jd0000000000000000000002"),
                    "advanced-routing",
                    day("2026-02-01"),
                    day("2026-03-01"),
                    {{day("2026-02-01"), 1}, {day("2026-02-15"), 3}}};
  first.encoded = encode_report(first);
  UsageReport second{"r-2",
                     report_hash(first.encoded),
                     "advanced-routing",
                     day("2026-03-01"),
                     day("2026-03-02"),
                     {{day("2026-03-01"), 2}}};
  m.reports = {first, second};
  return m;
}

void write_device_messages(Cases& c, World const& world) {
  JwsHeader reg{.typ = std::string(typ::register_device), .aud = std::string(installation), .jwk = world.device_key};
  c.valid("register", "device", typ::register_device, installation,
          sign_compact(reg, encode(register_message()), world.device_key));
  reg.jwk = world.edge_key;
  c.valid("register with Ed25519", "edge", typ::register_device, installation,
          sign_compact(reg, encode(register_message()), world.edge_key));
  auto authorize = message<AuthorizeMessage>(2);
  authorize.wanted = {{"advanced-routing", 3}, {"encryption", 1}};
  c.valid("authorize", "device", typ::authorize, installation,
          sign_compact(device_header(typ::authorize), encode(authorize), world.device_key));
  c.valid("report", "device", typ::report, installation,
          sign_compact(device_header(typ::report), encode(report_message()), world.device_key));
  c.valid(
      "renew_identity", "device", typ::renew_identity, installation,
      sign_compact(device_header(typ::renew_identity), encode(message<RenewIdentityMessage>(4)), world.device_key));
  auto rekey = message<RenewIdentityMessage>(5);
  rekey.jwk = world.edge_key;
  rekey.proof = sign_key_proof(world.edge_key, nonce, installation);
  c.valid("renew_identity with a new key", "device", typ::renew_identity, installation,
          sign_compact(device_header(typ::renew_identity), encode(rekey), world.device_key));
  auto leave = message<DeregisterMessage>(6);
  leave.reason = "replaced";
  c.valid("deregister", "device", typ::deregister, installation,
          sign_compact(device_header(typ::deregister), encode(leave), world.device_key));
}

AuthorizeAnswer authorize_answer() {
  auto a = answer<AuthorizeAnswer>("authorize", 2);
  a.entitlements = {{"advanced-routing",
                     "Advanced routing",
                     3,
                     3,
                     EntitlementStatus::out_of_compliance,
                     {},
                     {},
                     {{"premium-routing", 1}},
                     1},
                    {"encryption",
                     "Strong encryption",
                     1,
                     0,
                     EntitlementStatus::refused,
                     "export_not_allowed_by_token",
                     "The token does not allow export-controlled functionality.",
                     {},
                     0}};
  a.authorization_state = AuthorizationState::out_of_compliance;
  a.valid_until = day("2026-05-30");
  a.renew_after_from = *from_rfc3339("2026-03-01T20:00:00Z");
  a.renew_after_to = *from_rfc3339("2026-03-01T22:00:00Z");
  a.identity_renew_at = day("2026-07-01");
  return a;
}

void write_answers(Cases& c, World const& world) {
  auto const put = [&](std::string_view name, std::string_view type, std::string const& payload) {
    JwsHeader const header{.typ = std::string(type), .kid = "key_01jd0000000000000000000003", .x5c = {world.signer}};
    c.valid(name, "signer", type, "", sign_compact(header, payload, world.signer_key));
  };
  auto reg = answer<RegisterAnswer>("register", 1);
  reg.device_id = "dev_01jd0000000000000000000002";
  reg.smart_account_id = "sa_01jd0000000000000000000001";
  reg.smart_account_name = "\u4F8B\u682A\u5F0F\u4F1A\u793E";
  reg.virtual_account_id = "va_01jd0000000000000000000004";
  reg.virtual_account_name = "DEFAULT";
  reg.certificate_chain = {world.device, world.issuing};
  reg.anchors = {world.root};
  put("register answer", typ::register_answer, encode(reg));
  put("authorize answer", typ::authorize_answer, encode(authorize_answer()));
  auto report = answer<ReportAnswer>("report", 3);
  report.acknowledged_through = check_report_chain(decode_report(encode(report_message())),
                                                   first_report_hash("dev_01jd0000000000000000000002"));
  put("report answer", typ::report_answer, encode(report));
  auto renew = answer<RenewIdentityAnswer>("renew_identity", 4);
  renew.certificate_chain = {world.device, world.issuing};
  renew.anchors = {world.root};
  put("renew_identity answer", typ::renew_identity_answer, encode(renew));
  put("deregister answer", typ::deregister_answer, encode(answer<DeregisterAnswer>("deregister", 6)));
  auto resync = answer<ResyncAnswer>("authorize", 2);
  resync.last_seq = 41;
  put("resync answer", typ::resync_answer, encode(resync));
}

// Answers under one signature; the first of them is given back.
std::string sign_with_others(World const& world, size_t others, size_t at) {
  CompactSigner const signer(
      world.signer_key,
      {.typ = std::string(typ::authorize_answer), .kid = "key_01jd0000000000000000000003", .x5c = {world.signer}});
  std::vector<std::string> texts;
  for (size_t i = 0; i <= others; ++i) {
    auto a = authorize_answer();
    a.seq = i == at ? 2 : static_cast<int64_t>(100 + i);
    texts.push_back(signer.shared_signing_input(encode(a)));
  }
  sign_together(texts, world.signer_key);
  return texts[at];
}

void write_shared(Cases& c, World const& world) {
  for (auto const& [others, at] : {std::pair<size_t, size_t>{1, 0}, {4, 2}, {4, 4}})
    c.valid("authorize answer " + std::to_string(at) + " of " + std::to_string(others + 1) + " under one signature",
            "signer", typ::authorize_answer, "", sign_with_others(world, others, at));
}

void write_invalid_shared(Cases& c, World const& world) {
  auto const good = sign_with_others(world, 4, 2);
  auto const dot = good.rfind('.') + 1;
  auto const proof = *from_base64url(good.substr(dot));
  auto const put = [&](std::string_view name, std::string_view code, std::function<void(Bytes&)> const& change) {
    auto bytes = proof;
    change(bytes);
    c.invalid(name, "signer", typ::authorize_answer, code, good.substr(0, dot) + to_base64url(bytes), "");
  };
  put("another place in the tree", "signature_wrong", [](Bytes& b) { b[67] = 3; });
  put("a tree of another size", "signature_wrong", [](Bytes& b) { b[65] = 6; });
  put("a place beyond the tree", "signature_wrong", [](Bytes& b) { b[67] = 5; });
  put("another hash beside the way", "signature_wrong", [](Bytes& b) { b[68] ^= 1; });
  put("a hash too few", "signature_wrong", [](Bytes& b) { b.resize(b.size() - 32); });
  put("a hash too many", "signature_wrong", [](Bytes& b) { b.resize(b.size() + 32); });
  put("a part of a hash", "jws_invalid", [](Bytes& b) { b.resize(b.size() - 1); });
  put("no proof", "jws_invalid", [](Bytes& b) { b.resize(64); });
  CompactSigner const device(world.device_key, device_header(typ::authorize));
  std::vector<std::string> texts{device.shared_signing_input(encode(message<AuthorizeMessage>(2))),
                                 device.shared_signing_input(encode(message<AuthorizeMessage>(3)))};
  sign_together(texts, world.device_key);
  c.invalid("a device's message under a shared signature", "device", typ::authorize, "algorithm_wrong", texts[0],
            installation);
}

// The parts of a compact JWS with the header replaced and signed anew.
std::string with_header(std::string_view header, std::string_view payload, Key const& key) {
  std::string out = to_base64url(bytes_of(header)) + '.' + to_base64url(bytes_of(payload));
  auto const signature = key.sign(bytes_of(out));
  return out + '.' + to_base64url(signature);
}

void write_invalid(Cases& c, World const& world) {
  auto const payload = encode(message<AuthorizeMessage>(2));
  auto const good = sign_compact(device_header(typ::authorize), payload, world.device_key);
  auto const head = [&](std::string_view members) {
    return "{\"typ\":\"menkyo-authorize+jws\",\"aud\":\"" + std::string(installation) + "\"" + std::string(members) +
           "}";
  };
  auto const put = [&](std::string_view name, std::string_view code, std::string const& jws) {
    c.invalid(name, "device", typ::authorize, code, jws);
  };
  auto other = good;
  other[good.find('.') + 5] = other[good.find('.') + 5] == 'A' ? 'B' : 'A';
  put("changed payload", "signature_wrong", other);
  put("signed by another key", "signature_wrong",
      sign_compact(device_header(typ::authorize), payload, world.stranger_key));
  put("signed by an Ed25519 key", "algorithm_wrong",
      sign_compact(device_header(typ::authorize), payload, world.edge_key));
  put("another type", "message_type_wrong", sign_compact(device_header(typ::report), payload, world.device_key));
  auto elsewhere = device_header(typ::authorize);
  elsewhere.aud = "inst_01jd0000000000000000000009";
  put("another installation", "audience_wrong", sign_compact(elsewhere, payload, world.device_key));
  elsewhere.aud.reset();
  put("no audience", "audience_wrong", sign_compact(elsewhere, payload, world.device_key));
  put("alg none", "algorithm_wrong", with_header(head(R"(,"alg":"none")"), payload, world.device_key));
  put("alg HS256", "algorithm_wrong", with_header(head(R"(,"alg":"HS256")"), payload, world.device_key));
  put("no alg", "jws_invalid", with_header(head(""), payload, world.device_key));
  put("critical extension", "jws_invalid",
      with_header(head(R"(,"alg":"ES256","crit":["exp"],"exp":1)"), payload, world.device_key));
  put("duplicate header member", "json_invalid",
      with_header(head(R"(,"alg":"ES256","alg":"ES256")"), payload, world.device_key));
  put("private key in header", "key_invalid",
      with_header(
          head(
              R"(,"alg":"ES256","jwk":{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"})"),
          payload, world.device_key));
  put("point not on the curve", "key_invalid",
      with_header(
          head(
              R"(,"alg":"ES256","jwk":{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"})"),
          payload, world.device_key));
  put("padding", "jws_invalid", good + "=");
  put("white space", "jws_invalid", good + "\n");
  put("two parts", "jws_invalid", good.substr(0, good.rfind('.')));
  put("four parts", "jws_invalid", good + ".AA");
  put("short signature", "jws_invalid", good.substr(0, good.size() - 4));
}

void write_keys(Writer& w, World const& world) {
  auto const put = [&](const char* name, Key const& key) { w.key(name).raw(key.jwk()); };
  w.key("keys").begin_object();
  put("device", world.device_key);
  put("edge", world.edge_key);
  put("signer", world.signer_key);
  w.end_object();
}

std::string messages_json(World const& world) {
  std::string out;
  Cases c(out);
  c.writer().member("about", "Signed messages and answers, and messages that must be refused with the given code.");
  c.writer().member("installation", installation).member("verify_at", "2026-03-01T09:00:01Z");
  c.writer().key("anchors").begin_array().string(to_base64(world.root)).end_array();
  write_keys(c.writer(), world);
  c.writer().key("valid").begin_array();
  write_device_messages(c, world);
  write_answers(c, world);
  write_shared(c, world);
  c.writer().end_array().key("invalid").begin_array();
  write_invalid(c, world);
  write_invalid_shared(c, world);
  c.writer().end_array().end_object();
  return out;
}

void chain_case(Writer& w, std::string_view name, Bytes const& leaf, std::vector<Bytes> const& between,
                Bytes const& anchor, const char* at, std::string_view role, std::string_view code) {
  w.begin_object().member("name", name).member("leaf", to_base64(leaf)).key("intermediates").begin_array();
  for (auto const& der : between) w.string(to_base64(der));
  w.end_array()
      .member("anchor", to_base64(anchor))
      .member("at", at)
      .member("role", role)
      .member("code", code)
      .end_object();
}

std::string chains_json(World const& s) {
  std::string out;
  Writer w(out);
  auto const now = "2026-03-01T00:00:00Z";
  w.begin_object().member("about", "Certificate chains; an empty code means accepted.").key("cases").begin_array();
  chain_case(w, "device", s.device, {s.issuing}, s.root, now, "device", "");
  chain_case(w, "signer", s.signer, {}, s.root, now, "signer", "");
  chain_case(w, "device as signer", s.device, {s.issuing}, s.root, now, "signer", "certificate_role_wrong");
  chain_case(w, "signer as device", s.signer, {}, s.root, now, "device", "certificate_role_wrong");
  chain_case(w, "issuing CA as signer", s.issuing, {}, s.root, now, "signer", "certificate_role_wrong");
  chain_case(w, "intermediate missing", s.device, {}, s.root, now, "device", "certificate_untrusted");
  chain_case(w, "another root of the same name", s.signer, {}, s.stranger, now, "signer", "certificate_untrusted");
  chain_case(w, "before its time", s.device, {s.issuing}, s.root, "2025-12-31T23:59:59Z", "device",
             "certificate_expired");
  chain_case(w, "last second", s.device, {s.issuing}, s.root, "2026-12-31T23:59:59Z", "device", "");
  chain_case(w, "after its time", s.device, {s.issuing}, s.root, "2027-01-01T00:00:01Z", "device",
             "certificate_expired");
  auto cut = s.signer;
  cut.pop_back();
  chain_case(w, "truncated", cut, {}, s.root, now, "signer", "certificate_invalid");
  auto flipped = s.signer;
  flipped.back() ^= 1;
  chain_case(w, "changed signature", flipped, {}, s.root, now, "signer", "certificate_untrusted");
  w.end_array().end_object();
  return out;
}

std::string tokens_json() {
  RegistrationToken token;
  for (size_t i = 0; i < 16; ++i) {
    token.smart_account_id[i] = static_cast<uint8_t>(i);
    token.token_id[i] = static_cast<uint8_t>(0x10 + i);
    token.secret[i] = static_cast<uint8_t>(0x20 + i);
  }
  for (size_t i = 0; i < 32; ++i) token.root_sha256[i] = static_cast<uint8_t>(0x30 + i);
  auto const text = format_token(token);
  std::string out;
  Writer w(out);
  w.begin_object().member("about",
                          "Registration tokens: 16 bytes account, 16 token, 16 secret, 32 hash of the root.");
  w.key("valid")
      .begin_array()
      .begin_object()
      .member("text", text)
      .member("bytes_from", int64_t{0})
      .end_object()
      .end_array();
  w.key("invalid")
      .begin_array()
      .string("")
      .string("mkt1.")
      .string(text.substr(1))
      .string(text + "A")
      .string(text + "==");
  w.string(text.substr(0, text.size() - 1))
      .string("mkt2" + text.substr(4))
      .string(text.substr(0, 20) + " " + text.substr(21));
  w.end_array().end_object();
  return out;
}

void put(std::string const& folder, const char* name, std::string const& text) {
  std::ofstream file(folder + "/" + name, std::ios::binary);
  // One case a line, so that a change can be read.
  std::string lines;
  for (size_t i = 0; i < text.size(); ++i) {
    lines += text[i];
    if (text.compare(i, 3, ",{\"") == 0 || text.compare(i, 3, "[{\"") == 0) lines += '\n';
  }
  file << lines << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: make_vectors FOLDER\n";
    return 2;
  }
  World const world;
  put(argv[1], "messages.json", messages_json(world));
  put(argv[1], "chains.json", chains_json(world));
  put(argv[1], "tokens.json", tokens_json());
  return 0;
}
