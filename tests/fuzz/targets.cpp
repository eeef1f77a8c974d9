#include "tests/fuzz/targets.hpp"

#include <string>
#include <string_view>

#include "protocol/error.hpp"
#include "protocol/json.hpp"
#include "protocol/jws.hpp"
#include "protocol/messages.hpp"
#include "protocol/token.hpp"
#include "protocol/x509.hpp"
#include "tests/fuzz/input.hpp"

namespace menkyo::fuzz {

namespace {

using namespace protocol;

// Runs what may refuse its input; true when it did not.
template <class Run>
bool accepted(Run run) {
  try {
    run();
    return true;
  } catch (Error const&) {
    return false;
  }
}

// What decodes must encode, and decode and encode again to the same text.
template <class Decode>
void round_trip(std::string_view payload, Decode decode) {
  std::string once;
  if (!accepted([&] { once = encode(decode(payload)); })) return;
  require(encode(decode(once)) == once);
}

}  // namespace

void json(const uint8_t* data, size_t size) {
  std::string once;
  if (!accepted([&] { once = json::to_text(json::parse(text(data, size))); })) return;
  require(json::is_text(once) && json::to_text(json::parse(once)) == once);
}

void jws(const uint8_t* data, size_t size) {
  auto const input = text(data, size);
  accepted([&] {
    auto const parsed = parse_compact(input);
    // One message has one spelling, or the hash of the signing input would not identify it.
    auto const signature = parsed.proof ? encode_shared_signature(parsed.signature, *parsed.proof)
                                        : Bytes(parsed.signature.begin(), parsed.signature.end());
    require(parsed.signing_input + '.' + to_base64url(signature) == input);
    if (parsed.proof) head_of(parsed.signing_input, *parsed.proof);
    if (parsed.header.jwk) accepted([&] { verify(parsed, *parsed.header.jwk, {parsed.header.typ, {}, true}); });
  });
}

void x509(const uint8_t* data, size_t size) {
  Bytes const der(data, data + size);
  accepted([&] { Key::from_spki_der(der); });
  accepted([&] { Key::from_pkcs8_der(der); });
  accepted([&] {
    auto const certificate = read_certificate(der);
    std::vector<Bytes> const anchors{der};
    accepted([&] { verify_chain(der, anchors, anchors, certificate.not_before, certificate.role); });
  });
}

void message(const uint8_t* data, size_t size) {
  if (size == 0) return;
  auto const payload = text(data + 1, size - 1);
  switch (data[0]) {
    case 'a':
      return round_trip(payload, decode_register);
    case 'b':
      return round_trip(payload, decode_authorize);
    case 'c':
      return round_trip(payload, decode_report);
    case 'd':
      return round_trip(payload, decode_renew_identity);
    case 'e':
      return round_trip(payload, decode_deregister);
    case 'f':
      return round_trip(payload, decode_register_answer);
    case 'g':
      return round_trip(payload, decode_authorize_answer);
    case 'h':
      return round_trip(payload, decode_report_answer);
    case 'i':
      return round_trip(payload, decode_renew_identity_answer);
    case 'j':
      return round_trip(payload, decode_deregister_answer);
    case 'k':
      return round_trip(payload, decode_resync_answer);
    case 'l':
      return round_trip(payload, decode_trust);
    default:
      accepted([&] { decode_problem(payload); });
  }
}

void token(const uint8_t* data, size_t size) {
  auto const input = text(data, size);
  accepted([&] {
    auto const token = parse_token(input);
    auto const spelled = format_token(token);
    auto const at = input.find(spelled);
    auto const blank = [](std::string_view part) { return part.find_first_not_of(" \t\r\n") == part.npos; };
    require(at != input.npos && blank(input.substr(0, at)) && blank(input.substr(at + spelled.size())));
    require(spelled.size() == 112 && parse_token(spelled) == token);
  });
  accepted([&] {
    auto const kid = parse_kid(input);
    require(format_kid(kid) == input && !kid.smart_account_id.empty() && !kid.device_id.empty());
  });
}

}  // namespace menkyo::fuzz
