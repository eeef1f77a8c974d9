#include "accounts/access_requests.hpp"

#include "accounts/access_letters.hpp"
#include "accounts/inside.hpp"

namespace menkyo::accounts {

namespace {

constexpr std::string_view text_purpose = "access_text", answer_purpose = "access_answer";
struct Sealed {
  RequestText text;
};
BOOST_DESCRIBE_STRUCT(Sealed, (), (text))

// A timer that falls due at some moment within this tells by its work nothing about the request before it, and few
// mails at once hold up nobody else's.
constexpr Duration longest_wait = std::chrono::seconds(3), between_mails = std::chrono::seconds(1);
constexpr int64_t mails_at_once = 10;
constexpr int64_t max_contacts = 50;

std::string open_text(keys::Vault const& vault, store::AccessRow const& row) {
  return keys::open_struct<Sealed>(vault, text_purpose, row.wrapped_text).text;
}

AccessRequest to_request(keys::Vault const& vault, store::AccessRow const& row) {
  std::optional<Note> reason;
  if (row.wrapped_reason) reason = keys::open_struct<Sealed>(vault, answer_purpose, *row.wrapped_reason).text;
  return {row.access_request_id, row.purpose,    row.status,     row.domain,
          open_text(vault, row), row.created_at, row.decided_at, std::move(reason)};
}

OwnAccessRequest to_own(keys::Vault const& vault, store::AccessRow const& row) {
  bool const approved = row.status == AccessRequestStatus::APPROVED;
  return {to_request(vault, row), approved ? row.smart_account_id : std::nullopt};
}

jobs::Timer timer_of(AccessRequestId id, Instant due_at) {
  return {{}, id.bytes, due_at};
}

void close(db::Tx& tx, AccessRequestId id, store::AccessOutcome const& outcome) {
  store::close_access_request(tx, id, outcome);
  jobs::clear_timer(tx, access_timer, {}, id.bytes);
}

void require_pending(store::AccessRow const& row) {
  switch (row.status) {
    case AccessRequestStatus::PENDING:
      return;
    case AccessRequestStatus::SENT:
      throw Problem(problems::conflict, "A message was sent; there is nothing to decide.");
    case AccessRequestStatus::APPROVED:
      throw Problem(problems::conflict, "This request was approved already.");
    case AccessRequestStatus::DECLINED:
      throw Problem(problems::conflict, "This request was declined already.");
    case AccessRequestStatus::WITHDRAWN:
      throw Problem(problems::conflict, "The requester has withdrawn this request.");
    case AccessRequestStatus::EXPIRED:
      throw Problem(problems::conflict, "This request has expired; a new one can be made.");
  }
}

void check_pace(db::ReadTx& tx, PersonId requester) {
  AccessRequestId const yesterday{first_uuid7(tx.now() - std::chrono::days(1))};
  if (store::count_open_access_requests(tx, requester) >= max_open_access_requests)
    throw Problem(problems::too_many_requests,
                  "You have several requests that wait for an answer; withdraw one before you make another.");
  if (store::count_access_requests(tx, requester, yesterday, max_access_requests_a_day) >= max_access_requests_a_day)
    throw Problem(problems::too_many_requests, "You made many requests today; make the next one tomorrow.");
}

void record_access(db::Tx& tx, keys::Vault const& vault, audit::EventKind kind, store::AccessRow const& row,
                   SmartAccountId account, audit::Actor const& actor) {
  audit::record(tx, vault,
                {.smart_account_id = account,
                 .kind = kind,
                 .actor = actor,
                 .subject_kind = "access_request",
                 .subject_id = row.access_request_id.bytes,
                 .personal = people::display_name(people::load_person(tx, vault, row.requester_id))});
}

// ---- Deciding -----------------------------------------------------------------------------------------------------

// Where the role is to hold: on these virtual accounts, each once, or on the whole account if there is none.
std::vector<store::NodeRow> check_scope(db::ReadTx& tx, AccessDecision const& in) {
  if (!in.role) throw invalid_field("/role", "missing", "must say which role is given");
  people::check_end(in.ends_at, tx.now());
  auto const ids = in.virtual_account_ids.value_or(std::vector<VirtualAccountId>{});
  if (!check_place(*in.role, !ids.empty())) return {};
  if (ids.empty())
    throw invalid_field("/virtual_account_ids", "missing", "is required for a role on virtual accounts");
  if (ids.size() > max_granted_virtual_accounts)
    throw invalid_field("/virtual_account_ids", "too_long",
                        "must have at most " + std::to_string(max_granted_virtual_accounts) + " entries");
  std::vector<store::NodeRow> out;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (std::find(ids.begin(), ids.begin() + long(i), ids[i]) != ids.begin() + long(i)) continue;
    auto node = store::node(tx, in.smart_account_id, ids[i]);
    if (!node)
      throw invalid_field("/virtual_account_ids/" + std::to_string(i), "unknown", "is no virtual account here");
    out.push_back(std::move(*node));
  }
  return out;
}

void give_access(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, AccessDecider const& access,
                 store::AccessRow const& row, AccessDecision const& in) {
  auto const scope = check_scope(tx, in);
  if (!people::is_active(tx, row.requester_id))
    throw Problem(problems::conflict, "The requester is no user any more. Only declining is left.");
  auto const give = [&](std::optional<VirtualAccountId> place) {
    give_role(tx, vault, in.smart_account_id, access.actor(), row.requester_id, {*in.role, place, in.ends_at});
  };
  GivenAccess given{*in.role, {}, in.ends_at};
  if (scope.empty()) give({});
  for (auto const& node : scope) {
    give(node.virtual_account_id);
    given.virtual_accounts.push_back(node.name);
  }
  tell_access_given(tx, vault, outbox, row, *store::account(tx, in.smart_account_id), given,
                    in.reason.value_or(Note()));
}

// ---- After the answer ---------------------------------------------------------------------------------------------

// When a request of which all administrators know is looked at again.
Instant next_look(store::AccessRow const& row) {
  Duration const waits[] = {first_reminder, last_reminder, access_request_period};
  return row.created_at + waits[std::min(row.reminders, int64_t(std::size(waits)) - 1)];
}

// Tells some more of the administrators, or finds that there is no such account; the next instant to look.
std::optional<Instant> pass_on(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                               store::AccessRow row) {
  // An account that is founded later is not reminded of what it was never told.
  if (!row.smart_account_id && row.reminders == 0) {
    row.smart_account_id = store::account_of_domain(tx, row.domain);
    if (row.smart_account_id && row.purpose == AccessPurpose::access)
      record_access(tx, vault, audit::EventKind::access_requested, row, *row.smart_account_id,
                    audit::actor(audit::ActorKind::person, row.requester_id));
  }
  bool all_told = true;
  if (auto const account = row.smart_account_id ? store::account(tx, *row.smart_account_id) : std::nullopt) {
    auto const next = store::holders_of_role(tx, account->smart_account_id, Role::sa_admin, mails_at_once,
                                             row.told_until.value_or(PersonId{}));
    all_told = int64_t(next.size()) < mails_at_once;
    tell_administrators(tx, vault, outbox, row, *account, open_text(vault, row), next, all_told);
    if (!next.empty()) row.told_until = next.back();
  }
  if (all_told) row.told_at = tx.now();
  store::set_told(tx, row);
  if (!all_told) return tx.now() + between_mails;
  if (row.purpose == AccessPurpose::message) return {};
  return next_look(row);
}

std::optional<std::string> dialled(people::Company const& company) {
  return company.phone ? std::optional(phone_of(company)) : std::nullopt;
}

std::vector<Contact> contacts_of(db::ReadTx& tx, keys::Vault const& vault, SmartAccountId account) {
  if (!store::shows_contacts(tx, account)) return {};
  std::vector<Contact> out;
  auto const ids = store::holders_of_role(tx, account, Role::sa_admin, max_contacts);
  for (auto const& person : people::load_persons(tx, vault, ids)) {
    out.push_back({people::display_name(person), person.mail, dialled(people::load_company(tx, vault, person.id))});
  }
  return out;
}

// ---- Operations on one's own --------------------------------------------------------------------------------------

struct AccessRequestQuery {
  std::optional<api::Limit> limit;
  std::optional<api::CursorText> cursor;
};
BOOST_DESCRIBE_STRUCT(AccessRequestQuery, (), (limit, cursor))

struct OwnAccessRequestKey {
  AccessRequestId access_request_id;
};
BOOST_DESCRIBE_STRUCT(OwnAccessRequestKey, (), (access_request_id))

OwnAccessRequest answer_request(db::Tx& tx, api::Caller const& caller, NewAccessRequest const& in,
                                keys::Vault const& vault, mail::Outbox const& outbox) {
  return ask_for_access(tx, vault, outbox, caller.person_id, in);
}

wire::Page<OwnAccessRequest> list_own(db::ReadTx& tx, api::Caller const& caller, AccessRequestQuery const& in,
                                      keys::Vault const& vault, api::Cursors const& cursors) {
  auto const scope = "access_requests " + caller.person_id.text();
  auto const range = api::newest<AccessRequestId>(cursors, scope, in);
  std::vector<OwnAccessRequest> rows;
  for (auto const& row : store::access_requests_of(tx, caller.person_id, range)) rows.push_back(to_own(vault, row));
  return api::make_page(std::move(rows), range, cursors, scope, &OwnAccessRequest::access_request_id);
}

OwnAccessRequestWithContacts get_own(db::ReadTx& tx, api::Caller const& caller, OwnAccessRequestKey const& in,
                                     keys::Vault const& vault) {
  auto const row = store::access_request(tx, in.access_request_id);
  if (!row || row->requester_id != caller.person_id) throw Problem(problems::not_found);
  // Whether there is no account or one that shows nobody, this looks for one row that is not there.
  return {to_own(vault, *row), contacts_of(tx, vault, row->smart_account_id.value_or(SmartAccountId{}))};
}

void withdraw(db::Tx& tx, api::Caller const& caller, OwnAccessRequestKey const& in) {
  withdraw_access_request(tx, caller.person_id, in.access_request_id);
}

// ---- Operations of administrators ---------------------------------------------------------------------------------

struct ReceivedAccessQuery : AccessRequestQuery {
  SmartAccountId smart_account_id;
  std::optional<AccessRequestStatus> status;
};
BOOST_DESCRIBE_STRUCT(ReceivedAccessQuery, (AccessRequestQuery), (smart_account_id, status))

struct ReceivedAccessKey : OwnAccessRequestKey {
  SmartAccountId smart_account_id;
};
BOOST_DESCRIBE_STRUCT(ReceivedAccessKey, (OwnAccessRequestKey), (smart_account_id))

struct ContactSettingKey {
  SmartAccountId smart_account_id;
};
BOOST_DESCRIBE_STRUCT(ContactSettingKey, (), (smart_account_id))

struct ContactSettingChange : ContactSetting {
  SmartAccountId smart_account_id;
};
BOOST_DESCRIBE_STRUCT(ContactSettingChange, (ContactSetting), (smart_account_id))

ReceivedAccessRequest to_received(db::ReadTx& tx, keys::Vault const& vault, store::AccessRow const& row) {
  auto const applicant = load_applicant(tx, vault, row.requester_id);
  auto const claim = judge_claim(applicant.person.mail, row.domain);
  ReceivedAccessRequest out{to_request(vault, row),
                            to_requester(applicant.person),
                            applicant.company.name,
                            dialled(applicant.company),
                            claim.shared_mail,
                            claim.look_alike,
                            {},
                            row.version};
  if (row.decided_by && *row.decided_by != row.requester_id)
    out.decided_by = people::display_name(people::load_person(tx, vault, *row.decided_by));
  return out;
}

ReceivedAccessRequest load_received(db::ReadTx& tx, keys::Vault const& vault, SmartAccountId account,
                                    AccessRequestId id) {
  auto const row = store::access_request(tx, id);
  if (!row || row->smart_account_id != account || row->purpose != AccessPurpose::access)
    throw Problem(problems::not_found);
  return to_received(tx, vault, *row);
}

wire::Page<AccessRequestEntry> list_received(db::ReadTx& tx, AccessDecider const& access,
                                             ReceivedAccessQuery const& in, keys::Vault const& vault,
                                             api::Cursors const& cursors) {
  auto const scope = "access_requests " + access.smart_account_id().text() + " " + access.person_id().text() + " " +
                     (in.status ? std::string(to_text(*in.status)) : "");
  auto const range = api::newest<AccessRequestId>(cursors, scope, in);
  auto const rows = store::access_requests_to(tx, access.smart_account_id(), in.status, range);
  std::vector<PersonId> ids;
  for (auto const& row : rows) ids.push_back(row.requester_id);
  auto requesters = load_requesters(tx, vault, std::move(ids));
  std::vector<AccessRequestEntry> entries;
  for (auto const& row : rows)
    entries.push_back({row.access_request_id, row.status, row.created_at, requesters[row.requester_id]});
  return api::make_page(std::move(entries), range, cursors, scope, &AccessRequestEntry::access_request_id);
}

ReceivedAccessRequest get_received(db::ReadTx& tx, AccessDecider const& access, ReceivedAccessKey const& in,
                                   keys::Vault const& vault) {
  return load_received(tx, vault, access.smart_account_id(), in.access_request_id);
}

ReceivedAccessRequest decide(db::Tx& tx, AccessDecider const& access, AccessDecision const& in,
                             keys::Vault const& vault, mail::Outbox const& outbox) {
  decide_access_request(tx, vault, outbox, access, in);
  return load_received(tx, vault, access.smart_account_id(), in.access_request_id);
}

ContactSetting get_contact_setting(db::ReadTx& tx, AccessDecider const& access, ContactSettingKey const&) {
  return {store::shows_contacts(tx, access.smart_account_id())};
}

ContactSetting change_contact_setting(db::Tx& tx,
                                      Access<access::SmartAccount, Permission::account_edit> const& access,
                                      ContactSettingChange const& in, keys::Vault const& vault) {
  auto const account = access.smart_account_id();
  store::lock_account(tx, account);
  if (in.shown ? store::show_contacts(tx, account) : store::hide_contacts(tx, account))
    audit::record(tx, vault,
                  {.smart_account_id = account,
                   .kind = in.shown ? audit::EventKind::administrator_contacts_shown
                                    : audit::EventKind::administrator_contacts_hidden,
                   .actor = access.actor()});
  return {in.shown};
}

}  // namespace

