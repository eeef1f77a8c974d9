#include "sdk/exchange.hpp"

#include <algorithm>

#include "protocol/error.hpp"
#include "protocol/limits.hpp"
#include "protocol/token.hpp"
#include "protocol/x509.hpp"
#include "sdk/machine.hpp"
#include "sdk/pace.hpp"
#include "sdk/transport.hpp"

namespace menkyo::agent {

using namespace protocol;
using std::chrono::seconds;

namespace {

[[noreturn]] void bad_answer(std::string const& why) {
  throw Failure(MENKYO_ANSWER_INVALID, "answer_invalid",
                "The answer is not one of the server that this device belongs to (" + why +
                    "); the message is kept and will be sent again. If this stays so, check the server's address and "
                    "this device's clock.");
}

// What somebody waits for is tried again soon; what comes round anyway has time.
Need need_of(State const& s) {
  bool const comes_round = s.registration == Registration::registered && !s.full_state_due && s.pending &&
                           s.pending->message != "deregister";
  return comes_round ? Need::routine : Need::awaited;
}

void note_failure(Session& session, std::optional<int64_t> retry_after_s) {
  auto& s = session.state;
  auto const wait = wait_s(s.policy, need_of(s), s.failures, retry_after_s, random_below);
  s.failures = std::min<int64_t>(s.failures + 1, 1000);
  s.retry_at = now() + seconds(wait);
  save_state(session.file, s);
}

std::string_view answer_type(std::string_view message) {
  if (message == "register") return typ::register_answer;
  if (message == "authorize") return typ::authorize_answer;
  if (message == "report") return typ::report_answer;
  if (message == "renew_identity") return typ::renew_identity_answer;
  return typ::deregister_answer;
}

// Devices' clocks may be wrong by less than an hour, and a signer's certificate may be a minute old.
Certificate signer_of(std::vector<Bytes> const& x5c, std::vector<Bytes> const& anchors, Instant at) {
  constexpr auto tolerance = seconds(limits::clock_skew_s);
  auto const between = std::span(x5c).subspan(1);
  for (auto const time : {at, at + tolerance}) {
    try {
      return verify_chain(x5c[0], between, anchors, time, Role::signer);
    } catch (Error const& e) {
      if (e.code != codes::certificate_expired) throw;
    }
  }
  return verify_chain(x5c[0], between, anchors, at - tolerance, Role::signer);
}

// The signature and the signer's chain.
ParsedJws verified(std::string_view text, std::vector<Bytes> const& anchors, Instant at) {
  auto jws = parse_compact(text);
  if (jws.header.x5c.empty()) throw Error(codes::certificate_untrusted, "the answer carries no certificate");
  auto const& x5c = jws.header.x5c;
  auto const signer = signer_of(x5c, anchors, at);
  verify(jws, signer.public_key, {.typ = jws.header.typ, .aud = {}, .may_share = true});
  return jws;
}

void check_echo(Session const& session, AnswerCommon const& a) {
  auto const& p = *session.state.pending;
  if (a.message != p.message || a.seq != p.seq || a.nonce != p.nonce) bad_answer("it answers another message");
  if (a.installation != session.state.home.installation) bad_answer("it comes from another installation");
}

void apply_common(State& s, AnswerCommon const& a) {
  if (!a.anchors.empty()) {
    for (auto const& der : a.anchors) {
      if (read_certificate(der).role != Role::root) bad_answer("an anchor is not a root certificate");
    }
    s.anchors = a.anchors;
  }
  if (s.epoch != 0 && a.epoch != s.epoch) s.full_state_due = true;
  s.epoch = a.epoch;
  s.failures = 0;
  s.retry_at.reset();
}

// `at` is the server's time: a new certificate begins with it, wherever this device's clock stands.
void apply_identity(State& s, std::vector<Bytes> const& chain, Bytes const& key, Instant at) {
  if (chain.empty()) bad_answer("it holds no certificate");
  auto const certificate = verify_chain(chain[0], std::span(chain).subspan(1), s.anchors, at, Role::device);
  if (certificate.public_key.thumbprint() != Key::from_pkcs8_der(key).thumbprint())
    bad_answer("the certificate is for another key");
  s.certificate_chain = chain;
  s.key = key;
  auto const turn =
      window_after(s.home.device_id, Errand::renew_identity, s.policy.identity_renew_s, certificate.not_before);
  s.identity_renew_at = on_own_clock(turn.from, at, now());
}

void apply_register(State& s, RegisterAnswer const& a) {
  apply_common(s, a);
  s.policy = a.policy;
  s.home.device_id = a.device_id;
  apply_identity(s, a.certificate_chain, s.key, a.answered_at);
  s.home.smart_account_id = a.smart_account_id;
  s.home.smart_account_name = a.smart_account_name;
  s.home.virtual_account_id = a.virtual_account_id;
  s.home.virtual_account_name = a.virtual_account_name;
  s.registration = Registration::registered;
  s.last_report = first_report_hash(a.device_id);
  s.check_in_at = moment_in(window_after(s.home.device_id, Errand::check_in, a.policy.authorization_renew_s, now()),
                            random_below);
  plan_report(s);
  s.full_state_due = !s.wanted.empty();
  if (s.evaluation_since) {
    s.evaluation_used_s += std::max<int64_t>(0, std::chrono::floor<seconds>(now() - *s.evaluation_since).count());
    s.evaluation_since.reset();
  }
}

void apply_authorize(State& s, AuthorizeAnswer const& a, std::string const& text) {
  apply_common(s, a);
  s.policy = a.policy;
  s.authorization = text;
  // What was asked for may have changed while the message was on its way.
  s.full_state_due = s.pending->wanted != s.wanted;
  s.identity_renew_at = on_own_clock(a.identity_renew_at, a.answered_at, now());
  s.check_in_at = on_own_clock(moment_in({a.renew_after_from, a.renew_after_to}, random_below), a.answered_at, now());
  for (auto const& e : a.entitlements)
    record_usage(s, e.entitlement, e.status == EntitlementStatus::refused ? e.granted : e.wanted, now());
}

void apply_report(State& s, ReportAnswer const& a) {
  apply_common(s, a);
  for (size_t i = 0; i < s.reports.size(); ++i) {
    if (report_hash(s.reports[i]) != a.acknowledged_through) continue;
    s.reports.erase(s.reports.begin(), s.reports.begin() + static_cast<long>(i) + 1);
    break;
  }
  plan_report(s);
}

void apply_renewal(State& s, RenewIdentityAnswer const& a) {
  apply_common(s, a);
  apply_identity(s, a.certificate_chain, s.pending->next_key.empty() ? s.key : s.pending->next_key, a.answered_at);
}

// What stays with a machine that belongs to nobody.
void forget_registration(State& s) {
  State fresh;
  fresh.wanted = std::move(s.wanted);
  fresh.evaluation_used_s = s.evaluation_used_s;
  fresh.evaluation_since = s.evaluation_since;
  s = std::move(fresh);
}

// Works on a copy, so that an answer which turns out bad changes nothing.
Outcome apply(Session& session, ParsedJws const& jws, std::string const& text) {
  State s = session.state;
  auto const& message = s.pending->message;
  auto outcome = Outcome::answered;
  if (jws.header.typ == typ::resync_answer && message != "register") {
    auto const a = decode_resync_answer(jws.payload);
    check_echo(session, a);
    apply_common(s, a);
    s.seq = std::max(s.seq, a.last_seq);
    s.full_state_due = true;
    outcome = Outcome::resync;
  } else if (jws.header.typ != answer_type(message)) {
    bad_answer("it is of another kind");
  } else if (message == "register") {
    auto const a = decode_register_answer(jws.payload);
    check_echo(session, a);
    apply_register(s, a);
  } else if (message == "authorize") {
    auto const a = decode_authorize_answer(jws.payload);
    check_echo(session, a);
    apply_authorize(s, a, text);
  } else if (message == "report") {
    auto const a = decode_report_answer(jws.payload);
    check_echo(session, a);
    apply_report(s, a);
  } else if (message == "renew_identity") {
    auto const a = decode_renew_identity_answer(jws.payload);
    check_echo(session, a);
    apply_renewal(s, a);
  } else {
    check_echo(session, decode_deregister_answer(jws.payload));
    s.wanted.clear();
    forget_registration(s);
  }
  s.pending.reset();
  save_state(session.file, s);
  session.state = std::move(s);
  return outcome;
}

// A refusal is final for this message. What else it ends depends on its code.
[[noreturn]] void refuse(Session& session, HttpAnswer const& answer) {
  ProblemDocument problem;
  try {
    problem = decode_problem(answer.body);
  } catch (Error const&) {
    problem = {};
  }
  auto& s = session.state;
  if (problem.code.empty()) {
    // A proxy or another program answered: that says nothing about the message.
    note_failure(session, {});
    throw Failure(MENKYO_UNREACHABLE, "unreachable",
                  "Something at " + s.home.url + " answered with status " + std::to_string(answer.status) +
                      ", but not as a Menkyo server does; check the address and the proxy in between.");
  }
  auto const failure = refusal(problem.code, problem.detail.empty() ? problem.title : problem.detail, s);
  bool const registering = s.pending->message == "register";
  bool const leaving = s.pending->message == "deregister";
  s.pending.reset();
  s.failures = 0;
  s.retry_at.reset();
  // The number is taken; the next one is free. Should this be a state file brought back from a backup rather than a
  // clone, the server must hear what this device has.
  if (problem.code == "sequence_conflict") s.full_state_due = true;
  if (registering) forget_registration(s);
  if (problem.code == "device_unknown" && !registering) {
    s.registration = Registration::lost;
    if (leaving) {
      s.wanted.clear();
      forget_registration(s);
    }
  }
  save_state(session.file, s);
  throw failure;
}

}  // namespace

void store_message(Session& session, std::string_view message, JwsHeader header,
                   std::function<std::string(MessageCommon const&)> const& payload) {
  auto& s = session.state;
  MessageCommon common;
  common.seq = s.seq + 1;
  fill_random(common.nonce);
  common.sent_at = std::chrono::floor<seconds>(now());
  common.epoch = s.epoch;
  header.aud = s.home.installation;
  header.takes_tree = true;
  auto const key = Key::from_pkcs8_der(s.key);
  header.jwk = key;
  if (header.typ != typ::register_device) header.kid = format_kid({s.home.smart_account_id, s.home.device_id});
  if (!s.pending) s.pending.emplace();
  auto& p = *s.pending;
  p.message = message;
  p.jws = sign_compact(header, payload(common), key);
  p.seq = common.seq;
  p.nonce = common.nonce;
  p.sent_at = common.sent_at;
  s.seq = common.seq;
  save_state(session.file, s);
}

Outcome send_stored(Session& session) {
  auto const& s = session.state;
  auto const answer =
      http({s.home.url + "/device/v1/messages", s.pending->jws, s.home.ca_file, s.home.allow_plain_http});
  if (after_step) after_step("answered");
  if (answer.reach != Reach::answered) {
    auto const failure = no_answer(s.home.url, s.home.ca_file, answer);
    note_failure(session, {});
    throw failure;
  }
  if (answer.status >= 500 || answer.status == 429 || answer.status == 408) {
    note_failure(session, answer.retry_after_s);
    throw Failure(MENKYO_BUSY, "busy",
                  "The server at " + s.home.url + " cannot answer just now (status " + std::to_string(answer.status) +
                      "); the message is kept and will be sent again.");
  }
  if (answer.status != 200) refuse(session, answer);
  try {
    if (answer.content_type != "application/jose") bad_answer("its content type is not application/jose");
    return apply(session, verified(answer.body, s.anchors, now()), answer.body);
  } catch (Error const& e) {
    note_failure(session, {});
    bad_answer(e.detail);
  } catch (Failure const&) {
    note_failure(session, {});
    throw;
  }
}

std::optional<AuthorizeAnswer> verified_authorization(State const& s) {
  if (s.authorization.empty()) return {};
  try {
    // The signer's certificate had to be valid when the answer was given, not today.
    auto const at = decode_authorize_answer(parse_compact(s.authorization).payload).answered_at;
    auto const jws = verified(s.authorization, s.anchors, at);
    if (jws.header.typ != typ::authorize_answer) return {};
    return decode_authorize_answer(jws.payload);
  } catch (Error const&) {
    return {};
  }
}

void plan_report(State& s) {
  auto const interval = std::max<int64_t>(1, s.policy.report_interval_s);
  s.report_at = moment_in(window_after(s.home.device_id, Errand::report, interval, now()), random_below);
}

void record_usage(State& s, std::string const& entitlement, int64_t quantity, Instant at) {
  at = std::chrono::floor<seconds>(at);
  auto const found =
      std::find_if(s.usage.begin(), s.usage.end(), [&](OpenUsage const& u) { return u.entitlement == entitlement; });
  if (found == s.usage.end()) {
    if (quantity > 0) s.usage.push_back({entitlement, at, {{at, quantity}}});
    return;
  }
  auto& last = found->measurements.back();
  if (last.quantity == quantity) return;
  at = std::max(at, last.at);  // the clock may have been set back
  if (found->measurements.size() == limits::measurements) close_reports(s, at);
  auto const again =
      std::find_if(s.usage.begin(), s.usage.end(), [&](OpenUsage const& u) { return u.entitlement == entitlement; });
  if (again == s.usage.end()) {
    s.usage.push_back({entitlement, at, {{at, quantity}}});
  } else {
    again->measurements.push_back({at, quantity});
  }
}

void close_reports(State& s, Instant at) {
  at = std::chrono::floor<seconds>(at);
  std::vector<OpenUsage> open;
  for (auto& u : s.usage) {
    auto const last = u.measurements.back();
    auto const end = std::max(at, last.at);
    if (end == u.started_at && last.quantity > 0) {
      open.push_back(std::move(u));  // nothing has passed yet
      continue;
    }
    std::array<uint8_t, 16> id;
    fill_random(id);
    UsageReport const closed{to_base64url(id), s.last_report, u.entitlement,
                             u.started_at,     end,           std::move(u.measurements)};
    s.reports.push_back(encode_report(closed));
    s.last_report = report_hash(s.reports.back());
    if (last.quantity > 0) open.push_back({closed.entitlement, end, {{end, last.quantity}}});
  }
  s.usage = std::move(open);
}

}  // namespace menkyo::agent
