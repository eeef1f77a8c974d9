#include "people/throttle.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/bytes.hpp"
#include "people/people.hpp"

namespace menkyo::people {

namespace {

constexpr int64_t known = -5;

}  // namespace

bool is_known_source(Bucket const& pair, Instant now) {
  return pair.failures < 0 && now - pair.since_at < known_source_kept;
}

Bucket after_attempt(Bucket bucket, ThrottleRule const& rule, Instant now) {
  auto const kept = bucket.failures < 0 ? known_source_kept : rule.kept;
  if (now - bucket.since_at >= kept) bucket.failures = 0;
  ++bucket.failures;
  bucket.since_at = now;
  if (int64_t const beyond = bucket.failures - rule.free_attempts; beyond > 0) {
    auto const block = rule.first_block * (int64_t{1} << std::min<int64_t>(beyond - 1, 20));
    bucket.blocked_until_at = now + std::min<Duration>(block, rule.longest_block);
  }
  return bucket;
}

Bucket without_attempt(Bucket bucket, ThrottleRule const& rule) {
  if (bucket.failures > 0) --bucket.failures;
  if (bucket.failures <= rule.free_attempts) bucket.blocked_until_at = Instant{};
  return bucket;
}

Bucket known_source(Instant now) {
  return {known, now, Instant{}};
}

std::string source_of(std::string const& peer) {
  std::array<uint8_t, 16> v6{};
  if (inet_pton(AF_INET6, peer.substr(0, peer.find('%')).c_str(), v6.data()) != 1) return peer;
  // An IPv4 address in IPv6 clothes (RFC 4291 section 2.5.5.2) is what it is.
  constexpr std::array<uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(mapped.begin(), mapped.end(), v6.begin())) return to_hex(v6);
  return to_hex(ByteView(v6).first(8));
}

}  // namespace menkyo::people