OwnAccessRequest ask_for_access(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, PersonId requester,
                                NewAccessRequest const& in) {
  auto const domain = account_domain(in.domain);
  bool const is_message = in.purpose == AccessPurpose::message;
  if (is_message && in.text.empty()) throw invalid_field("/text", "missing", "must say what to tell");
  check_pace(tx, requester);
  store::AccessRow const row{.access_request_id = tx.new_id<AccessRequestId>(),
                             .requester_id = requester,
                             .purpose = in.purpose,
                             .status = is_message ? AccessRequestStatus::SENT : AccessRequestStatus::PENDING,
                             .domain = domain,
                             .wrapped_text = keys::seal_struct(vault, text_purpose, Sealed{in.text}, tx.random()),
                             .created_at = tx.now(),
                             .smart_account_id = {},
                             .told_until = {},
                             .told_at = {},
                             .reminders = 0,
                             .decided_at = {},
                             .decided_by = {},
                             .wrapped_reason = {},
                             .version = 1};
  store::insert_access_request(tx, row);
  auto const wait = Duration(int64_t(tx.random().below(uint64_t(longest_wait.count()))));
  jobs::set_timer(tx, access_timer, timer_of(row.access_request_id, tx.now() + wait));
  tell_asked(tx, vault, outbox, row, in.text);
  return to_own(vault, row);
}

