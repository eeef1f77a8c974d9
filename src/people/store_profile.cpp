#include "people/store.hpp"

namespace menkyo::people::store {

std::optional<VersionedProfile> profile(db::ReadTx& tx, PersonId id) {
  return tx.one<VersionedProfile>("select wrapped_profile, profile_version from person where person_id = $1", id);
}

std::optional<VersionedProfile> lock_profile(db::Tx& tx, PersonId id) {
  return tx.one<VersionedProfile>(
      "select wrapped_profile, profile_version from person where person_id = $1 {for update}", id);
}

void set_profile(db::Tx& tx, PersonId id, Bytes const& wrapped_profile) {
  tx.exec("update person set wrapped_profile = $2, profile_version = profile_version + 1 where person_id = $1", id,
          wrapped_profile);
}

std::vector<AddressRow> addresses(db::ReadTx& tx, PersonId person) {
  return tx.all<AddressRow>(
      "select person_address_id, person_id, wrapped_address, created_at, version from person_address "
      "where person_id = $1 order by person_address_id",
      person);
}

std::optional<AddressRow> address(db::ReadTx& tx, PersonId person, PersonAddressId id) {
  return tx.one<AddressRow>(
      "select person_address_id, person_id, wrapped_address, created_at, version from person_address "
      "where person_id = $1 and person_address_id = $2",
      person, id);
}

void insert_address(db::Tx& tx, AddressRow const& a) {
  tx.exec(
      "insert into person_address (person_address_id, person_id, wrapped_address, created_at, version) "
      "values ($1, $2, $3, $4, $5)",
      a.person_address_id, a.person_id, a.wrapped_address, a.created_at, a.version);
}

void update_address(db::Tx& tx, PersonAddressId id, Bytes const& wrapped_address) {
  tx.exec("update person_address set wrapped_address = $2, version = version + 1 where person_address_id = $1", id,
          wrapped_address);
}

void delete_address(db::Tx& tx, PersonAddressId id) {
  tx.exec("delete from person_address where person_address_id = $1", id);
}

}  // namespace menkyo::people::store
