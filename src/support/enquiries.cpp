#include "support/enquiries.hpp"

#include <map>

#include "accounts/letters.hpp"
#include "base/text.hpp"
#include "support/store.hpp"

namespace menkyo::support {

namespace {

using accounts::Applicant;

constexpr std::string_view text_purpose = "enquiry_text";
struct Sealed {
  EnquiryText text;
};
BOOST_DESCRIBE_STRUCT(Sealed, (), (text))

Enquiry to_enquiry(store::EnquiryRow const& r) {
  return {r.enquiry_id, r.number, r.subject, r.status, r.domain, r.created_at, r.changed_at, r.version};
}

std::optional<EnquiryText> open_text(keys::Vault const& vault, store::EntryRow const& row) {
  if (!row.wrapped_text) return {};
  return keys::open_struct<Sealed>(vault, text_purpose, *row.wrapped_text).text;
}

// With the staff's names only for the staff.
EnquiryWithHistory with_history(db::ReadTx& tx, keys::Vault const& vault, store::EnquiryRow const& row,
                                bool for_staff) {
  auto const entries = store::entries(tx, row.enquiry_id);
  std::map<PersonId, std::string> names;
  std::vector<PersonId> authors;
  for (auto const& entry : entries)
    if (for_staff || entry.author_id == row.person_id) authors.push_back(entry.author_id);
  std::sort(authors.begin(), authors.end());
  authors.erase(std::unique(authors.begin(), authors.end()), authors.end());
  for (auto const& person : people::load_persons(tx, vault, authors)) names[person.id] = people::display_name(person);
  EnquiryWithHistory out{to_enquiry(row), {}};
  for (auto const& entry : entries) {
    auto const name = names.find(entry.author_id);
    out.history.push_back({entry.kind, entry.created_at, open_text(vault, entry),
                           name == names.end() ? std::nullopt : std::optional(name->second)});
  }
  return out;
}

ReceivedEnquiry to_received(db::ReadTx& tx, keys::Vault const& vault, store::EnquiryRow const& row) {
  auto const applicant = accounts::load_applicant(tx, vault, row.person_id);
  ReceivedEnquiry out{
      with_history(tx, vault, row, true), accounts::to_requester(applicant.person), applicant.company.name, {}, {}};
  if (applicant.company.phone) out.phone = accounts::phone_of(applicant.company);
  if (auto const account = row.domain ? accounts::store::account_of_domain(tx, *row.domain) : std::nullopt)
    out.account_name = accounts::store::account(tx, *account)->name;
  return out;
}

// ---- Mails --------------------------------------------------------------------------------------------------------

std::string number_text(store::EnquiryRow const& row) {
  return std::to_string(row.number);
}

// What a letter about an enquiry says, in the language of the person who asked; its readers answer in that.
mail::Words words_of(store::EnquiryRow const& row, Applicant const& applicant) {
  auto const subject = mail::phrase(applicant.person.language, "enquiry_" + std::string(to_text(row.subject)));
  return {{"number", number_text(row)}, {"kind", subject}, {"account_domain", row.domain.value_or("")}};
}

void tell_person(db::Tx& tx, mail::Outbox const& outbox, store::EnquiryRow const& row, Applicant const& applicant,
                 std::string const& template_name, std::string text) {
  auto words = words_of(row, applicant);
  words.emplace_back("text", std::move(text));
  words.emplace_back("link", outbox.link("/enquiries/" + row.enquiry_id.text()));
  accounts::post_to(tx, outbox, applicant.person, template_name, std::move(words));
}

void tell_desk(db::Tx& tx, mail::Outbox const& outbox, SupportDesk const& desk, store::EnquiryRow const& row,
               Applicant const& applicant, std::string const& text) {
  if (desk.mail.empty()) return;
  auto words = words_of(row, applicant);
  words.emplace_back("requester", accounts::contact(applicant.person));
  words.emplace_back("company", applicant.company.name.value_or(""));
  words.emplace_back("phone", accounts::phone_of(applicant.company));
  // One line, so that it cannot look like a part of the mail.
  words.emplace_back("text", plain_line(text));
  words.emplace_back("link", outbox.link("/operator/enquiries/" + row.enquiry_id.text()));
  outbox.post(tx, {desk.mail, applicant.person.language, "enquiry_to_answer", std::move(words)});
}

// ---- Rules --------------------------------------------------------------------------------------------------------

void record_enquiry(db::Tx& tx, keys::Vault const& vault, audit::EventKind kind, store::EnquiryRow const& row,
                    audit::Actor const& actor) {
  audit::record(tx, vault,
                {.smart_account_id = {},
                 .kind = kind,
                 .actor = actor,
                 .subject_kind = "enquiry",
                 .subject_id = row.enquiry_id.bytes,
                 .data = {{"number", row.number}}});
}

void check_pace(db::ReadTx& tx, PersonId person) {
  if (store::count_entries(tx, person, tx.now() - std::chrono::days(1), max_questions_a_day) >= max_questions_a_day)
    throw Problem(problems::too_many_requests, "You wrote many times today; write again tomorrow.");
}

void add_entry(db::Tx& tx, keys::Vault const& vault, store::EnquiryRow const& row, EnquiryStatus status,
               EnquiryEntryKind kind, PersonId author, std::optional<EnquiryText> const& text) {
  if (row.entries >= max_entries)
    throw Problem(problems::conflict, "This enquiry has become too long; a new one can be sent.");
  std::optional<Bytes> wrapped;
  if (text) wrapped = keys::seal_struct(vault, text_purpose, Sealed{*text}, tx.random());
  store::add_entry(tx, row, status, {kind, author, std::move(wrapped), tx.now()});
}

// The enquiry for one of the staff to change.
store::EnquiryRow lock_received(db::Tx& tx, EnquiryId id, std::optional<int64_t> if_match) {
  auto const row = store::lock_enquiry(tx, id);
  if (!row) throw Problem(problems::not_found);
  if (if_match && *if_match != row->version) throw Problem(problems::changed_meanwhile);
  if (row->status == EnquiryStatus::CLOSED) throw Problem(problems::conflict, "This enquiry was closed already.");
  return *row;
}

// ---- Operations ---------------------------------------------------------------------------------------------------

struct EnquiryQuery {
  std::optional<api::Limit> limit;
  std::optional<api::CursorText> cursor;
};
BOOST_DESCRIBE_STRUCT(EnquiryQuery, (), (limit, cursor))

struct QueueQuery : EnquiryQuery {
  std::optional<EnquiryStatus> status;
};
BOOST_DESCRIBE_STRUCT(QueueQuery, (EnquiryQuery), (status))

struct EnquiryKey {
  EnquiryId enquiry_id;
};
BOOST_DESCRIBE_STRUCT(EnquiryKey, (), (enquiry_id))

EnquiryWithHistory send(db::Tx& tx, api::Caller const& caller, NewEnquiry const& in, keys::Vault const& vault,
                        mail::Outbox const& outbox, SupportDesk const& desk) {
  return send_enquiry(tx, vault, outbox, desk, caller.person_id, in);
}

EnquiryWithHistory ask(db::Tx& tx, api::Caller const& caller, NewQuestion const& in, keys::Vault const& vault,
                       mail::Outbox const& outbox, SupportDesk const& desk) {
  return ask_on(tx, vault, outbox, desk, caller.person_id, in);
}

wire::Page<Enquiry> list_own(db::ReadTx& tx, api::Caller const& caller, EnquiryQuery const& in,
                             api::Cursors const& cursors) {
  auto const scope = "enquiries " + caller.person_id.text();
  auto const range = api::newest<EnquiryId>(cursors, scope, in);
  std::vector<Enquiry> out;
  for (auto const& row : store::enquiries_of(tx, caller.person_id, range)) out.push_back(to_enquiry(row));
  return api::make_page(std::move(out), range, cursors, scope, &Enquiry::enquiry_id);
}

EnquiryWithHistory get_own(db::ReadTx& tx, api::Caller const& caller, EnquiryKey const& in,
                           keys::Vault const& vault) {
  auto const row = store::enquiry(tx, in.enquiry_id);
  if (!row || row->person_id != caller.person_id) throw Problem(problems::not_found);
  return with_history(tx, vault, *row, false);
}

wire::Page<QueuedEnquiry> list_queue(db::ReadTx& tx, EnquiryDesk const& access, QueueQuery const& in,
                                     keys::Vault const& vault, api::Cursors const& cursors) {
  auto const scope =
      "enquiries of all " + access.person_id().text() + " " + (in.status ? std::string(to_text(*in.status)) : "");
  auto const range = api::newest<EnquiryId>(cursors, scope, in);
  auto const rows = store::all_enquiries(tx, in.status, range);
  std::vector<PersonId> ids;
  for (auto const& row : rows) ids.push_back(row.person_id);
  auto requesters = accounts::load_requesters(tx, vault, std::move(ids));
  std::vector<QueuedEnquiry> out;
  for (auto const& row : rows) out.push_back({to_enquiry(row), requesters[row.person_id]});
  return api::make_page(std::move(out), range, cursors, scope, &QueuedEnquiry::enquiry_id);
}

ReceivedEnquiry get_received(db::ReadTx& tx, EnquiryDesk const&, EnquiryKey const& in, keys::Vault const& vault) {
  auto const row = store::enquiry(tx, in.enquiry_id);
  if (!row) throw Problem(problems::not_found);
  return to_received(tx, vault, *row);
}

ReceivedEnquiry answer(db::Tx& tx, EnquiryDesk const& access, NewAnswer const& in, keys::Vault const& vault,
                       mail::Outbox const& outbox) {
  return answer_enquiry(tx, vault, outbox, access, in);
}

ReceivedEnquiry close(db::Tx& tx, EnquiryDesk const& access, EnquiryClosing const& in, keys::Vault const& vault,
                      mail::Outbox const& outbox) {
  return close_enquiry(tx, vault, outbox, access, in);
}

}  // namespace

EnquiryWithHistory send_enquiry(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                                SupportDesk const& desk, PersonId person, NewEnquiry const& in) {
  auto const applicant = accounts::load_applicant(tx, vault, person);
  accounts::require_complete(applicant.company);
  std::optional<std::string> domain;
  if (in.domain) domain = accounts::account_domain(*in.domain);
  if (store::count_open(tx, person) >= max_open_enquiries)
    throw Problem(problems::too_many_requests,
                  "You have several enquiries that wait for an answer; write on one of them, or wait.");
  check_pace(tx, person);
  store::EnquiryRow const row{.enquiry_id = tx.new_id<EnquiryId>(),
                              .number = accounts::store::next_number(tx, "enquiry"),
                              .person_id = person,
                              .subject = in.subject,
                              .status = EnquiryStatus::OPEN,
                              .domain = domain,
                              .created_at = tx.now(),
                              .changed_at = tx.now(),
                              .entries = 0,
                              .version = 0};
  store::insert_enquiry(tx, row);
  add_entry(tx, vault, row, EnquiryStatus::OPEN, EnquiryEntryKind::question, person, in.text);
  record_enquiry(tx, vault, audit::EventKind::enquiry_sent, row, audit::actor(audit::ActorKind::person, person));
  tell_person(tx, outbox, row, applicant, "enquiry_received", plain_line(in.text));
  tell_desk(tx, outbox, desk, row, applicant, in.text);
  return with_history(tx, vault, *store::enquiry(tx, row.enquiry_id), false);
}

EnquiryWithHistory ask_on(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, SupportDesk const& desk,
                          PersonId person, NewQuestion const& in) {
  auto const row = store::lock_enquiry(tx, in.enquiry_id);
  if (!row || row->person_id != person) throw Problem(problems::not_found);
  check_pace(tx, person);
  add_entry(tx, vault, *row, EnquiryStatus::OPEN, EnquiryEntryKind::question, person, in.text);
  bool const was_open = row->status == EnquiryStatus::OPEN;
  record_enquiry(tx, vault, was_open ? audit::EventKind::enquiry_continued : audit::EventKind::enquiry_reopened, *row,
                 audit::actor(audit::ActorKind::person, person));
  tell_desk(tx, outbox, desk, *row, accounts::load_applicant(tx, vault, person), in.text);
  return with_history(tx, vault, *store::enquiry(tx, in.enquiry_id), false);
}

ReceivedEnquiry answer_enquiry(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                               EnquiryDesk const& access, NewAnswer const& in) {
  auto const row = lock_received(tx, in.enquiry_id, in.if_match);
  add_entry(tx, vault, row, EnquiryStatus::ANSWERED, EnquiryEntryKind::answer, access.person_id(), in.text);
  record_enquiry(tx, vault, audit::EventKind::enquiry_answered, row, access.actor());
  // The operator's own words keep their lines.
  tell_person(tx, outbox, row, accounts::load_applicant(tx, vault, row.person_id), "enquiry_answered", in.text);
  return to_received(tx, vault, *store::enquiry(tx, in.enquiry_id));
}

ReceivedEnquiry close_enquiry(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                              EnquiryDesk const& access, EnquiryClosing const& in) {
  auto const row = lock_received(tx, in.enquiry_id, in.if_match);
  add_entry(tx, vault, row, EnquiryStatus::CLOSED, EnquiryEntryKind::closed, access.person_id(), {});
  record_enquiry(tx, vault, audit::EventKind::enquiry_closed, row, access.actor());
  tell_person(tx, outbox, row, accounts::load_applicant(tx, vault, row.person_id), "enquiry_closed", "");
  return to_received(tx, vault, *store::enquiry(tx, in.enquiry_id));
}

std::vector<api::Route> routes() {
  using enum api::Method;
  std::string const own = "/api/v1/enquiries", id = "/{enquiry_id}", queue = "/api/v1/operator/enquiries";
  return {
      api::route<&send>(post, own, "send_enquiry", "Send the operator an enquiry"),
      api::route<&list_own>(get, own, "list_my_enquiries", "List one's own enquiries"),
      api::route<&get_own>(get, own + id, "get_my_enquiry", "See an enquiry of one's own with its history"),
      api::route<&ask>(post, own + id + "/questions", "write_on_my_enquiry",
                       "Write once more on an enquiry of one's own, which opens it again"),
      api::route<&list_queue>(get, queue, "list_operator_enquiries", "List all enquiries"),
      api::route<&get_received>(get, queue + id, "get_operator_enquiry", "See an enquiry and who sent it"),
      api::route<&answer>(post, queue + id + "/answers", "answer_enquiry", "Answer an enquiry"),
      api::route<&close>(post, queue + id + "/closing", "close_enquiry", "Close an enquiry"),
  };
}

}  // namespace menkyo::support
