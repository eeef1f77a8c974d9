#pragma once
// Inside people/: the sessions of the person who asks, and where that person signed in from lately.

#include "people/session.hpp"

namespace menkyo::people {

struct OwnListQuery {
  std::optional<api::Limit> limit;
  std::optional<api::CursorText> cursor;
};
BOOST_DESCRIBE_STRUCT(OwnListQuery, (), (limit, cursor))

struct OwnSession {
  SessionId session_id;
  Instant created_at, used_at, expires_at;
  bool is_current;
  std::string address, agent;
};
BOOST_DESCRIBE_STRUCT(OwnSession, (), (session_id, created_at, used_at, expires_at, is_current, address, agent))

struct OwnSignIn {
  SessionId session_id;
  Instant at;
  std::string address, agent;
};
BOOST_DESCRIBE_STRUCT(OwnSignIn, (), (session_id, at, address, agent))

struct SessionKey {
  SessionId session_id;
};
BOOST_DESCRIBE_STRUCT(SessionKey, (), (session_id))

// All newest first.
wire::Page<OwnSession> list_sessions(db::ReadTx& tx, api::Caller const& caller, OwnListQuery const& in,
                                     keys::Vault const& vault, api::Cursors const& cursors);
wire::Page<OwnSignIn> list_sign_ins(db::ReadTx& tx, api::Caller const& caller, OwnListQuery const& in,
                                    keys::Vault const& vault, api::Cursors const& cursors);
// Takes effect with the next request of that session. Does nothing if it ended before or is not one of the caller's.
void end_own_session(db::Tx& tx, api::Caller const& caller, SessionKey const& in, keys::Vault const& vault);
void end_other_sessions(db::Tx& tx, api::Caller const& caller, keys::Vault const& vault);

}  // namespace menkyo::people
