#include <algorithm>
#include <stdexcept>

#include "protocol/json.hpp"
#include "protocol/limits.hpp"
#include "protocol/reader.hpp"
#include "sdk/state.hpp"

namespace menkyo::agent {

using namespace protocol;

namespace {

constexpr int64_t format = 1;
constexpr size_t max_text = 1024 * 1024;

constexpr std::pair<Registration, const char*> registrations[] = {{Registration::none, "none"},
                                                                  {Registration::in_progress, "in_progress"},
                                                                  {Registration::registered, "registered"},
                                                                  {Registration::lost, "lost"}};

void put_time(json::Writer& w, std::string_view name, std::optional<Instant> const& t) {
  if (t) w.member(name, to_rfc3339(*t));
}

void put_texts(json::Writer& w, std::string_view name, std::vector<std::string> const& texts) {
  w.key(name).begin_array();
  for (auto const& t : texts) w.string(t);
  w.end_array();
}

std::vector<std::string> coded(std::vector<Bytes> const& all) {
  std::vector<std::string> out;
  for (auto const& b : all) out.push_back(to_base64(b));
  return out;
}

void put_wanted(json::Writer& w, std::vector<Wanted> const& all) {
  w.key("wanted").begin_array();
  for (auto const& x : all)
    w.begin_object().member("entitlement", x.entitlement).member("quantity", x.quantity).end_object();
  w.end_array();
}

void put_home(json::Writer& w, Home const& h) {
  w.key("home").begin_object().member("url", h.url).member("ca_file", h.ca_file);
  w.member("allow_plain_http", h.allow_plain_http).member("product", h.product);
  w.member("token_sha256", h.token_sha256).member("installation", h.installation).member("device_id", h.device_id);
  w.member("smart_account_id", h.smart_account_id).member("smart_account_name", h.smart_account_name);
  w.member("virtual_account_id", h.virtual_account_id).member("virtual_account_name", h.virtual_account_name);
  w.end_object();
}

void put_pending(json::Writer& w, Pending const& p) {
  w.key("pending").begin_object().member("message", p.message).member("jws", p.jws).member("seq", p.seq);
  w.member("nonce", to_base64url(p.nonce)).member("sent_at", to_rfc3339(p.sent_at));
  put_wanted(w, p.wanted);
  w.member("next_key", to_base64(p.next_key)).end_object();
}

void put_policy(json::Writer& w, Policy const& p) {
  w.key("policy").begin_object();
  w.member("authorization_renew_s", p.authorization_renew_s)
      .member("authorization_period_s", p.authorization_period_s);
  w.member("identity_validity_s", p.identity_validity_s).member("identity_renew_s", p.identity_renew_s);
  w.member("out_of_compliance_renew_s", p.out_of_compliance_renew_s);
  w.member("report_interval_s", p.report_interval_s).member("evaluation_s", p.evaluation_s).end_object();
}

void put_usage(json::Writer& w, std::vector<OpenUsage> const& all) {
  w.key("usage").begin_array();
  for (auto const& u : all) {
    w.begin_object().member("entitlement", u.entitlement).member("started_at", to_rfc3339(u.started_at));
    w.key("measurements").begin_array();
    for (auto const& m : u.measurements)
      w.begin_object().member("at", to_rfc3339(m.at)).member("quantity", m.quantity).end_object();
    w.end_array().end_object();
  }
  w.end_array();
}

// --- reading; a file of our own is trusted to be small, but never to be well-formed ---

std::string text(json::Value const& object, std::string_view name) {
  return object.at(name).as_string();
}

Bytes bytes(json::Value const& v) {
  auto out = from_base64(v.as_string());
  if (!out) throw std::runtime_error("not base64");
  return *out;
}

std::vector<Bytes> bytes_list(json::Value const& v) {
  std::vector<Bytes> out;
  for (auto const& item : v.items()) out.push_back(bytes(item));
  return out;
}

std::vector<Wanted> read_wanted(json::Value const& object) {
  std::vector<Wanted> out;
  for (auto const& item : object.at("wanted").items())
    out.push_back({text(item, "entitlement"), item.at("quantity").as_int()});
  return out;
}

Home read_home(json::Value const& v) {
  Home h;
  h.url = text(v, "url");
  h.ca_file = text(v, "ca_file");
  h.allow_plain_http = v.at("allow_plain_http").as_bool();
  h.product = text(v, "product");
  h.token_sha256 = text(v, "token_sha256");
  h.installation = text(v, "installation");
  h.device_id = text(v, "device_id");
  h.smart_account_id = text(v, "smart_account_id");
  h.smart_account_name = text(v, "smart_account_name");
  h.virtual_account_id = text(v, "virtual_account_id");
  h.virtual_account_name = text(v, "virtual_account_name");
  return h;
}

Pending read_pending(json::Value const& v) {
  ObjectReader r(v, "/pending");
  Pending p;
  p.message = r.text("message", limits::code_bytes);
  p.jws = r.text("jws", max_text);
  p.seq = r.integer("seq", 1, INT64_MAX);
  auto const nonce = r.base64url("nonce", limits::nonce_bytes);
  std::copy(nonce.begin(), nonce.end(), p.nonce.begin());
  p.sent_at = r.instant("sent_at");
  p.wanted = read_wanted(v);
  p.next_key = bytes(v.at("next_key"));
  return p;
}

Policy read_policy(json::Value const& v) {
  Policy p;
  p.authorization_renew_s = v.at("authorization_renew_s").as_int();
  p.authorization_period_s = v.at("authorization_period_s").as_int();
  p.identity_validity_s = v.at("identity_validity_s").as_int();
  p.identity_renew_s = v.at("identity_renew_s").as_int();
  p.out_of_compliance_renew_s = v.at("out_of_compliance_renew_s").as_int();
  p.report_interval_s = v.at("report_interval_s").as_int();
  p.evaluation_s = v.at("evaluation_s").as_int();
  return p;
}

std::vector<OpenUsage> read_usage(json::Value const& v) {
  std::vector<OpenUsage> out;
  for (auto const& item : v.items()) {
    ObjectReader r(item, "/usage");
    OpenUsage u{r.text("entitlement", limits::code_bytes), r.instant("started_at"), {}};
    for (auto const& m : r.array("measurements", limits::measurements)) {
      ObjectReader x(m, "/usage/measurements");
      u.measurements.push_back({x.instant("at"), x.integer("quantity", 0, limits::quantity)});
    }
    out.push_back(std::move(u));
  }
  return out;
}

Registration read_registration(std::string const& word) {
  for (auto const& [value, name] : registrations) {
    if (word == name) return value;
  }
  throw std::runtime_error("unknown registration state");
}

}  // namespace

std::string encode_state(State const& s) {
  std::string out;
  json::Writer w(out);
  w.begin_object().member("format", format);
  w.member("registration", registrations[static_cast<size_t>(s.registration)].second);
  put_home(w, s.home);
  w.member("key", to_base64(s.key)).member("seq", s.seq).member("epoch", s.epoch);
  put_texts(w, "anchors", coded(s.anchors));
  put_texts(w, "certificate_chain", coded(s.certificate_chain));
  put_policy(w, s.policy);
  put_wanted(w, s.wanted);
  if (s.pending) put_pending(w, *s.pending);
  w.member("authorization", s.authorization).member("full_state_due", s.full_state_due);
  put_time(w, "identity_renew_at", s.identity_renew_at);
  put_time(w, "check_in_at", s.check_in_at);
  put_time(w, "report_at", s.report_at);
  put_usage(w, s.usage);
  put_texts(w, "reports", s.reports);
  w.member("last_report", to_base64url(s.last_report)).member("evaluation_used_s", s.evaluation_used_s);
  put_time(w, "evaluation_since", s.evaluation_since);
  w.member("failures", s.failures);
  put_time(w, "retry_at", s.retry_at);
  w.end_object();
  out += '\n';
  return out;
}

State decode_state(std::string_view text_in) {
  auto const v = json::parse(text_in, {.max_depth = 8, .max_bytes = size_t{16} << 20, .max_values = 1'000'000});
  if (v.at("format").as_int() > format) throw std::runtime_error("it was written by a newer agent");
  ObjectReader r(v);
  State s;
  s.registration = read_registration(text(v, "registration"));
  s.home = read_home(v.at("home"));
  s.key = bytes(v.at("key"));
  s.seq = r.integer("seq", 0, INT64_MAX - 1);
  s.epoch = r.integer("epoch", 0, INT64_MAX);
  s.anchors = bytes_list(v.at("anchors"));
  s.certificate_chain = bytes_list(v.at("certificate_chain"));
  s.policy = read_policy(v.at("policy"));
  s.wanted = read_wanted(v);
  if (auto const* p = v.find("pending")) s.pending = read_pending(*p);
  s.authorization = text(v, "authorization");
  s.full_state_due = r.boolean("full_state_due");
  s.identity_renew_at = r.optional_instant("identity_renew_at");
  s.check_in_at = r.optional_instant("check_in_at");
  s.report_at = r.optional_instant("report_at");
  s.usage = read_usage(v.at("usage"));
  for (auto const& item : v.at("reports").items()) s.reports.push_back(item.as_string());
  s.last_report = r.digest("last_report");
  s.evaluation_used_s = r.integer("evaluation_used_s", 0, INT64_MAX);
  s.evaluation_since = r.optional_instant("evaluation_since");
  s.failures = r.integer("failures", 0, 1'000'000);
  s.retry_at = r.optional_instant("retry_at");
  return s;
}

}  // namespace menkyo::agent
