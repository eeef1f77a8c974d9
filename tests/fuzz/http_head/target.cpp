// Any bytes as a connection's input: whatever the pieces it comes in, the same requests come out, and none of them
// holds what the server promises to keep out.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "http/parser.hpp"

namespace menkyo::http {
namespace {

using Step = RequestParser::Step;

Limits small_limits() {
  Limits limits;
  limits.max_url_bytes = 60;
  limits.max_header_fields = 8;
  limits.max_body_bytes = 64;
  return limits;
}

struct Outcome {
  std::vector<api::Request> requests;
  bool failed = false;
};

void require(bool holds) {
  if (!holds) std::abort();
}

bool printable(char c) {
  return c > ' ' && c < '\x7f';
}

void check(api::Request const& request, Limits const& limits) {
  require(request.path.starts_with('/') && std::all_of(request.path.begin(), request.path.end(), printable));
  require(std::all_of(request.query.begin(), request.query.end(), printable));
  require(request.path.size() + request.query.size() <= limits.max_url_bytes);
  require(request.path.find_first_of("?#") == std::string::npos);
  require(request.headers.size() <= limits.max_header_fields && request.body.size() <= limits.max_body_bytes);
  for (auto const& [name, value] : request.headers) {
    auto const upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    require(!name.empty() && std::all_of(name.begin(), name.end(), printable));
    require(std::none_of(name.begin(), name.end(), upper) && name.find(':') == std::string::npos);
    require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
  }
  bool const framed_twice = !request.header("content-length").empty() && !request.header("transfer-encoding").empty();
  require(!framed_twice);
}

// Feeds the input as a connection does, at most `piece` new bytes at a time.
Outcome parse(std::string_view input, size_t piece, Limits const& limits) {
  RequestParser parser(limits);
  Outcome outcome;
  size_t begin = 0, end = 0;
  for (;;) {
    auto const [step, used] = parser.feed(input.substr(begin, end - begin));
    require(used <= end - begin);
    begin += used;
    switch (step) {
      case Step::failed:
        require(parser.problem().kind().status >= 400);
        outcome.failed = true;
        return outcome;
      case Step::complete:
        check(parser.request(), limits);
        outcome.requests.push_back(parser.take());
        break;
      case Step::head_done:
        break;
      case Step::need_more:
        if (used > 0 && begin < end) break;
        if (end == input.size()) return outcome;
        end = std::min(end + piece, input.size());
    }
  }
}

bool same(api::Request const& a, api::Request const& b) {
  return a.method == b.method && a.path == b.path && a.query == b.query && a.headers == b.headers && a.body == b.body;
}

}  // namespace
}  // namespace menkyo::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace menkyo::http;
  static Limits const limits = small_limits();
  std::string_view const input(reinterpret_cast<const char*>(data), size);
  auto const whole = parse(input, input.size() + 1, limits);
  for (size_t const piece : {1, 7}) {
    auto const pieces = parse(input, piece, limits);
    require(pieces.failed == whole.failed && pieces.requests.size() == whole.requests.size());
    require(std::equal(pieces.requests.begin(), pieces.requests.end(), whole.requests.begin(), same));
  }
  return 0;
}
