#include "base/problem.hpp"

#include <array>

namespace menkyo {

std::span<const ProblemKind* const> all_problems() {
  using namespace problems;
  static constexpr auto kinds = std::to_array<const ProblemKind*>({
      &malformed,
      &invalid,
      &unauthenticated,
      &access_token_invalid,
      &wrong_credentials,
      &link_invalid,
      &cross_site,
      &forbidden,
      &locked_against_staff,
      &not_found,
      &method_not_allowed,
      &not_acceptable,
      &timed_out,
      &conflict,
      &name_taken,
      &not_empty,
      &address_book_full,
      &address_in_use,
      &too_many_programs,
      &assistance_needed,
      &profile_incomplete,
      &too_deep,
      &changed_meanwhile,
      &too_large,
      &uri_too_long,
      &unsupported_media_type,
      &key_reused,
      &too_many_requests,
      &headers_too_large,
      &internal,
      &busy,
      &storage_unavailable,
      &outcome_unknown,
      &message_invalid,
      &device_unknown,
      &token_unknown,
      &token_expired,
      &token_used_up,
      &token_revoked,
      &identity_expired,
      &clock_skewed,
      &sequence_conflict,
      &product_unknown,
  });
  return kinds;
}

Problem::Problem(ProblemKind const& kind, std::string detail, std::vector<FieldError> fields)
    : kind_(&kind), detail_(std::move(detail)), fields_(std::move(fields)) {
  text_ = std::string(kind.code) + ": " + (detail_.empty() ? std::string(kind.title) : detail_);
  for (auto const& field : fields_) text_ += " [" + field.path + " " + field.code + "]";
}

}  // namespace menkyo
