#include "tests/support/employment.hpp"

#include "people/profile.hpp"

namespace menkyo::test {

PersonAddressId new_address(db::Tx& tx, keys::Vault const& vault, PersonId person) {
  people::NewAddress address;
  address.country = "VA";
  address.city = "CITTA DEL VATICANO";
  address.line1 = "VIA 1";
  address.acknowledged = true;
  return people::add_address(tx, {person, {}}, address, vault).person_address_id;
}

void employ(db::Tx& tx, keys::Vault const& vault, PersonId person) {
  people::CompanyChange company;
  company.company_name = "Works";
  company.company_address_id = new_address(tx, vault, person);
  company.company_phone = "+39 06 6982";
  people::change_company(tx, {person, {}}, company, vault);
}

}  // namespace menkyo::test
