// menkyo-agent: the library's operations from a shell. Exit status 0 well, 1 failed, 2 wrong usage.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "protocol/json.hpp"
#include "sdk/agent.hpp"

namespace {

using namespace menkyo::agent;
using menkyo::protocol::json::Writer;

constexpr char help[] =
    R"(menkyo-agent - registers this device and draws licenses from a Menkyo server

  menkyo-agent register --server URL --token TOKEN --product CODE [options]
      --serial TEXT            serial number (derived from the machine)
      --product-id TEXT        product id of the device (the product code)
      --version-id TEXT  --uuid TEXT  --host-identifier TEXT  --mac-address TEXT
      --host-name TEXT         name shown in the portal (the machine's)
      --software-version TEXT
      --withhold WHAT          host_name, ip_address or mac_address; may be repeated
      --ca-file FILE           trust these TLS authorities instead of the system's
      --allow-plain-http       allow http:// to other machines
      --force                  forget an existing registration
      --token - reads the token from standard input, so that it is in no process list
  menkyo-agent request ENTITLEMENT[=N] ...    want N (1) of it from now on
  menkyo-agent release ENTITLEMENT ... | --all
  menkyo-agent status                         what is agreed; works without a network
  menkyo-agent authorize                      check in now
  menkyo-agent report                         send the recorded usage
  menkyo-agent renew [--new-key]              renew the identity certificate
  menkyo-agent deregister [--reason TEXT]
  menkyo-agent tick                           do what is due, for timers; prints seconds until the next call

Everywhere: --state FILE ($XDG_STATE_HOME/menkyo/agent.json), --json, --help, --version
Exit status: 0 well, 1 failed, 2 wrong usage
)";

struct Usage {
  std::string sentence;
};

struct Arguments {
  std::string command;
  std::vector<std::string> words;
  std::map<std::string, std::vector<std::string>> values;
  std::set<std::string> flags;

  bool flag(std::string const& name) const { return flags.contains(name); }
  std::optional<std::string> value(std::string const& name) const {
    auto const found = values.find(name);
    if (found == values.end()) return {};
    return found->second.back();
  }
  std::string required(std::string const& name) const {
    if (auto v = value(name)) return *v;
    throw Usage{command + " needs " + name + "."};
  }
};

struct Syntax {
  std::set<std::string> flags;
  std::set<std::string> values;
  bool words;
};

std::map<std::string, Syntax> const& commands() {
  static std::map<std::string, Syntax> const all{
      {"register",
       {{"--allow-plain-http", "--force"},
        {"--server", "--token", "--product", "--serial", "--product-id", "--version-id", "--uuid",
         "--host-identifier", "--mac-address", "--host-name", "--software-version", "--withhold", "--ca-file"},
        false}},
      {"request", {{}, {}, true}},
      {"release", {{"--all"}, {}, true}},
      {"status", {{}, {}, false}},
      {"authorize", {{}, {}, false}},
      {"report", {{}, {}, false}},
      {"renew", {{"--new-key"}, {}, false}},
      {"deregister", {{}, {"--reason"}, false}},
      {"tick", {{}, {}, false}},
  };
  return all;
}

Arguments parse(int argc, char** argv) {
  Arguments out;
  Syntax syntax;
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    if (word == "--help" || word == "-h" || word == "--version" || word == "--json") {
      out.flags.insert(word == "-h" ? "--help" : word);
    } else if (word.starts_with("--")) {
      auto const equals = word.find('=');
      auto const name = word.substr(0, equals);
      if (syntax.flags.contains(name) && equals == std::string::npos) {
        out.flags.insert(name);
      } else if (name == "--state" || syntax.values.contains(name)) {
        if (equals == std::string::npos && i + 1 == argc) throw Usage{name + " needs a value."};
        out.values[name].push_back(equals == std::string::npos ? argv[++i] : word.substr(equals + 1));
      } else {
        throw Usage{"Unknown option " + name + "."};
      }
    } else if (out.command.empty()) {
      auto const found = commands().find(word);
      if (found == commands().end()) throw Usage{"Unknown command \"" + word + "\"."};
      out.command = word;
      syntax = found->second;
    } else if (syntax.words) {
      out.words.push_back(word);
    } else {
      throw Usage{"Unexpected \"" + word + "\"."};
    }
  }
  return out;
}

std::string token_of(Arguments const& a) {
  auto token = a.required("--token");
  if (token == "-") std::getline(std::cin, token);
  return token;
}

