#pragma once
// What the service ought to do, written a second time and naively: no batches, no stored positions, every sum taken
// anew. Knows only the chains of the world's catalogue, and knows them by heart. The half about people - tree, roles,
// tokens - is in model_people.cpp.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "tests/support/test_device.hpp"

namespace menkyo::simulation {

using access::Role;
using test::Quantities;

struct Lot {
  std::string code;
  int64_t quantity;
  Instant starts_at, ends_at;
  bool operator==(Lot const&) const = default;
};

struct OrderLine {
  std::string order;
  int64_t number;
  Lot lot;
  std::string reference() const { return order + "/" + std::to_string(number); }
  bool operator==(OrderLine const&) const = default;
};

// Under way, with the lines that are still to come, in their order.
struct Import {
  std::vector<OrderLine> lines;
};

// The hashes of usage reports, each with that of the report before it.
using Reports = std::map<protocol::Digest, protocol::Digest>;

// A message of a device, as far as it decides what must come of it.
struct Message {
  std::string text;      // in its own bytes
  std::string kind;      // "register", "authorize", ...
  std::string device;    // empty in `register`
  protocol::Digest key;  // the thumbprint of the one that signed it
  int64_t seq = 0, epoch = 0;
  Instant sent_at{};
  std::string token, serial_number;      // of `register`
  std::vector<protocol::Wanted> wanted;  // of `authorize`, in the order in which it is granted
  std::vector<std::pair<protocol::Digest, protocol::Digest>> reports;  // of `report`, as in Reports, in their order
  std::optional<protocol::Digest> new_key;                             // of `renew_identity`
};

// What must come of a message: one of these words, or the code with which it is refused.
using Verdict = std::string;
inline constexpr char accepted[] = "accepted", repeated[] = "repeated", resynced[] = "resynced";

// One registered device as the service should know it.
struct Known {
  VirtualAccountId va;
  std::string serial_number;
  protocol::Digest key{};  // the thumbprint of the one that it signs with
  bool export_allowed = true;
  bool removed = false;
  int64_t seq = 0;
  std::string text;     // the last message that was accepted
  std::string payload;  // and its answer
  Instant heard_at{}, identity_ends_at{};
  bool released = false, lapsed = false, silent = false;
  Quantities granted;
  Reports reports;  // kept of it
  protocol::Digest last_report{};
};

struct Token {
  RegistrationTokenId id;
  VirtualAccountId va;
  std::string text;
  bool export_allowed = true;
  std::optional<int64_t> max_uses;
  int64_t uses = 0;
  Instant expires_at{};
  bool revoked = false;

  // The code with which a registration would be refused; empty if it would not.
  std::string refusal(Instant now) const;
};

// One virtual account.
struct Node {
  std::optional<VirtualAccountId> parent;
  std::string name;
  bool is_default = false;
  int64_t version = 1;
};

struct Grant {
  PersonId person;
  Role role = Role::sa_viewer;
  std::optional<VirtualAccountId> va;
  std::optional<Instant> ends_at;
};

// Who caused an event, and how the checks name it.
std::string by_device(std::string const& device_id);
std::string by_person(PersonId person);
std::string by_command();
std::string by_job();

// A copy of it is what a backup of the database holds.
class Model {
 public:
  // Lots are of the virtual account `first`.
  Model(devices::Policy const& policy, VirtualAccountId first) : first(first), policy_(policy) {}

  VirtualAccountId first;
  int64_t epoch = 1;                                 // of the installation
  std::map<std::string, Known> devices;              // by id
  std::map<std::string, std::string> registrations;  // the text of each, and the device's id
  Reports lost_reports;                              // that a restore of the database took away
  std::vector<Lot> lots;
  std::map<std::string, OrderLine> order_lines;  // that were deposited, by reference
  std::map<JobId, Import> imports;               // under way
  Instant leased_until{};                        // the lease of the last runner that did something
  std::vector<Token> tokens;
  std::map<VirtualAccountId, Node> nodes;
  std::map<RoleGrantId, Grant> grants;

  // The events that the step under way must leave, each with how many: every accepted message and every permitted
  // action does what it does once. What follows of itself (compliance, terms, warnings) is not among them.
  std::map<std::string, int> effects;
  void effect(std::string_view kind, std::optional<VirtualAccountId> va, std::string_view subject,
              std::string const& actor, int count = 1);

  void deposited(Lot const& lot);

  // ---- Devices ----
  int64_t owned(std::string const& code, Instant now) const;
  int64_t in_use(std::string const& code, VirtualAccountId va) const;
  // What is short of each code of the chain, highest tier first; the surplus of a tier goes down.
  std::map<std::string, int64_t> shortage(std::vector<std::string> const& chain, VirtualAccountId va,
                                          Instant now) const;
  static std::vector<std::string> const& chain_of(std::string const& code);

  Verdict judge(Message const& m, Instant now) const;
  // Whether reports are missing between those that the service has and those of the message.
  bool leaves_gap(Message const& m) const;
  // Take an accepted message and its answer's payload.
  void enroll(Message const& m, std::string const& id, std::string const& payload, Instant now);
  // What each entitlement is refused with, or nothing.
  std::map<std::string, std::string> accept(Message const& m, std::string const& payload, Instant now);
  // What a look at the device has to find.
  devices::Looked look(std::string const& id, Instant now);
  // As after a restore: everything as it was then, in an epoch that was not yet.
  void go_back_to(Model const& saved);
  // `kind` is the event that tells of it.
  void remove(std::string const& id, std::string_view kind, std::string const& actor);

  // ---- People (domain reference, section 6) ----
  // The code with which access is refused; empty if it is given.
  std::string refusal_at(PersonId person, VirtualAccountId va, access::Permission p, Instant now) const;
  std::string refusal_on_account(PersonId person, access::Permission p, Instant now) const;
  std::string refusal_anywhere(PersonId person, access::Permission p, Instant now) const;
  std::string refusal_at_place(PersonId person, std::optional<VirtualAccountId> va, access::Permission p,
                               Instant now) const;
  bool sees(PersonId person, VirtualAccountId va, Instant now) const;
  int64_t depth(VirtualAccountId va) const;
  bool name_taken(std::optional<VirtualAccountId> parent, std::string const& name,
                  std::optional<VirtualAccountId> self) const;
  // Why it cannot be moved below `parent`, where it does not stand; empty if it can.
  std::string refusal_to_move(VirtualAccountId va, std::optional<VirtualAccountId> parent) const;
  // Why it cannot be deleted; empty if it can.
  std::string refusal_to_delete(VirtualAccountId va, Instant now) const;
  void delete_node(VirtualAccountId va);
  // Whether the account would be left without a lasting administrator.
  bool is_last_administrator(RoleGrantId grant) const;

 private:
  Verdict judge_registration(Message const& m, Instant now) const;
  std::map<std::string, std::string> authorize(Message const& m, Instant now);
  void keep_reports(Message const& m);
  void heard(std::string const& id, Message const& m, std::string const& payload, Instant now);
  std::string refusal(Known const& device, std::string const& code, int64_t extra, Instant now);
  void give_back(std::string const& id, std::string const& actor);
  bool below(VirtualAccountId va, VirtualAccountId ancestor) const;
  std::vector<Grant> held(PersonId person, Instant now) const;

  devices::Policy policy_;
};

}  // namespace menkyo::simulation
