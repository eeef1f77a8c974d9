#include "licenses/terms.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

namespace menkyo::licenses {
namespace {

Instant at(int64_t s) {
  return from_us(s * 1'000'000);
}

TEST(Terms, a_term_is_in_force_from_its_start_to_just_before_its_end) {
  std::vector<LotTerm> const lots{{5, at(100), at(200)}};
  EXPECT_EQ(owned_at(lots, at(100) - Duration{1}), 0);
  EXPECT_EQ(owned_at(lots, at(100)), 5);
  EXPECT_EQ(owned_at(lots, at(200) - Duration{1}), 5);
  EXPECT_EQ(owned_at(lots, at(200)), 0);
}

TEST(Terms, a_perpetual_lot_has_one_boundary_and_never_expires) {
  std::vector<LotTerm> const lots{{7, at(100)}};
  EXPECT_EQ(next_boundary(lots, at(0)), at(100));
  EXPECT_EQ(next_boundary(lots, at(100)), std::nullopt);
  EXPECT_EQ(owned_at(lots, forever - Duration{1}), 7);
  EXPECT_TRUE(expiring_within(lots, at(100), Duration{INT64_MAX}).empty());
}

TEST(Terms, lots_without_effect_have_no_boundary) {
  std::vector<LotTerm> const lots{{0, at(10), at(20)}, {3, at(30), at(30)}, {3, at(50), at(40)}};
  EXPECT_EQ(next_boundary(lots, at(0)), std::nullopt);
  EXPECT_TRUE(expiring_within(lots, at(15), Duration{INT64_MAX}).empty());
  EXPECT_EQ(owned_at(lots, at(30)), 0);
}

TEST(Terms, expiries_are_those_in_force_now_by_instant) {
  std::vector<LotTerm> const lots{
      {1, at(0), at(300)}, {2, at(0), at(200)}, {4, at(0), at(300)}, {8, at(150), at(200)}, {16, at(0), at(301)}};
  EXPECT_EQ(expiring_within(lots, at(100), at(300) - at(100)), (std::vector<Expiry>{{at(200), 2}, {at(300), 5}}));
  EXPECT_EQ(expiring_within(lots, at(200), at(300) - at(200)), (std::vector<Expiry>{{at(300), 5}}));
  EXPECT_TRUE(expiring_within(lots, at(100), Duration{-1}).empty());
}

TEST(Terms, sums_stop_at_the_largest_quantity) {
  std::vector<LotTerm> const lots(3000, LotTerm{max_quantity, at(0), at(9)});
  EXPECT_EQ(owned_at(lots, at(1)), max_quantity);
  EXPECT_EQ(expiring_within(lots, at(1), at(9) - at(0)), (std::vector<Expiry>{{at(9), max_quantity}}));
}

std::vector<LotTerm> some_lots() {
  std::vector<LotTerm> lots;
  for (auto const& [quantity, start, end] : *rc::gen::container<std::vector<std::tuple<int, int, int>>>(
           rc::gen::tuple(rc::gen::inRange(0, 5), rc::gen::inRange(0, 12), rc::gen::inRange(0, 13)))) {
    lots.push_back({quantity, at(start), end == 12 ? forever : at(end)});
  }
  return lots;
}

RC_GTEST_PROP(TermsProperty, nothing_changes_between_boundaries, ()) {
  auto const lots = some_lots();
  std::set<Instant> boundaries;
  Instant t = at(-1);
  while (auto const next = next_boundary(lots, t)) {
    RC_ASSERT(*next > t);
    boundaries.insert(*next);
    t = *next;
  }
  for (int s = 0; s < 14; ++s) {
    if (owned_at(lots, at(s)) != owned_at(lots, at(s) - Duration{1})) RC_ASSERT(boundaries.contains(at(s)));
  }
}

RC_GTEST_PROP(TermsProperty, what_expires_is_what_would_be_missed, ()) {
  auto const lots = some_lots();
  for (int s = 0; s < 13; ++s) {
    // Without lots to come, the fall of what is owned is what expired.
    std::vector<LotTerm> started;
    for (auto const& lot : lots) {
      if (lot.starts_at <= at(s)) started.push_back(lot);
    }
    int64_t expiring = 0;
    for (auto const& expiry : expiring_within(lots, at(s), at(3) - at(0))) expiring += expiry.quantity;
    RC_ASSERT(expiring == owned_at(started, at(s)) - owned_at(started, at(s + 3)));
  }
}

}  // namespace
}  // namespace menkyo::licenses
