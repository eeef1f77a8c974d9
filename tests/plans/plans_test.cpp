// SQLite keeps no statistics of our tables, so its plans depend on the statements alone
// (docs/decisions/0018-plans-without-statistics.md): each of those that pages need must go by the index that knows
// the virtual account, and none may read what belongs to the whole Smart Account. PostgreSQL keeps plans that were
// made while a table was empty (docs/decisions/0024-plans-are-kept.md).

#include <gmock/gmock.h>

#include "access/store.hpp"
#include "accounts/store_assistance.hpp"
#include "accounts/store_partner.hpp"
#include "accounts/store_successions.hpp"
#include "accounts/store_tags.hpp"
#include "audit/store.hpp"
#include "companies/store.hpp"
#include "devices/store.hpp"
#include "licenses/store.hpp"
#include "publications/store.hpp"
#include "support/store.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo {
namespace {

using testing::AnyOf;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

// Runs nothing, but asks how it would be run.
class Explaining final : public db::Connection {
 public:
  explicit Explaining(db::Connection& asked, std::string how = "explain query plan ", int column = 3)
      : asked_(asked), how_(std::move(how)), column_(column) {}
  int64_t run(std::string_view sql, std::span<const db::Value> parameters, db::RowSink const*) override {
    asked_.run(how_ + std::string(sql), parameters, &note_);
    return 0;
  }
  int64_t run_many(std::string_view sql, size_t width, std::span<const db::Value> rows, db::RowSink const*) override {
    asked_.run_many(how_ + std::string(sql), width, rows, &note_);
    return 0;
  }
  std::vector<std::string> plan;

 private:
  db::Connection& asked_;
  std::string how_;
  int column_;
  db::RowSink note_ = [this](db::Row const& row) { plan.emplace_back(row.text(column_)); };
};

class PlansTest : public testing::Test {
 protected:
  PlansTest() : database_("sqlite"), session_(database_.open().driver().open_reader()) {}

  template <class F>
  std::vector<std::string> plan_of(F&& read) {
    Explaining explaining(*session_);
    db::ReadTx tx(explaining, database_.clock.now());
    read(tx);
    EXPECT_FALSE(explaining.plan.empty());
    return explaining.plan;
  }