void withdraw_access_request(db::Tx& tx, PersonId requester, AccessRequestId id) {
  auto const row = store::lock_access_request(tx, id);
  if (!row || row->requester_id != requester) throw Problem(problems::not_found);
  if (row->status == AccessRequestStatus::WITHDRAWN) return;
  require_pending(*row);
  // No event: only an account that is there could have one.
  close(tx, id, {AccessRequestStatus::WITHDRAWN, requester, {}});
}

void decide_access_request(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                           AccessDecider const& access, AccessDecision const& in) {
  using audit::EventKind;
  auto const account = access.smart_account_id();
  store::lock_account(tx, account);
  auto const row = store::lock_access_request(tx, in.access_request_id);
  if (!row || row->smart_account_id != account || row->purpose != AccessPurpose::access)
    throw Problem(problems::not_found);
  require_pending(*row);
  if (in.if_match && *in.if_match != row->version) throw Problem(problems::changed_meanwhile);
  auto const reason = in.reason.value_or(Note());
  bool const approved = in.decision == Decision::approve;
  if (approved)
    give_access(tx, vault, outbox, access, *row, in);
  else
    tell_access_refused(tx, vault, outbox, *row, "access_declined", reason);
  store::AccessOutcome outcome{
      approved ? AccessRequestStatus::APPROVED : AccessRequestStatus::DECLINED, access.person_id(), {}};
  if (!reason.empty()) outcome.wrapped_reason = keys::seal_struct(vault, answer_purpose, Sealed{reason}, tx.random());
  close(tx, row->access_request_id, outcome);
  record_access(tx, vault, approved ? EventKind::access_request_approved : EventKind::access_request_declined, *row,
                account, access.actor());
}

