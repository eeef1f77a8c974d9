// What storage can do at best and what the layers above it leave of that: writing the row of a device's check-in on
// SQLite (raw loop, one flush each, group commit, batches) and on PostgreSQL (statement by statement, batches).
//
//   storage_bench [DEVICES [SECONDS [FOLDER]]]      default 100000 devices, 2 seconds for each case, in the temporary
//   folder
//
// PostgreSQL is measured if MENKYO_TEST_POSTGRES names a server. Read the ratios, not the absolutes.

#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <semaphore>
#include <string>

#include "db/batch.hpp"
#include "db/migrate.hpp"

namespace {

using namespace menkyo;
using Steady = std::chrono::steady_clock;

struct CheckIn {
  SmartAccountId smart_account_id;
  DeviceId device_id;
  int64_t last_contact_at, sequence;
  Bytes message_hash, answer;
};

constexpr auto update_one =
    "update device_contact set last_contact_at = $3, sequence = $4, message_hash = $5, answer = $6"
    " where smart_account_id = $1 and device_id = $2 and sequence < $4";
constexpr auto read_one =
    "select sequence, answer from device_contact where smart_account_id = $1 and device_id = $2 {for update}";
// All columns of the narrow row, as an insert that meets its row: on SQLite that costs half of "update ... from".
constexpr auto update_many =
    "insert into device_contact (smart_account_id, device_id, last_contact_at, sequence, message_hash, answer,"
    " report_hash, authorization_state) select smart_account_id, device_id, last_contact_at, sequence, message_hash,"
    " answer, message_hash, 'authorized' from {rows: smart_account_id bytea, device_id bytea, last_contact_at bigint,"
    " sequence bigint, message_hash bytea, answer bytea} r where true on conflict (smart_account_id, device_id)"
    " do update set last_contact_at = excluded.last_contact_at, sequence = excluded.sequence,"
    " message_hash = excluded.message_hash, answer = excluded.answer"
    " where device_contact.sequence < excluded.sequence";
constexpr auto update_many_from =
    "update device_contact set last_contact_at = r.last_contact_at, sequence = r.sequence,"
    " message_hash = r.message_hash, answer = r.answer from {rows: smart_account_id bytea, device_id bytea,"
    " last_contact_at bigint, sequence bigint, message_hash bytea, answer bytea} r"
    " where device_contact.smart_account_id = r.smart_account_id and device_contact.device_id = r.device_id"
    " and device_contact.sequence < r.sequence";

// Check-ins of random devices, without end.
class Fleet {
 public:
  explicit Fleet(int64_t devices) : random_(Seed{}) {
    account_.bytes = random_.uuid7(from_us(1'700'000'000'000'000));
    for (int64_t i = 0; i < devices; ++i)
      devices_.push_back({random_.uuid7(from_us(1'700'000'000'000'000 + i * 1000))});
  }
  CheckIn next() {
    ++sequence_;
    return {account_,
            devices_[random_.below(devices_.size())],
            1'800'000'000'000'000 + sequence_,
            sequence_,
            random_.bytes(32),
            Bytes(600, uint8_t(sequence_))};
  }
  void register_all(db::Database& database) {
    constexpr size_t step = 5000;
    for (size_t at = 0; at < devices_.size(); at += step)
      database.write([&](db::Tx& tx) {
        std::vector<DeviceId> some(devices_.begin() + ptrdiff_t(at),
                                   devices_.begin() + ptrdiff_t(std::min(at + step, devices_.size())));
        for (auto const& device : some)
          tx.exec(
              "insert into device_contact (smart_account_id, device_id, last_contact_at, sequence, message_hash,"
              " answer, report_hash, authorization_state) values ($1, $2, 0, 0, $3, $4, $3, 'authorized')",
              account_, device, Bytes(32, 0), Bytes(600, 0));
      });
  }

 private:
  Random random_;
  SmartAccountId account_;
  std::vector<DeviceId> devices_;
  int64_t sequence_ = 0;
};

int64_t store_one(db::Connection& c, CheckIn const& in) {
  db::Value const values[] = {db::to_value(in.smart_account_id), db::to_value(in.device_id),
                              db::to_value(in.last_contact_at),  db::to_value(in.sequence),
                              db::to_value(in.message_hash),     db::to_value(in.answer)};
  return c.run(update_one, values, nullptr);
}

// One row a key, sorted by key, as exec_many wants them.
std::vector<CheckIn> batch_of(Fleet& fleet, size_t count) {
  std::map<DeviceId, CheckIn> rows;
  while (rows.size() < count) {
    auto in = fleet.next();
    rows.insert_or_assign(in.device_id, std::move(in));
  }
  std::vector<CheckIn> out;
  for (auto& [id, in] : rows) out.push_back(std::move(in));
  return out;
}

// Processor time of this process (PostgreSQL's own is not in it); it says more than the clock on a machine with other
// work.
double processor_us() {
  rusage used;
  getrusage(RUSAGE_SELF, &used);
  return double(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
         double(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

struct Bench {
  Fleet& fleet;
  double seconds;
  std::map<std::string, double> rates;

  // `step` does some check-ins and returns how many.
  void measure(std::string const& name, std::function<size_t()> const& step) {
    auto const start = Steady::now();
    double const processor_start = processor_us();
    size_t done = 0;
    double elapsed = 0;
    while ((elapsed = std::chrono::duration<double>(Steady::now() - start).count()) < seconds) done += step();
    rates[name] = double(done) / elapsed;
    std::printf("  %-58s %8.0f /s %8.1f us\n", name.c_str(), rates[name],
                (processor_us() - processor_start) / double(done));
    std::fflush(stdout);
  }
  void ratio(std::string const& of, std::string const& to) {
    std::printf("  %-58s %10.2f\n", (of + " : " + to).c_str(), rates[of] / rates[to]);
  }
};

// Keeps `depth` requests under way; submit(done) starts one.
size_t keep_busy(double seconds, int depth, std::function<void(std::function<void()>)> const& submit) {
  std::counting_semaphore<> free(depth);
  auto const start = Steady::now();
  size_t count = 0;
  for (; std::chrono::duration<double>(Steady::now() - start).count() < seconds; ++count) {
    free.acquire();
    submit([&] { free.release(); });
  }
  for (int i = 0; i < depth; ++i) free.acquire();
  return count;
}

// Through Database::write_async, one closure a check-in.
size_t closures(Bench& bench, db::Database& database, bool reads_first, std::atomic<int>& failed) {
  return keep_busy(bench.seconds, 512, [&](std::function<void()> done) {
    database.write_async(
        [in = bench.fleet.next(), reads_first](db::Tx& tx) {
          struct Known {
            int64_t sequence;
            Bytes answer;
          };
          if (reads_first) tx.one<Known>(read_one, in.smart_account_id, in.device_id);
          tx.exec(update_one, in.smart_account_id, in.device_id, in.last_contact_at, in.sequence, in.message_hash,
                  in.answer);
        },
        [&failed, done](std::exception_ptr error) {
          if (error) ++failed;
          done();
        });
  });
}

// Through a batch queue: one statement for all that waits.
size_t batches(Bench& bench, db::Database& database, int in_flight, std::atomic<int>& failed) {
  using Item = db::BatchItem<CheckIn, bool>;
  db::BatchQueue<CheckIn, bool> queue(
      database,
      [](db::Tx& tx, std::span<Item* const> items) {
        std::map<DeviceId, CheckIn*> rows;  // the last one of a device wins
        for (auto* item : items) rows[item->in.device_id] = &item->in;
        std::vector<CheckIn> sorted;
        for (auto const& [id, in] : rows) sorted.push_back(*in);
        tx.exec_many(update_many, sorted);
        for (auto* item : items) item->out = true;
      },
      db::BatchQueue<CheckIn, bool>::tell, 256, in_flight);
  return keep_busy(bench.seconds, 512, [&](std::function<void()> done) {
    queue.submit(bench.fleet.next(), [&failed, done](Item&, std::exception_ptr error) {
      if (error) ++failed;
      done();
    });
  });
}

// How a raw loop writes the check-ins of one commit.
enum class Way { loop, loop_with_savepoints, rows, rows_update_from };

void raw(Bench& bench, db::Session& session, std::string const& name, size_t to_a_commit, Way way) {
  RequestId id;
  Random random(system_seeds().next());
  bench.measure(name, [&] {
    auto const rows = batch_of(bench.fleet, to_a_commit);
    random.fill(id.bytes);
    session.begin_write(id, {});
    db::Tx tx(session, {}, {});
    if (way == Way::rows) tx.exec_many(update_many, rows);
    if (way == Way::rows_update_from) tx.exec_many(update_many_from, rows);
    if (way == Way::loop || way == Way::loop_with_savepoints) {
      for (auto const& row : rows) {
        if (way == Way::loop_with_savepoints) session.savepoint();
        store_one(session, row);
        if (way == Way::loop_with_savepoints) session.release_savepoint();
      }
    }
    session.commit();
    return to_a_commit;
  });
}

void measure_sqlite(Bench& bench, std::string const& folder) {
  db::DatabaseConfig config;
  config.url = "sqlite:" + folder + "/bench.db";
  db::migrate(*db::make_driver(config.url), db::migrations(), system_clock().now());
  db::Database database(config, system_clock(), system_seeds());
  bench.fleet.register_all(database);
  std::printf("SQLite%56s %11s %11s\n", "", "clock", "processor");
  auto session = database.driver().open();
  raw(bench, *session, "raw loop, one flush for each", 1, Way::loop);
  raw(bench, *session, "raw loop, one flush for 256", 256, Way::loop);
  raw(bench, *session, "raw loop, one flush for 256, a savepoint for each", 256, Way::loop_with_savepoints);
  raw(bench, *session, "raw rows, one flush for 256", 256, Way::rows);
  raw(bench, *session, "raw rows by update from, one flush for 256", 256, Way::rows_update_from);
  session.reset();
  std::atomic<int> failed{0};
  bench.measure("group commit of closures", [&] { return closures(bench, database, false, failed); });
  bench.measure("batch queue", [&] { return batches(bench, database, 1, failed); });
  std::printf("  %-58s %10d\n", "failed", failed.load());
  bench.ratio("raw loop, one flush for 256", "raw loop, one flush for each");
  bench.ratio("group commit of closures", "raw loop, one flush for 256");
  bench.ratio("batch queue", "raw loop, one flush for 256");
}

void measure_postgres(Bench& bench, std::string const& server) {
  auto const admin = db::make_driver(server)->open();
  admin->script("drop database if exists menkyo_bench with (force)");
  admin->script("create database menkyo_bench template template0 encoding 'UTF8' locale 'C'");
  auto const authority = server.find("://") + 3;
  auto const slash = server.find('/', authority), query = server.find('?', authority);
  db::DatabaseConfig config;
  config.url = server.substr(0, std::min(slash, query)) + "/menkyo_bench" +
               (query == std::string::npos ? "" : server.substr(query));
  db::migrate(*db::make_driver(config.url), db::migrations(), system_clock().now());
  {
    db::Database database(config, system_clock(), system_seeds());
    bench.fleet.register_all(database);
    auto const fsync =
        database.read([](db::ReadTx& tx) { return tx.one<std::string>("select current_setting('fsync')"); });
    std::printf("PostgreSQL (fsync %s)\n", fsync->c_str());
    auto session = database.driver().open();
    RequestId id;
    Random random(system_seeds().next());
    bench.measure("empty transaction, request id in the first round trip", [&] {
      random.fill(id.bytes);
      session->begin_write(id, {});
      session->commit();
      return 1;
    });
    bench.measure("empty transaction, request id in a round trip of its own", [&] {
      random.fill(id.bytes);
      session->script("begin isolation level read committed");
      db::Value const values[] = {db::to_value(id), db::Value{int64_t(0)}};
      session->run("insert into request_outcome (request_id, at) values ($1, $2)", values, nullptr);
      session->commit();
      return 1;
    });
    raw(bench, *session, "raw rows through unnest, 64 to a commit", 64, Way::rows);
    raw(bench, *session, "raw rows through unnest, 256 to a commit", 256, Way::rows);
    raw(bench, *session, "raw rows by update from, 256 to a commit", 256, Way::rows_update_from);
    session.reset();
    std::atomic<int> failed{0};
    bench.measure("4 statements for each, 3 connections", [&] { return closures(bench, database, true, failed); });
    bench.measure("batch queue, 1 in flight", [&] { return batches(bench, database, 1, failed); });
    bench.measure("batch queue, 2 in flight", [&] { return batches(bench, database, 2, failed); });
    std::printf("  %-58s %10d\n", "failed", failed.load());
    bench.ratio("batch queue, 2 in flight", "4 statements for each, 3 connections");
    bench.ratio("batch queue, 2 in flight", "raw rows through unnest, 256 to a commit");
  }
  admin->script("drop database menkyo_bench with (force)");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    Fleet fleet(argc > 1 ? std::atoll(argv[1]) : 100'000);
    Bench bench{fleet, argc > 2 ? std::atof(argv[2]) : 2.0, {}};
    std::string const parent = argc > 3 ? argv[3] : std::filesystem::temp_directory_path().string();
    auto const folder = parent + "/menkyo-bench-" + to_hex(Random(system_seeds().next()).bytes(6));
    std::filesystem::create_directory(folder);
    measure_sqlite(bench, folder);
    std::filesystem::remove_all(folder);
    if (const char* server = std::getenv("MENKYO_TEST_POSTGRES")) measure_postgres(bench, server);
    return 0;
  } catch (std::exception const& error) {
    std::fprintf(stderr, "storage_bench: %s\n", error.what());
    return 1;
  }
}
