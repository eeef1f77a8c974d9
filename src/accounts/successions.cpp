#include "accounts/successions.hpp"

#include <algorithm>

#include "accounts/organization.hpp"
#include "accounts/succession_letters.hpp"

namespace menkyo::accounts {

namespace {

constexpr std::string_view proof_purpose = "succession_proof", answer_purpose = "succession_reason",
                           objection_purpose = "succession_objection";
struct SealedProof {
  Proof text;
};
BOOST_DESCRIBE_STRUCT(SealedProof, (), (text))

// As for requests for access: few mails at once hold up nobody else's.
constexpr Duration between_mails = std::chrono::seconds(1);
constexpr int64_t mails_at_once = 10;
constexpr int64_t max_administrators_shown = 50, max_objections_shown = 200;

Proof open_proof(keys::Vault const& vault, store::SuccessionRow const& row) {
  return keys::open_struct<SealedProof>(vault, proof_purpose, row.wrapped_proof).text;
}

OwnSuccession to_own(keys::Vault const& vault, store::SuccessionRow const& row) {
  std::optional<Note> reason;
  if (row.wrapped_reason) reason = keys::open_struct<Reason>(vault, answer_purpose, *row.wrapped_reason).reason;
  bool const granted = row.status == SuccessionStatus::GRANTED;
  return {row.succession_id, row.status,
          row.domain,        open_proof(vault, row),
          row.created_at,    row.decided_at,
          row.due_at,        row.ended_at,
          std::move(reason), granted ? row.smart_account_id : std::nullopt};
}

// ---- Rules --------------------------------------------------------------------------------------------------------

// Whether the person has to do with the account of that domain, if there is one: by its mail address, or by a role,
// so that the answer tells nothing that it does not know.
bool has_mail_of(people::Person const& person, std::string const& domain) {
  auto const claim = judge_claim(person.mail, domain);
  return claim.mail_domain == domain && !claim.shared_mail;
}

bool is_entitled(db::ReadTx& tx, people::Person const& person, std::string const& domain) {
  if (has_mail_of(person, domain)) return true;
  auto const accounts = store::accounts_of(tx, person.id, tx.now());
  return std::any_of(accounts.begin(), accounts.end(), [&](auto const& account) { return account.domain == domain; });
}

bool is_administrator(db::ReadTx& tx, PersonId person, SmartAccountId account) {
  auto const roles = access::holdings(tx, person, account).roles();
  return std::find(roles.begin(), roles.end(), Role::sa_admin) != roles.end();
}

void check_pace(db::ReadTx& tx, PersonId requester) {
  SuccessionId const yesterday{first_uuid7(tx.now() - std::chrono::days(1))};
  if (store::count_open_successions(tx, requester) >= max_open_successions)
    throw Problem(problems::too_many_requests,
                  "You have several requests that wait for an answer; withdraw one before you make another.");
  if (store::count_successions(tx, requester, yesterday, max_successions_a_day) >= max_successions_a_day)
    throw Problem(problems::too_many_requests, "You made many requests today; make the next one tomorrow.");
}

void require_open(store::SuccessionRow const& row) {
  using enum SuccessionStatus;
  switch (row.status) {
    case PENDING:
    case WAITING:
      return;
    case GRANTED:
      throw Problem(problems::conflict, "The role was given already.");
    case DECLINED:
      throw Problem(problems::conflict, "This request was declined already.");
    case WITHDRAWN:
      throw Problem(problems::conflict, "The requester has withdrawn this request.");
    case STOPPED:
      throw Problem(problems::conflict, "An administrator of the account objected, which ended this request.");
    case LAPSED:
      throw Problem(problems::conflict, "This request ended because the requester was no longer entitled.");
  }
}

// The request together with the account it is about, the account first (docs/decisions/0011-lock-order.md): roles,
// and that one request at a time waits there, are guarded by it.
std::optional<store::SuccessionRow> lock_with_account(db::Tx& tx, SuccessionId id) {
  auto const seen = store::succession(tx, id);
  if (!seen) return {};
  auto const account = store::account_of_domain(tx, seen->domain);
  if (account) store::lock_account(tx, *account);
  return store::lock_succession(tx, id);
}

// In the operator's log, and in the account's own as soon as the account has to do with it.
void record_succession(db::Tx& tx, keys::Vault const& vault, audit::EventKind kind, store::SuccessionRow const& row,
                       audit::Actor const& actor) {
  auto const requester = people::display_name(people::load_person(tx, vault, row.requester_id));
  audit::Event event{.smart_account_id = {},
                     .kind = kind,
                     .actor = actor,
                     .subject_kind = "succession",
                     .subject_id = row.succession_id.bytes,
                     .data = {{"domain", row.domain}},
                     .personal = requester};
  audit::record(tx, vault, event);
  if (!row.smart_account_id) return;
  event.smart_account_id = *row.smart_account_id;
  audit::record(tx, vault, event);
}

void end(db::Tx& tx, keys::Vault const& vault, store::SuccessionRow& row, SuccessionStatus status,
         audit::EventKind kind, audit::Actor const& actor) {
  row.status = status;
  row.ended_at = tx.now();
  store::update_succession(tx, row);
  jobs::clear_timer(tx, succession_timer, {}, row.succession_id.bytes);
  record_succession(tx, vault, kind, row, actor);
}

void approve(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, SuccessionDecider const& access,
             store::SuccessionRow& row, std::string const& reason) {
  if (row.status == SuccessionStatus::WAITING)
    throw Problem(problems::conflict, "This request was approved already.");
  if (row.requester_id == access.person_id())
    throw Problem(problems::conflict, "This request is your own; somebody else has to approve it.");
  auto const account = store::account_of_domain(tx, row.domain);
  if (!account) throw Problem(problems::conflict, "There is no account of this domain. Only declining is left.");
  if (store::waiting_succession(tx, *account))
    throw Problem(problems::conflict, "Another request for this account is waiting for objections.");
  if (!people::is_active(tx, row.requester_id) ||
      !is_entitled(tx, people::load_person(tx, vault, row.requester_id), row.domain))
    throw Problem(
        problems::conflict,
        "The requester's mail address or roles no longer have to do with the account. Decline the request.");
  if (is_administrator(tx, row.requester_id, *account))
    throw Problem(problems::conflict, "The requester is an administrator of the account already.");
  row.status = SuccessionStatus::WAITING;
  row.smart_account_id = account;
  row.due_at = tx.now() + objection_period;
  store::update_succession(tx, row);
  jobs::set_timer(tx, succession_timer, {{}, row.succession_id.bytes, tx.now()});
  record_succession(tx, vault, audit::EventKind::succession_approved, row, access.actor());
  tell_succession_approved(tx, vault, outbox, row, reason);
}

// ---- The timer ----------------------------------------------------------------------------------------------------

// Tells some more of those with a role in the account; the next instant to look.
Instant announce(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, store::SuccessionRow row) {
  auto const account = store::account(tx, *row.smart_account_id);
  auto const next = store::members_after(tx, account->smart_account_id, row.told_until.value_or(PersonId{}), tx.now(),
                                         mails_at_once);
  bool const all_told = int64_t(next.size()) < mails_at_once;
  tell_succession_announced(tx, vault, outbox, row, *account, next, all_told);
  if (!next.empty()) row.told_until = next.back();
  if (all_told) row.told_at = tx.now();
  store::set_succession_told(tx, row);
  return all_told ? *row.due_at : tx.now() + between_mails;
}

void give_succession(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, store::SuccessionRow row) {
  auto const requester = people::load_person(tx, vault, row.requester_id);
  audit::Actor const by_itself{};
  if (!people::is_active(tx, row.requester_id) || !is_entitled(tx, requester, row.domain)) {
    end(tx, vault, row, SuccessionStatus::LAPSED, audit::EventKind::succession_lapsed, by_itself);
    tell_succession_ended(tx, vault, outbox, row, "succession_lapsed", "");
    return;
  }
  give_role(tx, vault, *row.smart_account_id, by_itself, row.requester_id, {Role::sa_admin, {}, {}});
  end(tx, vault, row, SuccessionStatus::GRANTED, audit::EventKind::succession_granted, by_itself);
  tell_succession_granted(tx, vault, outbox, row, *store::account(tx, *row.smart_account_id));
}

std::optional<Instant> look_at_succession(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                                          jobs::Timer const& timer) {
  auto const row = lock_with_account(tx, SuccessionId{timer.subject_id});
  if (!row || row->status != SuccessionStatus::WAITING) return {};
  if (!row->told_at) return announce(tx, vault, outbox, *row);
  if (tx.now() < *row->due_at) return row->due_at;
  give_succession(tx, vault, outbox, *row);
  return {};
}

// ---- Operations on one's own --------------------------------------------------------------------------------------

struct SuccessionQuery {
  std::optional<api::Limit> limit;
  std::optional<api::CursorText> cursor;
};
BOOST_DESCRIBE_STRUCT(SuccessionQuery, (), (limit, cursor))

struct SuccessionKey {
  SuccessionId succession_id;
};
BOOST_DESCRIBE_STRUCT(SuccessionKey, (), (succession_id))

OwnSuccession ask(db::Tx& tx, api::Caller const& caller, NewSuccession const& in, keys::Vault const& vault,
                  mail::Outbox const& outbox) {
  return ask_for_succession(tx, vault, outbox, caller.person_id, in);
}

wire::Page<OwnSuccession> list_own(db::ReadTx& tx, api::Caller const& caller, SuccessionQuery const& in,
                                   keys::Vault const& vault, api::Cursors const& cursors) {
  auto const scope = "successions " + caller.person_id.text();
  auto const range = api::newest<SuccessionId>(cursors, scope, in);
  std::vector<OwnSuccession> out;
  for (auto const& row : store::successions_of(tx, caller.person_id, range)) out.push_back(to_own(vault, row));
  return api::make_page(std::move(out), range, cursors, scope, &OwnSuccession::succession_id);
}

OwnSuccession get_own(db::ReadTx& tx, api::Caller const& caller, SuccessionKey const& in, keys::Vault const& vault) {
  auto const row = store::succession(tx, in.succession_id);
  if (!row || row->requester_id != caller.person_id) throw Problem(problems::not_found);
  return to_own(vault, *row);
}

void withdraw(db::Tx& tx, api::Caller const& caller, SuccessionKey const& in, keys::Vault const& vault) {
  withdraw_succession(tx, vault, caller.person_id, in.succession_id);
}

// ---- Operations of staff ------------------------------------------------------------------------------------------

struct SuccessionQueueQuery : SuccessionQuery {
  std::optional<SuccessionStatus> status;
};
BOOST_DESCRIBE_STRUCT(SuccessionQueueQuery, (SuccessionQuery), (status))

wire::Page<QueuedSuccession> list_queue(db::ReadTx& tx, SuccessionDecider const& access,
                                        SuccessionQueueQuery const& in, keys::Vault const& vault,
                                        api::Cursors const& cursors) {
  auto const scope =
      "successions of all " + access.person_id().text() + " " + (in.status ? std::string(to_text(*in.status)) : "");
  auto const range = api::newest<SuccessionId>(cursors, scope, in);
  auto const rows = store::all_successions(tx, in.status, range);
  std::vector<PersonId> ids;
  for (auto const& row : rows) ids.push_back(row.requester_id);
  auto requesters = load_requesters(tx, vault, std::move(ids));
  std::vector<QueuedSuccession> out;
  for (auto const& row : rows)
    out.push_back({row.succession_id, row.status, row.domain, row.created_at, row.due_at,
                   store::count_objections(tx, row.succession_id), requesters[row.requester_id]});
  return api::make_page(std::move(out), range, cursors, scope, &QueuedSuccession::succession_id);
}

std::vector<PresentAdministrator> administrators_of(db::ReadTx& tx, keys::Vault const& vault,
                                                    SmartAccountId account) {
  auto const ids = store::holders_of_role(tx, account, Role::sa_admin, max_administrators_shown);
  std::vector<PresentAdministrator> out;
  for (auto const& person : people::load_persons(tx, vault, ids)) {
    std::optional<Instant> ends_at;
    bool lasts = false;
    for (auto const& grant : store::grants_of_person(tx, account, person.id)) {
      if (grant.role != Role::sa_admin) continue;
      lasts = lasts || !grant.ends_at;
      ends_at = std::max(ends_at, grant.ends_at);
    }
    out.push_back({people::display_name(person), person.mail, people::last_sign_in(tx, person.id),
                   lasts ? std::nullopt : ends_at});
  }
  return out;
}

std::vector<Objection> objections_of(db::ReadTx& tx, keys::Vault const& vault, SuccessionId id) {
  std::vector<Objection> out;
  for (auto const& row : store::objections(tx, id, max_objections_shown))
    out.push_back({contact(people::load_person(tx, vault, row.person_id)), row.by_administrator,
                   keys::open_struct<Reason>(vault, objection_purpose, row.wrapped_text).reason, row.created_at});
  return out;
}

ReceivedSuccession load_received(db::ReadTx& tx, keys::Vault const& vault, SuccessionId id) {
  auto const row = store::succession(tx, id);
  if (!row) throw Problem(problems::not_found);
  auto const applicant = load_applicant(tx, vault, row->requester_id);
  auto const claim = judge_claim(applicant.person.mail, row->domain);
  ReceivedSuccession out{to_own(vault, *row),
                         to_requester(applicant.person),
                         applicant.company.name,
                         {},
                         has_mail_of(applicant.person, row->domain),
                         claim.shared_mail,
                         claim.look_alike,
                         {},
                         objections_of(tx, vault, id),
                         {},
                         row->version};
  if (applicant.company.phone) out.phone = phone_of(applicant.company);
  auto const id_of_account =
      row->smart_account_id ? row->smart_account_id : store::account_of_domain(tx, row->domain);
  if (auto const account = id_of_account ? store::account(tx, *id_of_account) : std::nullopt)
    out.account = SuccessionAccount{account->smart_account_id,
                                    account->number,
                                    account->name,
                                    account->created_at,
                                    administrators_of(tx, vault, account->smart_account_id),
                                    access::holdings(tx, row->requester_id, account->smart_account_id).roles()};
  if (row->decided_by) out.decided_by = people::display_name(people::load_person(tx, vault, *row->decided_by));
  return out;
}

ReceivedSuccession get_received(db::ReadTx& tx, SuccessionDecider const&, SuccessionKey const& in,
                                keys::Vault const& vault) {
  return load_received(tx, vault, in.succession_id);
}

ReceivedSuccession decide(db::Tx& tx, SuccessionDecider const& access, SuccessionDecision const& in,
                          keys::Vault const& vault, mail::Outbox const& outbox) {
  decide_succession(tx, vault, outbox, access, in);
  return load_received(tx, vault, in.succession_id);
}

// ---- Operations of those with a role in the account ---------------------------------------------------------------

struct AccountSuccessionKey {
  SmartAccountId smart_account_id;
};
BOOST_DESCRIBE_STRUCT(AccountSuccessionKey, (), (smart_account_id))

AccountSuccession load_announced(db::ReadTx& tx, keys::Vault const& vault, SuccessionWitness const& access) {
  auto const account = access.smart_account_id();
  auto const row = store::waiting_succession(tx, account);
  if (!row) return {};
  auto const reader = access.person_id();
  AnnouncedSuccession out{row->succession_id,
                          {},
                          *row->due_at,
                          is_administrator(tx, reader, account),
                          store::has_objected(tx, row->succession_id, reader),
                          row->requester_id == reader};
  for (auto const& person : persons_shown_to(tx, vault, account, reader, {row->requester_id}))
    if (person.id == row->requester_id) out.requester = to_requester(person);
  return {std::move(out)};
}

AccountSuccession get_announced(db::ReadTx& tx, SuccessionWitness const& access, AccountSuccessionKey const&,
                                keys::Vault const& vault) {
  return load_announced(tx, vault, access);
}

// Takes the caller too, because it is a person who must object, and no program.
AccountSuccession object(db::Tx& tx, SuccessionWitness const& access, NewObjection const& in, api::Caller const&,
                         keys::Vault const& vault, mail::Outbox const& outbox) {
  object_to_succession(tx, vault, outbox, access, in);
  return load_announced(tx, vault, access);
}

}  // namespace

OwnSuccession ask_for_succession(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, PersonId requester,
                                 NewSuccession const& in) {
  auto const domain = account_domain(in.domain);
  if (!is_entitled(tx, people::load_person(tx, vault, requester), domain))
    throw invalid_field("/domain", "not_yours",
                        "must be the domain of your own mail address, or of an account in which you have a role");
  check_pace(tx, requester);
  store::SuccessionRow row{};
  row.succession_id = tx.new_id<SuccessionId>();
  row.requester_id = requester;
  row.status = SuccessionStatus::PENDING;
  row.domain = domain;
  row.wrapped_proof = keys::seal_struct(vault, proof_purpose, SealedProof{in.proof}, tx.random());
  row.created_at = tx.now();
  row.version = 1;
  store::insert_succession(tx, row);
  record_succession(tx, vault, audit::EventKind::succession_requested, row,
                    audit::actor(audit::ActorKind::person, requester));
  tell_succession_asked(tx, vault, outbox, row, in.proof);
  return to_own(vault, row);
}

void withdraw_succession(db::Tx& tx, keys::Vault const& vault, PersonId requester, SuccessionId id) {
  auto row = store::lock_succession(tx, id);
  if (!row || row->requester_id != requester) throw Problem(problems::not_found);
  if (row->status == SuccessionStatus::WITHDRAWN) return;
  require_open(*row);
  end(tx, vault, *row, SuccessionStatus::WITHDRAWN, audit::EventKind::succession_withdrawn,
      audit::actor(audit::ActorKind::person, requester));
}

void decide_succession(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                       SuccessionDecider const& access, SuccessionDecision const& in) {
  auto row = lock_with_account(tx, in.succession_id);
  if (!row) throw Problem(problems::not_found);
  if (in.if_match && *in.if_match != row->version) throw Problem(problems::changed_meanwhile);
  require_open(*row);
  auto const reason = in.reason.value_or(Note());
  bool const declines = in.decision == Decision::decline;
  if (declines && reason.empty()) throw invalid_field("/reason", "missing", "must say why it is declined");
  row->decided_at = tx.now();
  row->decided_by = access.person_id();
  row->wrapped_reason.reset();
  if (!reason.empty()) row->wrapped_reason = keys::seal_struct(vault, answer_purpose, Reason{reason}, tx.random());
  if (!declines) return approve(tx, vault, outbox, access, *row, reason);
  end(tx, vault, *row, SuccessionStatus::DECLINED, audit::EventKind::succession_declined, access.actor());
  tell_succession_ended(tx, vault, outbox, *row, "succession_declined", reason);
}

void object_to_succession(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                          SuccessionWitness const& access, NewObjection const& in) {
  auto const account = access.smart_account_id();
  auto row = lock_with_account(tx, in.succession_id);
  if (!row || row->smart_account_id != account) throw Problem(problems::not_found);
  require_open(*row);
  auto const objector = access.person_id();
  if (objector == row->requester_id)
    throw Problem(problems::conflict, "This request is your own; withdraw it instead.");
  bool const by_administrator = is_administrator(tx, objector, account);
  auto const sealed = keys::seal_struct(vault, objection_purpose, Reason{Note(in.text)}, tx.random());
  // Who became an administrator after an objection still ends it.
  bool const is_new = store::insert_objection(tx, row->succession_id, {objector, by_administrator, sealed, tx.now()});
  if (!is_new && !by_administrator) return;
  auto const actor = audit::actor(audit::ActorKind::person, objector);
  if (by_administrator) {
    end(tx, vault, *row, SuccessionStatus::STOPPED, audit::EventKind::succession_stopped, actor);
    tell_succession_ended(tx, vault, outbox, *row, "succession_stopped", "");
  } else {
    record_succession(tx, vault, audit::EventKind::succession_objected, *row, actor);
  }
  tell_succession_objected(tx, vault, outbox, *row, objector, by_administrator, in.text);
}

jobs::TimerKind succession_timer_kind(keys::Vault const& vault, mail::Outbox const& outbox) {
  return {std::string(succession_timer), [&vault, &outbox](db::Tx& tx, jobs::Timer const& timer) {
            return look_at_succession(tx, vault, outbox, timer);
          }};
}

std::vector<api::Route> succession_routes() {
  using enum api::Method;
  std::string const own = "/api/v1/successions", id = "/{succession_id}", staff = "/api/v1/operator/successions",
                    account = "/api/v1/smart_accounts/{smart_account_id}/succession";
  return {
      api::route<&ask>(post, own, "ask_for_succession",
                       "Ask the operator for the administrator's role in an account that nobody administers"),
      api::route<&list_own>(get, own, "list_my_successions", "List one's own requests for the administrator's role"),
      api::route<&get_own>(get, own + id, "get_my_succession", "See such a request of one's own"),
      api::route<&withdraw>(post, own + id + "/withdrawal", "withdraw_succession",
                            "Withdraw such a request of one's own"),
      api::route<&list_queue>(get, staff, "list_operator_successions",
                              "List requests for the administrator's role of an account"),
      api::route<&get_received>(get, staff + id, "get_operator_succession",
                                "See such a request, and who administers the account"),
      api::route<&decide>(post, staff + id + "/decision", "decide_succession",
                          "Approve such a request, so that the waiting begins, or decline it"),
      api::route<&get_announced>(get, account, "get_announced_succession",
                                 "See who is to become the account's administrator"),
      api::route<&object>(post, account + id + "/objections", "object_to_succession",
                          "Object to a new administrator of the account"),
  };
}

}  // namespace menkyo::accounts
