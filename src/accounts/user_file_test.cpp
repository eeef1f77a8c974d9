// Users from files: what a file is taken for, what its preview tells, and what a batch of roles does.

#include "accounts/user_file.hpp"

#include <gmock/gmock.h>

#include "accounts/inside.hpp"
#include "tests/support/sent_mail.hpp"
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

std::string quoted(std::string const& text) {
  std::string out;
  protocol::json::Writer(out).string(text);
  return out;
}

class UserFiles : public ::testing::TestWithParam<std::string> {
 protected:
  UserFiles() {
    world.services.add(world.outbox);
    world.serve(routes());
    admin.emplace(world.as(world.administrator_of(account)));
  }

  std::string base() const { return "/api/v1/smart_accounts/" + account.text(); }
  test::Answer preview(test::ApiClient& client, std::string const& text) {
    return client.post(base() + "/user_file_previews",
                       R"({"text":)" + quoted(text) + R"(,"time_zone":"Asia/Tokyo"})");
  }
  // "2 a@example.com user_added" of each row, or "2 column code" of each fault, in the order of lines.
  std::vector<std::string> told(test::ApiClient& client, std::string const& text) {
    auto const answer = preview(client, text);
    EXPECT_EQ(answer.status, 200) << answer.body;
    if (answer.status != 200) return {};
    std::vector<std::string> out;
    for (auto const& row : answer.json.at("rows").items()) {
      EXPECT_EQ(row.find("effect") == nullptr, row.find("wish") == nullptr);
      if (row.find("effect"))
        out.push_back(std::to_string(row.at("line").as_int()) + " " + row.at("mail").as_string() + " " +
                      row.at("effect").as_string());
    }
    for (auto const& fault : answer.json.at("faults").items())
      out.push_back(std::to_string(fault.at("line").as_int()) + " " + fault.at("column").as_string() + " " +
                    fault.at("code").as_string() +
                    (fault.find("same_as_line") ? " " + std::to_string(fault.at("same_as_line").as_int()) : ""));
    std::stable_sort(out.begin(), out.end(),
                     [](auto const& a, auto const& b) { return std::stoi(a) < std::stoi(b); });
    return out;
  }
  // The sound rows of a file, as a portal sends them.
  test::Answer grant_rows(test::ApiClient& client, std::string const& text) {
    std::string roles;
    auto const answer = preview(client, text);
    for (auto const& row : answer.json.at("rows").items())
      if (auto const* wish = row.find("wish")) roles += (roles.empty() ? "" : ",") + protocol::json::to_text(*wish);
    return grant(client, "[" + roles + "]");
  }
  test::Answer grant(test::ApiClient& client, std::string const& roles) {
    return client.post(base() + "/role_grant_batches", R"({"roles":)" + roles + "}");
  }
  // "mail role place end" of everybody in the list of users.
  std::vector<std::string> users(test::ApiClient& client) {
    std::vector<std::string> out;
    auto const answer = client.get(base() + "/users?limit=200");
    for (auto const& user : answer.json.at("items").items())
      for (auto const& role : user.at("grants").items())
        out.push_back(user.at("mail").as_string() + " " + role.at("role").as_string() +
                      (role.find("virtual_account_id") ? " " + role.at("virtual_account_id").as_string() : "") +
                      (role.find("ends_at") ? " " + role.at("ends_at").as_string() : ""));
    return out;
  }
  int64_t count(std::string const& sql) {
    return world.database->read([&](db::ReadTx& tx) { return *tx.one<int64_t>(sql); });
  }
  std::vector<std::string> mails() {
    std::vector<std::string> out;
    for (auto const& mail : test::sent_mails(*world.database, world.vault))
      out.push_back(mail.template_name + " " + std::string(mail.message.to));
    return out;
  }

  test::World world{GetParam()};
  SmartAccountId account = world.account("example.com");
  VirtualAccountId tokyo = world.virtual_account(account, "Tokyo"),
                   shinagawa = world.virtual_account(account, "Shinagawa", tokyo),
                   osaka = world.virtual_account(account, "Osaka");
  std::optional<test::ApiClient> admin;
};
MENKYO_ON_BOTH_DATABASES(UserFiles);

