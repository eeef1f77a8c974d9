#pragma once
// Sends what stands in the outbox. Any number of postmen may work on one database: each takes a mail by a transaction
// that moves its next attempt, and a mail that was taken and neither sent nor given up comes round again then.

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>

#include "db/database.hpp"
#include "mail/format.hpp"

namespace menkyo::mail {

// A message on its way: what the envelope says and the bytes of RFC 5322.
struct Parcel {
  MailId mail_id;
  std::string from, to, text;
};

struct Delivery {
  enum class Fate {
    delivered,
    later,     // not now: try this one again
    never,     // this one will never be taken
    no_server  // the mail server cannot be used, whatever the mail
  };
  Fate fate = Fate::delivered;
  std::string reason{};  // for the log: a code or a word, never an address
};

// Used by one thread at a time.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual Delivery deliver(Parcel const& parcel) = 0;
  // Whether delivered mails stay where the mailbox page finds them.
  virtual bool keeps_delivered() const { return false; }
  // No more mails for now; gives back a connection.
  virtual void rest() {}
};

// How to reach the mail server that takes our mails.
struct SmtpConfig {
  std::string url;             // smtp://HOST:PORT, or smtps://HOST:PORT where TLS begins at once (RFC 8314)
  bool require_tls = true;     // STARTTLS (RFC 3207) on smtp://; false: whatever is sent can be read on the way
  std::string user, password;  // empty: without signing in
  std::string ca_file;         // PEM; empty: the machine's own list
  Duration answer_limit = std::chrono::seconds(60);  // for one mail
};
// Gives up a delivery under way as soon as `stopping` is true.
std::unique_ptr<Transport> smtp_transport(SmtpConfig config, std::atomic<bool> const& stopping);
// Writes each mail as ID.eml into a folder, which is made if there is none.
std::unique_ptr<Transport> folder_transport(std::filesystem::path folder);

struct PostmanStats {
  std::atomic<uint64_t> delivered{0}, put_off{0}, given_up{0};
};

class Postman {
 public:
  using MakeTransport = std::function<std::unique_ptr<Transport>(std::atomic<bool> const& stopping)>;
  // `vault` must outlive it.
  Postman(keys::Vault const& vault, Sender sender, MakeTransport const& make);

  // Sends what is due, some at a time; true if there is more. Waits for the mail server, so this is for a thread of
  // its own.
  bool send_due(db::Database& database);
  // Sends this one past the outbox, once. Not while another thread sends.
  Delivery send_now(db::Database& database, Message const& message);
  // From any thread: nothing more is sent.
  void stop() { stopping_ = true; }
  PostmanStats const& stats() const { return stats_; }

 private:
  Delivery deliver(Message const& message, MailId id, Instant created_at);

  keys::Vault const& vault_;
  Sender sender_;
  std::atomic<bool> stopping_{false};
  std::unique_ptr<Transport> transport_;
  PostmanStats stats_;
  // After the mail server failed, until when nobody tries.
  Instant resting_until_{};
  Duration next_rest_{};
};

// How long after the attempt of that number (from 1) the next one follows: a minute, doubling to an hour.
Duration wait_after(int64_t attempts);
// A mail that nobody took for so long is given up (RFC 5321 section 4.5.4.1: four to five days).
inline constexpr Duration give_up_after = std::chrono::days(5);

}  // namespace menkyo::mail
