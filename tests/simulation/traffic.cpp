#include "tests/simulation/traffic.hpp"

namespace menkyo::simulation {

namespace {

void check_entitlements(Model const& model, Message const& m, std::string const& payload,
                        std::map<std::string, std::string> const& refused) {
  auto const answer = protocol::decode_authorize_answer(payload);
  expect(answer.entitlements.size(), m.wanted.size(), "another number of entitlements was answered");
  auto const& granted = model.devices.at(m.device).granted;
  for (auto const& e : answer.entitlements) {
    auto const at = granted.find(e.entitlement);
    expect(e.granted, at == granted.end() ? 0 : at->second, e.entitlement + " was granted otherwise");
    auto const why = refused.find(e.entitlement);
    expect(e.code.value_or(""), why == refused.end() ? "" : why->second, e.entitlement + " was refused otherwise");
  }
}

void take_answer(Scene const& scene, Message const& m, Passed& passed) {
  auto const jws = protocol::parse_compact(passed.response.body);
  bool const resync = jws.header.typ == protocol::typ::resync_answer;
  expect(resync, passed.verdict == resynced, m.kind + " was " + (resync ? "" : "not ") + "taken for an old message");
  auto& model = scene.model;
  if (resync) {
    expect(protocol::decode_resync_answer(jws.payload).last_seq, model.devices.at(m.device).seq,
           "a wrong last number");
  } else if (passed.verdict == repeated) {
    auto const& id = m.kind == "register" ? model.registrations.at(m.text) : m.device;
    expect(jws.payload, model.devices.at(id).payload, "a repeat got another answer");
  } else {
    expect(passed.verdict, accepted, m.kind + " was accepted, not " + passed.verdict);
    if (m.kind == "register") {
      model.enroll(m, protocol::decode_register_answer(jws.payload).device_id, jws.payload, scene.now());
      return;
    }
    passed.refused = model.accept(m, jws.payload, scene.now());
    if (m.kind == "authorize") check_entitlements(model, m, jws.payload, passed.refused);
  }
}

}  // namespace

Message read_message(std::string const& text) {
  auto const jws = protocol::parse_compact(text);
  Message m;
  m.text = text;
  m.key = jws.header.jwk->thumbprint();
  if (jws.header.kid) m.device = protocol::parse_kid(*jws.header.kid).device_id;
  auto const take = [&m](char const* kind, auto decoded) {
    m.kind = kind;
    m.seq = decoded.seq;
    m.epoch = decoded.epoch;
    m.sent_at = decoded.sent_at;
    return decoded;
  };
  if (jws.header.typ == protocol::typ::register_device) {
    auto const decoded = take("register", protocol::decode_register(jws.payload));
    m.token = decoded.token;
    m.serial_number = decoded.udi.serial_number;
  } else if (jws.header.typ == protocol::typ::authorize) {
    m.wanted = take("authorize", protocol::decode_authorize(jws.payload)).wanted;
  } else if (jws.header.typ == protocol::typ::report) {
    for (auto const& r : take("report", protocol::decode_report(jws.payload)).reports)
      m.reports.emplace_back(r.hash, r.previous_hash);
  } else if (jws.header.typ == protocol::typ::renew_identity) {
    auto const decoded = take("renew_identity", protocol::decode_renew_identity(jws.payload));
    if (decoded.jwk) m.new_key = decoded.jwk->thumbprint();
  } else {
    take("deregister", protocol::decode_deregister(jws.payload));
  }
  return m;
}

Passed pass(Scene const& scene, Message const& m) {
  Passed passed{scene.model.judge(m, scene.now()), scene.world.exchange(m.text), {}};
  if (passed.response.status == 200) {
    take_answer(scene, m, passed);
  } else {
    auto const problem = protocol::decode_problem(passed.response.body);
    expect(problem.code, passed.verdict,
           m.kind + " was refused, not " + passed.verdict + ": " + problem.code + ", " + problem.detail);
  }
  return passed;
}

}  // namespace menkyo::simulation
