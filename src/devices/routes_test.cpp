#include "devices/routes.hpp"

#include <gmock/gmock.h>

#include "devices/test_device.hpp"
#include "licenses/ledger.hpp"
#include "tests/support/deposit.hpp"
#include "tests/support/tenant.hpp"

namespace menkyo::devices {
namespace {

using access::Role;
using test::Answer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> texts(test::json::Value const& items, std::string_view name) {
  std::vector<std::string> out;
  for (auto const& item : items.items()) out.push_back(item.at(name).as_string());
  return out;
}

class DeviceRoutes : public ::testing::TestWithParam<std::string> {
 protected:
  DeviceRoutes()
      : tenant(GetParam()),
        desk({.database = &*tenant.db,
              .vault = &tenant.vault,
              .authority = tenant.authority.get(),
              .catalogs = &tenant.catalogs}),
        east(tenant.add_virtual_account("East")),
        west(tenant.add_virtual_account("West")),
        worker(tenant.add_person("Hana")),
        viewer(tenant.add_person("Ken")),
        stranger(tenant.add_person("Rin")) {
    tenant.services.add(desk);
    tenant.grant(worker, Role::va_user, east);
    tenant.grant(viewer, Role::va_viewer, east);
    tenant.serve(routes());
  }

  std::string tokens() { return tenant.path(east) + "/tokens"; }
  std::string devices() { return tenant.path(east) + "/devices"; }
  Answer create(std::string const& body = R"({"description":"Branch","export_controlled_allowed":true})") {
    return tenant.client(worker).post(tokens(), body);
  }
  std::string token_text() { return create().json.at("text").as_string(); }
  TestDevice device(std::string const& serial) {
    return TestDevice(desk, *tenant.db, tenant.authority->installation(), serial);
  }
  TestDevice registered(std::string const& host_name, std::string const& serial) {
    auto d = device(serial);
    EXPECT_EQ(d.register_with(token_text(), host_name), 200);
    return d;
  }
  void deposit(std::string const& code, int64_t quantity) {
    auto const id = tenant.entitlement(code);
    tenant.db->write([&](db::Tx& tx) {
      licenses::deposit(tx, tenant.vault, *tenant.catalogs.at(tx),
                        test::perpetual(tenant.account, east, id, quantity, tx.now()));
    });
  }

