#include "bench/raw_limits.hpp"

#include <libpq-fe.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <set>
#include <stdexcept>

#include "base/random.hpp"
#include "bench/population.hpp"
#include "bench/processor.hpp"
#include "db/database.hpp"
#include "protocol/key.hpp"

namespace menkyo::bench {

namespace {

using Steady = std::chrono::steady_clock;

// `step` does some operations and returns how many; `processor` reads the processor time of all who take part.
Cost measure(double seconds, std::function<double()> const& processor, std::function<size_t()> const& step) {
  double const processor_start = processor();
  auto const start = Steady::now();
  size_t done = 0;
  double elapsed = 0;
  while ((elapsed = std::chrono::duration<double>(Steady::now() - start).count()) < seconds) done += step();
  return {double(done) / elapsed, (processor() - processor_start) / double(done)};
}

// Distinct random rows in the order of their keys, which is their order in `rows`. Out of one part of them, so that
// two writers do not meet.
class Picker {
 public:
  Picker(size_t rows, size_t part, size_t parts) : random_(system_seeds().next()), part_(part), parts_(parts) {
    count_ = (rows - part + parts - 1) / parts;
  }
  std::set<size_t> next(size_t batch) {
    std::set<size_t> out;
    while (out.size() < std::min(batch, count_)) out.insert(part_ + parts_ * random_.below(count_));
    return out;
  }

 private:
  Random random_;
  size_t part_, parts_, count_;
};

// The time of a check-in is later than all others of the same virtual account, and so is its place in the index.
int64_t now_us() {
  return to_us(system_clock().now());
}

// ---- SQLite -------------------------------------------------------------------------------------------------------

struct SqliteCloser {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

class RawSqlite {
 public:
  explicit RawSqlite(std::string const& path) {
    sqlite3* handle = nullptr;
    int const code = sqlite3_open(path.c_str(), &handle);
    handle_.reset(handle);
    check(code);
    // The log is moved by the writer itself whenever it has become as long as the server lets it become.
    run("pragma journal_mode=wal; pragma synchronous=full; pragma cache_size=-16000; pragma wal_autocheckpoint=4000");
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v3(handle,
                             "update device_contact set last_contact_at = ?3, sequence = ?4, message_hash = ?5,"
                             " answer = ?6 where smart_account_id = ?1 and device_id = ?2",
                             -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
    update_.reset(statement);
  }
  void run(char const* sql) { check(sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr)); }
  void write(ContactRow const& row) {
    auto* s = update_.get();
    bind(1, row.smart_account_id);
    bind(2, row.device_id);
    sqlite3_bind_int64(s, 3, now_us());
    sqlite3_bind_int64(s, 4, row.sequence);
    bind(5, row.message_hash);
    bind(6, row.answer);
    if (sqlite3_step(s) != SQLITE_DONE || sqlite3_changes(handle_.get()) != 1) check(SQLITE_ERROR);
    sqlite3_reset(s);
  }

 private:
  void bind(int at, Bytes const& bytes) {
    sqlite3_bind_blob(update_.get(), at, bytes.data(), int(bytes.size()), SQLITE_STATIC);
  }
  void check(int code) {
    if (code != SQLITE_OK) throw std::runtime_error(std::string("SQLite: ") + sqlite3_errmsg(handle_.get()));
  }
  std::unique_ptr<sqlite3, SqliteCloser> handle_;
  std::unique_ptr<sqlite3_stmt, SqliteCloser> update_;
};

Cost sqlite_limit(std::string const& path, std::vector<ContactRow> const& rows, size_t batch, double seconds) {
  RawSqlite sqlite(path);
  Picker picker(rows.size(), 0, 1);
  return measure(seconds, processor_us, [&] {
    auto const picked = picker.next(batch);
    sqlite.run("begin immediate");
    for (auto const i : picked) sqlite.write(rows[i]);
    sqlite.run("commit");
    return picked.size();
  });
}

// ---- PostgreSQL ---------------------------------------------------------------------------------------------------

constexpr Oid bytea = 17, bytea_array = 1001, int8 = 20, int8_array = 1016;

void append_be(std::string& out, uint64_t value, int length) {
  for (int i = length - 1; i >= 0; --i) out += char(value >> (8 * i));
}

// A one-dimensional array in binary form (array_send in PostgreSQL's arrayfuncs.c).
struct Array {
  Array(Oid element, size_t count) {
    append_be(text, 1, 4);
    append_be(text, 0, 4);
    append_be(text, element, 4);
    append_be(text, count, 4);
    append_be(text, 1, 4);
  }
  void add(Bytes const& bytes) {
    append_be(text, bytes.size(), 4);
    text.append(bytes.begin(), bytes.end());
  }
  void add(int64_t number) {
    append_be(text, 8, 4);
    append_be(text, uint64_t(number), 8);
  }
  std::string text;
};

class RawPostgres {
 public:
  explicit RawPostgres(std::string const& url) : connection_(PQconnectdb(url.c_str()), PQfinish) {
    Oid const types[] = {bytea_array, bytea_array, int8_array, int8_array, bytea_array, bytea_array};
    check(PQprepare(connection_.get(), "put",
                    "update device_contact set last_contact_at = r.t, sequence = r.s, message_hash = r.h,"
                    " answer = r.w from unnest($1, $2, $3, $4, $5, $6) as r(a, i, t, s, h, w)"
                    " where device_contact.smart_account_id = r.a and device_contact.device_id = r.i",
                    6, types),
          PGRES_COMMAND_OK);
  }
  pid_t backend() const { return PQbackendPID(connection_.get()); }
  void write(std::vector<ContactRow> const& rows, std::set<size_t> const& picked) {
    size_t const n = picked.size();
    Array arrays[] = {{bytea, n}, {bytea, n}, {int8, n}, {int8, n}, {bytea, n}, {bytea, n}};
    for (auto const i : picked) {
      auto const& row = rows[i];
      arrays[0].add(row.smart_account_id);
      arrays[1].add(row.device_id);
      arrays[2].add(now_us());
      arrays[3].add(row.sequence);
      arrays[4].add(row.message_hash);
      arrays[5].add(row.answer);
    }
    char const* values[6];
    int lengths[6], formats[6];
    for (size_t i = 0; i < 6; ++i) {
      values[i] = arrays[i].text.data();
      lengths[i] = int(arrays[i].text.size());
      formats[i] = 1;
    }
    check(PQexecPrepared(connection_.get(), "put", 6, values, lengths, formats, 1), PGRES_COMMAND_OK, n);
  }

