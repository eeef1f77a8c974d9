#include "protocol/jws.hpp"

#include <algorithm>

#include "protocol/error.hpp"
#include "protocol/json.hpp"

namespace menkyo::protocol {

namespace {

constexpr size_t max_answer_algorithms = 8;  // an agent of tomorrow may know more than one

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

// Whether the answer to a message with this member may share a signature.
bool names_tree(json::Value const& v) {
  if (v.items().size() > max_answer_algorithms) invalid("answer_alg has a wrong length");
  return std::any_of(v.items().begin(), v.items().end(),
                     [](json::Value const& name) { return name.as_string() == tree_algorithm; });
}

// Returns whether the signature is one of a tree.
bool read_header(ParsedJws& out, std::string_view text, JwsLimits const& limits) {
  bool shared = false;
  auto const root = json::parse(text, {.max_depth = 4, .max_bytes = limits.max_header_bytes, .max_values = 100});
  for (auto const& [name, value] : root.members()) {
    if (name == "alg") {
      if (value.as_string() == "ES256") {
        out.algorithm = Algorithm::es256;
      } else if (value.as_string() == "EdDSA") {
        out.algorithm = Algorithm::ed25519;
      } else if (value.as_string() == tree_algorithm) {
        out.algorithm = Algorithm::es256;
        shared = true;
      } else {
        throw Error(codes::algorithm_wrong, "alg is none of this protocol");
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
    } else if (name == "answer_alg") {
      out.header.takes_tree = names_tree(value);
    } else if (name == "crit") {
      invalid("header has critical extensions, none is defined");
    }
  }
  if (root.find("alg") == nullptr) invalid("header has no alg");
  return shared;
}

// The header up to and with the dot.
std::string encode_header(std::string_view algorithm, JwsHeader const& header) {
  std::string text;
  json::Writer w(text);
  w.begin_object().member("alg", algorithm).member("typ", header.typ);
  if (header.kid) w.member("kid", *header.kid);
  if (header.aud) w.member("aud", *header.aud);
  if (header.jwk) w.key("jwk").raw(header.jwk->jwk());
  if (!header.x5c.empty()) {
    w.key("x5c").begin_array();
    for (auto const& der : header.x5c) w.string(to_base64(der));
    w.end_array();
  }
  if (header.takes_tree) w.key("answer_alg").begin_array().string(tree_algorithm).end_array();
  w.end_object();
  return to_base64url(bytes_of(text)) + '.';
}

// `room` is what will be appended.
std::string signing_input(std::string const& prefix, std::string_view payload, size_t room) {
  std::string out;
  out.reserve(prefix.size() + payload.size() * 4 / 3 + room);
  out = prefix;
  append_base64url(out, bytes_of(payload));
  return out;
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
  if (!signature || signature->size() < out.signature.size()) invalid("signature is not 64 bytes of base64url");
  std::copy_n(signature->begin(), out.signature.size(), out.signature.begin());
  out.signing_input.assign(text.substr(0, second));
  if (read_header(out, header, limits)) {
    out.proof = decode_inclusion_proof(*signature);
    if (!out.proof) invalid("the signature of a tree is not followed by a proof");
  } else if (signature->size() != out.signature.size()) {
    invalid("signature is not 64 bytes of base64url");
  }
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
  if (jws.proof && !expected.may_share)
    throw Error(codes::algorithm_wrong, "only an answer may share its signature with others");
  auto const head = jws.proof ? head_of(jws.signing_input, *jws.proof) : std::nullopt;
  if (jws.proof && !head) throw Error(codes::signature_wrong, "the proof is of no tree");
  if (!key.verify(head ? ByteView(*head) : bytes_of(jws.signing_input), jws.signature))
    throw Error(codes::signature_wrong, "the signature does not verify");
}

CompactSigner::CompactSigner(Key key, JwsHeader const& header)
    : key_(std::move(key)),
      prefix_(encode_header(jws_name(key_.algorithm()), header)),
      shared_prefix_(encode_header(tree_algorithm, header)) {}

std::string CompactSigner::sign(std::string_view payload) const {
  auto out = signing_input(prefix_, payload, 96);
  auto const signature = key_.sign(bytes_of(out));
  out += '.';
  append_base64url(out, signature);
  return out;
}

std::string CompactSigner::shared_signing_input(std::string_view payload) const {
  return signing_input(shared_prefix_, payload, 600);
}

void sign_together(std::span<std::string> signing_inputs, Key const& key) {
  Tree const tree({signing_inputs.begin(), signing_inputs.end()});
  auto const signature = key.sign(tree.head());
  for (size_t i = 0; i < signing_inputs.size(); ++i) {
    signing_inputs[i] += '.';
    append_base64url(signing_inputs[i], encode_shared_signature(signature, tree.proof(i)));
  }
}

}  // namespace menkyo::protocol
