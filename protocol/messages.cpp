#include "protocol/messages.hpp"

#include <algorithm>
#include <unordered_set>

#include "protocol/error.hpp"
#include "protocol/json.hpp"
#include "protocol/limits.hpp"
#include "protocol/reader.hpp"

namespace menkyo::protocol {

namespace {

constexpr json::Limits payload_limits{
    .max_depth = limits::json_depth, .max_bytes = limits::message_bytes, .max_values = limits::json_values};

void write_common(json::Writer& w, MessageCommon const& m) {
  w.member("seq", m.seq).member("nonce", to_base64url(m.nonce)).member("sent_at", to_rfc3339(m.sent_at));
  w.member("epoch", m.epoch);
}

void read_common(ObjectReader& r, MessageCommon& m) {
  m.seq = r.integer("seq", 1, INT64_MAX);
  auto const nonce = r.base64url("nonce", limits::nonce_bytes);
  std::copy(nonce.begin(), nonce.end(), m.nonce.begin());
  m.sent_at = r.instant("sent_at");
  m.epoch = r.integer("epoch", 0, INT64_MAX);
}

void write_optional(json::Writer& w, std::string_view name, std::optional<std::string> const& text) {
  if (text) w.member(name, *text);
}

void write_udi(json::Writer& w, Udi const& udi) {
  w.key("udi").begin_object().member("product_id", udi.product_id).member("serial_number", udi.serial_number);
  write_optional(w, "version_id", udi.version_id);
  write_optional(w, "uuid", udi.uuid);
  write_optional(w, "host_identifier", udi.host_identifier);
  write_optional(w, "mac_address", udi.mac_address);
  w.end_object();
}

Udi read_udi(ObjectReader& outer) {
  ObjectReader r(outer.required("udi"), outer.path_to("udi"));
  Udi out;
  out.product_id = r.text("product_id", limits::udi_bytes);
  out.serial_number = r.text("serial_number", limits::udi_bytes);
  out.version_id = r.optional_text("version_id", limits::udi_bytes);
  out.uuid = r.optional_text("uuid", limits::udi_bytes);
  out.host_identifier = r.optional_text("host_identifier", limits::udi_bytes);
  out.mac_address = r.optional_text("mac_address", limits::udi_bytes);
  r.finish();
  return out;
}

Privacy read_privacy(ObjectReader& outer) {
  ObjectReader r(outer.required("privacy"), outer.path_to("privacy"));
  Privacy out;
  out.host_name = r.boolean("host_name");
  out.ip_address = r.boolean("ip_address");
  out.mac_address = r.boolean("mac_address");
  r.finish();
  return out;
}

Measurement read_measurement(json::Value const& v, std::string path) {
  ObjectReader r(v, std::move(path));
  Measurement out;
  out.at = r.instant("at");
  out.quantity = r.integer("quantity", 0, limits::quantity);
  r.finish();
  return out;
}

UsageReport read_report(json::Value const& v, std::string path, std::string_view payload) {
  ObjectReader r(v, std::move(path));
  UsageReport out;
  out.report_id = r.text("report_id", limits::id_bytes);
  out.previous_hash = r.digest("previous_hash");
  out.entitlement = r.text("entitlement", limits::code_bytes);
  out.started_at = r.instant("started_at");
  out.ended_at = r.instant("ended_at");
  if (out.ended_at < out.started_at) r.fail(codes::value_invalid, "ended_at", "is before started_at");
  auto const& items = r.array("measurements", limits::measurements);
  if (items.empty()) r.fail(codes::value_invalid, "measurements", "must not be empty");
  for (size_t i = 0; i < items.size(); ++i) {
    auto const m = read_measurement(items[i], r.path_to("measurements", i));
    if (m.at < out.started_at || m.at > out.ended_at || (i > 0 && m.at < out.measurements.back().at))
      r.fail(codes::value_invalid, "measurements", "are not in order within the report's time");
    out.measurements.push_back(m);
  }
  r.finish();
  out.encoded = payload.substr(v.source_begin(), v.source_end() - v.source_begin());
  out.hash = report_hash(out.encoded);
  return out;
}

}  // namespace

std::string encode(RegisterMessage const& m) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  write_common(w, m);
  w.member("token", m.token).member("product", m.product);
  write_udi(w, m.udi);
  write_optional(w, "host_name", m.host_name);
  write_optional(w, "software_version", m.software_version);
  w.member("agent_version", m.agent_version);
  w.key("privacy").begin_object().member("host_name", m.privacy.host_name).member("ip_address", m.privacy.ip_address);
  w.member("mac_address", m.privacy.mac_address).end_object().end_object();
  return out;
}

RegisterMessage decode_register(std::string_view payload) {
  auto const root = json::parse(payload, payload_limits);
  ObjectReader r(root);
  RegisterMessage out;
  read_common(r, out);
  out.token = r.text("token", limits::token_bytes);
  out.product = r.text("product", limits::code_bytes);
  out.udi = read_udi(r);
  out.host_name = r.optional_text("host_name", limits::host_name_bytes);
  out.software_version = r.optional_text("software_version", limits::version_bytes);
  out.agent_version = r.text("agent_version", limits::version_bytes);
  out.privacy = read_privacy(r);
  r.finish();
  if (out.privacy.host_name && out.host_name) r.fail(codes::value_invalid, "host_name", "is present though withheld");
  if (out.privacy.mac_address && out.udi.mac_address)
    r.fail(codes::value_invalid, "udi/mac_address", "is present though withheld");
  return out;
}

