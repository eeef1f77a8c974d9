#include <algorithm>

#include "protocol/error.hpp"
#include "protocol/json.hpp"
#include "protocol/x509.hpp"
#include "sdk/agent.hpp"
#include "sdk/exchange.hpp"
#include "sdk/machine.hpp"

namespace menkyo::agent {

using namespace protocol;
using std::chrono::seconds;

namespace {

menkyo_authorization_state authorization_of(Status const& st, Instant at) {
  auto const& s = st.state;
  if (s.registration != Registration::registered || st.identity_expired) {
    if (s.wanted.empty()) return MENKYO_NONE;
    return st.evaluation_used_s > s.policy.evaluation_s ? MENKYO_EVALUATION_EXPIRED : MENKYO_EVALUATION;
  }
  if (!st.answer) return MENKYO_NONE;
  if (st.answer->valid_until <= at) return s.wanted.empty() ? MENKYO_NONE : MENKYO_AUTHORIZATION_EXPIRED;
  switch (st.answer->authorization_state) {
    case AuthorizationState::none:
      return MENKYO_NONE;
    case AuthorizationState::authorized:
      return MENKYO_AUTHORIZED;
    case AuthorizationState::out_of_compliance:
      return MENKYO_OUT_OF_COMPLIANCE;
  }
  return MENKYO_NONE;
}

const char* word(menkyo_authorization_state state) {
  switch (state) {
    case MENKYO_NONE:
      return "none";
    case MENKYO_EVALUATION:
      return "evaluation";
    case MENKYO_EVALUATION_EXPIRED:
      return "evaluation_expired";
    case MENKYO_AUTHORIZED:
      return "authorized";
    case MENKYO_OUT_OF_COMPLIANCE:
      return "out_of_compliance";
    case MENKYO_AUTHORIZATION_EXPIRED:
      return "authorization_expired";
  }
  return "none";
}

const char* word(Registration r) {
  switch (r) {
    case Registration::none:
      return "not_registered";
    case Registration::in_progress:
      return "in_progress";
    case Registration::registered:
      return "registered";
    case Registration::lost:
      return "unknown_to_server";
  }
  return "not_registered";
}

EntitlementAnswer const* answer_for(Status const& st, std::string const& entitlement) {
  if (!st.answer) return nullptr;
  for (auto const& e : st.answer->entitlements) {
    if (e.entitlement == entitlement) return &e;
  }
  return nullptr;
}

void put_time(json::Writer& w, std::string_view name, std::optional<Instant> const& t) {
  w.key(name);
  t ? w.string(to_rfc3339(*t)) : w.null();
}

void put_text(json::Writer& w, std::string_view name, std::string const& text) {
  w.key(name);
  text.empty() ? w.null() : w.string(text);
}

void put_entitlement(json::Writer& w, Wanted const& wanted, EntitlementAnswer const* e) {
  w.begin_object().member("entitlement", wanted.entitlement).member("wanted", wanted.quantity);
  w.member("granted", e != nullptr ? e->granted : 0).member("missing", e != nullptr ? e->missing : 0);
  w.member("status", e != nullptr ? to_string(e->status) : "waiting");
  put_text(w, "name", e != nullptr ? e->name : "");
  put_text(w, "code", e != nullptr ? e->code.value_or("") : "");
  w.key("covered_by").begin_array();
  if (e != nullptr) {
    for (auto const& c : e->covered_by)
      w.begin_object().member("entitlement", c.entitlement).member("quantity", c.quantity).end_object();
  }
  w.end_array().end_object();
}

void put_places(json::Writer& w, State const& s) {
  w.key("server").begin_object();
  put_text(w, "url", s.home.url);
  put_text(w, "installation", s.home.installation);
  w.member("epoch", s.epoch).end_object();
  w.key("device").begin_object();
  put_text(w, "id", s.home.device_id);
  put_text(w, "product", s.home.product);
  w.end_object();
  w.key("smart_account").begin_object();
  put_text(w, "id", s.home.smart_account_id);
  put_text(w, "name", s.home.smart_account_name);
  w.end_object();
  w.key("virtual_account").begin_object();
  put_text(w, "id", s.home.virtual_account_id);
  put_text(w, "name", s.home.virtual_account_name);
  w.end_object();
}

}  // namespace

Status status(std::string const& file) {
  Status out;
  {
    StateLock const lock(file);
    out.state = load_state(file);
  }
  auto const at = now();
  auto const& s = out.state;
  out.answer = verified_authorization(s);
  if (!s.certificate_chain.empty()) {
    try {
      out.identity_expires_at = read_certificate(s.certificate_chain[0]).not_after;
      out.identity_expired = *out.identity_expires_at <= at;
    } catch (Error const&) {
      out.identity_expired = true;
    }
  }
  out.evaluation_used_s = s.evaluation_used_s;
  if (s.evaluation_since)
    out.evaluation_used_s += std::max<int64_t>(0, std::chrono::floor<seconds>(at - *s.evaluation_since).count());
  out.authorization = authorization_of(out, at);
  return out;
}

std::string status_json(Status const& st) {
  auto const& s = st.state;
  std::string out;
  json::Writer w(out);
  w.begin_object().member("registered", s.registration == Registration::registered);
  w.member("registration_state", word(s.registration)).member("authorization_state", word(st.authorization));
  w.member("verified", st.answer.has_value());
  put_places(w, s);
  w.key("entitlements").begin_array();
  for (auto const& wanted : s.wanted) put_entitlement(w, wanted, answer_for(st, wanted.entitlement));
  w.end_array();
  put_time(w, "last_answer_at", st.answer ? std::optional(st.answer->answered_at) : std::nullopt);
  put_time(w, "valid_until", st.answer ? std::optional(st.answer->valid_until) : std::nullopt);
  put_time(w, "check_in_at", s.check_in_at);
  w.key("identity").begin_object();
  put_time(w, "expires_at", st.identity_expires_at);
  put_time(w, "renew_at", s.identity_renew_at);
  w.member("expired", st.identity_expired).end_object();
  put_text(w, "unanswered_message", s.pending ? s.pending->message : "");
  w.member("full_state_due", s.full_state_due);
  w.member("unacknowledged_reports", static_cast<int64_t>(s.reports.size()));
  w.key("evaluation").begin_object().member("used_s", st.evaluation_used_s).member("total_s", s.policy.evaluation_s);
  w.end_object().member("failures", s.failures);
  put_time(w, "retry_at", s.retry_at);
  w.end_object();
  return out;
}

std::string status_text(Status const& st) {
  auto const& s = st.state;
  std::string out = std::string("Registration:  ") + word(s.registration) + "\n";
  auto const line = [&](const char* label, std::string const& value) {
    if (!value.empty()) out += label + value + "\n";
  };
  line("Server:        ", s.home.url);
  line("Device:        ", s.home.device_id);
  line("Account:       ", s.home.smart_account_name);
  line("Virtual acct.: ", s.home.virtual_account_name);
  line("Authorization: ", word(st.authorization));
  if (st.answer) line("Valid until:   ", to_rfc3339(st.answer->valid_until));
  if (s.check_in_at && s.registration == Registration::registered)
    line("Next check-in: ", to_rfc3339(*s.check_in_at));
  if (st.identity_expires_at)
    line("Identity:      ", (st.identity_expired ? "expired " : "until ") + to_rfc3339(*st.identity_expires_at));
  if (s.pending) line("Waiting:       ", "\"" + s.pending->message + "\" has not been answered yet");
  if (s.registration != Registration::registered && !s.wanted.empty())
    line("Evaluation:    ", std::to_string(st.evaluation_used_s / 86400) + " of " +
                                std::to_string(s.policy.evaluation_s / 86400) + " days used");
  for (auto const& wanted : s.wanted) {
    auto const* e = answer_for(st, wanted.entitlement);
    out += "  " + wanted.entitlement + ": wanted " + std::to_string(wanted.quantity);
    if (e != nullptr) {
      out += ", granted " + std::to_string(e->granted) + ", " + std::string(to_string(e->status));
      if (e->missing > 0) out += ", missing " + std::to_string(e->missing);
      if (e->code) out += " (" + *e->code + ")";
    } else {
      out += ", waiting for the server";
    }
    out += "\n";
  }
  return out;
}

}  // namespace menkyo::agent
