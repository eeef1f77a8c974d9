#include "licenses/compliance.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <tuple>

namespace menkyo::licenses {

namespace {

// Entitlements are numbered by rising id, so that comparing numbers compares ids.
using Node = uint32_t;

struct Parent {
  Node lender;
  char16_t rank;  // 1 for the borrower's lowest priority number, 2 for the next, ...
};

struct Graph {
  std::vector<EntitlementId> ids;            // by node
  std::vector<std::vector<Parent>> parents;  // by node
  std::vector<Node> downward;                // every node after all of its lenders
};

// The ranks of a path from its borrower upwards. Comparing strings gives rule 4: a beginning comes before what it
// begins. Short strings need no allocation.
using Path = std::u16string;

Node node_of(std::vector<EntitlementId> const& ids, EntitlementId id) {
  return Node(std::ranges::lower_bound(ids, id) - ids.begin());
}

// Gives each lender of one borrower its rank; of parallel edges the best is kept.
std::vector<Parent> rank_parents(std::span<const SubstitutionEdge> edges, std::vector<EntitlementId> const& ids) {
  std::vector<Parent> parents;
  char16_t rank = 0;
  for (size_t i = 0; i < edges.size(); ++i) {
    if (i == 0 || edges[i].priority != edges[i - 1].priority) ++rank;
    Node const lender = node_of(ids, edges[i].lender);
    bool const known = std::ranges::any_of(parents, [&](Parent const& p) { return p.lender == lender; });
    if (!known) parents.push_back({lender, rank});
  }
  return parents;
}

void sort_downward(Graph& graph) {
  auto const count = graph.ids.size();
  std::vector<uint32_t> waits_for(count);
  std::vector<std::vector<Node>> borrowers(count);
  for (Node node = 0; node < count; ++node) {
    waits_for[node] = uint32_t(graph.parents[node].size());
    for (auto const& parent : graph.parents[node]) borrowers[parent.lender].push_back(node);
    if (waits_for[node] == 0) graph.downward.push_back(node);
  }
  for (size_t i = 0; i < graph.downward.size(); ++i) {
    for (Node const borrower : borrowers[graph.downward[i]]) {
      if (--waits_for[borrower] == 0) graph.downward.push_back(borrower);
    }
  }
  if (graph.downward.size() != count) throw std::invalid_argument("substitution edges form a cycle");
}

Graph make_graph(std::span<const GroupEntitlement> group, std::span<const SubstitutionEdge> edges) {
  Graph graph;
  for (auto const& e : group) graph.ids.push_back(e.entitlement_id);
  std::ranges::sort(graph.ids);
  if (std::ranges::adjacent_find(graph.ids) != graph.ids.end())
    throw std::invalid_argument("entitlement given twice");
  std::vector<SubstitutionEdge> sorted(edges.begin(), edges.end());
  for (auto const& edge : sorted) {
    for (auto const id : {edge.lender, edge.borrower}) {
      auto const at = std::ranges::lower_bound(graph.ids, id);
      if (at == graph.ids.end() || *at != id) graph.ids.insert(at, id);
    }
  }
  std::ranges::sort(sorted, [](SubstitutionEdge const& a, SubstitutionEdge const& b) {
    return std::tie(a.borrower, a.priority, a.lender) < std::tie(b.borrower, b.priority, b.lender);
  });
  graph.parents.resize(graph.ids.size());
  for (size_t from = 0; from < sorted.size();) {
    size_t to = from + 1;
    while (to < sorted.size() && sorted[to].borrower == sorted[from].borrower) ++to;
    graph.parents[node_of(graph.ids, sorted[from].borrower)] =
        rank_parents(std::span(sorted).subspan(from, to - from), graph.ids);
    from = to;
  }
  sort_downward(graph);
  return graph;
}

// The best path from `lender` down to each node; empty where there is none.
std::vector<Path> best_paths(Graph const& graph, Node lender) {
  std::vector<Path> paths(graph.ids.size());
  for (Node const node : graph.downward) {
    for (auto const& parent : graph.parents[node]) {
      if (parent.lender != lender && paths[parent.lender].empty()) continue;
      Path const path = parent.rank + paths[parent.lender];
      if (paths[node].empty() || path < paths[node]) paths[node] = path;
    }
  }
  return paths;
}

// One possible loan.
struct Pair {
  Path path;
  Node borrower;
  Node lender;
  uint32_t path_class = 0;  // pairs of equal paths share a class, 0 for the best
  int64_t quantity = 0;
};

std::vector<Pair> possible_loans(Graph const& graph, std::vector<int64_t> const& surplus) {
  std::vector<Pair> pairs;
  for (Node lender = 0; lender < surplus.size(); ++lender) {
    if (surplus[lender] <= 0) continue;
    auto paths = best_paths(graph, lender);
    for (Node node = 0; node < paths.size(); ++node) {
      if (surplus[node] < 0 && !paths[node].empty()) pairs.push_back({std::move(paths[node]), node, lender});
    }
  }
  std::ranges::sort(pairs, [](Pair const& a, Pair const& b) {
    return std::tie(a.path, a.borrower, a.lender) < std::tie(b.path, b.borrower, b.lender);
  });
  for (size_t i = 1; i < pairs.size(); ++i) {
    pairs[i].path_class = pairs[i - 1].path_class + (pairs[i].path != pairs[i - 1].path ? 1 : 0);
  }
  return pairs;
}

// Lends by successive best augmenting paths (Ahuja, Magnanti, Orlin, "Network Flows", section 9.7): each step moves
// as much as fits along the path that improves the wishes most, so that every state is the best for what it covers.
// The improvement is a vector, compared from its first element: must_cover use, then each path class, then each pair.
// Its elements count how often one license sent along the path adds to that wish.
class Lending {
 public:
  Lending(std::vector<Pair>& pairs, std::vector<int64_t>& surplus, std::vector<bool> const& must_cover)
      : pairs_(pairs),
        surplus_(surplus),
        must_cover_(must_cover),
        width_(pairs.back().path_class + 2 + pairs.size()),
        gains_(surplus.size() * width_),
        candidate_(width_),
        reached_(surplus.size()),
        by_(surplus.size()) {}

