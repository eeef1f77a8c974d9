#pragma once
// The registration token: "mkt1." and base64url of the 80 bytes of RegistrationToken in the order of its members, 112
// characters. Whoever holds the text may register devices, so it is never logged.

#include <array>
#include <string>
#include <string_view>

#include "protocol/bytes.hpp"

namespace menkyo::protocol {

struct RegistrationToken {
  std::array<uint8_t, 16> smart_account_id{};
  std::array<uint8_t, 16> token_id{};
  std::array<uint8_t, 16> secret{};
  Digest root_sha256{};  // of the root certificate's DER: the agent's first trust

  bool operator==(RegistrationToken const&) const = default;
};

std::string format_token(RegistrationToken const& token);

// White space around the text is ignored, because people paste it. Throws Error{token_malformed}.
RegistrationToken parse_token(std::string_view text);

// The "kid" of a device: "<smart account id>/<device id>".
struct DeviceKid {
  std::string smart_account_id;
  std::string device_id;
};
std::string format_kid(DeviceKid const& kid);
// Throws Error{jws_invalid}.
DeviceKid parse_kid(std::string_view text);

}  // namespace menkyo::protocol