std::string encode(AuthorizeMessage const& m) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  write_common(w, m);
  w.key("wanted").begin_array();
  for (auto const& wanted : m.wanted)
    w.begin_object().member("entitlement", wanted.entitlement).member("quantity", wanted.quantity).end_object();
  w.end_array().end_object();
  return out;
}

AuthorizeMessage decode_authorize(std::string_view payload) {
  auto const root = json::parse(payload, payload_limits);
  ObjectReader r(root);
  AuthorizeMessage out;
  read_common(r, out);
  auto const& items = r.array("wanted", limits::wanted);
  out.wanted.reserve(items.size());
  std::unordered_set<std::string> seen;
  for (size_t i = 0; i < items.size(); ++i) {
    ObjectReader item(items[i], r.path_to("wanted", i));
    Wanted wanted;
    wanted.entitlement = item.text("entitlement", limits::code_bytes);
    wanted.quantity = item.integer("quantity", 1, limits::quantity);
    item.finish();
    if (!seen.insert(wanted.entitlement).second) item.fail(codes::value_invalid, "entitlement", "is wanted twice");
    out.wanted.push_back(std::move(wanted));
  }
  r.finish();
  return out;
}

std::string encode_report(UsageReport const& report) {
  std::string out;
  json::Writer w(out);
  w.begin_object().member("report_id", report.report_id).member("previous_hash", to_base64url(report.previous_hash));
  w.member("entitlement", report.entitlement).member("started_at", to_rfc3339(report.started_at));
  w.member("ended_at", to_rfc3339(report.ended_at)).key("measurements").begin_array();
  for (auto const& m : report.measurements)
    w.begin_object().member("at", to_rfc3339(m.at)).member("quantity", m.quantity).end_object();
  w.end_array().end_object();
  return out;
}

std::string encode(ReportMessage const& m) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  write_common(w, m);
  w.key("reports").begin_array();
  for (auto const& report : m.reports) w.raw(report.encoded.empty() ? encode_report(report) : report.encoded);
  w.end_array().end_object();
  return out;
}

ReportMessage decode_report(std::string_view payload) {
  auto const root = json::parse(payload, payload_limits);
  ObjectReader r(root);
  ReportMessage out;
  read_common(r, out);
  auto const& items = r.array("reports", limits::reports);
  if (items.empty()) r.fail(codes::value_invalid, "reports", "must not be empty");
  for (size_t i = 0; i < items.size(); ++i)
    out.reports.push_back(read_report(items[i], r.path_to("reports", i), payload));
  r.finish();
  return out;
}

Digest check_report_chain(ReportMessage const& m, Digest const& previous) {
  Digest expected = previous;
  for (size_t i = 0; i < m.reports.size(); ++i) {
    if (m.reports[i].previous_hash != expected)
      throw Error(codes::value_invalid, "does not continue the chain of reports",
                  "/reports/" + std::to_string(i) + "/previous_hash");
    expected = m.reports[i].hash;
  }
  return expected;
}

ReportContinuation continue_reports(ReportMessage const& m, Digest const& last_known) {
  ReportContinuation out;
  auto const& first = m.reports.at(0).previous_hash;
  out.last = check_report_chain(m, first);
  out.gap = first != last_known;
  for (size_t i = 0; i < m.reports.size(); ++i) {
    if (m.reports[i].hash != last_known) continue;
    out.first_new = i + 1;
    out.gap = false;
  }
  return out;
}

std::string encode(RenewIdentityMessage const& m) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  write_common(w, m);
  if (m.jwk) w.key("jwk").raw(m.jwk->jwk());
  write_optional(w, "proof", m.proof);
  w.end_object();
  return out;
}

RenewIdentityMessage decode_renew_identity(std::string_view payload) {
  auto const root = json::parse(payload, payload_limits);
  ObjectReader r(root);
  RenewIdentityMessage out;
  read_common(r, out);
  if (auto const* jwk = r.optional("jwk")) {
    if (!jwk->is_object()) r.fail(codes::type_wrong, "jwk", "expected an object");
    out.jwk = Key::from_jwk(*jwk);
  }
  out.proof = r.optional_text("proof", 2048);
  r.finish();
  if (out.jwk.has_value() != out.proof.has_value())
    r.fail(codes::member_missing, out.jwk ? "proof" : "jwk", "jwk and proof come together");
  return out;
}

std::string encode(DeregisterMessage const& m) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  write_common(w, m);
  write_optional(w, "reason", m.reason);
  w.end_object();
  return out;
}

DeregisterMessage decode_deregister(std::string_view payload) {
  auto const root = json::parse(payload, payload_limits);
  ObjectReader r(root);
  DeregisterMessage out;
  read_common(r, out);
  out.reason = r.optional_text("reason", limits::detail_bytes);
  r.finish();
  return out;
}

std::string sign_key_proof(Key const& new_key, Nonce const& nonce, std::string_view installation) {
  JwsHeader header;
  header.typ = typ::key_proof;
  header.aud = installation;
  return sign_compact(header, to_base64url(nonce), new_key);
}

void verify_key_proof(std::string_view proof, Key const& new_key, Nonce const& nonce, std::string_view installation) {
  auto const jws = parse_compact(proof, {.max_bytes = 2048, .max_header_bytes = 1024});
  verify(jws, new_key, {.typ = typ::key_proof, .aud = installation});
  if (jws.payload != to_base64url(nonce)) throw Error(codes::signature_wrong, "the proof is for another message");
}

}  // namespace menkyo::protocol
