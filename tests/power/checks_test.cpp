// The checks after an interruption, each shown to notice what it is for: an acknowledgement that is lost, and a row
// that is there twice.

#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>

#include "tests/support/house.hpp"

namespace menkyo::test {
namespace {

class Checks : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    house = std::make_unique<House>(7);
    house->work_on(400);
    house->wait_for([] { return house->office().acknowledged() >= 12; });
    house->finish();
  }
  static void TearDownTestSuite() { house.reset(); }

  // What the checks say while the database is damaged.
  static std::vector<std::string> faults_with(std::string const& damage) {
    struct Undo {};
    auto const& installation = house->installation();
    std::vector<std::string> out;
    try {
      house->service().database().write([&](db::Tx& tx) {
        if (!damage.empty()) {
          EXPECT_GT(tx.exec(damage), 0) << "nothing to damage: " << damage;
        }
        out = broken_rows(tx, installation);
        for (auto const& more : {lost_or_doubled(tx, installation, house->known()),
                                 Office::lost_or_doubled(tx, house->office().known())})
          out.insert(out.end(), more.begin(), more.end());
        throw Undo{};
      });
    } catch (Undo) {
    }
    return out;
  }

  static std::unique_ptr<House> house;
};
std::unique_ptr<House> Checks::house;

TEST_F(Checks, find_nothing_where_nothing_is_wrong) {
  EXPECT_THAT(faults_with(""), testing::IsEmpty());
}

// What is lost: the database as it was before something was acknowledged.
TEST_F(Checks, notice_what_is_lost) {
  std::string const some_device = "(select device_id from device_use order by device_id limit 1)";
  std::vector<std::string> const damages{
      "update device_contact set sequence = sequence - 1 where device_id = " + some_device,
      "delete from device_contact where device_id = " + some_device,
      "update device_use set quantity = quantity + 1 where device_id = " + some_device,
      "delete from device_use where device_id = " + some_device,
      "delete from use_entry where at = (select max(at) from use_entry)",
      "delete from usage_report where received_at = (select max(received_at) from usage_report)",
      "delete from device where device_id = " + some_device,
      "update registration_token set uses = uses - 1 where uses > 0",
      "delete from virtual_account where name like 'Room %'",
      "delete from registration_token where description like 'Rack %'",
      "delete from lot where source_reference like 'O-%'",
      "update holding set quantity = quantity - 1 where quantity > 0",
      "update position set owned = owned - 1",
  };
  for (auto const& damage : damages) EXPECT_THAT(faults_with(damage), testing::Not(testing::IsEmpty())) << damage;
}

TEST_F(Checks, notice_what_is_there_twice) {
  std::vector<std::string> const damages{
      "update registration_token set uses = uses + 1 where uses > 0",
      "insert into use_entry (smart_account_id, virtual_account_id, entitlement_id, at, device_id, "
      "quantity, change) select smart_account_id, virtual_account_id, entitlement_id, at + 1, "
      "device_id, quantity, change from use_entry where at = (select max(at) from use_entry)",
      "insert into usage_report (smart_account_id, device_id, report_hash, previous_hash, report_id, "
      "entitlement_id, started_at, ended_at, measurements, received_at) select smart_account_id, "
      "device_id, cast(previous_hash || report_hash as blob), previous_hash, report_id, entitlement_id, "
      "started_at, ended_at, measurements, received_at from usage_report where received_at = "
      "(select max(received_at) from usage_report)",
      "insert into registration (smart_account_id, message_hash, device_id, created_at) select "
      "smart_account_id, cast(message_hash || message_hash as blob), device_id, created_at from registration",
      "insert into lot (smart_account_id, lot_id, entitlement_id, license_type, quantity, starts_at, "
      "ends_at, subscription, source_kind, source_reference, created_at) select smart_account_id, "
      "randomblob(16), entitlement_id, license_type, quantity, starts_at, ends_at, subscription, "
      "source_kind, source_reference, created_at from lot where source_reference like 'O-%'",
      "update virtual_account set name = (select min(name) from virtual_account where name like "
      "'Room %') where name = (select max(name) from virtual_account where name like 'Room %')",
      "update registration_token set description = (select min(description) from "
      "registration_token where description like 'Rack %') where description = (select "
      "max(description) from registration_token where description like 'Rack %')",
  };
  for (auto const& damage : damages) EXPECT_THAT(faults_with(damage), testing::Not(testing::IsEmpty())) << damage;
}

// A device whose acknowledged message is forgotten gets another answer to the same bytes.
TEST_F(Checks, notice_another_answer) {
  auto other = std::make_unique<House>(8);
  other->work_on(200);
  other->close();
  ASSERT_TRUE(other->open());
  other->service().database().write([](db::Tx& tx) {
    tx.exec("update device_contact set answer = (select answer from device_contact order by sequence desc limit 1)");
  });
  testing::TestPartResultArray found;
  {
    testing::ScopedFakeTestPartResultReporter const catcher(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ALL_THREADS, &found);
    // Whoever was disturbed looks at its last answers again before it goes on.
    other->let_in();
    other->wait_for([] { return false; });
    other.reset();
  }
  std::string told;
  for (int i = 0; i < found.size(); ++i) told += found.GetTestPartResult(i).message();
  EXPECT_THAT(told, testing::ContainsRegex("another nonce|is not menkyo-|became another"));
}

}  // namespace
}  // namespace menkyo::test
