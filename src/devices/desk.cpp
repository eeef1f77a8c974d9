#include "devices/desk.hpp"

#include "api/render.hpp"
#include "base/failpoint.hpp"
#include "base/log.hpp"
#include "devices/store.hpp"
#include "protocol/error.hpp"

namespace menkyo::devices {

namespace {

// A registration writes a dozen rows, so a batch of them holds up the others by some tens of milliseconds at most.
constexpr size_t registrations_together = 32;

Problem unknown_device() {
  return Problem(problems::device_unknown, "The device is not registered here. Register it again.");
}

// What is wrong with the message; or with this server, which no message is to blame for.
Problem problem_of(protocol::Error const& error) {
  if (error.code != protocol::codes::crypto_failed)
    return Problem(problems::message_invalid, "The device message is not acceptable: " + error.detail);
  log::error("device_message_failed", {{"what", error.what()}});
  return Problem(problems::internal);
}

bool takes_tree(Message const& message) {
  return message.takes_tree;
}
bool takes_tree(std::shared_ptr<Registration const> const& registration) {
  return registration->takes_tree;
}

api::Response as_response(std::string jws) {
  return {200, {{"content-type", "application/jose"}}, std::move(jws), {}};
}

std::optional<MessageKind> kind_of(std::string_view typ) {
  if (typ == protocol::typ::authorize) return MessageKind::authorize;
  if (typ == protocol::typ::report) return MessageKind::report;
  if (typ == protocol::typ::renew_identity) return MessageKind::renew_identity;
  if (typ == protocol::typ::deregister) return MessageKind::deregister;
  return {};
}

}  // namespace

Desk::Desk(DeskConfig config)
    : config_(std::move(config)),
      messages_(
          *config_.database,
          [this](db::Tx& tx, std::span<MessageItem* const> items) {
            with_context(tx, [&](Context const& context) { answer_messages(tx, context, items); });
          },
          [this](auto items, std::exception_ptr error) { finish<decltype(messages_)>(std::move(items), error); }),
      registrations_(
          *config_.database,
          [this](db::Tx& tx, std::span<RegistrationItem* const> items) {
            with_context(tx, [&](Context const& context) { register_devices(tx, context, items); });
          },
          [this](auto items, std::exception_ptr error) { finish<decltype(registrations_)>(std::move(items), error); },
          registrations_together),
      workers_(config_.worker_threads, config_.open_limit) {}

Desk::~Desk() {
  std::unique_lock lock(open_mutex_);
  all_answered_.wait(lock, [this] { return open_ == 0; });
}

// A message for as long as anybody may answer it. Work on the database refers to the desk until then.
struct Desk::Taken {
  Taken(Desk& at, api::Reply to) : desk(at), reply(std::move(to)) {}
  ~Taken() {
    if (counted) desk.close();
  }
  Desk& desk;
  api::Reply reply;
  bool counted = false;  // among those that are open
};

bool Desk::open() {
  std::lock_guard lock(open_mutex_);
  if (open_ >= config_.open_limit) return false;
  ++open_;
  return true;
}

void Desk::close() {
  auto const now = config_.database->now();
  std::lock_guard lock(open_mutex_);
  if (auto const passed = now - second_; passed >= std::chrono::seconds(1)) {
    auto const per_s = answered_ / std::chrono::duration<double>(passed).count();
    answered_per_s_ = answered_per_s_ == 0 ? per_s : (answered_per_s_ + per_s) / 2;
    answered_ = 0;
    second_ = now;
  }
  ++answered_;
  if (--open_ == 0) all_answered_.notify_all();
}

int64_t Desk::next_appointment() {
  auto const now = config_.database->now();
  auto const chance = Random(config_.database->next_seed()).below(UINT64_MAX);
  std::lock_guard lock(open_mutex_);
  return retry_after_s(appointments_, {open_, answered_per_s_}, now, chance);
}

template <class Work>
void Desk::guard(api::Reply const& reply, Work&& work) {
  try {
    work();
  } catch (Problem const& problem) {
    auto told = problem;
    if (told.kind().code == problems::busy.code) told.retry_after_s = int(next_appointment());
    reply(api::render(told, {}));
  } catch (protocol::Error const& error) {
    reply(api::render(problem_of(error), {}));
  } catch (db::StorageError const& error) {
    reply(api::render(db::to_problem(error), {}));
  } catch (std::exception const& unexpected) {
    log::error("device_message_failed", {{"what", unexpected.what()}});
    reply(api::render(Problem(problems::internal), {}));
  }
}

void Desk::handle(api::Request request, api::Reply answered) {
  auto const taken = std::make_shared<Taken>(*this, std::move(answered));
  taken->counted = open();
  if (!taken->counted) {
    Problem busy(problems::busy);
    busy.retry_after_s = int(next_appointment());
    return taken->reply(api::render(busy, {}));
  }
  api::Reply const reply = [taken](api::Response response) { taken->reply(std::move(response)); };
  guard(reply, [&] {
    auto const type = request.header("content-type");
    if (type.substr(0, type.find(';')) != "application/jose")
      throw Problem(problems::unsupported_media_type, "Send the device message as application/jose.");
    workers_.run([this, body = std::move(request.body), reply] { guard(reply, [&] { take(body, reply); }); });
  });
}

void Desk::take(std::string const& body, api::Reply const& reply) {
  auto const jws = protocol::parse_compact(body);
  bool const registers = jws.header.typ == protocol::typ::register_device;
  auto const kind = kind_of(jws.header.typ);
  if (!registers && !kind) throw Problem(problems::message_invalid, "The type of the device message is not known.");
  if (!jws.header.jwk)
    throw Problem(problems::message_invalid, "A device message carries the device's public key (jwk) in its header.");
  protocol::verify(jws, *jws.header.jwk, {jws.header.typ, config_.authority->installation()});
  registers ? take_registration(jws, reply) : take_message(jws, *kind, reply);
}

void Desk::take_registration(protocol::ParsedJws const& jws, api::Reply const& reply) {
  auto const now = config_.database->now();
  Random random(config_.database->next_seed());
  auto r =
      std::make_shared<Registration>(Registration{protocol::decode_register(jws.payload),
                                                  {},
                                                  jws.signing_input_hash,
                                                  *jws.header.jwk,
                                                  DeviceId{random.uuid7(now)},
                                                  {},
                                                  now + std::chrono::seconds(config_.policy.identity_validity_s)});
  try {
    r->token = protocol::parse_token(r->message.token);
  } catch (protocol::Error const&) {
    throw Problem(problems::token_unknown,
                  "This is not a registration token. Copy the whole token from the portal again.");
  }
  r->certificate = config_.authority->issue(r->device_id.text(), SmartAccountId{r->token.smart_account_id}.text(),
                                            r->key, random.bytes(16), now, r->identity_expires_at);
  r->takes_tree = jws.header.takes_tree;
  failpoint<"desk.verified", Failing::memory>();
  registrations_.submit(std::move(r), answer_to<RegistrationItem>(reply));
}

void Desk::take_message(protocol::ParsedJws const& jws, MessageKind kind, api::Reply const& reply) {
  auto message = read_message(jws, kind);
  failpoint<"desk.verified", Failing::memory>();
  messages_.submit(std::move(message), answer_to<MessageItem>(reply));
}

template <class Item>
std::function<void(Item&, std::exception_ptr)> Desk::answer_to(api::Reply const& reply) {
  return [this, reply](Item& item, std::exception_ptr error) {
    guard(reply, [&] {
      if (error) std::rethrow_exception(error);
      if (item.problem) throw *item.problem;
      reply(as_response(std::move(item.out->jws)));
    });
  };
}

// Signing is work for the desk's own threads, not for one of the database.
template <class Queue>
void Desk::finish(typename Queue::Items items, std::exception_ptr error) {
  workers_.run([this, items = std::make_shared<typename Queue::Items>(std::move(items)), error] {
    auto outcome = error;
    try {
      std::vector<std::pair<Answer*, bool>> answers;
      for (auto const& item : *items) {
        if (error) break;
        if (item->out) answers.emplace_back(&*item->out, takes_tree(item->in));
      }
      sign(answers);
    } catch (...) {
      outcome = std::current_exception();
    }
    Queue::tell(*items, outcome);
  });
}

// Those that were committed together share a signature, if their devices can verify one.
void Desk::sign(std::vector<std::pair<Answer*, bool>> const& answers) const {
  failpoint<"desk.before_signing", Failing::memory>();
  std::vector<Answer*> shared;
  for (auto const& [answer, may_share] : answers)
    if (may_share) shared.push_back(answer);
  // One alone is signed as every library for JWS can verify it.
  if (shared.size() < 2) shared.clear();
  std::vector<keys::Authority::Unsigned> together;
  for (auto const* a : shared) together.push_back({a->typ, a->payload});
  auto texts = config_.authority->sign_together(together);
  for (size_t i = 0; i < shared.size(); ++i) shared[i]->jws = std::move(texts[i]);
  for (auto const& [answer, may_share] : answers)
    if (answer->jws.empty()) answer->jws = config_.authority->sign(answer->typ, answer->payload);
}

Message Desk::read_message(protocol::ParsedJws const& jws, MessageKind kind) const {
  auto const kid = protocol::parse_kid(jws.header.kid.value_or(""));
  auto const account = SmartAccountId::parse(kid.smart_account_id);
  auto const device = DeviceId::parse(kid.device_id);
  if (!account || !device) throw unknown_device();
  Message m;
  m.smart_account_id = *account;
  m.device_id = *device;
  m.message_hash = jws.signing_input_hash;
  m.key_thumbprint = jws.header.jwk->thumbprint();
  m.kind = kind;
  m.takes_tree = jws.header.takes_tree;
  auto const now = config_.database->now();
  switch (m.kind) {
    case MessageKind::authorize: {
      auto decoded = protocol::decode_authorize(jws.payload);
      m.common = decoded;
      m.wanted = std::move(decoded.wanted);
      break;
    }
    case MessageKind::report: {
      auto decoded = protocol::decode_report(jws.payload);
      // Each report names the one before it; where the first one continues from is decided in the transaction.
      protocol::check_report_chain(decoded, decoded.reports.front().previous_hash);
      m.common = decoded;
      m.reports = std::move(decoded.reports);
      break;
    }
    case MessageKind::renew_identity: {
      auto decoded = protocol::decode_renew_identity(jws.payload);
      m.common = decoded;
      if (decoded.jwk) {
        protocol::verify_key_proof(*decoded.proof, *decoded.jwk, decoded.nonce, config_.authority->installation());
        m.new_key = decoded.jwk;
      }
      m.identity_expires_at = now + std::chrono::seconds(config_.policy.identity_validity_s);
      Random random(config_.database->next_seed());
      m.certificate =
          config_.authority->issue(m.device_id.text(), m.smart_account_id.text(), m.new_key.value_or(*jws.header.jwk),
                                   random.bytes(16), now, m.identity_expires_at);
      break;
    }
    case MessageKind::deregister:
      m.common = protocol::decode_deregister(jws.payload);
      break;
  }
  return m;
}

api::Response Desk::trust() const {
  protocol::TrustDocument document;
  document.installation = config_.authority->installation();
  document.epoch = config_.authority->epoch();
  document.now = config_.database->now();
  document.anchors = {config_.authority->root_certificate()};
  document.chain = {config_.authority->signer_certificate()};
  return {200, {{"content-type", "application/json"}}, protocol::encode(document), {}};
}

std::vector<api::Route> message_routes() {
  return {
      api::raw_route(api::Method::post, "/device/v1/messages", "send_device_message",
                     "A device registers, draws, reports, renews or leaves", "application/jose", "application/jose",
                     [](api::Request request, api::Services const& services, api::Reply reply) {
                       services.get<Desk>().handle(std::move(request), std::move(reply));
                     }),
      api::raw_route(
          api::Method::get, "/device/v1/trust", "get_trust", "What a new device needs to trust this installation", "",
          "application/json",
          [](api::Request, api::Services const& services, api::Reply reply) { reply(services.get<Desk>().trust()); }),
  };
}

}  // namespace menkyo::devices
