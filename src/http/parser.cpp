// The only user of Boost.Beast. The head is first looked at line by line, which bounds it and refuses what Beast
// would tolerate (folded lines); Beast's parser then checks its grammar and what its fields say of the body.
// Bodies are taken apart here: Beast's chunk parser asserts on an empty body that comes byte by byte.
#include "http/parser.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <cstring>
#include <optional>
#include <string>

#include "http/chunked.hpp"

namespace menkyo::http {
namespace {

namespace beast = boost::beast;
using beast::http::field;
using beast::http::verb;
using ErrorCode = boost::system::error_code;

// Says "stop" to Beast; what happened is in Incoming::kind.
ErrorCode stop() {
  return make_error_code(boost::system::errc::operation_canceled);
}

std::string_view std_view(beast::string_view text) {
  return {text.data(), text.size()};
}

constexpr const char* body_too_large = "The body is longer than this address takes.";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

// Names, addresses and ports as they are in use; RFC 3986 section 3.2.2 would allow more, browsers do not.
bool is_host(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    c = lower(c);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view(".-_:[]").find(c) != std::string_view::npos;
  });
}

// Fields of which a second one is an attack or a broken sender, never a list (RFC 9110 section 5.3).
constexpr std::array single_fields = {
    std::string_view("host"),   std::string_view("authorization"),   std::string_view("content-length"),
    std::string_view("origin"), std::string_view("content-type"),    std::string_view("transfer-encoding"),
    std::string_view("expect"), std::string_view("idempotency-key"),
};

// One message on its way in. Beast calls the *_impl functions as it recognises the parts.
class Incoming final : public beast::http::basic_parser<true> {
 public:
  explicit Incoming(Limits const& limits) : limits_(&limits) {
    header_limit(static_cast<uint32_t>(limits.max_header_bytes + 4));
    body_limit(boost::none);  // it depends on the path
    skip(true);
  }

  api::Request request;
  bool head_method = false;
  bool http_10 = false;
  bool expects_continue = false;
  uint64_t body_bytes = 0;  // announced; 0 if chunked
  size_t body_limit_bytes = 0;
  ProblemKind const* kind = nullptr;
  const char* detail = "";

 private:
  ErrorCode refuse(ProblemKind const& why, const char* text) {
    kind = &why;
    detail = text;
    return stop();
  }

  void on_request_impl(verb method, beast::string_view, beast::string_view target, int version,
                       ErrorCode& ec) override {
    http_10 = version == 10;
    switch (method) {
      case verb::head:
        head_method = true;
        break;
      case verb::get:
        break;
      case verb::post:
        request.method = api::Method::post;
        break;
      case verb::put:
        request.method = api::Method::put;
        break;
      case verb::patch:
        request.method = api::Method::patch;
        break;
      case verb::delete_:
        request.method = api::Method::del;
        break;
      default:
        ec = refuse(problems::method_not_allowed, "The method is not known here.");
        return;
    }
    if (!set_target(std_view(target))) ec = refuse(problems::malformed, "The request target is not valid.");
  }

  void on_response_impl(int, beast::string_view, int, ErrorCode&) override {}  // never called for requests

  // Origin form, or absolute form whose authority is ignored for Host (RFC 9112 section 3.2).
  bool set_target(std::string_view target) {
    auto const odd = [](char c) { return c <= ' ' || c > '~' || c == '#' || c == '\\'; };
    if (std::any_of(target.begin(), target.end(), odd)) return false;
    if (!target.starts_with('/')) {
      auto const scheme = target.find("://");
      if (scheme == std::string_view::npos) return false;
      auto const name = target.substr(0, scheme);
      if (!equal_ignoring_case(name, "http") && !equal_ignoring_case(name, "https")) return false;
      auto const path = target.find_first_of("/?", scheme + 3);
      if (path == scheme + 3) return false;
      target = path == std::string_view::npos ? "/" : target.substr(path);
    }
    auto const mark = target.find('?');
    request.path = target.substr(0, mark);
    if (request.path.empty()) request.path = "/";
    if (mark != std::string_view::npos) request.query = target.substr(mark + 1);
    return true;
  }

