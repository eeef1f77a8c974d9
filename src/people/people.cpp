#include "people/people.hpp"

#include "base/text.hpp"
#include "people/profile.hpp"
#include "people/session.hpp"
#include "people/store.hpp"
#include "people/store_mail_change.hpp"
#include "people/store_programs.hpp"
#include "people/throttle.hpp"
#include "protocol/bytes.hpp"

namespace menkyo::people {

namespace {

Person to_person(keys::Vault const& vault, store::ProfileRow const& row) {
  auto const profile = keys::open_struct<Profile>(vault, profile_purpose, row.wrapped_profile);
  return {row.person_id,       profile.mail,           profile.given_name, profile.family_name,
          profile.native_name, profile.preferred_name, profile.country,    row.language};
}

std::string add_link(db::Tx& tx, keys::Vault const& vault, PersonId person, LinkPurpose purpose, Duration period) {
  auto const token = protocol::to_base64url(tx.random().bytes(32));
  store::insert_link(
      tx, {link_lookup(vault, token), tx.new_id<OneTimeLinkId>(), person, purpose, tx.now(), tx.now() + period});
  return token;
}

}  // namespace

Bytes mail_lookup(keys::Vault const& vault, std::string_view normalized_mail) {
  return vault.lookup("person_mail", as_bytes(normalized_mail));
}

PersonId create_person(db::Tx& tx, keys::Vault const& vault, NewPerson const& person, audit::Actor const& actor) {
  auto const id = tx.new_id<PersonId>();
  create_person(tx, vault, id, person, actor);
  return id;
}

void create_person(db::Tx& tx, keys::Vault const& vault, PersonId id, NewPerson const& person,
                   audit::Actor const& actor) {
  auto const mail = normalize_mail(person.profile.mail);
  if (!mail) throw invalid_field("/mail", "not_a_mail", "must be a mail address");
  auto const lookup = mail_lookup(vault, *mail);
  if (store::find_by_mail(tx, lookup))
    throw Problem(problems::conflict, "There is an account with this mail address.");
  store::insert_person(tx, {id, lookup, keys::seal_struct(vault, profile_purpose, person.profile, tx.random()),
                            person.language, tx.now()});
  audit::record(tx, vault,
                {.smart_account_id = {},
                 .kind = audit::EventKind::person_created,
                 .actor = actor,
                 .subject_kind = "person",
                 .subject_id = id.bytes});
}

std::optional<PersonId> find_person(db::ReadTx& tx, keys::Vault const& vault, std::string_view mail) {
  auto const normalized = normalize_mail(mail);
  if (!normalized) return {};
  return store::find_by_mail(tx, mail_lookup(vault, *normalized));
}

std::vector<Person> load_persons(db::ReadTx& tx, keys::Vault const& vault, std::vector<PersonId> ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  std::vector<Person> out;
  for (auto const& row : store::profiles(tx, ids)) out.push_back(to_person(vault, row));
  return out;
}

Person load_person(db::ReadTx& tx, keys::Vault const& vault, PersonId id) {
  auto found = load_persons(tx, vault, {id});
  if (found.empty()) throw Problem(problems::not_found);
  return std::move(found.front());
}

void set_language(db::Tx& tx, PersonId id, Language language) {
  store::set_language(tx, id, language);
}

bool is_active(db::ReadTx& tx, PersonId id) {
  return store::is_active(tx, id);
}

Profile lock_profile(db::Tx& tx, keys::Vault const& vault, PersonId id) {
  auto const row = store::lock_profile(tx, id);
  if (!row) throw Problem(problems::not_found);
  return keys::open_struct<Profile>(vault, profile_purpose, row->wrapped_profile);
}

void put_profile(db::Tx& tx, keys::Vault const& vault, PersonId id, Profile const& profile) {
  store::set_profile(tx, id, mail_lookup(vault, normalize_mail(profile.mail).value()),
                     keys::seal_struct(vault, profile_purpose, profile, tx.random()));
}

bool has_password(db::ReadTx& tx, PersonId id) {
  return store::password_hash(tx, id).has_value();
}

std::vector<PersonId> invited_among(db::ReadTx& tx, std::vector<PersonId> const& ids) {
  auto out = store::without_password(tx, ids);
  std::sort(out.begin(), out.end());
  return out;
}

void disable_person(db::Tx& tx, PersonId id) {
  if (!store::disable(tx, id, tx.now())) return;
  store::delete_sessions(tx, id);
  store::delete_links(tx, id);
  store::delete_mail_change(tx, id);
}

std::optional<std::string> read_mail(std::string_view text, std::string const& path, wire::Errors& errors) {
  auto normalized = normalize_mail(text);
  if (normalized && mail::envelope_address(text)) return normalized;
  wire::add_error(errors, path, "not_a_mail", "must be a mail address");
  return {};
}

std::string require_mail(std::string_view text) {
  wire::Errors errors;
  auto normalized = read_mail(text, "/mail", errors);
  if (!normalized) throw Problem(problems::invalid, {}, std::move(errors));
  return std::move(*normalized);
}

std::optional<Name> read_latin_name(std::string_view text, std::string const& path, wire::Errors& errors) {
  Name name(plain_line(text));
  bool any = false, other = false;
  for (unsigned char c : name) {
    bool const letter = c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    other = other || (!letter && std::string_view(" -'.").find(char(c)) == std::string_view::npos);
    any = any || letter;
  }
  size_t const before = errors.size();
  if (!any || other || !is_latin(name))
    wire::add_error(errors, path, "not_latin", "must be written in Latin letters");
  else
    wire::Codec<Name>::check(name, path, errors);  // a character may have become several
  if (errors.size() != before) return {};
  return name;
}

void check_end(std::optional<Instant> ends_at, Instant now) {
  if (ends_at && *ends_at <= now) throw invalid_field("/ends_at", "out_of_range", "must be in the future");
}

std::string display_name(Person const& person) {
  auto name =
      person.given_name + (person.given_name.empty() || person.family_name.empty() ? "" : " ") + person.family_name;
  return name.empty() ? person.mail : name;
}

std::string make_link(db::Tx& tx, keys::Vault const& vault, PersonId person) {
  store::delete_links(tx, person);
  return add_link(tx, vault, person, LinkPurpose::set_password, link_period);
}

std::string make_reset_link(db::Tx& tx, keys::Vault const& vault, PersonId person) {
  auto const purpose = has_password(tx, person) ? LinkPurpose::set_password : LinkPurpose::accept_invitation;
  return add_link(tx, vault, person, purpose, reset_period);
}

std::string make_invitation_link(db::Tx& tx, keys::Vault const& vault, PersonId person) {
  return add_link(tx, vault, person, LinkPurpose::accept_invitation, invitation_period);
}

Bytes link_lookup(keys::Vault const& vault, std::string_view token) {
  return vault.lookup("one_time_link", as_bytes(token));
}

std::string hours_of(Duration period) {
  return std::to_string(std::chrono::duration_cast<std::chrono::hours>(period).count());
}

std::optional<Instant> last_sign_in(db::ReadTx& tx, PersonId person) {
  auto const newest = store::sign_ins_of(tx, person, {.limit = 1});
  return newest.empty() ? std::nullopt : std::optional(newest.front().at);
}

int64_t clean_up(db::Tx& tx, int64_t limit) {
  return store::delete_expired(tx, {tx.now(), tx.now() - known_source_kept, tx.now() - sign_ins_kept}, limit) +
         store::delete_expired_mail_changes(tx, tx.now(), limit) + store::delete_expired_tokens(tx, tx.now(), limit);
}

}  // namespace menkyo::people
