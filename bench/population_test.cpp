// A populated database must not be told from one that devices filled themselves: the same rows with the same columns
// filled, books that balance, an event chain that holds, devices that are believed.

#include "bench/population.hpp"

#include <gmock/gmock.h>

#include "app/service.hpp"
#include "devices/store.hpp"
#include "devices/test_device.hpp"
#include "protocol/x509.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::bench {
namespace {

// Tables that know devices, by the column that names the device.
constexpr std::pair<char const*, char const*> tables[] = {
    {"device", "device_id"}, {"device_contact", "device_id"}, {"registration", "device_id"},
    {"timer", "subject_id"}, {"device_use", "device_id"},     {"use_entry", "device_id"},
    {"event", "subject_id"},
};

class PopulationTest : public testing::TestWithParam<std::string> {
 protected:
  PopulationTest() : place_(GetParam(), false) {
    settings_.data = folder_.path;
    settings_.database = place_.url();
  }

  std::vector<std::string> columns(db::ReadTx& tx, std::string const& table) {
    if (GetParam() == "sqlite")
      return tx.all<std::string>("select name from pragma_table_info('" + table + "') order by name");
    return tx.all<std::string>(
        "select cast(column_name as text) from information_schema.columns where table_name = '" + table +
        "' order by column_name");
  }

  // For each table how many rows name the device, and how many of those have each column filled.
  std::vector<std::string> shape(db::ReadTx& tx, DeviceId device) {
    std::vector<std::string> out;
    for (auto const& [table, key] : tables) {
      for (auto const& column : columns(tx, table)) {
        auto const filled = tx.one<int64_t>(
            std::string("select count(") + column + ") from " + table + " where " + key + " = $1", device);
        out.push_back(std::string(table) + "." + column + " " + std::to_string(*filled));
      }
    }
    return out;
  }

  std::vector<std::string> indexes(db::ReadTx& tx) {
    if (GetParam() == "sqlite")
      return tx.all<std::string>("select name from sqlite_master where type = 'index' order by name");
    return tx.all<std::string>(
        "select cast(indexname as text) from pg_indexes where schemaname = 'public' order by indexname");
  }

  // A device that draws as those of a population do.
  DeviceId register_one(app::Service& service, Population const& population) {
    devices::TestDevice device(service.desk(), service.database(), service.authority().installation(), "SN-X");
    EXPECT_EQ(device.register_with(population.tokens.at(0), "router-x"), 200);
    device.authorize({{changing_entitlement, 1}, {steady_entitlement, 1}});
    return device.device_id;
  }

  // The first device with that many changes.
  size_t device_with(Population const& population, size_t changes) {
    for (size_t i = 0; i < population.plan.size().devices; ++i)
      if (population.plan.device(i).changes == changes) return i;
    throw std::logic_error("no device of the plan has so many changes");
  }

  protocol::AuthorizeAnswer check_in(app::Service& service, Population const& population, size_t number) {
    auto const facts = population.plan.device(number);
    protocol::AuthorizeMessage m;
    m.seq = facts.sequence + 1;
    m.sent_at = std::chrono::floor<std::chrono::seconds>(service.database().now());
    m.epoch = service.authority().epoch();
    m.wanted = {{changing_entitlement, facts.quantity}, {steady_entitlement, 1}};
    protocol::JwsHeader header;
    header.typ = protocol::typ::authorize;
    header.aud = service.authority().installation();
    header.kid = protocol::format_kid({population.smart_account_id.text(), facts.device_id.text()});
    auto const key = device_key(population.plan.size().seed, number);
    header.jwk = key;
    api::Request request;
    request.method = api::Method::post;
    request.path = "/device/v1/messages";
    request.headers = {{"content-type", "application/jose"}};
    request.body = protocol::sign_compact(header, protocol::encode(m), key);
    std::promise<api::Response> arrived;
    service.handle(std::move(request), [&](api::Response r) { arrived.set_value(std::move(r)); });
    auto const response = arrived.get_future().get();
    EXPECT_EQ(response.status, 200) << response.body;
    return protocol::decode_authorize_answer(protocol::parse_compact(response.body).payload);
  }

