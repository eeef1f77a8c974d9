#pragma once
// One table is the API: each operation is one row, made by route<&handler>(...). The handler's signature says the
// rest:
//
//   Out handler(db::Tx& tx, Access<VirtualAccount, Permission::license_work> const& access, In const& in)
//
//   db::ReadTx& or db::Tx&   it reads, or it writes (one transaction, one attempt at a time)
//   In const&                a described struct: members named like {parameters} of the path come from there, the
//   others
//                            from the query (GET, DELETE) or from the JSON body; `if_match` comes from that header
//   api::Caller const&       a person must be signed in; programs are refused
//   api::AnyCaller const&    somebody must be signed in, or a program at work
//   a proof const&           the caller must have that access; ProofTraits<T> makes it inside the transaction
//   api::Form<T> const&      in place of In: the body is a form, for protocols that want one
//   a service &              see services.hpp
//   api::Request const&      the raw request
//
// It returns a described struct, void, or an api::Response of its own making. It may run several times and touches
// nothing but the transaction.

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/caller.hpp"
#include "api/message.hpp"
#include "api/services.hpp"
#include "db/database.hpp"
#include "wire/wire.hpp"

namespace menkyo::api {

// What one proof asks for, for the generated documents and the refusal tests.
struct Need {
  std::string permission;  // "license_work"
  std::string scope;       // "smart_account", "virtual_account", "virtual_accounts" (a filter), "operator"
};

// Specialised by access/: static T prove(db::ReadTx&, Caller const&, In const&); static Need need();
template <class T>
struct ProofTraits;
template <class T>
concept Proof = requires {
  ProofTraits<T>::need();
};

using PathValues = std::vector<std::pair<std::string_view, std::string>>;

// One call of an operation: what is decoded before the transaction and run inside it.
class Call {
 public:
  virtual ~Call() = default;
  // Exactly one of the two exists for a route, by `Route::writes`. Throws Problem.
  virtual Response read(db::ReadTx& tx, Caller const& caller) = 0;
  virtual Response write(db::Tx& tx, Caller const& caller) = 0;
};

enum class Shape {
  read,   // a ReadTx
  write,  // a Tx
  slow,   // runs beside the transactions on threads of its own (password hashing); makes its own transactions
  raw,    // takes the bytes and answers by itself (device messages)
};

struct Route {
  Method method;
  std::string path;  // "/api/v1/smart_accounts/{smart_account_id}"
  std::string operation_id, summary;
  Shape shape;
  bool needs_session = false;
  bool for_programs = false;  // that somebody's program may call it as well
  std::vector<Need> needs;
  int success_status = 200;
  bool revalidates = false;  // answers 304 to whoever has the bytes that it names by their entity tag
  std::string answer_type = "application/json";  // of a handler that makes its own Response
  std::string request_type = "application/json";

  // Decodes; problems of decoding are thrown by the call itself, after the caller is known.
  std::function<std::unique_ptr<Call>(Request const&, PathValues const&, Services const&)> decode;
  std::function<Response(Request const&, PathValues const&, Services const&, db::Database&)> run_slow;
  std::function<void(Request, Services const&, Reply)> run_raw;

  std::function<std::string(wire::Schemas&)> parameters;  // OpenAPI "parameters", a JSON list
  std::function<std::string(wire::Schemas&)> body;        // schema of the request body; empty: takes none
  std::function<std::string(wire::Schemas&)> answer;      // schema of the answer; empty for own Responses
  std::function<std::string(wire::Schemas&)>
      refusal;  // schema of its 400 and 401, if a protocol has words of its own
};

// Whether requests for it are counted: all but those of monitors.
inline bool is_rate_limited(Route const& route) {
  auto const below = [&](std::string_view folder) { return route.path.starts_with(folder); };
  return below("/api/") || below("/device/") || below("/oauth2/") || below("/.well-known/");
}

// ---- Reading a request into In ----------------------------------------------------------------------------------

std::vector<std::string_view> path_parameters(std::string_view path);
// Decodes percent-encoding; Problem malformed if it is wrong or not UTF-8.
std::string percent_decode(std::string_view text, bool plus_is_space);
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query);
// The body, which is a JSON object; Problem malformed / unsupported_media_type. An absent body is an empty object.
wire::json::Value parse_body(Request const& request);
std::optional<std::string> if_match_version(Request const& request);
inline constexpr std::string_view form_type = "application/x-www-form-urlencoded";
inline bool takes_query(Method method) {
  return method == Method::get || method == Method::del;
}

