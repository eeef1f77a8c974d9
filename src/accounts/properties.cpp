#include "accounts/properties.hpp"

#include <algorithm>

#include "accounts/inside.hpp"
#include "accounts/requests.hpp"
#include "accounts/store_properties.hpp"
#include "accounts/store_requests.hpp"
#include "base/text.hpp"

namespace menkyo::accounts {

namespace {

using audit::EventKind;

// Locks the account, whose properties are as the caller saw them.
store::PropertiesRow lock_properties(db::Tx& tx, Editor const& access, std::optional<int64_t> if_match) {
  store::lock_account(tx, access.smart_account_id());
  auto row = store::properties(tx, access.smart_account_id());
  if (!row) throw Problem(problems::not_found);
  if (if_match && *if_match != row->version) throw Problem(problems::changed_meanwhile);
  return std::move(*row);
}

// Every change of the properties ends with this.
void record_change(db::Tx& tx, keys::Vault const& vault, Editor const& access, EventKind kind,
                   std::vector<audit::Datum> data) {
  store::count_version(tx, access.smart_account_id());
  audit::record(tx, vault,
                {.smart_account_id = access.smart_account_id(),
                 .kind = kind,
                 .actor = access.actor(),
                 .data = std::move(data)});
}

places::PostalAddress read_address(SiteInput const& in) {
  wire::Errors errors;
  auto address = places::normalize_address(in, "", errors);
  if (!errors.empty()) throw Problem(problems::invalid, {}, std::move(errors));
  return std::move(*address);
}

places::PostalAddress address_of(keys::Vault const& vault, Bytes const& wrapped) {
  return keys::open_struct<places::PostalAddress>(vault, site_purpose, wrapped);
}

bool is_same(places::PostalAddress const& a, places::PostalAddress const& b) {
  auto const members = [](auto const& x) {
    return std::tie(x.country, x.postal_code, x.region, x.city, x.line1, x.line2);
  };
  return members(a) == members(b);
}

void insert_site(db::Tx& tx, keys::Vault const& vault, Editor const& access, EventKind kind,
                 places::PostalAddress const& address, bool is_headquarters) {
  auto const number = store::next_number(tx, "account_site");
  store::insert_site(tx, access.smart_account_id(),
                     {number, keys::seal_struct(vault, site_purpose, address, tx.random())}, is_headquarters);
  record_change(tx, vault, access, kind, {{"site_number", number}});
}

bool is_administrator(db::ReadTx& tx, SmartAccountId account, PersonId person) {
  auto const grants = store::grants_of_person(tx, account, person);
  return people::is_active(tx, person) && std::any_of(grants.begin(), grants.end(), [&](auto const& grant) {
           return grant.role == Role::sa_admin && (!grant.ends_at || *grant.ends_at > tx.now());
         });
}

}  // namespace

void change_properties(db::Tx& tx, keys::Vault const& vault, Editor const& access, PropertiesChange const& in) {
  auto const account = access.smart_account_id();
  auto const row = lock_properties(tx, access, in.if_match);
  std::string const name = in.name ? std::string(*in.name) : row.name;
  bool const required = in.require_smart_account_on_orders.value_or(row.require_smart_account_on_orders);
  bool const locked = in.locked_against_staff.value_or(row.locked_against_staff);
  if (name == row.name && required == row.require_smart_account_on_orders && locked == row.locked_against_staff)
    return;
  auto const key = fold_name(name), old_key = fold_name(row.name);
  if (key != old_key) {
    refuse_taken(!store::take_name(tx, key, account), false);
    store::drop_name(tx, account, old_key);
  }
  store::update_properties(tx, account, {name, required, locked});
  std::vector<audit::Datum> data{{"name", name}};
  if (name != row.name) data.emplace_back("old_name", row.name);
  if (required != row.require_smart_account_on_orders)
    data.emplace_back("require_smart_account_on_orders", std::string(required ? "true" : "false"));
  if (locked != row.locked_against_staff)
    data.emplace_back("locked_against_staff", std::string(locked ? "true" : "false"));
  record_change(tx, vault, access, EventKind::smart_account_changed, std::move(data));
}

void change_headquarters(db::Tx& tx, keys::Vault const& vault, Editor const& access, SiteInput const& in) {
  auto const address = read_address(in);
  lock_properties(tx, access, in.if_match);
  auto const known = store::headquarters(tx, access.smart_account_id());
  if (!known) return insert_site(tx, vault, access, EventKind::account_headquarters_changed, address, true);
  if (is_same(address_of(vault, known->wrapped_address), address)) return;
  store::update_site(tx, access.smart_account_id(), known->number,
                     keys::seal_struct(vault, site_purpose, address, tx.random()));
  record_change(tx, vault, access, EventKind::account_headquarters_changed, {{"site_number", known->number}});
}

void add_location(db::Tx& tx, keys::Vault const& vault, Editor const& access, SiteInput const& in) {
  auto const address = read_address(in);
  lock_properties(tx, access, in.if_match);
  auto const sites = store::sites(tx, access.smart_account_id());
  if (std::any_of(sites.begin(), sites.end(),
                  [&](auto const& site) { return is_same(address_of(vault, site.wrapped_address), address); }))
    throw invalid_field("/line1", "known_location", "is the address of a location of this account");
  auto const locations = std::count_if(sites.begin(), sites.end(), [](auto const& s) { return !s.is_headquarters; });
  if (size_t(locations) >= max_locations)
    throw Problem(problems::conflict, "An account has " + std::to_string(max_locations) +
                                          " locations beside its headquarters at most; remove one first.");
  insert_site(tx, vault, access, EventKind::account_location_added, address, false);
}

void remove_location(db::Tx& tx, keys::Vault const& vault, Editor const& access, SiteRemoval const& in) {
  lock_properties(tx, access, in.if_match);
  if (!store::delete_location(tx, access.smart_account_id(), in.site_number)) throw Problem(problems::not_found);
  record_change(tx, vault, access, EventKind::account_location_removed, {{"site_number", in.site_number}});
}

void change_creator(db::Tx& tx, keys::Vault const& vault, Editor const& access, CreatorChange const& in) {
  auto const account = access.smart_account_id();
  auto const row = lock_properties(tx, access, in.if_match);
  if (row.creator_id == in.person_id) return;
  if (!is_administrator(tx, account, in.person_id))
    throw invalid_field("/person_id", "not_an_administrator", "is no administrator of this account");
  store::set_creator(tx, account, in.person_id);
  store::count_version(tx, account);
  audit::record(tx, vault,
                {.smart_account_id = account,
                 .kind = EventKind::account_creator_changed,
                 .actor = access.actor(),
                 .subject_kind = "person",
                 .subject_id = in.person_id.bytes,
                 .personal = people::display_name(people::load_person(tx, vault, in.person_id))});
}

// ---- Operations ---------------------------------------------------------------------------------------------------

namespace {

struct PropertiesKey {
  SmartAccountId smart_account_id;
};
BOOST_DESCRIBE_STRUCT(PropertiesKey, (), (smart_account_id))

std::optional<Creator> creator_of(db::ReadTx& tx, keys::Vault const& vault, PersonId id) {
  auto const known = people::load_persons(tx, vault, {id});
  if (known.empty()) return {};
  auto const& person = known.front();
  return Creator{id, person.mail, person.given_name, person.family_name};
}

AccountProperties load_properties(db::ReadTx& tx, keys::Vault const& vault, access::AccountProof const& access) {
  auto const id = access.smart_account_id();
  auto const account = store::account(tx, id);
  auto const row = store::properties(tx, id);
  if (!account || !row) throw Problem(problems::not_found);
  AccountProperties out{.smart_account_id = id,
                        .number = account->number,
                        .name = account->name,
                        .domain = account->domain,
                        .type = account->type,
                        .status = account->status,
                        .created_at = account->created_at,
                        .creator = {},
                        .headquarters = {},
                        .locations = {},
                        .require_smart_account_on_orders = row->require_smart_account_on_orders,
                        .locked_against_staff = row->locked_against_staff,
                        .version = row->version,
                        .abilities = access.abilities()};
  if (row->creator_id && access.also(Permission::users_manage)) out.creator = creator_of(tx, vault, *row->creator_id);
  for (auto const& site : store::sites(tx, id)) {
    Site shown{site.number, address_of(vault, site.wrapped_address)};
    if (site.is_headquarters)
      out.headquarters = std::move(shown);
    else
      out.locations.push_back(std::move(shown));
  }
  return out;
}

// For everybody who looks at the whole account: an approver sees its name alone, a partner its part (section 6).
AccountProperties get_properties(db::ReadTx& tx,
                                 Access<access::SmartAccount, Permission::inventory_view> const& access,
                                 PropertiesKey const&, keys::Vault const& vault) {
  return load_properties(tx, vault, access);
}

template <auto change, class In>
AccountProperties answer(db::Tx& tx, Editor const& access, In const& in, keys::Vault const& vault) {
  change(tx, vault, access, in);
  return load_properties(tx, vault, access);
}

}  // namespace

std::vector<api::Route> properties_routes() {
  using enum api::Method;
  std::string const account = "/api/v1/smart_accounts/{smart_account_id}", properties = account + "/properties",
                    locations = account + "/locations";
  return {
      api::route<&get_properties>(get, properties, "get_account_properties", "See the properties of a Smart Account"),
      api::route<&answer<change_properties, PropertiesChange>>(patch, properties, "change_account_properties",
                                                               "Change the name or the settings of a Smart Account"),
      api::route<&answer<change_headquarters, SiteInput>>(put, account + "/headquarters", "change_headquarters",
                                                          "Change the headquarters of a Smart Account"),
      api::route<&answer<change_creator, CreatorChange>>(put, account + "/creator", "change_account_creator",
                                                         "Name another administrator as the account's creator"),
      api::route<&answer<add_location, SiteInput>>(post, locations, "add_location",
                                                   "Add a location beside the headquarters"),
      api::route<&answer<remove_location, SiteRemoval>>(del, locations + "/{site_number}", "remove_location",
                                                        "Remove a location"),
  };
}

}  // namespace menkyo::accounts