namespace {

std::optional<Instant> look_at_request(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                                       jobs::Timer const& timer) {
  auto row = store::lock_access_request(tx, AccessRequestId{timer.subject_id});
  using enum AccessRequestStatus;
  if (!row || (row->status != PENDING && row->status != SENT)) return {};
  if (!row->told_at) return pass_on(tx, vault, outbox, *row);
  if (row->status == SENT) return {};
  if (auto const next = next_look(*row); tx.now() < next) return next;
  if (tx.now() < row->created_at + access_request_period) {
    ++row->reminders;
    row->told_until.reset();
    row->told_at.reset();
    return pass_on(tx, vault, outbox, *row);
  }
  store::close_access_request(tx, row->access_request_id, {EXPIRED, {}, {}});
  tell_access_refused(tx, vault, outbox, *row, "access_expired", "");
  return {};
}

}  // namespace

jobs::TimerKind access_timer_kind(keys::Vault const& vault, mail::Outbox const& outbox) {
  return {std::string(access_timer), [&vault, &outbox](db::Tx& tx, jobs::Timer const& timer) {
            return look_at_request(tx, vault, outbox, timer);
          }};
}

std::vector<api::Route> access_request_routes() {
  using enum api::Method;
  std::string const own = "/api/v1/access_requests", id = "/{access_request_id}",
                    account = "/api/v1/smart_accounts/{smart_account_id}", received = account + "/access_requests",
                    contacts = account + "/administrator_contacts";
  return {
      api::route<&answer_request>(post, own, "ask_for_access",
                                  "Ask for access to a Smart Account, or write to its administrators"),
      api::route<&list_own>(get, own, "list_my_access_requests", "List one's own requests for access"),
      api::route<&get_own>(get, own + id, "get_my_access_request", "See a request of one's own"),
      api::route<&withdraw>(post, own + id + "/withdrawal", "withdraw_access_request",
                            "Withdraw a request of one's own"),
      api::route<&list_received>(get, received, "list_access_requests",
                                 "List requests for access that the account's administrators decide"),
      api::route<&get_received>(get, received + id, "get_access_request", "See such a request"),
      api::route<&decide>(post, received + id + "/decision", "decide_access_request",
                          "Give access or decline a request"),
      api::route<&get_contact_setting>(get, contacts, "get_administrator_contacts_setting",
                                       "See whether requesters see the administrators' contacts"),
      api::route<&change_contact_setting>(put, contacts, "change_administrator_contacts_setting",
                                          "Show the administrators' contacts to requesters, or stop doing so"),
  };
}

}  // namespace menkyo::accounts
