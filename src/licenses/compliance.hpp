#pragma once
// The one calculation of compliance. Within one virtual account the surplus of a higher tier covers the shortage of
// the tiers below it; a substitution group is a set of entitlements that such edges connect. Pages, alerts, devices,
// history and checkers all call these functions, so they can not disagree.
//
// Pure functions; safe from any thread. Input that breaks a stated condition is an error of the caller
// (std::invalid_argument): the catalogue refuses cycles and the ledger refuses such quantities before they come here.

#include <cstdint>
#include <span>
#include <vector>

#include "base/id.hpp"

namespace menkyo::licenses {

// The largest quantity that is told apart: beyond it JSON numbers are not exact (RFC 8259 section 6).
inline constexpr int64_t max_quantity = int64_t{1} << 53;

// What a virtual account has of one entitlement. Quantities are licenses, 0 to max_quantity.
struct GroupEntitlement {
  EntitlementId entitlement_id;
  int64_t owned = 0;   // in force at the instant that is looked at, reserved ones included
  int64_t in_use = 0;  // reserved use included
  // Use is granted only while it can be covered (enforced or export-controlled), so it is covered before other use.
  bool must_cover = false;
};

// A surplus of `lender` may cover `borrower`, and through it whatever `borrower` may cover. Only direct neighbours
// are given. Among the lenders of one borrower the lower priority is tried first; only the order of the numbers
// matters.
struct SubstitutionEdge {
  EntitlementId lender;
  EntitlementId borrower;
  int64_t priority = 0;
};

struct Loan {
  EntitlementId borrower;
  EntitlementId lender;
  int64_t quantity = 0;

  bool operator==(Loan const&) const = default;
};

struct PositionResult {
  EntitlementId entitlement_id;
  int64_t owned = 0;
  int64_t in_use = 0;
  int64_t borrowed = 0;
  int64_t lent = 0;
  int64_t balance = 0;         // owned + borrowed - lent - in_use
  int64_t short_quantity = 0;  // max(0, -balance)

  bool operator==(PositionResult const&) const = default;
};

struct GroupResult {
  std::vector<PositionResult> positions;  // by entitlement id
  std::vector<Loan> loans;                // by borrower, then lender; none of quantity 0
  bool in_compliance = true;              // nothing is short

  bool operator==(GroupResult const&) const = default;
};

// Settles one group of one virtual account. The one result that is best in this order of wishes:
//   1. own licenses cover own use; only the surplus is lent
//   2. as much use as possible is covered in all
//   3. of that, as much must_cover use as possible (this never lowers 2)
//   4. as much as possible is lent along the best paths, then the second best, ... A path is judged from its borrower
//      upwards: first the priority of the borrower's own lender, then that one's lender, ...; where one path is the
//      beginning of another, the shorter, that is the nearer tier, is better
//   5. by id: the smallest borrower and then the smallest lender get the most
// It does not depend on the order of the input. More owned never makes any entitlement's shortage larger.
//
// Entitlements that only edges name own and use nothing: loans pass through them, but they get no position. Edges
// must not form a cycle and an entitlement may be given once, otherwise std::invalid_argument.
GroupResult settle_group(std::span<const GroupEntitlement> group, std::span<const SubstitutionEdge> edges);

// Whether `extra` (>= 0) more use of `entitlement` may be granted where use must be covered: all of its use would be
// covered, and no other must_cover entitlement would be shorter than it is. `entitlement` need not be in the group
// yet.
bool could_cover(std::span<const GroupEntitlement> group, std::span<const SubstitutionEdge> edges,
                 EntitlementId entitlement, int64_t extra);

}  // namespace menkyo::licenses
