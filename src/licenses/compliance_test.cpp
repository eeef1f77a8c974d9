#include "licenses/compliance.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>

namespace menkyo::licenses {
namespace {

EntitlementId id(int n) {
  EntitlementId id;
  id.bytes[14] = uint8_t(n >> 8);
  id.bytes[15] = uint8_t(n);
  return id;
}

EntitlementId const a = id(1), b = id(2), c = id(3), d = id(4), e = id(5);

using Group = std::vector<GroupEntitlement>;
using Edges = std::vector<SubstitutionEdge>;
using Loans = std::vector<Loan>;

PositionResult of(GroupResult const& result, EntitlementId wanted) {
  for (auto const& p : result.positions) {
    if (p.entitlement_id == wanted) return p;
  }
  throw std::out_of_range("no such position");
}

TEST(Compliance, a_higher_tier_covers_the_next_lower_one) {
  auto const result = settle_group(Group{{a, 100, 10}, {b, 0, 50}}, Edges{{a, b}});
  EXPECT_EQ(of(result, a), (PositionResult{a, 100, 10, 0, 50, 40, 0}));
  EXPECT_EQ(of(result, b), (PositionResult{b, 0, 50, 50, 0, 0, 0}));
  EXPECT_EQ(result.loans, (Loans{{b, a, 50}}));
  EXPECT_TRUE(result.in_compliance);
}

TEST(Compliance, only_the_surplus_is_lent_and_only_downwards) {
  auto const short_below = settle_group(Group{{a, 10, 8}, {b, 1, 6}}, Edges{{a, b}});
  EXPECT_EQ(of(short_below, b), (PositionResult{b, 1, 6, 2, 0, -3, 3}));
  EXPECT_EQ(of(short_below, a), (PositionResult{a, 10, 8, 0, 2, 0, 0}));
  EXPECT_FALSE(short_below.in_compliance);
  auto const short_above = settle_group(Group{{a, 0, 5}, {b, 9, 0}}, Edges{{a, b}});
  EXPECT_EQ(of(short_above, a).short_quantity, 5);
  EXPECT_TRUE(short_above.loans.empty());
}

TEST(Compliance, of_edges_between_the_same_two_the_best_counts) {
  Edges const twice{{a, c, 3}, {b, c, 2}, {a, c, 1}};
  EXPECT_EQ(settle_group(Group{{a, 2, 0}, {b, 5, 0}, {c, 0, 3}}, twice).loans, (Loans{{c, a, 2}, {c, b, 1}}));
}

TEST(Compliance, the_nearer_tier_lends_first) {
  Edges const chain{{a, b}, {b, c}};
  EXPECT_EQ(settle_group(Group{{a, 10, 0}, {b, 3, 0}, {c, 0, 5}}, chain).loans, (Loans{{c, a, 2}, {c, b, 3}}));
  // Of a scarce surplus the nearer tier gets the first part.
  EXPECT_EQ(settle_group(Group{{a, 4, 0}, {b, 0, 3}, {c, 0, 5}}, chain).loans, (Loans{{b, a, 3}, {c, a, 1}}));
}

TEST(Compliance, lending_passes_through_a_tier_that_is_short_or_absent) {
  Edges const chain{{a, b}, {b, c}, {c, d}};
  auto const result = settle_group(Group{{a, 9, 0}, {d, 0, 5}}, chain);
  EXPECT_EQ(result.loans, (Loans{{d, a, 5}}));
  EXPECT_EQ(result.positions.size(), 2u);
}

TEST(Compliance, two_lenders_are_tried_in_their_order) {
  EXPECT_EQ(settle_group(Group{{a, 4, 0}, {b, 4, 0}, {c, 0, 5}}, Edges{{a, c, 20}, {b, c, 10}}).loans,
            (Loans{{c, a, 1}, {c, b, 4}}));
  // The whole line above the first lender comes before the second lender.
  EXPECT_EQ(settle_group(Group{{a, 4, 0}, {b, 4, 0}, {d, 0, 5}}, Edges{{a, c, 7}, {c, d, 1}, {b, d, 2}}).loans,
            (Loans{{d, a, 4}, {d, b, 1}}));
}

TEST(Compliance, a_path_is_judged_from_the_borrower_upwards) {
  // e borrows from c before d; a is only the second lender of c, b the first of d. Still a is tried first.
  Edges const edges{{c, e, 1}, {d, e, 2}, {id(6), c, 1}, {a, c, 2}, {b, d, 1}};
  EXPECT_EQ(settle_group(Group{{a, 4, 0}, {b, 4, 0}, {e, 0, 5}}, edges).loans, (Loans{{e, a, 4}, {e, b, 1}}));
  EXPECT_EQ(settle_group(Group{{a, 0, 0}, {b, 4, 0}, {e, 0, 5}, {id(6), 9, 8}}, edges).loans,
            (Loans{{e, b, 4}, {e, id(6), 1}}));
}

TEST(Compliance, the_second_choice_is_taken_when_that_covers_more) {
  // c prefers a, but d can borrow from nobody else.
  auto const result =
      settle_group(Group{{a, 5, 0}, {b, 5, 0}, {c, 0, 5}, {d, 0, 5}}, Edges{{a, c, 1}, {b, c, 2}, {a, d, 9}});
  EXPECT_EQ(result.loans, (Loans{{c, b, 5}, {d, a, 5}}));
  EXPECT_TRUE(result.in_compliance);
}

TEST(Compliance, use_that_must_be_covered_goes_before_other_use) {
  Edges const edges{{a, b}, {a, c}};
  EXPECT_EQ(settle_group(Group{{a, 5, 0}, {b, 0, 4}, {c, 0, 4}}, edges).loans, (Loans{{b, a, 4}, {c, a, 1}}));
  EXPECT_EQ(settle_group(Group{{a, 5, 0}, {b, 0, 4}, {c, 0, 4, true}}, edges).loans, (Loans{{b, a, 1}, {c, a, 4}}));
}

TEST(Compliance, the_largest_quantities_do_not_overflow) {
  Group group;
  Edges edges;
  for (int i = 0; i < 20; ++i) {
    group.push_back({id(i), i < 10 ? max_quantity : 0, i < 10 ? 0 : max_quantity});
    if (i >= 10) edges.push_back({id(i - 10), id(i)});
  }
  auto const result = settle_group(group, edges);
  EXPECT_TRUE(result.in_compliance);
  EXPECT_EQ(result.loans.size(), 10u);
  group[0].owned = 0;
  EXPECT_EQ(of(settle_group(group, edges), id(10)).balance, -max_quantity);
}

TEST(Compliance, broken_input_is_refused) {
  EXPECT_THROW(settle_group(Group{{a, 1, 0}, {a, 1, 0}}, Edges{}), std::invalid_argument);
  EXPECT_THROW(settle_group(Group{{a, -1, 0}}, Edges{}), std::invalid_argument);
  EXPECT_THROW(settle_group(Group{{a, 0, max_quantity + 1}}, Edges{}), std::invalid_argument);
  EXPECT_THROW(settle_group(Group{{a, 1, 0}}, Edges{{a, a}}), std::invalid_argument);
  EXPECT_THROW(settle_group(Group{{a, 1, 0}, {b, 0, 1}}, Edges{{a, b}, {b, c}, {c, b}}), std::invalid_argument);
  EXPECT_THROW(could_cover(Group{{a, 1, 0}}, Edges{}, a, -1), std::invalid_argument);
}

TEST(Compliance, a_draw_is_granted_while_substitution_covers_it) {
  Group const group{{a, 3, 1, true}, {b, 1, 1, true}};
  EXPECT_TRUE(could_cover(group, Edges{{a, b}}, b, 2));
  EXPECT_FALSE(could_cover(group, Edges{{a, b}}, b, 3));
  EXPECT_TRUE(could_cover(group, Edges{{a, b}}, b, 0));
  EXPECT_FALSE(could_cover(group, Edges{}, c, 1));
  EXPECT_FALSE(could_cover(group, Edges{{a, b}}, b, max_quantity));
}

TEST(Compliance, a_draw_does_not_take_cover_from_others_that_need_it) {
  Edges const edges{{a, b}, {a, c}};
  EXPECT_FALSE(could_cover(Group{{a, 4, 0, true}, {b, 0, 2, true}, {c, 0, 0, true}}, edges, c, 3));
  EXPECT_FALSE(could_cover(Group{{a, 4, 0, true}, {b, 0, 2, true}, {c, 0, 0, true}}, edges, a, 3));
  EXPECT_TRUE(could_cover(Group{{a, 4, 0, true}, {b, 0, 2, false}, {c, 0, 0, true}}, edges, c, 3));
}

// An independent judge: tries every way to lend, license by license, and keeps the one that the wishes like best.
struct Exhaustive {
  Group group;
  Edges edges;
  std::vector<std::vector<int>> best_path;  // per lender * size + borrower; empty: none
  std::vector<int> lendable, needed;        // by index of the group, which is sorted by id
  std::vector<std::vector<int>> ways;       // the quantities by lender * size + borrower

