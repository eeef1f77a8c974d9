#pragma once
// A device for tests: makes and signs real messages and checks every answer as an agent must. A copy of it is a clone
// or, kept for later, a rolled-back device.

#include "protocol/error.hpp"
#include "tests/support/device_world.hpp"

namespace menkyo::test {

// The desk refused the whole message.
struct Refused : std::runtime_error {
  Refused(int status, std::string code, std::string const& detail)
      : std::runtime_error(code + ": " + detail), status(status), code(std::move(code)) {}
  int status;
  std::string code;
};

// An answer that no agent may believe.
struct Untrustworthy : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A message on its way, with what its answer must repeat.
struct Sent {
  std::string text;
  std::string message, typ, answer_typ;
  int64_t seq = 0, epoch = 0;
  protocol::Nonce nonce{};
  protocol::Digest key{};  // thumbprint of the one that signed it
  std::optional<protocol::Digest> new_key{};
};

struct Outcome {
  std::string typ, payload;
  bool resync() const { return typ == protocol::typ::resync_answer; }
};

class TestDevice {
 public:
  TestDevice(DeviceWorld& world, std::string serial_number,
             protocol::Algorithm algorithm = protocol::Algorithm::es256)
      : world(&world), serial_number(std::move(serial_number)), key(protocol::Key::generate(algorithm)) {}

  // Each makes a message with the next sequence number.
  Sent make_register(std::string const& token);
  Sent make_authorize(Quantities const& wanted);
  Sent make_authorize_in_order(std::vector<protocol::Wanted> wanted);
  Sent make_report(std::vector<std::pair<std::string, int64_t>> const& measured);
  Sent make_renew(bool new_key);
  Sent make_deregister();
  // Any payload under any header, for messages that no agent would send.
  Sent sign(std::string const& message, std::string_view typ, std::string_view answer_typ,
            protocol::MessageCommon const& common, std::string const& payload);
  protocol::MessageCommon next_common();

  // Sends and verifies. Throws Refused or Untrustworthy.
  Outcome send(Sent const& sent);
  Outcome check(Sent const& sent, api::Response const& response);

  // The whole exchange, and what an agent learns from it. Throw Refused, or std::runtime_error for a resync.
  protocol::RegisterAnswer register_with(std::string const& token);
  protocol::AuthorizeAnswer authorize(Quantities const& wanted);
  protocol::ReportAnswer report(std::vector<std::pair<std::string, int64_t>> const& measured);
  protocol::RenewIdentityAnswer renew(bool new_key);
  protocol::DeregisterAnswer deregister();
  void learn(protocol::RegisterAnswer const& answer);
  // Raises the sequence number as told.
  void follow(Outcome const& resync);

  DeviceWorld* world;
  std::string serial_number, product = "KZ-1";
  protocol::Key key;
  std::optional<protocol::Key> new_key;
  std::string account, id;
  std::vector<Bytes> anchors;
  int64_t seq = 0, epoch = 0;
  bool takes_tree = true;
  Duration clock_skew{0};
  protocol::Digest last_report{};
  DeviceId device_id() const { return *DeviceId::parse(id); }

 private:
  void check_identity(std::vector<Bytes> const& chain, protocol::Key const& expected) const;
};

// The same message with one byte of one of its three parts changed (0: header, 1: payload, 2: signature).
std::string damaged(std::string text, int part, size_t at);

}  // namespace menkyo::test
