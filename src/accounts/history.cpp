#include <algorithm>
#include <map>
#include <set>

#include "accounts/accounts.hpp"
#include "accounts/inside.hpp"
#include "accounts/organization.hpp"
#include "accounts/store.hpp"
#include "base/csv.hpp"
#include "people/programs.hpp"

namespace menkyo::accounts {

namespace {

using audit::EventKind;
using audit::StoredEvent;

struct EventActor {
  audit::ActorKind kind;
  std::optional<std::string> id, name;  // absent for staff, and for persons whom the caller may not know
};
BOOST_DESCRIBE_STRUCT(EventActor, (), (kind, id, name))

struct EventSubject {
  std::string kind;
  std::optional<std::string> id, name;  // absent for persons whom the caller may not know
};
BOOST_DESCRIBE_STRUCT(EventSubject, (), (kind, id, name))

struct Event {
  EventId event_id;
  Instant at;
  EventKind kind;
  EventActor actor;
  std::optional<VirtualAccountId> virtual_account_id;
  std::optional<EventSubject> subject;  // absent if the account itself is meant
  wire::Json data;
};
BOOST_DESCRIBE_STRUCT(Event, (), (event_id, at, kind, actor, virtual_account_id, subject, data))

struct EventQuery {
  SmartAccountId smart_account_id;
  std::optional<api::Limit> limit;
  std::optional<api::CursorText> cursor;
  std::optional<EventKind> kind;
};
BOOST_DESCRIBE_STRUCT(EventQuery, (), (smart_account_id, limit, cursor, kind))

struct VirtualAccountEventQuery : EventQuery {
  VirtualAccountId virtual_account_id;
};
BOOST_DESCRIBE_STRUCT(VirtualAccountEventQuery, (EventQuery), (virtual_account_id))

struct EventExport {
  SmartAccountId smart_account_id;
  std::optional<EventKind> kind;
};
BOOST_DESCRIBE_STRUCT(EventExport, (), (smart_account_id, kind))

struct VirtualAccountEventExport : EventExport {
  VirtualAccountId virtual_account_id;
};
BOOST_DESCRIBE_STRUCT(VirtualAccountEventExport, (EventExport), (virtual_account_id))

// Where somebody reads the log.
struct Place {
  SmartAccountId smart_account_id;
  std::optional<VirtualAccountId> virtual_account_id;
  PersonId reader;
  access::Reach const& reach;
};

std::map<VirtualAccountId, store::NodePlace> places_of(db::ReadTx& tx, SmartAccountId account,
                                                       std::vector<StoredEvent> const& events) {
  std::set<VirtualAccountId> ids;
  for (auto const& e : events) {
    if (e.virtual_account_id) ids.insert(*e.virtual_account_id);
    if (e.subject_kind == "virtual_account") ids.insert(VirtualAccountId{e.subject_id});
  }
  std::vector<store::NodeKey> keys;
  for (auto const& id : ids) keys.push_back({account, id});
  std::map<VirtualAccountId, store::NodePlace> out;
  for (auto& place : store::places(tx, keys)) out.emplace(place.virtual_account_id, std::move(place));
  return out;
}

struct Found {
  std::vector<StoredEvent> events;
  std::optional<EventId> stopped_at;  // the last one looked at, if the budget ended the search
};

// Looks at `budget` events at most; what a filter leaves out costs as much as what it leaves in.
Found find(db::ReadTx& tx, keys::Vault const& vault, Place const& place, std::optional<EventKind> kind,
           std::optional<EventId> before, int64_t wanted, int64_t budget) {
  Found found;
  bool const filtered = kind || (!place.virtual_account_id && !place.reach.all);
  while (int64_t(found.events.size()) < wanted) {
    int64_t const missing = wanted - int64_t(found.events.size());
    int64_t const chunk = std::min<int64_t>(filtered ? 500 : missing, 1000);
    auto events = audit::read_events(tx, vault, place.smart_account_id, place.virtual_account_id, before, chunk);
    bool const last = int64_t(events.size()) < chunk;
    if (!events.empty()) before = events.back().event_id;
    budget -= int64_t(events.size());
    auto const places = place.reach.all || place.virtual_account_id ? std::map<VirtualAccountId, store::NodePlace>{}
                                                                    : places_of(tx, place.smart_account_id, events);
    for (auto& event : events) {
      if (kind && event.kind != *kind) continue;
      if (!place.reach.all && !place.virtual_account_id) {
        // Somebody with a part of the account sees what happened in that part.
        auto const where = event.virtual_account_id ? places.find(*event.virtual_account_id) : places.end();
        if (where == places.end() || !place.reach.covers(where->second.path)) continue;
      }
      if (int64_t(found.events.size()) < wanted) found.events.push_back(std::move(event));
    }
    if (last) break;
    if (budget <= 0 && int64_t(found.events.size()) < wanted) {
      found.stopped_at = before;
      break;
    }
  }
  return found;
}

// The names of persons that a reader may know: everybody's for those who see the whole account, for others those of
// people who have a role in the reader's own part and whom the reader may be told of at all.
class Names {
 public:
  Names(db::ReadTx& tx, keys::Vault const& vault, Place const& place, std::vector<StoredEvent> const& events)
      : all_(place.reach.all), places_(places_of(tx, place.smart_account_id, events)) {
    if (!all_) {
      known_.insert(place.reader);
      for (auto const& prefix : place.reach.prefixes)
        for (auto const& id : store::members_below_after(tx, place.smart_account_id, prefix, {}, tx.now(), 1000))
          known_.insert(id);
    }
    std::vector<PersonId> ids;
    for (auto const& e : events) {
      if (e.actor.kind == audit::ActorKind::person) ids.push_back(PersonId{e.actor.id});
      if (e.subject_kind == "person") ids.push_back(PersonId{e.subject_id});
    }
    for (auto const& person : persons_shown_to(tx, vault, place.smart_account_id, place.reader, std::move(ids)))
      names_[person.id] = people::display_name(person);
    if (!all_) std::erase_if(known_, [this](PersonId id) { return !names_.contains(id); });
    std::set<store::ThingKey> things;
    std::vector<ProgramId> programs;
    for (auto const& e : events) {
      if (e.subject_kind == "device" || e.subject_kind == "registration_token")
        things.insert({place.smart_account_id, e.subject_id});
      if (e.actor.kind == audit::ActorKind::device) things.insert({place.smart_account_id, e.actor.id});
      if (e.actor.kind == audit::ActorKind::program) programs.push_back(ProgramId{e.actor.id});
    }
    for (auto& thing : store::thing_names(tx, {things.begin(), things.end()}))
      things_[thing.id] = std::move(thing.name);
    for (auto& program : people::name_programs(tx, programs))
      things_[program.program_id.bytes] = std::move(program.name);
  }

