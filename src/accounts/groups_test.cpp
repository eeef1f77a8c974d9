// Groups of users, and the roles that their members have by them.

#include "accounts/groups.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/inside.hpp"
#include "tests/support/world.hpp"

namespace menkyo::accounts {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class Groups : public ::testing::TestWithParam<std::string> {
 protected:
  Groups() {
    world.services.add(world.outbox);
    world.serve(routes());
    admin.emplace(world.as(world.administrator_of(account)));
  }
  ~Groups() override { EXPECT_THAT(broken(), IsEmpty()); }

  std::vector<std::string> broken() {
    return world.database->read([&](db::ReadTx& tx) { return broken_groups(tx, account); });
  }
  std::string base() const { return "/api/v1/smart_accounts/" + account.text(); }
  std::string at(std::string const& group, std::string const& more = {}) const {
    return base() + "/user_groups/" + group + more;
  }
  std::string group(std::string const& name) {
    auto const answer = admin->post(base() + "/user_groups", R"({"name":")" + name + R"("})");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json.at("user_group_id").as_string();
  }
  test::Answer join(std::string const& group, std::string const& mail) {
    return admin->post(at(group, "/members"), R"({"mail":")" + mail + R"("})");
  }
  test::Answer leave(std::string const& group, PersonId person) {
    return admin->send(api::Method::del, at(group, "/members/" + person.text()));
  }
  test::Answer give(std::string const& group, std::string const& role, std::optional<VirtualAccountId> where = {},
                    std::string const& end = {}) {
    return admin->post(at(group, "/role_grants"),
                       R"({"role":")" + role + '"' +
                           (where ? R"(,"virtual_account_id":")" + where->text() + '"' : "") +
                           (end.empty() ? "" : R"(,"ends_at":")" + end + '"') + "}");
  }
  // `given` is an answer of give().
  test::Answer take(std::string const& group, test::Answer const& given, std::string const& role) {
    for (auto const& grant : given.json.at("grants").items())
      if (grant.at("role").as_string() == role)
        return admin->send(api::Method::del, at(group, "/role_grants/" + grant.at("group_grant_id").as_string()));
    throw std::logic_error("the group has no role " + role);
  }
  // What the list of users says of somebody: "role by group".
  std::vector<std::string> roles_of(PersonId person) {
    std::vector<std::string> out;
    auto const users = admin->get(base() + "/users");
    for (auto const& user : users.json.at("items").items())
      if (user.at("person_id").as_string() == person.text())
        for (auto const& grant : user.at("grants").items()) {
          auto const* by = grant.find("group_name");
          out.push_back(grant.at("role").as_string() + (by ? " by " + by->as_string() : ""));
        }
    return out;
  }
  std::vector<std::string> events(std::string const& kind) {
    std::vector<std::string> out;
    auto const answer = admin->get(base() + "/events?kind=" + kind);
    for (auto const& event : answer.json.at("items").items())
      out.push_back(protocol::json::to_text(event.at("data")));
    return out;
  }

