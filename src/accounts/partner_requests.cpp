#include "accounts/partner_requests.hpp"

#include <algorithm>

#include "accounts/partner_letters.hpp"
#include "base/text.hpp"

namespace menkyo::accounts {

namespace {

constexpr std::string_view partner_form_purpose = "partner_form", partner_reason_purpose = "partner_reason";

// A timer that falls due at some moment within this tells by its work nothing about the request before it.
constexpr Duration longest_wait = std::chrono::seconds(3);

// A key of its own, so that the rows of people and of requests cannot be put together without the vault.
Bytes lookup_of(keys::Vault const& vault, std::string_view normalized_mail) {
  return vault.lookup("partner_request_customer", as_bytes(normalized_mail));
}

Bytes lookup_of(db::ReadTx& tx, keys::Vault const& vault, PersonId customer) {
  return lookup_of(vault, normalize_mail(people::load_person(tx, vault, customer).mail).value());
}

PartnerForm form_of(keys::Vault const& vault, store::PartnerRequestRow const& row) {
  return keys::open_struct<PartnerForm>(vault, partner_form_purpose, row.wrapped_form);
}

PartnerRequest to_request(keys::Vault const& vault, store::PartnerRequestRow const& row, PartnerForm const& form) {
  std::optional<Note> reason;
  if (row.wrapped_reason)
    reason = keys::open_struct<Reason>(vault, partner_reason_purpose, *row.wrapped_reason).reason;
  return {row.partner_request_id,
          row.status,
          row.name,
          row.domain,
          judge_claim(form.customer_mail, row.domain).kind,
          form.note,
          form.members,
          form.members_note,
          row.created_at,
          row.created_at + partner_request_period,
          row.decided_at,
          std::move(reason)};
}

OwnPartnerRequest to_own(keys::Vault const& vault, store::PartnerRequestRow const& row) {
  auto const form = form_of(vault, row);
  return {to_request(vault, row, form), form.customer_mail};
}

ReceivedPartnerRequest to_received(db::ReadTx& tx, keys::Vault const& vault, store::PartnerRequestRow const& row) {
  auto const partner = load_applicant(tx, vault, row.partner_id);
  return {to_request(vault, row, form_of(vault, row)), to_requester(partner.person), partner.company.name,
          row.smart_account_id, row.account_request_id};
}

// ---- Rules --------------------------------------------------------------------------------------------------------

void check_pace(db::ReadTx& tx, PersonId partner) {
  PartnerRequestId const yesterday{first_uuid7(tx.now() - std::chrono::days(1))};
  if (store::count_open_partner_requests(tx, partner) >= max_open_partner_requests)
    throw Problem(problems::too_many_requests,
                  "Many of your customers have not answered yet; withdraw a request before you make another.");
  if (store::count_partner_requests(tx, partner, yesterday, max_partner_requests_a_day) >= max_partner_requests_a_day)
    throw Problem(problems::too_many_requests, "You made many requests today; make the next one tomorrow.");
}

// What the customer is asked for, once everything that can be judged without looking at others is judged.
struct Wish {
  std::string customer;  // the address as it is looked up
  std::string domain;
  PartnerForm form;
};
Wish read_wish(NewPartnerRequest const& in, people::Person const& partner) {
  wire::Errors errors;
  auto const customer = people::read_mail(in.customer_mail, "/customer_mail", errors);
  if (customer && *customer == normalize_mail(partner.mail))
    errors.push_back({"/customer_mail", "own_mail", "is your own; open the account yourself"});
  std::vector<NewMember> const members = in.members.value_or(std::vector<NewMember>{});
  check_members(members, errors);
  Wish wish{customer.value_or(""), {}, {in.customer_mail, {}, members, {}}};
  if (in.note && !in.note->empty()) wish.form.note = in.note;
  if (in.members_note && !in.members_note->empty()) wish.form.members_note = in.members_note;
  if (customer) {
    auto const wanted = in.domain ? std::string(*in.domain) : customer->substr(customer->rfind('@') + 1);
    auto const claim = judge_claim(*customer, wanted);
    if (claim.refusal) errors.push_back(refused_field(*claim.refusal, "/domain"));
    if (claim.kind == ClaimKind::different && !wish.form.note)
      errors.push_back({"/note", "missing", "must say why the domain is not that of the customer's mail address"});
    wish.domain = claim.domain;
  }
  if (!errors.empty()) throw Problem(problems::invalid, {}, std::move(errors));
  return wish;
}

void require_pending(store::PartnerRequestRow const& row) {
  using enum PartnerRequestStatus;
  switch (row.status) {
    case PENDING_CUSTOMER_ACCEPTANCE:
      return;
    case ACCEPTED:
      throw Problem(problems::conflict, "This request was accepted already.");
    case DECLINED_BY_CUSTOMER:
      throw Problem(problems::conflict, "This request was declined already.");
    case WITHDRAWN:
      throw Problem(problems::conflict, "The partner has withdrawn this request.");
    case LAPSED:
      throw Problem(problems::conflict, "This request has lapsed; a new one can be made.");
  }
}

// Whoever has the address now, unless somebody else who had it answered.
bool is_for(store::PartnerRequestRow const& row, Bytes const& customer_lookup, PersonId customer) {
  return row.customer_lookup == customer_lookup && row.customer_id.value_or(customer) == customer;
}

store::PartnerRequestRow lock_received(db::Tx& tx, keys::Vault const& vault, PersonId customer, PartnerRequestId id) {
  auto const row = store::lock_partner_request(tx, id);
  if (!row || !is_for(*row, lookup_of(tx, vault, customer), customer)) throw Problem(problems::not_found);
  require_pending(*row);
  return *row;
}

// Those of the wanted members whom the request names, and nobody else: the customer only leaves some out.
std::vector<NewMember> choose_members(PartnerForm const& form, std::optional<std::vector<NewMember>> const& wanted) {
  if (!wanted) return form.members;
  for (size_t i = 0; i < wanted->size(); ++i) {
    auto const& each = (*wanted)[i];
    bool const is_asked = std::any_of(form.members.begin(), form.members.end(), [&](NewMember const& asked) {
      return asked.mail == each.mail && asked.role == each.role;
    });
    if (!is_asked)
      throw invalid_field("/members/" + std::to_string(i), "unknown", "is nobody whom the partner asked to add");
  }
  return *wanted;
}

// ---- What is written down -----------------------------------------------------------------------------------------

// In the operator's log, because there is no account yet.
void record_partner_request(db::Tx& tx, keys::Vault const& vault, audit::EventKind kind,
                            store::PartnerRequestRow const& row, audit::Actor const& actor) {
  audit::record(tx, vault,
                {.smart_account_id = {},
                 .kind = kind,
                 .actor = actor,
                 .subject_kind = "partner_request",
                 .subject_id = row.partner_request_id.bytes,
                 .data = {{"name", row.name}, {"domain", row.domain}},
                 .personal = people::display_name(people::load_person(tx, vault, row.partner_id))});
}

jobs::Timer timer_of(PartnerRequestId id, Instant due_at) {
  return {{}, id.bytes, due_at};
}

audit::EventKind kind_of(PartnerRequestStatus closed) {
  using audit::EventKind;
  switch (closed) {
    case PartnerRequestStatus::PENDING_CUSTOMER_ACCEPTANCE:
      return EventKind::partner_request_made;
    case PartnerRequestStatus::ACCEPTED:
      return EventKind::partner_request_accepted;
    case PartnerRequestStatus::DECLINED_BY_CUSTOMER:
      return EventKind::partner_request_declined;
    case PartnerRequestStatus::WITHDRAWN:
      return EventKind::partner_request_withdrawn;
    case PartnerRequestStatus::LAPSED:
      return EventKind::partner_request_lapsed;
  }
  return EventKind::partner_request_lapsed;
}

void close(db::Tx& tx, keys::Vault const& vault, store::PartnerRequestRow& row, PartnerRequestStatus status,
           audit::Actor const& actor) {
  row.status = status;
  row.decided_at = tx.now();
  store::close_partner_request(tx, row);
  jobs::clear_timer(tx, partner_timer, {}, row.partner_request_id.bytes);
  record_partner_request(tx, vault, kind_of(status), row, actor);
}

}  // namespace

OwnPartnerRequest ask_for_customer(db::Tx& tx, keys::Vault const& vault, PersonId partner,
                                   NewPartnerRequest const& in) {
  auto const wish = read_wish(in, people::load_person(tx, vault, partner));
  check_pace(tx, partner);
  // Of this partner's mails alone, so that a refusal tells nothing about the address.
  if (!people::count_mail_from(tx, vault, partner.text(), wish.customer))
    throw Problem(problems::too_many_requests, "You asked this customer many times lately; wait for a while.");
  store::PartnerRequestRow const row{
      .partner_request_id = tx.new_id<PartnerRequestId>(),
      .partner_id = partner,
      .customer_lookup = lookup_of(vault, wish.customer),
      .status = PartnerRequestStatus::PENDING_CUSTOMER_ACCEPTANCE,
      .name = in.name,
      .domain = wish.domain,
      .wrapped_form = keys::seal_struct(vault, partner_form_purpose, wish.form, tx.random()),
      .created_at = tx.now(),
      .letters = 0,
      .decided_at = {},
      .customer_id = {},
      .wrapped_reason = {},
      .smart_account_id = {},
      .account_request_id = {}};
  if (!store::insert_partner_request(tx, row))
    throw Problem(problems::conflict,
                  "You asked this customer for an account of this domain already; it has not answered yet.");
  auto const wait = Duration(int64_t(tx.random().below(uint64_t(longest_wait.count()))));
  jobs::set_timer(tx, partner_timer, timer_of(row.partner_request_id, tx.now() + wait));
  record_partner_request(tx, vault, kind_of(row.status), row, audit::actor(audit::ActorKind::person, partner));
  return to_own(vault, row);
}

void withdraw_partner_request(db::Tx& tx, keys::Vault const& vault, PersonId partner, PartnerRequestId id) {
  auto row = store::lock_partner_request(tx, id);
  if (!row || row->partner_id != partner) throw Problem(problems::not_found);
  if (row->status == PartnerRequestStatus::WITHDRAWN) return;
  require_pending(*row);
  close(tx, vault, *row, PartnerRequestStatus::WITHDRAWN, audit::actor(audit::ActorKind::person, partner));
}

Founded accept_partner_request(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, PersonId customer,
                               PartnerRequestAcceptance const& in) {
  auto row = lock_received(tx, vault, customer, in.partner_request_id);
  if (!people::is_active(tx, row.partner_id))
    throw Problem(problems::conflict,
                  "The partner is no user any more. Decline the request; you can open an account by yourself.");
  auto const form = form_of(vault, row);
  Founding const founding{.name = AccountName(row.name),
                          .domain = WantedDomain(row.domain),
                          .type = AccountType::CUSTOMER,
                          .headquarters = in.headquarters,
                          .note = in.note,
                          .members = choose_members(form, in.members)};
  auto founded =
      found_smart_account(tx, vault, outbox, customer, founding, AskingPartner{row.partner_id, form.members_note});
  row.customer_id = customer;
  if (founded.smart_account) row.smart_account_id = founded.smart_account->smart_account_id;
  if (founded.account_request) row.account_request_id = founded.account_request->account_request_id;
  close(tx, vault, row, PartnerRequestStatus::ACCEPTED, audit::actor(audit::ActorKind::person, customer));
  tell_partner(tx, vault, outbox, row, form, "partner_request_accepted");
  return founded;
}

void decline_partner_request(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, PersonId customer,
                             PartnerRequestRefusal const& in) {
  auto row = lock_received(tx, vault, customer, in.partner_request_id);
  auto const reason = in.reason.value_or(Note());
  if (!reason.empty())
    row.wrapped_reason = keys::seal_struct(vault, partner_reason_purpose, Reason{reason}, tx.random());
  row.customer_id = customer;
  close(tx, vault, row, PartnerRequestStatus::DECLINED_BY_CUSTOMER, audit::actor(audit::ActorKind::person, customer));
  tell_partner(tx, vault, outbox, row, form_of(vault, row), "partner_request_declined", reason);
}

// ---- The timer ----------------------------------------------------------------------------------------------------

namespace {

// When to look again after so many letters to the customer.
Instant next_look(store::PartnerRequestRow const& row, int64_t letters) {
  if (letters == 1) return row.created_at + first_reminder;
  if (letters == 2) return row.created_at + last_reminder;
  return row.created_at + partner_request_period;
}

std::optional<Instant> look_at_partner_request(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                                               jobs::Timer const& timer) {
  auto row = store::lock_partner_request(tx, PartnerRequestId{timer.subject_id});
  if (!row || row->status != PartnerRequestStatus::PENDING_CUSTOMER_ACCEPTANCE) return {};
  auto const form = form_of(vault, *row);
  if (!people::is_active(tx, row->partner_id) || tx.now() >= row->created_at + partner_request_period) {
    close(tx, vault, *row, PartnerRequestStatus::LAPSED, {});
    tell_partner(tx, vault, outbox, *row, form, "partner_request_lapsed");
    return {};
  }
  // All partners together fill nobody's inbox. Whoever is not mailed finds the request in the portal.
  if (people::count_mail_from(tx, vault, "partners", normalize_mail(form.customer_mail).value()))
    tell_customer(tx, vault, outbox, *row, form,
                  row->letters == 0 ? "partner_request_received" : "partner_request_reminder");
  store::set_letters(tx, row->partner_request_id, row->letters + 1);
  return next_look(*row, row->letters + 1);
}

// ---- Operations of partners ---------------------------------------------------------------------------------------

struct PartnerRequestQuery {
  std::optional<api::Limit> limit;
  std::optional<api::CursorText> cursor;
};
BOOST_DESCRIBE_STRUCT(PartnerRequestQuery, (), (limit, cursor))

struct PartnerRequestKey {
  PartnerRequestId partner_request_id;
};
BOOST_DESCRIBE_STRUCT(PartnerRequestKey, (), (partner_request_id))

OwnPartnerRequest answer_request(db::Tx& tx, api::Caller const& caller, NewPartnerRequest const& in,
                                 keys::Vault const& vault) {
  return ask_for_customer(tx, vault, caller.person_id, in);
}

wire::Page<OwnPartnerRequest> list_own(db::ReadTx& tx, api::Caller const& caller, PartnerRequestQuery const& in,
                                       keys::Vault const& vault, api::Cursors const& cursors) {
  auto const scope = "partner_requests " + caller.person_id.text();
  auto const range = api::newest<PartnerRequestId>(cursors, scope, in);
  std::vector<OwnPartnerRequest> out;
  for (auto const& row : store::partner_requests_of(tx, caller.person_id, range)) out.push_back(to_own(vault, row));
  return api::make_page(std::move(out), range, cursors, scope, &OwnPartnerRequest::partner_request_id);
}

OwnPartnerRequest get_own(db::ReadTx& tx, api::Caller const& caller, PartnerRequestKey const& in,
                          keys::Vault const& vault) {
  auto const row = store::partner_request(tx, in.partner_request_id);
  if (!row || row->partner_id != caller.person_id) throw Problem(problems::not_found);
  return to_own(vault, *row);
}

void withdraw(db::Tx& tx, api::Caller const& caller, PartnerRequestKey const& in, keys::Vault const& vault) {
  withdraw_partner_request(tx, vault, caller.person_id, in.partner_request_id);
}

// ---- Operations of customers --------------------------------------------------------------------------------------

wire::Page<ReceivedPartnerRequest> list_received(db::ReadTx& tx, api::Caller const& caller,
                                                 PartnerRequestQuery const& in, keys::Vault const& vault,
                                                 api::Cursors const& cursors) {
  auto const scope = "received_partner_requests " + caller.person_id.text();
  auto const range = api::newest<PartnerRequestId>(cursors, scope, in);
  auto const lookup = lookup_of(tx, vault, caller.person_id);
  std::vector<ReceivedPartnerRequest> out;
  for (auto const& row : store::partner_requests_to(tx, lookup, caller.person_id, range))
    out.push_back(to_received(tx, vault, row));
  return api::make_page(std::move(out), range, cursors, scope, &ReceivedPartnerRequest::partner_request_id);
}

ReceivedPartnerRequest get_received(db::ReadTx& tx, api::Caller const& caller, PartnerRequestKey const& in,
                                    keys::Vault const& vault) {
  auto const row = store::partner_request(tx, in.partner_request_id);
  if (!row || !is_for(*row, lookup_of(tx, vault, caller.person_id), caller.person_id))
    throw Problem(problems::not_found);
  return to_received(tx, vault, *row);
}

Founded accept(db::Tx& tx, api::Caller const& caller, PartnerRequestAcceptance const& in, keys::Vault const& vault,
               mail::Outbox const& outbox) {
  return accept_partner_request(tx, vault, outbox, caller.person_id, in);
}

void decline(db::Tx& tx, api::Caller const& caller, PartnerRequestRefusal const& in, keys::Vault const& vault,
             mail::Outbox const& outbox) {
  decline_partner_request(tx, vault, outbox, caller.person_id, in);
}

}  // namespace

jobs::TimerKind partner_timer_kind(keys::Vault const& vault, mail::Outbox const& outbox) {
  return {std::string(partner_timer), [&vault, &outbox](db::Tx& tx, jobs::Timer const& timer) {
            return look_at_partner_request(tx, vault, outbox, timer);
          }};
}

std::vector<api::Route> partner_request_routes() {
  using enum api::Method;
  std::string const own = "/api/v1/partner_requests", id = "/{partner_request_id}",
                    received = "/api/v1/received_partner_requests";
  return {
      api::route<&answer_request>(post, own, "ask_for_customer", "Ask for a Smart Account of one's customer"),
      api::route<&list_own>(get, own, "list_my_partner_requests", "List one's own requests for customers"),
      api::route<&get_own>(get, own + id, "get_my_partner_request", "See a request of one's own"),
      api::route<&withdraw>(post, own + id + "/withdrawal", "withdraw_partner_request",
                            "Withdraw a request of one's own"),
      api::route<&list_received>(get, received, "list_received_partner_requests",
                                 "List what partners ask for the caller's mail address"),
      api::route<&get_received>(get, received + id, "get_received_partner_request", "See such a request"),
      api::route<&accept>(post, received + id + "/acceptance", "accept_partner_request",
                          "Accept a partner's request: open the Smart Account, or ask for it"),
      api::route<&decline>(post, received + id + "/refusal", "decline_partner_request",
                           "Decline a partner's request"),
  };
}

}  // namespace menkyo::accounts