template <class In>
void decode_words(std::vector<std::pair<std::string, std::string>> const& words, In& in, wire::Errors& errors) {
  for (auto const& word : words) {
    auto const& given = word.first;
    bool known = false;
    wire::for_each_member<In>([&](std::string_view name, auto pointer) {
      if (name != given || known) return;
      known = true;
      using M = std::remove_reference_t<decltype(in.*pointer)>;
      if constexpr (requires(M & m) { wire::Codec<M>::decode_word(word.second, m, "", errors); })
        wire::Codec<M>::decode_word(word.second, in.*pointer, "/" + given, errors);
    });
    if (!known)
      wire::add_error(errors, wire::pointer_to("", given), "unknown_field", "is not a parameter of this request");
  }
}

// Words of the query for which there is no parameter: a member that the path, a header or the body gives must not
// have a second value there, or the address would no longer say what is asked for.
void refuse_words(Request const& request, PathValues const& path,
                  std::vector<std::pair<std::string, std::string>>& words, wire::Errors& errors);

// Reads the members that path and header did not give from the JSON body.
template <class In>
void decode_body(wire::json::Value const& body, std::vector<std::pair<std::string, std::string>> const& given, In& in,
                 wire::Errors& errors) {
  auto const is_given = [&](std::string_view name) {
    return std::any_of(given.begin(), given.end(), [&](auto const& word) { return word.first == name; });
  };
  for (auto const& m : body.members()) {
    bool known = false;
    wire::for_each_member<In>([&](std::string_view name, auto) { known = known || name == m.name; });
    if (!known || is_given(m.name) || m.name == "if_match")
      wire::add_error(errors, wire::pointer_to("", m.name), "unknown_field", "is not a field of this request");
  }
  wire::for_each_member<In>([&](std::string_view name, auto pointer) {
    if (is_given(name) || name == "if_match") return;
    using M = std::remove_reference_t<decltype(in.*pointer)>;
    auto const here = "/" + std::string(name);
    if (auto const* found = body.find(name)) {
      wire::Codec<M>::decode(*found, in.*pointer, here, errors);
    } else if (!wire::is_optional<M>) {
      wire::add_error(errors, here, "missing", "is required");
    }
  });
}

// Of an operation that takes nothing: refuses every parameter and member.
void read_no_input(Request const& request);

// Fills `in` from path, header, query and body. Throws Problem.
template <class In>
void read_request(Request const& request, PathValues const& path, In& in) {
  wire::Errors errors, path_errors;
  std::vector<std::pair<std::string, std::string>> given;
  for (auto const& [name, value] : path) given.emplace_back(std::string(name), value);
  decode_words(given, in, path_errors);
  // An identifier that cannot be one is answered like one that does not exist.
  if (!path_errors.empty()) throw Problem(problems::not_found);

  auto words = parse_query(request.query);
  refuse_words(request, path, words, errors);
  if (auto version = if_match_version(request)) words.emplace_back("if_match", std::move(*version));
  decode_words(words, in, errors);
  given.insert(given.end(), words.begin(), words.end());
  if (takes_query(request.method)) {
    if (!request.body.empty()) throw Problem(problems::malformed, "This request takes no body.");
    wire::for_each_member<In>([&](std::string_view name, auto pointer) {
      using M = std::remove_reference_t<decltype(in.*pointer)>;
      if (wire::is_optional<M>) return;
      for (auto const& [n, v] : given)
        if (n == name) return;
      wire::add_error(errors, "/" + std::string(name), "missing", "is required");
    });
  } else {
    auto const body = parse_body(request);
    decode_body(body, given, in, errors);
  }
  if (!errors.empty()) throw Problem(problems::invalid, "", std::move(errors));
}

// A body as application/x-www-form-urlencoded (RFC 6749 appendix B) in T, all of whose members are optional text.
// Unknown names are left out; `fault` says what cannot be read. The handler answers that by itself, because the
// protocols that want forms have an error vocabulary of their own.
template <class T>
struct Form {
  T fields{};
  std::optional<std::string> fault{};
};

// The words of a form's body, of 8 KiB at most, or Problem.
std::vector<std::pair<std::string, std::string>> parse_form(Request const& request);