  bool may_know(PersonId id) const { return all_ || known_.contains(id); }
  std::optional<std::string> of(PersonId id) const {
    auto const found = names_.find(id);
    return may_know(id) && found != names_.end() ? std::optional(found->second) : std::nullopt;
  }
  // Of a product instance, a registration token or a program at work.
  std::optional<std::string> of_thing(std::array<uint8_t, 16> const& id) const {
    auto const found = things_.find(id);
    return found != things_.end() && !found->second.empty() ? std::optional(found->second) : std::nullopt;
  }
  std::optional<std::string> of(VirtualAccountId id) const {
    auto const found = places_.find(id);
    return found != places_.end() ? std::optional(found->second.name) : std::nullopt;
  }

 private:
  bool all_;
  std::set<PersonId> known_;
  std::map<PersonId, std::string> names_;
  std::map<std::array<uint8_t, 16>, std::string> things_;
  std::map<VirtualAccountId, store::NodePlace> places_;
};

EventActor actor_of(StoredEvent const& e, Names const& names) {
  EventActor out{e.actor.kind, {}, {}};
  if (e.actor.kind == audit::ActorKind::device) out.id = DeviceId{e.actor.id}.text();
  if (e.actor.kind == audit::ActorKind::program) {
    out.id = ProgramId{e.actor.id}.text();
    out.name = names.of_thing(e.actor.id);
  }
  if (e.actor.kind == audit::ActorKind::person && names.may_know(PersonId{e.actor.id})) {
    out.id = PersonId{e.actor.id}.text();
    out.name = names.of(PersonId{e.actor.id});
  }
  if (e.actor.kind == audit::ActorKind::device && e.subject_kind == "device" && e.subject_id == e.actor.id &&
      !e.personal.empty())
    out.name = e.personal;
  if (e.actor.kind == audit::ActorKind::device && !out.name) out.name = names.of_thing(e.actor.id);
  return out;
}

std::string subject_id_of(StoredEvent const& e) {
  if (e.subject_kind == "person") return PersonId{e.subject_id}.text();
  if (e.subject_kind == "virtual_account") return VirtualAccountId{e.subject_id}.text();
  if (e.subject_kind == "device") return DeviceId{e.subject_id}.text();
  if (e.subject_kind == "registration_token") return RegistrationTokenId{e.subject_id}.text();
  if (e.subject_kind == "entitlement") return EntitlementId{e.subject_id}.text();
  if (e.subject_kind == "program") return ProgramId{e.subject_id}.text();
  if (e.subject_kind == "lot") return LotId{e.subject_id}.text();
  if (e.subject_kind == "user_group") return UserGroupId{e.subject_id}.text();
  if (e.subject_kind == "publication") return PublicationId{e.subject_id}.text();
  if (e.subject_kind == "custom_tag") return CustomTagId{e.subject_id}.text();
  if (e.subject_kind == "assistance") return AssistanceId{e.subject_id}.text();
  return to_hex(e.subject_id);
}

std::optional<EventSubject> subject_of(StoredEvent const& e, Names const& names) {
  if (e.subject_kind.empty() || e.subject_id == std::array<uint8_t, 16>{}) return {};
  EventSubject out{e.subject_kind, subject_id_of(e), {}};
  if (e.subject_kind == "virtual_account") {
    out.name = names.of(VirtualAccountId{e.subject_id});
  } else if (e.subject_kind == "person") {
    // By an identifier somebody could be told again elsewhere.
    if (!names.may_know(PersonId{e.subject_id})) return EventSubject{e.subject_kind, {}, {}};
    // The name as it was outlives the person's account; the present one is better while there is one.
    out.name = names.of(PersonId{e.subject_id});
    if (!out.name && !e.personal.empty()) out.name = e.personal;
  } else {
    // As it was called then, if the event says so.
    out.name = e.personal.empty() ? names.of_thing(e.subject_id) : std::optional(e.personal);
  }
  return out;
}

Event to_record(StoredEvent const& e, Names const& names) {
  return {e.event_id, e.at, e.kind, actor_of(e, names), e.virtual_account_id, subject_of(e, names), {e.data}};
}

constexpr int64_t page_budget = 10'000;

wire::Page<Event> list(db::ReadTx& tx, keys::Vault const& vault, api::Cursors const& cursors, Place const& place,
                       EventQuery const& in) {
  auto const scope = "events " + place.smart_account_id.text() + " " +
                     (place.virtual_account_id ? place.virtual_account_id->text() : "") + " " + place.reader.text() +
                     " " + (in.kind ? std::string(to_text(*in.kind)) : "");
  std::optional<EventId> before;
  if (auto const keys = cursors.decode(scope, in.cursor, 1); !keys.empty()) before = EventId::parse(keys.front());
  int64_t const limit = api::page_size(in.limit);
  auto const found = find(tx, vault, place, in.kind, before, limit + 1, page_budget);
  Names const names(tx, vault, place, found.events);
  std::vector<Event> rows;
  for (auto const& e : found.events) rows.push_back(to_record(e, names));
  auto page = api::make_page(std::move(rows), limit, cursors, scope,
                             [](Event const& e) { return std::vector{e.event_id.text()}; });
  if (!page.next_cursor && found.stopped_at) page.next_cursor = cursors.encode(scope, {found.stopped_at->text()});
  return page;
}

// More rows than a spreadsheet is looked through for; the header menkyo-truncated says that there were more.
constexpr int64_t export_limit = 10'000, export_budget = 50'000;

api::Response download(db::ReadTx& tx, keys::Vault const& vault, Place const& place, std::optional<EventKind> kind) {
  auto found = find(tx, vault, place, kind, {}, export_limit + 1, export_budget);
  bool const truncated = found.stopped_at || int64_t(found.events.size()) > export_limit;
  if (int64_t(found.events.size()) > export_limit) found.events.resize(size_t(export_limit));
  Names const names(tx, vault, place, found.events);
  CsvWriter table;
  for (auto* column : {"at", "kind", "actor_kind", "actor", "virtual_account", "subject_kind", "subject", "data"})
    table.text(column);
  table.end_row();
  for (auto const& stored : found.events) {
    auto const e = to_record(stored, names);
    auto const where =
        e.virtual_account_id ? names.of(*e.virtual_account_id).value_or(e.virtual_account_id->text()) : "";
    table.text(to_rfc3339(e.at)).text(to_text(e.kind)).text(to_text(e.actor.kind));
    table.text(e.actor.name.value_or(e.actor.id.value_or(""))).text(where);
    table.text(e.subject ? e.subject->kind : "");
    table.text(e.subject ? e.subject->name.value_or(e.subject->id.value_or("")) : "");
    table.text(e.data.text).end_row();
  }
  api::Response response{
      200,
      {{"content-type", "text/csv; charset=utf-8"}, {"content-disposition", "attachment; filename=\"events.csv\""}},
      table.out(),
      {}};
  if (truncated) response.headers.emplace_back("menkyo-truncated", "true");
  return response;
}

using OnAccount = Access<access::VirtualAccounts, Permission::events_view>;
using OnVirtualAccount = Access<access::VirtualAccount, Permission::events_view>;

Place place_of(OnAccount const& access) {
  return {access.smart_account_id(), {}, access.person_id(), access.reach()};
}
Place place_of(OnVirtualAccount const& access) {
  return {access.smart_account_id(), access.virtual_account_id(), access.person_id(), access.reach()};
}

wire::Page<Event> list_account_events(db::ReadTx& tx, OnAccount const& access, EventQuery const& in,
                                      keys::Vault const& vault, api::Cursors const& cursors) {
  return list(tx, vault, cursors, place_of(access), in);
}
wire::Page<Event> list_virtual_account_events(db::ReadTx& tx, OnVirtualAccount const& access,
                                              VirtualAccountEventQuery const& in, keys::Vault const& vault,
                                              api::Cursors const& cursors) {
  return list(tx, vault, cursors, place_of(access), in);
}
api::Response export_account_events(db::ReadTx& tx, OnAccount const& access, EventExport const& in,
                                    keys::Vault const& vault) {
  return download(tx, vault, place_of(access), in.kind);
}
api::Response export_virtual_account_events(db::ReadTx& tx, OnVirtualAccount const& access,
                                            VirtualAccountEventExport const& in, keys::Vault const& vault) {
  return download(tx, vault, place_of(access), in.kind);
}

}  // namespace

std::vector<api::Route> history_routes() {
  using enum api::Method;
  std::string const account = "/api/v1/smart_accounts/{smart_account_id}",
                    node = account + "/virtual_accounts/{virtual_account_id}";
  std::vector<api::Route> out{
      api::route<&list_account_events>(get, account + "/events", "list_account_events",
                                       "List what happened in a Smart Account, newest first"),
      api::route<&list_virtual_account_events>(get, node + "/events", "list_virtual_account_events",
                                               "List what happened in a virtual account, newest first"),
      api::route<&export_account_events>(get, account + "/events.csv", "export_account_events",
                                         "Download what happened in a Smart Account"),
      api::route<&export_virtual_account_events>(get, node + "/events.csv", "export_virtual_account_events",
                                                 "Download what happened in a virtual account"),
  };
  out[2].answer_type = out[3].answer_type = "text/csv";
  return out;
}

}  // namespace menkyo::accounts
