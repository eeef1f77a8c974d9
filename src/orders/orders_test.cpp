#include "orders/orders.hpp"

#include <gmock/gmock.h>

#include <future>

#include "api/dispatch.hpp"
#include "api/page.hpp"
#include "licenses/invariants.hpp"
#include "orders/routes.hpp"
#include "protocol/json.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::orders {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

Instant at(std::string_view text) {
  return *from_rfc3339(text);
}

TEST(OrderTimes, are_read_in_all_forms) {
  auto const now = at("2026-06-15T10:20:30.5Z");
  EXPECT_EQ(parse_time("2027-04-01T09:00:00+09:00", now), at("2027-04-01T00:00:00Z"));
  EXPECT_EQ(parse_time("2027-04-01", now), at("2027-04-01T00:00:00Z"));
  EXPECT_EQ(parse_time("now", now), at("2026-06-15T10:20:00Z"));
  EXPECT_EQ(parse_time("now-30d", now), at("2026-05-16T10:20:00Z"));
  EXPECT_EQ(parse_time("now+335d", now), at("2027-05-16T10:20:00Z"));
  for (auto wrong : {"", "soon", "now-", "now+d", "now-3", "now--3d", "now-+3d", "now-36501d", "now30d", "2027-4-1",
                     "2027-02-30", "nowhere-3d"})
    EXPECT_EQ(parse_time(wrong, now), std::nullopt) << wrong;
}

constexpr std::string_view header =
    "order,line,ordered_at,account_domain,virtual_account,entitlement,license_type,quantity,starts_at,ends_at,"
    "subscription\n";
constexpr std::string_view catalog_csv =
    "record,code,family,name_en,name_ja,tag,license_types,lender,borrower\n"
    "family,RTR,,Routers,ルーター,,,,\n"
    "entitlement,ESS,RTR,Ess,基本,\"regid.2019-04.example.aozora.ESS,1\",perpetual|term|demo,,\n"
    "entitlement,ADV,RTR,Adv,上級,\"regid.2019-04.example.aozora.ADV,1\",term,,\n"
    "substitution,,,,,,,ADV,ESS\n";

class Orders : public ::testing::TestWithParam<std::string> {
 protected:
  Orders() {
    db.open();
    db.clock.set(at("2026-06-15T10:20:30Z"));
    EXPECT_TRUE(catalog::import_catalog(*db, vault, catalog_csv, "test", {audit::ActorKind::command, {}}, {})
                    .problems.empty());
    db->write([&](db::Tx& tx) {
      account = tx.new_id<SmartAccountId>();
      tx.exec(
          "insert into smart_account (smart_account_id, number, name, domain, type, status, created_at, version) "
          "values ($1, 1, 'Kaede', 'kaede.example', 'CUSTOMER', 'active', 0, 1)",
          account);
      tx.exec("insert into smart_account_domain (domain, smart_account_id) values ('kaede.example', $1)", account);
      tokyo = add(tx, "Tokyo", {}, "/1/");
      tower = add(tx, "Tower A", tokyo, "/1/2/");
      add(tx, "Tokyo/Tower A", {}, "/3/");  // written like the one before
      plant = add(tx, "工場", {}, "/4/");
    });
  }
  VirtualAccountId add(db::Tx& tx, std::string_view name, std::optional<VirtualAccountId> parent,
                       std::string_view path) {
    auto const id = tx.new_id<VirtualAccountId>();
    tx.exec(
        "insert into virtual_account (smart_account_id, virtual_account_id, number, parent_id, path, sort_path, "
        "depth, "
        "name, description, is_default, commerce_access, created_at, version) values ($1, $2, $3, $4, $5, $5, 1, $6, "
        "'', "
        "false, 'PUBLIC', 0, 1)",
        account, id, ++number, parent, path, name);
    return id;
  }

