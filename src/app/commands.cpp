#include "app/commands.hpp"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <sstream>

#include "accounts/accounts.hpp"
#include "api/openapi.hpp"
#include "app/documents.hpp"
#include "app/sample.hpp"
#include "app/serve.hpp"
#include "app/service.hpp"
#include "app/verify.hpp"
#include "app/version.hpp"
#include "base/log.hpp"
#include "companies/import.hpp"
#include "orders/orders.hpp"
#include "protocol/json.hpp"

namespace menkyo::app {

namespace {

log::Level level_of(std::string const& word) {
  if (word == "debug") return log::Level::debug;
  if (word == "info") return log::Level::info;
  if (word == "warning") return log::Level::warning;
  if (word == "error") return log::Level::error;
  throw std::runtime_error("log_level is one of debug, info, warning, error");
}

std::string read_file(std::filesystem::path const& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) throw std::runtime_error("Cannot read " + path.string());
  return text.str();
}

// Writes what follows from the tables, or only says whether it is what it should be.
int generate(std::filesystem::path const& root, bool check) {
  int status = 0;
  for (auto const& document : generated_documents()) {
    auto const path = root / document.path;
    if (check) {
      if (std::filesystem::exists(path) && read_file(path) == document.text) continue;
      std::cerr << document.path.string() << " is not what the program gives; run ./dev gen\n";
      status = 1;
    } else {
      std::filesystem::create_directories(path.parent_path());
      std::ofstream(path, std::ios::binary) << document.text;
    }
  }
  return status;
}

// Options that every command with a database takes.
void add_settings(CLI::App* command, Settings& s, std::string& file) {
  // Read before the others, so that the command line has the last word; see run_command_line.
  command->add_option("--config", file, "Settings file (TOML)");
  command->add_option("--data", s.data, "Folder for the database, the master key and files")->capture_default_str();
  command->add_option("--database", s.database,
                      "sqlite:PATH or postgresql://...; by default a file in the data folder");
  command->add_option("--listen", s.listen, "ADDRESS:PORT")->capture_default_str();
  command->add_option("--tls-certificate", s.tls_certificate, "PEM file, leaf first");
  command->add_option("--tls-key", s.tls_key, "PEM file");
  command->add_flag("--allow-plain-http", s.allow_plain_beyond_loopback, "Serve plain HTTP beyond loopback");
  command->add_option("--public-url", s.public_url, "Address as people reach it");
  command->add_option("--log-level", s.log_level, "debug, info, warning or error")->capture_default_str();
}

}  // namespace