  test::TestDatabase database_;
  std::unique_ptr<db::Session> session_;
  SmartAccountId account_;
  VirtualAccountId va_;
  EntitlementId entitlement_;
};

// No step that goes through everything a customer has.
auto by_more_than_the_account() {
  return Each(Not(testing::AnyOf(HasSubstr("(smart_account_id=?)"), HasSubstr("SCAN device"), HasSubstr("SCAN event"),
                                 HasSubstr("SCAN holding"), HasSubstr("SCAN virtual_account"))));
}

TEST_F(PlansTest, the_staff_finds_accounts_by_ranges_of_their_keys) {
  for (auto* search : {&accounts::store::accounts_by_name, &accounts::store::accounts_by_domain}) {
    auto const plan = plan_of([&](db::ReadTx& tx) { search(tx, {"a", "b"}, 10); });
    EXPECT_THAT(plan, Each(HasSubstr("SEARCH")));
    EXPECT_THAT(plan.front(), AnyOf(HasSubstr("name_key>? AND name_key<?"), HasSubstr("domain>? AND domain<?")));
  }
}

TEST_F(PlansTest, grants_are_found_by_the_person) {
  auto const by_person = testing::AllOf(testing::Contains(HasSubstr("role_grant_by_person (person_id=?")),
                                        Each(Not(HasSubstr("KEY (smart_account_id=?)"))));
  EXPECT_THAT(plan_of([&](auto& tx) { access::store::grants(tx, PersonId{}, SmartAccountId{}, tx.now()); }),
              by_person);
  EXPECT_THAT(plan_of([&](auto& tx) { accounts::store::grants_of_person(tx, SmartAccountId{}, PersonId{}); }),
              by_person);
  EXPECT_THAT(plan_of([&](auto& tx) {
                accounts::store::grants_of_members(tx, {{SmartAccountId{}, PersonId{}}});
              }),
              by_person);
}

TEST_F(PlansTest, companies_are_looked_up_by_a_range_of_their_keys) {
  for (bool const twins : {false, true}) {
    auto const plan = plan_of([&](db::ReadTx& tx) {
      companies::store::codes_by_key(tx, "kaede", twins, {"kaede", "C-1"}, 10);
    });
    EXPECT_THAT(plan, testing::Contains(HasSubstr(twins ? "SEARCH k USING INDEX company_key_twins ("
                                                        : "SEARCH k USING PRIMARY KEY (")));
    EXPECT_THAT(plan, testing::Contains(HasSubstr("company_key_by_code (code=?")));
  }
  EXPECT_THAT(plan_of([](db::ReadTx& tx) { companies::store::merged_into(tx, {"C-1"}); }),
              testing::Contains(HasSubstr("company_by_kept (kept_code=?)")));
}

TEST_F(PlansTest, EventsOfAVirtualAccountAreFoundByIt) {
  auto const plan = plan_of([&](db::ReadTx& tx) { audit::store::events_before(tx, account_, va_, {}, 50); });
  EXPECT_THAT(plan, by_more_than_the_account());
  EXPECT_THAT(plan, testing::Contains(HasSubstr("event_by_virtual_account")));
  EXPECT_THAT(plan, Each(Not(HasSubstr("PRIMARY KEY (smart_account_id=? AND event_id<?)"))));
}

TEST_F(PlansTest, ChildrenAreReadInTheirOrder) {
  auto const plan =
      plan_of([&](db::ReadTx& tx) { accounts::store::children_between(tx, account_, va_, "", "z", 50); });
  EXPECT_THAT(plan, testing::ElementsAre(HasSubstr("virtual_account_by_parent")));
}

TEST_F(PlansTest, virtual_accounts_with_a_tag_are_read_in_the_order_of_the_tree) {
  for (auto const& value : {std::optional<std::string>(), std::optional<std::string>("east")}) {
    auto const plan = plan_of(
        [&](db::ReadTx& tx) { accounts::store::tagged_between(tx, account_, CustomTagId{}, value, "a", "b", 50); });
    EXPECT_THAT(plan,
                testing::Contains(HasSubstr(value ? "virtual_account_tag_by_value" : "virtual_account_tag_by_tag")));
    EXPECT_THAT(plan, testing::Contains(HasSubstr("sort_path>? AND sort_path<?")));
    EXPECT_THAT(plan, Each(Not(HasSubstr("TEMP B-TREE"))));
    EXPECT_THAT(plan, by_more_than_the_account());
  }
}

TEST_F(PlansTest, agreements_are_read_in_the_order_in_which_they_are_listed) {
  auto const in_force =
      plan_of([&](db::ReadTx& tx) { publications::store::agreements_after(tx, account_, "", "", 50); });
  EXPECT_THAT(in_force, testing::Contains(HasSubstr("publication_by_kind")));
  EXPECT_THAT(in_force, Each(Not(HasSubstr("TEMP B-TREE"))));
  auto const accepted =
      plan_of([&](db::ReadTx& tx) { publications::store::acceptances_before(tx, account_, {}, 50); });
  EXPECT_THAT(accepted, testing::Contains(HasSubstr("agreement_acceptance_by_time (smart_account_id=? AND")));
  EXPECT_THAT(accepted, Each(Not(HasSubstr("TEMP B-TREE"))));
}

TEST_F(PlansTest, queues_of_staff_are_read_in_their_order_by_status) {
  auto const enquiries =
      plan_of([](db::ReadTx& tx) { support::store::all_enquiries(tx, support::EnquiryStatus::OPEN, {.limit = 50}); });
  EXPECT_THAT(enquiries, testing::ElementsAre(HasSubstr("enquiry_by_status (status=? AND enquiry_id<?)")));
  auto const successions = plan_of([](db::ReadTx& tx) {
    accounts::store::all_successions(tx, accounts::SuccessionStatus::PENDING, {.limit = 50});
  });
  EXPECT_THAT(successions, testing::ElementsAre(HasSubstr("succession_by_status (status=? AND succession_id<?)")));
}

TEST_F(PlansTest, the_waiting_succession_is_found_by_its_account) {
  EXPECT_THAT(plan_of([&](db::ReadTx& tx) { accounts::store::waiting_succession(tx, account_); }),
              testing::ElementsAre(HasSubstr("succession_by_account (smart_account_id=? AND status=?)")));
}

TEST_F(PlansTest, requests_of_partners_are_found_by_partner_and_by_customer) {
  EXPECT_THAT(plan_of([](db::ReadTx& tx) { accounts::store::partner_requests_of(tx, {}, {.limit = 50}); }),
              testing::ElementsAre(HasSubstr("partner_request_by_partner (partner_id=? AND partner_request_id<?)")));
  EXPECT_THAT(
      plan_of([](db::ReadTx& tx) { accounts::store::partner_requests_to(tx, Bytes(32, 1), {}, {.limit = 50}); }),
      testing::ElementsAre(HasSubstr("partner_request_by_customer (customer_lookup=? AND partner_request_id<?)")));
}

TEST_F(PlansTest, LicenseTypesAreReadOfOneHolder) {
  auto const plan = plan_of([&](db::ReadTx& tx) { licenses::store::types_of(tx, account_, va_); });
  EXPECT_THAT(plan, by_more_than_the_account());
  EXPECT_THAT(plan, testing::Contains(HasSubstr("holder_id=?")));
}

TEST_F(PlansTest, UsingDevicesAreReadOfOneVirtualAccount) {
  auto const plan =
      plan_of([&](db::ReadTx& tx) { licenses::store::devices_using(tx, account_, va_, entitlement_, 50); });
  EXPECT_THAT(plan, testing::ElementsAre(HasSubstr("device_by_virtual_account"), HasSubstr("PRIMARY KEY")));
}

TEST_F(PlansTest, DevicesAreReadInTheOrderOfThePage) {
  devices::store::DeviceFilter const filter{account_, va_, {devices::DeviceStatus::registered}, ""};
  for (auto const order : {devices::store::DeviceOrder::name, devices::store::DeviceOrder::registered_at,
                           devices::store::DeviceOrder::last_contact_at})
    for (bool const descending : {false, true}) {
      auto const plan = plan_of([&](db::ReadTx& tx) {
        devices::store::list_devices(tx, filter, {order, descending}, {}, 50);
      });
      EXPECT_THAT(plan, by_more_than_the_account());
      EXPECT_THAT(plan, Each(Not(HasSubstr("TEMP B-TREE"))));
    }
}

// Who looks for a name and wants another order gets few of many: not all of the virtual account are read for them.
TEST_F(PlansTest, FoundDevicesAreReadByNameInEveryOrder) {
  devices::store::DeviceFilter const filter{account_, va_, {devices::DeviceStatus::registered}, "edge"};
  for (auto const order : {devices::store::DeviceOrder::registered_at, devices::store::DeviceOrder::last_contact_at})
    for (bool const descending : {false, true}) {
      auto const plan = plan_of([&](db::ReadTx& tx) {
        devices::store::list_devices(tx, filter, {order, descending}, {}, 50);
      });
      EXPECT_THAT(plan, testing::Contains(HasSubstr("sort_name>?")));
      EXPECT_THAT(plan, Each(Not(HasSubstr("device_contact_by_last"))));
      EXPECT_THAT(plan, Each(Not(HasSubstr("device_by_registered"))));
    }
}

TEST_F(PlansTest, AMachineIsFoundByItsSerialNumber) {
  auto const plan = plan_of([&](db::ReadTx& tx) { devices::store::registered_as(tx, {{account_, "KZ-1", "SN-1"}}); });
  EXPECT_THAT(plan, testing::Contains(HasSubstr("device_by_serial")));
}

// Counting them one by one took as long as there are devices.
TEST_F(PlansTest, AnAccountDoesNotCountItsDevices) {
  Explaining explaining(*session_);
  db::ReadTx tx(explaining, database_.clock.now());
  EXPECT_THROW(accounts::store::counts_below(tx, account_, "/"), std::bad_optional_access);  // nothing was run
  EXPECT_THAT(explaining.plan, Each(Not(HasSubstr("device_by"))));
  EXPECT_THAT(explaining.plan, testing::Contains(HasSubstr("virtual_account_by_path")));
}

// Thousands of events may wait to be sealed a moment after none did.
TEST(PostgresPlansTest, AnEmptyTableIsReadByItsIndexToo) {
  test::TestDatabase place("postgres");
  auto& driver = place.open().driver();
  driver.open()->script("vacuum analyze event_unsealed");
  auto const session = driver.open();
  Explaining explaining(*session, "explain ", 0);
  db::Tx tx(explaining, place.clock.now(), {});
  audit::store::delete_unsealed(tx, {{SmartAccountId{}, EventId{}}});
  EXPECT_THAT(explaining.plan, Each(Not(HasSubstr("Seq Scan"))));
  EXPECT_THAT(explaining.plan, testing::Contains(HasSubstr("event_unsealed_pkey")));
}

// Only notes what it is asked.
class Noting final : public db::Connection {
 public:
  int64_t run(std::string_view sql, std::span<const db::Value>, db::RowSink const*) override {
    asked.emplace_back(sql);
    return 0;
  }
  int64_t run_many(std::string_view sql, size_t, std::span<const db::Value>, db::RowSink const*) override {
    asked.emplace_back(sql);
    return 0;
  }
  std::vector<std::string> asked;
};

// A plan that is kept is made without the values, when a range of names may as well be narrow.
TEST(PostgresPlansTest, AllDevicesAreReadInTheOrderOfThePage) {
  test::TestDatabase place("postgres");
  auto& driver = place.open().driver();
  auto const session = driver.open();
  session->script(
      "create temporary table made as select decode(repeat('00', 16), 'hex') as none, "
      "decode(lpad(to_hex(i), 32, '0'), 'hex') as id, decode(lpad(to_hex(i % 200), 32, '0'), 'hex') as va, i from "
      "generate_series(1, 20000) i");
  session->script(
      "insert into device (smart_account_id, device_id, virtual_account_id, product_id, status, display_name, "
      "sort_name, udi_product_id, udi_serial_number, wrapped_details, identity_certificate, registered_at) select "
      "none, id, va, none, 'registered', 'd' || i, 'd' || i, 'P', 'S' || i, '', '', i from made");
  session->script(
      "insert into device_contact (smart_account_id, device_id, virtual_account_id, product_id, status, "
      "export_controlled_allowed, key_thumbprint, identity_expires_at, last_contact_at, sequence, message_hash, "
      "answer, report_hash, authorization_state, in_use) select none, id, va, none, 'registered', true, '', i, i, 1, "
      "'', '', '', 'authorized', '' from made");
  session->script("analyze device; analyze device_contact");
  Noting noting;
  db::ReadTx tx(noting, place.clock.now());
  devices::store::DeviceFilter const all{{}, {}, {devices::DeviceStatus::registered}, ""};
  devices::store::list_devices(tx, all, {devices::store::DeviceOrder::registered_at, true}, {}, 50);
  ASSERT_EQ(noting.asked.size(), 1U);
  session->script("set plan_cache_mode = force_generic_plan; prepare listing as " + noting.asked.front());
  std::vector<std::string> plan;
  db::RowSink const note = [&](db::Row const& row) { plan.emplace_back(row.text(0)); };
  session->run(
      "explain execute listing(decode(repeat('00', 16), 'hex'), decode(repeat('00', 16), 'hex'), 'registered', '', "
      "'z', 30000, '', 50)",
      {}, &note);
  EXPECT_THAT(plan, testing::Contains(HasSubstr("device_by_registered")));
  EXPECT_THAT(plan, Each(Not(HasSubstr("Sort"))));
}

}  // namespace
}  // namespace menkyo