 private:
  void check(PGresult* given, ExecStatusType expected, size_t changed = 0) {
    std::unique_ptr<PGresult, decltype(&PQclear)> const result(given, PQclear);
    if (PQresultStatus(given) != expected || (changed > 0 && std::to_string(changed) != PQcmdTuples(given)))
      throw std::runtime_error(std::string("PostgreSQL: ") + PQerrorMessage(connection_.get()));
  }
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

Cost postgres_limit(std::string const& url, std::vector<ContactRow> const& rows, size_t batch, double seconds) {
  constexpr size_t connections = 2;
  std::vector<std::unique_ptr<RawPostgres>> open;
  for (size_t i = 0; i < connections; ++i) open.push_back(std::make_unique<RawPostgres>(url));
  PostgresProcessor const server(open.front()->backend());
  auto const processor = [&] { return processor_us() + server.us(); };
  auto const write = [&](size_t i) {
    Picker picker(rows.size(), i, connections);
    return measure(
        seconds, [] { return 0.0; },
        [&] {
          auto const picked = picker.next(batch);
          open[i]->write(rows, picked);
          return picked.size();
        });
  };
  double const start = processor();
  std::vector<std::future<Cost>> costs;
  for (size_t i = 0; i < connections; ++i) costs.push_back(std::async(std::launch::async, write, i));
  double per_second = 0;
  for (auto& cost : costs) per_second += cost.get().per_second;
  return {per_second, (processor() - start) / (per_second * seconds)};
}

// ---- signatures ---------------------------------------------------------------------------------------------------

constexpr size_t message_bytes = 600;  // the signing input of a check-in

}  // namespace

Cost verify_limit(double seconds) {
  Bytes const message(message_bytes, 'x');
  std::vector<std::pair<protocol::Key, protocol::Signature>> signed_by;
  for (int i = 0; i < 256; ++i) {
    auto const key = protocol::Key::generate(protocol::Algorithm::es256);
    signed_by.emplace_back(protocol::Key::from_public_bytes(protocol::Algorithm::es256, key.public_bytes()),
                           key.sign(message));
  }
  return measure(seconds, processor_us, [&] {
    for (auto const& [key, signature] : signed_by)
      if (!key.verify(message, signature)) throw std::logic_error("a good signature is refused");
    return signed_by.size();
  });
}

Cost sign_limit(double seconds) {
  Bytes const message(message_bytes, 'x');
  auto const key = protocol::Key::generate(protocol::Algorithm::es256);
  return measure(seconds, processor_us, [&] {
    for (int i = 0; i < 256; ++i) key.sign(message);
    return size_t(256);
  });
}

std::vector<ContactRow> contact_rows(std::string const& database_url) {
  db::Database database(unhurried(database_url), system_clock(), system_seeds());
  return database.read([](db::ReadTx& tx) {
    return tx.all<ContactRow>(
        "select smart_account_id, device_id, last_contact_at, sequence, message_hash, answer from device_contact"
        " order by smart_account_id, device_id");
  });
}

Cost storage_limit(std::string const& database_url, std::vector<ContactRow> const& rows, size_t batch,
                   double seconds) {
  std::string const sqlite = "sqlite:";
  if (database_url.starts_with(sqlite)) return sqlite_limit(database_url.substr(sqlite.size()), rows, batch, seconds);
  return postgres_limit(database_url, rows, batch, seconds);
}

}  // namespace menkyo::bench
