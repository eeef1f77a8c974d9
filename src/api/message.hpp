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

// Called exactly once, from any thread.
using Reply = std::function<void(Response)>;

// Answers every request; must not block, may be called from several threads at once.
using Handler = std::function<void(Request, Reply)>;

}  // namespace menkyo::api