namespace {

int make_operator(Settings const& settings, std::string const& mail) {
  Service service(settings);
  auto const token = service.database().write(
      [&](db::Tx& tx) { return accounts::create_first_operator(tx, service.vault(), mail); });
  std::cout << service.outbox().link(accounts::link_path(token)) << "\n";
  return 0;
}

// One mail, past the outbox: the answer is on the screen.
int send_test_mail(Settings const& settings, std::string const& address, std::string const& language) {
  mail::Letter letter{address, Language::ja, "test", {}};
  if (!from_text(language, letter.language)) throw std::runtime_error("--language is ja or en");
  Service service(settings);
  auto const delivery = service.postman().send_now(service.database(), service.outbox().write(letter));
  if (delivery.fate != mail::Delivery::Fate::delivered)
    throw std::runtime_error("The mail was not taken: " + delivery.reason);
  std::cout << (settings.smtp_url.empty()
                    ? "There is no mail server (smtp_url); the mail lies in " + (settings.data / "mail").string()
                    : "The mail server took the mail")
            << ".\n";
  return 0;
}

audit::Actor const by_command{audit::ActorKind::command, {}};

int report(ImportReport const& r, bool as_json) {
  if (as_json) {
    std::string out;
    protocol::json::Writer w(out);
    w.begin_object().member("taken", r.taken).member("skipped", r.skipped).member("conflicts", r.conflicts);
    w.key("problems").begin_array();
    for (auto const& fault : r.problems.first)
      w.begin_object()
          .member("line", fault.line)
          .member("column", fault.column)
          .member("code", fault.code)
          .member("detail", fault.reason)
          .end_object();
    w.end_array().member("problem_count", r.problems.count()).end_object();
    std::cout << out << "\n";
  } else {
    for (auto const& fault : r.problems.first)
      std::cerr << "line " << fault.line << (fault.column.empty() ? "" : ", " + fault.column) << ": " << fault.reason
                << "\n";
    if (r.problems.more > 0) std::cerr << "... and " << r.problems.more << " more\n";
    if (r.problems.count() > 0)
      std::cerr << "Nothing was taken.\n";
    else
      std::cout << r.taken << " taken, " << r.skipped << " already there\n";
  }
  return r.problems.count() == 0 ? 0 : 1;
}

int import_catalog(Settings const& settings, std::string const& path, bool as_json) {
  auto const text = read_file(path);
  Service service(settings);
  return report(
      catalog::import_catalog(service.database(), service.vault(), text,
                              std::filesystem::path(path).filename().string(), by_command, service.groups_changed()),
      as_json);
}

void see_through(Service& service, JobId id, bool as_json) {
  auto const job = service.runner().run_to_end(id, [&](jobs::Job const& j) {
    if (!as_json) std::cerr << "\r" << j.done << " of " << j.total << " lines" << std::flush;
  });
  if (!as_json) std::cerr << "\n";
  if (job.status != jobs::JobStatus::done)
    throw std::runtime_error("The import ended early: " + job.problem.value_or("unknown reason"));
}

int import_orders(Settings const& settings, std::string const& path, bool as_json) {
  auto const text = read_file(path);
  Service service(settings);
  auto const start = orders::start_orders_import(service.database(), service.catalogs(), text,
                                                 std::filesystem::path(path).filename().string());
  if (start.job_id) see_through(service, *start.job_id, as_json);
  return report(start.report, as_json);
}

int import_companies(Settings const& settings, std::string const& path, bool as_json) {
  auto const text = read_file(path);
  Service service(settings);
  auto const start =
      companies::start_companies_import(service.database(), text, std::filesystem::path(path).filename().string());
  if (start.job_id) see_through(service, *start.job_id, as_json);
  return report(start.report, as_json);
}

int verify(Settings const& settings, bool as_json) {
  Service service(settings);
  Findings findings;
  verify_books(service, findings);
  verify_history(service, {}, findings);
  return report(findings, as_json);
}

int verify_audit(Settings const& settings, std::string const& account, bool as_json) {
  Service service(settings);
  Findings findings;
  verify_history(service, account, findings);
  return report(findings, as_json);
}

int accept_clock(Settings const& settings) {
  Service service(settings);
  // The machine's own time, even if it is before what was accepted last: this is the way back from a wrong one.
  auto const now = service.database().clock().now();
  service.database().write([&](db::Tx& tx) { jobs::accept_clock(tx, now); });
  std::cout << "The present time is accepted; schedules go on.\n";
  return 0;
}

// What the words of the command line are read into, and what the command gave.
struct Words {
  Settings settings;
  std::string file, root = ".", mail, language = "ja", path, folder = "sample", account;
  bool check = false, as_json = false;
  int status = 0;
};

void add_server_commands(CLI::App& cli, Words& w) {
  auto* serve_command = cli.add_subcommand("serve", "Run the server");
  add_settings(serve_command, w.settings, w.file);
  serve_command->callback([&] { w.status = serve(w.settings); });

  auto* openapi_command = cli.add_subcommand("openapi", "Print the description of the API");
  openapi_command->callback([&] { std::cout << api::openapi(route_table(), version); });

  auto* gen_command = cli.add_subcommand("gen", "Write the files that follow from the route table");
  gen_command->add_option("--root", w.root, "The project's folder")->capture_default_str();
  gen_command->add_flag("--check", w.check, "Only say whether they are fresh");
  gen_command->callback([&] { w.status = generate(w.root, w.check); });
}

void add_data_commands(CLI::App& cli, Words& w) {
  auto* operator_command = cli.add_subcommand(
      "operator", "Make the first administrator of the operator, or let it in again: prints a one-time link");
  add_settings(operator_command, w.settings, w.file);
  operator_command->add_option("--mail", w.mail, "Its mail address")->required();
  operator_command->callback([&] { w.status = make_operator(w.settings, w.mail); });

  auto* import_command = cli.add_subcommand("import", "Take a file (docs/import.md)");
  import_command->require_subcommand(1);
  struct Import {
    const char* what;
    int (*run)(Settings const& settings, std::string const& path, bool as_json);
  };
  for (auto const& import :
       {Import{"catalog", import_catalog}, Import{"orders", import_orders}, Import{"companies", import_companies}}) {
    auto* one = import_command->add_subcommand(import.what, std::string("Import ") + import.what);
    add_settings(one, w.settings, w.file);
    one->add_option("FILE", w.path, "CSV")->required();
    one->add_flag("--json", w.as_json, "Report as JSON");
    one->callback([&w, run = import.run] { w.status = run(w.settings, w.path, w.as_json); });
  }

  auto* sample_command = cli.add_subcommand("sample", "Load the sample into a new database");
  add_settings(sample_command, w.settings, w.file);
  sample_command->add_option("--from", w.folder, "Folder of the sample")->capture_default_str();
  sample_command->callback([&] { w.status = load_sample(w.settings, w.folder); });

  auto* sample_token_command = cli.add_subcommand("sample-token", "Print a registration token for one sample device");
  add_settings(sample_token_command, w.settings, w.file);
  sample_token_command->callback([&] { w.status = print_sample_token(w.settings); });
}

void add_check_commands(CLI::App& cli, Words& w) {
  auto* mail_command = cli.add_subcommand("mail", "Mails to people");
  mail_command->require_subcommand(1);
  auto* test_mail_command =
      mail_command->add_subcommand("test", "Send a mail at once and tell what the mail server says");
  add_settings(test_mail_command, w.settings, w.file);
  test_mail_command->add_option("ADDRESS", w.mail, "Who gets it")->required();
  test_mail_command->add_option("--language", w.language, "ja or en")->capture_default_str();
  test_mail_command->callback([&] { w.status = send_test_mail(w.settings, w.mail, w.language); });

  auto* verify_command =
      cli.add_subcommand("verify", "Check every account's ledger, positions, totals and sealed event log");
  add_settings(verify_command, w.settings, w.file);
  verify_command->add_flag("--json", w.as_json, "Report as JSON");
  verify_command->callback([&] { w.status = verify(w.settings, w.as_json); });

  auto* audit_command = cli.add_subcommand("audit", "The event log");
  audit_command->require_subcommand(1);
  auto* verify_audit_command = audit_command->add_subcommand(
      "verify", "Check that every sealed event is as it was written, and that none was removed or added");
  add_settings(verify_audit_command, w.settings, w.file);
  verify_audit_command->add_option("--account", w.account,
                                   "Only this Smart Account: its id or domain, or \"operator\"");
  verify_audit_command->add_flag("--json", w.as_json, "Report as JSON");
  verify_audit_command->callback([&] { w.status = verify_audit(w.settings, w.account, w.as_json); });

  auto* clock_command = cli.add_subcommand("clock", "The clock's guard");
  clock_command->require_subcommand(1);
  auto* accept_command = clock_command->add_subcommand("accept", "Take the present time for right after a jump");
  add_settings(accept_command, w.settings, w.file);
  accept_command->callback([&] { w.status = accept_clock(w.settings); });
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App cli("Menkyo - smart licensing for a vendor and its customers", "menkyo");
  cli.set_version_flag("--version", std::string(version));
  cli.require_subcommand(1);
  Words words;
  add_server_commands(cli, words);
  add_data_commands(cli, words);
  add_check_commands(cli, words);
  try {
    for (int i = 1; i + 1 < argc; ++i)
      if (std::string_view(argv[i]) == "--config") read_settings_file(argv[i + 1], words.settings);
    cli.parse_complete_callback([&] { log::set_level(level_of(words.settings.log_level)); });
    cli.parse(argc, argv);
    return words.status;
  } catch (CLI::ParseError const& error) {
    return cli.exit(error) == 0 ? 0 : 2;
  } catch (std::exception const& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}

}  // namespace menkyo::app
