#pragma once
// Product instances and the registration tokens that let them in: the rules, as operations on a transaction. The
// message intake around them is in desk.hpp.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "audit/audit.hpp"
#include "catalog/catalog.hpp"
#include "db/batch.hpp"
#include "keys/authority.hpp"
#include "licenses/books.hpp"
#include "protocol/messages.hpp"
#include "protocol/token.hpp"

namespace menkyo::devices {

MENKYO_ENUM(DeviceStatus, registered, removed)
// What the device may tell its users: none (nothing in use), covered, short, or released after silence.
MENKYO_ENUM(AuthorizationState, none, authorized, out_of_compliance, authorization_expired)

// Timers of the device protocol (domain reference, section 15); values, not constants, so that an operator's policy
// can differ.
using Policy = protocol::Policy;

// A device without contact for this long is shown as silent.
inline constexpr Duration silent_after = std::chrono::days(30);

// Names are ordered and searched without regard to the case of ASCII letters, as people expect of host names.
std::string name_key(std::string name);

// What every operation here needs beside its transaction.
struct Context {
  keys::Vault const& vault;
  keys::Authority const& authority;
  catalog::Catalog const& catalog;
  Policy const& policy;
};

// ---- Registration tokens ------------------------------------------------------------------------------------------

struct NewToken {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  std::string description;
  Instant expires_at;
  std::optional<int64_t> max_uses;
  bool export_controlled_allowed = true;
  std::optional<PersonId> created_by;
  audit::Actor actor;
};

struct CreatedToken {
  RegistrationTokenId registration_token_id;
  std::string text;  // a secret
};

CreatedToken create_token(db::Tx& tx, keys::Vault const& vault, keys::Authority const& authority,
                          NewToken const& token);
// The same text again, from what is stored of the token.
std::string token_text(keys::Vault const& vault, keys::Authority const& authority, SmartAccountId account,
                       RegistrationTokenId token, Bytes const& wrapped_secret);
// Its devices stay. Nothing happens if it was revoked already. Throws Problem not_found.
void revoke_token(db::Tx& tx, keys::Vault const& vault, SmartAccountId account, VirtualAccountId va,
                  RegistrationTokenId token, audit::Actor const& actor);

// ---- Messages -----------------------------------------------------------------------------------------------------

// A verified `register` message with the certificate that was made for it.
struct Registration {
  protocol::RegisterMessage message;
  protocol::RegistrationToken token;
  protocol::Digest message_hash;
  protocol::Key key;
  DeviceId device_id;  // new; used unless the message is a repeat
  Bytes certificate;
  Instant identity_expires_at;
  bool takes_tree = false;  // the device can verify an answer that shares a signature
};

// The answer, to be signed once it is committed.
struct Answer {
  std::string_view typ;
  std::string payload;
  std::string jws;
};

using RegistrationItem = db::BatchItem<std::shared_ptr<Registration const>, Answer>;

// Throws Problem clock_skewed, with the time here, if the device's clock differs by more than the protocol allows.
// Only asked of messages that are new: a repeat is as old as its answer's way was long.
void check_clock(Instant sent_at, Instant now);

// The batch handler: load for all, decide for each in order, store for all. Problems of an item: token_*,
// product_unknown, clock_skewed, sequence_conflict.
void register_devices(db::Tx& tx, Context const& context, std::span<RegistrationItem* const> items);
// One alone. Returns the payload of the answer, or throws the Problem.
std::string register_device(db::Tx& tx, Context const& context, Registration const& registration);

MENKYO_ENUM(MessageKind, authorize, report, renew_identity, deregister)

// A verified message of a registered device.
struct Message {
  SmartAccountId smart_account_id;
  DeviceId device_id;
  protocol::Digest message_hash;
  protocol::Digest key_thumbprint;  // of the key that it was verified with
  MessageKind kind;
  protocol::MessageCommon common;
  std::vector<protocol::Wanted> wanted;        // authorize
  std::vector<protocol::UsageReport> reports;  // report
  std::optional<protocol::Key> new_key;        // renew_identity
  Bytes certificate;                           // renew_identity: made for it
  Instant identity_expires_at{};               // renew_identity
  bool takes_tree = false;                     // the device can verify an answer that shares a signature
};

using MessageItem = db::BatchItem<Message, Answer>;

// The batch handler: load for all, decide for each in order, store for all.
void answer_messages(db::Tx& tx, Context const& context, std::span<MessageItem* const> items);

// ---- Removal and the passing of time ------------------------------------------------------------------------------

// Its licenses return at once. Throws Problem conflict if export-controlled licenses are in use and `by_person`.
void remove_device(db::Tx& tx, Context const& context, SmartAccountId account, DeviceId device,
                   audit::Actor const& actor, bool by_person);

// Makes a device look as if it was last heard of at `at`; only the sample does that.
void backdate_contact(db::Tx& tx, Context const& context, SmartAccountId account, DeviceId device, Instant at);

// Looks at one device whose timer is due: counts it as silent, releases what a device uses that was silent for the
// whole authorization period, notes a lapsed identity, and sets the timer anew. Returns what happened, for tests and
// logs.
enum class Looked { nothing, silent, released, lapsed, gone };
Looked look_at_device(db::Tx& tx, Context const& context, SmartAccountId account, DeviceId device);

}  // namespace menkyo::devices
