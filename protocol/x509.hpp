#pragma once
// The certificates of an installation (RFC 5280) and the check of a chain at a given time:
//
//   root (self-signed) -> issuing CA (path length 0) -> device      root -> signer (signs answers)
//
// The role is an extended key usage, critical in leaves and carried by the issuing CA too, so that a device's
// certificate can never pass for a signer's, not even one that a stolen issuing CA made. All functions are pure apart
// from the signature's randomness; time is always given.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocol/bytes.hpp"
#include "protocol/key.hpp"

namespace menkyo::protocol {

// OIDs below a UUID of our own (ITU-T X.667): anybody may check them, nobody else can own them.
inline constexpr char eku_device[] = "2.25.137174080590189411016947931884938694427.1";
inline constexpr char eku_signer[] = "2.25.137174080590189411016947931884938694427.2";

enum class Role : uint8_t { root, issuing, device, signer };

struct Subject {
  std::string common_name;    // at most 64 characters (RFC 5280, ub-common-name), never empty
  std::string organization;   // "" leaves the part out; at most 64
  std::string serial_number;  // the X.520 attribute, "" leaves it out; at most 64

  bool operator==(Subject const&) const = default;
};

// What a new certificate says. The serial number is 1 to 20 bytes, big-endian, positive (the top bit is cleared).
// Times are cut to whole seconds.
struct CertificateRequest {
  Subject subject;
  Bytes serial;
  Instant not_before;
  Instant not_after;
};

struct Issuer {
  Bytes certificate;  // DER
  Key key;            // private, of that certificate
};

// All return DER and throw Error{value_invalid or crypto_failed}.
Bytes make_root(CertificateRequest const& request, Key const& key);
Bytes make_issuing(CertificateRequest const& request, Key const& subject_key, Issuer const& root);
Bytes make_device_certificate(CertificateRequest const& request, Key const& subject_key, Issuer const& issuing);
Bytes make_signer(CertificateRequest const& request, Key const& subject_key, Issuer const& root);

struct Certificate {
  Role role;
  Subject subject;
  Bytes serial;
  Instant not_before;
  Instant not_after;
  Key public_key;
  Digest sha256;  // of the DER
};

// Reads one certificate made by the functions above, trusting nothing. Throws Error{certificate_invalid} for other
// DER, for other keys, and for a certificate that has no role here.
Certificate read_certificate(ByteView der);

// Returns the leaf when a path leads from it through `intermediates` to one of `anchors`, every certificate is valid
// at `at`, and the leaf has the role. Throws Error{certificate_invalid, certificate_expired, certificate_untrusted or
// certificate_role_wrong}.
Certificate verify_chain(ByteView leaf, std::span<const Bytes> intermediates, std::span<const Bytes> anchors,
                         Instant at, Role role);

}  // namespace menkyo::protocol
