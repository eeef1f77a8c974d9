#pragma once
// A request and its answer as plain data: what http/ hands over and what dispatch gives back. Both own their bytes.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace menkyo::api {

enum class Method { get, post, put, patch, del };

std::string_view to_text(Method method);

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  Method method = Method::get;
  std::string path;   // as sent, still percent-encoded, without the query
  std::string query;  // without the question mark
  Headers headers;    // names in lower case
  std::string body;
  std::string peer;     // textual address of the other end of the connection, for throttling only
  bool secure = false;  // came over TLS

  // The value of the only header of that (lower-case) name; empty if there is none.
  std::string_view header(std::string_view name) const;
};

// Without the blanks and tabs around it.
std::string_view without_blanks(std::string_view text);
// The elements of a comma-separated list (RFC 9110 section 5.6.1) without the blanks around them, and without empty
// ones.
std::vector<std::string_view> list_elements(std::string_view list);
// Whether If-None-Match names the entity tag (RFC 9110 section 13.1.2, with its weak comparison).
bool names_etag(std::string_view if_none_match, std::string_view etag);

// Whether a peer is this machine itself - or a proxy on it, whose clients nobody can tell apart.
bool is_loopback(std::string_view peer);

// Server-sent events (WHATWG HTML section 9.2): the transport calls `start` once with a sink and drops it when the
// connection ends. `sink` may be called from any thread; it returns false once the connection is gone.
struct EventStream {
  using Sink = std::function<bool(std::string text)>;
  std::function<void(Sink sink)> start;
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  std::shared_ptr<EventStream> stream;  // if set, the body stays empty and events follow
  std::string_view problem{};           // its code, if the body is a problem
};

// An answer that its receiver keeps and asks about again each time: with an entity tag made from its bytes, and 304
// without them if the request names that tag (RFC 9110 section 15.4.5).
Response revalidated(Request const& request, std::string type, std::string body);

// Called exactly once, from any thread.
using Reply = std::function<void(Response)>;

// Answers every request; must not block, may be called from several threads at once.
using Handler = std::function<void(Request, Reply)>;

}  // namespace menkyo::api
