#include "catalog/resettle.hpp"

#include <algorithm>
#include <set>

#include "catalog/store.hpp"
#include "protocol/json.hpp"

namespace menkyo::catalog {

namespace {

namespace json = protocol::json;

// What the job remembers: the groups that changed, and the last position that was looked at.
struct State {
  std::vector<GroupId> groups;
  store::PositionKey after;
};

std::string to_json(State const& state) {
  std::string out;
  json::Writer w(out);
  w.begin_object().key("groups").begin_array();
  for (auto const& id : state.groups) w.string(id.text());
  w.end_array()
      .member("smart_account_id", state.after.smart_account_id.text())
      .member("virtual_account_id", state.after.virtual_account_id.text())
      .member("entitlement_id", state.after.entitlement_id.text())
      .end_object();
  return out;
}

template <class TypedId>
TypedId to_id(std::string const& text) {
  auto const id = TypedId::parse(text);
  if (!id) throw std::logic_error("a job's state holds a broken identifier");
  return *id;
}

State from_json(std::string const& text) {
  auto const v = json::parse(text);
  State state;
  for (auto const& id : v.find("groups")->items()) state.groups.push_back(to_id<GroupId>(id.as_string()));
  state.after = {to_id<SmartAccountId>(v.find("smart_account_id")->as_string()),
                 to_id<VirtualAccountId>(v.find("virtual_account_id")->as_string()),
                 to_id<EntitlementId>(v.find("entitlement_id")->as_string())};
  return state;
}

// Walks through all positions in order of their key. Where a virtual account is cut between two chunks it is settled
// in both, which does no harm.
bool settle_some(db::Tx& tx, jobs::Chunk& chunk, CatalogCache& cache, Resettle const& resettle) {
  auto state = from_json(chunk.state);
  auto const catalog = cache.at(tx);
  std::vector<GroupId> gone;
  for (auto const& id : state.groups)
    if (!catalog->find_group(id)) gone.push_back(id);
  auto const positions = store::positions_after(tx, state.after, chunk.size);
  std::map<std::pair<SmartAccountId, VirtualAccountId>, std::set<GroupId>> affected;
  for (auto const& p : positions) {
    auto const* group = catalog->group_of(p.entitlement_id);
    if (group && std::binary_search(state.groups.begin(), state.groups.end(), group->group_id))
      affected[{p.smart_account_id, p.virtual_account_id}].insert(group->group_id);
  }
  for (auto const& [place, groups] : affected)
    resettle(tx, place.first, place.second, {groups.begin(), groups.end()}, gone);
  chunk.done += int64_t(positions.size());
  if (int64_t(positions.size()) < chunk.size) {
    chunk.total = chunk.done;
    return false;
  }
  state.after = positions.back();
  chunk.state = to_json(state);
  return true;
}

}  // namespace

GroupsChanged resettle_later() {
  return [](db::Tx& tx, std::vector<GroupId> const& groups, Instant effective_at) {
    jobs::create_job(tx, {std::string(resettle_job), to_json({groups, {}}), 0, {}, effective_at});
  };
}

jobs::JobKind resettle_kind(CatalogCache& cache, Resettle resettle) {
  return {std::string(resettle_job), [&cache, resettle = std::move(resettle)](db::Tx& tx, jobs::Chunk& chunk) {
            return settle_some(tx, chunk, cache, resettle);
          }};
}

}  // namespace menkyo::catalog