  Exhaustive(Group g, Edges edge_list) : group(std::move(g)), edges(std::move(edge_list)) {
    std::sort(group.begin(), group.end(), [](auto& x, auto& y) { return x.entitlement_id < y.entitlement_id; });
    int const n = size();
    best_path.resize(size_t(n * n));
    for (int borrower = 0; borrower < n; ++borrower) climb(borrower, borrower, {});
    for (auto const& x : group) {
      lendable.push_back(int(std::max<int64_t>(0, x.owned - x.in_use)));
      needed.push_back(int(std::max<int64_t>(0, x.in_use - x.owned)));
    }
  }

  int size() const { return int(group.size()); }

  int index(EntitlementId wanted) const {
    for (int i = 0; i < size(); ++i) {
      if (group[size_t(i)].entitlement_id == wanted) return i;
    }
    throw std::out_of_range("edge outside of the group");
  }

  // All paths upwards by depth-first search, remembering the smallest list of ranks to every entitlement above.
  void climb(int borrower, int from, std::vector<int> ranks) {
    std::set<int64_t> priorities;
    for (auto const& edge : edges) {
      if (index(edge.borrower) == from) priorities.insert(edge.priority);
    }
    for (auto const& edge : edges) {
      if (index(edge.borrower) != from) continue;
      auto longer = ranks;
      longer.push_back(int(std::distance(priorities.begin(), priorities.find(edge.priority))));
      auto& best = best_path[size_t(index(edge.lender) * size() + borrower)];
      if (best.empty() || longer < best) best = longer;
      climb(borrower, index(edge.lender), longer);
    }
  }