  void run() {
    while (find_paths()) {
      if (!lend_along_best()) break;
    }
  }

 private:
  std::span<int16_t> gain(Node node) { return {gains_.data() + node * width_, width_}; }

  // Follows `pair` from `from` to `to`, forwards (sign 1, lends) or backwards (sign -1, takes back).
  bool relax(size_t pair, Node from, Node to, int16_t sign) {
    std::ranges::copy(gain(from), candidate_.begin());
    auto const& p = pairs_[pair];
    if (must_cover_[p.borrower]) candidate_[0] = int16_t(candidate_[0] + sign);
    auto& path_class = candidate_[1 + p.path_class];
    path_class = int16_t(path_class + sign);
    auto& own = candidate_[width_ - pairs_.size() + pair];
    own = int16_t(own + sign);
    if (reached_[to] && !std::ranges::lexicographical_compare(gain(to), candidate_)) return false;
    reached_[to] = true;
    by_[to] = pair;
    std::ranges::copy(candidate_, gain(to).begin());
    return true;
  }

  // The best gain to every node that a lender with something left reaches (Bellman and Ford's algorithm).
  bool find_paths() {
    bool any = false;
    std::ranges::fill(gains_, int16_t{0});
    for (Node node = 0; node < surplus_.size(); ++node) {
      reached_[node] = surplus_[node] > 0;
      by_[node] = no_pair;
      any = any || surplus_[node] > 0;
    }
    for (bool changed = any; changed;) {
      changed = false;
      for (size_t i = 0; i < pairs_.size(); ++i) {
        auto const& p = pairs_[i];
        if (reached_[p.lender] && relax(i, p.lender, p.borrower, 1)) changed = true;
        if (p.quantity > 0 && reached_[p.borrower] && relax(i, p.borrower, p.lender, -1)) changed = true;
      }
    }
    return any;
  }

  bool lend_along_best() {
    Node best = 0;
    bool found = false;
    for (Node node = 0; node < surplus_.size(); ++node) {
      if (surplus_[node] >= 0 || !reached_[node]) continue;
      if (!found || std::ranges::lexicographical_compare(gain(best), gain(node))) best = node;
      found = true;
    }
    if (!found) return false;
    int64_t quantity = -surplus_[best];
    Node start = best;
    walk_back(start, [&](Pair& p, bool lends) {
      if (!lends) quantity = std::min(quantity, p.quantity);
    });
    quantity = std::min(quantity, surplus_[start]);
    surplus_[best] += quantity;
    surplus_[start] -= quantity;
    walk_back(best, [&](Pair& p, bool lends) { p.quantity += lends ? quantity : -quantity; });
    return true;
  }

  // Visits the path that reached `node`, last step first, and leaves `node` at its first lender.
  template <class Visit>
  void walk_back(Node& node, Visit visit) {
    while (by_[node] != no_pair) {
      Pair& p = pairs_[by_[node]];
      bool const lends = p.borrower == node;
      visit(p, lends);
      node = lends ? p.lender : p.borrower;
    }
  }

  static constexpr size_t no_pair = SIZE_MAX;

