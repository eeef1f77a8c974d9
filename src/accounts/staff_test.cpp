// Roles of the operator's staff: that they lapse, who lets them last, and who is told before.

#include "accounts/staff.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/migrate.hpp"
#include "people/people.hpp"
#include "tests/support/sent_mail.hpp"
#include "tests/support/world.hpp"

namespace menkyo::accounts {
namespace {

using access::OperatorRole;
using std::chrono::days;
using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class Staff : public ::testing::TestWithParam<std::string> {
 protected:
  Staff() {
    world.serve(routes());
    runner.emplace(*world.database);
    runner->add(staff_timer_kind(world.vault, world.outbox));
  }

  PersonId member(std::string const& mail, OperatorRole role) {
    auto const id = world.person(mail);
    world.database->write([&](db::Tx& tx) { grant_operator_role(tx, world.vault, id, role, {}); });
    return id;
  }
  // Whoever may be given a role has a password.
  PersonId settled(std::string const& mail) {
    auto const id = world.person(mail);
    world.database->write(
        [&](db::Tx& tx) { tx.exec("update person set password_hash = 'x' where person_id = $1", id); });
    return id;
  }
  test::Answer validate(PersonId by, PersonId whose, std::string const& role) {
    return world.as(by).post(path_of(whose, role) + "/validation");
  }
  test::Answer end(PersonId by, PersonId whose, std::string const& role) {
    return world.as(by).send(api::Method::del, path_of(whose, role));
  }
  static std::string path_of(PersonId whose, std::string const& role) {
    return "/api/v1/operator/staff/" + whose.text() + "/roles/" + role;
  }
  bool is_staff(PersonId id) { return world.as(id).get("/api/v1/operator/staff").status == 200; }
  // Lets time pass in steps that the clock's guard takes for right.
  void pass(Duration time) {
    for (auto const until = world.database.clock.now() + time; world.database.clock.now() < until;) {
      world.database.clock.advance(std::min<Duration>(hours(12), until - world.database.clock.now()));
      while (runner->run_once()) {
      }
    }
  }
  std::vector<std::string> events() {
    return world.database->read([](db::ReadTx& tx) {
      return tx.all<std::string>("select kind from event where kind like 'operator_role_%' order by event_id");
    });
  }

  test::World world{GetParam()};
  std::optional<jobs::JobRunner> runner;
};
MENKYO_ON_BOTH_DATABASES(Staff);

TEST_P(Staff, lapse_on_the_instant_and_can_be_given_anew) {
  auto const hana = member("hana@operator.example", OperatorRole::operator_admin);
  world.database.clock.advance(hours(1));
  auto const taro = member("taro@operator.example", OperatorRole::operator_admin);
  world.database.clock.advance(staff_role_period - hours(1) - std::chrono::microseconds(1));
  EXPECT_TRUE(is_staff(hana));
  world.database.clock.advance(std::chrono::microseconds(1));
  EXPECT_FALSE(is_staff(hana));
  EXPECT_EQ(world.as(hana).get("/api/v1/operator/smart_accounts").status, 404) << "she is nobody now";
  EXPECT_THAT(world.as(hana).get("/api/v1/me").body, HasSubstr(R"("operator_roles":[])"));

  auto const anew = validate(taro, hana, "operator_admin");
  ASSERT_EQ(anew.status, 200) << anew.body;
  EXPECT_TRUE(anew.json.at("is_in_force").as_bool());
  EXPECT_EQ(anew.json.at("validated_by").as_string(), "taro Test");
  EXPECT_EQ(anew.json.at("created_at").as_string(), to_rfc3339(world.database->now())) << "a new role";
  EXPECT_EQ(anew.json.at("ends_at").as_string(), to_rfc3339(world.database->now() + days(90)));
  EXPECT_TRUE(is_staff(hana));
  // She lets his last in turn; it goes on as the same role.
  world.database.clock.advance(std::chrono::milliseconds(1));
  auto const same = validate(hana, taro, "operator_admin");
  EXPECT_NE(same.json.at("created_at").as_string(), to_rfc3339(world.database->now()));
  EXPECT_THAT(events(), ElementsAre("operator_role_granted", "operator_role_granted", "operator_role_granted",
                                    "operator_role_validated"));
  EXPECT_THAT(world.letters(), ElementsAre("staff_role_given hana@operator.example")) << "his goes on";
}

TEST_P(Staff, validate_others_and_never_themselves) {
  auto const hana = member("hana@operator.example", OperatorRole::operator_admin);
  auto const taro = member("taro@operator.example", OperatorRole::operator_support);
  auto const before = world.as(hana).get("/api/v1/operator/staff").body;
  EXPECT_EQ(validate(hana, hana, "operator_admin").code(), "forbidden");
  EXPECT_EQ(validate(taro, taro, "operator_support").code(), "forbidden");
  EXPECT_EQ(validate(taro, hana, "operator_admin").code(), "forbidden");
  EXPECT_EQ(validate(hana, taro, "operator_admin").code(), "not_found");
  EXPECT_EQ(world.as(hana)
                .post("/api/v1/operator/staff", R"({"mail":"hana@operator.example","role":"operator_support"})")
                .status,
            422)
      << "she has no password";
  settled("hana@operator.example");
  EXPECT_EQ(world.as(hana)
                .post("/api/v1/operator/staff", R"({"mail":"HANA@operator.example","role":"operator_admin"})")
                .code(),
            "forbidden");
  EXPECT_EQ(world.as(hana).get("/api/v1/operator/staff").body, before);
}

TEST_P(Staff, are_given_roles_and_lose_them) {
  auto const hana = member("hana@operator.example", OperatorRole::operator_admin);
  auto admin = world.as(hana);
  EXPECT_THAT(
      test::faults(admin.post("/api/v1/operator/staff", R"({"mail":"no@one.example","role":"operator_support"})")),
      ElementsAre("/mail unknown"));
  auto const jiro = settled("jiro@operator.example");
  auto const given =
      admin.post("/api/v1/operator/staff", R"({"mail":"jiro@operator.example","role":"operator_admin"})");
  ASSERT_EQ(given.status, 200) << given.body;
  EXPECT_TRUE(is_staff(jiro));
  EXPECT_EQ(end(hana, jiro, "operator_support").code(), "not_found");
  EXPECT_EQ(end(jiro, hana, "operator_admin").status, 200);
  EXPECT_FALSE(is_staff(hana));
  EXPECT_EQ(end(jiro, jiro, "operator_admin").code(), "conflict") << "the last one";
  // Neither somebody whose role lapsed nor somebody who is disabled counts.
  auto const late = member("late@operator.example", OperatorRole::operator_admin);
  world.database->write(
      [&](db::Tx& tx) { tx.exec("update operator_grant set ends_at = $2 where person_id = $1", late, tx.now()); });
  auto const gone = member("gone@operator.example", OperatorRole::operator_admin);
  world.database->write([&](db::Tx& tx) { people::disable_person(tx, gone); });
  EXPECT_EQ(end(jiro, jiro, "operator_admin").code(), "conflict");
  EXPECT_EQ(end(jiro, late, "operator_admin").status, 200) << "what lapsed can be cleared away";
  EXPECT_THAT(world.letters(),
              UnorderedElementsAre("staff_role_given jiro@operator.example", "staff_role_taken hana@operator.example",
                                   "staff_role_taken late@operator.example"));
}

TEST_P(Staff, are_listed_page_by_page) {
  auto const hana = member("hana@operator.example", OperatorRole::operator_admin);
  member("hana@operator.example", OperatorRole::operator_catalog);
  member("taro@operator.example", OperatorRole::operator_support);
  auto admin = world.as(hana);
  std::vector<std::string> seen;
  for (std::string cursor;;) {
    auto const page = admin.get("/api/v1/operator/staff?limit=1" + cursor);
    for (auto const& item : page.json.at("items").items())
      seen.push_back(item.at("mail").as_string() + " " + item.at("role").as_string());
    auto const* next = page.json.find("next_cursor");
    if (!next) break;
    cursor = "&cursor=" + next->as_string();
  }
  EXPECT_THAT(seen,
              UnorderedElementsAre("hana@operator.example operator_admin", "hana@operator.example operator_catalog",
                                   "taro@operator.example operator_support"));
}

TEST_P(Staff, are_warned_three_times_with_those_who_can_help) {
  auto const hana = member("hana@operator.example", OperatorRole::operator_admin);
  world.database.clock.advance(hours(48));
  auto const taro = member("taro@operator.example", OperatorRole::operator_admin);
  member("support@operator.example", OperatorRole::operator_support);
  auto const hers = [](std::string const& kind) {
    return UnorderedElementsAre("staff_role_ends hana@operator.example", kind + " taro@operator.example");
  };
  pass(days(73) + hours(12));
  EXPECT_THAT(world.letters(), IsEmpty());
  pass(hours(12));
  EXPECT_THAT(world.letters(), hers("staff_role_to_validate"));
  EXPECT_EQ(validate(hana, taro, "operator_admin").status, 200);
  pass(days(6) + hours(12));
  // The one for support is due meanwhile, and goes to both administrators.
  EXPECT_THAT(world.letters(), UnorderedElementsAre("staff_role_ends support@operator.example",
                                                    "staff_role_to_validate hana@operator.example",
                                                    "staff_role_to_validate taro@operator.example"));
  pass(hours(12));
  EXPECT_THAT(world.letters(), hers("staff_role_to_validate"));
  EXPECT_EQ(validate(taro, hana, "operator_admin").status, 200);
  // Hers count anew from here: nothing at what was her last day. That of support has two more.
  pass(days(7));
  EXPECT_EQ(world.letters().size(), 3U);
  pass(days(3));
  EXPECT_EQ(world.letters().size(), 0U + 3U);
  pass(days(10));
  EXPECT_THAT(world.letters(), IsEmpty()) << "what lapsed is not warned of";
}

TEST_P(Staff, who_were_not_looked_at_for_long_get_one_letter) {
  member("hana@operator.example", OperatorRole::operator_admin);
  world.database.clock.advance(days(89) + hours(1));
  world.database->write([](db::Tx& tx) { jobs::accept_clock(tx); });
  while (runner->run_once()) {
  }
  EXPECT_THAT(world.letters(), ElementsAre("staff_role_ends hana@operator.example"));
  auto const text = test::sent_mails(*world.database, world.vault).back().message;
  EXPECT_THAT(text.text, HasSubstr("/operator?tab=staff"));
  pass(days(2));
  EXPECT_THAT(world.letters(), IsEmpty());
}

TEST_P(Staff, get_in_again_by_the_command_line) {
  auto const hana = member("hana@operator.example", OperatorRole::operator_admin);
  world.database.clock.advance(days(100));
  EXPECT_FALSE(is_staff(hana));
  world.database->write([&](db::Tx& tx) { create_first_operator(tx, world.vault, "hana@operator.example"); });
  EXPECT_TRUE(is_staff(hana));
}

// Those who are there when the program learns of the end keep their roles for as long as new ones do.
TEST(StaffOfOld, begin_to_count_at_the_migration) {
  for (auto const& kind : test::database_kinds()) {
    test::TestDatabase database(kind, false);
    auto const known = db::migrations();
    auto const before = [&] {
      std::vector<db::Migration> out;
      for (auto const& migration : known)
        if (migration.number < 22) out.push_back(migration);
      return out;
    }();
    db::migrate(*db::make_driver(database.url()), before, database.clock.now());
    auto const person = database.open().write([&](db::Tx& tx) {
      auto const id = tx.new_id<PersonId>();
      tx.exec(
          "insert into person (person_id, mail_lookup, wrapped_profile, language, created_at) values ($1, $2, $2, "
          "'en', 0)",
          id, Bytes{1});
      for (auto const* role : {"operator_admin", "operator_support"})
        tx.exec("insert into operator_grant (person_id, role, created_at) values ($1, $2, 7)", id, std::string(role));
      return id;
    });
    database.close();
    // The databases' own clocks count here.
    auto const now = system_clock().now();
    db::migrate(*db::make_driver(database.url()), known, now);
    database.open().read([&](db::ReadTx& tx) {
      auto const ends = tx.all<Instant>("select ends_at from operator_grant where validated_at = 7");
      ASSERT_EQ(ends.size(), 2U);
      EXPECT_GE(ends.front(), now + days(90) - std::chrono::seconds(2));
      EXPECT_LE(ends.front(), now + days(90) + std::chrono::minutes(10));
      auto const due =
          tx.all<Instant>("select due_at from timer where kind = 'staff_role' and subject_id = $1", person);
      ASSERT_EQ(due.size(), 1U);
      EXPECT_EQ(due.front(), ends.front() - days(14));
    });
  }
}

}  // namespace
}  // namespace menkyo::accounts
