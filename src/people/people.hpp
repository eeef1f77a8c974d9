#pragma once
// People: who has an account here, how they prove it, and their sessions. A person belongs to no tenant; roles are
// given elsewhere. Mail address and names are kept sealed; a person is found by a keyed hash of the normalized
// address.

#include <optional>
#include <string>
#include <vector>

#include "api/route.hpp"
#include "audit/audit.hpp"
#include "base/enum.hpp"
#include "base/language.hpp"
#include "keys/sealed.hpp"
#include "mail/mail.hpp"
#include "places/address.hpp"
#include "places/phone.hpp"

namespace menkyo::people {

using menkyo::Language;
MENKYO_ENUM(LinkPurpose, set_password, activate, accept_invitation, confirm_mail, approve_mail_change)
// What a new password must be: the four kinds of character, 12 to 60 of them - or no rule but 15 characters and more,
// as NIST SP 800-63B section 3.1.1.2 advises. Neither may be what is tried first.
MENKYO_ENUM(PasswordPolicy, composed, long_enough)

// What the operator decided about people; a service.
struct Policy {
  PasswordPolicy password = PasswordPolicy::composed;
};

using Mail = wire::Line<3, 320>;
using Name = wire::Line<1, 100>;
using CompanyName = wire::Line<1, 200>;  // may become the name of a Smart Account

using CountryCode = wire::Text<2, 2>;  // ISO 3166-1 alpha-2

// What is sealed in person.wrapped_profile. The mail address as the person writes it; names in Latin letters but for
// the native and the preferred one, the name of the company, too. What is not told is absent.
struct Profile {
  Mail mail;
  wire::Line<0, 100> given_name, family_name;
  std::optional<Name> native_name;
  std::optional<CountryCode> country;
  std::optional<Name> preferred_name;  // the person is called so
  std::optional<Name> job_function, job_position, job_title;
  std::optional<CompanyName> company_name;
  std::optional<PersonAddressId> company_address_id;  // in the person's address book
  std::optional<wire::Text<1, 16>> company_phone;     // ITU-T E.164
  std::optional<wire::Text<1, 20>> company_phone_extension;
};
BOOST_DESCRIBE_STRUCT(Profile, (),
                      (mail, given_name, family_name, native_name, country, preferred_name, job_function,
                       job_position, job_title, company_name, company_address_id, company_phone,
                       company_phone_extension))

// A person as the person itself and those who may know are shown it.
struct Person {
  PersonId id;
  std::string mail, given_name, family_name;
  std::optional<std::string> native_name, preferred_name;
  std::optional<std::string> country;
  Language language;
};
BOOST_DESCRIBE_STRUCT(Person, (), (id, mail, given_name, family_name, native_name, preferred_name, country, language))

struct NewPerson {
  Profile profile;
  Language language = Language::ja;
};

// ---- Persons ----------------------------------------------------------------------------------------------------

// Without a password; make_link gives the way to set one. Problem invalid (/mail not_a_mail) or conflict.
PersonId create_person(db::Tx& tx, keys::Vault const& vault, NewPerson const& person, audit::Actor const& actor);
// The same under an id of tx.new_id, for people who make their account themselves and so are the actor.
void create_person(db::Tx& tx, keys::Vault const& vault, PersonId id, NewPerson const& person,
                   audit::Actor const& actor);
// Any spelling of the address; nullopt too if it is none.
std::optional<PersonId> find_person(db::ReadTx& tx, keys::Vault const& vault, std::string_view mail);
// In no particular order; those that do not exist are left out.
std::vector<Person> load_persons(db::ReadTx& tx, keys::Vault const& vault, std::vector<PersonId> ids);
Person load_person(db::ReadTx& tx, keys::Vault const& vault, PersonId id);  // Problem not_found
void set_language(db::Tx& tx, PersonId id, Language language);
// Nobody else changes it or the address book until the end of the transaction. Problem not_found.
Profile lock_profile(db::Tx& tx, keys::Vault const& vault, PersonId id);
// Problem conflict if somebody else has the address.
void put_profile(db::Tx& tx, keys::Vault const& vault, PersonId id, Profile const& profile);
bool has_password(db::ReadTx& tx, PersonId id);
// Whether there is such a person and it is not disabled.
bool is_active(db::ReadTx& tx, PersonId id);
// Those who were invited and have not set a password yet; sorted.
std::vector<PersonId> invited_among(db::ReadTx& tx, std::vector<PersonId> const& ids);
// Ends all sessions too.
void disable_person(db::Tx& tx, PersonId id);

// Problem invalid at /ends_at if what somebody is given would end before it begins.
void check_end(std::optional<Instant> ends_at, Instant now);

// "Given Family", or the address if there is no name.
std::string display_name(Person const& person);

// The spelling by which an address is looked up, of one that mails can be sent to. Or appends not_a_mail.
std::optional<std::string> read_mail(std::string_view text, std::string const& path, wire::Errors& errors);
// The same of a form's field /mail. Problem invalid.
std::string require_mail(std::string_view text);

// A name as the forms want it, in Latin letters; full-width ones are folded. Or appends not_latin, for anything else
// of ASCII than letters, spaces, hyphens, apostrophes and full stops and for other scripts, or too_long.
std::optional<Name> read_latin_name(std::string_view text, std::string const& path, wire::Errors& errors);

// ---- Where a person works -----------------------------------------------------------------------------------------

MENKYO_ENUM(CompanyField, company_name, company_address, company_phone)

// As far as the person told it. What a Smart Account is founded with.
struct Company {
  std::optional<std::string> name;               // in Latin letters
  std::optional<places::PostalAddress> address;  // normalized
  std::optional<places::Phone> phone;
};
Company load_company(db::ReadTx& tx, keys::Vault const& vault, PersonId person);  // Problem not_found

// What the person must still tell before it can found a Smart Account, in the order of the form.
std::vector<CompanyField> missing_for_smart_account(Company const& company);

// ---- One-time links -----------------------------------------------------------------------------------------------

inline constexpr Duration link_period = std::chrono::days(7);

// The token of a new link with which the person sets a password, once; older ones stop working. Only this answer ever
// holds the token. The portal's page for it is /link/TOKEN.
std::string make_link(db::Tx& tx, keys::Vault const& vault, PersonId person);

// The same, but older ones keep working, for somebody who asked by mail: valid for a day. Whoever was invited and has
// no password yet accepts the invitation with it.
inline constexpr Duration reset_period = std::chrono::hours(24);
std::string make_reset_link(db::Tx& tx, keys::Vault const& vault, PersonId person);

// With which somebody whom another person named for the first time says who it is, and sets a password. Older ones
// keep working. The token belongs into a mail to that person and nowhere else: whoever has it has the account.
inline constexpr Duration invitation_period = std::chrono::days(14);
std::string make_invitation_link(db::Tx& tx, keys::Vault const& vault, PersonId person);

// Counts one mail more that `sender`, any name for somebody known, has sent to an address; what others send there
// does not count. False if there were so many of late that it must not be sent.
bool count_mail_from(db::Tx& tx, keys::Vault const& vault, std::string const& sender,
                     std::string const& normalized_mail);

// ---- Sessions -----------------------------------------------------------------------------------------------------

inline constexpr Duration session_idle_period = std::chrono::hours(12);
inline constexpr Duration session_longest_period = std::chrono::days(30);
// How often the use of a session is written down, so that most requests write nothing.
inline constexpr Duration session_use_written_every = std::chrono::minutes(5);

struct SessionFacts {
  Instant created_at;
  Instant expires_at;
};
BOOST_DESCRIBE_STRUCT(SessionFacts, (), (created_at, expires_at))
// Problem unauthenticated if the session ended.
SessionFacts load_session(db::ReadTx& tx, api::Caller const& caller);

// Finds out who sent a request; the Dispatcher's `authenticate`. Expired sessions and disabled persons are nobody.
// The use of a session is written by a transaction of its own afterwards. Thread-safe; owns nothing.
class Authenticator {
 public:
  Authenticator(db::Database& database, keys::Vault const& vault) : database_(database), vault_(vault) {}
  api::Caller operator()(db::ReadTx& tx, api::Request const& request) const;

 private:
  db::Database& database_;
  keys::Vault const& vault_;
};

// The secret of a session that the request carries, whether or not there is such a session; empty if none.
std::string_view session_token(api::Request const& request);
// The access token of a program, likewise.
std::string_view access_token(api::Request const& request);
// The part of a peer's address that one customer of a network has: an IPv6 /64 (RFC 4291 section 2.5.4), all of IPv4.
std::string source_of(std::string const& peer);

// How long people can see where they signed in from.
inline constexpr Duration sign_ins_kept = std::chrono::days(180);

// When the person last did, within that time.
std::optional<Instant> last_sign_in(db::ReadTx& tx, PersonId person);

// Deletes what is no longer of use: expired sessions, links, sign-ups and changes of mail addresses, old attempts and
// sign-ins, at most `limit` rows of each. A job calls it; returns how many rows went.
int64_t clean_up(db::Tx& tx, int64_t limit);

// ---- Operations ---------------------------------------------------------------------------------------------------

std::vector<api::Route> routes();

}  // namespace menkyo::people

template <>
inline constexpr bool menkyo::api::is_service<menkyo::people::Policy> = true;
