// Operations of different modules that meet on the same things at the same moment. On PostgreSQL each is held in the
// midst of its transaction by a table that another session has locked, so that the other comes in between for sure;
// SQLite's one writer takes them in turn.

#include <gmock/gmock.h>

#include <future>
#include <thread>

#include "accounts/accounts.hpp"
#include "jobs/runner.hpp"
#include "orders/orders.hpp"
#include "tests/support/test_device.hpp"

namespace menkyo::test {
namespace {

using access::Permission;
using std::chrono::hours;
using std::chrono::milliseconds;
using ::testing::IsEmpty;

constexpr auto moment = milliseconds(400);

class Races : public ::testing::TestWithParam<std::string> {
 protected:
  Races() {
    administrator.person_id = world.db->write([&](db::Tx& tx) {
      auto const person = people::create_person(tx, world.vault, {{"sora@aozora.example", "Sora", "Ao", {}}}, {});
      tx.exec(
          "insert into role_grant (smart_account_id, role_grant_id, person_id, role, created_at) values ($1, $2, $3, "
          "'sa_admin', $4)",
          world.account, tx.new_id<RoleGrantId>(), person, tx.now());
      return person;
    });
  }

  // Nobody can write into the table until release().
  void hold(std::string const& table) {
    if (GetParam() == "sqlite") return;
    holder = db::make_driver(world.db.url())->open();
    holder->script("begin; lock table " + table + " in share mode");
  }
  void release() {
    if (holder) holder->script("rollback");
    holder.reset();
  }
  template <class F>
  auto begin(F&& work) {
    auto out = std::async(std::launch::async, std::forward<F>(work));
    std::this_thread::sleep_for(moment);
    return out;
  }
  // "deleted", or the code with which it was refused.
  std::string delete_second() {
    try {
      world.db->write([&](db::Tx& tx) {
        auto const access = access::detail::Prover::virtual_account<Permission::account_edit>(
            tx, administrator, world.account, world.second_va);
        accounts::delete_virtual_account(tx, world.vault, access, {});
      });
      return "deleted";
    } catch (Problem const& problem) {
      return std::string(problem.kind().code);
    }
  }
  // The code with which a move was refused; "moved" if it was not.
  std::string move(VirtualAccountId va, VirtualAccountId parent) {
    try {
      world.db->write([&](db::Tx& tx) {
        auto const access =
            access::detail::Prover::account<Permission::account_edit>(tx, administrator, world.account);
        accounts::move_virtual_account(tx, world.vault, access, {world.account, va, {}, parent});
      });
      return "moved";
    } catch (Problem const& problem) {
      return std::string(problem.kind().code);
    }
  }
  std::vector<std::string> broken_tree() {
    return world.db->read([&](db::ReadTx& tx) { return accounts::broken_tree(tx, world.account); });
  }
  void expect_second_kept(std::string const& deletion) {
    EXPECT_EQ(deletion, "not_empty");
    EXPECT_EQ(world.count("select count(*) from virtual_account where name = 'Osaka'"), 1);
    EXPECT_THAT(world.broken(), IsEmpty());
  }