  OrdersStart start(std::string const& lines) {
    return start_orders_import(*db, catalogs, std::string(header) + lines, "orders.csv");
  }
  std::vector<std::string> faults_of(std::string const& lines) {
    std::vector<std::string> out;
    for (auto const& f : start(lines).report.problems.first)
      out.push_back(std::to_string(f.line) + " " + f.column + " " + std::string(f.code) + ": " + f.reason);
    return out;
  }
  std::unique_ptr<jobs::JobRunner> runner(jobs::RunnerConfig config = {}) {
    auto made = std::make_unique<jobs::JobRunner>(*db, config);
    made->add(import_kind(vault, catalogs, [](db::ReadTx&, PersonId) {}));
    return made;
  }
  jobs::Job finish(JobId id) { return runner()->run_to_end(id); }
  int64_t count(std::string_view sql) {
    return *db->read([&](db::ReadTx& tx) { return tx.one<int64_t>(sql); });
  }
  void expect_sound() {
    auto const broken =
        db->read([&](db::ReadTx& tx) { return licenses::broken_invariants(tx, *catalogs.at(tx), account); });
    EXPECT_THAT(broken, ElementsAre());
  }
  static std::string line(int n, std::string const& rest = "kaede.example,工場,ESS,perpetual,10,,,") {
    return "A-1," + std::to_string(n) + ",2026-01-01," + rest + "\n";
  }

  test::TestDatabase db{GetParam()};
  keys::Vault vault{keys::MasterKey{}};
  catalog::CatalogCache catalogs;
  SmartAccountId account;
  VirtualAccountId tokyo, tower, plant;
  int64_t number = 0;
};
MENKYO_ON_BOTH_DATABASES(Orders);

TEST_P(Orders, lines_become_licenses) {
  auto const started = start(line(1) + line(2, "KAEDE.example,Tokyo,ADV,term,5,2026-02-01,2027-02-01,SUB-1") +
                             line(3, "kaede.example," + tower.text() + ",ESS,demo,2,now-1d,now+30d,"));
  EXPECT_TRUE(started.report.problems.empty());
  EXPECT_EQ(started.report.taken, 3);
  ASSERT_TRUE(started.job_id);
  EXPECT_EQ(count("select count(*) from lot"), 0);
  auto const job = finish(*started.job_id);
  EXPECT_EQ(job.status, jobs::JobStatus::done);
  EXPECT_EQ(job.done, 3);
  EXPECT_EQ(count("select count(*) from order_line"), 3);
  EXPECT_EQ(count("select count(*) from job_input"), 0);
  EXPECT_EQ(count("select cast(sum(owned) as bigint) from position"), 17);
  EXPECT_EQ(count("select count(*) from event where kind = 'orders_imported'"), 1);
  EXPECT_EQ(count("select count(*) from event where kind = 'licenses_deposited'"), 3);
  auto const term = db->read([&](db::ReadTx& tx) {
    return tx.one<std::pair<Instant, Instant>>(
        "select starts_at, ends_at from lot where subscription = 'SUB-1' and "
        "source_reference = 'A-1/2' and license_type = 'TERM'");
  });
  ASSERT_TRUE(term);
  EXPECT_EQ(term->first, at("2026-02-01T00:00:00Z"));
  EXPECT_EQ(term->second, at("2027-02-01T00:00:00Z"));
  expect_sound();
}

TEST_P(Orders, every_wrong_line_is_told_and_nothing_taken) {
  EXPECT_THAT(
      faults_of(line(1) + line(1) +                                                      // 3 repeated
                line(2, "nobody.example,Tokyo,ESS,perpetual,1,,,") +                     // 4
                line(3, "kaede.example,Osaka,NONE,perpetual,1,,,") +                     // 5
                line(4, "kaede.example,Tokyo/Tower A,ESS,perpetual,1,,,") +              // 6 ambiguous
                line(5, "kaede.example,Tokyo,ADV,perpetual,1,,,") +                      // 7 not offered
                line(6, "kaede.example,Tokyo,ESS,perpetual,2147483649,,2027-01-01,S") +  // 8
                line(7, "kaede.example,Tokyo,ESS,term,0,,,") +                           // 9
                line(8, "kaede.example,Tokyo,ESS,demo,1,2026-03-01,2026-03-01,") +       // 10
                line(9, "kaede.example,Tokyo,ESS,lifetime,x,never,,") +                  // 11
                "A-1,0,,kaede.example,Tokyo,ESS,perpetual,1,,,\n"),                      // 12
      testing::UnorderedElementsAre(
          HasSubstr("3 line repeated: the same order line is in line 2"), HasSubstr("4 account_domain unknown"),
          HasSubstr("5 virtual_account unknown"), HasSubstr("5 entitlement unknown"),
          HasSubstr("6 virtual_account invalid"), HasSubstr("7 license_type not_allowed"),
          HasSubstr("8 quantity invalid: must be a whole number from 1 to 2147483648"),
          HasSubstr("8 ends_at unexpected"), HasSubstr("8 subscription unexpected"), HasSubstr("9 quantity invalid"),
          HasSubstr("9 ends_at missing"), HasSubstr("10 ends_at invalid: must be after"),
          HasSubstr("11 license_type invalid"), HasSubstr("11 quantity invalid"), HasSubstr("11 starts_at invalid"),
          HasSubstr("12 line invalid"), HasSubstr("12 ordered_at missing")));
  EXPECT_EQ(count("select count(*) from job"), 0);
}

