#include "protocol/jws.hpp"

#include <algorithm>

#include "protocol/error.hpp"
#include "protocol/json.hpp"

namespace menkyo::protocol {

namespace {

[[noreturn]] void invalid(std::string reason) {
  throw Error(codes::jws_invalid, std::move(reason));
}

std::string short_text(json::Value const& v, std::string_view name, size_t max_chars) {
  auto const& text = v.as_string();
  if (text.empty() || text.size() > max_chars)
    invalid("header member \"" + std::string(name) + "\" has a wrong length");
  return text;
}

std::vector<Bytes> read_x5c(json::Value const& v) {
  std::vector<Bytes> out;
  if (v.items().empty() || v.items().size() > limits::chain_certificates) invalid("x5c has a wrong length");
  for (auto const& item : v.items()) {
    auto der = from_base64(item.as_string());
    if (!der || der->empty() || der->size() > limits::certificate_bytes) invalid("x5c holds no certificate");
    out.push_back(std::move(*der));
  }
  return out;
}

void read_header(ParsedJws& out, std::string_view text, JwsLimits const& limits) {
  auto const root = json::parse(text, {.max_depth = 4, .max_bytes = limits.max_header_bytes, .max_values = 100});
  for (auto const& [name, value] : root.members()) {
    if (name == "alg") {
      if (value.as_string() == "ES256") {
        out.algorithm = Algorithm::es256;
      } else if (value.as_string() == "EdDSA") {
        out.algorithm = Algorithm::ed25519;
      } else {
        throw Error(codes::algorithm_wrong, "alg is neither ES256 nor EdDSA");
      }
    } else if (name == "typ") {
      out.header.typ = short_text(value, name, limits::code_bytes);
    } else if (name == "kid") {
      out.header.kid = short_text(value, name, limits::kid_bytes);
    } else if (name == "aud") {
      out.header.aud = short_text(value, name, limits::id_bytes);
    } else if (name == "jwk") {
      out.header.jwk = Key::from_jwk(value);
    } else if (name == "x5c") {
      out.header.x5c = read_x5c(value);
    } else if (name == "crit") {
      invalid("header has critical extensions, none is defined");
    }
  }
  if (root.find("alg") == nullptr) invalid("header has no alg");
}

}  // namespace

ParsedJws parse_compact(std::string_view text, JwsLimits const& limits) {
  if (text.size() > limits.max_bytes)
    throw Error(codes::limit_exceeded, "message is longer than " + std::to_string(limits.max_bytes) + " bytes");
  auto const first = text.find('.');
  auto const second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos || text.find('.', second + 1) != std::string_view::npos)
    invalid("not three parts joined by dots");
  if (first / 4 * 3 > limits.max_header_bytes) throw Error(codes::limit_exceeded, "header is too long");

  ParsedJws out;
  std::string header;
  if (!append_from_base64url(header, text.substr(0, first))) invalid("header is not base64url");
  if (!append_from_base64url(out.payload, text.substr(first + 1, second - first - 1)))
    invalid("payload is not base64url");
  auto const signature = from_base64url(text.substr(second + 1));
  if (!signature || signature->size() != out.signature.size()) invalid("signature is not 64 bytes of base64url");
  std::copy(signature->begin(), signature->end(), out.signature.begin());
  out.signing_input.assign(text.substr(0, second));
  read_header(out, header, limits);
  out.signing_input_hash = sha256(out.signing_input);
  return out;
}

void verify(ParsedJws const& jws, Key const& key, Expectations const& expected) {
  if (jws.algorithm != key.algorithm())
    throw Error(codes::algorithm_wrong, "alg is not that of the key, " + std::string(jws_name(key.algorithm())));
  if (jws.header.typ != expected.typ)
    throw Error(codes::message_type_wrong, "typ is not " + std::string(expected.typ));
  if (!expected.aud.empty() && jws.header.aud != expected.aud)
    throw Error(codes::audience_wrong, "the message is for another installation");
  if (!key.verify(bytes_of(jws.signing_input), jws.signature))
    throw Error(codes::signature_wrong, "the signature does not verify");
}

CompactSigner::CompactSigner(Key key, JwsHeader const& header) : key_(std::move(key)) {
  std::string text;
  json::Writer w(text);
  w.begin_object().member("alg", jws_name(key_.algorithm())).member("typ", header.typ);
  if (header.kid) w.member("kid", *header.kid);
  if (header.aud) w.member("aud", *header.aud);
  if (header.jwk) w.key("jwk").raw(header.jwk->jwk());
  if (!header.x5c.empty()) {
    w.key("x5c").begin_array();
    for (auto const& der : header.x5c) w.string(to_base64(der));
    w.end_array();
  }
  w.end_object();
  prefix_ = to_base64url(bytes_of(text)) + '.';
}

std::string CompactSigner::sign(std::string_view payload) const {
  std::string out;
  out.reserve(prefix_.size() + payload.size() * 4 / 3 + 96);
  out = prefix_;
  append_base64url(out, bytes_of(payload));
  auto const signature = key_.sign(bytes_of(out));
  out += '.';
  append_base64url(out, signature);
  return out;
}

}  // namespace menkyo::protocol
