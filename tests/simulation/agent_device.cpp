#include "tests/simulation/agent_device.hpp"

#include <filesystem>

#include "sdk/machine.hpp"

namespace menkyo::simulation {

using agent::Registration;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

// Thrown through the agent: nothing of the process is left but its files.
struct ProcessEnded {};

std::array<char const*, 9> const codes{"PRM", "ADV", "ESS", "HI", "LO", "ENF", "EXP", "OTHER", "NONE"};

agent::HttpAnswer as_http(api::Response const& response) {
  agent::HttpAnswer out;
  out.reach = agent::Reach::answered;
  out.status = response.status;
  for (auto const& [name, value] : response.headers)
    if (name == "content-type") out.content_type = value;
  out.body = response.body;
  return out;
}

// Nothing more comes of the message, but the agent goes on.
bool is_final(std::string const& code) {
  return code == "message_invalid" || code == "identity_expired" || code == "clock_skewed";
}

Quantities as_quantities(std::vector<protocol::Wanted> const& wanted) {
  Quantities out;
  for (auto const& w : wanted) out[w.entitlement] = w.quantity;
  return out;
}

}  // namespace

// The machine runs: the agent asks it for time, chance and the network.
class AgentDevice::Running {
 public:
  explicit Running(AgentDevice& device) {
    agent::clock_for_tests = [&device] { return device.scene_.now() + device.ahead_; };
    agent::chance_for_tests = [&device](std::span<uint8_t> out) { device.random_.fill(out); };
    agent::network_for_tests = [&device](agent::HttpRequest const& request) { return device.network(request); };
    agent::after_step = [&device](char const* name) { device.step(name); };
  }
  ~Running() {
    agent::clock_for_tests = nullptr;
    agent::chance_for_tests = nullptr;
    agent::network_for_tests = nullptr;
    agent::after_step = nullptr;
  }
  Running(Running const&) = delete;
  Running& operator=(Running const&) = delete;
};

AgentDevice::AgentDevice(Scene const& scene, std::string const& folder, std::string const& serial_number,
                         Config const& config)
    : scene_(scene),
      config_(config),
      file_(folder + "/" + serial_number + ".json"),
      copy_(file_ + ".copy"),
      signer_(protocol::read_certificate(scene.world.authority->signer_certificate())),
      random_(FixedSeeds(scene.chance(UINT64_MAX)).next()) {
  options_.url = "https://license.example.com";
  options_.product = "KZ-1";
  options_.udi.serial_number = serial_number;
  options_.host_name = "router-" + serial_number;
}

void AgentDevice::meddle(Moment moment) const {
  if (!config_.meddle_with_agent) return;
  auto s = state();
  if (config_.meddle_with_agent(s, moment)) agent::save_state(file_, s);
}

void AgentDevice::act() {
  if (!late_.empty() && scene_.one_in(2)) deliver_late();
  if (scene_.one_in(10)) set_clock();
  bool const begun = std::filesystem::exists(file_);
  if (scene_.one_in(20) && begun) keep_copy();
  if (scene_.one_in(10) && copied_) roll_back();
  if (scene_.one_in(40) && begun) lose_file();
  // A machine that begins again goes on where it was.
  for (uint64_t calls = 1 + scene_.chance(2); calls > 0; --calls) use();
}

// ---- What happens to the machine ----------------------------------------------------------------------------------

void AgentDevice::set_clock() {
  auto const sign = scene_.one_in(2) ? 1 : -1;
  if (scene_.one_in(2)) {
    ahead_ = {};
    scene_.note("agent: clock put right");
  } else if (scene_.one_in(2)) {
    ahead_ = sign * minutes(1 + int64_t(scene_.chance(55)));
    scene_.note("agent: clock a little off");
  } else {
    ahead_ = sign * hours(2 + int64_t(scene_.chance(24 * 30)));
    scene_.note("agent: clock wrong");
  }
}

void AgentDevice::keep_copy() {
  std::filesystem::copy_file(file_, copy_, std::filesystem::copy_options::overwrite_existing);
  copied_ = memory_;
  scene_.note("agent: copy");
}

void AgentDevice::roll_back() {
  std::filesystem::copy_file(copy_, file_, std::filesystem::copy_options::overwrite_existing);
  memory_ = *copied_;
  rolled_back_ = true;
  broken_ = false;
  scene_.note("agent: rolled back");
}

void AgentDevice::lose_file() {
  std::filesystem::remove(file_);
  memory_ = {};
  broken_ = false;
  scene_.note("agent: file lost");
}

void AgentDevice::deliver_late() {
  for (auto const& m : std::exchange(late_, {})) {
    auto const passed = pass(scene_, m);
    scene_.note("agent: late message " + passed.verdict);
  }
}

// ---- What the program around the agent asks of it -----------------------------------------------------------------

