// The sample data goes through the import as it stands.

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "licenses/invariants.hpp"
#include "orders/orders.hpp"
#include "protocol/json.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::orders {
namespace {

namespace json = protocol::json;

std::string read_file(std::string const& name) {
  std::ifstream file(std::string(MENKYO_SOURCE_DIR) + "/sample/" + name, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read sample/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

class SampleImport : public ::testing::TestWithParam<std::string> {
 protected:
  SampleImport() {
    db.open();
    auto const sample = json::parse(read_file("accounts.json"));
    db->write([&](db::Tx& tx) {
      for (auto const& account : sample.find("smart_accounts")->items()) {
        auto const id = tx.new_id<SmartAccountId>();
        accounts.push_back(id);
        tx.exec("insert into smart_account_domain (domain, smart_account_id) values ($1, $2)",
                account.find("domain")->as_string(), id);
        tx.exec(
            "insert into smart_account (smart_account_id, number, name, domain, type, status, created_at, version) "
            "values ($1, $2, $3, $4, 'CUSTOMER', 'active', 0, 1)",
            id, ++number, account.find("name")->as_string(), account.find("domain")->as_string());
        add(tx, id, {}, "/", *account.find("virtual_accounts"));
      }
    });
  }
  void add(db::Tx& tx, SmartAccountId account, std::optional<VirtualAccountId> parent, std::string const& above,
           json::Value const& list) {
    for (auto const& va : list.items()) {
      auto const id = tx.new_id<VirtualAccountId>();
      auto const path = above + std::to_string(++number) + "/";
      tx.exec(
          "insert into virtual_account (smart_account_id, virtual_account_id, number, parent_id, path, sort_path, "
          "depth, "
          "name, description, is_default, commerce_access, created_at, version) values ($1, $2, $3, $4, $5, $5, 1, "
          "$6, "
          "'', false, 'PUBLIC', 0, 1)",
          account, id, number, parent, path, va.find("name")->as_string());
      if (auto const* children = va.find("children")) add(tx, account, id, path, *children);
    }
  }
  static std::vector<std::string> sentences(CsvFaults const& faults) {
    std::vector<std::string> out;
    for (auto const& f : faults.first) out.push_back(std::to_string(f.line) + " " + f.column + ": " + f.reason);
    return out;
  }

  test::TestDatabase db{GetParam()};
  keys::Vault vault{keys::MasterKey{}};
  catalog::CatalogCache catalogs;
  std::vector<SmartAccountId> accounts;
  int64_t number = 0;
};
MENKYO_ON_BOTH_DATABASES(SampleImport);

TEST_P(SampleImport, takes_every_line_and_keeps_the_books) {
  auto const catalog = catalog::import_catalog(*db, vault, read_file("catalog.csv"), "catalog.csv", {}, {});
  EXPECT_THAT(sentences(catalog.problems), testing::ElementsAre());
  EXPECT_GT(catalog.taken, 400);
  auto const csv = read_file("orders.csv");
  auto const started = start_orders_import(*db, catalogs, csv, "orders.csv");
  EXPECT_THAT(sentences(started.report.problems), testing::ElementsAre());
  ASSERT_TRUE(started.job_id);
  jobs::JobRunner runner(*db, {.chunk_time = std::chrono::milliseconds(50)});
  runner.add(import_kind(vault, catalogs, {}));
  EXPECT_EQ(runner.run_to_end(*started.job_id).status, jobs::JobStatus::done);
  EXPECT_EQ(started.report.taken, std::count(csv.begin(), csv.end(), '\n') - 1);
  EXPECT_EQ(start_orders_import(*db, catalogs, csv, "orders.csv").report.skipped, started.report.taken);
  for (auto const& account : accounts) {
    auto const broken =
        db->read([&](db::ReadTx& tx) { return licenses::broken_invariants(tx, *catalogs.at(tx), account); });
    EXPECT_THAT(broken, testing::ElementsAre());
  }
}

}  // namespace
}  // namespace menkyo::orders
