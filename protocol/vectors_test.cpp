// Runs the committed vectors, as every other implementation of the protocol may.

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include "protocol/error.hpp"
#include "protocol/json.hpp"
#include "protocol/messages.hpp"
#include "protocol/schedule.hpp"
#include "protocol/token.hpp"
#include "protocol/x509.hpp"

namespace menkyo::protocol {
namespace {

json::Value load(std::string const& name) {
  std::ifstream file(std::string(MENKYO_VECTORS) + "/" + name, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << name;
  return json::parse(text.str());
}

Bytes der(json::Value const& v) {
  return *from_base64(v.as_string());
}

std::vector<Bytes> ders(json::Value const& v) {
  std::vector<Bytes> out;
  for (auto const& item : v.items()) out.push_back(der(item));
  return out;
}

std::string outcome(std::function<void()> const& run) {
  try {
    run();
  } catch (Error const& e) {
    return std::string(e.code);
  }
  return "";
}

TEST(Vectors, Json) {
  auto const all = load("json.json");
  for (auto const& c : all.at("valid").items())
    EXPECT_EQ(outcome([&] { json::parse(c.at("text").as_string()); }), "") << c.at("name").as_string();
  for (auto const& c : all.at("invalid").items()) {
    auto const* raw = c.find("base64url");
    auto const text =
        raw != nullptr ? std::string(text_of(*from_base64url(raw->as_string()))) : c.at("text").as_string();
    EXPECT_NE(outcome([&] { json::parse(text); }), "") << c.at("name").as_string();
  }
  EXPECT_GE(all.at("invalid").items().size(), 38u);
}

TEST(Vectors, Places) {
  std::map<std::string, Errand> const errands{
      {"check_in", Errand::check_in}, {"report", Errand::report}, {"renew_identity", Errand::renew_identity}};
  auto const all = load("places.json");
  for (auto const& c : all.at("windows").items()) {
    auto const text = [&](const char* name) { return c.at(name).as_string(); };
    auto const errand = errands.at(text("errand"));
    auto const window =
        window_after(text("device_id"), errand, c.at("interval_s").as_int(), *from_rfc3339(text("now")));
    SCOPED_TRACE(text("device_id") + " " + text("errand") + " " + text("now"));
    EXPECT_EQ(place_of(text("device_id"), errand), std::stoull(text("place"), nullptr, 16));
    EXPECT_EQ(to_rfc3339(window.from), text("from"));
    EXPECT_EQ(to_rfc3339(window.to), text("to"));
  }
  EXPECT_EQ(all.at("windows").items().size(), 30u);
}

TEST(Vectors, PublishedSignatures) {
  auto const all = load("rfc.json");
  for (auto const& c : all.at("signatures").items()) {
    SCOPED_TRACE(c.at("name").as_string());
    auto const key = Key::from_private_jwk(c.at("jwk"));
    auto const jws = parse_compact(c.at("jws").as_string());
    EXPECT_NO_THROW(verify(jws, key, {}));
    EXPECT_EQ(jws.payload, c.at("payload").as_string());
    auto const signature = key.sign(bytes_of(jws.signing_input));
    EXPECT_TRUE(key.verify(bytes_of(jws.signing_input), signature));
    if (c.at("deterministic").as_bool()) {
      EXPECT_EQ(signature, jws.signature);
    }
  }
  for (auto const& c : all.at("thumbprints").items())
    EXPECT_EQ(to_base64url(Key::from_jwk(c.at("jwk")).thumbprint()), c.at("thumbprint").as_string());
  for (auto const& c : all.at("digests").items()) {
    EXPECT_EQ(to_base64url(sha256(c.at("text").as_string())), c.at("sha256").as_string());
    EXPECT_EQ(outcome([&] { Key::from_jwk(json::parse(c.at("text").as_string())); }), "member_missing");
  }
}

// Decodes a payload by its typ and encodes it again.
std::string again(std::string const& type, std::string_view payload) {
  static std::map<std::string_view, std::function<std::string(std::string_view)>> const codecs{
      {typ::register_device, [](auto p) { return encode(decode_register(p)); }},
      {typ::authorize, [](auto p) { return encode(decode_authorize(p)); }},
      {typ::report, [](auto p) { return encode(decode_report(p)); }},
      {typ::renew_identity, [](auto p) { return encode(decode_renew_identity(p)); }},
      {typ::deregister, [](auto p) { return encode(decode_deregister(p)); }},
      {typ::register_answer, [](auto p) { return encode(decode_register_answer(p)); }},
      {typ::authorize_answer, [](auto p) { return encode(decode_authorize_answer(p)); }},
      {typ::report_answer, [](auto p) { return encode(decode_report_answer(p)); }},
      {typ::renew_identity_answer, [](auto p) { return encode(decode_renew_identity_answer(p)); }},
      {typ::deregister_answer, [](auto p) { return encode(decode_deregister_answer(p)); }},
      {typ::resync_answer, [](auto p) { return encode(decode_resync_answer(p)); }},
  };
  auto const found = codecs.find(type);
  return found == codecs.end() ? "no codec" : found->second(payload);
}

bool is_answer(json::Value const& c) {
  return c.at("key").as_string() == "signer";
}

TEST(Vectors, Messages) {
  auto const all = load("messages.json");
  auto const anchors = ders(all.at("anchors"));
  auto const at = *from_rfc3339(all.at("verify_at").as_string());
  for (auto const& c : all.at("valid").items()) {
    SCOPED_TRACE(c.at("name").as_string());
    auto const key = Key::from_jwk(all.at("keys").at(c.at("key").as_string()));
    auto const jws = parse_compact(c.at("jws").as_string());
    EXPECT_NO_THROW(verify(jws, key, {c.at("typ").as_string(), c.at("aud").as_string(), is_answer(c)}));
    EXPECT_EQ(jws.payload, c.at("payload").as_string());
    EXPECT_EQ(to_base64url(jws.signing_input_hash), c.at("signing_input_hash").as_string());
    EXPECT_EQ(again(jws.header.typ, jws.payload), jws.payload);
    if (is_answer(c)) {
      ASSERT_EQ(jws.header.x5c.size(), 1u);
      auto const signer = verify_chain(jws.header.x5c[0], {}, anchors, at, Role::signer);
      EXPECT_EQ(signer.public_key.thumbprint(), key.thumbprint());
    }
  }
  EXPECT_EQ(all.at("valid").items().size(), 16u);
}

TEST(Vectors, RefusedMessages) {
  auto const all = load("messages.json");
  for (auto const& c : all.at("invalid").items()) {
    auto const key = Key::from_jwk(all.at("keys").at(c.at("key").as_string()));
    EXPECT_EQ(outcome([&] {
                verify(parse_compact(c.at("jws").as_string()), key,
                       {c.at("typ").as_string(), c.at("aud").as_string(), is_answer(c)});
              }),
              c.at("code").as_string())
        << c.at("name").as_string();
  }
  EXPECT_GE(all.at("invalid").items().size(), 27u);
}

TEST(Vectors, Chains) {
  auto const all = load("chains.json");
  for (auto const& c : all.at("cases").items()) {
    auto const role = c.at("role").as_string() == "signer" ? Role::signer : Role::device;
    std::vector<Bytes> const anchors{der(c.at("anchor"))};
    EXPECT_EQ(outcome([&] {
                verify_chain(der(c.at("leaf")), ders(c.at("intermediates")), anchors,
                             *from_rfc3339(c.at("at").as_string()), role);
              }),
              c.at("code").as_string())
        << c.at("name").as_string();
  }
}

TEST(Vectors, Tokens) {
  auto const all = load("tokens.json");
  for (auto const& c : all.at("valid").items()) {
    auto const token = parse_token(c.at("text").as_string());
    EXPECT_EQ(token.smart_account_id[15], 0x0F);
    EXPECT_EQ(token.token_id[0], 0x10);
    EXPECT_EQ(token.secret[0], 0x20);
    EXPECT_EQ(token.root_sha256[31], 0x4F);
    EXPECT_EQ(format_token(token), c.at("text").as_string());
    EXPECT_EQ(parse_token(" " + c.at("text").as_string() + "\r\n"), token);
  }
  for (auto const& c : all.at("invalid").items())
    EXPECT_EQ(outcome([&] { parse_token(c.as_string()); }), "token_malformed") << c.as_string();
}

}  // namespace
}  // namespace menkyo::protocol