  test::World world{GetParam()};
  SmartAccountId account = world.account("example.com");
  std::optional<test::ApiClient> admin;
};
MENKYO_ON_BOTH_DATABASES(Groups);

TEST_P(Groups, give_their_roles_to_their_members) {
  auto const hana = world.person("hana@example.com"), ken = world.person("ken@example.com");
  auto const tokyo = world.virtual_account(account, "Tokyo");
  auto as_hana = world.as(hana);
  EXPECT_EQ(as_hana.get(base()).status, 404);
  auto const team = group("Team");
  ASSERT_EQ(give(team, "va_user", tokyo).status, 200);
  auto const joined = join(team, "hana@example.com");
  ASSERT_EQ(joined.status, 200) << joined.body;
  EXPECT_EQ(joined.json.at("member_count").as_int(), 1);
  // From the next request on.
  EXPECT_EQ(as_hana.get(base() + "/virtual_accounts/" + tokyo.text()).status, 200);
  EXPECT_THAT(roles_of(hana), ElementsAre("va_user by Team"));
  ASSERT_EQ(join(team, "ken@example.com").status, 200);
  auto const both = give(team, "sa_viewer");
  EXPECT_THAT(roles_of(ken), UnorderedElementsAre("va_user by Team", "sa_viewer by Team"));
  EXPECT_EQ(as_hana.get(base() + "/users").status, 403);
  ASSERT_EQ(take(team, both, "sa_viewer").status, 200);
  EXPECT_THAT(roles_of(hana), ElementsAre("va_user by Team"));
  ASSERT_EQ(leave(team, hana).json.at("member_count").as_int(), 1);
  EXPECT_EQ(as_hana.get(base()).status, 404);
  EXPECT_THAT(roles_of(ken), ElementsAre("va_user by Team"));
  ASSERT_EQ(admin->send(api::Method::del, at(team)).status, 200);
  EXPECT_THAT(roles_of(ken), IsEmpty());

  EXPECT_EQ(events("user_group_member_added").size(), 2U);
  EXPECT_EQ(events("user_group_member_removed").size(), 1U);
  EXPECT_THAT(events("user_group_role_granted"), UnorderedElementsAre(HasSubstr("sa_viewer"), HasSubstr("va_user")));
  EXPECT_THAT(events("user_group_role_revoked"), ElementsAre(HasSubstr("sa_viewer")));
  EXPECT_THAT(events("user_group_deleted"), ElementsAre(R"({"name":"Team","member_count":1})"));
}

TEST_P(Groups, leave_alone_what_people_have_otherwise) {
  auto const hana = world.person("hana@example.com");
  auto const team = group("Team"), crew = group("Crew");
  auto const own = admin->post(base() + "/role_grants", R"({"mail":"hana@example.com","role":"sa_viewer"})")
                       .json.at("role_grant_id");
  for (auto const& each : {team, crew}) {
    ASSERT_EQ(give(each, "sa_viewer").status, 200);
    ASSERT_EQ(join(each, "hana@example.com").status, 200);
  }
  EXPECT_THAT(roles_of(hana), UnorderedElementsAre("sa_viewer", "sa_viewer by Team", "sa_viewer by Crew"));
  // Its own role ends by itself, and a role of a group is taken from the group alone.
  ASSERT_EQ(admin->send(api::Method::del, base() + "/role_grants/" + own.as_string()).status, 200);
  EXPECT_THAT(roles_of(hana), UnorderedElementsAre("sa_viewer by Team", "sa_viewer by Crew"));
  auto const through = world.database->read([&](db::ReadTx& tx) {
    return tx.one<RoleGrantId>("select role_grant_id from role_grant where person_id = $1", hana).value();
  });
  EXPECT_EQ(admin->send(api::Method::del, base() + "/role_grants/" + through.text()).code(), "conflict");
  // Given once more, it is one of its own again.
  ASSERT_EQ(admin->post(base() + "/role_grants", R"({"mail":"hana@example.com","role":"sa_viewer"})").status, 200);
  EXPECT_THAT(roles_of(hana), UnorderedElementsAre("sa_viewer", "sa_viewer by Team", "sa_viewer by Crew"));
  ASSERT_EQ(leave(team, hana).status, 200);
  EXPECT_THAT(roles_of(hana), UnorderedElementsAre("sa_viewer", "sa_viewer by Crew"));
}

TEST_P(Groups, end_with_their_roles) {
  auto const hana = world.person("hana@example.com");
  auto const team = group("Team");
  ASSERT_EQ(join(team, "hana@example.com").status, 200);
  auto const soon = to_rfc3339(world.database.clock.now() + std::chrono::hours(1));
  ASSERT_EQ(give(team, "sa_user", {}, soon).status, 200);
  EXPECT_EQ(give(team, "sa_user", {}, "2001-01-01T00:00:00Z").code(), "invalid");
  auto as_hana = world.as(hana);
  EXPECT_EQ(as_hana.get(base()).status, 200);
  world.database.clock.advance(std::chrono::hours(2));
  EXPECT_EQ(as_hana.get(base()).status, 404);
  // Given again, without an end.
  EXPECT_EQ(give(team, "sa_user").json.at("grants").items().size(), 1U);
  EXPECT_EQ(as_hana.get(base()).status, 200);
}

TEST_P(Groups, count_where_an_account_needs_an_administrator) {
  auto const hana = world.person("hana@example.com"), first = world.administrator_of(account);
  auto const team = group("Team");
  auto const lone = [&] { return admin->get(base()).json.at("has_one_administrator").as_bool(); };
  auto const given = give(team, "sa_admin");
  ASSERT_EQ(join(team, "admin@example.com").status, 200);
  EXPECT_TRUE(lone()) << "twice the same person";
  ASSERT_EQ(join(team, "hana@example.com").status, 200);
  EXPECT_FALSE(lone());
  // The members take over, and then none of them can be the last to go.
  auto const own = world.database->read([&](db::ReadTx& tx) {
    return tx
        .one<RoleGrantId>("select role_grant_id from role_grant where person_id = $1 and group_grant_id is null",
                          first)
        .value();
  });
  ASSERT_EQ(admin->send(api::Method::del, base() + "/role_grants/" + own.text()).status, 200);
  ASSERT_EQ(leave(team, hana).status, 200);
  EXPECT_EQ(leave(team, first).code(), "conflict");
  EXPECT_EQ(take(team, given, "sa_admin").code(), "conflict");
  EXPECT_EQ(admin->send(api::Method::del, at(team)).code(), "conflict");
  EXPECT_EQ(give(team, "sa_admin", {}, to_rfc3339(world.database.clock.now() + std::chrono::hours(1))).code(),
            "conflict");
  EXPECT_THAT(roles_of(first), ElementsAre("sa_admin by Team"));
}

TEST_P(Groups, are_for_those_who_manage_the_whole_account) {
  auto const tokyo = world.virtual_account(account, "Tokyo");
  auto const team = group("Team");
  auto const local = world.person("local@example.com");
  world.grant(account, local, Role::va_admin, tokyo);
  auto as_local = world.as(local);
  EXPECT_EQ(as_local.get(base() + "/user_groups").status, 403);
  EXPECT_EQ(as_local.post(at(team, "/members"), R"({"mail":"local@example.com"})").status, 403);
  // It sees all the same why somebody may work in its part, and nothing of the rest.
  ASSERT_EQ(join(team, "hana@example.com").status, 200);
  ASSERT_EQ(give(team, "va_user", tokyo).status, 200);
  ASSERT_EQ(give(team, "sa_viewer").status, 200);
  EXPECT_THAT(as_local.get(base() + "/users").body, AllOf(HasSubstr("Team"), Not(HasSubstr("sa_viewer"))));
  // Another account's groups are not there.
  auto const other = world.account("other.example");
  auto stranger = world.as(world.administrator_of(other));
  auto const theirs = "/api/v1/smart_accounts/" + other.text() + "/user_groups/" + team;
  EXPECT_EQ(stranger.get(theirs + "/members").status, 404);
  EXPECT_EQ(stranger.post(theirs + "/members", R"({"mail":"a@other.example"})").status, 404);
}

TEST_P(Groups, are_refused_what_makes_no_sense) {
  auto const team = group("Team"), crew = group("Crew");
  EXPECT_EQ(admin->post(base() + "/user_groups", R"({"name":"ＴＥＡＭ"})").code(), "name_taken");
  auto const rename = [&](std::string const& name, std::string const& version) {
    return admin->send(api::Method::patch, at(crew), R"({"name":")" + name + R"("})",
                       {{"if-match", '"' + version + '"'}});
  };
  EXPECT_EQ(rename("team", "1").code(), "name_taken");
  EXPECT_EQ(rename("Crew 2", "1").json.at("version").as_int(), 2);
  EXPECT_EQ(rename("Crew 3", "1").code(), "changed_meanwhile");
  EXPECT_THAT(events("user_group_renamed"), ElementsAre(HasSubstr(R"("old_name":"Crew")")));
  EXPECT_THAT(give(team, "va_user").body, HasSubstr("/virtual_account_id"));
  EXPECT_THAT(give(team, "sa_user", world.virtual_account(account, "Tokyo")).body, HasSubstr("/role"));
  auto const elsewhere = world.virtual_account(world.account("other.example"), "Theirs");
  EXPECT_THAT(give(team, "va_user", elsewhere).body, HasSubstr("unknown"));
  EXPECT_EQ(join(team, "not a mail").code(), "invalid");
  EXPECT_EQ(leave(team, world.person("hana@example.com")).status, 404);
  ASSERT_EQ(join(team, "hana@example.com").status, 200);
  EXPECT_EQ(join(team, "HANA@example.com").json.at("member_count").as_int(), 1) << "a member already";
  EXPECT_EQ(events("user_group_member_added").size(), 1U);
}

TEST_P(Groups, lose_the_roles_on_a_virtual_account_that_goes) {
  auto const hana = world.person("hana@example.com");
  auto const tokyo = world.virtual_account(account, "Tokyo");
  auto const team = group("Team");
  ASSERT_EQ(give(team, "va_admin", tokyo).status, 200);
  ASSERT_EQ(join(team, "hana@example.com").status, 200);
  ASSERT_EQ(admin->send(api::Method::del, base() + "/virtual_accounts/" + tokyo.text()).status, 200);
  EXPECT_THAT(roles_of(hana), IsEmpty());
  auto const list = admin->get(base() + "/user_groups");
  EXPECT_THAT(list.json.at("items").items().front().at("grants").items(), IsEmpty());
}

TEST_P(Groups, tell_those_whom_they_give_a_role) {
  auto const team = group("Team");
  ASSERT_EQ(give(team, "sa_user").status, 200);
  ASSERT_EQ(give(team, "sa_viewer").status, 200);
  auto const mails = [&](std::string const& what) {
    return world.database->read([&](db::ReadTx& tx) {
      return tx.one<int64_t>("select count(*) from mail where template = $1", what).value();
    });
  };
  ASSERT_EQ(join(team, "newcomer@example.com").status, 200);
  EXPECT_EQ(mails("invitation"), 1) << "one link for all roles";
  auto const members = admin->get(at(team, "/members"));
  EXPECT_TRUE(members.json.at("items").items().front().at("is_invited").as_bool()) << members.body;
  ASSERT_EQ(join(team, "admin@example.com").status, 200);
  EXPECT_EQ(mails("role_given"), 0) << "nobody is told of what they do themselves";
}

TEST_P(Groups, that_were_damaged_are_noticed) {
  auto const team = group("Team");
  ASSERT_EQ(give(team, "sa_user").status, 200);
  ASSERT_EQ(join(team, "hana@example.com").status, 200);
  auto const with = [&](std::string const& damage) {
    std::vector<std::string> found;
    try {
      world.database->write([&](db::Tx& tx) {
        tx.exec(damage);
        found = broken_groups(tx, account);
        throw std::runtime_error("not to be kept");
      });
    } catch (std::runtime_error const&) {
    }
    return found;
  };
  EXPECT_THAT(with("update user_group set member_count = 1"), IsEmpty());
  EXPECT_THAT(with("update user_group set member_count = 2"), ElementsAre(HasSubstr("counts")));
  for (auto const* damage : {"delete from role_grant where group_grant_id is not null",
                             "update role_grant set role = 'sa_admin' where group_grant_id is not null",
                             "update role_grant set ends_at = 1 where group_grant_id is not null"})
    EXPECT_THAT(with(damage), ElementsAre(HasSubstr("not just the roles"))) << damage;
  EXPECT_THAT(with("delete from user_group_grant"), ElementsAre(HasSubstr("not in")));
  EXPECT_THAT(with("delete from user_group_member"), Contains(HasSubstr("not in")));
}

}  // namespace
}  // namespace menkyo::accounts
