#include "accounts/staff.hpp"

#include <algorithm>
#include <map>

#include "accounts/letters.hpp"
#include "accounts/store_requests.hpp"
#include "accounts/store_staff.hpp"

namespace menkyo::accounts {

namespace {

using access::OperatorPermission;
using access::OperatorRole;

void record_staff(db::Tx& tx, keys::Vault const& vault, audit::EventKind kind, PersonId person, OperatorRole role,
                  audit::Actor const& actor) {
  audit::record(tx, vault,
                {.smart_account_id = {},
                 .kind = kind,
                 .actor = actor,
                 .subject_kind = "person",
                 .subject_id = person.bytes,
                 .data = {{"role", std::string(to_text(role))}}});
}

void refuse_own(PersonId caller, PersonId person) {
  if (caller == person)
    throw Problem(problems::forbidden, "Nobody gives or validates their own roles; ask somebody else of the staff.");
}

// Instants are read from the front: the first warning is due first.
int64_t warnings_due(store::StaffRow const& row, Instant now) {
  return std::count_if(staff_role_warnings.begin(), staff_role_warnings.end(),
                       [&](Duration before) { return row.ends_at - before <= now; });
}

}  // namespace

// ---- Giving, validating, ending -----------------------------------------------------------------------------------

void grant_operator_role(db::Tx& tx, keys::Vault const& vault, PersonId person, OperatorRole role,
                         audit::Actor const& actor) {
  auto const known = store::lock_staff_role(tx, person, role);
  bool const lasts = known && known->ends_at > tx.now();
  std::optional<PersonId> by;
  if (actor.kind == audit::ActorKind::staff) by = PersonId{actor.id};
  store::put_staff_role(
      tx, {person, role, lasts ? known->created_at : tx.now(), tx.now() + staff_role_period, tx.now(), by, 0});
  jobs::set_timer_no_later(tx, staff_timer,
                           {{}, person.bytes, tx.now() + staff_role_period - staff_role_warnings.front()});
  record_staff(tx, vault, lasts ? audit::EventKind::operator_role_validated : audit::EventKind::operator_role_granted,
               person, role, actor);
}

PersonId give_staff_role(db::Tx& tx, keys::Vault const& vault, StaffManager const& access, NewStaffRole const& in) {
  people::require_mail(in.mail);
  auto const person = people::find_person(tx, vault, in.mail);
  if (!person || !people::is_active(tx, *person) || !people::has_password(tx, *person))
    throw invalid_field("/mail", "unknown", "is not the address of somebody who has an account");
  refuse_own(access.person_id(), *person);
  grant_operator_role(tx, vault, *person, in.role, access.actor());
  return *person;
}

void validate_staff_role(db::Tx& tx, keys::Vault const& vault, StaffManager const& access, StaffRoleKey const& key) {
  if (!store::lock_staff_role(tx, key.person_id, key.role)) throw Problem(problems::not_found);
  refuse_own(access.person_id(), key.person_id);
  grant_operator_role(tx, vault, key.person_id, key.role, access.actor());
}

void end_staff_role(db::Tx& tx, keys::Vault const& vault, StaffManager const& access, StaffRoleKey const& key) {
  // All of them, so that of two who end each other one stays.
  auto const administrators = store::lock_holders(tx, OperatorRole::operator_admin);
  bool const another = std::any_of(administrators.begin(), administrators.end(), [&](auto const& row) {
    return row.person_id != key.person_id && row.ends_at > tx.now() && people::is_active(tx, row.person_id);
  });
  if (!store::lock_staff_role(tx, key.person_id, key.role)) throw Problem(problems::not_found);
  if (key.role == OperatorRole::operator_admin && !another)
    throw Problem(problems::conflict, "The operator keeps at least one administrator; make another one first.");
  store::delete_staff_role(tx, key.person_id, key.role);
  record_staff(tx, vault, audit::EventKind::operator_role_ended, key.person_id, key.role, access.actor());
}

// ---- Warnings -----------------------------------------------------------------------------------------------------

namespace {

std::vector<PersonId> validators_of(db::ReadTx& tx, PersonId person) {
  auto out = staff_who_may(tx, OperatorPermission::staff_manage);
  std::erase(out, person);
  return out;
}

void warn(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, store::StaffRow const& row) {
  auto const person = people::load_person(tx, vault, row.person_id);
  auto const days = std::chrono::ceil<std::chrono::days>(row.ends_at - tx.now()).count();
  auto const words = [&](people::Person const& reader) {
    return mail::Words{{"role", mail::phrase(reader.language, to_text(row.role))},
                       {"until", mail::to_mail_time(row.ends_at)},
                       {"days", std::to_string(days)},
                       {"member", contact(person)},
                       {"link", outbox.link("/operator?tab=staff")}};
  };
  post_to(tx, outbox, person, "staff_role_ends", words(person));
  for (auto const& validator : people::load_persons(tx, vault, validators_of(tx, row.person_id)))
    post_to(tx, outbox, validator, "staff_role_to_validate", words(validator));
}

std::optional<Instant> look_at_staff(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                                     PersonId person) {
  std::optional<Instant> next;
  for (auto const& row : store::lock_staff_roles_of(tx, person)) {
    if (row.ends_at <= tx.now()) continue;
    auto const due = warnings_due(row, tx.now());
    if (due > row.warnings) {
      // One letter for all that fell due while nobody looked.
      if (people::is_active(tx, person)) warn(tx, vault, outbox, row);
      store::set_warnings(tx, person, row.role, due);
    }
    if (size_t(due) == staff_role_warnings.size()) continue;
    auto const at = row.ends_at - staff_role_warnings.at(size_t(due));
    if (!next || at < *next) next = at;
  }
  return next;
}

}  // namespace

jobs::TimerKind staff_timer_kind(keys::Vault const& vault, mail::Outbox const& outbox) {
  return {std::string(staff_timer), [&vault, &outbox](db::Tx& tx, jobs::Timer const& timer) {
            return look_at_staff(tx, vault, outbox, PersonId{timer.subject_id});
          }};
}

// ---- Operations ---------------------------------------------------------------------------------------------------

namespace {

struct StaffQuery {
  std::optional<api::Limit> limit;
  std::optional<api::CursorText> cursor;
};
BOOST_DESCRIBE_STRUCT(StaffQuery, (), (limit, cursor))

std::vector<StaffRole> to_records(db::ReadTx& tx, keys::Vault const& vault, PersonId reader,
                                  std::vector<store::StaffRow> const& rows) {
  std::vector<PersonId> ids;
  for (auto const& row : rows) {
    ids.push_back(row.person_id);
    if (row.validated_by) ids.push_back(*row.validated_by);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  std::map<PersonId, people::Person> persons;
  for (auto& person : people::load_persons(tx, vault, std::move(ids))) persons[person.id] = std::move(person);
  std::vector<StaffRole> out;
  for (auto const& row : rows) {
    auto const& person = persons[row.person_id];
    std::optional<std::string> by;
    if (row.validated_by) by = people::display_name(persons[*row.validated_by]);
    out.push_back({row.person_id, person.mail, person.given_name, person.family_name, row.role, row.created_at,
                   row.validated_at, std::move(by), row.ends_at, row.ends_at > tx.now(), row.person_id == reader});
  }
  return out;
}

wire::Page<StaffRole> list_staff(db::ReadTx& tx, StaffManager const& access, StaffQuery const& in,
                                 keys::Vault const& vault, api::Cursors const& cursors) {
  auto const scope = "staff " + access.person_id().text();
  auto const keys = cursors.decode(scope, in.cursor, 2);
  auto const after = keys.empty() ? PersonId{} : PersonId::parse(keys[0]).value_or(PersonId{});
  int64_t const limit = api::page_size(in.limit);
  auto const rows = store::staff_after(tx, after, keys.empty() ? "" : keys[1], limit + 1);
  return api::make_page(to_records(tx, vault, access.person_id(), rows), limit, cursors, scope,
                        [](StaffRole const& r) {
                          return std::vector{r.person_id.text(), std::string(to_text(r.role))};
                        });
}

StaffRole load_staff_role(db::Tx& tx, keys::Vault const& vault, StaffManager const& access, StaffRoleKey const& key) {
  return to_records(tx, vault, access.person_id(), {store::lock_staff_role(tx, key.person_id, key.role).value()})
      .front();
}

// As the answer tells it; the person hears of a role that is new, and not of one that goes on.
StaffRole answer_given(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, StaffManager const& access,
                       StaffRoleKey const& key) {
  auto given = load_staff_role(tx, vault, access, key);
  if (given.created_at != tx.now()) return given;
  auto const person = people::load_person(tx, vault, key.person_id);
  post_to(tx, outbox, person, "staff_role_given",
          {{"role", mail::phrase(person.language, to_text(key.role))},
           {"until", mail::to_mail_time(given.ends_at)},
           {"link", outbox.link("/operator")}});
  return given;
}

StaffRole answer_new_role(db::Tx& tx, StaffManager const& access, NewStaffRole const& in, keys::Vault const& vault,
                          mail::Outbox const& outbox) {
  auto const person = give_staff_role(tx, vault, access, in);
  return answer_given(tx, vault, outbox, access, {person, in.role});
}

StaffRole answer_validation(db::Tx& tx, StaffManager const& access, StaffRoleKey const& in, keys::Vault const& vault,
                            mail::Outbox const& outbox) {
  validate_staff_role(tx, vault, access, in);
  return answer_given(tx, vault, outbox, access, in);
}

void answer_end(db::Tx& tx, StaffManager const& access, StaffRoleKey const& in, keys::Vault const& vault,
                mail::Outbox const& outbox) {
  end_staff_role(tx, vault, access, in);
  if (in.person_id == access.person_id() || !people::is_active(tx, in.person_id)) return;
  auto const person = people::load_person(tx, vault, in.person_id);
  post_to(tx, outbox, person, "staff_role_taken", {{"role", mail::phrase(person.language, to_text(in.role))}});
}

}  // namespace

std::vector<api::Route> staff_routes() {
  using enum api::Method;
  std::string const staff = "/api/v1/operator/staff", role = staff + "/{person_id}/roles/{role}";
  return {
      api::route<&list_staff>(get, staff, "list_staff", "List the roles of the operator's staff"),
      api::route<&answer_new_role>(post, staff, "give_staff_role", "Give somebody a role of the operator's staff"),
      api::route<&answer_validation>(post, role + "/validation", "validate_staff_role",
                                     "Let somebody else's role of the staff count from now"),
      api::route<&answer_end>(del, role, "end_staff_role", "End a role of the operator's staff"),
  };
}

}  // namespace menkyo::accounts
