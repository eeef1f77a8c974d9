#include "tests/support/undone_service.hpp"

#include <future>

#include "people/people.hpp"
#include "people/session.hpp"
#include "protocol/json.hpp"
#include "publications/publications.hpp"
#include "tests/support/json_schema.hpp"

namespace menkyo::test {

namespace {

constexpr ProblemKind undone{"undone", 418, "Done and undone"};

class UndoneCall final : public api::Call {
 public:
  UndoneCall(std::unique_ptr<api::Call> inner, std::optional<api::Response>& kept)
      : inner_(std::move(inner)), kept_(kept) {}
  api::Response read(db::ReadTx& tx, api::Caller const& caller) override { return inner_->read(tx, caller); }
  api::Response write(db::Tx& tx, api::Caller const& caller) override {
    kept_ = inner_->write(tx, caller);
    throw Problem(undone);
  }

 private:
  std::unique_ptr<api::Call> inner_;
  std::optional<api::Response>& kept_;
};

}  // namespace

UndoneService::UndoneService(DeviceWorld& world, std::function<bool(api::Route const&)> const& keep)
    : world_(world),
      outbox_(world.vault, {}),
      mailbox_(world.vault, true),
      folder_(std::filesystem::temp_directory_path() /
              ("menkyo_undone_" + to_hex(Random(system_seeds().next()).bytes(8)))) {
  imprint_.url = "https://licenses.example";
  imprint_.security_contact = "mailto:security@licenses.example";
  publications::bring_first_texts(*world.db);
  app::Settings settings;
  settings.data = folder_;
  service_ = std::make_unique<app::Service>(settings);
  live_ = std::make_unique<live::Live>(live::LiveConfig{
      &*world.db, [](db::ReadTx& tx, api::Caller const& caller) { people::load_session(tx, caller); }});
  services_.add(world.vault);
  services_.add(policy_);
  services_.add(support_desk_);
  services_.add(outbox_);
  services_.add(mailbox_);
  services_.add(imprint_);
  services_.add(cursors_);
  services_.add(*world.authority);
  services_.add(world.catalogs);
  services_.add(*world.desk);
  services_.add(*service_);
  services_.add(*live_);
  auto table = app::route_table();
  if (keep) std::erase_if(table, [&](auto const& route) { return !keep(route); });
  for (auto& route : table)
    if (route.shape == api::Shape::write)
      route.decode = [this, decode = route.decode](auto const& request, auto const& path, auto const& services) {
        return std::make_unique<UndoneCall>(decode(request, path, services), kept_);
      };
  dispatcher_.emplace(api::DispatchConfig{.routes = std::move(table),
                                          .database = &*world.db,
                                          .services = &services_,
                                          .sealer = &world.vault,
                                          .authenticate = people::Authenticator(*world.db, world.vault),
                                          .otherwise = [](api::Request, api::Reply reply) {
                                            reply({404, {}, "", {}});
                                          }});
}

UndoneService::~UndoneService() {
  std::filesystem::remove_all(folder_);
}

std::string UndoneService::session_of(PersonId who) {
  auto const token = "session of " + who.text();
  world_.db->write([&](db::Tx& tx) {
    tx.exec(
        "insert into person_session (session_lookup, session_id, person_id, created_at, used_at, expires_at) "
        "values ($1, $2, $3, $4, $4, $5) on conflict (session_lookup) do nothing",
        world_.vault.lookup("person_session", as_bytes(token)), tx.new_id<SessionId>(), who, tx.now(),
        tx.now() + std::chrono::hours(1));
  });
  return token;
}

api::Response UndoneService::send(api::Request request, std::string const& session) {
  request.headers.emplace_back("host", "localhost");
  request.headers.emplace_back("menkyo-request", "1");
  if (!session.empty()) request.headers.emplace_back("cookie", "menkyo_session=" + session);
  request.peer = "127.0.0.1";
  kept_.reset();
  std::promise<api::Response> arrived;
  dispatcher_->handle(std::move(request), [&](api::Response r) { arrived.set_value(std::move(r)); });
  auto response = arrived.get_future().get();
  return response.status == undone.status ? *kept_ : response;
}

std::vector<std::string> UndoneService::faults_of(api::Request const& request, api::Response const& response) const {
  std::string type;
  for (auto const& [name, value] : response.headers)
    if (name == "content-type") type = value;
  bool const json = type.starts_with("application/json") || type.starts_with("application/problem+json");
  protocol::json::Limits const limits{64, size_t{8} << 20, size_t{1} << 20};
  return check_answer(routes(), request.method, request.path, response.status, type,
                      json ? protocol::json::parse(response.body, limits) : protocol::json::Value());
}

}  // namespace menkyo::test
