#pragma once
// Mail to people. Whoever has something to tell writes a letter inside the transaction of its cause; it is a sealed
// row of the outbox from then on, and the postman (postman.hpp) sends it. So a mail goes out if and only if what it
// tells of was committed. It may come twice when a server dies between sending and noting it, once more for each such
// death, and then under the same Message-ID, by which mail programs know it again.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/page.hpp"
#include "base/language.hpp"
#include "db/tx.hpp"
#include "keys/sealed.hpp"

namespace menkyo::mail {

// What stands for {{name}} in a template.
using Words = std::vector<std::pair<std::string, std::string>>;

struct Letter {
  std::string to;             // one mail address
  Language language;          // of the reader
  std::string template_name;  // a table of templates/ja.toml and templates/en.toml
  Words words{};
};

// A letter as it will be read; sealed in mail.wrapped_message until it is sent.
struct Message {
  using Content = wire::Exact<0, 100'000>;
  Content to;
  Language language;
  Content subject, text, html;
};
BOOST_DESCRIBE_STRUCT(Message, (), (to, language, subject, text, html))

inline constexpr std::string_view message_purpose = "mail_message";

// How the program names itself and where it is reached, as it stands in every mail.
struct Letterhead {
  std::string service_name = "Menkyo";
  std::string public_url = "http://127.0.0.1:8080";  // without a slash at the end
};

// The address as SMTP takes it: the domain in ASCII (IDNA), everything else as written. nullopt if it is none, or
// holds what SMTP gives a meaning.
std::optional<std::string> envelope_address(std::string_view address);

// A word or two that a letter's words are made of, such as the name of a role, from the table "phrases". Throws
// std::logic_error for one that does not exist.
std::string phrase(Language language, std::string_view name);
// A time as mails name it: "2026-01-31 09:05 UTC". Whose clock the reader goes by, nobody knows.
std::string to_mail_time(Instant t);

// What a letter says: plain text and HTML with the same content. Throws std::logic_error for a template that does not
// exist or names a word that the letter does not give.
Message write(Letterhead const& head, Letter const& letter);

// Thread-safe. `vault` must outlive it.
class Outbox {
 public:
  // `is_sent`: there is a mail server; otherwise mails lie in a folder, and nobody gets them without the operator.
  Outbox(keys::Vault const& vault, Letterhead head, bool is_sent = true)
      : vault_(vault), head_(std::move(head)), is_sent_(is_sent) {}

  MailId post(db::Tx& tx, Letter const& letter) const;
  std::string const& service_name() const { return head_.service_name; }
  bool is_sent() const { return is_sent_; }
  Message write(Letter const& letter) const { return mail::write(head_, letter); }
  // The address of a page of the portal; `path` begins with a slash.
  std::string link(std::string_view path) const { return head_.public_url + std::string(path); }

 private:
  keys::Vault const& vault_;
  Letterhead head_;
  bool is_sent_;
};

// ---- What the mailbox page shows where there is no mail server
// ------------------------------------------------------

// Whether there is such a page at all, and for whom: those at the machine itself, under its own name, because the
// links in mails let anybody in who reads them. Thread-safe.
class Mailbox {
 public:
  Mailbox(keys::Vault const& vault, bool open) : vault_(vault), open_(open) {}
  bool open() const { return open_; }
  keys::Vault const& vault() const { return vault_; }
  // Problem not_found unless it is open and the request comes from this machine, not by way of a proxy, to a name
  // that only this machine has: a page from elsewhere could lead a browser here under a name of its own.
  void admit(api::Request const& request) const;

 private:
  keys::Vault const& vault_;
  bool open_;
};

// Forgets mails of the mailbox and those that could not be sent, when they are older than this; at most `limit`.
// Returns how many; a job calls it.
inline constexpr Duration kept_for = std::chrono::days(30);
int64_t clean_up(db::Tx& tx, int64_t limit);

std::vector<api::Route> routes();

}  // namespace menkyo::mail

template <>
inline constexpr bool menkyo::api::is_service<menkyo::mail::Outbox> = true;
template <>
inline constexpr bool menkyo::api::is_service<menkyo::mail::Mailbox> = true;
