#pragma once
// Roles of the operator's staff. One ends 90 days after it was given or validated, unless somebody else of the staff
// who may manage it validates it anew (domain reference, section 24); who has none in force is nobody to the service.
// Nobody validates their own. The command line may, so the last administrator cannot lock the service out.
//
// Whoever changes a role of staff locks its row; whoever ends one locks those of all administrators.

#include <array>
#include <optional>
#include <string>

#include "accounts/accounts.hpp"
#include "jobs/runner.hpp"
#include "mail/mail.hpp"

namespace menkyo::accounts {

inline constexpr Duration staff_role_period = std::chrono::days(90);
// Before the end, when the person concerned and those who can validate the role are told, each time once.
inline constexpr std::array<Duration, 3> staff_role_warnings{std::chrono::days(14), std::chrono::days(7),
                                                             std::chrono::days(1)};

struct StaffRole {
  PersonId person_id;
  std::string mail, given_name, family_name;
  access::OperatorRole role;
  Instant created_at;
  Instant validated_at;                     // or given
  std::optional<std::string> validated_by;  // absent: the operator's command line
  Instant ends_at;
  bool is_in_force;
  bool is_own;  // of the caller, who cannot validate it
};
BOOST_DESCRIBE_STRUCT(StaffRole, (),
                      (person_id, mail, given_name, family_name, role, created_at, validated_at, validated_by,
                       ends_at, is_in_force, is_own))

using StaffManager = Access<access::Operator, access::OperatorPermission::staff_manage>;

struct NewStaffRole {
  people::Mail mail;
  access::OperatorRole role;
};
BOOST_DESCRIBE_STRUCT(NewStaffRole, (), (mail, role))

struct StaffRoleKey {
  PersonId person_id;
  access::OperatorRole role;
};
BOOST_DESCRIBE_STRUCT(StaffRoleKey, (), (person_id, role))

// To somebody who has an account and a password. Validates a role that the person has. Problem invalid, forbidden for
// the caller's own.
PersonId give_staff_role(db::Tx& tx, keys::Vault const& vault, StaffManager const& access, NewStaffRole const& in);
// Counts from now; a role that ended is given anew. Problem not_found, forbidden for the caller's own.
void validate_staff_role(db::Tx& tx, keys::Vault const& vault, StaffManager const& access, StaffRoleKey const& key);
// Problem not_found, conflict for the last administrator in force.
void end_staff_role(db::Tx& tx, keys::Vault const& vault, StaffManager const& access, StaffRoleKey const& key);

// Writes the warnings: the timer `staff_role`, whose subject is the person. Both must outlive the runner.
inline constexpr std::string_view staff_timer = "staff_role";
jobs::TimerKind staff_timer_kind(keys::Vault const& vault, mail::Outbox const& outbox);

// The operations on all of this.
std::vector<api::Route> staff_routes();

}  // namespace menkyo::accounts
