// The sentences: what happened and what to do, one each.

#include "sdk/exchange.hpp"
#include "sdk/machine.hpp"
#include "sdk/transport.hpp"

namespace menkyo::agent {

namespace {

struct Row {
  const char* code;
  const char* sentence;
};

constexpr Row refusals[] = {
    {"token_unknown",
     "The server does not know this registration token; copy the whole token again from the portal, or make a new "
     "one."},
    {"token_malformed", "This is not a whole registration token; copy it again from the portal, all 112 characters."},
    {"token_expired", "The registration token has expired; make a new one in the portal and register with that."},
    {"token_used_up",
     "The registration token has been used as often as it allows; make a new one in the portal and register with "
     "that."},
    {"token_revoked", "The registration token was revoked; ask the person who manages licenses for a new one."},
    {"product_unknown",
     "The server's catalogue has no such product; check the product code, or ask the operator to add it."},
    {"device_unknown",
     "The server no longer knows this device, because it was removed there; register it again with a new token."},
    {"identity_expired",
     "The device's identity has expired, because it was not renewed in time; register it again (register --force)."},
    {"sequence_conflict",
     "Another device uses a copy of this device's state file; find the copy, then register each device by itself "
     "(register --force)."},
    {"message_invalid",
     "The server could not verify the message; if the state file was restored or edited, register again (register "
     "--force)."},
};

constexpr Row entitlements[] = {
    {"entitlement_unknown", "the server's catalogue has no such entitlement; check its spelling"},
    {"incompatible_product", "it is not made for this device's product"},
    {"export_not_allowed_by_token",
     "it is export-controlled and the device was registered with a token that does not allow that; register with one "
     "that does"},
    {"export_controlled_short",
     "it is export-controlled and the virtual account has not enough of it; buy or transfer licenses, then ask "
     "again"},
    {"enforced_short",
     "it is enforced and the virtual account has not enough of it; buy or transfer licenses, then ask again"},
};

template <size_t N>
const char* find(Row const (&rows)[N], std::string const& code) {
  for (auto const& row : rows) {
    if (code == row.code) return row.sentence;
  }
  return nullptr;
}

}  // namespace

Failure refusal(std::string const& code, std::string const& detail, State const& state) {
  if (code == "clock_skewed")
    return {MENKYO_REFUSED, code,
            "This device's clock differs from the server's by more than an hour; set it and try again. This device "
            "says " +
                protocol::to_rfc3339(std::chrono::floor<std::chrono::seconds>(now())) +
                (detail.empty() ? "." : "; the server says: " + detail)};
  if (auto const* sentence = find(refusals, code)) return {MENKYO_REFUSED, code, sentence};
  return {MENKYO_REFUSED, code,
          "The server at " + state.home.url + " refused (" + code + ")" + (detail.empty() ? "." : ": " + detail)};
}

Failure no_answer(std::string const& url, std::string const& ca_file, HttpAnswer const& answer) {
  switch (answer.reach) {
    case Reach::untrusted:
      return {MENKYO_UNTRUSTED, "tls_untrusted",
              "The certificate of " + url + " is not trusted (" + answer.detail + "); " +
                  (ca_file.empty() ? "if the server uses a private authority, name its certificate with --ca-file."
                                   : "check that \"" + ca_file + "\" holds the authority of this server.")};
    case Reach::refused_address:
      return {MENKYO_USAGE, "address_refused",
              "The address " + url + " is not used (" + answer.detail +
                  "); use https://, or allow plain http where the network itself is trusted (--allow-plain-http)."};
    default:
      return {MENKYO_UNREACHABLE, "unreachable",
              "The server at " + url + " cannot be reached (" + answer.detail +
                  "); check the address, the network and the name resolution. It is tried again by itself where "
                  "something is waiting to be sent."};
  }
}

Failure entitlement_refusal(protocol::EntitlementAnswer const& answer) {
  auto const code = answer.code.value_or("refused");
  auto const* reason = find(entitlements, code);
  return {MENKYO_ENTITLEMENT_REFUSED, code,
          "The entitlement \"" + answer.entitlement + "\" was not granted: " +
              (reason != nullptr ? std::string(reason) : answer.detail.value_or(code)) + "."};
}

}  // namespace menkyo::agent
