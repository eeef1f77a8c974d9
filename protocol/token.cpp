#include "protocol/token.hpp"

#include <algorithm>

#include "protocol/error.hpp"
#include "protocol/limits.hpp"

namespace menkyo::protocol {

namespace {
constexpr std::string_view token_prefix = "mkt1.";
}

std::string format_token(RegistrationToken const& token) {
  Bytes all;
  all.reserve(80);
  for (auto const* part : {&token.smart_account_id, &token.token_id, &token.secret})
    all.insert(all.end(), part->begin(), part->end());
  all.insert(all.end(), token.root_sha256.begin(), token.root_sha256.end());
  return std::string(token_prefix) + to_base64url(all);
}

RegistrationToken parse_token(std::string_view text) {
  auto const first = text.find_first_not_of(" \t\r\n");
  text = first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
  if (!text.starts_with(token_prefix)) throw Error(codes::token_malformed, "the token does not begin with \"mkt1.\"");
  auto const bytes = from_base64url(text.substr(token_prefix.size()));
  if (!bytes || bytes->size() != 80)
    throw Error(codes::token_malformed, "the token is not whole: it must be 112 characters, as the portal shows it");
  RegistrationToken out;
  auto at = bytes->begin();
  for (auto* part : {&out.smart_account_id, &out.token_id, &out.secret}) {
    std::copy(at, at + 16, part->begin());
    at += 16;
  }
  std::copy(at, bytes->end(), out.root_sha256.begin());
  return out;
}

std::string format_kid(DeviceKid const& kid) {
  return kid.smart_account_id + '/' + kid.device_id;
}

DeviceKid parse_kid(std::string_view text) {
  auto const slash = text.find('/');
  if (text.size() > limits::kid_bytes || slash == std::string_view::npos || slash == 0 || slash + 1 == text.size() ||
      text.find('/', slash + 1) != std::string_view::npos)
    throw Error(codes::jws_invalid, "kid is not of the form account/device");
  return {std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
}

}  // namespace menkyo::protocol