  void for_each_way(std::function<void(std::vector<int> const&)> const& visit) const {
    std::vector<int> way(size_t(size() * size()), 0);
    auto can_lend = lendable, can_take = needed;
    std::function<void(int)> fill = [&](int cell) {
      if (cell == size() * size()) return visit(way);
      fill(cell + 1);
      if (best_path[size_t(cell)].empty()) return;
      auto &left = can_lend[size_t(cell / size())], &open = can_take[size_t(cell % size())];
      int lent = 0;
      while (left > 0 && open > 0) {
        --left, --open, ++lent, ++way[size_t(cell)];
        fill(cell + 1);
      }
      left += lent, open += lent, way[size_t(cell)] = 0;
    };
    fill(0);
  }

  // The wishes in their order, larger is better.
  std::vector<int> score(std::vector<int> const& way) const {
    int total = 0, must = 0;
    std::map<std::vector<int>, int> by_path;
    std::map<std::tuple<std::vector<int>, int, int>, int> by_pair;
    for (int lender = 0; lender < size(); ++lender) {
      for (int borrower = 0; borrower < size(); ++borrower) {
        int const quantity = way[size_t(lender * size() + borrower)];
        auto const& path = best_path[size_t(lender * size() + borrower)];
        if (path.empty()) continue;
        total += quantity;
        if (group[size_t(borrower)].must_cover) must += quantity;
        by_path[path] += quantity;
        by_pair[{path, borrower, lender}] += quantity;
      }
    }
    std::vector<int> score{total, must};
    for (auto const& [path, quantity] : by_path) score.push_back(quantity);
    for (auto const& [pair, quantity] : by_pair) score.push_back(quantity);
    return score;
  }

