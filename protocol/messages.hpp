#pragma once
// The payloads of the device protocol (docs/protocol.md). Each struct is one payload; encode() gives its JSON text,
// decode_x() reads exactly the bytes that were verified. What devices send is read strictly (unknown members are
// refused); what devices receive is read leniently (unknown members are ignored), so that servers may grow.
// decode_x() throws Error with a JSON pointer to what is wrong. Values and pure functions: any thread.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/bytes.hpp"
#include "protocol/jws.hpp"
#include "protocol/key.hpp"

namespace menkyo::protocol {

// The "typ" header of each message and of its answer.
namespace typ {
inline constexpr std::string_view register_device = "menkyo-register+jws";
inline constexpr std::string_view authorize = "menkyo-authorize+jws";
inline constexpr std::string_view report = "menkyo-report+jws";
inline constexpr std::string_view renew_identity = "menkyo-renew_identity+jws";
inline constexpr std::string_view deregister = "menkyo-deregister+jws";
inline constexpr std::string_view register_answer = "menkyo-register-answer+jws";
inline constexpr std::string_view authorize_answer = "menkyo-authorize-answer+jws";
inline constexpr std::string_view report_answer = "menkyo-report-answer+jws";
inline constexpr std::string_view renew_identity_answer = "menkyo-renew_identity-answer+jws";
inline constexpr std::string_view deregister_answer = "menkyo-deregister-answer+jws";
inline constexpr std::string_view resync_answer = "menkyo-resync-answer+jws";
inline constexpr std::string_view key_proof = "menkyo-key_proof+jws";
}  // namespace typ

using Nonce = std::array<uint8_t, 16>;

// --- what devices send ---

// In every message.
struct MessageCommon {
  int64_t seq = 0;  // from 1, strictly rising
  Nonce nonce{};
  Instant sent_at{};
  int64_t epoch = 0;  // last one known, 0 before the first answer
};

struct Udi {
  std::string product_id;
  std::string serial_number;
  std::optional<std::string> version_id;
  std::optional<std::string> uuid;
  std::optional<std::string> host_identifier;
  std::optional<std::string> mac_address;
};

// true: the datum is withheld. The agent never sends it and the server does not keep the peer's address.
struct Privacy {
  bool host_name = false;
  bool ip_address = false;
  bool mac_address = false;

  bool operator==(Privacy const&) const = default;
};

struct RegisterMessage : MessageCommon {
  std::string token;  // text; a secret
  std::string product;
  Udi udi;
  std::optional<std::string> host_name;
  std::optional<std::string> software_version;
  std::string agent_version;
  Privacy privacy;
};

struct Wanted {
  std::string entitlement;
  int64_t quantity = 0;  // at least 1; what is not wanted is left out

  bool operator==(Wanted const&) const = default;
};

struct AuthorizeMessage : MessageCommon {
  std::vector<Wanted> wanted;  // the full set; no entitlement twice
};

struct Measurement {
  Instant at{};
  int64_t quantity = 0;
};

struct UsageReport {
  std::string report_id;
  Digest previous_hash{};  // of the report before, or first_report_hash()
  std::string entitlement;
  Instant started_at{};
  Instant ended_at{};
  std::vector<Measurement> measurements;
  // Decoding sets it: SHA-256 of the object's bytes exactly as they stand in the payload. Not encoded.
  Digest hash{};
  // Encoding takes the object from here when it is not empty, so that a report keeps its bytes and its hash for ever.
  std::string encoded;
};

struct ReportMessage : MessageCommon {
  std::vector<UsageReport> reports;  // at least one, each naming the hash of the one before
};

struct RenewIdentityMessage : MessageCommon {
  std::optional<Key> jwk;            // the new key; the old one signs the message
  std::optional<std::string> proof;  // sign_key_proof() by the new key; present exactly when jwk is
};

struct DeregisterMessage : MessageCommon {
  std::optional<std::string> reason;
};

std::string encode(RegisterMessage const&);
std::string encode(AuthorizeMessage const&);
std::string encode(ReportMessage const&);
std::string encode(RenewIdentityMessage const&);
std::string encode(DeregisterMessage const&);

RegisterMessage decode_register(std::string_view payload);
AuthorizeMessage decode_authorize(std::string_view payload);
ReportMessage decode_report(std::string_view payload);
RenewIdentityMessage decode_renew_identity(std::string_view payload);
DeregisterMessage decode_deregister(std::string_view payload);

// The object's text, which is what its hash covers, and its hash. The measurements are never empty.
std::string encode_report(UsageReport const&);
inline Digest report_hash(std::string_view encoded_report) {
  return sha256(encoded_report);
}
// The previous_hash of a device's first report: SHA-256 of its id's text, so that chains cannot be swapped.
inline Digest first_report_hash(std::string_view device_id) {
  return sha256(device_id);
}
// Throws Error{value_invalid} at the first report that does not continue the chain from `previous`; returns the hash
// of the last one.
Digest check_report_chain(ReportMessage const&, Digest const& previous);

// How a message continues what the server has. Reports before `first_new` are known already (their answer was lost);
// `gap` is set when something between was lost or rolled back, which is to be recorded, not refused.
struct ReportContinuation {
  size_t first_new = 0;
  bool gap = false;
  Digest last{};  // hash of the last report in the message
};
// Throws Error{value_invalid} when the reports of the message are not a chain among themselves.
ReportContinuation continue_reports(ReportMessage const&, Digest const& last_known);

// Compact JWS by the new key over the message's nonce: shows that the sender holds it.
std::string sign_key_proof(Key const& new_key, Nonce const& nonce, std::string_view installation);
void verify_key_proof(std::string_view proof, Key const& new_key, Nonce const& nonce, std::string_view installation);

// --- what devices receive ---

// In every answer.
struct AnswerCommon {
  std::string message;  // "register", "authorize", ...: the message that is answered
  int64_t seq = 0;      // echo
  Nonce nonce{};        // echo
  int64_t epoch = 0;
  Instant answered_at{};
  std::string installation;
  std::optional<int64_t> clock_skew_s;  // the device's clock minus the server's
  std::vector<Bytes> anchors;           // DER roots; when present, they replace the device's set
};

struct Policy {
  int64_t authorization_renew_s = 30 * 86400;
  int64_t authorization_period_s = 90 * 86400;
  int64_t identity_validity_s = 365 * 86400;
  int64_t identity_renew_s = 182 * 86400;
  int64_t out_of_compliance_renew_s = 12 * 3600;
  int64_t report_interval_s = 30 * 86400;
  int64_t evaluation_s = 90 * 86400;

