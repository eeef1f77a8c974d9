#pragma once
// The operations behind menkyo_agent.h. Each takes the state file's name, locks it, does its work and leaves it
// durable; each throws Failure for what the caller must hear of. Any thread; calls on one file queue up.

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "protocol/messages.hpp"
#include "sdk/include/menkyo_agent.h"
#include "sdk/state.hpp"

namespace menkyo::agent {

class Failure : public std::exception {
 public:
  Failure(menkyo_result result_number, std::string code_word, std::string sentence_text)
      : result(result_number), code(std::move(code_word)), sentence(std::move(sentence_text)) {}
  const char* what() const noexcept override { return sentence.c_str(); }

  menkyo_result result;
  std::string code;      // stable word
  std::string sentence;  // what happened and what to do
};

struct RegisterOptions {
  std::string url;
  std::string token;
  std::string product;
  protocol::Udi udi;  // empty product_id and serial_number get their defaults
  std::optional<std::string> host_name;
  std::optional<std::string> software_version;
  std::string ca_file;
  protocol::Privacy privacy;
  bool allow_plain_http = false;
  bool force = false;
};

void register_device(std::string const& file, RegisterOptions options);
void request(std::string const& file, std::string const& entitlement, int64_t quantity);
void release(std::string const& file, std::optional<std::string> const& entitlement);
void authorize(std::string const& file);
void report(std::string const& file);
void renew(std::string const& file, bool new_key);
void deregister(std::string const& file, std::optional<std::string> const& reason);
// Seconds until the next call is useful.
int64_t tick(std::string const& file);

struct Status {
  State state;
  std::optional<protocol::AuthorizeAnswer> answer;  // the last one, its signature and chain verified again
  menkyo_authorization_state authorization = MENKYO_NONE;
  std::optional<protocol::Instant> identity_expires_at;
  bool identity_expired = false;
  int64_t evaluation_used_s = 0;
};
Status status(std::string const& file);
std::string status_json(Status const& status);
std::string status_text(Status const& status);

}  // namespace menkyo::agent