std::string AgentDevice::use() {
  auto const registration = state().registration;
  bool const usual = !scene_.one_in(5);
  if (usual && registration != Registration::registered) return register_device(false);
  if (usual && broken_) return register_device(true);
  switch (scene_.chance(16)) {
    case 0:
    case 1:
      return release();
    case 2:
      return call({"authorize", memory_.wishes, {}, [this] { agent::authorize(file_); }});
    case 3:
    case 4:
      return call({"report", memory_.wishes, {}, [this] { agent::report(file_); }});
    case 5: {
      bool const new_key = scene_.one_in(3);
      return call({"renew", memory_.wishes, {}, [this, new_key] { agent::renew(file_, new_key); }});
    }
    case 6:
    case 7:
    case 8:
      return call({"tick", memory_.wishes, {}, [this] {
                     auto const wait_s = agent::tick(file_);
                     expect(wait_s >= 1 && wait_s <= 86400, true, "an agent waits for " + std::to_string(wait_s));
                   }});
    case 9:
      if (!scene_.one_in(3)) return register_device(false);
      return call({"deregister", memory_.wishes, {}, [this] { agent::deregister(file_, {}); }});
    default:
      return request();
  }
}

std::string AgentDevice::register_device(bool anew) {
  auto const registration = state().registration;
  // What has begun with a token goes on with it.
  bool const goes_on = registration == Registration::in_progress && !scene_.one_in(4);
  if (!goes_on || options_.token.empty())
    options_.token = whole_ ? scene_.model.tokens.front().text : scene_.any_token().text;
  options_.force = anew;
  bool const refused = registration == Registration::registered && !anew;
  return call({refused ? "register twice"
               : anew  ? "register anew"
                       : "register",
               memory_.wishes,
               {},
               [this] { agent::register_device(file_, options_); }});
}

std::string AgentDevice::request() {
  std::string const code = codes[scene_.chance(scene_.one_in(5) ? 9 : 7)];
  auto const quantity = int64_t(1 + scene_.chance(4));
  auto wishes = memory_.wishes;
  wishes[code] = quantity;
  return call({"request", wishes, code, [=, this] { agent::request(file_, code, quantity); }});
}

std::string AgentDevice::release() {
  std::optional<std::string> code = codes[scene_.chance(codes.size())];
  auto const& wanted = memory_.wishes;
  if (!wanted.empty() && !scene_.one_in(6)) {
    auto chosen = wanted.begin();
    std::advance(chosen, scene_.chance(wanted.size()));
    code = chosen->first;
  }
  if (scene_.one_in(6)) code.reset();
  bool const refused = code && !wanted.contains(*code);
  auto wishes = wanted;
  code ? (void)wishes.erase(*code) : wishes.clear();
  return call(
      {refused ? "release what is not wanted" : "release", wishes, {}, [=, this] { agent::release(file_, code); }});
}

std::string AgentDevice::call(Call const& call) {
  scene_.note("agent: " + call.name);
  meddle(Moment::before_call);
  auto const before = state();
  sent_ = 0;
  told_ = 0;
  outcome_.clear();
  refused_.clear();
  registers_ = leaves_ = unstored_ = false;
  if (!whole_ && scene_.one_in(4)) steps_left_ = 1 + scene_.chance(20);
  bool ended = false;
  std::string code;
  try {
    Running const running(*this);
    call.operation();
  } catch (agent::Failure const& failure) {
    code = failure.code;
  } catch (ProcessEnded const&) {
    ended = true;
  }
  steps_left_.reset();
  meddle(Moment::after_call);
  auto const after = state();
  if (!ended) {
    auto const expected = expected_code(call, before, after);
    expect(code, expected,
           "an agent's call to " + call.name + " came to \"" + code + "\", not to \"" + expected + "\"");
  }
  check_file(call, after, ended);
  if (!code.empty()) scene_.note("agent: " + code);
  broken_ = code == "message_invalid" || code == "identity_expired" || (broken_ && !registers_);
  return code;
}

// ---- What a call must come to -------------------------------------------------------------------------------------

std::string AgentDevice::expected_code(Call const& call, agent::State const& before,
                                       agent::State const& after) const {
  // What is registered asks for its entitlements at once; if that fails, it is made up for later.
  if (registers_ && call.name.starts_with("register")) return "";
  if (outcome_.empty()) return code_if_silent(call, before.registration, after.registration);
  // Gone there is gone here.
  if (call.name == "deregister" && outcome_ == "device_unknown") return "";
  // Only what an earlier call had left was refused, and there was nothing else to say.
  bool const may_be_content = call.name == "tick" || call.name == "report";
  if (may_be_content && sent_ == 1 && before.pending && before.registration == Registration::registered &&
      is_final(outcome_))
    return "";
  return outcome_;
}

