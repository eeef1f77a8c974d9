#pragma once
// What the agent remembers, and how it survives: one JSON file, mode 0600, replaced whole (write beside it, fsync,
// rename, fsync of the folder). Whoever reads or changes it holds the StateLock.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "protocol/messages.hpp"

namespace menkyo::agent {

enum class Registration : uint8_t { none, in_progress, registered, lost };  // lost: the server no longer knows us

// A message that was stored and perhaps sent, but not answered. It is sent again in exactly these bytes.
struct Pending {
  std::string message;  // "register", "authorize", ...
  std::string jws;
  int64_t seq = 0;
  protocol::Nonce nonce{};
  protocol::Instant sent_at{};
  std::vector<protocol::Wanted> wanted;  // of an authorize message
  protocol::Bytes next_key;              // PKCS #8 of the key that a renewal introduces
};

struct OpenUsage {
  std::string entitlement;
  protocol::Instant started_at{};
  std::vector<protocol::Measurement> measurements;
};

// Where the device belongs.
struct Home {
  std::string url;
  std::string ca_file;
  bool allow_plain_http = false;
  std::string product;
  std::string token_sha256;  // recognises a repeated registration; the token itself is only in the pending message
  std::string installation;
  std::string device_id;
  std::string smart_account_id;
  std::string smart_account_name;
  std::string virtual_account_id;
  std::string virtual_account_name;
};

struct State {
  Registration registration = Registration::none;
  Home home;
  protocol::Bytes key;  // PKCS #8
  int64_t seq = 0;      // of the last message made
  int64_t epoch = 0;
  std::vector<protocol::Bytes> anchors;
  std::vector<protocol::Bytes> certificate_chain;
  protocol::Policy policy;
  std::vector<protocol::Wanted> wanted;
  std::optional<Pending> pending;
  std::string authorization;  // the last answer to authorize, the compact JWS as received
  bool full_state_due = false;
  std::optional<protocol::Instant> identity_renew_at;
  std::optional<protocol::Instant> check_in_at;
  std::optional<protocol::Instant> report_at;
  std::vector<OpenUsage> usage;
  std::vector<std::string> reports;  // closed, not acknowledged, in order, as they are sent
  protocol::Digest last_report{};    // hash of the last closed one
  int64_t evaluation_used_s = 0;
  std::optional<protocol::Instant> evaluation_since;
  int64_t failures = 0;  // in a row
  std::optional<protocol::Instant> retry_at;
};

// Something with the file itself; `what()` is the sentence for people.
class StateError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Held for the length of one operation; waits for another holder. Released by the kernel when the process dies.
class StateLock {
 public:
  explicit StateLock(std::string const& state_file);  // makes the folder (0700) when it is missing
  ~StateLock();
  StateLock(StateLock const&) = delete;
  StateLock& operator=(StateLock const&) = delete;

 private:
  int fd_;
};

// A new state when there is no file. Throws StateError for a file that is not ours, is readable by others, or came
// from a newer agent.
State load_state(std::string const& file);
// Durable when it returns. Throws StateError; the old file is then still whole.
void save_state(std::string const& file, State const& state);

std::string encode_state(State const& state);
State decode_state(std::string_view text);

std::string default_state_file();

// Tests stop the process here: called after each step that touches the disk or the network.
extern std::function<void(const char* step)> after_step;

}  // namespace menkyo::agent
