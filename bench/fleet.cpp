#include "bench/fleet.hpp"

#include <stdexcept>

#include "base/random.hpp"
#include "protocol/jws.hpp"
#include "protocol/token.hpp"
#include "protocol/x509.hpp"

namespace menkyo::bench {

namespace {

constexpr char product[] = "KZ-1", changing[] = "ADV", steady[] = "ESS";
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

Fleet::Fleet(Customer customer, size_t devices, size_t lanes) : customer_(std::move(customer)), lanes_(lanes) {
  for (size_t i = 0; i < devices; ++i)
    devices_.push_back({protocol::Key::generate(protocol::Algorithm::es256), {}, {}});
}

Fleet::Message Fleet::sign(size_t device, int64_t quantity, protocol::Digest const& last_report) {
  auto& d = devices_[device];
  protocol::MessageCommon common;
  common.seq = ++d.used_seq;
  Random(system_seeds().next()).fill(common.nonce);
  common.sent_at = std::chrono::floor<std::chrono::seconds>(system_clock().now());
  common.epoch = kind_ == MessageKind::registration ? 0 : customer_.epoch;
  Message out{{}, device, common.seq, quantity, common.nonce, last_report};
  std::string payload;
  protocol::JwsHeader header;
  header.typ = types_of(kind_).message;
  header.aud = customer_.installation;
  header.takes_tree = true;
  if (kind_ == MessageKind::registration) {
    auto m = with<protocol::RegisterMessage>(common);
    m.token = customer_.tokens[device % customer_.tokens.size()];
    m.product = product;
    m.udi = {product, "SN-" + std::to_string(device), {}, {}, {}, {}};
    m.host_name = "router-" + std::to_string(device);
    m.agent_version = "bench";
    payload = protocol::encode(m);
    header.jwk = d.key;
  } else {
    header.kid = protocol::format_kid({d.account, d.id});
    if (kind_ == MessageKind::report) {
      auto m = with<protocol::ReportMessage>(common);
      m.reports = {usage(common, last_report)};
      out.report = protocol::report_hash(m.reports.front().encoded);
      payload = protocol::encode(m);
    } else {
      auto m = with<protocol::AuthorizeMessage>(common);
      m.wanted = {{changing, quantity}, {steady, 1}};
      payload = protocol::encode(m);
    }
  }
  out.request = http_request(protocol::sign_compact(header, payload, d.key));
  return out;
}

void Fleet::prepare(MessageKind kind, size_t per_lane) {
  kind_ = kind;
  expected_headers_.clear();
  kept_.clear();
  for (size_t lane = 0; lane < lanes_.size(); ++lane) {
    auto& messages = lanes_[lane];
    messages.clear();
    std::vector<size_t> own;
    for (size_t i = lane; i < devices_.size(); i += lanes_.size()) own.push_back(i);
    size_t const count = kind == MessageKind::registration ? own.size() : std::max(per_lane, own.size());
    messages.reserve(count);
    for (size_t n = 0; n < count; ++n) {
      auto const device = own[n % own.size()];
      // The message of this device before this one, if there is one.
      auto const* before = n >= own.size() ? &messages[n - own.size()] : nullptr;
      auto const has = before ? before->quantity : devices_[device].acknowledged.quantity;
      auto const quantity = kind == MessageKind::draw ? (has == 1 ? 2 : 1) : has;
      messages.push_back(sign(device, quantity, before ? before->report : devices_[device].last_report));
    }
  }
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
  traffic.at_least = (devices_.size() + lanes_.size() - 1) / lanes_.size();
  traffic.seconds = seconds;
  return traffic;
}

bool Fleet::accepts(size_t lane, size_t n, int status, std::string_view body) {
  if (status != 200) return false;
  auto const header = body.substr(0, body.find('.'));
  if (!expected_headers_.contains(header)) {
    // All answers of a kind have one header, which names the kind, or another if they share a signature: a resync is
    // told apart by it.
    if (expected_headers_.size() == 2 || protocol::parse_compact(body).header.typ != types_of(kind_).answer)
      return false;
    expected_headers_.emplace(header);
  }
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
      device.id = answer.device_id;
      device.account = answer.smart_account_id;
      device.last_report = protocol::first_report_hash(device.id);
      return;
    }
    case MessageKind::draw:
    case MessageKind::check_in: {
      auto const answer = protocol::decode_authorize_answer(jws.payload);
      common(answer);
      if (answer.authorization_state != protocol::AuthorizationState::authorized) fail("it authorizes nothing");
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

std::map<std::string, Fleet::Acknowledged> Fleet::acknowledged() const {
  std::map<std::string, Acknowledged> out;
  for (auto const& device : devices_) out[device.id] = device.acknowledged;
  return out;
}

}  // namespace menkyo::bench