  DeviceWorld world{GetParam()};
  api::Caller administrator;
  std::unique_ptr<db::Session> holder;
};
MENKYO_ON_BOTH_DATABASES(Races);

TEST_P(Races, one_machine_that_registers_under_two_tokens_is_one_instance) {
  auto const first = world.token(), second = world.token({.second_virtual_account = true});
  TestDevice here(world, "S-1"), there(world, "S-1");
  hold("device");
  auto one = begin([&] { here.register_with(first.text); });
  auto other = begin([&] { there.register_with(second.text); });
  release();
  one.get();
  other.get();
  EXPECT_EQ(world.count("select count(*) from device where status = 'registered'"), 1);
  EXPECT_EQ(world.count("select count(*) from device"), 2);
  EXPECT_EQ(world.events("device_removed"), 1);
  EXPECT_THAT(world.broken(), IsEmpty());
}

TEST_P(Races, a_virtual_account_is_not_deleted_under_a_registration) {
  auto const token = world.token({.lives = hours(1), .second_virtual_account = true});
  TestDevice device(world, "S-1");
  hold("device");
  auto registration = begin([&] { device.register_with(token.text); });
  // The token is over while its last registration is under way, so it does not stand in the way of the deletion.
  world.advance(hours(2));
  auto deletion = begin([&] { return delete_second(); });
  release();
  registration.get();
  expect_second_kept(deletion.get());
  EXPECT_EQ(world.count("select count(*) from device where status = 'registered'"), 1);
}

TEST_P(Races, a_virtual_account_is_not_deleted_under_a_new_token) {
  hold("registration_token");
  auto making = begin([&] { world.token({.second_virtual_account = true}); });
  auto deletion = begin([&] { return delete_second(); });
  release();
  making.get();
  expect_second_kept(deletion.get());
}

TEST_P(Races, a_virtual_account_is_not_deleted_under_a_deposit) {
  auto const start = orders::start_orders_import(
      *world.db, world.catalogs,
      "order,line,ordered_at,account_domain,virtual_account,entitlement,license_type,quantity,starts_at,ends_at,"
      "subscription\nA-2,1,2025-12-01,aozora.example,Osaka,ESS,perpetual,5,,,\n",
      "orders.csv");
  ASSERT_TRUE(start.job_id) << (start.report.problems.first.empty() ? ""
                                                                    : start.report.problems.first.front().reason);
  jobs::JobRunner runner(*world.db);
  runner.add(orders::import_kind(world.vault, world.catalogs, {}));
  hold("lot");
  auto import = begin([&] { return runner.run_to_end(*start.job_id); });
  auto deletion = begin([&] { return delete_second(); });
  release();
  EXPECT_EQ(import.get().status, jobs::JobStatus::done);
  expect_second_kept(deletion.get());
  EXPECT_EQ(world.count("select cast(sum(quantity) as bigint) from holding where holder_kind = 'virtual_account'"),
            5);
}

TEST_P(Races, two_moves_do_not_make_a_loop) {
  hold("virtual_account");
  auto one = begin([&] { return move(world.va, world.second_va); });
  auto other = begin([&] { return move(world.second_va, world.va); });
  release();
  EXPECT_EQ(one.get(), "moved");
  EXPECT_EQ(other.get(), "invalid");
  EXPECT_EQ(world.count("select count(*) from virtual_account where parent_id is not null"), 1);
  EXPECT_THAT(broken_tree(), IsEmpty());
}

TEST_P(Races, two_choices_of_the_default_leave_one) {
  auto const choose = [&] {
    world.db->write([&](db::Tx& tx) {
      auto const access = access::detail::Prover::account<Permission::account_edit>(tx, administrator, world.account);
      accounts::make_default(tx, world.vault, access, {world.account, world.second_va, {}});
    });
  };
  hold("virtual_account");
  auto one = begin(choose), other = begin(choose);
  release();
  one.get();
  other.get();
  EXPECT_EQ(world.events("virtual_account_made_default"), 1);
  EXPECT_THAT(broken_tree(), IsEmpty());
}

// What is in a virtual account stays in it, and what comes meanwhile comes to where it stands then.
TEST_P(Races, a_device_registers_while_its_virtual_account_moves) {
  auto const token = world.token({.second_virtual_account = true});
  TestDevice device(world, "S-1");
  hold("device");
  auto registration = begin([&] { device.register_with(token.text); });
  auto moving = begin([&] { return move(world.second_va, world.va); });
  release();
  registration.get();
  EXPECT_EQ(moving.get(), "moved");
  EXPECT_EQ(world.count("select count(*) from device d join virtual_account v on v.virtual_account_id = "
                        "d.virtual_account_id where v.name = 'Osaka' and v.depth = 2"),
            1);
  EXPECT_THAT(world.broken(), IsEmpty());
  EXPECT_THAT(broken_tree(), IsEmpty());
}

// What comes after the deletion finds nothing to come into.
TEST_P(Races, nothing_comes_into_a_virtual_account_that_is_gone) {
  auto const token = world.token({.lives = hours(1), .second_virtual_account = true});
  world.revoke(token.registration_token_id);
  EXPECT_EQ(delete_second(), "deleted");
  try {
    world.token({.second_virtual_account = true});
    ADD_FAILURE() << "a token for a virtual account that is gone";
  } catch (Problem const& problem) {
    EXPECT_EQ(problem.kind().code, problems::not_found.code);
  }
  // A token that somebody made usable again lets nobody in either.
  world.db->write([](db::Tx& tx) { tx.exec("update registration_token set revoked_at = null"); });
  TestDevice device(world, "S-1");
  try {
    device.register_with(token.text);
    ADD_FAILURE() << "a device in a virtual account that is gone";
  } catch (Refused const& refused) {
    EXPECT_EQ(refused.code, problems::token_revoked.code);
  }
  EXPECT_EQ(world.count("select uses from registration_token"), 0);
}

}  // namespace
}  // namespace menkyo::test
