#include "tests/simulation/model.hpp"

namespace menkyo::simulation {

using devices::Looked;
using std::chrono::seconds;

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

Expected Model::judge(std::string const& id, test::Sent const& sent, Instant now) const {
  auto const at = devices.find(id);
  if (at == devices.end()) return Expected::unknown;
  auto const& device = at->second;
  if (sent.seq == device.seq && sent.text == device.text) return Expected::repeated;
  if (sent.key != device.key) return Expected::foreign_key;
  if (sent.seq == device.seq) return Expected::conflict;
  if (device.removed) return Expected::unknown;
  if (sent.seq < device.seq) return Expected::resync;
  if (device.identity_ends_at <= now) return Expected::expired;
  // What a device wants is a whole state; anything else rests on what an epoch ago may not have been.
  return sent.epoch == epoch || sent.message == "authorize" ? Expected::accepted : Expected::resync;
}

std::map<std::string, std::string> Model::authorize(std::string const& id, Quantities const& wanted, Instant now) {
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
  for (auto const& [code, quantity] : wanted) {
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

void Model::heard(std::string const& id, test::Sent const& sent, std::string const& payload, Instant now) {
  auto& device = devices.at(id);
  device.seq = sent.seq;
  device.text = sent.text;
  device.payload = payload;
  device.heard_at = now;
  device.silent = false;
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
