#pragma once
#include "people/people.hpp"
#include "people/throttle.hpp"

namespace menkyo::people::store {

struct PersonRow {
  PersonId person_id;
  Bytes mail_lookup;
  Bytes wrapped_profile;
  Language language;
  Instant created_at;
};
void insert_person(db::Tx& tx, PersonRow const& row);
std::optional<PersonId> find_by_mail(db::ReadTx& tx, Bytes const& mail_lookup);

struct ProfileRow {
  PersonId person_id;
  Bytes wrapped_profile;
  Language language;
};
std::vector<ProfileRow> profiles(db::ReadTx& tx, std::vector<PersonId> const& ids);
// Problem conflict if somebody else has the address.
void set_profile(db::Tx& tx, PersonId id, Bytes const& mail_lookup, Bytes const& wrapped_profile);
void set_language(db::Tx& tx, PersonId id, Language language);

// The profile of one person with its version.
struct VersionedProfile {
  Bytes wrapped_profile;
  int64_t profile_version;
};
std::optional<VersionedProfile> profile(db::ReadTx& tx, PersonId id);
// The same, and nobody changes it or the address book until the end of the transaction.
std::optional<VersionedProfile> lock_profile(db::Tx& tx, PersonId id);
void set_profile(db::Tx& tx, PersonId id, Bytes const& wrapped_profile);

struct AddressRow {
  PersonAddressId person_address_id;
  PersonId person_id;
  Bytes wrapped_address;
  Instant created_at;
  int64_t version;
};
// Oldest first.
std::vector<AddressRow> addresses(db::ReadTx& tx, PersonId person);
std::optional<AddressRow> address(db::ReadTx& tx, PersonId person, PersonAddressId id);
void insert_address(db::Tx& tx, AddressRow const& row);
void update_address(db::Tx& tx, PersonAddressId id, Bytes const& wrapped_address);
void delete_address(db::Tx& tx, PersonAddressId id);

struct Credentials {
  PersonId person_id;
  std::optional<std::string> password_hash;
};
// Of persons who are not disabled.
std::optional<Credentials> credentials(db::ReadTx& tx, Bytes const& mail_lookup);
// The same, and nobody changes them until the end of the transaction.
std::optional<Credentials> credentials_for_update(db::Tx& tx, PersonId id);
std::optional<std::string> password_hash(db::ReadTx& tx, PersonId id);
std::vector<PersonId> without_password(db::ReadTx& tx, std::vector<PersonId> const& ids);
void set_password(db::Tx& tx, PersonId id, std::string const& hash, Instant at);
bool is_active(db::ReadTx& tx, PersonId id);
bool disable(db::Tx& tx, PersonId id, Instant at);

struct LinkRow {
  Bytes link_lookup;
  OneTimeLinkId one_time_link_id;
  PersonId person_id;
  LinkPurpose purpose;
  Instant created_at;
  Instant expires_at;
};
void insert_link(db::Tx& tx, LinkRow const& row);
void delete_links(db::Tx& tx, PersonId person);
struct OpenLink {
  PersonId person_id;
  LinkPurpose purpose;
};
// A link that is neither used nor expired, of a person who is not disabled.
std::optional<OpenLink> open_link(db::ReadTx& tx, Bytes const& link_lookup, Instant now);
// False if it was used or expired meanwhile.
bool use_link(db::Tx& tx, Bytes const& link_lookup, Instant now);

struct SessionRow {
  Bytes session_lookup;
  SessionId session_id;
  PersonId person_id;
  Instant created_at;
  Instant used_at;
  Instant expires_at;
  Bytes wrapped_origin;
};
void insert_session(db::Tx& tx, SessionRow const& row);
struct LiveSession {
  SessionId session_id;
  PersonId person_id;
  Instant used_at;
};
std::optional<LiveSession> live_session(db::ReadTx& tx, Bytes const& session_lookup, Instant now);
std::optional<SessionFacts> session_facts(db::ReadTx& tx, PersonId person, SessionId session);
// Writes the use of a session whose last use was written before `used_before`.
void touch_session(db::Tx& tx, Bytes const& session_lookup, Instant now, Instant used_before);
void delete_session(db::Tx& tx, Bytes const& session_lookup);
// All of the person's but one, if one is named. Returns how many.
int64_t delete_sessions(db::Tx& tx, PersonId person, std::optional<SessionId> but = {});
// False if the person has no such session.
bool delete_session_of(db::Tx& tx, PersonId person, SessionId session);
struct OpenSession {
  SessionId session_id;
  Instant created_at, used_at, expires_at;
  std::optional<Bytes> wrapped_origin;
};
// Newest first; without expired ones.
std::vector<OpenSession> sessions_of(db::ReadTx& tx, PersonId person, Newest<SessionId> const& range);

struct SignInRow {
  PersonId person_id;
  SessionId session_id;
  Instant at;
  Bytes wrapped_origin;
};
void insert_sign_in(db::Tx& tx, SignInRow const& row);
// Newest first.
std::vector<SignInRow> sign_ins_of(db::ReadTx& tx, PersonId person, Newest<SessionId> const& range);

struct SignUpRow {
  SignUpId sign_up_id;
  Bytes handle_lookup, link_lookup, mail_lookup, wrapped_wish;
  Instant created_at, expires_at;
  int64_t mails_sent;
  Instant mailed_at;
};
void insert_sign_up(db::Tx& tx, SignUpRow const& row);
// Not expired.
std::optional<SignUpRow> sign_up_by_handle(db::Tx& tx, Bytes const& handle_lookup, Instant now);
std::optional<SignUpRow> sign_up_by_link(db::ReadTx& tx, Bytes const& link_lookup, Instant now);
// Another mail with another link went out.
void renew_sign_up(db::Tx& tx, SignUpId id, Bytes const& link_lookup, Instant mailed_at);
// All of that address. Returns how many there were.
int64_t delete_sign_ups(db::Tx& tx, Bytes const& mail_lookup);

// The bucket, locked; made empty if there was none.
Bucket open_bucket(db::Tx& tx, Bytes const& bucket_lookup, Instant now);
void set_bucket(db::Tx& tx, Bytes const& bucket_lookup, Bucket const& bucket);

struct Expiry {
  Instant now, attempts_before, sign_ins_before;
};
int64_t delete_expired(db::Tx& tx, Expiry const& expiry, int64_t limit);

}  // namespace menkyo::people::store
