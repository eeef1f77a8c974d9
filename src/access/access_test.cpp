#include "access/access.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "access/store.hpp"
#include "tests/support/world.hpp"

namespace menkyo::access {
namespace {

using detail::Prover;
using enum Permission;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::string row_of(Permission permission) {
  std::string row;
  for (size_t i = 0; i < enum_words(Role{}).size(); ++i) row += allows(Role(i), permission) ? 'x' : '-';
  return row;
}

// One line for each capability; the columns are the roles in their order: administrator, user, approver and viewer of
// the Smart Account, administrator, user and viewer of a virtual account.
TEST(Roles, have_the_rights_of_the_table) {
  EXPECT_EQ(row_of(account_edit), "x------");
  EXPECT_EQ(row_of(agreements_accept), "x-x----");
  EXPECT_EQ(row_of(users_manage), "x---x--");
  EXPECT_EQ(row_of(virtual_account_create), "x---x--");
  EXPECT_EQ(row_of(access_requests_decide), "x------");
  EXPECT_EQ(row_of(prefix_approve), "x------");
  EXPECT_EQ(row_of(license_work), "xx--xx-");
  EXPECT_EQ(row_of(inventory_view), "xx-xxxx");
  EXPECT_EQ(row_of(events_view), "xx-xxxx");
  EXPECT_EQ(row_of(notification_addresses_edit), "x------");
  EXPECT_EQ(row_of(account_view), "xxxxxxx");
  EXPECT_EQ(enum_words(Permission{}).size(), 11U) << "a new permission needs a line above";
  EXPECT_EQ(enum_words(Role{}).size(), 7U) << "a new role needs a column above";
}

TEST(OperatorRoles, have_the_rights_of_their_work) {
  using enum OperatorPermission;
  auto const rights = [](OperatorRole role) {
    std::vector<std::string> out;
    for (size_t i = 0; i < enum_words(OperatorPermission{}).size(); ++i)
      if (allows(role, OperatorPermission(i))) out.emplace_back(to_text(OperatorPermission(i)));
    return out;
  };
  EXPECT_EQ(rights(OperatorRole::operator_admin).size(), enum_words(OperatorPermission{}).size());
  EXPECT_THAT(rights(OperatorRole::operator_catalog),
              ElementsAre("catalog_view", "catalog_edit", "jobs_view", "companies_edit"));
  EXPECT_THAT(rights(OperatorRole::operator_support),
              ElementsAre("catalog_view", "accounts_view", "account_requests_decide", "accounts_assist",
                          "enquiries_answer", "successions_decide"));
}

TEST(Reach, covers_whole_subtrees_and_nothing_beside) {
  Reach const reach{false, {"/12/", "/40/7/"}};
  EXPECT_TRUE(reach.covers("/12/"));
  EXPECT_TRUE(reach.covers("/12/13/"));
  EXPECT_FALSE(reach.covers("/120/"));
  EXPECT_FALSE(reach.covers("/40/"));
  EXPECT_TRUE((Reach{true, {}}).covers("/1/"));
}

class Proofs : public ::testing::TestWithParam<std::string> {
 protected:
  std::string code(std::function<void(db::ReadTx&)> const& ask) {
    try {
      world.database->read(ask);
      return "allowed";
    } catch (Problem const& problem) {
      return std::string(problem.kind().code);
    }
  }
  template <Permission P>
  std::string on_node(PersonId person, VirtualAccountId node) {
    return code([&](db::ReadTx& tx) { Prover::virtual_account<P>(tx, {person, {}}, account, node); });
  }
  template <Permission P>
  std::string on_account(PersonId person) {
    return code([&](db::ReadTx& tx) { Prover::account<P>(tx, {person, {}}, account); });
  }