TEST_P(UserFiles, are_read_as_people_and_spreadsheets_write_them) {
  struct Case {
    std::string text;
    std::vector<std::string> told;
  };
  std::string const header = "mail,role,virtual_account,ends_on\n";
  for (auto const& [text, expected] : std::vector<Case>{
           {header + "a@example.com,sa_user,,\n", {"2 a@example.com user_added"}},
           {header + "a@example.com,va_user,Tokyo/Shinagawa,2027-03-31\r\n", {"2 a@example.com user_added"}},
           {header + "a@example.com,va_user, ｔｏｋｙｏ / SHINAGAWA ,2027/3/31\n", {"2 a@example.com user_added"}},
           {header + "a@example.com,VA_USER," + shinagawa.text() + ",２０２７年３月３１日\n",
            {"2 a@example.com user_added"}},
           {"\xEF\xBB\xBFメールアドレス;ロール;バーチャルアカウント;最終日\na@example.com;ﾊﾞｰﾁｬﾙｱｶｳﾝﾄ管理者;Osaka;\n",
            {"2 a@example.com user_added"}},
           {"Role\tE-Mail\nsmart account VIEWER\ta@example.com\n", {"2 a@example.com user_added"}},
           {"role,mail\nスマートアカウント承認者,a@example.com\n,\n\n\"sa_user\",\"b@example.com\"\n",
            {"2 a@example.com user_added", "5 b@example.com user_added"}},

           {"", {"1 character 1 malformed"}},
           {header, {"1 mail no_rows"}},
           {"mail,rôle\na@example.com,sa_user\n", {"1 rôle column_unknown", "1 role column_missing"}},
           {"mail,role,ロール\na@example.com,sa_user,\n", {"1 ロール column_repeated"}},
           {header + "a@example.com,sa_user\n\"b@example.com\n",
            {"2 character 1 malformed", "3 character 1 malformed"}},
           {header + ",,Tokyo,\n", {"2 mail missing", "2 role missing"}},
           {header + "a@@example,boss,Kyoto,31.3.2027\n",
            {"2 mail not_a_mail", "2 role unknown", "2 virtual_account unknown", "2 ends_on not_a_date"}},
           {header + "a@example.com,va_user,,\n", {"2 virtual_account missing"}},
           {header + "a@example.com,sa_user,Tokyo,\n", {"2 virtual_account unexpected"}},
           {header + "a@example.com,va_user,Shinagawa,\n", {"2 virtual_account unknown"}},
           {header + "a@example.com,va_user,Tokyo/,\n", {"2 virtual_account unknown"}},
           {header + "a@example.com,sa_user,,2025-12-31\nb@example.com,sa_user,,2026-01-01\n",
            {"2 ends_on out_of_range", "3 b@example.com user_added"}},
           {header + "a@example.com,sa_user,,2027-02-29\nb@example.com,sa_user,,270331\n",
            {"2 ends_on not_a_date", "3 ends_on not_a_date"}},
           {header + "a@example.com,sa_user,,\nＡ@EXAMPLE.com,sa_user,,2027-01-01\na@example.com,sa_viewer,,\n",
            {"2 a@example.com user_added", "3 mail repeated 2", "4 a@example.com user_added"}},
       })
    EXPECT_EQ(told(*admin, text), expected) << text;
  EXPECT_THAT(faults(admin->post(base() + "/user_file_previews", R"({"text":"","time_zone":"Asia/Nowhere"})")),
              ElementsAre("/time_zone unknown"));
}

