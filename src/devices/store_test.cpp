#include "devices/store.hpp"

#include <gmock/gmock.h>

#include "db/migrate.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::devices::store {
namespace {

EntitlementId entitlement(uint8_t number) {
  EntitlementId id;
  id.bytes.fill(number);
  return id;
}

TEST(Uses, are_read_as_they_were_written) {
  for (auto const& uses :
       {Uses{}, Uses{{entitlement(1), 3}}, Uses{{entitlement(0), 1}, {entitlement(0xfe), INT64_MAX}}})
    EXPECT_EQ(parse_uses(format_uses(uses)), uses);
}

TEST(Uses, that_are_damaged_are_noticed) {
  auto const id = format_uses({{entitlement(1), 3}});
  for (auto const& text :
       {std::string("x"), id.substr(0, 32), id.substr(0, 33), id + "x", id + ",x", "0" + id, "g" + id.substr(1),
        id.substr(0, 33) + "0", id.substr(0, 33) + "-1", id.substr(0, 33) + "99999999999999999999"}) {
    EXPECT_THROW(parse_uses(text), std::runtime_error) << text;
  }
}

class Upgrade : public ::testing::TestWithParam<std::string> {};
MENKYO_ON_BOTH_DATABASES(Upgrade);

// Of a database with devices from before all that a check-in needs stood in one row.
TEST_P(Upgrade, keeps_what_is_known_of_each_device) {
  test::TestDatabase place(GetParam(), false);
  auto const driver = db::make_driver(place.url());
  auto const at = place.clock.now();
  db::migrate(*driver, db::migrations().first(6), at);
  auto& database = place.open();
  SmartAccountId const account{{1}};
  VirtualAccountId const va{{2}};
  ProductId const product{{3}};
  DeviceId const present{{4}}, gone{{5}};
  Bytes const bytes(32, 7);
  database.write([&](db::Tx& tx) {
    for (auto const id : {present, gone}) {
      tx.exec(
          "insert into device (smart_account_id, device_id, virtual_account_id, product_id, "
          "export_controlled_allowed, "
          "status, display_name, sort_name, udi_product_id, udi_serial_number, wrapped_details, public_key, "
          "key_thumbprint, identity_certificate, identity_expires_at, registered_at) values ($1, $2, $3, $4, $5, $6, "
          "'a', 'a', 'p', $7, $8, $8, $8, $8, $9, $10)",
          account, id, va, product, id == present, id == present ? DeviceStatus::registered : DeviceStatus::removed,
          id.text(), bytes, at + std::chrono::hours(1), at);
      tx.exec(
          "insert into device_contact (smart_account_id, device_id, last_contact_at, sequence, message_hash, answer, "
          "report_hash, authorization_state, warned_at) values ($1, $2, $3, 41, $4, $4, $4, 'authorized', $3)",
          account, id, at, bytes);
    }
    for (uint8_t const number : {9, 8})
      tx.exec(
          "insert into device_use (smart_account_id, device_id, entitlement_id, quantity) values ($1, $2, $3, $4)",
          account, present, entitlement(number), int64_t{number} * 10);
  });
  db::migrate(*driver, db::migrations(), at);
  auto const rows = database.write([&](db::Tx& tx) {
    return lock_contacts(tx, {{account, present}, {account, gone}});
  });
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].virtual_account_id, va);
  EXPECT_EQ(rows[0].product_id, product);
  EXPECT_EQ(rows[0].status, DeviceStatus::registered);
  EXPECT_TRUE(rows[0].export_controlled_allowed);
  EXPECT_EQ(rows[0].key_thumbprint, (protocol::Digest{7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
                                                      7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7}));
  EXPECT_EQ(rows[0].identity_expires_at, at + std::chrono::hours(1));
  EXPECT_EQ(rows[0].last_contact_at, at);
  EXPECT_EQ(rows[0].sequence, 41);
  EXPECT_EQ(rows[0].answer, bytes);
  EXPECT_EQ(rows[0].authorization_state, AuthorizationState::authorized);
  EXPECT_EQ(rows[0].warned_at, at);
  EXPECT_EQ(rows[0].released_at, std::nullopt);
  EXPECT_EQ(rows[0].in_use, format_uses({{entitlement(8), 80}, {entitlement(9), 90}}));
  EXPECT_EQ(rows[1].status, DeviceStatus::removed);
  EXPECT_FALSE(rows[1].export_controlled_allowed);
  EXPECT_EQ(rows[1].in_use, "");
}

}  // namespace
}  // namespace menkyo::devices::store