  std::vector<int> best_way() const {
    std::vector<int> best, best_score;
    for_each_way([&](std::vector<int> const& way) {
      auto now = score(way);
      if (best.empty() || now > best_score) best = way, best_score = std::move(now);
    });
    return best;
  }

  int shortage(std::vector<int> const& way, int borrower) const {
    int missing = needed[size_t(borrower)];
    for (int lender = 0; lender < size(); ++lender) missing -= way[size_t(lender * size() + borrower)];
    return missing;
  }
};

// Evenly from [low, high); a plain range would keep most cases tiny.
template <class T>
T pick(T low, T high) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(low, high));
}

struct Case {
  Group group;
  Edges edges;
};

// A random acyclic group in random order; ids are independent of the tiers.
Case some_case(int most, int64_t largest) {
  int const n = pick(2, most + 1);
  std::vector<EntitlementId> ids;
  for (int i = 0; i < n; ++i) ids.push_back(id(i));
  for (size_t i = ids.size(); i > 1; --i) std::swap(ids[i - 1], ids[pick<size_t>(0, i)]);
  Case made;
  // Sparse (trees, chains) and dense (many parents) groups alike.
  int const one_in = pick(1, 5);
  for (int lower = 1; lower < n; ++lower) {
    for (int upper = 0; upper < lower; ++upper) {
      if (pick(0, one_in) != 0) continue;
      made.edges.push_back({ids[size_t(upper)], ids[size_t(lower)], pick<int64_t>(0, 3)});
    }
  }
  for (auto const entitlement : ids) {
    int64_t const owned = pick<int64_t>(0, largest + 1);
    made.group.push_back({entitlement, owned, pick<int64_t>(0, largest + 1), pick(0, 3) == 0});
  }
  return made;
}

Case shuffled(Case made) {
  auto shuffle = [](auto& list) {
    for (size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[pick<size_t>(0, i)]);
  };
  shuffle(made.group);
  shuffle(made.edges);
  return made;
}

// Whole numbers of cases; a larger run is asked for in the environment.
bool const more_cases = [] { return setenv("RC_PARAMS", "max_success=600", 0) == 0; }();

RC_GTEST_PROP(ComplianceProperty, agrees_with_trying_everything, ()) {
  RC_ASSERT(more_cases);
  auto const made = some_case(6, 3);
  Exhaustive const judge(made.group, made.edges);
  auto const best = judge.best_way();
  auto const result = settle_group(made.group, made.edges);
  std::vector<int> lent(best.size(), 0);
  for (auto const& loan : result.loans) {
    RC_ASSERT(loan.quantity > 0);
    lent[size_t(judge.index(loan.lender) * judge.size() + judge.index(loan.borrower))] += int(loan.quantity);
  }
  RC_ASSERT(lent == best);
  for (int i = 0; i < judge.size(); ++i) {
    RC_ASSERT(result.positions[size_t(i)].short_quantity == judge.shortage(best, i));
  }
}

