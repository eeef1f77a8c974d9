#include "tests/fuzz/service_target.hpp"

#include <cstdio>
#include <cstdlib>
#include <map>

#include "accounts/accounts.hpp"
#include "people/people.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/support/json_schema.hpp"
#include "tests/support/test_device.hpp"
#include "tests/support/undone_service.hpp"

namespace menkyo::fuzz {

namespace {

void require(bool holds, std::string const& what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what.c_str());
  std::abort();
}

std::string_view first_line(std::string_view& rest) {
  auto const line = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  return line;
}

// A request, or nothing if the parser of src/http/ could not have made it.
std::optional<api::Request> read_input(std::string_view input) {
  static std::map<std::string_view, api::Method> const methods{{"GET", api::Method::get},
                                                               {"POST", api::Method::post},
                                                               {"PUT", api::Method::put},
                                                               {"PATCH", api::Method::patch},
                                                               {"DELETE", api::Method::del}};
  auto target = first_line(input);
  auto const method = methods.find(target.substr(0, target.find(' ')));
  if (method == methods.end() || target.size() > 8000) return {};
  target.remove_prefix(method->first.size());
  if (!target.starts_with(" /")) return {};
  target.remove_prefix(1);
  for (char c : target)
    if (c <= ' ' || c > '~' || c == '#' || c == '\\') return {};
  auto const mark = std::min(target.find('?'), target.size());
  api::Request request{.method = method->second};
  request.path = target.substr(0, mark);
  request.query = target.substr(std::min(mark + 1, target.size()));
  auto const version = first_line(input);
  for (char c : version)
    if (c < ' ' || c > '~') return {};
  if (!version.empty()) request.headers.emplace_back("if-match", version);
  if (!input.empty()) request.headers.emplace_back("content-type", "application/json");
  request.body = input;
  return request;
}

std::string next_cursor_of(api::Response const& response) {
  if (response.status != 200 || !response.body.starts_with('{')) return {};
  auto const tree = protocol::json::parse(response.body, {64, size_t{8} << 20, size_t{1} << 20});
  auto const* next = tree.find("next_cursor");
  return next && next->is_string() ? next->as_string() : "";
}

}  // namespace

struct ServiceTarget::Impl {
  // Passwords are hashed slowly on purpose, and the tests of people/ try their operations.
  explicit Impl(std::string const& kind)
      : world(kind), service(world, [](api::Route const& route) { return route.shape != api::Shape::slow; }) {
    auto const person = [&](std::string const& name) {
      return world.db->write([&](db::Tx& tx) {
        return people::create_person(tx, world.vault,
                                     {{name + "@matrix.example", name, "Test", {}}, people::Language::en}, {});
      });
    };
    auto const may_all = person("all"), may_nothing = person("none");
    world.db->write([&](db::Tx& tx) {
      tx.exec("insert into counter (name, value) values ('virtual_account', 2000), ('smart_account', 2000)");
      tx.exec(
          "insert into role_grant (smart_account_id, role_grant_id, person_id, role, virtual_account_id, created_at, "
          "ends_at) values ($1, $2, $3, $4, $5, $6, $7)",
          world.account, tx.new_id<RoleGrantId>(), may_all, access::Role::sa_admin, std::optional<VirtualAccountId>(),
          tx.now(), std::optional<Instant>());
    });
    for (auto word : enum_words(access::OperatorRole{})) {
      access::OperatorRole role;
      from_text(word, role);
      world.db->write([&](db::Tx& tx) { accounts::grant_operator_role(tx, world.vault, may_all, role, {}); });
    }
    all = service.session_of(may_all);
    none = service.session_of(may_nothing);
    auto const token = world.token();
    for (std::string serial : {"S-1", "S-2", "S-3", "S-4"}) {
      test::TestDevice device(world, serial);
      device.register_with(token.text);
      samples["$dev"] = device.id;
    }
    for (auto code : {"PRM", "ADV", "ESS"}) world.deposit(code, 5);
    samples["$sa"] = world.account.text();
    samples["$va"] = world.va.text();
    samples["$tok"] = token.registration_token_id.text();
    samples["$ent"] = world.id_of("ESS").text();
    samples["$per"] = may_nothing.text();
  }

  void fill_in(std::string& text) const {
    for (auto const& [name, value] : samples)
      for (auto at = text.find(name); at != text.npos; at = text.find(name, at + value.size()))
        text.replace(at, name.size(), value);
  }

  api::Response send(api::Request const& request, std::string const& session) {
    auto response = service.send(request, session);
    auto const told = std::string(api::to_text(request.method)) + " " + request.path + "?" + request.query +
                      " answered " + std::to_string(response.status) + " " + response.body.substr(0, 500);
    require(response.status < 500, told);
    bool const file = response.status == 404 && response.body.empty();
    if (!file)
      for (auto const& fault : service.faults_of(request, response)) require(false, fault + ": " + told);
    return response;
  }

  // A page leads to the next until the list ends; only so far, as lists may be long.
  void follow(api::Request request, std::string cursor) {
    if (request.query.find("cursor") != request.query.npos) return;
    request.query += "&cursor=";
    auto const length = request.query.size();
    for (int page = 0; page < 3 && !cursor.empty(); ++page) {
      request.query.resize(length);
      request.query += cursor;
      auto const response = send(request, all);
      require(response.status == 200, "a cursor does not lead on: " + response.body);
      auto const next = next_cursor_of(response);
      require(next != cursor, "a cursor leads to itself");
      cursor = next;
    }
  }

  void run(std::string input) {
    fill_in(input);
    auto const request = read_input(input);
    if (!request) return;
    auto const response = send(*request, all);
    if (auto const cursor = next_cursor_of(response); !cursor.empty()) follow(*request, cursor);
    auto const* route = test::find_route(service.routes(), request->method, request->path);
    for (auto const& session : {none, std::string()}) {
      auto const other = send(*request, session);
      if (!route) continue;
      bool const let_in = other.status < 400;
      require(!let_in || route->needs.empty(), "let in without a role: " + request->path);
      require(!let_in || !session.empty() || !route->needs_session, "let in without a session: " + request->path);
    }
  }

  test::DeviceWorld world;
  test::UndoneService service;
  std::string all, none;
  std::map<std::string, std::string> samples;
};

ServiceTarget::ServiceTarget(std::string const& database_kind) : impl_(std::make_unique<Impl>(database_kind)) {}
ServiceTarget::~ServiceTarget() = default;

void ServiceTarget::run(const uint8_t* data, size_t size) {
  impl_->run(std::string(reinterpret_cast<const char*>(data), size));
}

void service(const uint8_t* data, size_t size) {
  static ServiceTarget target("sqlite");
  target.run(data, size);
}

}  // namespace menkyo::fuzz
