#pragma once
// How guessing of passwords is slowed down. Attempts are counted before the password is looked at, so that many at
// once gain nothing, in three buckets: this address from this source, this source, and this address from anywhere.
// The last one blocks for half a minute at most, and not at all a source from which the owner signed in lately:
// strangers cannot lock somebody out. Buckets exist for addresses without an account too.

#include <string>

#include "base/time.hpp"

namespace menkyo::people {

struct Bucket {
  int64_t failures = 0;  // negative: signed in from here lately
  Instant since_at;      // of the last attempt
  Instant blocked_until_at;
};

// Failures are forgotten this long after the last attempt, and a source is known this long after a sign-in.
inline constexpr Duration failures_kept = std::chrono::hours(1);
inline constexpr Duration known_source_kept = std::chrono::days(30);

struct ThrottleRule {
  int64_t free_attempts;
  Duration first_block, longest_block;  // doubling from the first attempt beyond the free ones
  Duration kept = failures_kept;        // since the last attempt
};
inline constexpr ThrottleRule per_pair{5, std::chrono::seconds(5), std::chrono::minutes(15)};
inline constexpr ThrottleRule per_source{50, std::chrono::seconds(5), std::chrono::minutes(15)};
inline constexpr ThrottleRule per_address{50, std::chrono::seconds(1), std::chrono::seconds(30)};

// Mails that anybody can have sent to anybody: activation, forgotten passwords. A site whose people share an address
// may ask for many, an inbox is spared.
inline constexpr ThrottleRule mails_per_pair{3, std::chrono::minutes(5), std::chrono::hours(6), std::chrono::days(1)};
inline constexpr ThrottleRule mails_per_source{100, std::chrono::seconds(30), std::chrono::hours(1),
                                               std::chrono::days(1)};
inline constexpr ThrottleRule mails_per_address{10, std::chrono::hours(1), std::chrono::hours(12),
                                                std::chrono::days(1)};

bool is_known_source(Bucket const& pair, Instant now);
// One more attempt, taken for a failure until it turns out otherwise.
Bucket after_attempt(Bucket bucket, ThrottleRule const& rule, Instant now);
// The attempt was a success: it does not count.
Bucket without_attempt(Bucket bucket, ThrottleRule const& rule);
// What a pair becomes when the person has signed in.
Bucket known_source(Instant now);

}  // namespace menkyo::people
