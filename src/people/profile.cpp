#include "people/profile.hpp"

#include "base/text.hpp"
#include "people/company_name.hpp"
#include "people/store.hpp"

namespace menkyo::people {

namespace {

struct Current {
  Profile profile;
  int64_t version;
};

Current opened(keys::Vault const& vault, std::optional<store::VersionedProfile> const& row) {
  if (!row) throw Problem(problems::not_found);
  return {keys::open_struct<Profile>(vault, profile_purpose, row->wrapped_profile), row->profile_version};
}

Current lock_profile(db::Tx& tx, keys::Vault const& vault, PersonId person, std::optional<int64_t> if_match) {
  auto current = opened(vault, store::lock_profile(tx, person));
  if (if_match && *if_match != current.version) throw Problem(problems::changed_meanwhile);
  return current;
}

void refuse(wire::Errors errors) {
  if (!errors.empty()) throw Problem(problems::invalid, {}, std::move(errors));
}

// What somebody gave, if it is not blank.
template <class T, class Given>
std::optional<T> given(std::optional<Given> const& text) {
  if (!text || text->empty()) return {};
  return T(std::string(*text));
}

std::optional<BookAddress> find_address(db::ReadTx& tx, keys::Vault const& vault, PersonId person,
                                        std::optional<PersonAddressId> id) {
  auto const row = id ? store::address(tx, person, *id) : std::nullopt;
  if (!row) return {};
  return keys::open_struct<BookAddress>(vault, address_purpose, row->wrapped_address);
}

Company company_of(db::ReadTx& tx, keys::Vault const& vault, PersonId person, Profile const& profile) {
  Company company{profile.company_name, find_address(tx, vault, person, profile.company_address_id), {}};
  if (profile.company_phone)
    company.phone = {*profile.company_phone, profile.company_phone_extension.value_or(wire::Text<1, 20>())};
  return company;
}

OwnProfile show(db::ReadTx& tx, keys::Vault const& vault, PersonId person, Current const& current) {
  auto const& p = current.profile;
  auto const company = company_of(tx, vault, person, p);
  OwnProfile out{current.version,
                 user_name(person),
                 p.mail,
                 {},
                 {p.given_name, p.family_name, p.native_name, p.preferred_name, p.country, p.job_function,
                  p.job_position, p.job_title},
                 {p.company_name, p.company_address_id, p.company_phone, p.company_phone_extension, {}},
                 missing_for_smart_account(company)};
  out.last_sign_in_at = last_sign_in(tx, person);
  if (company.phone) out.company.company_phone_shown = places::show_phone(*company.phone).international;
  return out;
}

OwnProfile save(db::Tx& tx, keys::Vault const& vault, PersonId person, Current const& before, Profile after,
                std::string_view part) {
  if (wire::to_json(after) == wire::to_json(before.profile)) return show(tx, vault, person, before);
  store::set_profile(tx, person, keys::seal_struct(vault, profile_purpose, after, tx.random()));
  record_profile_change(tx, vault, person, part);
  return show(tx, vault, person, {std::move(after), before.version + 1});
}

void read_company_phone(CompanyChange const& in, std::optional<BookAddress> const& address, Profile& out,
                        wire::Errors& errors) {
  out.company_phone.reset();
  out.company_phone_extension.reset();
  auto const text = plain_line(in.company_phone.value_or("")),
             extension = plain_line(in.company_phone_extension.value_or(""));
  if (text.empty()) {
    if (!extension.empty()) wire::add_error(errors, "/company_phone", "missing", "is required beside an extension");
    return;
  }
  auto const* country = address       ? places::find_country(address->country)
                        : out.country ? places::find_country(*out.country)
                                      : nullptr;
  if (!country)
    return wire::add_error(errors, "/company_phone", "country_missing",
                           "can only be read once the company's address, or your country, is known");
  auto const phone = places::read_phone(*country, text, extension, "/company_phone", errors);
  if (!phone) return;
  out.company_phone = phone->e164;
  if (!phone->extension.empty()) out.company_phone_extension = phone->extension;
}

}  // namespace

std::string user_name(PersonId person) {
  auto const text = person.text();
  return text.substr(text.size() - 10);
}

OwnProfile get_profile(db::ReadTx& tx, api::Caller const& caller, keys::Vault const& vault) {
  return show(tx, vault, caller.person_id, opened(vault, store::profile(tx, caller.person_id)));
}

OwnProfile change_personal(db::Tx& tx, api::Caller const& caller, PersonalChange const& in,
                           keys::Vault const& vault) {
  auto const before = lock_profile(tx, vault, caller.person_id, in.if_match);
  wire::Errors errors;
  auto after = before.profile;
  auto const latin = [&](Name const& name, const char* path) {
    return read_latin_name(name, path, errors).value_or(Name());
  };
  after.given_name = latin(in.given_name, "/given_name");
  after.family_name = latin(in.family_name, "/family_name");
  if (auto const* country = places::read_country(in.country, "/country", errors))
    after.country = CountryCode(std::string(country->code));
  after.native_name = given<Name>(in.native_name);
  after.preferred_name = given<Name>(in.preferred_name);
  after.job_function = given<Name>(in.job_function);
  after.job_position = given<Name>(in.job_position);
  after.job_title = given<Name>(in.job_title);
  refuse(std::move(errors));
  return save(tx, vault, caller.person_id, before, std::move(after), "personal");
}

OwnProfile change_company(db::Tx& tx, api::Caller const& caller, CompanyChange const& in, keys::Vault const& vault) {
  auto const before = lock_profile(tx, vault, caller.person_id, in.if_match);
  wire::Errors errors;
  auto after = before.profile;
  after.company_name = read_company_name(in.company_name.value_or(""), "/company_name", errors);
  auto const address = find_address(tx, vault, caller.person_id, in.company_address_id);
  if (in.company_address_id && !address)
    wire::add_error(errors, "/company_address_id", "unknown_address", "must be an address of your address book");
  after.company_address_id = in.company_address_id;
  read_company_phone(in, address, after, errors);
  refuse(std::move(errors));
  return save(tx, vault, caller.person_id, before, std::move(after), "company");
}

Company load_company(db::ReadTx& tx, keys::Vault const& vault, PersonId person) {
  return company_of(tx, vault, person, opened(vault, store::profile(tx, person)).profile);
}

std::vector<CompanyField> missing_for_smart_account(Company const& company) {
  std::vector<CompanyField> out;
  if (!company.name) out.push_back(CompanyField::company_name);
  if (!company.address) out.push_back(CompanyField::company_address);
  if (!company.phone) out.push_back(CompanyField::company_phone);
  return out;
}

void record_profile_change(db::Tx& tx, keys::Vault const& vault, PersonId person, std::string_view part) {
  audit::record(tx, vault,
                {.smart_account_id = {},
                 .kind = audit::EventKind::profile_changed,
                 .actor = audit::actor(audit::ActorKind::person, person),
                 .subject_kind = "person",
                 .subject_id = person.bytes,
                 .data = {{"part", std::string(part)}}});
}

std::vector<api::Route> profile_routes() {
  using enum api::Method;
  std::string const profile = "/api/v1/me/profile", addresses = "/api/v1/me/addresses",
                    address = addresses + "/{person_address_id}";
  return {
      api::route<&get_profile>(get, profile, "get_my_profile", "See one's own profile"),
      api::route<&change_personal>(put, profile + "/personal", "change_my_personal_data",
                                   "Change what one's profile says of oneself"),
      api::route<&change_company>(put, profile + "/company", "change_my_company_data",
                                  "Change what one's profile says of one's company"),
      api::route<&list_addresses>(get, addresses, "list_my_addresses", "List one's own address book"),
      api::route<&add_address>(post, addresses, "add_my_address", "Add to one's own address book"),
      api::route<&change_address>(put, address, "change_my_address", "Change an address of one's own book"),
      api::route<&delete_address>(del, address, "delete_my_address", "Delete an address of one's own book"),
  };
}

}  // namespace menkyo::people
