#include "accounts/requests.hpp"

#include <algorithm>

#include "accounts/letters.hpp"
#include "base/text.hpp"

namespace menkyo::accounts {

namespace {

void record_request(db::Tx& tx, keys::Vault const& vault, audit::EventKind kind, store::RequestRow const& row,
                    people::Person const& requester, audit::Actor const& actor) {
  audit::record(tx, vault,
                {.smart_account_id = row.decider_id,
                 .kind = kind,
                 .actor = actor,
                 .subject_kind = "account_request",
                 .subject_id = row.account_request_id.bytes,
                 .data = {{"name", row.name}, {"domain", row.domain}},
                 .personal = people::display_name(requester)});
}

jobs::Timer timer_of(store::RequestRow const& row, Instant due_at) {
  return {row.decider_id, row.account_request_id.bytes, due_at};
}

void close(db::Tx& tx, keys::Vault const& vault, store::RequestRow const& row, people::Person const& requester,
           store::Outcome const& outcome, audit::Actor const& actor) {
  using audit::EventKind;
  store::close_request(tx, row.account_request_id, outcome);
  jobs::clear_timer(tx, request_timer, row.decider_id, row.account_request_id.bytes);
  auto const kind = outcome.status == AccountRequestStatus::APPROVED   ? EventKind::account_request_approved
                    : outcome.status == AccountRequestStatus::DECLINED ? EventKind::account_request_declined
                                                                       : EventKind::account_request_withdrawn;
  record_request(tx, vault, kind, row, requester, actor);
}

void require_pending(store::RequestRow const& row) {
  switch (row.status) {
    case AccountRequestStatus::PENDING:
      return;
    case AccountRequestStatus::APPROVED:
      throw Problem(problems::conflict, "This request was approved already.");
    case AccountRequestStatus::DECLINED:
      throw Problem(problems::conflict, "This request was declined already.");
    case AccountRequestStatus::WITHDRAWN:
      throw Problem(problems::conflict, "The requester has withdrawn this request.");
  }
}

AccountRequest to_request(keys::Vault const& vault, store::RequestRow const& row, AccountForm form) {
  std::optional<Note> reason;
  if (row.wrapped_reason) reason = keys::open_struct<Reason>(vault, reason_purpose, *row.wrapped_reason).reason;
  return {row.account_request_id,
          row.name,
          row.domain,
          row.kind,
          row.type,
          row.status,
          std::move(form.headquarters),
          std::move(form.note),
          std::move(form.members),
          row.created_at,
          row.decided_at,
          std::move(reason),
          row.version};
}

AccountForm form_of(keys::Vault const& vault, store::RequestRow const& row) {
  return keys::open_struct<AccountForm>(vault, form_purpose, row.wrapped_form);
}

// The right to the domain rests on the requester's mail address, which may be another one by now.
void require_claim_still_holds(db::ReadTx& tx, store::RequestRow const& row, people::Person const& requester) {
  auto const claim = judge_claim(requester.mail, row.domain);
  auto const above = store::account(tx, row.decider_id);
  bool const still_of_account = claim.kind == ClaimKind::prefix && above && above->domain == claim.mail_domain;
  bool const holds = row.decider_id ? still_of_account : !claim.refusal;
  if (!holds || !people::is_active(tx, row.requester_id))
    throw Problem(problems::conflict,
                  "The requester's account or mail address is not what it was when the request was made. Decline it; "
                  "a new request can be made.");
}

SmartAccountId open_requested(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                              store::RequestRow const& row, Applicant const& applicant, std::string const& reason) {
  auto const form = form_of(vault, row);
  auto const account = open_founded(tx, vault, outbox, {row.name, row.domain, row.type}, row.requester_id, form);
  tell_activated(tx, vault, outbox, account, applicant, form, reason);
  return account.smart_account_id;
}

}  // namespace

Applicant load_applicant(db::ReadTx& tx, keys::Vault const& vault, PersonId id) {
  return {people::load_person(tx, vault, id), people::load_company(tx, vault, id)};
}

void require_complete(people::Company const& company) {
  auto const missing = people::missing_for_smart_account(company);
  if (missing.empty()) return;
  std::string names;
  for (auto field : missing) names += (names.empty() ? "" : ", ") + std::string(to_text(field));
  throw Problem(problems::profile_incomplete, "Your profile does not tell yet: " + names + ". Complete it first.");
}

std::string phone_of(people::Company const& company) {
  return company.phone ? places::show_phone(*company.phone).international : "";
}

Requester to_requester(people::Person const& person) {
  return {person.mail, person.given_name, person.family_name, person.native_name};
}

std::map<PersonId, Requester> load_requesters(db::ReadTx& tx, keys::Vault const& vault, std::vector<PersonId> ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  std::map<PersonId, Requester> out;
  for (auto const& person : people::load_persons(tx, vault, std::move(ids))) out[person.id] = to_requester(person);
  return out;
}

std::vector<AccountRequestEntry> to_entries(db::ReadTx& tx, keys::Vault const& vault,
                                            std::vector<store::RequestRow> const& rows) {
  std::vector<PersonId> ids;
  for (auto const& row : rows) ids.push_back(row.requester_id);
  auto requesters = load_requesters(tx, vault, std::move(ids));
  std::vector<AccountRequestEntry> out;
  for (auto const& row : rows)
    out.push_back(
        {row.account_request_id, row.name, row.domain, row.status, row.created_at, requesters[row.requester_id]});
  return out;
}

OwnAccountRequest to_own_request(keys::Vault const& vault, store::RequestRow const& row) {
  return {to_request(vault, row, form_of(vault, row)), row.decider_id ? Decider::administrators : Decider::staff,
          row.smart_account_id};
}

ReceivedAccountRequest to_received_request(db::ReadTx& tx, keys::Vault const& vault, store::RequestRow const& row) {
  auto const applicant = load_applicant(tx, vault, row.requester_id);
  auto const claim = judge_claim(applicant.person.mail, row.domain);
  bool const pending = row.status == AccountRequestStatus::PENDING;
  ReceivedAccountRequest out{to_request(vault, row, form_of(vault, row)),
                             to_requester(applicant.person),
                             applicant.company.name,
                             {},
                             claim.shared_mail,
                             claim.look_alike,
                             pending && store::is_name_taken(tx, fold_name(row.name)),
                             pending && store::account_of_domain(tx, row.domain).has_value(),
                             {}};
  if (applicant.company.phone) out.phone = phone_of(applicant.company);
  if (row.decided_by && *row.decided_by != row.requester_id)
    out.decided_by = people::display_name(people::load_person(tx, vault, *row.decided_by));
  return out;
}

OwnAccountRequest ask_for_account(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                                  NewAccount const& account, Applicant const& applicant, ClaimKind kind,
                                  std::optional<SmartAccountId> above, AccountForm const& form) {
  store::RequestRow const row{.account_request_id = tx.new_id<AccountRequestId>(),
                              .requester_id = applicant.person.id,
                              .decider_id = above.value_or(SmartAccountId{}),
                              .kind = kind,
                              .status = AccountRequestStatus::PENDING,
                              .name = account.name,
                              .domain = account.domain,
                              .type = account.type,
                              .wrapped_form = keys::seal_struct(vault, form_purpose, form, tx.random()),
                              .created_at = tx.now(),
                              .reminders = 0,
                              .decided_at = {},
                              .decided_by = {},
                              .wrapped_reason = {},
                              .smart_account_id = {},
                              .version = 1};
  store::insert_request(tx, row);
  jobs::set_timer(tx, request_timer, timer_of(row, tx.now() + first_reminder));
  record_request(tx, vault, audit::EventKind::account_requested, row, applicant.person,
                 audit::actor(audit::ActorKind::person, row.requester_id));
  tell_requested(tx, vault, outbox, row, form, applicant);
  return to_own_request(vault, row);
}

void withdraw_account_request(db::Tx& tx, keys::Vault const& vault, PersonId requester, AccountRequestId id) {
  auto const row = store::lock_request(tx, id);
  if (!row || row->requester_id != requester) throw Problem(problems::not_found);
  if (row->status == AccountRequestStatus::WITHDRAWN) return;
  require_pending(*row);
  close(tx, vault, *row, people::load_person(tx, vault, requester),
        {AccountRequestStatus::WITHDRAWN, tx.now(), requester, {}, {}},
        audit::actor(audit::ActorKind::person, requester));
}

void decide_account_request(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                            SmartAccountId decider_id, PersonId decider, audit::Actor const& actor,
                            DecisionInput const& in) {
  store::lock_account(tx, decider_id);
  auto const row = store::lock_request(tx, in.account_request_id);
  if (!row || row->decider_id != decider_id) throw Problem(problems::not_found);
  require_pending(*row);
  if (in.if_match && *in.if_match != row->version) throw Problem(problems::changed_meanwhile);
  auto const applicant = load_applicant(tx, vault, row->requester_id);
  auto const reason = in.reason.value_or(Note());
  store::Outcome outcome{AccountRequestStatus::DECLINED, tx.now(), decider, {}, {}};
  if (!reason.empty()) outcome.wrapped_reason = keys::seal_struct(vault, reason_purpose, Reason{reason}, tx.random());
  if (in.decision == Decision::approve) {
    require_claim_still_holds(tx, *row, applicant.person);
    outcome.status = AccountRequestStatus::APPROVED;
    outcome.smart_account_id = open_requested(tx, vault, outbox, *row, applicant, reason);
  } else {
    tell_declined(tx, outbox, *row, applicant, reason);
  }
  close(tx, vault, *row, applicant.person, outcome, actor);
}

namespace {

std::optional<Instant> remind_of_request(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                                         jobs::Timer const& timer) {
  auto const row = store::lock_request(tx, AccountRequestId{timer.subject_id});
  if (!row || row->status != AccountRequestStatus::PENDING) return {};
  auto const applicant = load_applicant(tx, vault, row->requester_id);
  tell_deciders(tx, vault, outbox, *row, form_of(vault, *row), applicant, "setup_pending_reminder");
  store::set_reminders(tx, row->account_request_id, row->reminders + 1);
  if (row->reminders == 0) return row->created_at + last_reminder;
  tell_still_pending(tx, outbox, *row, applicant);
  return {};
}

}  // namespace

jobs::TimerKind request_timer_kind(keys::Vault const& vault, mail::Outbox const& outbox) {
  return {std::string(request_timer), [&vault, &outbox](db::Tx& tx, jobs::Timer const& timer) {
            return remind_of_request(tx, vault, outbox, timer);
          }};
}

}  // namespace menkyo::accounts