  void on_field_impl(field, beast::string_view name, beast::string_view value, ErrorCode& ec) override {
    auto key = lower_case(std_view(name));
    auto const text = std_view(value);
    auto const same = [&](auto const& header) { return header.first == key; };
    auto const before = std::find_if(request.headers.begin(), request.headers.end(), same);
    if (before == request.headers.end()) {
      if (request.headers.capacity() == 0) request.headers.reserve(16);
      request.headers.emplace_back(std::move(key), text);
      return;
    }
    if (std::find(single_fields.begin(), single_fields.end(), key) != single_fields.end()) {
      ec = refuse(problems::malformed, "A header field that may come once came twice.");
      return;
    }
    before->second.append(key == "cookie" ? "; " : ", ").append(text);
  }

  void on_header_impl(ErrorCode& ec) override {
    body_limit_bytes = limits_->body_limit ? limits_->body_limit(request.path) : limits_->max_body_bytes;
    bool host = false;
    for (auto const& [name, value] : request.headers) {
      if (name == "host") {
        host = true;
        if (!is_host(value)) ec = refuse(problems::malformed, "The Host header field is not valid.");
      }
      if (name == "expect") expects_continue = !http_10 && equal_ignoring_case(value, "100-continue");
      if (name == "transfer-encoding" && (http_10 || !equal_ignoring_case(value, "chunked"))) {
        ec = refuse(problems::malformed, "The only transfer encoding taken is \"chunked\".");
      }
      if (name == "content-length" && value.find_first_not_of("0123456789") != std::string::npos) {
        ec = refuse(problems::malformed, "Content-Length is not a number.");
      }
    }
    if (!host && !http_10) ec = refuse(problems::malformed, "The Host header field is missing.");
    if (ec) return;
    body_bytes = content_length().value_or(0);
    if (body_bytes > body_limit_bytes) ec = refuse(problems::too_large, body_too_large);
  }

  // With skip() these are never called.
  void on_body_init_impl(boost::optional<uint64_t> const&, ErrorCode&) override {}
  size_t on_body_impl(beast::string_view bytes, ErrorCode&) override { return bytes.size(); }
  void on_chunk_header_impl(uint64_t, beast::string_view, ErrorCode&) override {}
  size_t on_chunk_body_impl(uint64_t, beast::string_view bytes, ErrorCode&) override { return bytes.size(); }
  void on_finish_impl(ErrorCode&) override {}

  Limits const* limits_;
};

bool is_token_char(char c) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         others.find(c) != std::string_view::npos;
}

// Looks at a head line by line as it arrives.
struct HeadScan {
  size_t line_start = 0;
  size_t scanned = 0;
  size_t lines = 0;
};

}  // namespace

struct RequestParser::Impl {
  enum class Phase { head, body, complete, failed };

  void next(Limits const& limits) {
    message.emplace(limits);
    scan = {};
    chunks = {};
    phase = Phase::head;
  }

  Phase phase = Phase::head;
  std::optional<Incoming> message;
  HeadScan scan;
  ChunkDecoder chunks;
  ProblemKind const* kind = nullptr;
  const char* detail = "";
};

RequestParser::RequestParser(Limits const& limits) : limits_(limits), impl_(std::make_unique<Impl>()) {
  impl_->next(limits);
}

RequestParser::~RequestParser() = default;

RequestParser::Progress RequestParser::fail(ProblemKind const& kind, const char* detail) {
  impl_->phase = Impl::Phase::failed;
  impl_->kind = &kind;
  impl_->detail = detail;
  return {Step::failed, 0};
}

RequestParser::Progress RequestParser::feed(std::string_view input) {
  switch (impl_->phase) {
    case Impl::Phase::head:
      return feed_head(input);
    case Impl::Phase::body:
      return feed_body(input);
    case Impl::Phase::complete:
      return {Step::complete, 0};
    case Impl::Phase::failed:
      break;
  }
  return {Step::failed, 0};
}