template <class T>
void read_request(Request const& request, PathValues const&, Form<T>& form) {
  try {
    for (auto const& given : parse_form(request)) {
      wire::for_each_member<T>([&](std::string_view name, auto pointer) {
        if (name == given.first) form.fields.*pointer = given.second;
      });
    }
  } catch (Problem const& problem) {
    form.fault = problem.detail().empty() ? std::string(problem.kind().title) : problem.detail();
  }
}

// ---- What a handler's signature says ----------------------------------------------------------------------------

// Problem forbidden to a program, or to one that only reads.
void require_person(Caller const& caller);
void require_writing(Caller const& caller);

namespace detail {

struct NoInput {};

template <class A>
using Bare = std::remove_cvref_t<A>;

template <class A>
inline constexpr bool is_plumbing =
    std::is_same_v<Bare<A>, Caller> || std::is_same_v<Bare<A>, AnyCaller> || std::is_same_v<Bare<A>, Request> ||
    std::is_same_v<Bare<A>, db::Database> || is_service<Bare<A>> || Proof<Bare<A>>;

template <class In>
struct Described {
  using type = In;
  static constexpr bool is_form = false;
};
template <class T>
struct Described<Form<T>> {
  using type = T;
  static constexpr bool is_form = true;
};

template <class... A>
struct FindInput {
  using type = NoInput;
};
template <class First, class... Rest>
struct FindInput<First, Rest...> {
  using type = std::conditional_t<is_plumbing<First>, typename FindInput<Rest...>::type, Bare<First>>;
};

template <class H>
struct Signature;
template <class R, class T, class... A>
struct Signature<R (*)(T&, A...)> {
  using Result = R;
  using Transaction = T;
  using Input = typename FindInput<A...>::type;
  static constexpr bool writes = std::is_same_v<T, db::Tx>;
  static constexpr bool slow = std::is_same_v<T, db::Database>;
  static constexpr bool person = (std::is_same_v<Bare<A>, Caller> || ...);
  static constexpr bool session = person || ((std::is_same_v<Bare<A>, AnyCaller> || Proof<Bare<A>>) || ...);
  static constexpr bool programs = session && !person;

  static std::vector<Need> needs() {
    std::vector<Need> out;
    [[maybe_unused]] auto add = [&]<class P>() {
      if constexpr (Proof<P>) out.push_back(ProofTraits<P>::need());
    };
    (add.template operator()<Bare<A>>(), ...);
    return out;
  }

  struct Context {
    Request const& request;
    Services const& services;
    Caller const& caller;
    Input const& input;
  };
  template <class X>
  static decltype(auto) argument(T& tx, Context const& c) {
    using B = Bare<X>;
    if constexpr (std::is_same_v<B, Caller>)
      return (c.caller);
    else if constexpr (std::is_same_v<B, AnyCaller>)
      return AnyCaller{c.caller};
    else if constexpr (std::is_same_v<B, Request>)
      return (c.request);
    else if constexpr (is_service<B>)
      return (c.services.template get<B>());
    else if constexpr (Proof<B>)
      return ProofTraits<B>::prove(tx, c.caller, c.input);
    else
      return (c.input);
  }
  template <auto H>
  static Response call(T& tx, Context const& c) {
    if constexpr (std::is_void_v<R>) {
      H(tx, argument<A>(tx, c)...);
      return {200, {{"content-type", "application/json"}}, "{}", {}};
    } else if constexpr (std::is_same_v<R, Response>) {
      return H(tx, argument<A>(tx, c)...);
    } else {
      R const out = H(tx, argument<A>(tx, c)...);
      Response response{200, {{"content-type", "application/json"}}, wire::to_json(out), {}};
      if constexpr (requires { out.version; })
        response.headers.emplace_back("etag", "\"" + std::to_string(int64_t(out.version)) + "\"");
      return response;
    }
  }
};

template <auto H>
class TypedCall final : public Call {
  using S = Signature<decltype(H)>;

 public:
  TypedCall(Request const& request, PathValues const& path, Services const& services)
      : request_(request), services_(services) {
    try {
      if constexpr (!std::is_same_v<typename S::Input, NoInput>) {
        read_request(request, path, input_);
      } else {
        read_no_input(request);
      }
    } catch (Problem const& problem) {
      problem_ = problem;
    }
  }
  Response read(db::ReadTx& tx, Caller const& caller) override {
    if constexpr (!S::writes) return run(tx, caller);
    throw std::logic_error("a writing operation was run for reading");
  }
  Response write(db::Tx& tx, Caller const& caller) override {
    if constexpr (S::writes) return run(tx, caller);
    throw std::logic_error("a reading operation was run for writing");
  }

