#include "tests/failpoints/stage.hpp"

#include "accounts/accounts.hpp"
#include "accounts/assistance.hpp"
#include "accounts/groups.hpp"
#include "accounts/notifications.hpp"
#include "accounts/properties.hpp"
#include "accounts/tags.hpp"
#include "app/verify.hpp"
#include "base/log.hpp"
#include "http/test_client.hpp"
#include "protocol/json.hpp"
#include "publications/store.hpp"
#include "tests/support/employment.hpp"

namespace menkyo::test {

namespace {

// Of no matter to whoever asks for something: what the program keeps about its own work, and what may be there twice.
std::set<std::string> const beside{
    "schema_migration", "request_outcome", "lease",      "person_session", "attempt_bucket", "job",
    "job_input",        "installation",    "event_seal", "event_head",     "event_unsealed", "event_personal",
    "person_sign_in"};
std::set<std::string> const counted{"uses",
                                    "version",
                                    "quantity",
                                    "owned",
                                    "in_use",
                                    "reserved",
                                    "borrowed",
                                    "lent",
                                    "short",
                                    "surplus",
                                    "value",
                                    "sequence",
                                    "change",
                                    "done",
                                    "total",
                                    "priority",
                                    "device_count",
                                    "profile_version",
                                    "virtual_account_count",
                                    "member_count",
                                    "current_edition"};

std::string measuring_statement(db::ReadTx& tx, bool sqlite) {
  struct Column {
    std::string table, column, type;
  };
  auto const columns = tx.all<Column>(
      sqlite
          ? "select m.name, p.name, p.type from sqlite_schema m, pragma_table_info(m.name) p where m.type = 'table' "
            "order by m.name, p.name"
          : "select cast(table_name as text), cast(column_name as text), cast(data_type as text) from "
            "information_schema.columns where table_schema = 'public' order by 1, 2");
  std::string out, last;
  auto const add = [&](std::string const& label, std::string const& value, std::string const& table) {
    out +=
        (out.empty() ? "" : " union all ") + ("select '" + label + "', cast(" + value + " as bigint) from " + table);
  };
  for (auto const& [table, column, type] : columns) {
    bool const whole = type == "bigint" || type == "integer";
    if (beside.contains(table) || table.starts_with("sqlite_")) continue;
    if (table != std::exchange(last, table)) add(table, "count(*)", table);
    // The number of a version is no amount.
    if (whole && counted.contains(column) && table != "catalog_version")
      add(table + "." + column, "coalesce(sum(" + column + "), 0)", table);
    if (column.ends_with("_at")) add(table + "." + column, "count(" + column + ")", table);
  }
  return out;
}

accounts::SiteInput new_site(int64_t number) {
  accounts::SiteInput in;
  in.country = "FJ";
  in.city = "Suva";
  in.line1 = "Wharf " + std::to_string(number);
  return in;
}

// What its administrator may do.
accounts::Editor editor(db::ReadTx& tx, Installation const& installation) {
  return access::detail::Prover::account<access::Permission::account_edit>(tx, {installation.administrator, {}},
                                                                           installation.account);
}

audit::Actor const command{audit::ActorKind::command, {}};

// As it goes over a connection that ends with the answer (RFC 9112).
std::string text_of(api::Request const& request) {
  auto out = std::string(to_text(request.method)) + " " + request.path;
  if (!request.query.empty()) out += "?" + request.query;
  out += " HTTP/1.1\r\nconnection: close\r\ncontent-length: " + std::to_string(request.body.size()) + "\r\n";
  if (request.header("host").empty()) out += "host: menkyo.example\r\n";
  for (auto const& [name, value] : request.headers) out += name + ": " + value + "\r\n";
  return out + "\r\n" + request.body;
}

}  // namespace

Told told_by(api::Response const& response) {
  Told told{response.status, {}, response.body};
  if (response.status >= 400) told.code = protocol::json::parse(response.body).at("code").as_string();
  return told;
}

Told told_by(std::function<void()> const& work) {
  try {
    work();
    return {200, {}, {}};
  } catch (Problem const& problem) {
    return {problem.kind().status, std::string(problem.kind().code), {}};
  } catch (std::exception const& error) {
    return {500, "internal", error.what()};
  }
}

Effects difference(Effects const& after, Effects const& before) {
  Effects out = after;
  for (auto const& [label, value] : before) out[label] -= value;
  std::erase_if(out, [](auto const& effect) { return effect.second == 0; });
  return out;
}

std::string text_of(Effects const& effects) {
  std::string out;
  for (auto const& [label, value] : effects) out += " " + label + (value > 0 ? "+" : "") + std::to_string(value);
  return out.empty() ? " nothing" : out;
}

Stage::Stage(std::string const& kind, uint64_t seed) : installation(kind, seed, clock) {
  log::set_level(log::Level::off);  // thousands of failures are meant
  open();
  staff = new_person("staff@operator.example");
  service_->database().write([&](db::Tx& tx) {
    for (size_t i = 0; i < enum_words(access::OperatorRole{}).size(); ++i)
      accounts::grant_operator_role(tx, service_->vault(), staff, access::OperatorRole(i), {});
  });
  new_location();  // the first of all brings the row that counts them
  bool const sqlite = service_->database().driver().name() == "sqlite";
  measuring_ = service_->database().read([&](db::ReadTx& tx) { return measuring_statement(tx, sqlite); });
}

Stage::~Stage() = default;

void Stage::open() {
  clock.shift(std::chrono::seconds(20));
  service_ = std::make_unique<app::Service>(installation.settings(), clock);
}

void Stage::close() {
  server_.reset();
  service_.reset();
}

void Stage::serve() {
  http::ServerConfig config;
  config.listen = "127.0.0.1:0";
  server_ = std::make_unique<http::Server>(config, [this](api::Request request, api::Reply reply) {
    service_->handle(std::move(request), std::move(reply));
  });
  server_->start();
}

api::Response Stage::ask(api::Request request) {
  if (!server_) return test::ask(*service_, std::move(request));
  http::test::Client client(server_->port());
  client.send(text_of(request));
  auto const answer = client.rest();
  if (!answer) throw std::logic_error("the server neither answers nor ends the connection");
  auto const body = answer->find("\r\n\r\n");
  if (body == std::string::npos) throw std::runtime_error("the connection ended without an answer");
  return {http::test::status_of(*answer), {}, answer->substr(body + 4), {}};
}

Effects Stage::measure() {
  struct Row {
    std::string label;
    int64_t value;
  };
  return service_->database().read([&](db::ReadTx& tx) {
    Effects out;
    for (auto const& row : tx.all<Row>(measuring_)) out[row.label] = row.value;
    return out;
  });
}

std::vector<std::string> Stage::broken() {
  auto out = service_->database().read([&](db::ReadTx& tx) { return broken_rows(tx, installation); });
  app::Findings findings;
  app::verify_history(*service_, "", findings);
  out.insert(out.end(), findings.history.begin(), findings.history.end());
  return out;
}

std::string Stage::new_session(PersonId person) {
  auto const token = "session " + std::to_string(number());
  service_->database().write([&](db::Tx& tx) {
    tx.exec(
        "insert into person_session (session_lookup, session_id, person_id, created_at, used_at, expires_at) "
        "values ($1, $2, $3, $4, $4, $5)",
        service_->vault().lookup("person_session", as_bytes(token)), tx.new_id<SessionId>(), person, tx.now(),
        tx.now() + std::chrono::hours(24));
  });
  return token;
}

PersonId Stage::new_person(std::string const& mail) {
  return service_->database().write([&](db::Tx& tx) {
    return people::create_person(tx, service_->vault(), {{mail, "Given", "Family", {}}, people::Language::en}, {});
  });
}

VirtualAccountId Stage::new_virtual_account() {
  api::Caller const caller{installation.administrator, {}};
  return service_->database().write([&](db::Tx& tx) {
    auto const access = access::detail::Prover::place<access::Permission::virtual_account_create>(
        tx, caller, installation.account, std::nullopt);
    return accounts::create_virtual_account(
        tx, service_->vault(), access,
        {installation.account, {}, "Room " + std::to_string(number()), "", accounts::CommerceAccess::PUBLIC});
  });
}

devices::CreatedToken Stage::new_token(VirtualAccountId va) {
  return service_->database().write([&](db::Tx& tx) {
    return devices::create_token(
        tx, service_->vault(), service_->authority(),
        {installation.account, va, "racks", tx.now() + std::chrono::hours(24), {}, true, {}, command});
  });
}

LotId Stage::new_term(VirtualAccountId va, Duration lives) {
  return service_->database().write([&](db::Tx& tx) {
    auto const catalog = service_->catalogs().at(tx);
    return licenses::deposit(tx, service_->vault(), *catalog,
                             {installation.account,
                              va,
                              catalog->find_entitlement("PRM")->entitlement_id,
                              licenses::LicenseType::TERM,
                              3,
                              tx.now(),
                              tx.now() + lives,
                              {},
                              "order",
                              "T-" + std::to_string(number()) + "/1",
                              command});
  });
}

RoleGrantId Stage::new_grant(PersonId person, VirtualAccountId va) {
  return insert_grant(person, access::Role::va_user, va);
}

RoleGrantId Stage::new_administrator(PersonId person) {
  return insert_grant(person, access::Role::sa_admin, {});
}

RoleGrantId Stage::insert_grant(PersonId person, access::Role role, std::optional<VirtualAccountId> va) {
  return service_->database().write([&](db::Tx& tx) {
    auto const id = tx.new_id<RoleGrantId>();
    tx.exec(
        "insert into role_grant (smart_account_id, role_grant_id, person_id, role, virtual_account_id, created_at) "
        "values ($1, $2, $3, $4, $5, $6)",
        installation.account, id, person, role, va, tx.now());
    return id;
  });
}

people::MadeProgram Stage::new_program(PersonId maker) {
  return service_->database().write([&](db::Tx& tx) {
    return people::make_program(tx, service_->vault(), service_->outbox(), {}, maker, installation.account,
                                {{"Nightly report"}, false, {}});
  });
}

void Stage::set_headquarters() {
  auto const in = new_site(number());
  service_->database().write(
      [&](db::Tx& tx) { accounts::change_headquarters(tx, service_->vault(), editor(tx, installation), in); });
}

int64_t Stage::new_location() {
  auto const in = new_site(number());
  return service_->database().write([&](db::Tx& tx) {
    accounts::add_location(tx, service_->vault(), editor(tx, installation), in);
    return *tx.one<int64_t>("select max(number) from account_site");
  });
}

CustomTagId Stage::new_tag() {
  accounts::NewCustomTag const in{installation.account, "Tag " + std::to_string(number()), {"Example"}};
  return service_->database().write(
      [&](db::Tx& tx) { return accounts::create_tag(tx, service_->vault(), editor(tx, installation), in); });
}

void Stage::forget_notification_addresses() {
  service_->database().write([&](db::Tx& tx) { tx.exec("delete from notification_address"); });
}

NotificationAddressId Stage::new_notification_address(std::string const& mail) {
  accounts::NewNotificationAddress const in{installation.account, people::Mail(mail), Language::en};
  mail::Outbox const& outbox = service_->outbox();
  return service_->database().write([&](db::Tx& tx) {
    auto const access = access::detail::Prover::account<access::Permission::notification_addresses_edit>(
        tx, {installation.administrator, {}}, installation.account);
    return accounts::add_notification_address(tx, service_->vault(), outbox, access, in).notification_address_id;
  });
}

std::pair<UserGroupId, GroupGrantId> Stage::new_group(std::string const& member) {
  auto const name = "Group " + std::to_string(number());
  return service_->database().write([&](db::Tx& tx) {
    auto const access = access::detail::Prover::account<access::Permission::users_manage>(
        tx, {installation.administrator, {}}, installation.account);
    auto const id = accounts::create_group(tx, service_->vault(), access, {installation.account, name});
    accounts::add_member(tx, service_->vault(), access, {{installation.account, id}, member});
    accounts::grant_to_group(tx, service_->vault(), access,
                             {{installation.account, id}, access::Role::sa_viewer, {}, {}});
    return std::pair(
        id, tx.one<GroupGrantId>("select group_grant_id from user_group_grant where user_group_id = $1", id).value());
  });
}

void Stage::new_staff(PersonId person) {
  service_->database().write([&](db::Tx& tx) {
    accounts::grant_operator_role(tx, service_->vault(), person, access::OperatorRole::operator_catalog, {});
  });
}

void Stage::assist() {
  service_->database().write([&](db::Tx& tx) {
    auto const access =
        access::detail::Prover::as_operator<access::OperatorPermission::accounts_assist>(tx, {staff, {}});
    accounts::open_assistance(
        tx, service_->vault(), access,
        {installation.account, accounts::AssistanceReason("Case " + std::to_string(number()) + ": locked out")});
  });
}

void Stage::forget_assistance() {
  service_->database().write([](db::Tx& tx) { tx.exec("delete from assistance"); });
}

PublicationId Stage::new_agreement(bool is_published) {
  auto const code = "P-" + std::to_string(number());
  return service_->database().write([&](db::Tx& tx) {
    auto const id = tx.new_id<PublicationId>();
    publications::store::insert(tx, {id, publications::Kind::product_agreement, code, is_published ? 1 : 0, 1});
    publications::store::put_draft(
        tx, {id, 1, "題", "Title", "本文", "Text", is_published ? std::optional(tx.now()) : std::nullopt});
    return id;
  });
}

std::string Stage::product_without_agreement() {
  return service_->database().write([](db::Tx& tx) {
    auto const code = tx.one<std::string>("select code from product order by code limit 1").value();
    tx.exec(
        "delete from publication_edition where publication_id in "
        "(select publication_id from publication where product_code = $1)",
        code);
    tx.exec("delete from publication where product_code = $1", code);
    return code;
  });
}

void Stage::hide_contacts() {
  service_->database().write([&](db::Tx& tx) {
    tx.exec("delete from account_showing_contacts where smart_account_id = $1", installation.account);
  });
}

PersonAddressId Stage::new_address(PersonId person) {
  return service_->database().write([&](db::Tx& tx) { return test::new_address(tx, service_->vault(), person); });
}

void Stage::employ(PersonId person) {
  service_->database().write([&](db::Tx& tx) { test::employ(tx, service_->vault(), person); });
}

std::shared_ptr<TestDevice> Stage::new_device(devices::CreatedToken const& token) {
  auto device = std::make_shared<TestDevice>(installation.devices_world, "S-" + std::to_string(number()));
  auto const outcome = exchange(*device, device->make_register(token.text));
  device->learn(protocol::decode_register_answer(outcome.payload));
  return device;
}

Outcome Stage::exchange(TestDevice& device, Sent const& sent) {
  installation.tell_time();
  return device.check(sent, ask(device_request(sent.text)));
}

}  // namespace menkyo::test
