#pragma once
// HTTP for the agent, by libcurl: TLS is verified, nothing is redirected, sizes and times are bounded.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace menkyo::agent {

struct HttpRequest {
  std::string url;
  std::optional<std::string> body;  // POST of application/jose; absent: GET
  std::string ca_file;              // empty: the system's
  bool allow_plain_http = false;
};

enum class Reach : uint8_t { answered, unreachable, untrusted, refused_address };

struct HttpAnswer {
  Reach reach = Reach::unreachable;
  int status = 0;
  std::string content_type;
  std::string body;
  std::optional<int64_t> retry_after_s;
  std::string detail;  // why there was no answer, for people
};

// Tests replace what lies behind http() once it has judged the address; otherwise libcurl and the network.
extern std::function<HttpAnswer(HttpRequest const&)> network_for_tests;
// Never throws for what the network does. Takes at most 30 seconds.
HttpAnswer http(HttpRequest const& request);

// True for https, and for http to this machine.
bool is_private_path(std::string const& url);

// The url without trailing slashes; throws std::invalid_argument with a sentence when it is not
// http(s)://host[:port][/path].
std::string normal_url(std::string const& url);

}  // namespace menkyo::agent
