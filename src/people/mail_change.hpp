#pragma once
// Inside people/: how somebody gets another mail address. Whoever is signed in and knows the password asks for it,
// and both ends confirm it, each by a link of its own: the new inbox, that it is there and its owner's wish; the old
// one, that no thief of a session and a password moves the account away. In which order they do so is all one, in
// which browser too. A person whose old inbox is lost turns to the operator.
//
// Whoever asks is told the same, whether the new address has an account or not; only its inbox says more. Every
// operation locks the row of the person first, which guards the one change that it may have.

#include "people/session.hpp"

namespace menkyo::people {

inline constexpr Duration mail_change_period = std::chrono::hours(24);

struct NewMailChange {
  Mail mail;  // the new address
  wire::Exact<1, 200> current_password;
};
BOOST_DESCRIBE_STRUCT(NewMailChange, (), (mail, current_password))

// What waits to be confirmed, as the person is shown it.
struct PendingMailChange {
  std::string mail;
  Instant created_at, expires_at;
  bool is_new_confirmed, is_old_confirmed;
};
BOOST_DESCRIBE_STRUCT(PendingMailChange, (), (mail, created_at, expires_at, is_new_confirmed, is_old_confirmed))

struct OwnMailChange {
  std::optional<PendingMailChange> pending;
};
BOOST_DESCRIBE_STRUCT(OwnMailChange, (), (pending))

OwnMailChange get_mail_change(db::ReadTx& tx, api::Caller const& caller, keys::Vault const& vault);

// Slow. Takes the place of a change that waits, and mails a link to both ends. Problem invalid, unauthenticated,
// wrong_credentials, too_many_requests.
OwnMailChange ask_mail_change(db::Database& database, NewMailChange const& in, keys::Vault const& vault,
                              mail::Outbox const& outbox, api::Request const& request);

// New links to the ends that have not confirmed; the older ones stop working. Problem conflict if no change waits,
// too_many_requests.
void send_mail_change_again(db::Tx& tx, api::Caller const& caller, keys::Vault const& vault,
                            mail::Outbox const& outbox, api::Request const& request);

// Does nothing if no change waits.
void withdraw_mail_change(db::Tx& tx, api::Caller const& caller);

struct MailChangeConfirmation {
  wire::Exact<1, 200> token;
};
BOOST_DESCRIBE_STRUCT(MailChangeConfirmation, (), (token))
struct ConfirmedMailChange {
  bool is_changed;  // this was the second end
};
BOOST_DESCRIBE_STRUCT(ConfirmedMailChange, (), (is_changed))

// With the second end the address is changed: all sessions end but the one that asked, all links of the person stop
// working, and the old inbox is told. Problem link_invalid, or conflict, and the end stays open, if somebody has the
// address meanwhile.
ConfirmedMailChange confirm_mail_change(db::Tx& tx, MailChangeConfirmation const& in, keys::Vault const& vault,
                                        mail::Outbox const& outbox, api::Request const& request);

// What a link is for if it is the open one of either end.
std::optional<LinkFacts> mail_change_of_link(db::ReadTx& tx, keys::Vault const& vault, Bytes const& link_lookup);

}  // namespace menkyo::people
