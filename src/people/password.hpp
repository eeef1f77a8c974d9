#pragma once
// Passwords: what may be one, and how it is kept. Slow on purpose; never called inside a transaction.

#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "base/random.hpp"
#include "people/people.hpp"

namespace menkyo::people {

// What is wrong with a new password, each with its path "/password" and code (too_short, too_long, needs_upper,
// needs_lower, needs_digit, needs_symbol, too_common); empty if nothing is. `mail` may not be its core.
std::vector<FieldError> check_password(PasswordPolicy policy, std::string_view password, std::string_view mail);

// Argon2id (RFC 9106) with 19 MiB, two passes and one lane, as the OWASP Password Storage Cheat Sheet sets the
// minimum; written as a PHC string. Passwords are taken in NFKC, so that a full-width and a half-width keyboard write
// the same. Throws std::bad_alloc.
std::string hash_password(std::string_view password, Random& random);

// Takes as long for no hash (nobody has that address, or no password yet) as for a wrong password.
bool verify_password(std::string_view password, std::string const& hash_or_empty);

}  // namespace menkyo::people
