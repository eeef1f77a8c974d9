#include <algorithm>
#include <stdexcept>

#include "protocol/error.hpp"
#include "protocol/json.hpp"
#include "protocol/limits.hpp"
#include "protocol/token.hpp"
#include "sdk/agent.hpp"
#include "sdk/exchange.hpp"
#include "sdk/machine.hpp"
#include "sdk/pace.hpp"
#include "sdk/transport.hpp"

namespace menkyo::agent {

using namespace protocol;
using std::chrono::seconds;

namespace {

constexpr int max_rounds = 3;                    // a resync, the full state, and the message itself
constexpr size_t report_bytes = 150'000;         // of reports in one message: base64 and the envelope still fit
constexpr int64_t longest_pause_s = 86400;       // tick() is asked again at least daily
constexpr int64_t furthest_retry_s = 2 * 86400;  // no server and no failure asks for a longer wait

JwsHeader header(std::string_view type) {
  return {.typ = std::string(type)};
}

void need_registration(Session const& session) {
  switch (session.state.registration) {
    case Registration::registered:
      return;
    case Registration::lost:
      throw refusal("device_unknown", {}, session.state);
    case Registration::in_progress:
      throw Failure(MENKYO_NOT_REGISTERED, "registration_in_progress",
                    "The registration has been sent but not answered; try again, or register once more.");
    case Registration::none:
      throw Failure(MENKYO_NOT_REGISTERED, "not_registered",
                    "This device is not registered; register it with a token from the portal (menkyo-agent register "
                    "--server URL --token TOKEN --product CODE).");
  }
}

void store_authorize(Session& session) {
  auto& s = session.state;
  s.pending = Pending{.wanted = s.wanted};
  store_message(session, "authorize", header(typ::authorize), [&](MessageCommon const& common) {
    AuthorizeMessage m;
    static_cast<MessageCommon&>(m) = common;
    m.wanted = s.wanted;
    return encode(m);
  });
}

void store_reports(Session& session) {
  auto& s = session.state;
  store_message(session, "report", header(typ::report), [&](MessageCommon const& common) {
    ReportMessage m;
    static_cast<MessageCommon&>(m) = common;
    size_t size = 0;
    for (auto const& encoded : s.reports) {
      size += encoded.size();
      if (m.reports.size() == limits::reports || (!m.reports.empty() && size > report_bytes)) break;
      m.reports.emplace_back().encoded = encoded;
    }
    return encode(m);
  });
}

void store_renewal(Session& session, bool new_key) {
  auto& s = session.state;
  std::optional<Key> next;
  if (new_key) {
    next = Key::generate(Algorithm::es256);
    s.pending = Pending{.next_key = next->pkcs8_der()};
  }
  store_message(session, "renew_identity", header(typ::renew_identity), [&](MessageCommon const& common) {
    RenewIdentityMessage m;
    static_cast<MessageCommon&>(m) = common;
    if (next) {
      m.jwk = next;
      m.proof = sign_key_proof(*next, common.nonce, s.home.installation);
    }
    return encode(m);
  });
}

void store_deregister(Session& session, std::optional<std::string> const& reason) {
  store_message(session, "deregister", header(typ::deregister), [&](MessageCommon const& common) {
    DeregisterMessage m;
    static_cast<MessageCommon&>(m) = common;
    m.reason = reason;
    return encode(m);
  });
}

// Sends what an earlier call left behind. True when that was `kind`, with nothing changed since, and was answered.
bool finish_stored(Session& session, std::string_view kind) {
  auto& s = session.state;
  if (!s.pending) return false;
  bool const same = s.pending->message == kind && (kind != "authorize" || s.pending->wanted == s.wanted);
  try {
    return send_stored(session) == Outcome::answered && same;
  } catch (Failure const& failure) {
    // The old message was refused for good. That is no reason not to send a new one, if there still is a
    // registration.
    if (failure.result != MENKYO_REFUSED || s.registration != Registration::registered) throw;
    if (failure.code == "sequence_conflict") throw;
    return false;
  }
}

// Sends one message of a kind, after what is left behind and after the full state where a resync asks for that.
void exchange(Session& session, std::string_view kind, std::function<void()> const& store) {
  need_registration(session);
  if (finish_stored(session, kind)) return;
  for (int round = 0; round < max_rounds; ++round) {
    need_registration(session);
    if (session.state.full_state_due && kind != "authorize" && kind != "deregister") {
      store_authorize(session);
      if (send_stored(session) == Outcome::resync) continue;
    }
    store();
    if (send_stored(session) == Outcome::answered) return;
  }
  throw Failure(MENKYO_ANSWER_INVALID, "resync_repeated",
                "The server keeps asking for the full state; tell its operator that this device cannot synchronise.");
}

void exchange_authorize(Session& session) {
  exchange(session, "authorize", [&] { store_authorize(session); });
}

void check_text(std::string const& text, size_t max_bytes, const char* what) {
  if (text.empty() || text.size() > max_bytes || !json::is_text(text) ||
      std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
    throw Failure(MENKYO_USAGE, "invalid",
                  std::string("The ") + what + " must be 1 to " + std::to_string(max_bytes) + " bytes of text.");
}

void check_optional(std::optional<std::string> const& text, size_t max_bytes, const char* what) {
  if (text) check_text(*text, max_bytes, what);
}

// While unregistered, the time in which something is wanted counts as evaluation.
void count_evaluation(State& s) {
  bool const evaluating = s.registration != Registration::registered && !s.wanted.empty();
  if (evaluating && !s.evaluation_since) s.evaluation_since = std::chrono::floor<seconds>(now());
  if (!evaluating && s.evaluation_since) {
    s.evaluation_used_s += std::max<int64_t>(0, std::chrono::floor<seconds>(now() - *s.evaluation_since).count());
    s.evaluation_since.reset();
  }
}

// --- registration ---

void complete(RegisterOptions& o) {
  try {
    o.url = normal_url(o.url);
  } catch (std::invalid_argument const& e) {
    throw Failure(MENKYO_USAGE, "address_invalid", e.what());
  }
  check_text(o.product, limits::code_bytes, "product code");
  if (o.udi.product_id.empty()) o.udi.product_id = o.product;
  if (o.udi.serial_number.empty()) o.udi.serial_number = machine_serial_number();
  check_text(o.udi.product_id, limits::udi_bytes, "product id");
  check_text(o.udi.serial_number, limits::udi_bytes, "serial number");
  if (o.privacy.host_name) {
    o.host_name.reset();
  } else if (!o.host_name) {
    if (auto name = machine_host_name(); !name.empty()) o.host_name = std::move(name);
  }
  if (o.privacy.mac_address) o.udi.mac_address.reset();
  check_optional(o.host_name, limits::host_name_bytes, "host name");
  check_optional(o.software_version, limits::version_bytes, "software version");
  for (auto const* part : {&o.udi.version_id, &o.udi.uuid, &o.udi.host_identifier, &o.udi.mac_address})
    check_optional(*part, limits::udi_bytes, "device's identity");
}

TrustDocument fetch_trust(RegisterOptions const& o) {
  auto const answer = http({o.url + "/device/v1/trust", {}, o.ca_file, o.allow_plain_http});
  if (answer.reach != Reach::answered) throw no_answer(o.url, o.ca_file, answer);
  if (answer.status >= 500 || answer.status == 429)
    throw Failure(MENKYO_BUSY, "busy", "The server at " + o.url + " cannot answer just now; try again shortly.");
  try {
    if (answer.status == 200) return decode_trust(answer.body);
  } catch (Error const&) {
    // Falls through: whatever answered is no Menkyo server.
  }
  throw Failure(MENKYO_UNREACHABLE, "not_menkyo", "There is no Menkyo server at " + o.url + "; check the address.");
}

// A new state that trusts only the root that the token names.
State first_state(RegisterOptions const& o, RegistrationToken const& token, std::string token_hash,
                  State const& old) {
  auto const trust = fetch_trust(o);
  State s;
  for (auto const& root : trust.anchors) {
    if (equal_constant_time(sha256(root), token.root_sha256)) s.anchors = {root};
  }
  if (s.anchors.empty())
    throw Failure(MENKYO_UNTRUSTED, "root_mismatch",
                  "The server at " + o.url +
                      " is not the one that made this token; check the address, or get a token "
                      "from that server.");
  s.registration = Registration::in_progress;
  s.home.url = o.url;
  s.home.ca_file = o.ca_file;
  s.home.allow_plain_http = o.allow_plain_http;
  s.home.product = o.product;
  s.home.token_sha256 = std::move(token_hash);
  s.home.installation = trust.installation;
  s.wanted = old.wanted;
  s.evaluation_used_s = old.evaluation_used_s;
  s.evaluation_since = old.evaluation_since;
  s.key = Key::generate(Algorithm::es256).pkcs8_der();
  return s;
}

void store_register(Session& session, RegisterOptions const& o) {
  store_message(session, "register", header(typ::register_device), [&](MessageCommon const& common) {
    RegisterMessage m;
    static_cast<MessageCommon&>(m) = common;
    m.token = o.token;
    m.product = o.product;
    m.udi = o.udi;
    m.host_name = o.host_name;
    m.software_version = o.software_version;
    m.agent_version = MENKYO_VERSION;
    m.privacy = o.privacy;
    return encode(m);
  });
}

// Sends again what an earlier call left, when it was the same registration. False when a new message is needed.
bool resend_registration(Session& session, RegisterOptions const& o, std::string const& token_hash) {
  auto& s = session.state;
  if (s.registration != Registration::in_progress || !s.pending || s.home.url != o.url ||
      s.home.product != o.product || s.home.token_sha256 != token_hash)
    return false;
  s.home.ca_file = o.ca_file;
  s.home.allow_plain_http = o.allow_plain_http;
  try {
    send_stored(session);
    return true;
  } catch (Failure const& failure) {
    // The message grew old while the server was away; the clock itself may be right.
    if (failure.code == "clock_skewed") return false;
    throw;
  }
}

}  // namespace

void register_device(std::string const& file, RegisterOptions o) {
  complete(o);
  RegistrationToken token;
  try {
    token = parse_token(o.token);
  } catch (Error const&) {
    throw refusal("token_malformed", {}, {});
  }
  o.token = format_token(token);
  StateLock const lock(file);
  Session session{file, load_state(file)};
  auto& s = session.state;
  if (s.registration == Registration::registered && !o.force)
    throw Failure(MENKYO_ALREADY_REGISTERED, "already_registered",
                  "This device is registered already, at " + s.home.url +
                      "; deregister it first, or give --force to begin anew.");
  auto const token_hash = to_base64url(sha256(o.token));
  if (o.force || !resend_registration(session, o, token_hash)) {
    s = first_state(o, token, token_hash, s);
    store_register(session, o);
    send_stored(session);
  }
  if (!s.full_state_due) return;
  try {
    exchange_authorize(session);
  } catch (Failure const&) {
    // The registration itself is complete; tick() asks for the entitlements again.
  }
}

void request(std::string const& file, std::string const& entitlement, int64_t quantity) {
  check_text(entitlement, limits::code_bytes, "entitlement");
  if (quantity < 1 || quantity > limits::quantity)
    throw Failure(MENKYO_USAGE, "invalid", "The quantity must be from 1 to 1000000000.");
  StateLock const lock(file);
  Session session{file, load_state(file)};
  auto& s = session.state;
  auto const found =
      std::find_if(s.wanted.begin(), s.wanted.end(), [&](Wanted const& w) { return w.entitlement == entitlement; });
  if (found != s.wanted.end()) {
    found->quantity = quantity;
  } else {
    if (s.wanted.size() == limits::wanted)
      throw Failure(MENKYO_USAGE, "invalid", "A device wants at most 1000 entitlements; release one first.");
    s.wanted.push_back({entitlement, quantity});
  }
  s.full_state_due = true;
  if (s.registration == Registration::registered) record_usage(s, entitlement, quantity, now());
  count_evaluation(s);
  save_state(file, s);
  exchange_authorize(session);
  auto const answer = verified_authorization(s);
  if (!answer) return;
  for (auto const& e : answer->entitlements) {
    if (e.entitlement == entitlement && e.status == EntitlementStatus::refused) throw entitlement_refusal(e);
  }
}

void release(std::string const& file, std::optional<std::string> const& entitlement) {
  StateLock const lock(file);
  Session session{file, load_state(file)};
  auto& s = session.state;
  auto const goes = [&](Wanted const& w) { return !entitlement || w.entitlement == *entitlement; };
  if (entitlement && std::none_of(s.wanted.begin(), s.wanted.end(), goes))
    throw Failure(
        MENKYO_USAGE, "not_wanted",
        "The device does not ask for \"" + *entitlement + "\"; menkyo-agent status lists what it asks for.");
  for (auto const& w : s.wanted) {
    if (goes(w)) record_usage(s, w.entitlement, 0, now());
  }
  std::erase_if(s.wanted, goes);
  s.full_state_due = true;
  count_evaluation(s);
  save_state(file, s);
  // Before registration there is nobody to tell.
  if (s.registration != Registration::none) exchange_authorize(session);
}

void authorize(std::string const& file) {
  StateLock const lock(file);
  Session session{file, load_state(file)};
  exchange_authorize(session);
}

namespace {

void send_reports(Session& session) {
  need_registration(session);
  close_reports(session.state, now());
  save_state(session.file, session.state);
  if (session.state.pending) finish_stored(session, "report");
  while (!session.state.reports.empty()) {
    auto const before = session.state.reports.size();
    exchange(session, "report", [&] { store_reports(session); });
    if (session.state.reports.size() == before)
      throw Failure(MENKYO_ANSWER_INVALID, "not_acknowledged",
                    "The server did not acknowledge the usage reports; they are kept. Tell its operator.");
  }
}

}  // namespace

void report(std::string const& file) {
  StateLock const lock(file);
  Session session{file, load_state(file)};
  send_reports(session);
}

void renew(std::string const& file, bool new_key) {
  StateLock const lock(file);
  Session session{file, load_state(file)};
  exchange(session, "renew_identity", [&] { store_renewal(session, new_key); });
}

void deregister(std::string const& file, std::optional<std::string> const& reason) {
  check_optional(reason, limits::detail_bytes, "reason");
  StateLock const lock(file);
  Session session{file, load_state(file)};
  try {
    exchange(session, "deregister", [&] { store_deregister(session, reason); });
  } catch (Failure const& failure) {
    // Gone there already: then it is gone here too.
    if (failure.code != "device_unknown") throw;
    save_state(file, State{});
  }
}

namespace {

int64_t until(std::optional<Instant> const& t, Instant at) {
  if (!t) return longest_pause_s;
  return std::clamp<int64_t>(std::chrono::ceil<seconds>(*t - at).count(), 1, longest_pause_s);
}

void do_what_is_due(Session& session) {
  auto& s = session.state;
  if (s.pending) {
    auto const kind = s.pending->message;
    finish_stored(session, kind);
    if (s.registration != Registration::registered) return;
  }
  if (s.full_state_due || is_due(s.check_in_at, s.policy.authorization_period_s, now())) exchange_authorize(session);
  if (is_due(s.identity_renew_at, s.policy.identity_validity_s, now()))
    exchange(session, "renew_identity", [&] { store_renewal(session, false); });
  if (s.policy.report_interval_s > 0 && is_due(s.report_at, s.policy.report_interval_s, now())) {
    send_reports(session);
    // Nothing to report is also a report made.
    plan_report(s);
    save_state(session.file, s);
  }
}

}  // namespace

int64_t tick(std::string const& file) {
  StateLock const lock(file);
  Session session{file, load_state(file)};
  auto& s = session.state;
  if (s.retry_at && !is_due(s.retry_at, furthest_retry_s, now())) return until(s.retry_at, now());
  if (s.registration == Registration::none || s.registration == Registration::lost) return longest_pause_s;
  do_what_is_due(session);
  if (s.registration != Registration::registered) return longest_pause_s;
  auto next = std::min(until(s.check_in_at, now()), until(s.identity_renew_at, now()));
  if (s.policy.report_interval_s > 0) next = std::min(next, until(s.report_at, now()));
  return next;
}

}  // namespace menkyo::agent