RC_GTEST_PROP(ComplianceProperty, a_draw_is_granted_exactly_when_some_way_covers_it, ()) {
  auto const made = some_case(5, 3);
  int const extra = pick(0, 4);
  auto const target = made.group[pick<size_t>(0, made.group.size())].entitlement_id;
  Exhaustive const before(made.group, made.edges);
  auto const before_way = before.best_way();
  auto with_extra = made.group;
  for (auto& entitlement : with_extra) {
    if (entitlement.entitlement_id == target) entitlement.in_use += extra;
  }
  Exhaustive const after(with_extra, made.edges);
  bool granted = false;
  after.for_each_way([&](std::vector<int> const& way) {
    bool good = after.shortage(way, after.index(target)) == 0;
    for (int i = 0; good && i < after.size(); ++i) {
      if (after.group[size_t(i)].must_cover && i != after.index(target)) {
        good = after.shortage(way, i) <= before.shortage(before_way, i);
      }
    }
    granted = granted || good;
  });
  RC_ASSERT(could_cover(made.group, made.edges, target, extra) == granted);
}

RC_GTEST_PROP(ComplianceProperty, the_order_of_the_input_does_not_matter, ()) {
  auto const made = some_case(12, 50);
  auto const other = shuffled(made);
  RC_ASSERT(settle_group(made.group, made.edges) == settle_group(other.group, other.edges));
}

RC_GTEST_PROP(ComplianceProperty, more_owned_never_makes_anything_shorter, ()) {
  auto made = some_case(8, 9);
  auto const before = settle_group(made.group, made.edges);
  made.group[pick<size_t>(0, made.group.size())].owned += pick<int64_t>(1, 6);
  auto const after = settle_group(made.group, made.edges);
  for (size_t i = 0; i < before.positions.size(); ++i) {
    RC_ASSERT(after.positions[i].short_quantity <= before.positions[i].short_quantity);
  }
}

RC_GTEST_PROP(ComplianceProperty, licenses_are_neither_made_nor_lost, ()) {
  auto const made = some_case(20, *rc::gen::element<int64_t>(3, 1000, max_quantity));
  auto const result = settle_group(made.group, made.edges);
  std::map<EntitlementId, int64_t> lent, borrowed;
  for (auto const& loan : result.loans) {
    RC_ASSERT(loan.quantity > 0);
    lent[loan.lender] += loan.quantity;
    borrowed[loan.borrower] += loan.quantity;
  }
  bool any_short = false;
  for (auto const& p : result.positions) {
    RC_ASSERT(p.lent == lent[p.entitlement_id]);
    RC_ASSERT(p.borrowed == borrowed[p.entitlement_id]);
    RC_ASSERT(p.lent <= std::max<int64_t>(0, p.owned - p.in_use));
    RC_ASSERT(p.borrowed <= std::max<int64_t>(0, p.in_use - p.owned));
    RC_ASSERT(p.balance == p.owned + p.borrowed - p.lent - p.in_use);
    RC_ASSERT(p.short_quantity == std::max<int64_t>(0, -p.balance));
    any_short = any_short || p.short_quantity > 0;
  }
  RC_ASSERT(result.in_compliance == !any_short);
}

// Multiplying every quantity multiplies every loan, so large numbers are settled like the small ones judged above.
RC_GTEST_PROP(ComplianceProperty, scale_does_not_matter, ()) {
  auto made = some_case(7, 3);
  auto const small = settle_group(made.group, made.edges);
  int64_t const factor = max_quantity / 3;
  for (auto& entitlement : made.group) entitlement.owned *= factor, entitlement.in_use *= factor;
  auto const large = settle_group(made.group, made.edges);
  RC_ASSERT(large.loans.size() == small.loans.size());
  for (size_t i = 0; i < small.loans.size(); ++i) {
    RC_ASSERT(large.loans[i] ==
              (Loan{small.loans[i].borrower, small.loans[i].lender, small.loans[i].quantity * factor}));
  }
}

}  // namespace
}  // namespace menkyo::licenses