  test::World world{GetParam()};
  SmartAccountId account = world.account("example.com");
  VirtualAccountId tokyo = world.virtual_account(account, "Tokyo");
  VirtualAccountId shinagawa = world.virtual_account(account, "Shinagawa", tokyo);
  VirtualAccountId lab = world.virtual_account(account, "Lab", shinagawa);
  VirtualAccountId osaka = world.virtual_account(account, "Osaka");
  PersonId person = world.person("taro@example.com");
};
MENKYO_ON_BOTH_DATABASES(Proofs);

TEST_P(Proofs, need_somebody_with_a_role) {
  EXPECT_EQ(on_account<account_view>({}), "unauthenticated");
  EXPECT_EQ(on_account<account_view>(person), "not_found");
  EXPECT_EQ(on_node<inventory_view>({}, tokyo), "unauthenticated");
  EXPECT_EQ(on_node<inventory_view>(person, tokyo), "not_found");
  auto const other = world.account("other.example");
  EXPECT_EQ(on_account<account_view>(world.administrator_of(other)), "not_found");
}

TEST_P(Proofs, reach_down_the_tree_and_no_further) {
  world.grant(account, person, Role::va_user, shinagawa);
  EXPECT_EQ(on_node<license_work>(person, tokyo), "not_found");
  EXPECT_EQ(on_node<license_work>(person, shinagawa), "allowed");
  EXPECT_EQ(on_node<license_work>(person, lab), "allowed");
  EXPECT_EQ(on_node<license_work>(person, osaka), "not_found");
  EXPECT_EQ(on_node<users_manage>(person, lab), "forbidden");
  EXPECT_EQ(on_account<account_view>(person), "allowed");
  EXPECT_EQ(on_account<inventory_view>(person), "forbidden");
}

TEST_P(Proofs, differ_between_roles_at_one_place) {
  world.grant(account, person, Role::sa_viewer);
  world.grant(account, person, Role::va_admin, osaka);
  EXPECT_EQ(on_node<license_work>(person, tokyo), "forbidden");
  EXPECT_EQ(on_node<license_work>(person, osaka), "allowed");
  world.database->read([&](db::ReadTx& tx) {
    auto const proof = Prover::virtual_account<inventory_view>(tx, {person, {}}, account, tokyo);
    EXPECT_THAT(proof.abilities(), UnorderedElementsAre("account_view", "inventory_view", "events_view"));
    EXPECT_TRUE(proof.reach().all);
    auto const work = Prover::among<license_work>(tx, {person, {}}, account);
    EXPECT_FALSE(work.reach().all);
    EXPECT_EQ(work.reach().prefixes.size(), 1U);
  });
}

TEST_P(Proofs, end_when_the_role_ends) {
  world.grant(account, person, Role::sa_user, {}, world.database->now() + std::chrono::hours(1));
  EXPECT_EQ(on_node<license_work>(person, tokyo), "allowed");
  world.database.clock.advance(std::chrono::hours(1));
  EXPECT_EQ(on_node<license_work>(person, tokyo), "not_found");
}

TEST_P(Proofs, show_an_approver_nothing_but_the_account) {
  world.grant(account, person, Role::sa_approver);
  EXPECT_EQ(on_account<account_view>(person), "allowed");
  EXPECT_EQ(on_account<agreements_accept>(person), "allowed");
  EXPECT_EQ(on_account<account_edit>(person), "forbidden");
  EXPECT_EQ(on_node<inventory_view>(person, tokyo), "not_found");
  EXPECT_EQ(code([&](db::ReadTx& tx) { Prover::among<events_view>(tx, {person, {}}, account); }), "forbidden");
}

TEST_P(Proofs, keep_the_outermost_ranges_only) {
  world.grant(account, person, Role::va_viewer, lab);
  world.grant(account, person, Role::va_viewer, tokyo);
  world.grant(account, person, Role::va_viewer, osaka);
  world.database->read([&](db::ReadTx& tx) {
    auto const proof = Prover::among<inventory_view>(tx, {person, {}}, account);
    EXPECT_EQ(proof.reach().prefixes.size(), 2U);
    auto const held = holdings(tx, person, account);
    EXPECT_THAT(held.roles(), ElementsAre(Role::va_viewer));
    EXPECT_THAT(held.abilities(), UnorderedElementsAre("account_view", "inventory_view", "events_view"));
    EXPECT_THAT(held.abilities_at("/"), IsEmpty());
  });
}

TEST_P(Proofs, of_a_place_follow_what_is_named) {
  auto const ask = [&](std::optional<VirtualAccountId> place) {
    return code([&](db::ReadTx& tx) { Prover::place<users_manage>(tx, {person, {}}, account, place); });
  };
  world.grant(account, person, Role::va_admin, tokyo);
  EXPECT_EQ(ask(lab), "allowed");
  EXPECT_EQ(ask(osaka), "not_found");
  EXPECT_EQ(ask({}), "forbidden");
}

TEST_P(Proofs, of_a_role_grant_hold_where_it_does) {
  auto const ask = [&](RoleGrantId grant) {
    return code([&](db::ReadTx& tx) { Prover::role_grant<users_manage>(tx, {person, {}}, account, grant); });
  };
  auto const other = world.person("jiro@example.com");
  world.grant(account, person, Role::va_admin, tokyo);
  EXPECT_EQ(ask(world.grant(account, other, Role::va_user, lab)), "allowed");
  EXPECT_EQ(ask(world.grant(account, other, Role::va_user, osaka)), "not_found");
  EXPECT_EQ(ask(world.grant(account, other, Role::sa_viewer)), "forbidden");
  EXPECT_EQ(ask({}), "not_found");
}

TEST_P(Proofs, about_what_is_not_there_are_not_given) {
  EXPECT_EQ(on_node<inventory_view>(world.administrator_of(account), VirtualAccountId{}), "not_found");
  auto const grant = world.grant(account, person, Role::va_admin, tokyo);
  EXPECT_EQ(code([&](db::ReadTx& tx) { Prover::role_grant<users_manage>(tx, {}, account, grant); }),
            "unauthenticated");
}

// A role of a virtual account that was lost from its row must not become one on everything.
TEST_P(Proofs, of_a_role_without_its_virtual_account_hold_nowhere) {
  world.grant(account, person, Role::va_admin);
  EXPECT_EQ(on_node<inventory_view>(person, tokyo), "not_found");
  EXPECT_EQ(on_account<users_manage>(person), "forbidden");
  EXPECT_EQ(code([&](db::ReadTx& tx) { Prover::among<inventory_view>(tx, {person, {}}, account); }), "forbidden");
  world.database->read([&](db::ReadTx& tx) {
    EXPECT_THAT(holdings(tx, person, account).abilities_at(store::path_of(tx, account, tokyo).value()), IsEmpty());
  });
}

TEST_P(Proofs, are_not_needed_to_tell_abilities) {
  world.grant(account, person, Role::sa_approver);
  world.grant(account, person, Role::va_user, shinagawa);
  world.database->read([&](db::ReadTx& tx) {
    auto const held = holdings(tx, person, account);
    auto const at = [&](VirtualAccountId va) { return held.abilities_at(store::path_of(tx, account, va).value()); };
    EXPECT_THAT(at(lab), UnorderedElementsAre("account_view", "agreements_accept", "license_work", "inventory_view",
                                              "events_view"));
    EXPECT_THAT(at(tokyo), UnorderedElementsAre("account_view", "agreements_accept"));
    EXPECT_THAT(held.reach(license_work).prefixes, ElementsAre(store::path_of(tx, account, shinagawa).value()));
    EXPECT_TRUE(held.reach(agreements_accept).all);
    auto const proof = Prover::virtual_account<license_work>(tx, {person, {}}, account, lab);
    EXPECT_TRUE(proof.also(agreements_accept));
    EXPECT_FALSE(proof.also(users_manage));
    EXPECT_EQ(proof.path(), store::path_of(tx, account, lab));
  });
}

TEST_P(Proofs, of_staff_tell_their_abilities) {
  auto const support = world.operator_with(OperatorRole::operator_support);
  world.database->read([&](db::ReadTx& tx) {
    auto const held = operator_holdings(tx, support);
    EXPECT_THAT(held.roles, ElementsAre(OperatorRole::operator_support));
    EXPECT_THAT(held.abilities, ElementsAre("catalog_view", "accounts_view", "account_requests_decide",
                                            "accounts_assist", "enquiries_answer", "successions_decide"));
    EXPECT_THAT(operator_holdings(tx, person).abilities, IsEmpty());
  });
}

TEST_P(Proofs, for_the_operator_need_staff) {
  auto const ask = [&](PersonId who) {
    return code([&](db::ReadTx& tx) { Prover::as_operator<OperatorPermission::accounts_create>(tx, {who, {}}); });
  };
  EXPECT_EQ(ask({}), "unauthenticated");
  EXPECT_EQ(ask(person), "not_found");
  EXPECT_EQ(ask(world.operator_with(OperatorRole::operator_support)), "forbidden");
  EXPECT_EQ(ask(world.operator_with(OperatorRole::operator_admin)), "allowed");
}

}  // namespace
}  // namespace menkyo::access
