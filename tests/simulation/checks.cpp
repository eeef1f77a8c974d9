#include "tests/simulation/checks.hpp"

#include "accounts/accounts.hpp"
#include "accounts/groups.hpp"
#include "accounts/tags.hpp"

namespace menkyo::simulation {

namespace {

// These follow from others, at times of their own: what is short, terms that begin and end, and warnings.
bool follows(std::string const& kind) {
  static std::set<std::string> const kinds{"compliance_lost", "compliance_regained", "term_started",   "term_ended",
                                           "draw_refused",    "device_cloned",       "device_resynced"};
  return kinds.contains(kind);
}

// Says where two collections of facts part.
template <class Key, class Value>
void compare(std::string const& what, std::map<Key, Value> const& stored, std::map<Key, Value> const& wanted,
             Faults& faults) {
  for (auto const& [key, value] : stored)
    if (auto const at = wanted.find(key); at == wanted.end())
      faults.push_back(what + " that should not be: " + key);
    else if (at->second != value)
      faults.push_back(what + " that should be otherwise: " + key);
  for (auto const& [key, value] : wanted)
    if (!stored.contains(key)) faults.push_back(what + " that is missing: " + key);
}

std::string hex_of(std::optional<VirtualAccountId> va) {
  return va ? to_hex(va->bytes) : "none";
}

}  // namespace

void check_effects(db::ReadTx& tx, Model const& model, Faults& faults) {
  struct Row {
    std::string kind, actor_kind;
    std::optional<Bytes> actor, va;
    std::string subject_kind;
    std::optional<Bytes> subject;
  };
  std::map<std::string, int> stored;
  for (auto const& row :
       tx.all<Row>("select kind, actor_kind, actor_id, virtual_account_id, subject_kind, subject_id from event where "
                   "event_id >= $1 order by event_id",
                   audit::first_event_id(tx.now()))) {
    if (follows(row.kind)) continue;
    bool const named = row.subject_kind == "device" || row.subject_kind == "registration_token" ||
                       row.subject_kind == "virtual_account";
    ++stored[row.kind + " in " + (row.va ? to_hex(*row.va) : "the account") + " of " +
             (named && row.subject ? to_hex(*row.subject) : "it") + " by " + row.actor_kind +
             (row.actor ? " " + to_hex(*row.actor) : "")];
  }
  compare("an effect", stored, model.effects, faults);
}

void check_messages(db::ReadTx& tx, Model const& model, Faults& faults) {
  struct Contact {
    DeviceId device;
    int64_t sequence;
  };
  struct Count {
    DeviceId device;
    int64_t count;
  };
  std::map<std::string, int64_t> stored, wanted;
  for (auto const& row : tx.all<Contact>("select device_id, sequence from device_contact"))
    stored["the last message of " + row.device.text()] = row.sequence;
  for (auto const& row : tx.all<Count>("select device_id, count(*) from usage_report group by device_id"))
    stored["the reports of " + row.device.text()] = row.count;
  for (auto const& row : tx.all<Count>("select device_id, count(*) from registration group by device_id"))
    stored["the registrations of " + row.device.text()] = row.count;
  for (auto const& [id, device] : model.devices) {
    wanted["the last message of " + id] = device.seq;
    wanted["the registrations of " + id] = 1;
    if (!device.reports.empty()) wanted["the reports of " + id] = int64_t(device.reports.size());
  }
  compare("a message's effect", stored, wanted, faults);
}

void check_tokens(db::ReadTx& tx, Model const& model, Faults& faults) {
  struct Row {
    RegistrationTokenId id;
    VirtualAccountId va;
    int64_t uses;
    std::optional<int64_t> max_uses, revoked_at;
    Instant expires_at;
  };
  std::map<std::string, std::string> stored, wanted;
  auto const text = [](VirtualAccountId va, int64_t uses, int64_t max_uses, bool revoked, Instant expires_at) {
    return hex_of(va) + " " + std::to_string(uses) + "/" + std::to_string(max_uses) + (revoked ? " revoked " : " ") +
           std::to_string(to_us(expires_at));
  };
  for (auto const& row : tx.all<Row>("select registration_token_id, virtual_account_id, uses, max_uses, revoked_at, "
                                     "expires_at from registration_token")) {
    if (row.max_uses && row.uses > *row.max_uses) faults.push_back("a token over its limit: " + row.id.text());
    stored[row.id.text()] =
        text(row.va, row.uses, row.max_uses.value_or(0), row.revoked_at.has_value(), row.expires_at);
  }
  for (auto const& t : model.tokens)
    wanted[t.id.text()] = text(t.va, t.uses, t.max_uses.value_or(0), t.revoked, t.expires_at);
  compare("a token", stored, wanted, faults);
}

void check_orders(db::ReadTx& tx, Model const& model, Faults& faults) {
  struct Row {
    std::string order;
    int64_t number;
    std::string code;
    int64_t quantity;
    Instant starts_at, ends_at;
  };
  struct JobRow {
    JobId id;
    int64_t left;
  };
  std::map<std::string, std::string> stored, wanted;
  std::map<std::string, int64_t> jobs, imports;
  auto const text = [](std::string const& code, int64_t quantity, Instant starts_at, Instant ends_at) {
    return code + " " + std::to_string(quantity) + " " + std::to_string(to_us(starts_at)) + " " +
           std::to_string(to_us(ends_at));
  };
  for (auto const& row : tx.all<Row>(
           "select o.order_number, o.line_number, e.code, l.quantity, l.starts_at, l.ends_at from order_line o join "
           "lot l on l.smart_account_id = o.smart_account_id and l.lot_id = o.lot_id join entitlement e on "
           "e.entitlement_id = l.entitlement_id"))
    stored[row.order + "/" + std::to_string(row.number)] = text(row.code, row.quantity, row.starts_at, row.ends_at);
  for (auto const& [reference, line] : model.order_lines)
    wanted[reference] = text(line.lot.code, line.lot.quantity, line.lot.starts_at, line.lot.ends_at);
  compare("an order line", stored, wanted, faults);
  for (auto const& row : tx.all<JobRow>("select job_id, total - done from job where status = 'running'"))
    jobs[row.id.text()] = row.left;
  for (auto const& [id, import] : model.imports) imports[id.text()] = int64_t(import.lines.size());
  compare("an import", jobs, imports, faults);
}

void check_people(db::ReadTx& tx, Model const& model, Faults& faults) {
  struct NodeRow {
    VirtualAccountId id;
    std::optional<VirtualAccountId> parent;
    std::string name;
    int64_t depth, version;
  };
  std::map<std::string, std::string> stored, wanted;
  auto const node_text = [](auto const& parent, std::string const& name, int64_t depth, int64_t version) {
    return hex_of(parent) + " " + name + " " + std::to_string(depth) + " " + std::to_string(version);
  };
  for (auto const& row : tx.all<NodeRow>("select virtual_account_id, parent_id, name, depth, version from "
                                         "virtual_account"))
    stored[row.id.text()] = node_text(row.parent, row.name, row.depth, row.version);
  for (auto const& [id, node] : model.nodes)
    wanted[id.text()] = node_text(node.parent, node.name, model.depth(id), node.version);
  compare("a virtual account", stored, wanted, faults);

  struct GrantRow {
    RoleGrantId id;
    PersonId person;
    Role role;
    std::optional<VirtualAccountId> va;
    std::optional<Instant> ends_at;
  };
  stored.clear();
  wanted.clear();
  auto const grant_text = [](auto const& g) {
    return to_hex(g.person.bytes) + " " + std::string(to_text(g.role)) + " " + hex_of(g.va) + " " +
           (g.ends_at ? std::to_string(to_us(*g.ends_at)) : "for ever");
  };
  int administrators = 0;
  for (auto const& row :
       tx.all<GrantRow>("select role_grant_id, person_id, role, virtual_account_id, ends_at from role_grant")) {
    stored[row.id.text()] = grant_text(row);
    administrators += row.role == Role::sa_admin && !row.ends_at;
  }
  for (auto const& [id, grant] : model.grants) wanted[id.text()] = grant_text(grant);
  compare("a role", stored, wanted, faults);
  auto const account = *tx.one<SmartAccountId>("select smart_account_id from smart_account");
  for (auto& fault : accounts::broken_tree(tx, account)) faults.push_back(std::move(fault));
  for (auto& fault : accounts::broken_groups(tx, account)) faults.push_back(std::move(fault));
  for (auto& fault : accounts::broken_tags(tx, account)) faults.push_back(std::move(fault));
  if (administrators == 0) faults.push_back("the account has no lasting administrator");
}

// ---- The event chain ----------------------------------------------------------------------------------------------

Chains::Chains(test::DeviceWorld& world) : world_(world) {
  for (auto const account : {world.account, SmartAccountId{}}) checks_.emplace(account, make(account));
}

audit::ChainCheck Chains::make(SmartAccountId account) {
  return audit::ChainCheck(
      world_.vault,
      [this](std::string_view text, std::string_view signature) {
        return world_.authority->signed_here(keys::event_head_type, text, signature);
      },
      account);
}

void Chains::begin_again() {
  for (auto& [account, check] : checks_) check = make(account);
}

void Chains::seal() {
  auto const sign = [&](std::string_view text) { return world_.authority->sign(keys::event_head_type, text); };
  constexpr int64_t limit = 100;
  while (world_.db->write([&](db::Tx& tx) { return audit::seal_pending(tx, sign, limit); }) == limit) {
  }
}

void Chains::check(Faults& faults) {
  for (auto& [account, check] : checks_) {
    while (world_.db->read([&check = check](db::ReadTx& tx) { return check.further(tx, 50); })) {
    }
    for (auto const& fault : check.report().faults) faults.push_back("the event chain: " + fault);
  }
}

void Chains::check_all(Faults& faults) {
  seal();
  begin_again();
  check(faults);
  for (auto const& [account, check] : checks_) {
    auto const& report = check.report();
    if (report.unsealed != 0 || report.sealed != report.events)
      faults.push_back("the event chain: " + std::to_string(report.events) + " events, " +
                       std::to_string(report.sealed) + " links");
  }
  for (SmartAccountId last;;) {
    auto const next = world_.db->read([&](db::ReadTx& tx) { return audit::next_account(tx, last); });
    if (!next) break;
    last = *next;
    if (!checks_.contains(last)) faults.push_back("the event chain: events of an account that is none");
  }
}

}  // namespace menkyo::simulation