TEST_P(Orders, the_same_again_is_skipped_and_other_content_is_a_conflict) {
  auto const relative = line(2, "kaede.example,Tokyo,ADV,term,5,now-1d,now+30d,");
  finish(*start(line(1) + relative).job_id);
  db.clock.advance(48h);
  // The same on another day, and a new line.
  auto const again = start(line(1) + relative + line(3));
  EXPECT_EQ(again.report.skipped, 2);
  EXPECT_EQ(again.report.taken, 1);
  finish(*again.job_id);
  auto const nothing_new = start(line(3));
  EXPECT_EQ(nothing_new.report.skipped, 1);
  EXPECT_FALSE(nothing_new.job_id);
  auto const other = start(line(1) + line(3, "kaede.example,工場,ESS,perpetual,11,,,") + line(4));
  EXPECT_EQ(other.report.conflicts, 1);
  EXPECT_FALSE(other.job_id);
  ASSERT_EQ(other.report.problems.count(), 1);
  EXPECT_EQ(other.report.problems.first[0].line, 3);
  EXPECT_EQ(other.report.problems.first[0].code, csv_codes::conflict);
  EXPECT_EQ(count("select count(*) from lot"), 3);
  EXPECT_EQ(count("select cast(sum(quantity) as bigint) from lot"), 25);
  expect_sound();
}

TEST_P(Orders, two_imports_of_the_same_lines_at_once_deposit_them_once) {
  auto const first = start(line(1) + line(2)), second = start(line(2) + line(3));
  EXPECT_EQ(finish(*first.job_id).status, jobs::JobStatus::done);
  EXPECT_EQ(finish(*second.job_id).status, jobs::JobStatus::done);
  EXPECT_EQ(count("select count(*) from lot"), 3);
  EXPECT_EQ(count("select count(*) from event where kind = 'orders_imported' and data like '%\"skipped\":1%'"), 1);
}

TEST_P(Orders, a_killed_import_goes_on_without_loss_or_doubling) {
  std::string lines;
  for (int i = 1; i <= 100; ++i) lines += line(i, "kaede.example,Tokyo,ESS,perpetual,1,,,");
  auto const id = *start(lines).job_id;
  std::vector<std::unique_ptr<jobs::JobRunner>> dead;
  for (int i = 0; i < 5; ++i) {
    auto r = runner({.chunk_time = 1h, .largest_chunk = 7});
    r->run_once();
    dead.push_back(std::move(r));  // its lease stays behind
    db.clock.advance(20s);
  }
  EXPECT_EQ(count("select count(*) from lot"), 35);
  expect_sound();
  EXPECT_EQ(finish(id).status, jobs::JobStatus::done);
  EXPECT_EQ(count("select count(*) from lot"), 100);
  EXPECT_EQ(count("select count(*) from order_line"), 100);
  EXPECT_EQ(count("select owned from position"), 100);
  expect_sound();
}

TEST_P(Orders, a_chunk_that_throws_leaves_nothing) {
  std::string lines;
  for (int i = 1; i <= 20; ++i) lines += line(i, "kaede.example,Tokyo,ESS,perpetual,1,,,");
  auto const id = *start(lines).job_id;
  jobs::JobRunner r(*db, {.chunk_time = 1h, .largest_chunk = 8});
  auto kind = import_kind(vault, catalogs, {});
  int calls = 0;
  r.add(jobs::JobKind{kind.name, [&](db::Tx& tx, jobs::Chunk& chunk) {
                        bool const more = kind.step(tx, chunk);
                        if (++calls == 2)
                          throw std::runtime_error("the power fails after the work, before the commit");
                        return more;
                      }});
  r.run_once();
  r.run_once();
  EXPECT_EQ(count("select count(*) from lot"), 8);
  while (r.run_once()) {
  }
  EXPECT_EQ(count("select count(*) from lot"), 20);
  EXPECT_EQ(finish(id).done, 20);
  expect_sound();
}

