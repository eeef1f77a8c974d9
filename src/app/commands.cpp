#include "app/commands.hpp"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <sstream>

#include "api/openapi.hpp"
#include "app/serve.hpp"
#include "app/service.hpp"
#include "app/version.hpp"
#include "base/log.hpp"

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

// Writes what is generated from the table, or only says whether it is what it should be.
int generate(std::filesystem::path const& root, bool check) {
  auto const path = root / "api/openapi.json";
  auto const wanted = api::openapi(route_table(), version);
  if (check) {
    if (std::filesystem::exists(path) && read_file(path) == wanted) return 0;
    std::cerr << path.string() << " is not what the route table gives; run ./dev gen\n";
    return 1;
  }
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << wanted;
  return 0;
}

// Options that every command with a database takes.
void add_settings(CLI::App* command, Settings& s, std::string& file) {
  // Read before the others, so that the command line has the last word; see run_command_line.
  command->add_option("--config", file, "Settings file (TOML)");
  command->add_option("--data", s.data, "Folder for the database, the master key and files")->capture_default_str();
  command->add_option("--database", s.database, "sqlite:PATH or postgresql://...; by default a file in the data folder");
  command->add_option("--listen", s.listen, "ADDRESS:PORT")->capture_default_str();
  command->add_option("--tls-certificate", s.tls_certificate, "PEM file, leaf first");
  command->add_option("--tls-key", s.tls_key, "PEM file");
  command->add_flag("--allow-plain-http", s.allow_plain_beyond_loopback, "Serve plain HTTP beyond loopback");
  command->add_option("--public-url", s.public_url, "Address as people reach it");
  command->add_option("--log-level", s.log_level, "debug, info, warning or error")->capture_default_str();
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App cli("Menkyo - smart licensing for a vendor and its customers", "menkyo");
  cli.set_version_flag("--version", std::string(version));
  cli.require_subcommand(1);
  Settings settings;
  std::string file, root = ".";
  bool check = false;
  int status = 0;

  auto* serve_command = cli.add_subcommand("serve", "Run the server");
  add_settings(serve_command, settings, file);
  serve_command->callback([&] { status = serve(settings); });

  auto* openapi_command = cli.add_subcommand("openapi", "Print the description of the API");
  openapi_command->callback([&] { std::cout << api::openapi(route_table(), version); });

  auto* gen_command = cli.add_subcommand("gen", "Write the files that follow from the route table");
  gen_command->add_option("--root", root, "The project's folder")->capture_default_str();
  gen_command->add_flag("--check", check, "Only say whether they are fresh");
  gen_command->callback([&] { status = generate(root, check); });

  try {
    for (int i = 1; i + 1 < argc; ++i)
      if (std::string_view(argv[i]) == "--config") read_settings_file(argv[i + 1], settings);
    cli.parse_complete_callback([&] { log::set_level(level_of(settings.log_level)); });
    cli.parse(argc, argv);
    return status;
  } catch (CLI::ParseError const& error) {
    return cli.exit(error) == 0 ? 0 : 2;
  } catch (std::exception const& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}

}  // namespace menkyo::app
