#pragma once
// One message and its answer: stored, sent, verified, applied. The caller holds the StateLock.

#include <functional>
#include <string>
#include <string_view>

#include "sdk/agent.hpp"
#include "sdk/state.hpp"

namespace menkyo::agent {

// A state under its lock, and the file that it goes to.
struct Session {
  std::string file;
  State state;
};

enum class Outcome : uint8_t { answered, resync };

// Makes the next message, signs it and stores it. `payload` gets seq, nonce, time and epoch.
void store_message(Session& session, std::string_view message, protocol::JwsHeader header,
                   std::function<std::string(protocol::MessageCommon const&)> const& payload);

// Sends the stored message in its own bytes, verifies the answer and applies it. After Failure with
// MENKYO_UNREACHABLE, MENKYO_BUSY, MENKYO_UNTRUSTED or MENKYO_ANSWER_INVALID the message is still stored; after
// MENKYO_REFUSED it is gone.
Outcome send_stored(Session& session);

// The last answer to authorize, if the stored bytes still verify.
std::optional<protocol::AuthorizeAnswer> verified_authorization(State const& state);

// Usage: what is used from `at` on, and the closing of what is open into reports.
void record_usage(State& state, std::string const& entitlement, int64_t quantity, protocol::Instant at);
void close_reports(State& state, protocol::Instant at);
// Sets when reports are due next.
void plan_report(State& state);

// Failures that several places make.
Failure refusal(std::string const& code, std::string const& detail, State const& state);
Failure no_answer(std::string const& url, std::string const& ca_file, struct HttpAnswer const& answer);
Failure entitlement_refusal(protocol::EntitlementAnswer const& answer);

}  // namespace menkyo::agent