RequestParser::Progress RequestParser::feed_head(std::string_view input) {
  auto& scan = impl_->scan;
  // An empty line before a request is tolerated, as RFC 9112 section 2.2 asks.
  if (scan.scanned == 0 && input.starts_with("\r\n")) return {Step::need_more, 2};
  if (scan.scanned == 0 && (input.empty() || input == "\r")) return {Step::need_more, 0};
  if (!is_token_char(input[0])) return fail(problems::malformed, "This is not an HTTP request.");

  size_t const line_limit = limits_.max_url_bytes + 24;  // method, version and what is between
  bool ended = false;
  while (!ended && scan.scanned < input.size()) {
    auto const* found = std::memchr(input.data() + scan.scanned, '\n', input.size() - scan.scanned);
    size_t const end = found ? static_cast<size_t>(static_cast<const char*>(found) - input.data()) : input.size();
    scan.scanned = found ? end + 1 : end;
    if (scan.lines == 0 && end > line_limit) return fail(problems::uri_too_long, "");
    if (scan.scanned > limits_.max_header_bytes) return fail(problems::headers_too_large, "");
    if (input[scan.line_start] == ' ' || input[scan.line_start] == '\t') {
      return fail(problems::malformed, "A folded header line is not taken.");
    }
    if (!found) return {Step::need_more, 0};
    if (end == scan.line_start || input[end - 1] != '\r') {
      return fail(problems::malformed, "Lines must end with CR LF.");
    }
    ended = end - 1 == scan.line_start;
    if (!ended && scan.lines++ > limits_.max_header_fields)
      return fail(problems::headers_too_large, "Too many fields.");
    scan.line_start = end + 1;
  }
  if (!ended) return {Step::need_more, 0};

  auto& message = *impl_->message;
  size_t const length = scan.line_start;
  ErrorCode ec;
  message.put(boost::asio::const_buffer(input.data(), length), ec);
  if (message.kind) return fail(*message.kind, message.detail);
  if (ec || !message.is_header_done()) return fail(problems::malformed, "The request head is not valid HTTP.");
  if (message.request.path.size() + message.request.query.size() > limits_.max_url_bytes) {
    return fail(problems::uri_too_long, "");
  }
  bool const body = message.chunked() || message.body_bytes > 0;
  impl_->phase = body ? Impl::Phase::body : Impl::Phase::complete;
  // What a peer announces is not believed beyond what costs nothing.
  message.request.body.reserve(static_cast<size_t>(std::min<uint64_t>(message.body_bytes, 64 * 1024)));
  return {body ? Step::head_done : Step::complete, length};
}

RequestParser::Progress RequestParser::feed_body(std::string_view input) {
  auto& message = *impl_->message;
  auto& body = message.request.body;
  if (!message.chunked()) {
    auto const part = input.substr(0, static_cast<size_t>(message.body_bytes) - body.size());
    body += part;
    if (body.size() < message.body_bytes) return {Step::need_more, part.size()};
    impl_->phase = Impl::Phase::complete;
    return {Step::complete, part.size()};
  }
  auto const [result, used] = impl_->chunks.feed(input, body, message.body_limit_bytes);
  switch (result) {
    case ChunkDecoder::Result::need_more:
      return {Step::need_more, used};
    case ChunkDecoder::Result::malformed:
      return fail(problems::malformed, "The chunked body is not valid.");
    case ChunkDecoder::Result::too_large:
      return fail(problems::too_large, body_too_large);
    case ChunkDecoder::Result::too_lengthy:
      return fail(problems::headers_too_large, "");
    case ChunkDecoder::Result::done:
      break;
  }
  impl_->phase = Impl::Phase::complete;
  return {Step::complete, used};
}

api::Request const& RequestParser::request() const {
  return impl_->message->request;
}
bool RequestParser::is_head() const {
  return impl_->message->head_method;
}
bool RequestParser::is_http_10() const {
  return impl_->message->http_10;
}
bool RequestParser::keep_alive() const {
  return impl_->message->keep_alive();
}
bool RequestParser::expects_continue() const {
  return impl_->message->expects_continue;
}

api::Request RequestParser::take() {
  auto request = std::move(impl_->message->request);
  impl_->next(limits_);
  return request;
}

Problem RequestParser::problem() const {
  return Problem(*impl_->kind, impl_->detail);
}

}  // namespace menkyo::http
