#pragma once
// One request after another out of a stream of bytes (RFC 9112), strict: what two implementations could read
// differently is refused. Knows no sockets. Not thread-safe.

#include <memory>
#include <string_view>

#include "api/message.hpp"
#include "base/problem.hpp"
#include "http/limits.hpp"

namespace menkyo::http {

class RequestParser {
 public:
  enum class Step {
    need_more,  // call again with more bytes
    head_done,  // the head is known and a body follows; said once for each request with a body
    complete,   // take() the request
    failed,     // problem() says why; the connection cannot go on
  };
  struct Progress {
    Step step;
    size_t used;  // bytes of the input that are done with; the rest must come again
  };

  // Keeps a reference to `limits`.
  explicit RequestParser(Limits const& limits);
  ~RequestParser();
  RequestParser(RequestParser const&) = delete;
  RequestParser& operator=(RequestParser const&) = delete;

  Progress feed(std::string_view input);

  // After head_done or complete.
  api::Request const& request() const;
  bool is_head() const;  // HEAD, which request() shows as GET
  bool is_http_10() const;
  bool keep_alive() const;        // as the peer wishes (RFC 9112 section 9.3)
  bool expects_continue() const;  // RFC 9110 section 10.1.1

  // After complete: gives the request away and is ready for the next.
  api::Request take();

  // After failed.
  Problem problem() const;

 private:
  struct Impl;
  Progress feed_head(std::string_view input);
  Progress feed_body(std::string_view input);
  Progress fail(ProblemKind const& kind, const char* detail);

  Limits const& limits_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace menkyo::http
