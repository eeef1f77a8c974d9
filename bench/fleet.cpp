#include "bench/fleet.hpp"

#include <future>
#include <stdexcept>
#include <thread>

#include "app/service.hpp"
#include "base/random.hpp"
#include "protocol/jws.hpp"
#include "protocol/token.hpp"
#include "protocol/x509.hpp"

namespace menkyo::bench {

namespace {

constexpr auto& product = population_product;
constexpr auto& changing = changing_entitlement;
constexpr auto& steady = steady_entitlement;
constexpr size_t keep_one_in = 50;  // of the answers, to be verified afterwards

struct Types {
  std::string_view message, answer;
};
Types types_of(MessageKind kind) {
  switch (kind) {
    case MessageKind::registration:
      return {protocol::typ::register_device, protocol::typ::register_answer};
    case MessageKind::draw:
    case MessageKind::check_in:
      return {protocol::typ::authorize, protocol::typ::authorize_answer};
    case MessageKind::report:
      return {protocol::typ::report, protocol::typ::report_answer};
  }
  throw std::logic_error("a message of no kind");
}

std::string http_request(std::string const& body) {
  return "POST /device/v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: "
         "application/jose\r\ncontent-length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

template <class M>
M with(protocol::MessageCommon const& common) {
  M message;
  static_cast<protocol::MessageCommon&>(message) = common;
  return message;
}

protocol::UsageReport usage(protocol::MessageCommon const& common, protocol::Digest const& previous) {
  protocol::UsageReport r;
  r.report_id = "r-" + std::to_string(common.seq);
  r.previous_hash = previous;
  r.entitlement = steady;
  r.started_at = common.sent_at - std::chrono::hours(1);
  r.ended_at = common.sent_at;
  r.measurements = {{r.started_at, 1}};
  r.encoded = protocol::encode_report(r);
  return r;
}

}  // namespace

Customer customer_of(app::Settings const& settings, Population const& population) {
  app::Service service(settings);
  return {service.authority().installation(),
          population.tokens,
          {service.authority().root_certificate()},
          service.authority().epoch(),
          population.plan.size().seed};
}

Fleet::Fleet(Customer customer, size_t devices, size_t lanes)
    : customer_(std::move(customer)), devices_(devices), lanes_(lanes), random_(system_seeds().next()) {}

Fleet::Fleet(Customer customer, Population const& population, size_t lanes)
    : Fleet(std::move(customer), population.plan.size().devices, lanes) {
  known_ = devices_.size();
  account_ = population.smart_account_id.text();
  by_id_.reserve(known_);
  for (size_t i = 0; i < known_; ++i) {
    auto const facts = population.plan.device(i);
    devices_[i] = {facts.device_id,
                   facts.sequence,
                   {facts.sequence, facts.quantity},
                   protocol::first_report_hash(facts.device_id.text()),
                   population.plan.is_short(facts.virtual_account)};
    by_id_.emplace(facts.device_id, uint32_t(i));
  }
}

// Everything of the message but its signature.
Fleet::Message Fleet::write(size_t device, int64_t quantity, protocol::Digest const& last_report,
                            std::string const& token) {
  auto& d = devices_[device];
  protocol::MessageCommon common;
  common.seq = ++d.used_seq;
  random_.fill(common.nonce);
  common.sent_at = std::chrono::floor<std::chrono::seconds>(system_clock().now());
  common.epoch = kind_ == MessageKind::registration ? 0 : customer_.epoch;
  Message out{{}, device, common.seq, quantity, common.nonce, last_report};
  if (kind_ == MessageKind::registration) {
    auto m = with<protocol::RegisterMessage>(common);
    m.token = token;
    m.product = product;
    m.udi = {product, "SN-" + std::to_string(device), {}, {}, {}, {}};
    m.host_name = "router-" + std::to_string(device);
    m.agent_version = "bench";
    out.payload = protocol::encode(m);
  } else if (kind_ == MessageKind::report) {
    auto m = with<protocol::ReportMessage>(common);
    m.reports = {usage(common, last_report)};
    out.report = protocol::report_hash(m.reports.front().encoded);
    out.payload = protocol::encode(m);
  } else {
    auto m = with<protocol::AuthorizeMessage>(common);
    m.wanted = {{changing, quantity}, {steady, 1}};
    out.payload = protocol::encode(m);
  }
  return out;
}

// On all processors: the clock that matters does not run yet.
void Fleet::sign_all() {
  std::vector<Message*> unsigned_messages;
  for (auto& lane : lanes_)
    for (auto& message : lane) unsigned_messages.push_back(&message);
  auto const threads = std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::future<void>> parts;
  for (size_t part = 0; part < threads; ++part)
    parts.push_back(std::async(std::launch::async, [&, part] {
      for (size_t i = part; i < unsigned_messages.size(); i += threads) {
        auto& message = *unsigned_messages[i];
        auto const key = device_key(customer_.seed, message.device);
        protocol::JwsHeader header;
        header.typ = types_of(kind_).message;
        header.aud = customer_.installation;
        header.takes_tree = true;
        header.jwk = key;
        if (kind_ != MessageKind::registration)
          header.kid = protocol::format_kid({account_, devices_[message.device].id.text()});
        message.request = http_request(protocol::sign_compact(header, message.payload, key));
        message.payload = {};
      }
    }));
  for (auto& part : parts) part.get();
}

void Fleet::begin(MessageKind kind) {
  kind_ = kind;
  racing_ = false;
  expected_headers_.clear();
  kept_.clear();
  for (auto& lane : lanes_) lane.clear();
}

// The device that speaks next on a lane: of those numbers that give the lane when divided by the number of lanes.
size_t Fleet::pick(size_t lane, size_t n) {
  auto const of_lane = [&](size_t all) { return (all - lane + lanes_.size() - 1) / lanes_.size(); };
  if (known_ == 0) return lane + lanes_.size() * (n % of_lane(devices_.size()));
  if (kind_ != MessageKind::registration) return lane + lanes_.size() * random_.below(of_lane(known_));
  devices_.emplace_back();
  return devices_.size() - 1;
}

void Fleet::prepare(MessageKind kind, size_t per_lane, size_t lanes) {
  begin(kind);
  if (lanes > 0) lanes_.resize(lanes);
  for (size_t lane = 0; lane < lanes_.size(); ++lane) {
    auto& messages = lanes_[lane];
    size_t const own = (devices_.size() - lane + lanes_.size() - 1) / lanes_.size();
    size_t const count = known_ > 0 ? per_lane : kind == MessageKind::registration ? own : std::max(per_lane, own);
    messages.reserve(count);
    std::unordered_map<size_t, size_t> last;  // message of a device
    for (size_t n = 0; n < count; ++n) {
      auto const device = pick(lane, n);
      // The message of this device before this one, if there is one.
      auto const found = last.find(device);
      auto const* before = found == last.end() ? nullptr : &messages[found->second];
      auto const has = before ? before->quantity : devices_[device].acknowledged.quantity;
      auto const quantity = kind == MessageKind::draw ? (has == 1 ? 2 : 1) : has;
      auto const& token =
          customer_.tokens[known_ > 0 ? random_.below(customer_.tokens.size()) : device % customer_.tokens.size()];
      messages.push_back(write(device, quantity, before ? before->report : devices_[device].last_report, token));
      last[device] = n;
    }
  }
  sign_all();
}

void Fleet::prepare_race(std::string const& token, size_t newcomers) {
  begin(MessageKind::registration);
  racing_ = true;
  raced_ = {};
  for (size_t i = 0; i < newcomers; ++i) {
    devices_.emplace_back();
    lanes_[i % lanes_.size()].push_back(write(devices_.size() - 1, 0, {}, token));
  }
  sign_all();
}

Traffic Fleet::traffic(double seconds) {
  Traffic traffic;
  traffic.lanes = lanes_.size();
  traffic.request = [this](size_t lane, size_t n) {
    return n < lanes_[lane].size() ? &lanes_[lane][n].request : nullptr;
  };
  traffic.accepts = [this](size_t lane, size_t n, int status, std::string_view body) {
    return accepts(lane, n, status, body);
  };
  traffic.at_least = racing_ ? SIZE_MAX : known_ > 0 ? 1 : (devices_.size() + lanes_.size() - 1) / lanes_.size();
  traffic.seconds = seconds;
  return traffic;
}

bool Fleet::accepts(size_t lane, size_t n, int status, std::string_view body) {
  if (racing_ && status != 200) {
    ++raced_.refused;
    return body.find("token_used_up") != std::string_view::npos;
  }
  if (status != 200) return false;
  auto const header = body.substr(0, body.find('.'));
  if (!expected_headers_.contains(header)) {
    // All answers of a kind have one header, which names the kind, or another if they share a signature: a resync is
    // told apart by it.
    if (expected_headers_.size() == 2 || protocol::parse_compact(body).header.typ != types_of(kind_).answer)
      return false;
    expected_headers_.emplace(header);
  }
  if (racing_) ++raced_.taken;
  auto const& message = lanes_[lane][n];
  auto& device = devices_[message.device];
  device.acknowledged = {message.seq, message.quantity};
  device.last_report = message.report;
  if (kind_ == MessageKind::registration || (lane + n) % keep_one_in == 0)
    kept_.push_back({&message, std::string(body)});
  return true;
}

void Fleet::verify_answer(Kept const& kept) {
  auto const& message = *kept.message;
  auto const fail = [](char const* what) { throw std::runtime_error(std::string("an answer is wrong: ") + what); };
  auto const jws = protocol::parse_compact(kept.body);
  auto const signer = protocol::verify_chain(jws.header.x5c.at(0), std::span(jws.header.x5c).subspan(1),
                                             customer_.anchors, system_clock().now(), protocol::Role::signer);
  protocol::verify(jws, signer.public_key, {types_of(kind_).answer, "", true});
  auto const common = [&](protocol::AnswerCommon const& a) {
    if (a.seq != message.seq || a.nonce != message.nonce) fail("it belongs to another message");
  };
  switch (kind_) {
    case MessageKind::registration: {
      auto const answer = protocol::decode_register_answer(jws.payload);
      common(answer);
      auto& device = devices_[message.device];
      device.id = DeviceId::parse(answer.device_id).value();
      account_ = answer.smart_account_id;
      device.last_report = protocol::first_report_hash(answer.device_id);
      by_id_.emplace(device.id, uint32_t(message.device));
      return;
    }
    case MessageKind::draw:
    case MessageKind::check_in: {
      auto const answer = protocol::decode_authorize_answer(jws.payload);
      common(answer);
      auto const expected = devices_[message.device].lacks ? protocol::AuthorizationState::out_of_compliance
                                                           : protocol::AuthorizationState::authorized;
      if (answer.authorization_state != expected) fail("it tells another state than that of the pool");
      for (auto const& e : answer.entitlements)
        if (e.granted != (e.entitlement == changing ? message.quantity : 1)) fail("another quantity is granted");
      return;
    }
    case MessageKind::report: {
      auto const answer = protocol::decode_report_answer(jws.payload);
      common(answer);
      if (answer.acknowledged_through != message.report) fail("another report is acknowledged");
      return;
    }
  }
}

size_t Fleet::verify_answers() {
  for (auto const& kept : kept_) verify_answer(kept);
  return kept_.size();
}

Fleet::Acknowledged const* Fleet::acknowledged(DeviceId id) const {
  auto const found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &devices_[found->second].acknowledged;
}

}  // namespace menkyo::bench