// When the last message was answered, or there was none.
std::string AgentDevice::code_if_silent(Call const& call, Registration before, Registration after) const {
  if (call.name == "register twice") return "already_registered";
  if (call.name == "release what is not wanted") return "not_wanted";
  if (call.name == "tick") return "";
  switch (before) {
    case Registration::none:
      return call.name == "release" ? "" : "not_registered";
    case Registration::in_progress:
      return "registration_in_progress";
    case Registration::lost:
      return call.name == "deregister" ? "" : "device_unknown";
    case Registration::registered:
      break;
  }
  // An earlier farewell was answered now.
  if (after == Registration::none) return call.name == "report" || call.name == "deregister" ? "" : "not_registered";
  auto const refused = refused_.find(call.entitlement);
  return refused == refused_.end() ? "" : refused->second;
}

void AgentDevice::check_file(Call const& call, agent::State const& s, bool ended) {
  auto const wanted = as_quantities(s.wanted);
  bool const may_want_nothing = leaves_ || call.name == "deregister";
  if (wanted != call.wishes && !(ended && wanted == memory_.wishes) && !(may_want_nothing && wanted.empty()))
    throw Unexpected("an agent wants something else than it was asked for");
  memory_.wishes = wanted;
  forget_former(s);
  if (!memory_.numbers.empty() && s.seq < memory_.numbers.rbegin()->first)
    throw Unexpected("an agent forgot a number that it has used");
  // What two runs of one seed have in common, beside what they did.
  scene_.diary.trace += std::to_string(int(s.registration)) + " " + std::to_string(s.seq) + " " +
                        std::to_string(s.epoch) + " " + std::to_string(s.failures) + " " +
                        std::to_string(s.check_in_at ? to_us(*s.check_in_at) : 0) + " " +
                        protocol::to_base64url(s.last_report) + "\n";
}

// ---- The network and the process, as the agent meets them ---------------------------------------------------------

agent::HttpAnswer AgentDevice::nothing() {
  outcome_ = "unreachable";
  agent::HttpAnswer out;
  out.detail = "the network lost it";
  return out;
}

agent::HttpAnswer AgentDevice::network(agent::HttpRequest const& request) {
  if (request.body) return travel(read_message(*request.body));
  if (!whole_ && scene_.one_in(10)) return nothing();
  return as_http(scene_.world.desk->trust());
}

agent::HttpAnswer AgentDevice::travel(Message const& m) {
  check_sent(m);
  ++sent_;
  leaves_ = leaves_ || m.kind == "deregister";
  agent::HttpAnswer of_somebody_else{.reach = agent::Reach::answered};
  switch (whole_ ? 99 : scene_.chance(24)) {
    case 0:
      scene_.note("agent: message lost");
      return nothing();
    case 1:
      scene_.note("agent: message late");
      late_.push_back(m);
      return nothing();
    case 2:
    case 3:
      scene_.note("agent: answer lost");
      deliver(m);
      return nothing();
    case 4:
      scene_.note("agent: message doubled");
      deliver(m);
      return receive(m, deliver(m));
    case 5:
      scene_.note("agent: message doubled");
      late_.push_back(m);
      return receive(m, deliver(m));
    case 6:
      outcome_ = "busy";
      of_somebody_else.status = 503;
      of_somebody_else.retry_after_s = 60;
      return of_somebody_else;
    case 7:
      outcome_ = "answer_invalid";
      of_somebody_else.status = 200;
      of_somebody_else.content_type = "text/html";
      return of_somebody_else;
    default:
      return receive(m, deliver(m));
  }
}

Passed AgentDevice::deliver(Message const& m) {
  check_gap(m);
  auto passed = pass(scene_, m);
  scene_.note("agent: message " + passed.verdict);
  if (rolled_back_ && passed.verdict == resynced && m.epoch == scene_.model.epoch)
    scene_.note("agent: rolled back and resynced");
  bool const taken = passed.verdict == accepted || passed.verdict == repeated;
  if (taken && (m.kind == "register" || m.kind == "report")) reported_epoch_ = scene_.model.epoch;
  return passed;
}

agent::HttpAnswer AgentDevice::receive(Message const& m, Passed const& passed) {
  if (passed.response.status != 200) {
    outcome_ = passed.verdict;
  } else if (!believes_certificates()) {
    outcome_ = "answer_invalid";
  } else {
    outcome_.clear();
    registers_ = registers_ || m.kind == "register";
    auto const jws = protocol::parse_compact(passed.response.body);
    if (passed.verdict == resynced) {
      told_ = protocol::decode_resync_answer(jws.payload).last_seq;
    } else if (m.kind == "authorize") {
      refused_.clear();
      for (auto const& e : protocol::decode_authorize_answer(jws.payload).entitlements)
        if (e.code) refused_[e.entitlement] = *e.code;
    }
  }
  return as_http(passed.response);
}