  bool operator==(Policy const&) const = default;
};

struct RegisterAnswer : AnswerCommon {
  std::string device_id;
  std::string smart_account_id;
  std::string smart_account_name;
  std::string virtual_account_id;
  std::string virtual_account_name;
  std::vector<Bytes> certificate_chain;  // DER, the device's first
  Policy policy;
};

enum class EntitlementStatus : uint8_t { in_compliance, out_of_compliance, refused };
std::string_view to_string(EntitlementStatus);

struct Covered {
  std::string entitlement;
  int64_t quantity = 0;
};

struct EntitlementAnswer {
  std::string entitlement;
  std::string name;
  int64_t wanted = 0;
  int64_t granted = 0;
  EntitlementStatus status = EntitlementStatus::in_compliance;
  std::optional<std::string> code;  // present exactly when refused
  std::optional<std::string> detail;
  std::vector<Covered> covered_by;  // other entitlements that stand in
  int64_t missing = 0;
};

enum class AuthorizationState : uint8_t { none, authorized, out_of_compliance };
std::string_view to_string(AuthorizationState);

struct AuthorizeAnswer : AnswerCommon {
  std::vector<EntitlementAnswer> entitlements;
  AuthorizationState authorization_state = AuthorizationState::none;
  Instant valid_until{};
  Instant renew_after_from{};  // the window that the server assigned for the next check-in
  Instant renew_after_to{};
  Instant identity_renew_at{};
  Policy policy;
};

struct ReportAnswer : AnswerCommon {
  Digest acknowledged_through{};  // hash of the last report that need not be sent again
};

struct RenewIdentityAnswer : AnswerCommon {
  std::vector<Bytes> certificate_chain;
};

struct DeregisterAnswer : AnswerCommon {
  bool released = true;
};

enum class ResyncReason : uint8_t { sequence_behind, new_epoch };
std::string_view to_string(ResyncReason);

struct ResyncAnswer : AnswerCommon {
  int64_t last_seq = 0;
  ResyncReason reason = ResyncReason::sequence_behind;
};

std::string encode(RegisterAnswer const&);
std::string encode(AuthorizeAnswer const&);
std::string encode(ReportAnswer const&);
std::string encode(RenewIdentityAnswer const&);
std::string encode(DeregisterAnswer const&);
std::string encode(ResyncAnswer const&);

RegisterAnswer decode_register_answer(std::string_view payload);
AuthorizeAnswer decode_authorize_answer(std::string_view payload);
ReportAnswer decode_report_answer(std::string_view payload);
RenewIdentityAnswer decode_renew_identity_answer(std::string_view payload);
DeregisterAnswer decode_deregister_answer(std::string_view payload);
ResyncAnswer decode_resync_answer(std::string_view payload);

// GET /device/v1/trust: not signed, believed only as far as an anchor's hash is the one in the token.
struct TrustDocument {
  std::string installation;
  int64_t epoch = 0;
  Instant now{};
  std::vector<Bytes> anchors;  // DER roots
  std::vector<Bytes> chain;    // DER, the present signer's certificate first
};
std::string encode(TrustDocument const&);
TrustDocument decode_trust(std::string_view text);

// RFC 9457, as far as a device needs it.
struct ProblemDocument {
  int64_t status = 0;
  std::string code;
  std::string title;
  std::string detail;
};
// Missing members become empty; throws only when the text is not a JSON object.
ProblemDocument decode_problem(std::string_view text);

}  // namespace menkyo::protocol
