#include "people/store.hpp"

namespace menkyo::people::store {

void insert_person(db::Tx& tx, PersonRow const& p) {
  tx.exec(
      "insert into person (person_id, mail_lookup, wrapped_profile, language, created_at) values ($1, $2, $3, $4, "
      "$5)",
      p.person_id, p.mail_lookup, p.wrapped_profile, p.language, p.created_at);
}

std::optional<PersonId> find_by_mail(db::ReadTx& tx, Bytes const& mail_lookup) {
  return tx.one<PersonId>("select person_id from person where mail_lookup = $1", mail_lookup);
}

std::vector<ProfileRow> profiles(db::ReadTx& tx, std::vector<PersonId> const& ids) {
  return tx.all_many<ProfileRow>(
      "select p.person_id, p.wrapped_profile, p.language from {rows: person_id bytea} r join person p "
      "on p.person_id = r.person_id",
      ids);
}

void set_profile(db::Tx& tx, PersonId id, Bytes const& mail_lookup, Bytes const& wrapped_profile) {
  tx.exec(
      "update person set mail_lookup = $2, wrapped_profile = $3, profile_version = profile_version + 1 "
      "where person_id = $1",
      id, mail_lookup, wrapped_profile);
}

void set_language(db::Tx& tx, PersonId id, Language language) {
  tx.exec("update person set language = $2 where person_id = $1", id, language);
}

std::optional<Credentials> credentials(db::ReadTx& tx, Bytes const& mail_lookup) {
  return tx.one<Credentials>(
      "select person_id, password_hash from person where mail_lookup = $1 and disabled_at is null", mail_lookup);
}

std::optional<Credentials> credentials_for_update(db::Tx& tx, PersonId id) {
  return tx.one<Credentials>(
      "select person_id, password_hash from person where person_id = $1 and disabled_at is null {for update}", id);
}

std::optional<std::string> password_hash(db::ReadTx& tx, PersonId id) {
  return tx.one<std::string>("select password_hash from person where person_id = $1 and password_hash is not null",
                             id);
}

std::vector<PersonId> without_password(db::ReadTx& tx, std::vector<PersonId> const& ids) {
  return tx.all_many<PersonId>(
      "select p.person_id from {rows: person_id bytea} r join person p on p.person_id = r.person_id "
      "where p.password_hash is null",
      ids);
}

void set_password(db::Tx& tx, PersonId id, std::string const& hash, Instant at) {
  tx.exec("update person set password_hash = $2, password_changed_at = $3 where person_id = $1", id, hash, at);
}

bool is_active(db::ReadTx& tx, PersonId id) {
  return tx.one<int64_t>("select 1 from person where person_id = $1 and disabled_at is null", id).has_value();
}

bool disable(db::Tx& tx, PersonId id, Instant at) {
  return tx.exec("update person set disabled_at = $2 where person_id = $1 and disabled_at is null", id, at) == 1;
}

void insert_link(db::Tx& tx, LinkRow const& l) {
  tx.exec(
      "insert into one_time_link (link_lookup, one_time_link_id, person_id, purpose, created_at, expires_at) "
      "values ($1, $2, $3, $4, $5, $6)",
      l.link_lookup, l.one_time_link_id, l.person_id, l.purpose, l.created_at, l.expires_at);
}

void delete_links(db::Tx& tx, PersonId person) {
  tx.exec("delete from one_time_link where person_id = $1", person);
}

std::optional<OpenLink> open_link(db::ReadTx& tx, Bytes const& link_lookup, Instant now) {
  return tx.one<OpenLink>(
      "select l.person_id, l.purpose from one_time_link l join person p on p.person_id = l.person_id "
      "where l.link_lookup = $1 and l.used_at is null and l.expires_at > $2 and p.disabled_at is null",
      link_lookup, now);
}

bool use_link(db::Tx& tx, Bytes const& link_lookup, Instant now) {
  return tx.exec(
             "update one_time_link set used_at = $2 where link_lookup = $1 and used_at is null and expires_at > $2",
             link_lookup, now) == 1;
}

void insert_session(db::Tx& tx, SessionRow const& s) {
  tx.exec(
      "insert into person_session (session_lookup, session_id, person_id, created_at, used_at, expires_at, "
      "wrapped_origin) values ($1, $2, $3, $4, $5, $6, $7)",
      s.session_lookup, s.session_id, s.person_id, s.created_at, s.used_at, s.expires_at, s.wrapped_origin);
}

std::optional<LiveSession> live_session(db::ReadTx& tx, Bytes const& session_lookup, Instant now) {
  return tx.one<LiveSession>(
      "select s.session_id, s.person_id, s.used_at from person_session s join person p on p.person_id = s.person_id "
      "where s.session_lookup = $1 and s.expires_at > $2 and p.disabled_at is null",
      session_lookup, now);
}

std::optional<SessionFacts> session_facts(db::ReadTx& tx, PersonId person, SessionId session) {
  return tx.one<SessionFacts>(
      "select created_at, expires_at from person_session where person_id = $1 and session_id = $2", person, session);
}

void touch_session(db::Tx& tx, Bytes const& session_lookup, Instant now, Instant used_before) {
  int64_t const idle = session_idle_period.count();
  int64_t const longest = session_longest_period.count();
  tx.exec(
      "update person_session set used_at = $2, expires_at = case when created_at + $4 < $2 + $3 then created_at + $4 "
      "else $2 + $3 end where session_lookup = $1 and used_at < $5 and expires_at > $2",
      session_lookup, now, idle, longest, used_before);
}

void delete_session(db::Tx& tx, Bytes const& session_lookup) {
  tx.exec("delete from person_session where session_lookup = $1", session_lookup);
}

int64_t delete_sessions(db::Tx& tx, PersonId person, std::optional<SessionId> but) {
  return tx.exec("delete from person_session where person_id = $1 and session_id <> $2", person,
                 but.value_or(SessionId{}));
}

bool delete_session_of(db::Tx& tx, PersonId person, SessionId session) {
  return tx.exec("delete from person_session where person_id = $1 and session_id = $2", person, session) == 1;
}

std::vector<OpenSession> sessions_of(db::ReadTx& tx, PersonId person, Newest<SessionId> const& range) {
  return tx.all<OpenSession>(
      "select session_id, created_at, used_at, expires_at, wrapped_origin from person_session where person_id = $1 "
      "and session_id < $2 and expires_at > $3 order by session_id desc limit $4",
      person, range.before, tx.now(), range.limit);
}

void insert_sign_in(db::Tx& tx, SignInRow const& s) {
  tx.exec("insert into person_sign_in (person_id, session_id, at, wrapped_origin) values ($1, $2, $3, $4)",
          s.person_id, s.session_id, s.at, s.wrapped_origin);
}

std::vector<SignInRow> sign_ins_of(db::ReadTx& tx, PersonId person, Newest<SessionId> const& range) {
  return tx.all<SignInRow>(
      "select person_id, session_id, at, wrapped_origin from person_sign_in where person_id = $1 and session_id < $2 "
      "order by session_id desc limit $3",
      person, range.before, range.limit);
}

void insert_sign_up(db::Tx& tx, SignUpRow const& s) {
  tx.exec(
      "insert into sign_up (sign_up_id, handle_lookup, link_lookup, mail_lookup, wrapped_wish, created_at, "
      "expires_at, "
      "mails_sent, mailed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      s.sign_up_id, s.handle_lookup, s.link_lookup, s.mail_lookup, s.wrapped_wish, s.created_at, s.expires_at,
      s.mails_sent, s.mailed_at);
}

std::optional<SignUpRow> sign_up_by_handle(db::Tx& tx, Bytes const& handle_lookup, Instant now) {
  return tx.one<SignUpRow>(
      "select sign_up_id, handle_lookup, link_lookup, mail_lookup, wrapped_wish, created_at, expires_at, mails_sent, "
      "mailed_at from sign_up where handle_lookup = $1 and expires_at > $2 {for update}",
      handle_lookup, now);
}

std::optional<SignUpRow> sign_up_by_link(db::ReadTx& tx, Bytes const& link_lookup, Instant now) {
  return tx.one<SignUpRow>(
      "select sign_up_id, handle_lookup, link_lookup, mail_lookup, wrapped_wish, created_at, expires_at, mails_sent, "
      "mailed_at from sign_up where link_lookup = $1 and expires_at > $2",
      link_lookup, now);
}

void renew_sign_up(db::Tx& tx, SignUpId id, Bytes const& link_lookup, Instant mailed_at) {
  tx.exec("update sign_up set link_lookup = $2, mailed_at = $3, mails_sent = mails_sent + 1 where sign_up_id = $1",
          id, link_lookup, mailed_at);
}

int64_t delete_sign_ups(db::Tx& tx, Bytes const& mail_lookup) {
  return tx.exec("delete from sign_up where mail_lookup = $1", mail_lookup);
}

Bucket open_bucket(db::Tx& tx, Bytes const& bucket_lookup, Instant now) {
  tx.exec(
      "insert into attempt_bucket (bucket_lookup, failures, since_at, blocked_until_at) values ($1, 0, $2, 0) "
      "on conflict (bucket_lookup) do nothing",
      bucket_lookup, now);
  return tx
      .one<Bucket>(
          "select failures, since_at, blocked_until_at from attempt_bucket where bucket_lookup = $1 {for update}",
          bucket_lookup)
      .value();
}

void set_bucket(db::Tx& tx, Bytes const& bucket_lookup, Bucket const& b) {
  tx.exec("update attempt_bucket set failures = $2, since_at = $3, blocked_until_at = $4 where bucket_lookup = $1",
          bucket_lookup, b.failures, b.since_at, b.blocked_until_at);
}

int64_t delete_expired(db::Tx& tx, Expiry const& expiry, int64_t limit) {
  return tx.exec(
             "delete from person_session where session_lookup in (select session_lookup from person_session "
             "where expires_at <= $1 order by expires_at limit $2)",
             expiry.now, limit) +
         tx.exec(
             "delete from attempt_bucket where bucket_lookup in (select bucket_lookup from attempt_bucket "
             "where since_at < $1 order by since_at limit $2)",
             expiry.attempts_before, limit) +
         tx.exec(
             "delete from one_time_link where link_lookup in (select link_lookup from one_time_link "
             "where expires_at <= $1 limit $2)",
             expiry.now, limit) +
         tx.exec(
             "delete from sign_up where sign_up_id in (select sign_up_id from sign_up where expires_at <= $1 "
             "order by expires_at limit $2)",
             expiry.now, limit) +
         tx.exec(
             "delete from person_sign_in where session_id in (select session_id from person_sign_in where at < $1 "
             "order by at limit $2)",
             expiry.sign_ins_before, limit);
}

}  // namespace menkyo::people::store