void AgentDevice::check_sent(Message const& m) {
  meddle(Moment::before_sending);
  auto const s = state();
  if (!s.pending || s.pending->jws != m.text) throw Unexpected("an agent sent what its file does not hold");
  forget_former(s);
  if (m.seq <= told_) throw Unexpected("an agent goes on below the number that it was told");
  if (memory_.numbers.emplace(m.seq, m.text).first->second != m.text)
    throw Unexpected("an agent used the number " + std::to_string(m.seq) + " for two messages");
}

// Numbers begin anew with each registration.
void AgentDevice::forget_former(agent::State const& s) {
  bool registers = s.pending && s.pending->message == "register";
  if (registers) {
    auto const known = memory_.numbers.find(s.pending->seq);
    registers = known == memory_.numbers.end() || known->second != s.pending->jws;
  }
  if (s.registration != Registration::none && !registers) return;
  memory_.numbers.clear();
  rolled_back_ = false;
}

// Between the reports of a device that was not rolled back, at a service that was not restored, none is missing.
void AgentDevice::check_gap(Message const& m) const {
  auto const& model = scene_.model;
  if (rolled_back_ || reported_epoch_ != model.epoch || model.judge(m, scene_.now()) != accepted) return;
  if (model.leaves_gap(m)) throw Unexpected("an agent left out a report");
}

// Certificates must be valid on its clock, give or take an hour.
bool AgentDevice::believes_certificates() const {
  auto const at = scene_.now() + ahead_;
  return at + hours(1) >= signer_.not_before && at - hours(1) <= signer_.not_after;
}

void AgentDevice::step(std::string_view name) {
  if (name == "answered") unstored_ = true;
  if (steps_left_ && --*steps_left_ == 0) {
    scene_.note(name == "answered" ? "agent: ends after sending"
                : unstored_        ? "agent: ends before its answer is stored"
                                   : "agent: ends before sending");
    throw ProcessEnded{};
  }
  if (name == "renamed") unstored_ = false;
}

// ---- The end ------------------------------------------------------------------------------------------------------

void AgentDevice::settle() {
  whole_ = true;
  ahead_ = {};
  deliver_late();
  // The first answer may be to a message of long ago.
  int answered = 0;
  for (int round = 0; round < 6 && answered < 2; ++round) {
    if (broken_ || state().registration != Registration::registered)
      register_device(broken_);
    else if (call({"authorize", memory_.wishes, {}, [this] { agent::authorize(file_); }}).empty())
      ++answered;
  }
  expect(answered, 2, "an agent comes to no rest");
  call({"report", memory_.wishes, {}, [this] { agent::report(file_); }});
  meddle(Moment::at_rest);
}

void AgentDevice::check_agreement(db::ReadTx& tx, Faults& faults) {
  struct Contact {
    int64_t sequence;
    protocol::Digest report_hash;
  };
  struct Link {
    protocol::Digest hash, previous;
  };
  struct Use {
    EntitlementId entitlement;
    int64_t quantity;
  };
  Running const running(*this);
  auto const status = agent::status(file_);
  auto const& s = status.state;
  auto const agree = [&](bool agrees, std::string const& on) {
    if (!agrees) faults.push_back("the agent on " + options_.udi.serial_number + " and the service differ in " + on);
  };
  auto const id = DeviceId::parse(s.home.device_id);
  auto const contact = tx.one<Contact>("select sequence, report_hash from device_contact where device_id = $1",
                                       id.value_or(DeviceId{}));
  if (!contact) return agree(false, "who it is");
  agree(!s.pending && s.seq == contact->sequence, "the number");
  agree(s.epoch == scene_.model.epoch, "the epoch");
  Quantities told, used;
  if (status.answer)
    for (auto const& e : status.answer->entitlements)
      if (e.granted > 0) told[e.entitlement] = e.granted;
  for (auto const& use : tx.all<Use>("select entitlement_id, quantity from device_use where device_id = $1", *id))
    used[scene_.world.code_of(use.entitlement)] = use.quantity;
  agree(status.answer && told == used, "the use");
  Reports reports = scene_.model.lost_reports;
  for (auto const& link :
       tx.all<Link>("select report_hash, previous_hash from usage_report where device_id = $1", *id))
    reports[link.hash] = link.previous;
  // Reports that one of them has forgotten are known when there is a next one.
  bool const forgotten = rolled_back_ || reported_epoch_ != scene_.model.epoch;
  agree(s.reports.empty() && (forgotten || s.last_report == contact->report_hash), "the last report");
  auto const first = protocol::first_report_hash(s.home.device_id);
  auto at = reports.end();
  for (auto hash = s.last_report; hash != first; hash = at->second)
    if (at = reports.find(hash); at == reports.end()) return agree(false, "the reports before the last");
}

}  // namespace menkyo::simulation