  test::Tenant tenant;
  Desk desk;
  VirtualAccountId east, west;
  PersonId worker, viewer, stranger;
};
MENKYO_ON_BOTH_DATABASES(DeviceRoutes);

TEST_P(DeviceRoutes, a_token_is_made_and_its_text_shown_again_registers_a_device) {
  auto const made =
      create(R"({"description":" Branch ","expires_in_days":2,"max_uses":1,"export_controlled_allowed":false})");
  ASSERT_EQ(made.status, 200) << made.body;
  auto const& token = made.json.at("token");
  EXPECT_EQ(token.at("description").as_string(), "Branch");
  EXPECT_EQ(token.at("created_by_name").as_string(), "Hana Yamada");
  EXPECT_EQ(token.at("status").as_string(), "active");
  EXPECT_EQ(token.at("max_uses").as_int(), 1);
  EXPECT_EQ(token.at("expires_at").as_string(), to_rfc3339(tenant.db.clock.now() + std::chrono::hours(48)));
  auto const id = token.at("registration_token_id").as_string();

  auto const again = tenant.client(worker).get(tokens() + "/" + id + "/text");
  EXPECT_EQ(again.json.at("text").as_string(), made.json.at("text").as_string());
  EXPECT_EQ(device("S1").register_with(again.json.at("text").as_string(), "edge-1"), 200);
  EXPECT_EQ(device("S2").register_with(again.json.at("text").as_string(), "edge-2"), 403);

  auto const list = tenant.client(viewer).get(tokens());
  ASSERT_EQ(list.json.at("items").items().size(), 1u);
  EXPECT_EQ(list.json.at("items").items()[0].at("status").as_string(), "used_up");
  EXPECT_EQ(list.json.at("items").items()[0].at("uses").as_int(), 1);
  EXPECT_THAT(list.body, Not(HasSubstr("mkt1.")));
  EXPECT_EQ(tenant.client(worker).get(tokens() + "/" + id + "/text").code(), "conflict");
}

TEST_P(DeviceRoutes, a_token_ends_by_time_and_by_revocation) {
  auto const made = create();
  auto const id = made.json.at("token").at("registration_token_id").as_string();
  EXPECT_THAT(made.json.at("token").at("abilities").items(), Not(IsEmpty()));
  EXPECT_EQ(tenant.client(viewer).post(tokens() + "/" + id + "/revoke").code(), "forbidden");
  EXPECT_EQ(tenant.client(worker).post(tenant.path(west) + "/tokens/" + id + "/revoke").code(), "not_found");
  for (int i = 0; i < 2; ++i) {
    auto const revoked = tenant.client(worker).post(tokens() + "/" + id + "/revoke");
    EXPECT_EQ(revoked.json.at("status").as_string(), "revoked");
    EXPECT_THAT(revoked.json.at("abilities").items(), IsEmpty());
  }
  EXPECT_EQ(device("S1").register_with(made.json.at("text").as_string(), "edge-1"), 403);
  auto const events = tenant.db->read(
      [](db::ReadTx& tx) { return tx.one<int64_t>("select count(*) from event where kind = 'token_revoked'"); });
  EXPECT_EQ(events, 1);

  tenant.db.clock.advance(std::chrono::seconds(1));
  create();
  tenant.db.clock.advance(std::chrono::hours(24 * 30));
  auto const list = tenant.client(worker).get(tokens());
  EXPECT_THAT(texts(list.json.at("items"), "status"), ElementsAre("expired", "revoked"));
}

TEST_P(DeviceRoutes, tokens_are_refused_beyond_their_limits) {
  EXPECT_EQ(create(R"({"description":"","expires_in_days":366,"export_controlled_allowed":true})").code(), "invalid");
  EXPECT_EQ(create(R"({"description":"","max_uses":0,"export_controlled_allowed":true})").code(), "invalid");
  EXPECT_EQ(create(R"({"description":")" + std::string(201, 'x') + R"(","export_controlled_allowed":true})").code(),
            "invalid");
  EXPECT_THAT(tenant.client(worker).get(tokens()).json.at("items").items(), IsEmpty());
}

TEST_P(DeviceRoutes, token_pages_go_on_where_the_last_one_ended) {
  for (int i = 0; i < 5; ++i) {
    create();
    tenant.db.clock.advance(std::chrono::seconds(1));
  }
  std::vector<std::string> seen;
  std::string cursor;
  do {
    auto const page = tenant.client(viewer).get(tokens() + "?limit=2" + cursor);
    ASSERT_EQ(page.status, 200) << page.body;
    for (auto const& id : texts(page.json.at("items"), "registration_token_id")) seen.push_back(id);
    auto const* next = page.json.find("next_cursor");
    cursor = next ? "&cursor=" + next->as_string() : "";
  } while (!cursor.empty());
  EXPECT_EQ(seen.size(), 5u);
  EXPECT_TRUE(std::is_sorted(seen.rbegin(), seen.rend()));
}

TEST_P(DeviceRoutes, who_may_see_and_who_may_work) {
  auto const d = registered("edge-1", "S1");
  auto const id = create().json.at("token").at("registration_token_id").as_string();
  for (auto const& path : {tokens(), devices(), devices() + ".csv", devices() + "/" + d.device_id.text()}) {
    EXPECT_EQ(tenant.client().get(path).code(), "unauthenticated") << path;
    EXPECT_EQ(tenant.client(stranger).get(path).code(), "not_found") << path;
    EXPECT_EQ(tenant.client(viewer).get(path).status, 200) << path;
  }
  EXPECT_EQ(tenant.client(viewer).get(tenant.path(west) + "/devices").code(), "not_found");
  EXPECT_EQ(tenant.client(viewer).get(tokens() + "/" + id + "/text").code(), "forbidden");
  EXPECT_EQ(tenant.client(viewer).post(tokens(), R"({"description":"","export_controlled_allowed":true})").code(),
            "forbidden");
  EXPECT_EQ(tenant.client(viewer).send(api::Method::del, devices() + "/" + d.device_id.text()).code(), "forbidden");
  EXPECT_EQ(tenant.client(stranger).send(api::Method::del, devices() + "/" + d.device_id.text()).code(), "not_found");
  tenant.grant(worker, Role::va_user, west);
  EXPECT_EQ(tenant.client(worker).get(tenant.path(west) + "/devices/" + d.device_id.text()).code(), "not_found");
  EXPECT_EQ(tenant.client(worker).send(api::Method::del, tenant.path(west) + "/devices/" + d.device_id.text()).code(),
            "not_found");
}

TEST_P(DeviceRoutes, devices_are_listed_in_each_order) {
  registered("Bravo", "S1");
  tenant.db.clock.advance(std::chrono::hours(1));
  auto alpha = registered("alpha", "S2");
  tenant.db.clock.advance(std::chrono::hours(1));
  registered("all", "S3");
  tenant.db.clock.advance(std::chrono::hours(1));
  alpha.authorize({});
  auto const names = [&](std::string const& query) {
    std::vector<std::string> seen;
    std::string cursor;
    do {
      auto const page = tenant.client(viewer).get(devices() + "?limit=1&" + query + cursor);
      EXPECT_EQ(page.status, 200) << page.body;
      for (auto const& name : texts(page.json.at("items"), "display_name")) seen.push_back(name);
      auto const* next = page.json.find("next_cursor");
      cursor = next ? "&cursor=" + next->as_string() : "";
    } while (!cursor.empty() && seen.size() < 10);
    return seen;
  };
  EXPECT_THAT(names("sort=name"), ElementsAre("all", "alpha", "Bravo"));
  EXPECT_THAT(names("sort=-name"), ElementsAre("Bravo", "alpha", "all"));
  EXPECT_THAT(names("sort=registered_at"), ElementsAre("Bravo", "alpha", "all"));
  EXPECT_THAT(names("sort=-registered_at"), ElementsAre("all", "alpha", "Bravo"));
  EXPECT_THAT(names("sort=-last_contact_at"), ElementsAre("alpha", "all", "Bravo"));
  EXPECT_THAT(names("sort=last_contact_at"), ElementsAre("Bravo", "all", "alpha"));
  EXPECT_THAT(names("search=AL"), ElementsAre("all", "alpha"));
  EXPECT_THAT(names("search=AL&sort=-last_contact_at"), ElementsAre("alpha", "all"));
  EXPECT_THAT(names("status=removed"), IsEmpty());
  EXPECT_EQ(tenant.client(worker).send(api::Method::del, devices() + "/" + alpha.device_id.text()).status, 200);
  EXPECT_THAT(names("status=registered"), ElementsAre("all", "Bravo"));
  EXPECT_THAT(names("status=removed"), ElementsAre("alpha"));
  EXPECT_THAT(names("status=all"), ElementsAre("all", "alpha", "Bravo"));
  EXPECT_THAT(names("status=all&sort=-registered_at"), ElementsAre("all", "alpha", "Bravo"));
  EXPECT_EQ(tenant.client(viewer).get(devices() + "?sort=size").code(), "invalid");
  auto const page = tenant.client(viewer).get(devices() + "?limit=1");
  EXPECT_EQ(tenant.client(viewer)
                .get(devices() + "?limit=1&sort=-name&cursor=" + page.json.at("next_cursor").as_string())
                .code(),
            "invalid");
}

TEST_P(DeviceRoutes, a_device_is_shown_with_what_it_uses) {
  deposit("PRM", 3);
  auto d = registered("edge-1", "S1");
  d.authorize({{"ESS", 2}, {"PRM", 2}});
  auto const shown = tenant.client(worker).get(devices() + "/" + d.device_id.text());
  ASSERT_EQ(shown.status, 200) << shown.body;
  EXPECT_EQ(shown.json.at("host_name").as_string(), "edge-1");
  EXPECT_EQ(shown.json.at("software_version").as_string(), "17.1");
  EXPECT_EQ(shown.json.at("agent_version").as_string(), "menkyo-agent/1");
  EXPECT_EQ(shown.json.at("udi").at("uuid").as_string(), "0b1c");
  EXPECT_EQ(shown.json.at("product_name_ja").as_string(), "風1");
  EXPECT_EQ(shown.json.at("authorization_state").as_string(), "out_of_compliance");
  EXPECT_EQ(shown.json.at("alerts").items()[0].as_string(), "out_of_compliance");
  auto const& uses = shown.json.at("uses").items();
  ASSERT_EQ(uses.size(), 2u);
  EXPECT_EQ(uses[0].at("code").as_string(), "ESS");
  EXPECT_EQ(uses[0].at("status").as_string(), "out_of_compliance");
  EXPECT_EQ(uses[0].at("covered_by").items()[0].at("code").as_string(), "PRM");
  EXPECT_EQ(uses[0].at("covered_by").items()[0].at("quantity").as_int(), 1);
  EXPECT_EQ(uses[1].at("status").as_string(), "in_compliance");
  // Licenses that were bought since count at once, although the device has not heard of them.
  deposit("ESS", 1);
  EXPECT_EQ(tenant.client(worker)
                .get(devices() + "/" + d.device_id.text())
                .json.at("uses")
                .items()[0]
                .at("status")
                .as_string(),
            "in_compliance");
  EXPECT_EQ(tenant.client(worker).get(devices() + "/" + DeviceId{}.text()).code(), "not_found");
}

TEST_P(DeviceRoutes, a_device_falls_silent_after_thirty_days) {
  auto d = registered("edge-1", "S1");
  auto const silent = [&] {
    return tenant.client(viewer).get(devices()).json.at("items").items()[0].at("silent").as_bool();
  };
  tenant.db.clock.advance(std::chrono::hours(24 * 30) - std::chrono::seconds(1));
  EXPECT_FALSE(silent());
  tenant.db.clock.advance(std::chrono::seconds(1));
  EXPECT_TRUE(silent());
  d.authorize({});
  EXPECT_FALSE(silent());
}

TEST_P(DeviceRoutes, removal_gives_licenses_back_but_not_export_controlled_ones) {
  deposit("ENC", 5);
  deposit("ESS", 5);
  auto const in_use = [&](std::string const& code) {
    auto const id = tenant.entitlement(code);
    return tenant.db->read(
        [&](db::ReadTx& tx) { return tx.one<int64_t>("select in_use from position where entitlement_id = $1", id); });
  };
  auto d = registered("edge-1", "S1");
  d.authorize({{"ENC", 1}, {"ESS", 2}});
  auto const path = devices() + "/" + d.device_id.text();
  auto const refused = tenant.client(worker).send(api::Method::del, path);
  EXPECT_EQ(refused.code(), "conflict");
  EXPECT_THAT(refused.body, HasSubstr("ENC"));
  EXPECT_EQ(in_use("ENC"), 1);
  d.authorize({{"ESS", 2}});
  EXPECT_EQ(in_use("ESS"), 2);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(tenant.client(worker).send(api::Method::del, path).status, 200);
  EXPECT_EQ(in_use("ESS"), 0);
  auto const shown = tenant.client(worker).get(path);
  EXPECT_EQ(shown.json.at("status").as_string(), "removed");
  EXPECT_THAT(shown.json.at("abilities").items(), IsEmpty());
}

TEST_P(DeviceRoutes, a_table_for_download_has_the_same_filters_and_no_formulas) {
  registered("=cmd()", "S,1");
  registered("beta", "S2");
  auto const table = tenant.client(viewer).get(devices() + ".csv?sort=-name");
  ASSERT_EQ(table.status, 200);
  EXPECT_EQ(table.header("content-type"), "text/csv; charset=utf-8");
  EXPECT_EQ(table.header("content-disposition"), "attachment; filename=\"devices.csv\"");
  EXPECT_EQ(table.header("menkyo-truncated"), "");
  EXPECT_TRUE(
      table.body.starts_with("\xEF\xBB\xBF"
                             "device_id,display_name,"));
  EXPECT_THAT(table.body, HasSubstr(",\"'=cmd()\",KZ-1,Kaze 1,風1,KZ-1,\"S,1\",registered,none,"));
  EXPECT_LT(table.body.find("beta"), table.body.find("=cmd()"));
  EXPECT_THAT(tenant.client(viewer).get(devices() + ".csv?search=be").body, Not(HasSubstr("cmd")));
  EXPECT_EQ(tenant.client(viewer).get(devices() + ".csv?limit=1").code(), "invalid");
}

}  // namespace
}  // namespace menkyo::devices
