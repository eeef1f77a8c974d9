#pragma once
// A caller of the API without sockets: sends requests to a Dispatcher, waits for the answers, keeps cookies as a
// browser does, and holds every answer against the schema that its route declares.

#include <map>

#include "api/dispatch.hpp"
#include "protocol/json.hpp"

namespace menkyo::test {

namespace json = protocol::json;

struct Answer {
  int status;
  api::Headers headers;
  std::string body;
  json::Value json;  // null if the body is not JSON

  std::string code() const;                         // of a problem, else empty
  std::string header(std::string_view name) const;  // the first of that name
};

// Of a problem's fields, "path code" each.
std::vector<std::string> faults(Answer const& answer);

class ApiClient {
 public:
  explicit ApiClient(api::Dispatcher& dispatcher) : dispatcher_(dispatcher) {}

  // `target` is the path with the query; `body` is JSON or empty.
  Answer send(api::Method method, std::string const& target, std::string const& body = "", api::Headers headers = {});
  Answer get(std::string const& target) { return send(api::Method::get, target); }
  Answer post(std::string const& target, std::string const& body = "{}") {
    return send(api::Method::post, target, body);
  }

  std::string peer = "192.0.2.1";
  bool secure = false;
  std::map<std::string, std::string> cookies;

 private:
  api::Dispatcher& dispatcher_;
};

}  // namespace menkyo::test
