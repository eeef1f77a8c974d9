#pragma once
// The one error vocabulary. Everything that can go wrong for a caller is a Problem, thrown where it is noticed and
// rendered in one place as RFC 9457 "problem details". A Problem thrown inside a transaction rolls it back.

#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace menkyo {

// One row of the vocabulary: the stable code (the portal's translation key), the HTTP status, and an English title.
struct ProblemKind {
  std::string_view code;
  int status;
  std::string_view title;
};

namespace problems {
inline constexpr ProblemKind malformed{"malformed", 400, "The request could not be read"};
inline constexpr ProblemKind invalid{"invalid", 422, "Some fields are not valid"};
inline constexpr ProblemKind unauthenticated{"unauthenticated", 401, "Sign in first"};
inline constexpr ProblemKind access_token_invalid{"access_token_invalid", 401, "The access token is not valid"};
inline constexpr ProblemKind wrong_credentials{"wrong_credentials", 401, "Mail address or password is wrong"};
inline constexpr ProblemKind link_invalid{"link_invalid", 410, "This link is used, expired or unknown"};
inline constexpr ProblemKind cross_site{"cross_site", 403, "The request came from another site"};
inline constexpr ProblemKind forbidden{"forbidden", 403, "You may not do this"};
inline constexpr ProblemKind locked_against_staff{"locked_against_staff", 403,
                                                  "The account is locked against the operator's staff"};
inline constexpr ProblemKind not_found{"not_found", 404, "There is no such thing, or you may not see it"};
inline constexpr ProblemKind method_not_allowed{"method_not_allowed", 405, "This address does not take that method"};
inline constexpr ProblemKind not_acceptable{"not_acceptable", 406, "This address does not answer in that form"};
inline constexpr ProblemKind timed_out{"timed_out", 408, "The request took too long to arrive"};
inline constexpr ProblemKind conflict{"conflict", 409, "The present state does not allow this"};
inline constexpr ProblemKind name_taken{"name_taken", 409, "The name is already in use"};
inline constexpr ProblemKind not_empty{"not_empty", 409, "It is not empty"};
inline constexpr ProblemKind address_book_full{"address_book_full", 409, "The address book is full"};
inline constexpr ProblemKind address_in_use{"address_in_use", 409, "The address is in use"};
inline constexpr ProblemKind too_many_programs{"too_many_programs", 409, "There are too many programs"};
inline constexpr ProblemKind profile_incomplete{"profile_incomplete", 409, "The profile does not tell enough"};
inline constexpr ProblemKind assistance_needed{"assistance_needed", 409, "Say first why you help this account"};
inline constexpr ProblemKind too_deep{"too_deep", 409, "The tree of virtual accounts may not be deeper"};
inline constexpr ProblemKind changed_meanwhile{"changed_meanwhile", 412, "It was changed by somebody else meanwhile"};
inline constexpr ProblemKind too_large{"too_large", 413, "The request is too large"};
inline constexpr ProblemKind uri_too_long{"uri_too_long", 414, "The address is too long"};
inline constexpr ProblemKind unsupported_media_type{"unsupported_media_type", 415,
                                                    "The content type is not supported"};
inline constexpr ProblemKind key_reused{"key_reused", 422, "The idempotency key was used for another request"};
inline constexpr ProblemKind too_many_requests{"too_many_requests", 429, "Too many requests"};
inline constexpr ProblemKind headers_too_large{"headers_too_large", 431, "The request headers are too large"};
inline constexpr ProblemKind internal{"internal", 500, "The server failed"};
inline constexpr ProblemKind busy{"busy", 503, "The server is busy; try again shortly"};
inline constexpr ProblemKind storage_unavailable{"storage_unavailable", 503,
                                                 "The database cannot be used at present"};
inline constexpr ProblemKind outcome_unknown{"outcome_unknown", 503, "It is not known whether the change was made"};

// Devices (docs/protocol.md, "Refusals").
inline constexpr ProblemKind message_invalid{"message_invalid", 400, "The device message could not be verified"};
inline constexpr ProblemKind device_unknown{"device_unknown", 404, "The device is not registered here"};
inline constexpr ProblemKind token_unknown{"token_unknown", 403, "The registration token is not known"};
inline constexpr ProblemKind token_expired{"token_expired", 403, "The registration token has expired"};
inline constexpr ProblemKind token_used_up{"token_used_up", 403, "The registration token has been used up"};
inline constexpr ProblemKind token_revoked{"token_revoked", 403, "The registration token was revoked"};
inline constexpr ProblemKind identity_expired{"identity_expired", 403, "The identity of the device has expired"};
inline constexpr ProblemKind clock_skewed{"clock_skewed", 403, "The clock of the device differs too much"};
inline constexpr ProblemKind sequence_conflict{"sequence_conflict", 409,
                                               "Another message with this number was accepted"};
inline constexpr ProblemKind product_unknown{"product_unknown", 422, "The product is not in the catalogue"};
}  // namespace problems

// Every kind above; the documentation, the TypeScript union of codes and the translation test are made from it.
std::span<const ProblemKind* const> all_problems();

// What is wrong with one field; `path` is a JSON pointer (RFC 6901) into the request, `code` a stable word.
struct FieldError {
  std::string path;
  std::string code;
  std::string detail;
};

class Problem : public std::exception {
 public:
  // `detail` tells the person what happened and what to do; it never holds a secret or personal datum.
  explicit Problem(ProblemKind const& kind, std::string detail = {}, std::vector<FieldError> fields = {});

  const char* what() const noexcept override { return text_.c_str(); }
  ProblemKind const& kind() const { return *kind_; }
  std::string const& detail() const { return detail_; }
  std::vector<FieldError> const& fields() const { return fields_; }

  // Seconds after which a repeat makes sense (the Retry-After header, RFC 9110 section 10.2.3).
  std::optional<int> retry_after_s;

 private:
  ProblemKind const* kind_;
  std::string detail_;
  std::vector<FieldError> fields_;
  std::string text_;
};

inline Problem invalid_field(std::string path, std::string code, std::string detail) {
  return Problem(problems::invalid, {}, {{std::move(path), std::move(code), std::move(detail)}});
}

}  // namespace menkyo
