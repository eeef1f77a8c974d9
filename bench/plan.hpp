#pragma once
// What is true of each device of a populated database, told by its number alone: nothing of a million devices need be
// kept in memory, and whoever makes the rows and whoever speaks for the devices agree.

#include <array>
#include <cstdint>

#include "base/id.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "devices/devices.hpp"
#include "protocol/key.hpp"

namespace menkyo::bench {

// A nought is replaced by what suits the number of devices: a virtual account for each hundred devices, at most
// 10,000, and a lot for each ten, at most 100,000.
struct Size {
  size_t devices = 10'000, virtual_accounts = 0, lots = 0;
  size_t changes = 1;  // of what a device uses, after its first draw; on the average
  uint64_t seed = 1;
  size_t users = 0;  // beside the administrator; most on one virtual account, a twentieth on the whole account
};

// Times are microseconds UTC, as everywhere.
struct DeviceFacts {
  DeviceId device_id;
  size_t virtual_account = 0;  // by number
  Instant registered_at, last_contact_at;
  size_t changes = 0;
  Duration between_changes{};  // the first comes that long after the registration
  int64_t sequence = 0;        // of its last message
  int64_t quantity = 0;        // of the entitlement that changes; of the other it always uses one
  std::array<uint8_t, 16> certificate_serial{}, nonce{};

  Instant change_at(size_t n) const { return registered_at + int64_t(n + 1) * between_changes; }
};

class Plan {
 public:
  // The history ends at `until`.
  Plan(Size size, Instant until);

  Size const& size() const { return size_; }
  Instant until() const { return until_; }
  Instant from() const;
  // All of it but the devices' calls happens before.
  Instant quiet_from() const;
  DeviceFacts device(size_t number) const;
  // One tenth of all devices is in the first virtual account, the others are spread evenly. In a few virtual accounts
  // there is next to nothing of what its devices use.
  bool is_silent(DeviceFacts const& d) const { return until_ - d.last_contact_at >= devices::silent_after; }
  bool is_short(size_t virtual_account) const { return virtual_account % 50 == 7; }

 private:
  Size size_;
  Instant until_;
};

// A stream of chance for one purpose and one number.
Random chance_for(char const* purpose, uint64_t seed, uint64_t number);

// The key pair of a device, the same whenever it is asked for: no key is kept. For measurements only.
protocol::Key device_key(uint64_t seed, uint64_t number);
// Its thumbprint, in a fifth of the time.
protocol::Digest device_thumbprint(uint64_t seed, uint64_t number);

}  // namespace menkyo::bench