  test::TemporaryFolder folder_;
  test::TestDatabase place_;
  app::Settings settings_;
};

TEST_P(PopulationTest, IsTrueInEveryRespect) {
  auto const population = populate(settings_, {120, 9, 60, 2, 7});
  EXPECT_THAT(faults_of(settings_, population), testing::IsEmpty());

  app::Service service(settings_);
  auto const registered = register_one(service, population);
  auto const unchanged = population.plan.device(device_with(population, 0));
  service.database().read([&](db::ReadTx& tx) {
    EXPECT_EQ(shape(tx, unchanged.device_id), shape(tx, registered));
    EXPECT_EQ(tx.one<int64_t>("select count(*) from device"), 121);
    EXPECT_EQ(tx.one<int64_t>("select count(*) from lot"), 60);
    EXPECT_EQ(tx.one<int64_t>("select count(*) from timer where due_at <= $1", tx.now()), 0);
  });
  // Each change of use left an entry and an event.
  auto const changed = population.plan.device(device_with(population, 3));
  service.database().read([&](db::ReadTx& tx) {
    EXPECT_EQ(tx.one<int64_t>("select count(*) from use_entry where device_id = $1", changed.device_id), 5);
    EXPECT_EQ(tx.one<int64_t>("select count(*) from event where subject_id = $1", changed.device_id), 6);
    EXPECT_EQ(tx.one<int64_t>("select quantity from use_entry where device_id = $1 order by at desc limit 1",
                              changed.device_id),
              changed.quantity);
  });
  EXPECT_THAT(faults_of(settings_, population), testing::IsEmpty());
}

TEST_P(PopulationTest, DevicesAreBelievedAndFindWhatTheyUse) {
  auto const population = populate(settings_, {120, 9, 60, 2, 7});
  app::Service service(settings_);
  for (size_t i = 0; i < 120; i += 7) {
    auto const facts = population.plan.device(i);
    auto const answer = check_in(service, population, i);
    EXPECT_EQ(answer.entitlements.at(0).granted, facts.quantity);
    bool const lacking = answer.authorization_state == protocol::AuthorizationState::out_of_compliance;
    EXPECT_EQ(lacking, population.plan.is_short(facts.virtual_account)) << i;
    service.database().read([&](db::ReadTx& tx) {
      auto const device = devices::store::device(tx, population.smart_account_id, facts.device_id);
      ASSERT_TRUE(device);
      EXPECT_NO_THROW(service.vault().open("device", device->wrapped_details));
      EXPECT_NO_THROW(protocol::verify_chain(device->identity_certificate,
                                             std::vector<Bytes>{service.authority().issuing_certificate()},
                                             std::vector<Bytes>{service.authority().root_certificate()},
                                             service.database().now(), protocol::Role::device));
    });
  }
}

TEST_P(PopulationTest, IsOpenedAsItWasMadeAndHasAllIndexes) {
  auto const made = populate(settings_, {30, 3, 9, 1, 7});
  auto const opened = open_population(settings_);
  EXPECT_EQ(opened.tokens, made.tokens);
  EXPECT_EQ(opened.virtual_accounts, made.virtual_accounts);
  EXPECT_EQ(opened.plan.device(29).device_id, made.plan.device(29).device_id);
  test::TestDatabase fresh(GetParam());
  db::DatabaseConfig config;
  config.url = place_.url();
  db::Database database(config, system_clock(), system_seeds());
  EXPECT_EQ(database.read([&](db::ReadTx& tx) { return indexes(tx); }),
            fresh.open().read([&](db::ReadTx& tx) { return indexes(tx); }));
}

MENKYO_ON_BOTH_DATABASES(PopulationTest);

}  // namespace
}  // namespace menkyo::bench
