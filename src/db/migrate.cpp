#include "db/migrate.hpp"

#include "base/failpoint.hpp"

namespace menkyo::db {

namespace {

struct Applied {
  int64_t number;
  std::string name;
};

std::vector<Applied> applied(Session& session) {
  std::vector<Applied> out;
  RowSink const sink = [&](Row const& row) { out.push_back(read_row<Applied>(row)); };
  session.run("select number, name from schema_migration order by number", {}, &sink);
  return out;
}

void refuse_newer(std::vector<Applied> const& present, std::span<const Migration> known) {
  for (size_t i = 0; i < present.size(); ++i) {
    if (i < known.size() && known[i].number == present[i].number && known[i].name == present[i].name) continue;
    throw NewerDatabase(
        "The database has the migration " + std::to_string(present[i].number) + " (" + present[i].name +
        "), which this version of Menkyo does not know. Run the version that wrote it, or a newer one.");
  }
}

// Several servers may start at once, and a step may take minutes: here, waiting is better than giving up.
void wait_patiently(Session& session, Driver& driver) {
  session.script(driver.shares_commits() ? "pragma busy_timeout = 600000"
                                         : "set lock_timeout = '10min'; set statement_timeout = 0");
}

void create_list(Session& session, Driver& driver) {
  auto const text = driver.spell_migration(
      "create table if not exists schema_migration (\n  number bigint not null primary key,\n  name text not null,\n"
      "  applied_at bigint not null\n);");
  try {
    session.script(text);
  } catch (StorageError const& error) {
    // PostgreSQL tells one of several that create the same table at once that its name or its type is taken; the
    // second try finds the table.
    if (error.failure != Failure::constraint && error.failure != Failure::other) throw;
    session.script(text);
  }
}

}  // namespace

int migrate(Driver& driver, std::span<const Migration> known, Instant now) {
  auto session = driver.open();
  wait_patiently(*session, driver);
  create_list(*session, driver);
  for (int done = 0;; ++done) {
    // Two servers may start at once: whoever holds this lock applies the next step, the other finds it applied.
    session->script(driver.shares_commits() ? "begin immediate"
                                            : "begin; lock table schema_migration in exclusive mode");
    try {
      auto const present = applied(*session);
      refuse_newer(present, known);
      if (present.size() == known.size()) {
        session->rollback();
        return done;
      }
      auto const& next = known[present.size()];
      auto const text = driver.name() == "sqlite" ? next.sqlite : next.postgres;
      session->script(driver.spell_migration(std::string(next.common.empty() ? text : next.common)));
      Value const values[] = {to_value(next.number), to_value(next.name), to_value(now)};
      session->run("insert into schema_migration (number, name, applied_at) values ($1, $2, $3)", values, nullptr);
      failpoint<"migrate.before_commit">();
      session->commit();
      failpoint<"migrate.committed", Failing::memory>();
    } catch (...) {
      session->rollback();
      throw;
    }
  }
}

}  // namespace menkyo::db
