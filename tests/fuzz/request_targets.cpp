#include <algorithm>
#include <string>
#include <vector>

#include "api/page.hpp"
#include "api/render.hpp"
#include "api/route.hpp"
#include "base/enum.hpp"
#include "people/session.hpp"
#include "protocol/json.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/targets.hpp"

namespace menkyo::fuzz {

namespace {

// RFC 6901 section 3.
bool is_pointer(std::string_view path) {
  for (size_t at = path.find('~'); at != path.npos; at = path.find('~', at + 1))
    if (at + 1 == path.size() || (path[at + 1] != '0' && path[at + 1] != '1')) return false;
  return path.starts_with('/');
}

// Runs what may refuse its input with a Problem, which must then be fit to be sent; true when it did not.
template <class Run>
bool accepted(Run run) {
  try {
    run();
    return true;
  } catch (Problem const& problem) {
    require(problem.kind().status >= 400 && problem.kind().status < 500);
    auto const fields = problem.fields().size();
    require(fields <= 100 && (fields > 0) == (&problem.kind() == &problems::invalid));
    for (auto const& field : problem.fields()) require(is_pointer(field.path) && !field.code.empty());
    auto const body = api::render(problem, "req").body;
    require(protocol::json::parse(body, {4, size_t{1} << 24, 1000}).at("code").as_string() == problem.kind().code);
    return false;
  }
}

std::string percent_encode(std::string_view plain) {
  std::string out;
  for (char c : plain) {
    out += '%';
    out += to_hex(as_bytes(std::string_view(&c, 1)));
  }
  return out;
}

using Words = std::vector<std::pair<std::string, std::string>>;

std::string encode_query(Words const& words) {
  std::string out;
  for (auto const& [name, value] : words)
    out += (out.empty() ? "" : "&") + percent_encode(name) + "=" + percent_encode(value);
  return out;
}

}  // namespace

void address(const uint8_t* data, size_t size) {
  auto const input = text(data, size);
  for (bool plus_is_space : {false, true}) {
    accepted([&] {
      auto const plain = api::percent_decode(input, plus_is_space);
      require(protocol::json::is_text(plain) && plain.size() <= input.size());
      require(api::percent_decode(percent_encode(plain), plus_is_space) == plain);
      bool const encoded = input.find('%') != input.npos || (plus_is_space && input.find('+') != input.npos);
      require(encoded || plain == input);
    });
  }
  accepted([&] {
    auto const read = api::parse_query(input);
    for (auto at = read.begin(); at != read.end(); ++at) {
      require(protocol::json::is_text(at->first) && protocol::json::is_text(at->second));
      require(std::none_of(at + 1, read.end(), [&](auto const& other) { return other.first == at->first; }));
    }
    require(api::parse_query(encode_query(read)) == read);
    // A name that is there already has no second value.
    if (!read.empty()) require(!accepted([&] { api::parse_query(encode_query(read) + "&" + encode_query(read)); }));
  });
}

namespace {

// Whether `pair` stands in a Cookie header at the beginning of a pair.
bool begins_a_pair(std::string_view header, std::string_view pair) {
  for (size_t at = header.find(pair); at != header.npos; at = header.find(pair, at + 1)) {
    auto const before = header.substr(0, at).find_last_not_of(' ');
    if (before == header.npos || header[before] == ';') return true;
  }
  return false;
}

}  // namespace

void cookie(const uint8_t* data, size_t size) {
  std::string const input(text(data, size));
  for (bool secure : {false, true}) {
    auto const name = std::string(people::cookie_name(secure));
    auto const read = [&](std::string const& header) {
      api::Request request;
      request.secure = secure;
      request.headers = {{"accept", "*/*"}, {"cookie", header}};
      return std::string(people::session_token(request));
    };
    auto const found = read(input);
    require(found.find(';') == found.npos);
    require(found.empty() || begins_a_pair(input, name + "=" + found));
    // Whatever else a browser sends does not hide ours, and does not pass for it.
    require(read(name + "=mine; " + input) == "mine");
    require(read("theme=dark; " + input) == found);
    require(read("x" + name + "=no;" + name + "x=no") == "");
    auto const set = people::set_cookie(secure, "abc", std::chrono::seconds(size));
    require(read(set.substr(0, set.find(';'))) == "abc" && (set.find("; Secure") != set.npos) == secure);
  }
}

void cursor(const uint8_t* data, size_t size) {
  static api::Cursors const cursors(Bytes(32, 9)), others(Bytes(32, 8));
  std::string const input(text(data, size)), scope = "list";
  auto const read = [&](api::Cursors const& with, std::string const& of, std::string const& given, size_t count) {
    std::optional<std::vector<std::string>> keys;
    accepted([&] { keys = with.decode(of, api::CursorText(given), count); });
    return keys;
  };
  // Nobody makes one: what is taken is what was given out.
  for (size_t count = 0; count < 4; ++count)
    if (auto const keys = read(cursors, scope, input, count)) require(cursors.encode(scope, *keys) == input);

  std::vector<std::string> keys{""};
  for (char c : input) {
    if (c == '|')
      keys.emplace_back();
    else
      keys.back() += c;
  }
  auto const given = cursors.encode(scope, keys);
  require(read(cursors, scope, given, keys.size()) == keys);
  require(!read(cursors, scope, given, keys.size() + 1) && !read(cursors, scope + "x", given, keys.size()));
  require(!read(others, scope, given, keys.size()));
  auto changed = given;
  auto& c = changed[size % changed.size()];
  c = c == 'A' ? 'B' : 'A';
  require(!read(cursors, scope, changed, keys.size()));
}

namespace {

MENKYO_ENUM(Colour, red, green, blue)

struct Part {
  wire::Text<1, 8> name;
  std::optional<wire::Whole<-3, 3>> count;
};
BOOST_DESCRIBE_STRUCT(Part, (), (name, count))

// Every kind of member that requests have.
struct Posted {
  SmartAccountId smart_account_id;
  std::optional<int64_t> if_match;
  wire::Text<0, 5> note;
  wire::Exact<2, 6> secret;
  bool flag = false;
  Instant starts_at{};
  std::optional<Colour> colour;
  std::vector<Part> parts;
  std::vector<VirtualAccountId> places;
};
BOOST_DESCRIBE_STRUCT(Posted, (), (smart_account_id, if_match, note, secret, flag, starts_at, colour, parts, places))

// Every kind of parameter that lists have.
struct Listed {
  SmartAccountId smart_account_id;
  std::optional<api::CursorText> cursor;
  std::optional<api::Limit> limit;
  std::optional<wire::Text<0, 10>> search;
  std::optional<Colour> sort;
  std::optional<bool> all;
  std::optional<Instant> from;
  std::optional<VirtualAccountId> virtual_account_id;
};
BOOST_DESCRIBE_STRUCT(Listed, (), (smart_account_id, cursor, limit, search, sort, all, from, virtual_account_id))

size_t characters(std::string_view s) {
  return size_t(std::count_if(s.begin(), s.end(), [](char c) { return (uint8_t(c) & 0xC0) != 0x80; }));
}

api::PathValues const& path() {
  static api::PathValues const values{{"smart_account_id", SmartAccountId{{1}}.text()}};
  return values;
}

// The members of `value` that a list takes, as its query.
std::string query_of(Listed const& value) {
  Words words;
  auto const tree = protocol::json::parse(wire::to_json(value));
  for (auto const& m : tree.members()) {
    if (m.value.is_null() || m.name == "smart_account_id") continue;
    words.emplace_back(m.name, m.value.is_string() ? m.value.as_string() : protocol::json::to_text(m.value));
  }
  return encode_query(words);
}

void list(std::string_view query) {
  api::Request request{.method = api::Method::get, .path = "/", .query = std::string(query)};
  Listed in;
  if (!accepted([&] { api::read_request(request, path(), in); })) return;
  require(in.smart_account_id == SmartAccountId{{1}});
  require(!in.limit || (*in.limit >= 1 && *in.limit <= 200));
  require(!in.search || characters(*in.search) <= 10);
  require(!in.cursor || (!in.cursor->empty() && characters(*in.cursor) <= 600));
  request.query = query_of(in);
  Listed again;
  api::read_request(request, path(), again);
  require(wire::to_json(again) == wire::to_json(in));
}

void post(std::string_view query, std::string_view body) {
  api::Request request{.method = api::Method::post, .path = "/", .query = std::string(query)};
  request.headers = {{"content-type", "application/json"}, {"if-match", "\"7\""}};
  request.body = body;
  Posted in;
  if (!accepted([&] { api::read_request(request, path(), in); })) return;
  // The path and the header say what they say, whatever else comes; a body has no other place than the body.
  require(in.smart_account_id == SmartAccountId{{1}} && in.if_match == 7 && api::parse_query(query).empty());
  require(characters(in.note) <= 5 && characters(in.secret) >= 2 && characters(in.secret) <= 6);
  require(in.parts.size() <= wire::max_list_length);
  for (auto const& part : in.parts) require(!part.name.empty() && (!part.count || std::abs(*part.count) <= 3));
  // What was read, written again, reads the same.
  std::string out;
  protocol::json::Writer writer(out);
  writer.begin_object();
  auto const once = wire::to_json(in);
  auto const tree = protocol::json::parse(once);
  for (auto const& m : tree.members())
    if (m.name != "smart_account_id" && m.name != "if_match") writer.key(m.name).value(m.value);
  writer.end_object();
  request.body = out;
  Posted again;
  api::read_request(request, path(), again);
  require(wire::to_json(again) == once);
}

}  // namespace

void request(const uint8_t* data, size_t size) {
  auto const input = text(data, size);
  // The first line is a query, what follows it a body.
  auto const end = std::min(input.find('\n'), input.size());
  if (end == input.size()) return list(input);
  post(input.substr(0, end), input.substr(end + 1));
}

}  // namespace menkyo::fuzz
