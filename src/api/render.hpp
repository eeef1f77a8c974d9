#pragma once
// The one place where a Problem becomes bytes: "problem details" of RFC 9457 as application/problem+json.

#include <string>
#include <string_view>

#include "api/message.hpp"
#include "base/problem.hpp"

namespace menkyo::api {

// Members: type ("urn:menkyo:problem:<code>"), title, status, code, and if not empty detail, fields [{path, code,
// detail}] and request_id. A `retry_after_s` becomes the Retry-After header. Bytes that are not UTF-8 are replaced.
Response render(Problem const& problem, std::string_view request_id);

// `text` between quotation marks as a JSON string (RFC 8259 section 7), always valid UTF-8: each byte that is not
// part of a well-formed sequence becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace menkyo::api
