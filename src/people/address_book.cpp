#include "people/profile.hpp"
#include "people/store.hpp"

namespace menkyo::people {

namespace {

BookAddress read_address(BookAddress const& in, bool acknowledged) {
  wire::Errors errors;
  auto const address = places::normalize_address(in, "", errors);
  if (!acknowledged)
    wire::add_error(errors, "/acknowledged", "not_acknowledged", "must be true, once its meaning was read");
  if (!errors.empty()) throw Problem(problems::invalid, {}, std::move(errors));
  return {*address, in.type};
}

OwnAddress show(BookAddress address, PersonAddressId id, int64_t version) {
  OwnAddress out{std::move(address), id, version, {}, {}};
  if (auto const* region = places::region_of(out)) {
    out.region_name_en = region->name_en;
    out.region_name_ja = region->name_ja;
  }
  return out;
}

OwnAddress opened(keys::Vault const& vault, store::AddressRow const& row) {
  return show(keys::open_struct<BookAddress>(vault, address_purpose, row.wrapped_address), row.person_address_id,
              row.version);
}

store::AddressRow find(db::ReadTx& tx, PersonId person, PersonAddressId id, std::optional<int64_t> if_match) {
  auto row = store::address(tx, person, id);
  if (!row) throw Problem(problems::not_found);
  if (if_match && *if_match != row->version) throw Problem(problems::changed_meanwhile);
  return std::move(*row);
}

}  // namespace

wire::Page<OwnAddress> list_addresses(db::ReadTx& tx, api::Caller const& caller, keys::Vault const& vault) {
  wire::Page<OwnAddress> page;
  for (auto const& row : store::addresses(tx, caller.person_id)) page.items.push_back(opened(vault, row));
  return page;
}

OwnAddress add_address(db::Tx& tx, api::Caller const& caller, NewAddress const& in, keys::Vault const& vault) {
  auto const address = read_address(in, in.acknowledged);
  lock_profile(tx, vault, caller.person_id);
  if (store::addresses(tx, caller.person_id).size() >= most_addresses)
    throw Problem(problems::address_book_full, "The address book is full; delete an address first.");
  auto const id = tx.new_id<PersonAddressId>();
  store::insert_address(
      tx, {id, caller.person_id, keys::seal_struct(vault, address_purpose, address, tx.random()), tx.now(), 1});
  record_profile_change(tx, vault, caller.person_id, "address_book");
  return show(address, id, 1);
}

OwnAddress change_address(db::Tx& tx, api::Caller const& caller, AddressChange const& in, keys::Vault const& vault) {
  auto const address = read_address(in, true);
  lock_profile(tx, vault, caller.person_id);
  auto const row = find(tx, caller.person_id, in.person_address_id, in.if_match);
  auto const before = keys::open_struct<BookAddress>(vault, address_purpose, row.wrapped_address);
  if (wire::to_json(address) == wire::to_json(before)) return opened(vault, row);
  store::update_address(tx, row.person_address_id, keys::seal_struct(vault, address_purpose, address, tx.random()));
  record_profile_change(tx, vault, caller.person_id, "address_book");
  return show(address, row.person_address_id, row.version + 1);
}

void delete_address(db::Tx& tx, api::Caller const& caller, AddressDeletion const& in, keys::Vault const& vault) {
  auto const profile = lock_profile(tx, vault, caller.person_id);
  auto const row = find(tx, caller.person_id, in.person_address_id, in.if_match);
  if (profile.company_address_id == row.person_address_id)
    throw Problem(problems::address_in_use, "It is the address of your company; choose another there first.");
  store::delete_address(tx, row.person_address_id);
  record_profile_change(tx, vault, caller.person_id, "address_book");
}

}  // namespace menkyo::people