menkyo::protocol::Privacy privacy_of(Arguments const& a) {
  menkyo::protocol::Privacy out;
  auto const found = a.values.find("--withhold");
  if (found == a.values.end()) return out;
  for (auto const& what : found->second) {
    if (what == "host_name") {
      out.host_name = true;
    } else if (what == "ip_address") {
      out.ip_address = true;
    } else if (what == "mac_address") {
      out.mac_address = true;
    } else {
      throw Usage{"--withhold takes host_name, ip_address or mac_address."};
    }
  }
  return out;
}

RegisterOptions register_options(Arguments const& a) {
  RegisterOptions o;
  o.url = a.required("--server");
  o.product = a.required("--product");
  o.token = token_of(a);
  o.udi.product_id = a.value("--product-id").value_or("");
  o.udi.serial_number = a.value("--serial").value_or("");
  o.udi.version_id = a.value("--version-id");
  o.udi.uuid = a.value("--uuid");
  o.udi.host_identifier = a.value("--host-identifier");
  o.udi.mac_address = a.value("--mac-address");
  o.host_name = a.value("--host-name");
  o.software_version = a.value("--software-version");
  o.ca_file = a.value("--ca-file").value_or("");
  o.privacy = privacy_of(a);
  o.allow_plain_http = a.flag("--allow-plain-http");
  o.force = a.flag("--force");
  return o;
}

menkyo::protocol::Wanted wanted_of(std::string const& word) {
  auto const equals = word.rfind('=');
  if (equals == std::string::npos) return {word, 1};
  char* end = nullptr;
  auto const digits = word.substr(equals + 1);
  auto const quantity = std::strtoll(digits.c_str(), &end, 10);
  if (digits.empty() || *end != '\0' || quantity < 1)
    throw Usage{"\"" + word + "\" is not ENTITLEMENT=N with N of 1 or more."};
  return {word.substr(0, equals), quantity};
}

void request_all(std::string const& file, Arguments const& a) {
  if (a.words.empty()) throw Usage{"request needs an entitlement."};
  std::vector<menkyo::protocol::Wanted> all;
  for (auto const& word : a.words) all.push_back(wanted_of(word));
  for (auto const& w : all) request(file, w.entitlement, w.quantity);
}

void release_all(std::string const& file, Arguments const& a) {
  if (a.words.empty() != a.flag("--all")) throw Usage{"release needs either entitlements or --all."};
  if (a.flag("--all")) return release(file, {});
  for (auto const& word : a.words) release(file, word);
}

// What the command printed is the state after it, except for tick.
void run(std::string const& file, Arguments const& a) {
  if (a.command == "register") {
    register_device(file, register_options(a));
  } else if (a.command == "request") {
    request_all(file, a);
  } else if (a.command == "release") {
    release_all(file, a);
  } else if (a.command == "authorize") {
    authorize(file);
  } else if (a.command == "report") {
    report(file);
  } else if (a.command == "renew") {
    renew(file, a.flag("--new-key"));
  } else if (a.command == "deregister") {
    deregister(file, a.value("--reason"));
  } else if (a.command == "tick") {
    auto const next = tick(file);
    std::cout << (a.flag("--json") ? "{\"next_in_s\":" + std::to_string(next) + "}" : std::to_string(next)) << "\n";
    return;
  }
  auto const st = status(file);
  std::cout << (a.flag("--json") ? status_json(st) + "\n" : status_text(st));
}

int failed(bool json, int exit_status, std::string const& code, std::string const& sentence) {
  if (json) {
    std::string out;
    Writer(out).begin_object().member("code", code).member("detail", sentence).end_object();
    std::cout << out << "\n";
  }
  std::cerr << "menkyo-agent: " << sentence << "\n";
  return exit_status;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments a;
  bool json = false;
  for (int i = 1; i < argc; ++i) json = json || std::strcmp(argv[i], "--json") == 0;
  try {
    a = parse(argc, argv);
    if (a.flag("--help")) {
      std::cout << help;
      return 0;
    }
    if (a.flag("--version")) {
      std::cout << "menkyo-agent " << MENKYO_VERSION << "\n";
      return 0;
    }
    if (a.command.empty())
      throw Usage{"Say what to do, for example \"menkyo-agent status\"; --help lists everything."};
    run(a.value("--state").value_or(default_state_file()), a);
    return 0;
  } catch (Usage const& e) {
    return failed(json, 2, "usage", e.sentence);
  } catch (Failure const& e) {
    return failed(json, e.result == MENKYO_USAGE ? 2 : 1, e.code, e.sentence);
  } catch (StateError const& e) {
    return failed(json, 1, "state_file", e.what());
  } catch (std::exception const& e) {
    return failed(json, 1, "internal", e.what());
  }
}
