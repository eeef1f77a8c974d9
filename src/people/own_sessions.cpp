// What a person sees of the ways in to its own account.

#include "people/own_sessions.hpp"

#include "people/store.hpp"

namespace menkyo::people {

namespace {

std::string scope_of(std::string_view what, api::Caller const& caller) {
  return std::string(what) + " " + caller.person_id.text();
}

audit::Event sessions_ended(PersonId person, int64_t count) {
  return {.smart_account_id = {},
          .kind = audit::EventKind::session_ended,
          .actor = audit::actor(audit::ActorKind::person, person),
          .subject_kind = "person",
          .subject_id = person.bytes,
          .data = {{"count", count}}};
}

}  // namespace

wire::Page<OwnSession> list_sessions(db::ReadTx& tx, api::Caller const& caller, OwnListQuery const& in,
                                     keys::Vault const& vault, api::Cursors const& cursors) {
  auto const scope = scope_of("sessions", caller);
  auto const range = api::newest<SessionId>(cursors, scope, in);
  std::vector<OwnSession> rows;
  for (auto const& s : store::sessions_of(tx, caller.person_id, range)) {
    auto origin = open_origin(vault, s.wrapped_origin);
    rows.push_back({s.session_id, s.created_at, s.used_at, s.expires_at, s.session_id == caller.session_id,
                    std::move(origin.address), std::move(origin.agent)});
  }
  return api::make_page(std::move(rows), range, cursors, scope, &OwnSession::session_id);
}

wire::Page<OwnSignIn> list_sign_ins(db::ReadTx& tx, api::Caller const& caller, OwnListQuery const& in,
                                    keys::Vault const& vault, api::Cursors const& cursors) {
  auto const scope = scope_of("sign_ins", caller);
  auto const range = api::newest<SessionId>(cursors, scope, in);
  std::vector<OwnSignIn> rows;
  for (auto const& s : store::sign_ins_of(tx, caller.person_id, range)) {
    auto origin = open_origin(vault, s.wrapped_origin);
    rows.push_back({s.session_id, s.at, std::move(origin.address), std::move(origin.agent)});
  }
  return api::make_page(std::move(rows), range, cursors, scope, &OwnSignIn::session_id);
}

void end_own_session(db::Tx& tx, api::Caller const& caller, SessionKey const& in, keys::Vault const& vault) {
  if (store::delete_session_of(tx, caller.person_id, in.session_id))
    audit::record(tx, vault, sessions_ended(caller.person_id, 1));
}

void end_other_sessions(db::Tx& tx, api::Caller const& caller, keys::Vault const& vault) {
  if (int64_t const ended = store::delete_sessions(tx, caller.person_id, caller.session_id); ended > 0)
    audit::record(tx, vault, sessions_ended(caller.person_id, ended));
}

}  // namespace menkyo::people