 private:
  Response run(typename S::Transaction& tx, Caller const& caller) {
    if (S::session && !caller.signed_in()) throw Problem(problems::unauthenticated);
    if (S::session && !S::programs) require_person(caller);
    if (S::session && S::writes) require_writing(caller);
    if (problem_) throw *problem_;
    return S::template call<H>(tx, {request_, services_, caller, input_});
  }

  Request const& request_;
  Services const& services_;
  [[no_unique_address]] typename S::Input input_{};
  std::optional<Problem> problem_;
};

template <class In>
std::string parameters_schema(std::string const& path, Method method, wire::Schemas& schemas) {
  std::string out = "[";
  if constexpr (!std::is_same_v<In, NoInput>) {
    auto const in_path = path_parameters(path);
    wire::for_each_member<In>([&](std::string_view name, auto pointer) {
      using M = std::remove_cvref_t<decltype(std::declval<In>().*pointer)>;
      bool const path_one = std::find(in_path.begin(), in_path.end(), name) != in_path.end();
      bool const header = name == "if_match";
      if (!path_one && !header && !takes_query(method)) return;
      out += (out.size() > 1 ? ",{\"name\":\"" : "{\"name\":\"") + std::string(header ? "If-Match" : name) +
             "\",\"in\":\"" +
             (path_one ? "path"
              : header ? "header"
                       : "query") +
             "\",\"required\":" + (wire::is_optional<M> ? "false" : "true") +
             ",\"schema\":" + wire::schema<M>(schemas) + "}";
    });
  }
  return out + "]";
}

template <class In>
std::string body_schema(std::string const& path, wire::Schemas& schemas) {
  if constexpr (std::is_same_v<In, NoInput>) {
    return wire::schema<wire::Empty>(schemas);
  } else {
    auto const in_path = path_parameters(path);
    return wire::Codec<In>::object_schema(schemas, [&](std::string_view name) {
      return name != "if_match" && std::find(in_path.begin(), in_path.end(), name) == in_path.end();
    });
  }
}

}  // namespace detail

template <auto H>
Route route(Method method, std::string path, std::string operation_id, std::string summary) {
  using S = detail::Signature<decltype(H)>;
  using In = typename S::Input;
  Route r{method, path, std::move(operation_id), std::move(summary),
          S::slow     ? Shape::slow
          : S::writes ? Shape::write
                      : Shape::read};
  r.needs_session = S::session;
  r.for_programs = S::programs;
  r.needs = S::needs();
  if constexpr (S::slow) {
    static_assert(!S::session, "a slow operation authenticates inside its own transactions");
    r.run_slow = [](Request const& request, PathValues const& values, Services const& services,
                    db::Database& database) {
      In in{};
      if constexpr (!std::is_same_v<In, detail::NoInput>) read_request(request, values, in);
      return S::template call<H>(database, {request, services, Caller{}, in});
    };
  } else {
    r.decode = [](Request const& request, PathValues const& values,
                  Services const& services) -> std::unique_ptr<Call> {
      return std::make_unique<detail::TypedCall<H>>(request, values, services);
    };
  }
  using D = detail::Described<In>;
  r.parameters = [path, method](wire::Schemas& s) {
    return detail::parameters_schema<typename D::type>(path, method, s);
  };
  if (!takes_query(method))
    r.body = [path](wire::Schemas& s) { return detail::body_schema<typename D::type>(path, s); };
  if constexpr (D::is_form) r.request_type = form_type;
  if constexpr (std::is_void_v<typename S::Result>) {
    r.answer = [](wire::Schemas& s) { return wire::schema<wire::Empty>(s); };
  } else if constexpr (!std::is_same_v<typename S::Result, Response>) {
    r.answer = [](wire::Schemas& s) { return wire::schema<typename S::Result>(s); };
  }
  return r;
}

// An operation whose request and answer are not JSON; the handler answers by itself, from any thread.
Route raw_route(Method method, std::string path, std::string operation_id, std::string summary,
                std::string request_type, std::string answer_type,
                std::function<void(Request, Services const&, Reply)> handler);

}  // namespace menkyo::api
