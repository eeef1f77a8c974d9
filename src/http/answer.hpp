#pragma once
// The head of an answer as bytes (RFC 9112 section 4), with the headers that every answer gets.

#include <string>
#include <string_view>

#include "api/message.hpp"

namespace menkyo::http {

struct AnswerFrame {
  std::string_view date;
  bool keep_alive = true;
  bool http_10 = false;  // the peer needs to be told that the connection stays open
  bool secure = false;
  bool chunked = false;  // else the body's length is given
  size_t body_bytes = 0;
};

// False if a header of the response cannot be sent as it is (control characters); then `out` is unspecified.
// Connection, Content-Length, Transfer-Encoding and Date of the response are the frame's business and left out.
[[nodiscard]] bool write_head(std::string& out, api::Response const& response, AnswerFrame const& frame);

// 1xx, 204 and 304 have neither body nor length (RFC 9110 section 6.4.1).
bool has_body(int status);

}  // namespace menkyo::http
