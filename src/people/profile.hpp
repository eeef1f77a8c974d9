#pragma once
// Inside people/: what a person tells of itself and of where it works, and its address book. The row of the person
// guards its addresses: whoever changes one locks that row first.

#include "people/people.hpp"

namespace menkyo::people {

inline constexpr std::string_view profile_purpose = "person_profile", address_purpose = "person_address";

// The event of each change; `part` says what of the profile it was.
void record_profile_change(db::Tx& tx, keys::Vault const& vault, PersonId person, std::string_view part);

// ---- The profile --------------------------------------------------------------------------------------------------

struct PersonalPart {
  std::string given_name, family_name;
  std::optional<Name> native_name, preferred_name;
  std::optional<CountryCode> country;
  std::optional<Name> job_function, job_position, job_title;
};
BOOST_DESCRIBE_STRUCT(PersonalPart, (),
                      (given_name, family_name, native_name, preferred_name, country, job_function, job_position,
                       job_title))

struct CompanyPart {
  std::optional<CompanyName> company_name;
  std::optional<PersonAddressId> company_address_id;
  std::optional<std::string> company_phone, company_phone_extension;
  std::optional<std::string> company_phone_shown;  // with the country's code and in groups
};
BOOST_DESCRIBE_STRUCT(CompanyPart, (),
                      (company_name, company_address_id, company_phone, company_phone_extension, company_phone_shown))

struct OwnProfile {
  int64_t version;
  std::string user_name;  // given by the system, for life; read out to support
  std::string mail;
  std::optional<Instant> last_sign_in_at;
  PersonalPart personal;
  CompanyPart company;
  std::vector<CompanyField> missing;  // for a Smart Account
};
BOOST_DESCRIBE_STRUCT(OwnProfile, (), (version, user_name, mail, last_sign_in_at, personal, company, missing))

// What a form gives that may be left empty.
using OptionalName = std::optional<wire::Line<0, 100>>;

// Both replace their part whole: what is absent or empty is told no more.
struct PersonalChange {
  std::optional<int64_t> if_match;
  Name given_name, family_name;
  OptionalName native_name, preferred_name;
  CountryCode country;
  OptionalName job_function, job_position, job_title;
};
BOOST_DESCRIBE_STRUCT(PersonalChange, (),
                      (if_match, given_name, family_name, native_name, preferred_name, country, job_function,
                       job_position, job_title))

struct CompanyChange {
  std::optional<int64_t> if_match;
  std::optional<wire::Line<0, 200>> company_name;
  std::optional<PersonAddressId> company_address_id;
  // As people of the country write it; the country is the address's, else the person's.
  std::optional<wire::Text<0, 100>> company_phone;
  std::optional<wire::Text<0, 20>> company_phone_extension;
};
BOOST_DESCRIBE_STRUCT(CompanyChange, (),
                      (if_match, company_name, company_address_id, company_phone, company_phone_extension))

// Ten characters that nobody else has, but for chance: half of what is random in the person's identifier.
std::string user_name(PersonId person);

OwnProfile get_profile(db::ReadTx& tx, api::Caller const& caller, keys::Vault const& vault);
// Problem invalid, changed_meanwhile. What changes nothing leaves no trace.
OwnProfile change_personal(db::Tx& tx, api::Caller const& caller, PersonalChange const& in, keys::Vault const& vault);
OwnProfile change_company(db::Tx& tx, api::Caller const& caller, CompanyChange const& in, keys::Vault const& vault);

// ---- The address book ---------------------------------------------------------------------------------------------

// People work in few places; a list that is read whole has an end.
inline constexpr size_t most_addresses = 20;

MENKYO_ENUM(AddressType, company, other)

// What is sealed in person_address.wrapped_address; normalized.
struct BookAddress : places::PostalAddress {
  AddressType type = AddressType::company;
};
BOOST_DESCRIBE_STRUCT(BookAddress, (places::PostalAddress), (type))

struct OwnAddress : BookAddress {
  PersonAddressId person_address_id;
  int64_t version;
  std::optional<std::string> region_name_en, region_name_ja;  // of a region with a code
};
BOOST_DESCRIBE_STRUCT(OwnAddress, (BookAddress), (person_address_id, version, region_name_en, region_name_ja))

struct NewAddress : BookAddress {
  bool acknowledged = false;  // that who founds a Smart Account puts the address there, where others see it
};
BOOST_DESCRIBE_STRUCT(NewAddress, (BookAddress), (acknowledged))

struct AddressChange : BookAddress {
  PersonAddressId person_address_id;
  std::optional<int64_t> if_match;
};
BOOST_DESCRIBE_STRUCT(AddressChange, (BookAddress), (person_address_id, if_match))

struct AddressDeletion {
  PersonAddressId person_address_id;
  std::optional<int64_t> if_match;
};
BOOST_DESCRIBE_STRUCT(AddressDeletion, (), (person_address_id, if_match))

// All, oldest first.
wire::Page<OwnAddress> list_addresses(db::ReadTx& tx, api::Caller const& caller, keys::Vault const& vault);
// Problem invalid, address_book_full.
OwnAddress add_address(db::Tx& tx, api::Caller const& caller, NewAddress const& in, keys::Vault const& vault);
// Problem invalid, not_found, changed_meanwhile.
OwnAddress change_address(db::Tx& tx, api::Caller const& caller, AddressChange const& in, keys::Vault const& vault);
// Problem not_found, changed_meanwhile, or address_in_use while it is the company's.
void delete_address(db::Tx& tx, api::Caller const& caller, AddressDeletion const& in, keys::Vault const& vault);

std::vector<api::Route> profile_routes();

}  // namespace menkyo::people