  std::vector<Pair>& pairs_;
  std::vector<int64_t>& surplus_;  // what is left; negative where it is short
  std::vector<bool> const& must_cover_;
  size_t width_;
  std::vector<int16_t> gains_;  // width_ elements a node
  std::vector<int16_t> candidate_;
  std::vector<bool> reached_;
  std::vector<size_t> by_;  // the pair over which a node was reached
};

void lend(std::vector<Pair>& pairs, std::vector<int64_t>& surplus, std::vector<bool> const& must_cover) {
  if (pairs.empty()) return;
  bool const one_lender = std::ranges::all_of(pairs, [&](Pair const& p) { return p.lender == pairs[0].lender; });
  bool const one_borrower =
      std::ranges::all_of(pairs, [&](Pair const& p) { return p.borrower == pairs[0].borrower; });
  if (!one_lender && !one_borrower) {
    Lending(pairs, surplus, must_cover).run();
    return;
  }
  // With one lender or one borrower, as nearly always, no loan forecloses another: the best first is best.
  for (bool const now : {true, false}) {
    for (auto& p : pairs) {
      if (must_cover[p.borrower] != now) continue;
      p.quantity = std::min(surplus[p.lender], -surplus[p.borrower]);
      surplus[p.lender] -= p.quantity;
      surplus[p.borrower] += p.quantity;
    }
  }
}

void require_quantity(int64_t quantity) {
  if (quantity < 0 || quantity > max_quantity) throw std::invalid_argument("quantity out of range");
}

std::vector<PositionResult> own_positions(std::span<const GroupEntitlement> group) {
  std::vector<PositionResult> positions;
  positions.reserve(group.size());
  for (auto const& e : group) {
    require_quantity(e.owned);
    require_quantity(e.in_use);
    positions.push_back({e.entitlement_id, e.owned, e.in_use});
  }
  std::ranges::sort(positions, {}, &PositionResult::entitlement_id);
  return positions;
}

PositionResult& position_of(GroupResult& result, EntitlementId id) {
  return *std::ranges::lower_bound(result.positions, id, {}, &PositionResult::entitlement_id);
}

// Borrowed is at most in use and lent at most owned, so no sum leaves the range of int64_t.
void apply_loans(GroupResult& result, Graph const& graph, std::vector<Pair> const& pairs) {
  for (auto const& p : pairs) {
    if (p.quantity == 0) continue;
    result.loans.push_back({graph.ids[p.borrower], graph.ids[p.lender], p.quantity});
    position_of(result, graph.ids[p.borrower]).borrowed += p.quantity;
    position_of(result, graph.ids[p.lender]).lent += p.quantity;
  }
  std::ranges::sort(result.loans, [](Loan const& a, Loan const& b) {
    return std::tie(a.borrower, a.lender) < std::tie(b.borrower, b.lender);
  });
  for (auto& p : result.positions) {
    p.balance = p.owned + p.borrowed - p.lent - p.in_use;
    p.short_quantity = std::max(int64_t{0}, -p.balance);
    if (p.short_quantity > 0) result.in_compliance = false;
  }
}

}  // namespace

GroupResult settle_group(std::span<const GroupEntitlement> group, std::span<const SubstitutionEdge> edges) {
  GroupResult result;
  result.positions = own_positions(group);
  auto const graph = make_graph(group, edges);
  std::vector<int64_t> surplus(graph.ids.size());
  std::vector<bool> must_cover(graph.ids.size());
  for (auto const& e : group) {
    Node const node = node_of(graph.ids, e.entitlement_id);
    surplus[node] = e.owned - e.in_use;
    must_cover[node] = e.must_cover;
  }
  auto pairs = possible_loans(graph, surplus);
  lend(pairs, surplus, must_cover);
  apply_loans(result, graph, pairs);
  return result;
}

bool could_cover(std::span<const GroupEntitlement> group, std::span<const SubstitutionEdge> edges,
                 EntitlementId entitlement, int64_t extra) {
  require_quantity(extra);
  std::vector<GroupEntitlement> wanted(group.begin(), group.end());
  auto target = std::ranges::find(wanted, entitlement, &GroupEntitlement::entitlement_id);
  if (target == wanted.end()) target = wanted.insert(wanted.end(), {entitlement, 0, 0});
  if (target->in_use > max_quantity - extra) return false;
  target->in_use += extra;
  target->must_cover = true;
  auto after = settle_group(wanted, edges);
  if (position_of(after, entitlement).short_quantity > 0) return false;
  auto before = settle_group(group, edges);
  return std::ranges::all_of(group, [&](GroupEntitlement const& e) {
    if (!e.must_cover || e.entitlement_id == entitlement) return true;
    return position_of(after, e.entitlement_id).short_quantity <=
           position_of(before, e.entitlement_id).short_quantity;
  });
}

}  // namespace menkyo::licenses