TEST_P(Orders, a_virtual_account_that_goes_meanwhile_fails_the_job) {
  auto const id = *start(line(1)).job_id;
  db->write([&](db::Tx& tx) { tx.exec("delete from virtual_account where virtual_account_id = $1", plant); });
  auto const job = finish(id);
  EXPECT_EQ(job.status, jobs::JobStatus::failed);
  EXPECT_THAT(*job.problem, HasSubstr("order line A-1/1 is gone"));
  EXPECT_EQ(count("select count(*) from lot"), 0);
}

TEST_P(Orders, twenty_thousand_lines_while_others_write) {
  std::string lines;
  for (int i = 1; i <= 20'000; ++i)
    lines += "B-" + std::to_string(i / 10) + "," + std::to_string(i % 10 + 1) + ",2026-01-01,kaede.example," +
             (i % 2 ? "Tokyo" : "工場") + "," + (i % 3 ? "ESS,perpetual,1,,," : "ADV,term,1,2026-01-01,2027-01-01,") +
             "\n";
  auto const checked = db->read([&](db::ReadTx& tx) {
    CsvFaults faults;
    return check_orders(tx, *catalogs.at(tx), std::string(header) + lines, faults).lines.size();
  });
  EXPECT_EQ(checked, 20'000u);
  // Only a part is deposited here; every chunk costs the same whatever the length of the file.
  auto const id = *start(std::string(lines, 0, lines.find("B-150,"))).job_id;
  auto r = runner();
  r->start();
  int writes = 0;
  while (db->read([&](db::ReadTx& tx) { return jobs::find_job(tx, id); })->status == jobs::JobStatus::running) {
    db->write([&](db::Tx& tx) {
      tx.exec(
          "insert into counter (name, value) values ('check_in', 1) on conflict (name) do update set value = "
          "counter.value + 1");
    });
    ++writes;
  }
  r->stop();
  EXPECT_EQ(count("select count(*) from lot"), 1499);
  EXPECT_EQ(count("select value from counter where name = 'check_in'"), writes);
  RecordProperty("longest_chunk_us", int(r->stats().longest_chunk_us));
  std::printf("%llu chunks, the longest took %lld us; %d other writes went between them\n",
              static_cast<unsigned long long>(r->stats().chunks), static_cast<long long>(r->stats().longest_chunk_us),
              writes);
  expect_sound();
}

TEST_P(Orders, staff_sees_the_jobs) {
  finish(*start(line(1)).job_id);
  db.clock.advance(1s);
  start(line(2));
  PersonId staff;
  db->write([&](db::Tx& tx) {
    staff = tx.new_id<PersonId>();
    tx.exec(
        "insert into person (person_id, mail_lookup, wrapped_profile, language, created_at) values ($1, $2, $2, "
        "'en', 0)",
        staff, Bytes{1});
    tx.exec(
        "insert into operator_grant (person_id, role, created_at, ends_at) values ($1, 'operator_catalog', 0, $2)",
        staff, tx.now() + std::chrono::days(90));
  });
  api::Services services;
  api::Cursors cursors{Bytes(32)};
  services.add(cursors);
  api::Dispatcher dispatcher({routes(),
                              &*db,
                              &services,
                              &vault,
                              [&](db::ReadTx&, api::Request const&) {
                                return api::Caller{staff, {}};
                              },
                              {}});
  auto const get = [&](std::string query) {
    std::promise<api::Response> answer;
    api::Request request;
    request.path = "/api/v1/operator/jobs";
    request.query = std::move(query);
    dispatcher.handle(std::move(request), [&](api::Response response) { answer.set_value(std::move(response)); });
    auto const response = answer.get_future().get();
    EXPECT_EQ(response.status, 200) << response.body;
    return protocol::json::parse(response.body);
  };
  auto const first = get("limit=1");
  auto const& newest = first.find("items")->items()[0];
  EXPECT_EQ(newest.find("status")->as_string(), "running");
  EXPECT_EQ(newest.find("kind")->as_string(), "orders_import");
  auto const second = get("limit=1&cursor=" + std::string(first.find("next_cursor")->as_string()));
  EXPECT_EQ(second.find("items")->items()[0].find("status")->as_string(), "done");
  EXPECT_EQ(second.find("next_cursor"), nullptr);
}

}  // namespace
}  // namespace menkyo::orders
