#include <algorithm>

#include "protocol/error.hpp"
#include "protocol/json.hpp"
#include "protocol/limits.hpp"
#include "protocol/messages.hpp"
#include "protocol/reader.hpp"

namespace menkyo::protocol {

namespace {

constexpr json::Limits payload_limits{
    .max_depth = limits::json_depth, .max_bytes = limits::message_bytes, .max_values = limits::json_values};

void write_ders(json::Writer& w, std::string_view name, std::vector<Bytes> const& ders) {
  w.key(name).begin_array();
  for (auto const& der : ders) w.string(to_base64(der));
  w.end_array();
}

std::vector<Bytes> read_ders(ObjectReader& r, std::string_view name, size_t max) {
  std::vector<Bytes> out;
  auto const& items = r.array(name, max);
  for (size_t i = 0; i < items.size(); ++i) {
    auto der = items[i].is_string() ? from_base64(items[i].as_string()) : std::nullopt;
    if (!der || der->empty() || der->size() > limits::certificate_bytes)
      throw Error(codes::encoding_invalid, "is not a certificate in base64", r.path_to(name, i));
    out.push_back(std::move(*der));
  }
  return out;
}

void write_common(json::Writer& w, AnswerCommon const& a) {
  w.member("message", a.message).member("seq", a.seq).member("nonce", to_base64url(a.nonce)).member("epoch", a.epoch);
  w.member("answered_at", to_rfc3339(a.answered_at)).member("installation", a.installation);
  if (a.clock_skew_s) w.member("clock_skew_s", *a.clock_skew_s);
  if (!a.anchors.empty()) write_ders(w, "anchors", a.anchors);
}

void read_common(ObjectReader& r, AnswerCommon& a) {
  a.message = r.text("message", limits::code_bytes);
  a.seq = r.integer("seq", 1, INT64_MAX);
  auto const nonce = r.base64url("nonce", limits::nonce_bytes);
  std::copy(nonce.begin(), nonce.end(), a.nonce.begin());
  a.epoch = r.integer("epoch", 1, INT64_MAX);
  a.answered_at = r.instant("answered_at");
  a.installation = r.text("installation", limits::id_bytes);
  a.clock_skew_s = r.optional_integer("clock_skew_s", INT64_MIN, INT64_MAX);
  if (r.optional("anchors") != nullptr) a.anchors = read_ders(r, "anchors", limits::anchors);
}

void write_policy(json::Writer& w, Policy const& p) {
  w.key("policy").begin_object();
  w.member("authorization_renew_s", p.authorization_renew_s);
  w.member("authorization_period_s", p.authorization_period_s);
  w.member("identity_validity_s", p.identity_validity_s);
  w.member("identity_renew_s", p.identity_renew_s);
  w.member("out_of_compliance_renew_s", p.out_of_compliance_renew_s);
  w.member("report_interval_s", p.report_interval_s);
  w.member("evaluation_s", p.evaluation_s);
  w.end_object();
}

Policy read_policy(ObjectReader& outer) {
  ObjectReader r(outer.required("policy"), outer.path_to("policy"));
  Policy p;
  p.authorization_renew_s = r.integer("authorization_renew_s", 1, limits::period_s);
  p.authorization_period_s = r.integer("authorization_period_s", 1, limits::period_s);
  p.identity_validity_s = r.integer("identity_validity_s", 1, limits::period_s);
  p.identity_renew_s = r.integer("identity_renew_s", 1, limits::period_s);
  p.out_of_compliance_renew_s = r.integer("out_of_compliance_renew_s", 1, limits::period_s);
  p.report_interval_s = r.integer("report_interval_s", 0, limits::period_s);
  p.evaluation_s = r.integer("evaluation_s", 0, limits::period_s);
  return p;
}

// Encodes an answer whose own members `body` writes.
template <class Answer, class Body>
std::string encode_answer(Answer const& a, Body body) {
  std::string out;
  out.reserve(1024);
  json::Writer w(out);
  w.begin_object();
  write_common(w, a);
  body(w);
  w.end_object();
  return out;
}

template <class Answer, class Body>
Answer decode_answer(std::string_view payload, Body body) {
  auto const root = json::parse(payload, payload_limits);
  ObjectReader r(root);
  Answer out;
  read_common(r, out);
  body(r, out);
  return out;
}

template <class Enum, size_t N>
Enum read_enum(ObjectReader& r, std::string_view name, std::array<Enum, N> const& all) {
  auto const text = r.text(name, limits::code_bytes);
  for (auto const value : all) {
    if (to_string(value) == text) return value;
  }
  r.fail(codes::value_invalid, name, "is not one of the defined words");
}

void write_entitlement(json::Writer& w, EntitlementAnswer const& e) {
  w.begin_object().member("entitlement", e.entitlement).member("name", e.name).member("wanted", e.wanted);
  w.member("granted", e.granted).member("status", to_string(e.status));
  if (e.code) w.member("code", *e.code);
  if (e.detail) w.member("detail", *e.detail);
  w.key("covered_by").begin_array();
  for (auto const& c : e.covered_by)
    w.begin_object().member("entitlement", c.entitlement).member("quantity", c.quantity).end_object();
  w.end_array().member("missing", e.missing).end_object();
}

EntitlementAnswer read_entitlement(json::Value const& v, std::string path) {
  ObjectReader r(v, std::move(path));
  EntitlementAnswer out;
  out.entitlement = r.text("entitlement", limits::code_bytes);
  out.name = r.text("name", limits::name_bytes);
  out.wanted = r.integer("wanted", 0, INT64_MAX);
  out.granted = r.integer("granted", 0, INT64_MAX);
  out.status = read_enum(
      r, "status",
      std::array{EntitlementStatus::in_compliance, EntitlementStatus::out_of_compliance, EntitlementStatus::refused});
  out.code = r.optional_text("code", limits::code_bytes);
  out.detail = r.optional_text("detail", limits::detail_bytes);
  if (out.code.has_value() != (out.status == EntitlementStatus::refused))
    r.fail(codes::value_invalid, "code", "belongs to a refusal and to nothing else");
  auto const& covers = r.array("covered_by", limits::covered_by);
  for (size_t i = 0; i < covers.size(); ++i) {
    ObjectReader c(covers[i], r.path_to("covered_by", i));
    out.covered_by.push_back({c.text("entitlement", limits::code_bytes), c.integer("quantity", 0, INT64_MAX)});
  }
  out.missing = r.integer("missing", 0, INT64_MAX);
  return out;
}

}  // namespace

std::string_view to_string(EntitlementStatus s) {
  switch (s) {
    case EntitlementStatus::in_compliance:
      return "in_compliance";
    case EntitlementStatus::out_of_compliance:
      return "out_of_compliance";
    case EntitlementStatus::refused:
      return "refused";
  }
  return {};
}

std::string_view to_string(AuthorizationState s) {
  switch (s) {
    case AuthorizationState::none:
      return "none";
    case AuthorizationState::authorized:
      return "authorized";
    case AuthorizationState::out_of_compliance:
      return "out_of_compliance";
  }
  return {};
}

std::string_view to_string(ResyncReason r) {
  return r == ResyncReason::new_epoch ? "new_epoch" : "sequence_behind";
}

std::string encode(RegisterAnswer const& a) {
  return encode_answer(a, [&](json::Writer& w) {
    w.member("device_id", a.device_id).member("smart_account_id", a.smart_account_id);
    w.member("smart_account_name", a.smart_account_name).member("virtual_account_id", a.virtual_account_id);
    w.member("virtual_account_name", a.virtual_account_name);
    write_ders(w, "certificate_chain", a.certificate_chain);
    write_policy(w, a.policy);
  });
}

RegisterAnswer decode_register_answer(std::string_view payload) {
  return decode_answer<RegisterAnswer>(payload, [](ObjectReader& r, RegisterAnswer& a) {
    a.device_id = r.text("device_id", limits::id_bytes);
    a.smart_account_id = r.text("smart_account_id", limits::id_bytes);
    a.smart_account_name = r.text("smart_account_name", limits::name_bytes);
    a.virtual_account_id = r.text("virtual_account_id", limits::id_bytes);
    a.virtual_account_name = r.text("virtual_account_name", limits::name_bytes);
    a.certificate_chain = read_ders(r, "certificate_chain", limits::chain_certificates);
    a.policy = read_policy(r);
  });
}

std::string encode(AuthorizeAnswer const& a) {
  return encode_answer(a, [&](json::Writer& w) {
    w.key("entitlements").begin_array();
    for (auto const& e : a.entitlements) write_entitlement(w, e);
    w.end_array().member("authorization_state", to_string(a.authorization_state));
    w.member("valid_until", to_rfc3339(a.valid_until)).key("renew_after").begin_object();
    w.member("from", to_rfc3339(a.renew_after_from)).member("to", to_rfc3339(a.renew_after_to)).end_object();
    w.member("identity_renew_at", to_rfc3339(a.identity_renew_at));
    write_policy(w, a.policy);
  });
}

AuthorizeAnswer decode_authorize_answer(std::string_view payload) {
  return decode_answer<AuthorizeAnswer>(payload, [](ObjectReader& r, AuthorizeAnswer& a) {
    auto const& items = r.array("entitlements", 2 * limits::wanted);
    for (size_t i = 0; i < items.size(); ++i)
      a.entitlements.push_back(read_entitlement(items[i], r.path_to("entitlements", i)));
    a.authorization_state = read_enum(
        r, "authorization_state",
        std::array{AuthorizationState::none, AuthorizationState::authorized, AuthorizationState::out_of_compliance});
    a.valid_until = r.instant("valid_until");
    ObjectReader window(r.required("renew_after"), r.path_to("renew_after"));
    a.renew_after_from = window.instant("from");
    a.renew_after_to = window.instant("to");
    if (a.renew_after_to < a.renew_after_from) window.fail(codes::value_invalid, "to", "is before from");
    a.identity_renew_at = r.instant("identity_renew_at");
    a.policy = read_policy(r);
  });
}

std::string encode(ReportAnswer const& a) {
  return encode_answer(
      a, [&](json::Writer& w) { w.member("acknowledged_through", to_base64url(a.acknowledged_through)); });
}

ReportAnswer decode_report_answer(std::string_view payload) {
  return decode_answer<ReportAnswer>(
      payload, [](ObjectReader& r, ReportAnswer& a) { a.acknowledged_through = r.digest("acknowledged_through"); });
}

std::string encode(RenewIdentityAnswer const& a) {
  return encode_answer(a, [&](json::Writer& w) { write_ders(w, "certificate_chain", a.certificate_chain); });
}

RenewIdentityAnswer decode_renew_identity_answer(std::string_view payload) {
  return decode_answer<RenewIdentityAnswer>(payload, [](ObjectReader& r, RenewIdentityAnswer& a) {
    a.certificate_chain = read_ders(r, "certificate_chain", limits::chain_certificates);
  });
}

std::string encode(DeregisterAnswer const& a) {
  return encode_answer(a, [&](json::Writer& w) { w.member("released", a.released); });
}

DeregisterAnswer decode_deregister_answer(std::string_view payload) {
  return decode_answer<DeregisterAnswer>(
      payload, [](ObjectReader& r, DeregisterAnswer& a) { a.released = r.boolean("released"); });
}

std::string encode(ResyncAnswer const& a) {
  return encode_answer(
      a, [&](json::Writer& w) { w.member("last_seq", a.last_seq).member("reason", to_string(a.reason)); });
}

ResyncAnswer decode_resync_answer(std::string_view payload) {
  return decode_answer<ResyncAnswer>(payload, [](ObjectReader& r, ResyncAnswer& a) {
    a.last_seq = r.integer("last_seq", 0, INT64_MAX - 1);
    a.reason = read_enum(r, "reason", std::array{ResyncReason::sequence_behind, ResyncReason::new_epoch});
  });
}

std::string encode(TrustDocument const& t) {
  std::string out;
  json::Writer w(out);
  w.begin_object().member("installation", t.installation).member("epoch", t.epoch).member("now", to_rfc3339(t.now));
  write_ders(w, "anchors", t.anchors);
  write_ders(w, "chain", t.chain);
  w.end_object();
  return out;
}

TrustDocument decode_trust(std::string_view text) {
  auto const root = json::parse(text, payload_limits);
  ObjectReader r(root);
  TrustDocument out;
  out.installation = r.text("installation", limits::id_bytes);
  out.epoch = r.integer("epoch", 1, INT64_MAX);
  out.now = r.instant("now");
  out.anchors = read_ders(r, "anchors", limits::anchors);
  out.chain = read_ders(r, "chain", limits::chain_certificates);
  return out;
}

ProblemDocument decode_problem(std::string_view text) {
  auto const root = json::parse(text, {.max_depth = 8, .max_bytes = limits::message_bytes, .max_values = 1000});
  auto const word = [&](std::string_view name) {
    auto const* v = root.find(name);
    return v != nullptr && v->is_string() ? v->as_string().substr(0, limits::detail_bytes) : std::string();
  };
  ProblemDocument out{.code = word("code"), .title = word("title"), .detail = word("detail")};
  if (auto const* status = root.find("status"); status != nullptr && status->kind() == json::Kind::integer)
    out.status = status->as_int();
  return out;
}

}  // namespace menkyo::protocol
