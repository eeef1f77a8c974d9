#include "accounts/accounts.hpp"
#include "tests/simulation/model.hpp"

namespace menkyo::simulation {

using access::Permission;

namespace {

// Each role by one letter, those of a virtual account small: administrator, user, viewer; P approves.
char letter(Role role) {
  return "AUPVauv"[size_t(role)];
}
bool small(char c) {
  return c >= 'a';
}

// Who may do what, as the domain reference has it.
bool may(Role role, Permission p) {
  static std::map<Permission, std::string> const table{
      {Permission::account_view, "AUPVauv"}, {Permission::account_edit, "A"},
      {Permission::users_manage, "Aa"},      {Permission::virtual_account_create, "Aa"},
      {Permission::license_work, "AUau"},    {Permission::inventory_view, "AUVauv"},
      {Permission::events_view, "AUVauv"}};
  return table.at(p).find(letter(role)) != std::string::npos;
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  return text;
}

}  // namespace

std::string by_device(std::string const& device_id) {
  return "device " + to_hex(DeviceId::parse(device_id)->bytes);
}
std::string by_person(PersonId person) {
  return "person " + to_hex(person.bytes);
}
std::string by_command() {
  return "command";
}
std::string by_job() {
  return "job";
}

std::string Token::refusal(Instant now) const {
  if (revoked) return "token_revoked";
  if (expires_at <= now) return "token_expired";
  return max_uses && uses >= *max_uses ? "token_used_up" : "";
}

void Model::effect(std::string_view kind, std::optional<VirtualAccountId> va, std::string_view subject,
                   std::string const& actor, int count) {
  std::string what(subject);
  if (auto const id = DeviceId::parse(subject)) what = to_hex(id->bytes);
  effects[std::string(kind) + " in " + (va ? to_hex(va->bytes) : "the account") + " of " + what + " by " + actor] +=
      count;
}

std::vector<Grant> Model::held(PersonId person, Instant now) const {
  std::vector<Grant> out;
  for (auto const& [id, grant] : grants)
    if (grant.person == person && (!grant.ends_at || *grant.ends_at > now)) out.push_back(grant);
  return out;
}

bool Model::below(VirtualAccountId va, VirtualAccountId ancestor) const {
  for (std::optional<VirtualAccountId> at = va; at; at = nodes.at(*at).parent)
    if (*at == ancestor) return true;
  return false;
}

int64_t Model::depth(VirtualAccountId va) const {
  int64_t out = 0;
  for (std::optional<VirtualAccountId> at = va; at; at = nodes.at(*at).parent) ++out;
  return out;
}

bool Model::sees(PersonId person, VirtualAccountId va, Instant now) const {
  return refusal_at(person, va, Permission::inventory_view, now).empty();
}

std::string Model::refusal_at(PersonId person, VirtualAccountId va, Permission p, Instant now) const {
  if (!nodes.contains(va)) return "not_found";
  bool seen = false, allowed = false;
  for (auto const& grant : held(person, now)) {
    if (small(letter(grant.role)) && !below(va, *grant.va)) continue;
    seen = seen || may(grant.role, Permission::inventory_view);
    allowed = allowed || may(grant.role, p);
  }
  return !seen ? "not_found" : allowed ? "" : "forbidden";
}

std::string Model::refusal_on_account(PersonId person, Permission p, Instant now) const {
  auto const all = held(person, now);
  if (all.empty()) return "not_found";
  for (auto const& grant : all)
    if (p == Permission::account_view || (!small(letter(grant.role)) && may(grant.role, p))) return "";
  return "forbidden";
}

std::string Model::refusal_anywhere(PersonId person, Permission p, Instant now) const {
  auto const all = held(person, now);
  if (all.empty()) return "not_found";
  for (auto const& grant : all)
    if (may(grant.role, p)) return "";
  return "forbidden";
}

std::string Model::refusal_at_place(PersonId person, std::optional<VirtualAccountId> va, Permission p,
                                    Instant now) const {
  return va ? refusal_at(person, *va, p, now) : refusal_on_account(person, p, now);
}

bool Model::name_taken(std::optional<VirtualAccountId> parent, std::string const& name,
                       std::optional<VirtualAccountId> self) const {
  for (auto const& [id, node] : nodes)
    if (node.parent == parent && lower(node.name) == lower(name) && id != self) return true;
  return false;
}

std::string Model::refusal_to_move(VirtualAccountId va, std::optional<VirtualAccountId> parent) const {
  if (parent && below(*parent, va)) return "invalid";
  auto const added_depth = (parent ? depth(*parent) : 0) + 1 - depth(va);
  for (auto const& [id, node] : nodes)
    if (below(id, va) && depth(id) + added_depth > accounts::max_tree_depth) return "too_deep";
  return name_taken(parent, nodes.at(va).name, va) ? "name_taken" : "";
}

std::string Model::refusal_to_delete(VirtualAccountId va, Instant now) const {
  if (nodes.at(va).is_default) return "conflict";
  for (auto const& [id, node] : nodes)
    if (node.parent == va) return "not_empty";
  for (auto const& [id, device] : devices)
    if (device.va == va && !device.removed) return "not_empty";
  for (auto const& token : tokens)
    if (token.va == va && token.refusal(now).empty()) return "not_empty";
  return "";
}

void Model::delete_node(VirtualAccountId va) {
  nodes.erase(va);
  std::erase_if(grants, [&](auto const& entry) { return entry.second.va == va; });
}

bool Model::is_last_administrator(RoleGrantId grant) const {
  auto const& leaving = grants.at(grant);
  if (leaving.role != Role::sa_admin || leaving.ends_at) return false;
  for (auto const& [id, other] : grants)
    if (id != grant && other.role == Role::sa_admin && !other.ends_at) return false;
  return true;
}

}  // namespace menkyo::simulation
