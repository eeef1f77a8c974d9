#pragma once
// Every bound of the device protocol, with its reason. The normative list is docs/protocol.md, "Limits".

#include <cstddef>
#include <cstdint>

namespace menkyo::protocol::limits {

inline constexpr size_t message_bytes = 256 * 1024;  // one compact JWS; a report of a year fits
inline constexpr size_t header_bytes = 16 * 1024;    // decoded protected header: a chain of four certificates
inline constexpr size_t json_depth = 8;              // report -> measurement is 5
inline constexpr size_t json_values = 40'000;        // bounds the memory that one message can claim
inline constexpr size_t chain_certificates = 4;      // leaf, two intermediates (on premises), root
inline constexpr size_t certificate_bytes = 2048;    // P-256 certificates take about 600
inline constexpr size_t anchors = 8;                 // rotation overlaps two; room for several installations

inline constexpr size_t id_bytes = 64;          // "dev_" and 26 characters today
inline constexpr size_t kid_bytes = 130;        // two ids and a slash
inline constexpr size_t token_bytes = 255;      // what an operator can paste into any device
inline constexpr size_t code_bytes = 100;       // product and entitlement codes
inline constexpr size_t udi_bytes = 100;        // one part of a device's identity
inline constexpr size_t host_name_bytes = 255;  // RFC 1035 section 2.3.4
inline constexpr size_t version_bytes = 100;    // software and agent versions
inline constexpr size_t name_bytes = 1000;      // names shown to people: 200 characters of any script
inline constexpr size_t detail_bytes = 2000;    // sentences shown to people
inline constexpr size_t nonce_bytes = 16;
inline constexpr size_t tree_leaves = 4096;  // answers under one signature; a commit has a few hundred at most
inline constexpr size_t tree_path = 12;      // the logarithm of that

inline constexpr size_t wanted = 1000;              // entitlements of one device
inline constexpr size_t covered_by = 1000;          // substitutes for one entitlement
inline constexpr size_t reports = 200;              // in one message
inline constexpr size_t measurements = 1000;        // in one report
inline constexpr int64_t quantity = 1'000'000'000;  // of one entitlement: sums of a million devices stay in int64
inline constexpr int64_t period_s = 10LL * 366 * 86400;  // the longest timer a policy may set

inline constexpr int64_t clock_skew_s = 3600;  // at register and renew_identity

}  // namespace menkyo::protocol::limits
