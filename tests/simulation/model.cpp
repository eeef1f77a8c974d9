#include "tests/simulation/model.hpp"

namespace menkyo::simulation {

using devices::Looked;
using std::chrono::seconds;

namespace {

bool is_skewed(Message const& m, Instant now) {
  return std::chrono::abs(m.sent_at - now) >= std::chrono::hours(1) + seconds(1);
}

std::vector<Token>::const_iterator token_of(Model const& model, Message const& m) {
  return std::find_if(model.tokens.begin(), model.tokens.end(), [&](Token const& t) { return t.text == m.token; });
}

}  // namespace

std::vector<std::string> const& Model::chain_of(std::string const& code) {
  static std::vector<std::vector<std::string>> const chains{{"PRM", "ADV", "ESS"}, {"HI", "LO"}, {"ENF"}, {"EXP"}};
  for (auto const& chain : chains)
    if (std::find(chain.begin(), chain.end(), code) != chain.end()) return chain;
  static std::vector<std::string> const none;
  return none;
}

void Model::deposited(Lot const& lot) {
  lots.push_back(lot);
  effect("licenses_deposited", first, "it", by_command());
}

int64_t Model::owned(std::string const& code, Instant now) const {
  int64_t sum = 0;
  for (auto const& lot : lots)
    if (lot.code == code && lot.starts_at <= now && now < lot.ends_at) sum += lot.quantity;
  return sum;
}

int64_t Model::in_use(std::string const& code, VirtualAccountId va) const {
  int64_t sum = 0;
  for (auto const& [id, device] : devices)
    if (auto const at = device.granted.find(code); at != device.granted.end() && device.va == va) sum += at->second;
  return sum;
}

std::map<std::string, int64_t> Model::shortage(std::vector<std::string> const& chain, VirtualAccountId va,
                                               Instant now) const {
  std::map<std::string, int64_t> out;
  int64_t from_above = 0;
  for (auto const& code : chain) {
    int64_t const balance = (va == first ? owned(code, now) : 0) - in_use(code, va);
    out[code] = std::max<int64_t>(0, -balance - from_above);
    from_above = std::max<int64_t>(0, from_above + balance);
  }
  return out;
}

std::string Model::refusal(Known const& device, std::string const& code, int64_t extra, Instant now) {
  auto const& chain = chain_of(code);
  if (chain.empty()) return code == "OTHER" ? "incompatible_product" : "entitlement_unknown";
  if (code == "EXP" && !device.export_allowed) return "export_not_allowed_by_token";
  if (chain.front() == "PRM") return "";
  auto const before = shortage(chain, device.va, now);
  // The naive way to know: do it, look, and undo it.
  auto& granted = const_cast<Quantities&>(device.granted);
  auto const had = granted;
  granted[code] += extra;
  auto const after = shortage(chain, device.va, now);
  granted = had;
  bool short_now = after.at(code) > 0;
  for (auto const& [other, quantity] : after) short_now = short_now || quantity > before.at(other);
  return !short_now ? "" : code == "EXP" ? "export_controlled_short" : "enforced_short";
}

Verdict Model::judge(Message const& m, Instant now) const {
  if (m.kind == "register") return judge_registration(m, now);
  auto const at = devices.find(m.device);
  if (at == devices.end()) return "device_unknown";
  auto const& device = at->second;
  if (m.seq == device.seq && m.text == device.text) return repeated;
  if (m.key != device.key) return "message_invalid";
  if (m.seq == device.seq) return "sequence_conflict";
  if (device.removed) return "device_unknown";
  if (m.seq < device.seq) return resynced;
  if (device.identity_ends_at <= now) return "identity_expired";
  // What a device wants is a whole state; anything else rests on what an epoch ago may not have been.
  if (m.epoch != epoch && m.kind != "authorize") return resynced;
  return m.kind == "renew_identity" && is_skewed(m, now) ? "clock_skewed" : accepted;
}

Verdict Model::judge_registration(Message const& m, Instant now) const {
  auto const token = token_of(*this, m);
  if (token == tokens.end()) return "token_unknown";
  if (auto const known = registrations.find(m.text); known != registrations.end())
    return devices.at(known->second).text == m.text ? repeated : "sequence_conflict";
  if (is_skewed(m, now)) return "clock_skewed";
  auto refused = token->refusal(now);
  // A token that is used up does not keep its virtual account from being deleted, which is looked for first.
  if (refused == "token_used_up" && !nodes.contains(token->va)) refused = "token_revoked";
  return refused.empty() ? accepted : refused;
}

bool Model::leaves_gap(Message const& m) const {
  if (m.kind != "report") return false;
  auto const& last = devices.at(m.device).last_report;
  for (auto const& [hash, previous] : m.reports)
    if (previous == last) return false;
  return m.reports.back().first != last;
}

void Model::enroll(Message const& m, std::string const& id, std::string const& payload, Instant now) {
  // The same machine again: what it was before makes way.
  for (auto const& [former, known] : devices)
    if (known.serial_number == m.serial_number && !known.removed) remove(former, "device_removed", by_device(id));
  auto& token = tokens[size_t(token_of(*this, m) - tokens.begin())];
  ++token.uses;
  Known known;
  known.va = token.va;
  known.serial_number = m.serial_number;
  known.key = m.key;
  known.export_allowed = token.export_allowed;
  known.identity_ends_at = now + seconds(policy_.identity_validity_s);
  known.last_report = protocol::first_report_hash(id);
  devices[id] = known;
  registrations[m.text] = id;
  heard(id, m, payload, now);
  effect("device_registered", token.va, id, by_device(id));
}

std::map<std::string, std::string> Model::accept(Message const& m, std::string const& payload, Instant now) {
  std::map<std::string, std::string> refused;
  auto& device = devices.at(m.device);
  if (m.kind == "authorize") refused = authorize(m, now);
  if (m.kind == "report") keep_reports(m);
  if (m.kind == "renew_identity") {
    device.identity_ends_at = now + seconds(policy_.identity_validity_s);
    if (m.new_key) device.key = *m.new_key;
    effect("device_identity_renewed", device.va, m.device, by_device(m.device));
  }
  heard(m.device, m, payload, now);
  if (m.kind == "deregister") remove(m.device, "device_deregistered", by_device(m.device));
  return refused;
}

void Model::keep_reports(Message const& m) {
  auto& device = devices.at(m.device);
  if (leaves_gap(m)) effect("report_chain_broken", device.va, m.device, by_device(m.device));
  device.reports.insert(m.reports.begin(), m.reports.end());
  device.last_report = m.reports.back().first;
}

std::map<std::string, std::string> Model::authorize(Message const& m, Instant now) {
  auto const& id = m.device;
  Quantities wanted;
  for (auto const& w : m.wanted) wanted[w.entitlement] = w.quantity;
  auto& device = devices.at(id);
  auto const before = device.granted;
  for (auto at = device.granted.begin(); at != device.granted.end();) {
    auto const wish = wanted.find(at->first);
    if (wish == wanted.end()) {
      at = device.granted.erase(at);
      continue;
    }
    at->second = std::min(at->second, wish->second);
    ++at;
  }
  std::map<std::string, std::string> refused;
  for (auto const& [code, quantity] : m.wanted) {
    auto const had = device.granted.contains(code) ? device.granted.at(code) : 0;
    if (quantity <= had) continue;
    if (auto const why = refusal(device, code, quantity - had, now); why.empty())
      device.granted[code] = quantity;
    else
      refused[code] = why;
  }
  device.released = false;
  std::set<std::string> codes;
  for (auto const* quantities : {&before, static_cast<Quantities const*>(&device.granted)})
    for (auto const& [code, quantity] : *quantities) codes.insert(code);
  auto const quantity_in = [](Quantities const& quantities, std::string const& code) {
    return quantities.contains(code) ? quantities.at(code) : 0;
  };
  for (auto const& code : codes)
    if (quantity_in(before, code) != quantity_in(device.granted, code))
      effect("use_changed", device.va, id, by_device(id));
  return refused;
}

void Model::heard(std::string const& id, Message const& m, std::string const& payload, Instant now) {
  auto& device = devices.at(id);
  device.seq = m.seq;
  device.text = m.text;
  device.payload = payload;
  device.heard_at = now;
  device.silent = false;
}

void Model::go_back_to(Model const& saved) {
  auto lost = std::move(lost_reports);
  for (auto const& [id, device] : devices) lost.insert(device.reports.begin(), device.reports.end());
  auto const next = epoch + 1;
  *this = saved;
  epoch = next;
  lost_reports = std::move(lost);
}

Looked Model::look(std::string const& id, Instant now) {
  auto& device = devices.at(id);
  if (device.removed) return Looked::gone;
  bool const lapsed = device.identity_ends_at <= now && !device.lapsed;
  bool const released = device.heard_at + seconds(policy_.authorization_period_s) <= now && !device.released;
  bool const falls_silent = device.heard_at + devices::silent_after <= now && !device.silent;
  device.silent = device.silent || falls_silent;
  device.lapsed = device.lapsed || lapsed;
  if (!lapsed && !released) return falls_silent ? Looked::silent : Looked::nothing;
  give_back(id, by_job());
  device.released = true;
  effect(lapsed ? "device_identity_lapsed" : "device_released", device.va, id, by_job());
  return lapsed ? Looked::lapsed : Looked::released;
}

void Model::give_back(std::string const& id, std::string const& actor) {
  auto& device = devices.at(id);
  if (!device.granted.empty()) effect("use_changed", device.va, id, actor, int(device.granted.size()));
  device.granted.clear();
}

void Model::remove(std::string const& id, std::string_view kind, std::string const& actor) {
  devices.at(id).removed = true;
  give_back(id, actor);
  effect(kind, devices.at(id).va, id, actor);
}

}  // namespace menkyo::simulation