TEST_P(UserFiles, have_a_thousand_rows_at_most) {
  std::string text = "mail,role\n";
  for (int i = 1; i <= 1000; ++i) text += "user" + std::to_string(i) + "@example.com,sa_viewer\n";
  auto const full = preview(*admin, text);
  EXPECT_EQ(full.json.at("rows").items().size(), 1000U);
  EXPECT_THAT(full.json.at("faults").items(), IsEmpty());
  EXPECT_THAT(told(*admin, text + "one@example.com,sa_viewer\n"), Contains("1002 character 1 too_large"));
  EXPECT_THAT(faults(preview(*admin, std::string(200'001, 'x'))), ElementsAre("/text too_long"));
}

TEST_P(UserFiles, change_nothing_before_they_are_granted_and_nothing_twice) {
  auto const viewer = world.person("viewer@example.com");
  world.grant(account, viewer, Role::sa_viewer);
  std::string const text =
      "mail,role,virtual_account,ends_on\n"
      "new@example.com,va_user,Tokyo/Shinagawa,2027-03-31\n"
      "new@example.com,va_viewer,Osaka,\n"
      "Viewer@Example.com,sa_viewer,,2026-06-30\n"
      "viewer@example.com,va_admin,Tokyo,\n"
      "admin@example.com,sa_admin,,\n";
  auto const before = users(*admin);
  auto const events = count("select count(*) from event");
  EXPECT_THAT(told(*admin, text), ElementsAre("2 new@example.com user_added", "3 new@example.com user_added",
                                              "4 Viewer@Example.com end_changed", "5 viewer@example.com role_added",
                                              "6 admin@example.com nothing"));
  EXPECT_EQ(users(*admin), before);
  EXPECT_EQ(count("select count(*) from event"), events);

  auto const granted = grant_rows(*admin, text);
  EXPECT_EQ(granted.status, 200) << granted.body;
  EXPECT_THAT(users(*admin),
              UnorderedElementsAre("admin@example.com sa_admin",
                                   "new@example.com va_user " + shinagawa.text() + " 2027-03-31T14:59:59Z",
                                   "new@example.com va_viewer " + osaka.text(),
                                   "viewer@example.com sa_viewer 2026-06-30T14:59:59Z",
                                   "viewer@example.com va_admin " + tokyo.text()));
  EXPECT_EQ(count("select count(*) from event where kind = 'role_granted'"), 5);  // the administrator's own first
  // One invitation for both roles of whoever has no account.
  EXPECT_THAT(mails(), UnorderedElementsAre("invitation new@example.com", "invitation viewer@example.com"));

  auto const after = count("select count(*) from event");
  for (auto const& row : told(*admin, text)) EXPECT_THAT(row, HasSubstr(" nothing"));
  EXPECT_EQ(grant_rows(*admin, text).status, 200);
  EXPECT_EQ(count("select count(*) from event"), after);
  EXPECT_EQ(mails().size(), 2U);
}

TEST_P(UserFiles, a_batch_is_done_as_a_whole_or_not_at_all) {
  auto const before = users(*admin);
  auto const refused = grant(*admin, R"([{"mail":"a@example.com","role":"sa_user"},)"
                                     R"({"mail":"b@example.com","role":"va_user"},)"
                                     R"({"mail":"none@","role":"sa_user","ends_at":"2025-12-31T00:00:00Z"},)"
                                     R"({"mail":"A@example.com","role":"sa_user"}])");
  EXPECT_THAT(faults(refused), ElementsAre("/roles/1/virtual_account_id missing", "/roles/2/mail not_a_mail",
                                           "/roles/2/ends_at out_of_range", "/roles/3/mail repeated"));
  std::string many;
  for (int i = 0; i <= 50; ++i)
    many += (i ? "," : "") + (R"({"mail":"user)" + std::to_string(i) + R"(@example.com","role":"sa_user"})");
  EXPECT_THAT(faults(grant(*admin, "[" + many + "]")), ElementsAre("/roles too_long"));
  EXPECT_EQ(users(*admin), before);
  EXPECT_THAT(mails(), IsEmpty());
}

TEST_P(UserFiles, whoever_manages_a_part_fills_that_part_alone) {
  auto const head = world.person("head@partner.example");
  world.grant(account, head, Role::va_admin, shinagawa);
  auto client = world.as(head);
  // As it sees the tree, and not as the tree is.
  EXPECT_THAT(told(client,
                   "mail,role,virtual_account\n"
                   "a@example.com,va_user,Shinagawa\n"
                   "a@example.com,va_viewer,Tokyo/Shinagawa\n"
                   "a@example.com,va_viewer,Osaka\n"
                   "a@example.com,va_viewer," +
                       osaka.text() +
                       "\n"
                       "a@example.com,va_viewer,Kyoto\n"
                       "a@example.com,sa_user,\n"),
              ElementsAre("2 a@example.com user_added", "3 virtual_account unknown", "4 virtual_account unknown",
                          "5 virtual_account unknown", "6 virtual_account unknown", "7 role not_allowed"));
  for (auto const& where : {osaka.text(), VirtualAccountId{{9}}.text()})
    EXPECT_THAT(
        faults(grant(client, R"([{"mail":"a@example.com","role":"va_user","virtual_account_id":")" + where + "\"}]")),
        ElementsAre("/roles/0/virtual_account_id unknown"));
  EXPECT_THAT(faults(grant(client, R"([{"mail":"a@example.com","role":"sa_admin"}])")),
              ElementsAre("/roles/0/role not_allowed"));
  // Two parts that are called the same where the tree above them is not seen.
  auto const other = world.virtual_account(account, "Shinagawa", osaka);
  world.grant(account, head, Role::va_admin, other);
  EXPECT_THAT(told(client, "mail,role,virtual_account\na@example.com,va_user,Shinagawa\nb@example.com,va_user," +
                               other.text() + "\n"),
              ElementsAre("2 virtual_account ambiguous", "3 b@example.com user_added"));
  // Whoever sees more than it manages names places as it sees them, and manages no more for it.
  world.grant(account, head, Role::va_viewer, tokyo);
  EXPECT_THAT(told(client,
                   "mail,role,virtual_account\na@example.com,va_user,Tokyo/Shinagawa\n"
                   "a@example.com,va_user,Tokyo\n"),
              ElementsAre("2 a@example.com user_added", "3 virtual_account unknown"));
}

TEST_P(UserFiles, tell_no_more_of_people_than_the_list_of_users) {
  auto const head = world.person("head@partner.example");
  world.grant(account, head, Role::va_admin, tokyo);
  world.grant(account, world.person("colleague@partner.example"), Role::va_user, tokyo);
  auto const hidden = world.person("hidden@example.com");
  world.grant(account, hidden, Role::va_user, tokyo);
  world.person("elsewhere@other.example");
  auto client = world.as(head);
  std::string const text =
      "mail,role,virtual_account\ncolleague@partner.example,va_user,Tokyo\nhidden@example.com,va_user,Tokyo\n"
      "elsewhere@other.example,va_user,Tokyo\nnobody@other.example,va_user,Tokyo\n";
  EXPECT_THAT(told(client, text),
              ElementsAre("2 colleague@partner.example nothing", "3 hidden@example.com user_added",
                          "4 elsewhere@other.example user_added", "5 nobody@other.example user_added"));
  auto const answer = grant_rows(client, text);
  EXPECT_EQ(answer.body, "{}");
  EXPECT_EQ(count("select count(*) from role_grant where role = 'va_user'"), 4);
}

TEST_P(UserFiles, keep_an_administrator_whose_role_does_not_end) {
  std::string const header = "mail,role,ends_on\n", own_end = "admin@example.com,sa_admin,2026-12-31\n",
                    second = "second@example.com,sa_admin,\n",
                    second_end = "second@example.com,sa_admin,2026-12-30\n";
  EXPECT_THAT(told(*admin, header + own_end), ElementsAre("2 ends_on last_administrator"));
  EXPECT_THAT(told(*admin, header + "second@example.com,sa_admin,2026-12-31\n" + own_end),
              ElementsAre("2 second@example.com user_added", "3 ends_on last_administrator"));
  EXPECT_THAT(
      faults(grant(*admin, R"([{"mail":"admin@example.com","role":"sa_admin","ends_at":"2026-12-31T00:00:00Z"}])")),
      ElementsAre("/roles/0/ends_at last_administrator"));
  // One after the other in the order of the file, and yet the other way round: the successor comes first.
  EXPECT_THAT(told(*admin, header + own_end + second),
              ElementsAre("2 admin@example.com end_changed", "3 second@example.com user_added"));
  EXPECT_EQ(grant_rows(*admin, header + own_end + second).status, 200);
  EXPECT_THAT(told(*admin, header + second_end), ElementsAre("2 ends_on last_administrator"));
  EXPECT_THAT(told(*admin, header + second_end + "admin@example.com,sa_admin,\n"),
              ElementsAre("2 second@example.com end_changed", "3 admin@example.com end_changed"));
  // A disabled administrator is none that could be left.
  world.grant(account, world.person("gone@example.com"), Role::sa_admin);
  world.database->write(
      [&](db::Tx& tx) { people::disable_person(tx, *people::find_person(tx, world.vault, "gone@example.com")); });
  EXPECT_THAT(told(*admin, header + "gone@example.com,sa_admin,2026-12-31\n" + second_end),
              ElementsAre("2 gone@example.com end_changed", "3 ends_on last_administrator"));
  // Through a group somebody stays one.
  auto const group = admin->post(base() + "/user_groups", R"({"name":"Heads"})").json.at("user_group_id").as_string();
  admin->post(base() + "/user_groups/" + group + "/role_grants", R"({"role":"sa_admin"})");
  admin->post(base() + "/user_groups/" + group + "/members", R"({"mail":"second@example.com"})");
  EXPECT_THAT(told(*admin, header + second_end), ElementsAre("2 second@example.com end_changed"));
  EXPECT_EQ(grant_rows(*admin, header + second_end).status, 200);
}

TEST_P(UserFiles, are_for_those_who_manage_users) {
  auto const user = world.person("user@example.com");
  world.grant(account, user, Role::sa_user);
  auto client = world.as(user);
  EXPECT_EQ(preview(client, "mail,role\n").code(), "forbidden");
  EXPECT_EQ(grant(client, "[]").code(), "forbidden");
  auto stranger = world.as(world.person("stranger@example.com"));
  EXPECT_EQ(preview(stranger, "mail,role\n").code(), "not_found");
  EXPECT_EQ(grant(stranger, "[]").code(), "not_found");
}

}  // namespace
}  // namespace menkyo::accounts
