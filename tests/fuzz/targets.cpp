#include "tests/fuzz/targets.hpp"

#include <cstdlib>
#include <string>
#include <string_view>

#include "base/csv.hpp"
#include "protocol/error.hpp"
#include "protocol/json.hpp"
#include "protocol/jws.hpp"
#include "protocol/messages.hpp"
#include "protocol/token.hpp"
#include "protocol/x509.hpp"

namespace menkyo::fuzz {

namespace {

using namespace protocol;

std::string_view text(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

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
  if (encode(decode(once)) != once) std::abort();
}

}  // namespace

void json(const uint8_t* data, size_t size) {
  std::string once;
  if (!accepted([&] { once = json::to_text(json::parse(text(data, size))); })) return;
  if (!json::is_text(once) || json::to_text(json::parse(once)) != once) std::abort();
}

void jws(const uint8_t* data, size_t size) {
  auto const input = text(data, size);
  accepted([&] {
    auto const parsed = parse_compact(input);
    // One message has one spelling, or the hash of the signing input would not identify it.
    auto const signature = parsed.proof ? encode_shared_signature(parsed.signature, *parsed.proof)
                                        : Bytes(parsed.signature.begin(), parsed.signature.end());
    if (parsed.signing_input + '.' + to_base64url(signature) != input) std::abort();
    if (parsed.proof) head_of(parsed.signing_input, *parsed.proof);
    if (parsed.header.jwk) accepted([&] { verify(parsed, *parsed.header.jwk, {parsed.header.typ, {}, true}); });
  });
  accepted([&] {
    auto const token = parse_token(input);
    if (parse_token(format_token(token)) != token) std::abort();
  });
  accepted([&] {
    if (format_kid(parse_kid(input)) != input) std::abort();
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

void csv(const uint8_t* data, size_t size) {
  CsvLimits const limits{.file_bytes = 4096, .lines = 64, .record_bytes = 512, .field_bytes = 128};
  auto const read = [&](std::string_view input, CsvFaults& faults) {
    CsvReader reader(input, limits, faults);
    std::vector<std::vector<std::string>> records;
    int64_t line = 0;
    for (std::vector<std::string> fields; reader.next(fields); records.push_back(fields)) {
      if (reader.line() <= line) std::abort();
      line = reader.line();
    }
    return records;
  };
  CsvFaults faults;
  auto const records = read(text(data, size), faults);
  if (!faults.empty()) return;
  std::string again;
  for (auto const& record : records) {
    std::string quoted;
    for (auto const& field : record) {
      if (!is_utf8(field)) std::abort();
      quoted += quoted.empty() ? "\"" : ",\"";
      for (char c : field) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
      quoted += '"';
    }
    // Quotation marks may take a record beyond the limit that it kept without them.
    if (quoted.size() >= limits.record_bytes) return;
    again += quoted + "\r\n";
  }
  if (again.size() <= limits.file_bytes && read(again, faults) != records) std::abort();
}

}  // namespace menkyo::fuzz
