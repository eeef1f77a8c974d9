#include "tests/support/test_device.hpp"

namespace menkyo::test {

namespace {

template <class M>
void set_common(M& message, protocol::MessageCommon const& common) {
  static_cast<protocol::MessageCommon&>(message) = common;
}

[[noreturn]] void resynced() {
  throw std::runtime_error("the device was told to resynchronize");
}

}  // namespace

protocol::MessageCommon TestDevice::next_common() {
  protocol::MessageCommon common;
  common.seq = ++seq;
  auto const nonce = world->chance(16);
  std::copy(nonce.begin(), nonce.end(), common.nonce.begin());
  common.sent_at = world->now() + clock_skew;
  common.epoch = epoch;
  return common;
}

Sent TestDevice::sign(std::string const& message, std::string_view typ, std::string_view answer_typ,
                      protocol::MessageCommon const& common, std::string const& payload) {
  protocol::JwsHeader header;
  header.typ = typ;
  header.aud = world->authority->installation();
  header.takes_tree = takes_tree;
  header.jwk = key;
  if (typ != protocol::typ::register_device) header.kid = protocol::format_kid({account, id});
  return {protocol::sign_compact(header, payload, key),
          message,
          std::string(typ),
          std::string(answer_typ),
          common.seq,
          common.epoch,
          common.nonce,
          key.thumbprint(),
          {}};
}

Sent TestDevice::make_register(std::string const& token) {
  protocol::RegisterMessage m;
  set_common(m, next_common());
  m.epoch = 0;
  m.token = token;
  m.product = product;
  m.udi = {product, serial_number, {}, {}, {}, {}};
  m.host_name = "router-" + serial_number;
  m.agent_version = "1.0";
  // What is known before the first answer: the installation's root is the one that the token names.
  auto const trust = protocol::decode_trust(world->desk->trust().body);
  anchors.clear();
  for (auto const& anchor : trust.anchors)
    if (protocol::sha256(ByteView(anchor)) == world->authority->root_sha256()) anchors.push_back(anchor);
  return sign("register", protocol::typ::register_device, protocol::typ::register_answer, m, protocol::encode(m));
}

Sent TestDevice::make_authorize_in_order(std::vector<protocol::Wanted> wanted) {
  protocol::AuthorizeMessage m;
  set_common(m, next_common());
  m.wanted = std::move(wanted);
  return sign("authorize", protocol::typ::authorize, protocol::typ::authorize_answer, m, protocol::encode(m));
}

Sent TestDevice::make_authorize(Quantities const& wanted) {
  std::vector<protocol::Wanted> list;
  for (auto const& [code, quantity] : wanted) list.push_back({code, quantity});
  return make_authorize_in_order(std::move(list));
}

Sent TestDevice::make_report(std::vector<std::pair<std::string, int64_t>> const& measured) {
  protocol::ReportMessage m;
  set_common(m, next_common());
  for (auto const& [code, quantity] : measured) {
    protocol::UsageReport r;
    r.report_id = to_hex(world->chance(8));
    r.previous_hash = last_report;
    r.entitlement = code;
    r.started_at = m.sent_at - std::chrono::hours(1);
    r.ended_at = m.sent_at;
    r.measurements = {{m.sent_at, quantity}};
    r.encoded = protocol::encode_report(r);
    last_report = protocol::report_hash(r.encoded);
    m.reports.push_back(std::move(r));
  }
  return sign("report", protocol::typ::report, protocol::typ::report_answer, m, protocol::encode(m));
}

Sent TestDevice::make_renew(bool with_new_key) {
  protocol::RenewIdentityMessage m;
  set_common(m, next_common());
  if (with_new_key) {
    new_key = protocol::Key::generate(key.algorithm());
    m.jwk = new_key;
    m.proof = protocol::sign_key_proof(*new_key, m.nonce, world->authority->installation());
  }
  auto sent = sign("renew_identity", protocol::typ::renew_identity, protocol::typ::renew_identity_answer, m,
                   protocol::encode(m));
  if (with_new_key) sent.new_key = new_key->thumbprint();
  return sent;
}

Sent TestDevice::make_deregister() {
  protocol::DeregisterMessage m;
  set_common(m, next_common());
  return sign("deregister", protocol::typ::deregister, protocol::typ::deregister_answer, m, protocol::encode(m));
}

Outcome TestDevice::send(Sent const& sent) {
  return check(sent, world->exchange(sent.text));
}

Outcome TestDevice::check(Sent const& sent, api::Response const& response) {
  if (response.status != 200) {
    auto const problem = protocol::decode_problem(response.body);
    throw Refused(response.status, problem.code, problem.detail);
  }
  auto const jws = protocol::parse_compact(response.body);
  if (jws.header.x5c.empty()) throw Untrustworthy("the answer names no signer");
  auto const signer = protocol::verify_chain(jws.header.x5c.front(), std::span(jws.header.x5c).subspan(1), anchors,
                                             world->now(), protocol::Role::signer);
  bool const resync = jws.header.typ == protocol::typ::resync_answer;
  protocol::verify(jws, signer.public_key,
                   {resync ? std::string_view(jws.header.typ) : std::string_view(sent.answer_typ), "", true});
  auto const payload = protocol::json::parse(jws.payload);
  if (payload.at("nonce").as_string() != protocol::to_base64url(sent.nonce)) throw Untrustworthy("another nonce");
  if (payload.at("seq").as_int() != sent.seq) throw Untrustworthy("another sequence number");
  if (payload.at("message").as_string() != sent.message) throw Untrustworthy("the answer to another message");
  if (payload.at("installation").as_string() != world->authority->installation())
    throw Untrustworthy("another installation");
  epoch = payload.at("epoch").as_int();
  return {jws.header.typ, jws.payload};
}

void TestDevice::check_identity(std::vector<Bytes> const& chain, protocol::Key const& expected) const {
  if (chain.empty()) throw Untrustworthy("no certificate");
  auto const leaf = protocol::verify_chain(chain.front(), std::span(chain).subspan(1), anchors, world->now(),
                                           protocol::Role::device);
  if (leaf.subject.common_name != id || leaf.subject.organization != account)
    throw Untrustworthy("the certificate of another device");
  if (leaf.public_key.thumbprint() != expected.thumbprint()) throw Untrustworthy("the certificate of another key");
}

void TestDevice::learn(protocol::RegisterAnswer const& answer) {
  id = answer.device_id;
  account = answer.smart_account_id;
  last_report = protocol::first_report_hash(id);
  check_identity(answer.certificate_chain, key);
}

void TestDevice::follow(Outcome const& resync) {
  auto const answer = protocol::decode_resync_answer(resync.payload);
  seq = std::max(seq, answer.last_seq);
}

protocol::RegisterAnswer TestDevice::register_with(std::string const& token) {
  auto const answer = protocol::decode_register_answer(send(make_register(token)).payload);
  learn(answer);
  return answer;
}

protocol::AuthorizeAnswer TestDevice::authorize(Quantities const& wanted) {
  auto const outcome = send(make_authorize(wanted));
  if (outcome.resync()) resynced();
  return protocol::decode_authorize_answer(outcome.payload);
}

protocol::ReportAnswer TestDevice::report(std::vector<std::pair<std::string, int64_t>> const& measured) {
  auto const outcome = send(make_report(measured));
  if (outcome.resync()) resynced();
  return protocol::decode_report_answer(outcome.payload);
}

protocol::RenewIdentityAnswer TestDevice::renew(bool with_new_key) {
  auto const outcome = send(make_renew(with_new_key));
  if (outcome.resync()) resynced();
  auto answer = protocol::decode_renew_identity_answer(outcome.payload);
  if (with_new_key) key = *new_key;
  check_identity(answer.certificate_chain, key);
  return answer;
}

protocol::DeregisterAnswer TestDevice::deregister() {
  auto const outcome = send(make_deregister());
  if (outcome.resync()) resynced();
  return protocol::decode_deregister_answer(outcome.payload);
}

std::string damaged(std::string text, int part, size_t at) {
  size_t begin = 0;
  for (int i = 0; i < part; ++i) begin = text.find('.', begin) + 1;
  auto const end = std::min(text.find('.', begin), text.size());
  // The last character of a part may hold unused bits; those before it do not.
  auto& c = text[begin + at % (end - begin - 1)];
  c = c == 'A' ? 'B' : 'A';
  return text;
}

}  // namespace menkyo::test
