#pragma once
// The other end of the wire for the agent's tests: real sockets, real certificates and signatures, and the protocol's
// rules about sequence numbers. It grants what is wanted, so that the agent is what is tested. Not built into
// anything shipped.

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "protocol/messages.hpp"
#include "protocol/token.hpp"
#include "protocol/x509.hpp"

struct ssl_ctx_st;

namespace menkyo::agent {

struct PeerReply {
  int status = 200;
  std::string content_type = "application/jose";
  std::string body;
  std::string headers;  // further lines, each with CRLF
};

// A self-signed certificate for 127.0.0.1 and its key, for TLS.
struct TlsIdentity {
  protocol::Key key;
  std::string certificate_pem;
};
TlsIdentity make_tls_identity();

// A new folder; in memory where the machine has that, because these tests sync thousands of times.
std::string make_test_folder();

class Peer {
 public:
  explicit Peer(TlsIdentity const* tls = nullptr);
  ~Peer();
  Peer(Peer const&) = delete;
  Peer& operator=(Peer const&) = delete;

  std::string url() const;
  std::string token() const;
  // Before and after another process speaks with it: what this thread has set is seen then, and what came of it.
  void settle() { std::lock_guard lock(mutex_); }

  // What happens to the following messages. Set between calls of the agent.
  std::atomic<int> lose_answers = 0;             // handled, but the connection closes without an answer
  std::function<void(PeerReply&)> change_reply;  // anything at all
  std::function<bool(PeerReply&)> instead;       // true: this reply, and the message is not handled
  std::map<std::string, std::string> refuse;     // entitlement -> code
  int64_t missing = 0;                           // of each entitlement
  std::atomic<int64_t> epoch = 1;

  // What was seen.
  std::vector<std::string> bodies;    // every message, as sent
  std::vector<std::string> payloads;  // of every message
  int token_uses = 0;
  int conflicts = 0;  // one number, two messages: what the agent must never cause
  int resyncs = 0;
  int report_gaps = 0;
  std::vector<std::string> report_ids;
  std::vector<protocol::Wanted> wanted;  // of the last authorize message
  bool released = false;
  bool shares_signatures = false;  // answers come under one signature with others

  protocol::Key root_key = protocol::Key::generate(protocol::Algorithm::es256);
  protocol::Key issuing_key = protocol::Key::generate(protocol::Algorithm::es256);
  protocol::Key signer_key = protocol::Key::generate(protocol::Algorithm::es256);
  protocol::Bytes root;
  protocol::Bytes issuing;
  protocol::Bytes signer;
  static constexpr char installation[] = "inst_test";

 private:
  struct Device {
    protocol::Key key;
    std::optional<protocol::Key> next_key;  // takes over with the first message that it signed
    int64_t seq = 0;
    protocol::Digest hash{};
    std::string answer;
    protocol::Digest last_report{};
    int64_t epoch = 0;
  };

  void serve();
  void answer_connection(int fd);
  PeerReply handle(std::string const& path, std::string const& body);
  PeerReply handle_message(std::string const& body);
  void check_signature(Device& device, protocol::ParsedJws const& jws) const;
  PeerReply handle_register(protocol::ParsedJws const& jws);
  std::string answer_to(Device& device, std::string const& id, protocol::ParsedJws const& jws);
  std::string sign(std::string_view type, std::string const& payload) const;
  protocol::AnswerCommon common(const char* message, protocol::MessageCommon const& m) const;
  std::vector<protocol::Bytes> certify(protocol::Key const& key, std::string const& id) const;

  std::mutex mutex_;  // held while a message is handled
  int listener_ = -1;
  int port_ = 0;
  ssl_ctx_st* tls_ = nullptr;
  std::atomic<bool> stop_ = false;
  std::map<std::string, Device> devices_;
  std::map<protocol::Digest, std::string> registrations_;
  std::thread thread_;
};

}  // namespace menkyo::agent
