#include "tests/kill/places.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <fstream>

#include "tests/support/deposit.hpp"

namespace menkyo::test {

namespace {

std::string ends_there(std::string const& place, int64_t nth) {
  return "MENKYO_FAILPOINT=" + place + ":" + std::to_string(nth);
}

bool killed(std::optional<int> const& status) {
  if (!status) return false;
  EXPECT_TRUE(WIFSIGNALED(*status) && WTERMSIG(*status) == SIGKILL) << *status;
  return true;
}

// A new database: the program ends between two steps of making it, and makes the rest when it is started again.
bool ends_while_migrating(std::string const& kind, std::string const& place, Random& random) {
  TemporaryFolder folder;
  TestDatabase database(kind, false);
  ServerProcess server(folder.path, database.url());
  bool ended = false;
  try {
    server.start(ends_there(place, 1 + int64_t(random.below(4))));
  } catch (std::runtime_error const&) {
    ended = true;
  }
  if (ended) server.start();
  server.end(SIGTERM);
  return ended;
}

bool ends_in_catalog_import(Premises& premises, std::string const& place) {
  auto const file = premises.installation.folder.path / "more.csv";
  std::ofstream(file) << "record,code,family,name_en,name_ja,tag,license_types,enforced,export_controlled\n"
                         "entitlement,NEW,KAZE,NEW,追加,\"regid.2026-01.example.kaze.NEW,1.0_NEW\",perpetual,false,"
                         "false\n";
  std::vector<std::string> const words{"import",
                                       "catalog",
                                       file.string(),
                                       "--data",
                                       premises.installation.folder.path.string(),
                                       "--database",
                                       premises.installation.place.url()};
  premises.start();
  bool const ended = run_program(words, ends_there(place, 1)).status == -1;
  premises.work_on(20);
  auto const again = run_program(words);
  EXPECT_EQ(again.status, 0) << again.output;
  premises.server.end(SIGKILL);
  return ended;
}

// As when the time of the lease has passed, so that nobody has to wait for it.
void let_leases_end(Premises& premises) {
  db::make_driver(premises.installation.place.url())->open()->script("update lease set expires_at = 0");
}

// Something that falls due once the program runs.
void set_a_timer(Premises& premises) {
  auto const& installation = premises.installation;
  app::Service service(installation.settings());
  service.database().write([&](db::Tx& tx) {
    auto const catalog = service.catalogs().at(tx);
    auto term = perpetual(installation.account, installation.va, catalog->find_entitlement("PRM")->entitlement_id, 1,
                          tx.now());
    term.license_type = licenses::LicenseType::TERM;
    term.ends_at = tx.now() + std::chrono::milliseconds(500);
    licenses::deposit(tx, service.vault(), *catalog, term);
  });
}

// Something to send once the program runs.
void post_a_mail(Premises& premises) {
  app::Service service(premises.installation.settings());
  service.database().write([&](db::Tx& tx) {
    service.outbox().post(tx, {"somebody@example.com", Language::en, "test", {}});
  });
}

// A reader that does not let the log be begun anew, so that it grows until the program would.
std::unique_ptr<db::Session> long_reader(Premises& premises) {
  auto session = db::make_driver(premises.installation.place.url())->open_reader();
  session->begin_read();
  db::RowSink const sink = [](db::Row const&) {};
  session->run("select count(*) from device", {}, &sink);
  return session;
}

// Until the server or a command has ended, or so many answers were given.
bool ends_within(Premises& premises, std::string const& variable, int64_t answers) {
  let_leases_end(premises);
  bool gone = false;
  try {
    premises.start(variable);
  } catch (std::runtime_error const&) {
    return true;
  }
  auto const commands = premises.commands_killed();
  auto const moment = premises.tally.acknowledged + answers;
  while (!gone && premises.sound() && premises.tally.acknowledged < moment) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    gone = killed(premises.server.ended());
    if (!gone && premises.commands_killed() > commands) {
      premises.server.end(SIGKILL);
      gone = true;
    }
  }
  if (!gone) premises.server.end(SIGKILL);
  return gone;
}

}  // namespace

bool can_come_by(std::string_view place, std::string_view database_kind) {
  // Several pieces of work share a transaction, and a log is moved by the program, on SQLite alone.
  return database_kind == "sqlite" || !(place.starts_with("sqlite.") || place == "db.before_release");
}

bool ends_at(Premises& premises, std::string const& place, Random& random) {
  if (place.starts_with("migrate.")) return ends_while_migrating(premises.kind, place, random);
  if (place.starts_with("catalog.")) return ends_in_catalog_import(premises, place);
  // What comes by once in a while only: the first time must do.
  auto const first = ends_there(place, 1);
  if (place.starts_with("jobs.timer")) {
    set_a_timer(premises);
    return ends_within(premises, first, 5'000);
  }
  if (place.starts_with("mail.")) {
    post_a_mail(premises);
    return ends_within(premises, first, 5'000);
  }
  if (place == "sqlite.before_restart") {
    auto const reader = long_reader(premises);
    return ends_within(premises, first, 20'000);
  }
  return ends_within(premises, ends_there(place, 1 + int64_t(random.below(40))), 100) ||
         ends_within(premises, first, 20'000);
}

}  // namespace menkyo::test
